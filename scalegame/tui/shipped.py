"""The levels that there are to play, as a catalogue; apart because reading levels takes long to import."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scalegame.errors import Place, ScalegameError, printable
from scalegame.levels import packs
from scalegame.levels.naming import CAMPAIGN, split
from scalegame.levels.packfolder import Entry as Found
from scalegame.levels.packfolder import entries_of
from scalegame.levels.packnames import LEVEL_ENDINGS, PACK_FILE
from scalegame.levels.packs import Shelf
from scalegame.tui.catalogue import Catalogue, Entry, Pack

if TYPE_CHECKING:
    from scalegame.levels.model import Level


def shipped(language: str = "", own: Shelf | None = None) -> Catalogue:
    """The levels of the game and of imported packs; each is read when it is opened.

    Args:
        language: That their texts are wanted in, as in "de".
        own: A pack that is played from its folder: it comes first, and instead of the imported one of its id.

    Raises:
        ScalegameError: The installation is broken.
    """
    shelves = packs.shelves(language)
    if own is not None:
        shelves = (own, *(shelf for shelf in shelves if shelf.id != own.id))
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
    mine = {} if own is None else {entry.id: entry for entry in own.entries}
    return Catalogue(entries, partial(_read, mine, language), known)


def _read(mine: Mapping[str, Found], language: str, id: str) -> Level:
    name, variant = split(id)
    if name not in mine:
        return from_file(id, language)
    from scalegame.components import kinds

    return packs.level_of(mine[name], kinds(), variant, language)


def pack_folder(name: str) -> Path | None:
    """The folder that is meant by what is typed in the place of a level; None: it is no folder, or a level.

    A folder without a `pack.yaml` does not keep a level of the same name from being played.
    """
    try:
        if not name or not Path(name).is_dir():
            return None
    except (OSError, ValueError):
        return None  # no folder can be called so
    if (Path(name) / PACK_FILE).exists():
        return Path(name)
    try:
        if name != "sandbox":
            packs.entry_of(split(name)[0])
    except ScalegameError:
        return Path(name)
    return None


def from_folder(where: Path, language: str = "") -> Shelf:
    """The pack in a folder, with nothing wrong in it.

    Raises:
        ScalegameError: Something is, or there is none; `Problems` where there are several, each with its place.
    """
    from scalegame.components import kinds
    from scalegame.levels.packmodel import check

    pack = check(where, kinds()).pack
    return Shelf(pack.id, pack, entries_of(pack, language))


def instead_of(own: Shelf) -> str:
    """What to say where a pack that is played from its folder hides the imported one of its id; "" if none is."""
    hidden = next((path for path in packs.installed_paths() if path.name == own.id), None)
    if hidden is None or own.pack is None or hidden.resolve() == own.pack.folder.resolve():
        return ""
    return f"{own.id} is the pack in the folder this time, not the imported one."


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
    if split(id_or_path)[0].endswith(LEVEL_ENDINGS):
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
