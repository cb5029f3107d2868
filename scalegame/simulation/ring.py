"""A ring for consistent hashing: who comes or goes moves no more keys than its own share.

Source: Karger and others, "Consistent Hashing and Random Trees" (STOC 1997), with several places for each member
as in the ketama library for memcached.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from hashlib import blake2b


def _place(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


class Ring:
    """Members at places that follow from their names alone; a key belongs to the next member on the ring."""

    __slots__ = ("_members", "_places")

    def __init__(self, names: Sequence[str], points: int = 100) -> None:
        """`points` places for each of the names, of which there is at least one."""
        if not names or points < 1:
            raise ValueError("a ring needs a member, and each member a place")
        found = sorted((_place(f"{name}/{i}"), member) for member, name in enumerate(names) for i in range(points))
        self._places = [place for place, _ in found]
        self._members = [member for _, member in found]

    def at(self, key: int, able: Callable[[int], bool] | None = None) -> int:
        """The member, by its index, to which a key belongs; if it is not able, the next one that is.

        Raises:
            LookupError: None is able.
        """
        members = self._members
        start = bisect_right(self._places, _place(str(key)))
        for step in range(len(members)):
            member = members[(start + step) % len(members)]
            if able is None or able(member):
                return member
        raise LookupError("nobody is able")
