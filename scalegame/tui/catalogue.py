"""The levels of the game as a list: in order, locked or open (no screen in here)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scalegame.progress.model import Standing

if TYPE_CHECKING:
    # It brings numpy along, and the list of levels should be on the screen at once.
    from scalegame.levels.model import Level

#: A chapter opens when this share of the one before it is won or passed over.
OPENS_AT = 0.6
#: After so many losses a level may be passed over.
LOSSES_TO_SKIP = 2
_NOTHING = Standing()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the list shows of a level before it is read in full."""

    id: str
    title: str
    chapter: int
    chapter_title: str
    position: int
    difficulty: int
    teaches: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """It is not part of the campaign: always open, and nothing to win (the sandbox)."""
        return self.chapter == 0

    @classmethod
    def of(cls, level: Level) -> Entry:
        """The entry of a level that was read."""
        return cls(
            level.id,
            level.title,
            level.chapter,
            level.chapter_title,
            level.position,
            level.difficulty,
            level.teaches,
        )

    @property
    def number(self) -> str:
        """As on the list: chapter and place in it; "" outside of the campaign."""
        return "" if self.free else f"{self.chapter}.{self.position}"


class Catalogue:
    """Levels in the order of the campaign, read when they are opened.

    Attributes:
        entries: In order.
    """

    def __init__(self, entries: Iterable[Entry], read: Callable[[str], Level]) -> None:
        """Keeps the entries; `read` is asked for a level by its id, once each."""
        self.entries = tuple(entries)
        self._read = read
        self._levels: dict[str, Level] = {}

    @classmethod
    def of(cls, levels: Iterable[Level]) -> Catalogue:
        """A catalogue of levels that were read already."""
        known = {level.id: level for level in levels}
        return cls((Entry.of(level) for level in known.values()), known.__getitem__)

    def level(self, id: str) -> Level:
        """A level.

        Raises:
            ScalegameError: It cannot be read.
        """
        if id not in self._levels:
            self._levels[id] = self._read(id)
        return self._levels[id]

    def put(self, level: Level) -> None:
        """Takes in a level that is not in the pack: one that the player opened by its path."""
        self._levels[level.id] = level
        if all(entry.id != level.id for entry in self.entries):
            self.entries = (*self.entries, Entry.of(level))

    def entry(self, id: str) -> Entry | None:
        """The entry of an id, if there is one."""
        return next((entry for entry in self.entries if entry.id == id), None)

    @property
    def campaign(self) -> tuple[Entry, ...]:
        """What can be won, in order."""
        return tuple(entry for entry in self.entries if not entry.free)

    @property
    def free(self) -> tuple[Entry, ...]:
        """What is always open, and cannot be won."""
        return tuple(entry for entry in self.entries if entry.free)

    def chapters(self) -> dict[int, tuple[Entry, ...]]:
        """Entries of the campaign by chapter, in order."""
        found: dict[int, tuple[Entry, ...]] = {}
        for entry in self.campaign:
            found[entry.chapter] = (*found.get(entry.chapter, ()), entry)
        return found

    def after(self, id: str, standings: Mapping[str, Standing]) -> Entry | None:
        """The open level that follows, wherever the list goes on; None at the end and outside of the campaign."""
        campaign = self.campaign
        ids = [entry.id for entry in campaign]
        if any(entry.id == id for entry in self.free):
            return None
        start = ids.index(id) + 1 if id in ids else 0
        opened = self.opened(standings)
        return next((entry for entry in campaign[start:] if entry.chapter in opened), None)

    def opened(self, standings: Mapping[str, Standing]) -> frozenset[int]:
        """Chapters that can be played: the first, and each whose predecessor is done far enough."""
        found: set[int] = set()
        before: tuple[Entry, ...] = ()
        for chapter, entries in self.chapters().items():
            done = sum(_passed(standings.get(entry.id, _NOTHING)) for entry in before)
            if (
                before
                and done < needed(len(before))
                and not any(_passed(standings.get(entry.id, _NOTHING)) for entry in entries)
            ):
                break
            found.add(chapter)
            before = entries
        return frozenset(found)


def needed(levels: int) -> int:
    """How many of a chapter's levels open the next one."""
    return max(1, math.ceil(levels * OPENS_AT - 1e-9))


def may_skip(standing: Standing) -> bool:
    """A level may be passed over when it was lost often enough."""
    return not standing.won and not standing.skipped and standing.losses >= LOSSES_TO_SKIP


def _passed(standing: Standing) -> bool:
    return standing.won or standing.skipped
