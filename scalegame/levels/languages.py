"""Which language somebody gets: what is asked for, what a terminal says, and what there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
"""A language as it is written: en, de, de-AT."""


def choose(wanted: str, own: str, others: Iterable[str]) -> str:
    """Return the language that somebody gets who wants one: it, one that is close to it, or the file's own.

    Args:
        wanted: As in "de" or "de-AT"; "" is the file's own.
        own: Of the file.
        others: That it has besides.
    """
    there = [own, *others]
    for language in there:
        if language.casefold() == wanted.casefold():
            return language
    first = wanted.casefold().split("-")[0]
    near = sorted((one for one in there if one.casefold().split("-")[0] == first), key=lambda one: one.count("-"))
    return near[0] if wanted and near else own


def of_environment(environ: Mapping[str, str]) -> str:
    """Return the language that a terminal is set to, as in "de-AT"; "" where it says none."""
    said = next(filter(None, (environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    plain = said.split(".")[0].split("@")[0].replace("_", "-")
    return plain if LANGUAGE.fullmatch(plain) else ""
