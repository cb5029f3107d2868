"""What can be done to a run at one moment, as lines to choose from (no screen in here)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scalegame.design.kinds import Kinds
from scalegame.design.model import Component
from scalegame.levels.live import MEANS, Desk
from scalegame.levels.model import Level
from scalegame.simulation.recording import Recording
from scalegame.simulation.scenario import Order
from scalegame.tui.telling.words import clock, price
from scalegame.units import Dimension, show, write

#: Single replicas of the card that is watched are offered, if it has so few; the others can be typed.
_SINGLE = 4
#: The most that there can be is offered if it is no more than so many times what there is.
_MANY = 10
#: The throttle that is offered lets in this share of what comes now.
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list.

    Attributes:
        command: What it does when it is chosen: `scale web 4`; ending in a blank it is to be completed.
        text: What is shown.
        about: A sentence below.
    """

    command: str
    text: str
    about: str


def offers(
    level: Level,
    desk: Desk,
    log: Sequence[Order],
    recording: Recording,
    time: float,
    first: str = "",
    verb: str = "",
) -> tuple[Offer, ...]:
    """What can be done at a moment of a run.

    Args:
        level: That permits it.
        desk: Where orders for the design are taken.
        log: What was ordered so far, later orders too.
        recording: Of the run that is watched.
        time: The moment, simulated seconds.
        first: Id of the card to begin with, or "".
        verb: "scale", "crash", "restart" or "throttle": only that; "" for everything.
    """
    live, kinds = level.live, level.rulebook.kinds
    if live is None:
        return ()
    found: list[Offer] = []
    # First what is watched, then what can be scaled: that is what one most often wants.
    for thing in sorted(desk.board, key=lambda card: (card.id != first, "scale" not in live.verbs(card, kinds))):
        for each in live.verbs(thing, kinds):
            if verb in ("", each):
                now = [o for o in log if o.time <= time]
                found += _of(
                    each, thing, level, desk, now, recording, time, singly=bool(verb) or thing.id == first
                )
    return tuple(found)


def _of(
    verb: str,
    thing: Component,
    level: Level,
    desk: Desk,
    log: Sequence[Order],
    recording: Recording,
    time: float,
    *,
    singly: bool,
) -> list[Offer]:
    if verb == "scale":
        return _scales(thing, level, desk, log, time)
    if verb == "throttle":
        return _throttles(thing, log, recording, time)
    count = _count(thing, level.rulebook.kinds, desk, log, time)
    which = [thing.id, *(f"{thing.id}-{i}" for i in range(1, count + 1) if singly and 1 < count <= _SINGLE)]
    all_of_it = f"all {count} of {thing.id}: " if count > 1 else ""
    return [
        Offer(f"{verb} {name}", f"{verb} {name}", f"{all_of_it if name == thing.id else ''}{MEANS[verb]}.")
        for name in which
    ]


def _count(thing: Component, kinds: Kinds, desk: Desk, log: Sequence[Order], time: float) -> int:
    kind = kinds[thing.kind]
    if any(parameter.name == "replicas" for parameter in kind.parameters):
        return desk.wanted(thing, log, time)
    return kind.machines(thing)


def _scales(thing: Component, level: Level, desk: Desk, log: Sequence[Order], time: float) -> list[Offer]:
    """One fewer, one more, twice as many, and as many as there can be."""
    now, counts = desk.wanted(thing, log, time), desk.counts(thing)
    highest = [n for n in counts[-1:] if n <= _MANY * now]
    wanted = [n for n in dict.fromkeys((now - 1, now + 1, 2 * now, *highest)) if n in counts and n != now]
    kind, rules, found = level.rulebook.kinds[thing.kind], level.rulebook, []
    for count in sorted(wanted):
        cost = kind.price(thing.with_settings({"replicas": count}), rules.sizes)
        then = f"from {now} to {count}, {price(cost)} instead of "
        then += price(kind.price(thing.with_settings({"replicas": now}), rules.sizes))
        assert level.live is not None
        about = (
            f"in service {show(level.live.start, Dimension.TIME)} later" if count > now else "they finish first"
        )
        found.append(Offer(f"scale {thing.id} {count}", f"scale {thing.id} {count}", f"{then}; {about}."))
    return found


def _throttles(thing: Component, log: Sequence[Order], recording: Recording, time: float) -> list[Offer]:
    track = recording.components.get(thing.id)
    rate = float(track.arrivals[recording.at(time)]) if track is not None and len(recording.times) else 0.0
    said = [o.command for o in log if o.command.startswith(f"throttle {thing.id} ")]
    found = []
    if said and not said[-1].endswith(" off"):
        found.append(Offer(f"throttle {thing.id} off", f"throttle {thing.id} off", "everything is let in again."))
    if rate >= 1:
        half = write(float(f"{_SHARE * rate:.2g}"), Dimension.RATE)
        about = f"{show(rate, Dimension.RATE)} come now; what is over is refused at once."
        found.append(Offer(f"throttle {thing.id} {half}", f"throttle {thing.id} {half}", about))
    about = f"type the rate: {MEANS['throttle']}."
    found.append(Offer(f"throttle {thing.id} ", f"throttle {thing.id} …", about))
    return found


def kept_before(log: Sequence[Order], time: float) -> tuple[tuple[Order, ...], tuple[Order, ...]]:
    """A log up to a moment, and what comes after it."""
    return tuple(o for o in log if o.time <= time), tuple(o for o in log if o.time > time)


def told(log: Sequence[Order]) -> str:
    """Some orders in one line."""
    return ", ".join(f"{clock(order.time)} {order.command}" for order in log)
