"""The moment from which a run can no longer be won, in one sentence with a number.

The player watches a recording of a run that is computed already, so a stop is found by looking back: only an
objective that the run lost in the end can stop it, and what is looked for is the earliest moment at which
nothing that might still have happened could have saved it. The size of the cohort is known (looking back, as
the player cannot); what each request will do is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from scalegame.simulation.kernel import ANSWERS, DEGRADED
from scalegame.simulation.recording import Recording, RequestLog, Track
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Window
from scalegame.units import Dimension, show
from scalegame.verdict.judge import holds, measure, slice_of
from scalegame.verdict.model import Objective, Stop

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
#: A backlog is one only from this many waiting on.
CROWD = 20
#: The stretch over which a queue has to have grown, at least (seconds).
LEAST_STRETCH = 3.0
_GROWTH_BLOCKS = 4
_LOSES_BY_WAITING = frozenset(("latency", "completion", "availability", "goodput", "throughput", "unfinished"))


@dataclass(frozen=True, slots=True)
class _Cohort:
    """The requests that one objective speaks of."""

    born: Floats
    resolved: Floats
    completed: Floats
    success: Bools
    degraded: Bools
    stale: npt.NDArray[np.int64]
    doubled: npt.NDArray[np.int64]
    lost: npt.NDArray[np.int64]

    @property
    def size(self) -> int:
        return len(self.born)

    @property
    def failed(self) -> Bools:
        """Failed, and the client knows it."""
        return ~self.success & ~np.isnan(self.resolved)


def first_stop(
    objectives: Sequence[Objective],
    result: RunResult,
    recording: Recording,
    window: Window,
    *,
    effort: float,
    price: float | None = None,
    ordered: bool = False,
) -> Stop | None:
    """The earliest moment at which the run was lost for certain; None if it was won or lost only at its end.

    Args:
        objectives: The level's.
        result: Of the run.
        recording: Of the same run.
        window: When it was measured.
        effort: Hours, of the design.
        price: Dollars per hour of the design before anything happens; None: the cost measured. A
            cost that goes over only through what was used is no reason to stop early.
        ordered: Somebody acted during the run: what it costs is what ran, not the design's price.
    """
    found = stops(objectives, result, recording, window, effort=effort, price=price, ordered=ordered)
    return found[0] if found else None


def stops(
    objectives: Sequence[Objective],
    result: RunResult,
    recording: Recording,
    window: Window,
    *,
    effort: float,
    price: float | None = None,
    ordered: bool = False,
) -> tuple[Stop, ...]:
    """Every objective's own stop, earliest first (see `first_stop`)."""
    lost = [
        (index, objective)
        for index, objective in enumerate(objectives)
        if not holds(objective, measure(objective, result, result.cost, effort))
    ]
    found = []
    for index, objective in lost:
        if objective.metric == "cost" and ordered:
            stop = _overspent(index, objective, recording, window)
        elif objective.metric in ("cost", "effort"):
            stop = _unaffordable(index, objective, result.cost if price is None else price, effort)
        else:
            stop = _certain(index, objective, result, recording.requests)
        if stop is not None and stop.time < recording.times[-1]:
            found.append(stop)
    for index, objective in lost:
        if objective.metric in _LOSES_BY_WAITING:
            hopeless = _backlog(index, recording, window)
            found += [hopeless] if hopeless is not None else []
            break
    # Python's sort is stable: what the level asks first is said first.
    return tuple(sorted(found, key=lambda stop: stop.time))


def _unaffordable(index: int, objective: Objective, price: float, effort: float) -> Stop | None:
    """What is lost before the first request."""
    value = price if objective.metric == "cost" else effort
    if holds(objective, value):
        return None
    shown, target = show(value, objective.dimension), show(objective.target, objective.dimension)
    if objective.metric == "cost":
        return Stop(0.0, f"{shown} before anybody has asked for anything; the purse holds {target}.", index)
    return Stop(0.0, f"{shown} of work for {target} of people: they are still typing.", index)


def _overspent(index: int, objective: Objective, recording: Recording, window: Window) -> Stop | None:
    """When what ran in the window so far has cost more than the whole of it may."""
    if not len(recording.cost) or objective.relation not in ("<", "<="):
        return None
    edges = np.concatenate(([0.0], recording.times))
    seconds = np.diff(np.clip(edges, window.start, window.end))
    # What ran between two samples is not known: never more than it was is counted.
    least = np.minimum(recording.cost, np.concatenate((recording.cost[:1], recording.cost[:-1])))
    spent = np.cumsum(least * seconds) / (window.end - window.start)
    over = np.flatnonzero([not holds(objective, float(value)) for value in spent])
    if not len(over):
        return None
    target = show(objective.target, objective.dimension)
    return Stop(
        float(recording.times[over[0]]),
        f"What ran so far has used up {target} for the whole run: no order brings that back.",
        index,
    )


