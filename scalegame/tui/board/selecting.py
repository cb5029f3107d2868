"""Several cards at once: which are marked, and the edits that do one thing to all of them (pure functions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scalegame.design import edits
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.telling import names
from scalegame.errors import ScalegameError, nearest
from scalegame.tui.canvas.layout import Slot, place, shifted
from scalegame.tui.canvas.navigate import DIRECTIONS
from scalegame.units import whole

#: Furthest that a typed move goes, lattice steps.
_FURTHEST = 80


def marks(words: str, marked: frozenset[str], board: Board) -> frozenset[str]:
    """What is marked after `mark <words>`.

    Args:
        words: `all`, `none`, or ids; each of these is marked if it was not, and else no more.
        marked: Ids that are marked now.
        board: The board.

    Raises:
        ScalegameError: There is no such card.
    """
    if words == "all":
        return frozenset(board.components)
    if words == "none":
        return frozenset()
    for id in ids_of(words, board):
        marked ^= {id}
    return marked


def ids_of(words: str, board: Board) -> tuple[str, ...]:
    """The cards that were typed, each once.

    Raises:
        ScalegameError: One is not on the board.
    """
    found = tuple(dict.fromkeys(words.replace(",", " ").lower().split()))
    for id in found:
        if id not in board.components:
            raise ScalegameError("Unknown part", f'there is no part "{id}"{nearest(id, board.components)}')
    return found


def removals(ids: Iterable[str], board: Board, rulebook: Rulebook) -> tuple[list[str], str]:
    """Lines that remove what can be removed of some cards, and why the others stay ("": none stays)."""
    return _each([f"remove {id}" for id in ids], board, rulebook)


def settings(assignments: str, ids: Iterable[str], board: Board, rulebook: Rulebook) -> tuple[list[str], str]:
    """Lines that set the same parameters of some cards, and why the others stay as they are.

    Args:
        assignments: `replicas=3 threads=50`.
        ids: Of the cards.
        board: The board.
        rulebook: Of the level.
    """
    return _each([f"set {id} {assignments}" for id in ids], board, rulebook)


def _each(lines: Iterable[str], board: Board, rulebook: Rulebook) -> tuple[list[str], str]:
    """The lines that can be done, one after the other; and what is wrong with the first that cannot."""
    done: list[str] = []
    wrong: list[str] = []
    for line in lines:
        try:
            board = edits.apply(board, line, rulebook)
            done.append(line)
        except ScalegameError as error:
            wrong.append(error.message)
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return done, f"{wrong[0]}{more}" if wrong else ""


def moves(words: str, chosen: Iterable[str], board: Board) -> list[str]:
    """Lines for `move [ids] <direction> [steps]`: a step is half a card; others in the way are jumped.

    Args:
        words: What was typed.
        chosen: Cards to move if none is named.
        board: The board.

    Raises:
        ScalegameError: It cannot be understood, or there is no room.
    """
    pieces = words.lower().split()
    steps = pieces.pop() if pieces and whole(pieces[-1]) is not None else "1"
    direction = pieces.pop() if pieces else ""
    if direction not in DIRECTIONS or len(steps) > 2 or not 1 <= int(steps) <= _FURTHEST:
        raise ScalegameError(
            "Not a move", "write move web 4,2 for a column and a row, or move right 2, or move web lb down"
        )
    ids = ids_of(" ".join(pieces), board) or tuple(chosen)
    if not ids:
        raise ScalegameError("Nothing to move", "select a part or mark some, or name them: move web lb down")
    dx, dy = DIRECTIONS[direction]
    there = shifted(place(board), ids, dx * int(steps), dy * int(steps))
    if there is None:
        raise ScalegameError("No room", f"there is no room {direction} of {names(ids)}")
    return move_lines(there)


def move_lines(slots: Mapping[str, Slot]) -> list[str]:
    """Lines that put cards on slots."""
    return [f"move {id} {slot.column},{slot.row}" for id, slot in slots.items()]
