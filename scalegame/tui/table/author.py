"""What can be done by somebody who works on a level, and about how a design scatters."""

from __future__ import annotations

from scalegame.tui.table.model import BOARD, DISTRIBUTION, Action

ROWS: tuple[Action, ...] = (
    Action("distribution", "How the design scatters",
           "Run the design with the twenty seeds of the proof: each objective's values, and where they stand "
           "against its threshold.", (BOARD,), ("D",), "D", "distribution", also=("scatter",)),
    Action("attempt", "Keep the board as an attempt in the level's file",
           "Write the board into the file of the level as an attempt (for authors: play --author FILE).", (BOARD,),
           (), "", "attempt", "name wins, or name loses objective; says text"),
    Action("reload", "Read the level's file again",
           "Read the level's file now, and list what is wrong with it (for authors: play --author FILE).",
           (BOARD,), (), "", "reload"),
    Action("previous-objective", "The objective above", "Look at the objective above.", (DISTRIBUTION,),
           ("up", "k"), "↑", "previous"),
    Action("next-objective", "The objective below", "Look at the objective below; a click looks at any.",
           (DISTRIBUTION,), ("down", "j", "tab"), "↓", "next", "", "next"),
    Action("lower", "A lower threshold", "Move the threshold down a step, to see in how many runs it would hold.",
           (DISTRIBUTION,), ("left", "minus"), "←", "lower", "[steps]", "← lower"),
    Action("higher", "A higher threshold", "Move the threshold up a step, to see in how many runs it would hold.",
           (DISTRIBUTION,), ("right", "plus"), "→", "higher", "[steps]", "→ higher"),
    Action("target", "Set the threshold", "Move the threshold to what is typed, as in target 600 ms.",
           (DISTRIBUTION,), (), "", "target", "threshold"),
    Action("write-objective", "Write the threshold into the file",
           "Write the threshold that was moved into the file of the level (for authors: play --author FILE).",
           (DISTRIBUTION,), ("w",), "w", "write", "", "w write"),
)  # fmt: skip
