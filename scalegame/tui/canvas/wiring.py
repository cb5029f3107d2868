"""The wires of a board as cells: which lines meet in a cell, and how loud each is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from scalegame.tui.canvas.cells import Ink, Sheet, Sparse
from scalegame.tui.canvas.frame import Frame, WireFrame
from scalegame.tui.canvas.glyphs import HEAVY, NONE, THIN, Glyphs
from scalegame.tui.canvas.ports import STEPS, Ends, Side
from scalegame.tui.canvas.routing import Cell, Routes
from scalegame.tui.canvas.search import NORTH_SOUTH, WEST_EAST

#: A wire with this share of the busiest wire's calls, or more, is heavy.
HEAVY_SHARE = 0.5

#: A wire on which this share of the calls comes back as failures, or more, is in the colour of failure.
FAILING_SHARE = 0.05

#: Cells between two marks on a wire, by its share of the busiest wire's calls: at least the first.
SPACING = ((0.75, 4), (0.4, 6), (0.15, 9), (0.05, 14), (0.0, 20))


#: Every set of arms, as bits.
ARM_SETS = range(16)


class Look(NamedTuple):
    """How a wire is drawn. Sorts by loudness."""

    ink: int = Ink.WIRE
    weight: int = THIN


def look_of(wire: WireFrame | None, scale: float) -> Look:
    """The look of a wire under load; a quiet one if nothing is known of it."""
    if wire is None or (wire.calls <= 0 and wire.errors <= 0):
        return Look(Ink.WIRE_IDLE)
    weight = HEAVY if wire.calls >= HEAVY_SHARE * scale else THIN
    if wire.errors > 0 and wire.errors >= FAILING_SHARE * wire.calls:
        return Look(Ink.WIRE_FAILING, weight)
    return Look(Ink.WIRE_HEAVY if weight == HEAVY else Ink.WIRE, weight)


class _Piece(NamedTuple):
    """A wire in a cell; `arms` are the bits of the directions in which it goes on."""

    ends: Ends
    arms: int


class Wiring:
    """The cells of all wires, drawn as far as their looks have changed."""

    def __init__(self, routes: Routes, glyphs: Glyphs) -> None:
        """The wires of a board.

        Args:
            routes: Their ways.
            glyphs: The alphabet.
        """
        self.routes = routes
        self.looks: dict[Ends, Look] = {}
        self._glyphs = glyphs
        self._plain = [
            [
                glyphs.lines.get((w * (i & 1), w * (i >> 1 & 1), w * (i >> 2 & 1), w * (i >> 3)), "?")
                for i in ARM_SETS
            ]
            for w in (NONE, THIN, HEAVY)
        ]
        self._pieces: dict[Cell, list[_Piece]] = {}
        self._heads: dict[Cell, Side] = {}
        self._edges: dict[Cell, list[_Piece]] = {}
        for ends, route in routes.items():
            for cell, arms in zip(route.cells, route.arms, strict=True):
                self._pieces.setdefault(cell, []).append(_Piece(ends, arms))
            self._heads[route.enters.x, route.enters.y] = route.enters.side
            self._edges.setdefault(route.leaves.edge, []).append(_Piece(ends, route.leaves.side.arm))
        shared = {c: p for c, p in self._pieces.items() if len(p) > 1 and not self._are_joined(p)}
        self._crossings = {c for c, p in shared.items() if {x.arms for x in p} == {NORTH_SOUTH, WEST_EAST}}
        self._bridges = shared.keys() - self._crossings

    def at(self, x: int, y: int) -> tuple[Ends, ...]:
        """The wires that run through a cell, the loudest first."""
        pieces = self._pieces.get((x, y), [])
        return tuple(p.ends for p in sorted(pieces, key=lambda p: self.looks.get(p.ends, Look()), reverse=True))

    def draw(self, sheet: Sheet, looks: Mapping[Ends, Look], cards: Collection[str] = ()) -> None:
        """Draw the wires whose look is new, and where wires leave the borders of cards drawn anew.

        Args:
            sheet: To draw on.
            looks: Of each wire.
            cards: Ids of cards whose borders have just been drawn.
        """
        changed = [ends for ends in self.routes if looks[ends] != self.looks.get(ends)]
        self.looks.update(looks)
        cells = {cell for ends in changed for cell in self.routes[ends].cells}
        for cell in cells:
            sheet.put(*cell, *self._character(cell))
        drawn = set(changed)
        edges = {r.leaves.edge for ends, r in self.routes.items() if ends in drawn or ends[0] in cards}
        for edge in edges:
            self._draw_edge(sheet, edge)

    def _draw_edge(self, sheet: Sheet, edge: Cell) -> None:
        """Where wires leave, a card's border gets an arm; the border keeps its ink and weight."""
        pieces = self._edges[edge]
        side = self.routes[pieces[0].ends].leaves.side
        _, ink = sheet.at(*edge)
        border = HEAVY if ink in (Ink.CARD_SELECTED, Ink.CARD_CONNECTING) else THIN
        arms = [border if (i + side) % 2 else NONE for i in range(4)]
        arms[side] = max(self.looks[piece.ends].weight for piece in pieces)
        top, right, bottom, left = arms
        sheet.put(*edge, self._glyphs.lines[top, right, bottom, left], ink)

    def _character(self, cell: Cell) -> tuple[str, int]:
        pieces = self._pieces[cell]
        if len(pieces) == 1 and cell not in self._heads:
            ends, arms = pieces[0]
            ink, weight = self.looks[ends]
            return self._plain[weight][arms], ink
        ink = max(self.looks[p.ends].ink for p in pieces)
        head = self._heads.get(cell)
        if head is not None:
            return self._glyphs.heads[head], ink
        if cell in self._crossings:
            vertical, horizontal = (
                max(self.looks[p.ends].weight for p in pieces if p.arms == arms)
                for arms in (NORTH_SOUTH, WEST_EAST)
            )
            return self._glyphs.crossings[vertical, horizontal], ink
        if cell in self._bridges:  # the last wire hides the others
            return self._line(pieces[-1:]), self.looks[pieces[-1].ends].ink
        return self._line(pieces), ink

    def _are_joined(self, pieces: list[_Piece]) -> bool:
        """Whether the wires in a cell are one trunk, each joined to another of them."""
        routes = [self.routes[piece.ends] for piece in pieces]
        if len({r.leaves for r in routes}) == 1 or len({r.enters for r in routes}) == 1:
            return True
        reached, queue = {pieces[0].ends}, [pieces[0].ends]
        while queue:
            here = self.routes[queue.pop()]
            for other in pieces:
                if other.ends not in reached and here.joins(self.routes[other.ends]):
                    reached.add(other.ends)
                    queue.append(other.ends)
        return len(reached) == len(pieces)

    def _line(self, pieces: list[_Piece]) -> str:
        weights = [
            max((self.looks[p.ends].weight for p in pieces if p.arms >> i & 1), default=NONE) for i in range(4)
        ]
        top, right, bottom, left = weights
        return self._glyphs.lines.get((top, right, bottom, left), "?")


