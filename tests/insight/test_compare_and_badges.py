from __future__ import annotations

import math

import numpy as np
import pytest

from scalegame.insight.badges import badges
from scalegame.insight.compare import movements
from scalegame.simulation.result import RunResult, Slice, Times
from scalegame.verdict.judge import verdict_of
from scalegame.verdict.model import Stars, Verdict
from scalegame.verdict.objectives import parse

OBJECTIVES = [parse(text, [], []) for text in ("availability >= 97 %", "latency.p99 < 400 ms", "cost <= $1/h")]


def verdict(served: int = 100, p99: float = 0.1, cost: float = 0.5, seeds: int = 1, **more: int) -> Verdict:
    times = Times.of(np.array([p99] if served else []))
    part = Slice(
        requests=100,
        successes=served,
        degraded=0,
        throughput=1.0,
        goodput=1.0,
        availability=served / 100,
        failures={"refused": 100 - served} if served < 100 else {},
        attempts=more.get("attempts", 100),
        latency=times,
        failed_latency=Times.of(np.array([])),
        completion=Times.of(np.array([])),
        unfinished=more.get("unfinished", 0),
        stale_reads=more.get("stale", 0),
        own_stale_reads=more.get("stale", 0),
        reads=100,
    )
    runs = [RunResult(i, part, {}, {}, {}, cost) for i in range(seeds)]
    return verdict_of(OBJECTIVES, Stars(), runs, parts=1, effort=0.0)


def test_what_moved_and_which_way() -> None:
    found = movements(verdict(served=73, p99=1.93), verdict(served=99, p99=0.312, cost=0.7))
    assert [m.text for m in found] == [
        "availability 73 % → 99 %",
        "latency.p99 1.93 s → 312 ms",
        "cost $0.50/h → $0.70/h",
    ]
    assert [(m.direction, m.crossed) for m in found] == [("better", "won"), ("better", "won"), ("worse", "")]
    back = movements(verdict(served=99), verdict(served=73))
    assert [(m.direction, m.crossed) for m in back] == [("worse", "lost"), ("same", ""), ("same", "")]
    assert back[1].text == "latency.p99 100 ms"


def test_from_and_to_nothing_measured() -> None:
    (_, p99, _) = movements(verdict(served=0), verdict(served=100))
    assert math.isnan(p99.before)
    assert (p99.direction, p99.crossed) == ("better", "won")


def names(*given: object, **more: object) -> set[str]:
    return {badge.id for badge in badges(*given, **more)}  # type: ignore[arg-type]


def test_a_win_earns_no_badge_of_shame() -> None:
    assert badges(verdict(), 1.0, Stars(cost=0.01)) == ()


@pytest.mark.parametrize(
    ("badge", "lost"),
    [
        ("nobody-served", verdict(served=30)),
        ("silence", verdict(served=0)),
        ("money-cant-buy-it", verdict(served=60, cost=2.5)),
        ("echo", verdict(served=60, attempts=320)),
        ("black-hole", verdict(served=60, unfinished=51)),
        ("amnesia", verdict(served=60, stale=20)),
        ("so-close", verdict(served=96)),
        ("bargain", verdict(served=20, p99=3.0)),
    ],
)
def test_each_badge_has_its_failure(badge: str, lost: Verdict) -> None:
    assert badge in names(lost)
    # An ordinary failure is not memorable.
    assert names(verdict(served=80)) == set()


def test_you_made_it_worse() -> None:
    (badge, *_) = badges(verdict(served=0), 0.73)
    assert badge.id == "made-it-worse"
    assert badge.sentence == "73 % → 0 % of the people were served."
    assert "made-it-worse" not in names(verdict(served=70), 0.73)
    assert "made-it-worse" not in names(verdict(served=73), 0.0)
