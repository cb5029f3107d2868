"""What waits for the judge, and what he found: each thing is judged once, whoever handed it in."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from scalegame import ENGINE
from scalegame.competition.judging import seeds
from scalegame.competition.model import judgement
from scalegame.competition.model.judgement import Judgement
from scalegame.competition.model.refusal import Refusal
from scalegame.competition.referee.base import Base
from scalegame.competition.referee.handing import design_of
from scalegame.design.designfile import Design


@dataclass(frozen=True, slots=True)
class Pending:
    """Something to be judged.

    Attributes:
        team: Whose turn it takes: of the first who handed it in.
        slot: Its level.
        design: In its canonical lines.
        digest, key, engine, seeds, generation: What it is kept under.
        hidden: On the hidden seeds.
        received: When the first of these came (Unix time).
    """

    team: int
    slot: str
    design: Design
    digest: str
    key: str
    engine: str
    seeds: str
    generation: int
    hidden: bool
    received: float

    @property
    def id(self) -> tuple[str, str, str, str, int]:
        """What it is kept under."""
        return (self.digest, self.key, self.engine, self.seeds, self.generation)


class Judging(Base):
    """The judge's side of the file."""

    def pending(self, hidden: bool) -> list[Pending]:
        """What has no judgement on a set of seeds yet, the oldest first."""
        name = self.seeds_name(hidden)
        rows = self.store.all(
            "SELECT s.*, MIN(s.received) AS first, COALESCE(g.number, 0) AS generation FROM submissions s "
            "LEFT JOIN generations g ON g.slot = s.slot "
            "WHERE NOT EXISTS (SELECT 1 FROM judgements j WHERE j.digest = s.digest AND j.key = s.key "
            "AND j.engine = ? AND j.seeds = ? AND j.generation = COALESCE(g.number, 0)) "
            "GROUP BY s.digest, s.key ORDER BY first",
            self.engine,
            name,
        )
        return [
            Pending(
                team=int(row["team"]),
                slot=str(row["slot"]),
                design=design_of(row),
                digest=str(row["digest"]),
                key=str(row["key"]),
                engine=self.engine,
                seeds=name,
                generation=int(row["generation"]),
                hidden=hidden,
                received=float(row["first"]),
            )
            for row in rows
        ]

    def seeds_for(self, what: Pending) -> tuple[int, ...]:
        """The seeds that something is judged on. They never leave the server."""
        level = self.levels.by_slot[what.slot]
        if not what.hidden:
            return seeds.play(level)
        return seeds.hidden(self.store.fact("secret"), level.own, self.settings.hidden_seeds)

    def judged(self, what: Pending, found: Judgement, now: float) -> None:
        """Keeps a judgement; the first one stays."""
        text = json.dumps(judgement.to_data(found), ensure_ascii=False, allow_nan=False)
        self._keep(what, text, "", now)

    def failed(self, what: Pending, reason: str, now: float) -> None:
        """Keeps that there is none, and why; the instructor can have it tried again."""
        self._keep(what, None, reason[:500], now)

    def count_failed(self) -> int:
        """How many different designs could not be judged, on either set of seeds."""
        row = self.store.one(
            "SELECT COUNT(DISTINCT j.key) AS count FROM judgements j "
            "JOIN submissions s ON s.digest = j.digest AND s.key = j.key "
            "LEFT JOIN generations g ON g.slot = s.slot "
            "WHERE j.content IS NULL AND j.engine = ? AND j.generation = COALESCE(g.number, 0)",
            self.engine,
        )
        return 0 if row is None else int(row["count"])

    def _keep(self, what: Pending, content: str | None, reason: str, now: float) -> None:
        with self.store.writing() as db:
            db.execute(
                "INSERT INTO judgements (digest, key, engine, seeds, generation, content, reason, made) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*what.id, content, reason, now),
            )
            teams = db.execute(
                "SELECT DISTINCT team FROM submissions WHERE digest = ? AND key = ?", (what.digest, what.key)
            ).fetchall()
        for (team,) in teams:
            self.tell("judged", int(team))
        self.tell("standings")

    def regrade(self, slot: str | None, reason: str, who: str, now: float) -> int:
        """Has everything judged anew, by the engine that is here; what was judged stays in the file.

        Args:
            slot: A level alone; None: all of them. A new engine judges all of them.
            reason: For the log.
            who: Asks for it.
            now: Unix time.

        Returns:
            How many different designs that concerns.

        Raises:
            Refusal: There is no such level.
        """
        if slot is not None and slot not in self.levels.by_slot:
            raise Refusal("missing", "Not there", "there is no such level in this competition")
        slots = [slot] if slot is not None and self.can_judge else list(self.levels.by_slot)
        with self.store.writing() as db:
            count = 0
            for each in slots:
                db.execute(
                    "INSERT INTO generations VALUES (?, 1) ON CONFLICT (slot) DO UPDATE SET number = number + 1",
                    (each,),
                )
                count += int(self._different(db, each))
            self.store.keep_fact("engine", ENGINE)
            self.store.log(now, who, "regrade", f"{', '.join(slots)}: {reason}")
        self.tell("contest")
        self.tell("standings")
        return count

    @staticmethod
    def _different(db: sqlite3.Connection, slot: str) -> int:
        (count,) = db.execute("SELECT COUNT(DISTINCT key) FROM submissions WHERE slot = ?", (slot,)).fetchone()
        return int(count)
