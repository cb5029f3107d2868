"""What an edit does to a board, and what a level does not allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from scalegame.design import conditions, wiring
from scalegame.design.kinds import Kind, Parameter
from scalegame.design.language import (
    MOST_LINES,
    Add,
    Buy,
    Edit,
    Move,
    Remove,
    Return,
    Rewired,
    Set,
    Settings,
    Unwired,
    Wired,
    is_id,
    parse,
)
from scalegame.design.model import Board, Component, Setting, Wire
from scalegame.design.rulebook import Adjustment, Item, Rulebook
from scalegame.design.surroundings import WorldEdit
from scalegame.design.wiring import component
from scalegame.errors import ScalegameError, nearest, quoted

#: Of many names so many are told where none is near to what was written.
_MOST_NAMES = 12


def apply(board: Board, edit: Edit | str, rulebook: Rulebook) -> Board:
    """The board after an edit.

    Args:
        board: Made by edits from the board as found.
        edit: An edit, or its line.
        rulebook: What the level allows.

    Raises:
        ScalegameError: The edit is not allowed or names nothing; one line says why and what to do instead.
    """
    edit = completed(board, parse(edit) if isinstance(edit, str) else edit, rulebook)
    before = board
    match edit:
        case Add():
            board = _add(board, edit, rulebook)
        case Remove(id):
            component(board, id)
            if id in rulebook.fixed:
                raise ScalegameError("Fixed", f"{id} belongs to this level and cannot be removed")
            if id in rulebook.kept:
                raise ScalegameError("Fixed", f"something will happen to {id}, so it cannot be removed")
            board = conditions.in_order(board.without(id), rulebook.freedom)
        case Wired(path):
            board = wiring.wire(board, path, rulebook)
        case Unwired(path):
            board = wiring.unwire(board, path)
        case Rewired(path):
            board = wiring.rewire(board, path, rulebook)
        case Set(id, settings):
            thing = component(board, id)
            board = board.with_component(
                thing.with_settings(
                    _changes(
                        id,
                        rulebook.kinds[thing.kind],
                        adjustments(thing, rulebook),
                        as_it_came(thing, rulebook),
                        settings,
                        rulebook,
                    )
                )
            )
        case Buy(project):
            _known_project(project, rulebook)
            if project in board.projects:
                raise ScalegameError("Bought already", f"{project} is bought already")
            board = replace(board, projects=(*board.projects, project))
        case Return(project):
            _known_project(project, rulebook)
            if project not in board.projects:
                raise ScalegameError("Not bought", f"{project} is not bought, so it cannot be returned")
            board = replace(board, projects=tuple(p for p in board.projects if p != project))
        case Move(id, column, row):
            board = board.with_component(replace(component(board, id), position=(column, row)))
        case _:
            assert rulebook.freedom is not None, edit
            board = conditions.changed(board, edit, rulebook.freedom)
    if rulebook.freedom is not None and _senders(board) - _senders(before):
        rulebook.freedom.check(board)
    return ordered(board, rulebook)


def _senders(board: Board) -> set[str]:
    """What is sent by somebody on the board."""
    return {str(sends) for card in board if (sends := card.settings.get("sends")) is not None}


def apply_all(board: Board, lines: Iterable[Edit | str], rulebook: Rulebook) -> Board:
    """The board after a number of edits, one after the other.

    Raises:
        ScalegameError: One cannot be done: the message begins with its number, from 1. Or there are more
            than `MOST_LINES`.
    """
    for number, line in enumerate(lines, 1):
        if number > MOST_LINES:
            raise ScalegameError("Too many edits", f"a design has at most {MOST_LINES} lines")
        try:
            board = apply(board, line, rulebook)
        except ScalegameError as error:
            raise ScalegameError(error.title, f"line {number}: {error.message}", error.place) from error
    return board


def completed(board: Board, edit: Edit, rulebook: Rulebook) -> Edit:
    """The same edit with nothing left open: what is added has its id and its place.

    Raises:
        ScalegameError: The palette has no such item, or what is meant of the world around is not there.
    """
    if isinstance(edit, WorldEdit):
        return conditions.completed(board, edit, rulebook.freedom)
    if not isinstance(edit, Add):
        return edit
    item = _item(edit.item, rulebook)
    return replace(
        edit,
        id=free_id(board, item.name) if edit.id is None else edit.id,
        at=item.places[0] if edit.at is None else edit.at,
    )


def free_id(board: Board, name: str) -> str:
    """An id that is not taken: the name, or the name with the first free number from 2 on."""
    base = name.lower() if is_id(name.lower()) else "part"
    if base not in board.components:
        return base
    # There are more numbers than components, so the search ends.
    for number in range(2, len(board.components) + 3):
        ending = f"-{number}"
        candidate = base[: 40 - len(ending)] + ending
        if candidate not in board.components:
            return candidate
    raise AssertionError(base)


def adjustments(thing: Component, rulebook: Rulebook) -> Mapping[str, Adjustment]:
    """What may be changed about a component, by parameter name."""
    if thing.item is not None:
        item = rulebook.palette.get(thing.item)
        return {} if item is None else item.adjust
    return {} if thing.id in rulebook.fixed else rulebook.adjust.get(thing.id, {})


def as_it_came(thing: Component, rulebook: Rulebook) -> Mapping[str, Setting]:
    """The settings that a component had when found, or as it comes from the palette."""
    if thing.item is not None:
        item = rulebook.palette.get(thing.item)
        return {} if item is None else item.settings
    found = rulebook.found.components.get(thing.id)
    return {} if found is None else found.settings


def allowed(parameter: Parameter, adjustment: Adjustment) -> str:
    """What a player may choose from, for people: `5 to 200`, `small, medium`, `anything`."""
    if adjustment.values:
        return ", ".join(parameter.show(value) for value in adjustment.values)
    low, high = adjustment.low, adjustment.high
    if low is not None and high is not None:
        return f"{parameter.show(low)} to {parameter.show(high)}"
    if low is not None:
        return f"{parameter.show(low)} or more"
    return "anything" if high is None else f"{parameter.show(high)} or less"


def ordered(board: Board, rulebook: Rulebook) -> Board:
    """The board in its one order: what was found as it was found, then the rest by name.

    The order of wires decides whom a balancer asks first; so it must not depend on the way a design took.
    """
    found = rulebook.found
    kept = [id for id in found.components if id in board.components]
    new = sorted(id for id in board.components if id not in found.components)
    here, there = set(board.wires), set(found.wires)
    return Board(
        components={id: board.components[id] for id in (*kept, *new)},
        wires=tuple(w for w in found.wires if w in here) + tuple(sorted(w for w in here if w not in there)),
        projects=tuple(p for p in rulebook.projects if p in board.projects),
        conditions=board.conditions,
    )


def legal_wires(board: Board, source: str, rulebook: Rulebook) -> tuple[str, ...]:
    """Ids of the components that `source` could be wired to now: what the canvas offers.

    Raises:
        ScalegameError: Nothing has that id.
    """
    component(board, source)
    found = []
    for target in board.components:
        try:
            if Wire(source, target) not in board.wires:
                wiring.refuse(board, source, target, rulebook)
                found.append(target)
        except ScalegameError:
            continue
    return tuple(found)


def _add(board: Board, edit: Add, rulebook: Rulebook) -> Board:
    item = _item(edit.item, rulebook)
    assert edit.id is not None
    assert edit.at is not None
    there = sum(thing.item == item.name for thing in board)
    # Before the name: another name would not help.
    if there >= item.most:
        raise ScalegameError(
            "No more of these",
            f"this level has {item.most} of {item.name} at most, and that is on the board"
            if item.most
            else f"this level has no {item.name}",
        )
    if edit.id in board.components:
        raise ScalegameError(
            "Name taken",
            f"there is a component called {edit.id} already: write add {item.name} as {free_id(board, edit.id)}",
        )
    if not is_id(edit.id):
        raise ScalegameError("Not a name", f"{quoted(edit.id)} cannot be the name of a component")
    if edit.at not in item.places:
        raise ScalegameError(
            "Wrong place",
            f"{item.name} cannot stand at {quoted(edit.at)}{nearest(edit.at, item.places)}",
        )
    if len(board.components) >= rulebook.most_components:
        raise ScalegameError("Board full", f"this board takes {rulebook.most_components} components at most")
    kind = rulebook.kinds[item.kind]
    changes = _changes(edit.id, kind, item.adjust, item.settings, edit.settings, rulebook)
    settings = {**item.settings, **changes}
    return board.with_component(Component(edit.id, item.kind, edit.at, settings, item.name))


def _item(name: str, rulebook: Rulebook) -> Item:
    item = rulebook.palette.get(name)
    if item is None:
        known = rulebook.palette
        of_kind = [item.name for item in known.values() if item.kind == name]
        hint = (nearest(name, known) or _some(known)) if known else ": it has nothing to add"
        if of_kind:
            # Who asks for a kind is told what there is of it.
            hint = f"; of that kind it has {', '.join(of_kind[:8])}"
        raise ScalegameError("Not on the palette", f"this level's palette has no {quoted(name)}{hint}")
    return item


def _some(names: Iterable[str]) -> str:
    """The first of many names, for the end of a sentence."""
    first, many = list(islice(names, _MOST_NAMES + 1)), ", …"
    return f": there is {', '.join(first[:_MOST_NAMES])}{many if len(first) > _MOST_NAMES else ''}"


def _known_project(name: str, rulebook: Rulebook) -> None:
    if name not in rulebook.projects:
        known = rulebook.projects
        hint = nearest(name, known) if known else ": it has none"
        raise ScalegameError("Unknown project", f"this level has no project {quoted(name)}{hint}")


def _changes(
    id: str,
    kind: Kind,
    adjust: Mapping[str, Adjustment],
    came: Mapping[str, Setting],
    settings: Settings,
    rulebook: Rulebook,
) -> dict[str, Setting]:
    """The values that a player gives, read and checked."""
    changes: dict[str, Setting] = {}
    for name, text in settings:
        adjustment = adjust.get(name)
        if adjustment is None:
            raise ScalegameError("Cannot be changed", _unchangeable(id, kind, adjust, name))
        parameter = kind.parameter(name)
        value = parameter.read(text, rulebook.names)
        # Back to how it was is always allowed, even from outside the range.
        if not _fits(value, adjustment) and not (name in came and came[name] == value):
            raise ScalegameError(
                "Out of range",
                f"{name} of {id} can be {allowed(parameter, adjustment)} in this level, "
                f"not {parameter.show(value)}",
            )
        changes[name] = value
    return changes


def _fits(value: Setting, adjustment: Adjustment) -> bool:
    if adjustment.values:
        return value in adjustment.values
    if adjustment.low is None and adjustment.high is None:
        return True
    if not isinstance(value, int | float):
        # The whole of an optional parameter's range includes "none".
        return value is None and adjustment.low == -float("inf")
    low = -float("inf") if adjustment.low is None else adjustment.low
    high = float("inf") if adjustment.high is None else adjustment.high
    return low <= value <= high


def _unchangeable(id: str, kind: Kind, adjust: Mapping[str, Adjustment], name: str) -> str:
    if any(parameter.name == name for parameter in kind.parameters):
        can = f"you can change {', '.join(adjust)}" if adjust else "nothing about it can be changed"
        return f"{name} of {id} stays as it is in this level: {can}"
    hint = (
        (nearest(name, adjust) or _some(adjust))
        if adjust
        else ", and nothing about it can be changed in this level"
    )
    return f"{id} has no {quoted(name)}{hint}"
