"""How long a copy of a reply may be used, and a shelf of copies: what web caches go by (pure).

Source: HTTP Caching (RFC 9111): freshness lifetime in §4.2.1, the heuristic of a tenth in §4.2.2, age in §4.2.3
(the time that a reply was under way counts as age), `no-store`, `no-cache`, `private` and `max-age` in §5.2.2;
validators as in RFC 9110 §8.8. Left out: `s-maxage`, `must-revalidate`, `stale-while-revalidate`, `Vary`, the
whole seconds of dates, and the deletion of copies by requests that change something.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from scalegame.design.world import Freshness

#: Share of the time since the last change for which a reply is taken to be fresh where nothing is said.
HEURISTIC = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a cache knows of a reply.

    Attributes:
        date: When it was asked for, where it was made; simulated seconds.
        modified: When what it shows was last changed; None: not said.
        notes: (data set, version) of all that it was made from.
    """

    date: float
    modified: float | None = None
    notes: tuple[tuple[str, int], ...] = ()


def may_keep(fresh: Freshness | None, private: bool) -> bool:
    """Whether a cache may keep a reply.

    Args:
        fresh: What its headers say.
        private: The cache belongs to one user.
    """
    return fresh is not None and fresh.store and (private or not fresh.private)


def has_validator(fresh: Freshness) -> bool:
    """Whether a cache can ask "has it changed since?": by a tag, or by the time of the last change."""
    return fresh.etag or fresh.modified is not None


def lifetime(fresh: Freshness, answer: Answer) -> float:
    """For how long a reply is fresh, counted from its date; seconds, 0 if it never is."""
    if fresh.revalidate_always:
        return 0.0
    if fresh.max_age is not None:
        return fresh.max_age
    if fresh.expires is not None:
        return max(0.0, fresh.expires - answer.date)
    if answer.modified is not None:
        return max(0.0, (answer.date - answer.modified) * HEURISTIC)
    return 0.0


def is_fresh(fresh: Freshness, answer: Answer, now: float) -> bool:
    """Whether a copy may be used without asking."""
    return lifetime(fresh, answer) > now - answer.date


class Shelf:
    """Copies up to a number of bytes; the least recently used make room.

    Attributes:
        held: Bytes that are on it.
        evicted: Copies that have made room so far.
    """

    __slots__ = ("_copies", "evicted", "held", "room")

    def __init__(self, room: float) -> None:
        self.room, self.held, self.evicted = room, 0.0, 0
        self._copies: OrderedDict[tuple[str, int], tuple[Answer, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._copies)

    def find(self, key: tuple[str, int]) -> Answer | None:
        """The copy of a reply, fresh or not, which is then the most recently used."""
        found = self._copies.get(key)
        if found is None:
            return None
        self._copies.move_to_end(key)
        return found[0]

    def put(self, key: tuple[str, int], answer: Answer, size: float) -> None:
        """Keeps a copy, in the place of an older one; what is larger than the shelf is not kept."""
        self.drop(key)
        if size > self.room:
            return
        while self._copies and self.held + size > self.room:
            _, (_, gone) = self._copies.popitem(last=False)
            self._less(gone)
            self.evicted += 1
        self._copies[key] = (answer, size)
        self.held += size

    def drop(self, key: tuple[str, int]) -> None:
        """Forgets a copy."""
        found = self._copies.pop(key, None)
        if found is not None:
            self._less(found[1])

    def _less(self, size: float) -> None:
        self.held = self.held - size if self._copies else 0.0  # an empty shelf has no rounding
