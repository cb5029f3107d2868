"""Announcements, and polls: what do you think will happen?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from scalegame.competition.model.refusal import Refusal
from scalegame.competition.referee import names
from scalegame.competition.referee.base import Base, Who, as_json, number, only

MOST_CHOICES = 8
MOST_ROWS = 1000
"""Polls, and announcements, in a competition."""

_STATES = {"open": "open", "close": "closed", "show": "shown"}


class Polling(Base):
    """Says things to people, and asks them."""

    def announce(self, who: Who, text: str, team: str | None, now: float) -> dict[str, object]:
        """Says something to everybody, or to one team.

        Raises:
            Refusal: There is nothing to say, or no such team.
        """
        only(who, "instructor")
        said = names.text(text, "what you want to say")
        addressed = self._team(team) if team else None
        with self.store.writing() as db:
            self._check_space(db, "announcements")
            id = db.execute(
                "INSERT INTO announcements (at, text, team) VALUES (?, ?, ?)", (now, said, addressed)
            ).lastrowid
            self.store.log(now, who.name, "announce", f"to team {team}: {said}" if team else said)
        self.tell("announcement", addressed)
        return {"id": id, "at": now, "text": said, "team": None if addressed is None else str(addressed)}

    def announcements(self, who: Who, after: int) -> list[dict[str, object]]:
        """What was said to somebody after an announcement, in order."""
        rows = self.store.all(
            "SELECT * FROM announcements WHERE id > ? AND (team IS NULL OR team = ? OR ?) ORDER BY id LIMIT 200",
            after,
            who.team,
            who.role == "instructor",
        )
        return [
            {
                "id": int(row["id"]),
                "at": row["at"],
                "text": row["text"],
                "team": None if row["team"] is None else str(row["team"]),
            }
            for row in rows
        ]

    def ask(self, who: Who, level: str, question: str, choices: Sequence[str], now: float) -> dict[str, object]:
        """Asks everybody; a poll before this one is closed.

        Raises:
            Refusal: There is no such level, or there are too few choices.
        """
        only(who, "instructor")
        if level and level not in self.levels.by_slot:
            raise Refusal("missing", "Not there", "there is no such level in this competition")
        if not 2 <= len(choices) <= MOST_CHOICES:
            raise Refusal("invalid", "Not a poll", f"a poll has 2 to {MOST_CHOICES} choices")
        asked = names.text(question, "the question", 200)
        offered = [names.text(choice, "a choice", 100) for choice in choices]
        with self.store.writing() as db:
            self._check_space(db, "polls")
            db.execute("UPDATE polls SET state = 'closed' WHERE state = 'open'")
            db.execute(
                "INSERT INTO polls (slot, question, choices, state, created) VALUES (?, ?, ?, 'open', ?)",
                (level, asked, as_json(offered), now),
            )
            self.store.log(now, who.name, "poll", asked)
        self.tell("poll")
        found = self.poll(who)
        assert found is not None
        return found

    def poll(self, who: Who) -> dict[str, object] | None:
        """The latest poll as somebody sees it; votes of others only when they are shown."""
        row = self.store.one("SELECT * FROM polls ORDER BY id DESC LIMIT 1")
        if row is None:
            return None
        votes = self.store.all("SELECT player, choice FROM votes WHERE poll = ?", row["id"])
        seen = row["state"] == "shown" or who.role == "instructor"
        mine = [str(vote["choice"]) for vote in votes if who.role == "player" and vote["player"] == who.player]
        return {
            "id": str(row["id"]),
            "level": row["slot"],
            "question": row["question"],
            "choices": [
                {
                    "id": str(index),
                    "text": text,
                    "votes": sum(vote["choice"] == index for vote in votes) if seen else None,
                }
                for index, text in enumerate(json.loads(row["choices"]))
            ],
            "state": row["state"],
            "cast": len(votes),
            "mine": mine[0] if mine else None,
        }

    def vote(self, who: Who, poll: str, choice: str, now: float) -> dict[str, object] | None:
        """A player's vote; until the poll is closed he may think again.

        Raises:
            Refusal: It is closed, or there is no such choice.
        """
        only(who, "player")
        picked = number(choice, "choice")
        with self.store.writing() as db:
            row = self._poll(poll)
            if row["state"] != "open":
                raise Refusal("conflict", "Closed", "this poll is closed")
            if picked >= len(json.loads(row["choices"])):
                raise Refusal("missing", "Not there", "there is no such choice")
            db.execute(
                "INSERT INTO votes VALUES (?, ?, ?, ?) ON CONFLICT (poll, player) "
                "DO UPDATE SET choice = excluded.choice, at = excluded.at",
                (row["id"], who.player, picked, now),
            )
        self.tell("poll")
        return self.poll(who)

    def poll_action(self, who: Who, poll: str, action: str, now: float) -> dict[str, object] | None:
        """Opens a poll again, closes it, or shows what was voted.

        Raises:
            Refusal: There is no such poll or action.
        """
        only(who, "instructor")
        row = self._poll(poll)
        if action not in _STATES:
            raise Refusal("invalid", "No such action", f"write one of {', '.join(_STATES)}")
        with self.store.writing() as db:
            db.execute("UPDATE polls SET state = ? WHERE id = ?", (_STATES[action], row["id"]))
            self.store.log(now, who.name, f"poll {action}", row["question"])
        self.tell("poll")
        return self.poll(who)

    def _poll(self, id: str) -> sqlite3.Row:
        row = self.store.one("SELECT * FROM polls WHERE id = ?", number(id, "poll"))
        if row is None:
            raise Refusal("missing", "Not there", "there is no such poll")
        return row

    def _team(self, id: str) -> int:
        row = self.store.one("SELECT id FROM teams WHERE id = ?", number(id, "team"))
        if row is None:
            raise Refusal("missing", "Not there", "there is no such team")
        return int(row["id"])

    @staticmethod
    def _check_space(db: sqlite3.Connection, table: str) -> None:
        (count,) = db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
        if count >= MOST_ROWS:
            raise Refusal("conflict", "Full", f"there are {MOST_ROWS} of these already")
