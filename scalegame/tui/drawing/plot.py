"""Charts as rows of cells, in block elements that every font has, or in letters where there is only ASCII (pure).

A chart is a heading (title, largest value and its moment), a legend (each line's sample, name and value under the
cursor), the plot between its axes, and a row of times on which the marks stand. A cell is a character and the name
of a style of the theme. Lines differ by pattern as well as by colour, marks by sign.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from scalegame.insight.series import Against, Chart, Line, Span
from scalegame.simulation.recording import Floats
from scalegame.units import Dimension, show

#: Cells left of the plot: a label of the scale and the axis.
GUTTER = 9
#: Rows of a chart that are not plot: heading, legend, times.
AROUND = 3


class Cell(NamedTuple):
    """A character and its style."""

    char: str
    style: str


Row = list[Cell]


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that is marked.

    Attributes:
        time: Seconds.
        sort: "cursor", "playhead", "fault", "alert", "recovery", "order" (the player's), "info" or "begins".
    """

    time: float
    sort: str


class _Sign(NamedTuple):
    """How a sort of mark is drawn: in the plot, on the row of times, the same in ASCII, and its style."""

    plot: str
    foot: str
    plain_plot: str
    plain_foot: str
    style: str


#: What stands before what, where several marks meet.
_MARKS = {
    "begins": _Sign("┆", "┴", ":", "[", "$quiet"),
    "info": _Sign(" ", "╵", " ", "'", "$quiet"),
    "recovery": _Sign("╎", "✓", ":", "v", "$success"),
    "alert": _Sign("╎", "▲", ":", "!", "$warning"),
    "fault": _Sign("╎", "✗", ":", "x", "$error"),
    "order": _Sign("╎", "◇", ":", "o", "$primary"),
    "playhead": _Sign("│", "●", "|", "@", "$primary"),
    "cursor": _Sign("┃", "┻", "|", "^", "$foreground bold"),
}
_RANK = list(_MARKS)

#: The main line is an area, filled to eighths of a cell; other lines run over it, at three heights of a cell.
_EIGHTHS = "▁▂▃▄▅▆▇█"
_HEIGHTS = "▁─▔"
_AREA, _BAD = "$secondary", "$error"
#: The other lines: style, cells drawn and left out in turn, sample, letter in ASCII.
_LINES = (
    ("$foreground", (1, 0), "─", "+"),
    ("$primary", (1, 1), "╌", "o"),
    ("$warning", (3, 1), "┄", "x"),
    ("$success", (2, 2), "┈", "%"),
    ("$quiet", (1, 3), "·", "="),
)
_BEFORE = ("$quiet", (1, 2), "·", ".")
#: In ASCII the main line's letter, and what fills the area below it.
_LETTER, _FILL = "*", "#"


def buckets(width: int) -> int:
    """How many buckets a chart of so many cells shows: one a cell of its plot."""
    return max(width - GUTTER, 1)


def chart(
    against: Against,
    span: Span,
    width: int,
    height: int,
    marks: Sequence[Mark] = (),
    *,
    ascii: bool = False,
    selected: bool = False,
) -> list[Row]:
    """One chart.

    Args:
        against: What to draw; its lines have `buckets(width)` values.
        span: The time shown.
        width: Cells.
        height: Rows in all, at least five.
        marks: Moments to mark; the one of sort "cursor" says where values are read.
        ascii: With nothing but ASCII.
        selected: It is the one that keys speak to.
    """
    rows, columns = max(height - AROUND, 2), max(width - GUTTER, 1)
    top = nice(against.top, against.chart.dimension)
    cursor = next((span.bucket(m.time) for m in marks if m.sort == "cursor"), None)
    return [
        _heading(against, span, width, ascii, selected),
        _legend(against, cursor, width, ascii),
        *(
            [*label, *cells]
            for label, cells in zip(
                _scale(top, rows, against.chart.dimension, ascii),
                _plot(against, span, columns, rows, top, marks, ascii),
                strict=True,
            )
        ),
        _times(span, columns, marks, ascii),
    ]


def nice(value: float, dimension: Dimension) -> float:
    """The top of a scale: the next round number (1 for an empty chart, or for a count of at most 1)."""
    if not value > 0 or not math.isfinite(value):
        return 1.0
    if dimension is Dimension.COUNT and value <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value) + 1e-12)
    return next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))


# -- the plot


