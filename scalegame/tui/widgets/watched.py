"""The part that is watched in a run: a column beside the board where there is room, else one line below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from scalegame.design.kinds import Kind
from scalegame.design.model import Component
from scalegame.design.parameters import scaling
from scalegame.tui.telling.words import clock, line
from scalegame.tui.watch.alerts import Alert
from scalegame.tui.watch.moment import Moment
from scalegame.tui.widgets.plain import Static


class Watched(VerticalScroll, can_focus=False):
    """The column."""

    _shown: Content | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="watched-text")

    def show(self, text: Content) -> None:
        """Shows a text."""
        if text != self._shown:
            rows = self._shown.plain.count("\n") if self._shown is not None else -1
            self._shown = text
            self.query_one("#watched-text", Static).update(text, layout=text.plain.count("\n") != rows)


def watched_column(
    card: Component | None, kind: Kind | None, now: Moment | None, firing: Sequence[Alert], key: str
) -> Content:
    """The selected part with its figures, or with which key to select one; below that the alerts that fire."""
    lines: list[Content] = []
    if card is None or kind is None:
        lines += [line(("No part selected", "bold")), line((f"{key} or a click selects one to watch.", "$quiet"))]
    else:
        lines.append(line((card.id, "bold"), (f"  {kind.title}", "$quiet")))
        if now is None:
            lines.append(line(("Nothing of it is recorded.", "$quiet")))
        else:
            lines += [line((now.first, "$primary")), line(""), *_table(now.details), line("")]
        names = [p for p in kind.parameters if p.name in kind.shows or p.name in ("size", "replicas", "threads")]
        rows = [(p.name, p.show(card.settings.get(p.name))) for p in names]
        lines += _table([*rows, ("scales", scaling.told(card))] if scaling.scales(card) else rows)
    lines += [line(""), line((f"Firing now: {len(firing) or 'nothing'}", "bold"))]
    for alert in firing:
        style = "$error" if alert.severity == "page" else "$warning"
        lines.append(line((f"{clock(alert.since)} {alert.severity}  ", style), (alert.text, "$foreground")))
    return Content("\n").join(lines)


def _table(rows: Sequence[tuple[str, str]]) -> list[Content]:
    """Names and values below each other."""
    wide = max([len(name) for name, _ in rows] + [14]) + 2
    return [line((f"{name:<{wide}}", "$quiet"), (value, "$foreground")) for name, value in rows]


def watched_line(card: Component, kind: Kind, now: Moment | None) -> Content:
    """The selected part in one line."""
    if now is None:
        return line((card.id, "bold $primary"), (f" {kind.title.lower()}   nothing of it is recorded", "$quiet"))
    more = "   ".join(f"{name} {value}" for name, value in now.details if name in ("utilisation", "errors"))
    return line((card.id, "bold $primary"), "   ", now.first, (f"   {more}", "$quiet"))
