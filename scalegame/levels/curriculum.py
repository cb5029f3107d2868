"""Which level belongs to which chapters of the book, and what a player can do afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from scalegame.components import kinds
from scalegame.levels import packs
from scalegame.levels.model import Level
from scalegame.levels.reference.markdown import table as markdown

MARK = "map"
"""What the markers around the table in `levels/teaching.md` are called."""


def table(levels: Iterable[Level] | None = None) -> str:
    """Return a row for each level: its name, the chapters, its topics, the outcomes.

    Args:
        levels: In order; the campaign's if not given.
    """
    rows = []
    for level in packs.shipped(kinds()) if levels is None else levels:
        chapters = ", ".join(map(str, level.book)) or "–"
        outcomes = "; ".join(level.outcomes) or "–"
        rows.append([f"`{level.id}`", chapters, ", ".join(level.teaches), outcomes])
    return markdown(("level", "book", "topics", "afterwards a player can"), rows)
