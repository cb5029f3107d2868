"""What people see: the competition, its levels, the standings."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from scalegame.competition.model.judgement import Judgement, significant
from scalegame.competition.model.refusal import Refusal
from scalegame.competition.model.settings import Settings, is_open, phase, remaining
from scalegame.competition.ranking import standings as ranking
from scalegame.competition.ranking.standings import LevelTable, Place, Row
from scalegame.competition.referee.base import Who, only
from scalegame.competition.referee.handing import Handing
from scalegame.insight.histogram import Histogram


class Viewing(Handing):
    """Tells what is going on, to each what he may know."""

    def contest(self, who: Who, now: float) -> dict[str, object]:
        """The competition as somebody sees it now."""
        settings, extra = self.settings, self.extra(who.team) if who.role == "player" else 0.0
        last = self.store.one("SELECT MAX(id) AS id FROM announcements WHERE team IS NULL OR team = ?", who.team)
        poll = self.store.one("SELECT id FROM polls ORDER BY id DESC LIMIT 1")
        names = self.team_names()
        me: dict[str, object] = {"role": who.role}
        if who.role == "player":
            row = self.store.one("SELECT code FROM teams WHERE id = ?", who.team)
            code = "" if row is None else str(row["code"])
            team = {"id": str(who.team), "name": names.get(who.team, ""), "code": code}
            me |= {"player": {"id": str(who.player), "name": who.name}, "team": team, "extra": extra}
        return {
            "id": self.id,
            "title": settings.title,
            "mode": settings.mode,
            "groups": settings.groups,
            "members": settings.members,
            "code": self.code,
            "phase": phase(settings, now, extra),
            "now": now,
            "start": settings.start,
            "end": settings.end,
            "freeze": settings.freeze,
            "lock": settings.lock,
            "paused": settings.paused is not None,
            "frozen": self.is_frozen(now),
            "remaining": remaining(settings, now, extra),
            "engine": self.engine,
            "limit": settings.limit,
            "every": settings.every,
            "me": me,
            "levels": [self._level(who, settings, index, now) for index in range(len(settings.slots))],
            "announcement": 0 if last is None else int(last["id"] or 0),
            "poll": None if poll is None else str(poll["id"]),
        }

    def _level(self, who: Who, settings: Settings, index: int, now: float) -> dict[str, object]:
        slot = settings.slots[index]
        opens = None if settings.start is None else settings.start + slot.opens
        there = is_open(slot, settings, now)
        if not there and who.role != "instructor":
            # What comes is a surprise.
            return {"id": f"level-{index + 1}", "title": f"Level {index + 1}", "open": False, "opens": opens}
        level = self.levels.by_slot[slot.level]
        used = self.used(who.team, slot, settings, now) if who.role == "player" else 0
        return {
            "id": slot.level,
            "title": level.title,
            "chapter": level.chapter,
            "open": there,
            "opens": opens,
            "digest": level.digest,
            "limit": settings.limit,
            "used": used,
        }

    def pack(self, who: Who, now: float) -> str:
        """The levels that are open, as one file, without what wins.

        Raises:
            Refusal: None is open yet.
        """
        only(who, "player", "instructor")
        settings = self.settings
        slots = [slot.level for slot in settings.slots if is_open(slot, settings, now)]
        if not slots:
            raise Refusal("conflict", "Not open", "no level is open yet: wait for the start")
        return self.levels.text(slots)

    def is_frozen(self, now: float) -> bool:
        """Whether the standings that everybody sees stay as they were; at the very end they do not any more."""
        settings = self.settings
        at = now if settings.paused is None else min(now, settings.paused)
        return settings.freeze is not None and at >= settings.freeze and not self.is_final(now)

    def standings(self, who: Who, now: float, live: bool = False) -> dict[str, object]:
        """The standings.

        Args:
            who: Asks. Everybody sees the same.
            now: Unix time.
            live: As they would be without a freeze; the instructor alone may ask for that.

        Raises:
            Refusal: Somebody else does.
        """
        if live:
            only(who, "instructor")
        settings, final, frozen = self.settings, self.is_final(now), self.is_frozen(now) and not live
        hidden = final or settings.live_on_hidden
        with self._working:
            key = (self.version, final, frozen, hidden)
            if key not in self._worked_out:
                # An old one is of no use to anybody any more.
                self._worked_out = {k: v for k, v in self._worked_out.items() if k[0] == self.version}
                self._worked_out[key] = self._standings(settings, hidden, settings.freeze if frozen else None)
            body = self._worked_out[key]
        open_now = {slot.level for slot in settings.slots if is_open(slot, settings, now)}
        return {
            "at": settings.freeze if frozen else now,
            "mode": settings.mode,
            "frozen": frozen,
            "final": final,
            "seeds": "hidden" if hidden else "play",
            "teams": len(self.team_names()),
            "rows": body["rows"] if settings.mode == "contest" else [],
            "levels": [level for level in body["levels"] if level["id"] in open_now],  # type: ignore[attr-defined]
        }

    #: Standings that were worked out, and one thread at a time works at them.
    _worked_out: dict[tuple[int, bool, bool, bool], dict[str, object]]
    _working: threading.Lock

    def _standings(self, settings: Settings, hidden: bool, before: float | None) -> dict[str, object]:
        names = self.team_names()
        out = {int(row["id"]) for row in self.store.all("SELECT id FROM teams WHERE disqualified != ''")}
        teams = [str(id) for id in names if id not in out]
        best: dict[tuple[str, str], list[Judgement]] = {}
        solved: dict[tuple[str, str], float] = {}
        opened = {slot.level: (settings.start or 0.0) + slot.opens for slot in settings.slots}
        for row, found in self.judgements(hidden, before):
            if found is None or row["team"] in out or row["slot"] not in opened:
                continue
            where = (str(row["team"]), str(row["slot"]))
            best.setdefault(where, []).append(found)
            if found.won and where not in solved:
                solved[where] = max(float(row["received"]) - opened[where[1]], 0.0)
        made = ranking.standings(teams, best, settings, solved)
        return {
            "rows": [_row(row, names) for row in made.rows],
            "levels": [
                _level_table(table, self.levels.by_slot[table.level].title, names, best) for table in made.levels
            ],
        }


def _row(row: Row, names: dict[int, str]) -> dict[str, object]:
    told: dict[str, object] = {
        "rank": row.rank,
        "tied": row.tied,
        "shown": row.shown_rank,
        "team": row.team,
        "name": names[int(row.team)],
        "won": row.won,
        "fronts": row.fronts,
        "levels": {level: _place(place) for level, place in row.levels.items()},
    }
    return told if row.score is None else {**told, "score": significant(row.score)}


def _place(place: Place) -> dict[str, object]:
    return {"won": place.won, "front": place.front, **_figures(place.judgement)}


def _figures(found: Judgement) -> dict[str, object]:
    return {
        "cost": significant(found.cost),
        "latency": significant(found.latency),
        "availability": significant(found.availability),
        "parts": found.parts,
    }


def _level_table(
    table: LevelTable,
    title: str,
    names: dict[int, str],
    best: dict[tuple[str, str], list[Judgement]],
) -> dict[str, object]:
    return {
        "id": table.level,
        "title": title,
        "won_by": table.won_by,
        "tried": len(table.places),
        "histograms": {axis: _histogram(found) for axis, found in table.histograms.items()},
        "front": [
            {"team": team, "name": names[int(team)], **_figures(best[team, table.level][index])}
            for team, index in table.front
        ],
    }


def _histogram(found: Histogram) -> dict[str, Sequence[float]]:
    return {"edges": list(found.edges), "counts": list(found.counts)}
