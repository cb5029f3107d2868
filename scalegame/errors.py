"""The one error type of the game: what is wrong, what to write instead, and where.

Everything that can be wrong with what a person wrote – a level, a design, a typed command – is a
`ScalegameError`, so that the command line, the screens and the server can show it in the same words.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

_SHORT_LIST = 8
_SHORT_QUOTE = 48


@dataclass(frozen=True)
class Place:
    """A place in a file; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return ``file:line:column``, leaving out the parts that are not known."""
        if self.line is None:
            return self.file
        if self.column is None:
            return f"{self.file}:{self.line}"
        return f"{self.file}:{self.line}:{self.column}"


class ScalegameError(Exception):
    """Something a person wrote cannot be used.

    Attributes:
        title: A few words, for the head of a dialogue.
        message: One line: what is wrong and what to write instead.
        place: Where it stands, if it stands in a file.
    """

    def __init__(self, title: str, message: str, place: Place | None = None) -> None:
        """Keep what is given; line breaks and other control characters in it are escaped."""
        self.title = printable(title)
        self.message = printable(message)
        self.place = place
        # The arguments are what pickle rebuilds an exception from when it crosses to another process.
        super().__init__(self.title, self.message, self.place)

    def __str__(self) -> str:
        """Return ``place: message``, or the message alone."""
        return self.message if self.place is None else f"{self.place}: {self.message}"

    def at(self, place: Place) -> Self:
        """Return the same error with a place, unless it already has one."""
        return self if self.place is not None else type(self)(self.title, self.message, place)


class Problems(ScalegameError):
    """Several errors reported at once, as ``validate`` does.

    Attributes:
        errors: One or more.
        more: There may be others, which cannot be looked for before these are mended.
    """

    def __init__(self, errors: Iterable[ScalegameError], more: bool = False) -> None:
        """Collect the errors; a `Problems` among them is replaced by what it carries."""
        errors = tuple(errors)
        self.more: bool = more or any(isinstance(error, Problems) and error.more for error in errors)
        flat: list[ScalegameError] = []
        for error in errors:
            flat.extend(error.errors if isinstance(error, Problems) else [error])
        self.errors: tuple[ScalegameError, ...] = tuple(flat)
        count = len(self.errors)
        super().__init__(
            "1 problem" if count == 1 else f"{count} problems",
            "; ".join(error.message for error in self.errors),
            self.errors[0].place if self.errors else None,
        )
        self.args = (self.errors, self.more)

    def __str__(self) -> str:
        """Return one ``place: message`` line per error."""
        return "\n".join(str(error) for error in self.errors)

    def at(self, place: Place) -> Self:
        """Return the same problems; those without a place get this one."""
        return type(self)(error.at(place) for error in self.errors)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that helps with an unknown name.

    Args:
        name: What was written.
        known: What could have been written.

    Returns:
        `` – did you mean "cache"?`` when one is close, else the known names when they are few,
        else the empty string.
    """
    # Case is ignored when comparing: "Cache" and "CPU" are the commonest slips.
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    if close:
        return f' – did you mean "{by_folded[close[0]]}"?'
    if 0 < len(by_folded) <= _SHORT_LIST:
        return " – known: " + ", ".join(by_folded.values())
    return ""


def quoted(value: object) -> str:
    """Return what was written, in quotes if it was text, cut to a length that fits a message."""
    text = str(value)
    if len(text) > _SHORT_QUOTE:
        text = text[: _SHORT_QUOTE - 1] + "…"
    return f'"{text}"' if isinstance(value, str) else text


def printable(text: str) -> str:
    r"""Return the text with control characters written as ``\n``, ``\x1b`` and so on.

    What a stranger wrote into a level ends up on a terminal: it must neither break the one-line form of
    a message nor send commands to the terminal.
    """
    return "".join(_escaped(char) if is_control(char) else char for char in text)


def is_control(char: str) -> bool:
    """Tell whether a character has no glyph: controls, surrogates, direction marks, line separators."""
    category = unicodedata.category(char)
    return category.startswith("C") or category in ("Zl", "Zp")


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def end_on_lost_interrupt() -> None:
    """Makes Ctrl-C end this process even where Python would drop it, and complain, in a generator's end.

    Status 130, as for every interrupt; every other exception that nobody can catch is reported as usual.
    """

    def lost(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is KeyboardInterrupt:
            os._exit(130)
        sys.__unraisablehook__(unraisable)

    sys.unraisablehook = lost
