"""Arrivals: counts and spacing against the integral of the rate."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.simulation import randomness
from scalegame.simulation.arrivals import arrival_times, expected_count
from scalegame.simulation.patterns import parse_pattern, rate_at
from scalegame.simulation.randomness import Streams, zipf_keys
from scalegame.simulation.scenario import Open

PATTERNS = (
    "50/s",
    "20/s until 20 s, then 80/s",
    "0/s until 20 s, then 100/s",
    "100/s until 20 s, then 0/s until 40 s, then 100/s",
    "ramp to 100/s until 50 s",
    "ramp from 100/s to 0/s until 30 s, then 20/s",
    "sine 20/s to 100/s every 20 s",
    "sine 0/s to 100/s every 20 s until 60 s, then 10/s",
    "40/s, spike to 400/s at 30 s for 5 s",
    "0/s, spike to 400/s at 30 s for 5 s",
)
UNTIL = 80.0


def times(pattern: str, process: str = "poisson", seed: int = 1) -> np.ndarray:
    arrivals = Open(process, parse_pattern(pattern))  # type: ignore[arg-type]
    return arrival_times(arrivals, UNTIL, Streams(seed).generator("w", "arrivals"))


def integral(pattern: str, until: float) -> float:
    """Of the rate, by the trapezium rule on a fine grid: an independent way."""
    grid = np.linspace(0.0, until, 16_001)
    pieces = parse_pattern(pattern)
    rates = np.array([rate_at(pieces, t) for t in grid])
    return float(np.sum((rates[1:] + rates[:-1]) / 2) * (grid[1] - grid[0]))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_mean_count_is_the_integral_of_the_rate(pattern: str) -> None:
    for until in (25.0, 33.0, UNTIL):
        expected = integral(pattern, until)
        assert expected_count(parse_pattern(pattern), until) == pytest.approx(expected, rel=2e-4, abs=0.3)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_poisson_counts_lie_within_their_bounds_everywhere(pattern: str) -> None:
    """Per 5 s and over twenty seeds: a sum of Poisson counts is Poisson; 4.5 sigma and a bit."""
    edges = np.arange(0.0, UNTIL + 1, 5.0)
    counts = sum(np.histogram(times(pattern, seed=s), edges)[0] for s in range(1, 21))
    for low, high, count in zip(edges, edges[1:], counts, strict=False):
        mean = 20 * (expected_count(parse_pattern(pattern), high) - expected_count(parse_pattern(pattern), low))
        assert abs(count - mean) <= 4.5 * sqrt(mean) + 1e-6, (low, count, mean)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_constant_arrivals_are_nowhere_more_than_one_off(pattern: str) -> None:
    found = times(pattern, "constant")
    for until in np.linspace(1.0, UNTIL, 80):
        expected = expected_count(parse_pattern(pattern), float(until))
        assert abs(int(np.sum(found < until)) - expected) <= 0.5 + 0.05, until


def test_nobody_comes_while_the_rate_is_zero() -> None:
    for process in ("poisson", "constant"):
        found = times("100/s until 20 s, then 0/s until 40 s, then 100/s", process)
        assert not np.any((found > 20.0) & (found < 40.0))
        assert times("0/s until 20 s, then 100/s", process).min() >= 20.0
    assert len(times("0/s")) == 0


def test_poisson_gaps_are_exponential() -> None:
    gaps = np.diff(times("200/s", seed=3))
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.05)
    assert np.mean(gaps > 0.005) == pytest.approx(np.exp(-1), abs=0.02)


def test_constant_gaps_are_constant() -> None:
    found = times("50/s", "constant")
    assert found[0] == pytest.approx(0.01)
    assert np.diff(found) == pytest.approx(0.02)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 200), st.floats(0.0, 2.0))
def test_zipf_keys_are_as_popular_as_they_should_be(keys: int, exponent: float) -> None:
    found = zipf_keys(np.random.default_rng(1), keys, exponent, 20_000)
    weights = np.arange(1, keys + 1) ** -exponent
    shares = weights / weights.sum()
    counts = np.bincount(found, minlength=keys)
    assert len(counts) == keys
    assert np.all(np.abs(counts - 20_000 * shares) <= 5.5 * np.sqrt(20_000 * shares) + 5)


def test_the_weights_of_a_popularity_are_worked_out_once() -> None:
    randomness._zipf_weights.cache_clear()
    drawn = [randomness.zipf_keys(np.random.default_rng(i), 1000, 1.1, 5) for i in range(20)]
    assert randomness._zipf_weights.cache_info().misses == 1
    assert len(np.unique(np.concatenate(drawn))) > 10
