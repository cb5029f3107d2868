"""What a board in a player's hands tells: which cards and wires were chosen, moved, wired, opened."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.reactive import var

from scalegame.tui.canvas.layout import Slot
from scalegame.tui.canvas.ports import Ends
from scalegame.tui.canvas.view import BoardView


class BoardTelling(BoardView):
    """A board that changes nothing itself, but says what the player did."""

    #: Whether cards can be moved and wires drawn with the mouse and the arrows.
    editable: var[bool] = var(True)

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
    class CardsMoved(Message):
        """A card was moved, or several together, to these slots of the lattice."""

        slots: dict[str, Slot]

    @dataclass
    class CardsMarked(Message):
        """The player marked cards with the mouse, or gave all marks up: these are marked now."""

        ids: frozenset[str]

    @dataclass
    class NothingFramed(Message):
        """The player drew a frame on the ground, and no card lies in it."""

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

    def _held(self) -> frozenset[str]:
        """What is moved together: the cards that are marked, or the selected one."""
        marked = self.picture.marked & self.picture.cards.keys()
        return marked or frozenset({self.selected} if self.selected else ())

    def _say_moved(self, moved: dict[str, Slot]) -> None:
        if moved:
            self.post_message(self.CardsMoved(moved))

    def _let_marks_go(self) -> None:
        """Mark nothing any more, as the player wished, and say so."""
        if self.picture.marked:
            self.mark(())
            self.post_message(self.CardsMarked(frozenset()))

    def _leave_overview(self) -> None:
        self.show_overview(False)
        self.post_message(self.OverviewLeft())
