"""What an author can change about a level that is not proved."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

from scalegame.levels.model import Level
from scalegame.proving.margins import SIGMAS
from scalegame.proving.model import AttemptProof, Margin, Trial
from scalegame.units import Dimension, show
from scalegame.verdict.model import Objective

#: Standard deviations that a new threshold is given: a little more than are needed.
ROOM = SIGMAS + 0.3
_DIGITS = 2


def for_attempts(level: Level, attempts: Sequence[AttemptProof]) -> tuple[tuple[str, ...], ...]:
    """Advice for each attempt; empty where nothing is wrong with it."""
    return tuple(tuple(_for_attempt(level, a, attempts)) if a.problems else () for a in attempts)


def _for_attempt(level: Level, attempt: AttemptProof, attempts: Sequence[AttemptProof]) -> Iterator[str]:
    if attempt.deciding is None:
        yield "change its edits so that it can start: scalegame run with a design of them says what is missing"
        return
    wins = attempt.declared == "wins"
    for m in attempt.margins if wins else (attempt.margins[attempt.deciding],):
        if m.clear:
            continue
        found = f"{_figures(m)}, target {show(m.objective.target, m.objective.dimension)}"
        sure = "" if wins else _surely(attempt)
        yield f"{_how(attempt, m, wins)}: {m.objective.text}: it is {found}: {cure(m, attempts, wins)}{sure}"
    if wins and all(m.clear for m in attempt.margins):
        yield "it loses on a seed that is played: give the threshold more room, or measure longer"


def _surely(attempt: AttemptProof) -> str:
    """What a loser misses on every run with room to spare, besides what it is declared to miss."""
    others = (m for i, m in enumerate(attempt.margins) if i != attempt.deciding)
    sure = [m.objective.text for m in others if not m.held and m.clear]
    return f"; on every run it misses {' and '.join(sure)}: that it can be declared to lose by" if sure else ""


def _how(attempt: AttemptProof, m: Margin, wins: bool) -> str:
    low, high = attempt.interval
    share = f"wins {attempt.won / attempt.runs:.0%} ({low:.0%} to {high:.0%})"
    if wins:
        return f"too tight: {share}" if m.held else f"does not win at all: {share}"
    if m.held == m.runs:
        return f"does not lose by this: meets it on every run, {share}"
    return f"too tight: meets it on {m.held} of {m.runs} runs, {share}"


def _figures(m: Margin) -> str:
    if math.isnan(m.mean):
        return "nothing that could be measured"
    spread = f" ± {show(m.deviation, m.objective.dimension)}" if m.deviation > 1e-12 * abs(m.mean) else ""
    return f"{show(m.mean, m.objective.dimension)}{spread}"


def cure(m: Margin, attempts: Sequence[AttemptProof], wins: bool) -> str:
    """A threshold that all the attempts of the level could live with, or that there is none."""
    if m.objective.metric == "effort":
        return "change the hours of what it does, or the objective"
    if math.isnan(m.mean):
        return "nothing succeeds, so declare what it does lose by, or let something succeed"
    needs, limits = _sides(m.objective, attempts)
    need = max(needs, default=None)
    limit = min(limits, default=None)
    sign = _sign(m.objective)
    if need is None:
        return "no attempt wins that could say where the threshold belongs"
    asked = _nice(sign * need, up=sign > 0, dimension=m.objective.dimension)
    if limit is not None and sign * asked >= limit:
        if sign * limit < 0:
            return (
                "what loses differs so much from run to run that no threshold has room: measure longer, let it "
                "lose by more, or declare another reason"
            )
        measure = "a longer run narrows both" if m.deviation else "change what one of them can do"
        needed, past = (show(value, m.objective.dimension) for value in (asked, sign * limit))
        return (
            f"no threshold has the winners on one side (they need {needed}) and the losers on the other (they are "
            f"past {past}): {measure}, or declare another reason"
        )
    below = "" if limit is None else f" (the losers leave room up to {show(sign * limit, m.objective.dimension)})"
    if wins or _holds_apart(m, asked, sign):
        return f"ask for {show(asked, m.objective.dimension)}{below}, or measure longer"
    return "declare what it does lose by, or change what it can do"


def _holds_apart(m: Margin, asked: float, sign: float) -> bool:
    """Whether the loser misses the new threshold for sure."""
    return sign * m.mean - ROOM * m.deviation > sign * asked


def _sides(objective: Objective, attempts: Sequence[AttemptProof]) -> tuple[list[float], list[float]]:
    """What winners need of a threshold, and what the losers declared by it allow; larger is easier."""
    sign = _sign(objective)
    needs, limits = [], []
    for attempt in attempts:
        for index, m in enumerate(attempt.margins):
            if m.objective != objective or math.isnan(m.mean):
                continue
            if attempt.declared == "wins":
                # What varies without a bell's shape has runs beyond that: not less than the worst of them.
                worst = -math.inf if math.isnan(m.worst) else sign * m.worst + m.deviation
                needs.append(max(sign * m.mean + ROOM * m.deviation, worst))
            elif index == attempt.deciding and m.runs > 1 and attempt.declared == objective.text:
                limits.append(sign * m.mean - ROOM * m.deviation)
    return needs, limits


def _sign(objective: Objective) -> float:
    """1 where more is worse, -1 where less is."""
    return -1.0 if objective.relation in (">", ">=") else 1.0


def _nice(value: float, up: bool, dimension: Dimension) -> float:
    """The next number of two digits beyond a value; of a share near 1, two digits of what is missing."""
    if dimension is Dimension.RATIO and 0.5 < value < 1:
        return 1.0 - _nice(1.0 - value, not up, Dimension.COUNT)
    if value == 0 or not math.isfinite(value):
        return value
    step = 10.0 ** (math.floor(math.log10(abs(value))) - _DIGITS + 1)
    whole = math.ceil(value / step - 1e-9) if up else math.floor(value / step + 1e-9)
    return round(whole * step, 12)


def for_win(level: Level, trial: Trial) -> tuple[str, ...]:
    """What to do about a design that wins and should not."""
    accept = (
        f"or accept it in the level, with a reason: accepts: {json.dumps({trial.name: '…'}, ensure_ascii=False)}"
    )
    if " without " in trial.name:
        cure = (
            "name in mechanism what it does win by, or change the level (more load, a smaller budget, a tighter "
            "objective) until it needs what the level is about"
        )
        return (f"{cure}, {accept}",)
    budget = next((o for o in level.objectives if o.metric == "cost" and o.relation in ("<", "<=")), None)
    what = ", ".join(trial.do)
    if budget is None:
        return (f"this alone wins ({what}): add an objective for cost, {accept}",)
    room = show(max(budget.target - trial.cost, 0.0), Dimension.PRICE)
    paid = show(trial.cost, Dimension.PRICE)
    return (
        f"this alone wins ({what}) at {paid}: raise what it costs by more than {room}, lower the objective for "
        f"cost below {paid}, take it out of what can be chosen, {accept}",
    )
