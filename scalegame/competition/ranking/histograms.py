"""How the teams' values are spread on each axis of a level (pure functions)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from scalegame.competition.model.judgement import Judgement
from scalegame.competition.ranking.ties import AXES, Axis
from scalegame.insight.histogram import Histogram, linear, logarithmic

#: Availabilities closer to 1 than this count as 1.
_LEAST_MISSING = 1e-5
#: Buckets at most.
_MOST = 12


def histograms(teams: Iterable[Sequence[Judgement]]) -> dict[Axis, Histogram]:
    """For each axis, how many teams have their best value in which bucket.

    Args:
        teams: For each team its judgements on a level. Only designs that win count; teams without any do not.
    """
    winners = [[j for j in team if j.won] for team in teams]
    return {axis: _histogram(axis, [best(axis, team) for team in winners if team]) for axis in AXES}


def best(axis: Axis, judgements: Sequence[Judgement]) -> float:
    """The best value on an axis; NaN where none has a number."""
    values = [float(getattr(j, axis)) for j in judgements]
    numbers = [value for value in values if np.isfinite(value)]
    if not numbers:
        return float("nan")
    return max(numbers) if axis == "availability" else min(numbers)


def _histogram(axis: Axis, values: Sequence[float]) -> Histogram:
    if axis == "latency":
        return logarithmic(np.asarray(values, dtype=np.float64), most=_MOST)
    if axis == "availability":
        return _nines(values)
    return linear(values, most=_MOST, whole=axis == "parts")


def _nines(values: Sequence[float]) -> Histogram:
    """Buckets of equal factors of what is missing to 1: 99 % and 99.9 % are as far apart as 99.9 % and 99.99 %."""
    missing = logarithmic(1.0 - np.asarray(values, dtype=np.float64), most=_MOST, least=_LEAST_MISSING)
    edges = sorted({min(max(round(1.0 - edge, 9), 0.0), 1.0) for edge in missing.edges})
    if missing.edges[0] <= _LEAST_MISSING:
        edges[-1] = 1.0
    empty = Histogram(tuple(edges) if len(edges) > 1 else (0.0, 0.1), (0,) * max(len(edges) - 1, 1))
    counts = Counter(empty.bucket(value) for value in values if np.isfinite(value))
    return Histogram(empty.edges, tuple(counts[bucket] for bucket in range(len(empty.counts))))