def _certain(index: int, objective: Objective, result: RunResult, log: RequestLog) -> Stop | None:
    """The moment from which the objective is missed whatever the rest of the cohort does."""
    cohort = _cohort(objective, log)
    if cohort.size == 0:
        return None
    lower = objective.relation in ("<", "<=", "==")
    match objective.metric:
        case "availability" if objective.relation in (">", ">="):
            return _too_many_failures(index, objective, cohort)
        case "goodput" if objective.relation in (">", ">="):
            return _too_little_good(index, objective, cohort, result)
        case "latency" | "completion" if objective.relation in ("<", "<="):
            return _too_slow(index, objective, cohort)
        case "stale_reads" | "own_stale_reads" | "duplicates" | "lost" if lower:
            return _too_many_marred(index, objective, cohort, result)
    return None


def _cohort(objective: Objective, log: RequestLog) -> _Cohort:
    """The rows of the log that an objective speaks of."""
    rows = log.of(objective.scope)
    resolved = log.resolved[rows]
    return _Cohort(
        born=log.born[rows],
        resolved=resolved,
        completed=log.completed[rows],
        success=log.ended(ANSWERS)[rows] & ~np.isnan(resolved),
        degraded=log.ended({DEGRADED})[rows],
        stale=log.stale[rows],
        doubled=log.doubled[rows],
        lost=log.lost[rows],
    )


