"""What can be done on the list of a run's events."""

from __future__ import annotations

from scalegame.tui.table.model import EVENTS, Action

ROWS: tuple[Action, ...] = (
    Action("go", "Go to that moment", "Go to the moment that is chosen; a click does it too.", (EVENTS,),
           ("enter",), "Enter", "go", "[number]", "go there", also=("go there",)),
    Action("narrow", "Show fewer, or all", "Show only alerts, faults, bookmarks or actions; or all.", (EVENTS,),
           ("tab",), "Tab", "show", "[all, alerts, faults, bookmarks, actions]", "fewer",
           also=("fewer",)),
    Action("copy", "Copy the list as text",
           "Copy the list as text to the clipboard.", (EVENTS,), ("y",), "y", "copy", "", "copy"),
)  # fmt: skip
