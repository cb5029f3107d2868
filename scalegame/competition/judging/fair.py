"""Whose turn it is: what waits is taken in turn from all teams (pure). Who floods waits for himself."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Turn(NamedTuple, Generic[T]):
    """What comes next.

    Attributes:
        team: Whose it is.
        priority: Under which it waited.
        item: What was added.
    """

    team: Hashable
    priority: int
    item: T


class FairQueue(Generic[T]):
    """Items that wait. Within a priority every team has its turn before any has its second.

    So a team waits, for its next item, for one item of each other team at most, however many these have added.
    """

    def __init__(self) -> None:
        # By priority, the teams in the order of their turns; a team with nothing there is not in it.
        self._lines: dict[int, dict[Hashable, deque[T]]] = {}

    def __len__(self) -> int:
        """How many items wait."""
        return sum(len(items) for line in self._lines.values() for items in line.values())

    def add(self, team: Hashable, priority: int, item: T) -> None:
        """Puts an item behind the others of its team.

        Args:
            team: Whose it is.
            priority: Lower ones come first, whoever waits with a higher one.
            item: What waits.
        """
        self._lines.setdefault(priority, {}).setdefault(team, deque()).append(item)

    def next(self) -> Turn[T] | None:
        """Takes out what comes next; None if nothing waits."""
        if not self._lines:
            return None
        priority = min(self._lines)
        line = self._lines[priority]
        team = next(iter(line))
        items = line.pop(team)
        item = items.popleft()
        if items:
            line[team] = items  # behind all others
        elif not line:
            del self._lines[priority]
        return Turn(team, priority, item)

    def cancel(self, team: Hashable, item: T | None = None) -> int:
        """Takes items of a team out.

        Args:
            team: Whose.
            item: Those that are equal to it; None: all of the team's.

        Returns:
            How many these were.
        """
        taken = 0
        for priority, line in list(self._lines.items()):
            if team not in line:
                continue
            kept = deque(one for one in line[team] if item is not None and one != item)
            taken += len(line[team]) - len(kept)
            if kept:
                line[team] = kept
            else:
                del line[team]
                if not line:
                    del self._lines[priority]
        return taken

    def waiting(self, team: Hashable) -> int:
        """How many items of a team wait."""
        return sum(len(line[team]) for line in self._lines.values() if team in line)