def _plot(
    against: Against, span: Span, columns: int, rows: int, top: float, marks: Sequence[Mark], ascii: bool
) -> list[Row]:
    """Marks at the back, the main line as an area, the other lines over it, cursor and playhead in front."""
    grid = [[Cell(" ", "")] * columns for _ in range(rows)]
    shown = [m for m in sorted(marks, key=_rank) if span.start <= m.time <= span.end]
    for mark in shown:
        sign = _MARKS[mark.sort]
        for row in grid:
            row[span.bucket(mark.time)] = Cell(sign.plain_plot if ascii else sign.plot, sign.style)
    main = against.chart.main
    _area(grid, main.values, top, _ground(against.chart), ascii)
    for i, line in enumerate(reversed(against.chart.lines[:-1])):
        # Where it runs along the area's edge it would only blur it.
        apart = np.abs(line.values - main.values) > top / len(grid) / 4
        seen = np.where(apart | np.isnan(main.values), line.values, np.nan)
        _line(grid, seen, top, _LINES[i % len(_LINES)], ascii)
    if against.before is not None:
        _line(grid, against.before.values, top, _BEFORE, ascii)
    for mark in shown:
        if mark.sort in ("cursor", "playhead"):
            sign = _MARKS[mark.sort]
            for row in grid:
                _over(row, span.bucket(mark.time), sign.plain_plot if ascii else sign.plot, sign.style)
    if (peak := _peak(main)) is not None:
        parts = 1 if ascii else len(_EIGHTHS)
        level = (_filled(float(main.values[peak]), top, rows * parts) - 1) // parts
        _over(grid[rows - 1 - level], peak, "^" if ascii else "◆", "$foreground bold")
    return grid


def _rank(mark: Mark) -> int:
    return _RANK.index(mark.sort)


def _over(row: Row, column: int, char: str, style: str) -> None:
    """Draws over what is there; where that is a full cell, it is the ground."""
    below = row[column]
    _, on, ground = below.style.partition(" on ")
    ground = ground if on else below.style if below.char == _EIGHTHS[-1] else ""
    row[column] = Cell(char, f"$background bold on {ground}" if ground else style)


def _ground(chart: Chart) -> str:
    """The style of a chart's area: errors are never calm."""
    return _BAD if chart.id == "errors" else _AREA


def _area(grid: list[Row], values: Floats, top: float, style: str, ascii: bool) -> None:
    """Fills each column up to its value; nought is a line on the ground, a gap stays empty."""
    rows, parts = len(grid), 1 if ascii else len(_EIGHTHS)
    for column, value in enumerate(values.tolist()):
        if value != value:
            continue
        whole, rest = divmod(_filled(value, top, rows * parts), parts)
        for level in range(whole):
            grid[rows - 1 - level][column] = Cell(_FILL if ascii else _EIGHTHS[-1], style)
        if rest:
            grid[rows - 1 - whole][column] = Cell(_EIGHTHS[rest - 1], style)
        elif ascii:
            grid[rows - whole][column] = Cell(_LETTER, style)


def _filled(value: float, top: float, parts: int) -> int:
    """How many parts of a column a value fills, at least one."""
    return min(max(round(value / top * parts), 1), parts)


