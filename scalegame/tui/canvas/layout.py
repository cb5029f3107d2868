"""Where the cards of a board stand: a layered layout, left to right. Pure; knows nothing of the screen.

Cards stand on a lattice of half cards: one step right or down is half a card and half a gap, so two
cards are clear of each other when they are two steps apart in either direction. Positions on the
lattice do not depend on how large cards are drawn; `Metrics` turns them into rectangles of cells.

The layout is made as if nobody had moved anything, and the cards that were moved by hand are put where
they were moved to afterwards. So a move moves one card, and nothing else closes up behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scalegame.design.model import Board

#: Lattice steps from one card to its neighbour.
STEP = 2

#: Furthest that a card can be moved, in lattice steps either way: a board file cannot ask for more picture.
FURTHEST = 80


#: A cell in the space of the model: column and row.
Cell = tuple[int, int]


class Slot(NamedTuple):
    """A place on the lattice, in half cards from the top left corner; both are 0 or more."""

    column: int
    row: int


class Rect(NamedTuple):
    """A rectangle of cells in the space of the model."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below it."""
        return self.y + self.height

    def grown(self, across: int, along: int) -> Rect:
        """The rectangle with so many cells more on either side, and above and below."""
        return Rect(self.x - across, self.y - along, self.width + 2 * across, self.height + 2 * along)

    def contains(self, x: int, y: int) -> bool:
        """Whether the cell lies in it."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def meets(self, other: Rect) -> bool:
        """Whether the two have a cell in common."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Metrics:
    """How large cards are drawn.

    Attributes:
        width: Of a card, cells, borders included.
        height: Of a card, cells, borders included.
        gap_x: Free cells between neighbouring columns of cards, for wires.
        gap_y: Free cells between neighbouring rows of cards, for wires.
    """

    width: int
    height: int
    gap_x: int
    gap_y: int

    def rect(self, slot: Slot) -> Rect:
        """The rectangle of the card on that slot."""
        x = MARGIN_X + slot.column * (self.width + self.gap_x) // STEP
        y = MARGIN_Y + slot.row * (self.height + self.gap_y) // STEP
        return Rect(x, y, self.width, self.height)

    def slot(self, x: int, y: int) -> Slot:
        """The slot nearest to a card whose top left cell is there."""
        column = round((x - MARGIN_X) * STEP / (self.width + self.gap_x))
        row = round((y - MARGIN_Y) * STEP / (self.height + self.gap_y))
        return within_reach(column, row)


#: Cells left of the first column and above the first row: wires go around there.
MARGIN_X, MARGIN_Y = 4, 3

#: Three cards fit side by side in 78 columns if roomy, four if compact, five in 92 if tight.
ROOMY = Metrics(22, 4, 6, 2)
MEDIUM = Metrics(18, 4, 6, 2)
COMPACT = Metrics(16, 4, 4, 1)
TIGHT = Metrics(16, 4, 3, 1)
#: For large boards, which have to be scrolled anyway: room for many wires.
SPREAD = Metrics(16, 4, 8, 2)

#: With more cards than this a board that fits no view is spread.
MANY = 12


def choose(slots: Iterable[Slot], width: int, height: int) -> Metrics:
    """The roomiest metrics in which the cards on those slots fit a view; if none do, by their number."""
    taken = list(slots)
    if not taken:
        return ROOMY
    for metrics in (ROOMY, MEDIUM, COMPACT, TIGHT):
        bounds = extent(metrics.rect(slot) for slot in taken)
        if bounds.width <= width and bounds.height <= height:
            return metrics
    return COMPACT if len(taken) <= MANY else SPREAD


