"""Traces: a few requests followed hop by hop, on a second run of the same seed.

The first run keeps no traces, since they would slow it down. The tracer stands between callers and the
behaviours they call; it draws nothing and schedules nothing, so the second run is the first one again.
Left out: the choice of a balancer is no hop of its own (its latency lies between two hops), and writes that
travel in a batch share its hop.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import numpy as np

from scalegame.components.clients import Clients
from scalegame.components.database import Follower
from scalegame.components.queue import Message
from scalegame.design.distributions import Distribution
from scalegame.design.kinds import Kind, Kinds
from scalegame.design.model import Component
from scalegame.insight.trail import (
    AWAY,
    BATCH,
    CANCELLED,
    DIED,
    MESSAGE,
    QUEUED,
    REPLICATION,
    SERVED,
    Hop,
    Spell,
    Try,
)
from scalegame.insight.truth import DEAD_SERVER, LOST_REQUEST, NO_HOST, truth
from scalegame.simulation.connections import Doing
from scalegame.simulation.disciplines import Parking
from scalegame.simulation.kernel import ANSWERS, UNREACHABLE, Delay, Flow
from scalegame.simulation.part import Backend, Batch, Part, Replica, Send, Verb
from scalegame.simulation.pool import Cores, Pool
from scalegame.simulation.program.fan import Gather
from scalegame.simulation.randomness import Draw
from scalegame.simulation.recording import RequestLog
from scalegame.simulation.request import Request
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Scenario
from scalegame.simulation.world import World

#: How many failed requests are followed.
FAILED = 5


@dataclass(frozen=True, slots=True)
class _Letter:
    """A call on its way to a leaf, which is not told by whom it is called."""

    call: Any
    caller: Flow | None
    sent: float


@dataclass(slots=True)
class _Bench:
    """Where a hop works: its cores, and what was drawn for it last."""

    part: Part
    cores: Cores | None
    pools: Mapping[int, str]
    drawn: list[float]

    def pieces(self) -> tuple[int, int]:
        """Pieces of work so far, and how many of them had to wait."""
        return (0, 0) if self.cores is None else (self.cores.grants, len(self.cores.waited))

    def since(self, before: tuple[int, int]) -> tuple[bool, float]:
        """Whether a piece of work has joined since then, and how long it waits."""
        pieces, waits = self.pieces()
        waited = self.cores.waited[-1] if self.cores is not None and waits > before[1] else 0.0
        return pieces > before[0], waited


@dataclass(slots=True)
class Tracer:
    """Notes the hops and attempts of requests, by their rows in the ledger.

    Attributes:
        indices: Of whom, counted from the cohort's first request; None: of all.
        hops: In order of arrival.
        tries: In order.
    """

    indices: Collection[int] | None = None
    hops: dict[int, list[Hop]] = field(default_factory=lambda: defaultdict(list))
    tries: dict[int, list[Try]] = field(default_factory=lambda: defaultdict(list))
    _by_flow: dict[Flow, Hop | Try] = field(default_factory=dict)
    _sent: dict[Flow, float] = field(default_factory=dict)
    _calls: dict[int, Flow] = field(default_factory=dict)
    _world: World | None = None
    _first: int | None = None

    def kinds(self, kinds: Kinds) -> Mapping[str, Kind]:
        """The registry, with every part watched."""
        return {name: replace(kind, behaviour=self._watched(kind)) for name, kind in kinds.items()}

    def _wants(self, call: object) -> bool:
        if isinstance(call, Batch):
            return any(self._follows(request) for request in call.requests)
        return isinstance(call, Request) and self._follows(call)

    def _follows(self, request: Request) -> bool:
        if self.indices is None or self._world is None:
            return True
        origin, start = request.origin, self._world.scenario.window.start
        if origin.born < start:
            return False
        if self._first is None:  # whoever was born before the cohort is in the ledger by now
            self._first = bisect_left(self._world.ledger.born, start)
        return origin.row - self._first in self.indices

    def judge(self, row: int) -> None:
        """Says of each attempt of a request what became of it, as far as the run has come."""
        hops = self.hops.get(row, [])
        for attempt in self.tries.get(row, []):
            hop = next((hop for hop in hops if hop.caller is attempt), None)
            attempt.truth = truth(attempt, hop, self._lost_call(attempt))

    def _lost_call(self, attempt: Try) -> str:
        """What became of a call that nobody began to work on."""
        call = self._calls.get(id(attempt))
        if call is None or self._world is None:
            return ""
        then = getattr(call, "then", None)  # a message that is lost has no entry in the event queue
        if attempt.reply == UNREACHABLE and then is self._world.kernel.enter:
            return NO_HOST
        return LOST_REQUEST if then is None else DEAD_SERVER if call.generator is None else ""

    # Standing in between

    def _watched(self, kind: Kind) -> Callable[[Component, World], Part]:
        def build(component: Component, world: World) -> Part:
            part: Part = kind.behaviour(component, world)
            self._world = world
            plain, drawn = part.backends, [0.0]

            def backends(verb: Verb) -> list[Backend]:
                return [self._backend(backend, verb, world, drawn) for backend in plain(verb)]

            # Callers ask each part for these, and find what stands in between.
            part.backends = backends  # type: ignore[method-assign]
            part.direct = self._direct(part, world)  # type: ignore[method-assign]
            part.work = _noted(part, drawn)  # type: ignore[method-assign]
            if isinstance(part, Clients):
                part.ask = self._ask(part, world)  # type: ignore[method-assign]
            return part

        return build

    def _direct(self, part: Part, world: World) -> Callable[..., Any]:
        plain = part.direct

        def direct(caller: Part, backend: Backend, *rest: Any) -> Send:
            plain_send, leaf = plain(caller, backend, *rest), backend.leaf

            def send(flow: Flow | None, call: Any, after: float = 0.0) -> Flow:
                if not self._wants(call):
                    return plain_send(flow, call, after)
                sent = world.kernel.now + after
                if leaf:
                    return plain_send(flow, _Letter(call, flow, sent), after)
                made = plain_send(flow, call, after)
                self._sent[made] = sent
                return made

            return send

        return direct

    def _backend(self, backend: Backend, verb: Verb, world: World, drawn: list[float]) -> Backend:
        part = backend.part
        replica = next((r for r in part.replicas if r.home is backend.home), None)
        pools = {} if replica is None else {id(pool): name for name, pool in replica.pools.items()}
        cores = None if replica is None or not isinstance(replica.cores, Cores) else replica.cores
        bench = _Bench(part, cores, pools, drawn)
        watch = self._leaf if backend.leaf else self._generator
        return replace(backend, behaviour=watch(backend, verb, world, bench))

    def _begin(self, backend: Backend, verb: Verb, world: World, call: object) -> Hop:
        hop = Hop(backend.part.id, backend.home.name, verb.name, world.kernel.now)
        if world.clocks is not None:
            hop.clock = world.clocks.of(backend.home).now()
        requests = call.requests if isinstance(call, Batch) else [call] if isinstance(call, Request) else []
        for request in requests:
            if self._follows(request):
                self.hops[request.origin.row].append(hop)
        return hop

    def _whose(self, flow: Flow | None) -> Hop | Try | None:
        """The hop or attempt that a call comes from; of a branch of a fan, that which the fan belongs to."""
        while flow is not None and flow not in self._by_flow:
            flow = flow.caller
        return None if flow is None else self._by_flow[flow]

    def _leaf(
        self, backend: Backend, verb: Verb, world: World, bench: _Bench
    ) -> Callable[[Any], tuple[float, Any]]:
        plain = backend.behaviour

        def answer(call: Any) -> tuple[float, Any]:
            letter = call if isinstance(call, _Letter) else _Letter(call, None, world.kernel.now)
            if not self._wants(letter.call):
                found: tuple[float, Any] = plain(letter.call)
                return found
            hop = self._begin(backend, verb, world, letter.call)
            hop.sent = letter.sent
            hop.caller = self._whose(letter.caller)
            before = bench.pieces()
            delay, reply = plain(letter.call)
            _, waited = bench.since(before)
            hop.left, hop.reply = hop.arrived + delay, str(reply)
            hop.spells = _work(hop.arrived, waited, hop.left)
            return delay, reply

        return answer

    def _generator(
        self, backend: Backend, verb: Verb, world: World, bench: _Bench
    ) -> Callable[..., Generator[Any, Any, Any]]:
        plain = backend.behaviour

        def follow(flow: Flow, call: Any) -> Generator[Any, Any, Any]:
            behaviour: Generator[Any, Any, Any] = plain(flow, call)
            return (
                self._follow(backend, verb, world, bench, flow, call, behaviour)
                if self._wants(call)
                else behaviour
            )

        return follow

    def _follow(
        self,
        backend: Backend,
        verb: Verb,
        world: World,
        bench: _Bench,
        flow: Flow,
        call: Any,
        behaviour: Generator[Any, Any, Any],
    ) -> Generator[Any, Any, Any]:
        hop = self._begin(backend, verb, world, call)
        hop.sent = self._sent.pop(flow, None)
        # What is called at once is known as the call that its client awaits; else as its caller's hop.
        hop.caller = self._by_flow.get(flow) or self._whose(flow.caller)
        self._by_flow[flow] = hop
        value = None
        try:
            while True:
                before = bench.pieces()
                step = behaviour.send(value)
                now = world.kernel.now
                worked, waited = bench.since(before)
                if step is None:
                    parked = now + waited + bench.drawn[0] if worked else now
                    hop.spells += _work(now, waited, parked) if worked else []
                    spell = _parked(flow.awaits, bench, parked)
                    hop.spells.append(spell)
                elif isinstance(flow.awaits, Doing):
                    spell = Spell(now, now + step, QUEUED, flow.awaits.spell)
                    hop.spells.append(spell)
                else:
                    hop.spells += _work(now, waited, now + step)
                    spell = hop.spells[-1]
                queueing, working = isinstance(flow.awaits, Pool), isinstance(flow.awaits, Parking)
                value = yield step
                spell.end = world.kernel.now
                if working:
                    hop.spells[-1:] = _work(spell.start, flow.parked - spell.start, spell.end)
                if spell.sort == AWAY:
                    spell.reply = str(value)
                if queueing:
                    hop.waited += world.kernel.now - now
        except StopIteration as stop:
            hop.left, hop.reply = world.kernel.now, str(stop.value)
            if flow.way_back is not None:
                flow.way_back = _noted_back(hop, flow.way_back)
            return stop.value
        except GeneratorExit:
            behaviour.close()
            hop.left, hop.reply = world.kernel.now, DIED if backend.home.state else CANCELLED
            for spell in hop.spells:
                spell.end = hop.left if spell.end is None else min(spell.end, hop.left)
            raise

    def _ask(self, part: Clients, world: World) -> Callable[..., Generator[Any, Any, None]]:
        plain = part.ask

        def ask(flow: Flow, request: Request, idle: list[Flow] | None = None) -> Generator[Any, Any, None]:
            steps, value = plain(flow, request, idle), None
            opened: Try | None = None
            while True:
                try:
                    step = steps.send(value)
                except StopIteration:
                    return
                made: Try | None = None
                now = world.kernel.now
                opening = isinstance(flow.awaits, Doing)
                if (opening or (step is None and flow.awaits is not None)) and self._wants(request):
                    made, opened = opened, None
                    if made is None or made.ended != now:  # what opens a connection goes on to send
                        made = Try(part.id, now)
                        self.tries[request.row].append(made)
                    if opening:
                        opened = made
                    if isinstance(flow.awaits, Flow):
                        self._by_flow[flow.awaits] = made
                        self._calls[id(made)] = flow.awaits
                value = yield step
                if isinstance(value, Request):
                    request = value  # a strand that has done one request takes the next
                elif made is not None:
                    made.ended, made.reply = world.kernel.now, "" if value is None else str(value)

        return ask


def _noted_back(hop: Hop, way_back: Delay) -> Delay:
    """The way back of a reply, with what it took noted."""

    def delay() -> float:
        hop.back = seconds = way_back()
        return seconds

    return delay


def _noted(part: Part, drawn: list[float]) -> Callable[..., Draw]:
    """`Part.work`, with what was drawn last noted: some work and the call that follows it are one event."""
    plain = part.work

    def work(replica: Replica, distribution: Distribution, *purpose: object) -> Draw:
        draw = plain(replica, distribution, *purpose)

        def noted() -> float:
            drawn[0] = value = draw()
            return value

        return noted

    return work


def _work(start: float, waited: float, end: float) -> list[Spell]:
    """Work on a core, perhaps after a wait for one."""
    waits = [Spell(start, start + waited, QUEUED, "cores")] if waited > 0 else []
    return [*waits, Spell(start + waited, end, SERVED)]


def _parked(awaits: object, bench: _Bench, start: float) -> Spell:
    """What begins when a call waits for something else than time."""
    if isinstance(awaits, Parking):
        return Spell(start, None, QUEUED, awaits.spell)
    if isinstance(awaits, Pool):
        return Spell(start, None, QUEUED, bench.pools.get(id(awaits), ""))
    if isinstance(awaits, Flow | Gather):
        return Spell(start, None, AWAY)
    if isinstance(awaits, Follower):
        return Spell(start, None, QUEUED, REPLICATION)
    if spell := getattr(awaits, "spell", ""):
        return Spell(start, None, QUEUED, spell)
    return Spell(start, None, AWAY, MESSAGE if isinstance(awaits, Message) else BATCH)


class Following:
    """The run of a seed once more, a slice at a time, with some of its requests followed.

    Attributes:
        tracer: What was noted so far.
        run: The run.
    """

    def __init__(
        self, scenario: Scenario, kinds: Kinds, seed: int, indices: Collection[int] | None = None
    ) -> None:
        """Prepares the run.

        Args:
            scenario: As it was run.
            kinds: The registry.
            seed: Of the run.
            indices: Which requests of the recording's `requests` to follow; None: all.
        """
        self.tracer = Tracer(indices)
        self.run = Run(scenario, self.tracer.kinds(kinds), seed)

    @property
    def progress(self) -> float:
        """Share of the work that is done, 0 to 1."""
        return self.run.progress

    def advance(self, seconds: float | None = None) -> bool:
        """Computes on for about so many seconds of wall time (None: to the end). True: finished."""
        return self.run.advance(seconds)

    def of(self, index: int) -> tuple[list[Try], list[Hop]]:
        """Attempts and hops of a request of the cohort, as far as the run has come."""
        row = bisect_left(self.run.world.ledger.born, self.run.scenario.window.start) + index
        self.tracer.judge(row)
        return self.tracer.tries.get(row, []), self.tracer.hops.get(row, [])


def telling(log: RequestLog) -> dict[int, str]:
    """Indices of the requests worth following, and why: median, p99 and slowest success, first failures."""
    good = log.ended(ANSWERS)
    order = np.flatnonzero(good)[np.argsort((log.resolved - log.born)[good], kind="stable")]
    found: dict[int, str] = {}
    if n := len(order):
        for why, share in (("median", 0.5), ("p99", 0.99), ("slowest", 1.0)):
            found.setdefault(int(order[max(0, ceil(share * n - 1e-9) - 1)]), why)
    for index in np.flatnonzero(~good)[:FAILED]:
        found.setdefault(int(index), "failed")
    return found


def near(log: RequestLog, time: float, most: int = 3) -> dict[int, str]:
    """Indices of requests under way at a moment, the oldest first; of the last one before, if none is."""
    waiting = np.flatnonzero((log.born <= time) & ~(log.resolved <= time))[:most]
    if not len(waiting):
        waiting = np.flatnonzero(log.born <= time)[-1:]
    return {int(index): "near" for index in waiting}


def traces(scenario: Scenario, kinds: Kinds, seed: int, log: RequestLog) -> Iterator[dict[str, object]]:
    """The telling requests of a run, as JSON objects.

    Args:
        scenario: As it was run.
        kinds: The registry.
        seed: Of the run.
        log: The requests that it recorded.

    Yields:
        {seed, why: "median", "p99", "slowest" or "failed", workload, operation, born, resolved, outcome,
        attempts, hops: [{component, replica, does, arrived, left, waited, reply}]}; times in simulated seconds,
        `resolved` and `left` null where it never happened, hops in order of arrival. Where machines have clocks
        of their own, a hop has `clock`: what its machine's showed when it arrived.
    """
    chosen = telling(log)
    following = Following(scenario, kinds, seed, chosen)
    following.advance()
    for index, why in chosen.items():
        resolved = float(log.resolved[index])
        yield {
            "seed": seed,
            "why": why,
            "workload": log.workloads[log.workload[index]],
            "operation": log.operations[log.operation[index]],
            "born": float(log.born[index]),
            "resolved": None if resolved != resolved else resolved,
            "outcome": log.outcomes[log.outcome[index]],
            "attempts": int(log.attempts[index]),
            "hops": [_json(hop) for hop in following.of(index)[1]],
        }


def _json(hop: Hop) -> dict[str, object]:
    return {
        "component": hop.component,
        "replica": hop.replica,
        "does": hop.does,
        "arrived": hop.arrived,
        **({} if hop.clock is None else {"clock": hop.clock}),
        "left": hop.left,
        "waited": hop.waited,
        "reply": hop.reply,
    }
