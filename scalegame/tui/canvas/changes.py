"""What of a board is new, changed or gone since another board, for marks on the canvas. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scalegame.design.model import Board
from scalegame.tui.canvas.draw import Change
from scalegame.tui.canvas.ports import Ends


@dataclass(frozen=True, slots=True)
class Changes:
    """Marks for a board.

    Attributes:
        cards: How each card differs that does.
        new: Wires that were not there before.
        gone: Wires that were, between cards that are still there.
    """

    cards: Mapping[str, Change] = field(default_factory=dict)
    new: frozenset[Ends] = frozenset()
    gone: tuple[Ends, ...] = ()


def changes(before: Board, after: Board) -> Changes:
    """How a board differs from an earlier one; where cards stand on the canvas does not count."""
    cards: dict[str, Change] = {}
    for card in after:
        old = before.components.get(card.id)
        if old is None or (old.kind, old.item) != (card.kind, card.item):
            cards[card.id] = Change.NEW
        elif (old.at, dict(old.settings)) != (card.at, dict(card.settings)):
            cards[card.id] = Change.ALTERED
    were = {(wire.source, wire.target) for wire in before.wires}
    are = {(wire.source, wire.target) for wire in after.wires}
    gone = (ends for ends in sorted(were - are) if {*ends} <= {*after.components})
    return Changes(cards, frozenset(are - were), tuple(gone))
