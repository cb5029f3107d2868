"""Where playback stands in the run: a line along which the playhead is moved by clicking and dragging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

#: Signs of the marks and their colours, by kind; the later ones are drawn over the earlier.
SIGNS = {
    "recovery": ("╷", "$success"),
    "warning": ("╵", "$warning"),
    "page": ("┃", "$error"),
    "fault": ("▼", "$error"),
    "action": ("▲", "$accent"),
    "bookmark": ("◆", "$accent bold"),
    "lost": ("✗", "$error bold"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the line: where (a share of the run), and what, of `SIGNS`."""

    share: float
    kind: str


class Scrubber(Widget):
    """The run as one line: past, playhead, what is still to come, and marks."""

    ALLOW_SELECT = False

    @dataclass
    class Sought(Message):
        """A moment was pointed at, as a share of the run."""

        share: float

    def __init__(self) -> None:
        """Starts empty."""
        super().__init__()
        self._share = 0.0
        self._marks: tuple[Mark, ...] = ()
        self._drags = False

    def prepare(self, marks: Sequence[Mark]) -> None:
        """Sets the marks of a run."""
        order = list(SIGNS)
        self._marks = tuple(sorted(marks, key=lambda mark: order.index(mark.kind)))
        self.refresh()

    def at(self, share: float) -> None:
        """Moves the playhead."""
        width = max(self.size.width, 1)
        moved = _cell(share, width) != _cell(self._share, width)
        self._share = share
        if moved:
            self.refresh()

    def render(self) -> Content:
        """One line."""
        width = max(self.size.width, 1)
        here = _cell(self._share, width)
        cells = [("━", "$primary 60%") if i < here else ("─", "$faint") for i in range(width)]
        for mark in self._marks:
            cells[_cell(mark.share, width)] = SIGNS[mark.kind]
        cells[here] = ("●", "$primary bold")
        # As few pieces as can be: each costs time to draw, many times a second.
        pieces = groupby(cells, key=itemgetter(1))
        return Content.assemble(*(("".join(sign for sign, _ in cells), style) for style, cells in pieces))

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of the playhead, wherever on the line."""
        if event.button == 1:
            event.stop()
            self._drags = True
            self.capture_mouse()
            self._seek(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drags the playhead along."""
        if self._drags:
            event.stop()
            self._seek(event.x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Lets go."""
        if self._drags:
            event.stop()
            self._drags = False
            self.release_mouse()

    def _seek(self, x: int) -> None:
        share = min(max(x / max(self.size.width - 1, 1), 0.0), 1.0)
        self.post_message(self.Sought(share))


def _cell(share: float, width: int) -> int:
    return min(max(int(share * width), 0), width - 1)
