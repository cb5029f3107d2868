"""What orders do at run time: see `commands` for how they are written.

Orders of the same instant are carried out in the order of the log, before anything else of that instant.
"""

from __future__ import annotations

from collections.abc import Iterable

from scalegame.simulation.commands import Command, Crash, Restart, Scale, Throttle
from scalegame.simulation.fleet import Stage
from scalegame.simulation.health import Start, called, fall, rise, up
from scalegame.simulation.kernel import PROCESS_DOWN, UP, Home
from scalegame.simulation.part import Part
from scalegame.simulation.scenario import Order
from scalegame.simulation.world import World
from scalegame.units import Dimension, show


def schedule(world: World, orders: Iterable[tuple[Order, Command]]) -> None:
    """Puts the orders on the calendar."""
    for order, command in sorted(orders, key=lambda pair: pair[0].time):  # stable: the log's order in an instant
        world.kernel.at(order.time, lambda c=command: _obey(world, c))  # type: ignore[misc]


def _obey(world: World, command: Command) -> None:
    part = world.parts[command.component]
    match command:
        case Scale(count=count):
            _scale(world, part, count)
        case Throttle(rate=rate):
            gate = world.gates[part.id]
            gate.limit(rate)
            told = "off" if rate is None else f"{show(rate, Dimension.RATE)}, at most {int(gate.burst):,} at once"
            _tell(world, part, f"throttle {part.id} {told}")
        case Crash(number=number):
            for n, home in _hit(world, part, number, "crash"):
                _crash(world, part, n, home)
        case Restart(number=number):
            for n, home in _hit(world, part, number, "restart"):
                _restart(world, part, n, home)


def _tell(world: World, part: Part, text: str, fell: bool = False) -> None:
    world.tell(part.id, f"ordered: {text}", "order", up(part) if fell else None)


def _scale(world: World, part: Part, count: int) -> None:
    fleet = world.fleets[part.id]
    before = fleet.wanted
    told = f"scale {part.id} from {before} to {count}"
    if count > before:
        told += f", in service in {show(fleet.warm_up, Dimension.TIME)}"
    _tell(world, part, told)
    fleet.scale(count)


def _hit(world: World, part: Part, number: int | None, verb: str) -> list[tuple[int, Home]]:
    """The replicas that are meant, as far as they are there."""
    homes = list(enumerate(part.homes(), start=1))
    hit = [
        (n, home)
        for n, home in homes
        if number in (None, n)
        and home.there
        # What leaves is not started again.
        and not (verb == "restart" and home.instance is not None and home.instance.stage is Stage.LEAVING)
    ]
    if not hit:
        _tell(world, part, f"{verb} {part.id}-{number}: it is not there")
    return hit


def _crash(world: World, part: Part, number: int, home: Home) -> None:
    name, health = called(part, number), world.health[home]
    if home.state and not health.starting:
        _tell(world, part, f"crash {name}: it is down already")
        return
    health.stop_starting()
    fell, lost = home.state == UP, fall(world, home, "crash", PROCESS_DOWN)
    _tell(world, part, f"crash {name}, {lost:,} calls lost", fell)


def _restart(world: World, part: Part, number: int, home: Home) -> None:
    """Down for the time that it takes to start, and then well: whatever had taken it down is over."""
    name, health, instance = called(part, number), world.health[home], home.instance
    if health.starting:
        _tell(world, part, f"restart {name}: it is starting already")
        return
    seconds = world.scenario.start
    up_in = f"up in {show(seconds, Dimension.TIME)}"
    if instance is not None and instance.stage is Stage.STARTING:  # it crashed as it started
        instance.fleet.start(instance)
        _tell(world, part, f"restart {name}, up in {show(instance.fleet.warm_up, Dimension.TIME)}")
        return
    health.down.clear()
    cause = Start()  # the machine answers again, if it did not: nobody listens yet
    fell, lost = home.state == UP, fall(world, home, cause, PROCESS_DOWN)
    _tell(world, part, f"restart {name}, {lost:,} calls lost, {up_in}", fell)

    def started() -> None:
        if cause in health.down:
            rise(world, home, cause)
            if not home.state:
                world.tell(part.id, f"{name} is up again", "recovery")

    world.kernel.at(world.kernel.now + seconds, started)
