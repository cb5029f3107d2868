from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.proving.statistics import (
    beta_cdf,
    clopper_pearson,
    design_effect,
    mean_and_deviation,
    more_than,
    tolerance_factor,
)


def binomial_more_than(k: int, n: int, p: float) -> float:
    return math.fsum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1, n + 1))


@given(st.integers(0, 40), st.integers(1, 40), st.floats(0.001, 0.999))
def test_the_tail_is_the_binomial_sum(k: int, n: int, p: float) -> None:
    assert more_than(k, n, p) == pytest.approx(binomial_more_than(k, n, p), rel=1e-9, abs=1e-12)


@given(st.floats(0.1, 5000), st.floats(0.1, 5000), st.floats(1e-3, 1 - 1e-3))
def test_the_beta_function_is_symmetric_and_a_probability(a: float, b: float, x: float) -> None:
    value = beta_cdf(x, a, b)
    assert 0.0 <= value <= 1.0
    assert beta_cdf(1 - x, b, a) == pytest.approx(1 - value, abs=1e-9)


def test_the_beta_function_in_special_cases() -> None:
    assert beta_cdf(0.3, 1, 1) == pytest.approx(0.3)
    assert beta_cdf(0.3, 1, 5) == pytest.approx(1 - 0.7**5)
    assert beta_cdf(0.3, 4, 1) == pytest.approx(0.3**4)
    assert beta_cdf(0.5, 0.5, 0.5) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="a, b > 0"):
        beta_cdf(0.5, 0, 1)


def test_clopper_pearson_in_its_closed_form_and_as_printed() -> None:
    low, high = clopper_pearson(0, 20)
    assert low == 0.0
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))
    low, high = clopper_pearson(20, 20)
    assert (low, high) == (pytest.approx(0.025 ** (1 / 20)), 1.0)
    # In every table: 10 of 20 is between 27.2 % and 72.8 %; 1 of 10 between 0.25 % and 44.5 %.
    assert clopper_pearson(10, 20) == pytest.approx((0.2720, 0.7280), abs=5e-5)
    assert clopper_pearson(1, 10) == pytest.approx((0.0025, 0.4450), abs=5e-5)
    with pytest.raises(ValueError, match="k of n"):
        clopper_pearson(3, 2)


@given(st.integers(0, 300), st.integers(1, 300))
def test_neither_end_of_the_interval_is_rejected_by_its_tail(k: int, n: int) -> None:
    k = min(k, n)
    low, high = clopper_pearson(k, n)
    assert low <= k / n <= high
    if k > 0:
        assert binomial_more_than(k - 1, n, low) == pytest.approx(0.025, rel=1e-6)
    if k < n:
        assert 1 - binomial_more_than(k, n, high) == pytest.approx(0.025, rel=1e-6)


def test_it_bears_large_counts() -> None:
    low, high = clopper_pearson(15_000, 500_000)
    assert low == pytest.approx(0.03 - 1.96 * math.sqrt(0.03 * 0.97 / 500_000), rel=1e-3)
    assert high == pytest.approx(0.03 + 1.96 * math.sqrt(0.03 * 0.97 / 500_000), rel=1e-3)


def test_mean_and_deviation() -> None:
    assert mean_and_deviation([1.0, 2.0, 3.0]) == (2.0, 1.0)
    assert mean_and_deviation([7.0]) == (7.0, 0.0)


def test_what_fails_together_counts_for_less() -> None:
    assert design_effect([10, 10, 10], [1000] * 3) == 1.0
    assert design_effect([0, 0, 0], [1000] * 3) == 1.0
    # All of it in one run of four: p = 1/400; chi² = 3 · 2.5²/2.49 + 7.5²/2.49 ≈ 30, over 3.
    assert design_effect([10, 0, 0, 0], [1000] * 4) == pytest.approx(75 / 2.49375 / 3)


def test_the_tolerance_factor_is_the_one_in_tables() -> None:
    """Natrella, table A-7, and the example of the NIST e-Handbook, 7.2.6.3 (1.8752 by approximation)."""
    table = {(5, 0.99, 0.95): 5.741, (10, 0.99, 0.95): 3.981, (20, 0.99, 0.95): 3.295, (10, 0.99, 0.99): 5.074}
    for (n, share, confidence), factor in table.items():
        assert tolerance_factor(n, share, confidence) == pytest.approx(factor, abs=2e-3)
    assert tolerance_factor(43, 0.90, 0.99) == pytest.approx(1.874, abs=1e-3)
    with pytest.raises(ValueError, match="sample of two"):
        tolerance_factor(1, 0.99, 0.95)


def test_a_tolerance_factor_holds_as_often_as_it_says() -> None:
    import random

    draw = random.Random(5)
    factor, target, held = tolerance_factor(8, 0.99, 0.95), 2.3263478740408408, 0
    for _ in range(4000):
        mean, deviation = mean_and_deviation([draw.gauss(0, 1) for _ in range(8)])
        held += mean + factor * deviation >= target
    # 95 % of 4,000, within four standard deviations.
    assert held == pytest.approx(3800, abs=4 * math.sqrt(4000 * 0.95 * 0.05))
