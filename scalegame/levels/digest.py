"""The hash of a level: of everything that decides a run or a verdict, and of nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum

from scalegame.design.conditions import Conditions
from scalegame.design.world import Step
from scalegame.levels.model import Level

DECIDES = ("own", "rulebook", "network", "workloads", "faults", "window", "objectives", "stars", "live", "clocks")
"""The parts of a level that count. Its own id does: seeds are derived from it."""

# What a part is called in the hash.
_NAMES = {"own": "id"}

# Functions, and what is for people only; what a freedom allows follows from the rest.
# Where a card stands on the canvas changes nothing about the system.
_LEFT_OUT = frozenset({"kinds", "title", "says", "position", "freedom"})


def digest_of(level: Level) -> Level:
    """Return the level with its digest."""
    # Levels that are only watched have the digest that they always had.
    parts = {_NAMES.get(part, part): getattr(level, part) for part in DECIDES if getattr(level, part) is not None}
    plain = {part: _plain(value) for part, value in parts.items()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return replace(level, digest=hashlib.blake2b(text.encode(), digest_size=16).hexdigest())


def _plain(value: object) -> object:
    """Return a value as JSON can write it. Mappings keep their order: that of operations decides draws."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return repr(value)
        case Enum():
            return value.value
        case Mapping():
            return [
                [str(key) if isinstance(key, str) else _plain(key), _plain(item)] for key, item in value.items()
            ]
        case tuple() | list():
            return [_plain(item) for item in value]
        case frozenset() | set():
            return sorted((_plain(item) for item in value), key=repr)
    if is_dataclass(value):
        plain = {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            # Levels that decide about their world have no conditions, and the digest that they always had.
            if field.name not in _LEFT_OUT and getattr(value, field.name) != Conditions()
        }
        # A call and a message have the same fields.
        return {"": type(value).__name__, **plain} if isinstance(value, Step) else plain
    raise TypeError(f"no part of a level: {value!r}")
