"""What somebody did during a run that can be to blame for what failed: what, to whom, and from when to when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scalegame.simulation.scenario import Order, Scenario
from scalegame.units import Dimension, show


@dataclass(frozen=True, slots=True)
class Act:
    """An order that takes something away, for a time.

    Attributes:
        verb: "scale", "crash", "restart" or "throttle".
        component: Id of the card.
        start: When it was given, seconds.
        end: When what it did was over; infinity: never.
        told: `You crashed web-2 at 9 s`.
        alone: Nobody was left to do the work.
    """

    verb: str
    component: str
    start: float
    end: float
    told: str
    alone: bool = False


def acts(scenario: Scenario) -> tuple[Act, ...]:
    """The orders of a run that took something away, in the order in which they were carried out."""
    log = sorted(scenario.orders, key=lambda order: order.time)
    found = []
    for index, order in enumerate(log):
        verb, name, *rest = order.command.split()
        act = _act(verb, name, rest, order.time, log[:index], log[index + 1 :], scenario)
        if act is not None:
            found.append(act)
    return tuple(found)


def _act(
    verb: str,
    name: str,
    rest: Sequence[str],
    time: float,
    before: Sequence[Order],
    later: Sequence[Order],
    scenario: Scenario,
) -> Act | None:
    components = scenario.board.components
    id = name if name in components else name.rpartition("-")[0]
    when = f"at {show(time, Dimension.TIME)}"
    match verb:
        case "crash" | "restart":
            alone = name == id or _count(id, before, scenario) == 1
            end = time + scenario.start if verb == "restart" else _restarted(id, name, later, scenario)
            return Act(verb, id, time, end, f"You {verb}ed {name} {when}", alone)
        case "throttle" if rest[0] != "off":
            end = next((o.time for o in later if o.command.startswith(f"throttle {id} ")), math.inf)
            return Act(verb, id, time, end, f"You throttled {id} to {rest[0]} {when}")
        case "scale" if int(rest[0]) < _count(id, before, scenario):
            more = (o for o in later if o.command.startswith(f"scale {id} ") and _asked(o) > int(rest[0]))
            end = next((o.time + scenario.start for o in more), math.inf)
            return Act(verb, id, time, end, f"You scaled {id} to {rest[0]} {when}")
    return None


def _asked(order: Order) -> int:
    return int(order.command.split()[2])


def _count(id: str, before: Sequence[Order], scenario: Scenario) -> int:
    """How many of a card there were to be after these orders."""
    scaled = [_asked(order) for order in before if order.command.startswith(f"scale {id} ")]
    return scaled[-1] if scaled else scenario.board.components[id].replicas


def _restarted(id: str, name: str, later: Sequence[Order], scenario: Scenario) -> float:
    """When what was crashed is up again."""
    lines = {f"restart {id}", f"restart {name}"}
    return next((o.time + scenario.start for o in later if o.command in lines), math.inf)
