"""The board on the screen: one widget that shows it, and through which it is changed.

The widget changes nothing itself. It says what the player did (`CardMoved`, `WireDrawn` …); whoever
holds the board changes it, and shows the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from scalegame.tui.canvas.layout import within_reach
from scalegame.tui.canvas.navigate import DIRECTIONS, following, neighbour, reading_order
from scalegame.tui.canvas.ports import Ends
from scalegame.tui.canvas.view import BoardView


@dataclass(slots=True)
class _Drag:
    """A mouse button held down on a card.

    Attributes:
        card: Id.
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

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(d, f"step('{d}')", f"Select {d}", show=False, id=f"canvas.{d}") for d in DIRECTIONS),
        *(
            Binding(f"shift+{d}", f"move('{d}')", f"Move {d}", show=False, id=f"canvas.move-{d}")
            for d in DIRECTIONS
        ),
        *(
            Binding(key, f"letter('{d}')", f"Select {d}", show=False, id=f"canvas.letter-{d}")
            for key, d in {"h": "left", "j": "down", "k": "up", "l": "right"}.items()
        ),
        Binding("tab", "cycle(1)", "Next card", show=False, id="canvas.next"),
        Binding("shift+tab", "cycle(-1)", "Previous card", show=False, id="canvas.previous"),
        Binding("full_stop", "cycle_wires(1)", "Next wire", show=False, id="canvas.next-wire"),
        Binding("comma", "cycle_wires(-1)", "Previous wire", show=False, id="canvas.previous-wire"),
        Binding("enter", "accept", "Open, or draw the wire", show=False, id="canvas.accept"),
        Binding("escape", "cancel", "Cancel", show=False, id="canvas.cancel"),
    ]

    #: Whether cards can be moved and wires drawn with the mouse and the arrows.
    editable: var[bool] = var(True)
    #: Whether h, j, k and l move the selection as the arrows do.
    letters: var[bool] = var(True)
    _drag: _Drag | None = None

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
            return self.connecting is not None or self.selected is not None or self.selected_wire is not None
        if action == "accept":
            return self.selected is not None
        if action in ("step", "cycle"):
            return bool(self.picture.cards)
        if action == "letter":
            return self.letters and bool(self.picture.cards)
        if action == "move":
            return self.editable and self.selected is not None
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
        """Move the selected card by half a card; over others if they are in the way."""
        if self.selected is None:
            return
        dx, dy = DIRECTIONS[direction]
        column, row = self.picture.slots[self.selected]
        for step in (1, 2, 3, 4, 5, 6):
            slot = within_reach(column + dx * step, row + dy * step)
            if self.picture.move(self.selected, slot):
                self._painter.forget()
                self._reveal()
                self._update()
                self.post_message(self.CardMoved(self.selected, slot.column, slot.row))
                return

    def action_accept(self) -> None:
        """Draw the wire that was begun, or open the selected card."""
        if self.selected is None:
            return
        if self.connecting is None:
            self.post_message(self.CardOpened(self.selected))
        else:
            self._finish(self.selected)

    def action_cancel(self) -> None:
        """Give up the wire that was begun, or select nothing."""
        if self.connecting is not None:
            self._finish(None)
        else:
            self._choose(None)

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a card, of its port, or choose what is under the pointer."""
        if event.button != 1:
            return
        event.stop()
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
            self._choose(None)
        if self._drag is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the card, or lead the wire, that is held."""
        x, y = self._model(event.x, event.y)
        drag = self._drag
        if drag is None:
            if self.connecting is not None:
                self._pointer = x, y
                self._update()
        elif drag.wire:
            if not drag.moved and not self.picture.cards[drag.card].contains(x - 1, y):
                drag.moved = True
                self.start_connect(drag.card)
            self._pointer = x, y
            self._update()
        elif self.picture.move(drag.card, self.picture.metrics.slot(x - drag.x, y - drag.y)):
            drag.moved = True
            self._painter.forget()
            self._update()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        drag, self._drag = self._drag, None
        if drag is None:
            return
        self.release_mouse()
        event.stop()
        if drag.wire and drag.moved:
            card = self.picture.card_at(*self._model(event.x, event.y))
            self._finish(card if card != drag.card else None)
        elif drag.moved:
            slot = self.picture.slots[drag.card]
            self.post_message(self.CardMoved(drag.card, slot.column, slot.row))

    def on_click(self, event: events.Click) -> None:
        """Open a card by clicking twice."""
        card = self.picture.card_at(*self._model(event.x, event.y))
        if event.chain == 2 and card is not None and self.connecting is None:
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
