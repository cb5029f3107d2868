"""Calls of a card that may stand still: while it does, it sends nothing, and takes note of no reply.

Source: a stop-the-world pause of a garbage collector, or a virtual machine that is moved: nothing of the process
runs, while the kernel's queues and everybody else's clocks go on. Its own time-outs run out meanwhile; it finds
that out when it wakes.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from scalegame.simulation.disciplines import Parking
from scalegame.simulation.kernel import Flow
from scalegame.simulation.part import Part, Replica, Steps
from scalegame.simulation.request import Request


def applies(part: Part) -> bool:
    """Whether calls of a card go through here: a fault, or itself, may make it stand still."""
    return part.stands


def layer(inner: Steps, replica: Replica) -> Steps:
    """A call that leaves, and whose reply is looked at, only while its machine runs."""
    cores = replica.cores
    assert isinstance(cores, Parking)

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        if cores.pauses:
            cores.join(flow, 0.0)
            yield None
        reply = yield from inner(flow, request)
        if cores.pauses:
            cores.join(flow, 0.0)
            yield None
        return reply

    return steps
