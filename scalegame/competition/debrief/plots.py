"""Trade-off plots and histograms as SVG: no script, no style of their own, nothing from anywhere, all escaped.

They take their colours from classes; a page that shows them has `COLOURS` and `STYLE` in its style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from scalegame.insight.histogram import Histogram
from scalegame.levels.handout.pages import clean
from scalegame.units import Dimension, show

COLOURS = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --faint: #5c6670; --line: #d4d9de;
  --accent: #b3470b; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181c; --ink: #e6e9ec; --faint: #9aa5af; --line: #39424b; --accent: #ff9a4d; }
}
"""
"""Custom properties of the colours, light and dark, that `STYLE` needs."""

STYLE = """
svg.plot { display: block; width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg.plot text { fill: var(--faint); }
svg.plot .label { fill: var(--ink); }
svg.plot .grid { stroke: var(--line); stroke-width: 1; }
svg.plot .edge { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 4 3; fill: none; }
svg.plot .dot { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
svg.plot .front { fill: var(--accent); stroke: var(--accent); stroke-width: 1.5; }
svg.plot .bar { fill: var(--faint); }
svg.plot .marked { fill: var(--accent); }
"""
"""Style sheet for what is here."""

_WIDTH, _HEIGHT = 460.0, 320.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 16.0, 26.0, 44.0
#: Width of a character and height of a line of labels, in units of the picture; only to keep them apart.
_CHARACTER, _LINE = 7.0, 13.0
#: Points closer than this are one, with all their labels.
_NEAR = 5.0
#: Of a histogram: what is left free at its sides, and the width of a bar at most.
_MARGIN, _WIDEST = 12.0, 90.0
#: Labels of one point, at most.
_MOST_LABELS = 4
#: From this factor between the least and the largest value on, powers of ten are worth it.
_WIDE = 8.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis of a plot.

    Attributes:
        title: What is drawn: "cost".
        dimension: Of the values.
        logarithmic: Powers of ten are equally far apart. Only where all values are above 0 and the largest is
            at least eight times the least; otherwise it is linear.
    """

    title: str
    dimension: Dimension
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A design in a plot.

    Attributes:
        x: In the base unit of the scale; where it is no finite number the point is left out.
        y: As x.
        label: A few characters beside the point.
        title: What a pointer that rests on it shows.
        front: Drawn full, in the accent colour; otherwise hollow.
    """

    x: float
    y: float
    label: str
    title: str = ""
    front: bool = False


