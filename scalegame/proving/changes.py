"""A design taken apart: what it changes, one thing at a time, and what is left of it without some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise

from scalegame.design import edits
from scalegame.design.difference import difference
from scalegame.design.language import Settings
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.errors import ScalegameError
from scalegame.levels.live import read_line
from scalegame.levels.model import Level

#: The word in `mechanism` for what is wired how.
WIRES = "wires"


def changes(level: Level, board: Board) -> tuple[edits.Edit, ...]:
    """What a design changes, one thing a line: a parameter, a card that is added, a chain of wires, a project."""
    single: list[edits.Edit] = []
    for line in difference(level.found, board, level.rulebook):
        edit = edits.parse(line)
        match edit:
            case edits.Set(id, settings):
                single += [edits.Set(id, (setting,)) for setting in settings]
            case edits.Move():
                continue
            case _:
                single.append(edit)
    return tuple(single)


def touched(level: Level, board: Board) -> frozenset[str]:
    """What a design changes, by name: `web.size`, `+lb`, `-web`, `a -> b`, `project faster`."""
    found: set[str] = set()
    for edit in changes(level, board):
        match edit:
            case edits.Set(id, settings):
                found |= {f"{id}.{name}" for name, _ in settings}
            case edits.Add(item, id):
                found.add(f"+{id or item}")
            case edits.Remove(id):
                found.add(f"-{id}")
            case edits.Wired(path) | edits.Unwired(path) | edits.Rewired(path):
                found |= {f"{a} -> {b}" for a, b in pairwise(path)}
            case edits.Buy(project) | edits.Return(project):
                found.add(f"project {project}")
            case _:
                found.add(edits.write(edit))
    return frozenset(found)


def used(level: Level, board: Board, mechanism: Collection[str]) -> tuple[str, ...]:
    """The names of a mechanism that a design makes use of, in their order."""
    made = changes(level, board)
    return tuple(name for name in mechanism if any(_without(edit, {name}, board, level) != edit for edit in made))


def without(level: Level, board: Board, mechanism: Collection[str]) -> Board:
    """What is left of a design whose edits of a mechanism are taken out, and what cannot be without them.

    Args:
        level: That it is of.
        board: The design.
        mechanism: Names: `card.parameter` or `item.parameter`, a card, a palette item or kind, a project, `wires`.
    """
    names = set(mechanism)
    kept = [left for edit in changes(level, board) if (left := _without(edit, names, board, level)) is not None]
    return applied(level, kept)


def without_change(level: Level, board: Board, change: edits.Edit) -> Board:
    """What is left of a design without one of its changes, and what cannot be without it."""
    return applied(level, [edit for edit in changes(level, board) if edit != change])


def applied(level: Level, lines: Iterable[edits.Edit]) -> Board:
    """The board after all of these edits that can be done."""
    board = level.found
    for edit in lines:
        # Of a chain that leads over what was taken out, the other wires stay.
        for one in _single(edit):
            try:
                board = edits.apply(board, one, level.rulebook)
            except ScalegameError:
                continue
    return board


def _single(edit: edits.Edit) -> tuple[edits.Edit, ...]:
    match edit:
        case edits.Wired(path):
            return tuple(edits.Wired(step) for step in pairwise(path))
        case edits.Unwired(path):
            return tuple(edits.Unwired(step) for step in pairwise(path))
    return (edit,)


def orders_left(level: Level, board: Board, live: Iterable[str]) -> tuple[str, ...]:
    """Those orders that can be given on a board."""
    left: list[str] = []
    desk = level.desk(board)
    for line in live:
        try:
            desk.check_all(map(read_line, [*left, line]))
        except ScalegameError:
            continue
        left.append(line)
    return tuple(left)


def _without(edit: edits.Edit, names: Collection[str], board: Board, level: Level) -> edits.Edit | None:
    """What is left of an edit; None: nothing."""
    match edit:
        case edits.Set(id, settings):
            card = board.components.get(id)
            calls = _called(id, card.item if card else None, card.kind if card else "")
            left = _settings(settings, calls, names)
            return edits.Set(id, left) if left and not calls & set(names) else None
        case edits.Add(item, id, at, settings):
            calls = _called(id or item, item, _kind(item, level.rulebook))
            if calls & set(names):
                return None
            return edits.Add(item, id, at, _settings(settings, calls, names))
        case edits.Remove(id):
            found = level.found.components.get(id)
            return None if _called(id, None, found.kind if found else "") & set(names) else edit
        case edits.Buy(project) | edits.Return(project):
            return None if project in names else edit
        case edits.Wired() | edits.Unwired() | edits.Rewired():
            return None if WIRES in names else edit
    return edit


def _called(id: str, item: str | None, kind: str) -> frozenset[str]:
    return frozenset(name for name in (id, item, kind) if name)


def _kind(item: str, rulebook: Rulebook) -> str:
    known = rulebook.palette.get(item)
    return known.kind if known else ""


def _settings(settings: Settings, calls: frozenset[str], names: Collection[str]) -> Settings:
    """Those settings that the names do not mean; `web.scaling` means `web.scaling.by`, too."""

    def meant(name: str) -> bool:
        full = [f"{call}.{name}" for call in calls]
        return any(one == other or one.startswith(f"{other}.") for one in full for other in names)

    return tuple((name, value) for name, value in settings if not meant(name))
