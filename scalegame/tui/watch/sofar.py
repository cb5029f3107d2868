"""What the objectives would measure if a run ended now: for the goals on the screen while it plays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scalegame.simulation.kernel import ANSWERS, FULL
from scalegame.simulation.recording import Floats, Recording
from scalegame.simulation.result import RunResult, Times
from scalegame.simulation.scenario import Window
from scalegame.units import Dimension
from scalegame.verdict.judge import measure
from scalegame.verdict.model import Objective

_NAN = float("nan")


def value_so_far(
    objective: Objective, recording: Recording, result: RunResult, window: Window, time: float, effort: float
) -> float:
    """What an objective measures over the requests resolved by `time`.

    At the end of the recording it is the value of the result itself. Cost and effort do not wait.

    Args:
        objective: What is asked.
        recording: Of the run.
        result: Of the same run.
        window: When it is measured.
        time: The playhead, simulated seconds.
        effort: Hours, of the design.

    Returns:
        In base units; NaN where nothing was measured yet.
    """
    if objective.metric in ("cost", "effort") or time >= float(recording.times[-1]):
        return measure(objective, result, result.cost, effort)
    log = recording.requests
    rows = log.of(objective.scope)
    if not rows.any():
        return _NAN
    known = rows & (log.resolved <= time)
    good = log.ended(ANSWERS) & known
    elapsed = min(time, window.end) - window.start
    match objective.metric:
        case "latency":
            return _statistic(log.resolved[good] - log.born[good], objective.statistic)
        case "completion":
            complete = rows & (log.completed <= time)
            return _statistic(log.completed[complete] - log.born[complete], objective.statistic)
        case "availability":
            return float(good.sum() / known.sum()) if known.any() else _NAN
        case "goodput" | "throughput":
            counted = log.ended(FULL) & known if objective.metric == "goodput" else good
            return float(counted.sum() / elapsed) if elapsed > 0 else _NAN
        case "stale_reads" | "own_stale_reads":
            stale = known & (log.stale >= (2 if objective.metric == "own_stale_reads" else 1))
            if objective.dimension is Dimension.RATIO:
                return float(stale.sum() / good.sum()) if good.any() else _NAN
            return float(stale.sum())
        case "duplicates" | "lost":
            hit = known & ((log.doubled if objective.metric == "duplicates" else log.lost) > 0)
            if objective.dimension is Dimension.RATIO:
                return float(hit.sum() / known.sum()) if known.any() else _NAN
            return float(hit.sum())
    return _NAN


def _statistic(sample: Floats, name: str) -> float:
    return float(getattr(Times.of(sample), name)) if len(sample) else _NAN


@dataclass(frozen=True, slots=True)
class Curves:
    """The whole run at a glance, one value a bucket of equal length.

    Attributes:
        step: Length of a bucket, seconds.
        p99: Of the answers that came in it, seconds; NaN where none came.
        throughput: Successes a second.
        errors: Failures a second.
        begins: Before this nothing is measured, seconds.
    """

    step: float
    p99: tuple[float, ...]
    throughput: tuple[float, ...]
    errors: tuple[float, ...]
    begins: float = 0.0

    def upto(self, time: float) -> int:
        """How many buckets are over at a moment."""
        return max(0, min(int(time / self.step), len(self.p99)))


def curves(recording: Recording, end: float, buckets: int = 120, begins: float = 0.0) -> Curves:
    """Sums a recording up for sparklines, up to the end of its window (seconds), which begins at `begins`."""
    log = recording.requests
    step = max(end / buckets, 1e-9)
    ended = ~np.isnan(log.resolved) & (log.resolved < end)
    good = log.ended(ANSWERS)
    where = np.minimum((log.resolved[ended] / step).astype(np.int64), buckets - 1)
    succeeded = good[ended]
    taken = (log.resolved - log.born)[ended]
    through = np.bincount(where[succeeded], minlength=buckets) / step
    errors = np.bincount(where[~succeeded], minlength=buckets) / step
    order = np.argsort(where[succeeded], kind="stable")
    sorted_where, sorted_taken = where[succeeded][order], taken[succeeded][order]
    edges = np.searchsorted(sorted_where, np.arange(buckets + 1))
    p99 = [
        float(np.quantile(sorted_taken[a:b], 0.99, method="inverted_cdf")) if b > a else _NAN
        for a, b in pairwise(edges)
    ]
    return Curves(step, tuple(p99), tuple(map(float, through)), tuple(map(float, errors)), begins)


def first_to_fill(recording: Recording, candidates: tuple[str, ...], full: float = 0.97) -> str:
    """The component whose busiest pool is the first to stay full for a second; "" if none ever is."""
    times = recording.times
    best, winner = float("inf"), ""
    for id in candidates:
        track = recording.components.get(id)
        if track is None:
            continue
        busy = (track.utilisation >= full) & (track.queue > 0)
        need = max(1, round(1.0 / max(float(times[1] - times[0]), 1e-9))) if len(times) > 1 else 1
        runs = np.convolve(busy.astype(np.int64), np.ones(need, dtype=np.int64), mode="valid")
        hits = np.flatnonzero(runs == need)
        if len(hits) and float(times[hits[0]]) < best:
            best, winner = float(times[hits[0]]), id
    return winner


def latencies(objective: Objective | None, recording: Recording) -> Floats:
    """How long the successes took that an objective speaks of (None: all), seconds, in order of birth."""
    log = recording.requests
    rows = log.of("" if objective is None else objective.scope)
    good = log.ended(ANSWERS)
    known = rows & good & ~np.isnan(log.resolved)
    return np.asarray(log.resolved[known] - log.born[known])
