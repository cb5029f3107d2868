"""What a pack shares among its levels, and none of them takes."""

from __future__ import annotations

from pathlib import Path

from scalegame.errors import ScalegameError, printable
from scalegame.levels.lint.model import Finding
from scalegame.levels.packfolder import entries_of, read_pack
from scalegame.levels.packnames import PACK_FILE
from scalegame.levels.yamltree import Data
from scalegame.levels.yamltree import load as load_yaml


def lint_pack(where: Path) -> tuple[Finding, ...]:
    """Look the file of a sound pack over.

    Args:
        where: Its folder.

    Returns:
        Profiles that no level of the pack takes, in the order of the file; nothing as long as a level cannot be
        read: it may be the one that does.

    Raises:
        ScalegameError: There is no pack, or it cannot be used.
    """
    document = load_yaml(where / PACK_FILE)
    profiles = document.data.get("profiles") if isinstance(document.data, dict) else None
    if not isinstance(profiles, dict) or not profiles:
        return ()
    used: set[str] = set()
    for entry in entries_of(read_pack(where)):
        try:
            used |= _named(load_yaml(entry.path).data)
        except ScalegameError:
            return ()
    return tuple(
        Finding(
            "unused",
            printable(f"the profile {name} is not used: no level of the pack names it – leave it out"),
            document.place(("profiles", name), key=True),
        )
        for name in profiles
        if name not in used
    )


def _named(level: Data) -> set[str]:
    names = level.get("profiles") if isinstance(level, dict) else None
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
