"""How hard a level is, estimated from what its proof found.

Three things make a level hard: winners that win narrowly, winners that need several changes at once, and few
designs that win at all. Each adds up to 1.5 to 1: tightness (nothing from half the target of room on, all of it
without any), parts (nothing for one change, all of it for four), and rarity (nothing where three fifths of the
designs searched win, all of it where none does). What the author declares is shown beside it, and stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scalegame.levels.model import Level
from scalegame.proving.changes import changes
from scalegame.proving.model import AttemptProof, Difficulty, Margin, Searched
from scalegame.proving.plan import Plan
from scalegame.units import Dimension
from scalegame.verdict.judge import miss

_ROOMY = 0.5
_MANY_CHANGES = 4
_COMMON = 0.6
_MOST = 1.5


def difficulty(
    level: Level, plans: Sequence[Plan], attempts: Sequence[AttemptProof], search: Searched | None
) -> Difficulty | None:
    """The estimate; None where no declared winner wins."""
    rooms, lengths = [], []
    for plan, proof in zip(plans, attempts, strict=True):
        if plan.attempt.wins and plan.board is not None and proof.won:
            rooms.append(min(map(room, proof.margins), default=1.0))
            lengths.append(len(changes(level, plan.board)) + len(plan.attempt.live))
    if not rooms:
        return None
    tightness, parts = max(rooms), min(lengths)
    share = search.won / search.designs if search and search.designs else math.nan
    rare = 0.0 if math.isnan(share) else 1.0 - min(share / _COMMON, 1.0)
    tight = 1.0 - min(max(tightness, 0.0) / _ROOMY, 1.0)
    many = min(max(parts - 1, 0) / (_MANY_CHANGES - 1), 1.0)
    score = 1.0 + _MOST * (tight + many + rare)
    return Difficulty(min(5, max(1, math.floor(score + 0.5))), tightness, parts, share)


def room(m: Margin) -> float:
    """How far the worst run is from missing an objective, as a share of the target.

    Of a share that must be large (availability) it is the share of the failures allowed that is not used; where
    nothing is allowed at all and nothing happens, there is all the room there is.
    """
    objective = m.objective
    if objective.target == 0.0:
        return 1.0 if m.held == m.runs else 0.0
    if objective.dimension is Dimension.RATIO and objective.relation in (">", ">=") and objective.target < 1.0:
        return (m.worst - objective.target) / (1.0 - objective.target)
    return min(-miss(objective, m.worst), 1.0)
