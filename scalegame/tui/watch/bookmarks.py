"""Moments of a run that a player wants to come back to, kept for a level, a design and a seed (pure)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Of one run, at most; and characters of a name.
MOST, LONGEST = 50, 40


@dataclass(frozen=True, slots=True, order=True)
class Bookmark:
    """A moment of a run.

    Attributes:
        time: Simulated seconds.
        name: Given by the player, or "".
    """

    time: float
    name: str = ""


def key(level: str, design: Iterable[str], seed: int) -> str:
    """What the bookmarks of a run are kept under.

    Args:
        level: Its id.
        design: The lines of the design; where cards stand makes no difference.
        seed: Of the run.
    """
    text = "\n".join(line for line in design if not line.startswith("move "))
    return f"bookmarks/{level}/{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}/{seed}"


def read(text: str) -> tuple[Bookmark, ...]:
    """Bookmarks as they were kept; what is not one is left out."""
    try:
        rows = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return ()
    found = set()
    for row in rows if isinstance(rows, list) else ():
        match row:
            case [int() | float() as time, str() as name] if math.isfinite(time) and time >= 0:
                found.add(Bookmark(float(time), name_of(name)))
    return tuple(sorted(found)[:MOST])


def write(marks: Iterable[Bookmark]) -> str:
    """Bookmarks as they are kept."""
    return json.dumps([[mark.time, mark.name] for mark in marks])


def name_of(text: str) -> str:
    """A name as it is kept: one line, printable, not too long."""
    return "".join(c for c in text if c.isprintable())[:LONGEST].strip()


def nearest(marks: Iterable[Bookmark], time: float, within: float) -> Bookmark | None:
    """The bookmark next to a moment, if one is `within` seconds of it."""
    close = [mark for mark in marks if abs(mark.time - time) <= within]
    return min(close, key=lambda mark: abs(mark.time - time), default=None)


def with_mark(marks: Sequence[Bookmark], mark: Bookmark) -> tuple[Bookmark, ...]:
    """One more, in order of time; the same as before if there are as many as can be kept."""
    return tuple(marks) if len(marks) >= MOST else tuple(sorted({*marks, mark}))


def without(marks: Sequence[Bookmark], mark: Bookmark) -> tuple[Bookmark, ...]:
    """All but one."""
    return tuple(one for one in marks if one != mark)
