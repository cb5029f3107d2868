"""Who gets the next call: the policies of whoever stands before several machines.

Source: round robin, random and least connections of reverse proxies; smooth weighted round robin and slow start of
NGINX; the power of two choices (Mitzenmacher 2001); consistent hashing (see `ring`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from scalegame.simulation.kernel import Home
from scalegame.simulation.ring import Ring

POLICIES = ("round robin", "random", "least connections", "two random choices", "weighted", "hash")
#: Those that look at the calls in hand.
COUNTING = ("least connections", "two random choices")

#: The golden ratio's fraction: multiples of it are spread evenly over 0 to 1.
_GOLDEN = 0.6180339887498949


@dataclass(slots=True)
class Member:
    """One replica behind the balancer.

    Attributes:
        target: Id of its card.
        home: Where its calls live.
        at: Where it stands.
        active: Calls that it has been given and has not ended (kept by policies that ask).
        up: The health checks say so.
        strikes: Probes in a row that said otherwise.
        weight: It gets so many times as many calls, under the policy that asks.
        failures: Calls in a row that failed there.
        ejected: It gets no calls until it is let in again.
        since: When it last came into rotation; minus infinity: it has always been there.
        given: Calls that it has been given.
        failed: How many of them failed.
    """

    target: str
    home: Home
    at: str
    active: int = 0
    up: bool = True
    strikes: int = 0
    weight: int = 1
    failures: int = 0
    ejected: bool = False
    since: float = -inf
    given: int = 0
    failed: int = 0


class Smooth:
    """Smooth weighted round robin: whoever has waited longest for its weight is next.

    In so many turns as the weights add up to each gets exactly its weight, and they are mixed as evenly as can be.
    """

    def __init__(self, weights: Sequence[int]) -> None:
        self.weights, self._credit = weights, [0] * len(weights)

    def next(self, able: Sequence[int]) -> int:
        """One of those who are able; there is at least one."""
        weights, credit = self.weights, self._credit
        for i in able:
            credit[i] += weights[i]
        best = max(able, key=credit.__getitem__)  # the first of equals
        credit[best] -= sum(weights[i] for i in able)
        return best


class Chooser:
    """Chooses among some of the members, by one policy.

    Attributes:
        alive: Who is in rotation, by index into all members.
        pick: `pick(request)` is the index of a member, or -1: there is none. Only `hash` needs the request.
    """

    def __init__(
        self,
        members: Sequence[Member],
        within: Sequence[int],
        policy: str,
        uniform: Callable[[], float],
        identity: Callable[[Any], int] | None = None,
        points: int = 100,
    ) -> None:
        """Prepares it.

        Args:
            members: All members.
            within: The indices of those among whom it chooses.
            policy: Its name.
            uniform: A stream of draws between 0 and 1, for policies that draw.
            identity: For `hash`: what of a request decides.
            points: For `hash`: places of each on the ring.
        """
        self.members, self.within, self.uniform, self.identity = members, within, uniform, identity
        self.alive: list[int] = []
        self.turn = -1
        self.smooth = Smooth([m.weight for m in members])
        self.ring = Ring([members[i].home.name for i in within], points) if policy == "hash" and within else None
        self.pick: Callable[..., int] = {
            "round robin": self._round_robin,
            "random": self._random,
            "least connections": self._least_connections,
            "two random choices": self._two_choices,
            "weighted": self._weighted,
            "hash": self._hash,
        }[policy]

    def among(self, alive: list[int], request: Any) -> int:
        """Chooses once among others than those in rotation."""
        whole, self.alive = self.alive, alive
        try:
            return self.pick(request)
        finally:
            self.alive = whole

    def _round_robin(self, request: Any = None) -> int:
        alive = self.alive
        if not alive:
            return -1
        self.turn = turn = (self.turn + 1) % len(alive)
        return alive[turn]

    def _random(self, request: Any = None) -> int:
        alive = self.alive
        return alive[int(self.uniform() * len(alive))] if alive else -1

    def _least_connections(self, request: Any = None) -> int:
        """Ties go to the next in turn, so that an idle system is shared out evenly."""
        alive, members = self.alive, self.members
        if not alive:
            return -1
        self.turn = turn = (self.turn + 1) % len(alive)
        n = len(alive)
        return min((alive[(turn + i) % n] for i in range(n)), key=lambda m: members[m].active)

    def _two_choices(self, request: Any = None) -> int:
        alive, members = self.alive, self.members
        n = len(alive)
        if n < 2:
            return alive[0] if alive else -1
        first = int(self.uniform() * n)
        second = int(self.uniform() * (n - 1))
        if second >= first:
            second += 1
        a, b = alive[first], alive[second]
        return a if members[a].active <= members[b].active else b

    def _weighted(self, request: Any = None) -> int:
        return self.smooth.next(self.alive) if self.alive else -1

    def _hash(self, request: Any) -> int:
        alive = frozenset(self.alive)
        if not alive or self.ring is None or self.identity is None:
            return -1
        within = self.within
        return within[self.ring.at(self.identity(request), lambda i: within[i] in alive)]


def group_of(user: int, shares: Sequence[tuple[str, float]]) -> str:
    """The group of a user: always the same, and every stretch of user numbers has each group's share.

    Args:
        user: Its number.
        shares: Of each group, relative to the others.

    Returns:
        Its name; "" if there are no groups.
    """
    whole = sum(share for _, share in shares)
    place, reached = ((user + 0.5) * _GOLDEN % 1.0) * whole, 0.0
    for name, share in shares:
        reached += share
        if place < reached:
            return name
    return shares[-1][0] if shares else ""
