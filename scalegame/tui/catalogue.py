"""The levels of the game, and of packs, as a list: in order, locked or open (no screen in here)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scalegame.levels.naming import CAMPAIGN, instance, split
from scalegame.progress.model import Standing

if TYPE_CHECKING:
    # It brings numpy along, and the list of levels should be on the screen at once.
    from scalegame.levels.model import Level

#: A chapter opens when this share of the one before it is won or passed over.
OPENS_AT = 0.6
#: After so many losses a level may be passed over.
LOSSES_TO_SKIP = 2
#: Pack and number of a chapter.
Part = tuple[str, int]
_NOTHING = Standing()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the list shows of a level before it is read in full.

    Attributes:
        variants: Names of its variants.
        drawn: There are instances by number, too.
        pack: Id of its pack; "": it belongs to the campaign, or to none.
    """

    id: str
    title: str
    chapter: int
    chapter_title: str
    position: int
    difficulty: int
    teaches: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    drawn: bool = False
    pack: str = ""

    @property
    def part(self) -> Part:
        """Its chapter: numbers begin anew in each pack."""
        return self.pack, self.chapter

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
            level.variants,
            level.drawn,
            "" if level.pack == CAMPAIGN else level.pack,
        )

    @property
    def number(self) -> str:
        """As on the list: chapter and place in it; "" outside of the campaign."""
        return "" if self.free else f"{self.chapter}.{self.position}"


@dataclass(frozen=True, slots=True)
class Pack:
    """What the list shows of a pack besides its levels.

    Attributes:
        id: In front of the ids of its levels; "" is the campaign.
        title: For people.
        unlock: Which share of a chapter's levels opens the next one; None: everything is open.
        problem: Why it cannot be played, or "".
    """

    id: str
    title: str = ""
    unlock: float | None = OPENS_AT
    problem: str = ""


class Catalogue:
    """Levels in the order of the campaign, then those of packs, read when they are opened.

    A pack that is played from its folder stands before all of them: it is what one has come for.

    Attributes:
        entries: In order.
        packs: Imported ones by their ids, those that cannot be played among them.
    """

    def __init__(
        self, entries: Iterable[Entry], read: Callable[[str], Level], packs: Iterable[Pack] = (Pack(""),)
    ) -> None:
        """Keeps the entries; `read` is asked for a level by its id, once each."""
        self._keep(entries)
        self.packs = {pack.id: pack for pack in packs}
        self._read = read
        self._levels: dict[str, Level] = {}

    def _keep(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        chapters: dict[Part, list[Entry]] = {}
        for entry in self.winnable:
            chapters.setdefault(entry.part, []).append(entry)
        self._chapters = {part: tuple(those) for part, those in chapters.items()}

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
        if self.entry(level.id) is None:
            self._keep((*self.entries, Entry.of(level)))

    def entry(self, id: str) -> Entry | None:
        """The entry of an id, if there is one; a variant has that of its level, under a title of its own."""
        found = next((entry for entry in self.entries if entry.id == id), None)
        if found is not None:
            return found
        name, variant = split(id)
        base = self.entry(name) if variant else None
        if base is None or not (variant in base.variants or (base.drawn and instance(variant) is not None)):
            return None
        return replace(base, id=id, title=f"{base.title} @{variant}")

    @property
    def campaign(self) -> tuple[Entry, ...]:
        """What can be won in the campaign, in order."""
        return tuple(entry for entry in self.winnable if not entry.pack)

    @property
    def winnable(self) -> tuple[Entry, ...]:
        """What can be won, in order."""
        return tuple(entry for entry in self.entries if not entry.free)

    @property
    def free(self) -> tuple[Entry, ...]:
        """What is always open, and cannot be won."""
        return tuple(entry for entry in self.entries if entry.free)

    def chapters(self) -> Mapping[Part, tuple[Entry, ...]]:
        """Entries by pack and chapter, in order."""
        return self._chapters

    def pack(self, id: str) -> Pack:
        """What is known of a pack; what was opened by its path may be in one that is not installed."""
        return self.packs.get(id, Pack(id, id, None if id else OPENS_AT))

    def after(self, id: str, standings: Mapping[str, Standing]) -> Entry | None:
        """The open level that follows in the same pack; None at its end and outside of the campaign."""
        here = self.entry(id)
        campaign = [entry for entry in self.winnable if entry.pack == (here.pack if here else "")]
        ids = [entry.id for entry in campaign]
        if any(entry.id == id for entry in self.free):
            return None
        id = id if id in ids else split(id)[0]  # after a variant comes what comes after the level
        start = ids.index(id) + 1 if id in ids else 0
        opened = self.opened(standings)
        return next((entry for entry in campaign[start:] if entry.part in opened), None)

    def before(self, part: Part) -> tuple[Entry, ...]:
        """The entries of the chapter before one, in its pack; none before the first."""
        last: tuple[Entry, ...] = ()
        for other, entries in self.chapters().items():
            if other == part:
                return last
            last = entries if other[0] == part[0] else last
        return ()

    def wanted(self, part: Part) -> int:
        """How many levels of the chapter before one open it."""
        before, unlock = self.before(part), self.pack(part[0]).unlock
        return needed(len(before), unlock) if before and unlock is not None else 0

    def opened(self, standings: Mapping[str, Standing]) -> frozenset[Part]:
        """Chapters that can be played: the first of each pack, and each whose predecessor is done far enough."""
        found: set[Part] = set()
        closed: set[str] = set()
        for part, entries in self.chapters().items():
            if part[0] in closed:
                continue
            done = sum(_passed(standings.get(entry.id, _NOTHING)) for entry in self.before(part))
            if done < self.wanted(part) and not any(
                _passed(standings.get(entry.id, _NOTHING)) for entry in entries
            ):
                closed.add(part[0])
            else:
                found.add(part)
        return frozenset(found)

    def is_open(self, entry: Entry, standings: Mapping[str, Standing]) -> bool:
        """Whether a level can be played."""
        return entry.free or entry.part in self.opened(standings)


def needed(levels: int, share: float = OPENS_AT) -> int:
    """How many of a chapter's levels open the next one."""
    return max(1, math.ceil(levels * share - 1e-9))


def may_skip(standing: Standing) -> bool:
    """A level may be passed over when it was lost often enough."""
    return not standing.won and not standing.skipped and standing.losses >= LOSSES_TO_SKIP


def _passed(standing: Standing) -> bool:
    return standing.won or standing.skipped
