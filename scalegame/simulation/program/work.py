"""Steps that a machine does by itself: work on a core or on all of them, and waiting for the world outside.

Source: for work that all cores can do together, Amdahl's law: the serial share is done first, on one core, and the
rest in equal pieces, one a core; it ends with the last of them. Left out: what dividing and joining cost.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from scalegame.design.world import Wait, Work
from scalegame.simulation import standing
from scalegame.simulation.connections import Doing
from scalegame.simulation.disciplines import Parking
from scalegame.simulation.kernel import OK, Flow
from scalegame.simulation.part import Steps
from scalegame.simulation.program.here import Compiled, Here
from scalegame.simulation.randomness import Draw
from scalegame.simulation.request import Request

#: What a trace says of such a wait.
OUTSIDE = Doing("somebody outside")


def _work(here: Here, step: Work) -> Compiled:
    draw, replica = here.draw(step.time, "work"), here.replica
    if step.parallel > 0:
        return None, None, "", _divided(here, draw, step.parallel)
    if isinstance(replica.cores, Parking):
        return None, None, "", replica.work_step(draw)
    return draw, None, "", None


def _divided(here: Here, draw: Draw, parallel: float) -> Steps:
    """Work of which all cores can do a share together."""
    replica = here.replica
    cores, rank = replica.cores, replica.rank

    if isinstance(cores, Parking):
        parking = cores

        def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            seconds = draw()
            parking.join(flow, seconds * (1 - parallel), rank(request))
            yield None
            parking.join(flow, seconds * parallel / parking.size, rank(request), parking.size)
            yield None
            return OK

        return steps
    plain, kernel = replica.plain, here.part.world.kernel

    def divided(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        seconds = draw()
        yield plain.occupy(seconds * (1 - parallel))
        share = seconds * parallel / plain.size
        kernel.steps += plain.size - 1  # no events, but as dear as if they were: the limit on a run counts them
        yield max([plain.occupy(share) for _ in range(plain.size)])
        return OK

    return divided


def _wait(here: Here, step: Wait) -> Compiled:
    """Somebody outside is waited for; the machine being slow does not make that longer."""
    draw = here.part.world.streams.draws(
        step.time, here.part.id, here.replica.number, here.operation, *here.path, "wait"
    )

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        flow.awaits = OUTSIDE
        yield draw()
        flow.awaits = None
        return OK

    return None, None, "", standing.layer(steps, here.replica) if standing.applies(here.part) else steps


COMPILERS = {Work: _work, Wait: _wait}