class _Axis:
    """From values to places along one side of the picture."""

    def __init__(self, scale: Scale, values: Sequence[float], start: float, end: float) -> None:
        self._scale, self._start, self._end = scale, start, end
        self._log = scale.logarithmic and min(values) > 0 and max(values) >= _WIDE * min(values)
        low, high = min(map(self._turned, values)), max(map(self._turned, values))
        if self._log:
            ground = range(math.floor(low) - 1, math.ceil(high) + 1)
            fine = [1.0, 2.0, 5.0] if high - low < 1.5 else [1.0]
            marks = [power + math.log10(step) for power in ground for step in fine]
            room = max((high - low) * 0.08, 0.05)
        else:
            span = high - low or abs(high) or 1.0
            step = _readable(span / 4)
            if scale.dimension is Dimension.COUNT:
                step = max(math.ceil(step), 1.0)
            first = math.floor(low / step) - 1
            marks = [(first + i) * step for i in range(math.ceil(span / step) + 4)]
            room = span * 0.08
        self._low, self._high = low - room, high + room
        if not self._log and low >= 0:
            self._low = max(self._low, -0.02 * (self._high - low))
        fitting = [mark for mark in marks if self._low <= mark <= self._high]
        self.ticks = [self._back(mark) for mark in fitting] or [values[0]]

    def _turned(self, value: float) -> float:
        return math.log10(value) if self._log else value

    def _back(self, mark: float) -> float:
        return float(f"{10.0**mark:.3g}") if self._log else float(f"{mark:.9g}")

    def at(self, value: float) -> float:
        """Where a value is, in units of the picture."""
        share = (self._turned(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def named(self, value: float) -> str:
        """A value as people read it."""
        return show(value, self._scale.dimension)


def scatter(points: Sequence[Point], x: Scale, y: Scale, title: str = "") -> str:
    """A trade-off plot as `<svg>`: the dashed line is as low and as far left as anybody came.

    Args:
        points: Drawn in their order; those that are no finite numbers are left out.
        x: To the right.
        y: Upwards.
        title: For those who cannot see it.
    """
    points = [point for point in points if math.isfinite(point.x) and math.isfinite(point.y)]
    if not points:
        return _svg(title, [_text(_WIDTH / 2, _HEIGHT / 2, "nothing to draw", "middle")])
    across = _Axis(x, [point.x for point in points], _LEFT, _WIDTH - _RIGHT)
    up = _Axis(y, [point.y for point in points], _HEIGHT - _BOTTOM, _TOP)
    drawn = [*_grid(across, up), *_titles(x, y), _edge(points, across, up)]
    for point in sorted(points, key=lambda p: p.front):
        drawn.append(
            f'<circle class="{"front" if point.front else "dot"}" cx="{across.at(point.x):.1f}" '
            f'cy="{up.at(point.y):.1f}" r="4.5"><title>{_clean(point.title or point.label)}</title></circle>'
        )
    places = [(across.at(point.x), up.at(point.y), point.label) for point in points]
    return _svg(title, [*drawn, *_labels(places)])


def _grid(across: _Axis, up: _Axis) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    drawn = []
    free = 0.0
    for value in across.ticks:
        at, name = across.at(value), across.named(value)
        drawn.append(f'<line class="grid" x1="{at:.1f}" y1="{_TOP:.0f}" x2="{at:.1f}" y2="{bottom:.0f}"/>')
        half = len(name) * _CHARACTER / 2
        if at - half >= free and at + half <= _WIDTH:
            drawn.append(_text(at, bottom + 16, name, "middle"))
            free = at + half + _CHARACTER
    for value in up.ticks:
        at = up.at(value)
        drawn.append(f'<line class="grid" x1="{_LEFT:.0f}" y1="{at:.1f}" x2="{right:.0f}" y2="{at:.1f}"/>')
        drawn.append(_text(_LEFT - 6, at + 4, up.named(value), "end"))
    return drawn


def _titles(x: Scale, y: Scale) -> list[str]:
    return [
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 8, f"{x.title} →", "middle"),
        _text(4, 15, f"↑ {y.title}", "start"),
    ]


def _edge(points: Sequence[Point], across: _Axis, up: _Axis) -> str:
    """Below and left of this line there is no point."""
    steps: list[tuple[float, float]] = []
    for point in sorted(points, key=lambda p: (p.x, p.y)):
        at = across.at(point.x), up.at(point.y)
        if not steps:
            steps += [(at[0], _TOP), at]
        elif at[1] > steps[-1][1]:
            steps += [(at[0], steps[-1][1]), at]
    steps.append((_WIDTH - _RIGHT, steps[-1][1]))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in steps)
    return f'<polyline class="edge" points="{path}"/>'


