"""One machine of a cache: a bounded store of copies, what makes room in it, and what is wrong with a copy's age.

Look-ups, fills and deletions take effect when they arrive; their reply leaves when a core has done the work.
Sources: a look-aside cache in the manner of memcached; leases after Nishtala and others, "Scaling Memcache at
Facebook" (NSDI 2013); early refresh after Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache
Stampede Prevention" (PVLDB 8, 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from math import inf, log
from typing import Any

from scalegame.simulation.eviction import Ranking
from scalegame.simulation.kernel import MISS, OK, Flow, Kernel
from scalegame.simulation.part import Copy, Replica
from scalegame.simulation.randomness import Draw
from scalegame.simulation.request import Request

#: Whoever was sent to fetch a value has so long for it; then the next who waits is sent (seconds).
LEASE = 1.0
#: So many misses of one key at once are a stampede worth telling.
RUSH = 10


@dataclass(frozen=True, slots=True)
class Keeping:
    """How one machine of a cache keeps its copies.

    Attributes:
        name: Of the data set.
        keys: How many keys that has.
        room: Copies that fit.
        grows: A full store makes room; else it takes no new key.
        ttl: Seconds that a copy is good for; infinity: for ever.
        jitter: Share of the time to live that is drawn at random.
        early: Above 0: how eagerly a copy is fetched anew before it expires (the β of the source).
        leases: Of those who miss one key at once only the first is sent to fetch it.
    """

    name: str
    keys: int
    room: int
    grows: bool = True
    ttl: float = inf
    jitter: float = 0.0
    early: float = 0.0
    leases: bool = False


@dataclass(frozen=True, slots=True)
class Rush:
    """Many misses of one key, before the first of them brought a copy.

    Attributes:
        since: When the first of them came, seconds.
        misses: How many.
        key: Of what.
    """

    since: float
    misses: int
    key: int


class Node:
    """One machine of a cache.

    Attributes:
        store: Version and time of expiry, by key.
        rushes: Stampedes that are over, in order of their end.
        hits, misses, expired, evicted, deleted, filled: Counts so far.
        turned_away: Copies that a full store did not take.
        renewed: Look-ups that were sent to fetch a copy anew although it was still good.
        held_back: Look-ups that waited for somebody else's fetching.
    """

    spell = "somebody else's fill"

    def __init__(
        self,
        kernel: Kernel,
        replica: Replica,
        work: Draw,
        keeping: Keeping,
        ranking: Ranking,
        chance: Callable[[str], Callable[[], float]],
    ) -> None:
        """`chance` makes a stream of uniform draws for a purpose; it is asked for what is needed only."""
        self.kernel, self.env, self.replica, self.draw = kernel, kernel.env, replica, work
        self.occupy = replica.plain.occupy
        self.name, self.keys, self.keeping, self.ranking = keeping.name, keeping.keys, keeping, ranking
        self.room, self.ttl, self.leases = keeping.room, keeping.ttl, keeping.leases
        self.store: dict[int, tuple[int, float]] = {}
        self.find, self.touch = self.store.get, ranking.seen
        self._jitter = chance("jitter") if keeping.jitter else None
        self._early = chance("early") if keeping.early else None
        #: since when a key is being fetched, and how many were sent besides the first
        self._asked: dict[int, float] = {}
        self._crowds: dict[int, int] = {}
        #: how long it took to fetch the copy that is there
        self._took: dict[int, float] = {}
        self._leases: dict[int, float] = {}
        self._waiting: dict[int, list[Flow]] = {}
        self.rushes: list[Rush] = []
        self.hits = self.misses = self.expired = self.evicted = self.deleted = self.filled = 0
        self.turned_away = self.renewed = self.held_back = 0
        replica.home.on_crash.append(self.empty)

    # -- what is asked of it: each answers at once with the seconds until its reply leaves, and the reply

    def get(self, request: Request) -> tuple[float, str]:
        """OK with a copy that has not expired, else MISS."""
        key = request.key % self.keys
        delay = self.work_off()
        find = self.find
        copy = find(key)
        if copy is None:
            self.missed(key)
            return delay, MISS
        version, expires = copy
        if expires <= self.env._now:
            self.expire(key)
            self.missed(key)
            return delay, MISS
        touch = self.touch
        touch(key)
        self.hits += 1
        if request.notes is not None:
            request.notes.append((self.name, version, False))
        return delay, OK

    def get_early(self, request: Request) -> tuple[float, str]:
        """The same, but now and then somebody is sent for what is still good, the likelier the older it is."""
        delay = self.work_off()
        return delay, MISS if self.look(request) is None else OK

    def put(self, copy: Copy) -> tuple[float, str]:
        """Keeps a copy; another one makes room."""
        self.keep(copy.key % self.keys, copy.version, copy.took)
        return self.work_off(), OK

    def delete(self, request: Request) -> tuple[float, str]:
        """Forgets a copy."""
        self.forget(request.key % self.keys)
        return self.work_off(), OK

    def get_in_turn(self, flow: Flow, request: Request) -> Generator[float | None, Any, str]:
        """A look-up where one miss stands for many of the same key."""
        yield self.work_off()
        return MISS if (yield from self.seek(flow, request)) is None else OK

    def work_off(self) -> float:
        """One piece of work joins the queue for the cores: seconds until it is done."""
        occupy, draw = self.occupy, self.draw
        return occupy(draw())

    # -- the store

    def look(self, request: Request) -> int | None:
        """The version of the copy of a request's key, which the request then has read; None: there is none."""
        key = request.key % self.keys
        copy = self.store.get(key)
        if copy is None:
            self.missed(key)
            return None
        version, expires = copy
        left = expires - self.env._now
        if left <= 0:
            self.expire(key)
            self.missed(key)
            return None
        if self._early is not None and left < inf and self._renews(key, left):
            self.renewed += 1
            self.missed(key)
            return None
        self.ranking.seen(key)
        self.hits += 1
        if request.notes is not None:
            request.notes.append((self.name, version, False))
        return version

    def _renews(self, key: int, left: float) -> bool:
        """Whether to fetch now what is good for `left` more seconds.

        Early by a random time, on average β times what the last fetching took: of many readers one is in time.
        Of a copy that was there from the start nobody knows that; a lease's time is taken.
        """
        assert self._early is not None
        return -self.keeping.early * self._took.get(key, LEASE) * log(1.0 - self._early()) >= left

    def seek(self, flow: Flow, request: Request) -> Generator[float | None, Any, int | None]:
        """The same as `look`; who misses what somebody is fetching waits for him, at most as long as a lease."""
        version = self.look(request)
        if version is not None or not self.leases:
            return version
        key, waited = request.key % self.keys, False
        while True:
            since = self._leases.get(key)
            if since is None or self.env._now - since >= LEASE:
                self._leases[key] = self.env._now
                return None
            if not waited:
                waited = True
                self.held_back += 1
            line = self._waiting.setdefault(key, [])
            if not line:
                self.kernel.at(since + LEASE, lambda s=since: self._lapse(key, s))  # type: ignore[misc]
            line.append(flow)
            flow.awaits = self
            flow.parked = self.env._now
            brought: int | None = yield None
            if brought is not None:
                if request.notes is not None:
                    request.notes.append((self.name, brought, False))
                return brought

    def _lapse(self, key: int, since: float) -> None:
        """A lease is over, and nothing was brought: of those who wait the first is sent."""
        if self._leases.get(key) == since:
            self.release(key, None)

    def release(self, key: int, version: int | None) -> None:
        """Nobody fetches a key any more: those who wait for it get what was brought, or look again."""
        self._leases.pop(key, None)
        for flow in self._waiting.pop(key, ()):
            self.kernel.wake(flow, self, version)

    def missed(self, key: int) -> None:
        """Somebody did not find a copy; he is sent to fetch it, unless there may be one who does."""
        self.misses += 1
        if not self.leases:
            if key in self._asked:
                self._crowds[key] = self._crowds.get(key, 0) + 1
            else:
                self._asked[key] = self.env._now

    def keep(self, key: int, version: int, took: float = 0.0) -> None:
        """A copy that took so many seconds to fetch comes in; another one makes room, if it is a new key."""
        self.filled += 1
        store, now = self.store, self.env._now
        if self.leases:
            self.release(key, version)
        else:
            since = self._asked.pop(key, 0.0)
            if key in self._crowds:
                misses = 1 + self._crowds.pop(key)
                if misses >= RUSH:
                    self.rushes.append(Rush(since, misses, key))
        if key in store:
            self.ranking.seen(key)
        elif len(store) < self.room:
            self.ranking.add(key)
        elif self.keeping.grows:
            del store[self.ranking.victim()]
            self.evicted += 1
            self.ranking.add(key)
        else:
            self.turned_away += 1
            return
        store[key] = (version, now + (self.ttl if self._jitter is None else self.lifetime()))
        if self._early is not None:
            self._took[key] = took

    def lifetime(self) -> float:
        """Seconds that a new copy is good for."""
        if self._jitter is None:
            return self.keeping.ttl
        return self.keeping.ttl * (1.0 - self.keeping.jitter * self._jitter())

    def expire(self, key: int) -> None:
        """A copy is found to be too old."""
        del self.store[key]
        self.ranking.drop(key)
        self.expired += 1

    def forget(self, key: int) -> None:
        """A copy is wrong from now on."""
        if self.store.pop(key, None) is not None:
            self.ranking.drop(key)
            self.deleted += 1

    def preload(self, keys: Iterable[int]) -> None:
        """Before the run: it has copies of these, the first being those that it would keep longest."""
        for key in reversed(list(keys)):
            self.ranking.add(key)
            self.store[key] = (0, self.lifetime())

    def empty(self) -> None:
        """A crash: what was in memory is gone, and who waited is too."""
        for memory in (
            self.store,
            self.ranking,
            self._asked,
            self._crowds,
            self._took,
            self._leases,
            self._waiting,
        ):
            memory.clear()

    def under_way(self) -> list[Rush]:
        """Stampedes that go on now."""
        crowds = ((key, 1 + others) for key, others in self._crowds.items())
        return [Rush(self._asked[key], misses, key) for key, misses in crowds if misses >= RUSH]
