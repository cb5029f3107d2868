"""The standings of a competition (pure functions).

1. Whoever has won more levels stands higher. A level is won if every objective held on every seed.
2. Among teams with equally many, the fronts decide. On each level the designs that win are compared (`ties`): one
   beats another if it is worse on none of cost, latency, availability and parts, and better on one, beyond what
   chance can do. Teams with a design that no design of the front beats are front 1. They are taken out with all
   their designs; whoever is on the front of the rest is front 2, and so on. The numbers of the fronts on the
   levels that a team has won are added up, less being better.
3. Teams that are equal in both share a rank. Time plays no part.

Ties are not transitive: a may be tied with b, and b with c, and a still beat c. Therefore a front is built from
the top: on it is what nothing on it beats, so that a design which is beaten itself keeps nobody off. Where designs
beat one another in a circle, which chance can bring about, all of the circle are on the front together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scalegame.competition.model.judgement import Judgement
from scalegame.competition.model.settings import Settings
from scalegame.competition.ranking.fronts import places
from scalegame.competition.ranking.histograms import histograms
from scalegame.competition.ranking.score import points
from scalegame.competition.ranking.ties import Axis, beaten
from scalegame.insight.histogram import Histogram

Best = Mapping[tuple[str, str], Sequence[Judgement]]
"""For (id of a team, level as its slot names it): judgements of its designs on one set of seeds, in the order in
which they came. All designs may be given, not only the best."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a team stands on a level.

    Attributes:
        won: It has a design that wins.
        front: 1, 2, …; None unless won.
        kept: Which of its judgements (indices of the sequence that was given) are on that front; if it has not
            won, the one that came closest: it misses the fewest objectives, the earliest of equals.
        shown: Which of these stands for them: the cheapest, then the fastest, then the earliest.
        judgement: That one.
    """

    won: bool
    front: int | None
    kept: tuple[int, ...]
    shown: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class LevelTable:
    """What came of a level.

    Attributes:
        level: As its slot names it.
        places: By team; teams that have nothing judged there are missing.
        won_by: How many teams have won it.
        front: Designs on front 1 as (team, index of its judgement), in the order of the teams.
        histograms: By axis: each team's best value among its designs that win.
    """

    level: str
    places: Mapping[str, Place]
    won_by: int
    front: tuple[tuple[str, int], ...]
    histograms: Mapping[Axis, Histogram]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the standings.

    Attributes:
        rank: 1, 2, 2, 4, …
        tied: Others have the same rank: shown as `2=`.
        team: Id.
        won: How many levels.
        fronts: Sum of the numbers of the fronts on the levels won.
        levels: By level; those without anything judged are missing.
        score: See `score`; None: no weights are set.
    """

    rank: int
    tied: bool
    team: str
    won: int
    fronts: int
    levels: Mapping[str, Place]
    score: float | None = None

    @property
    def shown_rank(self) -> str:
        """`2`, or `2=` where it is shared."""
        return f"{self.rank}=" if self.tied else str(self.rank)


@dataclass(frozen=True, slots=True)
class Standings:
    """All of it.

    Attributes:
        rows: A team each, from the first; those that share a rank in the order in which teams were given.
        levels: One a slot, in their order.
    """

    rows: tuple[Row, ...]
    levels: tuple[LevelTable, ...]


def standings(
    teams: Sequence[str],
    best: Best,
    settings: Settings,
    solved: Mapping[tuple[str, str], float] | None = None,
) -> Standings:
    """Who stands where.

    Args:
        teams: Ids of all that are ranked. Judgements of others are left out.
        best: Judgements by (team, level).
        settings: Slots and weights.
        solved: For (team, level) seconds from the opening of the level until the first design that wins came in;
            only for `Weights.speed`.

    Raises:
        ValueError: Judgements on one level are not of the same seeds and engine.
    """
    levels = tuple(level_table(teams, best, slot.level) for slot in settings.slots)
    scores = _scores(teams, best, settings, solved or {})
    found = []
    for team in teams:
        places = {level.level: level.places[team] for level in levels if team in level.places}
        fronts = [place.front for place in places.values() if place.front is not None]
        score = None if scores is None else scores[team]
        found.append(Row(0, False, team, len(fronts), sum(fronts), places, score))
    return Standings(_ranked(found), levels)


