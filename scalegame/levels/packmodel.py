"""A pack as a whole: the shape of its file, and everything that can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, ValidationError, WithJsonSchema

from scalegame.design.kinds import Kinds
from scalegame.errors import Place, Problems, ScalegameError, is_control
from scalegame.levels import packs
from scalegame.levels.fields import MOST_PROBLEMS, Language, Name, Shape, problems_of, refused
from scalegame.levels.load import read
from scalegame.levels.model import Level
from scalegame.levels.packfolder import MOST_LEVELS, UNLOCK, Pack, entries_of, read_pack, unlock_share
from scalegame.levels.packnames import LEVEL_ENDINGS, PACK_FILE, check_apart, checked_id, checked_path
from scalegame.levels.schema import ProfileShape
from scalegame.levels.yamltree import load as load_yaml


def _plain(text: str) -> str:
    line = " ".join(text.split())
    if any(is_control(char) for char in line):
        raise refused("must be plain text in one line: there is a character in it that cannot be seen")
    return line


def _id(value: object) -> str:
    try:
        # Whether it may be the campaign's is up to the folder.
        return checked_id(value, own=False)
    except ScalegameError as error:
        raise refused(error.message) from None


def _level_path(value: object) -> str:
    try:
        return checked_path(value, LEVEL_ENDINGS, folders=1)
    except ScalegameError as error:
        raise refused(error.message) from None


def _unlock(value: object) -> float | None:
    try:
        return unlock_share(value)
    except ScalegameError as error:
        raise refused(error.message) from None


Title = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_plain)]
Line = Annotated[str, Field(max_length=120), AfterValidator(_plain)]
_TEXT = WithJsonSchema({"type": "string"})


class ChapterShape(Shape):
    """A chapter of a pack."""

    title: Title = Field(description="For people.")
    levels: list[Annotated[str, PlainValidator(_level_path), _TEXT],] = Field(
        min_length=1,
        max_length=MOST_LEVELS,
        description="Its levels in order, as paths from the pack's folder: [01-queues/01-full.yaml].",
    )


class PackShape(Shape):
    """The file `pack.yaml`, which makes a folder of levels a pack."""

    format: Literal[1] = Field(description="The format of this file: 1.")
    id: Annotated[str, PlainValidator(_id), WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9-]*$"})] = (
        Field(description="Of the pack, unique among those of a player: small letters, digits and -.")
    )
    title: Title = Field(description="For people.")
    author: Line = Field("", description="Who wrote it.")
    licence: Line = Field("", description="What others may do with it, as in CC BY 4.0.")
    language: Language = Field("en", description="Of the texts in this file, as in en or de.")
    about: str = Field("", max_length=2000, description="What it teaches, and whom.")
    unlock: Annotated[
        float | None,
        PlainValidator(_unlock),
        WithJsonSchema({"type": "string", "examples": ["60 %", "none"]}),
    ] = Field(
        UNLOCK,
        description="Which share of a chapter's levels opens the next chapter; none: everything is open.",
    )
    chapters: list[ChapterShape] | None = Field(
        None,
        min_length=1,
        max_length=99,
        description="Chapters in order; left out: folders and files, by number and name.",
    )
    profiles: dict[Name, ProfileShape] = Field(
        default_factory=dict, max_length=100, description="What several levels share; see profiles of a level."
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """A pack in which nothing is wrong.

    Attributes:
        pack: What it says of itself.
        levels: In its order, each as its file has it.
    """

    pack: Pack
    levels: tuple[Level, ...]


def check_file(path: Path, name: str | None = None) -> PackShape:
    """Read the file of a pack, with every problem at its line and column; its levels are not looked at.

    Args:
        path: Of the `pack.yaml`.
        name: What to call it in messages; the path if not given.

    Raises:
        ScalegameError: It is no pack's file; `Problems` where there are several.
    """
    if path.is_symlink():
        raise ScalegameError("Link", "this is a link: put the file itself there", Place(name or str(path)))
    document = load_yaml(path, name)
    if not isinstance(document.data, dict):
        message = "this is no pack: it is a mapping that begins with format: 1, id: … and title: …"
        raise ScalegameError("Not a pack", message, document.place(()))
    try:
        shape = PackShape.model_validate(document.data)
    except ValidationError as error:
        raise Problems(problems_of(error, PackShape, document)) from None
    named = [level for chapter in shape.chapters or () for level in chapter.levels]
    try:
        check_apart(named)
    except ScalegameError as error:
        raise error.at(document.place(("chapters",))) from None
    return shape


def check(where: Path, kinds: Kinds, name: str | None = None) -> Checked:
    """Read a whole pack: its file, and all its levels with their variants.

    Args:
        where: Its folder.
        kinds: The registry of kinds of component.
        name: What to call the folder in messages; its path if not given.

    Raises:
        ScalegameError: Something is wrong; `Problems` where there are several.
    """
    called = name or str(where)
    if not (where / PACK_FILE).exists():
        what = "there is no such folder" if not where.is_dir() else f"there is no {PACK_FILE} in it"
        raise ScalegameError("No pack", f"this is no pack: {what}", Place(called))
    check_file(where / PACK_FILE, f"{called}/{PACK_FILE}")
    pack = read_pack(where, called)
    if where.resolve() != packs.folder().resolve():
        try:
            checked_id(pack.id)
        except ScalegameError as error:
            raise error.at(Place(f"{called}/{PACK_FILE}")) from None
    entries = entries_of(pack)
    if not entries:
        raise ScalegameError("Empty", "there is no level in this pack: put .yaml files into it", Place(called))
    problems: list[ScalegameError] = []
    levels = []
    for entry in entries:
        inside = entry.path.relative_to(where).as_posix()
        try:
            document = load_yaml(entry.path, f"{called}/{inside}")
            levels.append(packs.as_listed(read(document, entry.path, kinds), entry))
            for variant in levels[-1].variants:
                read(document, entry.path, kinds, variant)
        except ScalegameError as error:
            problems.append(error)
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise Problems(problems)
    return Checked(pack, tuple(levels))
