"""What is wrong with replicas and links now: causes may overlap, and each heals only what it did."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from scalegame.simulation.disciplines import Parking
from scalegame.simulation.kernel import UP, Home

if TYPE_CHECKING:
    from scalegame.simulation.part import Part, Replica
    from scalegame.simulation.world import World


class Health:
    """What is wrong with one replica or link.

    Attributes:
        down: Why it is down, and how (PROCESS_DOWN or MACHINE_DOWN), by cause.
        factors: It is so many times slower, by cause.
        losses: It loses such a share of its messages, by cause.
        pauses: Why it stands still.
        broken: Why it refuses all that it is asked.
        cuts: How often it is cut.
    """

    __slots__ = ("broken", "cuts", "down", "factors", "losses", "pauses")

    def __init__(self) -> None:
        self.down: dict[object, int] = {}
        self.factors: dict[object, float] = {}
        self.losses: dict[object, float] = {}
        self.pauses: set[object] = set()
        self.broken: set[object] = set()
        self.cuts = 0

    @property
    def factor(self) -> float:
        """How many times slower it is, all in all."""
        return prod(self.factors.values())

    @property
    def well(self) -> bool:
        """Nothing is wrong."""
        return not (self.down or self.factors or self.losses or self.pauses or self.broken or self.cuts)

    @property
    def loss(self) -> float:
        """The share of its messages that it loses, all in all."""
        return 1.0 - prod(1.0 - share for share in self.losses.values())

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
    settle(world, home)
    return home.killed - before


def rise(world: World, home: Home, cause: object) -> bool:
    """A cause is gone, and with the last one the replica is back; returns whether it was one."""
    if world.health[home].down.pop(cause, None) is None:
        return False
    settle(world, home)
    return True


def settle(world: World, home: Home) -> None:
    """Makes a replica what its causes of being down say: the worst of them counts, and without any it is up."""
    state = max(world.health[home].down.values(), default=UP)
    if state == UP:
        world.kernel.revive(home)
    elif home.state == UP:
        world.kernel.crash(home, state)
    else:
        home.state = state
    if home.instance is not None:
        home.instance.settle()


def stand(health: Health, replica: Replica, cause: object, until: float) -> None:
    """A machine stands still for a cause, which is over at a time (seconds)."""
    health.pauses.add(cause)
    if isinstance(replica.cores, Parking):
        replica.cores.pause()
    elif replica.cores is not None:
        replica.cores.stall(until)


def go_on(health: Health, replica: Replica, cause: object) -> bool:
    """A cause of standing still is over; returns whether it was one."""
    if cause not in health.pauses:
        return False
    health.pauses.remove(cause)
    if isinstance(replica.cores, Parking):
        replica.cores.resume()
    return True


def renew(health: Health, replica: Replica) -> None:
    """Another machine takes the place of this one, and is well; whether it is up is not said here."""
    for cause in list(health.pauses):
        go_on(health, replica, cause)
    health.factors.clear()
    health.broken.clear()
    replica.pace = 1.0


def up(part: Part) -> int:
    """How many of its replicas are up."""
    return sum(home.state == UP for home in part.homes())


def called(part: Part, number: int) -> str:
    """What to call a replica: by its number, unless there is no other."""
    there = sum(home.there for home in part.homes())
    return f"{part.id}-{number}" if there > 1 or number > 1 else part.id
