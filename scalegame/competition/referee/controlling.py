"""What the instructor does: start, pause, extend, freeze, lock, end; more time for some; and the log of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from scalegame.competition.model.refusal import Refusal
from scalegame.competition.model.settings import Settings, resumed, started
from scalegame.competition.referee import keeping, names
from scalegame.competition.referee.base import Base, Who, number, only

MOST_MINUTES = 60 * 24 * 60
"""By which something is moved at once: two months."""

Change = Callable[[Settings, float, float], Settings]


def _start(settings: Settings, now: float, minutes: float) -> Settings:
    if settings.start is not None and settings.start <= now:
        raise Refusal("conflict", "Under way", "it has started already")
    settings = replace(settings, paused=None)
    if minutes:
        settings = replace(settings, end=None, lasts=minutes * 60)
    return started(settings, now)


def _stands(settings: Settings, now: float) -> float:
    """What the clock of the competition shows: in a pause the moment at which that began."""
    return now if settings.paused is None else min(now, settings.paused)


def _pause(settings: Settings, now: float, minutes: float) -> Settings:
    if settings.paused is not None:
        raise Refusal("conflict", "Paused", "it is paused already")
    return replace(settings, paused=now)


def _resume(settings: Settings, now: float, minutes: float) -> Settings:
    if settings.paused is None:
        raise Refusal("conflict", "Not paused", "it is not paused")
    return resumed(settings, now)


def _extend(settings: Settings, now: float, minutes: float) -> Settings:
    if not minutes:
        raise Refusal("invalid", "How long?", "write by how many minutes")
    if settings.end is None and settings.lock is None:
        raise Refusal("conflict", "No end", "there is no end that could be moved")

    def later(moment: float | None, when_passed: bool = True) -> float | None:
        """What has passed begins to count from now: who extends after the end wants so many minutes more."""
        stands = _stands(settings, now)
        if moment is None or (moment <= stands and not when_passed):
            return moment
        return max(moment, stands) + minutes * 60

    # A freeze that has begun stays.
    return replace(
        settings,
        end=later(settings.end),
        lock=later(settings.lock),
        freeze=later(settings.freeze, when_passed=False),
    )


def _freeze(settings: Settings, now: float, minutes: float) -> Settings:
    return replace(settings, freeze=_stands(settings, now))


def _unfreeze(settings: Settings, now: float, minutes: float) -> Settings:
    return replace(settings, freeze=None)


def _lock(settings: Settings, now: float, minutes: float) -> Settings:
    return replace(settings, lock=_stands(settings, now))


def _unlock(settings: Settings, now: float, minutes: float) -> Settings:
    return replace(settings, lock=None)


def _end(settings: Settings, now: float, minutes: float) -> Settings:
    if settings.start is None:
        raise Refusal("conflict", "Not started", "it has not started yet")
    return replace(resumed(settings, now), end=now)


CHANGES: Mapping[str, Change] = {
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "freeze": _freeze,
    "unfreeze": _unfreeze,
    "lock": _lock,
    "unlock": _unlock,
    "end": _end,
}
"""What can be done to the whole, by name."""


class Controlling(Base):
    """The instructor's side."""

    def control(self, who: Who, action: str, minutes: float | None, reason: str, now: float) -> None:
        """Does something to the whole competition.

        Args:
            who: The instructor.
            action: One of `CHANGES`.
            minutes: By how long, where that is asked.
            reason: For the log.
            now: Unix time.

        Raises:
            Refusal: That cannot be done, or not now.
        """
        only(who, "instructor")
        if action not in CHANGES:
            raise Refusal("invalid", "No such action", f"write one of {', '.join(CHANGES)}")
        wanted = _minutes(minutes)
        with self.store.writing() as db:
            changed = CHANGES[action](self.settings, now, wanted)
            self.store.keep_fact("settings", keeping.dumps(changed))
            detail = f"{wanted:g} minutes" if wanted else ""
            if action == "end":
                # What was meant for some ends with it.
                db.execute("UPDATE teams SET extra = 0")
            self.store.log(now, who.name, action, "; ".join(filter(None, (detail, _said(reason)))))
        self.tell("contest")
        self.tell("standings")

    def team(self, who: Who, team: str, action: str, minutes: float | None, reason: str, now: float) -> None:
        """Disqualifies a team, takes it back in, or gives it more time.

        Raises:
            Refusal: There is no such team or action, or the reason is missing.
        """
        only(who, "instructor")
        id = number(team, "team")
        with self.store.writing() as db:
            row = db.execute("SELECT name FROM teams WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise Refusal("missing", "Not there", "there is no such team")
            match action:
                case "disqualify":
                    why = names.text(reason, "the reason: the team sees it")
                    db.execute("UPDATE teams SET disqualified = ? WHERE id = ?", (why, id))
                case "reinstate":
                    db.execute("UPDATE teams SET disqualified = '' WHERE id = ?", (id,))
                case "extra":
                    extra = _minutes(minutes) * 60
                    db.execute("UPDATE teams SET extra = ? WHERE id = ?", (extra, id))
                case _:
                    message = "write one of disqualify, reinstate, extra"
                    raise Refusal("invalid", "No such action", message)
            told = "; ".join(
                filter(None, (str(row["name"]), f"{minutes:g} minutes" if minutes else "", _said(reason)))
            )
            self.store.log(now, who.name, action, told)
        self.tell("contest", id)
        self.tell("standings")

    def audit(self, after: int = 0, most: int = 1000) -> list[dict[str, object]]:
        """The log from a line on, in order: who did what and when."""
        rows = self.store.all("SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?", after, most)
        return [dict(row) for row in rows]

    def note(self, who: str, what: str, detail: str, now: float) -> None:
        """Writes a line of the log that is about something outside of the file."""
        with self.store.writing():
            self.store.log(now, who, what, detail)


def _minutes(minutes: float | None) -> float:
    found = 0.0 if minutes is None else float(minutes)
    if not 0 <= found <= MOST_MINUTES:
        raise Refusal("invalid", "How long?", f"write minutes, from 0 to {MOST_MINUTES}")
    return found


def _said(reason: str) -> str:
    return names.text(reason, "the reason") if reason.strip() else ""
