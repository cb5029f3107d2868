"""How figures, goals and stars are written on the screens (pure functions)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from scalegame.units import Dimension, show

if TYPE_CHECKING:
    # It brings numpy along, and the first screen does not need it.
    from scalegame.levels.model import Level
    from scalegame.verdict.model import Objective

#: Marks that say the same as their colour.
HELD, MISSED, OPEN = "✓", "✗", "○"
STAR, NO_STAR = "★", "☆"
STARS = ("cost", "latency", "parts")

_BLOCKS = "▁▂▃▄▅▆▇█"

Part = str | Content | tuple[str, str]


def line(*parts: Part) -> Content:
    """A line of pieces; a pair is text and style."""
    return Content.assemble(*parts)


def heading(level: Level, place: str = "") -> Content:
    """A level's number and title, where we are in it, and how its time is scaled if it is."""
    scale = "" if level.time_scale == 1 else f"  1 s stands for {level.time_scale:g} s"
    # The sandbox has no place in the campaign.
    number = f"{level.chapter}.{level.position} {level.title}" if level.chapter else level.title
    return line((number, "bold"), (f"  {place}" if place else "", "$quiet"), (scale, "$warning"))


def tidy(text: str) -> str:
    """Comparison signs as a person writes them."""
    return text.replace(">=", "≥").replace("<=", "≤").replace("==", "=")


def flow(pieces: Sequence[Content], width: int, gap: int = 3, indent: int = 0) -> Content:
    """Pieces one after the other in as many lines as they need; no piece is broken over two lines."""
    rows: list[Content] = []
    row = Content(" " * indent)
    for piece in pieces:
        if row.cell_length > indent and row.cell_length + gap + piece.cell_length > width:
            rows.append(row)
            row = Content(" " * indent)
        row = row + (Content(" " * gap) if row.cell_length > indent else Content("")) + piece
    return Content("\n").join([*rows, row])


def spark(values: Sequence[float], upto: int, width: int, top: float) -> str:
    """A curve of one row over the whole run: what is to come, or unknown (NaN), is blank; the scale is `top`."""
    cells = []
    for cell in range(width):
        start, end = (
            cell * len(values) // width,
            max((cell + 1) * len(values) // width, cell * len(values) // width + 1),
        )
        if start >= upto or top <= 0:
            cells.append(" ")
            continue
        most = max((v for v in values[start : min(end, upto)] if not math.isnan(v)), default=math.nan)
        if math.isnan(most):
            cells.append(" ")
            continue
        cells.append(_BLOCKS[min(round(most / top * (len(_BLOCKS) - 1)), len(_BLOCKS) - 1)])
    return "".join(cells)


def value(amount: float | None, objective: Objective) -> str:
    """A measured value, or a dash."""
    if amount is None or math.isnan(amount):
        return "–"
    return show(amount, objective.dimension)


def price(amount: float) -> str:
    """Dollars per hour."""
    return show(amount, Dimension.PRICE)


def hours(amount: float) -> str:
    """Hours of work."""
    return show(amount, Dimension.EFFORT)


def difference(before: float, after: float, write: Callable[[float], str] = price) -> str:
    """A change with its sign, of a price or of what else is written so; "" for none."""
    if math.isclose(before, after, abs_tol=1e-9):
        return ""
    return f"{'+' if after > before else '−'}{write(abs(after - before))}"


def clock(seconds: float) -> str:
    """Simulated time as minutes and seconds."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def stars(earned: Iterable[str], offered: Sequence[str] = STARS) -> str:
    """Stars earned and not, one glyph each."""
    got = set(earned)
    return "".join(STAR if name in got else NO_STAR for name in offered)


def mark(held: bool | None) -> tuple[str, str]:
    """A mark and its colour: held, missed, or not known yet."""
    if held is None:
        return OPEN, "$quiet"
    return (HELD, "$success") if held else (MISSED, "$error")


def reflowed(text: str) -> str:
    """Prose as one line a paragraph, to be broken where the screen ends; indented lines and lists stay."""
    paragraphs: list[str] = []
    for row in text.strip().splitlines():
        plain = bool(row.strip()) and not row.startswith((" ", "- ", "* "))
        if plain and paragraphs and paragraphs[-1] and not paragraphs[-1].startswith(" "):
            paragraphs[-1] += f" {row.strip()}"
        else:
            paragraphs.append(row.rstrip())
    return "\n".join(paragraphs)


def plural(count: int, one: str, many: str = "") -> str:
    """A count and its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(at: float, hour: bool = False) -> str:
    """A moment as the day on which it was, here; `at` in seconds since 1970. A dash where that is no time."""
    try:
        return time.strftime("%Y-%m-%d %H:%M" if hour else "%Y-%m-%d", time.localtime(at))
    except (ValueError, OverflowError, OSError):
        return "–"
