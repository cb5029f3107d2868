"""The levels that come with the game, as a catalogue; apart because reading levels takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    return Catalogue(entries, from_file)


def from_file(id_or_path: str) -> Level:
    """A level by id or path.

    Raises:
        ScalegameError: There is none, or something is wrong with it.
    """
    from scalegame.components import kinds

    return packs.find(id_or_path, kinds())
