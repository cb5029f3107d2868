"""The characters that the canvas is drawn with, one cell each, in Unicode and in ASCII."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import product

from rich.cells import cell_len

from scalegame.tui.canvas.ports import Side


class State(StrEnum):
    """How a card fares, from calm to broken; the word is on its border."""

    IDLE = "idle"
    OK = "ok"
    BUSY = "busy"
    SATURATED = "SATURATED"
    FAILING = "failing"
    DOWN = "DOWN"


#: Weights of an arm of a line.
NONE, THIN, HEAVY = 0, 1, 2

#: Weights of the four arms of a line in a cell: top, right, bottom, left.
Arms = tuple[int, int, int, int]


@dataclass(frozen=True)
class Glyphs:
    """An alphabet.

    Attributes:
        lines: Character for the arms of lines that meet in a cell.
        crossings: Character for a horizontal and a vertical line that do not meet.
        heads: Arrow heads by the side of the card that they point at.
        ghost: Dashes of a wire that is being drawn: across, up and down, corner.
        states: Marks of the states.
        bar: Parts of a bar's last cell, from the smallest to a full cell.
        mark: A call on its way.
        error: A failed reply on its way back.
        more: Signs at the edges of the view that there is more: top, right, bottom, left.
        ellipsis: Stands for the rest of a name.
        times: Before the number of replicas.
        tick: Before the sign of a card that is marked.
    """

    lines: Mapping[Arms, str]
    crossings: Mapping[tuple[int, int], str]
    heads: Mapping[Side, str]
    ghost: tuple[str, str, str]
    states: Mapping[State, str]
    bar: str
    mark: str
    error: str
    more: tuple[str, str, str, str]
    ellipsis: str
    times: str
    tick: str
    ascii: bool = field(default=False)


def _box_drawing() -> dict[Arms, str]:
    """The lines of Unicode's box drawing block by their arms, read from the characters' names."""
    found: dict[Arms, str] = {}
    words = {"UP": 0, "RIGHT": 1, "DOWN": 2, "LEFT": 3}
    both = {"VERTICAL": ("UP", "DOWN"), "HORIZONTAL": ("LEFT", "RIGHT")}
    for code in range(0x2500, 0x2580):
        name = unicodedata.name(chr(code)).removeprefix("BOX DRAWINGS ")
        if any(word in name for word in ("DOUBLE", "DASH", "DIAGONAL", "ARC")):
            continue
        arms = [NONE] * 4
        whole = HEAVY if name.startswith("HEAVY") else THIN
        for part in name.split(" AND "):
            words_here = part.split()
            weight = HEAVY if "HEAVY" in words_here else THIN if "LIGHT" in words_here else whole
            for word in words_here:
                for direction in both.get(word, (word,)):
                    if direction in words:
                        arms[words[direction]] = weight
        found.setdefault((arms[0], arms[1], arms[2], arms[3]), chr(code))
    for arms_, arc in {(0, 1, 1, 0): "╭", (0, 0, 1, 1): "╮", (1, 0, 0, 1): "╯", (1, 1, 0, 0): "╰"}.items():
        found[arms_] = arc
    return found


def _ascii_lines() -> dict[Arms, str]:
    found: dict[Arms, str] = {}
    weights = (NONE, THIN, HEAVY)
    for top, right, bottom, left in product(weights, weights, weights, weights):
        arms = top, right, bottom, left
        across, along = (left or right) and not (top or bottom), (top or bottom) and not (left or right)
        heavy = HEAVY in arms
        found[arms] = ("=" if heavy else "-") if across else ("!" if heavy else "|") if along else "+"
    return found


@cache
def unicode() -> Glyphs:
    """The alphabet for terminals of today: box drawing, geometric shapes, block elements."""
    lines = _box_drawing()
    return Glyphs(
        lines=lines,
        crossings={(v, h): lines[v, h, v, h] for v, h in product((THIN, HEAVY), repeat=2)},
        heads={Side.LEFT: "►", Side.RIGHT: "◄", Side.TOP: "▼", Side.BOTTOM: "▲"},
        ghost=("╌", "╎", "·"),
        states=dict(zip(State, "○●◆▲✗■", strict=True)),
        bar="▏▎▍▌▋▊▉█",
        mark="•",
        error="×",
        more=("▴", "▸", "▾", "◂"),
        ellipsis="…",
        times="×",
        tick="✓",
    )


@cache
def plain() -> Glyphs:
    """The alphabet for terminals that have nothing but ASCII.

    A crossing is drawn as the vertical line passing over the other, so `+` always means a corner or a join.
    """
    return Glyphs(
        lines=_ascii_lines(),
        crossings={(v, h): "!" if v == HEAVY else "|" for v, h in product((THIN, HEAVY), repeat=2)},
        heads={Side.LEFT: ">", Side.RIGHT: "<", Side.TOP: "v", Side.BOTTOM: "^"},
        ghost=(".", ":", "."),
        states=dict(zip(State, ".o*!xX", strict=True)),
        bar="#",
        mark="o",
        error="x",
        more=("^", ">", "v", "<"),
        ellipsis="~",
        times="x",
        tick="&",
        ascii=True,
    )


def one_cell_each(text: str, glyphs: Glyphs) -> str:
    """The text with every character that is not one cell wide, or cannot be shown, replaced by `?`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c if c.isprintable() and (c.isascii() or not glyphs.ascii) and cell_len(c) == 1 else "?" for c in text
    )


def fit(text: str, width: int, glyphs: Glyphs) -> str:
    """The text cut to a width, the cut marked."""
    text = one_cell_each(text, glyphs)
    return text if len(text) <= width else text[: max(0, width - 1)] + glyphs.ellipsis * (width > 0)
