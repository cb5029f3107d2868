"""What all parts of a competition share: its file, its levels, who asks, and who is told of changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scalegame import ENGINE
from scalegame.competition.judging import seeds
from scalegame.competition.model.refusal import Refusal
from scalegame.competition.model.settings import Phase, Settings, phase
from scalegame.competition.referee import keeping
from scalegame.competition.referee.levelset import Levels
from scalegame.competition.store.store import Store
from scalegame.units import whole

Role = Literal["player", "viewer", "instructor"]
Changed = Literal["contest", "standings", "announcement", "poll", "judged"]


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks.

    Attributes:
        role: What he may do.
        player, team: Ids; 0 unless a player.
        name: Of the player, for the log; else the role.
    """

    role: Role
    player: int = 0
    team: int = 0
    name: str = ""


class Base:
    """A competition that is open.

    Attributes:
        store: Its file.
        levels: That can be played.
        changed: Called after a change was kept: with what changed, and the team that alone is concerned, or None.
    """

    def __init__(self, store: Store, levels: Levels) -> None:
        """Takes what belongs to it."""
        self.store = store
        self.levels = levels
        self.changed: list[Callable[[Changed, str | None], None]] = []
        #: Counts what standings depend on, so that they are worked out once.
        self.version = 0

    @property
    def settings(self) -> Settings:
        """How it is held now."""
        return keeping.loads(self.store.fact("settings"))

    @property
    def code(self) -> str:
        """What people type to join."""
        return self.store.fact("code")

    @property
    def id(self) -> str:
        """Of the competition, unlike that of any other."""
        return self.store.fact("id")

    @property
    def engine(self) -> str:
        """Version of the engine that everything is judged with."""
        return self.store.fact("engine")

    @property
    def can_judge(self) -> bool:
        """Whether the engine here is the one that judged so far: two of them would not be comparable."""
        return self.engine == ENGINE

    def tell(self, what: Changed, team: int | None = None) -> None:
        """Tells whoever listens; what was kept is kept, whatever they do."""
        if what in ("standings", "contest"):
            self.version += 1
        for listener in tuple(self.changed):
            listener(what, None if team is None else str(team))

    def extra(self, team: int) -> float:
        """Seconds that a team has more than others."""
        row = self.store.one("SELECT extra FROM teams WHERE id = ?", team)
        return 0.0 if row is None else float(row["extra"])

    def most_extra(self) -> float:
        """The most that any team has: before that nothing is final."""
        row = self.store.one("SELECT MAX(extra) AS most FROM teams")
        return float(row["most"] or 0.0) if row is not None else 0.0

    def phase_for(self, who: Who, now: float) -> Phase:
        """In which phase the competition is for somebody."""
        return phase(self.settings, now, self.extra(who.team) if who.role == "player" else 0.0)

    def is_over(self, now: float) -> bool:
        """Whether it is over for everybody: what was hidden may be shown."""
        return phase(self.settings, now, self.most_extra()) == "over"

    def is_final(self, now: float) -> bool:
        """Whether it is over and everything is judged on the hidden seeds: before that nothing is final."""
        return self.is_over(now) and not self.is_waiting(hidden=True)

    def is_waiting(self, hidden: bool) -> bool:
        """Whether something waits for its judgement on a set of seeds."""
        found = self.store.one(
            "SELECT 1 FROM submissions s LEFT JOIN generations g ON g.slot = s.slot "
            "WHERE NOT EXISTS (SELECT 1 FROM judgements j WHERE j.digest = s.digest AND j.key = s.key "
            "AND j.engine = ? AND j.seeds = ? AND j.generation = COALESCE(g.number, 0)) LIMIT 1",
            self.engine,
            self.seeds_name(hidden),
        )
        return found is not None

    def seeds_name(self, hidden: bool) -> str:
        """Name of a set of seeds."""
        if not hidden:
            return seeds.PLAY
        return seeds.fingerprint(self.store.fact("secret"), self.settings.hidden_seeds)

    def generation(self, slot: str) -> int:
        """Which time the level's submissions are judged."""
        row = self.store.one("SELECT number FROM generations WHERE slot = ?", slot)
        return 0 if row is None else int(row["number"])

    def team_names(self) -> dict[int, str]:
        """Names of teams by their ids, in the order in which they came."""
        return {
            int(row["id"]): str(row["name"]) for row in self.store.all("SELECT id, name FROM teams ORDER BY id")
        }


def number(text: str, what: str) -> int:
    """An id as it comes from outside.

    Raises:
        Refusal: It is none of ours.
    """
    found = whole(text)
    # SQLite's own numbers end there.
    if found is None or not 0 <= found < 2**63:
        raise Refusal("missing", "Not there", f"there is no such {what}")
    return found


def only(who: Who, *roles: Role) -> None:
    """Refuses everybody else.

    Raises:
        Refusal: He may not.
    """
    if who.role not in roles:
        wanted = {"player": "a player", "viewer": "somebody who looks on", "instructor": "the instructor"}
        raise Refusal("denied", "Not allowed", f"only {' or '.join(wanted[role] for role in roles)} can do that")


def as_json(data: object) -> str:
    """Data as it is kept."""
    return json.dumps(data, ensure_ascii=False)
