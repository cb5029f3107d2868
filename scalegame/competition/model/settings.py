"""How a competition is held (pure data), and in which phase it is at a moment (pure functions)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["lesson", "contest"]
Groups = Literal["individuals", "pairs", "teams"]
Phase = Literal["waiting", "open", "locked", "over"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A level of a competition.

    Attributes:
        level: Its id, with the variant (`own-work:rush@steep`).
        opens: Seconds after the start from which it can be seen and played: a late variant changes the load
            while everybody is at work.
    """

    level: str
    opens: float = 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the optional single score; see `ranking.score` for what they weigh. They need not sum to 1."""

    cost: float = 0.0
    latency: float = 0.0
    availability: float = 0.0
    parts: float = 0.0
    speed: float = 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a competition is held. Moments are Unix time, in seconds; None: not before somebody says so.

    Attributes:
        title: For people.
        mode: A lesson ranks nobody; a contest does.
        groups: Who hands in together.
        members: Of a team at most: 1 for individuals, 2 for pairs.
        slots: The levels in order.
        start: From when on levels can be seen and designs handed in.
        end: When the final standings are shown.
        freeze: From when on the standings stay as they are until the end.
        lock: From when on nothing can be handed in; None: the end.
        paused: Since when everything stands still; None: it does not.
        limit: Designs that a team may hand in on a level within `every` seconds; 0: as many as it likes.
        every: Seconds; see `limit`.
        hidden_seeds: That final standings are judged on.
        live_on_hidden: Standings before the end are judged on hidden seeds, too; otherwise on the play seeds,
            which everybody can run for himself.
        weights: Of a single score; None: none is shown.
        lasts: Seconds from the start to the end, while nobody has said when it starts; see `started`.
        freeze_before: Seconds before that end at which standings freeze; None: they do not.
        lock_before: Seconds before that end from which on nothing can be handed in; None: the end.
    """

    title: str
    mode: Mode
    slots: tuple[Slot, ...]
    groups: Groups = "teams"
    members: int = 4
    start: float | None = None
    end: float | None = None
    freeze: float | None = None
    lock: float | None = None
    paused: float | None = None
    limit: int = 0
    every: float = 3600.0
    hidden_seeds: int = 20
    live_on_hidden: bool = False
    weights: Weights | None = None
    lasts: float | None = None
    freeze_before: float | None = None
    lock_before: float | None = None


def started(settings: Settings, now: float) -> Settings:
    """Starts at a moment; what was said relative to the end gets its moment, too.

    Args:
        settings: Of a competition that has not started.
        now: Unix time, seconds.
    """
    end = now + settings.lasts if settings.end is None and settings.lasts is not None else settings.end

    def before(moment: float | None, seconds: float | None) -> float | None:
        return end - seconds if moment is None and end is not None and seconds is not None else moment

    return replace(
        settings,
        start=now,
        end=end,
        freeze=before(settings.freeze, settings.freeze_before),
        lock=before(settings.lock, settings.lock_before),
        lasts=None,
        freeze_before=None,
        lock_before=None,
    )


def phase(settings: Settings, now: float, extra: float = 0.0) -> Phase:
    """In which phase a competition is.

    Args:
        settings: Of it.
        now: Unix time, seconds. While it is paused, the time at which that began counts.
        extra: Seconds that somebody has more than others.
    """
    at = _at(settings, now)
    if settings.start is None or at < settings.start:
        return "waiting"
    if settings.end is not None and at >= settings.end + extra:
        return "over"
    lock = settings.lock if settings.lock is not None else settings.end
    return "locked" if lock is not None and at >= lock + extra else "open"


def is_frozen(settings: Settings, now: float) -> bool:
    """Whether the standings stay as they were at the moment of the freeze; at the end they do not any more."""
    if settings.freeze is None or phase(settings, now) == "over":
        return False
    return _at(settings, now) >= settings.freeze


def is_open(slot: Slot, settings: Settings, now: float) -> bool:
    """Whether a level can be seen and played."""
    return settings.start is not None and _at(settings, now) >= settings.start + slot.opens


def resumed(settings: Settings, now: float) -> Settings:
    """Goes on after a pause: what lay ahead is so much later."""
    if settings.paused is None:
        return settings
    pause, since = max(now - settings.paused, 0.0), settings.paused

    def later(moment: float | None) -> float | None:
        return moment + pause if moment is not None and moment > since else moment

    # Levels open so many seconds after the start. If that lies behind, what has yet to open moves.
    begun = settings.start is not None and settings.start <= since
    start = settings.start or 0.0
    slots = tuple(
        replace(slot, opens=slot.opens + pause) if begun and start + slot.opens > since else slot
        for slot in settings.slots
    )
    return replace(
        settings,
        paused=None,
        slots=slots,
        start=later(settings.start),
        end=later(settings.end),
        freeze=later(settings.freeze),
        lock=later(settings.lock),
    )


def remaining(settings: Settings, now: float, extra: float = 0.0) -> float | None:
    """Seconds until nothing can be handed in any more; None if nobody has said when that is."""
    last = settings.lock if settings.lock is not None else settings.end
    return None if last is None else max(last + extra - _at(settings, now), 0.0)


def _at(settings: Settings, now: float) -> float:
    return now if settings.paused is None else min(now, settings.paused)
