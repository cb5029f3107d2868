"""Steps that ask other programs: a call, or a message."""

from __future__ import annotations

from scalegame.design.world import CallProgram, SendTo
from scalegame.simulation.asking import ask
from scalegame.simulation.part import Part, Verb
from scalegame.simulation.program.here import Compiled, Here


def verb_of(part: Part, program: str, operation: str) -> Verb:
    """What is asked for: the reply is as long as the operation says."""
    return Verb(operation, back=part.world.scenario.programs[program].operations[operation].answer)


def _call(here: Here, step: CallProgram | SendTo) -> Compiled:
    later = isinstance(step, SendTo)
    target = here.part.world.provider(here.part.id, f"program:{step.program}", later)
    send, steps = ask(here.part, here.replica, target, verb_of(here.part, step.program, step.operation))
    return None, send, target.id, steps


COMPILERS = {CallProgram: _call, SendTo: _call}
