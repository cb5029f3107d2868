"""Attempts that nobody declared, and that follow from the level: all of them must lose.

Every number or size of a card at its maximum, alone; everything at once; and every winner without what the level
is about, or, where a level does not say what that is, without each of its changes in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from scalegame.design import checks, edits
from scalegame.design.difference import difference
from scalegame.design.kinds import Parameter, Type
from scalegame.design.model import Board, Component, Setting
from scalegame.design.rulebook import Adjustment
from scalegame.design.rules import adjustments
from scalegame.errors import ScalegameError
from scalegame.levels.model import Level
from scalegame.proving.changes import changes, orders_left, touched, used, without, without_change
from scalegame.proving.plan import Plan, idea
from scalegame.proving.worker import scenario_of

#: Name of the attempt to buy everything.
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A design to be tried.

    Attributes:
        name: What it is called, and accepted by.
        board: That it makes.
        do: Its edits.
        live: Its orders.
        why_not: Why it cannot start, or "".
        same: The declared attempt whose board it is, or "".
        note: Why it may win, or "".
        winner: Without one of its changes, or without its point, this is that declared winner; or "".
        change: It is one of several of which at least one must lose.
    """

    name: str
    board: Board
    do: tuple[str, ...]
    live: tuple[str, ...] = ()
    why_not: str = ""
    same: str = ""
    note: str = ""
    winner: str = ""
    change: bool = False


def generated(level: Level, plans: Sequence[Plan]) -> tuple[Candidate, ...]:
    """What follows from a level and its declared attempts."""
    boards: dict[str, tuple[str, Board, tuple[str, ...]]] = {}
    base = base_of(level, plans)
    for name, board in maxima(level, base):
        boards[name] = ("", board, ())
    boards[EVERYTHING] = ("", _everything(level, base), ())
    for plan in plans:
        if plan.attempt.wins and plan.board is not None:
            for name, board in _spoiled(level, plan.attempt.name, plan.board):
                boards[name] = (plan.attempt.name, board, orders_left(level, board, plan.attempt.live))
    known = declared_boards(plans)
    alone = _alone(level, plans, base)
    return tuple(
        candidate(level, name, board, live, known, alone if not winner else {}, winner)
        for name, (winner, board, live) in boards.items()
    )


def candidate(
    level: Level,
    name: str,
    board: Board,
    live: tuple[str, ...],
    known: Mapping[tuple[str, tuple[str, ...]], str],
    alone: Mapping[frozenset[str], str],
    winner: str = "",
) -> Candidate:
    """A design, and whether it can start and is new.

    Args:
        level: That it is of.
        name: What to call it.
        board: That it makes.
        live: Its orders.
        known: Declared attempts by `idea` and orders.
        alone: Declared winners by what they change (`touched`), those that change one thing.
        winner: Of what winner it was made.
    """
    why_not = ""
    try:
        for problem in checks.problems(board, level.rulebook):
            raise problem
        scenario_of(level, board, live)
    except ScalegameError as error:
        why_not = error.message
    same = known.get((idea(board), live), "")
    one = alone.get(touched(level, board), "")
    return Candidate(
        name=name,
        board=board,
        do=difference(level.found, board, level.rulebook),
        live=live,
        why_not=why_not,
        same=same,
        note=f"the idea of {one}" if one and not same else "",
        winner=winner,
        change=bool(winner) and not level.mechanism,
    )


def declared_boards(plans: Sequence[Plan]) -> dict[tuple[str, tuple[str, ...]], str]:
    """The declared attempts that can start, by their idea and orders; of two of the same the first."""
    found: dict[tuple[str, tuple[str, ...]], str] = {}
    for plan in plans:
        if plan.board is not None:
            found.setdefault((idea(plan.board), plan.attempt.live), plan.attempt.name)
    return found


def base_of(level: Level, plans: Sequence[Plan]) -> Board:
    """What single changes are made to: the board as found, or, if it cannot start, the least that does.

    That is the declared attempt that changes least; in a guided level it is the one that only wires.
    """
    if _starts(level, level.found):
        return level.found
    sound = [plan.board for plan in plans if plan.board is not None]
    return min(sound, key=lambda board: len(changes(level, board)), default=level.found)


def _alone(level: Level, plans: Sequence[Plan], base: Board) -> dict[frozenset[str], str]:
    """The declared winners that change one thing more than the base, by all that they change."""
    already = touched(level, base)
    winners = [(touched(level, p.board), p.attempt) for p in plans if p.board is not None and p.attempt.wins]
    return {
        what: attempt.name
        for what, attempt in reversed(winners)
        if len(what - already) == 1 and already <= what and not attempt.live
    }


def maxima(level: Level, base: Board) -> Iterator[tuple[str, Board]]:
    """Every number or size of a card at its maximum, alone, by name."""
    for card, parameter, value in _maxima(level, base):
        board = base.with_component(card.with_settings({parameter.name: value}))
        yield f"max {card.id}.{parameter.name}", board


def _maxima(level: Level, base: Board) -> Iterator[tuple[Component, Parameter, Setting]]:
    for card in base:
        for name, adjustment in adjustments(card, level.rulebook).items():
            parameter = level.rulebook.kinds[card.kind].parameter(name)
            value = greatest(level, parameter, adjustment)
            if value is not None and value != card.settings.get(name):
                yield card, parameter, value


def greatest(level: Level, parameter: Parameter, adjustment: Adjustment) -> Setting:
    """The largest number, or the last size, that a player may choose; None for what is neither."""
    if parameter.names == "sizes":
        order = list(level.rulebook.sizes)
        return max((v for v in adjustment.values if v in order), key=order.index, default=None)
    if parameter.type is not Type.NUMBER:
        return None
    numbers = [v for v in adjustment.values if isinstance(v, int | float)]
    if numbers:
        return max(numbers)
    high = adjustment.high if adjustment.high is not None else parameter.high
    if not isfinite(high):
        high = parameter.high
    return int(high) if parameter.whole else float(high)


def _everything(level: Level, base: Board) -> Board:
    """All sizes and replicas at their maximum and all projects; what would keep it from starting is left out."""
    board, sound = base, _starts(level, base)
    for card, parameter, value in _maxima(level, base):
        if parameter.names == "sizes" or parameter.name == "replicas":
            now = board.components[card.id].with_settings({parameter.name: value})
            board = _if_sound(level, board, board.with_component(now), sound)
    for project in level.rulebook.projects:
        if project not in board.projects:
            bought = edits.apply(board, edits.Buy(project), level.rulebook)
            board = _if_sound(level, board, bought, sound)
    return board


def _if_sound(level: Level, before: Board, after: Board, sound: bool) -> Board:
    return after if not sound or _starts(level, after) else before


def _starts(level: Level, board: Board) -> bool:
    return not checks.problems(board, level.rulebook)


def _spoiled(level: Level, winner: str, board: Board) -> Iterator[tuple[str, Board]]:
    """A winner without what the level is about; or, if that is not said, without each of its changes."""
    if level.mechanism:
        # Without anything of it in it, it is itself: then it wins by something else.
        names = used(level, board, level.mechanism) or level.mechanism
        yield f"{winner} without {', '.join(names)}", without(level, board, level.mechanism)
        return
    for change in changes(level, board):
        yield f"{winner} without {edits.write(change)}", without_change(level, board, change)
