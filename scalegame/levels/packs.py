"""The levels that come with the game: where they are, in which order, and how one is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.yamltree import LARGEST_FILE, Data
from scalegame.levels.yamltree import load as load_yaml

if TYPE_CHECKING:
    # Only for types: a list of levels must not wait for the simulator to be imported.
    from scalegame.design.kinds import Kinds
    from scalegame.levels.model import Level

_NUMBERED = re.compile(r"(?P<number>[0-9]{1,3})-(?P<name>[^.]+)(?:\.yaml)?")
_INDEXED = ("id", "title", "chapter", "chapter_title", "difficulty", "teaches")
_TOP_KEY = re.compile(r"(\w+)\s*:")
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list shows of a level, read from its first keys alone: the rest of the file is not looked at.

    Attributes:
        path: Of the file.
        id: Of the level; what it is found by.
        position: Within the chapter, from the name of the file.
    """

    path: Path
    id: str
    title: str
    chapter: int
    chapter_title: str
    position: int
    difficulty: int
    teaches: tuple[str, ...] = ()


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


def index(where: Path | None = None) -> tuple[Entry, ...]:
    """Return what there is, in the order of the campaign.

    Args:
        where: A folder of ``<nn>-<chapter>/<nn>-<level>.yaml``; the game's own if not given.

    Raises:
        ScalegameError: A file does not even have the keys that a list needs, or two share an id.
    """
    entries: dict[str, Entry] = {}
    for chapter, title, position, path in _files(where or folder()):
        entry = _entry(path, chapter, title, position)
        if entry.id in entries:
            raise ScalegameError(
                "Duplicate level", f"{entry.id} is the id of {path} and of {entries[entry.id].path}"
            )
        entries[entry.id] = entry
    return tuple(entries.values())


def shipped(kinds: Kinds) -> tuple[Level, ...]:
    """Return all levels of the game, read and checked, in the order of the campaign.

    Raises:
        ScalegameError: One is wrong.
    """
    from scalegame.levels.load import load

    return tuple(load(entry.path, kinds) for entry in index())


def find(id_or_path: str, kinds: Kinds) -> Level:
    """Return a level of the game by its id, or any by its path.

    Args:
        id_or_path: A path if it ends in .yaml or .yml; else an id, which never leads out of the folder.
        kinds: The registry of kinds of component.

    Raises:
        ScalegameError: There is none, or it is wrong.
    """
    if id_or_path.endswith(_ENDINGS):
        from scalegame.levels.load import load

        return load(Path(id_or_path), kinds)
    return by_id(id_or_path, kinds)


def by_id(id: str, kinds: Kinds) -> Level:
    """Return a level of the game by its id.

    Raises:
        ScalegameError: There is none, or it is wrong.
    """
    from scalegame.levels.load import load

    if id == "sandbox":
        from scalegame.levels.sandbox import sandbox

        return sandbox(kinds)
    # The id is compared, never made a path of.
    entries = {entry.id: entry for entry in index()}
    if id not in entries:
        hint = nearest(id, entries)
        advice = hint if "did you mean" in hint else ": scalegame levels lists them"
        message = f"there is no level {quoted(id)}{advice}; a file of your own ends in .yaml"
        raise ScalegameError("No such level", message)
    return load(entries[id].path, kinds)


def _files(where: Path) -> Iterator[tuple[int, str, int, Path]]:
    """Yield chapter, its title, position and path of each level file, in order."""
    root = where.resolve()
    for inside, chapter, title in _numbered(root):
        if not inside.is_dir():
            continue
        for path, position, _ in _numbered(inside):
            # A link may not lead out of the folder.
            if path.suffix == ".yaml" and path.is_file() and path.resolve().is_relative_to(root):
                yield chapter, title, position, path


def _numbered(where: Path) -> list[tuple[Path, int, str]]:
    """Return what in a folder has a number, in the order of the numbers, with its name for people."""
    found = []
    for path in where.iterdir():
        match = _NUMBERED.fullmatch(path.name)
        if match is not None:
            found.append((path, int(match["number"]), match["name"].replace("-", " ").capitalize()))
    return sorted(found, key=lambda item: (item[1], item[0].name))


def _entry(path: Path, chapter: int, chapter_title: str, position: int) -> Entry:
    document = load_yaml(_head(path), str(path))
    data = document.data if isinstance(document.data, dict) else {}
    teaches, difficulty = data.get("teaches"), data.get("difficulty")
    number = data.get("chapter")
    return Entry(
        path=path,
        id=_text(data, "id", path),
        title=_text(data, "title", path),
        chapter=number if isinstance(number, int) else chapter,
        chapter_title=str(data.get("chapter_title") or chapter_title),
        position=position,
        difficulty=difficulty if isinstance(difficulty, int) else 1,
        teaches=tuple(str(topic) for topic in teaches) if isinstance(teaches, list) else (),
    )


def _text(data: dict[str, Data], key: str, path: Path) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise ScalegameError("Not a level", f"{path} has no {key}: scalegame validate says what is wrong with it")
    return value


def _head(path: Path) -> str:
    """Return the lines of a level that a list needs: seventy whole files would take too long to read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(LARGEST_FILE)
    except OSError as error:
        raise ScalegameError("Cannot read", f"{path} cannot be read: {error.strerror}") from None
    lines, wanted = [], False
    for line in text.splitlines():
        if line[:1] not in (" ", "#", "", "-"):
            match = _TOP_KEY.match(line)
            wanted = match is not None and match[1] in _INDEXED
        if wanted:
            lines.append(line)
    return "\n".join(lines)
