"""How the designs came about: attempts in their order, and the same design from several teams (pure functions).

Evidence, not proof: on a small level two teams find the same design easily, and a team may think on paper first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scalegame.competition.debrief.attempts import Attempted
from scalegame.competition.debrief.features import likeness
from scalegame.design.difference import summary
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.insight.compare import movements
from scalegame.levels.model import Level
from scalegame.units import Dimension, show
from scalegame.verdict.judge import miss
from scalegame.verdict.model import Held, Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """An attempt and what it changed of the one before by the same team on the same level.

    Attributes:
        attempt: As it was handed in.
        again: It is the same design as an earlier one of this team.
        changes: For people, from the design before, of the first from the board as found; None: the design does
            not fit the level any more.
        came: How the objectives moved since the design before, for people; empty for the first.
        outcome: `won`, or the objective that it missed by most.
    """

    attempt: Attempted
    again: bool
    changes: tuple[str, ...] | None
    came: tuple[str, ...]
    outcome: str

    @property
    def distance(self) -> int | None:
        """How many things differ from the design before."""
        return None if self.changes is None else len(self.changes)


@dataclass(frozen=True, slots=True)
class History:
    """All attempts of a team on a level, in the order in which they came.

    Attributes:
        team: Id.
        level: As its slot names it.
        steps: One or more.
        designs: How many different ones.
        players: (name, how many of the attempts), most first.
    """

    team: str
    level: str
    steps: tuple[Step, ...]
    designs: int
    players: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Same:
    """One design that several teams handed in, whatever names they gave to what they added.

    Attributes:
        level: As its slot names it.
        changes: In how many things it differs from the board as found; None: it does not fit the level any more.
        first: For each of these teams its first attempt with it, in the order in which they came.
    """

    level: str
    changes: int | None
    first: tuple[Attempted, ...]


def histories(levels: Mapping[str, Level], attempted: Sequence[Attempted]) -> tuple[History, ...]:
    """The attempts of each team on each level, by level and then by team, in their order of appearance.

    Args:
        levels: By slot.
        attempted: In the order in which they came.
    """
    grouped: dict[tuple[str, str], list[Attempted]] = {}
    for attempt in attempted:
        if attempt.level in levels:
            grouped.setdefault((attempt.level, attempt.team), []).append(attempt)
    order = {level: number for number, level in enumerate(levels)}
    boards: dict[tuple[str, str], Board | None] = {}
    found = []
    for (level, team), attempts in sorted(grouped.items(), key=lambda item: order[item[0][0]]):
        players = Counter(attempt.player for attempt in attempts)
        steps = tuple(_steps(levels[level], attempts, boards))
        found.append(History(team, level, steps, len({a.key for a in attempts}), tuple(players.most_common())))
    return tuple(found)


def _steps(level: Level, attempts: Sequence[Attempted], boards: dict[tuple[str, str], Board | None]) -> list[Step]:
    before, orders = level.found, tuple[str, ...]()
    seen: set[str] = set()
    verdict: Verdict | None = None
    found = []
    for attempt in attempts:
        at = attempt.level, attempt.key
        if at not in boards:
            boards[at] = board_of(level, attempt)
        board = boards[at]
        changes = None
        if board is not None:
            changes = _changes(level, before, orders, board, attempt.design.live)
            before, orders = board, attempt.design.live
        now = verdict_of(level, board, attempt)
        came = tuple(m.text for m in movements(verdict, now) if m.direction != "same") if verdict and now else ()
        found.append(Step(attempt, attempt.key in seen, changes, came, outcome(now)))
        seen.add(attempt.key)
        verdict = now or verdict
    return found


def _changes(
    level: Level, before: Board, then: Sequence[str], board: Board, orders: Sequence[str]
) -> tuple[str, ...]:
    gone = [f"– {line}" for line in then if line not in orders]
    new = [f"+ {line}" for line in orders if line not in then]
    return (*summary(before, board, level.rulebook), *gone, *new)


def board_of(level: Level, attempt: Attempted) -> Board | None:
    """The board of a design; None if it does not fit the level (any more)."""
    try:
        return attempt.design.board(level.rulebook)
    except ScalegameError:
        return None


def verdict_of(level: Level, board: Board | None, attempt: Attempted) -> Verdict | None:
    """What was judged, as the game's own comparisons take it; None: there is nothing, or it does not fit."""
    judgement = attempt.judgement
    if judgement is None or board is None or not judgement.runs:
        return None
    objectives = level.under(board).objectives
    if [objective.text for objective in objectives] != [goal.text for goal in judgement.goals]:
        return None
    held = tuple(
        Held(objective, tuple(run.values[i] for run in judgement.runs), goal.value, goal.held)
        for i, (objective, goal) in enumerate(zip(objectives, judgement.goals, strict=True))
    )
    return Verdict(
        objectives=held,
        won=judgement.won,
        stars=judgement.stars,
        cost=judgement.cost,
        latency=judgement.latency,
        parts=judgement.parts,
        effort=judgement.effort,
        worst=0,
    )


def decides(verdict: Verdict) -> Held | None:
    """The objective that decides: the one missed by most, or, if all hold, the one of which most is used up."""
    missed = [held for held in verdict.objectives if not held.held]
    if missed:
        return max(missed, key=lambda held: miss(held.objective, held.value))
    return max(verdict.objectives, key=_used, default=None)


def _used(held: Held) -> float:
    """Which share is used up of what an objective that holds allows; of a share at least, what may be missing."""
    objective, value, target = held.objective, held.value, held.objective.target
    if objective.relation in (">", ">="):
        if objective.dimension is not Dimension.RATIO:
            return target / value if value else 1.0
        value, target = 1.0 - value, 1.0 - target
    return value / target if target else 1.0


def outcome(verdict: Verdict | None) -> str:
    """What came of a design, in a few words."""
    if verdict is None:
        return "not judged"
    if verdict.won:
        return "won"
    decisive = decides(verdict)
    if decisive is None or decisive.held:
        return "a run was ended by a limit"
    return f"{decisive.objective.text}: {show(decisive.value, decisive.objective.dimension)}"


def same_designs(levels: Mapping[str, Level], attempted: Sequence[Attempted]) -> tuple[Same, ...]:
    """Designs that more than one team handed in, but for the board as found, in the order of levels."""
    grouped: dict[tuple[str, object], dict[str, Attempted]] = {}
    alike: dict[tuple[str, str], object] = {}
    for attempt in attempted:
        if attempt.level in levels and (attempt.design.do or attempt.design.live):
            at = attempt.level, attempt.key
            if at not in alike:
                level = levels[attempt.level]
                own = board_of(level, attempt)
                alike[at] = attempt.key if own is None else likeness(own, level.rulebook, attempt.design.live)
            grouped.setdefault((attempt.level, alike[at]), {}).setdefault(attempt.team, attempt)
    order = {level: number for number, level in enumerate(levels)}
    found = []
    for (slot, _), teams in sorted(grouped.items(), key=lambda item: order[item[0][0]]):
        if len(teams) > 1:
            first = tuple(teams.values())
            level, board = levels[slot], board_of(levels[slot], first[0])
            changes = None if board is None else len(_changes(level, level.found, (), board, first[0].design.live))
            found.append(Same(slot, changes, first))
    return tuple(found)
