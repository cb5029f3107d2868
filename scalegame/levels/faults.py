"""Faults as sentences: ``at 60 s: web-1 crashes for 15 s``, ``at 30 s: homes <-> valley is cut for 10 s``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from scalegame.design.kinds import Kind
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.simulation.broken import can_break
from scalegame.simulation.scenario import Fault
from scalegame.units import Dimension, parse

_FAULT = re.compile(
    r"(?:at (?P<at>[^:]+?)|from (?P<from>[^:]+?) every (?P<every>[^:]+?) on average): "
    r"(?P<target>[^<>]+?|\S+ (?:<->|->) \S+) "
    r"(?:(?P<verb>crashes|restarts|dies|pauses|fails|is cut off|is cut|is not found)"
    r"|is (?P<factor>\S+) times slower|loses (?P<share>.+?) of its messages)"
    r"(?: for (?P<length>.+))?"
)
_REPLICA = re.compile(r"(?P<id>.+)-(?P<number>[1-9][0-9]{0,3})")
_LONGEST = 200
_EFFECTS = {
    "crashes": "crash",
    "restarts": "crash",
    "dies": "dies",
    "pauses": "pause",
    "fails": "fails",
    "is cut": "cut",
    "is cut off": "cut",
    "is not found": "not found",
}
_SLOWEST = 1e6
#: Faults of one target that come so often are no faults any more, they are its nature.
LEAST_BETWEEN = 0.010
#: What a link can suffer, and what a place can.
_LINKS, _PLACES = ("cut", "slow", "loses"), ("crash", "dies", "fails", "cut")
#: What to write for what cannot happen to something.
_SPELT = {
    "crash": "crashes",
    "dies": "dies",
    "slow": "is 5 times slower",
    "pause": "pauses for 2 s",
    "fails": "fails",
    "cut": "is cut",
    "loses": "loses 5 % of its messages",
    "not found": "is not found",
}

#: Ids of components, with what a fault can do to each.
Sufferers = Mapping[str, Collection[str]]


def sufferings(kind: Kind) -> frozenset[str]:
    """What a fault can do to a card of a kind: `Fault.effect`s."""
    found = {"crash", "dies", "slow"}
    if kind.roles:  # somebody calls it
        found.add("not found")
    if can_break(kind):
        found.add("fails")
    if kind.pausable:
        found.add("pause")
    return frozenset(found)


def parse_fault(text: str, components: Sufferers, places: Collection[str], end: float) -> Fault:
    """Read a fault.

    Args:
        text: The sentence.
        components: Ids that it may speak of, each with what can happen to it (`sufferings`); ``web-2`` is the
            second replica of ``web``, if there is no component of that very name. Replicas that are not there
            (yet) are fine.
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
            "(or dies, pauses, fails, is 5 times slower, is cut, loses 5 % of its messages)"
        )
    when = match["at"] or match["from"]
    at = parse(when, Dimension.TIME)
    if at >= end:
        raise _bad(f"at {when} the run is over")
    duration = parse(match["length"], Dimension.TIME) if match["length"] else None
    if duration == 0:
        raise _bad("a fault that lasts no time does nothing: leave it out")
    if match["verb"]:
        effect, factor = _EFFECTS[match["verb"]], 1.0
    elif match["factor"]:
        effect, factor = "slow", _factor(match["factor"])
    else:
        effect, factor = "loses", _share(match["share"])
    target = _target(match["target"], effect, components, places)
    if duration is None and (match["verb"] == "restarts" or effect == "pause"):
        raise _bad(f'{match["target"]} {match["verb"]} for how long? Write "{match["verb"]} for 5 s"')
    return Fault(at, duration, target, effect, factor, _every(match["every"], duration))  # type: ignore[arg-type]


def _factor(text: str) -> float:
    factor = float(parse(text, Dimension.COUNT))
    if not 1 < factor <= _SLOWEST:
        raise _bad(f'{quoted(text)} times slower means nothing: write a number above 1, as in "5 times slower"')
    return factor


def _share(text: str) -> float:
    share = float(parse(text, Dimension.RATIO))
    if not 0 < share <= 1:
        raise _bad(f'nothing loses {quoted(text)} of its messages: write more than 0 % and at most 100 %, "5 %"')
    return share


def _every(text: str | None, duration: float | None) -> float | None:
    if text is None:
        return None
    every = float(parse(text, Dimension.TIME))
    if every < LEAST_BETWEEN:
        raise _bad(f"every {text} is too often: 10 ms on average is the least")
    if duration is None:
        raise _bad('what comes again must end first: say for how long, as in "… web-2 crashes for 5 s"')
    return every


def _target(text: str, effect: str, components: Sufferers, places: Collection[str]) -> tuple[str, ...]:
    for arrow, kind in (("<->", "link"), ("->", "way")):
        if arrow in text:
            ends = tuple(part.strip() for part in text.split(arrow))
            _known(ends, places)
            if effect not in _LINKS:
                raise _bad(f'a link can be cut, slow or lossy, and nothing else: write "{text} is cut"')
            return (kind, *ends)
    if text.startswith("place ") and text not in components:
        place = text.removeprefix("place ").strip()
        _known((place,), places)
        if effect not in _PLACES:
            raise _bad(f'a place fails, crashes, dies or is cut off: write "place {place} fails"')
        return ("place", place)
    return _component(text, effect, components)


def _known(names: Collection[str], places: Collection[str]) -> None:
    for place in names:
        if place not in places:
            raise _bad(f"no place is called {quoted(place)}{nearest(place, places)}")


def _component(text: str, effect: str, components: Sufferers) -> tuple[str, ...]:
    match = None if text in components else _REPLICA.fullmatch(text)
    id = text if match is None else match["id"]
    if id not in components:
        raise _bad(f"no component is called {quoted(text)}{nearest(text, components)}")
    if effect in ("cut", "loses"):
        can = "be cut" if effect == "cut" else "lose messages"
        raise _bad(f'only links can {can}, as in "homes <-> valley {_SPELT[effect]}": write "{text} dies"')
    if effect not in components[id]:
        can = " or ".join(f'"{_SPELT[other]}"' for other in ("crash", "slow") if other in components[id])
        if effect == "pause":
            raise _bad(f"{id} has no work that could stand still: write {can}")
        if effect == "fails" and "not found" in components[id]:
            raise _bad(f"{id} passes calls on, and has none of its own to fail: write {can}")
        raise _bad(f"nobody calls {id}, so it cannot do that: write {can}")
    if effect == "not found" and match is not None:
        raise _bad(f'{text} has no address of its own: write "{id} is not found"')
    return ("component", id) if match is None else ("replica", id, match["number"])


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a fault", message)
