"""Orders as lines: what somebody who watches a run can have done to it (what that does: `orders`).

scale web 4          four of web from now on; new ones take calls once they have started
crash web-2          the process of a replica dies, until it is restarted; `crash web` takes them all
restart web-2        stops it, if it is up, and starts it; `restart web` does so with all at once
throttle web 50/s    lets in so many calls a second and refuses the others; `throttle web off` ends it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scalegame.design.kinds import Kinds
from scalegame.design.model import Board, Component
from scalegame.design.orderlines import LONGEST
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.units import Dimension, parse, whole
from scalegame.units import write as written

VERBS = ("scale", "crash", "restart", "throttle")
#: How to write each.
EXAMPLES = {
    "scale": "scale web 4",
    "crash": "crash web-2",
    "restart": "restart web-2",
    "throttle": "throttle web 50/s",
}

_REPLICA = re.compile(r"(?P<id>.+)-(?P<number>[1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Scale:
    """So many of a component from now on."""

    component: str
    count: int


@dataclass(frozen=True, slots=True)
class Crash:
    """A replica's process dies; None: every one of them."""

    component: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Restart:
    """A replica is stopped and started; None: every one of them, at once."""

    component: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most so many calls per second are let in; None: all."""

    component: str
    rate: float | None


Command = Scale | Crash | Restart | Throttle


def read(text: str, board: Board, kinds: Kinds) -> Command:
    """What a line means on a board.

    Raises:
        ScalegameError: It is no order; the message says what to write instead.
    """
    words = text.split()
    if not words or len(text) > LONGEST:
        raise _bad(f"{quoted(text)} is not an order: write {', '.join(EXAMPLES.values())}")
    verb, *rest = words
    if verb not in VERBS:
        raise _bad(f"{quoted(verb)} cannot be done to a run{nearest(verb, VERBS)}")
    if len(rest) != (2 if verb in ("scale", "throttle") else 1):
        raise _bad(f"{quoted(text)} is not an order: write it like {EXAMPLES[verb]}")
    if verb in ("crash", "restart"):
        id, number = _replica(rest[0], board)
        _answers(board.components[id], verb, kinds)
        return Crash(id, number) if verb == "crash" else Restart(id, number)
    if rest[0] not in board.components:
        raise _unknown(rest[0], board)
    thing = board.components[rest[0]]
    _answers(thing, verb, kinds)
    if verb == "scale":
        return Scale(thing.id, _count(rest[1], thing, kinds))
    return Throttle(thing.id, _rate(rest[1]))


def reread(line: str, board: Board) -> Command:
    """What a line means that `write` wrote and that has been checked."""
    verb, name, *rest = line.split()
    id, number = _replica(name, board)
    match verb:
        case "scale":
            return Scale(id, int(rest[0]))
        case "throttle":
            return Throttle(id, _rate(rest[0]))
    return Crash(id, number) if verb == "crash" else Restart(id, number)


def _unknown(name: str, board: Board) -> ScalegameError:
    return _bad(f"there is no {quoted(name)} on the board{nearest(name, board.components)}")


def _replica(name: str, board: Board) -> tuple[str, int | None]:
    """A component, or one of its replicas: `web-2`, where nothing has that very name."""
    if name in board.components:
        return name, None
    match = _REPLICA.fullmatch(name)
    if match is None or match["id"] not in board.components:
        raise _unknown(name, board)
    return match["id"], int(match["number"])


def _answers(thing: Component, verb: str, kinds: Kinds) -> None:
    if not kinds[thing.kind].roles:
        raise _bad(f"{thing.id} only asks: there is nothing to {verb}")


def _count(word: str, thing: Component, kinds: Kinds) -> int:
    kind = kinds[thing.kind]
    limits = next((p for p in kind.parameters if p.name == "replicas"), None)
    if limits is None:
        why = {"database": ": one primary takes every write, and a new machine has no copy of the data"}
        raise _bad(f"{thing.id} is a {kind.title}, which cannot be scaled while it runs{why.get(kind.name, '')}")
    count = whole(word)
    if count is None:
        raise _bad(f"{quoted(word)} is not a number of machines: write it like scale {thing.id} 4")
    if not max(1, limits.low) <= count <= limits.high:
        raise _bad(f"there can be {max(1, limits.low):g} to {limits.high:g} of {thing.id}, not {count}")
    return count


def _rate(word: str) -> float | None:
    if word == "off":
        return None
    rate = parse(word, Dimension.RATE)
    if rate <= 0:
        raise _bad("a throttle lets something through: write a rate like 50/s, or off")
    return rate


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not an order", message)


def write(command: Command) -> str:
    """The line that `read` understands."""
    match command:
        case Scale(component=id, count=count):
            return f"scale {id} {count}"
        case Throttle(component=id, rate=rate):
            return f"throttle {id} {'off' if rate is None else written(rate, Dimension.RATE)}"
        case Crash(component=id, number=number) | Restart(component=id, number=number):
            verb = "crash" if isinstance(command, Crash) else "restart"
            return f"{verb} {id}" if number is None else f"{verb} {id}-{number}"


# -- what a run needs to know before it begins


def most(commands: Iterable[Command], board: Board) -> Mapping[str, int]:
    """How many instances of each component that is scaled there will ever be at once, by id."""
    found: dict[str, int] = {}
    for command in commands:
        if isinstance(command, Scale):
            id = command.component
            found[id] = max(command.count, found.get(id, board.components[id].replicas))
    return found


def count_at(component: Component, commands: Iterable[Command]) -> int:
    """How many of a component there are to be after these commands."""
    count = component.replicas
    for command in commands:
        if isinstance(command, Scale) and command.component == component.id:
            count = command.count
    return count
