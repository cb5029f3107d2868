"""Which designs are worth keeping: the trade-off front over cost, latency and parts (pure functions)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """What a design asks for, and what it gives; less is better in all three.

    Attributes:
        cost: Dollars per hour.
        latency: Seconds; NaN where nothing was answered, which is worse than any time.
        parts: Components, replicas counted.
    """

    cost: float
    latency: float
    parts: int

    @property
    def key(self) -> tuple[float, float, int]:
        """The three, NaN being infinite."""
        return self.cost, math.inf if math.isnan(self.latency) else self.latency, self.parts


def beats(one: Trade, other: Trade) -> bool:
    """Whether one is at least as good as the other in everything, and better in something."""
    mine, yours = one.key, other.key
    return mine != yours and all(a <= b for a, b in zip(mine, yours, strict=True))


def front(trades: Sequence[Trade]) -> tuple[bool, ...]:
    """For each trade, whether it is on the front: no other beats it. Equals are on it together."""
    kept: list[Trade] = []
    # In this order whoever beats a trade comes before it; and if it is beaten at all, then by one that is kept.
    for trade in sorted(set(trades), key=lambda t: t.key):
        if not any(beats(other, trade) for other in kept):
            kept.append(trade)
    keys = {trade.key for trade in kept}
    return tuple(trade.key in keys for trade in trades)


def standings(trades: Sequence[Trade]) -> tuple[tuple[int, ...], ...]:
    """For each trade the indices of those on the front that beat it; empty if it is on the front itself."""
    on = [i for i, kept in enumerate(front(trades)) if kept]
    return tuple(tuple(i for i in on if beats(trades[i], trade)) for trade in trades)
