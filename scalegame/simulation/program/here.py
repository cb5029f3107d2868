"""Where a step of a program is compiled, and how a list of steps becomes something that runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scalegame.design.distributions import Distribution
from scalegame.design.world import Step
from scalegame.simulation.kernel import ACCEPTED, DEGRADED, MISS, OK, Flow
from scalegame.simulation.part import Part, Replica, Send, Steps
from scalegame.simulation.randomness import Draw
from scalegame.simulation.request import Request

#: (work, call, id of who is called, steps): work; or a call, and if it does not end well the steps, if there are
#: any; or the steps alone, which return a reply.
Compiled = tuple[Draw | None, Send | None, str, Steps | None]


@dataclass(frozen=True, slots=True)
class Here:
    """A step of an operation on one replica.

    Attributes:
        part: The card.
        replica: Of it.
        operation: Name of the operation.
        compilers: What compiles each type of step.
        joiner: What makes work and the step after it one, where it can; see `joining`.
        path: Which step: its number within the operation, then within each lock around it.
    """

    part: Part
    replica: Replica
    operation: str
    compilers: Mapping[type, Callable[[Here, Any], Compiled]]
    joiner: Callable[[Here, Draw, Step], Compiled | None]
    path: tuple[int, ...] = ()

    def draw(self, time: Distribution, *what: object) -> Draw:
        """Draws the duration of something that this step does, in a stream of its own."""
        return self.part.work(self.replica, time, self.operation, *self.path, *what)

    def compiled(self, steps: Iterable[Step]) -> list[Compiled]:
        """Steps that follow each other here. Work and the call that it leads to are one where they can be."""
        found: list[Compiled] = []
        for i, step in enumerate(steps):
            here = replace(self, path=(*self.path, i))
            work = found[-1][0] if found else None
            joined = None if work is None else self.joiner(here, work, step)
            if joined is None:
                found.append(self.compilers[type(step)](here, step))
            else:
                found[-1] = joined
        return found

    def running(self, steps: Iterable[Step]) -> Steps:
        """Steps inside another one, such as a lock, as one: it replies as the first that does not go well."""
        compiled, failed = self.compiled(steps), self.part.failed
        timeouts = self.part.timeouts
        cores: Any = self.replica.cores

        def run(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            ending = OK
            for work, send, target, more in compiled:
                if work is not None:
                    yield cores.occupy(work())
                    continue
                reply = MISS
                if send is not None:
                    call = send(flow, request)
                    if timeouts is not None:
                        timeouts.watch(call)
                    reply = yield None
                if more is not None and reply is not OK:
                    reply = yield from more(flow, request)
                if reply is DEGRADED:
                    ending = DEGRADED
                elif reply is not OK and reply is not ACCEPTED:
                    if target:
                        failed[target] += 1
                    return reply
            return ending

        return run
