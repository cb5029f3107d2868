"""Looking around on a board that is larger than the view: overview and scrolling, on screens with a canvas."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from scalegame.tui.canvas.keys import scrolling
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.base import GameScreen

#: Where `scroll` leads besides parts.
_WAYS = ("left", "right", "up", "down", "start", "end")


class Looking(GameScreen):
    """A screen with a canvas on which one can look around."""

    # The canvas has these too; here they work while it does not have the focus. On a run Home and End go to
    # its ends then.
    BINDINGS: ClassVar[list[BindingType]] = [key for key in scrolling("look") if key.key not in ("home", "end")]

    def action_look(self, way: str) -> None:
        """Moves the view."""
        self.query_one(BoardCanvas).action_scroll_to(way)

    def do_overview(self, words: str) -> None:
        """Shows the whole board small, or a part of it large again."""
        canvas = self.query_one(BoardCanvas)
        self.focus_body()
        canvas.show_overview(not canvas.in_overview)
        if canvas.in_overview:
            if canvas.connecting is not None:
                self.say("The whole board. Click the part that the wire leads to; empty ground: goes there.")
            else:
                back = " Esc: back." if canvas.has_focus else ""
                self.say(f"The whole board. Click a part, again to go there; or empty ground.{back}")
        else:
            self.say("")

    @on(BoardCanvas.OverviewLeft)
    def _overview_left(self) -> None:
        self.say("")

    def do_scroll(self, words: str) -> None:
        """Moves the view over a board that is larger, or to a part."""
        canvas = self.query_one(BoardCanvas)
        where = words.lower()
        if where in canvas.picture.cards:
            card = canvas.picture.cards[where]
            canvas.look_at(card.x + card.width // 2, card.y + card.height // 2)
        elif where in _WAYS:
            canvas.action_scroll_to(where)
        else:
            self.complain(f"Write scroll {', '.join(_WAYS)} or the name of a part.", f"scroll {words}".strip())
