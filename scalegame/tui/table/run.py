"""What can be done while a run is watched."""

from __future__ import annotations

from scalegame.tui.table.model import RUN, Action

ROWS: tuple[Action, ...] = (
    Action("pause", "Pause or go on", "Stop time, or let it go on.", (RUN,),
           ("space",), "Space", "pause", "", "pause"),
    Action("slower", "Slower",
           "Half the speed.", (RUN,), ("minus", "left_square_bracket"), "-", "slower", "", "-"),
    Action("faster", "Faster", "Twice the speed.", (RUN,),
           ("plus", "equals_sign", "right_square_bracket"), "+", "faster", "", "speed"),
    Action("speed", "Choose the speed", "Choose the speed: 1 is 1×, 7 is 64×.", (RUN,),
           ("1", "2", "3", "4", "5", "6", "7"), "1…7", "speed", "1, 2, 4 … 64"),
    Action("rewind", "Back 1 %", "Go back a little; with shift, 10 %.", (RUN,), ("left",), "←", "rewind", "", "←"),
    Action("forward", "Forward 1 %",
           "Go forward a little; with shift, 10 %.", (RUN,), ("right",), "→", "forward", "", "seek"),
    Action("rewind-far", "Back 10 %", "Go back further.", (RUN,), ("shift+left",), "Shift+←"),
    Action("forward-far", "Forward 10 %", "Go forward further.", (RUN,), ("shift+right",), "Shift+→"),
    Action("start", "To the start", "Go to the start of the run.", (RUN,), ("home",), "Home", "start"),
    Action("end", "To the end", "Go to the end of the run.", (RUN,), ("end",), "End", "end"),
    Action("seed", "Watch another seed",
           "Watch the same design with other luck.", (RUN,), ("s",), "s", "seed", "[1, 2, 3]", "seed"),
    Action("event", "Jump to the next event",
           "Jump to the next thing that happens.", (RUN,), ("n",), "n", "event", "", "next"),
    Action("result", "Show the result",
           "See what came of it.", (RUN,), ("enter",), "Enter", "result", "", "result"),
)  # fmt: skip
