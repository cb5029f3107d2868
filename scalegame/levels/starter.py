"""The level that ``scalegame new`` writes: small, commented, and proved as it is."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from scalegame.errors import Place, ScalegameError

_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")


def starter(id: str) -> str:
    """Return the text of a level to start from, with the given id."""
    text = resources.files("scalegame.levels").joinpath("starter.yaml").read_text(encoding="utf-8")
    return text.replace("my-level", id, 1)


def write_starter(path: Path) -> str:
    """Write a level to start from; a file that is there is never overwritten.

    Returns:
        The id of the level, made of the file's name.

    Raises:
        ScalegameError: It cannot be written there.
    """
    if path.suffix not in (".yaml", ".yml"):
        if path.name.startswith("."):
            message = "a level's file has a name before the .yaml: write my-idea.yaml"
        else:
            message = f"a level is a file that ends in .yaml: write {path.name}.yaml"
        raise ScalegameError("Not a level's name", message)
    id = _NOT_IN_IDS.sub("-", re.sub(r"^[0-9]+-", "", path.stem).lower()).strip("-")[:40]
    if not re.match("[a-z]", id):
        id = f"level-{id}".strip("-")[:40]
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter(id))
    except FileExistsError:
        raise ScalegameError("It exists", "there is such a file already, and it stays", Place(str(path))) from None
    except OSError as error:
        raise ScalegameError("Cannot write", f"cannot be written: {error.strerror}", Place(str(path))) from None
    return id
