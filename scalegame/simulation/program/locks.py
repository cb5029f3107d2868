"""Steps that must not happen at the same time, or should not: locks, and counters read and written back."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from scalegame.design.distributions import constant
from scalegame.design.world import Lock, Update
from scalegame.simulation.kernel import OK, REFUSED, Flow
from scalegame.simulation.locks import HOLDS, Counter, Locks, Value
from scalegame.simulation.part import Part, Replica
from scalegame.simulation.program.here import Compiled, Here
from scalegame.simulation.request import Request

#: What a card counts of its locks and counters.
DEADLOCKS, UPDATES, LOST_UPDATES = "deadlocks", "updates", "lost_updates"
#: Why a call is turned away that has waited too long for a lock.
TIMED_OUT = "lock time-out"


def pool_name(step: Lock) -> str:
    """What the locks are called among the pools of a card.

    With another number of stripes they are other locks: who takes one of 16 does not keep out who takes the one.
    """
    return f"lock {step.name}" if step.stripes == 1 else f"lock {step.name}/{step.stripes}"


def _locks(part: Part, replica: Replica, step: Lock) -> Locks:
    """The locks that a step speaks of, on one machine; made when the first operation needs them."""
    name = pool_name(step)
    found = replica.pools.get(name)
    if isinstance(found, Locks):
        return found

    def circle(what: str) -> None:
        part.tallies[DEADLOCKS] += 1
        text = f"deadlock: {what}"
        if not any(event.text == text and event.component == part.id for event in part.world.events):
            part.world.tell(part.id, text, "alert")

    made = replica.pools[name] = Locks(part.kernel, step.name, step.stripes, circle)
    replica.home.on_crash.append(made.die)
    replica.home.on_up.append(made.rise)
    if name not in part.telling:
        part.telling = (*part.telling, name)
    part.tallies.setdefault(DEADLOCKS, 0)
    return made


def _lock(here: Here, step: Lock) -> Compiled:
    part, operation = here.part, here.operation
    locks, inside = _locks(part, here.replica, step), here.running(step.steps)
    handoff = here.replica.work_step(here.draw(constant(step.handoff), "handoff")) if step.handoff else None
    patience, wakes = step.patience, step.wakes
    if patience is not None:
        part.turned_away.setdefault(TIMED_OUT, 0)

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        place = locks.enter(flow, request.key, operation, patience)
        try:
            if place.state != HOLDS:
                granted = yield None
                while granted is None:  # woken with all the others
                    if handoff is not None:
                        yield from handoff(flow, request)
                    granted = locks.again(place)
                    if granted is None:
                        granted = yield None
                    elif granted:
                        return (yield from inside(flow, request))
                if not granted:
                    part.turned_away[TIMED_OUT] += 1
                    return REFUSED
                if handoff is not None:
                    yield from handoff(flow, request)
            return (yield from inside(flow, request))
        finally:
            locks.exit(place, wakes)

    return None, None, "", steps


def _update(here: Here, step: Update) -> Compiled:
    part, replica, world = here.part, here.replica, here.part.world
    work = replica.work_step(here.draw(step.time, "update"))
    counters = replica.counters.setdefault(step.counter, {})
    for name in (UPDATES, LOST_UPDATES):
        part.tallies.setdefault(name, 0)

    def lost(request: Request) -> None:
        part.tallies[LOST_UPDATES] += 1
        world.forget(request)

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        counter = counters.get(request.key)
        if counter is None:
            counter = counters[request.key] = Counter(lost)
        seen: Value | None = counter.read()
        try:
            yield from work(flow, request)
            assert seen is not None
            counter.write(seen, request)
            seen = None
            part.tallies[UPDATES] += 1
            return OK
        finally:
            if seen is not None:
                counter.forget(seen)

    return None, None, "", steps


COMPILERS = {Lock: _lock, Update: _update}
