"""The level that ``scalegame new`` writes unless another is asked for."""

from __future__ import annotations

from pathlib import Path

from scalegame.levels.archetypes import archetype, write_archetype


def starter(id: str) -> str:
    """Return the text of a level to start from, with the given id."""
    return archetype("capacity", id)


def write_starter(path: Path) -> str:
    """Write a level to start from; a file that is there is never overwritten.

    Returns:
        The id of the level, made of the file's name.

    Raises:
        ScalegameError: It cannot be written there.
    """
    return write_archetype(path)
