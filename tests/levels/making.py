"""Makes packs for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

LEVEL = (Path(__file__).parent / "sample.yaml").read_text(encoding="utf-8")


def make_pack(where: Path, levels: Mapping[str, str], more: str = "", id: str = "") -> Path:
    """Write a pack of sample levels, ids by file; its own id is the name of its folder if not given."""
    where.mkdir(parents=True)
    head = f"format: 1\nid: {id or where.name}\ntitle: A pack\n{more}\n"
    (where / "pack.yaml").write_text(head, encoding="utf-8")
    for name, level in levels.items():
        path = where / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(LEVEL.replace("id: sample", f"id: {level}"), encoding="utf-8")
    return where
