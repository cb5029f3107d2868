"""What came of a submission (pure data). Seeds are never part of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scalegame.errors import ScalegameError


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a submission, on one seed that only the judge knows.

    Attributes:
        values: One an objective of the level, in its order; NaN: nothing to measure.
        cost: Dollars per hour.
        latency: Of the statistic that the level's first latency objective names (seconds), the 99th percentile
            of all requests where it names none; NaN if nothing was answered.
        availability: Share of requests that succeeded, 0 to 1.
        ended: Why the run did not go its way to the end; "" if it did.
    """

    values: tuple[float, ...]
    cost: float
    latency: float
    availability: float
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective and what decides it.

    Attributes:
        text: As the level has it.
        value: The worst seed's, in base units; NaN: nothing to measure.
        held: On every seed.
    """

    text: str
    value: float
    held: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a submission on a set of seeds.

    Attributes:
        level: Id of the level.
        digest: Of the level.
        engine: Version of the engine that judged.
        seeds: Name of the set of seeds: "play", or the fingerprint of a secret.
        won: Every objective held on every seed.
        stars: Earned ("cost", "latency", "parts").
        goals: One an objective.
        parts: Components, replicas counted.
        effort: Hours.
        runs: One a seed, in the order of the set: the same seed for everybody. Fewer where one was ended by a
            limit, which loses.
    """

    level: str
    digest: str
    engine: str
    seeds: str
    won: bool
    stars: tuple[str, ...]
    goals: tuple[Goal, ...]
    parts: int
    effort: float
    runs: tuple[Run, ...]

    @property
    def cost(self) -> float:
        """Mean over the runs, dollars per hour."""
        return mean(run.cost for run in self.runs)

    @property
    def latency(self) -> float:
        """Mean over the runs, seconds; NaN if there was nothing to measure on one of them."""
        return mean(run.latency for run in self.runs)

    @property
    def availability(self) -> float:
        """Mean over the runs, 0 to 1."""
        return mean(run.availability for run in self.runs)


def mean(values: Iterable[float]) -> float:
    """The mean of numbers, NaN of none."""
    found = list(values)
    return sum(found) / len(found) if found else math.nan


def to_data(judgement: Judgement) -> dict[str, object]:
    """As JSON has it, exactly: for the judge's own records, not for players."""
    return {
        "level": judgement.level,
        "digest": judgement.digest,
        "engine": judgement.engine,
        "seeds": judgement.seeds,
        "won": judgement.won,
        "stars": list(judgement.stars),
        "goals": [{"text": g.text, "value": _number(g.value), "held": g.held} for g in judgement.goals],
        "parts": judgement.parts,
        "effort": judgement.effort,
        "runs": [
            {
                "values": [_number(value) for value in run.values],
                "cost": _number(run.cost),
                "latency": _number(run.latency),
                "availability": _number(run.availability),
                "ended": run.ended,
            }
            for run in judgement.runs
        ],
    }


def from_data(data: Mapping[str, object]) -> Judgement:
    """What `to_data` gave.

    Raises:
        ScalegameError: The record is damaged.
    """
    try:
        return Judgement(
            level=str(data["level"]),
            digest=str(data["digest"]),
            engine=str(data["engine"]),
            seeds=str(data["seeds"]),
            won=data["won"] is True,
            stars=tuple(map(str, _list(data["stars"]))),
            goals=tuple(
                Goal(str(goal["text"]), _float(goal["value"]), goal["held"] is True)
                for goal in map(_mapping, _list(data["goals"]))
            ),
            parts=int(_float(data["parts"])),
            effort=_float(data["effort"]),
            runs=tuple(
                Run(
                    tuple(_float(value) for value in _list(run["values"])),
                    _float(run["cost"]),
                    _float(run["latency"]),
                    _float(run["availability"]),
                    str(run["ended"]),
                )
                for run in map(_mapping, _list(data["runs"]))
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ScalegameError("Damaged", f"this judgement cannot be read: {error}") from None


def rounded(judgement: Judgement) -> dict[str, object]:
    """What a player may see: no value of a single run, and three significant figures.

    What is told is not enough to find out which seeds there were.
    """
    return {
        "won": judgement.won,
        "stars": list(judgement.stars),
        "objectives": [
            {"text": goal.text, "value": significant(goal.value), "held": goal.held} for goal in judgement.goals
        ],
        "cost": significant(judgement.cost),
        "latency": significant(judgement.latency),
        "availability": significant(judgement.availability),
        "parts": judgement.parts,
        "effort": significant(judgement.effort),
        "ended": next((run.ended for run in judgement.runs if run.ended), ""),
        "engine": judgement.engine,
    }


def significant(value: float, figures: int = 3) -> float | None:
    """A number with so many significant figures; None where there is none to tell.

    Shares close to 1 keep three figures of what is missing: 0.99934 is told as 0.99934, not as 0.999.
    """
    if not math.isfinite(value):
        return None
    if 0.9 < value < 1:
        return 1 - float(f"{1 - value:.{figures}g}")
    return float(f"{value:.{figures}g}")


def _number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else repr(value)


def _float(value: object) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("a record is missing")
    return value
