"""From one board to another: as lines of edits for saving, as a summary for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from scalegame.design import conditions
from scalegame.design.language import (
    LONGEST_CHAIN,
    LONGEST_LINE,
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
    write,
)
from scalegame.design.model import Board, Component, Wire
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import apply_all, as_it_came, ordered
from scalegame.design.wiring import path
from scalegame.errors import ScalegameError


def same(one: Board, other: Board) -> bool:
    """Tell whether two boards are the same design, whatever the order of their parts."""
    return (
        dict(one.components) == dict(other.components)
        and set(one.wires) == set(other.wires)
        and set(one.projects) == set(other.projects)
        and one.conditions == other.conditions
    )


def difference(found: Board, board: Board, rulebook: Rulebook) -> tuple[str, ...]:
    """The lines that make one board out of another: short, in one fixed order, each of them legal.

    `apply_all(found, difference(found, board, rulebook), rulebook)` is the board again, in its one order.

    Args:
        found: Where to start; usually the board as found.
        board: Reached from there by legal edits.
        rulebook: Of the level.
    """
    short = tuple(write(edit) for edit in _edits(found, board, rulebook, short=True))
    try:
        if same(apply_all(found, short, rulebook), ordered(board, rulebook)):
            return short
    except ScalegameError:
        # A wire that a later line would replace stood in the way, or the traffic before and after were too
        # much together; then all of that goes first.
        pass
    return tuple(write(edit) for edit in _edits(found, board, rulebook, short=False))


def _edits(found: Board, board: Board, rulebook: Rulebook, short: bool) -> Iterator[Edit]:
    gone = [id for id, thing in found.components.items() if _origin(board, id) != (thing.item, thing.kind)]
    base = found
    for id in gone:
        base = base.without(id)
    fresh = [thing for thing in ordered(board, rulebook) if thing.id not in base.components]
    cut = [wire for wire in base.wires if wire not in board.wires]
    new = [wire for wire in ordered(board, rulebook).wires if wire not in base.wires]
    replaced = list(_replaced(cut, new)) if short else []
    for chain in replaced:
        cut.remove(Wire(chain[0], chain[-1]))
        for wire in _steps(chain):
            new.remove(wire)

    yield from conditions.mending_edits(found.conditions, board.conditions)
    if not short:
        # Who goes does not ask any more, so that there is room for what the others ask.
        yield from (Remove(id) for id in gone)
    yield from conditions.first_edits(found.conditions, board.conditions, cautious=not short)
    yield from (Return(project) for project in found.projects if project not in board.projects)
    if short:
        yield from (Remove(id) for id in gone)
    yield from (Unwired(chain) for chain in _chains(cut))
    for thing in fresh:
        yield from _added(thing, rulebook)
    for thing in ordered(board, rulebook):
        before = base.components.get(thing.id)
        if before is not None:
            settings = _changed(before, thing, rulebook)
            yield from (Set(thing.id, part) for part in _split(thing.id, settings))
    yield from (Rewired(chain) for chain in replaced)
    yield from (Wired(chain) for chain in _chains(new))
    yield from (Buy(project) for project in rulebook.projects if project in _bought(found, board))
    for thing in ordered(board, rulebook):
        before = base.components.get(thing.id)
        position = None if before is None else before.position
        if thing.position is not None and thing.position != position:
            yield Move(thing.id, *thing.position)
    yield from conditions.last_edits(found.conditions, board.conditions)


def _origin(board: Board, id: str) -> tuple[str | None, str] | None:
    thing = board.components.get(id)
    return None if thing is None else (thing.item, thing.kind)


def _bought(found: Board, board: Board) -> set[str]:
    return set(board.projects) - set(found.projects)


def _added(thing: Component, rulebook: Rulebook) -> Iterator[Edit]:
    assert thing.item is not None, f"{thing.id} was neither found nor added"
    item = rulebook.palette[thing.item]
    came = Component(thing.id, thing.kind, thing.at, item.settings, thing.item)
    settings = _changed(came, thing, rulebook)
    id = None if thing.id == thing.item else thing.id
    at = None if thing.at == item.places[0] else thing.at
    whole = Add(thing.item, id, at, settings)
    if len(write(whole)) <= LONGEST_LINE:
        yield whole
        return
    yield Add(thing.item, id, at)
    yield from (Set(thing.id, part) for part in _split(thing.id, settings))


def _changed(before: Component, after: Component, rulebook: Rulebook) -> Settings:
    kind = rulebook.kinds[after.kind]
    return tuple(
        (p.name, p.write(after.settings[p.name]))
        for p in kind.parameters
        if p.name in after.settings and before.settings.get(p.name) != after.settings[p.name]
    )


def _split(id: str, settings: Settings) -> Iterator[Settings]:
    """Settings in as few lines as their length allows."""
    line: Settings = ()
    for setting in settings:
        if line and len(write(Set(id, (*line, setting)))) > LONGEST_LINE:
            yield line
            line = ()
        line = (*line, setting)
    if line:
        yield line


def _replaced(cut: Iterable[Wire], new: Iterable[Wire]) -> Iterator[tuple[str, ...]]:
    """Chains of new wires that lead where a wire led which is cut."""
    left = Board(wires=tuple(new))
    for wire in cut:
        chain = path(left, wire.source, wire.target)
        if 2 < len(chain) <= LONGEST_CHAIN:
            for step in _steps(chain):
                left = left.without_wire(step.source, step.target)
            yield chain


def _steps(chain: tuple[str, ...]) -> Iterator[Wire]:
    return (Wire(a, b) for a, b in pairwise(chain))


def _chains(wires: Iterable[Wire]) -> Iterator[tuple[str, ...]]:
    """Every wire once, joined end to end where they meet."""
    left = list(wires)
    while left:
        ends = {wire.target for wire in left}
        first = next((wire for wire in left if wire.source not in ends), left[0])
        left.remove(first)
        chain = [first.source, first.target]
        while len(chain) < LONGEST_CHAIN:
            following = next((wire for wire in left if wire.source == chain[-1]), None)
            if following is None:
                break
            left.remove(following)
            chain.append(following.target)
        yield tuple(chain)


def summary(before: Board, after: Board, rulebook: Rulebook) -> tuple[str, ...]:
    """What changed, for people: `web replicas 1 → 3`, `+ balancer lb`, `– wire skiers -> web`.

    Cards that only moved on the canvas are left out, and so are the wires of what was removed.
    """
    lines: list[str] = []
    there = [id for id in before.components if _origin(before, id) == _origin(after, id)]
    lines += [f"– {_named(thing)}" for thing in before if thing.id not in there]
    lines += [f"+ {_named(thing)}{_as_set(thing, rulebook)}" for thing in after if thing.id not in there]
    for id in there:
        old, new = before.components[id], after.components[id]
        if old.at != new.at:
            lines.append(f"{id} at {old.at} → {new.at}")
        for p in rulebook.kinds[new.kind].parameters:
            was, now = old.settings.get(p.name), new.settings.get(p.name)
            if was != now:
                lines.append(f"{id} {p.name} {p.show(was)} → {p.show(now)}")
    kept = set(there)
    lines += [
        f"– wire {wire}" for wire in before.wires if wire not in after.wires and {wire.source, wire.target} <= kept
    ]
    lines += [f"+ wire {wire}" for wire in after.wires if wire not in before.wires]
    lines += [f"– project {_title(p, rulebook)}" for p in before.projects if p not in after.projects]
    lines += [f"+ project {_title(p, rulebook)}" for p in after.projects if p not in before.projects]
    lines += conditions.told(before.conditions, after.conditions)
    return tuple(lines)


def _named(thing: Component) -> str:
    made = thing.item or thing.kind
    return made if made == thing.id else f"{made} {thing.id}"


def _as_set(thing: Component, rulebook: Rulebook) -> str:
    came = as_it_came(thing, rulebook)
    changed = [
        f"{p.name} {p.show(thing.settings[p.name])}"
        for p in rulebook.kinds[thing.kind].parameters
        if p.name in thing.settings and came.get(p.name) != thing.settings[p.name]
    ]
    return f" ({', '.join(changed)})" if changed and came else ""


def _title(project: str, rulebook: Rulebook) -> str:
    known = rulebook.projects.get(project)
    return project if known is None else known.title
