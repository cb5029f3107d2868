"""What can be done in the history of a board."""

from __future__ import annotations

from scalegame.tui.table.model import HISTORY, Action

ROWS: tuple[Action, ...] = (
    Action("step", "Go to a step", "Go to the step under the cursor; Enter or a click on it does it too.",
           (HISTORY,), ("g",), "Enter", "step", "[n]", "go there", also=("go there",)),
)  # fmt: skip
