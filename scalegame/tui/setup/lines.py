"""Files of a player that are lines of a name and what it is to be: the settings and the keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scalegame.errors import Place, ScalegameError

if TYPE_CHECKING:
    from scalegame.levels.yamltree import Document


def read_lines(path: Path, what: str, example: str) -> tuple[Document | None, dict[Any, Any]]:
    """Reads such a file.

    Args:
        path: The file.
        what: What it is about: "keys".
        example: A line of it.

    Returns:
        The file, which knows where everything stands, and its lines by name; None and no lines where it is not
        there.

    Raises:
        ScalegameError: It cannot be read, or is something else.
    """
    if not path.exists():
        return None, {}
    from scalegame.levels import yamltree

    document = yamltree.load(path, str(path))
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        message = f'{what} are lines such as "{example}"'
        raise ScalegameError(f"Wrong {what}", message, Place(str(path), 1, 1))
    return document, data
