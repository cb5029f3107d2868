"""Names that a pack may have for itself and for its files: such that they mean the same on every machine.

Packs come from strangers and are unpacked on other systems than they were made on. So a name is made of a few
plain letters; no path leads out of the folder, and no two names are one where capitals do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scalegame.errors import ScalegameError, quoted
from scalegame.levels.naming import CAMPAIGN

PACK_ENDING = ".scalepack"
"""Of a pack that is one file."""

ENDINGS = (".yaml", ".yml", ".md", ".json")
"""Of the files that a pack may have."""

LEVEL_ENDINGS = (".yaml", ".yml")

PACK_FILE = "pack.yaml"
"""What makes a folder a pack."""

MOST_FOLDERS = 2
"""How many folders a file may be in, counted from the pack's."""

_LONGEST_PART = 80
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
# What Windows takes for a device, whatever ending follows.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
_ORDER = re.compile(r"([0-9]{1,6})(?![0-9])")


def checked_id(id: object, *, own: bool = True) -> str:
    """Return the id of a pack.

    Args:
        id: What was written.
        own: It is not to be the campaign's.

    Raises:
        ScalegameError: It cannot be one: installed, it is the name of a folder.
    """
    if not isinstance(id, str) or not _ID.fullmatch(id):
        message = "small letters, digits and -, a letter first, at most 40, as in queues-at-work"
        raise ScalegameError("Bad id", f"{quoted(id)} is no id of a pack: {message}")
    if id in _DEVICES or id == "sandbox":
        raise ScalegameError("Bad id", f"{quoted(id)} is a name with a meaning of its own: choose another id")
    if own and id == CAMPAIGN:
        raise ScalegameError("Bad id", f"{CAMPAIGN} is the pack that comes with the game: choose another id")
    return id


def checked_path(text: object, endings: tuple[str, ...] = ENDINGS, folders: int = MOST_FOLDERS) -> str:
    """Return the path of a file inside a pack, with "/" between folders.

    Args:
        text: What was written.
        endings: One of which it has.
        folders: How many it may be in.

    Raises:
        ScalegameError: It is none, or would lead out of the pack; the message says what to write instead.
    """
    if not isinstance(text, str):
        raise ScalegameError("Bad name", f"{quoted(text)} is no name of a file")
    shown = quoted(text)
    if "\\" in text:
        raise ScalegameError("Bad name", f"{shown} is no name of a file here: write / between folder and file")
    if text.startswith(("/", "~")) or text[1:2] == ":":
        raise ScalegameError("Bad name", f"{shown} is not inside the pack: write its path from the pack's folder")
    *inside, name = text.split("/")
    if len(inside) > folders:
        most = "one folder" if folders == 1 else f"{folders} folders"
        raise ScalegameError("Bad name", f"{shown} is too deep: a file is in {most} of the pack at most")
    for part in (*inside, name):
        if part in ("", ".", ".."):
            message = f"{shown} is not inside the pack: write folder and file alone, as in 01-queues/02-full.yaml"
            raise ScalegameError("Bad name", message)
        if not _PART.fullmatch(part) or len(part) > _LONGEST_PART or part.endswith("."):
            message = f"letters a to z, digits, . _ and - only, at most {_LONGEST_PART}, none of . and - first"
            raise ScalegameError("Bad name", f"{quoted(part)} cannot be the name of a file or folder: {message}")
        if part.partition(".")[0].lower() in _DEVICES:
            message = f"{quoted(part)} is the name of a device on Windows: choose another"
            raise ScalegameError("Bad name", message)
    if name.lower() == PACK_FILE and text != PACK_FILE:
        # Levels beside it would be in another pack than the one that they come with.
        raise ScalegameError("Pack in a pack", f"{shown} cannot be: a pack has one {PACK_FILE}, at its top")
    if not name.endswith(endings) or name in endings:
        raise ScalegameError("Bad name", f"{shown} must end in {' or '.join(endings)}")
    return text


def check_apart(paths: Iterable[str]) -> None:
    """See to it that files and folders stay apart where capitals do not count.

    Raises:
        ScalegameError: Two would be one.
    """
    folders: dict[str, str] = {}
    files: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for length in range(1, len(parts)):
            folder = "/".join(parts[:length])
            before = folders.setdefault(folder.lower(), folder)
            if before != folder:
                raise _same(before, folder)
        before = files.setdefault(path.lower(), path)
        if before != path:
            raise _same(before, path)
    for path in files:
        if path in folders:
            message = f"{quoted(files[path])} is a file and a folder at once: rename one"
            raise ScalegameError("Same name", message)


def _same(one: str, other: str) -> ScalegameError:
    message = f"{quoted(one)} and {quoted(other)} are one where capitals do not count: rename one"
    return ScalegameError("Same name", message)


def numbered(name: str) -> tuple[int, str]:
    """Return what files and folders are ordered by: what has a number in front comes first, by its number."""
    match = _ORDER.match(name)
    return (int(match[1]) if match else 10**6, name)


def number_of(name: str) -> int | None:
    """Return the number in front of a name, if it has one."""
    match = _ORDER.match(name)
    return int(match[1]) if match else None


def words_of(name: str) -> str:
    """Return the name of a file or folder for people: without number and ending, with blanks."""
    bare = re.sub(r"^[0-9]+[-_. ]*", "", name) or name
    return re.sub(r"[-_]+", " ", bare).strip().capitalize()
