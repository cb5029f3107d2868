"""One part at one moment of a run: what it can do, what is asked of it, what waits (pure functions)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scalegame.design.kinds import Kind
from scalegame.design.model import Component
from scalegame.errors import ScalegameError
from scalegame.insight.load import can_do
from scalegame.simulation.recording import Floats, Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.tui.canvas.frame import LOOK_BACK
from scalegame.tui.telling.figures import capacity
from scalegame.units import Dimension, show


@dataclass(frozen=True, slots=True)
class Moment:
    """A part at a moment.

    Attributes:
        first: Can do, gets, waiting: one line.
        details: More figures, each a name and a value.
    """

    first: str
    details: tuple[tuple[str, str], ...]


def most(id: str, scenario: Scenario, result: RunResult) -> float:
    """What a part can do at most, calls per second, as the run has shown; NaN where nothing tells."""
    try:
        return can_do(id, scenario, result.components.get(id))
    except (ScalegameError, KeyError):
        return math.nan


def moment(
    card: Component, recording: Recording, tick: int, can: float, kind: Kind | None, source: bool
) -> Moment:
    """A part at a tick of a recording.

    Args:
        card: The part.
        recording: Of the run.
        tick: Its index.
        can: What it can do at most (`most`).
        kind: What it is, for its own figure.
        source: Requests come from it: nothing is asked of it, and it waits for answers.
    """
    id = card.id
    track = recording.components[id]
    since = recording.at(float(recording.times[tick]) - LOOK_BACK) + 1 if tick else 0
    ticks = slice(min(since, tick), tick + 1)
    inside, errors = int(track.in_flight[tick]), _mean(track.errors, ticks)
    details: list[tuple[str, str]] = []
    if source:
        back = sum(_mean(wire.errors, ticks) for ends, wire in recording.wires.items() if ends[0] == id)
        first = f"asks {_rate(_mean(track.arrivals, ticks))} · waits for {inside:,}"
        return Moment(first, (("errors back", _rate(back)),))
    parts = [f"{capacity(card)} {_rate(can)}"] if math.isfinite(can) else []
    parts += [f"gets {_rate(_mean(track.arrivals, ticks))}", f"waiting {int(track.queue[tick]):,}"]
    details.append(("utilisation", show(round(float(track.utilisation[tick]), 3), Dimension.RATIO)))
    details.append(("inside", f"{inside:,}"))
    details.append(("answers", _rate(_mean(track.completions, ticks))))
    details.append(("errors", _rate(errors)))
    for reason, values in sorted(track.reasons.items()):
        if (rate := _mean(values, ticks)) > 0:
            details.append((f"  {reason}", _rate(rate)))
    details.append(("replicas up", f"{int(track.up[tick])}"))
    if kind is not None and kind.own is not None and not math.isnan(own := float(track.extra[tick])):
        details.append((kind.own[0], show(own, kind.own[1])))
    return Moment(" · ".join(parts), tuple(details))


def _mean(values: Floats, ticks: slice) -> float:
    return float(values[ticks].mean()) if ticks.stop > ticks.start else 0.0


def _rate(value: float) -> str:
    return show(round(value, 1) if value < 10 else round(value), Dimension.RATE)
