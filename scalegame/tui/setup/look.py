"""How the settings reach the terminal: theme, colours, signs, motion, mouse, while the game runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.constants import TEXTUAL_ANIMATIONS
from textual.filter import LineFilter, Monochrome, NoColor

from scalegame.tui.setup import terminal
from scalegame.tui.setup.plain import AsciiFilter
from scalegame.tui.setup.settings import Settings
from scalegame.tui.setup.theme import SIXTEEN, THEMES

if TYPE_CHECKING:
    from textual.app import App


class Look:
    """What of the settings can be seen.

    Attributes:
        plain: Nothing but ASCII is shown.
    """

    def __init__(self, app: App[int]) -> None:
        """Takes the app as Textual has set it up."""
        for theme in (*THEMES.values(), *SIXTEEN.values()):
            app.register_theme(theme)
        self._app = app
        self._console = app.console
        self._ascii = AsciiFilter()
        self._no_color = NoColor()
        self.plain = False

    def take(self, settings: Settings) -> None:
        """Shows everything as it is set now."""
        app = self._app
        before = self.plain, app.console
        self.plain = terminal.is_plain(settings, terminal.encoding())
        app.console = terminal.console_of(self._console, settings)
        few = app.console.color_system in ("standard", "windows")
        app.theme = (SIXTEEN if few else THEMES)[settings.theme].name
        app.animation_level = "none" if settings.motion == "reduced" else TEXTUAL_ANIMATIONS
        terminal.take_mouse(app._driver, settings.mouse)
        if app.is_running and before != (self.plain, app.console):
            for screen in app.screen_stack:
                for widget in screen.walk_children(with_self=True):
                    widget.notify_style_update()
                    widget.refresh()

    def filters(self, usual: Sequence[LineFilter]) -> Sequence[LineFilter]:
        """What everything goes through: Textual's own, without colours if so asked for, and ASCII if need be."""
        found = list(usual)
        if self._app.no_color and self._app.native_ansi_color:
            # Greys of its own would not suit a ground that nobody knows.
            found = [self._no_color if isinstance(one, Monochrome) else one for one in found]
        return [*found, self._ascii] if self.plain else found
