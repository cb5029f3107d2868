"""Where playback stands in the run: a line that a click moves along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Scrubber(Widget):
    """The run as one line: past, playhead, what is still to come, events and the stop."""

    @dataclass
    class Sought(Message):
        """A moment was clicked, as a share of the run."""

        share: float

    def __init__(self) -> None:
        """Starts empty."""
        super().__init__()
        self._share = 0.0
        self._marks: tuple[float, ...] = ()
        self._stop: float | None = None

    def prepare(self, marks: Sequence[float], stop: float | None) -> None:
        """Sets the marks of a run: shares at which something happens, and where it was lost."""
        self._marks, self._stop = tuple(marks), stop
        self.refresh()

    def at(self, share: float) -> None:
        """Moves the playhead."""
        if round(share * self.size.width) != round(self._share * self.size.width):
            self.refresh()
        self._share = share

    def render(self) -> Content:
        """One line."""
        width = max(self.size.width, 1)
        cells = [("━", "$primary 60%") if i < self._share * width else ("─", "$faint") for i in range(width)]
        for mark in self._marks:
            cells[_cell(mark, width)] = ("╵", "$warning")
        if self._stop is not None:
            cells[_cell(self._stop, width)] = ("✗", "$error")
        cells[_cell(self._share, width)] = ("●", "$primary bold")
        return Content.assemble(*cells)

    def on_click(self, event: events.Click) -> None:
        """Asks to go where it was clicked."""
        event.stop()
        self.post_message(self.Sought(event.x / max(self.size.width - 1, 1)))


def _cell(share: float, width: int) -> int:
    return min(max(int(share * width), 0), width - 1)
