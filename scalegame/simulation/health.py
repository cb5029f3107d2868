"""What is wrong with replicas and links now: causes may overlap, and each heals only what it did."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from scalegame.simulation.kernel import Home

if TYPE_CHECKING:
    from scalegame.simulation.part import Part
    from scalegame.simulation.world import World


class Health:
    """What is wrong with one replica or link.

    Attributes:
        down: Why it is down, and how (PROCESS_DOWN or MACHINE_DOWN), by cause.
        factors: It is so many times slower, by cause.
        cuts: How often it is cut.
    """

    __slots__ = ("cuts", "down", "factors")

    def __init__(self) -> None:
        self.down: dict[object, int] = {}
        self.factors: dict[object, float] = {}
        self.cuts = 0

    @property
    def factor(self) -> float:
        """How many times slower it is, all in all."""
        return prod(self.factors.values())

    @property
    def well(self) -> bool:
        """Nothing is wrong."""
        return not (self.down or self.factors or self.cuts)

    @property
    def starting(self) -> bool:
        """It is on its way up."""
        return any(isinstance(cause, Start) for cause in self.down)

    def stop_starting(self) -> None:
        """What was on its way up stays down."""
        for cause in [c for c in self.down if isinstance(c, Start)]:
            del self.down[cause]


class Start:
    """A cause of being down that passes by itself: the replica starts."""


def fall(world: World, home: Home, cause: object, state: int) -> int:
    """A replica goes down for a cause; returns how many calls died in it."""
    world.health[home].down[cause] = state
    before = home.killed
    world.kernel.crash(home, state)
    if home.instance is not None:
        home.instance.settle()
    return home.killed - before


def rise(world: World, home: Home, cause: object) -> bool:
    """A cause is gone, and with the last one the replica is back; returns whether it was one."""
    down = world.health[home].down
    if down.pop(cause, None) is None:
        return False
    if down:
        home.state = max(down.values())
    else:
        world.kernel.revive(home)
    return True


def called(part: Part, number: int) -> str:
    """What to call a replica: by its number, unless there is no other."""
    there = sum(home.instance is None or home.instance.there for home in part.homes())
    return f"{part.id}-{number}" if there > 1 or number > 1 else part.id
