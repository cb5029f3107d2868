"""Cache: a bounded store of copies, for whoever is wired to it.

Source: a look-aside cache in the manner of memcached or Redis with `allkeys-lru`: least recently used keys
are evicted when the memory is full, copies expire after a time to live. The service that is wired to both a
cache and a database does cache-aside. Left out: memory overhead per key, sampling in the choice of victims.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from scalegame.design.distributions import constant
from scalegame.design.kinds import PRICE, SIZE, Kind, Role, named, number, spread
from scalegame.design.model import Component
from scalegame.simulation.kernel import MISS, OK
from scalegame.simulation.part import Backend, Copy, Part, Verb
from scalegame.simulation.request import Request
from scalegame.simulation.world import World
from scalegame.units import Dimension


class Cache(Part):
    """Copies of one data set: as many as fit into its machine's memory."""

    telling = ("cores",)

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        data = world.scenario.data[self.word("holds")]
        self.keys, self.name = data.keys, data.name
        self.room = max(1, int(self.size.memory // data.value)) if data.value else data.keys
        self.ttl = self.optional("ttl") or inf
        self.replica = self.new_replica(self.size.cores)
        assert self.replica.cores is not None
        self.occupy = self.replica.cores.occupy
        #: version and time of expiry by key, least recently used first
        self.store: OrderedDict[int, tuple[int, float]] = OrderedDict()
        self.find, self.touch = self.store.get, self.store.move_to_end
        self.replica.home.on_crash.append(self.store.clear)
        self.draw = self.work(self.replica, self.distribution("work"), "work")
        self.hits = self.misses = self.expired = self.evicted = self.deleted = self.filled = 0

    def backends(self, verb: Verb) -> list[Backend]:
        """Its one machine: it works off what comes in order of arrival, so its answers are known on arrival."""
        behaviours: dict[str, Callable[..., Any]] = {"get": self.get, "put": self.put, "delete": self.delete}
        return [Backend(self, self.replica.home, behaviours[verb.name], leaf=True)]

    def get(self, request: Request) -> tuple[float, str]:
        """OK with a copy that has not expired, else MISS."""
        key, store = request.key % self.keys, self.store
        delay = self.work_off()
        find = self.find
        copy = find(key)
        if copy is None:
            self.misses += 1
            return delay, MISS
        version, expires = copy
        if expires <= self.kernel.env._now:
            del store[key]
            self.expired += 1
            self.misses += 1
            return delay, MISS
        touch = self.touch
        touch(key)
        self.hits += 1
        if request.notes is not None:
            request.notes.append((self.name, version, False))
        return delay, OK

    def put(self, copy: Copy) -> tuple[float, str]:
        """Keeps a copy; the least recently used one makes room."""
        key, store = copy.key % self.keys, self.store
        store[key] = (copy.version, self.kernel.env._now + self.ttl)
        store.move_to_end(key)
        self.filled += 1
        if len(store) > self.room:
            store.popitem(last=False)
            self.evicted += 1
        return self.work_off(), OK

    def delete(self, request: Request) -> tuple[float, str]:
        """Forgets a copy."""
        if self.store.pop(request.key % self.keys, None) is not None:
            self.deleted += 1
        return self.work_off(), OK

    def work_off(self) -> float:
        """One piece of work joins the queue for the cores: seconds until it is done."""
        occupy, draw = self.occupy, self.draw
        return occupy(draw())

    def inside(self) -> int:
        """Calls inside now; replies on their way are not."""
        now = self.kernel.now
        return sum(flow.leaves > now for flow in self.replica.home.flows)

    def counts(self) -> Mapping[str, float]:
        """Hits, misses (expired ones among them), fills, evictions and deletions."""
        return {
            "hits": self.hits,
            "misses": self.misses,
            "expired": self.expired,
            "filled": self.filled,
            "evicted": self.evicted,
            "deleted": self.deleted,
        }

    def figures(self, counts: Mapping[str, float], start: float, end: float) -> Mapping[str, float]:
        """With the hit ratio, and how many copies fit and are there."""
        asked = counts["hits"] + counts["misses"]
        ratio = counts["hits"] / asked if asked else float("nan")
        return {**counts, "hit_ratio": ratio, "room": self.room, "held": len(self.store)}

    def extra(self) -> float:
        """Hit ratio so far."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else float("nan")


KIND = Kind(
    name="cache",
    title="cache",
    glyph="◇",
    ascii="%",
    summary="Keeps copies of what was read lately; wire a service to it and to the database.",
    parameters=(
        named("holds", "The data set that it keeps copies of.", "data"),
        SIZE,
        number(
            "ttl",
            "How long a copy is good for; none: until it is evicted or deleted.",
            None,
            Dimension.TIME,
            1e-3,
            1e7,
            optional=True,
        ),
        spread("work", "Work on a core for one look-up, fill or deletion.", constant(0.0002)),
        PRICE,
    ),
    shows=("holds",),
    figure=lambda ratio: f"{ratio * 100:.0f}% hits",
    own=("hit ratio so far", Dimension.RATIO),
    behaviour=Cache,
    roles=frozenset((Role.COPIES,)),
    offers=lambda component: frozenset((f"copies:{component.settings['holds']}",)),
)
