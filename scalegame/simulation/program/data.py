"""Steps that read and write: with a cache beside the database, one key or several, alone or in batches."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import Any, cast

from scalegame.design.world import Read, Write
from scalegame.simulation.asking import ask, asking
from scalegame.simulation.kernel import OK, Flow, Home, Kernel
from scalegame.simulation.part import Batch, Copy, Part, Replica, Send, Steps, Verb
from scalegame.simulation.program.here import Compiled, Here
from scalegame.simulation.request import Request


def verb_of(part: Part, name: str, data: str) -> Verb:
    """Something about one key of a data set; a value travels with its write, and back with its read."""
    value = part.world.scenario.data[data].value
    there, back = (100.0 + value, 100.0) if name in ("write", "put") else (100.0, 100.0 + value)
    return Verb(name, data, there, back)


def read(here: Here, step: Read, first: Send | None = None) -> Compiled:
    """Reads one key or several; `first` is how it makes its first call, if not as usual."""
    part, replica, data = here.part, here.replica, step.data
    database = part.world.provider(part.id, f"data:{data}")
    cache = part.world.copies(part.id, data)
    target, verb = (database, "read") if cache is None else (cache, "get")
    rest = None if cache is None else _miss(part, replica, database, cache, data)
    if step.times == 1:
        send, steps = (first, None) if first is not None else ask(part, replica, target, verb_of(part, verb, data))
        if steps is None:
            return None, send, database.id, rest
        return None, None, database.id, steps if rest is None else _aside(steps, rest)
    one = asking(part, replica, target, verb_of(part, verb, data))
    return None, None, database.id, _repeated(one if rest is None else _aside(one, rest), step.times)


def _aside(get: Steps, miss: Steps) -> Steps:
    """Cache-aside: read the cache, and go on from a miss."""

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        reply = yield from get(flow, request)
        return reply if reply is OK else (yield from miss(flow, request))

    return steps


def _miss(part: Part, replica: Replica, database: Part, cache: Part, data: str) -> Steps:
    """After a miss, or if the cache is away (slow, not down): read the database, then fill the cache.

    Nobody waits for the filling.
    """
    fetch, layers = ask(part, replica, database, verb_of(part, "read", data))
    put = cache.entry(part, verb_of(part, "put", data), replica.number)
    timeouts, env = part.timeouts, part.kernel.env

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        since = env._now
        if fetch is None:
            reply = yield from layers(flow, request)  # type: ignore[misc]  # one of the two is there
        else:
            call = fetch(flow, request)
            if timeouts is not None:
                timeouts.watch(call)
            reply = yield None
        if reply is OK:
            notes = request.notes
            put(None, Copy(request.key, notes[-1][1] if notes else 0, env._now - since))
        return reply

    return steps


def writing(here: Here, step: Write) -> Verb:
    """A write; where it adds something, it says which effect of the request it is, and if a key goes along."""
    verb = verb_of(here.part, "write", step.data)
    if not step.adds:
        return verb
    settings = here.part.component.settings
    expiry = settings.get("key.expiry") if settings.get("key.kept") == "with state" else 0.0
    which = ".".join(map(str, here.path))
    return replace(verb, effect=f"{settings['runs']} {here.operation} {which}", key=cast(float, expiry))


def _write(here: Here, step: Write) -> Compiled:
    part, replica, data = here.part, here.replica, step.data
    database = part.world.provider(part.id, f"data:{data}")
    verb = writing(here, step)
    send, steps = ask(part, replica, database, verb)
    cache = part.world.copies(part.id, data)
    if step.batch > 1:
        batch = partial(Gather, part.kernel, replica.home, asking(part, replica, database, verb), step)
        steps = _gathering(database, batch)
    elif cache is None:
        return None, send, database.id, steps
    elif steps is None:
        steps = asking(part, replica, database, verb)
    if cache is not None:
        steps = _invalidating(steps, asking(part, replica, cache, verb_of(part, "delete", data)))
    return None, None, database.id, steps


def _gathering(database: Part, gather: Callable[[], Gather]) -> Steps:
    """A batch goes to one machine: where several divide the keys, the writes for each gather by themselves."""
    shard: Callable[[int], int] | None = getattr(database, "shard", None)
    if shard is None:
        return gather().write
    gathered: dict[int, Gather] = {}

    def write(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        place = shard(request.key)
        if place not in gathered:
            gathered[place] = gather()
        return gathered[place].write(flow, request)

    return write


def _invalidating(write: Steps, delete: Steps) -> Steps:
    """After a write the cached copy is deleted; one that cannot be reached keeps its copy."""

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        reply = yield from write(flow, request)
        if reply is OK:
            yield from delete(flow, request)
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

    def __init__(self, kernel: Kernel, home: Home, steps: Steps, step: Write) -> None:
        self.kernel, self.home, self.steps = kernel, home, steps
        self.most, self.within = step.batch, step.within
        self.members: list[tuple[Flow, Request]] = []
        home.on_crash.append(self.members.clear)

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
        batch: Any = Batch([request for _, request in members])
        reply = yield from self.steps(flow, batch)
        for member, _ in members:
            self.kernel.wake(member, self, reply)


COMPILERS = {Read: read, Write: _write}
