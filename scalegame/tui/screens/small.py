"""Shown while the terminal is too small; goes away by itself."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size

from scalegame.tui.screens.window import SteadyModal
from scalegame.tui.widgets.plain import Static

#: The least the game can be played in.
LEAST = Size(80, 24)


def too_small(size: Size) -> bool:
    """Whether a terminal of that size cannot show the game."""
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmallScreen(SteadyModal[None]):
    """Says how large the terminal is and how large it should be."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="too-small")

    def on_mount(self) -> None:
        """Shows the size."""
        self._show(self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        """Shows the new size."""
        self._show(event.size)

    def _show(self, size: Size) -> None:
        self.query_one("#too-small", Static).update(
            f"This window is {size.width} × {size.height}.\n"
            f"The game needs {LEAST.width} × {LEAST.height}.\n\n"
            "Make it larger and you are back where you were.\nNothing is lost."
        )
