"""What a diagnosis is made of. A module in here finds what concerns one topic, by its function `find`."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that explains a run.

    Attributes:
        component: Id of the card that it is about; "" for the whole.
        title: A headline.
        sentence: What happened, with its figures.
        evidence: (label, value) pairs, as text.
        share_of_waiting: The card's share of all waiting on the board, 0 to 1; NaN where that says nothing.
    """

    component: str
    title: str
    sentence: str
    evidence: tuple[tuple[str, str], ...] = ()
    share_of_waiting: float = math.nan


@dataclass(frozen=True, slots=True)
class Ranked:
    """A finding before sorting: its topic, and how much it weighs where no objective is lost over it."""

    topic: str
    weight: float
    finding: Finding


def percent(share: float) -> str:
    """A share to a tenth of a per cent: that something has not quite all of it is no news here."""
    return show(round(share, 3), Dimension.RATIO)


@cache
def _topics() -> tuple[ModuleType, ...]:
    """The modules in here, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def found(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """What every topic's `find(scenario, result, recording)` yields."""
    for topic in _topics():
        yield from topic.find(scenario, result, recording)
