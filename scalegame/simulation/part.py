"""What a card is at run time: the base of every kind's behaviour, and how callers reach it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from scalegame.design.distributions import Distribution
from scalegame.design.model import Component
from scalegame.design.parameters.node import Order
from scalegame.design.world import Size
from scalegame.simulation.broken import Breaking
from scalegame.simulation.disciplines import Parking, make, urgency
from scalegame.simulation.kernel import OK, Flow, Home
from scalegame.simulation.pool import UNBOUNDED, Cores, Pool, Station
from scalegame.simulation.randomness import Draw
from scalegame.simulation.request import Request

if TYPE_CHECKING:
    from scalegame.simulation.connections import Connections
    from scalegame.simulation.locks import Counter
    from scalegame.simulation.retrying import Retrying
    from scalegame.simulation.timeouts import Timeouts
    from scalegame.simulation.world import World

#: Starts a call on behalf of a flow (None: nobody waits for the reply); then `reply = yield None`. What is
#: sent is a `Request`, a `Batch` or a `Copy`.
Send = Callable[[Flow | None, Any], Flow]
#: The same for a call that leaves so many seconds from now.
SendLater = Callable[[Flow | None, Any, float], Flow]
#: Part of a behaviour: runs inside the flow of whoever does it, and returns a reply.
Steps = Callable[[Flow, Request], Generator[float | None, Any, Any]]


class _Direct(Protocol):
    """A `Send` that is a `SendLater` too."""

    def __call__(self, flow: Flow | None, request: Any, after: float = 0.0, /) -> Flow: ...


@dataclass(frozen=True, slots=True)
class Copy:
    """A value on its way into a cache: the version that was read, of a key, and the seconds that reading took."""

    key: int
    version: int
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Writes that travel as one call."""

    requests: list[Request]


@dataclass(frozen=True, slots=True)
class Verb:
    """What a caller wants done: an operation of a program, or something with a data set.

    Attributes:
        name: Operation, "read", "write", "get", "put" or "delete".
        data: Data set; "" for operations.
        there: Bytes of the request on the wire.
        back: Bytes of the reply.
        effect: Of a write that adds something: which of its request's effects it is; "" for any other.
        key: Of such a write: seconds for which its idempotency key is known; 0: it has none.
    """

    name: str
    data: str = ""
    there: float = 500.0
    back: float = 500.0
    effect: str = ""
    key: float = 0.0


@dataclass(slots=True)
class Backend:
    """One replica that can be called.

    Attributes:
        part: Its card.
        home: Where its calls live.
        behaviour: What it does for the verb that was asked for.
        capacity: Calls that it works on at once; a queue hands it no more.
        leaf: It knows its answer when a call arrives: `behaviour` is a plain function, see `Kernel.ask`.
        place: Where it stands, if not where its card does.
    """

    part: Part
    home: Home
    behaviour: Callable[..., Any]
    capacity: int = UNBOUNDED
    place: str = ""
    leaf: bool = False


def _equally(_: Any) -> float:
    """One call is as urgent as another."""
    return 0.0


