"""A pack as one file: `*.scalepack`, a text that anybody can look into.

It is JSON with the pack's files as texts in it, byte by byte. So there is nothing in it that could be a link, a
programme or an archive that unpacks to more than it is. Still it comes from strangers: everything about it is
bounded and checked before a file is written, and a pack is installed whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from scalegame.design.kinds import Kinds
from scalegame.errors import Place, ScalegameError, quoted
from scalegame.levels.packmodel import Checked, check
from scalegame.levels.packnames import ENDINGS, MOST_FOLDERS, PACK_FILE, check_apart, checked_id, checked_path
from scalegame.levels.unsolved import unsolved
from scalegame.levels.yamltree import LARGEST_FILE

MARK = "scalegame-pack"
"""The key that says what the file is; its value is the format."""

FORMAT = 1

LARGEST = 8 * 1024 * 1024
"""In bytes, of a pack that is one file."""

MOST_FILES = 300

_KEYS = (MARK, "id", "solutions", "files", "digest")
#: What stands between the texts of such a file: braces, commas, colons, blanks.
_LARGEST_REST = 64 * 1024

# Controls, separators of lines that editors do not count as such, marks that reverse what is displayed, and what
# is no character at all. One mark of the byte order may stand in front.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class PackFile:
    """What a `.scalepack` holds.

    Attributes:
        id: Of the pack.
        files: Texts by their paths in the pack.
        solutions: The attempts that win are in it.
        left_out: Files of the folder that no pack can have; known after packing only.
    """

    id: str
    files: Mapping[str, str]
    solutions: bool = True
    left_out: tuple[str, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """A hash of the files: what was damaged on its way is noticed."""
        hashed = hashlib.blake2b(digest_size=16)
        for name in sorted(self.files):
            for part in (name.encode(), self.files[name].encode()):
                hashed.update(len(part).to_bytes(8, "big"))
                hashed.update(part)
        return hashed.hexdigest()


def dumps(pack: PackFile) -> str:
    """Return the text of a pack's file; one pack has one text."""
    files = {name: pack.files[name] for name in sorted(pack.files)}
    data = {MARK: FORMAT, "id": pack.id, "solutions": pack.solutions, "files": files, "digest": pack.digest}
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def loads(text: str | bytes, name: str) -> PackFile:
    """Read a pack's file.

    Args:
        text: What is in it.
        name: What to call it in messages.

    Raises:
        ScalegameError: It is no pack, was damaged, or holds what no pack may.
    """
    place = Place(name)
    try:
        return _checked(_data(text))
    except ScalegameError as error:
        raise error.at(place) from None


def load(path: Path) -> PackFile:
    """Read a pack's file from a disk.

    Raises:
        ScalegameError: As `loads`; or it cannot be read.
    """
    return loads(_content(path, LARGEST, "pack"), str(path))


def pack(where: Path, kinds: Kinds, *, solutions: bool = True) -> tuple[PackFile, Checked]:
    """Return a folder's pack as what one file holds; nothing may be wrong with it.

    Args:
        where: The folder.
        kinds: The registry of kinds of component.
        solutions: Keep attempts that win, comments, certificates and designs.

    Raises:
        ScalegameError: Something is wrong, or cannot be in a pack; `Problems` where there are several.
    """
    checked = check(where, kinds)
    files, left_out = _gathered(where)
    if not solutions:
        kept = unsolved(where, files, kinds)
        left_out += [name for name in files if name not in kept and not name.endswith(".json")]
        files = kept
    found = PackFile(checked.pack.id, files, solutions, tuple(left_out))
    size = len(dumps(found).encode())
    if size > LARGEST:
        message = f"this pack has {size / 2**20:.1f} MB; {LARGEST // 2**20} MB is the most: make two of it"
        raise ScalegameError("Too large", message, Place(str(where)))
    return found, checked


# Reading


def _content(path: Path, most: int, what: str) -> bytes:
    """Return what is in an ordinary file, reading no more of it than is allowed."""
    try:
        if not path.is_file():
            reason = "this is a folder, not a file" if path.is_dir() else "there is no such file"
            raise ScalegameError("Cannot read", reason, Place(str(path)))
        with path.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it is no name of a file").lower()
        raise ScalegameError("Cannot read", f"cannot be read: {reason}", Place(str(path))) from None
    if len(content) > most:
        size = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 1024} KB"
        raise ScalegameError("Too large", f"this is larger than {size}: no {what} needs that", Place(str(path)))
    return content


