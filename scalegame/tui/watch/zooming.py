"""What stretch of a run the charts show, and where their cursor stands (no screen in here)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scalegame.errors import ScalegameError, quoted
from scalegame.units import Dimension, parse, whole

#: The shortest stretch that is shown, seconds, and what one step of zooming leaves of a stretch.
SHORTEST, STEP = 0.02, 0.5

_MOMENT = r"\d{1,6}:[0-5]?\d(?:\.\d{1,6})?|\d{1,9}(?:\.\d{1,9})?(?:\s*(?:ms|min|s|m|h))?"
_CLOCK = re.compile(r"(\d{1,6}):([0-5]?\d(?:\.\d{1,6})?)")


@dataclass
class Zoom:
    """A stretch of a run.

    Attributes:
        length: Of the run, seconds.
        start: Of the stretch.
        end: Of the stretch.
        cursor: A moment within it.
    """

    length: float
    start: float = 0.0
    end: float = 0.0
    cursor: float = 0.0

    def __post_init__(self) -> None:
        if self.end <= self.start:
            self.everything()
        self.look(self.cursor)

    @property
    def whole(self) -> bool:
        """All of the run is shown."""
        return self.start <= 0 and self.end >= self.length

    def everything(self) -> None:
        """Shows all of the run."""
        self.start, self.end = 0.0, max(self.length, SHORTEST)

    def show(self, start: float, end: float) -> None:
        """Shows a stretch, as far as it lies in the run; the cursor comes along."""
        start, end = sorted((start, end))
        start = min(max(start, 0.0), max(self.length - SHORTEST, 0.0))
        self.start, self.end = start, max(min(end, self.length), start + SHORTEST)
        self.cursor = min(max(self.cursor, self.start), self.end)

    def by(self, factor: float, around: float | None = None) -> None:
        """Shows so much of the stretch: less than 1 is closer. A moment, the cursor's by default, stays put."""
        middle = self.cursor if around is None else around
        span = min(max((self.end - self.start) * factor, SHORTEST), max(self.length, SHORTEST))
        share = (middle - self.start) / (self.end - self.start)
        start = min(max(middle - share * span, 0.0), max(self.length - span, 0.0))
        self.show(start, start + span)

    def pan(self, share: float) -> None:
        """Moves by a share of the stretch; negative goes back."""
        span = self.end - self.start
        start = min(max(self.start + share * span, 0.0), max(self.length - span, 0.0))
        self.show(start, start + span)

    def look(self, time: float) -> None:
        """Puts the cursor at a moment, and moves the stretch if it lies outside."""
        self.cursor = min(max(time, 0.0), self.length)
        if self.cursor < self.start or self.cursor > self.end:
            span = self.end - self.start
            start = min(max(self.cursor - span / 2, 0.0), max(self.length - span, 0.0))
            self.show(start, start + span)


def moment_of(words: str) -> float:
    """A moment as people type it: `30 s`, `1:05`, `42` (seconds).

    Raises:
        ScalegameError: It is none.
    """
    found = moments(words)
    if len(found) != 1:
        raise _bad(words)
    return found[0]


def moments(words: str) -> tuple[float, ...]:
    """Several of them: `30 s 45 s`, `0:30 to 0:45`, `30 45`.

    Raises:
        ScalegameError: Something is none.
    """
    if len(words) > 80 or not re.fullmatch(rf"\s*(?:(?:{_MOMENT})(?:\s+|\s*-\s*|\s+to\s+|$))+", words):
        raise _bad(words)
    return tuple(_seconds(one) for one in re.findall(_MOMENT, words))


def _seconds(text: str) -> float:
    clock = _CLOCK.fullmatch(text)
    if clock:
        return int(clock[1]) * 60 + float(clock[2])
    number = text.strip()
    if whole(number[-1]) is not None:
        number += " s"
    return parse(re.sub(r"m$", "min", number), Dimension.TIME)


def _bad(words: str) -> ScalegameError:
    return ScalegameError("Not a moment", f"{quoted(words.strip())} is no moment: write 30 s or 1:05")
