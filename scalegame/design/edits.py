"""Edits: the one language of players, attempts and save files, and what its lines do to a board.

Everything about edits can be imported from here; it lives in `language`, `rules` and `difference`.
"""

from __future__ import annotations

from scalegame.design.difference import difference, same, summary
from scalegame.design.language import (
    ALIASES,
    FORMS,
    LONGEST_LINE,
    MOST_LINES,
    WORLD,
    Add,
    Buy,
    Edit,
    Move,
    Remove,
    Return,
    Rewired,
    Set,
    Unwired,
    Wired,
    describe,
    is_id,
    parse,
    write,
)
from scalegame.design.rules import (
    adjustments,
    allowed,
    apply,
    apply_all,
    as_it_came,
    completed,
    free_id,
    legal_wires,
    ordered,
)
from scalegame.design.surroundings import Goal, Measure, Mend, Strike, Traffic, Ungoal, WorldEdit

__all__ = [
    "ALIASES",
    "FORMS",
    "LONGEST_LINE",
    "MOST_LINES",
    "WORLD",
    "Add",
    "Buy",
    "Edit",
    "Goal",
    "Measure",
    "Mend",
    "Move",
    "Remove",
    "Return",
    "Rewired",
    "Set",
    "Strike",
    "Traffic",
    "Ungoal",
    "Unwired",
    "Wired",
    "WorldEdit",
    "adjustments",
    "allowed",
    "apply",
    "apply_all",
    "as_it_came",
    "completed",
    "describe",
    "difference",
    "free_id",
    "is_id",
    "legal_wires",
    "ordered",
    "parse",
    "same",
    "summary",
    "write",
]
