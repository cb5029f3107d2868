"""What can be done on several screens, or on all."""

from __future__ import annotations

from scalegame.tui.table.model import BOARD, BRIEFING, EVERYWHERE, LEVELS, RESULT, RUN, SHEETS, Action

ROWS: tuple[Action, ...] = (
    Action("back", "Leave this screen",
           "Go back to where you came from.", (BRIEFING, BOARD), ("escape",), "Esc", "back"),
    Action("codex", "Read how things work",
           "Read how things work.", (LEVELS, BRIEFING, RUN, RESULT), ("f1",), "F1", "codex", "[page]"),
    Action("leave", "Close this sheet", "Go back to where you came from.", SHEETS,
           ("escape",), "Esc", "close", "", "close"),
    Action("line", "Type what to do", "Type what to do; Tab completes, Up repeats.", EVERYWHERE,
           ("colon",), ":", "", "", ": type"),
    Action("help", "What can be done here",
           "Show what can be done here.", EVERYWHERE, ("question_mark",), "?", "help", "", "? help"),
    Action("light", "Light or dark colours",
           "Switch between the dark and the light colours.", EVERYWHERE, (), "", "light"),
    Action("quit", "Leave the game", "Leave the game; everything is saved.", EVERYWHERE, ("q",), "q", "quit"),
)  # fmt: skip
