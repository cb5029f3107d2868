"""Packs of levels: the campaign, and what was imported; where they are, and how a level in them is found.

What is here is read for lists, so it does not wait for the simulator to be imported.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_dir

from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.naming import CAMPAIGN, split
from scalegame.levels.packfolder import Entry, Pack, entries_of, read_pack
from scalegame.levels.packnames import LEVEL_ENDINGS, PACK_FILE, checked_id

if TYPE_CHECKING:
    # Only for types: a list of levels must not wait for the simulator to be imported.
    from scalegame.design.kinds import Kinds
    from scalegame.levels.model import Level

MOST_PACKS = 200
"""That are listed."""

REPLACED = ".replaced-"
"""Begins the name of a pack's folder while another version takes its place."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A pack with its levels, as lists show it.

    Attributes:
        id: Of the pack: the name of its folder, if it cannot be read.
        pack: What it says of itself; None if that cannot be read.
        entries: Its levels in order; none if it is broken.
        problem: What is wrong with it.
    """

    id: str
    pack: Pack | None
    entries: tuple[Entry, ...] = ()
    problem: ScalegameError | None = None


def folder() -> Path:
    """Return where the levels of the game are: inside the installed package, or beside it in a checkout.

    Raises:
        ScalegameError: There are none: the installation is broken.
    """
    package = Path(__file__).resolve().parent.parent
    for place in (package / "_levels", package.parent / "levels"):
        if place.is_dir():
            return place
    raise ScalegameError("No levels", "the levels of the game are missing: install scalegame again")


def installed_folder() -> Path:
    """Return where imported packs are: under `SCALEGAME_HOME` if that is set, else in the user's data folder."""
    home = os.environ.get("SCALEGAME_HOME")
    return Path(home if home else user_data_dir("scalegame", appauthor=False)) / "packs"


def index(where: Path | None = None, language: str = "") -> tuple[Entry, ...]:
    """Return the levels of a pack, in its order.

    Args:
        where: The folder of a pack; one without a `pack.yaml` is listed as if it were one. The campaign if not
            given.
        language: That titles are wanted in.

    Raises:
        ScalegameError: The pack, or a file in it, does not even have the keys that a list needs; or two levels
            share an id.
    """
    where = where or folder()
    return entries_of(read_pack(where) if (where / PACK_FILE).exists() else Pack(where, "", ""), language)


def shelves(language: str = "") -> tuple[Shelf, ...]:
    """Return all packs that can be played: the campaign, then what was imported, by id.

    A pack of somebody's that is broken is there with its problem, and does not keep others from being played.

    Raises:
        ScalegameError: The campaign is broken.
    """
    campaign = read_pack(folder())
    return (Shelf(CAMPAIGN, campaign, entries_of(campaign, language)), *installed(language))


def installed(language: str = "") -> tuple[Shelf, ...]:
    """Return the packs that were imported, by id; those that cannot be used with what is wrong."""
    found = []
    for path in installed_paths():
        pack = None
        try:
            if path.is_symlink():
                raise ScalegameError("Link", f"{path} is a link: import the pack instead")
            pack = read_pack(path)
            if pack.id != path.name:
                message = f"the pack in {path} calls itself {pack.id}: import it again"
                raise ScalegameError("Wrong folder", message)
            found.append(Shelf(pack.id, pack, entries_of(pack, language)))
        except ScalegameError as error:
            found.append(Shelf(path.name, pack, problem=error))
        except OSError as error:
            told = ScalegameError("Cannot read", f"{path} cannot be read: {error.strerror}")
            found.append(Shelf(path.name, pack, problem=told))
    return tuple(found)


def installed_paths() -> list[Path]:
    """Return the folders of imported packs, by id."""
    where = installed_folder()
    try:
        names = sorted(path.name for path in where.iterdir())
    except OSError:
        return []
    for name in list(names):
        # Somebody was stopped while a new version took the place of an old one: the old one is back.
        if name.startswith(REPLACED):
            id = name.removeprefix(REPLACED)
            try:
                (where / name).rename(where / checked_id(id))
            except (OSError, ScalegameError):
                continue
            names.append(id)
    found = []
    for name in sorted(set(names)):
        try:
            checked_id(name)
        except ScalegameError:
            continue
        if (where / name).is_dir():
            found.append(where / name)
    return found[:MOST_PACKS]


