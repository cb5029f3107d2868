"""What can be done on the board."""

from __future__ import annotations

from scalegame.tui.table.model import BOARD, RESULT, Action

ROWS: tuple[Action, ...] = (
    Action("select", "Select a part", "Arrows or a click select a part, Tab the next; Shift and arrows move it.",
           (BOARD,), (), "arrows", "select", "[part]"),
    Action("select-wire", "Select a wire", "Select the next wire; a comma the one before. A click does it too.",
           (BOARD,), (), ". ,", "select-wire"),
    Action("add", "Add a part from the palette",
           "Put something from the palette on the board; into the wire that is selected, if one is.",
           (BOARD,), ("a",), "a", "add", "[part]", "add"),
    Action("connect", "Draw a wire from the selected part",
           "Draw a wire from the selected part: arrows or a digit choose where to, Enter draws.",
           (BOARD,), ("c",), "c", "connect", "[from to]", "connect"),
    Action("edit", "Change the selected part",
           "Change the parameters of the selected part, step by step.", (BOARD,),
           ("e",), "e", "edit", "[part]", "edit"),
    Action("remove", "Remove the selected part or wire", "Take the selected part or wire off the board.", (BOARD,),
           ("x", "delete"), "x", "remove", "[part]", "remove"),
    Action("projects", "Buy engineering work", "Buy engineering work, or hand it back.", (BOARD,),
           ("b",), "b", "projects", "", "buy"),
    Action("undo", "Take back the last change", "Take back the last change.", (BOARD,),
           ("u", "ctrl+z"), "u", "undo", "[n or all]", "undo"),
    Action("redo", "Do again what was undone", "Do again what was undone.", (BOARD,),
           ("U", "ctrl+y"), "U", "redo", "[n]"),
    Action("run", "Put the board under load", "Put the board under load and watch.", (BOARD,),
           ("space", "r"), "Space", "run", "", "run"),
    Action("hint", "Show one hint", "Show one hint, or the next one.", (BOARD, RESULT),
           ("h",), "h", "hint", "", "hint"),
    Action("brief", "Read the brief again", "Read the brief again.", (BOARD,), ("i",), "i", "brief"),
    Action("details", "Show every parameter in force",
           "Show every parameter in force, or only what can be changed.", (BOARD,),
           ("d",), "d", "details"),
    Action("why", "Say why the last run went so",
           "Say again what went wrong in the last run.", (BOARD,), ("w",), "w", "why"),
    Action("page", "Codex page of the selected part",
           "Read the codex page of what is selected.", (BOARD,), ("f1",), "F1", "page"),
)  # fmt: skip
