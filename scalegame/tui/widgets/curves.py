"""Three small curves of a run up to the playhead: p99, answers and errors, each with its value now."""

from __future__ import annotations

import math

from textual.content import Content
from textual.widget import Widget

from scalegame.tui.telling.words import line, spark
from scalegame.tui.watch.sofar import Curves
from scalegame.units import Dimension, show

#: What is shown: id, name, dimension.
_CURVES = (
    ("p99", "p99 now", Dimension.TIME),
    ("throughput", "answers", Dimension.RATE),
    ("errors", "errors", Dimension.RATE),
)
#: Cells for the figure behind a curve.
_FIGURE = 8


class RunCurves(Widget):
    """Three curves side by side; each spans the whole run, and its scale is that of the whole run."""

    ALLOW_SELECT = False

    _curves: Curves | None = None
    _upto = -1

    def show(self, curves: Curves, time: float, force: bool = False) -> None:
        """Draws the curves up to a moment."""
        upto = curves.upto(time)
        if upto != self._upto or curves is not self._curves or force:
            self._curves, self._upto = curves, upto
            self.refresh()

    def render(self) -> Content:
        """One line."""
        if self._curves is None:
            return Content("")
        return curves_line(self._curves, self._upto, self.content_size.width)


def curves_line(curves: Curves, upto: int, width: int) -> Content:
    """The three curves up to a bucket, beside each other."""
    each, left = divmod(width, len(_CURVES))
    parts: list[tuple[str, str]] = []
    for i, (id, name, dimension) in enumerate(_CURVES):
        values: tuple[float, ...] = getattr(curves, id)
        value = values[upto - 1] if upto else 0.0
        # No answer in this stretch has no p99; and before the window nothing is counted.
        unknown = upto * curves.step <= curves.begins or math.isnan(value)
        now = "–" if unknown else show(value, dimension)
        room = max(each + (i < left) - len(name) - _FIGURE - 2, 4)
        style = "$error" if id == "errors" else "$primary"
        drawn = spark(values, upto, room, max((v for v in values if not math.isnan(v)), default=0.0))
        parts += [(f"{name} ", "$quiet"), (drawn, style), (f" {now:<{_FIGURE}}", "$foreground")]
    return line(*parts)
