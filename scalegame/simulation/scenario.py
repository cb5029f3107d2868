"""What one run is made of: a board in its world, under load, with faults, watched for a time (pure data)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from scalegame.design.distributions import Distribution, constant
from scalegame.design.model import Board
from scalegame.design.world import DataSet, Program, Size
from scalegame.units import Dimension, show


@dataclass(frozen=True, slots=True)
class Profile:
    """One direction of a link between two places.

    Attributes:
        latency: One-way delay of a message, seconds, drawn per message and direction, at least 1 µs.
        bandwidth: Bytes per second that one message travels at, or None: its size does not matter.
            Left out: messages do not queue for the link.
        loss: Probability that a message never arrives.
        jitter: Mean of an exponential delay on top of the latency, seconds.
    """

    latency: Distribution
    bandwidth: float | None = None
    loss: float = 0.0
    jitter: float = 0.0


#: Between components at one place, where the level says nothing: 0.3 ms, a data centre's network.
LOCAL = Profile(constant(0.0003))


@dataclass(frozen=True, slots=True)
class Network:
    """Places, and what lies between each two.

    Attributes:
        places: Names.
        links: Profile by (from, to); both directions are present; (a, a) is within a place.
    """

    places: tuple[str, ...]
    links: Mapping[tuple[str, str], Profile]

    def profile(self, source: str, target: str) -> Profile:
        """The link from one place to another.

        Raises:
            KeyError: The level says nothing of two different places (refused when it is loaded).
        """
        found = self.links.get((source, target))
        if found is None and source == target:
            return LOCAL
        return self.links[source, target] if found is None else found


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of an arrival pattern: the rate from `start` to `end`.

    Attributes:
        start: Seconds.
        end: Seconds; infinity for the last.
        low: Rate at `start`, 1/s (mean rate of a sine).
        high: Rate at `end` (equal to `low`: constant).
        swing: Amplitude of a sine, 1/s.
        period: Of the sine, seconds.
    """

    start: float
    end: float
    low: float
    high: float
    swing: float = 0.0
    period: float = 0.0


@dataclass(frozen=True, slots=True)
class Open:
    """Arrivals that do not wait for replies.

    Attributes:
        process: "poisson": independent arrivals; "constant": evenly spaced.
        pieces: The rate over time, without gaps, from 0 to infinity.
    """

    process: Literal["poisson", "constant"]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """A fixed number of clients, each of which waits for its reply and thinks before it asks again.

    Attributes:
        clients: How many.
        think: Time between a reply and the next request, seconds.
        pause: Least time after a failure before the next request, seconds.
    """

    clients: int
    think: Distribution
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Retries:
    """What a client does when an attempt fails.

    Attributes:
        attempts: In all, the first included.
        policy: "immediate", "fixed" or "exponential" (doubling).
        base: First wait, seconds.
        cap: Longest wait, seconds.
        jitter: Share of the wait that is drawn at random, 0 to 1 (1: "full jitter").
        budget: Retries may be this share of the requests at most; None: as many as `attempts` allows.
    """

    attempts: int = 1
    policy: Literal["immediate", "fixed", "exponential"] = "immediate"
    base: float = 0.0
    cap: float = 60.0
    jitter: float = 0.0
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class Connect:
    """How the clients of a workload come by connections.

    Attributes:
        reuse: "always": one is always open (nothing is paid); "pool": each user keeps one open; "never": each
            request opens one.
        idle: Seconds after which an unused one is closed; None: never.
        tls: Round trips that encryption adds to opening one.
    """

    reuse: Literal["always", "pool", "never"] = "always"
    idle: float | None = 60.0
    tls: Literal[0, 1, 2] = 0


@dataclass(frozen=True, slots=True)
class Clocks:
    """Every machine has a clock of its own, which drifts and is set right now and then.

    Attributes:
        drift: Standard deviation of how fast or slow a clock goes, seconds a day.
        sync_every: Seconds between two synchronisations; None: never.
        sync_error: How far off a clock may be just after one, seconds.
    """

    drift: float
    sync_every: float | None = None
    sync_error: float = 0.0


