from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.levels.load import loads
from scalegame.simulation import kernel
from scalegame.simulation.measure import OUTCOMES
from scalegame.simulation.recording import Recording, RequestLog, Track
from scalegame.simulation.result import RunResult, Slice, Times
from scalegame.simulation.run import simulate
from scalegame.simulation.scenario import Window
from scalegame.verdict.judge import holds, measure
from scalegame.verdict.model import Objective
from scalegame.verdict.objectives import parse
from scalegame.verdict.stops import first_stop, stops

WINDOW = Window(0.0, 100.0, tick=1.0)
#: (born, sojourn or None for never resolved, outcome, stale)
Row = tuple[float, float | None, str, int]


def sentence(text: str) -> Objective:
    return parse(text, ["skiers"], ["browse"])


def log_of(rows: Sequence[Row]) -> RequestLog:
    n = len(rows)
    resolved = [math.nan if took is None else born + took for born, took, _, _ in rows]
    ints = np.zeros(n, dtype=np.int64)
    return RequestLog(
        born=np.array([r[0] for r in rows]),
        resolved=np.array(resolved),
        outcome=np.array([OUTCOMES.index(r[2]) for r in rows], dtype=np.int64),
        workload=ints,
        operation=ints,
        completed=np.full(n, math.nan),
        stale=np.array([r[3] for r in rows], dtype=np.int64),
        checked=ints + 1,
        accepted=ints,
        pending=ints,
        attempts=ints + 1,
        doubled=ints,
        lost=ints,
        outcomes=OUTCOMES,
        workloads=("skiers",),
        operations=("browse",),
    )


def result_of(log: RequestLog, cost: float = 1.0) -> RunResult:
    good = log.ended(kernel.ANSWERS)
    taken = (log.resolved - log.born)[good]
    n, k = len(log.born), int(good.sum())
    part = Slice(
        requests=n,
        successes=k,
        degraded=int((log.outcome == OUTCOMES.index("degraded")).sum()),
        throughput=k / 100,
        goodput=(k - int((log.outcome == OUTCOMES.index("degraded")).sum())) / 100,
        availability=k / n if n else math.nan,
        failures={},
        attempts=n,
        latency=Times.of(taken),
        failed_latency=Times.of(np.array([])),
        completion=Times.of(np.array([])),
        unfinished=int(np.isnan(log.resolved).sum()),
        stale_reads=int((log.stale > 0).sum()),
        own_stale_reads=int((log.stale == 2).sum()),
        reads=n,
    )
    return RunResult(1, part, {"skiers": part}, {"browse": part}, {}, cost)


def recording_of(log: RequestLog, **tracks: Track) -> Recording:
    return Recording(np.arange(1.0, 141.0), tracks, {}, (), log)


def stop_of(text: str, rows: Sequence[Row], effort: float = 0.0, price: float | None = None):
    log = log_of(rows)
    return first_stop([sentence(text)], result_of(log), recording_of(log), WINDOW, effort=effort, price=price)


def ok(born: float, took: float = 0.1, stale: int = 0) -> Row:
    return born, took, "ok", stale


def test_availability_is_lost_with_the_failure_that_is_one_too_many() -> None:
    rows = [ok(t) for t in range(90)] + [(float(t), 0.5, "timed out", 0) for t in range(10, 20)]
    stop = stop_of("availability >= 95 %", rows)
    assert stop is not None
    # 100 requests, 5 forgiven: the sixth failure, born at 15.
    assert stop.time == 15.5
    assert "6" in stop.sentence
    assert stop_of("availability >= 90 %", rows) is None
    assert stop_of("availability > 90 %", rows).time == 19.5  # type: ignore[union-attr]


def test_what_is_only_lost_at_the_end_is_no_stop() -> None:
    rows = [ok(t) for t in range(90)] + [(float(t), None, "unfinished", 0) for t in range(10, 20)]
    assert stop_of("availability >= 95 %", rows) is None
    assert stop_of("unfinished == 0", rows) is None


def test_a_percentile_is_lost_when_the_rest_could_be_instant() -> None:
    rows = [ok(t, 2.0 if t < 30 else 0.1) for t in range(100)]
    # p90 of 100 is the 90th: 11 slow ones reach down to it.
    assert stop_of("latency.p90 < 1 s", rows).time == 12.0  # type: ignore[union-attr]
    assert stop_of("latency.p50 < 1 s", rows) is None
    assert stop_of("latency.max < 1 s", rows).time == 2.0  # type: ignore[union-attr]
    # Mean: 2 s each of the first, and nought for the rest, is 0.4 s over 100 after twenty of them.
    assert stop_of("latency.mean < 400 ms", rows).time == 21.0  # type: ignore[union-attr]


