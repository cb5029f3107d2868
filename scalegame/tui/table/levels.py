"""What can be done on the list of levels."""

from __future__ import annotations

from scalegame.tui.table.model import LEVELS, RESULT, Action

ROWS: tuple[Action, ...] = (
    Action("play", "Play the level", "Open the level under the cursor.", (LEVELS,),
           ("enter",), "Enter", "play", "[level]", "play"),
    Action("skip", "Pass over a level lost twice", "Pass over a level that was lost twice.", (LEVELS, RESULT),
           ("k",), "k", "skip", "", "skip"),
)  # fmt: skip