def extent(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle around some; empty around none."""
    found = list(rects)
    if not found:
        return Rect(MARGIN_X, MARGIN_Y, 0, 0)
    x, y = min(r.x for r in found), min(r.y for r in found)
    return Rect(x, y, max(r.right for r in found) - x, max(r.bottom for r in found) - y)


def place(board: Board, waiting: Mapping[str, Slot] | None = None) -> dict[str, Slot]:
    """A slot for every card; no two overlap.

    Cards that were moved stand where they were moved to, the first come first. The others stand in
    layers: sources left, each card one layer right of the last that calls it; a card that nothing is
    wired to waits below the rest, so that adding one disturbs nobody.

    Args:
        board: The cards and wires.
        waiting: Where cards that nothing is wired to should wait instead, by id; others are not moved.
    """
    automatic, alone = _automatic(board), unwired(board)
    waits = {id: slot for id, slot in (waiting or {}).items() if id in alone}
    wired = {id: slot for id, slot in automatic.items() if id not in alone}
    # Whoever waits somewhere keeps that place; those that have none yet take what is left.
    automatic = wired | waits | {id: slot for id, slot in automatic.items() if id in alone and id not in waits}
    slots: dict[str, Slot] = {}
    for card in board:
        if card.position is not None:
            slots[card.id] = nearest_free(slots.values(), within_reach(*card.position))
    for id, wanted in automatic.items():
        if id not in slots:
            slots[id] = nearest_free(slots.values(), wanted)
    return {id: slots[id] for id in board.components}


def unwired(board: Board) -> set[str]:
    """Ids of the cards that nothing is wired to and nobody moved."""
    wired = {id for wire in board.wires if wire.source != wire.target for id in (wire.source, wire.target)}
    return {card.id for card in board if card.id not in wired and card.position is None}


def room(slots: Iterable[Slot], metrics: Metrics, view: Rect, near: Rect, busy: Collection[Cell]) -> Slot | None:
    """A slot for one more card that lies wholly in the view; None if there is none.

    Slots clear of wires come first, then those below what it should be near, then the nearest.

    Args:
        slots: Of the cards that stand.
        metrics: How large cards are drawn.
        view: What is seen of the board.
        near: What it should be near.
        busy: Cells through which wires run.
    """
    taken = list(slots)
    first, last = metrics.slot(view.x, view.y), metrics.slot(view.right, view.bottom)
    best: tuple[bool, bool, float, Slot] | None = None
    for column in range(first.column, last.column + 1):
        for row in range(first.row, last.row + 1):
            slot = Slot(column, row)
            rect = metrics.rect(slot)
            across = view.x < rect.x and rect.right < view.right
            inside = across and view.y <= rect.y and rect.bottom <= view.bottom
            if not inside or not is_free(taken, slot):
                continue
            cells = ((x, y) for x in range(rect.x, rect.right) for y in range(rect.y, rect.bottom))
            # Cells are twice as high as they are wide.
            away = abs(rect.x - near.x) + 2 * abs(rect.y - near.y)
            found = (any(cell in busy for cell in cells), rect.y < near.bottom, away, slot)
            best = found if best is None else min(best, found)
    return best[3] if best else None


def within_reach(column: int, row: int) -> Slot:
    """The slot, or the last one in that direction that a card may stand on."""
    return Slot(min(max(column, 0), FURTHEST), min(max(row, 0), FURTHEST))


def is_free(taken: Iterable[Slot], slot: Slot) -> bool:
    """Whether a card on that slot is clear of the cards on the others."""
    return all(abs(t.column - slot.column) >= STEP or abs(t.row - slot.row) >= STEP for t in taken)


def shifted(
    slots: Mapping[str, Slot], ids: Iterable[str], dx: int, dy: int, *, jump: bool = True
) -> dict[str, Slot] | None:
    """Where some cards come to stand if all are moved the same way; None if there is no room for them.

    Args:
        slots: Of all cards.
        ids: Of those to move.
        dx: Lattice steps to the right.
        dy: Lattice steps down.
        jump: Over others that are in the way.
    """
    wanted_ids = frozenset(ids)
    moving = [id for id in slots if id in wanted_ids]  # in the board's order, whatever order they came in
    others = [slot for id, slot in slots.items() if id not in moving]
    right, down = (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)
    if not moving or (right, down) == (0, 0):
        return None
    for further in range(6 if jump else 1):
        x, y = dx + right * further, dy + down * further
        wanted = {id: Slot(slots[id].column + x, slots[id].row + y) for id in moving}
        if any(slot != within_reach(*slot) for slot in wanted.values()):
            return None
        if all(is_free(others, slot) for slot in wanted.values()):
            return wanted
    return None


def nearest_free(taken: Iterable[Slot], wanted: Slot) -> Slot:
    """The free slot nearest to the one wanted; below or above before aside, below before above."""
    others = list(taken)
    if is_free(others, wanted):
        return wanted
    reach = 1
    while True:  # ends: the lattice has no end, and a step right and down is in every ring
        ring = sorted(
            (abs(dx) * 2 + abs(dy), dx != 0, -dy, -dx)
            for dx in range(-reach, reach + 1)
            for dy in range(-reach, reach + 1)
            if max(abs(dx), abs(dy)) == reach
        )
        for _, _, up, left in ring:
            slot = Slot(wanted.column - left, wanted.row - up)
            if min(slot) >= 0 and is_free(others, slot):
                return slot
        reach += 1


def layers(board: Board) -> dict[str, int]:
    """For each wired card its longest way from a source, in wires; what closes a circle does not count."""
    targets: dict[str, list[str]] = {id: [] for id in board.components}
    wired: set[str] = set()
    for wire in board.wires:
        if wire.source in targets and wire.target in targets and wire.source != wire.target:
            targets[wire.source].append(wire.target)
            wired |= {wire.source, wire.target}
    called = {t for found in targets.values() for t in found}
    sources = [id for id in board.components if id in wired and id not in called]
    order = _finished_last_first(targets, [*sources, *(id for id in board.components if id in wired)])
    rank = {id: i for i, id in enumerate(order)}
    depth = dict.fromkeys(order, 0)
    for id in order:
        for target in targets[id]:
            if rank[target] > rank[id]:
                depth[target] = max(depth[target], depth[id] + 1)
    return {id: depth[id] for id in board.components if id in depth}


def _finished_last_first(targets: Mapping[str, list[str]], starts: list[str]) -> list[str]:
    """Depth-first order, reversed on leaving: topological where there is no circle."""
    left: list[str] = []
    seen: set[str] = set()
    for start in starts:
        stack = [] if start in seen else [(start, iter(targets[start]))]
        seen.add(start)
        while stack:
            id, rest = stack[-1]
            following = next((t for t in rest if t not in seen), None)
            if following is None:
                left.append(id)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(targets[following])))
    return left[::-1]


def _automatic(board: Board) -> dict[str, Slot]:
    """Where each card would stand if none had been moved."""
    depth = layers(board)
    slots: dict[str, Slot] = {}
    for layer in range(max(depth.values(), default=-1) + 1):
        members = [id for id in depth if depth[id] == layer]
        wanted = {id: _barycentre(board, id, slots) for id in members}
        # Stable: equal barycentres keep the order in which the cards came to the board.
        lowest = -STEP
        for id in sorted(members, key=lambda id: wanted[id]):
            lowest = max(lowest + STEP, round(wanted[id]))
            slots[id] = Slot(layer * STEP, lowest)
    floor = max((slot.row for slot in slots.values()), default=-STEP) + STEP
    width = max((slot.column for slot in slots.values()), default=4 * STEP) // STEP + 1
    for i, id in enumerate(id for id in board.components if id not in depth):
        slots[id] = Slot(i % max(width, 3) * STEP, floor + i // max(width, 3) * STEP)
    return slots


def _barycentre(board: Board, id: str, slots: Mapping[str, Slot]) -> float:
    """Mean row of those callers that stand already; the top for a source."""
    rows = [slots[s].row for s in board.sources(id) if s in slots and s != id]
    return sum(rows) / len(rows) if rows else 0.0
