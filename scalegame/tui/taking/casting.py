"""Recordings of the screen as asciicast files (version 2): what the terminal was sent, and when.

The driver is asked for its words, so that a recording is what was really shown: on a terminal and in a browser
alike. What would change the terminal of whoever plays it (mouse reports, the clipboard) is left out.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO, TypeVar

from textual.app import App
from textual.driver import Driver

#: A recording ends by itself at this size, in characters, or after so many seconds.
MOST_CHARACTERS, MOST_SECONDS = 64_000_000, 30 * 60.0
#: How a player's terminal is made ready, and how it is left.
BEGIN, END = "\x1b[?1049h\x1b[2J\x1b[?25l", "\x1b[0m\x1b[?25h\x1b[?1049l"
_HEX = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
#: Mouse, paste, focus, size and keyboard reports, queries, and the clipboard.
_PRIVATE = re.compile(
    r"\x1b\[\?(?:100[0-6]|1015|1016|2004|2048)[hl]|\x1b\[\?[\d;]+\$p|\x1b\[[<>=][\d;]*u|\x1b\[\?u"
    r"|\x1b\](?:52|22);[^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
)


def public(data: str) -> str:
    """What the terminal was sent, without what is nobody else's business."""
    return _PRIVATE.sub("", data) if "\x1b" in data else data


class Cast:
    """A recording that is being made.

    Attributes:
        over: Why it has ended; "" while it goes on.
    """

    def __init__(
        self,
        file: TextIO,
        size: tuple[int, int],
        header: dict[str, object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        ended: Callable[[str], None] = lambda why: None,
        most: tuple[int, float] = (MOST_CHARACTERS, MOST_SECONDS),
    ) -> None:
        """Writes the header.

        Args:
            file: Open for writing; closed at the end.
            size: Columns and rows.
            header: More for it: title, theme, time stamp.
            clock: Seconds.
            ended: Told why, when it ends by itself.
            most: Characters and seconds, at most.

        Raises:
            OSError: Not even the header could be written.
        """
        self._file = file
        self._clock = clock
        self._ended = ended
        self._most = most
        self._start = clock()
        self._written = 0
        self._pending: list[str] = []
        self.over = ""
        first = {"version": 2, "width": size[0], "height": size[1], **(header or {})}
        # Without its header it is no recording: whoever began it has to hear of that.
        self._written += file.write(f"{json.dumps(first)}\n")
        file.flush()
        self._event("o", BEGIN)

    def feed(self, data: str) -> None:
        """Takes something that the terminal is sent."""
        if not self.over and (shown := public(data)):
            self._pending.append(shown)

    def flush(self) -> None:
        """Writes what was taken since the last time, as one event."""
        if self._pending and not self.over:
            data, self._pending = "".join(self._pending), []
            self._event("o", data)

    def resize(self, width: int, height: int) -> None:
        """Notes that the terminal has another size."""
        self.flush()
        if not self.over:
            self._event("r", f"{width}x{height}")

    def close(self, why: str = "stopped") -> None:
        """Ends it; a second time does nothing."""
        if self.over:
            return
        self.flush()
        if not self.over:
            self._event("o", END)
        self._end(why)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._clock() - self._start

    def _event(self, kind: str, data: str) -> None:
        self._write(self._line(kind, data))
        why = ""
        if self._written > self._most[0]:
            why = "it is as large as one may be"
        elif self.seconds > self._most[1]:
            why = "it is as long as one may be"
        if why and not self.over:
            self._write(self._line("o", END))
            self._end(why)
            self._ended(why)

    def _line(self, kind: str, data: str) -> str:
        return json.dumps([round(self.seconds, 6), kind, data], ensure_ascii=False)

    def _write(self, text: str) -> None:
        if self.over:
            return
        try:
            self._file.write(f"{text}\n")
        except OSError as error:
            self._end(f"the disk does not take it ({error.strerror or error})")
            self._ended(self.over)
        self._written += len(text) + 1

    def _end(self, why: str) -> None:
        self.over = why
        # What could not be written was said already, or will not be missed: each line stands for itself.
        with suppress(OSError):
            self._file.close()


D = TypeVar("D", bound=Driver)


def tapped(base: type[D]) -> type[D]:
    """A driver that lets the app's recording listen to what it writes."""

    class Tapped(base):  # type: ignore[misc, valid-type]
        def write(self, data: str) -> None:
            super().write(data)
            if (cast := _cast(self._app)) is not None:
                cast.feed(data)

        def flush(self) -> None:
            super().flush()
            if (cast := _cast(self._app)) is not None:
                cast.flush()

    Tapped.__name__, Tapped.__qualname__ = base.__name__, base.__qualname__
    return Tapped


def _cast(app: object) -> Cast | None:
    return getattr(app, "cast", None)


def header_of(app: App[Any]) -> dict[str, object]:
    """What a recording's header says of the app: its name, its colours, the kind of terminal."""
    header: dict[str, object] = {"timestamp": int(time.time()), "title": app.title}
    if terminal := os.environ.get("TERM"):
        header["env"] = {"TERM": terminal[:40]}
    variables, colours = app.theme_variables, app.ansi_theme.ansi_colors
    front, ground = variables.get("foreground", ""), variables.get("background", "")
    if _HEX.fullmatch(front) and _HEX.fullmatch(ground):
        palette = ":".join(colours[index].hex for index in range(16))
        header["theme"] = {"fg": front[:7].lower(), "bg": ground[:7].lower(), "palette": palette.lower()}
    return header
