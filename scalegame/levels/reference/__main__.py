"""Writes what is generated into pages: the reference, and the map from levels to chapters of the book."""

from __future__ import annotations

import sys
from pathlib import Path

from scalegame.levels.curriculum import MARK as MAP
from scalegame.levels.curriculum import table
from scalegame.levels.reference import MARK, filled, reference

MADE = {MARK: reference, MAP: table}


def main(paths: list[str]) -> None:
    """Fill the pages given, each with whatever it has markers for."""
    for path in map(Path, paths):
        text = path.read_text(encoding="utf-8")
        for mark, make in MADE.items():
            if f"<!-- begin {mark} -->" in text:
                text = filled(text, mark, make())
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
