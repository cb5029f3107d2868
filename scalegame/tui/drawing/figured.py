"""Small drawings of figures in cells: a scatter of attempts, and histograms as rows of bars (pure functions)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content

from scalegame.insight.histogram import Histogram
from scalegame.tui.telling.words import line

#: Eighths of a cell, for the end of a bar.
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a scatter.

    Attributes:
        x: To the right, linear.
        y: Upwards, by its logarithm; above 0.
        mark: One cell.
        style: Of the mark.
        ringed: It is the one that matters, and stands in brackets.
    """

    x: float
    y: float
    mark: str
    style: str = ""
    ringed: bool = False


def scatter(
    dots: Sequence[Dot],
    width: int,
    height: int,
    show_x: Callable[[float], str],
    show_y: Callable[[float], str],
    level: float = math.nan,
) -> Content:
    """Points in a frame with labelled axes.

    Args:
        dots: The later ones over the earlier ones. Those that are not finite are left out.
        width: Cells, labels included; 30 or more.
        height: Rows, labels included; 5 or more.
        show_x: Labels of the axis below.
        show_y: Labels of the axis on the left.
        level: A dotted line across, if it is in range.
    """
    seen = [dot for dot in dots if math.isfinite(dot.x) and math.isfinite(dot.y) and dot.y > 0]
    if not seen:
        return line(("Nothing to show yet.", "$quiet"))
    low_x, high_x = _widened(min(d.x for d in seen), max(d.x for d in seen))
    low_y, high_y = (math.log(v) for v in _stretched(min(d.y for d in seen), max(d.y for d in seen)))
    label = max(len(show_y(math.exp(low_y))), len(show_y(math.exp(high_y)))) + 1
    wide, high = max(width - label - 1, 8), max(height - 2, 3)

    def column(x: float) -> int:
        return 1 + round((x - low_x) / (high_x - low_x) * (wide - 3))

    def row(y: float) -> int:
        return round((high_y - math.log(y)) / (high_y - low_y) * (high - 1))

    cells: list[list[tuple[str, str]]] = [[(" ", "")] * wide for _ in range(high)]
    if math.isfinite(level) and level > 0 and low_y <= math.log(level) <= high_y:
        cells[row(level)] = [("┄", "$quiet")] * wide
    for dot in seen:
        at, there = cells[row(dot.y)], column(dot.x)
        at[there] = (dot.mark, dot.style)
        if dot.ringed:
            at[there - 1], at[there + 1] = ("[", "bold $primary"), ("]", "bold $primary")
    rows = []
    for index, content in enumerate(cells):
        told = ""
        if index in (0, high // 2, high - 1):
            told = show_y(math.exp(high_y - (high_y - low_y) * index / (high - 1)))
        rows.append(line((f"{told:>{label}}", "$quiet"), ("│", "$faint"), *content))
    rows.append(line((" " * label + "└" + "─" * wide, "$faint")))
    left, right = show_x(low_x), show_x(high_x)
    rows.append(line((f"{' ' * (label + 1)}{left}{right:>{max(wide - len(left), 1)}}", "$quiet")))
    return Content("\n").join(rows)


def _widened(low: float, high: float) -> tuple[float, float]:
    """A range with something between its ends."""
    return (low, high) if high > low else (low * 0.9 - 0.01, high * 1.1 + 0.01)


def _stretched(low: float, high: float) -> tuple[float, float]:
    """The same, for logarithms."""
    return (low, high) if high > low * 1.05 else (low / 2, high * 2)


def bars(
    histogram: Histogram,
    width: int,
    show_edge: Callable[[float], str],
    marks: Mapping[str, float] | None = None,
    whole: bool = False,
    style: str = "$primary",
) -> list[Content]:
    """A histogram as rows: bucket, bar, count, and what falls into the bucket.

    Args:
        histogram: What to draw.
        width: Cells of a row; 30 or more.
        show_edge: Labels of the buckets.
        marks: Values to point at, by what they are called.
        whole: The edges are whole numbers: a bucket of one is labelled by itself.
        style: Of the bars.
    """
    pointed: dict[int, list[str]] = {}
    for name, value in (marks or {}).items():
        if math.isfinite(value):
            pointed.setdefault(histogram.bucket(value), []).append(name)
    labels = []
    for low, high in zip(histogram.edges, histogram.edges[1:], strict=False):
        if whole:
            labels.append(show_edge(low) if high - low <= 1 else f"{show_edge(low)}–{show_edge(high - 1)}")
        else:
            labels.append(f"{show_edge(low)} – {show_edge(high)}")
    first = max(len(label) for label in labels)
    most = max(*histogram.counts, 1)
    digits = len(f"{most:,}")
    beside = max((len(", ".join(names)) + 3 for names in pointed.values()), default=0)
    room = max(width - first - digits - beside - 3, 4)
    rows = []
    for index, (label, count) in enumerate(zip(labels, histogram.counts, strict=True)):
        names = pointed.get(index)
        rows.append(
            line(
                (f"{label:>{first}} ", "$quiet"),
                (bar(count / most, room), style),
                f" {count:>{digits},}" if count else " " * (digits + 1),
                (f" ◂ {', '.join(names)}" if names else "", "bold $warning"),
            )
        )
    return rows


def bar(share: float, width: int) -> str:
    """A bar of a share of a width, to an eighth of a cell; what is not nothing is seen."""
    eighths = round(share * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    whole, rest = divmod(min(eighths, width * 8), 8)
    drawn = "█" * whole + (_EIGHTHS[rest] if rest else "")
    return f"{drawn:<{width}}"
