"""What can be done with the badges."""

from __future__ import annotations

from scalegame.tui.table.model import BADGES, LEVELS, RESULT, Action

ROWS: tuple[Action, ...] = (
    Action("badges", "Badges for memorable failures",
           "Show the badges: those earned, and what the others ask for.", (LEVELS,),
           ("b",), "b", "badges", "", "badges"),
    Action("badges", "Badges for memorable failures",
           "Show the badges: those earned, and what the others ask for.", (RESULT,), (), "", "badges"),
    Action("copy", "Copy the badges as text",
           "Copy the badges as text to the clipboard; copy file writes them to a file.", (BADGES,),
           ("y",), "y", "copy", "[file [name]]", "y copy"),
)  # fmt: skip
