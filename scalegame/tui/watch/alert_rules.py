"""The rules of alerts for one part of a run: down, full, backlog, refusing, behind (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scalegame.insight.findings import percent
from scalegame.simulation.recording import Bools, Floats, Track
from scalegame.units import Dimension, show

Severity = Literal["page", "warn"]

#: A part is full at this utilisation with somebody waiting, and no more below the second.
FULL, RELAXED = 0.97, 0.85
#: A backlog is one from this many waiting on; it grows if it is so much larger than so many seconds before.
CROWD, GROWTH, GROWTH_SECONDS = 20, 1.1, 3.0
#: A part turns calls away if more than this share of a stretch's calls fail in it.
REFUSED = 0.01
#: Rates and percentiles are looked at over so many seconds.
LOOK = 2.0
#: How long a part may be behind, by what its kind calls that; and whatever else it is called, seconds.
BEHIND: Mapping[str, float] = {"replication lag": 1.0}
BEHIND_OTHERWISE = 5.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition over the ticks of a recording.

    Attributes:
        name: Of the rule, the same for all parts.
        severity: "page" or "warn".
        component: Id, or "" where it speaks of the whole.
        text: What is wrong while it holds.
        relief: How to say that it no longer is.
        on: Where it holds.
        off: Where it is clear; where it is neither, nothing changes.
        lasting: So long it must hold before it fires, seconds.
        quiet: So long it must be clear before it resolves, seconds.
        detail: What to tell of a tick.
    """

    name: str
    severity: Severity
    component: str
    text: str
    relief: str
    on: Bools
    off: Bools
    lasting: float
    quiet: float
    detail: Callable[[int], str] = lambda tick: ""


#: What a kind's own figure is called, and in what it is measured (`Kind.own`).
Own = tuple[str, Dimension] | None


def of_part(id: str, track: Track, times: Floats) -> Iterator[Rule]:
    """The rules for any part."""
    tick = float(times[1] - times[0]) if len(times) > 1 else 1.0
    up, queue = track.up, track.queue
    # Where somebody scales during the run, what is to be up is no more than what that leaves.
    all_up = track.wanted if len(track.wanted) else np.full(len(up), up[0] if len(up) else 0)
    yield Rule("down", "page", id, f"{id} is down", f"{id} is up again", up <= 0, up > 0, 1.0, 0.0)
    yield Rule(
        "replicas",
        "warn",
        id,
        f"{id} misses replicas",
        f"{id} has its replicas again",
        (up > 0) & (up < all_up),
        (up >= all_up) | (up <= 0),
        1.0,
        0.0,
        lambda i: f"{int(up[i])} of {int(all_up[i])} up",
    )
    yield Rule(
        "full",
        "warn",
        id,
        f"{id} is full",
        f"{id} has caught up",
        (track.utilisation >= FULL) & (queue > 0),
        (track.utilisation < RELAXED) | (queue == 0),
        1.0,
        1.0,
        lambda i: f"{int(queue[i]):,} waiting",
    )
    before = _delayed(queue, max(1, round(GROWTH_SECONDS / tick)))
    yield Rule(
        "backlog",
        "warn",
        id,
        f"{id}: backlog grows",
        f"{id}: backlog no longer grows",
        (queue >= CROWD) & (queue > GROWTH * before),
        (queue < CROWD) | (queue <= before),
        2.0,
        2.0,
        lambda i: f"{int(queue[i]):,} waiting",
    )
    ticks = max(1, round(LOOK / tick))
    errors, arrivals = _summed(track.errors, ticks), _summed(track.arrivals, ticks)
    share = errors / np.maximum(np.maximum(arrivals, errors), 1e-9)
    yield Rule(
        "refusing",
        "warn",
        id,
        f"{id} refuses or loses calls",
        f"{id} takes all its calls again",
        share > REFUSED,
        share <= REFUSED,
        0.5,
        3.0,
        lambda i: percent(float(share[i])),
    )


def of_own_figure(id: str, track: Track, own: Own) -> Iterator[Rule]:
    """The rule for a kind's own figure, if it is a delay."""
    if own is None or own[1] is not Dimension.TIME:
        return
    limit = BEHIND.get(own[0], BEHIND_OTHERWISE)
    behind, told = np.nan_to_num(track.extra), show(limit, Dimension.TIME)
    yield Rule(
        "behind",
        "warn",
        id,
        f"{own[0]} of {id} above {told}",
        f"{own[0]} of {id} is below {told} again",
        behind > limit,
        behind <= limit,
        1.0,
        1.0,
        lambda i: show(float(behind[i]), Dimension.TIME),
    )


def _delayed(values: Floats, ticks: int) -> Floats:
    """The values of so many ticks before; endless before the beginning."""
    return np.concatenate((np.full(min(ticks, len(values)), np.inf), values[: max(len(values) - ticks, 0)]))


def _summed(values: Floats, ticks: int) -> Floats:
    """Of each tick and those before it, so many together."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    ends = np.arange(1, len(values) + 1)
    found: Floats = total[ends] - total[np.maximum(ends - ticks, 0)]
    # What is left of adding and taking away again is no call.
    return np.where(np.abs(found) < 1e-9, 0.0, found)
