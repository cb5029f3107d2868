"""Cache: a bounded store of copies, for whoever is wired to it, or before the database that it is wired to.

Source: a look-aside cache in the manner of memcached or Redis with a `maxmemory-policy`, on one machine or on
several among which its callers choose by consistent hashing; read-through, write-through and write-behind as
caching libraries offer them. A service that is wired to both a cache and a database does cache-aside. Left out:
memory overhead per key, sampling in the choice of victims, copies of a node's keys on another node.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from math import inf
from typing import Any

from scalegame.components.database import Database
from scalegame.design.distributions import constant
from scalegame.design.kinds import (
    PRICE,
    SIZE,
    Kind,
    Role,
    about,
    choice,
    machines_price,
    named,
    number,
    spread,
    whole,
)
from scalegame.design.model import Component
from scalegame.design.world import Size
from scalegame.simulation import through
from scalegame.simulation.eviction import POLICIES, ranking
from scalegame.simulation.keeping import Keeping, Node, Rush
from scalegame.simulation.kernel import Flow
from scalegame.simulation.part import Backend, Batch, Part, Send, Verb
from scalegame.simulation.ring import Ring
from scalegame.simulation.through import Behind
from scalegame.simulation.world import World
from scalegame.units import Dimension

MODES = ("aside", "read through", "write through", "write behind")
FILLS = ("each", "one at a time", "early")
#: Places of each machine on the ring by which callers choose among several.
POINTS = 100
COUNTED = ("hits", "misses", "expired", "filled", "evicted", "deleted", "turned_away", "renewed", "held_back")


class Cache(Part):
    """Copies of one data set: as many as fit into the memory of its machines."""

    telling = ("cores",)

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        data = world.scenario.data[self.word("holds")]
        self.keys, self.name, self.value = data.keys, data.name, data.value
        self.mode, fills = self.word("mode"), self.word("fills")
        self.below: Part | None = None
        self._sends: dict[tuple[Verb, int], Send] = {}
        room = max(1, int(self.size.memory // data.value)) if data.value else data.keys
        keeping = Keeping(
            name=data.name,
            keys=data.keys,
            room=room,
            grows=self.word("evicts") != "none",
            ttl=self.optional("ttl") or inf,
            jitter=self.number("jitter"),
            early=self.number("early") if fills == "early" else 0.0,
            leases=fills == "one at a time",
        )
        self.nodes = [self._node(keeping) for _ in range(self.whole("nodes"))]
        self.room = room * len(self.nodes)
        self.behind: list[Behind] = []
        if self.mode == "write behind":
            every, most = self.number("behind.every"), self.whole("behind.most")
            self.behind = [Behind(world, node, every, most) for node in self.nodes]
        self.shard = self._sharded()
        self._preload(int(self.number("full_at_start") * room))

    def _node(self, keeping: Keeping) -> Node:
        replica = self.new_replica(self.size.cores)
        name, number = self.id, replica.number

        def chance(purpose: str) -> Callable[[], float]:
            return self.world.streams.uniforms(name, number, purpose)

        policy = self.word("evicts")
        order = ranking(policy, chance("evicts") if policy == "random" else _never)
        work = self.work(replica, self.distribution("work"), "work")
        return Node(self.kernel, replica, work, keeping, order, chance)

    def _sharded(self) -> Callable[[int], int]:
        """Which machine sees to a key: the index of the node."""
        if len(self.nodes) == 1:
            return lambda key: 0
        ring, keys = Ring([node.replica.home.name for node in self.nodes], POINTS), self.keys
        known: dict[int, int] = {}

        def shard(key: int) -> int:
            place = key % keys
            found = known.get(place)
            if found is None:
                known[place] = found = ring.at(place)
            return found

        return shard

    def _preload(self, each: int) -> None:
        """Copies of the keys that are asked for most, so many on each machine."""
        chosen: list[list[int]] = [[] for _ in self.nodes]
        wanting = len(chosen) if each else 0
        for key in range(self.keys):
            if not wanting:
                break
            keys = chosen[self.shard(key)]
            if len(keys) < each:
                keys.append(key)
                wanting -= len(keys) == each
        for node, keys in zip(self.nodes, chosen, strict=True):
            node.preload(keys)

    def wire(self) -> None:
        """In front of a database: looks up whom it asks."""
        if self.mode != "aside":
            self.below = self.world.provider(self.id, f"data:{self.name}")

    # -- being called

    def backends(self, verb: Verb) -> list[Backend]:
        """One a machine.

        Beside the database each works off what comes in order of arrival, so that its answers are known on
        arrival; unless a look-up may have to wait for somebody else's.
        """
        if self.mode != "aside":
            return [
                Backend(self, node.replica.home, self._through(verb, i, node)) for i, node in enumerate(self.nodes)
            ]
        return [self._aside(verb.name, node) for node in self.nodes]

    def _aside(self, name: str, node: Node) -> Backend:
        home, keeping = node.replica.home, node.keeping
        if keeping.leases:
            parking = {"get": node.get_in_turn, "put": _by_and_by(node.put), "delete": _by_and_by(node.delete)}
            return Backend(self, home, parking[name])
        get = node.get_early if keeping.early else node.get
        behaviours: dict[str, Callable[..., Any]] = {"get": get, "put": node.put, "delete": node.delete}
        return Backend(self, home, behaviours[name], leaf=True)

    def _through(self, verb: Verb, index: int, node: Node) -> Callable[..., Any]:
        assert self.below is not None
        send, behind = self._send(verb, index), self.behind[index] if self.behind else None
        made: Callable[..., Any]
        if verb.name == "read":
            made = behind.read(send) if behind else through.read(node, send)
        elif behind:
            made = behind.write(send, self.below_newest)
        else:
            made = through.write(node, send, self.mode == "write through")
        return made

    def _send(self, verb: Verb, index: int) -> Send:
        """How one of its machines hands something on: the same for all its callers."""
        assert self.below is not None
        made = self._sends.get((verb, index))
        if made is None:
            made = self._sends[verb, index] = self.below.entry(self, verb, index + 1)
        return made

    def entry(self, caller: Part, verb: Verb, replica: int = 0) -> Send:
        """With several machines the caller's client library chooses: by a key's place on the ring."""
        if len(self.nodes) == 1:
            return super().entry(caller, verb, replica)
        sends, shard = [self.direct(caller, b, verb, replica) for b in self.backends(verb)], self.shard

        def send(flow: Flow | None, request: Any) -> Flow:
            # Writes of one batch were gathered for one machine.
            one = request.requests[0] if isinstance(request, Batch) else request
            return sends[shard(one.key)](flow, request)

        return send

    def below_newest(self) -> int:
        """Version of the last write that those behind it have taken."""
        below = self.below
        if isinstance(below, Cache):
            return below.below_newest() + sum(len(behind.line) for behind in below.behind)
        return len(below.log) if isinstance(below, Database) else 0

    # -- being watched

    def inside(self) -> int:
        """Calls inside now; of a plain cache, replies on their way are not."""
        if self.mode != "aside" or self.nodes[0].keeping.leases:
            return super().inside()
        now = self.kernel.now
        return sum(flow.leaves > now for node in self.nodes for flow in node.replica.home.flows)

    def counts(self) -> Mapping[str, float]:
        """Hits, misses (expired ones among them), fills, evictions, deletions, and what its cures did."""
        found = {name: sum(getattr(node, name) for node in self.nodes) for name in COUNTED}
        for name in ("written", "lost", "batches") if self.behind else ():
            found[f"behind_{name}"] = sum(getattr(behind, name) for behind in self.behind)
        return found

    def figures(self, counts: Mapping[str, float], start: float, end: float) -> Mapping[str, float]:
        """With the hit ratio, how many copies fit and are there, the worst stampede, and what is not written."""
        asked = counts["hits"] + counts["misses"]
        held = sum(len(node.store) for node in self.nodes)
        found = {
            **counts,
            "hit_ratio": counts["hits"] / asked if asked else float("nan"),
            "room": self.room,
            "held": held,
            "bytes_room": self.room * self.value,
            "bytes_held": held * self.value,
        }
        rush = self._worst(start, end)
        if rush is not None:
            found |= {"rush_misses": rush.misses, "rush_since": rush.since, "rush_key": rush.key}
        if self.behind:
            found["behind_waiting"] = sum(len(behind.line) for behind in self.behind)
        return found

    def _worst(self, start: float, end: float) -> Rush | None:
        """The largest stampede that began in the window."""
        rushes = [rush for node in self.nodes for rush in (*node.rushes, *node.under_way())]
        return max((r for r in rushes if start <= r.since < end), key=lambda r: r.misses, default=None)

    def refusals(self) -> Mapping[str, int]:
        """Writes turned away because too many wait to be handed on."""
        found = dict(super().refusals())
        if self.behind:
            found["too many unwritten"] = sum(behind.refused for behind in self.behind)
        return found

    def extra(self) -> float:
        """Hit ratio so far."""
        hits = sum(node.hits for node in self.nodes)
        asked = hits + sum(node.misses for node in self.nodes)
        return hits / asked if asked else float("nan")


def _never() -> float:
    raise AssertionError("nothing is drawn here")


def _by_and_by(answer: Callable[[Any], tuple[float, str]]) -> Callable[..., Any]:
    """What knows its answer at once, as a behaviour."""

    def behaviour(flow: Flow, request: Any) -> Generator[float | None, Any, str]:
        delay, reply = answer(request)
        yield delay
        return reply

    return behaviour


def _machines(component: Component) -> int:
    nodes = component.settings["nodes"]
    assert isinstance(nodes, int)
    return nodes


def _price(component: Component, sizes: Mapping[str, Size]) -> float:
    """Every node is a machine of the same size."""
    return machines_price(component, sizes) * _machines(component)


def _is_aside(component: Component) -> bool:
    return component.settings.get("mode", "aside") == "aside"


def _holds(component: Component) -> str:
    return str(component.settings["holds"])


def _check(component: Component, sizes: Mapping[str, Size]) -> tuple[str, ...]:
    """What does something about expiry needs copies that expire."""
    settings = component.settings
    if settings["ttl"] is not None:
        return ()
    found = []
    if settings["fills"] == "early":
        found.append("it fetches copies early, before they expire, and they never do: set its ttl, or other fills")
    if settings["jitter"]:
        found.append("its time to live has a jitter, and copies never expire: set its ttl, or jitter=0 %")
    return tuple(found)


#: Which copies are there: what makes room, and what is there at the start.
ROOM = about(
    "room",
    choice("evicts", "Which copy makes room when the memory is full; none: no new one comes in.", POLICIES),
    number("full_at_start", "Share of its room that is filled at the start.", 0.0, Dimension.RATIO, 0.0, 1.0),
)
#: How old copies may be, and who fetches new ones.
AGE = about(
    "age",
    number(
        "ttl",
        "How long a copy is good for; none: until it is evicted or deleted.",
        None,
        Dimension.TIME,
        1e-3,
        1e7,
        optional=True,
    ),
    number("jitter", "Share of the ttl that is drawn anew for each copy.", 0.0, Dimension.RATIO, 0.0, 1.0),
    choice("fills", "Who fetches what is missing: each who misses, one for all, or one in good time.", FILLS),
    number("early", "With early fills: how eagerly; 1 is in time on average.", 1.0, low=0.01, high=100.0),
)
#: How writes that were answered are handed on.
BEHIND = about(
    "write behind",
    number("behind.every", "Write behind: how long writes gather.", 1.0, Dimension.TIME, 1e-3, 3600.0),
    whole("behind.most", "Write behind: a machine with so many unwritten refuses more.", 1_000, 1, 1_000_000),
)

KIND = Kind(
    name="cache",
    title="cache",
    glyph="◇",
    ascii="%",
    summary="Keeps copies of what was read lately; wire a service to it and to the database.",
    parameters=(
        named("holds", "The data set that it keeps copies of.", "data"),
        SIZE,
        whole("nodes", "Machines among which the keys are divided, each with its own memory.", 1, 1, 20),
        choice("mode", "Beside the database, or before it: who reads and writes there.", MODES),
        spread("work", "Work on a core for one look-up, fill or deletion.", constant(0.0002)),
        PRICE,
        *ROOM,
        *AGE,
        *BEHIND,
    ),
    shows=("holds",),
    figure=lambda ratio: f"{ratio * 100:.0f}% hits",
    own=("hit ratio so far", Dimension.RATIO),
    behaviour=Cache,
    pausable=True,
    roles=frozenset((Role.COPIES, Role.DATA)),
    sends=frozenset((Role.DATA,)),
    offers=lambda component: frozenset((f"{'copies' if _is_aside(component) else 'data'}:{_holds(component)}",)),
    wants=lambda component: frozenset() if _is_aside(component) else frozenset((f"data:{_holds(component)}",)),
    price=_price,
    machines=_machines,
    check=_check,
)
