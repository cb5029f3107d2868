"""Too few ideas, or a palette that gives the answer."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.levels.lint.model import Finding, Looked

_WINNERS, _LOSERS = 2, 3


def find(looked: Looked) -> Iterator[Finding]:
    """Yield what is wrong with the choice that a player has."""
    level = looked.level
    if not level.attempts:
        message = f"there are no attempts: write {_WINNERS} that win and {_LOSERS} that lose, for scalegame prove"
        yield looked.finding("few-ideas", message)
        return
    losers = [a for a in level.attempts if not a.wins]
    if len(looked.winners) < _WINNERS:
        message = "fewer than two attempts win: a level with one solution is a riddle"
        yield looked.finding("few-ideas", message, "attempts", key=True)
    if len(losers) < _LOSERS:
        message = f"fewer than {_LOSERS} attempts lose: what looks right, and is not?"
        yield looked.finding("few-ideas", message, "attempts", key=True)
    book = level.rulebook
    offered = {*book.palette, *book.projects}
    offered |= {f"{card}.{name}" for card, allowed in book.adjust.items() for name in allowed}
    used = [looked.used(attempt) for attempt in looked.winners]
    if offered and used and all(offered <= each for each in used):
        message = (
            "every attempt that wins uses all there is: the palette is the answer – offer something else, too"
        )
        yield looked.finding("answer-key", message, "palette", key=True)
