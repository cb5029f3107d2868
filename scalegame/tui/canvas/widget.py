"""The board on the screen: one widget that shows it, and through which it is changed.

The widget changes nothing itself. It says what the player did (`CardMoved`, `WireDrawn` …); whoever
holds the board changes it, and shows the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import var

from scalegame.tui.canvas.keys import KEYS
from scalegame.tui.canvas.layout import Rect, Slot
from scalegame.tui.canvas.navigate import DIRECTIONS, following, neighbour, reading_order
from scalegame.tui.canvas.ports import Ends
from scalegame.tui.canvas.view import BoardView

#: Further than any board reaches, cells.
FAR = 1_000_000
#: What a scroll goes over, as a share of the view.
_SHARES = {"left": (-0.5, 0), "right": (0.5, 0), "up": (0, -0.5), "down": (0, 0.5)}


@dataclass(slots=True)
class _Drag:
    """A mouse button held down on a card, or on the ground.

    Attributes:
        card: Id; "" on the ground.
        wire: A wire is being drawn; otherwise the card is moved.
        x: Column of the grip within the card.
        y: Row of the grip within the card.
        moved: It has been dragged somewhere.
    """

    card: str
    wire: bool
    x: int
    y: int
    moved: bool = False


class BoardCanvas(BoardView, can_focus=True):
    """A board to work on: cards are selected, moved, opened and wired, by keys and by mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    #: Whether cards can be moved and wires drawn with the mouse and the arrows.
    editable: var[bool] = var(True)
    #: Whether h, j, k and l move the selection as the arrows do.
    letters: var[bool] = var(True)
    _drag: _Drag | None = None
    _first_before: tuple[int, int] | None = None

    @dataclass
    class CardSelected(Message):
        """A card was selected by the player; None: nothing is any more."""

        id: str | None

    @dataclass
    class WireSelected(Message):
        """A wire was selected by the player."""

        source: str
        target: str

    @dataclass
    class CardMoved(Message):
        """A card was moved, to this column and row of the lattice (half cards)."""

        id: str
        column: int
        row: int

    @dataclass
    class CardsMoved(Message):
        """Several cards were moved together, to these slots of the lattice."""

        slots: dict[str, Slot]

    @dataclass
    class CardsMarked(Message):
        """The player marked cards with the mouse, or gave all marks up: these are marked now."""

        ids: frozenset[str]

    @dataclass
    class OverviewLeft(Message):
        """The board is shown large again."""

    @dataclass
    class WireDrawn(Message):
        """A wire was drawn from one card to another; whether it may be is for others to say."""

        source: str
        target: str

    @dataclass
    class CardOpened(Message):
        """A card was clicked twice, or Enter was pressed on it."""

        id: str

    @dataclass
    class ConnectCancelled(Message):
        """A wire that was being drawn was given up."""

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that have nothing to do here are left to the screen."""
        if action == "cancel":
            return (
                self.in_overview
                or self.connecting is not None
                or bool(self.picture.marked)
                or self.selected is not None
                or self.selected_wire is not None
            )
        if action == "accept":
            return self.in_overview or self.selected is not None
        if action in ("step", "cycle"):
            return bool(self.picture.cards)
        if action == "letter":
            return self.letters and bool(self.picture.cards)
        if action == "move":
            return self.editable and not self.in_overview and bool(self.selected or self.picture.marked)
        return True

    def action_step(self, direction: str) -> None:
        """Select the nearest card in a direction."""
        cards = self.picture.cards
        if self.selected is None:
            self._choose(following(reading_order(cards), None, 1))
        else:
            self._choose(neighbour(cards, self.selected, direction))

    def action_letter(self, direction: str) -> None:
        """Select the nearest card in a direction, by letter."""
        self.action_step(direction)

    def action_cycle(self, step: int) -> None:
        """Select the next card, in reading order."""
        self._choose(following(reading_order(self.picture.cards), self.selected, step))

    def action_cycle_wires(self, step: int) -> None:
        """Select the next wire of the selected card, or of the selected wire's source."""
        wires = sorted(self.picture.routes)
        here = self.selected or (self.selected_wire[0] if self.selected_wire else None)
        around = [f"{s}\0{t}" for s, t in wires if here is None or here in (s, t)]
        current = "\0".join(self.selected_wire) if self.selected_wire else None
        chosen = following(around, current, step)
        if chosen is not None:
            self._choose_wire((chosen.split("\0")[0], chosen.split("\0")[1]))

    def action_move(self, direction: str) -> None:
        """Move the selected card, or all that are marked, by half a card; over others in the way."""
        moved = self.picture.shift(self._held(), *DIRECTIONS[direction])
        if moved:
            self._painter.forget()
            self._reveal()
            self._update()
            self._say_moved(moved)

    def _held(self) -> frozenset[str]:
        """What is moved together: the cards that are marked, or the selected one."""
        marked = self.picture.marked & self.picture.cards.keys()
        return marked or frozenset({self.selected} if self.selected else ())

    def _say_moved(self, moved: dict[str, Slot]) -> None:
        if len(moved) > 1:
            self.post_message(self.CardsMoved(moved))
        else:
            for id, slot in moved.items():
                self.post_message(self.CardMoved(id, slot.column, slot.row))

    def action_scroll_to(self, where: str) -> None:
        """Move the view: left, right, up, down by half a view, or to the start or the end of the board."""
        if where in _SHARES:
            across, along = _SHARES[where]
            self.scroll_board(round(self.size.width * across), round(self.size.height * along))
        else:
            far = -FAR if where == "start" else FAR
            self.scroll_board(far, far)

    def action_accept(self) -> None:
        """Leave the overview, draw the wire that was begun, or open the selected card."""
        if self.in_overview:
            self._leave_overview()
        elif self.selected is None:
            return
        elif self.connecting is None:
            self.post_message(self.CardOpened(self.selected))
        else:
            self._finish(self.selected)

    def action_cancel(self) -> None:
        """Leave the overview, give up the wire that was begun or the marks, or select nothing."""
        if self.in_overview:
            first = self._first_before
            self._leave_overview()
            self._look(first)
            self._update()
        elif self.connecting is not None:
            self._finish(None)
        elif self.picture.marked:
            self.mark(())
            self.post_message(self.CardsMarked(frozenset()))
        else:
            self._choose(None)

    def show_overview(self, shown: bool = True) -> None:
        """As `BoardView.show_overview`; Escape leads back to where the view was."""
        if self._drag is not None:
            self._let_go()
        if shown:
            self._first_before = self._first
        super().show_overview(shown)

    def _leave_overview(self) -> None:
        self.show_overview(False)
        self.post_message(self.OverviewLeft())

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a card, of its port, or choose what is under the pointer."""
        if event.button != 1:
            return
        event.stop()
        if self._overview is not None:
            self._choose(self._overview.nearest(event.x, event.y))
            return
        x, y = self._model(event.x, event.y)
        port, card = self.picture.port_at(x, y), self.picture.card_at(x, y)
        if self.connecting is not None:
            self._finish(card)
        elif event.shift and card is not None and self.editable:
            if self.selected not in (None, card):
                self.picture.select(self.selected, None, self.selected)
                self._finish(card)
            else:
                self._choose(card)
                self.start_connect(card)
        elif event.ctrl and card is not None and self.editable:
            self.mark(self.picture.marked ^ {card})
            self.post_message(self.CardsMarked(self.picture.marked))
        elif port is not None and self.editable:
            self._choose(port)
            self._drag = _Drag(port, True, 0, 0)
        elif card is not None:
            rect = self.picture.cards[card]
            self._choose(card)
            self._drag = _Drag(card, False, x - rect.x, y - rect.y) if self.editable else None
        elif wires := self.picture.wires_at(x, y):
            self._choose_wire(wires[0])
        else:
            # What is selected is let go when the button is: the ground may be where a frame begins.
            self._drag = _Drag("", False, x, y)
        if self._drag is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the card, or lead the wire, that is held."""
        x, y = self._model(event.x, event.y)
        drag = self._drag
        if drag is not None and drag.card and drag.card not in self.picture.cards:
            self._let_go()  # it was taken off the board meanwhile
            return
        if drag is not None and not drag.card:
            drag.moved = drag.moved or abs(x - drag.x) > 1 or abs(y - drag.y) > 0
            self._band = (drag.x, drag.y, x, y) if drag.moved and self.editable else None
            self._update()
        elif drag is None:
            if self.connecting is not None:
                self._pointer = x, y
                self._update()
        elif drag.wire:
            if not drag.moved and not self.picture.cards[drag.card].contains(x - 1, y):
                drag.moved = True
                self.start_connect(drag.card)
            self._pointer = x, y
            self._update()
        else:
            self._drag_cards(drag, self.picture.metrics.slot(x - drag.x, y - drag.y))

    def _drag_cards(self, drag: _Drag, slot: Slot) -> None:
        """Move the card that is held, and with it all that are marked if it is one of them."""
        here = self.picture.slots[drag.card]
        ids = self._held() if drag.card in self.picture.marked else {drag.card}
        dx, dy = slot.column - here.column, slot.row - here.row
        if self.picture.shift(ids, dx, dy, jump=False):
            drag.moved = True
            self._painter.forget()
            self._update()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        drag = self._drag
        if drag is None:
            return
        event.stop()
        band = self._let_go()
        if drag.card and drag.card not in self.picture.cards:
            return
        if not drag.card:
            self._let_go_of_ground(band)
        elif drag.wire and drag.moved:
            card = self.picture.card_at(*self._model(event.x, event.y))
            self._finish(card if card != drag.card else None)
        elif drag.moved:
            ids = self._held() if drag.card in self.picture.marked else {drag.card}
            self._say_moved({id: slot for id, slot in self.picture.slots.items() if id in ids})

    def _let_go(self) -> tuple[int, int, int, int] | None:
        """Hold nothing any more; returns the frame that was being drawn on the ground."""
        band, self._band, self._drag = self._band, None, None
        self.release_mouse()
        return band

    def _let_go_of_ground(self, band: tuple[int, int, int, int] | None) -> None:
        """Mark the cards within the frame that was drawn; select nothing if there was none."""
        if band is None:
            self._choose(None)
            return
        x, y, to_x, to_y = band
        frame = Rect(min(x, to_x), min(y, to_y), abs(to_x - x) + 1, abs(to_y - y) + 1)
        inside = (id for id, card in self.picture.cards.items() if frame.meets(card))
        self.mark(self.picture.marked.union(inside))
        self.post_message(self.CardsMarked(self.picture.marked))

    def on_click(self, event: events.Click) -> None:
        """Open a card by clicking twice."""
        card = self.picture.card_at(*self._model(event.x, event.y))
        if event.chain == 2 and self.in_overview:
            self._leave_overview()
        elif event.chain == 2 and card is not None and self.connecting is None:
            self.post_message(self.CardOpened(card))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; with shift, right."""
        event.stop()
        self.scroll_board(4 if event.shift else 0, 0 if event.shift else 2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; with shift, left."""
        event.stop()
        self.scroll_board(-4 if event.shift else 0, 0 if event.shift else -2)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll right."""
        event.stop()
        self.scroll_board(4, 0)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll left."""
        event.stop()
        self.scroll_board(-4, 0)

    # Choosing

    def _choose(self, id: str | None) -> None:
        """Select a card as the player wished, and say so."""
        was = self.selected, self.selected_wire
        self.select(id)
        if (self.selected, self.selected_wire) != was:
            self.post_message(self.CardSelected(self.selected))

    def _choose_wire(self, ends: Ends) -> None:
        self.select_wire(*ends)
        self.post_message(self.WireSelected(*ends))

    def _finish(self, target: str | None) -> None:
        """Draw the wire that was begun, to a card; or give it up."""
        source = self.connecting
        self._pointer = None
        self.picture.select(self.selected, self.selected_wire)
        self._update()
        if source is not None and target is not None and target != source:
            self.post_message(self.WireDrawn(source, target))
        else:
            self.post_message(self.ConnectCancelled())
