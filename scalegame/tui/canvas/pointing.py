"""The board under a mouse: cards are chosen, marked, moved and wired, and the view is moved."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events

from scalegame.tui.canvas.edges import SHARES
from scalegame.tui.canvas.layout import Rect, Slot
from scalegame.tui.canvas.telling import BoardTelling


@dataclass(slots=True)
class _Drag:
    """A mouse button held down on a card, or on the ground.

    Attributes:
        card: Id; "" on the ground.
        wire: A wire is being drawn; otherwise the card is moved.
        x: Column of the grip within the card.
        y: Row of the grip within the card.
        pan: The view is moved; `x` and `y` are where the pointer was last, in cells of the view.
        moved: It has been dragged somewhere.
    """

    card: str
    wire: bool
    x: int
    y: int
    pan: bool = False
    moved: bool = False


_NOWHERE = -1, -1, ""


class BoardPointing(BoardTelling):
    """A board to work on with the mouse."""

    _drag: _Drag | None = None
    #: The button was let go of after a drag; Textual tells that as a click too.
    _dragged: bool = False
    #: Where and when a click left the overview: the second one of a double click does nothing more.
    _left_at: tuple[int, int, float] | None = None
    _first_before: tuple[int, int] | None = None
    #: Where the last click scrolled, and which way, while the pointer stays there.
    _scrolled: tuple[int, int, str] = _NOWHERE

    def show_overview(self, shown: bool = True) -> None:
        """As `BoardView.show_overview`; Escape leads back to where the view was."""
        if self._drag is not None:
            self._let_go()
        if shown:
            self._first_before = self._first
        super().show_overview(shown)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a card, of its port, of the view, or choose what is under the pointer."""
        event.stop()
        if self._drag is not None:
            return  # a second button does nothing while one is held
        self._dragged = self._is_second(event)
        if self._dragged:
            return
        if self._overview is not None:
            if event.button == 1:
                self._look_over(event)
            return
        x, y = self._model(event.x, event.y)
        on_ground = self.picture.card_at(x, y) is None and self.picture.port_at(x, y) is None
        way = self._way_at(event.x, event.y)
        if event.button != 1 or (event.shift and on_ground):
            self._drag = _Drag("", False, event.x, event.y, pan=True)
            self.capture_mouse()
        elif way is not None:
            self._dragged = True  # two clicks scroll twice, whatever card lies under the sign
            self._scrolled = (event.x, event.y, way)
            self._scroll_half(way)
        else:
            self._take_hold(event, x, y)

    def _way_at(self, x: int, y: int) -> str | None:
        """Where a click on a cell of the view scrolls; one more on the same cell, too, if the sign moved away."""
        ways, (last_x, last_y, last) = self._edges(), self._scrolled
        if (x, y) == (last_x, last_y) and last in ways:
            return last
        self._scrolled = _NOWHERE
        return next((way for way, place in ways.items() if place.contains(x, y)), None)

    def _is_second(self, event: events.MouseDown) -> bool:
        """Whether it is the second click of two of which the first left the overview."""
        left, self._left_at = self._left_at, None
        if left is None or left[:2] != (event.x, event.y):
            return False
        return event.time - left[2] <= self.app.CLICK_CHAIN_TIME_THRESHOLD

    def _look_over(self, event: events.MouseDown) -> None:
        """A click in the overview: choose a card, end a wire, or go where the pointer is."""
        assert self._overview is not None
        card = next((id for id, box in self._overview.boxes.items() if box.contains(event.x, event.y)), None)
        if card is not None and self.connecting is not None:
            self._finish(card)
        elif card is not None and card != self.selected:
            self._choose(card)
        else:
            place = self._model(event.x, event.y)
            self._leave_overview()
            self.look_at(*place)
            self._dragged, self._left_at = True, (event.x, event.y, event.time)

    def _scroll_half(self, way: str) -> None:
        """Move the view by half of it."""
        across, along = SHARES[way]
        self.scroll_board(round(self.size.width * across), round(self.size.height * along))

    def _take_hold(self, event: events.MouseDown, x: int, y: int) -> None:
        """The left button on a cell of the model."""
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
            self._mind_marks(port)
            self._choose(port)
            self._drag = _Drag(port, True, 0, 0)
        elif card is not None:
            self._mind_marks(card)
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

    def _mind_marks(self, card: str) -> None:
        """The marks go when another card is taken hold of; one that is marked may be about to be dragged."""
        if card not in self.picture.marked:
            self._let_marks_go()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the card, or lead the wire, that is held."""
        x, y = self._model(event.x, event.y)
        drag = self._drag
        if (event.x, event.y) != self._scrolled[:2]:
            self._scrolled = _NOWHERE
        if drag is not None and drag.pan:
            self.scroll_board(drag.x - event.x, drag.y - event.y)
            drag.moved = drag.moved or (event.x, event.y) != (drag.x, drag.y)
            drag.x, drag.y = event.x, event.y
            return
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
            self._update()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        drag = self._drag
        if drag is None:
            return
        event.stop()
        self._dragged = drag.moved
        band = self._let_go()
        if drag.pan or (drag.card and drag.card not in self.picture.cards):
            return
        if not drag.card:
            self._let_go_of_ground(band)
        elif not drag.moved:
            self._let_marks_go()
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
            self._let_marks_go()
            self._choose(None)
            return
        x, y, to_x, to_y = band
        frame = Rect(min(x, to_x), min(y, to_y), abs(to_x - x) + 1, abs(to_y - y) + 1)
        inside = [id for id, card in self.picture.cards.items() if frame.meets(card)]
        if not inside:
            self.post_message(self.NothingFramed())
            return
        self.mark(self.picture.marked.union(inside))
        self.post_message(self.CardsMarked(self.picture.marked))

    def on_click(self, event: events.Click) -> None:
        """Open a card by clicking twice; letting go after a drag is no click."""
        if self._dragged:
            self._dragged = False
            return
        card = self.picture.card_at(*self._model(event.x, event.y))
        if self.in_overview:
            return
        if event.chain == 2 and event.button == 1 and card is not None and self.connecting is None:
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
