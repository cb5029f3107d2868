"""Where wires touch cards: which side, and which cell of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

from scalegame.tui.canvas.layout import Rect


class Side(IntEnum):
    """A side of a card, and the direction that leads away from it."""

    TOP = 0
    RIGHT = 1
    BOTTOM = 2
    LEFT = 3

    @property
    def opposite(self) -> Side:
        """The other way."""
        return Side((self + 2) % 4)

    @property
    def arm(self) -> int:
        """The bit of this direction in a mask of arms."""
        return 1 << self


#: Step of one cell in the direction of each side.
STEPS = ((0, -1), (1, 0), (0, 1), (-1, 0))

#: The bit of a direction in a mask of arms, by its step.
ARMS = {step: 1 << i for i, step in enumerate(STEPS)}


class Port(NamedTuple):
    """A cell just outside a card, at which a wire begins or ends.

    Attributes:
        x: Column of the cell.
        y: Row of the cell.
        side: Side of the card that it touches.
    """

    x: int
    y: int
    side: Side

    @property
    def edge(self) -> tuple[int, int]:
        """The cell of the card's border that it touches."""
        dx, dy = STEPS[self.side]
        return self.x - dx, self.y - dy


#: A wire by the ids of its ends.
Ends = tuple[str, str]


def sides(source: Rect, target: Rect) -> tuple[Side, Side]:
    """The sides that a wire leaves and enters: right to left, unless the target is not on the right."""
    if source.right < target.x:
        return Side.RIGHT, Side.LEFT
    if source.y < target.bottom and target.y < source.bottom:
        return Side.LEFT, Side.RIGHT
    if source.right > target.x and target.right > source.x:
        return (Side.BOTTOM, Side.TOP) if source.y < target.y else (Side.TOP, Side.BOTTOM)
    return Side.LEFT, Side.RIGHT


def places(card: Rect, side: Side) -> list[Port]:
    """Every port of a side, in order from the top or the left."""
    if side in (Side.LEFT, Side.RIGHT):
        x = card.x - 1 if side is Side.LEFT else card.right
        return [Port(x, y, side) for y in range(card.y + 1, card.bottom - 1)]
    y = card.y - 1 if side is Side.TOP else card.bottom
    step = (card.width - 7) // 4
    return [Port(card.x + 3 + i * step, y, side) for i in range(5)]


class _End(NamedTuple):
    """One end of a wire that needs a port. Sorts by where the wire comes from along the side."""

    leaving: bool
    towards: int
    other: str
    ends: Ends


def allocate(
    cards: Mapping[str, Rect], wires: Iterable[Ends], kept: Mapping[Ends, tuple[Port, Port]]
) -> dict[Ends, tuple[Port, Port]]:
    """A port at each end of each wire, spread over the sides that they use.

    Wires share a port only when a side has more wires than cells; what leaves never shares with what
    enters while there is another cell.

    Args:
        cards: Rectangle by id.
        wires: Which wires need ports.
        kept: Ports of other wires, which stay as they are.
    """
    waiting: dict[tuple[str, Side], list[_End]] = {}
    for source, target in wires:
        here, there = sides(cards[source], cards[target])
        for id, other, side in ((source, target, here), (target, source, there)):
            rect = cards[other]
            towards = rect.y if side in (Side.LEFT, Side.RIGHT) else rect.x
            waiting.setdefault((id, side), []).append(_End(id == source, towards, other, (source, target)))
    used: dict[Port, tuple[int, int]] = {}  # entering, leaving
    for leaves, enters in kept.values():
        a, b = used.get(leaves, (0, 0)), used.get(enters, (0, 0))
        used[leaves], used[enters] = (a[0], a[1] + 1), (b[0] + 1, b[1])
    found: dict[Ends, dict[bool, Port]] = {}
    for (id, side), ends in sorted(waiting.items()):
        cells = places(cards[id], side)
        if any(cell in used for cell in cells):
            chosen = _squeeze(cells, sorted(ends), used)
        else:
            chosen = _spread(cells, sorted(ends))
        for end, port in chosen:
            found.setdefault(end.ends, {})[end.leaving] = port
    return {ends: (both[True], both[False]) for ends, both in found.items()}


def _spread(cells: list[Port], ends: list[_End]) -> list[tuple[_End, Port]]:
    """Evenly over an empty side: what leaves above what enters, each in the order of where it goes."""
    leaving = [end for end in ends if end.leaving]
    entering = [end for end in ends if not end.leaving]
    if leaving and entering:
        cut = max(1, min(len(cells) - 1, round(len(cells) * len(leaving) / len(ends))))
        return _spread(cells[:cut], leaving) + _spread(cells[cut:], entering)
    n, k = len(ends), len(cells)
    if n == 1:
        return [(ends[0], cells[(k - 1) // 2])]
    return [(end, cells[i * (k - 1) // (n - 1) if n <= k else i * k // n]) for i, end in enumerate(ends)]


def _squeeze(cells: list[Port], ends: list[_End], used: dict[Port, tuple[int, int]]) -> list[tuple[_End, Port]]:
    """Onto a side where others are already: each to the emptiest cell."""
    counts = {cell: list(used.get(cell, (0, 0))) for cell in cells}
    chosen: list[tuple[_End, Port]] = []
    for end in ends:
        same, against = (1, 0) if end.leaving else (0, 1)
        best = min(cells, key=lambda cell: (counts[cell][against] * 10 + counts[cell][same], cells.index(cell)))
        counts[best][same] += 1
        chosen.append((end, best))
    return chosen
