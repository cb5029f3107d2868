"""Traces: a few requests followed hop by hop, on a second run of the same seed.

The first run keeps no traces, since they would slow it down. The tracer stands between callers and the
behaviours they call; it draws nothing and schedules nothing, so the second run is the first one again.
Left out: the choice of a balancer is no hop of its own (its latency lies between two hops), and writes that
travel in a batch share its hop.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import numpy as np

from scalegame.design.kinds import Kind, Kinds
from scalegame.design.model import Component
from scalegame.simulation.kernel import ACCEPTED, DEGRADED, OK, Flow
from scalegame.simulation.part import Backend, Batch, Part, Verb
from scalegame.simulation.pool import Pool
from scalegame.simulation.recording import RequestLog
from scalegame.simulation.request import Request
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Scenario
from scalegame.simulation.world import World

#: What a crash leaves of a hop.
DIED = "died"
#: How many failed requests are followed.
FAILED = 5


@dataclass(slots=True)
class Hop:
    """One call at one replica.

    Attributes:
        component: Id of the card.
        replica: Its name: `web-2`.
        does: Operation, "read", "write", "get", "put" or "delete".
        arrived: Simulated seconds.
        left: When its reply left; None: it never did.
        waited: Seconds that it stood in queues for threads or connections there.
        reply: What it answered; "died" in a crash; "" while it has not.
    """

    component: str
    replica: str
    does: str
    arrived: float
    left: float | None = None
    waited: float = 0.0
    reply: str = ""


@dataclass(slots=True)
class Tracer:
    """Notes every hop of every request, by its row in the ledger."""

    hops: dict[int, list[Hop]] = field(default_factory=lambda: defaultdict(list))

    def kinds(self, kinds: Kinds) -> Mapping[str, Kind]:
        """The registry, with every part watched."""
        return {name: replace(kind, behaviour=self._watched(kind)) for name, kind in kinds.items()}

    def _watched(self, kind: Kind) -> Callable[[Component, World], Part]:
        def build(component: Component, world: World) -> Part:
            part: Part = kind.behaviour(component, world)
            plain = part.backends

            def backends(verb: Verb) -> list[Backend]:
                return [self._backend(backend, verb, world) for backend in plain(verb)]

            part.backends = backends  # type: ignore[method-assign]  # callers ask each part for its backends
            return part

        return build

    def _backend(self, backend: Backend, verb: Verb, world: World) -> Backend:
        watch = self._leaf if backend.leaf else self._generator
        return replace(backend, behaviour=watch(backend, verb, world))

    def _begin(self, backend: Backend, verb: Verb, world: World, call: object) -> Hop:
        hop = Hop(backend.part.id, backend.home.name, verb.name, world.kernel.now)
        requests = call.requests if isinstance(call, Batch) else [call] if isinstance(call, Request) else []
        for request in requests:
            self.hops[request.origin.row].append(hop)
        return hop

    def _leaf(self, backend: Backend, verb: Verb, world: World) -> Callable[[Any], tuple[float, Any]]:
        def answer(call: Any) -> tuple[float, Any]:
            hop = self._begin(backend, verb, world, call)
            delay, reply = backend.behaviour(call)
            hop.left, hop.reply = hop.arrived + delay, str(reply)
            return delay, reply

        return answer

    def _generator(self, backend: Backend, verb: Verb, world: World) -> Callable[..., Generator[Any, Any, Any]]:
        def follow(flow: Flow, call: Any) -> Generator[Any, Any, Any]:
            hop = self._begin(backend, verb, world, call)
            behaviour, value = backend.behaviour(flow, call), None
            try:
                while True:
                    step = behaviour.send(value)
                    since, queueing = world.kernel.now, step is None and isinstance(flow.awaits, Pool)
                    value = yield step
                    if queueing:
                        hop.waited += world.kernel.now - since
            except StopIteration as stop:
                hop.left, hop.reply = world.kernel.now, str(stop.value)
                return stop.value
            except GeneratorExit:
                behaviour.close()
                hop.left, hop.reply = world.kernel.now, DIED
                raise

        return follow


def trace(scenario: Scenario, kinds: Kinds, seed: int) -> tuple[Run, Tracer]:
    """The run of a seed once more, with every hop noted."""
    tracer = Tracer()
    run = Run(scenario, tracer.kinds(kinds), seed)
    run.advance()
    return run, tracer


def telling(log: RequestLog) -> dict[int, str]:
    """Indices of the requests worth following, and why: median, p99 and slowest success, first failures."""
    good = np.isin(log.outcome, [log.outcomes.index(reply) for reply in (OK, ACCEPTED, DEGRADED)])
    order = np.flatnonzero(good)[np.argsort((log.resolved - log.born)[good], kind="stable")]
    found: dict[int, str] = {}
    if n := len(order):
        for why, share in (("median", 0.5), ("p99", 0.99), ("slowest", 1.0)):
            found.setdefault(int(order[max(0, ceil(share * n - 1e-9) - 1)]), why)
    for index in np.flatnonzero(~good)[:FAILED]:
        found.setdefault(int(index), "failed")
    return found


def traces(scenario: Scenario, kinds: Kinds, seed: int) -> Iterator[dict[str, object]]:
    """The telling requests of a run, as JSON objects.

    Yields:
        {seed, why: "median", "p99", "slowest" or "failed", workload, operation, born, resolved, outcome,
        attempts, hops: [{component, replica, does, arrived, left, waited, reply}]}; times in simulated seconds,
        `resolved` and `left` null where it never happened, hops in order of arrival.
    """
    run, tracer = trace(scenario, kinds, seed)
    log = run.recording.requests
    before = bisect_left(run.world.ledger.born, scenario.window.start)  # the cohort's first row
    for index, why in telling(log).items():
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
            "hops": [_json(hop) for hop in tracer.hops.get(before + index, ())],
        }


def _json(hop: Hop) -> dict[str, object]:
    return {
        "component": hop.component,
        "replica": hop.replica,
        "does": hop.does,
        "arrived": hop.arrived,
        "left": hop.left,
        "waited": hop.waited,
        "reply": hop.reply,
    }
