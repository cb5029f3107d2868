"""What can be done while a request is followed, and what opens that."""

from __future__ import annotations

from scalegame.tui.table.model import RESULT, RUN, TRACE, Action

WHICH = "[p99, median, slowest, failed, near]"

ROWS: tuple[Action, ...] = (
    Action("trace", "Follow a request", "Follow single requests hop by hop: where did their time go?",
           (RUN, RESULT), ("f",), "f", "follow", WHICH, "follow"),
    Action("request", "Next request", "Show the next request; typed, one of a sort or by its number.", (TRACE,),
           ("tab", "right"), "Tab", "follow", WHICH, "request"),
    Action("request-back", "Previous request", "Show the request before.", (TRACE,),
           ("shift+tab", "left"), "Shift+Tab", "follow-back"),
    Action("pick", "Request by its number", "Show a request by its number in the list; a click does it too.",
           (TRACE,), ("1", "2", "3", "4", "5", "6", "7", "8", "9"), "1…9", "request", "number"),
    Action("hop", "Next hop", "Choose the next hop; typed, any by its number.", (TRACE,),
           ("down", "j"), "↓", "hop", "[number]", "hop"),
    Action("hop-back", "Previous hop", "Choose the hop before.", (TRACE,), ("up", "k"), "↑", "hop-back"),
    Action("jump", "Go there in the run", "Put the playhead where the hop began, and select its card in the run.",
           (TRACE,), ("enter",), "Enter", "jump", "", "jump"),
    Action("copy", "Copy the request as text", "Copy the request with all its hops as text.", (TRACE,),
           ("y",), "y", "copy", "", "copy"),
)  # fmt: skip
