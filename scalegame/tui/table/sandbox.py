"""What can be done on the board besides building: its surroundings in the sandbox, boards kept, codes, scripts."""

from __future__ import annotations

from scalegame.tui.table.model import BOARD, LEVELS, Action

ROWS: tuple[Action, ...] = (
    Action("traffic", "Traffic: who asks, how often",
           "Set who asks, by which pattern, how long they wait and how often they retry (in the sandbox).",
           (BOARD,), ("T",), "T", "traffic", "[name pattern]", "Traffic"),
    Action("faults", "Faults: what goes wrong",
           "Plan what goes wrong during a run, or mend it (in the sandbox).", (BOARD,),
           ("F",), "F", "faults", "[at 30 s: part crashes …]", "Faults"),
    Action("goals", "Goals: what a run is judged by",
           "Set what a run is judged by (in the sandbox).", (BOARD,),
           ("G",), "G", "goals", "[latency.p99 < 200 ms]", "Goals"),
    Action("save", "Keep this board under a name", "Keep this board under a name.", (BOARD,),
           ("s",), "s", "save", "[name]"),
    Action("load", "Load a board that was kept",
           "Choose among the boards that were kept on this level; loading is one step that can be undone.",
           (BOARD,), ("l",), "l", "load", "[name]"),
    Action("forget", "Delete a board that was kept", "Delete a board that was kept on this level, after asking.",
           (BOARD,), (), "", "forget", "name"),
    Action("share", "Share this board as a code",
           "Show and copy a code that makes this board anywhere; with a name, write it to a file as well.",
           (BOARD,), ("Y",), "Y", "share", "[file]"),
    Action("open", "Open a share code",
           "Open a share code, or a file with one, on the level that it belongs to. Pasting it does the same.",
           (BOARD, LEVELS), ("O",), "O", "open", "[code or file]"),
    Action("script", "Run a file of lines",
           "Do what the lines of a file say, one step each; or make the board of a design file.", (BOARD,),
           (), "", "script", "[file]"),
    Action("write", "Write this board to a design file",
           "Write the lines that make this board to a file, for scalegame run --design or a colleague.", (BOARD,),
           (), "", "write", "[file]"),
)  # fmt: skip