def shipped(kinds: Kinds) -> tuple[Level, ...]:
    """Return all levels of the game, read and checked, in the order of the campaign.

    Raises:
        ScalegameError: One is wrong.
    """
    from scalegame.levels.load import load

    return tuple(load(entry.path, kinds) for entry in index())


def find(id_or_path: str, kinds: Kinds, language: str = "") -> Level:
    """Return a level of a pack by its id, or any by its path.

    Args:
        id_or_path: A path if it ends in .yaml or .yml; else an id, which never leads out of the folders. After
            an @, the variant that is meant.
        kinds: The registry of kinds of component.
        language: That its texts are wanted in.

    Raises:
        ScalegameError: There is none, or it is wrong.
    """
    name, variant = split(id_or_path)
    if name.endswith(LEVEL_ENDINGS):
        from scalegame.levels.load import load

        return load(Path(name), kinds, variant, language)
    return by_id(id_or_path, kinds, language)


def by_id(id: str, kinds: Kinds, language: str = "") -> Level:
    """Return a level of the game, or of an imported pack, by its id.

    Args:
        id: As lists show it: `two-is-company`, `queues-at-work:full`; the pack's id may be left out where only
            one of the imported packs has such a level. After an @, the variant.
        kinds: The registry of kinds of component.
        language: That its texts are wanted in.

    Raises:
        ScalegameError: There is none, or several; or it is wrong.
    """
    if id == "sandbox":
        from scalegame.levels.sandbox import sandbox

        return sandbox(kinds)
    name, variant = split(id)
    return level_of(entry_of(name), kinds, variant, language)


def level_of(entry: Entry, kinds: Kinds, variant: str = "", language: str = "") -> Level:
    """Return the level of an entry, as its pack has it.

    Raises:
        ScalegameError: It is wrong, or has no such variant.
    """
    from scalegame.levels.load import load

    level = as_listed(load(entry.path, kinds, variant, language), entry)
    # Where a level is in its pack, the pack says; none of it decides a run.
    return replace(level, chapter=entry.chapter, chapter_title=entry.chapter_title, position=entry.position)


def as_listed(level: Level, entry: Entry) -> Level:
    """Return a level, once it is sure that it is the one that was listed: what is won is kept by its id.

    Raises:
        ScalegameError: Its file says one thing to those who skim it, and another to those who read it.
    """
    if (split(level.own)[0], level.pack) != (entry.own, entry.pack):
        message = f"{entry.path} is listed as {entry.id}, and is {level.id}: write its id in a plain line, id: …"
        raise ScalegameError("Not what it seems", message)
    return level


def entry_of(name: str) -> Entry:
    """Return the entry of a level's id, which is compared, never made a path of.

    Raises:
        ScalegameError: There is none, or several.
    """
    entries = {entry.id: entry for entry in index()}
    campaign = name.removeprefix(f"{CAMPAIGN}:")
    if campaign in entries:
        return entries[campaign]
    there = installed()
    entries |= {entry.id: entry for shelf in there for entry in shelf.entries}
    if name in entries:
        return entries[name]
    meant = [entry for entry in entries.values() if entry.own == name]
    if len(meant) == 1:
        return meant[0]
    if meant:
        choices = " or ".join(entry.id for entry in meant)
        raise ScalegameError("Several levels", f"several packs have a level {quoted(name)}: write {choices}")
    for shelf in there:
        if shelf.problem is not None and name.startswith(f"{shelf.id}:"):
            raise shelf.problem
    hint = nearest(name, entries)
    advice = hint if "did you mean" in hint else ": scalegame levels lists them"
    message = f"there is no level {quoted(name)}{advice}; a file of your own ends in .yaml"
    raise ScalegameError("No such level", message)
