"""The board on the screen: one widget that shows it, and through which it is changed.

The widget changes nothing itself. It says what the player did (`CardsMoved`, `WireDrawn` …); whoever
holds the board changes it, and shows the new one.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.reactive import var

from scalegame.tui.canvas.edges import SHARES
from scalegame.tui.canvas.keys import KEYS
from scalegame.tui.canvas.layout import Rect
from scalegame.tui.canvas.navigate import DIRECTIONS, following, neighbour, reading_order
from scalegame.tui.canvas.pointing import BoardPointing

#: Further than any board reaches, cells.
FAR = 1_000_000


class BoardCanvas(BoardPointing, can_focus=True):
    """A board to work on: cards are selected, moved, opened and wired, by keys and by mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    #: Whether h, j, k and l move the selection as the arrows do.
    letters: var[bool] = var(True)

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

    def _reachable(self) -> dict[str, Rect]:
        """The cards that keys go through: while a wire is drawn those that it may lead to."""
        cards, targets = self.picture.cards, self._targets
        if self.connecting is None or targets is None:
            return cards
        return {id: card for id, card in cards.items() if id in targets or id == self.selected}

    def action_step(self, direction: str) -> None:
        """Select the nearest card in a direction."""
        cards = self._reachable()
        if self.selected_wire is not None:
            # From a wire one goes on to one of its ends.
            self._choose(self.selected_wire[direction in ("right", "down")])
        elif self.selected is None:
            self._choose(following(reading_order(cards), None, 1))
        else:
            self._choose(neighbour(cards, self.selected, direction))

    def action_letter(self, direction: str) -> None:
        """Select the nearest card in a direction, by letter."""
        self.action_step(direction)

    def action_cycle(self, step: int) -> None:
        """Select the next card, in reading order."""
        self._choose(following(reading_order(self._reachable()), self.selected, step))

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
            self._reveal()
            self._update()
            self._say_moved(moved)

    def action_scroll_to(self, where: str) -> None:
        """Move the view: left, right, up, down by half a view, or to the start or the end of the board."""
        if where in SHARES:
            self._scroll_half(where)
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
            self._let_marks_go()
        else:
            self._choose(None)
