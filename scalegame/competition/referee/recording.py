"""What is told about the whole: the instructor's overview, exports, the debrief."""

from __future__ import annotations

from collections import defaultdict

from scalegame.competition.debrief import debrief, page
from scalegame.competition.debrief.attempts import Attempted, Team
from scalegame.competition.model import judgement
from scalegame.competition.model.judgement import Judgement
from scalegame.competition.referee.controlling import Controlling
from scalegame.competition.referee.handing import design_of
from scalegame.competition.referee.viewing import Viewing

#: Of the designs that lose most often on a level.
_MOST_LOSING = 3
_LAST_LINES = 30


class Recording(Viewing, Controlling):
    """Everything at once, for the instructor alone."""

    def overview(self, now: float) -> dict[str, object]:
        """What the instructor looks at."""
        last = self.store.one("SELECT MAX(id) AS id FROM audit")
        newest = 0 if last is None else int(last["id"] or 0)
        return {
            "code": self.code,
            "engine": self.engine,
            "can_judge": self.can_judge,
            "teams": self._teams(),
            "losing": self.losing(),
            "audit": self.audit(newest - _LAST_LINES),
        }

    def _teams(self) -> list[dict[str, object]]:
        members = defaultdict[int, list[dict[str, str]]](list)
        for row in self.store.all("SELECT id, team, name FROM players ORDER BY id"):
            members[row["team"]].append({"id": str(row["id"]), "name": row["name"]})
        rows = self.store.all(
            "SELECT t.*, (SELECT COUNT(*) FROM submissions s WHERE s.team = t.id) AS count "
            "FROM teams t ORDER BY t.id"
        )
        return [
            {
                "id": str(row["id"]),
                "name": row["name"],
                "code": row["code"],
                "members": members[row["id"]],
                "extra": row["extra"],
                "disqualified": row["disqualified"],
                "submissions": row["count"],
            }
            for row in rows
        ]

    def losing(self) -> list[dict[str, object]]:
        """The designs that lose most often on each level, on the play seeds: what a class trips over."""
        counts: dict[tuple[str, str], int] = defaultdict(int)
        example: dict[tuple[str, str], tuple[list[str], str]] = {}
        for row, found in self.judgements(hidden=False):
            if found is None or found.won:
                continue
            where = (str(row["slot"]), str(row["key"]))
            counts[where] += 1
            missed = next((goal.text for goal in found.goals if not goal.held), "")
            example[where] = (list(design_of(row).do), missed)
        told: list[dict[str, object]] = []
        for slot in self.levels.by_slot:
            here = sorted((w for w in counts if w[0] == slot), key=lambda w: -counts[w])[:_MOST_LOSING]
            for where in here:
                lines, missed = example[where]
                told.append({"level": slot, "count": counts[where], "do": lines, "objective": missed})
        return told

    def export(self, now: float) -> dict[str, object]:
        """Everything that the instructor takes home: teams, submissions with designs, what was judged, the log."""
        settings = self.settings
        hidden = self.is_over(now) or settings.live_on_hidden
        judged = {row["id"]: found for row, found in self.judgements(hidden=False)}
        final = {row["id"]: found for row, found in self.judgements(hidden=True)}
        submissions = [
            {
                "id": str(row["id"]),
                "uuid": row["uuid"],
                "team": str(row["team"]),
                "team_name": row["team_name"],
                "player": row["player_name"],
                "level": row["slot"],
                "received": row["received"],
                "local": row["local"],
                "key": row["key"],
                "do": list(design_of(row).do),
                "live": list(design_of(row).live),
                "result": _rounded(judged[row["id"]]),
                "final": _rounded(final[row["id"]]),
            }
            for row, _ in self.judgements(hidden)
        ]
        return {
            "id": self.id,
            "title": settings.title,
            "mode": settings.mode,
            "engine": self.engine,
            "levels": {slot: level.digest for slot, level in self.levels.by_slot.items()},
            "at": now,
            "teams": self._teams(),
            "standings": self._standings(settings, hidden, None),
            "submissions": submissions,
            "audit": self.audit(most=100_000),
        }

    def debrief(self, now: float) -> str:
        """The page that is talked about afterwards: designs side by side, and how they came about."""
        settings = self.settings
        hidden = self.is_over(now) or settings.live_on_hidden
        members = defaultdict[int, list[str]](list)
        for row in self.store.all("SELECT team, name FROM players ORDER BY id"):
            members[row["team"]].append(row["name"])
        teams = [Team(str(id), name, tuple(members[id])) for id, name in self.team_names().items()]
        attempted = [
            Attempted(
                team=str(row["team"]),
                player=row["player_name"],
                level=row["slot"],
                received=row["received"],
                local=row["local"],
                design=design_of(row),
                key=row["key"],
                judgement=found,
            )
            for row, found in self.judgements(hidden)
        ]
        return page.html(debrief.debrief(settings.title, self.levels.by_slot, teams, attempted, settings))


def _rounded(found: Judgement | None) -> dict[str, object] | None:
    return None if found is None else judgement.rounded(found)
