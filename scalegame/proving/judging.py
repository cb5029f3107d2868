"""What the runs of a declared attempt say about its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, isclose, nan

from scalegame.design import price
from scalegame.design.model import Board
from scalegame.levels.model import Attempt, Level
from scalegame.proving.margins import LUCK, SIGMAS, least_room, margin, surest_miss
from scalegame.proving.model import AttemptProof, Margin, Sample
from scalegame.proving.plan import LUCKLESS, Plan, changes_money, idea
from scalegame.proving.running import Ask, Task
from scalegame.proving.sequential import REFUTED_FROM, has_won, refuted
from scalegame.proving.statistics import clopper_pearson
from scalegame.verdict.judge import worst_of


def declared_task(level: Level, plan: Plan, more: tuple[int, ...]) -> Task[AttemptProof]:
    """Runs a declared attempt and judges it.

    It stops early only when its declaration is refuted. One that loses on cost is run once – on all of `more` if
    its run turns out to change what it costs.
    """
    if plan.board is None:
        return judge(level, plan, (), ())
    attempt, board = plan.attempt, plan.board
    played = (yield Ask(attempt.do, attempt.live, board, plan.play)) if plan.play else ()
    seeds = plan.seeds
    samples: tuple[Sample, ...] = ()
    while len(samples) < len(seeds):
        # Eight tell enough to give up; from there on a few at a time.
        upto = REFUTED_FROM if not samples else len(samples) + 4
        samples += yield Ask(attempt.do, attempt.live, board, seeds[len(samples) : upto])
        if _on_cost(level, attempt) and len(seeds) == 1 and changes_money(level, board, samples[0].cost):
            seeds = tuple(dict.fromkeys((*seeds, *more)))
        if refuted(level, attempt, samples):
            break
    return judge(level, plan, samples, played)


def _on_cost(level: Level, attempt: Attempt) -> bool:
    return attempt.loses is not None and level.objectives[attempt.loses].metric == "cost"


def judge(level: Level, plan: Plan, samples: Sequence[Sample], played: Sequence[Sample]) -> AttemptProof:
    """What an attempt's runs, on proof and on play seeds, say about its declaration."""
    attempt = plan.attempt
    declared = _declared(level, attempt)
    if plan.board is None:
        # A board that cannot start has lost; only one that is declared must be able to.
        broken = () if not attempt.do else (f"cannot start: {plan.why_not}",)
        return AttemptProof(attempt.name, declared, (), 0, 0, (0.0, 0.0), None, (), broken)
    margins = tuple(margin(o, i, samples, attempt.wins) for i, o in enumerate(level.objectives))
    won = sum(has_won(level, s) for s in samples)
    if attempt.wins:
        deciding = least_room(margins)
    else:
        deciding = surest_miss(margins) if attempt.loses is None else attempt.loses
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
        cost=fsum(s.cost for s in samples) / len(samples),
    )


def _declared(level: Level, attempt: Attempt) -> str:
    if attempt.wins:
        return "wins"
    return "loses" if attempt.loses is None else level.objectives[attempt.loses].text


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
    if any(not has_won(level, s) for s in played):
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


def missing_ideas(level: Level, plans: Sequence[Plan]) -> tuple[str, ...]:
    """What a level needs to be a choice: two ideas that win, two that lose on more than the budget.

    A guided level is exempt: it takes the player by the hand and offers one way.
    """
    if level.guide:
        return ()
    problems = []
    winners = {idea(plan.board) for plan in plans if plan.attempt.wins and plan.board}
    if len(winners) < 2:
        problems.append("fewer than two different attempts are declared to win")
    decoys = [a for a in level.attempts if not a.wins and a.loses is not None]
    if sum(level.objectives[a.loses].metric not in LUCKLESS for a in decoys if a.loses is not None) < 2:
        problems.append("fewer than two attempts are declared to lose on something other than cost or effort")
    return tuple(problems)


def star_notes(level: Level, attempts: Sequence[AttemptProof]) -> tuple[str, ...]:
    """Stars that one design earns all of, and those that none earns."""
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
