"""Database: connections, cores, work per read and write, versions of every key, read replicas that follow.

Source: asynchronous single-leader replication as PostgreSQL and MySQL do it (the log is shipped and applied in
order by one applier, which shares the replica's cores with its readers); reads by session token as MongoDB's
causally consistent sessions (`afterClusterTime`: the replica waits until it has caught up). Left out: disks,
buffers, locks between writes, fail-over (a crashed primary refuses writes until it is back; nothing is lost).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from functools import partial
from math import inf
from typing import Any

from scalegame.design.distributions import constant
from scalegame.design.kinds import (
    PRICE,
    SIZE,
    Kind,
    Role,
    choice,
    machines_price,
    named,
    number,
    spread,
    whole,
)
from scalegame.design.model import Component
from scalegame.design.parameters import node
from scalegame.design.parameters.node import NODE
from scalegame.design.world import Size
from scalegame.simulation.effects import Effects
from scalegame.simulation.kernel import OK, REFUSED, Flow
from scalegame.simulation.newest import NEWEST, Stamps
from scalegame.simulation.part import Backend, Batch, Part, Replica, Send, Verb
from scalegame.simulation.randomness import Draw
from scalegame.simulation.request import Request
from scalegame.simulation.struck import place_of
from scalegame.simulation.world import World
from scalegame.units import Dimension, show

#: A lost log record is sent again after so many seconds: the least that TCP waits on Linux.
RESEND = 0.2
READS = ("primary", "any", "own to primary", "session token")


class Follower:
    """What a read replica has applied of the primary's log.

    Attributes:
        applied: Position up to which it has applied the log.
        store: Version by key, as far as applied.
        relay: Positions that have arrived and wait to be applied.
        waiting: Flows that wait for a position, with it.
        resending: A record was lost, and will be sent again.
    """

    __slots__ = ("applied", "applying", "arrives", "fetched", "relay", "replica", "resending", "store", "waiting")

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.applied = self.fetched = 0
        self.store: dict[int, int] = {}
        self.relay: deque[int] = deque()
        self.waiting: list[tuple[int, Flow]] = []
        self.arrives = 0.0
        self.applying = self.resending = False


class Database(Part):
    """A primary, and any number of read replicas that follow its log."""

    telling = ("cores", "connections")
    outer = "connections"

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        data = world.scenario.data[self.word("holds")]
        self.name, self.keys, self.value = data.name, data.keys, data.value
        self.versioned = data.name in world.tracked
        self.policy = self.word("reads")
        cores, connections = self.size.cores, (self.whole("connections"), self.whole("backlog"))
        order, switch = self.discipline, self.number("switch.cost")
        self.primary = self.new_replica(cores, order, switch, connections=connections)
        self.store: dict[int, int] = {}
        #: (key, when it was committed) by position; a version is a position, the first is 1
        self.log: list[tuple[int, float]] = []
        self.followers = [
            Follower(self.new_replica(cores, order, switch, connections=connections))
            for _ in range(self.whole("read_replicas"))
        ]
        self.draws = {
            (r.number, what): self.work(r, self.distribution(f"work.{what}"), what)
            for r in self.replicas
            for what in ("read", "write", "row", "apply")
        }
        self.draws = {key: dearer(draw, 1.0 + self.number("at_rest")) for key, draw in self.draws.items()}
        self.links: dict[Follower, Draw] = {}
        self.sessions: dict[tuple[int, int], int] = {}
        self.wrote: set[tuple[int, int, int]] = set()
        self.lags: list[tuple[float, float]] = []
        self.reads = self.writes = self.replica_reads = self.waited = 0
        self.turn = 0
        self.effects = Effects(world)
        self.stamps = Stamps(world) if self.word("newest") == "by clock" else None

    @property
    def replica_place(self) -> str:
        """Where the read replicas stand."""
        return place_of(self.component, 2)

    def wire(self) -> None:
        """Lays the replication links: from the primary to each follower, in order."""
        places = (self.at, self.replica_place)
        for follower in self.followers:
            name = follower.replica.home.name
            link = self.world.network.delay(places, 100 + self.value, self.id, name, "log")
            self.links[follower] = link
            follower.replica.home.on_crash.append(lambda f=follower: self._fall(f))  # type: ignore[misc]
            follower.replica.home.on_up.append(lambda f=follower: self._catch_up(f))  # type: ignore[misc]

    # -- being called

    def backends(self, verb: Verb) -> list[Backend]:
        """The primary, and for reads its replicas."""
        if verb.name == "write":
            write = partial(self._write, effect=verb.effect, key=verb.key) if verb.effect else self._write
            return [Backend(self, self.primary.home, write)]
        first = Backend(self, self.primary.home, self._reader(self.primary, None))
        rest = [
            Backend(self, f.replica.home, self._reader(f.replica, f), place=self.replica_place)
            for f in self.followers
        ]
        return [first, *rest]

    def entry(self, caller: Part, verb: Verb, replica: int = 0) -> Send:
        """The caller's driver chooses whom to ask: it knows the policy, and its user's session."""
        sends = [self.direct(caller, b, verb, replica) for b in self.backends(verb)]
        if verb.name == "write" and self.stamps is not None and caller.replicas:
            return self.stamps.stamped(sends[0], caller.replicas[max(replica, 1) - 1].home)
        if verb.name == "write" or len(sends) == 1 or self.policy == "primary":
            return sends[0]
        replicas = sends[1:] if self.policy != "any" else sends

        def in_turn(flow: Flow | None, request: Any) -> Flow:
            self.turn = turn = (self.turn + 1) % len(replicas)
            return replicas[turn](flow, request)

        if self.policy != "own to primary":
            return in_turn

        def own_to_primary(flow: Flow | None, request: Any) -> Flow:
            own = (request.workload, request.user, request.key % self.keys) in self.wrote
            return (sends[0] if own else in_turn)(flow, request)

        return own_to_primary

    def _reader(self, replica: Replica, follower: Follower | None) -> Any:
        connections, join, occupy = replica.pools["connections"], *_works(replica)
        draw, keys, versioned = self.draws[replica.number, "read"], self.keys, self.versioned
        store = self.store if follower is None else follower.store
        tokens = self.policy == "session token" and bool(self.followers)

        def read(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            taken = connections.take(flow)
            if not taken:
                if taken is None:
                    return REFUSED
                yield None
            try:
                if tokens and follower is not None:
                    token = self.sessions.get((request.workload, request.user), 0)
                    if token > follower.applied:
                        self.waited += 1
                        follower.waiting.append((token, flow))
                        flow.awaits = follower
                        yield None
                yield occupy(draw()) if join is None else join(flow, draw(), request)
            finally:
                connections.release()
            self.reads += 1
            if follower is not None:
                self.replica_reads += 1
            if versioned:
                version = store.get(request.key % keys, 0)
                if request.notes is not None:
                    request.notes.append((self.name, version, False))
                if tokens:
                    self._saw(request, version)
            return OK

        return read

    def _write(
        self, flow: Flow, call: Request | Batch, effect: str = "", key: float = 0.0
    ) -> Generator[float | None, Any, Any]:
        """Commits one write, or a batch of them as one: versions are positions in the log."""
        connections, join, occupy = self.primary.pools["connections"], *_works(self.primary)
        requests = call.requests if isinstance(call, Batch) else [call]
        taken = connections.take(flow)
        if not taken:
            if taken is None:
                return REFUSED
            yield None
        try:
            seconds = self.draws[1, "write"]()
            for _ in requests[1:]:
                seconds += self.draws[1, "row"]()
            yield occupy(seconds) if join is None else join(flow, seconds, call)
        finally:
            connections.release()
        self.writes += len(requests)
        if self.versioned:
            for request in requests:
                if self.stamps is not None and not self.stamps.accepts(request, request.key % self.keys):
                    continue
                if not effect or self._is_new(request, effect, key):
                    self._commit(request, effect)
        return OK

    def _is_new(self, request: Request, effect: str, expiry: float) -> bool:
        """Whether something is to be added: not if its key is stored with what it has added already."""
        if self.effects.first(request, effect, expiry):
            return True
        if request.notes is not None:
            request.notes.append((self.name, self.store.get(request.key % self.keys, 0), True))
        return False

    def _commit(self, request: Request, effect: str) -> None:
        key = request.key % self.keys
        self.log.append((key, self.kernel.now))
        version = len(self.log)
        self.store[key] = version
        if request.notes is not None:
            request.notes.append((self.name, version, True))
        if self.followers:
            self.wrote.add((request.workload, request.user, key))
            self._saw(request, version)
            for follower in self.followers:
                self._ship(follower, version)

    def _saw(self, request: Request, version: int) -> None:
        person = (request.workload, request.user)
        if version > self.sessions.get(person, 0):
            self.sessions[person] = version

    # -- replication

    def _ship(self, follower: Follower, position: int) -> None:
        """Sends a log record; records arrive in order, as over one connection."""
        delay = self.links[follower]()
        if follower.replica.home.state:
            return  # it fetches what it lacks when it is back
        if delay == inf:
            if not follower.resending:
                follower.resending = True
                self.kernel.at(self.kernel.now + RESEND, lambda: self._resend(follower))
            return
        follower.arrives = when = max(follower.arrives, self.kernel.now + delay)
        self.kernel.at(when, lambda: self._arrived(follower, position))

    def _resend(self, follower: Follower) -> None:
        """A record was lost: everything up to the newest is sent again."""
        follower.resending = False
        if follower.fetched < len(self.log):
            self._ship(follower, len(self.log))

    def _arrived(self, follower: Follower, position: int) -> None:
        if follower.replica.home.state:
            return
        follower.relay.extend(range(follower.fetched + 1, position + 1))
        follower.fetched = max(follower.fetched, position)
        if not follower.applying and follower.relay:
            follower.applying = True
            self.kernel.start(self._apply, follower, home=follower.replica.home)

    def _apply(self, flow: Flow, follower: Follower) -> Generator[float | None, Any, None]:
        """The one applier of a replica: record by record, on a core that readers want too."""
        join, occupy = _works(follower.replica)
        draw = self.draws[follower.replica.number, "apply"]
        while follower.relay:
            yield occupy(draw()) if join is None else join(flow, draw(), None)
            position = follower.relay.popleft()
            key, committed = self.log[position - 1]
            follower.store[key] = position
            follower.applied = position
            self.lags.append((self.kernel.now, self.kernel.now - committed))
            self._let_go(follower)
        follower.applying = False

    def _let_go(self, follower: Follower) -> None:
        """Wakes the reads that waited for what has just been applied."""
        if not follower.waiting:
            return
        ready = [flow for token, flow in follower.waiting if token <= follower.applied]
        follower.waiting = [(t, f) for t, f in follower.waiting if t > follower.applied]
        for flow in ready:
            self.kernel.wake(flow, follower)

    def _fall(self, follower: Follower) -> None:
        """A crash of a replica: what it had received and not applied must be fetched again."""
        follower.relay.clear()
        follower.waiting.clear()
        follower.fetched, follower.applying = follower.applied, False

    def _catch_up(self, follower: Follower) -> None:
        """It is back, and asks the primary for everything since the last record that it has."""
        self._ship(follower, len(self.log))

    # -- being watched

    def lag(self) -> float:
        """Age of the oldest committed write that some replica has not applied, seconds; 0 if there is none."""
        last = len(self.log)
        behind = [f.applied for f in self.followers if f.applied < last]
        return self.kernel.now - self.log[min(behind)][1] if behind else 0.0

    def counts(self) -> Mapping[str, float]:
        """Reads, those that replicas answered, those that waited for their session's writes, and writes."""
        return {
            "reads": self.reads,
            "replica_reads": self.replica_reads,
            "waited_for_session": self.waited,
            "writes": self.writes,
            **self.effects.counts(),
            **({} if self.stamps is None else {"dropped_as_older": self.stamps.dropped}),
        }

    def figures(self, counts: Mapping[str, float], start: float, end: float) -> Mapping[str, float]:
        """With the replication lag of what was applied in the window."""
        lags = [lag for when, lag in self.lags if start <= when < end]
        if not self.followers:
            return counts
        mean = sum(lags) / len(lags) if lags else float("nan")
        return {**counts, "lag_mean": mean, "lag_max": max(lags, default=float("nan"))}

    def extra(self) -> float:
        """Replication lag now, seconds."""
        return self.lag() if self.followers else float("nan")


