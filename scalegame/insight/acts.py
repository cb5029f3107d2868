"""What somebody did during a run that can be to blame for what failed: what, to whom, and from when to when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scalegame.simulation.commands import Command, Crash, Restart, Scale, Throttle, count_at, reread
from scalegame.simulation.recording import Event
from scalegame.simulation.scenario import Order, Scenario
from scalegame.units import Dimension, show

#: What happens within so many seconds of an order is its doing.
_INSTANT = 1e-6


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


#: When, and what.
Log = Sequence[tuple[float, Command]]


def acts(scenario: Scenario, events: Sequence[Event]) -> tuple[Act, ...]:
    """The orders of a run that took something away, in the order in which they were carried out.

    Args:
        scenario: What was run.
        events: Of its recording: they say whom an order struck.
    """
    orders = sorted(scenario.orders, key=lambda order: order.time)
    log = [(order.time, reread(order.command, scenario.board)) for order in orders]
    found = (_act(order, i, log, scenario, events) for i, order in enumerate(orders))
    return tuple(act for act in found if act is not None)


def _act(order: Order, index: int, log: Log, scenario: Scenario, events: Sequence[Event]) -> Act | None:
    time, command = log[index]
    verb, name, *rest = order.command.split()
    when, id = f"at {show(time, Dimension.TIME)}", command.component
    before = [earlier for _, earlier in log[:index] if earlier.component == id]
    later = [(t, then) for t, then in log[index + 1 :] if then.component == id]
    match command:
        case Crash() | Restart():
            left = _left(command, verb, time, events)
            if not left:
                return None
            end = time if isinstance(command, Restart) else _restarted(command, len(left), later)
            return Act(verb, id, time, end + scenario.start, f"You {verb}ed {name} {when}", left[-1] == 0)
        case Throttle(rate=rate) if rate is not None:
            rates = [c.rate for c in before if isinstance(c, Throttle)]
            if rates and rates[-1] == rate:
                return None
            end = next((t for t, c in later if isinstance(c, Throttle) and c.rate != rate), math.inf)
            return Act(verb, id, time, end, f"You throttled {id} to {rest[0]} {when}")
        case Scale(count=count) if count < count_at(scenario.board.components[id], before):
            more = (t for t, c in later if isinstance(c, Scale) and c.count > count)
            return Act(verb, id, time, next(more, math.inf) + scenario.start, f"You scaled {id} to {count} {when}")
    return None


def _left(command: Crash | Restart, verb: str, time: float, events: Sequence[Event]) -> list[int]:
    """How many of the card were up after each replica that an order took down; empty: it took none."""
    id, number = command.component, command.number
    names = {id, f"{id}-{number}"}  # the only one is called by its card's name
    told = [e for e in events if e.kind == "order" and e.component == id and abs(e.time - time) < _INSTANT]
    return [
        event.left
        for event in told
        for _, did, name, *_ in [event.text.replace(",", "").split()]
        if event.left is not None and did == verb and (number is None or name in names)
    ]


def _restarted(crash: Crash, struck: int, later: Log) -> float:
    """When the last of those that were crashed was told to start again; infinity: never."""
    numbers: set[int] = set()
    for time, command in later:
        if not isinstance(command, Restart):
            continue
        if command.number is None:
            return time
        if crash.number in (None, command.number):
            numbers.add(command.number)
        if len(numbers) >= struck:
            return time
    return math.inf
