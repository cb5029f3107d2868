"""What has to be run: the declared attempts, each with its board, and on which seeds."""

from __future__ import annotations

from dataclasses import dataclass

from scalegame.design import price
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.levels.model import PLAY_SEEDS, Attempt, Level
from scalegame.proving.worker import board_of

#: Seeds of a full proof.
SEEDS = 20
#: Objectives that are lost without luck, if they are lost.
LUCKLESS = frozenset(("cost", "effort"))
#: Name of the attempt to leave everything as it is.
UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run for one declared attempt.

    Attributes:
        attempt: As declared.
        board: That it makes; None if it cannot start.
        why_not: The reason, then.
        seeds: Of the proof.
        play: Of the game, for an attempt declared to win.
    """

    attempt: Attempt
    board: Board | None
    why_not: str
    seeds: tuple[int, ...]
    play: tuple[int, ...]


def plans_of(level: Level, seeds: tuple[int, ...], losers_seeds: int | None) -> tuple[Plan, ...]:
    """One for each declared attempt, and for the board as found unless it is declared.

    Args:
        level: To prove.
        seeds: Of the proof.
        losers_seeds: Fewer runs for attempts declared to lose; None: as many.
    """
    return tuple(_plan(level, attempt, seeds, losers_seeds) for attempt in _attempts(level))


def _attempts(level: Level) -> tuple[Attempt, ...]:
    if any(not attempt.do for attempt in level.attempts):
        return level.attempts
    untouched = Attempt(UNTOUCHED, (), wins=False, loses=None, says="Doing nothing changes nothing.")
    return (untouched, *level.attempts)


def _plan(level: Level, attempt: Attempt, seeds: tuple[int, ...], losers_seeds: int | None) -> Plan:
    """How often an attempt has to run, and whether it can."""
    try:
        board = board_of(level, attempt.do)
        level.scenario(board)
    except ScalegameError as error:
        return Plan(attempt, None, error.message, (), ())
    if attempt.wins:
        return Plan(attempt, board, "", seeds, level.seeds("play", PLAY_SEEDS))
    seeds = seeds if losers_seeds is None else seeds[:losers_seeds]
    if attempt.loses is not None and level.objectives[attempt.loses].metric in LUCKLESS:
        seeds = seeds[:1]
    return Plan(attempt, board, "", seeds, ())


def idea(board: Board) -> str:
    """What stands for a board when ideas are counted: everything but where its cards lie."""
    cards = sorted((c.id, c.kind, c.at, sorted((k, repr(v)) for k, v in c.settings.items())) for c in board)
    return repr((cards, sorted(map(str, board.wires)), sorted(board.projects)))


def changes_money(level: Level, board: Board, cost: float) -> bool:
    """Whether a run cost something else than its design: then what it costs may be luck."""
    return abs(cost - price.cost(board, level.rulebook)) > 1e-9 * max(abs(cost), 1e-9)