@pytest.mark.parametrize(("metric", "column"), [("duplicates", "doubled"), ("lost", "lost")])
def test_what_took_effect_twice_and_what_is_gone_cannot_be_made_good(metric: str, column: str) -> None:
    marred = np.arange(100) % 10 == 0
    log = replace(log_of([ok(t) for t in range(100)]), **{column: marred.astype(np.int64)})
    fields = {"duplicates": 10} if metric == "duplicates" else {"lost": 10}
    result = replace(result_of(log), total=replace(result_of(log).total, **fields))

    def when(text: str) -> float | None:
        stop = first_stop([sentence(text)], result, recording_of(log), WINDOW, effort=0.0)
        return None if stop is None else stop.time

    assert when(f"{metric} == 0") == 0.1
    assert when(f"{metric} <= 3") == 30.1
    assert when(f"{metric} <= 3 %") == 30.1
    assert when(f"{metric} <= 10") is None
    other = "lost" if metric == "duplicates" else "duplicates"
    assert when(f"{other} == 0") is None


def test_stale_reads_goodput_cost_and_effort() -> None:
    rows = [ok(t, stale=t % 10 == 0) for t in range(100)]
    assert stop_of("stale_reads == 0", rows).time == 0.1  # type: ignore[union-attr]
    assert stop_of("stale_reads <= 3", rows).time == 30.1  # type: ignore[union-attr]
    assert stop_of("stale_reads <= 3 %", rows).time == 30.1  # type: ignore[union-attr]
    assert stop_of("own_stale_reads == 0", rows) is None
    mixed = [ok(t) for t in range(80)] + [(float(t), 0.5, "refused", 0) for t in range(20)]
    assert stop_of("goodput >= 0.9/s", mixed).time == 10.5  # type: ignore[union-attr]
    assert stop_of("cost <= $0.5/h", rows).time == 0.0  # type: ignore[union-attr]
    assert stop_of("cost <= $0.5/h", rows, price=0.4) is None
    assert stop_of("effort <= 8 h", rows, effort=9.0).time == 0.0  # type: ignore[union-attr]
    assert stop_of("effort <= 8 h", rows, effort=8.0) is None


def test_who_acts_is_stopped_for_what_ran_and_not_for_what_was_built() -> None:
    log = log_of([ok(t) for t in range(100)])
    goal = sentence("cost <= $0.5/h")

    def stop(running: Sequence[float], cost: float) -> float | None:
        recording = replace(recording_of(log), cost=np.array(running))
        found = first_stop(
            [goal], result_of(log, cost), recording, WINDOW, effort=0.0, price=running[0], ordered=True
        )
        return found.time if found is not None else None

    # Dear at first, and then scaled in: won. Cheap at first, and then scaled out: over with the last of the purse.
    assert stop([0.9] * 20 + [0.1] * 120, 0.26) is None
    assert stop([0.2] * 50 + [1.0] * 90, 0.6) == 91.0
    # Over only through what was used: not before its end.
    assert stop([0.4] * 140, 0.6) is None
    # What ran after the window is nobody's concern.
    assert stop([0.4] * 100 + [9.0] * 40, 0.6) is None


def test_the_earliest_stop_wins_and_names_its_objective() -> None:
    log = log_of([ok(t, 2.0, stale=1) for t in range(100)])
    objectives = [sentence(t) for t in ("availability >= 90 %", "latency.p99 < 1 s", "stale_reads == 0")]
    found = stops(objectives, result_of(log), recording_of(log), WINDOW, effort=0.0)
    assert [s.objective for s in found] == [2, 1] or found[0].time <= found[1].time
    assert {s.objective for s in found} == {1, 2}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 99),
            st.one_of(st.none(), st.floats(0.001, 3)),
            st.sampled_from(OUTCOMES[:-1]),
            st.integers(0, 2),
        ),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from(
        (
            "availability >= 90 %",
            "latency.p90 < 1 s",
            "latency.mean < 1 s",
            "goodput >= 0.1/s",
            "stale_reads <= 2",
        )
    ),
    st.floats(0, 103),
)
def test_no_continuation_could_have_saved_a_stopped_run(rows: list[Row], text: str, moment: float) -> None:
    """After a stop the best possible rest still loses; before it, the best possible rest would have won."""
    rows = [(born, took, outcome if took is not None else "unfinished", s) for born, took, outcome, s in rows]
    objective, log = sentence(text), log_of(rows)
    stop = stop_of(text, rows)
    value = measure(objective, result_of(log), 0.0, 0.0)
    if holds(objective, value):
        assert stop is None
        return

    def best_from(time: float) -> bool:
        """Everything not resolved by then turns out as well as it can: it succeeds at once, and fresh."""
        future = [
            row if row[1] is not None and row[0] + row[1] <= time else (row[0], 1e-9, "ok", 0) for row in rows
        ]
        return holds(objective, measure(objective, result_of(log_of(future)), 0.0, 0.0))

    if stop is not None and best_from(-1.0):
        assert not best_from(stop.time)
        assert best_from(np.nextafter(stop.time, -1)) or text.startswith("goodput")
        if moment < stop.time:
            assert best_from(moment) or text.startswith("goodput")


