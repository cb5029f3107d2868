"""The reference part of `levels/README.md`, made of what the code knows: keys, steps, kinds, limits.

``python -m scalegame.levels.reference levels/README.md`` writes it between its markers.
"""

from __future__ import annotations

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels.reference import parts, shapes
from scalegame.levels.reference.markdown import wrapped

MARK = "reference"
"""What the markers around it are called."""


def reference() -> str:
    """Return the whole reference, as Markdown; headings begin at the third level."""
    return wrapped("\n\n".join((*shapes.sections(), *parts.sections(kinds()))))


def filled(text: str, mark: str, body: str) -> str:
    """Return a page with what stands between two markers replaced.

    Args:
        text: The page, with a line ``<!-- begin MARK -->`` and a line ``<!-- end MARK -->``.
        mark: The name in both.
        body: What is to stand there.

    Raises:
        ScalegameError: A marker is missing, or there twice.
    """
    first, last = f"<!-- begin {mark} -->", f"<!-- end {mark} -->"
    if text.count(first) != 1 or text.count(last) != 1 or text.index(first) > text.index(last):
        raise ScalegameError("No markers", f"the page needs one line {first} and, after it, one line {last}")
    before, after = text[: text.index(first)], text[text.index(last) :]
    return f"{before}{first}\n{body}\n{after}"
