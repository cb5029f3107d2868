"""Steps that look at what is kept of a user between requests: in this machine, in a store, or at the client.

Source: HTTP sessions of application servers, session stores beside them, and signed cookies (RFC 7515 for one
form). A session is a basket: who changes it first looks at it, and then puts something in. Left out: sessions that
expire, two changes of one basket at once, and a limit to the memory that they take.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from scalegame.design.world import Session
from scalegame.simulation.asking import asking
from scalegame.simulation.kernel import ANSWERS, OK, Flow
from scalegame.simulation.part import Part, Replica, Steps, Verb
from scalegame.simulation.program.here import Compiled, Here
from scalegame.simulation.request import Request

#: Bytes around what travels.
_ENVELOPE = 100.0


def _session(here: Here, step: Session) -> Compiled:
    kept = here.part.component.settings["sessions.kept"]
    if kept == "store":
        return _in_store(here, step)
    return None, None, "", _in_memory(here, step) if kept == "memory" else _at_client(here, step)


def _in_memory(here: Here, step: Session) -> Steps:
    """In this machine: nobody else sees it, and it dies with it."""
    part, book, data, writes = here.part, here.part.world.book, step.data, step.writes
    baskets = _baskets(part, here.replica)

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        person = (data, request.workload, request.user)
        found = baskets.get(person, 0)
        if writes:
            baskets[person] = found + 1
        book.look(request, data, found, found + writes)
        return OK
        yield  # a generator that never waits

    return steps


def _baskets(part: Part, replica: Replica) -> dict[tuple[str, int, int], int]:
    """Those of one machine: how much is in each, by data set and person. Every step of it shares them."""
    if replica.baskets is None:
        baskets: dict[tuple[str, int, int], int] = {}
        replica.baskets = baskets
        part.tallies.setdefault("sessions_gone", 0)

        def die() -> None:
            part.tallies["sessions_gone"] += len(baskets)
            baskets.clear()

        replica.home.on_crash.append(die)
    return replica.baskets


def _in_store(here: Here, step: Session) -> Compiled:
    """At whoever holds the data set, under the number of the user: any machine finds it there."""
    part, replica, data, writes = here.part, here.replica, step.data, step.writes
    store, size = part.world.provider(part.id, f"data:{data}"), part.number("sessions.bytes")
    read = asking(part, replica, store, Verb("read", data, _ENVELOPE, _ENVELOPE + size))
    write = asking(part, replica, store, Verb("write", data, _ENVELOPE + size, _ENVELOPE)) if writes else None
    book = part.world.book

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        mine = Request(
            request.number, request.workload, request.operation, request.user, request.user, request.born
        )
        mine.first, mine.notes = request.origin, []
        reply = yield from read(flow, mine)
        if reply is not OK:
            return reply
        found = shown = mine.notes[-1][1] if mine.notes else 0
        if write is not None:
            reply = yield from write(flow, mine)
            if reply not in ANSWERS:
                return reply
            shown = mine.notes[-1][1] if mine.notes else 0
        book.look(request, data, found, shown)
        return reply

    return None, None, store.id, steps


def _at_client(here: Here, step: Session) -> Steps:
    """At the client: it travels with the request, and back with the answer; nobody else need keep it.

    A machine checks its signature, and whoever changes it signs it anew.
    """
    part, world, size = here.part, here.part.world, here.part.number("sessions.bytes")
    distribution = part.distribution("sessions.work")
    work = here.replica.work_step(here.draw(distribution, "signature")) if distribution.mean > 0 else None
    pieces = 2 if step.writes else 1
    travels, links = [], world.scenario.network.links
    for name in world.scenario.workloads:
        places = [card.at for card in world.scenario.board if card.settings.get("sends") == name]
        ways = [way for place in places for way in ((place, part.at), (part.at, place))]
        travels.append(sum(world.network.transfer(a, b, size) for a, b in ways if a == b or (a, b) in links))

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        if travels[request.workload]:
            yield travels[request.workload]
        if work is not None:
            for _ in range(pieces):
                yield from work(flow, request)
        return OK

    return steps


COMPILERS = {Session: _session}
