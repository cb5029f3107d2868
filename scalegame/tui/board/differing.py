"""How a board differs from another, in words (pure functions)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content

from scalegame.design import edits, price
from scalegame.design.model import Board
from scalegame.levels.model import Level
from scalegame.tui.setup.keymap import KeyOf
from scalegame.tui.telling.words import difference, hours, line
from scalegame.tui.telling.words import price as dollars

#: How an amount is written.
Write = Callable[[float], str]

#: What a line begins with, and its colour.
_STYLES = {"+": "$success", "–": "$error", "~": "$warning"}


@dataclass(frozen=True, slots=True)
class Differing:
    """A board against another.

    Attributes:
        against: What the other board is, as in "against the board as found".
        lines: What is new (+), changed (~) and gone (–).
        cost: Before and after, dollars per hour.
        work: Before and after, hours.
    """

    against: str
    lines: tuple[str, ...]
    cost: tuple[float, float]
    work: tuple[float, float]

    @property
    def is_none(self) -> bool:
        """Whether the two are the same system."""
        return not self.lines

    def totals(self) -> str:
        """Cost and work and how they differ."""
        return f"cost {_moved(*self.cost, dollars)} · work {_moved(*self.work, hours)}"


def differing(before: Board, after: Board, level: Level, against: str) -> Differing:
    """What differs from `before` to `after`."""
    rules = level.rulebook
    told = (text if text[:1] in _STYLES else f"~ {text}" for text in edits.summary(before, after, rules))
    return Differing(
        against,
        tuple(text.replace("->", "→") for text in told),
        (price.cost(before, rules), price.cost(after, rules)),
        (price.effort(rules.found, before, rules), price.effort(rules.found, after, rules)),
    )


def in_full(found: Differing, key: KeyOf) -> Content:
    """Every difference, a line each; `key` names the keys of the board's actions."""
    rows = [line((f"Against {found.against}", "bold")), line((found.totals(), "$primary")), line("")]
    if found.is_none:
        rows.append(line(("It is the same system.", "$quiet")))
    rows += [line((text[:1], f"bold {_STYLES[text[0]]}"), text[1:]) for text in found.lines]
    rows += [line(""), line((f"{key('difference')} the next comparison  {key('back')} none", "$quiet"))]
    return Content("\n").join(rows)


def in_short(found: Differing, key: KeyOf) -> Content:
    """The differences in one line: what they cost, then what they are; `key` as above."""
    (cost, cost_now), (work, work_now) = found.cost, found.work
    totals = [difference(cost, cost_now, dollars), difference(work, work_now, hours)]
    paid = "  ".join(total for total in totals if total)
    told = f"{key('details')}: all   {'   '.join(found.lines)}" if found.lines else "the same system"
    return line((f"against {found.against}  ", "bold $primary"), (f"{paid}   " if paid else "", "bold"), told)


def _moved(before: float, after: float, write: Write) -> str:
    change = difference(before, after, write)
    return f"{write(after)} ({change})" if change else f"{write(after)} as before"
