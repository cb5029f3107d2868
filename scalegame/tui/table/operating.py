"""What can be done to a run while it goes on, where the level allows it."""

from __future__ import annotations

from scalegame.tui.table.model import BOARD, RUN, Action

ROWS: tuple[Action, ...] = (
    Action("operate", "Act on the run", "List what you can do to the run now: scale, crash, restart, throttle.",
           (RUN,), ("o",), "o", "operate", "[part]", "act", also=("act",)),
    Action("scale", "Scale a part now", "From this moment on there are so many machines of a part.",
           (RUN,), (), "", "scale", "[part number]"),
    Action("crash", "Crash a part now", "A part, or one machine of it, dies at this moment, until you restart it.",
           (RUN,), (), "", "crash", "[part or part-2]"),
    Action("restart", "Restart a part now", "A part, or one machine of it, stops, and is up again later.",
           (RUN,), (), "", "restart", "[part or part-2]"),
    Action("throttle", "Throttle a part now", "From this moment on a part lets in so many calls a second.",
           (RUN,), (), "", "throttle", "[part 50/s, or off]"),
    Action("take-back", "Take back the last order", "Take back what you did to the run last.",
           (RUN,), ("u",), "u", "undo"),
    Action("replay", "Run with the last orders again",
           "Run the board, and do to it what you did to the last run on which you acted.", (BOARD,),
           (), "", "replay"),
)  # fmt: skip