@dataclass(frozen=True, slots=True)
class FollowUp:
    """After an operation has succeeded the same user asks for another, on the same key."""

    after: float
    operation: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation of a workload.

    Attributes:
        weight: Its share, relative to the others; 0 for one that only follows another.
        then: What the same user does next, if anything.
        priority: Higher ones go first where cores work by priority.
    """

    weight: float
    then: FollowUp | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Workload:
    """Who asks, how often, for what.

    Attributes:
        name: Of the workload.
        users: How many people there are; each request belongs to one of them.
        arrivals: Open or closed.
        operations: What is asked for.
        keys: The data set whose popularity draws a request's key; None: the key is always 0.
        request: Bytes of a request on the wire.
        timeout: Seconds an attempt waits for its reply; None: for ever.
        retries: What happens after a failed attempt.
        connect: How connections are come by; None: they are always open.
        patience: How long somebody waits for a thread before leaving; None: as long as the time-out.
        groups: Share of the users in each group, relative to the others; empty: there are none.
    """

    name: str
    users: int
    arrivals: Open | Closed
    operations: Mapping[str, Asked]
    keys: str | None = None
    request: float = 500.0
    timeout: float | None = None
    retries: Retries = field(default=Retries())
    connect: Connect | None = None
    patience: Distribution | None = None
    groups: Mapping[str, float] = field(default_factory=dict)


_NAMED = {
    "component": "{0}",
    "replica": "{0}-{1}",
    "link": "{0} <-> {1}",
    "way": "{0} -> {1}",
    "place": "place {0}",
}
_VERBS = {
    "crash": "crashes",
    "dies": "dies",
    "cut": "is cut",
    "pause": "pauses",
    "fails": "fails",
    "not found": "is not found",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something goes wrong at a time, for a time.

    Attributes:
        at: Seconds.
        duration: Seconds; None: to the end of the run.
        target: ("component", id), ("replica", id, number from 1), ("link", place, place), ("way", from, to) for
            one direction of a link, or ("place", name).
        effect: "crash" (the process dies; callers see a reset), "dies" (the machine dies; callers hear
            nothing), "slow" (work, or latency, takes `factor` times as long), "cut" (a link
            loses everything), "pause" (nothing goes on in it), "fails" (it lives and refuses), "loses" (a link
            loses the share `factor` of its messages) or "not found" (nobody can look its address up).
        factor: Of a slowdown, above 1; of a loss, up to 1.
        every: Mean time from `at`, or from the end of such a fault, to the next, seconds; None: once.
    """

    at: float
    duration: float | None
    target: tuple[str, ...]
    effect: Literal["crash", "dies", "slow", "cut", "pause", "fails", "loses", "not found"]
    factor: float = 1.0
    every: float | None = None

    def __str__(self) -> str:
        """For people: `at 60 s: web-1 crashes for 15 s`."""
        return self.told(show)

    def told(self, put: Callable[[float, Dimension], str]) -> str:
        """As a sentence, with every number as `put` writes it."""
        kind, *names = self.target
        name = _NAMED[kind].format(*names)
        match self.effect:
            case "slow":
                verb = f"is {put(self.factor, Dimension.COUNT)} times slower"
            case "loses":
                verb = f"loses {put(self.factor, Dimension.RATIO)} of its messages"
            case effect:
                verb = "is cut off" if (kind, effect) == ("place", "cut") else _VERBS[effect]
        lasts = "" if self.duration is None else f" for {put(self.duration, Dimension.TIME)}"
        when = f"at {put(self.at, Dimension.TIME)}"
        if self.every is not None:
            when = f"from {put(self.at, Dimension.TIME)} every {put(self.every, Dimension.TIME)} on average"
        return f"{when}: {name} {verb}{lasts}"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody who watches the run has done to it; a log of them is part of what decides a run.

    Attributes:
        time: When, simulated seconds.
        command: What, in a line: `scale web 4`, see `scalegame.simulation.commands`.
    """

    time: float
    command: str

    def __str__(self) -> str:
        """As it is written in a log: `at 12.5 s: scale web 4`."""
        from scalegame.units import Dimension, write

        return f"at {write(self.time, Dimension.TIME)}: {self.command}"


@dataclass(frozen=True, slots=True)
class Window:
    """When a run is measured.

    Attributes:
        start: Requests born from here on are the cohort, seconds.
        end: … and before here; utilisation and queues are integrated over exactly [start, end).
        grace: How long after `end` the cohort may still take; what is left then has failed.
        tick: Interval of the recording, seconds.
    """

    start: float
    end: float
    grace: float = 30.0
    tick: float = 0.25


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that do not depend on the machine's speed. Past one the run ends, and nothing is won.

    Attributes:
        calls: In flight at once.
        steps: Events of the simulation in all.
    """

    calls: int = 50_000
    steps: int = 6_000_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that decides a run, besides its seed.

    Projects that were bought are in `board`, `programs` and `data` already.

    Attributes:
        overhead: Dollars per hour that the projects bought add to the running cost.
        orders: What is done to the run while it goes on, in the order of the log.
        live: Ids of components that may be given orders. Around them nothing is reckoned ahead, whether or
            not an order is given, so that an order changes nothing of what came before it.
        start: Seconds from the start of a replica, ordered or restarted, until it is in service.
        clocks: Of the machines; None: nobody reads one.
    """

    board: Board
    sizes: Mapping[str, Size]
    data: Mapping[str, DataSet]
    programs: Mapping[str, Program]
    network: Network
    workloads: Mapping[str, Workload]
    window: Window
    faults: tuple[Fault, ...] = ()
    limits: Limits = field(default=Limits())
    overhead: float = 0.0
    orders: tuple[Order, ...] = ()
    live: frozenset[str] = frozenset()
    start: float = 5.0
    clocks: Clocks | None = None
