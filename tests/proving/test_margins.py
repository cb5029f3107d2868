from __future__ import annotations

import math

import pytest

from scalegame.proving.margins import least_room, margin, surest_miss
from scalegame.proving.model import Margin, Sample
from scalegame.verdict.objectives import parse


def judged(text: str, values: list[float], wins: bool, counts: list[tuple[int, int]] | None = None) -> Margin:
    pairs = counts or [None] * len(values)
    samples = [Sample(i, (v,), (c,), 1.0) for i, (v, c) in enumerate(zip(values, pairs, strict=True))]
    return margin(parse(text, [], []), 0, samples, wins)


def failures(counts: list[int], trials: int) -> tuple[list[float], list[tuple[int, int]]]:
    return [1 - k / trials for k in counts], [(k, trials) for k in counts]


def test_three_deviations_of_room_are_enough_and_fewer_are_not() -> None:
    values = [0.1, 0.2] * 10
    deviation = 0.05 * math.sqrt(20 / 19)
    found = judged("latency.p99 < 320 ms", values, wins=True)
    assert found.sigmas == pytest.approx((0.32 - 0.15) / deviation)
    assert found.clear
    assert found.worst == 0.2
    tight = judged("latency.p99 < 290 ms", values, wins=True)
    assert tight.held == 20
    assert not tight.clear
    lost = judged("latency.p99 < 80 ms", values, wins=False)
    assert lost.held == 0
    assert not lost.clear
    assert judged("latency.p99 < 1 ms", [v * 0 + 0.1 + v / 100 for v in values], wins=False).clear


def test_one_run_on_the_other_side_is_never_clear() -> None:
    assert not judged("latency.p99 < 400 ms", [0.1] * 19 + [0.5], wins=True).clear
    assert not judged("latency.p99 < 400 ms", [9.0] * 19 + [0.3], wins=False).clear


def test_what_never_varies_needs_no_luck() -> None:
    found = judged("cost <= $0.3/h", [0.1 + 0.2] * 20, wins=True)
    assert found.clear
    assert found.sigmas == math.inf
    assert judged("cost <= $0.3/h", [0.31], wins=False).clear


def test_nothing_to_measure_is_sure_to_be_missed() -> None:
    assert judged("latency.p99 < 1 s", [math.nan] * 20, wins=False).clear
    assert not judged("latency.p99 < 1 s", [math.nan] * 20, wins=True).clear


def test_counts_far_from_the_target_are_clear_and_near_it_are_not() -> None:
    assert judged("availability >= 97 %", *split(failures([50, 55, 45, 48, 52] * 4, 5000), True)).clear
    near = judged("availability >= 97 %", *split(failures([140, 145, 135, 138, 142] * 4, 5000), True))
    assert near.held == 20
    assert not near.clear
    assert near.luck is not None
    assert 0.01 < near.luck < 1
    assert judged("availability >= 97 %", *split(failures([400] * 20, 5000), False)).clear


def split(pair: tuple[list[float], list[tuple[int, int]]], wins: bool):
    values, counts = pair
    return values, wins, counts


def test_failures_that_come_together_need_more_room() -> None:
    even = judged("availability >= 97 %", *split(failures([100] * 20, 5000), True))
    uneven = judged("availability >= 97 %", *split(failures([60, 140] * 10, 5000), True))
    assert even.clear
    assert not uneven.clear


def test_none_at_all_is_clear_where_none_is_asked() -> None:
    none = [(0, 3000)] * 20
    assert judged("stale_reads == 0", [0.0] * 20, True, none).clear
    assert not judged("stale_reads == 0", [0.0] * 19 + [1.0], True, [*none[1:], (1, 3000)]).clear
    # Six a run on average: e^-6 of the runs have none, and that is fewer than one in a hundred.
    assert judged("stale_reads == 0", [6.0] * 20, False, [(6, 3000)] * 20).clear
    assert not judged("stale_reads == 0", [3.0] * 20, False, [(3, 3000)] * 20).clear


def test_a_ratio_of_reads_is_counted_against_reads() -> None:
    found = judged("stale_reads <= 1 %", [0.001] * 20, True, [(3, 3000)] * 20)
    assert found.clear
    assert found.luck is not None
    assert not judged("stale_reads <= 1 %", [28 / 3000] * 20, True, [(28, 3000)] * 20).clear


def test_a_few_runs_only_tell_on_which_side_they_are() -> None:
    assert judged("latency.p99 < 400 ms", [0.39, 0.1, 0.3], wins=True).clear
    assert not judged("latency.p99 < 400 ms", [0.39, 0.1, 0.5], wins=True).clear


def test_what_decides() -> None:
    easy = judged("latency.p99 < 400 ms", [0.1] * 5, wins=True)
    tight = judged("latency.p90 < 400 ms", [0.39] * 5, wins=True)
    assert least_room([easy, tight]) == 1
    # What does not vary has no luck in it, however near it is.
    wavering = judged("latency.p50 < 400 ms", [0.1, 0.2, 0.1, 0.2, 0.1], wins=True)
    assert least_room([easy, tight, wavering]) == 2
    sometimes = judged("latency.p99 < 400 ms", [9.0] * 4 + [0.1], wins=False)
    always = judged("latency.p99 < 400 ms", [0.5] * 5, wins=False)
    assert surest_miss([easy, sometimes, always]) == 2
