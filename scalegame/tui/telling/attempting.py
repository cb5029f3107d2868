"""A player's attempts on a level, made comparable: numbers, the trade-off front, designs in words (pure)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from scalegame.design import edits
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.insight.front import Trade, standings
from scalegame.levels.model import Level
from scalegame.progress.model import Attempt, Measured
from scalegame.tui.telling.words import day, line, plural, price
from scalegame.units import Dimension, show, whole

#: So many attempts are looked at; whoever has more is told of the latest.
MOST = 500
_LATENCY = re.compile(r"^(?:.+\.)?latency\.\w+$")


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt among the others.

    Attributes:
        number: 1 for the first on this level.
        attempt: As it was kept.
        trade: What it asks for and gives.
        on_front: It won, and no other that won beats it.
        beaten_by: Numbers of those on the front that beat it.
    """

    number: int
    attempt: Attempt
    trade: Trade
    on_front: bool = False
    beaten_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """All attempts on a level that can be compared.

    Attributes:
        tried: The latest first.
        others: How many attempts were made at another version of the level, or with other goals.
        latency: What is compared as latency, as the goal writes it ("latency.p99"); "" if no goal asks for one.
        target: What that goal asks for, seconds, or NaN.
    """

    tried: tuple[Tried, ...]
    others: int
    latency: str
    target: float

    def numbered(self, number: int) -> Tried | None:
        """The attempt of that number."""
        return next((one for one in self.tried if one.number == number), None)


def record_of(level: Level, attempts: Sequence[Attempt]) -> Record:
    """Makes attempts comparable.

    Args:
        level: As it is now.
        attempts: On it, the latest first, as the store gives them.
    """
    current = [attempt for attempt in attempts if attempt.digest == level.digest]
    goals = [measured.text for measured in current[0].objectives] if current else []
    same = [attempt for attempt in current if [measured.text for measured in attempt.objectives] == goals]
    numbers = {id(attempt): len(attempts) - index for index, attempt in enumerate(attempts)}
    trades = [Trade(attempt.cost, _latency(attempt), attempt.parts) for attempt in same]
    won = [index for index, attempt in enumerate(same) if attempt.won]
    among = standings([trades[index] for index in won])
    better = {index: tuple(numbers[id(same[won[i]])] for i in by) for index, by in zip(won, among, strict=True)}
    asked = next((m for a in same[:1] for m in a.objectives if _is_latency(m)), None)
    return Record(
        tuple(
            Tried(numbers[id(attempt)], attempt, trades[index], better.get(index) == (), better.get(index, ()))
            for index, attempt in enumerate(same)
        ),
        len(attempts) - len(same),
        asked.text.split()[0] if asked else "",
        asked.target if asked else math.nan,
    )


def numbered(record: Record, words: str) -> Tried | None:
    """The attempt that a typed number means; None if it means none."""
    number = whole(words)
    return None if number is None else record.numbered(number)


def _is_latency(measured: Measured) -> bool:
    return bool(_LATENCY.match(measured.text.split()[0])) if measured.text else False


def _latency(attempt: Attempt) -> float:
    """What the first latency goal measured; NaN where nothing was answered, or no goal asks."""
    value = next((m.value for m in attempt.objectives if _is_latency(m)), None)
    return math.nan if value is None else value


def seconds(value: float) -> str:
    """A time, or a dash."""
    return "–" if math.isnan(value) else show(value, Dimension.TIME)


def row(one: Tried) -> Content:
    """An attempt on one line of a list."""
    attempt = one.attempt
    sign, colour = ("✓", "$success") if attempt.won else ("✗", "$error")
    place = ("◆", "$warning") if one.on_front else ("", "")
    return line(
        (f"{one.number:>3} ", "$quiet"),
        (f"{sign} ", colour),
        f"{price(attempt.cost):>8} {seconds(one.trade.latency):>8} {attempt.parts:>3}  ",
        place,
    )


#: What stands over the columns of `row`.
HEAD = f"{'':>3}   {'cost':>8} {'latency':>8} {'parts':>3}"


def about(one: Tried, level: Level, now: float) -> Content:
    """An attempt in a few lines: when, what came of it, where it stands, the design in words."""
    attempt = one.attempt
    if attempt.won:
        stars = f", stars for {', '.join(attempt.stars)}" if attempt.stars else ""
        came = f"won{stars}"
    else:
        missed = sum(not measured.held for measured in attempt.objectives)
        came = f"lost: {missed} of {plural(len(attempt.objectives), 'goal')} missed"
    if one.on_front:
        stands = "On the front: nothing of yours beats it in everything."
    elif one.beaten_by:
        stands = f"Beaten by {_listed(one.beaten_by)}: as good in everything, better in something."
    else:
        stands = "Only what has won can be on the front."
    return Content("\n").join(
        [
            line((f"Attempt {one.number}", "bold"), (f"  {ago(now - attempt.at)}  ", "$quiet"), came),
            line((stands, "$warning" if one.on_front else "$quiet")),
            line(("Design  ", "bold"), "; ".join(design_words(attempt, level)) or "the board as found"),
        ]
    )


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:4])
    return shown + ("" if len(numbers) <= 4 else " …")


def board_of(attempt: Attempt, level: Level) -> Board:
    """The board that was tried.

    Raises:
        ScalegameError: It cannot be made any more.
    """
    return edits.apply_all(level.found, attempt.lines, level.rulebook)


def design_words(attempt: Attempt, level: Level) -> tuple[str, ...]:
    """What the design changed on the board as found, for people."""
    try:
        return edits.summary(level.found, board_of(attempt, level), level.rulebook)
    except ScalegameError:
        return tuple(attempt.lines)


def ago(passed: float) -> str:
    """How long ago something was, roughly; `passed` in seconds."""
    for size, name in ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute")):
        if passed >= size:
            return f"{plural(int(passed // size), name)} ago"
    return "just now"


def as_text(record: Record, level: Level) -> str:
    """All attempts as plain text, to be copied."""
    title = f"{level.title}: attempts ({record.latency or 'no latency goal'})"
    rows = [title, f"{HEAD}  when"]
    for one in record.tried:
        when = day(one.attempt.at, hour=True)
        rows.append(f"{row(one).plain:<38}{when}  {'; '.join(design_words(one.attempt, level))}".rstrip())
    return "\n".join(rows) + "\n"


def standing_of(record: Record) -> str:
    """Where the latest attempt, which won, stands among the others that won; "" if it is the only one."""
    won = [one for one in record.tried if one.attempt.won]
    if len(won) < 2:
        return ""
    latest, on = won[0], sum(one.on_front for one in won)
    if latest.on_front:
        return f"this one is on your front; {on} of the {len(won)} that won are."
    verb = "beats" if len(latest.beaten_by) == 1 else "beat"
    return f"{_listed(latest.beaten_by)} {verb} it: as good in everything, better in something."
