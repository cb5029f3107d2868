"""The proof of a level: every solution wins, every decoy loses as declared, on seeds that nobody played."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass
from math import isclose, nan
from pathlib import Path

from scalegame.design import price
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.levels.model import PLAY_SEEDS, Attempt, Level
from scalegame.proving.margins import LUCK, SIGMAS, least_room, margin, surest_miss
from scalegame.proving.model import AttemptProof, Margin, Proof, Sample
from scalegame.proving.processes import Workers
from scalegame.proving.statistics import clopper_pearson
from scalegame.proving.worker import Job, board_of, sample, work
from scalegame.verdict.judge import holds, worst_of

#: Seeds of a full proof.
SEEDS = 20
#: Objectives that are lost without luck, if they are lost.
LUCKLESS = frozenset(("cost", "effort"))
#: Name of the attempt to leave everything as it is.
UNTOUCHED = "untouched"

#: Told how many runs of how many are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be run for one attempt.

    Attributes:
        attempt: As declared.
        board: That it makes; None if it cannot start.
        why_not: The reason, then.
        seeds: Of the proof.
        play: Of the game, for an attempt declared to win.
    """

    attempt: Attempt
    board: Board | None
    why_not: str
    seeds: tuple[int, ...]
    play: tuple[int, ...]


