"""Handing designs in, and what becomes of them."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace

from scalegame.competition.model import judgement, submission
from scalegame.competition.model.judgement import Judgement
from scalegame.competition.model.refusal import Refusal
from scalegame.competition.model.settings import Settings, Slot, is_open
from scalegame.competition.referee.base import Base, Who, as_json, number, only
from scalegame.design.designfile import Design, from_data, to_data
from scalegame.errors import printable

MOST_SUBMISSIONS = 200_000
"""In a competition; about 1 KB each."""

MOST_OF_TEAM = 2_000
"""Of one team: nobody designs so many, and one team does not take the room of the others."""

LONGEST_LOCAL = 40
"""Characters of a player's local time."""

#: Seconds after which to try again while everything stands still.
_PAUSE = 15.0
_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_SEEN = "SELECT s.*, p.name AS player_name, t.name AS team_name FROM submissions s "
_JOINS = "JOIN players p ON p.id = s.player JOIN teams t ON t.id = s.team "


class Handing(Base):
    """Takes designs, once each, and tells what came of them."""

    def submit(
        self, who: Who, uuid: str, design: Design, local: str, now: float
    ) -> tuple[dict[str, object], bool]:
        """Takes a design. When this returns, it is on the disk.

        Args:
            who: A player.
            uuid: That he has drawn for it: with the same again it is the same submission.
            design: As it came.
            local: What his own clock says (ISO 8601), or "".
            now: Unix time.

        Returns:
            As `mine` tells it, and whether it is new.

        Raises:
            Refusal: Not now, not this level, too often.
            ScalegameError: The design breaks the level's rules; `Problems` where there are several.
        """
        only(who, "player")
        if _UUID.fullmatch(uuid) is None:
            raise Refusal(
                "invalid", "No number", "a submission has a UUID of its own, in the header Idempotency-Key"
            )
        uuid = uuid.replace("-", "").lower()
        known = self._by_uuid(who, uuid)
        if known is not None:
            return self._told(known, now), False
        settings = self.settings
        slot = self._slot(who, design, settings, now)
        level = self.levels.by_slot[slot]
        entry = submission.check(replace(design, level=level.id), level)
        try:
            with self.store.writing() as db:
                self._check_often(db, who, slot, settings, now)
                db.execute(
                    "INSERT INTO submissions (uuid, player, team, slot, digest, key, design, received, local) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        uuid,
                        who.player,
                        who.team,
                        slot,
                        entry.design.digest,
                        entry.key,
                        as_json(to_data(entry.design)),
                        now,
                        printable(local)[:LONGEST_LOCAL],
                    ),
                )
        except sqlite3.IntegrityError:
            # The same request twice at the same moment: one of them was first.
            known = self._by_uuid(who, uuid)
            if known is None:
                raise
            return self._told(known, now), False
        row = self._by_uuid(who, uuid)
        assert row is not None
        self.tell("judged", who.team)
        return self._told(row, now), True

    def mine(self, who: Who, now: float) -> list[dict[str, object]]:
        """What a player's team has handed in, the latest first."""
        only(who, "player")
        rows = self.store.all(_SEEN + _JOINS + "WHERE s.team = ? ORDER BY s.id DESC LIMIT 500", who.team)
        return [self._told(row, now) for row in rows]

    def submission(self, who: Who, id: str, now: float) -> dict[str, object]:
        """One of them, with its design; of others' there is none.

        Raises:
            Refusal: There is none that he may see.
        """
        only(who, "player", "instructor")
        row = self._row(id)
        if row is None or (who.role == "player" and row["team"] != who.team):
            raise Refusal("missing", "Not there", "there is no such submission")
        told = self._told(row, now, final=who.role == "instructor")
        return {**told, "design": json.loads(row["design"])}

    def submissions(self, now: float) -> list[dict[str, object]]:
        """Everybody's, the latest first; for the instructor."""
        rows = self.store.all(_SEEN + _JOINS + "ORDER BY s.id DESC LIMIT 2000")
        return [
            {**self._told(row, now, final=True), "team": {"id": str(row["team"]), "name": row["team_name"]}}
            for row in rows
        ]

    def replayed(self, id: str) -> tuple[str, Design]:
        """The level (as its slot names it) and the design of a submission.

        Raises:
            Refusal: There is none.
        """
        row = self._row(id)
        if row is None:
            raise Refusal("missing", "Not there", "there is no such submission")
        return str(row["slot"]), design_of(row)

    def judgements(self, hidden: bool, before: float | None = None) -> list[tuple[sqlite3.Row, Judgement | None]]:
        """Every submission in the order in which they came, with what came of it on a set of seeds.

        Args:
            hidden: On the hidden seeds, instead of those that everybody plays on.
            before: Only those that were received before (Unix time).
        """
        rows = self.store.all(
            _SEEN.replace("s.*,", "s.*, j.content AS content, j.reason AS reason,")
            + _JOINS
            + "LEFT JOIN generations g ON g.slot = s.slot "
            + "LEFT JOIN judgements j ON j.digest = s.digest AND j.key = s.key AND j.engine = ? AND j.seeds = ? "
            + "AND j.generation = COALESCE(g.number, 0) WHERE s.received < ? ORDER BY s.id",
            self.engine,
            self.seeds_name(hidden),
            float("inf") if before is None else before,
        )
        read: dict[str, Judgement] = {}
        found = []
        for row in rows:
            content = row["content"]
            if content is not None and content not in read:
                read[content] = judgement.from_data(json.loads(content))
            found.append((row, None if content is None else read[content]))
        return found

    def _slot(self, who: Who, design: Design, settings: Settings, now: float) -> str:
        """The slot that a design is for, if it may be handed in now.

        Raises:
            Refusal: It may not.
        """
        team = self.store.one("SELECT disqualified FROM teams WHERE id = ?", who.team)
        if team is not None and team["disqualified"]:
            raise Refusal("denied", "Disqualified", f"your team was disqualified: {team['disqualified']}")
        now_is = self.phase_for(who, now)
        if now_is in ("locked", "over"):
            message = "nothing can be handed in any more; what you made is kept on your machine"
            raise Refusal("conflict", "Closed", message)
        if settings.paused is not None:
            raise Refusal("often", "Paused", "everything stands still for a moment: it will be taken then", _PAUSE)
        slot = self.levels.slot_of(design.level)
        by_name = {each.level: each for each in settings.slots}
        if slot is None or now_is == "waiting" or not is_open(by_name[slot], settings, now):
            raise Refusal("conflict", "Not open", "this level is not open here, or not yet")
        if design.digest != self.levels.by_slot[slot].digest:
            message = "the level here is not the one that this was made for: join again to fetch it, and try it"
            raise Refusal("conflict", "Another version", message)
        return slot

    def _check_often(self, db: sqlite3.Connection, who: Who, slot: str, settings: Settings, now: float) -> None:
        (everything,) = db.execute("SELECT COUNT(*) FROM submissions").fetchone()
        if everything >= MOST_SUBMISSIONS:
            raise Refusal("conflict", "Full", "this competition can take no more submissions")
        (own,) = db.execute("SELECT COUNT(*) FROM submissions WHERE team = ?", (who.team,)).fetchone()
        if own >= MOST_OF_TEAM:
            raise Refusal("conflict", "Full", f"a team can hand in {MOST_OF_TEAM:,} designs at most")
        if not settings.limit:
            return
        recent = db.execute(
            "SELECT received FROM submissions WHERE team = ? AND slot = ? AND received > ? ORDER BY received",
            (who.team, slot, now - settings.every),
        ).fetchall()
        if len(recent) >= settings.limit:
            after = max(float(recent[-settings.limit]["received"]) + settings.every - now, 1.0)
            message = (
                f"a team may hand in {settings.limit} designs on a level within {settings.every / 60:g} minutes: "
                f"the next in {after / 60:.0f} minutes; until then it waits on your machine"
            )
            raise Refusal("often", "Too often", message, after)

    def used(self, team: int, slot: Slot, settings: Settings, now: float) -> int:
        """How many designs a team has handed in on a level within the time that its limit speaks of."""
        row = self.store.one(
            "SELECT COUNT(*) AS count FROM submissions WHERE team = ? AND slot = ? AND received > ?",
            team,
            slot.level,
            now - settings.every if settings.limit else 0.0,
        )
        return 0 if row is None else int(row["count"])

    def _by_uuid(self, who: Who, uuid: str) -> sqlite3.Row | None:
        return self.store.one(_SEEN + _JOINS + "WHERE s.player = ? AND s.uuid = ?", who.player, uuid)

    def _row(self, id: str) -> sqlite3.Row | None:
        return self.store.one(_SEEN + _JOINS + "WHERE s.id = ?", number(id, "submission"))

    def _told(self, row: sqlite3.Row, now: float, final: bool = False) -> dict[str, object]:
        """A submission as people see it: rounded, and on the hidden seeds only when it is over."""
        play, reason = self._outcome(row, hidden=False)
        last, _ = self._outcome(row, hidden=True) if final or self.is_final(now) else (None, "")
        state = "failed" if reason else "waiting" if play is None else "judged"
        return {
            "id": str(row["id"]),
            "uuid": row["uuid"],
            "level": row["slot"],
            "player": row["player_name"],
            "received": row["received"],
            "local": row["local"],
            "state": state,
            "reason": reason,
            "result": None if play is None else judgement.rounded(play),
            "final": None if last is None else judgement.rounded(last),
        }

    def _outcome(self, row: sqlite3.Row, hidden: bool) -> tuple[Judgement | None, str]:
        found = self.store.one(
            "SELECT content, reason FROM judgements WHERE digest = ? AND key = ? AND engine = ? AND seeds = ? "
            "AND generation = ?",
            row["digest"],
            row["key"],
            self.engine,
            self.seeds_name(hidden),
            self.generation(row["slot"]),
        )
        if found is None:
            return None, ""
        if found["content"] is None:
            return None, str(found["reason"])
        return judgement.from_data(json.loads(found["content"])), ""


def design_of(row: sqlite3.Row) -> Design:
    """The design of a row of submissions."""
    return from_data(json.loads(row["design"]))
