"""Tables and links of Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

_WIDTH = 118


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar within a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def wrapped(text: str) -> str:
    """Return blocks with the lines of paragraphs broken; tables and headings stay as they are."""
    return "\n\n".join(
        block
        if block.startswith(("|", "#"))
        else textwrap.fill(block, _WIDTH, break_on_hyphens=False, break_long_words=False)
        for block in text.split("\n\n")
    )


def code(text: str) -> str:
    """Return a word as code."""
    return f"`{text}`"


def slug(heading: str) -> str:
    """Return the anchor that GitHub, and most others, give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def link(text: str, heading: str) -> str:
    """Return a link to a heading of the same page."""
    return f"[{text}](#{slug(heading)})"
