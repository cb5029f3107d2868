"""Faults at run time: what is struck, and when it heals."""

from __future__ import annotations

from collections.abc import Callable

from scalegame.simulation.kernel import MACHINE_DOWN, PROCESS_DOWN, Home
from scalegame.simulation.part import Part
from scalegame.simulation.scenario import Fault
from scalegame.simulation.world import World


def schedule(world: World) -> None:
    """Puts every fault of the scenario on the calendar; one whose target is not there does nothing."""
    for fault in world.scenario.faults:
        if fault.target[0] == "link":
            _schedule_link(world, fault)
        elif fault.target[1] in world.parts:
            _schedule_part(world, fault, world.parts[fault.target[1]])


def _schedule_link(world: World, fault: Fault) -> None:
    a, b = fault.target[1:]
    links = [world.network.link(a, b), world.network.link(b, a)]
    name = f"{a} <-> {b}"

    def strike() -> None:
        for link in links:
            if fault.effect == "slow":
                link.factor = fault.factor
            else:
                link.cut = True
        text = f"{fault.factor:g} times slower" if fault.effect == "slow" else "is cut"
        world.tell("", f"{name} {text}", "fault")

    def heal() -> None:
        for link in links:
            link.factor, link.cut = 1.0, False
        world.tell("", f"{name} is well again", "recovery")

    _at(world, fault, strike, heal)


def _schedule_part(world: World, fault: Fault, part: Part) -> None:
    homes = list(part.homes())
    if fault.target[0] == "replica":
        number = int(fault.target[2])
        if number > len(homes):
            return
        struck = [(number, homes[number - 1])]
    else:
        struck = list(enumerate(homes, start=1))

    def strike() -> None:
        for number, home in struck:
            name = _name(part, number)
            if fault.effect == "slow":
                _pace(part, home, fault.factor)
                world.tell(part.id, f"{name} is {fault.factor:g} times slower", "fault")
            else:
                died = len(home.flows)
                world.kernel.crash(home, PROCESS_DOWN if fault.effect == "crash" else MACHINE_DOWN)
                verb = "crashed" if fault.effect == "crash" else "fell silent"
                world.tell(part.id, f"{name} {verb}, {died} calls lost", "fault")

    def heal() -> None:
        for number, home in struck:
            if fault.effect == "slow":
                _pace(part, home, 1.0)
            else:
                world.kernel.revive(home)
            world.tell(part.id, f"{_name(part, number)} is back", "recovery")

    _at(world, fault, strike, heal)


def _name(part: Part, number: int) -> str:
    return f"{part.id}-{number}" if len(part.replicas) > 1 else part.id


def _pace(part: Part, home: Home, factor: float) -> None:
    for replica in part.replicas:
        if replica.home is home:
            replica.pace = factor


def _at(world: World, fault: Fault, strike: Callable[[], None], heal: Callable[[], None]) -> None:
    world.kernel.at(fault.at, strike)
    if fault.duration is not None:
        world.kernel.at(fault.at + fault.duration, heal)
