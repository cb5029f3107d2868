"""The kinds of component: one module each. A new module with a `KIND` is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from scalegame.design.kinds import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name, in the order in which their modules are sorted.

    Raises:
        ValueError: A module has no `KIND`, or two kinds share a name.
    """
    found: dict[str, Kind] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        kind = getattr(importlib.import_module(f"{__name__}.{module.name}"), "KIND", None)
        if not isinstance(kind, Kind):
            raise ValueError(f"scalegame.components.{module.name} has no KIND")
        if kind.name in found:
            raise ValueError(f"two kinds of component are called {kind.name!r}")
        found[kind.name] = kind
    return MappingProxyType(found)
