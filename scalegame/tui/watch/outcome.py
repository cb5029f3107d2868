"""What came of a run, made ready to be shown and kept (no screen in here)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from scalegame.design import edits
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.insight.badges import Badge, badges
from scalegame.insight.compare import Movement, movements
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.insight.prediction import NotApplicable, Prediction, predicted
from scalegame.levels.model import Level
from scalegame.progress.model import Attempt, Measured
from scalegame.tui.watch.computation import Computation
from scalegame.verdict.model import Held, Verdict

NAN = float("nan")


@dataclass(frozen=True)
class Outcome:
    """Everything that the result screen shows.

    Attributes:
        computation: Its runs are done.
        attempt: As it was kept.
        findings: Why the worst seed went as it did.
        theory: What M/M/c says of the card that the findings name, and its id; or why it says nothing.
        changes: What was changed since the attempt before.
        moved: How the objectives moved since then.
        badges: Earned by losing well.
        guess: What became of the player's prediction, or "".
    """

    computation: Computation
    attempt: Attempt
    findings: tuple[Finding, ...] = ()
    theory: tuple[str, Prediction | NotApplicable] | None = None
    changes: tuple[str, ...] = ()
    moved: tuple[Movement, ...] = ()
    badges: tuple[Badge, ...] = field(default=())
    guess: str = ""

    @property
    def level(self) -> Level:
        """The level that was played."""
        return self.computation.level

    @property
    def verdict(self) -> Verdict:
        """Won or lost, and by what."""
        return self.computation.verdict


def outcome_of(computation: Computation, previous: Attempt | None, guess: str = "") -> Outcome:
    """Sums up a finished computation.

    Args:
        computation: All its runs are done.
        previous: The attempt before on the same level, if there was one.
        guess: What became of the player's prediction.
    """
    level, verdict = computation.level, computation.verdict
    before = _verdict(previous, level) if previous else None
    earned = badges(verdict, previous.availability if previous else None, level.stars)
    scenario = computation.scenario
    worst = verdict.worst
    findings = diagnose(scenario, computation.result(worst), computation.recording(worst), verdict)
    named = next((f.component for f in findings if f.component in computation.result(worst).components), "")
    return Outcome(
        computation,
        _attempt(computation, tuple(badge.title for badge in earned)),
        findings,
        (named, predicted(named, scenario, computation.result(worst))) if named else None,
        (*_changes(level, previous, computation.board), *_reordered(previous, computation)),
        movements(before, verdict) if before else (),
        earned,
        guess,
    )


def _attempt(computation: Computation, titles: tuple[str, ...]) -> Attempt:
    level, verdict = computation.level, computation.verdict
    availability = min(
        (r.total.availability for r in verdict.runs if not math.isnan(r.total.availability)), default=None
    )
    stop = None if verdict.won else computation.stop(verdict.worst)
    ended = next((run.ended for run in verdict.runs if run.ended), "")
    return Attempt(
        level=level.id,
        digest=level.digest,
        lines=edits.difference(level.found, computation.board, level.rulebook),
        won=verdict.won,
        stars=verdict.stars,
        objectives=tuple(
            Measured(
                held.objective.text,
                held.objective.target,
                tuple(_finite(value) for value in held.values),
                _finite(held.value),
                held.held,
            )
            for held in verdict.objectives
        ),
        cost=verdict.cost,
        effort=verdict.effort,
        parts=verdict.parts,
        availability=availability,
        headline=ended or (stop.sentence if stop else ""),
        badges=titles,
        live=tuple(map(str, computation.orders)),
    )


def _verdict(attempt: Attempt, level: Level) -> Verdict:
    """A kept attempt as a verdict without runs, as far as its objectives are still those of the level."""
    known = {measured.text: measured for measured in attempt.objectives}
    held = tuple(
        Held(
            objective,
            tuple(NAN if v is None else v for v in measured.values),
            NAN if measured.value is None else measured.value,
            measured.held,
        )
        for objective in level.objectives
        if (measured := known.get(objective.text)) is not None
    )
    return Verdict(held, attempt.won, attempt.stars, attempt.cost, NAN, attempt.parts, attempt.effort, 0)


def _changes(level: Level, previous: Attempt | None, board: Board) -> tuple[str, ...]:
    """What the player changed since the attempt before, for people; empty if nothing or unknown."""
    try:
        before = edits.apply_all(level.found, previous.lines if previous else (), level.rulebook)
    except ScalegameError:
        return ()
    return edits.summary(before, board, level.rulebook)


def _reordered(previous: Attempt | None, computation: Computation) -> tuple[str, ...]:
    """What the player did during the run and had not done before, and the other way round."""
    now, before = tuple(map(str, computation.orders)), previous.live if previous is not None else ()
    return (
        *(f"ordered {line}" for line in now if line not in before),
        *(f"no longer ordered {line}" for line in before if line not in now),
    )


def offered_stars(level: Level) -> tuple[str, ...]:
    """Names of the stars that a level has."""
    pars = {"cost": level.stars.cost, "latency": level.stars.latency, "parts": level.stars.parts}
    return tuple(name for name, par in pars.items() if par is not None)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
