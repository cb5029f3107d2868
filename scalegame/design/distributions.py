"""Distributions as data: what an author writes and an inspector shows. Drawing lives in the simulation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from scalegame.errors import ScalegameError, nearest
from scalegame.units import Dimension, parse, show, write

#: 99th percentile of the standard normal distribution: a log-normal named by mean and p99 needs it.
Z99 = 2.3263478740408408

#: What each distribution is named by. Every value is a quantity of the distribution's dimension.
SHAPES: Mapping[str, tuple[str, ...]] = {
    "constant": ("value",),
    "exponential": ("mean",),
    "uniform": ("low", "high"),
    "lognormal": ("mean", "p99"),
    "percentiles": ("p50", "p95", "p99"),
    "empirical": (),
}
#: Shapes that may be written short, with their one value: `{exponential: 12 ms}`.
SHORT = {"constant": "value", "exponential": "mean"}
MOST_SAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Distribution:
    """A named distribution of a non-negative quantity.

    Attributes:
        shape: One of `SHAPES`.
        values: Its figures, in base units, in the order of `SHAPES` (for `empirical`: the samples).
        dimension: What the figures measure; seconds unless said otherwise.

    `percentiles` is linear in probability through (0, 0), (0.50, p50), (0.95, p95), (0.99, p99) and goes on
    from p99 to p99 + (p99 - p95) at probability 1: the three figures are met exactly, the tail beyond the
    last one is bounded. `lognormal` is fixed by its mean and 99th percentile (the smaller of the two
    solutions for sigma, the one with the lighter tail).
    """

    shape: str
    values: tuple[float, ...]
    dimension: Dimension = Dimension.TIME

    @property
    def mean(self) -> float:
        """The expected value, in base units."""
        match self.shape:
            case "constant" | "exponential" | "lognormal":
                return self.values[0]
            case "uniform":
                return (self.values[0] + self.values[1]) / 2
            case "empirical":
                return math.fsum(self.values) / len(self.values)
            case _:
                points = self.points()
                return math.fsum((q - p) * (low + high) / 2 for (p, low), (q, high) in pairwise(points))

    @property
    def scv(self) -> float:
        """Squared coefficient of variation: variance over squared mean (0 constant, 1 exponential)."""
        mean = self.mean
        if mean == 0:
            return 0.0
        match self.shape:
            case "constant":
                return 0.0
            case "exponential":
                return 1.0
            case "uniform":
                return (self.values[1] - self.values[0]) ** 2 / 12 / mean**2
            case "lognormal":
                return math.expm1(self.sigma**2)
            case "empirical":
                return math.fsum((v - mean) ** 2 for v in self.values) / len(self.values) / mean**2
            case _:
                points = self.points()
                second = math.fsum(
                    (q - p) * (low * low + low * high + high * high) / 3
                    for (p, low), (q, high) in pairwise(points)
                )
                return second / mean**2 - 1

    @property
    def sigma(self) -> float:
        """Of a log-normal: the standard deviation of the logarithm, from mean and p99."""
        mean, p99 = self.values
        # ln p99 - ln mean = Z99*sigma - sigma^2/2; the smaller root.
        return Z99 - math.sqrt(max(0.0, Z99**2 - 2 * math.log(p99 / mean)))

    def points(self) -> tuple[tuple[float, float], ...]:
        """Of `percentiles`: the corners (probability, value) of its quantile function."""
        p50, p95, p99 = self.values
        return ((0.0, 0.0), (0.5, p50), (0.95, p95), (0.99, p99), (1.0, p99 + (p99 - p95)))

    def write(self) -> dict[str, object] | str:
        """As an author writes it; `read_distribution` gives the same distribution back."""
        if self.shape in SHORT:
            return {self.shape: write(self.values[0], self.dimension)}
        if self.shape == "empirical":
            return {"empirical": [write(v, self.dimension) for v in self.values]}
        names = SHAPES[self.shape]
        return {self.shape: {n: write(v, self.dimension) for n, v in zip(names, self.values, strict=True)}}

    def show(self) -> str:
        """For people: `exponential, mean 12 ms`."""
        if self.shape == "empirical":
            return f"empirical, {len(self.values)} values, mean {show(self.mean, self.dimension)}"
        if self.shape == "constant":
            return show(self.values[0], self.dimension)
        names = SHAPES[self.shape]
        parts = (f"{n} {show(v, self.dimension)}" for n, v in zip(names, self.values, strict=True))
        return f"{self.shape}, {', '.join(parts)}"


def constant(value: float, dimension: Dimension = Dimension.TIME) -> Distribution:
    """A distribution that always gives `value` (base units)."""
    return Distribution("constant", (float(value),), dimension)


def exponential(mean: float, dimension: Dimension = Dimension.TIME) -> Distribution:
    """A memoryless distribution with the given mean (base units)."""
    return Distribution("exponential", (float(mean),), dimension)


def read_distribution(data: object, dimension: Dimension = Dimension.TIME) -> Distribution:
    """Reads what an author wrote: `{exponential: 12 ms}`, `20 ms` (a constant), `{lognormal: {…}}`.

    Raises:
        ScalegameError: The data is not a distribution; the message says what to write.
    """
    if not isinstance(data, Mapping):
        return Distribution("constant", (float(parse(data, dimension)),), dimension)
    example = "{exponential: 12 ms}" if dimension is Dimension.TIME else "{constant: 2 KB}"
    if len(data) != 1:
        raise ScalegameError("Not a distribution", f"a distribution has one name: write {example}")
    (shape, given), *_ = data.items()
    if shape not in SHAPES:
        raise ScalegameError(
            "Unknown distribution", f"unknown distribution {shape!r}{nearest(str(shape), SHAPES)}"
        )
    if shape == "empirical":
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_SAMPLES:
            raise ScalegameError("Not a distribution", f"empirical takes a list of 1 to {MOST_SAMPLES} values")
        return Distribution(shape, tuple(float(parse(v, dimension)) for v in given), dimension)
    if not isinstance(given, Mapping):
        if shape not in SHORT:
            wanted = ", ".join(f"{n}: …" for n in SHAPES[shape])
            raise ScalegameError("Not a distribution", f"{shape} takes {{{wanted}}}")
        given = {SHORT[shape]: given}
    for name in given:
        if name not in SHAPES[shape]:
            raise ScalegameError(
                "Not a distribution", f"{shape} has no {name!r}{nearest(str(name), SHAPES[shape])}"
            )
    for name in SHAPES[shape]:
        if name not in given:
            raise ScalegameError("Not a distribution", f"{shape} lacks {name!r}")
    values = tuple(float(parse(given[n], dimension)) for n in SHAPES[shape])
    _sane(shape, values)
    return Distribution(shape, values, dimension)


def _sane(shape: str, values: tuple[float, ...]) -> None:
    """Refuses figures that contradict each other."""
    if shape in ("uniform", "percentiles") and list(values) != sorted(values):
        names = " <= ".join(SHAPES[shape])
        raise ScalegameError("Not a distribution", f"{shape} needs {names}")
    if shape == "lognormal":
        mean, p99 = values
        most = math.exp(Z99**2 / 2)
        if mean <= 0 or not mean < p99 <= mean * most:
            raise ScalegameError(
                "Not a distribution",
                f"lognormal needs mean < p99 <= {most:.1f} x mean (no log-normal has a longer tail there)",
            )
