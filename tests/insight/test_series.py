"""Series of a run: exact percentiles, gaps, and sums that agree with the recording."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.insight.series import Span, beside, card, percentiles, whole
from scalegame.simulation.part import Part
from scalegame.simulation.recorder import CRASHED
from scalegame.simulation.result import Times
from scalegame.simulation.scenario import Fault
from scalegame.units import Dimension
from tests.scenarios import run, tiers

CRASH = Fault(8.0, 4.0, ("replica", "web", "1"), "crash")


def by_id(charts):
    return {chart.id: chart for chart in charts}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 12), st.floats(0, 5)), max_size=60),
    st.integers(1, 9),
)
def test_percentiles_are_those_of_the_values_in_each_bucket(pairs, buckets) -> None:
    span = Span(1.0, 10.0, buckets)
    when, values = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
    p50, p99 = percentiles(when, values, span, (0.5, 0.99))
    for i, (start, end) in enumerate(pairwise(span.edges)):
        # What lies on the last edge lies outside, like everything behind it.
        sample = np.array([b for a, b in pairs if start <= a < end and a < span.end])
        if not len(sample):
            assert math.isnan(p50[i])
            assert math.isnan(p99[i])
        else:
            assert (p50[i], p99[i]) == (Times.of(sample).p50, Times.of(sample).p99)


def test_no_percentile_where_nothing_was_resolved() -> None:
    (p99,) = percentiles(np.array([0.5, 2.5, np.nan]), np.array([3.0, 4.0, 9.0]), Span(0.0, 3.0, 3), (0.99,))
    assert p99[0] == 3.0
    assert math.isnan(p99[1])
    assert p99[2] == 4.0


@pytest.fixture(scope="module")
def crashed():
    return run(tiers(until=20.0, faults=[CRASH]), seed=5)


def test_the_whole_counts_every_answer_and_every_failure_once(crashed) -> None:
    recording, total = crashed.recording, crashed.result.total
    span = Span(0.0, float(recording.times[-1]) + 1e-9, 37)
    charts = by_id(whole(recording, span, 2.0))
    answers = np.nansum(charts["throughput"].lines[0].values) * span.step
    assert answers == pytest.approx(total.successes)
    goodput = np.nansum(charts["throughput"].lines[1].values) * span.step
    assert goodput == pytest.approx(total.successes - total.degraded)
    failed = {line.name: np.nansum(line.values) * span.step for line in charts["errors"].lines}
    assert failed == pytest.approx(dict(total.failures))
    assert [line.name for line in charts["latency"].lines] == ["p50", "p95", "p99"]
    assert charts["latency"].top == total.latency.max or charts["latency"].top <= total.latency.max


def test_nothing_is_said_before_the_window(crashed) -> None:
    charts = by_id(whole(crashed.recording, Span(0.0, 20.0, 20), 2.0))
    assert np.isnan(charts["throughput"].main.values[:2]).all()
    assert not np.isnan(charts["throughput"].main.values[2:]).any()


def test_a_whole_run_in_one_bucket_has_the_percentiles_of_its_result(crashed) -> None:
    span = Span(0.0, float(crashed.recording.times[-1]) + 1e-9, 1)
    latency = by_id(whole(crashed.recording, span, 2.0))["latency"]
    times = crashed.result.total.latency
    assert [float(line.values[0]) for line in latency.lines] == [times.p50, times.p95, times.p99]


def test_calls_of_a_card_do_not_depend_on_the_buckets(crashed) -> None:
    recording = crashed.recording
    track, end = recording.components["web"], float(recording.times[-1])
    ticks = np.diff(np.concatenate([[0.0], recording.times]))
    for buckets in (1, 7, 400):
        calls = by_id(card(track, recording.times, Span(0.0, end, buckets)))["calls"]
        for line, rate in zip(calls.lines, (track.arrivals, track.completions), strict=True):
            assert np.sum(line.values) * end / buckets == pytest.approx(np.sum(rate * ticks))


def test_errors_by_reason_add_up_tick_by_tick(crashed) -> None:
    for track in crashed.recording.components.values():
        summed = np.sum(list(track.reasons.values()), axis=0) if track.reasons else np.zeros(len(track.errors))
        np.testing.assert_allclose(summed, track.errors)
    web = crashed.recording.components["web"].reasons
    assert CRASHED in web
    assert crashed.world.parts["web"].killed() == pytest.approx(np.sum(web[CRASHED] * 0.25))


def test_the_recording_knows_the_running_cost_and_what_is_under_way(crashed) -> None:
    recording = crashed.recording
    assert np.allclose(recording.cost, crashed.result.cost)
    log, time = recording.requests, float(recording.times[40])
    cohort = np.sum((log.born <= time) & ~(log.resolved <= time))
    assert recording.inside[40] == cohort  # nobody born before the window is left by then


def test_peaks_survive_wide_buckets_and_short_ones_show_their_tick() -> None:
    recording = run(tiers(until=6.0), seed=2).recording
    track, times = recording.components["web"], recording.times
    wide = by_id(card(track, times, Span(0.0, float(times[-1]), 3)))["queue"]
    assert wide.top == track.queue.max()
    fine = by_id(card(track, times, Span(1.0, 1.25, 5)))["queue"]
    assert set(fine.main.values) == {track.queue[recording.at(1.25)]}


def test_time_inside_is_littles_law_and_a_gap_where_nothing_leaves(crashed) -> None:
    recording = crashed.recording
    track = recording.components["web"]
    tick = Span(5.0, 5.25, 1)
    charts = by_id(card(track, recording.times, tick))
    i = recording.at(5.25)
    assert charts["inside"].main.values[0] == pytest.approx(track.in_flight[i] / track.completions[i])
    beyond = by_id(card(track, recording.times, Span(1000.0, 1001.0, 4)))
    assert all(np.isnan(line.values).all() for chart in beyond.values() for line in chart.lines)


def test_a_figure_of_its_own_has_its_name() -> None:
    recording = run(tiers(until=6.0), seed=2).recording
    cache = recording.components["cache"]
    charts = by_id(card(cache, recording.times, Span(0.0, 6.0, 6), ("hit ratio so far", Dimension.RATIO)))
    assert charts["own"].title == "hit ratio so far"
    assert charts["own"].main.values[-1] == cache.extra[recording.at(6.0)]
    assert "own" not in by_id(card(recording.components["web"], recording.times, Span(0.0, 6.0, 6)))


def test_every_kind_that_records_a_figure_says_what_it_is() -> None:
    for kind in kinds().values():
        assert (kind.own is not None) == (kind.behaviour.extra is not Part.extra), kind.name


def test_lines_of_another_run_stand_beside_their_like() -> None:
    mine, other = run(tiers(until=6.0), seed=2).recording, run(tiers(300.0, until=6.0), seed=2).recording
    span = Span(0.0, 6.0, 12)
    pairs = beside(whole(mine, span, 2.0), whole(other, span, 2.0))
    for pair in pairs:
        assert pair.before is not None
        assert pair.top >= pair.chart.top
    errors = next(pair for pair in pairs if pair.chart.id == "errors")
    theirs = by_id(whole(other, span, 2.0))["errors"]
    np.testing.assert_array_equal(errors.before.values, np.sum([one.values for one in theirs.lines], axis=0))
    latency = next(pair for pair in pairs if pair.chart.id == "latency")
    assert latency.before.name == "p99"