def track(queue: Sequence[float], arrivals: float = 240.0, completions: float = 143.0, up: int = 1) -> Track:
    n = len(queue)
    flat = np.zeros(n)
    return Track(
        flat + 1, np.array(queue, float), flat, flat + arrivals, flat + completions, flat,
        np.full(n, up), flat + math.nan,
    )  # fmt: skip


def backlog(queue: Sequence[float], **more: float):
    # Lost by unfinished requests only, so that nothing but the backlog can stop it.
    log = log_of([ok(0.0), (1.0, None, "unfinished", 0)])
    recording = recording_of(log, web=track(queue, **more))  # type: ignore[arg-type]
    return first_stop([sentence("unfinished == 0")], result_of(log), recording, WINDOW, effort=0.0)


def test_a_queue_that_only_grows_will_never_catch_up() -> None:
    stop = backlog([97.0 * t for t in range(140)])
    assert stop is not None
    # As soon as three seconds and eight ticks have been seen.
    assert stop.time < 30
    waiting = f"{97 * round(stop.time - 1):,} waiting"
    assert waiting in stop.sentence
    assert "143 of the 240" in stop.sentence


@pytest.mark.parametrize(
    "queue",
    [
        [min(t, 80 - t) * 50.0 if t < 80 else 0.0 for t in range(140)],  # grows, then drains
        [200.0] * 140,  # long, but it does not grow
        [t * 0.1 for t in range(140)],  # grows, but nobody would call it a crowd
    ],
)
def test_a_queue_that_recovers_stands_still_or_is_short_is_no_stop(queue: list[float]) -> None:
    assert backlog(queue) is None


def test_a_queue_that_grows_although_all_is_answered_is_no_stop() -> None:
    assert backlog([97.0 * t for t in range(140)], completions=240.0) is None


def test_a_won_run_is_never_stopped() -> None:
    log = log_of([ok(t) for t in range(100)])
    recording = recording_of(log, web=track([97.0 * t for t in range(140)]))
    objectives = [sentence("availability >= 90 %"), sentence("latency.p99 < 1 s"), sentence("cost <= $1/h")]
    assert first_stop(objectives, result_of(log), recording, WINDOW, effort=0.0) is None


DROWNING = """
format: 0
id: hut
title: Hut
chapter: 1
difficulty: 1
teaches: [queues]
brief: A hut.
run: 62 s
measure: from 2 s to 62 s
places: [hut]
sizes: {one: {cores: 1, memory: 4 GB, price: $0.10/h}}
programs: {till: {sell: [{work: {exponential: 20 ms}}]}}
workloads:
  guests: {at: hut, users: 9, arrivals: {poisson: 100/s}, operations: {sell: 1}, timeout: 60 s, retries: none}
board:
  guests: {kind: clients, sends: guests, at: hut}
  web: {kind: service, runs: till, at: hut, size: one, threads: 200, backlog: 100000}
wires: [guests -> web]
objectives: [availability >= 50 %, latency.p50 < 20 s]
stars: {}
attempts: {}
debrief: None.
"""


def test_a_box_that_does_half_of_what_it_is_asked_is_stopped_early() -> None:
    level = loads(DROWNING, "hut.yaml", kinds())
    run = simulate(level.scenario(level.found), kinds(), 3)
    stop = first_stop(level.objectives, run.result, run.recording, level.window, effort=0.0)
    assert stop is not None
    assert stop.time < 20
    assert stop.sentence.startswith("web has ")
    done, asked = (float(n) for n in re.search(r"does (\d+) of the (\d+) asked", stop.sentence).groups())
    assert done == pytest.approx(50, rel=0.15)
    assert asked == pytest.approx(100, rel=0.15)
