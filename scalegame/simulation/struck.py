"""What a fault strikes, as far as a board and its places say so: cards, and directions of links (pure).

Whoever builds a run asks beforehand, so that what no fault names runs the code that it always runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from scalegame.design.model import Board, Component
from scalegame.simulation.scenario import Fault

#: From one place to another.
Way = tuple[str, str]


def cards(fault: Fault, board: Board) -> frozenset[str]:
    """Ids of the cards of which it strikes all replicas or some."""
    match fault.target:
        case ("component" | "replica", id, *_):
            return frozenset((id,))
        case ("place", place) if fault.effect != "cut":
            return frozenset(card.id for card in board if place in places(card))
    return frozenset()


def ways(fault: Fault, known: Iterable[str]) -> frozenset[Way]:
    """The directions of links that it strikes, of those between known places."""
    match fault.target:
        case ("link", a, b):
            return frozenset(((a, b), (b, a)))
        case ("way", a, b):
            return frozenset(((a, b),))
        case ("place", place) if fault.effect == "cut":
            others = [other for other in known if other != place]
            return frozenset(way for other in others for way in ((place, other), (other, place)))
    return frozenset()


def places(card: Component) -> tuple[str, ...]:
    """Where its replicas stand: the first, and those that follow it elsewhere."""
    return (card.at, place_of(card, 2))


def place_of(card: Component, number: int) -> str:
    """Where a replica stands, by its number from 1: read replicas may stand elsewhere than their primary."""
    away = card.settings.get("replica_at")
    return str(away) if number > 1 and away is not None else card.at


def with_effect(faults: Collection[Fault], effect: str, board: Board) -> frozenset[str]:
    """Ids of the cards that some fault strikes in this way."""
    return frozenset(id for fault in faults if fault.effect == effect for id in cards(fault, board))