def _least(misses: Callable[[int], bool], most: int) -> int | None:
    """The smallest count from 0 to `most` that misses; None if none does (misses is monotone)."""
    if not misses(most):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if misses(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _nth(times: Floats, n: int) -> float | None:
    """When the n-th of these happened (n from 1); None if there are fewer."""
    if n > len(times):
        return None
    return float(np.partition(times, max(n, 1) - 1)[max(n, 1) - 1])


def _too_many_failures(index: int, objective: Objective, cohort: _Cohort) -> Stop | None:
    size = cohort.size
    fatal = _least(lambda k: not holds(objective, (size - k) / size), size)
    if fatal is None:
        return None
    time = _nth(cohort.resolved[cohort.failed], fatal)
    if time is None:
        return None
    target = show(objective.target, Dimension.RATIO)
    return Stop(
        time,
        f"Failure number {fatal:,}: {target} of {size:,} forgives {max(fatal - 1, 0):,}, all of them used.",
        index,
    )


def _too_little_good(index: int, objective: Objective, cohort: _Cohort, result: RunResult) -> Stop | None:
    part = slice_of(objective, result)
    good = int(np.count_nonzero(cohort.success & ~cohort.degraded))
    if part is None or part.goodput <= 0 or good == 0:
        return None
    seconds = good / part.goodput
    size = cohort.size
    fatal = _least(lambda k: not holds(objective, (size - k) / seconds), size)
    if fatal is None or fatal == 0:
        # Not even a perfect system would do: the cohort itself is too small for the objective.
        return None
    time = _nth(cohort.resolved[cohort.failed | (cohort.success & cohort.degraded)], fatal)
    if time is None:
        return None
    target = show(objective.target, Dimension.RATE)
    return Stop(time, f"{fatal:,} without a good answer: what is left no longer makes {target}.", index)


def _too_slow(index: int, objective: Objective, cohort: _Cohort) -> Stop | None:
    """By events in order of time: slow answers so far against the most that there can still be."""
    ends = cohort.resolved if objective.metric == "latency" else cohort.completed
    done = ~np.isnan(ends)
    failures = cohort.resolved[cohort.failed]
    if objective.metric == "latency":
        done &= cohort.success
    else:
        # What failed for its client may still take effect: only the size of the cohort bounds the sample.
        failures = failures[:0]
    taken = ends[done] - cohort.born[done]
    times = np.concatenate((ends[done], failures))
    order = np.argsort(times, kind="stable")
    failed = np.concatenate((np.zeros(len(taken)), np.ones(len(failures))))[order]
    taken = np.concatenate((taken, np.zeros(len(failed) - len(taken))))[order]
    possible = cohort.size - np.cumsum(failed)
    slow = np.array([not holds(objective, float(t)) for t in taken], dtype=bool) & (failed == 0)
    count = np.cumsum(slow)
    if objective.statistic == "mean":
        floor = np.cumsum(taken * (failed == 0)) / np.maximum(possible, 1)
        lost = np.array([not holds(objective, float(mean)) for mean in floor], dtype=bool)
    elif objective.statistic == "max":
        lost = count >= 1
    else:
        # The rank that `Times.of` picks: slow ones are the largest, so it is slow once they reach down to it.
        rank = np.maximum(np.ceil(QUANTILES[objective.statistic] * possible - 1e-9), 1)
        lost = count >= possible - rank + 1
    # Where nobody is left who could succeed there is nothing to measure, and that never holds.
    lost |= possible == 0
    hit = np.flatnonzero(lost)
    if not len(hit):
        return None
    at = int(hit[0])
    time, many = float(times[order][at]), int(count[at])
    limit = show(objective.target, Dimension.TIME)
    what = {"latency": "answer", "completion": "message"}[objective.metric]
    if possible[at] == 0:
        return Stop(time, f"All {cohort.size:,} have failed: there is no {what} left to be quick.", index)
    if objective.statistic == "mean":
        return Stop(time, f"The mean is past {limit} even if every {what} still to come takes no time.", index)
    if objective.statistic == "max":
        return Stop(time, f"One {what} took {show(float(taken[at]), Dimension.TIME)}, and one is enough.", index)
    return Stop(
        time,
        f"{many:,} {what}s took longer than {limit}: more than {objective.statistic} allows, whatever comes.",
        index,
    )


def _too_many_marred(index: int, objective: Objective, cohort: _Cohort, result: RunResult) -> Stop | None:
    part = slice_of(objective, result)
    if part is None:
        return None
    match objective.metric:
        case "duplicates":
            marred, whole, told = cohort.doubled > 0, part.requests, "has been carried out twice"
        case "lost":
            marred, whole, told = cohort.lost > 0, part.requests, "was acknowledged and is gone"
        case own:
            marred = cohort.stale >= (2 if own == "own_stale_reads" else 1)
            whole, told = part.reads, "has been read as new"
    marred &= ~np.isnan(cohort.resolved)
    of = whole if objective.dimension is Dimension.RATIO else 1
    most = int(np.count_nonzero(marred))
    if of == 0 or most == 0:
        return None
    # Fewer than "== 3" may still become three: only too many is certain.
    fatal = _least(lambda k: k / of > objective.target and not holds(objective, k / of), most)
    time = None if fatal is None else _nth(cohort.resolved[marred], fatal)
    if fatal is None or time is None:
        return None
    forgiven = "none was" if fatal <= 1 else f"{fatal - 1:,} were"
    what = "Old news" if objective.metric.endswith("stale_reads") else "Request"
    return Stop(time, f"{what} number {fatal:,} {told}, and {forgiven} forgiven.", index)


def _backlog(index: int, recording: Recording, window: Window) -> Stop | None:
    """The earliest moment at which some queue can be said never to catch up.

    The rule, tick by tick in the window: over the last third of the window so far (at least three seconds)
    the queue's mean grew from each quarter of that stretch to the next, more arrived than were answered or
    turned away, all its replicas are up as they were at the start, at least `CROWD` wait – and at no later
    moment of the window was the queue shorter, so that the sentence is never a false alarm.
    """
    best: Stop | None = None
    for id, track in recording.components.items():
        time = _never_catches_up(track, recording.times, window)
        if time is not None and (best is None or time < best.time):
            now = recording.at(time)
            since = _stretch(recording.times, now, window)
            asked, done = (
                float(np.mean(track.arrivals[since:now])),
                float(np.mean(track.completions[since:now])),
            )
            waiting = f"{id} has {int(track.queue[now]):,} waiting"
            best = Stop(
                time,
                f"{waiting} and does {done:,.0f} of the {asked:,.0f} asked a second: it will never catch up.",
                index,
            )
    return best


def _stretch(times: Floats, now: int, window: Window) -> int:
    """The first tick of the last third of the window so far."""
    since = times[now] - max((times[now] - window.start) / 3, LEAST_STRETCH)
    return int(np.searchsorted(times, since, side="right"))


def _never_catches_up(track: Track, times: Floats, window: Window) -> float | None:
    first = int(np.searchsorted(times, window.start + LEAST_STRETCH, side="left"))
    last = int(np.searchsorted(times, window.end, side="right"))
    if last - first < 2 or float(track.queue[first:last].max()) < CROWD:
        return None
    shortest_later = np.minimum.accumulate(track.queue[:last][::-1])[::-1]
    up = int(track.up.max())
    for now in range(first, last - 1):
        queue = track.queue[now]
        if queue < CROWD or shortest_later[now] < queue or track.up[now] < up:
            continue
        since = _stretch(times, now, window)
        if now - since < 2 * _GROWTH_BLOCKS or int(track.up[since:now].min()) < up:
            continue
        means = [float(block.mean()) for block in np.array_split(track.queue[since : now + 1], _GROWTH_BLOCKS)]
        growing = all(a < b for a, b in pairwise(means))
        arrived = float(track.arrivals[since:now].mean())
        left = float(track.completions[since:now].mean() + track.errors[since:now].mean())
        if growing and arrived > left:
            return float(times[now])
    return None
