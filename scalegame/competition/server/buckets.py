"""How often somebody may do something: token buckets, of which a flood cannot make more than there are."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple


class Rate(NamedTuple):
    """How often.

    Attributes:
        each: A second, for as long as anybody likes.
        burst: At once, after a pause.
    """

    each: float
    burst: float


class Buckets:
    """A bucket each for many who are told apart by a key."""

    def __init__(self, rate: Rate, most: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        """All buckets are full.

        Args:
            rate: At which each of them fills up, and what it holds.
            most: Buckets; beyond it the one that was used longest ago is forgotten, which means that it is full.
            clock: Seconds, from whenever.
        """
        self._rate = rate
        self._most = most
        self._clock = clock
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Buckets that are kept."""
        return len(self._filled)

    def wait(self, key: str) -> float:
        """Seconds until there is something in a bucket; 0.0: there is. Nothing is taken."""
        with self._lock:
            level, _ = self._level(key)
        return max(1.0 - level, 0.0) / self._rate.each

    def take(self, key: str) -> float:
        """Takes one out.

        Returns:
            0.0, or how many seconds to wait if there was none.
        """
        with self._lock:
            level, now = self._level(key)
            missing = max(1.0 - level, 0.0)
            self._filled[key] = (level if missing else level - 1.0, now)
            self._filled.move_to_end(key)
            while len(self._filled) > self._most:
                self._filled.popitem(last=False)
        return missing / self._rate.each

    def _level(self, key: str) -> tuple[float, float]:
        now = self._clock()
        level, since = self._filled.get(key, (self._rate.burst, now))
        return min(level + (now - since) * self._rate.each, self._rate.burst), now
