"""What can be done on the result."""

from __future__ import annotations

from scalegame.tui.table.model import RESULT, RUN, Action

ROWS: tuple[Action, ...] = (
    Action("board", "Back to the board", "Change something and try again.", (RESULT, RUN),
           ("b", "escape"), "b", "board", "", "board"),
    Action("next", "Next level", "Go on to the next level.", (RESULT,), ("n",), "n", "next", "", "next level",
           also=("next level",)),
    Action("again", "Watch again",
           "Watch the run again from its start.", (RESULT,), ("w",), "w", "watch", "", "watch again",
           also=("watch again", "again")),
    Action("copy", "Copy the result as text",
           "Copy the result as text to the clipboard; copy file writes it to a file.", (RESULT,),
           ("y",), "y", "copy", "[file [name]]"),
)  # fmt: skip
