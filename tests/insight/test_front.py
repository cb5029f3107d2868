"""The trade-off front against brute force, and buckets that hold what they should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.insight.front import Trade, beats, front, standings
from scalegame.insight.histogram import linear, logarithmic

# Few values, so that ties are common.
trades = st.lists(
    st.builds(
        Trade,
        st.sampled_from([0.1, 0.2, 0.3, 0.4]),
        st.sampled_from([0.01, 0.1, 1.0, math.nan]),
        st.integers(1, 4),
    ),
    max_size=12,
)


def worse(a: Trade, b: Trade) -> bool:
    """b is no worse anywhere, and better somewhere, written out once more by hand."""
    la = math.inf if math.isnan(a.latency) else a.latency
    lb = math.inf if math.isnan(b.latency) else b.latency
    no_worse = b.cost <= a.cost and lb <= la and b.parts <= a.parts
    return no_worse and (b.cost < a.cost or lb < la or b.parts < a.parts)


@given(trades)
def test_the_front_is_what_nothing_beats(some: list[Trade]) -> None:
    assert front(some) == tuple(not any(worse(a, b) for b in some) for a in some)


@given(trades)
def test_what_is_beaten_is_beaten_by_something_on_the_front(some: list[Trade]) -> None:
    on = front(some)
    for index, trade in enumerate(some):
        by = standings(some)[index]
        assert bool(by) != on[index]
        assert all(on[i] and worse(trade, some[i]) for i in by)


def test_equal_designs_are_on_the_front_together_and_do_not_beat_each_other() -> None:
    one = Trade(0.3, 0.1, 4)
    assert not beats(one, Trade(0.3, 0.1, 4))
    assert front([one, Trade(0.3, 0.1, 4), Trade(0.3, 0.1, 5)]) == (True, True, False)


def test_all_standings_need_the_front_but_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(one: Trade, other: Trade) -> bool:
        nonlocal compared
        compared += 1
        return beats(one, other)

    monkeypatch.setattr("scalegame.insight.front.beats", counted)
    some = [Trade(float(i), float(40 - i), 3) for i in range(40)]
    assert standings(some) == ((),) * 40
    assert compared <= 2 * 40 * 40


def test_nothing_answered_is_worse_than_any_time() -> None:
    assert front([Trade(0.3, math.nan, 4), Trade(0.3, 9.0, 4)]) == (False, True)
    assert front([Trade(0.3, math.nan, 4), Trade(0.3, math.nan, 4)]) == (True, True)
    assert front([]) == ()


finite = st.floats(1e-3, 1e4, allow_nan=False)


@given(st.lists(finite, min_size=1, max_size=60), st.integers(2, 20))
def test_linear_buckets_hold_everything_once(values: list[float], most: int) -> None:
    found = linear(values, most)
    assert sum(found.counts) == len(values)
    assert 1 <= len(found.counts) <= most
    assert list(found.edges) == sorted(set(found.edges))
    for value in values:
        at = found.bucket(value)
        assert found.edges[at] <= value * (1 + 1e-9) + 1e-9
        assert value <= found.edges[at + 1] * (1 + 1e-9) + 1e-9


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60))
def test_whole_numbers_get_whole_buckets(values: list[int]) -> None:
    found = linear(values, 12, whole=True)
    assert all(edge == int(edge) for edge in found.edges)
    assert found.edges[0] == min(values)
    assert 1 <= len(found.counts) <= 12
    assert sum(found.counts) == len(values)


def test_linear_edges_are_readable() -> None:
    assert linear([0.21, 0.34, 0.34, 0.52], 5).edges == (0.16, 0.24, 0.32, 0.4, 0.48, 0.56)
    assert linear([0.21, 0.34, 0.34, 0.52], 4).edges == (0.15, 0.3, 0.45, 0.6)
    assert linear([0.21, 0.34, 0.34, 0.52], 4).counts == (1, 2, 1)
    assert linear([]).counts == (0,)
    assert sum(linear([3.0, 3.0]).counts) == 2


@given(st.lists(finite, min_size=1, max_size=60), st.integers(3, 30))
def test_logarithmic_buckets_hold_everything_once(values: list[float], most: int) -> None:
    found = logarithmic(np.asarray(values), most)
    assert sum(found.counts) == len(values)
    assert len(found.counts) <= most
    for value in values:
        at = found.bucket(value)
        assert found.edges[at] <= value < found.edges[at + 1]


def test_logarithmic_edges_are_readable_and_nan_is_left_out() -> None:
    found = logarithmic(np.asarray([0.012, 0.04, 0.3, math.nan]), 6)
    assert found.edges == (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
    assert found.counts == (1, 1, 0, 0, 1)
    assert logarithmic(np.asarray([])).counts == (0,)
