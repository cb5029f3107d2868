"""What there is to talk about afterwards (pure data and pure functions)."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scalegame.competition.debrief.attempts import Attempted, Team
from scalegame.competition.debrief.features import Feature, features
from scalegame.competition.debrief.histories import (
    History,
    Same,
    board_of,
    decides,
    histories,
    same_designs,
    verdict_of,
)
from scalegame.competition.model.judgement import Judgement
from scalegame.competition.model.settings import Settings
from scalegame.competition.ranking.standings import LevelTable, Standings, standings
from scalegame.competition.ranking.ties import Difference, compare
from scalegame.design import sharecode
from scalegame.design.difference import summary
from scalegame.errors import ScalegameError
from scalegame.levels.designs import design_text
from scalegame.levels.model import Level
from scalegame.units import show

__all__ = ["MOST_BESIDE", "Attempted", "Debrief", "Shown", "Story", "Team", "debrief"]

MOST_BESIDE = 12
"""Different designs that are put side by side; more are in the list alone."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the best designs on a level.

    Attributes:
        number: What plots and tables call it, from 1; those of front 1 come first.
        team: Id.
        front: That it is on; None: it does not win.
        attempt: The first with this design.
        judgement: Of it.
        changes: What was done to the board as found, for people.
        decides: The objective that decides, with its value: see `histories.decides`; "" if none is known.
        against: How it differs from design 1, an axis each; empty for that one and for designs that do not win.
        text: Design file.
        code: Share code; "" if it is too long for one.
        commands: That run it again.
    """

    number: int
    team: str
    front: int | None
    attempt: Attempted
    judgement: Judgement
    changes: tuple[str, ...]
    decides: str
    against: tuple[Difference, ...]
    text: str
    code: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A level afterwards.

    Attributes:
        level: As its slot names it.
        title: Of the level.
        objectives: Sentences.
        latency: What the axis "latency" measures there: `latency.p99`.
        tried: Teams that handed in something.
        handed_in: Designs, duplicates counted.
        missed: (objective, how many of the judged designs missed it), most first.
        table: Places and histograms.
        designs: The best of each team: all that are on its front, or the one that came closest.
        different: Of these the different ones, each with all that are the same.
        apart: What tells the first `MOST_BESIDE` of the different ones apart.
    """

    level: str
    title: str
    objectives: tuple[str, ...]
    latency: str
    tried: int
    handed_in: int
    missed: tuple[tuple[str, int], ...]
    table: LevelTable
    designs: tuple[Shown, ...]
    different: tuple[tuple[Shown, ...], ...]
    apart: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class Debrief:
    """All of it.

    Attributes:
        title: Of the competition.
        ranked: It was a contest; a lesson ranks nobody.
        teams: By id.
        standings: On the judgements that were given.
        stories: One a level.
        histories: Attempts by level and team.
        same: Designs that several teams handed in.
    """

    title: str
    ranked: bool
    teams: Mapping[str, Team]
    standings: Standings
    stories: tuple[Story, ...]
    histories: tuple[History, ...]
    same: tuple[Same, ...]


def debrief(
    title: str,
    levels: Mapping[str, Level],
    teams: Sequence[Team],
    attempted: Sequence[Attempted],
    settings: Settings,
    solved: Mapping[tuple[str, str], float] | None = None,
) -> Debrief:
    """Puts together what there is to talk about.

    Args:
        title: Of the competition.
        levels: By slot; slots whose level is missing are left out.
        teams: All; attempts of others are left out.
        attempted: In any order.
        settings: Of the competition.
        solved: As for `standings`.

    Raises:
        ValueError: As for `standings`.
    """
    names = {team.id: team for team in teams}
    slots = tuple(slot for slot in settings.slots if slot.level in levels)
    known = {slot.level: levels[slot.level] for slot in slots}
    # Where it is not known when something came, its place in the sequence stands for it.
    came = sorted((a for a in attempted if a.team in names and a.level in known), key=lambda a: a.received or 0.0)
    judged: dict[tuple[str, str], list[Attempted]] = {}
    for attempt in came:
        if attempt.judgement is not None:
            judged.setdefault((attempt.team, attempt.level), []).append(attempt)
    best = {key: [a.judgement for a in attempts if a.judgement is not None] for key, attempts in judged.items()}
    slim = Settings(settings.title, settings.mode, slots, weights=settings.weights)
    found = standings([team.id for team in teams], best, slim, solved)
    return Debrief(
        title=title,
        ranked=settings.mode == "contest",
        teams=names,
        standings=found,
        stories=tuple(
            _story(known[t.level], t, judged, [a for a in came if a.level == t.level]) for t in found.levels
        ),
        histories=histories(known, came),
        same=same_designs(known, came),
    )


