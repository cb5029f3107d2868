"""What is asked of a design and what came of it (pure data)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scalegame.simulation.result import RunResult
from scalegame.units import Dimension


@dataclass(frozen=True, slots=True)
class Objective:
    """One sentence that must hold: `book.latency.p99 < 400 ms`.

    Attributes:
        text: As written in the level, in its tidy form.
        scope: Workload or operation that it speaks of; "" for the whole.
        metric: "latency", "completion", "availability", "goodput", "throughput", "unfinished",
            "stale_reads", "own_stale_reads", "duplicates", "lost", "cost" or "effort".
        statistic: "mean", "p50", "p90", "p95", "p99", "p999" or "max" of a latency or completion; else "".
        relation: "<", "<=", ">", ">=" or "==".
        target: In base units.
        dimension: Of value and target.
    """

    text: str
    scope: str
    metric: str
    statistic: str
    relation: Literal["<", "<=", ">", ">=", "=="]
    target: float
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Held:
    """An objective against what was measured.

    Attributes:
        values: One a seed, in the order of the runs. NaN: nothing to measure (never holds).
        value: The worst of them: the one that decides.
        held: On every seed.
    """

    objective: Objective
    values: tuple[float, ...]
    value: float
    held: bool


@dataclass(frozen=True, slots=True)
class Stars:
    """Par values; a star each for a winning design that is at par or better. None: no such star.

    Attributes:
        cost: Dollars per hour.
        latency: Seconds; of the statistic that the level's first latency objective names, the worst seed's.
        parts: Components on the board, replicas counted.
    """

    cost: float | None = None
    latency: float | None = None
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a design on a level.

    Attributes:
        objectives: In the level's order.
        won: Every objective held on every seed, and every run went its way to the end.
        stars: Names of the stars earned ("cost", "latency", "parts"); empty unless won.
        cost: Dollars per hour, the worst seed's.
        latency: What the latency star compares (seconds), or NaN.
        parts: Components, replicas counted.
        effort: Hours.
        worst: Index of the run that the player watches: the one with the worst result.
    """

    objectives: tuple[Held, ...]
    won: bool
    stars: tuple[str, ...]
    cost: float
    latency: float
    parts: int
    effort: float
    worst: int
    runs: tuple[RunResult, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """The moment from which a run could no longer be won.

    Attributes:
        time: Simulated seconds.
        sentence: One sentence with one number: why.
        objective: Index of the objective that was lost.
    """

    time: float
    sentence: str
    objective: int
