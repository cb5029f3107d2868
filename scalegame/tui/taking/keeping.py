"""Files that a player asks for: pictures, recordings and texts, beside the saves, never one over another."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TextIO

from scalegame.errors import ScalegameError, printable

PICTURES, RECORDINGS, TEXTS = "pictures", "recordings", "texts"
#: Letters of a file's name at most, without its ending.
LONGEST_NAME = 60
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


def create(home: Path, kind: str, name: str, suffix: str, otherwise: str = "scalegame") -> tuple[Path, TextIO]:
    """Makes a new file; where one of that name is there already, a number is put behind it.

    Args:
        home: Folder of the saves.
        kind: Folder in it: `PICTURES`, `RECORDINGS` or `TEXTS`.
        name: As the player wrote it, or made up.
        suffix: Its ending, with the dot.
        otherwise: The name where nothing usable was written.

    Raises:
        ScalegameError: The disk does not let us.
    """
    stem = safe_name(name, otherwise)
    if stem.lower().endswith(suffix):
        stem = stem[: -len(suffix)] or otherwise
    folder = home / kind
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for count in range(1, _MOST + 1):
            path = folder / f"{stem}{'' if count == 1 else f'-{count}'}{suffix}"
            try:
                # Exclusive: a file that is there, or a link that somebody put there, is not followed.
                return path, os.fdopen(
                    os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644), "w", encoding="utf-8"
                )
            except FileExistsError:
                continue
    except OSError as error:
        raise ScalegameError("Cannot write", f"{printable(str(folder))}: {error.strerror or error}") from error
    raise ScalegameError("Cannot write", f"There are {_MOST} files called {stem}{suffix} already.")


def keep(home: Path, kind: str, name: str, suffix: str, text: str, otherwise: str = "scalegame") -> Path:
    """Writes a text to a new file, and says where it is.

    Raises:
        ScalegameError: The disk does not let us.
    """
    path, file = create(home, kind, name, suffix, otherwise)
    try:
        with file:
            file.write(text)
    except OSError as error:
        raise ScalegameError("Cannot write", f"{printable(str(path))}: {error.strerror or error}") from error
    return path


def told(path: Path) -> str:
    """A path for the status line: from the home folder on, where it is in there."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return printable(str(path))
