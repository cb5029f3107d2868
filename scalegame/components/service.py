"""Service: runs a program on machines. A call holds a thread from start to end, a core only while it works.

Source: the anatomy of an application server (accept backlog, thread pool, cores), for example Apache Tomcat's
`acceptCount` and `maxThreads`; cache-aside and group commit as textbooks describe them. Left out: the cost of
context switches, memory beyond the check that all threads fit, processor sharing (cores are FIFO).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from scalegame.design.kinds import PRICE, REPLICAS, SIZE, Kind, Role, named, number, whole
from scalegame.design.model import Component
from scalegame.design.world import CallProgram, Operation, Read, SendTo, Size, Step, Work, Write
from scalegame.simulation.kernel import ACCEPTED, MISS, OK, REFUSED, Behaviour, Flow
from scalegame.simulation.part import Backend, Batch, Copy, Part, Replica, Send, Verb
from scalegame.simulation.randomness import Draw
from scalegame.simulation.request import Request
from scalegame.simulation.timeouts import Timeouts
from scalegame.simulation.world import World
from scalegame.units import Dimension, show

#: Part of a behaviour: runs inside the service's own flow and returns a reply.
Steps = Callable[[Flow, Request], Generator[float | None, Any, Any]]
#: (work, call, id of who is called, steps): work; or a call, and if it does not end well the steps, if there are
#: any; or the steps alone.
Compiled = tuple[Draw | None, Send | None, str, Steps | None]


class Service(Part):
    """Runs a program; each replica has threads, an accept backlog and cores of its own."""

    telling = ("cores", "threads")

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        self.program = world.scenario.programs[self.word("runs")]
        seconds = self.optional("timeout")
        self.timeouts = None if seconds is None else Timeouts(world.kernel, seconds)
        self.threads = self.whole("threads")
        self.behaviours: dict[str, list[Behaviour]] = {}
        for _ in range(world.instances(component)):
            self.new_replica(self.size.cores, threads=(self.threads, self.whole("backlog")))

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

    def _compile(self, replica: Replica, operation: Operation) -> Behaviour:
        """The behaviour of one operation on one replica.

        Each step is one of three: work on a core, a plain call, or steps of their own. Work and the call that it
        leads to are one where nothing can come between them.
        """
        assert replica.cores is not None
        occupy, threads = replica.cores.occupy, replica.pools["threads"]
        compiled: list[Compiled] = []
        for i, step in enumerate(operation.steps):
            work = compiled[-1][0] if compiled else None
            joined = None if work is None else self._joined(replica, work, step)
            if joined is None:
                compiled.append(self._step(replica, operation, i, step))
            else:
                compiled[-1] = joined
        watch = self.timeouts.watch if self.timeouts is not None else None
        failed = self.failed

        def serve(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            taken = threads.take(flow)
            if not taken:
                if taken is None:
                    return REFUSED
                yield None
            try:
                for work, send, target, steps in compiled:
                    if work is not None:
                        yield occupy(work())
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
                        failed[target] += 1
                        return reply
                return OK
            finally:
                threads.release()

        return serve

    def _joined(self, replica: Replica, work: Draw, step: Step) -> Compiled | None:
        """Work and the call that it leads to as one step and one event; None if something may come between."""
        target: Part
        match step:
            case CallProgram(program=program, operation=name):
                target, verb = self.world.provider(self.id, f"program:{program}"), Verb(name)
            case Read(data=data, times=1):
                cache = self.world.copies(self.id, data)
                target = cache or self.world.provider(self.id, f"data:{data}")
                verb = self._verb("get" if cache else "read", data)
            case _:
                return None
        later = target.entry_later(self, verb, replica.number)
        if later is None or self.timeouts is not None or replica.cores is None:
            return None
        leave, occupy = later, replica.cores.occupy

        def send(flow: Flow | None, request: Any) -> Flow:
            return leave(flow, request, occupy(work()))

        return self._read(replica, step.data, 1, send) if isinstance(step, Read) else (None, send, target.id, None)

    def _step(self, replica: Replica, operation: Operation, index: int, step: Step) -> Compiled:
        match step:
            case Work(time=time):
                return self.work(replica, time, operation.name, index, "work"), None, "", None
            case CallProgram(program=program, operation=name) | SendTo(program=program, operation=name):
                later = isinstance(step, SendTo)
                target = self.world.provider(self.id, f"program:{program}", later)
                return None, target.entry(self, Verb(name), replica.number), target.id, None
            case Read(data=data, times=times):
                return self._read(replica, data, times)
            case Write(data=data, batch=batch, within=within):
                return self._write(replica, data, batch, within)

    def _verb(self, name: str, data: str) -> Verb:
        """Something about one key of a data set; a value travels with its write, and back with its read."""
        value = self.world.scenario.data[data].value
        there, back = (100.0 + value, 100.0) if name in ("write", "put") else (100.0, 100.0 + value)
        return Verb(name, data, there, back)

    def _ask(self, replica: Replica, target: Part, name: str, data: str) -> Send:
        return target.entry(self, self._verb(name, data), replica.number)

    def _read(self, replica: Replica, data: str, times: int, first: Send | None = None) -> Compiled:
        """Reads one key or several; `first` is how it makes its first call, if not as usual."""
        database = self.world.provider(self.id, f"data:{data}")
        cache = self.world.copies(self.id, data)
        if cache is None:
            fetch = first or self._ask(replica, database, "read", data)
            if times == 1:
                return None, fetch, database.id, None
            one = self._plain(fetch)
        else:
            get = first or self._ask(replica, cache, "get", data)
            miss = self._miss(replica, database, cache, data)
            if times == 1:
                return None, get, database.id, miss
            one = self._aside(get, miss)
        return None, None, database.id, _repeated(one, times)

    def _plain(self, send: Send) -> Steps:
        timeouts = self.timeouts

        def ask(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            call = send(flow, request)
            if timeouts is not None:
                timeouts.watch(call)
            return (yield None)

        return ask

    def _aside(self, get: Send, miss: Steps) -> Steps:
        """Cache-aside: read the cache, and go on from a miss."""
        ask = self._plain(get)

        def read(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            reply = yield from ask(flow, request)
            return reply if reply is OK else (yield from miss(flow, request))

        return read

    def _miss(self, replica: Replica, database: Part, cache: Part, data: str) -> Steps:
        """After a miss, or if the cache is away (slow, not down): read the database, then fill the cache.

        Nobody waits for the filling.
        """
        fetch = self._ask(replica, database, "read", data)
        put = self._ask(replica, cache, "put", data)
        timeouts = self.timeouts

        def read(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            call = fetch(flow, request)
            if timeouts is not None:
                timeouts.watch(call)
            reply = yield None
            if reply is OK:
                notes = request.notes
                put(None, Copy(request.key, notes[-1][1] if notes else 0))
            return reply

        return read

    def _write(self, replica: Replica, data: str, batch: int, within: float) -> Compiled:
        database = self.world.provider(self.id, f"data:{data}")
        send = self._ask(replica, database, "write", data)
        cache = self.world.copies(self.id, data)
        one: Steps
        if batch > 1:
            one = Gather(self, replica, send, batch, within).write
        elif cache is None:
            return None, send, database.id, None
        else:
            one = self._plain(send)
        if cache is not None:
            one = self._invalidating(one, self._ask(replica, cache, "delete", data))
        return None, None, database.id, one

    def _invalidating(self, write: Steps, delete: Send) -> Steps:
        """After a write the cached copy is deleted; one that cannot be reached keeps its copy."""
        plain = self._plain(delete)

        def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            reply = yield from write(flow, request)
            if reply is OK:
                yield from plain(flow, request)
            return reply

        return steps


def _repeated(one: Steps, times: int) -> Steps:
    """The same for several keys, one after the other, as a page that asks for each row by itself."""

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        reply = yield from one(flow, request)
        for i in range(1, times):
            if reply is not OK:
                break
            reply = yield from one(flow, request.beside(i))
        return reply

    return steps


class Gather:
    """Group commit: gathers the writes of one replica, and sends them as one call.

    A batch goes when it is full, or `within` seconds after its first write joined.
    """

    def __init__(self, part: Part, replica: Replica, send: Send, most: int, within: float) -> None:
        self.kernel, self.home, self.send = part.kernel, replica.home, send
        self.most, self.within = most, within
        self.members: list[tuple[Flow, Request]] = []
        replica.home.on_crash.append(self.members.clear)

    def write(self, flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        """Joins the batch and waits for its reply."""
        self.members.append((flow, request))
        flow.awaits = self
        if len(self.members) >= self.most:
            self._go()
        elif len(self.members) == 1:
            self.kernel.at(self.kernel.now + self.within, lambda: self._go_if(flow))
        return (yield None)

    def _go_if(self, first: Flow) -> None:
        if self.members and self.members[0][0] is first:
            self._go()

    def _go(self) -> None:
        members = self.members[:]
        self.members.clear()
        self.kernel.start(self._lead, members, home=self.home)

    def _lead(self, flow: Flow, members: list[tuple[Flow, Request]]) -> Generator[float | None, Any, None]:
        self.send(flow, Batch([request for _, request in members]))
        reply = yield None
        for member, _ in members:
            self.kernel.wake(member, self, reply)


def _check(component: Component, sizes: Mapping[str, Size]) -> tuple[str, ...]:
    """All threads must fit into the machine's memory."""
    size, settings = sizes[str(component.settings["size"])], component.settings
    threads, each = settings["threads"], settings["memory_per_thread"]
    assert isinstance(threads, int)
    assert isinstance(each, int | float)
    needed = threads * each
    if needed <= size.memory:
        return ()
    return (
        f"{threads} threads of {show(each, Dimension.SIZE)} need {show(needed, Dimension.SIZE)}, and a"
        f" {size.name} machine has {show(size.memory, Dimension.SIZE)}: fewer threads, or a bigger machine",
    )


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
        PRICE,
    ),
    shows=("threads",),
    behaviour=Service,
    roles=frozenset((Role.OPERATIONS,)),
    sends=frozenset((Role.OPERATIONS, Role.DATA, Role.COPIES)),
    offers=lambda component: frozenset((f"program:{component.settings['runs']}",)),
    check=_check,
)
