import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scalegame.design.distributions import (
    Z99,
    Distribution,
    constant,
    exponential,
    read_distribution,
)
from scalegame.errors import ScalegameError
from scalegame.units import Dimension

times = st.floats(1e-6, 1e4)
sorted_times = st.lists(times, min_size=3, max_size=3).map(sorted)
distributions = st.one_of(
    times.map(constant),
    times.map(exponential),
    sorted_times.map(lambda t: Distribution("uniform", (t[0], t[2]))),
    sorted_times.map(lambda t: Distribution("percentiles", tuple(t))),
    st.builds(
        lambda mean, sigma: Distribution("lognormal", (mean, mean * math.exp(Z99 * sigma - sigma**2 / 2))),
        times,
        st.floats(0.01, 2.3),
    ),
    st.lists(times, min_size=1, max_size=20).map(lambda t: Distribution("empirical", tuple(t))),
)


@given(distributions)
def test_what_is_written_is_read_back(distribution: Distribution) -> None:
    assert read_distribution(distribution.write()) == distribution


def test_every_dimension_keeps_its_unit() -> None:
    size = read_distribution({"uniform": {"low": "1 KB", "high": "3 KB"}}, Dimension.SIZE)
    assert size.mean == 2000
    assert size.write() == {"uniform": {"low": "1 KB", "high": "3 KB"}}
    assert size.show() == "uniform, low 1 KB, high 3 KB"


Numbers = npt.NDArray[np.float64]


def quantiles(distribution: Distribution, at: Numbers) -> Numbers:
    """The quantile function, written down independently of the code under test."""
    v = distribution.values
    match distribution.shape:
        case "constant":
            return np.full_like(at, v[0])
        case "exponential":
            return np.asarray(-v[0] * np.log1p(-at))
        case "uniform":
            return np.asarray(v[0] + (v[1] - v[0]) * at)
        case "percentiles":
            p50, p95, p99 = v
            return np.interp(at, [0, 0.5, 0.95, 0.99, 1], [0, p50, p95, p99, 2 * p99 - p95])
        case "empirical":
            return np.asarray(np.sort(np.array(v))[np.minimum((at * len(v)).astype(int), len(v) - 1)])
    raise AssertionError(distribution.shape)


@given(distributions)
def test_mean_and_variation_against_numeric_integration(distribution: Distribution) -> None:
    assume(distribution.shape != "lognormal")
    count = 200_000 if distribution.shape == "exponential" else 42_000
    at = (np.arange(count) + 0.5) / count
    values = quantiles(distribution, at)
    mean = values.mean()
    tolerance = 2e-3 if distribution.shape in ("exponential", "empirical") else 1e-5
    assert distribution.mean == pytest.approx(mean, rel=tolerance)
    assert distribution.scv == pytest.approx(values.var() / mean**2, rel=tolerance, abs=tolerance)


@given(times, st.floats(0.05, 2.2))
def test_a_log_normal_has_its_mean_and_its_99th_percentile(mean: float, sigma: float) -> None:
    p99 = mean * math.exp(Z99 * sigma - sigma**2 / 2)
    distribution = read_distribution({"lognormal": {"mean": f"{mean!r} s", "p99": f"{p99!r} s"}})
    assert distribution.sigma == pytest.approx(sigma, rel=1e-5)
    # The integral over the normal density, which knows nothing of the formula used.
    z = np.linspace(-12, 12, 200_001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    mu = math.log(p99) - Z99 * distribution.sigma
    values = np.exp(mu + distribution.sigma * z)
    assert float((values * density).sum()) == pytest.approx(mean, rel=1e-5)
    variance = float((values**2 * density).sum()) - mean**2
    assert distribution.scv == pytest.approx(variance / mean**2, rel=1e-4)


def test_percentiles_are_met_exactly() -> None:
    read = read_distribution({"percentiles": {"p50": "200 ms", "p95": "1200 ms", "p99": "3 s"}})
    assert dict(read.points()) == {0.0: 0.0, 0.5: 0.2, 0.95: 1.2, 0.99: 3.0, 1.0: pytest.approx(4.8)}


def test_z99_is_the_percentile() -> None:
    assert 0.5 * (1 + math.erf(Z99 / math.sqrt(2))) == pytest.approx(0.99, abs=1e-15)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (12, "12"),
        ({}, "a distribution has one name"),
        ({"exponential": "1 ms", "uniform": "2 ms"}, "a distribution has one name"),
        ({"exponental": "12 ms"}, 'did you mean "exponential"?'),
        ({"exponential": 12}, "12 ms"),
        ({"exponential": {"men": "12 ms"}}, 'did you mean "mean"?'),
        ({"uniform": "12 ms"}, "uniform takes {low: …, high: …}"),
        ({"uniform": {"low": "1 ms"}}, "uniform lacks 'high'"),
        ({"uniform": {"low": "2 ms", "high": "1 ms"}}, "uniform needs low <= high"),
        ({"percentiles": {"p50": "2 s", "p95": "1 s", "p99": "3 s"}}, "percentiles needs p50 <= p95 <= p99"),
        ({"lognormal": {"mean": "2 ms", "p99": "1 ms"}}, "lognormal needs mean < p99"),
        ({"lognormal": {"mean": "1 ms", "p99": "1 s"}}, "lognormal needs mean < p99 <= 15.0 x mean"),
        ({"empirical": []}, "empirical takes a list of 1 to 1000 values"),
        ({"empirical": "1 ms"}, "empirical takes a list"),
        ({"empirical": ["1 ms"] * 1001}, "empirical takes a list"),
    ],
)
def test_what_is_not_a_distribution_says_what_to_write(data: Any, says: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        read_distribution(data)
    assert says in caught.value.message


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.sampled_from(["12 ms", "-1 s"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["mean", "p99", "uniform", "low", "high", "lognormal", "percentiles", "empirical"])
            | st.text(max_size=5),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(anything)
def test_any_data_is_a_distribution_or_one_line_of_refusal(data: Any) -> None:
    try:
        read = read_distribution(data)
    except ScalegameError as error:
        assert "\n" not in error.message
    else:
        assert math.isfinite(read.mean)
        assert read.mean >= 0
        assert read.scv >= 0 or read.scv == pytest.approx(0, abs=1e-9)
        assert read_distribution(read.write()) == read
