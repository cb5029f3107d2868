"""A pack's folder, as lists read it: what the pack says of itself, and the first keys of its levels.

Nothing here waits for the simulator to be imported, and files are not looked at as a whole: `packmodel` does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scalegame.errors import Place, ScalegameError, quoted
from scalegame.levels import heading
from scalegame.levels.naming import CAMPAIGN, full_id
from scalegame.levels.packnames import (
    LEVEL_ENDINGS,
    PACK_FILE,
    check_apart,
    checked_id,
    checked_path,
    number_of,
    numbered,
    words_of,
)
from scalegame.levels.yamltree import LARGEST_FILE, Data, Document
from scalegame.levels.yamltree import load as load_yaml
from scalegame.units import Dimension, parse

FORMAT = 1
"""Of a pack's file."""

MOST_LEVELS = 250
"""In a pack."""

LONGEST_LINE = 120
"""Characters of a title, or of another line, that lists show."""

LONGEST_ABOUT = 2000
"""Characters of what a pack says of itself."""

UNLOCK = 0.6
"""Which share of a chapter opens the next one, where a pack does not say."""

_INDEXED = ("id", "title", "chapter", "chapter_title", "difficulty", "teaches", "level", "board", *heading.KEYS)
_PACKED = ("format", "id", "title", "author", "licence", "language", "about", "unlock", "chapters")
_TOP_KEY = re.compile(r"(\w+)\s*:")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list shows of a level, read from its first keys alone: the rest of the file is not looked at.

    Attributes:
        path: Of the file.
        id: Of the level; what it is found by. In a pack of somebody's, the pack's id stands in front.
        chapter: Its number in the pack.
        position: Within the chapter.
        own: Its id within its pack.
        pack: Id of its pack; "" if it is in none.
        variants: Names of its variants.
        drawn: There are instances by number, too.
    """

    path: Path
    id: str
    title: str
    chapter: int
    chapter_title: str
    position: int
    difficulty: int
    teaches: tuple[str, ...] = ()
    own: str = ""
    pack: str = ""
    variants: tuple[str, ...] = ()
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a pack says of a chapter.

    Attributes:
        title: For people.
        levels: Paths of its levels, from the pack's folder.
    """

    title: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack says of itself.

    Attributes:
        folder: Where it is.
        id: Small letters, digits and -.
        title: For people.
        author, licence, about: As written; "" if it does not say.
        language: Of its texts.
        unlock: Which share of a chapter's levels opens the next chapter; None: everything is open.
        chapters: In order; None: folders and files, by number and name.
    """

    folder: Path
    id: str
    title: str
    author: str = ""
    licence: str = ""
    language: str = "en"
    about: str = ""
    unlock: float | None = UNLOCK
    chapters: tuple[Chapter, ...] | None = None


def read_pack(where: Path, name: str | None = None) -> Pack:
    """Return what a pack says of itself, as far as lists need it (`packmodel.check` looks at everything).

    Args:
        where: Its folder.
        name: What to call the folder in messages.

    Raises:
        ScalegameError: There is no pack, or what it says cannot be used.
    """
    path = where / PACK_FILE
    if path.is_symlink():
        raise ScalegameError("Link", f"{path} is a link: put the file itself there")
    document = load_yaml(_head(path, _PACKED), f"{name or where}/{PACK_FILE}")
    data = document.data if isinstance(document.data, dict) else {}
    if data.get("format") != FORMAT or isinstance(data.get("format"), bool):
        message = f"this is no pack that this version of scalegame can read: a pack begins with format: {FORMAT}"
        raise ScalegameError("Not a pack", message, document.place(("format",)))
    texts = {key: _line(document, key) for key in ("title", "author", "licence", "language")}
    if not texts["title"]:
        message = "a pack needs a title, as in title: Queues at work"
        raise ScalegameError("No title", message, document.place(("title",)))
    try:
        id = checked_id(data.get("id"), own=False)
    except ScalegameError as error:
        raise error.at(document.place(("id",))) from None
    about = data.get("about")
    return Pack(
        folder=where,
        id=id,
        title=texts["title"],
        author=texts["author"],
        licence=texts["licence"],
        language=texts["language"] or "en",
        about=about[:LONGEST_ABOUT].strip() if isinstance(about, str) else "",
        unlock=_unlock(document, data.get("unlock", "60 %")),
        chapters=_chapters(document, data["chapters"]) if "chapters" in data else None,
    )


def unlock_share(value: object) -> float | None:
    """Return the share of a chapter's levels that opens the next one; None: every chapter is open.

    Raises:
        ScalegameError: It is neither a share nor "none".
    """
    if value == "none":
        return None
    try:
        share = parse(value, Dimension.RATIO)
    except ScalegameError:
        share = -1.0
    if not 0 < share <= 1:
        raise ScalegameError("Bad share", f"{quoted(value)} opens no chapter: write a share, as in 60 %, or none")
    return share


def _unlock(document: Document, value: Data) -> float | None:
    try:
        return unlock_share(value)
    except ScalegameError as error:
        raise error.at(document.place(("unlock",))) from None


def _line(document: Document, key: str) -> str:
    assert isinstance(document.data, dict)
    value = document.data.get(key, "")
    if not isinstance(value, str):
        raise ScalegameError("Not text", f"{quoted(key)} must be text", document.place((key,)))
    # More is refused where files are read as a whole; a list is not to be flooded meanwhile.
    return " ".join(value[:LONGEST_LINE].split())


def _chapters(document: Document, given: Data) -> tuple[Chapter, ...]:
    found: list[Chapter] = []
    for i, chapter in enumerate(given if isinstance(given, list) else [None]):
        title = chapter.get("title") if isinstance(chapter, dict) else None
        levels = chapter.get("levels") if isinstance(chapter, dict) else None
        if not isinstance(title, str) or not isinstance(levels, list) or not title.strip() or not levels:
            message = "chapters are a list of {title: Queues, levels: [01-queues/01-full.yaml]}"
            raise ScalegameError("Not chapters", message, document.place(("chapters", i)))
        for j, path in enumerate(levels):
            try:
                checked_path(path, LEVEL_ENDINGS, folders=1)
            except ScalegameError as error:
                raise error.at(document.place(("chapters", i, "levels", j))) from None
        found.append(Chapter(" ".join(title[:LONGEST_LINE].split()), tuple(str(path) for path in levels)))
    return tuple(found)


def entries_of(pack: Pack, language: str = "") -> tuple[Entry, ...]:
    """Return the levels of a pack, in its order.

    Raises:
        ScalegameError: A file is missing, is no level, or is there twice; or there are too many.
    """
    found: dict[str, Entry] = {}
    for number, title, paths in _parts(pack):
        position = 0
        for path in paths:
            if path.parent != pack.folder and (path.parent / PACK_FILE).exists():
                # Its levels would be known by the other pack's id.
                message = f"a pack has one {PACK_FILE}, at its top: remove this one"
                raise ScalegameError("Pack in a pack", message, Place(str(path.parent / PACK_FILE)))
            entry = _entry(path, pack, number, title, position + 1, language)
            if entry is None:
                continue
            position = entry.position
            other = found.get(entry.own.lower())
            if other is not None:
                message = f"{entry.own} is the id of {path} and of {other.path}: give one another"
                raise ScalegameError("Duplicate level", message)
            found[entry.own.lower()] = entry
    return tuple(found.values())


def _parts(pack: Pack) -> Iterator[tuple[int, str, Sequence[Path]]]:
    """Yield number, title and files of each chapter."""
    root = pack.folder.resolve()
    if pack.chapters is None:
        yield from _by_name(pack.folder, root)
        return
    named = [path for chapter in pack.chapters for path in chapter.levels]
    check_apart(named)
    if len(named) > MOST_LEVELS:
        raise _too_many(pack.folder)
    for i, name in enumerate(named):
        if name in named[:i]:
            raise ScalegameError(
                "Twice", f"{name} is there twice: name it once", Place(str(pack.folder / PACK_FILE))
            )
    for number, chapter in enumerate(pack.chapters, 1):
        for name in chapter.levels:
            path = pack.folder / name
            if not path.is_file() or not _inside(path, root):
                reason = "is a link out of the pack" if path.is_file() else "is not there"
                message = f"{name} {reason}: chapters name the files of the pack"
                raise ScalegameError("No such level", message, Place(str(pack.folder / PACK_FILE)))
        yield number, chapter.title, [pack.folder / name for name in chapter.levels]


def _by_name(where: Path, root: Path) -> Iterator[tuple[int, str, Sequence[Path]]]:
    """Yield what is in a folder whose pack does not say: its files, then those of its folders."""
    count, last = 0, 0
    for inside in (root, *(path for path in _listed(root) if path.is_dir() and _inside(path, root))):
        own = inside == root
        paths = [
            path if own else where / inside.name / path.name
            for path in _listed(inside)
            if path.suffix in LEVEL_ENDINGS
            and not (own and path.name == PACK_FILE)
            and path.is_file()
            and _inside(path, root)
        ]
        if not paths:
            continue
        count += len(paths)
        if count > MOST_LEVELS:
            raise _too_many(where)
        given = None if own else number_of(inside.name)
        last = given if given is not None and given > last else last + 1
        yield last, "" if own else words_of(inside.name), [where / path.name if own else path for path in paths]


def _listed(where: Path) -> list[Path]:
    """Return what is in a folder, in the order of numbers and names; what is hidden is left out."""
    try:
        found = []
        for path in where.iterdir():
            if not path.name.startswith((".", "_")):
                found.append(path)
            if len(found) > 10 * MOST_LEVELS:
                raise _too_many(where)
    except OSError as error:
        raise ScalegameError("Cannot read", f"cannot be read: {error.strerror}", Place(str(where))) from None
    return sorted(found, key=lambda path: numbered(path.name))


def _inside(path: Path, root: Path) -> bool:
    """Tell whether a file is where it seems to be: a link may not lead out of the folder."""
    return path.resolve().is_relative_to(root)


def _too_many(where: Path) -> ScalegameError:
    message = f"there are more than {MOST_LEVELS} levels, or far more files: make two packs of it"
    return ScalegameError("Too many", message, Place(str(where)))


def _entry(path: Path, pack: Pack, chapter: int, title: str, position: int, language: str) -> Entry | None:
    """Return what a list shows of a file; None for a design, which is no level."""
    document = load_yaml(_head(path, _INDEXED), str(path))
    if isinstance(document.data, dict) and "level" in document.data and "board" not in document.data:
        return None
    data = heading.heading(document, language)
    difficulty, teaches = data.get("difficulty"), data.get("teaches")
    variants, drawn = heading.variants_of(data)
    own = _text(data, "id", path)
    given = data.get("chapter_title")
    # A pack with a list of chapters says what they are called and how they are numbered, else the files do.
    listed = pack.chapters is not None
    number = data.get("chapter") if pack.id in ("", CAMPAIGN) else None
    file_number = None if listed else number_of(path.name)
    return Entry(
        path=path,
        id=full_id(own, pack.id),
        title=_text(data, "title", path),
        chapter=number if isinstance(number, int) and not listed else chapter,
        chapter_title=title if listed else " ".join(str(given or title or pack.title)[:LONGEST_LINE].split()),
        position=file_number if file_number is not None and file_number >= position else position,
        difficulty=difficulty if isinstance(difficulty, int) and 1 <= difficulty <= 5 else 1,
        teaches=tuple(" ".join(str(topic).split()) for topic in teaches) if isinstance(teaches, list) else (),
        own=own,
        pack=pack.id,
        variants=variants,
        drawn=drawn,
    )


def _text(data: Mapping[str, Data], key: str, path: Path) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ScalegameError("Not a level", f"{path} has no {key}: scalegame validate says what is wrong with it")
    # More is refused where files are read as a whole; a list is not to be flooded meanwhile.
    return " ".join(value[:LONGEST_LINE].split())


def _head(path: Path, keys: Sequence[str]) -> str:
    """Return the lines of a file that a list needs, where they were: whole files would take too long to read."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            text = file.read(LARGEST_FILE)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise ScalegameError("Cannot read", f"cannot be read: {reason}", Place(str(path))) from None
    lines, wanted = [], False
    for line in text.splitlines():
        if line[:1] not in (" ", "#", "", "-"):
            match = _TOP_KEY.match(line)
            wanted = match is not None and match[1] in keys
        lines.append(line if wanted else "")
    return "\n".join(lines)
