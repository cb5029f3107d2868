"""What every small window over a screen has: it is steady under clicks, and a colon leads to the command line."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Input

from scalegame.tui.screens.steady import SteadyScreen


# ModalScreen comes first: of several bases, style sheets follow the first alone.
class SteadyModal(ModalScreen[ScreenResultType], SteadyScreen[ScreenResultType]):
    """A modal screen that can be clicked on in the moment in which its parts are replaced."""


class WindowScreen(SteadyModal[ScreenResultType]):
    """A window that is left by Esc, or by a colon, which goes on to the command line of the screen below.

    A subclass leaves by `leave_window`; what has another answer than None for "nothing" extends it.
    """

    # Before anything else, as on every screen: what is typed right behind the colon finds the line open.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("colon", "to_line", "Type a line", show=False, priority=True)]

    def on_click(self, event: events.Click) -> None:
        """A click beside the window leaves it."""
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            event.stop()
            self.leave_window()

    def leave_window(self) -> None:
        """Closes the window as Esc does: nothing was chosen."""
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A colon typed into a line of the window is a character of it."""
        return not (action == "to_line" and self._typing)

    @property
    def _typing(self) -> bool:
        # A line that was just opened has the focus only a moment later.
        lines = self.query(Input)
        return any(entry.display and self.focused in (None, entry) for entry in lines)

    def action_to_line(self) -> None:
        """Closes the window, and opens the command line of the screen below."""
        from scalegame.tui.screens.base import GameScreen

        app = self.app
        if app.screen is not self:
            return  # It is on its way out.
        self.leave_window()
        below = app.screen
        if isinstance(below, WindowScreen):
            below.action_to_line()
        elif isinstance(below, GameScreen):
            below.do_line("")
