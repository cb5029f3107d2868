"""One run of one attempt, here or in another process."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import nan
from pathlib import Path
from typing import NamedTuple

from scalegame.design import checks, edits, price
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.levels.live import read_line
from scalegame.levels.model import Level
from scalegame.proving.margins import against
from scalegame.proving.model import Sample
from scalegame.simulation.measure import versions
from scalegame.simulation.run import simulate
from scalegame.simulation.scenario import Scenario
from scalegame.verdict.judge import measure


class Job(NamedTuple):
    """What a worker needs to know: everything else it reads from the level's file, once.

    Attributes:
        path: The level's file.
        digest: Of the level that is being proved.
        do: The attempt's edits.
        seed: Of the run.
        live: The attempt's orders.
        variant: Of the level, or "".
    """

    path: str
    digest: str
    do: tuple[str, ...]
    seed: int
    live: tuple[str, ...] = ()
    variant: str = ""


def work(job: Job) -> Sample:
    """Makes one run; top level, so that a spawned process finds it.

    Raises:
        ScalegameError: The file is no longer the level that is being proved.
    """
    level, kinds = _loaded(job.path, job.variant)
    if level.digest != job.digest:
        raise ScalegameError("The level changed", f"{job.path} changed while it was being proved: try again")
    return sample(level, kinds, job.do, job.seed, job.live)


@lru_cache(maxsize=4)
def _loaded(path: str, variant: str) -> tuple[Level, Kinds]:
    from scalegame.components import kinds
    from scalegame.levels.load import load

    known = kinds()
    return load(Path(path), known, variant), known


def sample(level: Level, kinds: Kinds, do: tuple[str, ...], seed: int, live: tuple[str, ...] = ()) -> Sample:
    """One run of an attempt that can start, and what it says about the objectives.

    A run that the simulator refuses is one that ended before it began: it has nothing to measure, and is lost.
    """
    board = edits.apply_all(level.found, do, level.rulebook)
    effort = price.effort(level.found, board, level.rulebook)
    scenario = scenario_of(level, board, live)
    try:
        result = simulate(scenario, kinds, seed).result
    except ScalegameError as error:
        nothing = (nan,) * len(level.objectives)
        cost = price.cost(board, level.rulebook)
        return Sample(seed, nothing, (None,) * len(nothing), cost, f"cannot start: {error.message}", versions())
    return Sample(
        seed=seed,
        values=tuple(measure(objective, result, result.cost, effort) for objective in level.objectives),
        counts=tuple(against(objective, result) for objective in level.objectives),
        cost=result.cost,
        ended=result.ended,
        versions=dict(result.versions),
    )


def scenario_of(level: Level, board: Board, live: tuple[str, ...]) -> Scenario:
    """The run that a design asks for, with its orders.

    Raises:
        ScalegameError: An order is not one that a player could give.
    """
    return replace(level.scenario(board), orders=level.desk(board).check_all(map(read_line, live)))


def board_of(level: Level, do: tuple[str, ...]) -> Board:
    """The board that an attempt makes.

    Raises:
        ScalegameError: A line of it is not allowed, or the board cannot start; the first reason.
    """
    board = edits.apply_all(level.found, do, level.rulebook)
    for problem in checks.problems(board, level.rulebook):
        raise problem
    return board
