"""What becomes of designs that nobody declared, with as few runs as will do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from scalegame.design import price
from scalegame.levels.model import Level
from scalegame.proving.advice import for_win
from scalegame.proving.generate import Candidate
from scalegame.proving.margins import surest_miss
from scalegame.proving.model import AttemptProof, Outcome, Sample, Trial
from scalegame.proving.plan import LUCKLESS, changes_money
from scalegame.proving.running import Ask, Task
from scalegame.proving.sequential import LOOKS, REFUTED_FROM, has_won, margins_of, sure
from scalegame.proving.statistics import clopper_pearson
from scalegame.verdict.judge import holds


def trial_task(level: Level, candidate: Candidate, seeds: tuple[int, ...]) -> Task[Trial]:
    """Runs a design until it is sure what becomes of it."""
    samples: tuple[Sample, ...] = ()
    if not candidate.why_not and not candidate.same and not candidate.note:
        for look in LOOKS:
            if len(samples) >= len(seeds):
                break
            samples += yield Ask(candidate.do, candidate.live, candidate.board, seeds[len(samples) : look])
            if settled(level, candidate, samples):
                break
    return judged(level, candidate, samples)


def settled(level: Level, candidate: Candidate, samples: Sequence[Sample]) -> bool:
    """Whether more runs would tell nothing new."""
    first = samples[0]
    if any(
        not holds(o, value) and (o.metric == "effort" or not changes_money(level, candidate.board, first.cost))
        for o, value in zip(level.objectives, first.values, strict=True)
        if o.metric in LUCKLESS
    ):
        return True
    won = sum(has_won(level, s) for s in samples)
    if not won:
        return sure(margins_of(level, samples, wins=False), wins=False)
    if len(samples) < REFUTED_FROM:
        return False
    return won == len(samples) and sure(margins_of(level, samples, wins=True), wins=True)


def judged(level: Level, candidate: Candidate, samples: Sequence[Sample]) -> Trial:
    """What the runs of a design say; its problem is for others to name."""
    won = sum(has_won(level, s) for s in samples)
    outcome: Outcome = "loses"
    if candidate.why_not:
        outcome = "cannot start"
    elif not samples:
        outcome = "not tried"
    elif won:
        outcome = "wins" if won == len(samples) else "sometimes wins"
    margins = margins_of(level, samples, wins=False) if samples else ()
    note = candidate.note
    if samples and not won:
        clear = margins[surest_miss(margins)].clear
        note = note or ("" if clear else "loses narrowly")
    return Trial(
        name=candidate.name,
        do=candidate.do,
        live=candidate.live,
        outcome=outcome,
        runs=len(samples),
        won=won,
        interval=clopper_pearson(won, len(samples)) if samples else (0.0, 1.0),
        deciding=margins[surest_miss(margins)].objective.text if samples and not won else "",
        cost=math.fsum(s.cost for s in samples) / len(samples)
        if samples
        else price.cost(candidate.board, level.rulebook),
        effort=price.effort(level.found, candidate.board, level.rulebook),
        note=candidate.why_not or note,
    )


def verdicts(
    level: Level,
    candidates: Sequence[Candidate],
    trials: Sequence[Trial],
    attempts: Mapping[str, AttemptProof],
) -> tuple[tuple[Trial, ...], tuple[str, ...], tuple[str, ...]]:
    """Which of the trials contradict the level's claims.

    Returns:
        The trials with their problems, accepted reasons and advice; problems of the level as a whole; notes.
    """
    found: list[Trial] = []
    problems: list[str] = []
    notes: list[str] = []
    needed: dict[str, list[bool]] = {}
    for candidate, trial in zip(candidates, trials, strict=True):
        declared = attempts.get(candidate.same)
        if declared is not None:
            wins = declared.declared == "wins"
            trial = replace(trial, outcome="wins" if wins else "loses", note=f"the board of {candidate.same}")
            if wins and not candidate.winner:
                # The author knows that it wins.
                found.append(trial)
                continue
        won = trial.outcome in ("wins", "sometimes wins")
        if candidate.change:
            needed.setdefault(candidate.winner, []).append(not won)
            if won:
                notes.append(f"{trial.name}: not needed, it wins all the same")
        elif won and not trial.note.startswith("the idea of"):
            trial = answered(level, trial)
        found.append(trial)
    for winner, those in needed.items():
        if not any(those):
            name = f"{winner} without any one change"
            text = f"{winner} wins without any one of its changes: none of them is needed"
            if reason := level.accepts.get(name, ""):
                notes.append(f"accepted: {name}: {reason}")
            else:
                problems.append(f"{text} (accept it as {name!r} if that is meant)")
    return tuple(found), tuple(problems), tuple(notes)


def answered(level: Level, trial: Trial) -> Trial:
    """A design that wins, with the author's reason why it may, or with the problem that it is."""
    if reason := level.accepts.get(trial.name, ""):
        return replace(trial, accepted=reason)
    return replace(trial, problem=_won_by(trial), advice=for_win(level, trial))


def _won_by(trial: Trial) -> str:
    share = f"{trial.won / trial.runs:.0%}" if trial.runs else "as declared"
    if not trial.runs:
        return f"wins: it is {trial.note}"
    low, high = trial.interval
    return f"wins {share} of its runs ({low:.0%} to {high:.0%}), at ${trial.cost:.2f}/h and {trial.effort:g} h"


def idle_reasons(level: Level, trials: Sequence[Trial]) -> tuple[str, ...]:
    """Reasons of the author for what was tried and does not win: they can go."""
    lost = {trial.name for trial in trials if not trial.accepted}
    return tuple(f"{name} is accepted, and does not win" for name in level.accepts if name in lost)
