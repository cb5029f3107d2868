"""How a design does over many seeds, and where a threshold would stand against that (no screen in here)."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from scalegame.design import edits
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.insight.histogram import Histogram, linear
from scalegame.levels.model import Level
from scalegame.simulation.result import RunResult
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Order, Scenario
from scalegame.units import Dimension, parse, show, write
from scalegame.verdict.judge import holds, judge
from scalegame.verdict.model import Objective
from scalegame.verdict.objectives import subject_of

#: Runs that are looked at: what `prove` runs of a declared attempt.
SEEDS = 20
#: Digits of a threshold at most.
_DIGITS = 9


class Sampling:
    """The runs of one design on the seeds of the proof, a slice at a time; only what was measured is kept.

    Attributes:
        results: Of the runs that are done, in order.
    """

    def __init__(self, level: Level, board: Board, orders: Sequence[Order] = (), seeds: int = SEEDS) -> None:
        """Prepares the first run.

        Raises:
            ScalegameError: The design cannot be run, or the level does not let one give these orders.
        """
        self.level = level = level.under(board)
        self.board = edits.ordered(board, level.rulebook)
        self.seeds = level.seeds("proof", seeds)
        self.results: list[RunResult] = []
        checked = level.desk(self.board).check_all(orders)
        self.scenario: Scenario = replace(level.scenario(self.board), orders=checked)
        self._run = Run(self.scenario, level.rulebook.kinds, self.seeds[0])

    @property
    def done(self) -> bool:
        """Every run is finished."""
        return len(self.results) == len(self.seeds)

    @property
    def progress(self) -> float:
        """Share of the work that is done, 0 to 1."""
        return (len(self.results) + (0.0 if self.done else self._run.progress)) / len(self.seeds)

    def advance(self, budget: float) -> bool:
        """Computes for about `budget` seconds of wall time; returns whether all is done."""
        until = time.perf_counter() + budget
        while not self.done and (left := until - time.perf_counter()) > 0:
            if self._run.advance(left):
                self.results.append(self._run.result)
                if not self.done:
                    self._run = Run(self.scenario, self.level.rulebook.kinds, self.seeds[len(self.results)])
        return self.done

    def values(self, objectives: Sequence[Objective]) -> tuple[tuple[float, ...], ...]:
        """What the runs so far say about objectives: for each a value a run. NaN: nothing to measure."""
        if not self.results:
            return tuple(() for _ in objectives)
        level = self.level
        verdict = judge(objectives, level.stars, self.results, self.board, level.rulebook)
        return tuple(held.values for held in verdict.objectives)


def held(objective: Objective, values: Sequence[float]) -> int:
    """In how many runs an objective holds."""
    return sum(holds(objective, value) for value in values)


def step_of(objective: Objective, values: Sequence[float]) -> float:
    """By how much a threshold is moved: a number that people count in, fit for the scatter and the target."""
    seen = [value for value in values if math.isfinite(value)]
    spread = max(seen) - min(seen) if seen else 0.0
    target = objective.target
    if objective.dimension is Dimension.RATIO:
        target = min(target, 1 - target) or 0.01
    wanted = max(spread / 10, abs(target) / 20) or 1.0
    decade = 10.0 ** math.floor(math.log10(wanted))
    step = float(f"{next(s for s in (5, 2, 1) if s * decade <= wanted * (1 + 1e-9)) * decade:.3g}")
    return max(step, 1.0) if objective.dimension is Dimension.COUNT else step


def moved(objective: Objective, by: int, step: float) -> Objective:
    """The objective with its target `by` multiples of a step further up or down, within what it can be."""
    at = objective.target / step
    near = round(at)
    if abs(at - near) > 1e-6:
        near = math.floor(at) if by > 0 else math.ceil(at)
    return with_target(objective, max((near + by) * step, 0.0))


def with_target(objective: Objective, target: float) -> Objective:
    """The objective with another target, written as people do; the same one where it cannot be that."""
    target = float(f"{target:.{_DIGITS}g}")
    if objective.dimension is Dimension.RATIO:
        target = min(target, 1.0)
        if objective.metric == "availability" and objective.relation == ">" and target == 1.0:
            return objective
    if target <= 0 and objective.relation == "<":
        return objective
    text = f"{subject_of(objective)} {objective.relation} {target_text(target, objective.dimension)}"
    return replace(objective, target=target, text=text)


def typed_target(objective: Objective, words: str) -> Objective:
    """The objective with a target that somebody typed.

    Raises:
        ScalegameError: It is none.
    """
    found = with_target(objective, float(parse(words, objective.dimension)))
    if found is objective:
        raise ScalegameError("No threshold", f"{words} can never hold: write another threshold")
    return found


def target_text(target: float, dimension: Dimension) -> str:
    """A target as a file has it: "$0.70/h", "400 ms"."""
    text = show(target, dimension)
    try:
        return text if parse(text, dimension) == target else write(target, dimension)
    except ScalegameError:
        return write(target, dimension)  # "1,000 ms" is for reading only


def drawn(objective: Objective, values: Sequence[float], most: int) -> Histogram:
    """The values in buckets, among them the one that the target falls into."""
    seen = [value for value in values if math.isfinite(value)]
    whole = objective.dimension is Dimension.COUNT
    found = linear([*seen, objective.target], max(most, 2), whole)
    counts = list(found.counts)
    counts[found.bucket(objective.target)] -= 1
    return Histogram(found.edges, tuple(counts))
