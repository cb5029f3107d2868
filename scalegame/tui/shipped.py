"""The levels that come with the game, as a catalogue; apart because reading levels takes long to import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scalegame.errors import Place, ScalegameError
from scalegame.levels import packs
from scalegame.tui.catalogue import Catalogue, Entry

if TYPE_CHECKING:
    from scalegame.levels.model import Level


def shipped() -> Catalogue:
    """The levels of the game; each is read when it is opened.

    Raises:
        ScalegameError: The installation is broken.
    """
    entries = [
        Entry(e.id, e.title, e.chapter, e.chapter_title, e.position, e.difficulty, e.teaches)
        for e in packs.index()
    ]
    entries.append(Entry("sandbox", "Sandbox", 0, "", 0, 0, ("whatever you like",)))
    return Catalogue(entries, from_file)


def from_file(id_or_path: str) -> Level:
    """A level by id or path.

    Raises:
        ScalegameError: There is none, something is wrong with it, or it bears the id of one of the game's own
            levels: what is won is kept by id.
    """
    from scalegame.components import kinds

    level = packs.find(id_or_path, kinds())
    own = next((entry.path for entry in packs.index() if entry.id == level.id), None)
    taken = level.id == "sandbox" and bool(level.source)
    if taken or (own is not None and own.resolve() != Path(level.source).resolve()):
        message = f"{level.id} is the id of a level that comes with the game: give this one another"
        raise ScalegameError("Taken id", message, Place(level.source))
    return level
