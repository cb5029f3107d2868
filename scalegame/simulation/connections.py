"""Connections of a card: what it takes to have one before a call can be sent.

Source: TCP's three-way handshake, of which the caller waits for one round trip (RFC 9293), and its first
retransmission after a second, doubled each time (RFC 6298); TLS 1.3 adds one round trip, TLS 1.2 two (RFC 8446,
RFC 5246). Pools as those of HTTP and database clients: first come first served, a limit to the wait, the most
recently used connection first, idle ones closed. Left out: slow start, the work of encryption, several calls at
once on one connection, and what a balancer opens to those behind it; a crash of any replica of the card that is
called closes all connections to it.
"""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING, Any

from scalegame.simulation.kernel import (
    ANSWERS,
    MACHINE_DOWN,
    MISS,
    PROCESS_DOWN,
    REFUSED,
    RESET,
    TIMED_OUT,
    UNREACHABLE,
    Flow,
)
from scalegame.simulation.pool import Pool

if TYPE_CHECKING:
    from scalegame.simulation.part import Part, Replica, Send, Steps, Verb
    from scalegame.simulation.request import Request
    from scalegame.simulation.scenario import Connect
    from scalegame.simulation.world import World

#: Bytes of each message of a handshake.
HELLO = 60.0
#: A message of a handshake that is lost is sent again after so many seconds, then twice as many, up to the second.
AGAIN, LONGEST = 1.0, 60.0


class Doing:
    """What a call waits for while the time that it takes is known: for traces.

    Attributes:
        spell: What a trace calls it: "waiting for a new connection at web-1".
    """

    def __init__(self, spell: str) -> None:
        self.spell = spell


OPENING, LOOKING_UP = Doing("a new connection"), Doing("an address")


class Book:
    """What a card's connections have cost so far.

    Attributes:
        opened: Connections opened.
        reused: Calls that found one open.
        seconds: Time spent on opening them, look-ups included.
        given_up: Calls that were refused since none was free in time.
    """

    def __init__(self) -> None:
        self.opened = self.reused = self.given_up = 0
        self.seconds = 0.0

    def counts(self) -> dict[str, float]:
        """As figures of the card."""
        return {
            "connections_opened": self.opened,
            "connections_reused": self.reused,
            "opening_seconds": self.seconds,
            "no_connection": self.given_up,
        }


class Way:
    """From somebody to one card: how a connection is opened.

    Attributes:
        breaks: How often all connections have been broken by a crash over there.
    """

    def __init__(
        self, world: World, book: Book, caller: Part, number: int, target: Part, tls: int, limit: float
    ) -> None:
        """Prepares it.

        Args:
            world: Of the run.
            book: Where it is noted what connections cost.
            caller: Who opens them.
            number: Of its replica.
            target: To whom.
            tls: Round trips that encryption adds.
            limit: Seconds after which opening one is given up.
        """
        self.world, self.kernel, self.book, self.target = world, world.kernel, book, target
        names = (caller.id, number, target.id, "handshake")
        self.there = world.network.delay((caller.at, target.at), HELLO, *names, "there")
        self.back = world.network.delay((target.at, caller.at), HELLO, *names, "back")
        self.trips, self.limit, self.breaks = 1 + tls, limit, 0
        self.lookup: float | None = None
        homes = target.homes()
        self.far = homes[0]
        for home in homes:
            home.on_crash.append(self._broken)

    def _broken(self) -> None:
        self.breaks += 1

    def open(self, flow: Flow) -> Generator[float | None, Any, str]:
        """Opens a connection. Returns why it could not, or "".

        Opening takes as long as the caller waits for replies, at most; the call that follows may take as long
        once more.
        """
        kernel, book = self.kernel, self.book
        began = kernel.now
        try:
            if self.lookup is not None:
                flow.awaits = LOOKING_UP
                yield self.lookup
            if self.world.unfound.get(self.target.id):
                return UNREACHABLE
            flow.awaits = OPENING
            for _ in range(self.trips):
                failure = yield from self._trip(began + self.limit)
                if failure:
                    return failure
            book.opened += 1
            return ""
        finally:
            flow.awaits = None
            book.seconds += kernel.now - began

    def _trip(self, deadline: float) -> Generator[float | None, Any, str]:
        """One round trip, again and again until it comes back."""
        kernel, rest = self.kernel, AGAIN
        while True:
            sent, delay = kernel.now, self.there()
            if delay < inf:
                if sent + delay > deadline:
                    break
                yield delay
                state = self.far.state
                back = inf if state == MACHINE_DOWN else self.back()
                if back < inf:
                    if kernel.now + back > deadline:
                        break
                    yield back
                    return RESET if state == PROCESS_DOWN else ""
            next_try = max(sent + rest, kernel.now)
            if next_try >= deadline:
                break
            yield next_try - kernel.now
            rest = min(2 * rest, LONGEST)
        yield max(deadline - kernel.now, 0.0)
        return TIMED_OUT


