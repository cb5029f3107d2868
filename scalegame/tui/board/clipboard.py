"""Copying cards as lines of edits, and pasting such lines as new cards (pure functions).

What is copied is a script: typed or pasted elsewhere, line by line, it makes the same cards again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from scalegame.design import edits
from scalegame.design.model import Board, Component
from scalegame.design.rulebook import Item, Rulebook
from scalegame.design.telling import names
from scalegame.errors import ScalegameError

#: Characters of a text to paste, at most.
LONGEST = 100_000

#: The number at the end of a name: a copy of web-2 is web-3, and not web-2-2.
_NUMBER = re.compile(r"(?<=.)-[0-9]+$")


@dataclass(frozen=True, slots=True)
class Copied:
    """What was taken along.

    Attributes:
        lines: In the language of edits.
        ids: Of the cards in them.
        left: Ids of cards that the palette has nothing like.
    """

    lines: tuple[str, ...]
    ids: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a paste would do.

    Attributes:
        lines: Edits that can be done, with names that are free.
        refused: What could not be done and why, one sentence each.
    """

    lines: tuple[str, ...]
    refused: tuple[str, ...]


def copied(ids: Iterable[str], board: Board, rulebook: Rulebook) -> Copied:
    """Cards with their settings, and the wires among them, as lines that make them anew.

    A card that was found on the board is copied if something on the palette can be made like it.
    """
    wanted = [board.components[id] for id in ids]
    found: dict[str, Component] = {}
    for thing in wanted:
        item = _item_like(thing, rulebook)
        if item is not None:
            found[thing.id] = replace(thing, item=item.name, position=None)
    wires = tuple(wire for wire in board.wires if wire.source in found and wire.target in found)
    # Under the board's own conditions, so that these are no difference; faults speak of cards that are not here.
    start = Board(conditions=replace(board.conditions, faults=()))
    lines = edits.difference(start, replace(start, components=found, wires=wires), rulebook)
    return Copied(lines, tuple(found), tuple(thing.id for thing in wanted if thing.id not in found))


def _item_like(thing: Component, rulebook: Rulebook) -> Item | None:
    """What on the palette the card was made from, or could be made from."""
    if thing.item is not None:
        return rulebook.palette.get(thing.item)
    for item in rulebook.palette.values():
        if item.kind == thing.kind and thing.at in item.places and _can_become(item, thing):
            return item
    return None


def _can_become(item: Item, thing: Component) -> bool:
    return all(name in item.adjust or item.settings.get(name) == now for name, now in thing.settings.items())


def pasted(text: str, board: Board, rulebook: Rulebook) -> Pasted:
    """What pasting lines would do to a board: everything that is added gets a name that is free.

    Raises:
        ScalegameError: The text is not made of edits.
    """
    rows = [row for row in text[: LONGEST + 1].splitlines() if row.strip()]
    if not rows:
        raise ScalegameError("Nothing to paste", "nothing was copied yet: y copies what is selected")
    if len(rows) > edits.MOST_LINES or len(text) > LONGEST:
        raise ScalegameError("Too much", f"at most {edits.MOST_LINES} lines can be pasted")
    try:
        wanted = [edit for row in rows for edit in _apart(edits.parse(row))]
    except ScalegameError as error:
        raise ScalegameError("Not parts", f"what was copied are not parts: {error.message}") from error
    called: dict[str, str] = {}
    lost: set[str] = set()
    lines: list[str] = []
    refused: list[str] = []
    for edit in wanted:
        if _named(edit) & lost:
            continue  # what it speaks of could not be added
        renamed = _renamed(edit, called, board)
        try:
            completed = edits.completed(board, renamed, rulebook)
            after = edits.apply(board, completed, rulebook)
        except ScalegameError as error:
            refused.append(error.message)
            lost |= {edit.id or edit.item} if isinstance(edit, edits.Add) else set()
            continue
        if isinstance(edit, edits.Add) and isinstance(completed, edits.Add) and completed.id is not None:
            called[edit.id or edit.item] = completed.id
        if not edits.same(after, board):
            lines.append(edits.write(completed))
        board = after
    return Pasted(tuple(lines), tuple(dict.fromkeys(refused)))


def _apart(edit: edits.Edit) -> Iterable[edits.Edit]:
    """A chain wire by wire: one end that could not be added must not cost the others."""
    return [edits.Wired(pair) for pair in pairwise(edit.path)] if isinstance(edit, edits.Wired) else [edit]


def _named(edit: edits.Edit) -> set[str]:
    match edit:
        case edits.Wired(path) | edits.Unwired(path) | edits.Rewired(path):
            return set(path)
        case edits.Set(id) | edits.Move(id) | edits.Remove(id):
            return {id}
    return set()


def _renamed(edit: edits.Edit, called: Mapping[str, str], board: Board) -> edits.Edit:
    """The edit about what was added here, whatever it was called where it was copied."""
    match edit:
        case edits.Add(item, id):
            name = id or item
            wanted = _NUMBER.sub("", name) if name in board.components else name
            return replace(edit, id=edits.free_id(board, wanted))
        case edits.Wired(path) | edits.Unwired(path) | edits.Rewired(path):
            return replace(edit, path=tuple(called.get(id, id) for id in path))
        case edits.Set(id) | edits.Move(id) | edits.Remove(id):
            return replace(edit, id=called.get(id, id))
    return edit


def said(taken: Copied) -> str:
    """What was copied, in a sentence."""
    left = f"   {names(taken.left)} not: the palette has nothing like it" if taken.left else ""
    if not taken.ids:
        return f"Nothing to copy: the palette has nothing like {names(taken.left)}."
    return f"Copied {names(taken.ids)}. p pastes{left}"
