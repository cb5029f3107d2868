"""Names side by side, one of them chosen: a row of cells that can be clicked (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scalegame.tui.drawing.plot import Row, text


class Tab(NamedTuple):
    """Where a name stands: from one cell to just before another."""

    begin: int
    end: int
    name: str


def tabs(names: Sequence[str], at: int, width: int) -> tuple[Row, list[Tab]]:
    """The chosen name, and as many around it as fit; dots say that there are more.

    Args:
        names: All of them.
        at: Index of the chosen one.
        width: Cells.
    """
    shown = [f" {name} " for name in names]
    first = last = at
    room = width - len(shown[at]) - 4
    while True:
        if last + 1 < len(shown) and len(shown[last + 1]) <= room:
            last += 1
            room -= len(shown[last])
        elif first > 0 and len(shown[first - 1]) <= room:
            first -= 1
            room -= len(shown[first])
        else:
            break
    row = text("… " if first else " ", "$quiet")
    found = []
    for i in range(first, last + 1):
        begin = len(row)
        row += text(shown[i], "reverse bold" if i == at else "$quiet")
        found.append(Tab(begin, len(row), names[i]))
    return [*row, *text(" …" if last + 1 < len(shown) else "", "$quiet")], found
