"""Objectives as sentences: read, tidied, found again, and refused with what to write instead."""

import pytest

from scalegame.errors import ScalegameError
from scalegame.units import Dimension
from scalegame.verdict.objectives import METRICS, index_of, oversights, parse, subject_of

WORKLOADS = ("skiers",)
OPERATIONS = ("browse", "book")


@pytest.mark.parametrize(
    ("text", "tidy", "scope", "metric", "statistic", "relation", "target", "dimension"),
    [
        ("latency.p99 < 200 ms", None, "", "latency", "p99", "<", 0.2, Dimension.TIME),
        (
            " book.latency.p99<400ms ",
            "book.latency.p99 < 400 ms",
            "book",
            "latency",
            "p99",
            "<",
            0.4,
            Dimension.TIME,
        ),
        ("skiers.latency.mean <= 1 s", None, "skiers", "latency", "mean", "<=", 1, Dimension.TIME),
        ("latency.p99.9 < 1 s", "latency.p999 < 1 s", "", "latency", "p999", "<", 1, Dimension.TIME),
        ("completion.p99 < 5 s", None, "", "completion", "p99", "<", 5, Dimension.TIME),
        ("availability >= 99.9 %", None, "", "availability", "", ">=", 0.999, Dimension.RATIO),
        ("goodput >= 100/s", None, "", "goodput", "", ">=", 100, Dimension.RATE),
        ("throughput > 100 / s", "throughput > 100/s", "", "throughput", "", ">", 100, Dimension.RATE),
        ("unfinished == 0", None, "", "unfinished", "", "==", 0, Dimension.COUNT),
        ("unfinished <= 5", None, "", "unfinished", "", "<=", 5, Dimension.COUNT),
        ("book.unfinished <= 0.5 %", None, "book", "unfinished", "", "<=", 0.005, Dimension.RATIO),
        ("stale_reads == 0", None, "", "stale_reads", "", "==", 0, Dimension.COUNT),
        ("own_stale_reads <= 1 %", None, "", "own_stale_reads", "", "<=", 0.01, Dimension.RATIO),
        ("duplicates == 0", None, "", "duplicates", "", "==", 0, Dimension.COUNT),
        ("book.lost <= 0.1 %", None, "book", "lost", "", "<=", 0.001, Dimension.RATIO),
        ("cost <= $0.7/h", "cost <= $0.70/h", "", "cost", "", "<=", 0.7, Dimension.PRICE),
        ("effort <= 40 h", None, "", "effort", "", "<=", 40, Dimension.EFFORT),
    ],
)
def test_what_a_sentence_means(
    text: str,
    tidy: str | None,
    scope: str,
    metric: str,
    statistic: str,
    relation: str,
    target: float,
    dimension: Dimension,
) -> None:
    o = parse(text, WORKLOADS, OPERATIONS)
    assert (o.scope, o.metric, o.statistic, o.relation) == (scope, metric, statistic, relation)
    assert o.target == pytest.approx(target)
    assert o.dimension is dimension
    assert o.text == (tidy or text)
    assert parse(o.text, WORKLOADS, OPERATIONS) == o


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is not an objective"),
        ("be fast", "is not an objective"),
        ("latency.p99 <", "is not an objective"),
        ("latency.p99 < 200 ms < 300 ms", "is not an objective"),
        ("latency < 200 ms", "needs one of mean, p50"),
        ("latency.p98 < 200 ms", "has no"),
        ("latancy.p99 < 200 ms", 'did you mean "latency"'),
        ("speed >= 5/s", "availability"),
        ("brows.latency.p99 < 1 s", 'did you mean "browse"'),
        ("nobody.goodput >= 1/s", "no workload or operation is called"),
        ("availability.p99 >= 99 %", "has no"),
        ("book.cost <= $3/h", "is of the whole board"),
        ("latency.p99 > 200 ms", "less latency is better"),
        ("availability <= 99 %", "more availability is better"),
        ("latency.p99 == 200 ms", 'write "<="'),
        ("latency.p99 = 200 ms", 'write "<="'),
        ("unfinished = 0", 'write "=="'),
        ("availability => 99 %", 'write ">="'),
        ("availability != 99 %", 'write ">="'),
        ("availability > 100 %", ">= 100 %"),
        ("unfinished < 0", "== 0"),
        ("latency.p99 < 200", 'write "200 ms" or "200 s"'),
        ("availability >= 99.9", 'write "99.9 %"'),
        ("availability >= 120 %", "more than the whole"),
        ("cost <= 3", 'write "$3/h"'),
        ("latency.p99 < -5 ms", "negative"),
        ("latency.p99 < nan ms", "is not a time"),
        ("x" * 10_000, "is not an objective"),
    ],
)
def test_what_is_said_about_a_bad_one(text: str, part: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        parse(text, WORKLOADS, OPERATIONS)
    assert part in caught.value.message
    assert len(caught.value.message) < 300


def test_every_metric_is_offered_with_an_example_that_works() -> None:
    for name, metric in METRICS.items():
        assert parse(metric.example, (), ()).metric == name


def test_a_workload_may_be_called_like_a_metric() -> None:
    o = parse("cost.latency.p99 < 1 s", ("cost",), ())
    assert (o.scope, subject_of(o)) == ("cost", "cost.latency.p99")


def test_an_objective_is_found_by_what_it_measures_or_in_full() -> None:
    texts = ("availability >= 99 %", "latency.p99 < 400 ms", "book.latency.p99 < 600 ms", "latency.p99 < 1 s")
    objectives = [parse(text, WORKLOADS, OPERATIONS) for text in texts]
    assert index_of("availability", objectives) == 0
    assert index_of("book.latency.p99", objectives) == 2
    assert index_of("latency.p99<1 s", objectives) == 3
    with pytest.raises(ScalegameError, match="several objectives"):
        index_of("latency.p99", objectives)
    with pytest.raises(ScalegameError, match='did you mean "availability"'):
        index_of("availabilty", objectives)


@pytest.mark.parametrize(
    ("texts", "queued", "forgotten"),
    [
        (("latency.p99 < 1 s",), False, ["availability"]),
        (("latency.p99 < 1 s", "cost <= $1/h"), True, ["availability", "completion"]),
        (("latency.p99 < 1 s", "goodput >= 1/s"), False, []),
        (("book.latency.p99 < 1 s", "availability >= 1 %"), True, ["completion"]),
        (("availability >= 1 %", "unfinished == 0"), True, []),
        (("availability >= 1 %", "completion.p99 < 1 s"), True, []),
        (("cost <= $1/h",), False, []),
    ],
)
def test_what_a_level_s_objectives_forget(texts: tuple[str, ...], queued: bool, forgotten: list[str]) -> None:
    messages = oversights([parse(text, WORKLOADS, OPERATIONS) for text in texts], queued)
    assert len(messages) == len(forgotten)
    assert all(word in message for word, message in zip(forgotten, messages, strict=True))
