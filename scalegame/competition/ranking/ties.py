"""Which of two designs is better, and when that cannot be told (pure functions).

Two judgements on the same seeds are compared seed by seed: the same arrivals hit both designs, so what they share
of luck drops out. On cost, latency and availability a design is better if the 95 % confidence interval of the mean
difference (Student's t, n - 1 degrees of freedom) lies wholly on its side; otherwise the two are tied. A
difference that is the same on every seed has no interval and counts as it is. From one seed nothing can be told: a
tie.
Parts are counted: there fewer is better, without statistics.

Where there is nothing to measure (NaN) or it never ends (infinite), that is worse than any number: whoever has
fewer such seeds is better; with equally many, those seeds decide on which both have a number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from scalegame.competition.model.judgement import Judgement
from scalegame.proving.statistics import CONFIDENCE, beta_cdf
from scalegame.verdict.judge import CLOSE

Axis = Literal["cost", "latency", "availability", "parts"]
Outcome = Literal["better", "worse", "tie"]

AXES: tuple[Axis, ...] = ("cost", "latency", "availability", "parts")
"""What designs are compared on. Less is better of all but availability."""

_Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """How two designs differ on one axis.

    Attributes:
        axis: Which.
        outcome: For the first of the two.
        mean: First minus second, over the seeds, in the unit of the axis (dollars per hour, seconds, share,
            parts); NaN if there is no seed on which both have a number.
        margin: Half the width of the confidence interval around it; infinite where one seed tells nothing.
    """

    axis: Axis
    outcome: Outcome
    mean: float
    margin: float


def compare(one: Judgement, other: Judgement) -> tuple[Difference, ...]:
    """How two designs differ, one `Difference` an axis, in the order of `AXES`.

    Raises:
        ValueError: They were not judged on the same level, seeds and engine.
    """
    _check_comparable((one, other))
    found = []
    for axis in AXES:
        values = _values((one, other), axis)
        sign, mean, margin = _against(values, values[1], axis)
        outcome: Outcome = "better" if sign[0] > 0 else "worse" if sign[0] < 0 else "tie"
        better_is_more = axis == "availability"
        found.append(Difference(axis, outcome, float(-mean[0] if better_is_more else mean[0]), float(margin[0])))
    return tuple(found)


def beats(one: Judgement, other: Judgement) -> bool:
    """Whether one is worse on no axis, and better on one.

    Raises:
        ValueError: As `compare`.
    """
    outcomes = [difference.outcome for difference in compare(one, other)]
    return "worse" not in outcomes and "better" in outcomes


def outcomes(judgements: Sequence[Judgement], axis: Axis) -> npt.NDArray[np.int8]:
    """Each against each on one axis: 1 where the row is better than the column, -1 where worse, 0: a tie.

    Raises:
        ValueError: As `compare`.
    """
    _check_comparable(judgements)
    values = _values(judgements, axis)
    found = np.zeros((len(values), len(values)), dtype=np.int8)
    for column, own in enumerate(values):
        found[:, column] = _against(values, own, axis)[0]
    return found


def beaten(judgements: Sequence[Judgement]) -> npt.NDArray[np.bool_]:
    """Each against each: True where the row beats the column (see `beats`).

    Raises:
        ValueError: As `compare`.
    """
    never_worse = np.ones((len(judgements), len(judgements)), dtype=np.bool_)
    somewhere_better = np.zeros_like(never_worse)
    for axis in AXES:
        signs = outcomes(judgements, axis)
        never_worse &= signs >= 0
        somewhere_better |= signs > 0
    return never_worse & somewhere_better


@cache
def student(freedom: int, confidence: float = CONFIDENCE) -> float:
    """How many standard errors a two-sided interval reaches to either side (quantile of Student's t).

    Args:
        freedom: Degrees of freedom, 1 or more.
        confidence: Of the interval.
    """
    if freedom < 1 or not 0 < confidence < 1:
        raise ValueError("Student's t needs a degree of freedom, and a confidence between 0 and 1")
    # P(|T| > t) = I_x(freedom / 2, 1/2) with x = freedom / (freedom + t²), which rises with x.
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        below = beta_cdf(middle, freedom / 2, 0.5) < 1 - confidence
        low, high = (middle, high) if below else (low, middle)
    x = (low + high) / 2
    return math.sqrt(freedom * (1 - x) / x)


def _check_comparable(judgements: Sequence[Judgement]) -> None:
    if len({(j.digest, j.engine, j.seeds) for j in judgements}) > 1:
        raise ValueError("only judgements on the same level, seeds and engine can be compared")


def _values(judgements: Sequence[Judgement], axis: Axis) -> _Table:
    """A row a judgement, a column a seed, less being better; NaN where there is no number."""
    if axis == "parts":
        return np.array([[float(j.parts)] for j in judgements]).reshape(len(judgements), 1)
    seeds = max((len(j.runs) for j in judgements), default=0)
    found = np.full((len(judgements), seeds), np.nan)
    for row, judgement in enumerate(judgements):
        found[row, : len(judgement.runs)] = [getattr(run, axis) for run in judgement.runs]
    found[~np.isfinite(found)] = np.nan
    return -found if axis == "availability" else found


def _against(values: _Table, own: _Table, axis: Axis) -> tuple[_Table, _Table, _Table]:
    """All rows against one: the sign of who is better, the mean difference and the margin of each."""
    there = ~np.isnan(values)
    both = there & ~np.isnan(own)
    count = both.sum(axis=1)
    apart = np.where(both, values - own, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = apart.sum(axis=1) / count
        scatter = np.where(both, apart - mean[:, np.newaxis], 0.0)
        error = np.sqrt((scatter**2).sum(axis=1) / (count - 1) / count)
    reach = np.array([math.inf, math.inf, *(student(n - 1) for n in range(2, values.shape[1] + 1))])
    with np.errstate(invalid="ignore"):
        margin = np.zeros(len(values)) if axis == "parts" else np.where(count < 2, math.inf, reach[count] * error)
        size = np.maximum(np.abs(values), np.abs(own))
        close = CLOSE * np.where(both, size, 0.0).max(axis=1, initial=0.0)
        told = np.abs(mean) > np.maximum(margin, close)
    sign = np.where(told, -np.sign(mean), 0.0)
    # Who has fewer seeds without a number is better, whatever the others say.
    more = there.sum(axis=1) - int((~np.isnan(own)).sum())
    return np.where(more != 0, np.sign(more), sign), mean, margin
