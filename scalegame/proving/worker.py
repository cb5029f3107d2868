"""One run of one attempt, here or in another process."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
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
from scalegame.simulation.run import simulate
from scalegame.verdict.judge import measure


class Job(NamedTuple):
    """What a worker needs to know: everything else it reads from the level's file, once.

    Attributes:
        path: The level's file.
        digest: Of the level that is being proved.
        do: The attempt's edits.
        seed: Of the run.
        live: The attempt's orders.
    """

    path: str
    digest: str
    do: tuple[str, ...]
    seed: int
    live: tuple[str, ...] = ()


def work(job: Job) -> Sample:
    """Makes one run; top level, so that a spawned process finds it.

    Raises:
        ScalegameError: The file is no longer the level that is being proved.
    """
    level, kinds = _loaded(job.path)
    if level.digest != job.digest:
        raise ScalegameError("The level changed", f"{job.path} changed while it was being proved: try again")
    return sample(level, kinds, job.do, job.seed, job.live)


@lru_cache(maxsize=4)
def _loaded(path: str) -> tuple[Level, Kinds]:
    from scalegame.components import kinds
    from scalegame.levels.load import load

    known = kinds()
    return load(Path(path), known), known


def sample(level: Level, kinds: Kinds, do: tuple[str, ...], seed: int, live: tuple[str, ...] = ()) -> Sample:
    """One run of an attempt that can start, and what it says about the objectives."""
    board = edits.apply_all(level.found, do, level.rulebook)
    orders = level.desk(board).check_all(map(read_line, live))
    effort = price.effort(level.found, board, level.rulebook)
    result = simulate(replace(level.scenario(board), orders=orders), kinds, seed).result
    return Sample(
        seed=seed,
        values=tuple(measure(objective, result, result.cost, effort) for objective in level.objectives),
        counts=tuple(against(objective, result) for objective in level.objectives),
        cost=result.cost,
        ended=result.ended,
        versions=dict(result.versions),
    )


def board_of(level: Level, do: tuple[str, ...]) -> Board:
    """The board that an attempt makes.

    Raises:
        ScalegameError: A line of it is not allowed, or the board cannot start; the first reason.
    """
    board = edits.apply_all(level.found, do, level.rulebook)
    for problem in checks.problems(board, level.rulebook):
        raise problem
    return board
