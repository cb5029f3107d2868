"""Where a player stands in a guided level (no screen in here)."""

from __future__ import annotations

from scalegame.design.model import Board
from scalegame.levels.guide import parse_condition
from scalegame.levels.model import Level


class Guide:
    """The steps of a guided level; a step is over when its condition holds, and does not come back.

    Attributes:
        at: Number of the step that is shown; the count of steps when all are done.
    """

    def __init__(self, level: Level, at: int = 0) -> None:
        """Reads the steps of a level; there may be none.

        Args:
            level: The level.
            at: How many steps were completed before.
        """
        self._steps = [(text, parse_condition(until, level.rulebook)) for text, until in level.guide]
        self.at = min(max(at, 0), len(self._steps))
        self._ran = False

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self._steps)

    @property
    def text(self) -> str:
        """What the player is told now; "" when there is nothing more to say."""
        return self._steps[self.at][0] if self.at < self.count else ""

    def names(self) -> tuple[str, ...]:
        """Ids that the step speaks of."""
        return self._steps[self.at][1].names if self.at < self.count else ()

    def ran(self) -> None:
        """A run has ended."""
        self._ran = True

    def look(self, board: Board, selected: str) -> bool:
        """Goes on past every step whose condition holds; returns whether it went on."""
        start = self.at
        while self.at < self.count and self._steps[self.at][1].holds(board, selected or None, self._ran):
            self.at += 1
            self._ran = False
        return self.at != start
