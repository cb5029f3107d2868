"""The proof of a level: its solutions win, its decoys lose as declared, and nothing else wins unless it may."""

from __future__ import annotations

import secrets
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from scalegame.design.kinds import Kinds
from scalegame.levels.model import Level
from scalegame.proving.advice import for_attempts
from scalegame.proving.cache import Cache
from scalegame.proving.difficulty import difficulty
from scalegame.proving.generate import generated
from scalegame.proving.judging import declared_task, missing_ideas, star_notes
from scalegame.proving.model import AttemptProof, Proof, Trial
from scalegame.proving.plan import SEEDS, plans_of
from scalegame.proving.processes import Workers
from scalegame.proving.running import Progress, Runner, Task
from scalegame.proving.search import DESIGNS, search_for
from scalegame.proving.trials import idle_reasons, trial_task, verdicts

__all__ = ["SEEDS", "Workers", "prove"]


def prove(
    level: Level,
    kinds: Kinds,
    *,
    seeds: int = SEEDS,
    fresh: bool = False,
    losers_seeds: int | None = None,
    generate: bool = True,
    search: int = DESIGNS,
    executor: Executor | None = None,
    workers: int = 2,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Runs every attempt of a level, the untouched board and what follows from them, and judges its claims.

    Winners also run on the play seeds: a solution that the game itself would call lost is none. An attempt
    that loses on the design's effort, or on a cost that its run does not change, is run once.

    Args:
        level: As loaded.
        kinds: The registry of kinds; worker processes use the installed one.
        seeds: How many runs of each attempt.
        fresh: Draw new seeds instead of those that belong to the level.
        losers_seeds: Fewer runs for attempts declared to lose (a quick re-proof).
        generate: Try what follows from the level and its attempts, too.
        search: How many more designs to try.
        executor: Where to run; None: own processes.
        workers: How many processes of its own; 0, or a level without a file: in this process.
        cache: Of runs that were made before; None: every run is made.
        progress: Told after each run.

    Returns:
        The proof, whatever it says; it does not depend on where the runs were made.
    """
    chosen = _fresh_seeds(seeds) if fresh else level.seeds("proof", seeds)
    plans = plans_of(level, chosen, losers_seeds)
    candidates = generated(level, plans) if generate else ()
    with ExitStack() as stack:
        if not Path(level.source).is_file() or (executor is None and workers < 1):
            executor = None
        elif executor is None:
            executor = stack.enter_context(Workers(workers))
        runner = Runner(level, kinds, executor, cache, progress)
        more = level.seeds("proof", SEEDS)
        declared: list[Task[AttemptProof | Trial]] = [declared_task(level, plan, more) for plan in plans]
        tried: list[Task[AttemptProof | Trial]] = [trial_task(level, c, chosen) for c in candidates]
        results = runner.carry_out([*declared, *tried])
        attempts = tuple(a for a in results if isinstance(a, AttemptProof))
        trials = tuple(t for t in results if isinstance(t, Trial))
        found = search_for(runner, level, plans, attempts, chosen, search) if search else None
    judged, wrong, notes = verdicts(level, candidates, trials, {a.name: a for a in attempts})
    advised = for_attempts(level, attempts)
    return Proof(
        level=level.id,
        digest=level.digest,
        fresh=fresh,
        seeds=chosen,
        attempts=tuple(replace(a, advice=said) for a, said in zip(attempts, advised, strict=True)),
        problems=(*missing_ideas(level, plans), *wrong),
        versions=runner.versions,
        notes=(
            *star_notes(level, attempts),
            *notes,
            *idle_reasons(level, (*judged, *(found.finds if found else ()))),
        ),
        full=seeds >= SEEDS and losers_seeds is None and generate and search >= DESIGNS,
        generated=judged,
        search=found,
        declared=level.difficulty,
        difficulty=difficulty(level, plans, attempts, found),
    )


def _fresh_seeds(count: int) -> tuple[int, ...]:
    return tuple(secrets.randbits(63) for _ in range(count))
