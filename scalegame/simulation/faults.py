"""Faults at run time: what is struck, and when it heals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from math import prod

from scalegame.simulation.kernel import MACHINE_DOWN, PROCESS_DOWN, Home
from scalegame.simulation.part import Part
from scalegame.simulation.scenario import Fault
from scalegame.simulation.world import World


class _Struck:
    """What is wrong with one replica or link now: faults may overlap, and each heals only what it did."""

    def __init__(self) -> None:
        self.down: list[int] = []
        self.factors: list[float] = []
        self.cuts = 0

    @property
    def well(self) -> bool:
        """Nothing is wrong."""
        return not (self.down or self.factors or self.cuts)


def schedule(world: World) -> None:
    """Puts every fault of the scenario on the calendar; one whose target is not there does nothing."""
    struck: defaultdict[object, _Struck] = defaultdict(_Struck)
    for fault in world.scenario.faults:
        if fault.target[0] == "link":
            _schedule_link(world, fault, struck)
        elif fault.target[1] in world.parts:
            _schedule_part(world, fault, world.parts[fault.target[1]], struck)


def _schedule_link(world: World, fault: Fault, struck: defaultdict[object, _Struck]) -> None:
    a, b = fault.target[1:]
    links = [world.network.link(a, b), world.network.link(b, a)]
    name, wrong = f"{a} <-> {b}", struck[min(a, b), max(a, b)]

    def change() -> None:
        for link in links:
            link.factor, link.cut = prod(wrong.factors), wrong.cuts > 0

    def strike() -> None:
        if fault.effect == "slow":
            wrong.factors.append(fault.factor)
        else:
            wrong.cuts += 1
        change()
        text = f"is {fault.factor:g} times slower" if fault.effect == "slow" else "is cut"
        world.tell("", f"{name} {text}", "fault")

    def heal() -> None:
        if fault.effect == "slow":
            wrong.factors.remove(fault.factor)
        else:
            wrong.cuts -= 1
        change()
        if wrong.well:
            world.tell("", f"{name} is well again", "recovery")

    _at(world, fault, strike, heal)


def _schedule_part(world: World, fault: Fault, part: Part, struck: defaultdict[object, _Struck]) -> None:
    homes = list(part.homes())
    if fault.target[0] == "replica":
        number = int(fault.target[2])
        if number > len(homes):
            return
        hit = [(number, homes[number - 1])]
    else:
        hit = list(enumerate(homes, start=1))
    state = PROCESS_DOWN if fault.effect == "crash" else MACHINE_DOWN

    def strike() -> None:
        for number, home in hit:
            name, wrong = _name(part, number), struck[home]
            if fault.effect == "slow":
                wrong.factors.append(fault.factor)
                _pace(part, home, prod(wrong.factors))
                world.tell(part.id, f"{name} is {fault.factor:g} times slower", "fault")
                continue
            before = home.killed
            wrong.down.append(state)
            world.kernel.crash(home, state)
            verb = "crashed" if fault.effect == "crash" else "fell silent"
            world.tell(part.id, f"{name} {verb}, {home.killed - before} calls lost", "fault")

    def heal() -> None:
        for number, home in hit:
            wrong = struck[home]
            if fault.effect == "slow":
                wrong.factors.remove(fault.factor)
                _pace(part, home, prod(wrong.factors))
            else:
                wrong.down.remove(state)
                if wrong.down:
                    home.state = max(wrong.down)
                else:
                    world.kernel.revive(home)
            if wrong.well:
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
