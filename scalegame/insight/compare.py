"""What changed from one attempt to the next: the design, and what came of it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from scalegame.units import show
from scalegame.verdict.judge import miss
from scalegame.verdict.model import Held, Verdict

_SUBJECT = re.compile(r"^[^<>=]+")


@dataclass(frozen=True, slots=True)
class Movement:
    """How one objective moved.

    Attributes:
        text: `latency.p99 1.93 s → 312 ms`.
        before: Value that decided then.
        after: Value that decides now.
        direction: Which way, by what the objective wants.
        crossed: Whether it was won or lost on the way; "" if neither.
    """

    text: str
    before: float
    after: float
    direction: Literal["better", "worse", "same"]
    crossed: Literal["won", "lost", ""]


def movements(before: Verdict, after: Verdict) -> tuple[Movement, ...]:
    """How the objectives moved; those that only one of the verdicts knows are left out."""
    earlier = {held.objective.text: held for held in before.objectives}
    return tuple(
        _movement(earlier[held.objective.text], held)
        for held in after.objectives
        if held.objective.text in earlier
    )


def _movement(before: Held, after: Held) -> Movement:
    objective = after.objective
    subject = _SUBJECT.match(objective.text)
    label = subject.group().strip() if subject else objective.text
    was, now = show(before.value, objective.dimension), show(after.value, objective.dimension)
    change = _change(miss(objective, before.value), miss(objective, after.value))
    crossed: Literal["won", "lost", ""] = ""
    if before.held != after.held:
        crossed = "won" if after.held else "lost"
    # What reads the same is the same, unless it made the difference.
    if was == now and not crossed:
        change = "same"
    text = f"{label} {now}" if was == now else f"{label} {was} → {now}"
    return Movement(text, before.value, after.value, change, crossed)


def _change(before: float, after: float) -> Literal["better", "worse", "same"]:
    if before == after or math.isclose(before, after, rel_tol=1e-9):
        return "same"
    return "better" if after < before else "worse"