def prove(
    level: Level,
    kinds: Kinds,
    *,
    seeds: int = SEEDS,
    fresh: bool = False,
    losers_seeds: int | None = None,
    executor: Executor | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> Proof:
    """Runs every attempt of a level, and the untouched board, and judges the level's claims.

    Winners also run on the play seeds: a solution that the game itself would call lost is none. An attempt
    that loses on the design's effort, or on a cost that its run does not change, is run once.

    Args:
        level: As loaded.
        kinds: The registry of kinds; worker processes use the installed one.
        seeds: How many runs of each attempt.
        fresh: Draw new seeds instead of those that belong to the level.
        losers_seeds: Fewer runs for attempts declared to lose (a quick re-proof).
        executor: Where to run; None: own processes.
        workers: How many processes of its own; 0, or a level without a file: in this process.
        progress: Told after each run.

    Returns:
        The proof, whatever it says; it does not depend on where the runs were made.
    """
    chosen = _fresh_seeds(seeds) if fresh else level.seeds("proof", seeds)
    plans = [_plan(level, attempt, chosen, losers_seeds) for attempt in _attempts(level)]
    with ExitStack() as stack:
        if not Path(level.source).is_file() or (executor is None and workers < 1):
            executor = None
        elif executor is None:
            executor = stack.enter_context(Workers(workers))
        runs = _run_all(level, kinds, plans, executor, progress)
    attempts = tuple(_judge(level, plan, runs) for plan in plans)
    versions = next((s.versions for found in runs.values() for s in found.values()), {})
    problems = () if level.guide else _missing_ideas(level, plans)
    return Proof(
        level=level.id,
        digest=level.digest,
        fresh=fresh,
        seeds=chosen,
        attempts=attempts,
        problems=problems,
        versions=versions,
        notes=_notes(level, attempts),
        full=seeds >= SEEDS and losers_seeds is None,
    )


def _fresh_seeds(count: int) -> tuple[int, ...]:
    return tuple(secrets.randbits(63) for _ in range(count))


def _attempts(level: Level) -> tuple[Attempt, ...]:
    """The declared ones, and the board as found unless it is declared."""
    if any(not attempt.do for attempt in level.attempts):
        return level.attempts
    untouched = Attempt(UNTOUCHED, (), wins=False, loses=None, says="Doing nothing changes nothing.")
    return (untouched, *level.attempts)


def _plan(level: Level, attempt: Attempt, seeds: tuple[int, ...], losers_seeds: int | None) -> _Plan:
    """How often an attempt has to run, and whether it can."""
    try:
        board = board_of(level, attempt.do)
        level.scenario(board)
    except ScalegameError as error:
        return _Plan(attempt, None, error.message, (), ())
    if attempt.wins:
        return _Plan(attempt, board, "", seeds, level.seeds("play", PLAY_SEEDS))
    seeds = seeds if losers_seeds is None else seeds[:losers_seeds]
    if attempt.loses is not None and level.objectives[attempt.loses].metric in LUCKLESS:
        seeds = seeds[:1]
    return _Plan(attempt, board, "", seeds, ())


Runs = Mapping[str, Mapping[int, Sample]]


def _run_all(
    level: Level, kinds: Kinds, plans: Sequence[_Plan], executor: Executor | None, progress: Progress | None
) -> Runs:
    """Every run that the plans ask for, by attempt and seed."""
    wanted = [(plan, seed) for plan in plans if plan.board for seed in dict.fromkeys(plan.seeds + plan.play)]
    found: dict[str, dict[int, Sample]] = {plan.attempt.name: {} for plan in plans}
    pending: list[tuple[_Plan, int, Future[Sample] | None]] = [
        (
            plan,
            seed,
            executor.submit(work, Job(level.source, level.digest, plan.attempt.do, seed, plan.attempt.live)),
        )
        if executor
        else (plan, seed, None)
        for plan, seed in wanted
    ]
    try:
        for done, (plan, seed, future) in enumerate(pending, 1):
            made = future.result() if future else sample(level, kinds, plan.attempt.do, seed, plan.attempt.live)
            found[plan.attempt.name][seed] = made
            if progress:
                progress(done, len(wanted))
    except Exception:
        for _, _, future in pending:
            if future:
                future.cancel()
        raise
    # A cost that the run changes may be luck after all: then one run is not enough.
    more = [
        plan
        for plan in plans
        if plan.board
        and len(plan.seeds) == 1
        and plan.attempt.loses is not None
        and level.objectives[plan.attempt.loses].metric == "cost"
        and not isclose(found[plan.attempt.name][plan.seeds[0]].cost, price.cost(plan.board, level.rulebook))
    ]
    for plan in more:
        seeds = level.seeds("proof", SEEDS)
        jobs = [Job(level.source, level.digest, plan.attempt.do, seed, plan.attempt.live) for seed in seeds]
        results = (
            executor.map(work, jobs) if executor else (sample(level, kinds, j.do, j.seed, j.live) for j in jobs)
        )
        found[plan.attempt.name].update(zip(seeds, results, strict=True))
    return found


def _judge(level: Level, plan: _Plan, runs: Runs) -> AttemptProof:
    """What an attempt's runs say about its declaration."""
    attempt = plan.attempt
    declared = _declared(level, attempt)
    if plan.board is None:
        # A board that cannot start has lost; only one that is declared must be able to.
        broken = () if not attempt.do else (f"cannot start: {plan.why_not}",)
        return AttemptProof(attempt.name, declared, (), 0, 0, (0.0, 0.0), None, (), broken)
    made = runs[attempt.name]
    samples = [made[seed] for seed in made if seed not in plan.play or seed in plan.seeds]
    margins = tuple(margin(o, i, samples, attempt.wins) for i, o in enumerate(level.objectives))
    won = sum(_won(level, s) for s in samples)
    if attempt.wins:
        deciding = least_room(margins)
    else:
        deciding = surest_miss(margins) if attempt.loses is None else attempt.loses
    played = [made[seed] for seed in plan.play]
    problems = _winner(level, margins, samples, played) if attempt.wins else _loser(margins[deciding], samples)
    return AttemptProof(
        name=attempt.name,
        declared=declared,
        margins=margins,
        runs=len(samples),
        won=won,
        interval=clopper_pearson(won, len(samples)),
        deciding=deciding,
        stars=_stars(level, plan.board, played) if attempt.wins and not problems else (),
        problems=problems,
    )


def _declared(level: Level, attempt: Attempt) -> str:
    if attempt.wins:
        return "wins"
    return "loses" if attempt.loses is None else level.objectives[attempt.loses].text


def _won(level: Level, run: Sample) -> bool:
    pairs = zip(level.objectives, run.values, strict=True)
    return not run.ended and all(holds(objective, value) for objective, value in pairs)


def _winner(
    level: Level, margins: Sequence[Margin], samples: Sequence[Sample], played: Sequence[Sample]
) -> tuple[str, ...]:
    problems = []
    for m in margins:
        if m.held < m.runs:
            problems.append(f"misses {m.objective.text} on {m.runs - m.held} of {m.runs} runs")
        elif not m.clear:
            problems.append(f"wins {m.objective.text} by luck: {_narrow(m)}")
    ended = next((s.ended for s in (*samples, *played) if s.ended), "")
    if ended:
        problems.append(f"a run ended early: {ended}")
    if any(not _won(level, s) for s in played):
        problems.append("loses on the seeds that are played")
    return tuple(problems)


def _loser(deciding: Margin, samples: Sequence[Sample]) -> tuple[str, ...]:
    """A run that a limit ended is lost whatever its figures say."""
    if deciding.held and not all(s.ended for s in samples):
        return (f"meets {deciding.objective.text} on {deciding.held} of {deciding.runs} runs",)
    if not deciding.clear and not all(s.ended for s in samples):
        return (f"misses {deciding.objective.text} by luck: {_narrow(deciding)}",)
    return ()


def _narrow(m: Margin) -> str:
    if m.luck is not None:
        return f"up to {m.luck:.1%} of runs may cross (allowed: {LUCK:.0%})"
    return f"the mean is {abs(m.sigmas):.1f} standard deviations from the target (needed: {SIGMAS:g})"


def _stars(level: Level, board: Board, played: Sequence[Sample]) -> tuple[str, ...]:
    """The stars that the game gives, from the worst play seed."""
    latency, first = nan, next((i for i, o in enumerate(level.objectives) if o.metric == "latency"), None)
    if first is not None:
        latency = worst_of(level.objectives[first], [s.values[first] for s in played])
    pars = level.stars
    earned = (
        ("cost", max(s.cost for s in played), pars.cost),
        ("latency", latency, pars.latency),
        ("parts", price.parts(board, level.rulebook), pars.parts),
    )
    return tuple(n for n, value, par in earned if par is not None and (value <= par or isclose(value, par)))


def _missing_ideas(level: Level, plans: Sequence[_Plan]) -> tuple[str, ...]:
    """What a level needs to be a choice: two ideas that win, two that lose on more than the budget.

    A guided level is exempt: it takes the player by the hand and offers one way.
    """
    problems = []
    winners = {_idea(plan.board) for plan in plans if plan.attempt.wins and plan.board}
    if len(winners) < 2:
        problems.append("fewer than two different attempts are declared to win")
    decoys = [a for a in level.attempts if not a.wins and a.loses is not None]
    if sum(level.objectives[a.loses].metric not in LUCKLESS for a in decoys if a.loses is not None) < 2:
        problems.append("fewer than two attempts are declared to lose on something other than cost or effort")
    return tuple(problems)


def _idea(board: Board) -> str:
    """What stands for a board when ideas are counted: everything but where its cards lie."""
    cards = sorted((c.id, c.kind, c.at, sorted((k, repr(v)) for k, v in c.settings.items())) for c in board)
    return repr((cards, sorted(map(str, board.wires)), sorted(board.projects)))


def _notes(level: Level, attempts: Sequence[AttemptProof]) -> tuple[str, ...]:
    pars = {"cost": level.stars.cost, "latency": level.stars.latency, "parts": level.stars.parts}
    offered = {name for name, par in pars.items() if par is not None}
    notes = [
        f"{a.name} earns every star at once" for a in attempts if len(offered) > 1 and set(a.stars) == offered
    ]
    notes += [
        f"no winning attempt earns the star for {name}"
        for name in sorted(offered)
        if attempts and not any(name in a.stars for a in attempts)
    ]
    return tuple(notes)
