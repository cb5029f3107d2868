"""Clients: where requests are born, time out, are retried, and end.

Source: open and closed workload generators as in every queueing text; time-out and retry as clients of
HTTP services do them (exponential back-off with jitter, a budget). A budget is kept for all users of a workload
together, as if they shared one program. Left out: users who leave for good.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from itertools import count
from math import inf
from typing import Any

from scalegame.design.kinds import Kind, Role, named
from scalegame.design.model import Component
from scalegame.simulation.arrivals import Table, Turns
from scalegame.simulation.connections import Visits
from scalegame.simulation.consistency import Touches, Versions, touched
from scalegame.simulation.kernel import ANSWERS, OK, Flow, Home
from scalegame.simulation.part import Part, Send, Verb
from scalegame.simulation.pool import Pool
from scalegame.simulation.request import Request
from scalegame.simulation.retrying import Budget, back_off
from scalegame.simulation.scenario import Closed, FollowUp, Open
from scalegame.simulation.timeouts import Patience, Timeouts
from scalegame.simulation.world import World


class Clients(Part):
    """Sends the requests of one workload to whatever its wire leads to."""

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        scenario = world.scenario
        self.workload = scenario.workloads[self.word("sends")]
        self.index = list(scenario.workloads).index(self.workload.name)
        self.home = Home(self.id)
        self.home.unclaimed = world.late[self.workload.name]
        seconds = self.workload.timeout
        self.watch = None if seconds is None else Timeouts(world.kernel, seconds).watch
        patience = self.workload.patience
        if patience is not None:
            draw = world.streams.draws(patience, self.id, "patience")
            self.watch = Patience(world.kernel, draw, self._lines, self.watch).watch
        share = self.workload.retries.budget
        self.budget = None if share is None else Budget(share)
        #: What comes before an attempt, such as opening a connection: it replies "" if the attempt can be sent.
        self.opening: Callable[[Flow, Request], Generator[float | None, Any, str]] | None = None
        self.jitter = world.streams.uniforms(self.id, "jitter")
        #: how each operation is sent, its index in the ledger, and what follows it
        self.asked: dict[str, tuple[Send, int, FollowUp | None]] = {}
        self.versions: Versions | None = None
        self.target = ""
        self.born = self.ended = 0

    def wire(self) -> None:
        """Looks up who answers each operation."""
        world, scenario = self.world, self.world.scenario
        (target,) = scenario.board.targets(self.id)
        self.target = target
        connect = self.workload.connect
        if connect is not None and connect.reuse != "always":
            seconds = self.workload.timeout
            visits = Visits(self, world.parts[target], connect, inf if seconds is None else seconds)
            self.opening = visits.before
        touches: Touches = {}
        answers: dict[str, float] = {}
        for offer in sorted(world.offers(target)):
            sort, _, name = offer.partition(":")
            if sort == "program":
                touches = {**touched(scenario.programs, name), **touches}
                for known in scenario.programs[name].operations.values():
                    answers.setdefault(known.name, known.answer)
        for operation, asked in self.workload.operations.items():
            verb = Verb(operation, there=self.workload.request, back=answers[operation])
            send = world.parts[target].entry(self, verb)
            self.asked[operation] = (send, world.ledger.sort(self.index, operation), asked.then)
        if world.versions.register(self.index, {name: touches[name] for name in self.workload.operations}):
            self.versions = world.versions

    def _lines(self) -> list[Pool]:
        """Where calls stand before anybody sees to them."""
        replicas = [replica for part in self.world.parts.values() for replica in part.replicas]
        return [pool for r in replicas for name, pool in r.pools.items() if name in ("threads", "connections")]

    def begin(self) -> None:
        """Starts the arrivals."""
        if isinstance(self.workload.arrivals, Open):
            self._open()
        else:
            self._closed(self.workload.arrivals)

    def _open(self) -> None:
        table = Table(self.world.scenario, self.workload, self.world.streams)
        index, home, ask = self.index, self.home, self.ask
        spawn, proceed, push = self.kernel.spawn, self.kernel.proceed, self.kernel.push
        idle: list[Flow] = []  # strands that have done their requests, and take the next ones
        strand = partial(ask, idle=idle)
        times = iter(table.times)
        rows = zip(count(), table.operations, table.users, table.keys, table.times, strict=False)

        def arrive(source: Flow) -> None:
            number, operation, user, key, now = next(rows)
            when = next(times, None)
            if when is not None:
                push(when, source, arrive)
            request = Request(number, index, operation, user, key, now)
            if idle:
                proceed(idle.pop(), request)
            else:
                spawn(strand, request, home)

        first = next(times, None)
        if first is not None:
            push(first, Flow(), arrive)

    def _closed(self, arrivals: Closed) -> None:
        turns = Turns(self.world.scenario, self.workload, self.world.streams)
        for client in range(arrivals.clients):
            self.kernel.start(self._client, turns, client, arrivals.pause).home = self.home

    def _client(self, flow: Flow, turns: Turns, client: int, pause: float) -> Generator[float | None, Any, None]:
        kernel, turn, failed = self.kernel, 0, False
        while True:
            think, operation, key = turns.turn(client, turn)
            yield max(think, pause) if failed else think
            number = turn * turns.clients + client
            user = client % self.workload.users
            key = turns.key(key, kernel.now)
            request = Request(number, self.index, operation, user, key, kernel.now)
            yield from self.ask(flow, request)
            failed = request.outcome not in ANSWERS
            turn += 1

    def ask(
        self, flow: Flow, request: Request, idle: list[Flow] | None = None
    ) -> Generator[float | None, Any, None]:
        """One logical request: attempts, and the waits between them.

        With `idle` the strand then waits in there for another request; a new strand for each costs more than
        anything else that a client does.
        """
        asked, versions, watch, ledger = self.asked, self.versions, self.watch, self.world.ledger
        opening, retries, budget = self.opening, self.workload.retries, self.budget
        while True:
            send, sort, then = asked[request.operation]
            ledger.birth(request, sort)
            self.born += 1
            attempt = request
            while True:
                if versions is not None:
                    versions.before(attempt)
                reply = "" if opening is None else (yield from opening(flow, attempt))
                if not reply:
                    call = send(flow, attempt)
                    if watch is not None:
                        watch(call)
                    reply = yield None
                if reply is OK or reply in ANSWERS:
                    break
                self.failed[self.target] += 1
                if request.attempts == retries.attempts or (budget is not None and not budget.spend(self.born)):
                    break
                wait = back_off(retries, request.attempts, self.jitter)
                if wait > 0:
                    yield wait
                attempt = request.again()
            ledger.resolve(request, reply)
            self.ended += 1
            if reply is OK or reply in ANSWERS:
                if versions is not None:
                    versions.after(attempt)
                    ledger.keep(request)
                if then is not None:
                    self.kernel.start(self._follow, request, then.after, then.operation).home = self.home
            if idle is None:
                return
            idle.append(flow)
            request = yield None

    def _follow(
        self, flow: Flow, first: Request, after: float, operation: str
    ) -> Generator[float | None, Any, None]:
        yield after
        number = FOLLOWER + first.number
        yield from self.ask(flow, Request(number, self.index, operation, first.user, first.key, self.kernel.now))

    def arrivals(self) -> int:
        """Requests that have been born here."""
        return self.born

    def inside(self) -> int:
        """Requests of its own that are under way."""
        return self.born - self.ended

    def price(self) -> float:
        """Users cost nothing."""
        return 0.0


#: A follow-up has the number of the request that it follows, plus this.
FOLLOWER = 1_000_000_000

KIND = Kind(
    name="clients",
    title="clients",
    glyph="◉",
    ascii="@",
    summary="People and programs that ask; they cost nothing and will not wait for ever.",
    parameters=(named("sends", "The workload that they send.", "workloads"),),
    shows=("sends",),
    behaviour=Clients,
    sends=frozenset((Role.OPERATIONS,)),
    must_send=True,
    most_targets=1,
    price=lambda component, sizes: 0.0,
)