def _labels(places: Sequence[tuple[float, float, str]]) -> list[str]:
    """Labels beside their points; those of points that lie on one another stand together."""
    groups: list[tuple[float, float, list[str]]] = []
    for x, y, label in places:
        near = next((g for g in groups if abs(g[0] - x) <= _NEAR and abs(g[1] - y) <= _NEAR), None)
        if near is None:
            groups.append((x, y, [label]))
        else:
            near[2].append(label)
    taken = [(x - _NEAR, y - _NEAR, x + _NEAR, y + _NEAR) for x, y, _ in groups]
    drawn = []
    for x, y, labels in groups:
        more = len(labels) - _MOST_LABELS
        text = ", ".join(labels[:_MOST_LABELS]) + (f" +{more}" if more > 0 else "")
        wide = len(text) * _CHARACTER
        corners = ((x + 7, y - 14), (x - 7 - wide, y - 14), (x - wide / 2, y - 9 - _LINE), (x - wide / 2, y + 9))
        boxes = [(left, top, left + wide, top + _LINE) for left, top in corners]
        fitting = [b for b in boxes if _inside(b) and not any(_meet(b, t) for t in taken)]
        # Where there is no room, the title of the point still says whose it is.
        if fitting and text:
            taken.append(fitting[0])
            drawn.append(_text(fitting[0][0], fitting[0][1] + _LINE - 2, text, "start", "label"))
    return drawn


def _inside(box: tuple[float, float, float, float]) -> bool:
    return box[0] >= _LEFT and box[2] <= _WIDTH and box[3] <= _HEIGHT - _BOTTOM + 2


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def bars(histogram: Histogram, x: Scale, title: str = "", mark: float | None = None) -> str:
    """A histogram as `<svg>`; each bucket is as wide as the next, whatever its edges.

    Args:
        histogram: Of `insight.histogram`.
        x: What its edges measure.
        title: For those who cannot see it.
        mark: A value whose bucket is drawn in the accent colour.
    """
    width, height, bottom, top = 300.0, 150.0, 40.0, 18.0
    if not sum(histogram.counts):
        return _svg(title, [_text(width / 2, height / 2, "nothing to draw", "middle")], width, height)
    count = len(histogram.counts)
    step = min((width - 2 * _MARGIN) / count, _WIDEST)
    left = (width - count * step) / 2
    tall = (height - top - bottom) / max(histogram.counts)
    ground = height - bottom
    drawn = [f'<line class="grid" x1="{_MARGIN}" y1="{ground}" x2="{width - _MARGIN}" y2="{ground}"/>']
    marked = None if mark is None or math.isnan(mark) else histogram.bucket(mark)
    free = 0.0
    for index, number in enumerate(histogram.counts):
        start = left + index * step
        span = f"{show(histogram.edges[index], x.dimension)} to {show(histogram.edges[index + 1], x.dimension)}"
        if number:
            kind = "marked" if index == marked else "bar"
            drawn.append(
                f'<rect class="{kind}" x="{start + 1:.1f}" y="{ground - number * tall:.1f}" width="{step - 2:.1f}"'
                f' height="{number * tall:.1f}"><title>{_clean(f"{span}: {number}")}</title></rect>'
            )
            drawn.append(_text(start + step / 2, ground - number * tall - 4, str(number), "middle"))
    for index, edge in enumerate(histogram.edges):
        at, name = left + index * step, show(edge, x.dimension)
        half = len(name) * _CHARACTER / 2
        place = min(max(at, half + 2), width - half - 2)
        if place - half >= free:
            drawn.append(_text(place, ground + 14, name, "middle"))
            free = place + half + _CHARACTER
    drawn.append(_text(width / 2, height - 6, x.title, "middle"))
    return _svg(title, drawn, width, height)


def _readable(width: float) -> float:
    """The least readable number that is not below a width."""
    decade = 10.0 ** math.floor(math.log10(width))
    return next(step * decade for step in _STEPS if step * decade >= width * (1 - 1e-9))


def _svg(title: str, drawn: Sequence[str], width: float = _WIDTH, height: float = _HEIGHT) -> str:
    named = f'role="img" aria-label="{_clean(title)}"' if title else 'aria-hidden="true"'
    body = "\n".join(drawn)
    return f'<svg class="plot" viewBox="0 0 {width:g} {height:g}" {named}>\n{body}\n</svg>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{_clean(text)}</text>'


def _clean(text: str) -> str:
    return escape(clean(text), quote=True)
