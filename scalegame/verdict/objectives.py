"""Objectives as sentences: ``book.latency.p99 < 400 ms``, ``availability >= 99.9 %``, ``unfinished == 0``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.units import Dimension, show, write
from scalegame.units import parse as parse_quantity
from scalegame.verdict.model import Objective

STATISTICS = ("mean", "p50", "p90", "p95", "p99", "p999", "max")
"""What of a sample of times an objective may name."""


@dataclass(frozen=True, slots=True)
class _Metric:
    """How an objective speaks of one metric.

    Attributes:
        dimension: Of its target.
        example: A sentence that uses it.
        falls: Lower is better.
        timed: It needs a statistic.
        counted: A count, or – where the target is written in % – a ratio; may be ``==``.
        scoped: It can be asked of a workload or an operation.
    """

    dimension: Dimension
    example: str
    falls: bool = True
    timed: bool = False
    counted: bool = False
    scoped: bool = True


METRICS: Mapping[str, _Metric] = {
    "latency": _Metric(Dimension.TIME, "latency.p99 < 200 ms", timed=True),
    "completion": _Metric(Dimension.TIME, "completion.p99 < 5 s", timed=True),
    "availability": _Metric(Dimension.RATIO, "availability >= 99.9 %", falls=False),
    "goodput": _Metric(Dimension.RATE, "goodput >= 100/s", falls=False),
    "throughput": _Metric(Dimension.RATE, "throughput >= 100/s", falls=False),
    "unfinished": _Metric(Dimension.COUNT, "unfinished == 0", counted=True),
    "stale_reads": _Metric(Dimension.COUNT, "stale_reads == 0", counted=True),
    "own_stale_reads": _Metric(Dimension.COUNT, "own_stale_reads <= 1 %", counted=True),
    "duplicates": _Metric(Dimension.COUNT, "duplicates == 0", counted=True),
    "lost": _Metric(Dimension.COUNT, "lost == 0", counted=True),
    "cost": _Metric(Dimension.PRICE, "cost <= $3/h", scoped=False),
    "effort": _Metric(Dimension.EFFORT, "effort <= 40 h", scoped=False),
}
"""Every metric that an objective may name. A count whose target is written in % is a ratio: unfinished,
doubled and lost requests of the cohort, stale reads of the reads that were checked."""

_SENTENCE = re.compile(r"(?P<subject>[^<>=!]+?)\s*(?P<relation><=|>=|==|<|>|=<|=>|=|!=)\s*(?P<target>[^<>=!]+)")
_RELATIONS = ("<", "<=", ">", ">=", "==")
_LONGEST = 200


def parse(text: str, workloads: Collection[str], operations: Collection[str]) -> Objective:
    """Read an objective.

    Args:
        text: The sentence: what is measured, how it compares, with what.
        workloads: Names that it may speak of.
        operations: The same.

    Raises:
        ScalegameError: It is not an objective, or names what there is not; the message says what to write.
    """
    match = _SENTENCE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        raise _bad(f'{quoted(text)} is not an objective: write it like "latency.p99 < 200 ms"')
    scope, name, statistic = _subject(match["subject"], workloads, operations)
    metric = METRICS[name]
    relation, target = match["relation"], match["target"].strip()
    dimension = Dimension.RATIO if metric.counted and target.endswith("%") else metric.dimension
    _check_relation(name, metric, relation)
    value = parse_quantity(target, dimension)
    if name == "availability" and relation == ">" and value >= 1:
        raise _bad('no availability is above 100 %: write "availability >= 100 %"')
    if relation == "<" and value == 0:
        raise _bad(f"nothing is below 0: write {name} {'== 0' if metric.counted else '<= …'}")
    subject = ".".join(part for part in (scope, name, statistic) if part)
    return Objective(
        text=f"{subject} {relation} {_tidy(value, dimension)}",
        scope=scope,
        metric=name,
        statistic=statistic,
        relation=cast(Literal["<", "<=", ">", ">=", "=="], relation),
        target=float(value),
        dimension=dimension,
    )


def subject_of(objective: Objective) -> str:
    """Return what an objective measures: ``book.latency.p99``."""
    return ".".join(part for part in (objective.scope, objective.metric, objective.statistic) if part)


def index_of(text: str, objectives: Sequence[Objective]) -> int:
    """Return which objective a text means: what it measures (``latency.p99``) or its whole sentence.

    Raises:
        ScalegameError: None, or several.
    """
    wanted = _squeezed(text)
    for i, objective in enumerate(objectives):
        if wanted == _squeezed(objective.text):
            return i
    subjects = [subject_of(objective) for objective in objectives]
    found = [i for i, subject in enumerate(subjects) if wanted == _squeezed(subject)]
    if len(found) > 1:
        raise _bad(f"{quoted(text)} fits several objectives: write one out, {quoted(objectives[found[0]].text)}")
    if not found:
        raise _bad(f"{quoted(text)} is not an objective of this level{nearest(text, subjects)}")
    return found[0]


def oversights(objectives: Iterable[Objective], queued: bool) -> tuple[str, ...]:
    """Return what a set of objectives forgets, as messages.

    Args:
        objectives: Of a level.
        queued: Something on the board or in the palette accepts work before it is done.
    """
    metrics = {objective.metric for objective in objectives}
    found = []
    if "latency" in metrics and not metrics & {"availability", "goodput"}:
        found.append(
            "a latency objective alone is met by serving almost nobody: add availability or goodput, "
            'as in "availability >= 99 %"'
        )
    if queued and not metrics & {"completion", "unfinished"}:
        found.append(
            "where a queue can stand, replies say nothing of the work: add completion or unfinished, "
            'as in "completion.p99 < 5 s"'
        )
    return tuple(found)


def _subject(text: str, workloads: Collection[str], operations: Collection[str]) -> tuple[str, str, str]:
    """Return scope, metric and statistic."""
    # "p99.9" is how people say it; the dot would be taken for a separator.
    parts = [part.strip() for part in text.replace("p99.9", "p999").split(".")]
    scope = ""
    # "latancy.p99" is a misspelt metric, not a scope.
    if len(parts) > 1 and (parts[1] in METRICS or (parts[0] not in METRICS and parts[1] not in STATISTICS)):
        scope, *parts = parts
    name, *rest = parts
    if name not in METRICS:
        raise _bad(f"nothing is called {quoted(name)}{nearest(name, METRICS) or ': ' + ', '.join(METRICS)}")
    metric = METRICS[name]
    if scope and not metric.scoped:
        raise _bad(f'{name} is of the whole board: write it without "{scope}."')
    if scope and scope not in workloads and scope not in operations:
        known = [*workloads, *operations]
        raise _bad(f"no workload or operation is called {quoted(scope)}{nearest(scope, known)}")
    if not metric.timed:
        if rest:
            raise _bad(f'{name} has no {quoted(".".join(rest))}: write it like "{metric.example}"')
        return scope, name, ""
    if len(rest) != 1:
        raise _bad(f'{name} needs one of {", ".join(STATISTICS)}: write it like "{metric.example}"')
    if rest[0] not in STATISTICS:
        raise _bad(f"{name} has no {quoted(rest[0])}: use {', '.join(STATISTICS)}")
    return scope, name, rest[0]


def _check_relation(name: str, metric: _Metric, relation: str) -> None:
    if relation not in _RELATIONS:
        offer = {"=<": "<=", "=>": ">="}.get(relation) or (
            "==" if metric.counted else "<=" if metric.falls else ">="
        )
        raise _bad(f'"{relation}" does not compare: write "{offer}"')
    if relation == "==" and not metric.counted:
        raise _bad(f'{name} is never exactly a value: write "{"<=" if metric.falls else ">="}"')
    if relation != "==" and relation.startswith("<") != metric.falls:
        better = "less" if metric.falls else "more"
        raise _bad(f'{better} {name} is better: write it like "{metric.example}"')


def _tidy(value: float, dimension: Dimension) -> str:
    """Return a target as people write it, "$0.70/h", where that loses nothing."""
    text = show(value, dimension)
    try:
        return text if parse_quantity(text, dimension) == value else write(value, dimension)
    except ScalegameError:
        # "1,000 ms" is for reading only.
        return write(value, dimension)


def _squeezed(text: str) -> str:
    return "".join(text.split()).replace("p99.9", "p999")


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not an objective", message)
