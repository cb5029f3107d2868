"""The shapes that a person would give a wire: straight, with one step, or along a free row. Pure.

They are tried before any search. Tolls add up over the parts of a shape, so each part is chosen by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scalegame.tui.canvas.ports import ARMS, Port, Side
from scalegame.tui.canvas.search import NORTH_SOUTH, TURN, WEST_EAST, Grid

#: How far from a card a wire may turn towards a free row, in cells, best first; and how many rows are tried.
SHAFTS, ROWS = (2, 3, 1, 4), 24

Point = tuple[int, int]


class Way(NamedTuple):
    """A wire by its ends and bends, and what it disturbs: 0 if it runs clear of everything."""

    toll: int
    bends: tuple[Point, ...]

    def cells(self) -> tuple[Point, ...]:
        """All cells that it runs through."""
        found = [self.bends[0]]
        for (x, y), (to_x, to_y) in zip(self.bends, self.bends[1:], strict=False):
            dx, dy = _sign(to_x - x), _sign(to_y - y)
            found += [(x + dx * i, y + dy * i) for i in range(1, abs(to_x - x) + abs(to_y - y) + 1)]
        return tuple(found)


def simple(grid: Grid, leaves: Port, enters: Port) -> Way | None:
    """The best simple shape between ports that face each other; None if all are barred."""
    if {leaves.side, enters.side} != {Side.LEFT, Side.RIGHT}:
        return None
    ahead = 1 if leaves.side is Side.RIGHT else -1
    if (enters.x - leaves.x) * ahead < 0:
        return None
    if leaves.y == enters.y:
        best = _best(grid, [[leaves[:2], enters[:2]]], leaves, enters, enters.side.opposite)
    else:
        middle = (leaves.x + enters.x) / 2
        down = 1 if enters.y > leaves.y else -1
        # Of wires that step down the upper ones step later, so that neighbours nest instead of crossing.
        columns = sorted(range(leaves.x, enters.x, ahead), key=lambda x: (abs(x - middle), x * down))
        steps = ([leaves[:2], (x, leaves.y), (x, enters.y), enters[:2]] for x in columns[:9])
        best = _best(grid, steps, leaves, enters, enters.side.opposite)
    if best is not None and best.toll <= 2 * TURN:  # no detour is worth less: it has two more turns
        return best
    detour = _along(grid, leaves, enters, ahead)
    if detour is None or (best is not None and best.toll <= detour.toll + 2 * TURN):
        return best
    return detour


def _along(grid: Grid, leaves: Port, enters: Port, ahead: int) -> Way | None:
    """To a row that is free from one card to the other, along it, and from it to the other port."""
    starts = [leaves.x + ahead * i for i in SHAFTS if grid.is_clear([(leaves.x + ahead * i, leaves.y)])]
    ends = [enters.x - ahead * i for i in SHAFTS if grid.is_clear([(enters.x - ahead * i, enters.y)])]
    if not starts or not ends:
        return None
    low, high = sorted((starts[0], ends[0]))
    best: Way | None = None
    cheapest = 1 << 30
    rows = sorted(range(1, grid.height - 1), key=lambda y: (abs(y - leaves.y) + abs(y - enters.y), y))
    for row in rows[:ROWS]:
        length = abs(row - leaves.y) + abs(row - enters.y)
        if length >= cheapest:
            break
        if row in (leaves.y, enters.y) or not grid.is_free_row(row, low, high):
            continue
        way = _by_row(grid, leaves, enters, ahead, row, starts, ends)
        if way is not None and length + way.toll < cheapest:
            best, cheapest = way, length + way.toll
    return best


def _by_row(
    grid: Grid, leaves: Port, enters: Port, ahead: int, row: int, starts: list[int], ends: list[int]
) -> Way | None:
    heads = ([leaves[:2], (x, leaves.y), (x, row)] for x in starts)
    head = _best(grid, heads, leaves, enters, Side.RIGHT if ahead > 0 else Side.LEFT)
    if head is None:
        return None
    tails = ([enters[:2], (x, enters.y), (x, row)] for x in ends)  # backwards, which costs the same
    tail = _best(grid, tails, leaves, enters, Side.LEFT if ahead > 0 else Side.RIGHT, backwards=True)
    if tail is None:
        return None
    start, end = head.bends[-1], tail.bends[-1]
    if (end[0] - start[0]) * ahead < 2:
        return None
    left, right = min(start[0], end[0]) + 1, max(start[0], end[0]) - 1
    run = grid.line((left, row), (right, row), WEST_EAST, leaves, enters)
    return None if run is None else Way(head.toll + run + tail.toll, (*head.bends, *tail.bends[::-1]))


def _best(
    grid: Grid,
    ways: Iterable[list[Point]],
    leaves: Port,
    enters: Port,
    goes_on: Side,
    *,
    backwards: bool = False,
) -> Way | None:
    """The first of the cheapest ways, which begin at a port (`enters` if backwards) and go on to a side."""
    begins = (enters if backwards else leaves).side.opposite.arm
    best: Way | None = None
    for points in ways:
        bends = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
        toll = _toll(grid, bends, begins, goes_on.arm, leaves, enters)
        if toll is not None and (best is None or toll < best.toll):
            best = Way(toll, tuple(bends))
            if toll == 0:
                break
    return best


def _toll(grid: Grid, bends: list[Point], begins: int, goes_on: int, leaves: Port, enters: Port) -> int | None:
    """What a way disturbs, given the arms with which it begins and ends; None if it is barred."""
    total, back = 0, begins
    for i, (x, y) in enumerate(bends):
        arm = goes_on
        if i + 1 < len(bends):
            to_x, to_y = bends[i + 1]
            dx, dy = _sign(to_x - x), _sign(to_y - y)
            arm = ARMS[dx, dy]
        toll = grid.toll(y * grid.width + x, back | arm, leaves, enters)
        if toll is None:
            return None
        total += toll
        if i + 1 < len(bends):
            back = ARMS[-dx, -dy]
        if i + 1 < len(bends) and abs(to_x - x) + abs(to_y - y) > 1:
            straight = WEST_EAST if dx else NORTH_SOUTH
            between = grid.line((x + dx, y + dy), (to_x - dx, to_y - dy), straight, leaves, enters)
            if between is None:
                return None
            total += between
    return total


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
