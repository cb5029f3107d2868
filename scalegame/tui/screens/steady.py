"""What Textual's screens trip over when input comes faster than the screen is drawn."""

from __future__ import annotations

from textual.geometry import Offset
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget


class SteadyScreen(Screen[ScreenResultType]):
    """A screen that can be clicked on in the moment in which its parts are replaced."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """The widget on a cell, and where in its text that is.

        Until the next layout Textual still finds what has been taken away. To begin a selection of text in it,
        it asks for the parent that is no more; so for us nothing is there.
        """
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (None, None) if widget is not None and not widget.is_attached else (widget, offset)