def _data(text: str | bytes) -> dict[str, object]:
    """Return the JSON object of a file."""
    if len(text) > LARGEST:
        raise ScalegameError("Too large", f"this is larger than {LARGEST // 2**20} MB: no pack needs that")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise ScalegameError("Not text", "this is no pack: it is not UTF-8 text") from None
    # What stands outside of the texts is little in a pack; so what is deep or has millions of values is refused
    # before it is read.
    outside = text.replace("\\\\", "").replace('\\"', "").split('"')[::2]
    if len(outside) > 4 * (MOST_FILES + 100) or sum(map(len, outside)) > _LARGEST_REST:
        raise ScalegameError("Not a pack", f"this is no pack, or one of more than {MOST_FILES} files")
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError:
        raise ScalegameError("Not a pack", "this is no pack: it is nested far too deep") from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        message = f"this is no pack, or it was damaged{where}: export it again"
        raise ScalegameError("Not a pack", message) from None
    if not isinstance(data, dict) or MARK not in data:
        message = "this is no pack: a pack is what scalegame pack export has written"
        raise ScalegameError("Not a pack", message)
    return data


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ScalegameError("Not a pack", f"{quoted(key)} is there twice: this file was tampered with")
        found[key] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise ScalegameError("Not a pack", f"{name} is no value that a pack has")


def _checked(data: Mapping[str, object]) -> PackFile:
    format = data[MARK]
    if isinstance(format, bool) or not isinstance(format, int) or format != FORMAT:
        message = f"this pack has the format {quoted(format)}, and this version of scalegame reads {FORMAT}"
        raise ScalegameError("Other format", message)
    for key in data:
        if key not in _KEYS:
            raise ScalegameError("Not a pack", f"a pack has no {quoted(key)}: this file was tampered with")
    for key in _KEYS:
        if key not in data:
            raise ScalegameError("Not a pack", f"this pack has no {quoted(key)}: export it again")
    id = checked_id(data["id"], own=False)
    given, solutions, digest = data["files"], data["solutions"], data["digest"]
    if not isinstance(given, dict) or not isinstance(solutions, bool) or not isinstance(digest, str):
        raise ScalegameError("Not a pack", "this pack was damaged: export it again")
    if len(given) > MOST_FILES:
        raise _too_many()
    files: dict[str, str] = {}
    for name, text in given.items():
        checked_path(name)
        if not isinstance(text, str):
            raise ScalegameError("Not a pack", f"{quoted(name)} is no text")
        _check_text(name, text)
        files[name] = text
    check_apart(files)
    if PACK_FILE not in files:
        raise ScalegameError("Not a pack", f"there is no {PACK_FILE} in this pack: export it again")
    packed = PackFile(id, files, solutions)
    if packed.digest != digest:
        message = "the files of this pack are not those that were exported: it was damaged, get it again"
        raise ScalegameError("Damaged", message)
    return packed


def _check_text(name: str, text: str) -> None:
    strange = _NOT_TEXT.search(text) or re.search("\ufeff", text[1:])
    if strange is not None:
        message = f"{quoted(name)} has the control character U+{ord(strange.group()):04X} in it: remove it"
        raise ScalegameError("Not text", message)
    if len(text) > LARGEST_FILE or len(text.encode()) > LARGEST_FILE:
        message = f"{quoted(name)} is larger than {LARGEST_FILE // 1024} KB: no file of a pack needs that"
        raise ScalegameError("Too large", message)


def _too_many() -> ScalegameError:
    return ScalegameError("Too many", f"a pack has {MOST_FILES} files at most: make two of it")


# Packing


def _gathered(where: Path) -> tuple[dict[str, str], list[str]]:
    """Return the files of a folder that a pack can have, and the names of those that it cannot."""
    files: dict[str, str] = {}
    left_out: list[str] = []
    waiting = [where]
    seen = 0
    while waiting:
        folder = waiting.pop(0)
        try:
            inside = sorted(folder.iterdir(), key=lambda path: path.name)
        except OSError as error:
            reason = (error.strerror or "it is closed").lower()
            raise ScalegameError("Cannot read", f"cannot be read: {reason}", Place(str(folder))) from None
        for path in inside:
            seen += 1
            if seen > 20 * MOST_FILES:
                raise ScalegameError("Too many", "there are thousands of files in here: is it the right folder?")
            name = path.relative_to(where).as_posix()
            if path.name.startswith("."):
                continue  # what a person does not see is not handed on
            if path.is_symlink():
                message = "this is a link, and a pack has none: put the file itself there"
                raise ScalegameError("Link", message, Place(str(path)))
            if path.is_dir():
                if name.count("/") < MOST_FOLDERS:
                    waiting.append(path)
                else:
                    left_out.append(f"{name}/")
            elif not path.name.endswith(ENDINGS) or not stat.S_ISREG(path.lstat().st_mode):
                left_out.append(name)
            else:
                files[name] = _text_of(path, name)
        if len(files) > MOST_FILES:
            raise _too_many().at(Place(str(where)))
    try:
        check_apart(files)
    except ScalegameError as error:
        raise error.at(Place(str(where))) from None
    return files, left_out


def _text_of(path: Path, name: str) -> str:
    try:
        checked_path(name)
        text = _content(path, LARGEST_FILE, "file of a pack").decode("utf-8")
        _check_text(name, text)
    except UnicodeDecodeError:
        message = "this is not UTF-8 text: save it as UTF-8, or give it another ending"
        raise ScalegameError("Not text", message, Place(str(path))) from None
    except ScalegameError as error:
        raise error.at(Place(str(path))) from None
    return text
