"""Cards whose number of replicas changes during a run: what starts, what is in service, what leaves.

Source: instance groups of the clouds with connection draining: a new instance takes calls once it has
started; one that leaves is given no more, finishes what it has, and is gone. All instances that a run can
ever have are built before it begins, so that each has its own streams by its number, and nothing is drawn for
those that are not there. Left out: images that take longer to start under load, spot prices.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from scalegame.simulation.health import Start, renew, rise, settle
from scalegame.simulation.kernel import MACHINE_DOWN, UP

if TYPE_CHECKING:
    from scalegame.design.model import Component
    from scalegame.simulation.part import Replica
    from scalegame.simulation.world import World


class Stage(Enum):
    """Where an instance is in its life."""

    OUT = "not there"
    STARTING = "starting"
    SERVING = "in service"
    LEAVING = "leaving"


class Instance:
    """One replica of a fleet.

    Attributes:
        stage: Where it is in its life.
        given: Calls that balancers and queues have given it and that have not ended, those on their way too.
    """

    __slots__ = ("_present", "_since", "fleet", "given", "home", "replica", "stage")

    def __init__(self, fleet: Fleet, replica: Replica, stage: Stage) -> None:
        self.fleet, self.replica, self.home = fleet, replica, replica.home
        self.given = 0
        self._present = self._since = 0.0
        self._enter(stage)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.home.serving, self.home.there = stage is Stage.SERVING, stage is not Stage.OUT

    def presence(self) -> float:
        """Seconds for which it has been able to work, up to now. A pure read."""
        able = self.stage in (Stage.SERVING, Stage.LEAVING)
        return self._present + (self.fleet.now - self._since if able else 0.0)

    def become(self, stage: Stage) -> None:
        """Goes on to another stage."""
        self.fleet.account()
        self._present, self._since = self.presence(), self.fleet.now
        self._enter(stage)

    def ended(self) -> None:
        """A call that it was given has ended."""
        self.given -= 1
        self.settle()

    def settle(self) -> None:
        """If it leaves and has nothing left to do, it is gone."""
        if self.stage is Stage.LEAVING and (self.home.state != UP or not (self.home.flows or self.given)):
            self.fleet.dismiss(self)


class Fleet:
    """The instances of one card, and how many of them there are to be.

    Whoever steers it (orders, or a control loop) calls `scale`; balancers and queues ask for who is
    `serving`, and are told when that changes.

    Attributes:
        instances: All that there can be, by number.
        warm_up: Seconds from the start of a machine until it is in service.
        on_change: Who wants to know that others are in service now.
    """

    def __init__(self, world: World, component: Component, most: int, warm_up: float) -> None:
        """Prepares it for a card.

        Args:
            world: Of the run.
            component: The card; as many are in service at the start as it has replicas.
            most: How many there can be at once.
            warm_up: Seconds from the start of a machine until it is in service.
        """
        self.world, self.component, self.most, self.warm_up = world, component, most, warm_up
        self.instances: list[Instance] = []
        self.on_change: list[Callable[[], None]] = []
        self._spent = self._since = 0.0
        self._prices: dict[int, float] = {}

    @property
    def now(self) -> float:
        """Simulated seconds."""
        return self.world.kernel.now

    def add(self, replica: Replica) -> None:
        """Takes in a replica while the run is built."""
        there = replica.number <= self.component.replicas
        home = replica.home
        home.instance = Instance(self, replica, Stage.SERVING if there else Stage.OUT)
        self.instances.append(home.instance)
        if not there:
            self.world.health[home].down[Stage.OUT] = MACHINE_DOWN
            settle(self.world, home)

    # -- steering

    @property
    def wanted(self) -> int:
        """How many there are to be: in service or starting."""
        return sum(i.stage in (Stage.SERVING, Stage.STARTING) for i in self.instances)

    @property
    def serving(self) -> int:
        """How many are in service, dead ones too: nobody has sent them away."""
        return sum(i.home.serving for i in self.instances)

    def scale(self, count: int) -> None:
        """From now on there are to be so many.

        More: those that were leaving stay, then new ones start, the lowest numbers first. Fewer: the highest
        numbers leave.

        Raises:
            ValueError: There can never be so many, or so few.
        """
        if not 1 <= count <= self.most:
            raise ValueError(f"{self.component.id}: {count} of at most {self.most}")
        missing = count - self.wanted
        for instance in [i for i in self.instances if i.stage is Stage.LEAVING][: max(0, missing)]:
            instance.become(Stage.SERVING)
            missing -= 1
        for instance in [i for i in self.instances if i.stage is Stage.OUT][: max(0, missing)]:
            self.start(instance)
        for instance in [i for i in reversed(self.instances) if i.stage in (Stage.SERVING, Stage.STARTING)]:
            if missing < 0:
                missing += 1
                self._leave(instance)
        self._tell_all()

    def start(self, instance: Instance) -> None:
        """A new machine starts; it is in service when it has."""
        instance.become(Stage.STARTING)
        down, cause = self.world.health[instance.home].down, Start()
        down.clear()
        down[cause] = MACHINE_DOWN
        settle(self.world, instance.home)
        self.world.kernel.at(self.now + self.warm_up, lambda: self._serve(instance, cause))

    def _serve(self, instance: Instance, cause: Start) -> None:
        if cause not in self.world.health[instance.home].down:
            return  # it crashed as it started, or was sent away
        instance.become(Stage.SERVING)
        self._tell_all()
        rise(self.world, instance.home, cause)
        if instance.home.state == UP:  # a fault may have struck it meanwhile
            self.world.tell(self.component.id, f"{instance.home.name} is in service", "recovery")

    def _leave(self, instance: Instance) -> None:
        if instance.stage is Stage.STARTING:
            self.dismiss(instance)
        else:
            instance.become(Stage.LEAVING)
            instance.settle()

    def dismiss(self, instance: Instance) -> None:
        """An instance is gone."""
        early = instance.stage is Stage.STARTING
        instance.become(Stage.OUT)
        health = self.world.health[instance.home]
        # The next machine of that number is another one, and well.
        health.down.clear()
        renew(health, instance.replica)
        health.down[Stage.OUT] = MACHINE_DOWN
        settle(self.world, instance.home)
        self.world.tell(
            self.component.id, f"{instance.home.name} {'is not started' if early else 'is gone'}", "info"
        )

    def _tell_all(self) -> None:
        for tell in self.on_change:
            tell()

    # -- being measured

    def _price(self, count: int) -> float:
        if count not in self._prices:
            kind = self.world.kinds[self.component.kind]
            thing = self.component.with_settings({"replicas": count})
            self._prices[count] = kind.price(thing, self.world.scenario.sizes)
        return self._prices[count]

    def price_now(self) -> float:
        """Dollars per hour of those that are there now."""
        return self._price(sum(i.home.there for i in self.instances))

    def account(self) -> None:
        """The number of instances is about to change: brings what was spent up to date."""
        self._spent, self._since = self.spent(), self.now

    def spent(self) -> float:
        """Integral of the price of all that are there, from when they start until they are gone.

        Dollars per hour times seconds, up to now. A pure read.
        """
        return self._spent + (self.now - self._since) * self.price_now()
