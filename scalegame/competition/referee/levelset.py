"""The levels of a competition: found by what a slot calls them, and handed out without what wins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from scalegame.competition.model.settings import Slot
from scalegame.components import kinds
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels import packfile, packs
from scalegame.levels.model import Level
from scalegame.levels.naming import CAMPAIGN, split
from scalegame.levels.packfolder import Entry
from scalegame.levels.packnames import LEVEL_ENDINGS, PACK_FILE


class Levels:
    """The levels of a pack that slots name.

    Attributes:
        folder: Of the pack.
        by_slot: The levels, in the order of the slots.
    """

    def __init__(self, folder: Path, slots: Sequence[Slot]) -> None:
        """Reads and checks the whole pack.

        Raises:
            ScalegameError: Something is wrong with it, or it has no level that a slot names.
        """
        self.folder = folder
        packed, _ = packfile.pack(folder, kinds(), solutions=False)
        self._packed = packed
        entries = {name: entry for entry in packs.index(folder) for name in (entry.id, entry.own)}
        self._paths: dict[str, str] = {}
        self.by_slot: dict[str, Level] = {}
        for slot in slots:
            entry, variant = _entry(slot.level, entries)
            self.by_slot[slot.level] = packs.level_of(entry, kinds(), variant)
            self._paths[slot.level] = entry.path.relative_to(folder).as_posix()

    def slot_of(self, level: str) -> str | None:
        """The slot of a level that a design names; None if it is none of these.

        The id of a pack in front of it does not matter: what is handed out has one of its own.
        """
        own = level.rpartition(":")[2]
        return next((slot for slot, found in self.by_slot.items() if found.own == own), None)

    def text(self, slots: Collection[str]) -> str:
        """A `.scalepack` of some slots' levels, without what wins and without notes."""
        wanted = {path for slot, path in self._paths.items() if slot in slots}
        files = {
            name: text
            for name, text in self._packed.files.items()
            if name in wanted or not name.endswith(LEVEL_ENDINGS)
        }
        # The id of the campaign belongs to the game that is there already.
        id = f"{CAMPAIGN}-competition" if self._packed.id == CAMPAIGN else self._packed.id
        files[PACK_FILE] = _only(self._packed.files[PACK_FILE], wanted, id)
        return packfile.dumps(replace(self._packed, id=id, files=files, left_out=()))


def slots_of(folder: Path) -> tuple[Slot, ...]:
    """Every level of a pack as a slot, in order."""
    return tuple(Slot(entry.id) for entry in packs.index(folder))


def _entry(name: str, entries: dict[str, Entry]) -> tuple[Entry, str]:
    level, variant = split(name)
    if level not in entries:
        hint = nearest(level, entries)
        raise ScalegameError("No such level", f"this pack has no level {quoted(level)}{hint}")
    return entries[level], variant


def _only(head: str, wanted: Collection[str], id: str) -> str:
    """The file of a pack that has some of its levels only; all that is there is open."""
    data = {**yaml.safe_load(head), "id": id, "unlock": "none"}
    chapters = data.get("chapters")
    if chapters is not None:
        kept = [{**one, "levels": [path for path in one["levels"] if path in wanted]} for one in chapters]
        data["chapters"] = [one for one in kept if one["levels"]]
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1_000_000)
    return text
