"""Files that a player asks for: pictures, recordings and texts, beside the saves, never one over another."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from scalegame.errors import ScalegameError, is_control, printable, quoted

PICTURES, RECORDINGS, TEXTS = "pictures", "recordings", "texts"
#: Set for a game whose player may be anybody on a network: files are read and written in its own folders alone.
CONFINED = "SCALEGAME_CONFINED"
#: Letters of a file's name at most, without its ending.
LONGEST_NAME = 60
#: Bytes that a player who may be anybody can keep in all.
_ROOM = 50_000_000
#: Files of the same name at most; then something is wrong.
_MOST = 1000
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10)))
)


def safe_name(text: str, otherwise: str) -> str:
    """A file's name that means nothing to any system: letters, digits, dashes and dots within.

    Args:
        text: What was asked for; folders in it are left out, and so is an ending that follows anyway.
        otherwise: The name where nothing is left of it.
    """
    last = re.split(r"[/\\]", text.strip())[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", last)[:LONGEST_NAME].strip("-._")
    if not plain or plain.partition(".")[0].lower() in _RESERVED:
        return otherwise
    return plain


def check(name: str, home: Path, kind: str) -> None:
    """Looks whether a name may be one: a terminal can show it, and it leads nowhere that it must not.

    Args:
        name: As the player wrote it.
        home: Folder of the saves.
        kind: Folder in it.

    Raises:
        ScalegameError: It may not.
    """
    if any(is_control(char) for char in name):
        raise ScalegameError("Not a name", f"{quoted(name)} has control characters in it: choose another name")
    if os.environ.get(CONFINED) and (name.startswith((".", "~")) or re.search(r"[/\\]", name)):
        raise ScalegameError(
            "Only here", f"in a browser files are in the folder {kind} alone: write a name, no path"
        )


def create(home: Path, kind: str, name: str, suffix: str, otherwise: str = "scalegame") -> tuple[Path, TextIO]:
    """Makes a new file; where one of that name is there already, a number is put behind it.

    Args:
        home: Folder of the saves.
        kind: Folder in it: `PICTURES`, `RECORDINGS` or `TEXTS`.
        name: As the player wrote it, or made up.
        suffix: Its ending, with the dot.
        otherwise: The name where nothing usable was written.

    Raises:
        ScalegameError: The disk does not let us, or the name is none.
    """
    check(name, home, kind)
    stem = safe_name(name, otherwise)
    if stem.lower().endswith(suffix):
        stem = stem[: -len(suffix)] or otherwise
    folder = home / kind
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.environ.get(CONFINED) and _size(home) > _ROOM:
            message = f"{_ROOM // 1_000_000} MB are kept here already, and that is all that a guest has"
            raise ScalegameError("No room", message)
        for count in range(1, _MOST + 1):
            path = folder / f"{stem}{'' if count == 1 else f'-{count}'}{suffix}"
            try:
                return path, exclusive(path)
            except FileExistsError:
                continue
    except OSError as error:
        raise ScalegameError("Cannot write", f"{told(folder)}: {error.strerror or error}") from error
    raise ScalegameError("Cannot write", f"There are {_MOST} files called {stem}{suffix} already.")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


def exclusive(path: Path) -> TextIO:
    """Opens a new file to write to.

    Raises:
        OSError: It is there already, or the disk does not let us.
    """
    # Exclusive: a file that is there, or a link that somebody put there, is not followed.
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644), "w", encoding="utf-8")


def fill(path: Path, file: TextIO, text: str) -> None:
    """Writes the whole of a new file and closes it; where that fails, nothing is left of it.

    Raises:
        OSError: The disk does not let us.
    """
    try:
        with file:
            file.write(text)
    except OSError:
        # A full disk cuts a file; half a design would be taken for one.
        drop(path)
        raise


def drop(path: Path) -> None:
    """Takes a file away that could not be filled, if the disk lets us."""
    with suppress(OSError):
        path.unlink()


def keep(home: Path, kind: str, name: str, suffix: str, text: str, otherwise: str = "scalegame") -> Path:
    """Writes a text to a new file, and says where it is.

    Raises:
        ScalegameError: The disk does not let us.
    """
    path, file = create(home, kind, name, suffix, otherwise)
    try:
        fill(path, file, text)
    except OSError as error:
        raise ScalegameError("Cannot write", f"{told(path)}: {error.strerror or error}") from error
    return path


def found(name: str, home: Path, kind: str, suffixes: tuple[str, ...]) -> Path | None:
    """A file that was written under a plain name before, or whatever the path leads to; None if there is none.

    Args:
        name: As the player wrote it.
        home: Folder of the saves.
        kind: Folder in it.
        suffixes: Endings that may have been put behind the name.

    Raises:
        ScalegameError: The name cannot be one.
    """
    check(name, home, kind)
    try:
        kept = home / kind / safe_name(name, "-")
        paths = [kept, *(kept.with_name(f"{kept.name}{end}") for end in suffixes)]
        if not os.environ.get(CONFINED):
            paths.append(Path(name).expanduser())
        for path in paths:
            # Not a pipe or a device, which would keep us waiting for ever.
            if path.is_file():
                return path
    except (OSError, ValueError, RuntimeError):
        pass
    return None


def read(path: Path, largest: int) -> str:
    """The text of a file of that many bytes at most.

    Raises:
        ScalegameError: It is larger, or no text, or cannot be read.
    """
    try:
        if path.stat().st_size > largest:
            raise ScalegameError("Too long", f"{told(path)} is too large")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
        raise ScalegameError("Cannot read", f"{told(path)} cannot be read: {reason.lower()}") from None


def told(path: Path) -> str:
    """A path for the status line: from the home folder on, where it is in there."""
    if os.environ.get(CONFINED):
        # Where the saves are on the machine that serves a game is nothing to who plays it in a browser.
        return printable(f"{path.parent.name}/{path.name}")
    try:
        return printable(f"~/{path.relative_to(Path.home()).as_posix()}")
    except (ValueError, RuntimeError):
        return printable(str(path))
