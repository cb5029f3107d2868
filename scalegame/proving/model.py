"""What proving a level brings to light (pure data)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scalegame.verdict.model import Objective


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run of one attempt says about the level's objectives.

    Attributes:
        seed: Of the run.
        values: One an objective, in the level's order; NaN: nothing to measure.
        counts: One an objective: (how many count against it, of how many) where it counts, else None.
        cost: Dollars per hour.
        ended: Why the run ended early, or "".
        versions: Of engine, Python, numpy and platform.
    """

    seed: int
    values: tuple[float, ...]
    counts: tuple[tuple[int, int] | None, ...]
    cost: float
    ended: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Margin:
    """How far luck is from deciding one objective of one attempt.

    Attributes:
        objective: Which.
        held: On how many runs it held.
        runs: Of how many.
        mean: Of the values that there are.
        deviation: Standard deviation between runs.
        worst: The worst value of any run.
        sigmas: How many standard deviations the mean is on the good side of the target (negative: on the bad
            one); infinite where nothing varies, NaN where there is nothing to measure.
        luck: Estimated probability that a run falls on the other side than its mean; an upper bound where it
            comes from counts. None where the objective is judged by sigmas.
        clear: Whether luck decides fewer than one run in a hundred.
    """

    objective: Objective
    held: int
    runs: int
    mean: float
    deviation: float
    worst: float
    sigmas: float
    luck: float | None
    clear: bool


@dataclass(frozen=True, slots=True)
class AttemptProof:
    """What became of one attempt.

    Attributes:
        name: Of the attempt; "untouched" for the board as found.
        declared: "wins", or the text of the objective that it is declared to miss, or "loses".
        margins: One an objective; empty if the design cannot start.
        runs: How many were made on proof seeds.
        won: On how many of them every objective held.
        interval: 95 % Clopper-Pearson interval of the probability that a run is won.
        deciding: Index of the objective that decides: of a winner the one with the least room, of a loser the
            one that it is declared to miss, or misses most surely; None if the design cannot start.
        stars: Earned on the play seeds, by an attempt declared to win.
        problems: What contradicts the declaration; empty if it is proved.
        advice: What to change about it, where there is a problem.
        cost: Dollars per hour, the mean of its runs; NaN without any.
    """

    name: str
    declared: str
    margins: tuple[Margin, ...]
    runs: int
    won: int
    interval: tuple[float, float]
    deciding: int | None
    stars: tuple[str, ...]
    problems: tuple[str, ...]
    advice: tuple[str, ...] = ()
    cost: float = math.nan


#: What became of a design that nobody declared.
Outcome = Literal["loses", "cannot start", "wins", "sometimes wins", "not tried"]


@dataclass(frozen=True, slots=True)
class Trial:
    """A design that the proof made up, and what became of it.

    Attributes:
        name: What it is called, and accepted by: `max web.replicas`, `search: set web size=large`.
        do: Its edits.
        live: Its orders.
        outcome: Of its runs.
        runs: How many there were; 0 where none was needed, since it cannot start or is a declared attempt's board.
        won: How many of them met every objective.
        interval: 95 % Clopper-Pearson interval of the probability that a run is won.
        deciding: Text of the objective that it misses most surely; "" if it wins or did not run.
        cost: Dollars per hour, the mean of its runs; of the design where it did not run.
        effort: Hours.
        note: Why it does not count, if it does not: `the idea of two-more`.
        accepted: The author's reason why it may win, if there is one.
        problem: What is wrong with its winning; "" if nothing is, or the author accepts it.
        advice: What to change.
    """

    name: str
    do: tuple[str, ...]
    live: tuple[str, ...]
    outcome: Outcome
    runs: int
    won: int
    interval: tuple[float, float]
    deciding: str
    cost: float
    effort: float
    note: str = ""
    accepted: str = ""
    problem: str = ""
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found among designs that nobody wrote.

    Attributes:
        designs: How many were tried.
        won: How many of them win.
        finds: Those that win without what the level is about, or for less than every declared winner.
    """

    designs: int
    won: int
    finds: tuple[Trial, ...] = ()


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard a level is, estimated from its proof.

    Attributes:
        level: 1 to 5.
        tightness: Room of the roomiest winner at its tightest objective, relative to the target: 0.05 is little.
        parts: Changes of the shortest winner.
        share: Of the designs searched, those that win; NaN without a search.
    """

    level: int
    tightness: float
    parts: int
    share: float


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a level teaches what it claims.

    Attributes:
        level: Its id.
        digest: Of the level.
        fresh: Whether the seeds were drawn anew.
        seeds: The proof seeds.
        attempts: The untouched board first, then as in the level.
        problems: Of the level as a whole; those of the attempts are with them.
        versions: Of engine, Python, numpy and platform.
        notes: What an author should know and nothing forbids.
        full: Made with as many seeds as a certificate needs, losers too, with generated attempts and a search.
        generated: Attempts that follow from the level: its maxima, everything, its winners without their point.
        search: What else was tried; None: nothing.
        difficulty: Estimated; None without a winner.
        declared: The difficulty that the author declares; 0: not known.
    """

    level: str
    digest: str
    fresh: bool
    seeds: tuple[int, ...]
    attempts: tuple[AttemptProof, ...]
    problems: tuple[str, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    full: bool = True
    generated: tuple[Trial, ...] = ()
    search: Searched | None = None
    difficulty: Difficulty | None = None
    declared: int = 0

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Everything that nobody declared: what was generated, and what was found."""
        return (*self.generated, *(self.search.finds if self.search else ()))

    @property
    def proved(self) -> bool:
        """Nothing contradicts the level's claims."""
        told = (*(a.problems for a in self.attempts), *(t.problem for t in self.trials))
        return not self.problems and not any(told)
