"""Where a variable stands in a text: `${name}`; `$${` are these two signs themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from scalegame.levels.yamltree import Data

DECLARED = ("variables", "variants", "drawn")
"""Keys of a level that say what its variables are; everywhere else they are used."""

SLOT = re.compile(r"\$\$\{|\$\{(?P<name>[^{}\n]*)(?P<end>\}?)")
"""A slot, or the signs themselves (no name); without an end it was not closed."""


def names_in(text: str) -> Iterator[str]:
    """Yield the names of the variables that a text has slots for."""
    for match in SLOT.finditer(text):
        if match["name"] is not None and match["end"]:
            yield match["name"].strip()


def used_in(level: Mapping[str, Data]) -> set[str]:
    """Return the names of the variables that are used anywhere in a level's data."""
    found: set[str] = set()
    # Without recursion: files are deep at will. A sentence with a colon in it was read as a mapping.
    waiting: list[Data] = [value for key, value in level.items() if key not in DECLARED]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            found.update(names_in(each))
        elif isinstance(each, dict):
            waiting += [*each, *each.values()]
        elif isinstance(each, list):
            waiting += each
    return found


def put_in(text: str, value: Callable[[str], str | None]) -> str:
    """Return a text with values in its slots; where there is none, the slot stays."""

    def said(match: re.Match[str]) -> str:
        if match["name"] is None:
            return "${"
        found = value(match["name"].strip()) if match["end"] else None
        return match[0] if found is None else found

    return SLOT.sub(said, text)
