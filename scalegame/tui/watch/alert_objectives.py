"""The rules of alerts for a run as a whole: its objectives, asked of the last seconds (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scalegame.insight.findings import percent
from scalegame.simulation.kernel import ANSWERS, FULL
from scalegame.simulation.recording import Bools, Floats, Recording, RequestLog
from scalegame.simulation.scenario import Window
from scalegame.tui.watch.alert_rules import LOOK, Rule
from scalegame.units import Dimension, show
from scalegame.verdict.model import Objective
from scalegame.verdict.stops import QUANTILES

#: Share of failures that pages where the level has no objective for it.
ERROR_RATE = 0.01


@dataclass(frozen=True, slots=True)
class _Looks:
    """Requests by when they ended, and for each tick which of them ended in the last `LOOK` seconds."""

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]

    @classmethod
    def of(cls, ends: Floats, times: Floats, seconds: float = LOOK) -> _Looks:
        """For ends in order of time."""
        return cls(
            np.searchsorted(ends, times - seconds, side="right"), np.searchsorted(ends, times, side="right")
        )

    @property
    def count(self) -> npt.NDArray[np.int64]:
        """How many."""
        return self.last - self.first

    def sum(self, values: npt.NDArray[np.float64] | Bools) -> Floats:
        """Of a value of each of them."""
        total = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
        found: Floats = total[self.last] - total[self.first]
        return found


def of_objectives(objectives: Sequence[Objective], recording: Recording, window: Window) -> Iterator[Rule]:
    """A rule for each objective that can be missed at a moment, and one for errors in any case."""
    log, times = recording.requests, recording.times
    for objective in objectives:
        rows = log.of(objective.scope)
        if objective.metric in ("latency", "completion") and objective.relation in ("<", "<="):
            yield from _slow(objective, log, rows, times)
        elif objective.metric == "availability":
            yield from _errors(objective.scope, 1 - objective.target, log, rows, times)
        elif objective.metric in ("goodput", "throughput") and objective.relation in (">", ">="):
            yield from _too_few(objective, log, rows, times, window)
        elif objective.metric in ("stale_reads", "own_stale_reads") and objective.relation != ">":
            least = 2 if objective.metric == "own_stale_reads" else 1
            yield from _marred(objective, log, log.stale >= least, rows & log.ended(ANSWERS), rows, times)
        elif objective.metric in ("duplicates", "lost") and objective.relation != ">":
            marred = (log.doubled if objective.metric == "duplicates" else log.lost) > 0
            yield from _marred(objective, log, marred, rows, rows, times)
    if not any(objective.metric == "availability" for objective in objectives):
        yield from _errors("", ERROR_RATE, log, log.of(""), times)


def _name(objective: Objective) -> str:
    return objective.text.partition(objective.relation)[0].strip()


def _slow(objective: Objective, log: RequestLog, rows: Bools, times: Floats) -> Iterator[Rule]:
    """An objective for latency, asked of the answers of the last seconds."""
    ends = log.resolved if objective.metric == "latency" else log.completed
    known = rows & ~np.isnan(ends)
    if objective.metric == "latency":
        known &= log.ended(ANSWERS)
    order = np.argsort(ends[known], kind="stable")
    ended, taken = ends[known][order], (ends - log.born)[known][order]
    looks, target = _Looks.of(ended, times), objective.target
    count, slow = looks.count, looks.sum(taken > target)
    if objective.statistic == "mean":
        above = looks.sum(taken) > target * np.maximum(count, 1)
    elif objective.statistic in QUANTILES:
        # The same rank as in the result: the slow ones are the largest, and reach down to it.
        rank = np.maximum(np.ceil(QUANTILES[objective.statistic] * count - 1e-9), 1)
        above = slow >= count - rank + 1
    else:
        above = slow >= 1
    above &= count > 0
    lasting = 5.0
    limit = show(target, objective.dimension)
    yield Rule(
        objective.metric,
        "page",
        "",
        f"{_name(objective)} above {limit} for {show(lasting, Dimension.TIME)}",
        f"{_name(objective)} is below {limit} again",
        above,
        # Where nobody is answered nothing is known, and nothing resolves.
        ~above & (count > 0),
        lasting,
        3.0,
    )


def _errors(scope: str, allowed: float, log: RequestLog, rows: Bools, times: Floats) -> Iterator[Rule]:
    ended = rows & ~np.isnan(log.resolved)
    order = np.argsort(log.resolved[ended], kind="stable")
    failed = ~log.ended(ANSWERS)[ended][order]
    looks = _Looks.of(log.resolved[ended][order], times)
    share = looks.sum(failed) / np.maximum(looks.count, 1)
    name = f"error rate of {scope}" if scope else "error rate"
    limit = show(round(max(allowed, 0.0), 6), Dimension.RATIO)
    above = share > allowed + 1e-12
    yield Rule(
        "errors",
        "page",
        "",
        f"{name} above {limit}",
        f"{name} is below {limit} again",
        above,
        ~above,
        2.0,
        3.0,
        lambda i: percent(float(share[i])),
    )


def _too_few(objective: Objective, log: RequestLog, rows: Bools, times: Floats, window: Window) -> Iterator[Rule]:
    """Fewer answers a second than asked for, while enough people ask."""
    counted = rows & ~np.isnan(log.resolved)
    counted &= log.ended(FULL if objective.metric == "goodput" else ANSWERS)
    seconds = 5.0
    rate = _Looks.of(np.sort(log.resolved[counted]), times, seconds).count / seconds
    asked = _Looks.of(log.born[rows], times, seconds).count / seconds
    inside = (times >= window.start + seconds) & (times <= window.end)
    below = inside & (rate < objective.target) & (asked >= objective.target)
    limit, lasting = show(objective.target, objective.dimension), 2.0
    yield Rule(
        objective.metric,
        "page",
        "",
        f"{_name(objective)} below {limit}",
        f"{_name(objective)} is above {limit} again",
        below,
        ~below,
        lasting,
        3.0,
        lambda i: show(float(rate[i]), Dimension.RATE),
    )


def _marred(
    objective: Objective, log: RequestLog, marred: Bools, of: Bools, rows: Bools, times: Floats
) -> Iterator[Rule]:
    """An objective for what must not be wrong with requests: which are so, and of which they are a share."""
    ended = rows & ~np.isnan(log.resolved)
    order = np.argsort(log.resolved[ended], kind="stable")
    looks = _Looks.of(log.resolved[ended][order], times)
    wrong = looks.sum(marred[ended][order])
    ratio = objective.dimension is Dimension.RATIO
    told = wrong / np.maximum(looks.sum(of[ended][order]), 1) if ratio else wrong
    above = told > objective.target
    limit = show(objective.target, objective.dimension)
    yield Rule(
        objective.metric,
        "page",
        "",
        f"{_name(objective)} above {limit}",
        f"{_name(objective)} is back at {limit}",
        above,
        ~above,
        0.0,
        5.0,
        lambda i: f"{int(wrong[i]):,} in {show(LOOK, Dimension.TIME)}",
    )
