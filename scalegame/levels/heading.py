"""What a list shows of a level: its first keys in somebody's language, without reading the rest of the file."""

from __future__ import annotations

from collections.abc import Mapping

from scalegame.levels.languages import choose
from scalegame.levels.slots import put_in
from scalegame.levels.yamltree import Data, Document

KEYS = ("format", "language", "texts", "variables", "variants", "drawn")
"""Keys that are needed beside those that the list shows."""


def heading(document: Document, language: str = "") -> Mapping[str, Data]:
    """Return the data of a document of the first keys, its title translated and variables put in.

    Nothing is checked: what is wrong is told when the level itself is read.

    Args:
        document: Of the keys that the list shows, and of `KEYS`.
        language: That is wanted.
    """
    data = document.data if isinstance(document.data, dict) else {}
    found = dict(data)
    texts, own = data.get("texts"), data.get("language")
    if isinstance(texts, dict):
        spoken = texts.get(choose(language, own if isinstance(own, str) else "en", texts))
        if isinstance(spoken, dict) and isinstance(spoken.get("title"), str):
            found["title"] = spoken["title"]
    if data.get("format") == 0:  # there were no variables then
        return found
    variables = data.get("variables")
    names = variables if isinstance(variables, dict) else {}

    def value(name: str) -> str | None:
        known = name in names and not isinstance(names[name], dict | list)
        return document.written(("variables", name)) if known else None

    for key in ("title", "chapter_title"):
        text = found.get(key)
        if isinstance(text, str):
            found[key] = put_in(text, value)
    return found


def variants_of(data: Mapping[str, Data]) -> tuple[tuple[str, ...], bool]:
    """Return the names of a level's variants, and whether there are instances by number, too."""
    variants = data.get("variants")
    return tuple(variants) if isinstance(variants, dict) else (), bool(data.get("drawn"))
