"""A step of a player's work in words: `web: replicas 1 → 3`, `added cache between web and db`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scalegame.design.language import Add, Edit, Move, Remove, Rewired, Set, Unwired, Wired, describe, parse
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook

#: So many names, or things done, are said one by one; of more than these the rest is counted.
_MOST = 3


def told(before: Board, after: Board, lines: Iterable[str], rulebook: Rulebook) -> str:
    """What a step did, in the past tense; one line.

    Args:
        before: The board that the step began with.
        after: The board that it left.
        lines: The edits that it consisted of, complete (`scalegame.design.rules.completed`).
        rulebook: Of the level.

    Raises:
        ScalegameError: A line is no edit.
    """
    edits = [_plain(parse(line), rulebook) for line in lines]
    titles = {id: project.title for id, project in rulebook.projects.items()}
    adds = [edit for edit in edits if isinstance(edit, Add)]
    wires = sum(len(edit.path) - 1 for edit in edits if isinstance(edit, Wired))
    if len(edits) == 2 and len(adds) == 1 and isinstance(edits[1], Rewired) and adds[0].id in edits[1].path:
        ends = edits[1].path
        return f"{describe(adds[0], titles)} between {ends[0]} and {ends[-1]}"
    if edits and all(isinstance(edit, Move) for edit in edits):
        return f"moved {names(dict.fromkeys(e.id for e in edits if isinstance(e, Move)))}"
    if len(edits) > 1 and all(isinstance(edit, Remove) for edit in edits):
        return f"removed {names(e.id for e in edits if isinstance(e, Remove))}"
    if len(adds) > 1 and all(isinstance(edit, Add | Wired | Move) for edit in edits):
        along = f" with {wires} wire{'s' * (wires != 1)}" if wires else ""
        return f"added {names(edit.id or edit.item for edit in adds)}{along}"
    if edits and all(isinstance(edit, Set) for edit in edits):
        return _settings([e for e in edits if isinstance(e, Set)], before, after, rulebook)
    pieces = [_piece(edit, before, after, rulebook, titles) for edit in edits]
    more = len(pieces) - _MOST
    return ", ".join(pieces[:_MOST]) + (f" and {more} more" if more > 0 else "")


def names(ids: Iterable[str]) -> str:
    """Names as one says them: `web, lb and db`; of many only the first, and how many there are."""
    found = list(ids)
    if len(found) > _MOST + 1:
        return f"{', '.join(found[:_MOST])} and {len(found) - _MOST} more"
    return " and ".join(part for part in (", ".join(found[:-1]), *found[-1:]) if part)


def _plain(edit: Edit, rulebook: Rulebook) -> Edit:
    """Without what goes without saying: the place where a thing stands if nothing else is said."""
    if (
        isinstance(edit, Add)
        and edit.item in rulebook.palette
        and edit.at == rulebook.palette[edit.item].places[0]
    ):
        return replace(edit, at=None)
    return edit


def _piece(edit: Edit, before: Board, after: Board, rulebook: Rulebook, titles: Mapping[str, str]) -> str:
    if isinstance(edit, Set):
        return _settings([edit], before, after, rulebook)
    if isinstance(edit, Wired | Unwired | Rewired):
        return describe(edit, titles).replace("->", "→")
    return describe(edit, titles)


def _settings(sets: Sequence[Set], before: Board, after: Board, rulebook: Rulebook) -> str:
    """Parts that were changed in the same way are told together."""
    changed: dict[str, list[str]] = {}
    for edit in sets:
        changed.setdefault(_change(edit, before, after, rulebook), []).append(edit.id)
    return "; ".join(f"{names(dict.fromkeys(ids))}: {change}" for change, ids in changed.items())


def _change(edit: Set, before: Board, after: Board, rulebook: Rulebook) -> str:
    old, new = before.components.get(edit.id), after.components.get(edit.id)
    pieces = []
    for name, value in edit.settings:
        known = {} if new is None else {p.name: p for p in rulebook.kinds[new.kind].parameters}
        if old is None or new is None or name not in known:
            pieces.append(f"{name} {value}")
            continue
        parameter = known[name]
        was, now = (parameter.show(thing.settings.get(name)) for thing in (old, new))
        pieces.append(f"{name} {was} → {now}" if was != now else f"{name} {now}")
    return ", ".join(pieces)
