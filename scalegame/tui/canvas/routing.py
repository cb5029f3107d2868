"""Which cells wires run through: orthogonal, around cards, one beside another. Pure.

A wire is a path of cells from a port of its source to a port of its target. Two wires may share cells
only when they share a port: there they form a trunk with tees. Wires that share no port may cross at
right angles and in no other way, so a drawn `┼` always means a crossing.

Each wire is tried first as the shapes that a person would draw (`shapes`); only where these do not fit a
search looks for the cheapest way round. Where even that finds nothing, a wire runs on
top of another for a few cells, as a bridge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from scalegame.tui.canvas.layout import Rect
from scalegame.tui.canvas.ports import ARMS, STEPS, Ends, Port, Side, allocate, places, sides
from scalegame.tui.canvas.search import Grid
from scalegame.tui.canvas.shapes import simple

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one wire.

    Attributes:
        leaves: Port at the source.
        enters: Port at the target; the arrow head is there.
        cells: From one port to the other, both included, each beside the last.
        bridged: It runs along or over other wires in a way that is not a crossing.
        arms: For each cell the bits of the directions in which the wire goes on from it.
        box: The smallest rectangle around it.
    """

    leaves: Port
    enters: Port
    cells: tuple[Cell, ...]
    bridged: bool = False
    arms: tuple[int, ...] = field(init=False, repr=False, compare=False)
    box: Rect = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Works out once what every picture of the wire asks for."""
        cells = self.cells
        before, after = (self.leaves.edge, *cells[:-1]), (*cells[1:], self.enters.edge)
        arms = tuple(
            ARMS[b[0] - x, b[1] - y] | ARMS[a[0] - x, a[1] - y]
            for (x, y), b, a in zip(cells, before, after, strict=True)
        )
        xs, ys = [x for x, _ in cells], [y for _, y in cells]
        left, top = min(xs), min(ys)
        object.__setattr__(self, "arms", arms)
        object.__setattr__(self, "box", Rect(left, top, max(xs) - left + 1, max(ys) - top + 1))

    def joins(self, other: Route) -> bool:
        """Whether the two may run together: they share a port."""
        return self.leaves == other.leaves or self.enters == other.enters


Routes = dict[Ends, Route]


def route(cards: Mapping[str, Rect], wires: Iterable[Ends]) -> Routes:
    """Routes for all wires.

    Args:
        cards: Rectangle of each card, by id; no two touch.
        wires: Ends of each wire; a wire from a card to itself, or to one that is not there, is left out.
    """
    return reroute(cards, wires, {}, ())


def reroute(
    cards: Mapping[str, Rect], wires: Iterable[Ends], routes: Mapping[Ends, Route], touched: Collection[str]
) -> Routes:
    """Routes for all wires, where most stand already.

    A wire keeps its route unless one of its cards was touched, or a card now stands on it.

    Args:
        cards: Rectangle of each card, as it is now.
        wires: Ends of each wire, as they are now.
        routes: As they were.
        touched: Ids of cards that moved, came, or were wired otherwise.
    """
    wanted = [w for w in dict.fromkeys(wires) if w[0] != w[1] and w[0] in cards and w[1] in cards]
    grid = Grid(cards.values())
    moved = frozenset(touched)
    kept: Routes = {}
    for ends in wanted:
        known = routes.get(ends)
        if known is not None and not moved & {*ends} and grid.is_clear(known.cells):
            kept[ends] = known
    missing = [ends for ends in wanted if ends not in kept]
    ports = allocate(cards, missing, {ends: (r.leaves, r.enters) for ends, r in kept.items()})
    for leaves, enters in [*((r.leaves, r.enters) for r in kept.values()), *ports.values()]:
        grid.reserve(leaves)
        grid.reserve(enters)
    for known in kept.values():
        _occupy(grid, known)
    found = dict(kept)
    for ends in sorted(missing, key=lambda ends: (_distance(*ports[ends]), wanted.index(ends))):
        found[ends] = _find(grid, *ports[ends])
        _occupy(grid, found[ends])
    return {ends: found[ends] for ends in wanted}


def sketch(cards: Mapping[str, Rect], source: str, x: int, y: int) -> tuple[Cell, ...]:
    """Cells of a wire that is being drawn, from a card to a cell, around the cards if it can."""
    start = cards[source]
    if start.contains(x, y):
        return ()
    end = next((card for card in cards.values() if card.contains(x, y)), Rect(x, y, 1, 1))
    here, there = sides(start, end)
    grid = Grid([*cards.values(), end])
    leaves, enters = _middle(start, here), _middle(end, there)
    if not grid.is_clear([leaves[:2], enters[:2]]):
        return ()
    return _find(grid, leaves, enters).cells


def _middle(card: Rect, side: Side) -> Port:
    if card.width == 1:
        dx, dy = STEPS[side]
        return Port(card.x + dx, card.y + dy, side)
    ports = places(card, side)
    return ports[(len(ports) - 1) // 2]


def _distance(leaves: Port, enters: Port) -> tuple[int, int]:
    """Straight wires first, then short ones."""
    return int(leaves.y != enters.y), abs(leaves.x - enters.x) + abs(leaves.y - enters.y)


def _occupy(grid: Grid, route: Route) -> None:
    for cell, arms in zip(route.cells, route.arms, strict=True):
        grid.occupy(cell, arms, route.leaves, route.enters)


def _find(grid: Grid, leaves: Port, enters: Port) -> Route:
    shape = simple(grid, leaves, enters)
    if shape is not None:
        return Route(leaves, enters, shape.cells())
    searched = grid.search(leaves, enters)
    if searched is not None:
        direct = _without_loops(searched)
        return Route(leaves, enters, direct, bridged=len(direct) < len(searched))
    bridged = grid.search(leaves, enters, bridge=True)
    if bridged is None:
        bridged = grid.search(leaves, enters, bridge=True, anywhere=True)
    return Route(leaves, enters, _without_loops(bridged or (leaves[:2],)), bridged=True)


def _without_loops(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The same way, each cell once: the search may come back to a cell in another direction."""
    found: dict[Cell, None] = {}
    for cell in cells:
        if cell in found:
            while next(reversed(found)) != cell:
                found.popitem()
        else:
            found[cell] = None
    return tuple(found)
