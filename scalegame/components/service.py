"""Service: runs a program on machines. A call holds a thread from start to end, a core only while it works.

Source: the anatomy of an application server (accept backlog, thread pool, cores), for example Apache Tomcat's
`acceptCount` and `maxThreads`; cache-aside and group commit as textbooks describe them. Left out:
what a program allocates and never gives back.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from scalegame.design.kinds import PRICE, REPLICAS, SIZE, Kind, Role, named, number, whole
from scalegame.design.model import Component
from scalegame.design.parameters import connect, memory, node, scaling
from scalegame.design.parameters.calls import CALLS, SHEDDING, THROTTLE, check_calls
from scalegame.design.parameters.connect import CONNECT
from scalegame.design.parameters.memory import MEMORY
from scalegame.design.parameters.node import NODE
from scalegame.design.parameters.scaling import SCALING, scales
from scalegame.design.parameters.sessions import SESSIONS
from scalegame.design.world import Operation, Size
from scalegame.simulation.calling import Calling
from scalegame.simulation.kernel import ACCEPTED, DEGRADED, MISS, OK, REFUSED, Behaviour, Flow
from scalegame.simulation.memory import Memory
from scalegame.simulation.part import Backend, Part, Replica, Verb
from scalegame.simulation.program import here
from scalegame.simulation.request import Request
from scalegame.simulation.scaling import Scaling
from scalegame.simulation.timeouts import Timeouts
from scalegame.simulation.world import World
from scalegame.units import Dimension


class Service(Part):
    """Runs a program; each replica has threads, an accept backlog and cores of its own."""

    telling = ("cores", "threads")
    outer = "threads"

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        self.program = world.scenario.programs[self.word("runs")]
        seconds = self.optional("timeout")
        self.timeouts = None if seconds is None else Timeouts(world.kernel, seconds)
        self.calling = Calling(self)
        self.threads = self.whole("threads")
        self.behaviours: dict[str, list[Behaviour]] = {}
        order, switch, collects = self.discipline, self.number("switch.cost"), self.optional("collect.every")
        for _ in range(world.instances(component)):
            threads = (self.threads, self.whole("backlog"))
            self.new_replica(self.size.cores, order, switch, collects is not None, threads=threads)
        self.memories = [Memory(self, r) for r in self.replicas] if self.number("memory.per_call") else []
        if self.memories:
            world.stricken.add(self.id)  # it may fall by itself
        self.scaling = Scaling(self, world.fleets[self.id]) if scales(component) else None

    def begin(self) -> None:
        """Starts what decides how many machines there are."""
        if self.scaling is not None:
            self.scaling.begin()

    def backends(self, verb: Verb) -> list[Backend]:
        """One a replica; a queue hands each no more calls than it has threads.

        An operation is compiled when the first caller asks for it: what nobody asks for needs no wires.
        """
        if verb.name not in self.behaviours:
            operation = self.program.operations[verb.name]
            self.behaviours[verb.name] = [self._compile(replica, operation) for replica in self.replicas]
        return [
            Backend(self, replica.home, behaviour, self.threads)
            for replica, behaviour in zip(self.replicas, self.behaviours[verb.name], strict=True)
        ]

    def counts(self) -> Mapping[str, float]:
        """How often it tried again, scaled, ran out of memory or stood still, if anybody counts that."""
        calling = {**self.calling.counts(), **self.tallies}
        if self.scaling is not None:
            calling |= self.scaling.counts()
        if not self.memories:
            return calling
        deaths, collections = (sum(getattr(m, what) for m in self.memories) for what in ("deaths", "collections"))
        return {**calling, "out_of_memory": deaths, "collections": collections}

    def refusals(self) -> Mapping[str, int]:
        """Calls that found no room, and those that had waited too long."""
        return {**super().refusals(), **self.calling.refused(), **self.turned_away}

    def _compile(self, replica: Replica, operation: Operation) -> Behaviour:
        """The behaviour of one operation on one replica: a thread from start to end, and its steps."""
        cores: Any = replica.cores
        occupy, threads = getattr(cores, "occupy", None), replica.pools["threads"]
        compiled = [*self.calling.first(), *here(self, replica, operation.name).compiled(operation.steps)]
        watch = self.timeouts.watch if self.timeouts is not None else None
        failed = self.failed

        def serve(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            taken = threads.take(flow)
            if not taken:
                if taken is None:
                    return REFUSED
                yield None
            try:
                ending = OK
                for work, send, target, steps in compiled:
                    if work is not None:
                        yield occupy(work())  # type: ignore[misc]  # where work is by itself, cores are plain
                        continue
                    if send is not None:
                        call = send(flow, request)
                        if watch is not None:
                            watch(call)
                        reply = yield None
                    else:
                        reply = MISS
                    if steps is not None and reply is not OK:
                        reply = yield from steps(flow, request)
                    if reply is not OK and reply is not ACCEPTED:
                        if reply is DEGRADED:
                            ending = DEGRADED
                            continue
                        if target:
                            failed[target] += 1
                        return reply
                return ending
            finally:
                threads.release()

        counted = self.memories[replica.number - 1].watched(serve) if self.memories else serve
        return self.calling.around(counted, replica, operation.name)


def _check(component: Component, sizes: Mapping[str, Size]) -> tuple[str, ...]:
    found = memory.check(component, sizes) + node.check(component) + scaling.check(component)
    return found + connect.check(component) + check_calls(component)


KIND = Kind(
    name="service",
    title="service",
    glyph="▣",
    ascii="#",
    summary="Runs a program: holds a thread for every call, and a core while it works on one.",
    parameters=(
        named("runs", "The program that it runs.", "programs"),
        SIZE,
        REPLICAS,
        whole("threads", "Calls that each machine has in hand at once.", 50, 1, 10_000),
        whole("backlog", "Calls that may wait for a thread before callers are refused.", 100, 0, 1_000_000),
        number("memory_per_thread", "Memory that each thread takes.", 1e6, Dimension.SIZE, 0.0, 1e12),
        number(
            "timeout",
            "How long it waits for those whom it calls; none: for ever.",
            None,
            Dimension.TIME,
            1e-6,
            86_400.0,
            optional=True,
        ),
        *CALLS,
        *SHEDDING,
        *THROTTLE,
        *NODE,
        *MEMORY,
        *SCALING,
        *CONNECT,
        *SESSIONS,
        PRICE,
    ),
    shows=("threads",),
    behaviour=Service,
    roles=frozenset((Role.OPERATIONS,)),
    pausable=True,
    sends=frozenset((Role.OPERATIONS, Role.DATA, Role.COPIES)),
    offers=lambda component: frozenset((f"program:{component.settings['runs']}",)),
    check=_check,
)
