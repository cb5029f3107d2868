"""What can be done on the briefing."""

from __future__ import annotations

from scalegame.tui.table.model import BRIEFING, Action

ROWS: tuple[Action, ...] = (
    Action("to-board", "To the board", "Go to the board; a guess is optional.", (BRIEFING,),
           ("enter", "space"), "Enter", "board", "", "to the board",
           also=("to the board",)),
    Action("guess", "Guess which box fills first", "Say which box fills first; nothing hangs on it.", (BRIEFING,),
           ("1", "2", "3", "4", "5", "6", "7", "8", "9"), "1…9", "guess", "number or name"),
)  # fmt: skip
