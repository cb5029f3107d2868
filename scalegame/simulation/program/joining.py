"""Work and the call that it leads to as one step and one event, where nothing can come between them."""

from __future__ import annotations

from typing import Any

from scalegame.design.world import CallProgram, Read, Step
from scalegame.simulation.asking import layered
from scalegame.simulation.kernel import Flow
from scalegame.simulation.part import Part
from scalegame.simulation.pool import Cores
from scalegame.simulation.program import calls, data
from scalegame.simulation.program.here import Compiled, Here
from scalegame.simulation.randomness import Draw


def joined(here: Here, work: Draw, step: Step) -> Compiled | None:
    """Both as one; None if something may come between."""
    part, replica, cores = here.part, here.replica, here.replica.cores
    target: Part
    match step:
        case CallProgram(program=program, operation=name):
            target, verb = part.world.provider(part.id, f"program:{program}"), calls.verb_of(part, program, name)
        case Read(data=wanted, times=1):
            cache = part.world.copies(part.id, wanted)
            target = cache or part.world.provider(part.id, f"data:{wanted}")
            verb = data.verb_of(part, "get" if cache else "read", wanted)
        case _:
            return None
    if part.timeouts is not None or not isinstance(cores, Cores) or layered(part, verb):
        return None
    later = target.entry_later(part, verb, replica.number)
    if later is None:
        return None
    leave, occupy = later, cores.occupy

    def send(flow: Flow | None, request: Any) -> Flow:
        return leave(flow, request, occupy(work()))

    return data.read(here, step, send) if isinstance(step, Read) else (None, send, target.id, None)
