"""Running a design on every play seed, a slice at a time, so that the screen never waits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from scalegame.design import edits, price
from scalegame.design.model import Board
from scalegame.levels.model import PLAY_SEEDS, Level
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Order, Scenario
from scalegame.verdict.judge import judge
from scalegame.verdict.model import Stop, Verdict
from scalegame.verdict.stops import first_stop


class Computation:
    """The runs of one design, computed ahead of the playhead.

    Attributes:
        level: The level.
        board: The design.
        seeds: Of the runs, in order.
        orders: What is done while they run, in the order of the log.
    """

    def __init__(
        self, level: Level, board: Board, seeds: Sequence[int] | None = None, orders: Sequence[Order] = ()
    ) -> None:
        """Prepares the first run.

        Args:
            level: The level.
            board: The design.
            seeds: Of the runs; None: the play seeds.
            orders: What is done while they run; every seed's run has the same done to it.

        Raises:
            ScalegameError: The design cannot be run, or the level does not let one do this.
        """
        # Where the board says what surrounds it, it is judged by that too.
        self.level = level = level.under(board)
        # The order in which wires are asked must not depend on the way that a design took.
        self.board = edits.ordered(board, level.rulebook)
        self.seeds = tuple(seeds) if seeds is not None else level.seeds("play", PLAY_SEEDS)
        self.orders = level.desk(self.board).check_all(orders)
        self._scenario = replace(level.scenario(self.board), orders=self.orders)
        self._finished: list[Run] = []
        self._run = Run(self._scenario, level.rulebook.kinds, self.seeds[0])
        self._verdict: Verdict | None = None
        self._stops: dict[int, Stop | None] = {}

    @property
    def scenario(self) -> Scenario:
        """What is run: the design in its world, under load."""
        return self._scenario

    def with_seeds(self, seeds: Sequence[int]) -> Computation:
        """The same design under the same load, to be run on other seeds."""
        return Computation(self.level, self.board, seeds, self.orders)

    def with_orders(self, orders: Sequence[Order]) -> Computation:
        """The same design on the same seeds, with these orders.

        Raises:
            ScalegameError: One of them may not be given.
        """
        return Computation(self.level, self.board, self.seeds, orders)

    @property
    def done(self) -> bool:
        """Every run is finished."""
        return len(self._finished) == len(self.seeds)

    @property
    def progress(self) -> float:
        """Share of the work that is done, 0 to 1."""
        current = 0.0 if self.done else self._run.progress
        return (len(self._finished) + current) / len(self.seeds)

    def advance(self, budget: float) -> bool:
        """Computes for about `budget` seconds of wall time; returns whether all is done."""
        until = time.perf_counter() + budget
        while not self.done and (left := until - time.perf_counter()) > 0:
            if self._run.advance(left):
                self._finished.append(self._run)
                if not self.done:
                    self._run = Run(self._scenario, self.level.rulebook.kinds, self.seeds[len(self._finished)])
        return self.done

    @property
    def verdict(self) -> Verdict:
        """What came of it; only when all is done."""
        if self._verdict is None:
            results = [run.result for run in self._finished]
            self._verdict = judge(
                self.level.objectives, self.level.stars, results, self.board, self.level.rulebook
            )
        return self._verdict

    def result(self, index: int) -> RunResult:
        """What one run measured."""
        return self._finished[index].result

    def recording(self, index: int) -> Recording:
        """What can be watched of one run."""
        return self._finished[index].recording

    def stop(self, index: int) -> Stop | None:
        """The moment from which that run was lost, if it was lost before its end."""
        if index not in self._stops:
            rules = self.level.rulebook
            self._stops[index] = first_stop(
                self.level.objectives,
                self.result(index),
                self.recording(index),
                self.level.window,
                effort=price.effort(rules.found, self.board, rules),
                price=price.cost(self.board, rules),
                ordered=bool(self.orders),
            )
        return self._stops[index]
