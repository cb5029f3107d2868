"""The picture of a board: its cards and wires laid out and drawn, kept up to date cell by cell.

It knows nothing of the screen, so tests and exports can draw a board without a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.tui.canvas import layout
from scalegame.tui.canvas.cells import Ink, Sheet, Sparse, lay_over
from scalegame.tui.canvas.changes import Changes
from scalegame.tui.canvas.draw import Change, Face, Mood, draw_card
from scalegame.tui.canvas.frame import Frame
from scalegame.tui.canvas.glyphs import HEAVY, Glyphs
from scalegame.tui.canvas.layout import COMPACT, MARGIN_X, MARGIN_Y, Rect, Slot
from scalegame.tui.canvas.ports import Ends
from scalegame.tui.canvas.routing import Routes, reroute, sketch
from scalegame.tui.canvas.wiring import Look, Wiring, ghost, look_of, marks

#: A card with more wires than this keeps them as they run when one more comes; of fewer all are laid anew,
#: so that they stay evenly spread.
HUB = 12

Lines = Mapping[str, tuple[str, str]]


class Picture:
    """A drawn board.

    Attributes:
        board: What is drawn.
        slots: Where its cards stand on the lattice.
        cards: The cards' rectangles.
        routes: The wires' ways.
        sheet: The cells.
        extent: The rectangle of everything drawn, wires included.
        selected: Id of the selected card.
        connecting: Id of the card from which a wire is being drawn.
        selected_wire: Ends of the selected wire.
        marked: Ids of the cards that are marked.
        changes: What is shown as new or changed.
        ghosts: Dashes where wires were that are gone, by row.
    """

    def __init__(self, glyphs: Glyphs) -> None:
        """An empty picture."""
        self.glyphs = glyphs
        self.board = Board()
        self.slots: dict[str, Slot] = {}
        self.cards: dict[str, Rect] = {}
        self.routes: Routes = {}
        self.sheet = Sheet(0, 0)
        self.extent = layout.extent(())
        self.metrics = COMPACT
        self.selected: str | None = None
        self.connecting: str | None = None
        self.selected_wire: Ends | None = None
        self.marked: frozenset[str] = frozenset()
        self.changes = Changes()
        self.ghosts: dict[int, Sparse] = {}
        self._waiting: dict[str, Slot] = {}  # where cards were put that nothing is wired to
        self._kinds: Kinds = {}
        self._lines: Lines = {}
        self._frame: Frame | None = None
        self._faces: dict[str, Face] = {}
        self._wiring = Wiring({}, glyphs)
        self._settled: layout.Metrics | None = None  # with which the wires were laid

    @property
    def frame(self) -> Frame | None:
        """The moment that is shown; None while the cards show their settings."""
        return self._frame

    @property
    def lines(self) -> Lines:
        """The two lines of text of each card."""
        return self._lines

    def show_board(
        self, board: Board, kinds: Kinds, lines: Lines, width: int, height: int, view: Rect | None = None
    ) -> None:
        """Draw a board, in the largest cards with which it fits a view of that many cells.

        Wires keep their ways unless one of their cards moved, came, or is wired otherwise.

        Args:
            board: What is on it.
            kinds: For the signs on the cards.
            lines: Two lines of text for each card.
            width: Of the view, cells.
            height: Of the view, cells.
            view: What is seen of the board that was drawn last: new cards come into it if there is room.
        """
        before, at = self.board, self.cards
        self._waiting = self._room_for(board, view)
        self.board, self._kinds, self._lines = board, kinds, lines
        self.slots = layout.place(board, self._waiting)
        metrics = layout.choose(self.slots.values(), width, height)
        if metrics != self.metrics:
            self.metrics, self.routes = metrics, {}
        self.cards = {id: metrics.rect(slot) for id, slot in self.slots.items()}
        rewired = {id for wire in {*before.wires} ^ {*board.wires} for id in (wire.source, wire.target)}
        busy = Counter(id for wire in board.wires for id in (wire.source, wire.target))
        rewired = {id for id in rewired if busy[id] <= HUB}
        touched = rewired | {id for id, rect in self.cards.items() if at.get(id) != rect}
        same = at.keys() == self.cards.keys() and {*before.wires} == {*board.wires}
        if touched or not same or self._settled is not self.metrics:
            self._settle(touched)
        else:
            self._draw()

    def _room_for(self, board: Board, view: Rect | None) -> dict[str, Slot]:
        """Where cards wait to be wired: where they did before, the new ones where there is room in the view."""
        alone = layout.unwired(board)
        # Wherever they stood, and whatever came: one more card pushes none of them aside.
        waiting = {id: slot for id, slot in self.slots.items() if id in alone}
        new = [id for id in board.components if id in alone and id not in self.board.components]
        if view is None or not new or not self.board.components.keys() & board.components.keys():
            return waiting
        # The others stand as if the new ones were not there.
        others = board
        for id in new:
            others = others.without(id)
        taken = layout.place(others, waiting)
        if layout.choose(taken.values(), view.width, view.height) != self.metrics:
            return waiting
        near = self.cards.get(self.selected or "") or Rect(view.x + view.width // 2, view.y, 0, view.height // 2)
        busy = {cell for route in self.routes.values() for cell in route.cells}
        beyond = view.grown(self.metrics.width + self.metrics.gap_x, self.metrics.height + self.metrics.gap_y)
        for id in new:
            # A view that is full is moved or drawn smaller: then one card beyond its edges will do.
            slots = (layout.room(taken.values(), self.metrics, seen, near, busy) for seen in (view, beyond))
            slot = next((slot for slot in slots if slot is not None), None)
            if slot is not None:
                waiting[id] = taken[id] = slot
        return waiting

    def shift(self, ids: Iterable[str], dx: int, dy: int, *, jump: bool = True) -> dict[str, Slot]:
        """Draw some cards elsewhere, moved by the same lattice steps, for as long as no other board is shown.

        Returns:
            Where they stand then; empty if there is no room and they stay.
        """
        there = layout.shifted(self.slots, ids, dx, dy, jump=jump) or {}
        if there:
            self.slots |= there
            self.cards |= {id: self.metrics.rect(slot) for id, slot in there.items()}
            self._settle(there.keys())
        return there

    def show_frame(self, frame: Frame | None) -> None:
        """Show how the board fares at a moment, or its settings; only what differs is drawn."""
        self._frame = frame
        self._draw()

    def select(self, card: str | None, wire: Ends | None = None, connecting: str | None = None) -> None:
        """Show what is selected, and from where a wire is being drawn."""
        self.selected = card if card in self.cards else None
        self.selected_wire = wire if wire in self.routes else None
        self.connecting = connecting if connecting in self.cards else None
        self._draw()

    def alphabet(self, glyphs: Glyphs) -> None:
        """Draw everything with other signs."""
        self.glyphs = glyphs
        self._settle(())

    def mark(self, ids: Iterable[str]) -> None:
        """Show which cards are marked."""
        self.marked = frozenset(ids)
        self._draw()

    def compare(self, changes: Changes) -> None:
        """Show what is new and changed."""
        self.changes = changes
        self.ghosts = self._ghosts()
        self._draw()

    def moving(self, *, still: bool = False) -> dict[int, Sparse]:
        """The marks on the wires, by row."""
        return marks(self.routes, self._frame, self.glyphs, still=still) if self._frame else {}

    def ghost(self, source: str, end: Rect) -> dict[int, Sparse]:
        """Dashes from a card to another, or to a cell, by row."""
        inside = min(1, end.width)
        return ghost(sketch(self.cards, source, end.x + inside, end.y + inside), self.glyphs)

    def _ghosts(self) -> dict[int, Sparse]:
        found: dict[int, Sparse] = {}
        for source, target in self.changes.gone:
            if source in self.cards and target in self.cards:
                lay_over(found, self.ghost(source, self.cards[target]))
        return found

    def card_at(self, x: int, y: int) -> str | None:
        """Id of the card on a cell."""
        return next((id for id, rect in self.cards.items() if rect.contains(x, y)), None)

    def port_at(self, x: int, y: int) -> str | None:
        """Id of the card whose right edge, or the cell beside it, that is: wires are drawn from there."""
        for id, rect in self.cards.items():
            if rect.right - 1 <= x <= rect.right and rect.y <= y < rect.bottom:
                return id
        return None

    def wires_at(self, x: int, y: int) -> tuple[Ends, ...]:
        """Ends of the wires that run through a cell, the loudest first."""
        return self._wiring.at(x, y)

    def _settle(self, touched: Collection[str]) -> None:
        """Find new ways for the wires of touched cards, and draw everything anew."""
        self._settled = self.metrics
        ends = [(wire.source, wire.target) for wire in self.board.wires]
        self.routes = reroute(self.cards, ends, self.routes, touched)
        around = layout.extent(self.cards.values())
        self.sheet = Sheet(around.right + MARGIN_X, around.bottom + MARGIN_Y)
        self.extent = layout.extent([*self.cards.values(), *(route.box for route in self.routes.values())])
        self._faces = {}
        self._wiring = Wiring(self.routes, self.glyphs)
        self.ghosts = self._ghosts()
        self.select(self.selected, self.selected_wire, self.connecting)

    def _draw(self) -> None:
        drawn = []
        for id, rect in self.cards.items():
            face = self.face(id)
            known = self._faces.get(id)
            if face != known:
                if draw_card(self.sheet, rect, face, self.glyphs, known):
                    drawn.append(id)
                self._faces[id] = face
        self._wiring.draw(self.sheet, self.looks(), drawn)

    def face(self, id: str) -> Face:
        """Everything that a card shows now."""
        frame, component = self._frame, self.board.components[id]
        kind = self._kinds.get(component.kind)
        glyph = "?" if kind is None else kind.ascii if self.glyphs.ascii else kind.glyph
        mood = Mood.CONNECTING if id == self.connecting else Mood.SELECTED if id == self.selected else Mood.NONE
        lines = self._lines.get(id, ("", ""))
        known = frame.cards.get(id) if frame else None
        change = self.changes.cards.get(id, Change.NONE)
        return Face(glyph, id, component.replicas, lines, known, mood, id in self.marked, change)

    def looks(self) -> dict[Ends, Look]:
        """How each wire is drawn now."""
        frame = self._frame
        if frame is None:
            looks = dict.fromkeys(self.routes, Look())
        else:
            looks = {ends: look_of(frame.wires.get(ends), frame.wire_scale) for ends in self.routes}
        for ends in self.changes.new & looks.keys():
            looks[ends] = Look(Ink.WIRE_NEW, HEAVY)
        if self.selected_wire is not None:
            looks[self.selected_wire] = Look(Ink.WIRE_SELECTED, HEAVY)
        return looks
