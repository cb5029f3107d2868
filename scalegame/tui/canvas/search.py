"""The grid that wires are laid on, and the search for the cheapest way through it (A*). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from scalegame.tui.canvas.layout import MARGIN_X, MARGIN_Y, Rect
from scalegame.tui.canvas.ports import STEPS, Port

#: What a way costs besides one for each cell.
TURN, CROSSING, HUGGING, BRIDGE = 4, 6, 1, 40

#: How far around its ports a way is looked for first, cells: a card and its gap on each side, and more.
AROUND_X, AROUND_Y = 28, 13

NORTH_SOUTH, WEST_EAST, ALL = 5, 10, 15


class Grid:
    """Cells that are taken by cards, kept free for ports, or run through by wires."""

    def __init__(self, cards: Iterable[Rect]) -> None:
        """A grid around the cards, with room on every side to go around them."""
        found = list(cards)
        self.width = max((card.right for card in found), default=0) + MARGIN_X
        self.height = max((card.bottom for card in found), default=0) + MARGIN_Y
        self.blocked = bytearray(self.width * self.height)
        self._near = bytearray(self.width * self.height)
        self._noted = bytearray(self.width * self.height)  # anything at all is here
        self._reserved: dict[int, list[Port]] = {}
        self._wires: dict[int, list[tuple[int, Port, Port]]] = {}
        for card in found:
            self._paint(self._near, card.x - 1, card.y - 1, card.width + 2, card.height + 2)
            self._paint(self._noted, card.x - 1, card.y - 1, card.width + 2, card.height + 2)
            self._paint(self.blocked, card.x, card.y, card.width, card.height)

    def _paint(self, on: bytearray, x: int, y: int, width: int, height: int) -> None:
        # What lies beyond the edges is left out: a slice that is assigned more than it holds would grow.
        left, right = max(0, x), min(self.width, x + width)
        for row in range(max(0, y), min(self.height, y + height)):
            start = row * self.width
            if right > left:
                on[start + left : start + right] = b"\1" * (right - left)

    def is_clear(self, cells: Iterable[tuple[int, int]]) -> bool:
        """Whether all cells are on the grid and under no card."""
        return all(
            0 <= x < self.width and 0 <= y < self.height and not self.blocked[y * self.width + x] for x, y in cells
        )

    def is_free_row(self, y: int, left: int, right: int) -> bool:
        """Whether no card stands on a row between two columns, both included."""
        return self.blocked.find(1, y * self.width + left, y * self.width + right + 1) < 0

    def reserve(self, port: Port) -> None:
        """Keep a port's cell for the wires of that port."""
        at = port.y * self.width + port.x
        self._noted[at] = 1
        self._reserved.setdefault(at, []).append(port)

    def occupy(self, cell: tuple[int, int], arms: int, leaves: Port, enters: Port) -> None:
        """A wire between those ports runs through the cell, in the directions of `arms`."""
        at = cell[1] * self.width + cell[0]
        self._noted[at] = 1
        self._wires.setdefault(at, []).append((arms, leaves, enters))

    def toll(self, at: int, arms: int, leaves: Port, enters: Port) -> int | None:
        """What running through a cell in those directions costs more than a cell; None: it may not."""
        if not self._noted[at]:
            return 0
        if self.blocked[at]:
            return None
        ports = self._reserved.get(at)
        if ports is not None and any(port not in (leaves, enters) for port in ports):
            return None
        wires = self._wires.get(at)
        if wires is None:
            return HUGGING if self._near[at] and ports is None else 0
        joined, foreign = arms, 0
        for other, from_port, to_port in wires:
            if from_port == leaves or to_port == enters:
                joined |= other
            else:
                foreign |= other
        if not foreign:
            return None if joined == ALL else 0
        straight = {arms, foreign} == {NORTH_SOUTH, WEST_EAST} and joined == arms
        return CROSSING if straight else None

    def line(
        self, start: tuple[int, int], end: tuple[int, int], arms: int, leaves: Port, enters: Port
    ) -> int | None:
        """Sum of the tolls on a straight line, both ends included; None if it is barred.

        Args:
            start: One end.
            end: The other.
            arms: `WEST_EAST` or `NORTH_SOUTH`, as the line runs.
            leaves: Port at the source of the wire.
            enters: Port at its target.
        """
        a, b = start[1] * self.width + start[0], end[1] * self.width + end[0]
        step = 1 if arms == WEST_EAST else self.width
        low, high = min(a, b), max(a, b)
        noted = self._noted[low : high + 1 : step]
        total, at = 0, noted.find(1)
        while at >= 0:
            toll = self.toll(low + at * step, arms, leaves, enters)
            if toll is None:
                return None
            total += toll
            at = noted.find(1, at + 1)
        return total

    def search(
        self, leaves: Port, enters: Port, *, bridge: bool = False, anywhere: bool = False
    ) -> tuple[tuple[int, int], ...] | None:
        """The cheapest way between two ports; None if there is none.

        Args:
            leaves: Port at the source.
            enters: Port at the target.
            bridge: Other wires and reserved cells are not barred, only expensive.
            anywhere: Look on the whole grid, and not only around the ports.
        """
        width, height = self.width, self.height
        goal_x, goal_y = enters.x, enters.y
        left_most, right_most, top_most, bottom_most = 0, width, 0, height
        if not anywhere:
            left_most = max(0, min(leaves.x, enters.x) - AROUND_X)
            right_most = min(width, max(leaves.x, enters.x) + AROUND_X)
            top_most = max(0, min(leaves.y, enters.y) - AROUND_Y)
            bottom_most = min(height, max(leaves.y, enters.y) + AROUND_Y)
        goal = goal_y * width + goal_x
        entering = enters.side.opposite
        steps = [dy * width + dx for dx, dy in STEPS]
        start = (leaves.y * width + leaves.x) * 4 + leaves.side
        costs = {start: 0}
        before: dict[int, int] = {}
        heap = [(0, 0, start)]
        pushed = 0
        noted, blocked = self._noted, self.blocked
        done = bytearray(width * height * 4)
        while heap:
            _, _, state = heappop(heap)
            if done[state]:
                continue
            done[state] = 1
            at, heading = divmod(state, 4)
            cost = costs[state]
            x, y = at % width, at // width
            if at == goal:
                toll = self.toll(at, (1 << (heading ^ 2)) | (1 << entering), leaves, enters)
                if bridge or (toll is not None and (heading == entering or not enters.side % 2)):
                    return self._way(before, state)
            is_noted = noted[at]  # most cells are not, and cost nothing more
            for turn in (0, 1, 3):
                heads = (heading + turn) % 4
                dx, dy = STEPS[heads]
                if not (left_most <= x + dx < right_most and top_most <= y + dy < bottom_most):
                    continue
                ahead = at + steps[heads]
                if blocked[ahead]:
                    continue
                toll = self.toll(at, (1 << (heading ^ 2)) | (1 << heads), leaves, enters) if is_noted else 0
                if toll is None:
                    if not bridge:
                        continue
                    toll = BRIDGE
                then = ahead * 4 + heads
                if done[then]:
                    continue
                dearer = cost + 1 + toll + (TURN if turn else 0)
                if dearer < costs.get(then, 1 << 30):
                    costs[then] = dearer
                    before[then] = state
                    pushed += 1
                    left = abs(x + dx - goal_x) + abs(y + dy - goal_y)
                    if (x + dx != goal_x and not heads % 2) or (y + dy != goal_y and heads % 2):
                        left += TURN
                    heappush(heap, (dearer + left, -pushed, then))
        return None

    def _way(self, before: dict[int, int], state: int) -> tuple[tuple[int, int], ...]:
        cells = []
        current: int | None = state
        while current is not None:
            cells.append((current // 4 % self.width, current // 4 // self.width))
            current = before.get(current)
        return tuple(reversed(cells))
