"""From a design that was handed in to its judgement: runs, here or on another machine, and what comes of them.

What a run measures and when an objective holds is the game's own (`scalegame.verdict.judge`): a judgement says
of a design what `scalegame run` says of it on the same seeds. Players' limits are counted in events and calls, so
that a verdict does not depend on the speed of a machine; wall time only gives a run up, and then there is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import NamedTuple

from scalegame import ENGINE
from scalegame.competition.judging.patience import TooLong, within
from scalegame.competition.model.judgement import Goal, Judgement, Run
from scalegame.competition.model.submission import Entry
from scalegame.components import kinds
from scalegame.design import price
from scalegame.errors import ScalegameError
from scalegame.levels.model import Level
from scalegame.proving.certificate import engine_hash
from scalegame.proving.worker import scenario_of
from scalegame.simulation.measure import versions
from scalegame.simulation.result import RunResult
from scalegame.simulation.run import Run as Simulated
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension
from scalegame.verdict.judge import holds, measure, worst_of
from scalegame.verdict.model import Objective

PATIENCE = 90.0
"""Seconds of wall time after which a run is given up, without a verdict; runs take a second or two."""


class Job(NamedTuple):
    """One run: all that decides it, so that whoever makes it needs no file.

    Attributes:
        scenario: What is run.
        objectives: What is measured.
        effort: Hours of the design.
        seed: Of the run.
        made_with: What equal numbers depend on (`versions` and a hash of the engine), as pairs.
        patience: Seconds of wall time after which it is given up.
    """

    scenario: Scenario
    objectives: tuple[Objective, ...]
    effort: float
    seed: int
    made_with: tuple[tuple[str, str], ...]
    patience: float = PATIENCE


def work(job: Job) -> Run:
    """Makes one run; top level, so that a process that was spawned, or another machine, finds it.

    Raises:
        ScalegameError: "Not judged": there is no verdict, and it may be tried again. Either it took too long,
            or what runs here is not what the judge runs.
    """
    _check_same(job)
    try:
        with within(job.patience):
            run = Simulated(job.scenario, kinds(), job.seed)
            run.advance()
    except TooLong:
        message = f"a run of it was given up after {job.patience:g} s of work: too much goes on in it"
        raise ScalegameError("Not judged", message) from None
    except ScalegameError as error:
        nothing = (math.nan,) * len(job.objectives)
        return Run(nothing, math.nan, math.nan, math.nan, f"cannot start: {error.message}")
    except MemoryError:
        raise ScalegameError("Not judged", "a run of it needs more memory than a worker has") from None
    except Exception as error:
        # Whatever a stranger thought of must not end the judge.
        message = (
            f"the simulator failed in a run of it ({type(error).__name__}: {error}): the mistake is not yours"
        )
        raise ScalegameError("Not judged", message) from error
    return measured(job, run.result)


def _check_same(job: Job) -> None:
    for (name, wanted), (_, found) in zip(job.made_with, _made_with(), strict=True):
        if wanted != found:
            message = f"a worker has {name} {found}, the judge has {wanted}: install the same there, judge again"
            raise ScalegameError("Not judged", message)


def _made_with() -> tuple[tuple[str, str], ...]:
    return (*versions().items(), ("engine source", engine_hash()))


def measured(job: Job, result: RunResult) -> Run:
    """What counts of what was measured."""
    values = tuple(measure(objective, result, result.cost, job.effort) for objective in job.objectives)
    first = _first_latency(job.objectives)
    return Run(
        values=values,
        cost=result.cost,
        latency=result.total.latency.p99 if first is None else values[first],
        availability=result.total.availability,
        ended=result.ended,
    )


def _first_latency(objectives: Sequence[Objective]) -> int | None:
    return next((index for index, objective in enumerate(objectives) if objective.metric == "latency"), None)


def jobs(level: Level, entry: Entry, seeds: Sequence[int]) -> list[Job]:
    """The runs that a submission needs, in the order of the seeds.

    Args:
        level: That it is for.
        entry: What `submission.check` let through.
        seeds: One run each.

    Raises:
        ScalegameError: The design does not fit the level.
    """
    under = level.under(entry.board)
    scenario = scenario_of(under, entry.board, entry.design.live)
    effort = price.effort(level.found, entry.board, level.rulebook)
    made_with = _made_with()
    return [Job(scenario, under.objectives, effort, seed, made_with) for seed in seeds]


def judgement(level: Level, entry: Entry, seeds_name: str, runs: Sequence[Run]) -> Judgement:
    """What came of a submission; a pure function of its runs.

    Args:
        level: That it is for.
        entry: What was judged.
        seeds_name: Name of the set of seeds.
        runs: What `work` made of its `jobs`, in their order. After the first that a limit ended none counts: it
            does not matter whether somebody made them.

    Raises:
        ValueError: There is no run.
    """
    if not runs:
        raise ValueError("a judgement needs at least one run")
    counted = tuple(runs[: next((i + 1 for i, run in enumerate(runs) if run.ended), len(runs))])
    under, board = level.under(entry.board), entry.board
    goals = []
    for index, objective in enumerate(under.objectives):
        values = [run.values[index] for run in counted]
        held = all(holds(objective, value) for value in values)
        goals.append(Goal(objective.text, worst_of(objective, values), held))
    won = all(goal.held for goal in goals) and not counted[-1].ended
    parts = price.parts(board, level.rulebook)
    return Judgement(
        level=level.id,
        digest=level.digest,
        engine=ENGINE,
        seeds=seeds_name,
        won=won,
        stars=_stars(under, goals, counted, parts) if won else (),
        goals=tuple(goals),
        parts=parts,
        effort=price.effort(level.found, board, level.rulebook),
        runs=counted,
    )


def _stars(level: Level, goals: Sequence[Goal], runs: Sequence[Run], parts: int) -> tuple[str, ...]:
    """Stars of a winner. At par is what would hold as an objective: so close counts as equal in both."""
    first = _first_latency(level.objectives)
    earned = (
        ("cost", _at_most([run.cost for run in runs], level.stars.cost)),
        ("latency", first is not None and _at_most([goals[first].value], level.stars.latency)),
        ("parts", _at_most([float(parts)], level.stars.parts)),
    )
    return tuple(name for name, is_earned in earned if is_earned)


def _at_most(values: Sequence[float], par: float | None) -> bool:
    if par is None:
        return False
    objective = Objective("", "", "", "", "<=", par, Dimension.COUNT)
    return all(holds(objective, value) for value in values)


def judge(
    level: Level, entry: Entry, seeds: Sequence[int], name: str, executor: Executor | None = None
) -> Judgement:
    """Runs a submission on a set of seeds, in their order; the same judgement wherever that is done.

    After the first run that a limit ended the rest is not made: it has lost already.

    Args:
        level: That it is for.
        entry: What `submission.check` let through.
        seeds: At least one.
        name: Of the set of seeds: `seeds.PLAY`, or `seeds.fingerprint`.
        executor: Where to run; None: in this process.

    Raises:
        ScalegameError: "Not judged": there is no verdict, and it may be tried again.
    """
    made: list[Run] = []
    with _runs(jobs(level, entry, seeds), executor) as runs:
        for run in runs:
            made.append(run)
            if run.ended:
                break
    return judgement(level, entry, name, made)


@contextmanager
def _runs(wanted: Sequence[Job], executor: Executor | None) -> Iterator[Iterator[Run]]:
    """The runs in the order of the jobs; those that have not begun at the end of the block are not made."""
    if executor is None:
        yield map(work, wanted)
        return
    futures: list[Future[Run]] = []
    try:
        futures.extend(executor.submit(work, job) for job in wanted)
        yield (future.result() for future in futures)
    finally:
        for future in futures:
            future.cancel()
