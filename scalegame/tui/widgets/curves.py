"""Three small curves of a run up to the playhead: p99, answers and errors, each with its value now."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from scalegame.tui.sofar import Curves
from scalegame.tui.words import line, spark
from scalegame.units import Dimension, show

#: What is shown: id, name, dimension.
_CURVES = (
    ("p99", "p99 now", Dimension.TIME),
    ("throughput", "answers", Dimension.RATE),
    ("errors", "errors", Dimension.RATE),
)


#: Cells for the figure behind a curve.
_FIGURE = 8


class RunCurves(Horizontal):
    """Three curves side by side; each spans the whole run, and its scale is that of the whole run."""

    _shown: tuple[int, int] = (-1, -1)

    def compose(self) -> ComposeResult:
        """A text each."""
        for id, _, _ in _CURVES:
            yield Static(id=f"curve-{id}", classes="curve")

    def show(self, curves: Curves, time: float, force: bool = False) -> None:
        """Draws the curves up to a moment."""
        upto = curves.upto(time)
        if (upto, self.size.width) == self._shown and not force:
            return
        self._shown = upto, self.size.width
        for id, name, dimension in _CURVES:
            values: tuple[float, ...] = getattr(curves, id)
            curve = self.query_one(f"#curve-{id}", Static)
            value = values[upto - 1] if upto else 0.0
            # No answer in this stretch has no p99; and before the window nothing is counted.
            unknown = upto * curves.step <= curves.begins or (id == "p99" and value == 0.0)
            now = "–" if unknown else show(value, dimension)
            room = max(curve.content_size.width - len(name) - _FIGURE - 2, 4)
            style = "$error" if id == "errors" else "$primary"
            drawn = spark(values, upto, room, max(values, default=0.0))
            curve.update(line((f"{name} ", "$quiet"), (drawn, style), (f" {now:<{_FIGURE}}", "$foreground")))
