"""Whose designs are in a folder, as students hand them in and as Moodle and Canvas hand them on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scalegame.competition.model.submission import LARGEST
from scalegame.errors import ScalegameError, printable

ENDINGS = (".yaml", ".yml", ".json", ".txt")
"""Of files that may hold a design: a design file, or a share code in a text."""

MOST_STUDENTS = 2000
MOST_FILES = 20
"""Of one student; all of them are judged, and the best one counts."""

#: Surname First_12345_assignsubmission_file_, from the right: names may have underscores.
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>[0-9]{1,15})_assignsubmission_(?:file|onlinetext)_?")
#: surnamefirst_LATE_12345_67890_design.yaml
_CANVAS = re.compile(r"(?P<name>[^_]+)(?:_LATE)?_(?P<id>[0-9]{1,15})_[0-9]{1,15}_(?P<file>.+)")


@dataclass(frozen=True, slots=True)
class Student:
    """Who handed something in.

    Attributes:
        name: As file or folder say it; what cannot be shown is escaped.
        moodle: Number of the participant, where the folder's name tells it; else "".
        canvas: Number of the user, where the file's name tells it; else "".
        files: What was handed in, by name.
        problem: Why none of it can be looked at; "" if it can.
    """

    name: str
    moodle: str = ""
    canvas: str = ""
    files: tuple[Path, ...] = field(default=())
    problem: str = ""


def students(where: Path) -> tuple[Student, ...]:
    """Who is in a folder, by name. Links are not followed.

    Raises:
        ScalegameError: It is no folder, or has nobody in it, or too many.
    """
    if not where.is_dir():
        raise ScalegameError("No folder", f"{where} is no folder: name the one with the students' designs")
    found = list(_gathered(where))
    if not found:
        message = f"nobody is in {where}: a file or a folder a student, ending in {', '.join(ENDINGS)}"
        raise ScalegameError("Nobody there", message)
    if len(found) > MOST_STUDENTS:
        raise ScalegameError("Too many", f"{where} has over {MOST_STUDENTS:,} students: grade them in parts")
    return tuple(found)


def content(path: Path) -> bytes:
    """What is in a file, and no more than a design can be.

    Raises:
        ScalegameError: It cannot be read, or is larger.
    """
    try:
        with path.open("rb") as file:
            found = file.read(LARGEST + 1)
    except OSError as error:
        raise ScalegameError("Not read", f"it cannot be read: {error.strerror}") from None
    if len(found) > LARGEST:
        raise ScalegameError("Too large", f"it has over {LARGEST:,} bytes: that is no design")
    return found


def _gathered(where: Path) -> Iterator[Student]:
    several: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(where.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink():
            yield Student(printable(path.stem), problem="it is a link, and links are not followed")
        elif path.is_dir():
            yield _folder(path)
        elif path.is_file() and path.suffix.lower() in ENDINGS:
            canvas = _CANVAS.fullmatch(path.name)
            name, id = (canvas["name"], canvas["id"]) if canvas else (path.stem, "")
            several.setdefault((name, id), []).append(path)
    for (name, id), paths in several.items():
        yield Student(printable(name), canvas=id, files=tuple(paths[:MOST_FILES]))


def _folder(where: Path) -> Student:
    moodle = _MOODLE.fullmatch(where.name)
    name, id = (moodle["name"], moodle["id"]) if moodle else (where.name, "")
    inside = sorted(path for path in where.rglob("*") if path.suffix.lower() in ENDINGS)
    files = [path for path in inside if path.is_file() and not path.is_symlink()][:MOST_FILES]
    links = any(path.is_symlink() for path in inside)
    problem = (
        "" if files else "there is only a link, and links are not followed" if links else "there is no design"
    )
    return Student(printable(name), moodle=id, files=tuple(files), problem=problem)
