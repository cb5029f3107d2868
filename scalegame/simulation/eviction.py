"""Which copy makes room when a store is full: least recently used, least frequently used, oldest, any.

A ranking knows the keys of a store and nothing else; each of its methods takes constant time (LFU's `victim` looks
through the counts if the least of them has gone otherwise). Sources: LRU and FIFO as in every text; LFU by a
list of keys for each count (Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction
scheme", 2010); random with the last key put into the gap. Left out: ageing of the counts, counts of keys that are
not in the store, sampling (Redis looks at five keys and takes the worst).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

#: How a full store makes room. "none": it takes no new key.
POLICIES = ("lru", "lfu", "fifo", "random", "none")


class Ranking(Protocol):
    """The keys of a store, in the order in which they would have to go."""

    def add(self, key: int) -> None:
        """A key that was not there comes in."""

    def seen(self, key: int) -> None:
        """A key that is there was asked for, or written again."""

    def drop(self, key: int) -> None:
        """A key that is there has gone for another reason."""

    def victim(self) -> int:
        """Takes out the key that has to go; there is one."""

    def clear(self) -> None:
        """All keys have gone."""


class Lru:
    """The key that was used longest ago goes."""

    __slots__ = ("_keys", "seen")

    def __init__(self) -> None:
        self._keys: OrderedDict[int, None] = OrderedDict()
        self.seen: Callable[[int], None] = self._keys.move_to_end

    def add(self, key: int) -> None:
        """A key that was not there comes in."""
        self._keys[key] = None

    def drop(self, key: int) -> None:
        """A key that is there has gone for another reason."""
        del self._keys[key]

    def victim(self) -> int:
        """Takes out the key that has to go; there is one."""
        return self._keys.popitem(last=False)[0]

    def clear(self) -> None:
        """All keys have gone."""
        self._keys.clear()


class Fifo(Lru):
    """The key that came in first goes, however often it is asked for."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.seen = _nothing


def _nothing(key: int) -> None:
    """That a key was asked for does not matter."""


class Lfu:
    """The key that was used least often goes; of several, the one that was used longest ago.

    A key is counted from when it comes in: one that goes and comes back begins again at one.
    """

    __slots__ = ("_counts", "_least", "_used")

    def __init__(self) -> None:
        self._used: dict[int, int] = {}
        self._counts: dict[int, OrderedDict[int, None]] = {}
        self._least = 0

    def add(self, key: int) -> None:
        """A key that was not there comes in."""
        self._used[key] = self._least = 1
        self._counts.setdefault(1, OrderedDict())[key] = None

    def seen(self, key: int) -> None:
        """A key that is there was asked for, or written again."""
        count = self._used[key]
        self._used[key] = count + 1
        equals = self._counts[count]
        del equals[key]
        if not equals:
            del self._counts[count]
            if self._least == count:
                self._least = count + 1
        self._counts.setdefault(count + 1, OrderedDict())[key] = None

    def drop(self, key: int) -> None:
        """A key that is there has gone for another reason."""
        count = self._used.pop(key)
        equals = self._counts[count]
        del equals[key]
        if not equals:
            del self._counts[count]

    def victim(self) -> int:
        """Takes out the key that has to go; there is one."""
        if self._least not in self._counts:
            self._least = min(self._counts)
        key = next(iter(self._counts[self._least]))
        self.drop(key)
        return key

    def clear(self) -> None:
        """All keys have gone."""
        self._used.clear()
        self._counts.clear()
        self._least = 0


class Random:
    """Any key goes, each with the same probability."""

    __slots__ = ("_draw", "_keys", "_places")

    def __init__(self, draw: Callable[[], float]) -> None:
        """`draw` draws uniformly from [0, 1)."""
        self._draw = draw
        self._keys: list[int] = []
        self._places: dict[int, int] = {}

    def add(self, key: int) -> None:
        """A key that was not there comes in."""
        self._places[key] = len(self._keys)
        self._keys.append(key)

    def seen(self, key: int) -> None:
        """That it was asked for does not matter."""

    def drop(self, key: int) -> None:
        """A key that is there has gone for another reason."""
        place, last = self._places.pop(key), self._keys.pop()
        if last != key:
            self._keys[place] = last
            self._places[last] = place

    def victim(self) -> int:
        """Takes out the key that has to go; there is one."""
        key = self._keys[int(self._draw() * len(self._keys))]
        self.drop(key)
        return key

    def clear(self) -> None:
        """All keys have gone."""
        self._keys.clear()
        self._places.clear()


def ranking(policy: str, draw: Callable[[], float]) -> Ranking:
    """The ranking of a policy of `POLICIES`; `draw` is asked by "random" alone.

    Raises:
        ValueError: There is no such policy.
    """
    match policy:
        case "lru" | "none":
            return Lru()
        case "lfu":
            return Lfu()
        case "fifo":
            return Fifo()
        case "random":
            return Random(draw)
    raise ValueError(f"no such policy: {policy}")
