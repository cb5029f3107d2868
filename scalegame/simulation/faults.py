"""Faults at run time: what is struck, and when it heals."""

from __future__ import annotations

from collections.abc import Callable

from scalegame.simulation.health import called, fall, rise
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
    name, wrong = f"{a} <-> {b}", world.health[min(a, b), max(a, b)]
    cause = object()  # equal faults may overlap too

    def change() -> None:
        for link in links:
            link.factor, link.cut = wrong.factor, wrong.cuts > 0

    def strike() -> None:
        if fault.effect == "slow":
            wrong.factors[cause] = fault.factor
        else:
            wrong.cuts += 1
        change()
        text = f"is {fault.factor:g} times slower" if fault.effect == "slow" else "is cut"
        world.tell("", f"{name} {text}", "fault")

    def heal() -> None:
        if fault.effect == "slow":
            del wrong.factors[cause]
        else:
            wrong.cuts -= 1
        change()
        if wrong.well:
            world.tell("", f"{name} is well again", "recovery")

    _at(world, fault, strike, heal)


def _schedule_part(world: World, fault: Fault, part: Part) -> None:
    homes = list(part.homes())
    if fault.target[0] == "replica":
        number = int(fault.target[2])
        if number > len(homes):
            return
        hit = [(number, homes[number - 1])]
    else:
        hit = list(enumerate(homes, start=1))
    state = PROCESS_DOWN if fault.effect == "crash" else MACHINE_DOWN
    cause = object()  # equal faults may overlap too

    def strike() -> None:
        for number, home in hit:
            if home.instance is not None and not home.instance.there:
                continue
            name, wrong = called(part, number), world.health[home]
            if fault.effect == "slow":
                wrong.factors[cause] = fault.factor
                _pace(part, home, wrong.factor)
                world.tell(part.id, f"{name} is {fault.factor:g} times slower", "fault")
            else:
                lost = fall(world, home, cause, state)
                verb = "crashed" if fault.effect == "crash" else "fell silent"
                world.tell(part.id, f"{name} {verb}, {lost} calls lost", "fault")

    def heal() -> None:
        for number, home in hit:
            wrong = world.health[home]
            if fault.effect == "slow":
                healed = wrong.factors.pop(cause, None) is not None
                _pace(part, home, wrong.factor)
            else:
                healed = rise(world, home, cause)
            if not healed:
                continue  # it was not there, or has been restarted since
            if wrong.well:
                world.tell(part.id, f"{called(part, number)} is back", "recovery")

    _at(world, fault, strike, heal)


def _pace(part: Part, home: Home, factor: float) -> None:
    for replica in part.replicas:
        if replica.home is home:
            replica.pace = factor


def _at(world: World, fault: Fault, strike: Callable[[], None], heal: Callable[[], None]) -> None:
    world.kernel.at(fault.at, strike)
    if fault.duration is not None:
        world.kernel.at(fault.at + fault.duration, heal)
