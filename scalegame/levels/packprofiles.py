"""What a level takes over from the pack it is in: the pack's id, and profiles that several levels share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scalegame.errors import Problems, ScalegameError, nearest, quoted
from scalegame.levels.fields import MOST_PROBLEMS
from scalegame.levels.packnames import checked_id
from scalegame.levels.schema import ProfileShape
from scalegame.levels.yamltree import Data, Document, Loc
from scalegame.levels.yamltree import load as load_yaml

PACK_FILE = "pack.yaml"
"""What makes a folder a pack."""

PARTS = tuple(ProfileShape.model_fields)
"""Keys of a level that a profile may have."""


@dataclass(frozen=True, slots=True)
class PackHead:
    """As much of a pack as its levels need.

    Attributes:
        id: Of the pack; "" if its file does not say (and is perhaps something else).
        document: Of its `pack.yaml`.
    """

    id: str
    document: Document


def pack_of(path: Path) -> PackHead | None:
    """Return the pack that a level's file is in: that of its folder, or of the folder above.

    Raises:
        ScalegameError: There is a pack, but its file cannot be read.
    """
    folder = path.parent.resolve()
    for inside in (folder, folder.parent):
        file = inside / PACK_FILE
        try:
            if not file.is_file() or (file.name == path.name and inside == folder):
                continue
            if file.resolve().parent != inside:
                raise ScalegameError("Link", f"{file} is a link out of its folder: put the file itself there")
            status = file.stat()
        except OSError:
            continue  # a folder that one may not look into says nothing
        name = str(file) if path.is_absolute() else os.path.relpath(file)
        return _head(file, name, status.st_mtime_ns, status.st_size)
    return None


@lru_cache(maxsize=8)
def _head(file: Path, name: str, changed: int, size: int) -> PackHead:
    del changed, size  # only there so that a file that was saved again is read again
    document = load_yaml(file, name)
    id = document.data.get("id") if isinstance(document.data, dict) else None
    try:
        return PackHead(checked_id(id, own=False), document)
    except ScalegameError:
        return PackHead("", document)


def with_profiles(document: Document, head: PackHead | None) -> Document:
    """Return a level's document with the profiles that it names put in.

    What the level says itself goes before a profile, and the first profile before the others, one level deep: a
    size, a link, a program is taken as a whole. Places of what comes from a profile are those in the pack's file.

    Raises:
        ScalegameError: A profile is not there, or has something in it that no profile can have.
    """
    data = document.data
    assert isinstance(data, dict)
    names = data.get("profiles")
    if not isinstance(names, list) or not names:
        return document  # what is no list of names is refused with the rest of the shape
    known = _profiles(document, head)
    problems: list[ScalegameError] = []
    chosen: dict[str, Mapping[str, Data]] = {}
    for i, name in enumerate(names):
        if isinstance(name, str) and name in known and name not in chosen:
            chosen[name] = known[name]
        elif isinstance(name, str):
            there = f"no profile of the pack is called {quoted(name)}{nearest(name, known)}"
            message = "this profile is there twice: remove one" if name in chosen else there
            problems.append(ScalegameError("Unknown profile", message, document.place(("profiles", i))))
    if problems:
        raise Problems(problems)
    assert head is not None
    merged, branches = dict(data), dict[Loc, tuple[Document, Loc]]()
    for part in PARTS:
        given = {name: profile[part] for name, profile in chosen.items() if part in profile}
        own = data.get(part, [] if part == "places" else {})
        if not given or not isinstance(own, list if part == "places" else dict):
            continue  # the wrong type is refused with the rest of the shape
        # Where the level has nothing of its own, the whole stands where the first profile has it.
        if part not in data:
            branches[part,] = (head.document, ("profiles", next(iter(given)), part))
        join = _listed if part == "places" else _mapped
        merged[part] = join(part, document, own, head.document, given, branches)
    return document.grown(merged, branches)


def _profiles(document: Document, head: PackHead | None) -> Mapping[str, Mapping[str, Data]]:
    """Return the profiles of a pack, checked."""
    if head is None:
        message = f"profiles stand in {PACK_FILE} beside this file or in the folder above, and there is none"
        raise ScalegameError("No pack", message, document.place(("profiles",), key=True))
    data = head.document.data
    given = data.get("profiles", {}) if isinstance(data, dict) else {}
    place = head.document.place
    if not isinstance(given, dict):
        message = "profiles must be a mapping: {machines: {sizes: …}}"
        raise ScalegameError("Not profiles", message, place(("profiles",)))
    problems: list[ScalegameError] = []
    for name, profile in given.items():
        if not isinstance(profile, dict):
            message = f"a profile is a mapping with some of {', '.join(PARTS)}"
            problems.append(ScalegameError("Not a profile", message, place(("profiles", name))))
            continue
        for key, value in profile.items():
            loc: Loc = ("profiles", name, key)
            if key not in PARTS:
                message = f"a profile has no {quoted(key)}{nearest(key, PARTS)}"
                problems.append(ScalegameError("Unknown key", message, place(loc, key=True)))
            elif not isinstance(value, list if key == "places" else dict):
                wanted = "a list of names" if key == "places" else 'a mapping, with "name: value" inside'
                problems.append(ScalegameError("Wrong type", f"{quoted(key)} must be {wanted}", place(loc)))
        _find_variables(profile, ("profiles", name), head.document, problems)
    if problems:
        raise Problems(problems[:MOST_PROBLEMS])
    return {name: profile for name, profile in given.items() if isinstance(profile, dict)}


def _find_variables(value: Data, loc: Loc, document: Document, problems: list[ScalegameError]) -> None:
    match value:
        case str() if "${" in value:
            message = (
                "profiles are shared, so there are no variables in them: give the level its own value instead"
            )
            problems.append(ScalegameError("Variable out of place", message, document.place(loc)))
        case list():
            for i, item in enumerate(value):
                _find_variables(item, (*loc, i), document, problems)
        case dict():
            for key, item in value.items():
                _find_variables(item, (*loc, key), document, problems)


def _mapped(
    part: str,
    document: Document,
    own: Data,
    pack: Document,
    given: Mapping[str, Data],
    branches: dict[Loc, tuple[Document, Loc]],
) -> Data:
    """Return the entries of the profiles in their order, then those that only the level has."""
    assert isinstance(own, dict)
    found: dict[str, Data] = {}
    for name, entries in given.items():
        assert isinstance(entries, dict)
        for key, value in entries.items():
            if key not in found:
                found[key] = own.get(key, value)
                branches[part, key] = (
                    (document, (part, key)) if key in own else (pack, ("profiles", name, part, key))
                )
    return {**found, **own}


def _listed(
    part: str,
    document: Document,
    own: Data,
    pack: Document,
    given: Mapping[str, Data],
    branches: dict[Loc, tuple[Document, Loc]],
) -> Data:
    """Return what the profiles list, then what the level lists besides."""
    assert isinstance(own, list)
    found: list[Data] = []
    sources = [(pack, ("profiles", name, part), items) for name, items in given.items()] + [
        (document, (part,), own)
    ]
    for source, loc, items in sources:
        assert isinstance(items, list)
        theirs: list[Data] = []
        for i, item in enumerate(items):
            # What one of them has twice is a mistake of its own, and told as such.
            if item not in found or item in theirs:
                branches[part, len(found)] = (source, (*loc, i))
                found.append(item)
                theirs.append(item)
    return found