def _line(
    grid: list[Row], values: Floats, top: float, look: tuple[str, tuple[int, int], str, str], ascii: bool
) -> None:
    """Draws a line over what is there, a piece in each column."""
    style, (on, off), _, letter = look
    heights = 1 if ascii else len(_HEIGHTS)
    levels = len(grid) * heights
    for column, value in enumerate(values.tolist()):
        if value != value or column % (on + off) >= on:
            continue
        level = min(max(round(value / top * levels - 0.5), 0), levels - 1)
        row = grid[len(grid) - 1 - level // heights]
        _over(row, column, letter if ascii else _HEIGHTS[level % heights], style)


def _peak(line: Line) -> int | None:
    """The bucket of the first largest value; None where there is none, or nothing but nought."""
    if np.isnan(line.values).all():
        return None
    at = int(np.nanargmax(line.values))
    return at if line.values[at] > 0 else None


# -- around it


def text(words: str, style: str = "") -> Row:
    """Cells of a text."""
    return [Cell(char, style) for char in words]


def _fill(row: Row, width: int) -> Row:
    return [*row[:width], *[Cell(" ", "")] * (width - len(row))]


def _heading(against: Against, span: Span, width: int, ascii: bool, selected: bool) -> Row:
    chart = against.chart
    sign = (">" if ascii else "▸") if selected else " "
    left = [*text(f"{sign} ", "$primary bold"), *text(chart.title, "bold" if selected else "")]
    peak = _peak(chart.main)
    if peak is None:
        return _fill(left, width)
    most = f"max {show(float(chart.main.values[peak]), chart.dimension)} at {moment(span.time(peak), span.step)}"
    room = width - len(left)
    if len(most) + 2 > room:
        most = most.partition(" at ")[0]
    right = text(most, "$quiet") if len(most) + 2 <= room else []
    return [*_fill(left, width - len(right)), *right]


def _legend(against: Against, cursor: int | None, width: int, ascii: bool) -> Row:
    """Each line's sample and name, with its value under the cursor; what does not fit is counted."""
    chart, pieces = against.chart, []
    several = len(chart.lines) > 1 or against.before is not None
    looks = [(_ground(chart), (1, 0), "█", _FILL), *(_LINES[i % len(_LINES)] for i in range(len(chart.lines) - 1))]
    for line, look in zip(reversed(chart.lines), looks, strict=True):
        pieces.append(_piece(line, chart.dimension, cursor, look, ascii, several))
    if against.before is not None:
        named = Line("before", against.before.values)
        pieces.insert(1, _piece(named, chart.dimension, cursor, _BEFORE, ascii, True))
    row = text("  " if width >= 50 else " ")
    for i, piece in enumerate(pieces):
        left = len(pieces) - i - 1
        gap = 1 if i and width < 50 else 2 if i else 0
        more = f" +{left + 1}"
        if len(row) + gap + len(piece) > width - (len(more) if left else 0):
            row += text(more, "$quiet")
            break
        row += [*text(" " * gap), *piece]
    return _fill(row, width)


def _piece(
    line: Line,
    dimension: Dimension,
    cursor: int | None,
    look: tuple[str, tuple[int, int], str, str],
    ascii: bool,
    several: bool,
) -> Row:
    style, _, sample, letter = look
    name = [*text(letter if ascii else sample, style), Cell(" ", "")] if several else []
    name += text(line.name, "$quiet")
    if cursor is None:
        return name
    value = float(line.values[cursor])
    return [*name, *text(" "), *text(show(value, dimension), "bold" if value == value else "$quiet")]


def _scale(top: float, rows: int, dimension: Dimension, ascii: bool) -> list[Row]:
    """Labels of the scale: the top, the middle where there is room, and nought."""
    labels = {0: show(top, dimension), rows - 1: "0"}
    if rows >= 7:
        labels[rows // 2] = show(top / 2, dimension)
    found = []
    for row in range(rows):
        label = labels.get(row, "")
        axis = "|" if ascii else "┤" if label else "│"
        found.append([*text(f"{label[: GUTTER - 1]:>{GUTTER - 1}}", "$quiet"), Cell(axis, "$faint")])
    return found


def moment(time: float, step: float = 1.0) -> str:
    """A simulated time as minutes and seconds, with as many digits as a step of that length needs."""
    digits = 0 if step >= 0.5 else 1 if step >= 0.05 else 2 if step >= 0.005 else 3
    whole = round(max(time, 0.0), digits) if digits else math.floor(max(time, 0.0))
    minutes, seconds = divmod(whole, 60)
    wide = 3 + digits if digits else 2
    return f"{int(minutes):02d}:{seconds:0{wide}.{digits}f}"


def _times(span: Span, columns: int, marks: Sequence[Mark], ascii: bool) -> Row:
    """The row of times: the signs of the marks, and round moments wherever these leave room."""
    row = text(("-" if ascii else "─") * columns, "$faint")
    for mark in sorted(marks, key=_rank):
        if span.start <= mark.time <= span.end:
            sign = _MARKS[mark.sort]
            column = span.bucket(mark.time)
            row[column] = Cell(sign.plain_foot if ascii else sign.foot, sign.style)
    taken = [cell.style != "$faint" for cell in row]
    length = span.end - span.start
    wide = len(moment(span.end, span.step))
    step = _round_step(length * (wide + 3) / max(columns, 1))
    at = math.ceil(span.start / step - 1e-9) * step
    while at <= span.end:
        column = int((at - span.start) / length * columns)
        label = moment(at + 1e-9, step)
        # It begins at its moment, or covers it: not farther away than its own width.
        for first in range(column, column - len(label), -1):
            room = slice(max(first - 1, 0), first + len(label) + 1)
            if first >= 0 and first + len(label) <= columns and not any(taken[room]):
                row[first : first + len(label)] = text(label, "$quiet")
                taken[first : first + len(label)] = [True] * len(label)
                break
        at += step
    return [*text(" " * (GUTTER - 1)), Cell("+" if ascii else "└", "$faint"), *row]


def _round_step(least: float) -> float:
    """The next length that people count time in."""
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600):
        if step >= least:
            return float(step)
    return 3600.0 * math.ceil(least / 3600.0)


# -- for whoever shows, copies or reads it out


def told(against: Against, span: Span, time: float) -> str:
    """A chart in words: its values at a moment, and the largest of its main line."""
    chart, at = against.chart, span.bucket(time)
    lines = [*reversed(chart.lines), *([Line("before", against.before.values)] if against.before else [])]
    values = [f"{line.name} {show(float(line.values[at]), chart.dimension)}" for line in lines]
    peak = _peak(chart.main)
    most = "" if peak is None else f"; most {show(float(chart.main.values[peak]), chart.dimension)}"
    when = "" if peak is None else f" at {moment(span.time(peak), span.step)}"
    return f"{chart.title} at {moment(time, span.step)}: {', '.join(values)}{most}{when}"


def runs(row: Row) -> list[tuple[str, str]]:
    """A row as texts with one style each."""
    return [("".join(c.char for c in cells), style) for style, cells in groupby(row, key=lambda c: c.style)]


def plain(rows: Iterable[Row]) -> str:
    """Rows as text."""
    return "\n".join("".join(cell.char for cell in row).rstrip() for row in rows)