def _story(
    level: Level,
    table: LevelTable,
    judged: Mapping[tuple[str, str], Sequence[Attempted]],
    came: Sequence[Attempted],
) -> Story:
    missed = Counter(
        goal.text for a in came if a.judgement is not None for goal in a.judgement.goals if not goal.held
    )
    designs = _designs(level, table, judged)
    groups: dict[str, list[Shown]] = {}
    for design in designs:
        groups.setdefault(design.attempt.key, []).append(design)
    different = tuple(tuple(group) for group in groups.values())
    beside = [group[0] for group in different[:MOST_BESIDE]]
    boards = [board for design in beside if (board := board_of(level, design.attempt)) is not None]
    whole = len(boards) == len(beside)
    return Story(
        level=table.level,
        title=level.title,
        objectives=tuple(objective.text for objective in level.objectives),
        latency=next((f"latency.{o.statistic}" for o in level.objectives if o.metric == "latency"), "latency.p99"),
        tried=len({a.team for a in came}),
        handed_in=len(came),
        missed=tuple(missed.most_common()),
        table=table,
        designs=designs,
        different=different,
        apart=features(boards, level.rulebook, [d.attempt.design.live for d in beside]) if whole else (),
    )


def _designs(
    level: Level, table: LevelTable, judged: Mapping[tuple[str, str], Sequence[Attempted]]
) -> tuple[Shown, ...]:
    chosen: list[tuple[int | None, Attempted]] = []
    for team, place in table.places.items():
        seen: set[str] = set()
        for index in sorted(place.kept, key=lambda i, shown=place.shown: (i != shown, i)):  # type: ignore[misc]
            attempt = judged[team, table.level][index]
            if attempt.key not in seen:
                seen.add(attempt.key)
                chosen.append((place.front, attempt))
    chosen.sort(key=lambda each: (each[0] is None, each[0] or 0, _cost(each[1]), each[1].received or 0.0))
    first = chosen[0][1].judgement if chosen else None
    return tuple(_shown(level, number, front, attempt, first) for number, (front, attempt) in enumerate(chosen, 1))


def _cost(attempt: Attempted) -> float:
    cost = attempt.judgement.cost if attempt.judgement is not None else float("nan")
    return float("inf") if cost != cost else cost


def _shown(level: Level, number: int, front: int | None, attempt: Attempted, first: Judgement | None) -> Shown:
    assert attempt.judgement is not None
    board = board_of(level, attempt)
    verdict = verdict_of(level, board, attempt)
    decisive = None if verdict is None else decides(verdict)
    against = compare(attempt.judgement, first) if front is not None and number > 1 and first is not None else ()
    try:
        code = sharecode.encode(attempt.design)
    except ScalegameError:
        code = ""
    told = (
        ""
        if decisive is None
        else f"{decisive.objective.text} ({show(decisive.value, decisive.objective.dimension)})"
    )
    named = shlex.quote(level.id)
    replay = f"scalegame run {named} --design design.yaml"
    return Shown(
        number=number,
        team=attempt.team,
        front=front,
        attempt=attempt,
        judgement=attempt.judgement,
        changes=() if board is None else (*summary(level.found, board, level.rulebook), *attempt.design.live),
        decides=told,
        against=against,
        text=design_text(attempt.design),
        code=code,
        commands=(f"scalegame open {code} > design.yaml", replay) if code else (replay,),
    )
