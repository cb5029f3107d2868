"""Builds the board, the palette and the projects of a level from its shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scalegame.design.kinds import Kind, Kinds
from scalegame.design.language import FARTHEST, is_id
from scalegame.design.model import Board, Component
from scalegame.design.rulebook import Adjustment, Item, Rulebook
from scalegame.design.wiring import meet, wire
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.projects import read_projects
from scalegame.levels.schema import CardShape, ItemShape, LevelShape
from scalegame.levels.settings import read_adjust, read_settings
from scalegame.levels.source import Source
from scalegame.levels.world import data, programs, sizes
from scalegame.simulation.scenario import Network

_CARD_KEYS = tuple(CardShape.model_fields)
_ITEM_KEYS = tuple(ItemShape.model_fields)


@dataclass
class _Making:
    """What is being made a rulebook of."""

    shape: LevelShape
    kinds: Kinds
    source: Source
    rulebook: Rulebook


def rulebook(shape: LevelShape, network: Network, kinds: Kinds, source: Source) -> Rulebook:
    """Return the board as found and everything that may be done to it.

    What is wrong is reported to `source` and left out, so that the rest can be looked at.
    """
    made = Rulebook(
        kinds=kinds,
        found=Board(),
        sizes=sizes(shape),
        places=tuple(shape.places),
        data=data(shape, source),
        programs=programs(shape, source),
        workloads={name: tuple(workload.operations) for name, workload in shape.workloads.items()},
        linked=frozenset(network.links),
    )
    making = _Making(shape, kinds, source, made)
    components = {id: card for id in shape.board if (card := _card(id, making)) is not None}
    making.rulebook = replace(made, found=_wired(Board(components), making))
    _check_fixed(making)
    _check_senders(making)
    _check_links(making)
    palette, adjust = _palette(making)
    making.rulebook = replace(
        making.rulebook, palette=palette, adjust=adjust, fixed=frozenset(shape.fixed) & set(components)
    )
    return replace(making.rulebook, projects=read_projects(shape, making.rulebook, source))


def _check_id(id: str, what: str, source: Source, *loc: str) -> None:
    if not is_id(id):
        message = f"{quoted(id)} cannot be the name of a {what}: small letters, digits and dashes, 40 at most"
        source.problem("Not a name", message, *loc, key=True)


def _kind(name: str, source: Source, kinds: Kinds, *loc: str, key: bool = False) -> Kind | None:
    kind = kinds.get(name)
    if kind is None:
        message = f"there is no kind of component called {quoted(name)}{nearest(name, kinds)}"
        source.problem("Unknown kind", message, *loc, key=key)
    return kind


def _card(id: str, making: _Making) -> Component | None:
    """Return a component of the board as found, or None where its kind is unknown."""
    shape, source, loc = making.shape.board[id], making.source, ("board", id)
    _check_id(id, "component", source, *loc)
    kind = _kind(shape.kind, source, making.kinds, *loc, "kind")
    if kind is None:
        return None
    settings = read_settings(kind, shape.model_extra or {}, _CARD_KEYS, making.rulebook.names, source, loc)
    position: tuple[int, int] | None = None
    if shape.position is not None:
        column, row = shape.position
        if not (0 <= column <= FARTHEST and 0 <= row <= FARTHEST):
            source.problem("Out of range", f"columns and rows go from 0 to {FARTHEST}", *loc, "position")
        position = (column, row)
    at = shape.at
    if at is None:
        at = _home(settings, making)
        if at is None and str((shape.model_extra or {}).get("sends", "")) not in ("", *making.shape.workloads):
            at = making.shape.places[0]  # what it sends has been reported; where it stands follows from that
        if at is None:
            places = ", ".join(making.shape.places)
            source.problem("Missing key", f"{id} needs a place: write at: one of {places}", *loc, key=True)
            return None
    elif not source.known("place", at, making.shape.places, *loc, "at"):
        return None
    return Component(id, kind.name, at, settings, None, position)


def _home(settings: Mapping[str, object], making: _Making) -> str | None:
    """Return where the workload that a component sends is at home."""
    workload = making.shape.workloads.get(str(settings.get("sends")))
    return workload.at if workload is not None else None


def _wired(board: Board, making: _Making) -> Board:
    """Return the board with its wires; they obey the rules that players obey."""
    for i, text in enumerate(making.shape.wires):
        with making.source.blaming("wires", i):
            path = tuple(part.strip() for part in text.split("->"))
            if len(path) < 2 or not all(path):
                raise ScalegameError("Bad wire", f'{quoted(text)} is not a wire: write it like "web -> db"')
            # One that is there but wrong in itself has been reported already.
            if any(id not in board.components and id in making.shape.board for id in path):
                continue
            board = wire(board, path, making.rulebook)
    return board


def _check_fixed(making: _Making) -> None:
    for i, id in enumerate(making.shape.fixed):
        making.source.known("component", id, making.shape.board, "fixed", i)


def _check_senders(making: _Making) -> None:
    """Every workload is sent by exactly one component."""
    senders: dict[str, list[str]] = {}
    for card in making.rulebook.found:
        if any(p.names == "workloads" for p in making.kinds[card.kind].parameters):
            senders.setdefault(str(card.settings.get("sends")), []).append(card.id)
    # A card that could not be read, or sends what there is not, has been reported already.
    misread = len(making.rulebook.found.components) < len(making.shape.board) or not (
        senders.keys() <= making.shape.workloads.keys()
    )
    for name in making.shape.workloads:
        ids = senders.get(name, [])
        if not ids and not misread:
            cure = f"add {name}: {{kind: clients, sends: {name}}}"
            message = f"nobody on the board sends {quoted(name)}: {cure}"
            making.source.problem("Nobody sends this", message, "workloads", name, key=True)
        for id in ids[1:]:
            message = f"{ids[0]} sends {quoted(name)} already: make another workload"
            making.source.problem("Sent twice", message, "board", id, "sends")


def _check_links(making: _Making) -> None:
    """Where one could be wired to another, the level says what lies between their places."""
    cards, kinds = list(making.rulebook.found), making.kinds
    pairs = {
        (min(a, b), max(a, b))
        for caller in cards
        for provider in cards
        if caller is provider or meet(kinds[caller.kind], kinds[provider.kind])
        for a in _stands(caller, kinds)
        for b in _stands(provider, kinds)
        if a != b
    }
    for a, b in sorted(pairs - (making.rulebook.linked or frozenset())):
        message = f'there is no link between {a} and {b}: add "{a} <-> {b}: {{latency: 20 ms}}"'
        making.source.problem("No link", message, "network", key=True)


def _stands(card: Component, kinds: Kinds) -> list[str]:
    """Return the places where a component is: some have machines in a second one."""
    others = [card.settings.get(p.name) for p in kinds[card.kind].parameters if p.names == "places"]
    return [card.at, *(str(place) for place in others if place is not None)]


def _palette(making: _Making) -> tuple[dict[str, Item], dict[str, dict[str, Adjustment]]]:
    """Return what can be added, and what can be adjusted on the board as found."""
    items: dict[str, Item] = {}
    adjust: dict[str, dict[str, Adjustment]] = {}
    for name, shape in making.shape.palette.items():
        if name in making.shape.board:
            card = making.rulebook.found.components.get(name)
            if card is not None:
                adjust[name] = _adjustable(card, shape, making)
        else:
            item = _item(name, shape, making)
            if item is not None:
                items[name] = item
    return items, adjust


def _adjustable(card: Component, shape: ItemShape, making: _Making) -> dict[str, Adjustment]:
    source, loc = making.source, ("palette", card.id)
    for key in (*sorted(shape.model_fields_set), *(shape.model_extra or ())):
        if key != "adjust":
            message = f"{card.id} is on the board already: only adjust can stand here, {key} belongs to the board"
            source.problem("Not for this", message, *loc, key, key=True)
    if card.id in making.shape.fixed:
        message = f"{card.id} is fixed, so nothing about it can be adjusted: remove it from fixed, or from here"
        source.problem("Fixed", message, *loc, key=True)
    return read_adjust(making.kinds[card.kind], shape.adjust, making.rulebook.names, source, (*loc, "adjust"))


def _item(name: str, shape: ItemShape, making: _Making) -> Item | None:
    source, loc = making.source, ("palette", name)
    _check_id(name, "palette item", source, *loc)
    if shape.kind is None and name not in making.kinds:
        known = [*making.shape.board, *making.kinds]
        message = f"{quoted(name)} is neither on the board nor a kind: write kind: …{nearest(name, known)}"
        source.problem("Unknown kind", message, *loc, key=True)
        return None
    kind = _kind(shape.kind or name, source, making.kinds, *loc, "kind")
    if kind is None:
        return None
    names = making.rulebook.names
    places = shape.at or ((home,) if (home := _usual_place(making)) is not None else ())
    if not places:
        source.problem("Missing key", f"{name} needs a place: write at: …", *loc, key=True)
        return None
    for place in places:
        source.known("place", place, making.shape.places, *loc, "at")
    return Item(
        name=name,
        kind=kind.name,
        most=shape.max or 1,
        places=places,
        settings=read_settings(kind, shape.model_extra or {}, _ITEM_KEYS, names, source, loc),
        adjust=read_adjust(kind, shape.adjust, names, source, (*loc, "adjust")),
        effort=shape.effort or 0.0,
    )


def _usual_place(making: _Making) -> str | None:
    """Return where most of the fixed components are that answer anything; or most of all such ones."""
    answering = [card for card in making.rulebook.found if making.kinds[card.kind].roles]
    fixed = [card for card in answering if card.id in making.shape.fixed]
    counted = Counter(card.at for card in fixed or answering).most_common(1)
    return counted[0][0] if counted else None
