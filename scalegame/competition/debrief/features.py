"""What tells designs apart, one beside the other (pure functions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scalegame.design import conditions
from scalegame.design.model import Board, Component
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import as_it_came, ordered

#: What is not there.
NONE = "–"


@dataclass(frozen=True, slots=True)
class Feature:
    """Something in which designs differ.

    Attributes:
        name: `web replicas`, `cache`, `project Pooling`, `web asks`.
        values: One a design, as people read it; "–": it is not there.
    """

    name: str
    values: tuple[str, ...]


def features(boards: Sequence[Board], rulebook: Rulebook, orders: Sequence[Sequence[str]]) -> tuple[Feature, ...]:
    """In what designs differ; what they all have is left out, and so are places on the canvas.

    What was found on the board is told apart by its id. What was added is told apart by what it was made from
    and, if there are several of it, by their order, as everybody gives his own names.

    Args:
        boards: Of one level.
        rulebook: Of the level.
        orders: For each design what is done while it runs.
    """
    boards = [ordered(board, rulebook) for board in boards]
    named = [_named(board, rulebook) for board in boards]
    rows: dict[str, list[str]] = {}

    def put(row: str, column: int, value: str) -> None:
        rows.setdefault(row, [NONE] * len(boards))[column] = value

    names = list(dict.fromkeys(name for ids in named for name in ids.values()))
    for name in names:
        everywhere = all(name in ids.values() for ids in named)
        for column, (board, ids) in enumerate(zip(boards, named, strict=True)):
            thing = next((board.components[id] for id, own in ids.items() if own == name), None)
            if thing is None:
                continue
            if not everywhere:
                put(name, column, _as_set(thing, rulebook))
            else:
                put(f"{name} at", column, thing.at)
                for parameter in rulebook.kinds[thing.kind].parameters:
                    if parameter.name in thing.settings:
                        value = parameter.show(thing.settings[parameter.name])
                        put(f"{name} {parameter.name}", column, value)
            asked = [ids[target] for target in board.targets(thing.id) if target in ids]
            if asked:
                put(f"{name} asks", column, ", ".join(sorted(asked)))
    for project in rulebook.projects.values():
        for column, board in enumerate(boards):
            if project.id in board.projects:
                put(f"project {project.title}", column, "yes")
    for column, (board, lines) in enumerate(zip(boards, orders, strict=True)):
        put("conditions", column, "; ".join(conditions.told(rulebook.found.conditions, board.conditions)) or NONE)
        put("during the run", column, "; ".join(lines) or NONE)
    return tuple(Feature(row, tuple(values)) for row, values in rows.items() if len(set(values)) > 1)


def likeness(board: Board, rulebook: Rulebook, orders: Sequence[str]) -> tuple[object, ...]:
    """What is equal for designs that are the same but for the names of what was added.

    Args:
        board: Of the design.
        rulebook: Of the level.
        orders: What is done while it runs, as it is written: names in it count.
    """
    board = ordered(board, rulebook)
    names = _named(board, rulebook)
    things = {
        (
            names[thing.id],
            thing.kind,
            thing.at,
            tuple(
                (parameter.name, parameter.write(thing.settings[parameter.name]))
                for parameter in rulebook.kinds[thing.kind].parameters
                if parameter.name in thing.settings
            ),
        )
        for thing in board
    }
    wires = {(names.get(wire.source, wire.source), names.get(wire.target, wire.target)) for wire in board.wires}
    world = tuple(conditions.told(rulebook.found.conditions, board.conditions))
    return frozenset(things), frozenset(wires), frozenset(board.projects), world, tuple(orders)


def _named(board: Board, rulebook: Rulebook) -> Mapping[str, str]:
    """For each component a name that means the same on every board of the level."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for thing in board:
        before = rulebook.found.components.get(thing.id)
        if before is not None and (before.item, before.kind) == (thing.item, thing.kind):
            found[thing.id] = thing.id
            continue
        made = thing.item or thing.kind
        counts[made] = counts.get(made, 0) + 1
        found[thing.id] = f"+ {made}" if counts[made] == 1 else f"+ {made} ({counts[made]})"
    return found


def _as_set(thing: Component, rulebook: Rulebook) -> str:
    """That it is there, and what is not as it came."""
    came = as_it_came(thing, rulebook)
    changed = [
        f"{parameter.name} {parameter.show(thing.settings[parameter.name])}"
        for parameter in rulebook.kinds[thing.kind].parameters
        if parameter.name in thing.settings and came.get(parameter.name) != thing.settings[parameter.name]
    ]
    return ", ".join(changed) or "yes"
