"""Levels to start from: small, commented, and proved as they are."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

from scalegame.design.kinds import Kinds
from scalegame.errors import Place, ScalegameError, nearest, quoted
from scalegame.files import rewrite

#: What there is to start from, and what each is about.
ARCHETYPES = {
    "capacity": "a machine that is too small: a bigger one, or more of them",
    "cache": "what is asked for again and again: a cache, or an index",
    "queue": "a peak: take it now and do it later, or be quick enough for it",
    "failure": "a machine that falls over: another one, or something that waits for it",
    "lock": "threads in each other's way: fewer of them, or more locks",
    "blank": "an empty board: everything is to be built",
}
#: Beside a level, for editors: what may stand in it.
SCHEMA_FILE = "level.schema.json"

_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
_MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"


def archetype(like: str, id: str) -> str:
    """Return the text of a level to start from, with the given id.

    Raises:
        ScalegameError: There is no such archetype.
    """
    if like not in ARCHETYPES:
        message = f"there is nothing called {quoted(like)} to start from{nearest(like, ARCHETYPES)}"
        raise ScalegameError("Unknown name", message)
    text = resources.files("scalegame.levels.archetypes").joinpath(f"{like}.yaml").read_text(encoding="utf-8")
    return text.replace("id: my-level", f"id: {id}", 1)


def write_archetype(path: Path, like: str = "capacity", *, schema: bool = True) -> str:
    """Write a level to start from; a file that is there is never overwritten.

    Args:
        path: Of the new file.
        like: Which of `ARCHETYPES`.
        schema: The first line tells editors of the schema beside it, which `write_schema` writes.

    Returns:
        The id of the level, made of the file's name.

    Raises:
        ScalegameError: It cannot be written there, or there is no such archetype.
    """
    if path.suffix not in (".yaml", ".yml"):
        if path.name.startswith("."):
            message = "a level's file has a name before the .yaml: write my-idea.yaml"
        else:
            message = f"a level is a file that ends in .yaml: write {path.name}.yaml"
        raise ScalegameError("Not a level's name", message)
    id = _NOT_IN_IDS.sub("-", re.sub(r"^[0-9]+-", "", path.stem).lower()).strip("-")[:40].strip("-")
    if not re.match("[a-z]", id):
        id = f"level-{id}".strip("-")[:40].strip("-")
    text = archetype(like, id)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text if schema else text.removeprefix(_MODELINE))
    except FileExistsError:
        raise ScalegameError("It exists", "there is such a file already, and it stays", Place(str(path))) from None
    except OSError as error:
        raise ScalegameError("Cannot write", f"cannot be written: {error.strerror}", Place(str(path))) from None
    return id


def write_schema(folder: Path, kinds: Kinds) -> Path | None:
    """Write the JSON Schema of levels into a folder, for editors, unless there is one.

    Returns:
        The file; None if it was there already.

    Raises:
        ScalegameError: It cannot be written.
    """
    from scalegame.levels.schema import level_schema

    path = folder / SCHEMA_FILE
    if path.exists() or path.is_symlink():
        return None
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **level_schema(kinds)}
    rewrite(path, json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    return path
