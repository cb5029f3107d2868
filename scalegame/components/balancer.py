"""Balancer: takes every call and hands it to one of the replicas behind it.

Source: reverse proxies such as HAProxy and NGINX, active health checks (HAProxy's `inter` and `fall`); its
policies are in `scalegame.simulation.choosing`. One that only points adds a small latency of its own and passes
replies through; one that does more is a `scalegame.simulation.passing.Passing`. Left out: retries on another
replica; probes take no time and no work.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from math import inf
from typing import Any

from scalegame.design.distributions import constant
from scalegame.design.kinds import PRICE, Kind, Role, choice, number, spread, whole
from scalegame.design.model import Component
from scalegame.design.parameters import routing
from scalegame.design.parameters.calls import THROTTLE, check_calls
from scalegame.design.parameters.routing import ASKS, ROUTING, read_weights
from scalegame.simulation.choosing import COUNTING, POLICIES, Chooser, Member
from scalegame.simulation.kernel import MACHINE_DOWN, REFUSED, RESET, UNREACHABLE, UP, Behaviour, Flow
from scalegame.simulation.part import Backend, Part, Send, Verb
from scalegame.simulation.passing import Front, Passing
from scalegame.simulation.randomness import Draw, total
from scalegame.simulation.request import Request
from scalegame.simulation.world import World
from scalegame.units import Dimension


@dataclass(frozen=True, slots=True)
class Route:
    """How a call gets to a member and back."""

    member: Member
    behaviour: Behaviour
    there: Draw
    back: Draw


class Balancer(Front):
    """Chooses a replica when a call arrives, among those in service that its health checks believe in."""

    door = False

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        self.home = self.new_replica(0 if component.settings["size"] is None else self.size.cores).home
        self.telling = ("cores",) if self.replicas[0].cores is not None else ()
        self.policy = self.word("policy")
        self.latency = world.streams.draws(self.distribution("latency"), self.id, "latency")
        self.uniform = world.streams.uniforms(self.id, "choice")
        self.members: list[Member] = []
        self.choosers: list[Chooser] = []
        self.asks_for_work = self.word("health_check.asks") == "work"
        #: What it does besides pointing; None: nothing.
        self.extras = Passing(self) if self._looks_closer() else None
        #: No fault can change who is in rotation, or how far away.
        self.steady = False
        self.unreachable = self.taken_out = 0
        #: Calls that pass through it, kept only where a fault may break them.
        self.passing: dict[Flow, None] | None = {} if self.id in world.stricken else None
        self.home.on_crash.append(self._break)

    def wire(self) -> None:
        """Lists the replicas behind it, in the order of the wires."""
        for part in self.world.targets(self.id):
            self.sent[part.id] = 0
            self.members += [Member(part.id, home, part.at) for home in part.homes()]
            fleet = self.world.fleets.get(part.id)
            if fleet is not None:
                fleet.on_change.append(self.regroup)
        weights = self.component.settings["weights"]
        known = read_weights(weights) if isinstance(weights, str) else {}
        for member in self.members:
            member.weight = known.get(member.target, 1)
        everybody = list(range(len(self.members)))
        self.choosers = [self._chooser(everybody)] if self.extras is None else self.extras.wire(self._chooser)
        self.regroup()
        for member in self.members:
            member.since = -inf  # who is there from the start has always been there
        self.pick: Callable[..., int] = self.choosers[-1].pick
        self.steady = (
            self.gate is None
            and self.id not in self.world.stricken
            and not any(
                self._may_fall_ill(m) or m.home.instance or self.world.network.may_fail(self.at, m.at)
                for m in self.members
            )
        )
        if self.steady and self.policy == "round robin":
            self.pick = cycle(self.alive).__next__

    @property
    def alive(self) -> list[int]:
        """Who is in rotation, by index."""
        return self.choosers[-1].alive

    def _looks_closer(self) -> bool:
        """Whether it does more with a call than to point to a replica."""
        given = self.component.settings
        return (
            given["layer"] == "L7"
            or given["policy"] == "hash"
            or bool(self.number("slow_start") or self.whole("eject.after"))
            or self.world.may_break(self.id)
        )

    def _chooser(self, within: list[int]) -> Chooser:
        """Chooses among some of the members."""
        by_key = self.word("hash.by") == "key"

        def identity(request: Request) -> int:
            return request.key if by_key else request.workload << 40 | request.user

        return Chooser(self.members, within, self.policy, self.uniform, identity, self.whole("hash.points"))

    def begin(self) -> None:
        """Starts the health checks of whatever can fall ill (probing the others would change nothing)."""
        every = self.optional("health_check.every")
        if every is not None:
            for member in self.members:
                if self._may_fall_ill(member):
                    self.kernel.env.process(self._check(member, every))

    # -- passing calls on

    def backends(self, verb: Verb) -> list[Backend]:
        """Itself: for whoever stands before it, it is one address."""
        behind = [b for t in self.world.targets(self.id) for b in t.backends(verb)]
        capacity = sum(b.capacity for b in behind if b.home.serving)
        if self.extras is not None:
            return [Backend(self, self.home, self.extras.relay(verb), capacity)]
        inner = self._sender(verb, lambda: 0.0, None)

        def relay(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            inner(flow, request)
            return (yield None)

        return [Backend(self, self.home, relay, capacity)]

    def entry(self, caller: Part, verb: Verb, replica: int = 0) -> Send:
        """One call object all the way: it stops here for the choice, and goes on."""
        if self.extras is not None:
            return self.direct(caller, self.backends(verb)[0], verb, replica)
        here = Backend(self, self.home, _nothing)
        there, back = self.world.both_ways(caller, here, verb, replica)
        sent = self.world.counter(caller, self.id)
        if self.policy not in COUNTING and self.steady:
            return self._simple_sender(verb, there, back, sent)
        return self._sender(verb, there, back, sent)

    def _sender(self, verb: Verb, there: Draw, back: Draw | None, sent: dict[str, int] | None = None) -> Send:
        routes = self._routes(verb, back)
        kernel, env, home, id = self.kernel, self.kernel.env, self.home, self.id
        push, enter, pick, latency = kernel.push, kernel.enter, self.pick, self.latency
        passed, passing, counting, gate = self.sent, self.passing, self.policy in COUNTING, self.gate

        def arrive(call: Flow) -> None:
            if home.state:
                if home.state != MACHINE_DOWN:
                    home.bounced += 1
                    kernel.answer(call, RESET)
                return
            home.arrived += 1
            if gate is not None and not gate.admits(call.reply):
                kernel.answer(call, REFUSED)
                return
            index = pick()
            if index < 0:
                self.unreachable += 1
                kernel.answer(call, UNREACHABLE)
                return
            route = routes[index]
            member = route.member
            passed[member.target] += 1
            request, call.reply = call.reply, None
            call.home, call.way_back = member.home, route.back
            call.generator = generator = route.behaviour(call, request)
            call.resume = generator.send
            if counting or passing is not None or member.home.instance is not None:
                self.count(call, member)
            delay = latency() + route.there()
            if delay < inf:
                push(env._now + delay, call, enter)
            elif call.ended is not None:
                call.ended()  # lost on the way: nothing is open

        def send(flow: Flow | None, request: Any) -> Flow:
            call = Flow()
            call.caller, call.way_back, call.reply = flow, back, request
            call.home = call.awaits = call.ended = call.generator = call.resume = None
            if flow is not None:
                flow.awaits = call
            if sent is not None:
                sent[id] += 1
            delay = there()
            if delay < inf:
                push(env._now + delay, call, arrive)
            return call

        return send

    def _simple_sender(self, verb: Verb, there: Draw, back: Draw, sent: dict[str, int] | None) -> Send:
        """Where the choice depends on nothing that can change on the way, it is made when the call is sent.

        Two hops in a row are then one delay: an event less per call.
        """
        routes = self._routes(verb, back)
        call, pick, home, id = self.kernel.call, self.pick, self.home, self.id
        passed, arrive = self.sent, total(there, self.latency)
        board = self.world.scenario.board
        counting = any(len(board.sources(m.target)) > 1 for m in self.members)  # else their arrivals say it

        def send(flow: Flow | None, request: Any) -> Flow:
            if sent is not None:
                sent[id] += 1
            home.arrived += 1
            route = routes[pick()]
            if counting:
                passed[route.member.target] += 1
            go_on = route.there
            delay = arrive() + go_on()
            return call(flow, route.behaviour, request, delay, route.back, route.member.home)

        return send

    def _routes(self, verb: Verb, back: Draw | None) -> list[Route]:
        routes, members = [], iter(self.members)
        for part in self.world.targets(self.id):
            for backend in part.backends(verb):
                there, home_again = self.world.both_ways(self, backend, verb)
                way = home_again if back is None else total(home_again, back)
                routes.append(Route(next(members), backend.behaviour, there, way))
        return routes

    def count(self, call: Flow, member: Member) -> None:
        """Keeps count of a call that a member has been given, until it ends."""
        member.active += 1
        passing, instance = self.passing, member.home.instance
        if passing is not None:
            passing[call] = None
        if instance is not None:
            instance.given += 1

        def ended() -> None:
            member.active -= 1
            if passing is not None:
                passing.pop(call, None)
            if instance is not None:
                instance.ended()

        call.ended = ended

    def _break(self) -> None:
        """A crash cuts every call that passes through; the work behind goes on, for nobody."""
        kernel, reset = self.kernel, self.home.state != MACHINE_DOWN
        for call in list(self.passing or ()):
            caller, way_back, call.caller = call.caller, call.way_back, None
            if caller is not None and reset and caller.awaits is call and way_back is not None:
                kernel.at(kernel.now + way_back(), partial(kernel.wake, caller, call, RESET))

    # -- health

    def regroup(self) -> None:
        """Whoever is in service and believed to be well is in rotation; who joins is taken for well."""
        before, now = frozenset(self.alive), self.kernel.now
        fit = []
        for index, member in enumerate(self.members):
            if not member.home.serving:
                member.up, member.strikes = True, 0
            elif member.up and not member.ejected:
                fit.append(index)
                if index not in before:
                    member.since = now
        for chooser in self.choosers:
            within = frozenset(chooser.within)
            chooser.alive = [index for index in fit if index in within]

    def _may_fall_ill(self, member: Member) -> bool:
        """A check may ever find that something is wrong with it."""
        cut_off = self.world.network.may_fail(self.at, member.at)
        return self.asks_for_work or cut_off or member.target in self.world.stricken

    def _well(self, member: Member) -> bool:
        """What a check would find now; who stands still answers none."""
        ways = (self.world.network.link(*way) for way in ((self.at, member.at), (member.at, self.at)))
        health = self.world.health[member.home]
        if member.home.state != UP or health.pauses or any(link.cut for link in ways):
            return False
        return not (self.asks_for_work and (health.broken or self._is_full(member)))

    def _is_full(self, member: Member) -> bool:
        """It would have to refuse another call."""
        part = self.world.parts[member.target]
        outer = part.outer or (part.telling[-1] if part.telling else "")
        pools = [r.pools[outer] for r in part.replicas if r.home is member.home and outer in r.pools]
        return any(pool.taken >= pool.size and pool.queued >= pool.limit for pool in pools)

    def _check(self, member: Member, every: float) -> Generator[Any, Any, None]:
        """Probes one member; so many failures in a row take it out, so many successes bring it back."""
        down_after, up_after = self.whole("health_check.down_after"), self.whole("health_check.up_after")
        while True:
            yield self.kernel.env.timeout(every)
            if not member.home.serving:
                continue
            well = self._well(member)
            if well == member.up or self.home.state:
                member.strikes = 0
                continue
            member.strikes += 1
            if member.strikes < (down_after if member.up else up_after):
                continue
            member.up, member.strikes = well, 0
            self.regroup()
            self.taken_out += not well
            verb = "puts {} back into rotation" if well else "takes {} out of rotation"
            self.world.tell(self.id, f"{self.id} {verb.format(member.home.name)}", "info")

    # -- being watched

    def counts(self) -> Mapping[str, float]:
        """Calls that found no live replica, and how often one was taken out of rotation."""
        known = {"unreachable": self.unreachable, "taken_out": self.taken_out}
        return known if self.extras is None else {**known, **self.extras.counts()}

    def refusals(self) -> Mapping[str, int]:
        """Calls that it could give to nobody."""
        return {"no live replica": self.unreachable}

    def extra(self) -> float:
        """Replicas in rotation."""
        return len(self.alive)


def _nothing(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
    yield None


KIND = Kind(
    name="balancer",
    title="load balancer",
    glyph="⇉",
    ascii="Y",
    summary="One address for several replicas: it hands each call to one that is alive.",
    parameters=(
        choice("policy", "How it chooses a replica.", POLICIES),
        number(
            "health_check.every",
            "How often it looks whether a replica is alive; none: never.",
            5.0,
            Dimension.TIME,
            0.01,
            3600.0,
            optional=True,
        ),
        ASKS,
        whole("health_check.down_after", "Failed checks in a row that take a replica out.", 2, 1, 100),
        whole("health_check.up_after", "Good checks in a row that bring it back.", 1, 1, 100),
        spread("latency", "What it adds to each call.", constant(0.0001)),
        *ROUTING,
        *THROTTLE,
        PRICE,
    ),
    shows=("policy",),
    own=("replicas in rotation", Dimension.COUNT),
    behaviour=Balancer,
    roles=frozenset((Role.OPERATIONS,)),
    sends=frozenset((Role.OPERATIONS,)),
    forwards=True,
    chooses=True,
    must_send=True,
    check=lambda component, sizes: check_calls(component) + routing.check(component),
)
