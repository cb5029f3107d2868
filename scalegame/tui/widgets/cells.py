"""Rows of cells on the screen: what pure functions have drawn, on the Line API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from scalegame.tui.drawing.plot import Row, plain, runs


class Cells(Widget):
    """Shows rows of cells, and says where they are clicked, dragged over, or turned over with the wheel."""

    ALLOW_SELECT = False

    @dataclass
    class Clicked(Message):
        """A cell was clicked, so many times in a row."""

        cells: Cells
        x: int
        y: int
        times: int

    @dataclass
    class Dragged(Message):
        """The pointer was drawn from one cell to another, the button held; `done` when it is let go."""

        cells: Cells
        from_x: int
        from_y: int
        x: int
        y: int
        done: bool

    @dataclass
    class Turned(Message):
        """The wheel was turned over a cell: up (1) or down (-1)."""

        cells: Cells
        x: int
        y: int
        step: int

    def __init__(self, id: str | None = None) -> None:
        """Starts empty."""
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._words: str | None = None
        self._strips: dict[int, Strip] = {}
        self._styles: dict[str, RichStyle] = {}
        self._from: tuple[int, int] | None = None
        self._moved = False

    def draw(self, rows: Sequence[Row], words: str | None = None) -> None:
        """Shows other rows; only those that differ are painted anew.

        Args:
            rows: To show.
            words: What they mean, for whoever cannot see them; None: they are words already.
        """
        self._words = words
        before, self._rows = self._rows, rows
        for y in range(max(len(before), len(rows))):
            if y >= len(before) or y >= len(rows) or before[y] != rows[y]:
                self._strips.pop(y, None)
        self.refresh()

    @property
    def rows(self) -> Sequence[Row]:
        """What it shows."""
        return self._rows

    def spoken(self) -> str:
        """What it shows, in words."""
        return plain(self._rows) if self._words is None else self._words

    def notify_style_update(self) -> None:
        """The colours are others."""
        self._styles.clear()
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One row."""
        strip = self._strips.get(y)
        if strip is None:
            row = self._rows[y] if y < len(self._rows) else []
            segments = [Segment(text, self._style(style)) for text, style in runs(row)]
            strip = self._strips[y] = Strip(segments, len(row))
        return strip.adjust_cell_length(self.size.width, self._style(""))

    def _style(self, name: str) -> RichStyle:
        found = self._styles.get(name)
        if found is None:
            base = self.visual_style
            found = self._styles[name] = (base + Style.parse(name) if name else base).rich_style
        return found

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Perhaps the beginning of a drag."""
        if event.button == 1:
            self._from, self._moved = (event.x, event.y), False
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Goes on dragging."""
        if self._from is not None and (self._moved or (event.x, event.y) != self._from):
            self._moved = True
            self.post_message(self.Dragged(self, *self._from, event.x, event.y, False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Lets go."""
        begun, self._from = self._from, None
        if begun is not None:
            self.release_mouse()
            if self._moved:
                self.post_message(self.Dragged(self, *begun, event.x, event.y, True))

    def on_click(self, event: events.Click) -> None:
        """Says where, unless it was the end of a drag."""
        event.stop()
        if not self._moved:
            self.post_message(self.Clicked(self, event.x, event.y, event.chain))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Says so."""
        event.stop()
        self.post_message(self.Turned(self, event.x, event.y, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Says so."""
        event.stop()
        self.post_message(self.Turned(self, event.x, event.y, -1))
