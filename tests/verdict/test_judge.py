from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from scalegame.simulation.result import RunResult, Slice, Times
from scalegame.verdict.judge import holds, measure, miss, verdict_of, worst_of
from scalegame.verdict.model import Objective, Stars
from scalegame.verdict.objectives import parse


def sentence(text: str) -> Objective:
    return parse(text, ["skiers"], ["browse", "book"])


def part(successes: int = 98, requests: int = 100, latency: tuple[float, ...] = (0.1,), **more: object) -> Slice:
    values: dict[str, object] = {
        "requests": requests,
        "successes": successes,
        "degraded": 0,
        "throughput": 9.0,
        "goodput": 8.0,
        "availability": successes / requests if requests else math.nan,
        "failures": {"refused": requests - successes},
        "attempts": requests,
        "latency": Times.of(np.array(latency)),
        "failed_latency": Times.of(np.array([])),
        "completion": Times.of(np.array([])),
        "unfinished": 0,
        "stale_reads": 0,
        "own_stale_reads": 0,
        "reads": 0,
    }
    return Slice(**{**values, **more})  # type: ignore[arg-type]


def run(total: Slice | None = None, cost: float = 0.5, **more: object) -> RunResult:
    values: dict[str, object] = {"seed": 1, "workloads": {}, "operations": {}, "components": {}}
    return RunResult(total=total or part(), cost=cost, **{**values, **more})  # type: ignore[arg-type]


def test_each_metric_is_read_from_its_place() -> None:
    book = part(latency=(0.5, 0.7), unfinished=7, stale_reads=3, own_stale_reads=2, reads=60, duplicates=4, lost=5)
    result = run(part(latency=(0.1, 0.2, 0.9)), operations={"book": book}, workloads={"skiers": part(50)})
    wanted = {
        "latency.p50 < 1 s": 0.2,
        "latency.max < 1 s": 0.9,
        "book.latency.p99 < 1 s": 0.7,
        "availability >= 90 %": 0.98,
        "skiers.availability >= 90 %": 0.5,
        "goodput >= 5/s": 8.0,
        "throughput >= 5/s": 9.0,
        "book.unfinished <= 10": 7.0,
        "book.unfinished <= 10 %": 0.07,
        "book.stale_reads <= 10": 3.0,
        "book.stale_reads <= 10 %": 0.05,
        "book.own_stale_reads <= 10": 2.0,
        "book.duplicates <= 10": 4.0,
        "book.duplicates <= 10 %": 0.04,
        "book.lost <= 10": 5.0,
        "book.lost <= 10 %": 0.05,
        "cost <= $1/h": 0.25,
        "effort <= 10 h": 12.0,
    }
    for text, value in wanted.items():
        assert measure(sentence(text), result, 0.25, 12.0) == pytest.approx(value), text


def test_what_cannot_be_measured_is_nan_and_never_holds() -> None:
    nothing = run(part(0, 0, ()))
    for text in ("latency.p99 < 1 s", "availability >= 0 %", "stale_reads <= 100 %", "book.goodput >= 0/s"):
        value = measure(sentence(text), nothing, 0.0, 0.0)
        assert math.isnan(value), text
        assert not holds(sentence(text), value)
        assert miss(sentence(text), value) == math.inf


def test_relations_at_their_target() -> None:
    at = {"cost < $0.3/h": False, "cost <= $0.3/h": True, "cost > $0.3/h": False, "cost >= $0.3/h": True}
    for text, expected in at.items():
        relation = replace(sentence("cost <= $0.3/h"), relation=text.split()[1])  # type: ignore[arg-type]
        # The sum is 0.30000000000000004: a cent of luck decides nothing.
        assert holds(relation, 0.1 + 0.2) is expected, text
    assert holds(sentence("unfinished == 0"), 0.0)
    assert not holds(sentence("unfinished == 0"), 1.0)


def test_the_worst_value_decides() -> None:
    assert worst_of(sentence("latency.p99 < 1 s"), [0.2, 0.9, 0.4]) == 0.9
    assert worst_of(sentence("availability >= 90 %"), [0.99, 0.7]) == 0.7
    assert math.isnan(worst_of(sentence("latency.p99 < 1 s"), [5.0, math.nan, 0.1]))


OBJECTIVES = [sentence("availability >= 90 %"), sentence("latency.p99 < 400 ms"), sentence("cost <= $1/h")]


def test_won_needs_every_objective_on_every_seed() -> None:
    good, bad = run(), run(part(latency=(0.5,)))
    assert verdict_of(OBJECTIVES, Stars(), [good, good], parts=3, effort=0.0).won
    lost = verdict_of(OBJECTIVES, Stars(), [good, bad], parts=3, effort=0.0)
    assert not lost.won
    assert [h.held for h in lost.objectives] == [True, False, True]
    assert lost.objectives[1].values == (0.1, 0.5)
    assert lost.objectives[1].value == 0.5
    assert lost.worst == 1
    with pytest.raises(ValueError, match="at least one"):
        verdict_of(OBJECTIVES, Stars(), [], parts=3, effort=0.0)


def test_a_run_that_a_limit_ended_never_wins_and_is_the_worst() -> None:
    verdict = verdict_of(OBJECTIVES, Stars(cost=9.0), [run(), run(ended="too many calls")], parts=1, effort=0.0)
    assert all(h.held for h in verdict.objectives)
    assert not verdict.won
    assert verdict.stars == ()
    assert verdict.worst == 1


def test_stars_are_for_winners_at_par_or_better() -> None:
    runs = [run(cost=0.5), run(part(latency=(0.25,)), cost=0.1 + 0.2)]
    stars = Stars(cost=0.5, latency=0.25, parts=4)
    assert verdict_of(OBJECTIVES, stars, runs, parts=4, effort=0.0).stars == ("cost", "latency", "parts")
    assert verdict_of(OBJECTIVES, stars, runs, parts=5, effort=0.0).stars == ("cost", "latency")
    assert verdict_of(OBJECTIVES, replace(stars, latency=0.2), runs, parts=4, effort=0.0).stars == (
        "cost",
        "parts",
    )
    assert verdict_of(OBJECTIVES, Stars(), runs, parts=1, effort=0.0).stars == ()
    without = verdict_of([OBJECTIVES[0]], stars, runs, parts=4, effort=0.0)
    assert without.stars == ("cost", "parts")
    assert math.isnan(without.latency)


def test_the_run_to_watch_misses_most_then_by_most_then_is_tightest() -> None:
    slow = run(part(latency=(4.0,)))
    both = run(part(80, latency=(0.5,)))
    assert verdict_of(OBJECTIVES, Stars(), [run(), slow, both], parts=1, effort=0.0).worst == 2
    slower = run(part(latency=(5.0,)))
    assert verdict_of(OBJECTIVES, Stars(), [slow, run(), slower], parts=1, effort=0.0).worst == 2
    # Cost has no room at all on either; the latencies still tell them apart.
    tight = [run(cost=1.0), run(part(latency=(0.39,)), cost=1.0)]
    assert verdict_of(OBJECTIVES, Stars(), tight, parts=1, effort=0.0).worst == 1