def _ranked(rows: Sequence[Row]) -> tuple[Row, ...]:
    def key(row: Row) -> tuple[int, int]:
        return -row.won, row.fronts

    counts = Counter(map(key, rows))
    ranks: dict[tuple[int, int], int] = {}
    for index, row in enumerate(sorted(rows, key=key), 1):
        ranks.setdefault(key(row), index)
    return tuple(replace(row, rank=ranks[key(row)], tied=counts[key(row)] > 1) for row in sorted(rows, key=key))


def level_table(teams: Sequence[str], best: Best, level: str) -> LevelTable:
    """What came of one level; arguments and errors as for `standings`."""
    given = {team: tuple(best.get((team, level), ())) for team in teams}
    where = [(team, index) for team in teams for index, judgement in enumerate(given[team]) if judgement.won]
    fronts = _fronts(given, where)
    placed: dict[str, Place] = {}
    for team, judgements in given.items():
        if not judgements:
            continue
        number, kept = fronts.get(team, (None, (_closest(judgements),)))
        shown = min(kept, key=[_plain(judgement) for judgement in judgements].__getitem__)
        placed[team] = Place(number is not None, number, kept, shown, judgements[shown])
    return LevelTable(
        level=level,
        places=placed,
        won_by=len(fronts),
        front=tuple(
            (team, i) for team in teams if team in fronts and fronts[team][0] == 1 for i in fronts[team][1]
        ),
        histograms=histograms(given.values()),
    )


def _fronts(
    given: Mapping[str, Sequence[Judgement]], where: Sequence[tuple[str, int]]
) -> dict[str, tuple[int, tuple[int, ...]]]:
    """By team: the front that it is on, and which of its judgements are."""
    # What is the same in every run is compared once.
    alike: dict[object, int] = {}
    same = [alike.setdefault(_figures(given[team][index]), len(alike)) for team, index in where]
    kinds = [where[same.index(kind)] for kind in range(len(alike))]
    relation = beaten([given[team][index] for team, index in kinds])[np.ix_(same, same)]
    found = places(relation, [team for team, _ in where])
    return {team: (number, tuple(where[i][1] for i in on)) for team, (number, on) in found.items()}


def _figures(judgement: Judgement) -> object:
    runs = tuple((run.cost, run.latency, run.availability) for run in judgement.runs)
    return judgement.digest, judgement.engine, judgement.seeds, judgement.parts, runs


def _closest(judgements: Sequence[Judgement]) -> int:
    """Index of the one that misses the fewest objectives; having been ended by a limit counts as one."""
    missed = [sum(not goal.held for goal in j.goals) + any(run.ended for run in j.runs) for j in judgements]
    return missed.index(min(missed))


def _plain(judgement: Judgement) -> tuple[float, float]:
    """Cost and latency, what is no number being infinite."""
    cost, latency = judgement.cost, judgement.latency
    return (math.inf if math.isnan(cost) else cost), (math.inf if math.isnan(latency) else latency)


def _scores(
    teams: Sequence[str], best: Best, settings: Settings, solved: Mapping[tuple[str, str], float]
) -> dict[str, float] | None:
    if settings.weights is None:
        return None
    total = dict.fromkeys(teams, 0.0)
    for slot in settings.slots:
        winners = [(team, j) for team in teams for j in best.get((team, slot.level), ()) if j.won]
        times = {team: solved[team, slot.level] for team in teams if (team, slot.level) in solved}
        owners, designs = [team for team, _ in winners], [judgement for _, judgement in winners]
        for team, value in points(designs, owners, settings.weights, times).items():
            total[team] += value
    return total
