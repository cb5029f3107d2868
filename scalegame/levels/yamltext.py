"""Writes text as YAML, so that every reader of YAML gets it back as it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import yaml

from scalegame.errors import ScalegameError, quoted
from scalegame.levels.yamltree import load as load_yaml


def scalar(text: str, quotes: str = "") -> str:
    """Return text as it can stand anywhere in a document: in lines, in braces, as a key.

    Args:
        text: To write; on one line.
        quotes: The quotation mark to use; anything else: none where none is needed.

    Raises:
        ScalegameError: It has characters that the reader refuses: controls, and what reverses what is displayed.
    """
    if quotes == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if quotes != '"' and _is_plain(text):
        return text
    written = json.dumps(text, ensure_ascii=False)
    try:
        if load_yaml(written).data == text:
            return written
    except ScalegameError:
        pass
    raise ScalegameError("Not text", f"{quoted(text)} has characters that no level file may have")


def flow_list(items: Sequence[str]) -> str:
    """Return a list in brackets of what is written already."""
    return f"[{', '.join(items)}]"


@cache
def _resolver() -> yaml.SafeLoader:
    return yaml.SafeLoader("")


def _is_plain(text: str) -> bool:
    """Whether text needs no quotes, for this reader and for those that take "no" for a truth value."""
    if not text.isprintable():
        return False
    resolve: Any = _resolver().resolve
    if resolve(yaml.ScalarNode, text, (True, False)) != "tag:yaml.org,2002:str":
        return False
    try:
        data = load_yaml(f"- {{{text}: [{text}, {text}]}}\n- {text}: {text} # note\n").data
    except ScalegameError:
        return False
    return data == [{text: [text, text]}, {text: text}]