def dearer(draw: Draw, times: float) -> Draw:
    """The same work, taking so many times as long; where that changes nothing, the same draw."""
    return draw if times == 1.0 else lambda: draw() * times


def _works(replica: Replica) -> tuple[Any, Any]:
    """How a call works on its cores: where it parks, `join`; else what `occupy` says is when it is done."""
    join = replica.joining
    return join, None if join is not None else replica.plain.occupy


def _machines(component: Component) -> int:
    """The primary and its read replicas."""
    replicas = component.settings["read_replicas"]
    assert isinstance(replicas, int)
    return 1 + replicas


def _price(component: Component, sizes: Mapping[str, Size]) -> float:
    """Every read replica is a machine of the same size."""
    return machines_price(component, sizes) * _machines(component)


KIND = Kind(
    name="database",
    title="database",
    glyph="▤",
    ascii="D",
    summary="Keeps a data set; one primary takes every write, read replicas follow it a little later.",
    parameters=(
        named("holds", "The data set that it keeps.", "data"),
        SIZE,
        whole("connections", "Calls that each machine has in hand at once.", 100, 1, 10_000),
        whole("backlog", "Calls that may wait for a connection before callers are refused.", 1_000, 0, 1_000_000),
        spread("work.read", "Work on a core for one read."),
        spread("work.write", "Work on a core for one write, or for a batch of one."),
        spread("work.row", "Work for each further row of a batch.", constant(0.0)),
        spread("work.apply", "Work of a read replica for one write that it follows.", constant(0.0005)),
        number("at_rest", "What encryption of what it keeps adds to that.", 0.0, Dimension.RATIO, 0.0, 0.5),
        whole("read_replicas", "Machines that follow the primary and answer reads.", 0, 0, 20),
        named(
            "replica_at",
            "Where the read replicas stand; none: beside the primary.",
            "places",
            None,
            optional=True,
        ),
        choice("reads", "Who answers reads.", READS),
        choice("newest", "Which of two writes of a key is the newer.", NEWEST),
        *NODE,
        PRICE,
    ),
    shows=("read_replicas", "connections"),
    figure=lambda lag: f"lag {show(lag, Dimension.TIME)}" if lag > 0 else "",
    own=("replication lag", Dimension.TIME),
    behaviour=Database,
    pausable=True,
    roles=frozenset((Role.DATA,)),
    offers=lambda component: frozenset((f"data:{component.settings['holds']}",)),
    price=_price,
    machines=_machines,
    check=lambda component, sizes: node.check(component),
)
