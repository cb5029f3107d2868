"""What an author types to keep the board as an attempt: `two-small-ones loses availability says …`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scalegame.errors import ScalegameError, quoted
from scalegame.levels.fields import checked_name
from scalegame.levels.rewrite import NewAttempt
from scalegame.verdict.model import Objective
from scalegame.verdict.objectives import index_of, subject_of

FORM = "NAME wins, or NAME loses OBJECTIVE; behind it: says WHAT IT TEACHES"
_LONGEST = 2000
_WORDS = re.compile(
    r"(?P<name>\S+)\s+(?:(?P<wins>wins)|loses(?:\s+(?P<loses>(?!says\b).+?))?)(?:\s+says\b\s*(?P<says>.*))?",
    re.DOTALL,
)


def named(words: str, do: Sequence[str], live: Sequence[str], objectives: Sequence[Objective]) -> NewAttempt:
    """Return the attempt that a typed line makes of a board.

    Args:
        words: What was typed.
        do: The edits that make the board.
        live: What is done while it runs.
        objectives: Of the level.

    Raises:
        ScalegameError: It says no name, or no expectation.
    """
    match = _WORDS.fullmatch(words.strip()) if len(words) <= _LONGEST else None
    subjects = [subject_of(objective) for objective in objectives]
    if match is None:
        raise ScalegameError("No attempt", f"write {FORM}")
    if not match["wins"] and not match["loses"]:
        raise ScalegameError("No objective", f"say which objective it misses: loses {' or '.join(subjects)}")
    loses = ""
    if match["loses"]:
        at = index_of(match["loses"], objectives)
        loses = subjects[at] if subjects.count(subjects[at]) == 1 else objectives[at].text
    says = " ".join((match["says"] or "").split())
    if len(says) > 1 and says[0] == says[-1] and says[0] in "\"'":
        says = says[1:-1].strip()
    if match["says"] is not None and not says:
        raise ScalegameError("Says nothing", f"what does {quoted(match['name'])} teach? Write it behind says")
    return NewAttempt(checked_name(match["name"]), tuple(do), loses, says, tuple(live))
