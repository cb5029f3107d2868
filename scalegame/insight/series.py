"""Charts of a run as numbers: what a recording says over time, summed up in buckets of equal length (pure).

Percentiles are exact: of all requests resolved in a bucket, by the definition of `simulation.result.Times`; where
nothing was resolved there is none (NaN, a gap). Rates and shares are means over the bucket, weighted by time. What
the recording samples at the end of each tick (queues, lags, what is under way) shows the largest sample in the
bucket, so that no peak is lost; replicas up the smallest, cost the last. A bucket shorter than a tick shows the
tick that it lies in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scalegame.simulation.kernel import ANSWERS, FULL
from scalegame.simulation.recording import Floats, Ints, Recording, RequestLog, Track
from scalegame.units import Dimension

#: The percentiles of a latency chart, the one that matters most last.
PERCENTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart.

    Attributes:
        name: "p99", "arrivals", "threads queue full".
        values: One a bucket, in base units; NaN: nothing there.
    """

    name: str
    values: Floats


@dataclass(frozen=True, slots=True)
class Chart:
    """What one chart shows.

    Attributes:
        id: What is typed to ask for it.
        title: For people.
        dimension: Of its values.
        lines: The main one last.
        begins: Nothing is measured before that time, seconds.
        ceiling: The scale goes up to here at least (1 for shares); 0: to the largest value.
        note: How it is reckoned, where that is not plain.
    """

    id: str
    title: str
    dimension: Dimension
    lines: tuple[Line, ...]
    begins: float = 0.0
    ceiling: float = 0.0
    note: str = ""

    @property
    def main(self) -> Line:
        """The line that matters most."""
        return self.lines[-1]

    @property
    def top(self) -> float:
        """The largest value of all lines; 0 where there is none."""
        found = [float(np.nanmax(line.values)) for line in self.lines if not np.isnan(line.values).all()]
        return max(found, default=0.0)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of simulated time in buckets of equal length."""

    start: float
    end: float
    buckets: int

    @property
    def step(self) -> float:
        """Length of a bucket, seconds."""
        return (self.end - self.start) / self.buckets

    @property
    def edges(self) -> Floats:
        """Where buckets begin and end; one more than there are buckets."""
        return np.linspace(self.start, self.end, self.buckets + 1)

    def bucket(self, time: float) -> int:
        """The bucket that a moment falls into, the nearest for one outside."""
        return min(max(int((time - self.start) / self.step), 0), self.buckets - 1)

    def time(self, bucket: int) -> float:
        """The middle of a bucket, seconds."""
        return self.start + (bucket + 0.5) * self.step


# -- the whole


def whole(recording: Recording, span: Span, begins: float) -> tuple[Chart, ...]:
    """Charts of all requests.

    Args:
        recording: Of the run.
        span: What to show, in how many buckets.
        begins: Where the window begins: requests born before are not measured.
    """
    log = recording.requests
    good, full = log.ended(ANSWERS), log.ended(FULL)
    known = _until(span, begins, float(recording.times[-1]))
    answered = (
        Line("throughput", _rate(log.resolved[good], span, known)),
        Line("goodput", _rate(log.resolved[full], span, known)),
    )
    charts = [
        Chart(
            "throughput",
            "answers",
            Dimension.RATE,
            answered,
            begins,
            note="throughput: every answer in time; goodput: of these, the full ones",
        ),
        _latency(log, good, span, begins),
        Chart(
            "errors",
            "errors",
            Dimension.RATE,
            _failures(log, ~good, span, known) or (Line("none", np.where(known, 0.0, np.nan)),),
            begins,
            note="requests that failed for good, by reason, when their clients knew",
        ),
    ]
    times = recording.times
    if len(recording.inside):
        under_way = Line("requests", _largest(recording.inside, times, span))
        charts.append(Chart("flight", "in flight", Dimension.COUNT, (under_way,), note="born and not resolved"))
    if len(recording.cost):
        cost = Line("cost", _last(recording.cost, times, span))
        charts.append(Chart("cost", "running cost", Dimension.PRICE, (cost,)))
    return tuple(charts)


def _latency(log: RequestLog, good: npt.NDArray[np.bool_], span: Span, begins: float) -> Chart:
    found = percentiles(log.resolved[good], (log.resolved - log.born)[good], span, PERCENTILES)
    lines = tuple(Line(f"p{round(q * 100)}", values) for q, values in zip(PERCENTILES, found, strict=True))
    note = "first attempt to answer, of the answers that came at that moment"
    return Chart("latency", "latency", Dimension.TIME, lines, begins, note=note)


def _failures(
    log: RequestLog, failed: npt.NDArray[np.bool_], span: Span, known: npt.NDArray[np.bool_]
) -> tuple[Line, ...]:
    """A line for each reason for which requests failed, the commonest last."""
    found = []
    for index, reason in enumerate(log.outcomes):
        when = log.resolved[failed & (log.outcome == index)]
        if not np.isnan(when).all():
            found.append((len(when), Line(reason, _rate(when, span, known))))
    return tuple(line for _, line in sorted(found, key=lambda pair: pair[0]))


def percentiles(when: Floats, values: Floats, span: Span, shares: Sequence[float]) -> tuple[Floats, ...]:
    """Exact percentiles of what happened in each bucket: the smallest value that so many do not exceed.

    Args:
        when: Of each value, seconds; NaN: never.
        values: In any unit.
        span: The buckets; bucket i holds what happened from its start to just before its end.
        shares: Of 1, ascending.
    """
    inside = (when >= span.start) & (when < span.end)
    at, sample = _buckets(when[inside], span), values[inside]
    order = np.lexsort((sample, at))
    sample, count = sample[order], np.bincount(at, minlength=span.buckets)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    found = []
    for share in shares:
        rank = np.maximum(np.ceil(share * count - 1e-9).astype(np.int64) - 1, 0)
        one = np.full(span.buckets, np.nan)
        one[count > 0] = sample[(first + rank)[count > 0]]
        found.append(one)
    return tuple(found)


# -- a card


def card(track: Track, times: Floats, span: Span, own: tuple[str, Dimension] | None = None) -> tuple[Chart, ...]:
    """Charts of one component.

    Args:
        track: What was recorded of it.
        times: End of each tick, seconds.
        span: What to show.
        own: What its own figure is called, and in what it is measured; None: it has none.
    """
    weights = _weights(times, span)
    arrivals, completions = weights @ track.arrivals, weights @ track.completions
    reasons = sorted(track.reasons.items(), key=lambda pair: float(pair[1].sum()))
    failed = tuple(Line(reason, weights @ rate) for reason, rate in reasons)
    charts = [
        Chart("calls", "calls", Dimension.RATE, (Line("arrivals", arrivals), Line("completions", completions))),
    ]
    if track.utilisation.any():
        busy = Line("busy", weights @ track.utilisation)
        note = "busy share of its most telling pool, of the replicas that are up"
        charts.append(Chart("utilisation", "utilisation", Dimension.RATIO, (busy,), ceiling=1.0, note=note))
    queue = Line("waiting", _largest(track.queue, times, span))
    charts.append(Chart("queue", "queue", Dimension.COUNT, (queue,), note="the longest in each step"))
    if track.in_flight.any():
        held = weights @ track.in_flight
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.where(completions > 0, held / completions, np.nan)
        charts.append(
            Chart(
                "inside",
                "time inside (mean)",
                Dimension.TIME,
                (Line("in flight ÷ completions", inside),),
                note="by Little's law, step by step: exact only while as much leaves as comes",
            )
        )
    nothing = (Line("none", np.where(np.isnan(arrivals), np.nan, 0.0)),)
    note = "turned away, or lost in a crash"
    charts.append(Chart("errors", "errors", Dimension.RATE, failed or nothing, note=note))
    if own is not None and not np.isnan(track.extra).all():
        name, dimension = own
        ceiling = 1.0 if dimension is Dimension.RATIO else 0.0
        values = (_last if dimension is Dimension.RATIO else _largest)(track.extra, times, span)
        charts.append(Chart("own", name, dimension, (Line(name, values),), ceiling=ceiling))
    up = Line("up", _smallest(track.up.astype(np.float64), times, span))
    charts.append(Chart("up", "replicas up", Dimension.COUNT, (up,)))
    return tuple(charts)


# -- from samples to buckets


def _buckets(when: Floats, span: Span) -> Ints:
    """The bucket of each moment; all of them lie inside the span."""
    found = np.searchsorted(span.edges, when, side="right") - 1
    return np.clip(found, 0, span.buckets - 1).astype(np.int64)


def _until(span: Span, begins: float, ends: float) -> npt.NDArray[np.bool_]:
    """The buckets of which something is known: neither all before the one, nor all after the other."""
    edges = span.edges
    return np.asarray((edges[1:] > begins) & (edges[:-1] < ends))


def _rate(when: Floats, span: Span, known: npt.NDArray[np.bool_]) -> Floats:
    """How many a second happened in each bucket."""
    inside = (when >= span.start) & (when < span.end)
    counted = np.bincount(_buckets(when[inside], span), minlength=span.buckets) / span.step
    return np.where(known, counted, np.nan)


def _weights(times: Floats, span: Span) -> Floats:
    """The share of each bucket (row) that lies in each tick (column); NaN for a bucket behind the last tick."""
    edges, starts = span.edges, np.concatenate([[0.0], times[:-1]])
    overlap = np.minimum(edges[1:, None], times) - np.maximum(edges[:-1, None], starts)
    overlap = np.maximum(overlap, 0.0)
    length = overlap.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.asarray(overlap / length)


def _ticks(times: Floats, span: Span) -> tuple[Ints, Ints]:
    """For each bucket its first tick and the one behind its last: at least one; none behind the end."""
    edges = span.edges
    first = np.searchsorted(times, edges[:-1], side="right")
    behind = np.searchsorted(times, edges[1:], side="right")
    return first, np.minimum(np.maximum(behind, first + 1), len(times))


def _reduced(reduce: np.ufunc, values: Floats, times: Floats, span: Span) -> Floats:
    first, behind = _ticks(times, span)
    found = np.full(span.buckets, np.nan)
    there = first < len(times)
    if there.any():
        pairs = np.stack([first[there], behind[there]], axis=1).ravel()
        # `reduceat` wants every index inside: a value behind the last, which is never asked for.
        found[there] = reduce.reduceat(np.append(values, np.nan), pairs)[::2]
    return found


def _largest(values: Floats, times: Floats, span: Span) -> Floats:
    return _reduced(np.fmax, values, times, span)


def _smallest(values: Floats, times: Floats, span: Span) -> Floats:
    return _reduced(np.fmin, values, times, span)


def _last(values: Floats, times: Floats, span: Span) -> Floats:
    first, behind = _ticks(times, span)
    there = first < len(times)
    found = np.full(span.buckets, np.nan)
    found[there] = values[behind[there] - 1]
    return found


@dataclass(frozen=True, slots=True)
class Against:
    """A chart of this run, and the same of another.

    Attributes:
        chart: Of this run.
        before: Main line of the other's; None: it has none.
    """

    chart: Chart
    before: Line | None = None

    @property
    def top(self) -> float:
        """The largest value of all lines."""
        other = self.before.values if self.before is not None else np.zeros(0)
        most = 0.0 if np.isnan(other).all() else float(np.nanmax(other))
        return max(self.chart.top, most, self.chart.ceiling)


def beside(charts: Sequence[Chart], others: Sequence[Chart]) -> tuple[Against, ...]:
    """The charts of a run, each with its like in another run."""
    known: Mapping[str, Chart] = {chart.id: chart for chart in others}
    found = []
    for chart in charts:
        other = known.get(chart.id)
        main = None if other is None else _like(other, chart.main.name)
        found.append(Against(chart, main))
    return tuple(found)


def _like(chart: Chart, name: str) -> Line:
    """The line of that name; of errors all of them together, since the reasons need not be the same."""
    if chart.id == "errors":
        return Line("all", np.sum([line.values for line in chart.lines], axis=0))
    return next((line for line in chart.lines if line.name == name), chart.main)
