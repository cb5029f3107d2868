"""Autoscaling: a loop that measures a card now and then, and changes how many machines it has.

Source: scaling groups of the clouds (step and target tracking policies, scheduled actions, warm-up, cool-down).
It measures over the time since its last look, or since others are in service. While machines start it adds none
and takes none away: what they will take off the others cannot be measured yet; nor does it on less than half of
the time between two looks. Left out: that images take longer to start under load, replacing machines that have
died (they count as idle until they are back), forecasts, limits of a provider.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from scalegame.design.parameters.scaling import most_machines, read_schedule, scales
from scalegame.simulation.fleet import Fleet, Stage
from scalegame.units import Dimension, show

if TYPE_CHECKING:
    from scalegame.design.model import Board
    from scalegame.simulation.part import Part

#: By queue and by latency machines are taken away below this share of the mark.
IN_SHARE = 0.5
#: Sums of times are as exact as that.
_ROUNDING = 1e-9


class _Seen(NamedTuple):
    """One look: the time, and what only grows.

    Core-seconds at work and there, machine-seconds, time waited, time inside, calls.
    """

    time: float
    busy: float
    cores: float
    machines: float
    waiting: float
    inside: float
    calls: int


class Scaling:
    """Steers the fleet of one card.

    Attributes:
        out: How often it has added machines.
        back: How often it has taken some away.
        floor: So many there are at least: what the schedule says, where there is one.
        seen: What it measures from.
    """

    seen: _Seen

    def __init__(self, part: Part, fleet: Fleet) -> None:
        self.part, self.fleet, self.kernel = part, fleet, part.kernel
        self.by = part.word("scaling.by")
        self.least, self.most = part.whole("scaling.least"), part.whole("scaling.most")
        self.step = part.whole("scaling.step")
        self.every, self.cool_down = part.number("scaling.every"), part.number("scaling.cool_down")
        cpu = part.number("scaling.out_above"), part.number("scaling.in_below")
        queue, latency = part.number("scaling.queue"), part.number("scaling.latency")
        self.above, self.below = {
            "queue": (queue, queue * IN_SHARE),
            "latency": (latency, latency * IN_SHARE),
        }.get(self.by, cpu)
        self.floor = self.least
        self.changed = float("-inf")
        self.out = self.back = 0
        self.feeding: list[Part] = []

    def begin(self) -> None:
        """Starts to look, and puts the schedule on the calendar."""
        if "schedule" in self.by:
            for time, count in read_schedule(self.part.word("scaling.schedule")):
                self.kernel.at(time, lambda count=count: self._appointed(count))  # type: ignore[misc]
        if self.by != "schedule":
            self.feeding = self._feeding()
            self._afresh()
            self.fleet.on_change.append(self._afresh)
            self.kernel.env.process(self._watch())

    def counts(self) -> Mapping[str, float]:
        """How often machines were added and taken away."""
        return {"scaled_out": self.out, "scaled_in": self.back}

    def _appointed(self, count: int) -> None:
        """The schedule wants so many from now on; where something else decides too, at least so many."""
        self.floor = count
        if self.by == "schedule" or self.fleet.wanted < count:
            self._scale(count, "by its schedule")

    def _watch(self) -> Generator[Any, Any, None]:
        while True:
            yield self.kernel.env.timeout(self.every)
            before = self.seen
            self._afresh()
            self._decide(before, self.seen)

    def _afresh(self) -> None:
        """Measures from now on: it has looked, or others are in service than before."""
        self.seen = self._look()

    def _look(self) -> _Seen:
        busy = cores = machines = waiting = inside = 0.0
        calls = 0
        for instance in self.fleet.instances:
            replica, present = instance.replica, instance.presence()
            own, threads = replica.station("cores"), replica.station("threads")
            held, stood = threads.integrals()
            busy += own.integrals()[0]
            cores += present * own.size
            machines += present
            waiting += stood + own.integrals()[1]
            inside += held + stood
            calls += threads.grants
        waiting += sum(part.counts()["length_area"] for part in self.feeding)
        return _Seen(self.kernel.now, busy, cores, machines, waiting, inside, calls)

    def _feeding(self) -> list[Part]:
        """The queues in front, also behind a balancer."""
        world, found, line = self.part.world, [], [self.part.id]
        for id in line:
            for source in world.scenario.board.sources(id):
                kind = world.kinds[world.scenario.board.components[source].kind]
                if kind.stores:
                    found.append(world.parts[source])
                elif kind.forwards:
                    line.append(source)
        return found

    def _measured(self, a: _Seen, b: _Seen) -> tuple[float, str]:
        """The measure since the last look, and the same in words; nobody there to measure: below every mark."""
        if self.by == "queue":
            each = _share(b.waiting - a.waiting, b.machines - a.machines)
            return each, f"{each:.1f} waiting for each machine"
        if self.by == "latency":
            taken = _share(b.inside - a.inside, b.calls - a.calls)
            return taken, f"a call takes {show(taken, Dimension.TIME)}"
        share = _share(b.busy - a.busy, b.cores - a.cores)
        return share, f"{share:.0%} of its cores at work"

    def _decide(self, before: _Seen, now: _Seen) -> None:
        fleet = self.fleet
        if any(i.stage is Stage.STARTING for i in fleet.instances) or now.time - before.time < self.every / 2:
            return  # too little to go by
        value, told = self._measured(before, now)
        count = fleet.wanted
        asked = ceil(count * value / self.above - _ROUNDING)
        if value > self.above + _ROUNDING:
            goal = min(self.most, count + self.step if self.step else max(count + 1, asked))
            if goal > count:
                self._scale(goal, told)
        elif value < self.below - _ROUNDING and self.kernel.now - self.changed >= self.cool_down - _ROUNDING:
            goal = max(self.floor, count - self.step if self.step else asked)
            if goal < count:
                self._scale(goal, told)

    def _scale(self, count: int, why: str) -> None:
        before = self.fleet.wanted
        if count == before:
            return
        self.changed = self.kernel.now
        self.out += count > before
        self.back += count < before
        id = self.part.id
        self.part.world.tell(id, f"{id} scales from {before} to {count}: {why}", "info")
        self.fleet.scale(count)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def most(board: Board) -> dict[str, int]:
    """How many machines there can be at once of each card whose machines come and go by themselves."""
    return {thing.id: most_machines(thing) for thing in board if scales(thing)}
