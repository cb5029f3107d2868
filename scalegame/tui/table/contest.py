"""What can be done about the competition that one has joined."""

from __future__ import annotations

from scalegame.tui.table.model import BOARD, CONTEST, LEVELS, RESULT, Action

ROWS: tuple[Action, ...] = (
    Action("contest", "The competition you joined",
           "How the competition stands: time left, announcements, votes, and what came of your designs.",
           (LEVELS, BOARD, RESULT), (), "", "contest"),
    Action("submit", "Hand this design in",
           "Hand the design of this run in to the competition; without a network it is kept, and sent later.",
           (RESULT,), ("u",), "u", "submit", "", "hand in", also=("hand in",)),
    Action("vote", "Vote", "Vote for a choice of the poll; until it is closed you may vote again.", (CONTEST,),
           ("1", "2", "3", "4", "5", "6", "7", "8", "9"), "1…9", "vote", "number"),
    Action("copy", "Copy the sheet as text",
           "Copy the sheet as text to the clipboard; copy file writes it to a file.", (CONTEST,),
           ("y",), "y", "copy", "[file [name]]", "y copy"),
)  # fmt: skip
