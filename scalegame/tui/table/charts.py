"""What can be done on the charts, and what opens them."""

from __future__ import annotations

from scalegame.tui.table.model import CHARTS, RESULT, RUN, Action

ROWS: tuple[Action, ...] = (
    Action("charts", "Charts over time", "Show what the run did over time, as a whole or part by part.",
           (RUN, RESULT), ("g",), "g", "charts", "[part or all] [chart]", "charts"),
    Action("part", "Next part", "Show the charts of the next part; typed, of any part or of all.", (CHARTS,),
           ("tab",), "Tab", "part", "[name or all]", "part"),
    Action("part-back", "Previous part", "Show the charts of the part before.", (CHARTS,),
           ("shift+tab",), "Shift+Tab", "part-back"),
    Action("chart", "Next chart", "Choose the next chart; typed, any by its name.", (CHARTS,),
           ("down", "j"), "↓", "chart", "[name]"),
    Action("chart-back", "Previous chart", "Choose the chart before.", (CHARTS,), ("up", "k"), "↑", "chart-back"),
    Action("enlarge", "One chart large", "Show the chosen chart large, or all of them again.", (CHARTS,),
           ("space", "e"), "Space", "enlarge", "[name]", "large", also=("large",)),
    Action("cursor", "Read at a moment", "Put the cursor at a moment; a click does it too.", (CHARTS,),
           (), "", "at", "30 s or 1:05"),
    Action("left", "Cursor back", "Move the cursor back by one step.", (CHARTS,), ("left",), "←", "left"),
    Action("right", "Cursor on", "Move the cursor on by one step.", (CHARTS,), ("right",), "→", "right"),
    Action("far-left", "Cursor far back", "Move the cursor back by a tenth.", (CHARTS,),
           ("shift+left", "pageup"), "PgUp", "far-left"),
    Action("far-right", "Cursor far on", "Move the cursor on by a tenth.", (CHARTS,),
           ("shift+right", "pagedown"), "PgDn", "far-right"),
    Action("zoom", "Zoom in on the cursor", "Show half the time around the cursor; typed, any stretch; or drag.",
           (CHARTS,), ("plus", "equals_sign"), "+", "zoom", "[from to, or all]", "zoom"),
    Action("zoom-out", "Zoom out", "Show twice the time.", (CHARTS,), ("minus",), "-", "zoom-out"),
    Action("zoom-all", "Show the whole run", "Show the whole run again.", (CHARTS,),
           ("0", "a"), "0", "zoom-all", "", "all", also=("all",)),
    Action("earlier", "Earlier", "Show the stretch before; with the wheel and Shift too.", (CHARTS,),
           ("comma", "less_than_sign"), ",", "earlier"),
    Action("later", "Later", "Show the stretch behind.", (CHARTS,),
           ("full_stop", "greater_than_sign"), ".", "later"),
    Action("before", "Against the attempt before",
           "Draw the design tried before this one, with the same luck, as a second line; or take it off.",
           (CHARTS,), ("c",), "c", "before", "[on or off]", "before"),
    Action("jump", "Go there in the run", "Put the playhead where the cursor is, and go back to the run.",
           (CHARTS,), ("enter",), "Enter", "jump", "[30 s or 1:05]", "jump"),
    Action("copy", "Copy the charts as text", "Copy the charts that are shown as text.", (CHARTS,),
           ("y",), "y", "copy"),
)  # fmt: skip