def marks(routes: Routes, frame: Frame, glyphs: Glyphs, *, still: bool = False) -> dict[int, Sparse]:
    """What moves on the wires, by row: calls towards the target, failed replies back to the source.

    Args:
        routes: Of the wires.
        frame: The moment.
        glyphs: The alphabet.
        still: The marks stand, for those who do not want movement.
    """
    over: dict[int, Sparse] = {}
    step = 0 if still else int(frame.phase)
    for ends, route in routes.items():
        wire = frame.wires.get(ends)
        if wire is None:
            continue
        cells = route.cells[:-1]  # the arrow head stays
        for i in _positions(len(cells), wire.calls / frame.wire_scale, step):
            x, y = cells[i]
            over.setdefault(y, {})[x] = glyphs.mark, Ink.MARK
        for i in _positions(len(cells), wire.errors / frame.wire_scale, step + 1):
            at = len(cells) - 1 - i
            x, y = cells[at]
            over.setdefault(y, {})[x] = glyphs.error, Ink.MARK_ERROR
            if at > 0:  # a head before it: which way it goes is seen in a picture that stands, too
                to_x, to_y = cells[at - 1]
                over.setdefault(to_y, {})[to_x] = glyphs.more[STEPS.index((to_x - x, to_y - y))], Ink.MARK_ERROR
    return over


def _positions(length: int, share: float, step: int) -> Iterator[int]:
    if share <= 0:
        return iter(())
    spacing = next(cells for least, cells in SPACING if share >= least)
    return iter(range(step % spacing, length, spacing))


def ghost(cells: tuple[Cell, ...], glyphs: Glyphs) -> dict[int, Sparse]:
    """A wire that is being drawn, by row: dashes and an arrow head."""
    over: dict[int, Sparse] = {}
    for i, (x, y) in enumerate(cells):
        before, after = cells[max(0, i - 1)], cells[min(len(cells) - 1, i + 1)]
        across, along = before[1] == after[1], before[0] == after[0]
        character = glyphs.ghost[0 if across else 1 if along else 2]
        if after == (x, y) != before:
            step = x - before[0], y - before[1]
            character = glyphs.heads[Side(STEPS.index(step)).opposite]
        over.setdefault(y, {})[x] = character, Ink.GHOST
    return over


def band(x: int, y: int, to_x: int, to_y: int, glyphs: Glyphs) -> dict[int, Sparse]:
    """A rectangle that is being drawn around cards, by row; from one corner to the opposite one."""
    left, right, top, bottom = min(x, to_x), max(x, to_x), min(y, to_y), max(y, to_y)
    across, along, _ = glyphs.ghost
    side = along, int(Ink.GHOST)
    over: dict[int, Sparse] = {row: {left: side, right: side} for row in range(top, bottom)}
    for row in (top, bottom):
        over[row] = dict.fromkeys(range(left, right + 1), (across, int(Ink.GHOST)))
    return over
