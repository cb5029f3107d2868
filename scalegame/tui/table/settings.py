"""What can be done on the settings."""

from __future__ import annotations

from scalegame.tui.table.model import SETTINGS, Action

ROWS: tuple[Action, ...] = (
    Action("row-down", "Next setting", "Go to the setting below.", (SETTINGS,), ("down", "tab"), "↓", "down"),
    Action("row-up", "Setting before", "Go to the setting above.", (SETTINGS,), ("up", "shift+tab"), "↑", "up"),
    Action("value-next", "Next value", "Set it to the value on the right.", (SETTINGS,),
           ("right", "enter", "space"), "→", "next", "", "change", also=("change",)),
    Action("value-before", "Value before", "Set it to the value on the left.", (SETTINGS,),
           ("left",), "←", "before"),
    Action("set", "Set a value", "Type the name of a setting and its value.", (SETTINGS,),
           (), "", "set", "name value"),
    Action("usual", "Usual value", "Set it as it usually is; typed with a name, or with all.", (SETTINGS,),
           ("r",), "r", "usual", "[name or all]", "usual"),
    Action("keys", "Change keys", "Write a file with every key in it, to be changed by hand.", (SETTINGS,),
           ("k",), "k", "keys", "", "keys"),
)  # fmt: skip
