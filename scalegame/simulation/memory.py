"""The memory of a machine: what its calls take, the crash when there is none left, and the collections.

Source: a process that asks for more than the machine has is killed and started again (Linux's out-of-memory
killer, a container's limit); a stop-the-world collector runs whenever so much has been allocated. Left out: memory
that a program never gives back, swapping, and collections that take longer the more is alive.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from scalegame.design.parameters.memory import room
from scalegame.simulation.disciplines import Parking
from scalegame.simulation.health import called, fall, rise, up
from scalegame.simulation.kernel import PROCESS_DOWN, UP, Behaviour, Flow

if TYPE_CHECKING:
    from scalegame.simulation.part import Part, Replica


class Memory:
    """What the calls of one replica take.

    Attributes:
        most: Calls that fit.
        deaths: How often it has run out.
        collections: How often everything has stood still.
    """

    def __init__(self, part: Part, replica: Replica) -> None:
        self.part, self.replica, self.home = part, replica, replica.home
        self.world, self.kernel = part.world, part.kernel
        self.call = part.number("memory.per_call")
        self.most = int(room(part.component, part.size) // self.call)
        self.restart, self.every = part.number("memory.restart"), part.optional("collect.every")
        self.deaths = self.collections = 0
        self._garbage = 0.0
        self._dying = False
        self._collecting: object = None
        if self.every is not None:
            self._pause = self.world.streams.draws(
                part.distribution("collect.pause"), part.id, replica.number, "collection"
            )
            self.home.on_crash.append(self._forget)

    def watched(self, behaviour: Behaviour) -> Behaviour:
        """The same behaviour, with what each call takes counted as it comes."""
        home, most = self.home, self.most

        def watch(flow: Flow, request: Any) -> Generator[float | None, Any, Any]:
            if len(home.flows) > most:
                self._run_out()
            elif self.every is not None:
                self._allocate()
            return (yield from behaviour(flow, request))

        return watch

    # -- running out

    def _run_out(self) -> None:
        """The process dies at this instant, as soon as the call that was too much has parked."""
        if not self._dying:
            self._dying = True
            self.kernel.at(self.kernel.now, self._die)

    def _die(self) -> None:
        self._dying = False
        if self.home.state != UP:
            return
        self.deaths += 1
        cause = object()
        lost = fall(self.world, self.home, cause, PROCESS_DOWN)
        name = called(self.part, self.replica.number)
        text = f"{name} is out of memory with {self.most:,} calls inside, {lost} calls lost"
        self.world.tell(self.part.id, text, "fault", up(self.part))
        self.kernel.at(self.kernel.now + self.restart, lambda: self._rise(cause))

    def _rise(self, cause: object) -> None:
        if rise(self.world, self.home, cause) and self.home.state == UP:
            self.world.tell(self.part.id, f"{called(self.part, self.replica.number)} is back", "recovery")

    # -- collecting

    def _allocate(self) -> None:
        self._garbage += self.call
        if self.every is None or self._garbage < self.every or self._collecting is not None:
            return
        self._garbage = 0.0
        self.collections += 1
        self._collecting = this = object()
        self._cores.pause()
        self.kernel.at(self.kernel.now + self._pause(), lambda: self._go_on(this))

    def _go_on(self, collection: object) -> None:
        if self._collecting is collection:
            self._collecting = None
            self._cores.resume()

    def _forget(self) -> None:
        """A crash: the next process starts with its memory empty."""
        self._garbage = 0.0
        self._go_on(self._collecting or object())

    @property
    def _cores(self) -> Parking:
        cores = self.replica.cores
        assert isinstance(cores, Parking)
        return cores
