"""A sheet of cells, each a character and an ink, from which rows of the screen are cut. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import IntEnum


class Ink(IntEnum):
    """What a cell is part of; its colour is the component class `canvas--<name>`.

    Of inks that meet in a cell of wires the larger one is drawn.
    """

    GROUND = 0
    WIRE_IDLE = 1
    WIRE = 2
    WIRE_HEAVY = 3
    WIRE_FAILING = 4
    WIRE_NEW = 5
    WIRE_SELECTED = 6
    CARD = 7
    CARD_SATURATED = 8
    CARD_FAILING = 9
    CARD_MARKED = 10
    CARD_SELECTED = 11
    CARD_CONNECTING = 12
    TITLE = 13
    TITLE_SELECTED = 14
    GLYPH = 15
    TEXT = 16
    LABEL = 17
    BAR_CALM = 18
    BAR_BUSY = 19
    BAR_SATURATED = 20
    BAR_QUEUE = 21
    STATE_IDLE = 22
    STATE_OK = 23
    STATE_BUSY = 24
    STATE_SATURATED = 25
    STATE_FAILING = 26
    STATE_DOWN = 27
    CHANGE_NEW = 28
    CHANGE_ALTERED = 29
    GHOST = 30
    MARK = 31
    MARK_ERROR = 32
    MORE = 33
    VIEW = 34

    @property
    def component_class(self) -> str:
        """Name of the component class that colours it."""
        return f"canvas--{self.name.lower().replace('_', '-')}"


#: Characters over a row, by column: what moves.
Sparse = dict[int, tuple[str, int]]


def lay_over(over: dict[int, Sparse], more: Mapping[int, Sparse]) -> None:
    """Add what lies over some rows, by row, to what lies over them already."""
    for y, row in more.items():
        over.setdefault(y, {}).update(row)


#: A row as drawn: characters and their inks.
Row = tuple[list[str], list[int]]


class Sheet:
    """A rectangle of cells.

    Attributes:
        width: Cells across.
        height: Cells down.
        stale: Rows that were drawn on since this was last emptied.
    """

    def __init__(self, width: int, height: int) -> None:
        """An empty sheet."""
        self.width, self.height = width, height
        self.stale: set[int] = set()
        self._characters = [[" "] * width for _ in range(height)]
        self._inks = [[0] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, ink: int) -> None:
        """Write characters of one cell each from a cell to the right; what is off the sheet is left out."""
        if not 0 <= y < self.height or x >= self.width or x < 0:
            return
        text = text[: self.width - x]
        self._characters[y][x : x + len(text)] = text
        self._inks[y][x : x + len(text)] = [ink] * len(text)
        self.stale.add(y)

    def at(self, x: int, y: int) -> tuple[str, int]:
        """Character and ink of a cell."""
        return self._characters[y][x], self._inks[y][x]

    def row(self, y: int, left: int, width: int, over: Sparse | None = None) -> Row:
        """A piece of a row with what moves over it; blank where there is no sheet."""
        if not 0 <= y < self.height:
            characters, inks = [" "] * width, [0] * width
        else:
            start, end = max(0, left), max(0, left + width)
            characters, inks = self._characters[y][start:end], self._inks[y][start:end]
            before = min(width, max(0, -left))
            after = width - before - len(characters)
            if before or after:
                characters = [" "] * before + characters + [" "] * after
                inks = [0] * before + inks + [0] * after
        if over:
            for x, (character, ink) in over.items():
                if 0 <= x - left < width:
                    characters[x - left] = character
                    inks[x - left] = ink
        return characters, inks

    def text(self) -> str:
        """Everything as lines of plain text, without blank ends."""
        lines = ("".join(characters).rstrip() for characters in self._characters)
        return "\n".join(lines).strip("\n")


def runs(text: str, inks: bytes, same: bytes, unseen: Collection[int]) -> list[tuple[str, int]]:
    """A row as stretches of one ink, as few as can be.

    Args:
        text: The characters.
        inks: The ink of each.
        same: For each of 256 inks the first ink that looks the same.
        unseen: Inks in which a blank looks like the ground; blanks of the ground join them.
    """
    merged: list[tuple[str, int]] = []
    last = -1
    for stretch in _STRETCHES(inks.translate(same)):
        start, end = stretch.span()
        ink, piece = stretch[1][0], text[start:end]
        if merged and (last == ink or (ink == 0 and last in unseen and piece.isspace())):
            merged[-1] = merged[-1][0] + piece, last
        else:
            merged.append((piece, ink))
            last = ink
    return merged


#: Stretches of equal bytes: a row of inks is taken apart as text, which is several times faster.
_STRETCHES = re.compile(rb"(.)\1*", re.DOTALL).finditer
