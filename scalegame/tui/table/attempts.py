"""What can be done with the attempts on a level, and what is guessed before one."""

from __future__ import annotations

from scalegame.tui.table.model import ATTEMPTS, BOARD, RESULT, Action

ROWS: tuple[Action, ...] = (
    Action("attempts", "Your attempts on this level",
           "Every attempt of yours: cost, latency, parts, and which are worth keeping.", (BOARD, RESULT),
           ("t",), "t", "attempts"),
    Action("restore", "Put an attempt back on the board",
           "Put the design of an attempt on the board, as one step that can be undone.", (ATTEMPTS,),
           (), "Enter", "restore", "[number]", "Enter put back", also=("put back",)),
    Action("restore", "Put an attempt back on the board",
           "Put the design of an attempt on the board, as one step that can be undone.", (BOARD,),
           (), "", "restore", "number"),
    Action("view", "Other figures", "Show the trade-offs, all attempts, or the latencies of the last run.",
           (ATTEMPTS,), ("v", "tab"), "v", "view", "[front, attempts or latency]", "view"),
    Action("copy", "Copy the list as text",
           "Copy the list as text to the clipboard; copy file writes it to a file.", (ATTEMPTS,),
           ("y",), "y", "copy", "[file [name]]", "y copy"),
    Action("guess", "Guess which box fills first", "Say which box fills first; nothing hangs on it.", (BOARD,),
           (), "", "guess", "[name]"),
)  # fmt: skip
