"""Packs without solutions: levels as they are, without what gives them away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from scalegame.design.kinds import Kinds
from scalegame.errors import Place, ScalegameError
from scalegame.levels.designs import is_design
from scalegame.levels.load import read
from scalegame.levels.packnames import LEVEL_ENDINGS, PACK_FILE
from scalegame.levels.slots import DECLARED, used_in
from scalegame.levels.yamltree import Data
from scalegame.levels.yamltree import load as load_yaml

_GIVES_AWAY = ("mechanism", "accepts")
"""Keys of a level that are for its proof, and name what wins."""


_WIDTH = 110
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def unsolved(where: Path, files: Mapping[str, str], kinds: Kinds) -> dict[str, str]:
    """Return the files of a pack without attempts that win, comments, certificates and designs.

    Levels stay what they are: so does their digest, and so do their texts.

    Args:
        where: The pack's folder.
        files: Its files, by path.
        kinds: The registry of kinds of component.

    Raises:
        ScalegameError: A level would be another one without its comments.
    """
    found: dict[str, str] = {}
    for name, text in files.items():
        # Certificates name what wins, and what an author writes beside the levels may explain it.
        if not name.endswith(LEVEL_ENDINGS):
            continue
        if name == PACK_FILE:
            found[name] = _rewritten(text, name, load_yaml(text, name).data)
        elif not is_design(load_yaml(text, name)):
            found[name] = _level(where / name, text, name, kinds)
    return found


def without_solutions(data: Mapping[str, Data]) -> dict[str, Data]:
    """Return a level's data without the attempts that win, and without what names them."""
    found = {key: value for key, value in data.items() if key not in _GIVES_AWAY}
    attempts = found.get("attempts")
    if not isinstance(attempts, dict):
        return found
    gone = {name for name, attempt in attempts.items() if _wins(attempt)}
    _take_out(found, gone)
    texts = found.get("texts")
    if isinstance(texts, dict):
        spoken: dict[str, Data] = {}
        for language, said in texts.items():
            spoken[language] = dict(said) if isinstance(said, dict) else said
            _take_out(spoken[language], gone)
        found["texts"] = spoken
    _take_unused_out(found)
    return found


def _take_unused_out(data: dict[str, Data]) -> None:
    """Take out variables that nothing is left of: what only a solution used could be the solution."""
    used = used_in(data)
    for key in DECLARED:
        declared = data.get(key)
        if not isinstance(declared, dict):
            continue
        if key == "variants":
            data[key] = {name: _only(values, used) for name, values in declared.items()}
        elif kept := _only(declared, used):
            data[key] = kept
        else:
            del data[key]


def _only(values: Data, used: set[str]) -> Data:
    return {name: value for name, value in values.items() if name in used} if isinstance(values, dict) else values


def _take_out(data: Data, gone: set[str]) -> None:
    """Take attempts out; what has none left says nothing of them."""
    attempts = data.get("attempts") if isinstance(data, dict) else None
    if isinstance(data, dict) and isinstance(attempts, dict):
        kept = {name: attempt for name, attempt in attempts.items() if name not in gone}
        if kept:
            data["attempts"] = kept
        else:
            del data["attempts"]


def _wins(attempt: Data) -> bool:
    expected = attempt.get("expect") if isinstance(attempt, dict) else None
    # What loses is known by its objective; everything else could be a solution.
    return not (isinstance(expected, dict) and expected.get("loses") is not None)


def _level(path: Path, text: str, name: str, kinds: Kinds) -> str:
    before = load_yaml(text, name)
    data = before.data
    assert isinstance(data, dict)
    wanted = without_solutions(data)
    written = _rewritten(text, name, wanted)
    level = read(before, path, kinds)
    for variant in ("", *level.variants):
        after = read(load_yaml(written, name), path, kinds, variant)
        if after.digest != read(before, path, kinds, variant).digest:
            raise _changed(name)
    return written


def _rewritten(text: str, name: str, wanted: Data) -> str:
    """Return YAML that says `wanted`, written as `text` writes it, without comments."""
    for plain in (False, True):
        try:
            events = yaml.parse(text.removeprefix("\ufeff"), Loader=_LOADER)
            kept = _Keeper(events, plain=plain).kept(wanted)
            written = str(yaml.emit(kept, width=_WIDTH, allow_unicode=True))
            if load_yaml(written, name).data == wanted:
                return written
        except (yaml.YAMLError, ScalegameError):
            continue
    raise _changed(name)


def _changed(name: str) -> ScalegameError:
    message = "this file cannot be written without its comments: take solutions and comments out yourself"
    return ScalegameError("Cannot take out", message, Place(name))


class _Keeper:
    """Walks through the events of a document, and leaves out what is not wanted of it."""

    def __init__(self, events: Iterable[Any], *, plain: bool) -> None:
        """Takes the events; `plain` says texts of several lines in quotes, which nothing is lost in."""
        self._events = iter(events)
        self._plain = plain
        self._found: list[Any] = []

    def kept(self, wanted: Data) -> list[Any]:
        """Return the events that are left."""
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                self._node(event, wanted, keep=True)
            else:
                self._found.append(event)
        return self._found

    def _node(self, event: Any, wanted: Data, *, keep: bool) -> None:
        self._put(event, keep)
        if isinstance(event, yaml.SequenceStartEvent):
            for number, inside in enumerate(iter(lambda: next(self._events), None)):
                if isinstance(inside, yaml.SequenceEndEvent):
                    self._put(inside, keep)
                    return
                self._node(inside, wanted[number] if isinstance(wanted, list) else None, keep=keep)
        elif isinstance(event, yaml.MappingStartEvent):
            while not isinstance(key := next(self._events), yaml.MappingEndEvent):
                stays = keep and isinstance(wanted, dict) and key.value in wanted
                self._put(key, stays)
                value = wanted[key.value] if stays and isinstance(wanted, dict) else None
                self._node(next(self._events), value, keep=stays)
            self._put(key, keep)

    def _put(self, event: Any, keep: bool) -> None:
        if not keep:
            return
        if self._plain and isinstance(event, yaml.ScalarEvent) and event.style in ("|", ">"):
            event = yaml.ScalarEvent(None, None, (False, True), event.value, style='"')
        self._found.append(event)
