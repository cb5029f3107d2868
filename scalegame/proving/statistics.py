"""How sure one can be after so many runs: exact intervals for counts, without a library for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from statistics import NormalDist

#: Two-sided confidence of the intervals that are reported.
CONFIDENCE = 0.95
_TINY = 1e-300
_EPSILON = 1e-15
_MOST_TERMS = 100_000


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for a, b > 0.

    By its continued fraction (Abramowitz and Stegun 26.5.8), evaluated with Lentz's method on the side of
    the mean where it converges fast.
    """
    if a <= 0 or b <= 0 or math.isnan(x):
        raise ValueError("the incomplete beta function needs a, b > 0 and a number")
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return min(1.0, front * _fraction(x, a, b) / a)
    return max(0.0, 1.0 - front * _fraction(1.0 - x, b, a) / b)


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, _MOST_TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0)),
        ):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + term / c
            c = c if abs(c) > _TINY else _TINY
            value *= c * d
        if abs(c * d - 1.0) < _EPSILON:
            break
    return value


def more_than(k: float, n: float, p: float) -> float:
    """P(X > k) for X binomial(n, p): the chance that luck brings more than `k`.

    Real-valued `k` and `n` are the usual continuation by the beta function, for effective sample sizes.
    """
    if k < 0:
        return 1.0
    if k >= n:
        return 0.0
    return beta_cdf(p, k + 1.0, n - k)


def clopper_pearson(k: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact two-sided interval for a probability of which `k` of `n` were seen.

    Clopper and Pearson, Biometrika 26 (1934): the probabilities that neither tail rejects. Conservative: it
    covers the truth at least as often as it says.
    """
    if not 0 <= k <= n or n <= 0:
        raise ValueError("k of n needs 0 <= k <= n and n > 0")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if k == 0 else _solve(lambda p: beta_cdf(p, k, n - k + 1.0) - tail)
    high = 1.0 if k == n else _solve(lambda p: beta_cdf(p, k + 1.0, n - k) - (1.0 - tail))
    return low, high


def _solve(rising: Callable[[float], float]) -> float:
    """The root of a rising function on [0, 1], by bisection."""
    low, high = 0.0, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def mean_and_deviation(values: list[float]) -> tuple[float, float]:
    """Mean and standard deviation of a sample (n - 1 in the divisor; 0 for a single value)."""
    mean = math.fsum(values) / len(values)
    if len(values) < 2:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


def design_effect(counts: list[int], trials: list[int]) -> float:
    """How much more counts scatter between runs than independent trials would, at least 1.

    Kish's design effect, estimated by the Pearson statistic per degree of freedom.

    Requests of one run are not independent: one bad minute fails hundreds together. Dividing counts and
    trials by this makes a binomial interval as wide as the scatter between the runs says it must be.
    """
    total, seen = sum(trials), sum(counts)
    if len(counts) < 2 or total == 0 or seen in (0, total):
        return 1.0
    p = seen / total
    chi = math.fsum((k - n * p) ** 2 / (n * p * (1 - p)) for k, n in zip(counts, trials, strict=True) if n)
    return max(1.0, chi / (len(counts) - 1))


@cache
def tolerance_factor(n: int, share: float, confidence: float) -> float:
    """The one-sided normal tolerance factor: how many standard deviations from the mean of a sample of `n`.

    Beyond mean + factor · deviation lies at most 1 - `share` of a normal population, with this confidence. Exact:
    a quantile of the noncentral t distribution with n - 1 degrees of freedom, over √n.

    Raises:
        ValueError: A sample of one has no deviation.
    """
    if n < 2:
        raise ValueError("a tolerance factor needs a sample of two")
    shift = NormalDist().inv_cdf(share) * math.sqrt(n)
    low, high = 0.0, 1.0
    while _noncentral_t(high * math.sqrt(n), n - 1, shift) < confidence:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        below = _noncentral_t(middle * math.sqrt(n), n - 1, shift) < confidence
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


def _noncentral_t(t: float, freedom: int, shift: float) -> float:
    """P(T <= t) of the noncentral t distribution, by Simpson's rule over the deviation of the sample."""
    cells, most = 400, 1.0 + 8.0 / math.sqrt(freedom)
    half = freedom / 2.0
    scale = math.log(2.0) + half * math.log(half) - math.lgamma(half)
    normal = NormalDist()

    def density(w: float) -> float:
        if w <= 0.0:
            return normal.cdf(-shift) * math.exp(scale) if freedom == 1 else 0.0
        return normal.cdf(t * w - shift) * math.exp(scale + (freedom - 1) * math.log(w) - half * w * w)

    width = most / cells
    inner = math.fsum((4 if i % 2 else 2) * density(i * width) for i in range(1, cells))
    return (density(0.0) + inner + density(most)) * width / 3.0