@dataclass(slots=True)
class Replica:
    """One machine of a card: where its flows live, and what it holds.

    Attributes:
        cores: Where its work is done, if it does any.
        pools: What its calls hold, by name.
        pace: Work takes this many times as long (a fault may raise it).
        rank: How urgent a call is, where cores work by priority.
        counters: What its programs count, by name and key; it outlasts a crash.
        baskets: What it keeps of users between requests, by data set, workload and user; None: nothing.
    """

    number: int
    home: Home
    pools: dict[str, Pool] = field(default_factory=dict)
    cores: Cores | Parking | None = None
    pace: float = 1.0
    rank: Callable[[Any], float] = _equally
    counters: dict[str, dict[int, Counter]] = field(default_factory=dict)
    baskets: dict[tuple[str, int, int], int] | None = None

    @property
    def plain(self) -> Cores:
        """Its cores, on which a call knows at once when its work will be done."""
        if not isinstance(self.cores, Cores):
            raise TypeError(f"{self.home.name}: calls park on its cores, if it has any")
        return self.cores

    @property
    def joining(self) -> Callable[[Flow, float, Any], None] | None:
        """Where calls park on its cores: `joining(flow, seconds, call)`, then `yield None`. Else None."""
        cores, rank = self.cores, self.rank
        if not isinstance(cores, Parking):
            return None

        def join(flow: Flow, seconds: float, call: Any) -> None:
            cores.join(flow, seconds, rank(call))

        return join

    def work_step(self, draw: Draw) -> Steps:
        """Some work as a step of its own: on its cores, of whatever sort; if it has none, time passes."""
        if self.cores is None:

            def think(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
                yield draw()
                return OK

            return think
        join = self.joining
        if join is not None:

            def park(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
                join(flow, draw(), request)
                yield None
                return OK

            return park
        occupy = self.plain.occupy

        def work(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            yield occupy(draw())
            return OK

        return work

    def station(self, name: str) -> Station:
        """Its cores, or one of its pools."""
        if name != "cores":
            return self.pools[name]
        if self.cores is None:
            raise KeyError(f"{self.home.name} has no cores")
        return self.cores

    def stations(self) -> list[Station]:
        """Everything that it holds or works with."""
        return [*([] if self.cores is None else [self.cores]), *self.pools.values()]


class Part:
    """A card at run time.

    A kind's behaviour derives from it and says what its replicas hold, how they answer a verb, and which
    figures of its own it reports.

    Attributes:
        telling: Names of its pools, the most telling first; utilisation is that of the first.
        outer: The pool that a call holds throughout; "": the last of those.
        longest: Most that waited at once in what is no pool, since the start of the window.
        door: Its gate, if it has one, stands before its backends; False: it asks the gate itself.
        timeouts: How long it waits for those whom it calls; None: for ever.
        stands: Its machines may have to stand still.
        connections: Those that it opens itself; None: they are always there.
    """

    telling: tuple[str, ...] = ()
    outer = ""
    longest = 0
    door = True
    timeouts: Timeouts | None = None
    stands = False
    connections: Connections | None = None

    def __init__(self, component: Component, world: World) -> None:
        self.component, self.world, self.kernel = component, world, world.kernel
        self.id, self.at = component.id, component.at
        self.replicas: list[Replica] = []
        self.gate = world.gates.get(self.id)
        if self.gate is not None:  # parts without one run the code that they always run
            self.refusals = self.gate.counted(self.refusals)  # type: ignore[method-assign]
            if self.door:
                self.backends = self.gate.before(self.backends)  # type: ignore[method-assign, assignment]
        if world.may_break(self.id):
            breaking = Breaking(world)
            self.refusals = breaking.counted(self.refusals)  # type: ignore[method-assign]
            self.backends = breaking.before(self.backends)  # type: ignore[method-assign, assignment]
        #: Calls and failed replies by the id of who was called.
        self.sent: dict[str, int] = {}
        self.failed: dict[str, int] = {}
        #: What the steps of its program count, and calls that they turn away by reason; both only grow.
        self.tallies: dict[str, float] = {}
        self.turned_away: dict[str, int] = {}
        #: Its retries, by number of replica (see `simulation.retrying`).
        self.retrying: dict[int, Retrying] = {}

    # -- building

    def number(self, name: str) -> float:
        """A numeric setting in force."""
        value = self.component.settings[name]
        if not isinstance(value, int | float):
            raise TypeError(f"{self.id}: {name} is not a number: {value!r}")
        return value

    def whole(self, name: str) -> int:
        """A setting that is a count."""
        return int(self.number(name))

    def optional(self, name: str) -> float | None:
        """A numeric setting in force, or None."""
        return None if self.component.settings[name] is None else self.number(name)

    def word(self, name: str) -> str:
        """A setting that is a name or a choice."""
        return str(self.component.settings[name])

    def distribution(self, name: str) -> Distribution:
        """A setting that is a distribution."""
        value = self.component.settings[name]
        if not isinstance(value, Distribution):
            raise TypeError(f"{self.id}: {name} is not a distribution: {value!r}")
        return value

    @property
    def discipline(self) -> Order:
        """In which order its cores work."""
        order: Order = self.component.settings["cores.order"]  # type: ignore[assignment]  # the kind has checked it
        return order

    @property
    def size(self) -> Size:
        """The machine that it runs on."""
        return self.world.scenario.sizes[self.word("size")]

    def new_replica(
        self,
        cores: int = 0,
        discipline: Order = "first come",
        switch: float = 0.0,
        pausable: bool = False,
        **pools: tuple[int, int],
    ) -> Replica:
        """Makes and registers a replica.

        Args:
            cores: How many; 0: it does no work.
            discipline: Who is next on them.
            switch: Seconds that a switch costs, on shared cores.
            pausable: It may have to stand still; a part that a fault names so may in any case.
            pools: What its calls hold: name=(size, queue limit).
        """
        number = len(self.replicas) + 1
        replica = Replica(number, Home(f"{self.id}-{number}"))
        if cores:
            may_pause = pausable or self.world.may_pause(self.id)
            self.stands |= may_pause
            may_leave = self.world.may_leave(self.id)
            replica.cores = make(self.kernel, cores, discipline, cost=switch, pausable=may_pause or may_leave)
            if discipline == "priority":
                replica.rank = urgency(self.world.scenario.workloads.values())
        for name, (size, limit) in pools.items():
            replica.pools[name] = Pool(self.kernel, size, limit)
        for station in replica.stations():
            replica.home.on_crash.append(station.die)
            replica.home.on_up.append(station.rise)
        self.replicas.append(replica)
        fleet = self.world.fleets.get(self.id)
        if fleet is not None:
            fleet.add(replica)
        return replica

    def work(self, replica: Replica, distribution: Distribution, *purpose: object) -> Draw:
        """Draws the duration of a piece of work on a replica, in its own stream."""
        draw = self.world.streams.draws(distribution, self.id, replica.number, *purpose)
        if not self.world.may_slow_down(self.id):
            return draw
        return lambda: draw() * replica.pace

    def wire(self) -> None:
        """After every part exists: looks up whom it will call."""

    def begin(self) -> None:
        """At time 0: starts its own strands (arrivals, control loops)."""

    # -- being called

    def backends(self, verb: Verb) -> list[Backend]:
        """The replicas that answer a verb."""
        raise NotImplementedError(f"{self.component.kind} answers no calls")

    def entry(self, caller: Part, verb: Verb, replica: int = 0) -> Send:
        """How `caller` asks this part for `verb`: a plain call to its only replica.

        Args:
            caller: Who asks.
            verb: For what.
            replica: Which of the caller's replicas asks; it names the streams of the delays.
        """
        backend = self.backends(verb)[0]
        return self.direct(caller, backend, verb, replica)

    def entry_later(self, caller: Part, verb: Verb, replica: int = 0) -> SendLater | None:
        """How `caller` asks for `verb` some seconds ahead, or None: it must wait until then.

        A caller that works and then calls needs one event for both, if nothing that happens while it works
        can change the call: no fault strikes it or the link, and it counts nothing when it calls.
        """
        backends, world = self.backends(verb), self.world
        chooses = len(backends) > 1 or world.kinds[self.component.kind].chooses
        if chooses or caller.id in world.stricken or world.counter(caller, self.id) is not None:
            return None
        if world.network.may_fail(caller.at, backends[0].place or self.at):
            return None
        return self.direct(caller, backends[0], verb, replica)

    def direct(self, caller: Part, backend: Backend, verb: Verb, replica: int = 0) -> _Direct:
        """A plain call over the network to one replica."""
        there, back = self.world.both_ways(caller, backend, verb, replica)
        call = self.kernel.ask if backend.leaf else self.kernel.call
        behaviour, home = backend.behaviour, backend.home
        count = self.world.counter(caller, self.id)
        if count is None:

            def send(flow: Flow | None, request: Any, after: float = 0.0) -> Flow:
                return call(flow, behaviour, request, after + there(), back, home)
        else:
            sent = count

            def send(flow: Flow | None, request: Any, after: float = 0.0) -> Flow:
                sent[self.id] += 1
                return call(flow, behaviour, request, after + there(), back, home)

        return send

    # -- being watched

    def counts(self) -> Mapping[str, float]:
        """Its own figures so far, each of which only grows; reports show what they grew by in the window."""
        return {}

    def figures(self, counts: Mapping[str, float], start: float, end: float) -> Mapping[str, float]:
        """The kind's own figures over the window, from what `counts` grew by."""
        return counts

    def refusals(self) -> Mapping[str, int]:
        """Calls turned away so far, by reason."""
        reasons: dict[str, int] = {}
        for replica in self.replicas:
            for name, pool in replica.pools.items():
                reasons[f"{name} queue full"] = reasons.get(f"{name} queue full", 0) + pool.refused
        if self.kernel.cancelled:
            reasons["cancelled"] = sum(self.kernel.cancelled.get(r.home, 0) for r in self.replicas)
        return reasons

    def arrivals(self) -> int:
        """Calls that have reached it so far, alive or not."""
        return sum(r.home.arrived + r.home.bounced for r in self.replicas)

    def killed(self) -> int:
        """Calls that died in it so far, or found it dead."""
        return sum(r.home.killed + r.home.bounced for r in self.replicas)

    def inside(self) -> int:
        """Calls inside now."""
        return sum(len(r.home.flows) for r in self.replicas)

    def queued(self) -> int:
        """How many wait now, in all its pools."""
        return sum(s.queued for r in self.replicas for s in r.stations())

    def extra(self) -> float:
        """The kind's own figure for the recording, now; NaN where it has none."""
        return float("nan")

    def price(self) -> float:
        """Dollars per hour, now."""
        fleet = self.world.fleets.get(self.id)
        if fleet is not None:
            return fleet.price_now()
        kind = self.world.kinds[self.component.kind]
        return kind.price(self.component, self.world.scenario.sizes)

    def homes(self) -> Sequence[Home]:
        """Where its calls live: what a fault can strike, the first being replica 1."""
        return [r.home for r in self.replicas]
