"""The goals of a level with what is measured so far, on one or two lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style

from scalegame.tui.telling.words import flow, line, mark, tidy, value
from scalegame.tui.widgets.plain import Static
from scalegame.verdict.model import Objective


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective and how it stands.

    Attributes:
        objective: What is asked.
        value: Measured, or None: nothing yet.
        held: It holds; None: not known yet.
    """

    objective: Objective
    value: float | None = None
    held: bool | None = None


class Goals(Static):
    """All goals of a level."""

    goals: tuple[Goal, ...] = ()
    _rows = -1

    def show(self, goals: Sequence[Goal]) -> None:
        """Shows the goals."""
        if (fresh := tuple(goals)) != self.goals:
            self.goals = fresh
            self._write()

    def on_mount(self) -> None:
        """A goal can be clicked on, but a link's colour would cover the one that says whether it holds."""
        self.auto_links = False

    def on_resize(self) -> None:
        """Where the line breaks depends on the width."""
        self._write()

    def _write(self) -> None:
        text = goals_text(self.goals, self.content_size.width or 78)
        rows = text.plain.count("\n")
        # Only another number of lines moves what is below.
        self.update(text, layout=rows != self._rows)
        self._rows = rows


def goals_text(goals: Sequence[Goal], width: int) -> Content:
    """The goals one after the other; a goal is never broken over two lines."""
    pieces = []
    for number, goal in enumerate(goals, 1):
        sign, colour = mark(goal.held)
        measured = "" if goal.value is None else f" {value(goal.value, goal.objective)}"
        told = line((f"{sign} ", colour), (tidy(goal.objective.text), "$foreground"), (measured, f"bold {colour}"))
        # A click says what the goal means.
        pieces.append(told.stylize(Style.from_meta({"@click": f"screen.perform('help', 'goal {number}')"})))
    return flow(pieces, width)
