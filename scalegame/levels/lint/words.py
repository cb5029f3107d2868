"""What is said around a level."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scalegame.levels.lint.model import Finding, Looked

#: What a board of 80 x 24 has room for.
_LINES, _COLUMNS = 14, 76
_SENTENCE = re.compile(r"[.!?…](?=[\s\"”»')]|$)")
_EDIT = re.compile(r"[a-z0-9_.-]+=\S+")


def find(looked: Looked) -> Iterator[Finding]:
    """Yield what is wrong with the texts."""
    level = looked.level
    lines = level.brief.splitlines()
    if len(lines) > _LINES:
        message = f"the brief has {len(lines)} lines, and a small screen has room for {_LINES}: tell less"
        yield looked.finding("long-brief", message, "brief", key=True)
    widest = max(map(len, lines), default=0)
    if widest > _COLUMNS:
        message = f"a line of the brief has {widest} characters, and a small screen {_COLUMNS}: break it before"
        yield looked.finding("long-brief", message, "brief", key=True)
    if len(_SENTENCE.findall(level.debrief)) < 2:
        message = "the debrief is very short: say in two sentences or more why a design wins, with the figures"
        yield looked.finding("no-debrief", message, "debrief", key=True)
    if not level.outcomes:
        message = "it does not say what is learnt: write outcomes: [explain why …]"
        yield looked.finding("no-outcomes", message, "teaches", key=True)
    yield from _given_away(looked)


def _given_away(looked: Looked) -> Iterator[Finding]:
    if not looked.level.hints:
        return
    first = looked.level.hints[0]
    told = _EDIT.search(first)
    used = {name for attempt in looked.winners for name in looked.used(attempt)}
    # A question may name what is at stake; a plain word like "size" alone gives nothing away.
    names = [name for name in sorted(used) if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", first)]
    if told is not None or (names and "?" not in first):
        what = told.group() if told is not None else names[0]
        message = f"the first hint already says {what}: begin with a question, and say it in the last one"
        yield looked.finding("hint-gives-away", message, "hints", 0)
