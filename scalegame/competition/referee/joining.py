"""Who takes part: codes, keys, players and teams."""

from __future__ import annotations

import hashlib
import sqlite3

from scalegame.competition.model.refusal import Refusal
from scalegame.competition.model.settings import Settings
from scalegame.competition.referee import names
from scalegame.competition.referee.base import Base, Who, number
from scalegame.units import whole

MOST_TEAMS = 500
MOST_PLAYERS = 2000
WRONG_TEAM_CODE = "Wrong team code"
"""Title of the refusal."""


class Joining(Base):
    """Lets people in, and knows them again."""

    def enter(self, code: str) -> str:
        """The token of somebody who only looks on.

        Raises:
            Refusal: The code is another one.
        """
        self._check_code(code)
        return f"v.{self._viewer_key()}"

    def authenticate(self, token: str) -> Who:
        """Who shows a token.

        Raises:
            Refusal: Nobody whom we know.
        """
        kind, _, rest = token.partition(".")
        if kind == "v" and names.matches(rest, names.hashed(self._viewer_key())):
            return Who("viewer", name="viewer")
        if kind == "i" and names.matches(rest, self.store.fact("instructor")):
            return Who("instructor", name="instructor")
        id, _, key = rest.partition(".")
        player = whole(id)
        if kind == "p" and player is not None and player < 2**63:
            row = self.store.one("SELECT id, team, name, hash FROM players WHERE id = ?", player)
            # Compared also where nobody has that number: how long it takes does not say so.
            if names.matches(key, "" if row is None else str(row["hash"])) and row is not None:
                return Who("player", int(row["id"]), int(row["team"]), str(row["name"]))
        raise Refusal("unknown", "Who asks?", "this token is not known here: join again")

    def join(self, code: str, name: str, team: str, team_code: str, key: str, now: float) -> dict[str, object]:
        """Lets a player in. With the same key again it is the same player, whatever else is said.

        Args:
            code: Of the competition.
            name: Of the player.
            team: Name of his team; "" where everybody is for himself.
            team_code: Of a team that is there already.
            key: That he has drawn: with it he is known again.
            now: Unix time.

        Raises:
            Refusal: A code is wrong, a name is taken, or it is full.
        """
        self._check_code(code)
        hashed = names.hashed(names.checked_key(key))
        settings = self.settings
        known = self.store.one("SELECT id FROM players WHERE hash = ?", hashed)
        if known is not None:
            return self._joined(int(known["id"]), key)
        name = names.name(name, "your name")
        alone = settings.groups == "individuals"
        team = name if alone else names.name(team, "the name of your team")
        try:
            with self.store.writing() as db:
                there = db.execute("SELECT id, code FROM teams WHERE folded = ?", (names.folded(team),)).fetchone()
                if there is None:
                    self._check_room(db)
                    id = db.execute(
                        "INSERT INTO teams (name, folded, code, created) VALUES (?, ?, ?, ?)",
                        (team, names.folded(team), names.code(5), now),
                    ).lastrowid
                else:
                    id = self._let_in(db, there, team, team_code, settings)
                player = db.execute(
                    "INSERT INTO players (team, name, folded, hash, joined) VALUES (?, ?, ?, ?, ?)",
                    (id, name, names.folded(name), hashed, now),
                ).lastrowid
                self.store.log(now, name, "join", team)
        except sqlite3.IntegrityError:
            # The very same key a moment ago, from the same machine; or a namesake in the team.
            known = self.store.one("SELECT id FROM players WHERE hash = ?", hashed)
            if known is None:
                message = f"there is a {name} in this team already: add a letter to your name"
                raise Refusal("conflict", "Name taken", message) from None
            player = int(known["id"])
        self.tell("contest")
        self.tell("standings")
        return self._joined(int(player or 0), key)

    def new_instructor(self, now: float) -> str:
        """A new token for the instructor; the one before is worth nothing any more."""
        key = names.key()
        with self.store.writing():
            self.store.keep_fact("instructor", names.hashed(key))
            self.store.log(now, "server", "token", "a new one for the instructor")
        return f"i.{key}"

    def _let_in(
        self, db: sqlite3.Connection, team: sqlite3.Row, name: str, team_code: str, settings: Settings
    ) -> int:
        if settings.groups == "individuals":
            raise Refusal("conflict", "Name taken", f"there is a {name} already: add a letter to your name")
        if not team_code:
            message = f"there is a team {name} already: its members have its code; or take another name"
            raise Refusal("conflict", "Team taken", message)
        if not names.same_code(team_code, str(team["code"])):
            raise Refusal("denied", WRONG_TEAM_CODE, f"this is not the code of the team {name}: ask its members")
        (members,) = db.execute("SELECT COUNT(*) FROM players WHERE team = ?", (team["id"],)).fetchone()
        if members >= settings.members:
            raise Refusal("conflict", "Full", f"a team has {settings.members} members at most, and {name} is full")
        self._check_players(db)
        return int(team["id"])

    def _check_room(self, db: sqlite3.Connection) -> None:
        (teams,) = db.execute("SELECT COUNT(*) FROM teams").fetchone()
        if teams >= MOST_TEAMS:
            raise Refusal("conflict", "Full", f"there are {MOST_TEAMS} teams already: no more can join")
        self._check_players(db)

    @staticmethod
    def _check_players(db: sqlite3.Connection) -> None:
        (players,) = db.execute("SELECT COUNT(*) FROM players").fetchone()
        if players >= MOST_PLAYERS:
            raise Refusal("conflict", "Full", f"there are {MOST_PLAYERS} players already: no more can join")

    def _joined(self, player: int, key: str) -> dict[str, object]:
        row = self.store.one(
            "SELECT players.name AS player, teams.id, teams.name, teams.code FROM players "
            "JOIN teams ON teams.id = players.team WHERE players.id = ?",
            player,
        )
        assert row is not None
        settings = self.settings
        return {
            "token": f"p.{player}.{key}",
            "player": {"id": str(player), "name": row["player"]},
            "team": {"id": str(row["id"]), "name": row["name"], "code": row["code"]},
            "contest": {"id": self.id, "title": settings.title, "mode": settings.mode},
        }

    def _check_code(self, code: str) -> None:
        if not names.same_code(code, self.code):
            raise Refusal(
                "denied", "Wrong code", "this is not the code of this competition: it stands on the board"
            )

    def _viewer_key(self) -> str:
        """Follows from the code: whoever has the one may look on anyway."""
        return hashlib.blake2b(f"{self.id}/{self.code}".encode(), digest_size=16, person=b"viewer").hexdigest()

    def team_row(self, team: str) -> tuple[int, str]:
        """Number and name of a team.

        Raises:
            Refusal: There is none of that id.
        """
        row = self.store.one("SELECT id, name FROM teams WHERE id = ?", number(team, "team"))
        if row is None:
            raise Refusal("missing", "Not there", "there is no such team")
        return int(row["id"]), str(row["name"])
