"""Faults as sentences: ``at 60 s: web-1 crashes for 15 s``, ``at 30 s: homes <-> valley is cut for 10 s``."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.simulation.scenario import Fault
from scalegame.units import Dimension, parse

_FAULT = re.compile(
    r"at (?P<at>[^:]+?): (?P<target>[^<>]+?|\S+ <-> \S+) "
    r"(?:(?P<verb>crashes|dies|is cut)|is (?P<factor>\S+) times slower)(?: for (?P<length>.+))?"
)
_REPLICA = re.compile(r"(?P<id>.+)-(?P<number>[1-9][0-9]{0,3})")
_LONGEST = 200
_EFFECTS: dict[str, Literal["crash", "dies", "cut"]] = {"crashes": "crash", "dies": "dies", "is cut": "cut"}
_SLOWEST = 1e6


def parse_fault(text: str, components: Collection[str], places: Collection[str], end: float) -> Fault:
    """Read a fault.

    Args:
        text: The sentence.
        components: Ids that it may speak of; ``web-2`` is the second replica of ``web``, if there is no
            component of that very name. Replicas that are not there (yet) are fine.
        places: Names of places, for links.
        end: When the run ends, seconds.

    Raises:
        ScalegameError: It is not a fault; the message says what to write.
    """
    words = " ".join(text.split())
    match = _FAULT.fullmatch(words) if len(words) <= _LONGEST else None
    if match is None:
        raise _bad(
            f'{quoted(words)} is not a fault: write it like "at 60 s: web-1 crashes for 15 s" '
            "(or dies, is 5 times slower, is cut)"
        )
    at = parse(match["at"], Dimension.TIME)
    if at >= end:
        raise _bad(f"at {match['at']} the run is over")
    duration = parse(match["length"], Dimension.TIME) if match["length"] else None
    if duration == 0:
        raise _bad("a fault that lasts no time does nothing: leave it out")
    effect: Literal["crash", "dies", "slow", "cut"] = _EFFECTS[match["verb"]] if match["verb"] else "slow"
    factor = _factor(match["factor"]) if match["factor"] else 1.0
    return Fault(at, duration, _target(match["target"], effect, components, places), effect, factor)


def _factor(text: str) -> float:
    factor = float(parse(text, Dimension.COUNT))
    if not 1 < factor <= _SLOWEST:
        raise _bad(f'{quoted(text)} times slower means nothing: write a number above 1, as in "5 times slower"')
    return factor


def _target(text: str, effect: str, components: Collection[str], places: Collection[str]) -> tuple[str, ...]:
    if "<->" in text:
        ends = tuple(part.strip() for part in text.split("<->"))
        for place in ends:
            if place not in places:
                raise _bad(f"no place is called {quoted(place)}{nearest(place, places)}")
        if effect in ("crash", "dies"):
            raise _bad(f'a link does not {"crash" if effect == "crash" else "die"}: write "{text} is cut"')
        return ("link", *ends)
    if effect == "cut":
        raise _bad(f'only links can be cut, as in "homes <-> valley is cut": write "{text} dies"')
    if text in components:
        return ("component", text)
    match = _REPLICA.fullmatch(text)
    if match is not None and match["id"] in components:
        return ("replica", match["id"], match["number"])
    raise _bad(f"no component is called {quoted(text)}{nearest(text, components)}")


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a fault", message)