class Line(Way):
    """The way from one replica to one card: opening connections, keeping them, waiting for one.

    Attributes:
        pool: Connections in use, and who waits for one; None: there is no limit.
        idle: Since when each open connection is idle, the most recently used last.
    """

    def __init__(self, book: Book, part: Part, replica: Replica, target: Part) -> None:
        limit = inf if part.timeouts is None else part.timeouts.seconds
        super().__init__(part.world, book, part, replica.number, target, part.whole("connect.tls"), limit)
        self.lookup = part.optional("connect.lookup")
        idle, self.patience = part.optional("connect.idle"), part.optional("connect.wait")
        self.keep = inf if idle is None else idle
        self.pool: Pool | None = None
        self.idle: list[float] = []
        self.waiting: dict[Flow, object] = {}
        replica.home.on_crash += [self.idle.clear, self.waiting.clear]
        if part.word("connect.reuse") == "pool":
            self.pool = _pool(part, replica, target)

    def _broken(self) -> None:
        super()._broken()
        self.idle.clear()

    def call(self, inner: Steps) -> Steps:
        """`inner`, once there is a connection for it."""
        pool, kernel, book, idle = self.pool, self.kernel, self.book, self.idle

        def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            if pool is None:
                return (yield from self.open(flow)) or (yield from inner(flow, request))
            if not pool.take(flow):
                self._be_patient(flow)
                try:
                    if (yield None) is REFUSED:
                        book.given_up += 1
                        return REFUSED
                finally:
                    self.waiting.pop(flow, None)
            kept = False
            try:
                while idle and kernel.now - idle[0] >= self.keep:
                    idle.pop(0)
                if idle:
                    idle.pop()
                    book.reused += 1
                elif failure := (yield from self.open(flow)):
                    return failure
                breaks = self.breaks
                reply = yield from inner(flow, request)
                # After a time-out or a reset nobody knows what would come next on it.
                kept = breaks == self.breaks and (reply in ANSWERS or reply in (MISS, REFUSED, UNREACHABLE))
                return reply
            finally:
                if not pool.dead:
                    if kept:
                        idle.append(kernel.now)
                    pool.release()

        return steps

    def _be_patient(self, flow: Flow) -> None:
        pool, ticket = self.pool, object()
        assert pool is not None
        if self.patience is None:
            return
        self.waiting[flow] = ticket

        def give_up() -> None:
            if self.waiting.get(flow) is ticket and flow.awaits is pool:
                pool.leave(flow)
                flow.awaits = self
                self.kernel.wake(flow, self, REFUSED)

        self.kernel.at(self.kernel.now + self.patience, give_up)


class Connections:
    """All connections of a card, by replica and by who is called."""

    def __init__(self, part: Part) -> None:
        self.part, self.book, counts = part, Book(), part.counts
        self.lines: dict[tuple[int, str], Line] = {}
        part.counts = lambda: {**counts(), **self.book.counts()}  # type: ignore[method-assign]

    def line(self, replica: Replica, target: Part) -> Line:
        """Those of one replica to one card."""
        key = (replica.number, target.id)
        if key not in self.lines:
            self.lines[key] = Line(self.book, self.part, replica, target)
        return self.lines[key]


class Visits(Way):
    """The way from the users of a workload to the card that they ask: each keeps one connection for a time.

    Several requests of one user share it. Its attribute `last` says when each user's was last used, and after how
    many breaks.
    """

    def __init__(self, clients: Part, target: Part, connect: Connect, limit: float) -> None:
        self.book = Book()
        super().__init__(clients.world, self.book, clients, 0, target, connect.tls, limit)
        self.keep = 0.0 if connect.reuse == "never" else inf if connect.idle is None else connect.idle
        self.last: dict[int, tuple[float, int]] = {}
        counts = clients.counts
        clients.counts = lambda: {**counts(), **self.book.counts()}  # type: ignore[method-assign]

    def before(self, flow: Flow, request: Request) -> Generator[float | None, Any, str]:
        """What comes before an attempt: "" once it can be sent, or why it cannot."""
        kernel, last = self.kernel, self.last
        when, breaks = last.get(request.user, (-inf, -1))
        if breaks == self.breaks and kernel.now - when < self.keep:
            self.book.reused += 1
        elif failure := (yield from self.open(flow)):
            return failure
        last[request.user] = (kernel.now, self.breaks)
        return ""


def _pool(part: Part, replica: Replica, target: Part) -> Pool:
    """The connections to a card, as one of the pools of a replica."""
    name = f"connections to {target.id}"
    if name not in replica.pools:
        replica.pools[name] = pool = Pool(part.kernel, part.whole("connect.pool"))
        replica.home.on_crash.append(pool.die)
        replica.home.on_up.append(pool.rise)
    if name not in part.telling:
        part.outer = part.outer or part.telling[-1]
        part.telling = (*part.telling, name)
    return replica.pools[name]


def uses(part: Part) -> bool:
    """Whether connections of a card are more than always there."""
    return part.component.settings.get("connect.reuse", "always") != "always"


def layer(inner: Steps, part: Part, replica: Replica, target: Part) -> Steps:
    """What goes around `inner`, which sends one call and waits for its reply."""
    if part.connections is None:
        part.connections = Connections(part)
    return part.connections.line(replica, target).call(inner)


def listed(part: Part) -> None:
    """From now on whoever calls this card by its name looks its address up, and may not find it.

    Balancers and queues have their members' addresses, and go on.

    Callers with connections of their own look it up when they open one; all others for each call, in no time.
    """
    plain, kernel, unfound = part.entry, part.kernel, part.world.unfound

    def entry(caller: Part, verb: Verb, replica: int = 0) -> Send:
        known = plain(caller, verb, replica)
        if uses(caller):
            return known

        def send(flow: Flow | None, request: Any) -> Flow:
            if unfound.get(part.id):
                return kernel.call(flow, _nobody, request, 0.0, None, None)
            return known(flow, request)

        return send

    part.entry = entry  # type: ignore[method-assign]
    part.entry_later = lambda *_: None  # type: ignore[method-assign]


def _nobody(flow: Flow, request: Any) -> Generator[float | None, Any, Any]:
    return UNREACHABLE
    yield  # what makes it a generator
