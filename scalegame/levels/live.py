"""What may be done to a run while it goes on: what a level permits, and whether an order may be given.

A level says it in `live`: `scale web 1..6`, `crash`, `restart web`, `throttle lb`. Orders are written as
`at 12.5 s: scale web 4`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from scalegame.design import checks
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board, Component
from scalegame.design.orderlines import LONGEST, MOST_ORDERS, split
from scalegame.design.projects import in_force
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import adjustments
from scalegame.errors import Place, ScalegameError, nearest, quoted
from scalegame.simulation.commands import VERBS, Command, Crash, Restart, Scale, count_at, read
from scalegame.simulation.commands import write as written
from scalegame.simulation.scenario import Order, Window
from scalegame.units import Dimension, show

#: Where an order stands.
T = TypeVar("T")

#: Seconds that a replica takes to start, where the level says nothing.
START = 5.0
#: Orders are given to the millisecond.
DIGITS = 3

_PERMIT = re.compile(r"(?P<verb>\S+)(?: (?P<component>\S+?))?(?: (?P<low>[0-9]{1,3})\.\.(?P<high>[0-9]{1,3}))?")
_LIMITS = re.compile(r"[0-9]+\.\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Permit:
    """One thing that may be done.

    Attributes:
        verb: One of `VERBS`.
        component: Id of a card, or what it is called in the palette; "": to any.
        low: Of `scale`: the least number; None: whatever may be set on the board.
        high: The largest.
    """

    verb: str
    component: str = ""
    low: int | None = None
    high: int | None = None

    def fits(self, thing: Component) -> bool:
        """It speaks of this card."""
        return self.component in ("", thing.id, thing.item)


@dataclass(frozen=True, slots=True)
class Live:
    """What a level permits.

    Attributes:
        permits: Each with its limits.
        start: Seconds from the start of a replica until it is in service.
    """

    permits: tuple[Permit, ...]
    start: float = START

    def permit(self, verb: str, thing: Component) -> Permit | None:
        """What permits this, the one that names the card first."""
        found = [p for p in self.permits if p.verb == verb and p.fits(thing)]
        return min(found, key=lambda p: not p.component, default=None)

    def verbs(self, thing: Component, kinds: Kinds) -> tuple[str, ...]:
        """What may be done to a card, as far as it makes sense."""
        kind = kinds[thing.kind]
        if not kind.roles:
            return ()
        able = [v for v in VERBS if v != "scale" or any(p.name == "replicas" for p in kind.parameters)]
        return tuple(verb for verb in able if self.permit(verb, thing) is not None)

    def open_to(self, board: Board, kinds: Kinds) -> frozenset[str]:
        """Ids of the cards to which something may be done."""
        return frozenset(thing.id for thing in board if self.verbs(thing, kinds))


def read_permit(text: str, components: Collection[str]) -> Permit:
    """Reads what a level permits.

    Args:
        text: `scale web 1..6`, `crash web`, `restart`.
        components: Ids and names of palette items that it may speak of.

    Raises:
        ScalegameError: It permits nothing; the message says what to write.
    """
    match = _PERMIT.fullmatch(" ".join(text.split())) if len(text) <= LONGEST else None
    if match is None:
        raise ScalegameError(
            "Not a permit", f"{quoted(text)} permits nothing: write scale web 1..6, crash or restart web"
        )
    verb, component = match["verb"], match["component"] or ""
    if verb not in VERBS:
        raise ScalegameError("Not a permit", f"{quoted(verb)} cannot be done to a run{nearest(verb, VERBS)}")
    if _LIMITS.fullmatch(component):
        raise ScalegameError(
            "Not a permit", f"limits are those of a card: name a card, like scale web {component}"
        )
    if component and component not in components:
        raise ScalegameError(
            "Unknown component", f"there is no {quoted(component)}{nearest(component, components)}"
        )
    if match["low"] is None:
        return Permit(verb, component)
    low, high = int(match["low"]), int(match["high"])
    if verb != "scale":
        raise ScalegameError("Not a permit", f"only scale has limits: write {verb} {component}")
    if not 1 <= low <= high:
        raise ScalegameError("Not a permit", f"{low}..{high} are no limits: write them like 1..6")
    return Permit(verb, component, low, high)


def in_time(log: Iterable[tuple[T, Order]]) -> list[tuple[T, Order]]:
    """A log in the order in which it is carried out: by time, and within an instant as it was written.

    Args:
        log: Orders, each with where it stands.
    """
    return sorted(log, key=lambda pair: round(pair[1].time, DIGITS))


def _sorted(log: Iterable[Order]) -> list[Order]:
    return [order for _, order in in_time((None, order) for order in log)]


def check_permit(permit: Permit, rulebook: Rulebook) -> None:
    """Refuses what nobody could ever make use of.

    Raises:
        ScalegameError: No card of the level can have this done to it; the message says why.
    """
    named = permit.component
    cards = [thing for thing in rulebook.found if permit.fits(thing)]
    items = [item for item in rulebook.palette.values() if named in ("", item.name)]
    kinds = [rulebook.kinds[name] for name in dict.fromkeys([c.kind for c in cards] + [i.kind for i in items])]
    able = [kind for kind in kinds if kind.roles]
    if not able:
        why = f"{named} only asks" if named else "on this level everything only asks"
        raise ScalegameError("Not a permit", f"{why}: there is nothing to {permit.verb}")
    if permit.verb != "scale":
        return
    limits = [p for kind in able for p in kind.parameters if p.name == "replicas"]
    if not limits:
        what = f"{named} is a {able[0].title}, which" if named else "nothing on this level has replicas: it"
        raise ScalegameError("Not a permit", f"{what} cannot be scaled while it runs")
    if permit.low is None or permit.high is None:
        settings = [adjustments(card, rulebook) for card in cards] + [item.adjust for item in items]
        if named and not any("replicas" in each for each in settings):
            message = f"the level offers no other number of {named}: write its limits, like scale {named} 1..6"
            raise ScalegameError("Not a permit", message)
        return
    low, high = max(1, *(int(p.low) for p in limits)), min(int(p.high) for p in limits)
    if permit.low < low or permit.high > high:
        limit = f"there can be {low} to {high} of {named}, not {permit.low}..{permit.high}"
        raise ScalegameError("Not a permit", limit)


def read_line(text: str) -> Order:
    """Reads one line of a log: `at 12.5 s: scale web 4`.

    Raises:
        ScalegameError: It is none. Whether it may be given, `Desk.check` says.
    """
    time, command = split(text)
    return Order(round(time, DIGITS), command)


def read_log(text: str, name: str = "") -> Iterator[tuple[int, Order]]:
    """Reads a log: an order a line, what follows a # and empty lines left out.

    Args:
        text: Of the file.
        name: Of the file, for messages.

    Yields:
        Number of the line, from 1, and the order.

    Raises:
        ScalegameError: A line is none, with its place; or there are too many.
    """
    count = 0
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        count += 1
        if count > MOST_ORDERS:
            most = f"a log has {MOST_ORDERS} orders at most"
            raise ScalegameError("Too many orders", most, Place(name, number))
        try:
            order = read_line(said)
        except ScalegameError as error:
            raise error.at(Place(name, number)) from None
        yield number, order


class Desk:
    """Where orders for one design are taken: they are checked against board, level and limits."""

    def __init__(self, live: Live | None, rulebook: Rulebook, window: Window, board: Board) -> None:
        """Takes the design.

        Args:
            live: What the level permits; None: nothing.
            rulebook: Of the level.
            window: Of the run.
            board: The design.

        Raises:
            ScalegameError: The board cannot be run.
        """
        self.live, self._rules, self._window = live, rulebook, window
        self.board, _, _ = in_force(board, rulebook)

    def check_all(self, orders: Iterable[Order]) -> tuple[Order, ...]:
        """A whole log, in its tidy form and in the order in which it is carried out.

        Raises:
            ScalegameError: One of them may not be given.
        """
        log: list[Order] = []
        for order in _sorted(orders):
            log.append(self.check(order, log))
        return tuple(log)

    def check(self, order: Order, log: Sequence[Order] = ()) -> Order:
        """An order in its tidy form.

        Args:
            order: As it was typed.
            log: What was ordered before.

        Raises:
            ScalegameError: It is none, or may not be given; one line says why and what can be done instead.
        """
        if self.live is None:
            raise _no("this level is watched: nothing can be done while it runs")
        last = self._window.end + self._window.grace
        if not 0 <= order.time < last:
            raise _no(f"the run is over at {show(last, Dimension.TIME)}")
        if len(log) >= MOST_ORDERS:
            raise _no(f"a log has {MOST_ORDERS} orders at most: undo one first")
        kinds = self._rules.kinds
        command = read(order.command, self.board, kinds)
        verb, thing = written(command).split()[0], self.board.components[command.component]
        permit = self.live.permit(verb, thing)
        if permit is None:
            raise _no(f"this level does not let you {verb} {thing.id}: {self._instead(thing)}")
        if isinstance(command, Scale):
            self._check_count(command, thing, permit)
            self._check_start(command, thing)
        if isinstance(command, Crash | Restart) and command.number is not None:
            self._check_number(command.number, thing, self._before(log, order.time))
        return Order(round(order.time, DIGITS), written(command))

    def counts(self, thing: Component) -> tuple[int, ...]:
        """To how many a card may be scaled, in order; empty: not at all."""
        assert self.live is not None
        permit = self.live.permit("scale", thing)
        if permit is None:
            return ()
        if permit.low is not None and permit.high is not None:
            return tuple(range(permit.low, permit.high + 1))
        allowed = adjustments(thing, self._rules).get("replicas")
        if allowed is None:
            return ()
        if allowed.values:
            return tuple(sorted(v for v in allowed.values if isinstance(v, int)))
        kind = self._rules.kinds[thing.kind].parameter("replicas")
        low = kind.low if allowed.low is None else allowed.low
        high = kind.high if allowed.high is None else allowed.high
        return tuple(range(max(1, int(low)), int(high) + 1))

    def wanted(self, thing: Component, log: Iterable[Order], time: float) -> int:
        """How many of a card there are to be at a time, after what was ordered."""
        return count_at(thing, self._before(log, time))

    def _before(self, log: Iterable[Order], time: float) -> list[Command]:
        """What was ordered up to a time, in the order in which it is carried out."""
        kinds = self._rules.kinds
        return [read(order.command, self.board, kinds) for order in _sorted(log) if order.time <= time]

    @cached_property
    def _known(self) -> frozenset[str]:
        """What is wrong with the board as it stands."""
        return frozenset(problem.message for problem in checks.problems(self.board, self._rules))

    def _instead(self, thing: Component) -> str:
        assert self.live is not None
        verbs = self.live.verbs(thing, self._rules.kinds)
        if verbs:
            return f"you can {' or '.join(verbs)} it"
        others = sorted(self.live.open_to(self.board, self._rules.kinds))
        return f"try {', '.join(others[:4])}" if others else "nothing on this board can be touched"

    def _check_count(self, command: Scale, thing: Component, permit: Permit) -> None:
        counts = self.counts(thing)
        if not counts:
            why = "it is fixed" if thing.id in self._rules.fixed else "the level offers no other number of it"
            raise _no(f"{thing.id} cannot be scaled: {why}")
        if command.count not in counts:
            low, high = counts[0], counts[-1]
            raise _no(f"{thing.id} can be scaled from {low} to {high}, not to {command.count}")

    def _check_start(self, command: Scale, thing: Component) -> None:
        """As many machines could stand on the board: somebody chooses among them."""
        changed = self.board.with_component(thing.with_settings({"replicas": command.count}))
        for problem in checks.problems(changed, self._rules):
            if problem.message not in self._known:
                raise _no(problem.message)

    def _check_number(self, number: int, thing: Component, before: Sequence[Command]) -> None:
        kind = self._rules.kinds[thing.kind]
        now = count_at(thing, before)
        count = now if any(p.name == "replicas" for p in kind.parameters) else kind.machines(thing)
        if number > count:
            names = f"{thing.id}-1 to {thing.id}-{count}" if count > 1 else thing.id
            raise _no(f"there is no {thing.id}-{number} then: there is {names}")


def _no(message: str) -> ScalegameError:
    return ScalegameError("Not an order", message)


#: For people: what each verb does.
MEANS = {
    "scale": "more machines start, or the last ones finish their work and leave",
    "crash": "its process dies: what is inside is lost, until you restart it",
    "restart": "it stops at once, and is up again once it has started",
    "throttle": "so many calls a second are let in, the others refused",
}
