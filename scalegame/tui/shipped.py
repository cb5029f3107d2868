"""The levels that come with the game, as a catalogue; apart because reading levels takes long to import."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scalegame.errors import Place, ScalegameError, printable
from scalegame.levels import packs
from scalegame.levels.naming import CAMPAIGN, split
from scalegame.tui.catalogue import Catalogue, Entry, Pack

if TYPE_CHECKING:
    from scalegame.levels.model import Level


def shipped(language: str = "") -> Catalogue:
    """The levels of the game and of imported packs; each is read when it is opened.

    Args:
        language: That their texts are wanted in, as in "de".

    Raises:
        ScalegameError: The installation is broken.
    """
    shelves = packs.shelves(language)
    entries = [
        Entry(
            e.id,
            e.title,
            e.chapter,
            e.chapter_title,
            e.position,
            e.difficulty,
            e.teaches,
            e.variants,
            e.drawn,
            _pack(e.pack),
        )
        for shelf in shelves
        for e in shelf.entries
    ]
    entries.append(Entry("sandbox", "Sandbox", 0, "", 0, 0, ("whatever you like",)))
    known = [
        Pack(_pack(shelf.id), shelf.pack.title, shelf.pack.unlock, _told(shelf.problem))
        if shelf.pack is not None
        else Pack(shelf.id, shelf.id, problem=_told(shelf.problem))
        for shelf in shelves
    ]
    return Catalogue(entries, partial(from_file, language=language), known)


def _pack(id: str) -> str:
    return "" if id == CAMPAIGN else id


def _told(problem: ScalegameError | None) -> str:
    return "" if problem is None else printable(str(problem))


def from_file(id_or_path: str, language: str = "") -> Level:
    """A level by id or path; after an @, the variant that is meant.

    Args:
        id_or_path: As it is typed.
        language: That its texts are wanted in.

    Raises:
        ScalegameError: There is none, something is wrong with it, or it bears the id of one of the game's own
            levels: what is won is kept by id.
    """
    from scalegame.components import kinds

    level = packs.find(id_or_path, kinds(), language)
    refuse_taken(level)
    return level


def refuse_taken(level: Level) -> None:
    """Refuse a level that bears the id of one of the game's own and is another: what is won is kept by id.

    Raises:
        ScalegameError: It does.
    """
    own = next((entry.path for entry in packs.index() if entry.id == split(level.id)[0]), None)
    taken = level.id == "sandbox" and bool(level.source)
    if taken or (own is not None and own.resolve() != Path(level.source).resolve()):
        message = f"{level.id} is the id of a level that comes with the game: give this one another"
        raise ScalegameError("Taken id", message, Place(level.source))
