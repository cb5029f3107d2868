"""Randomness: one stream per (component, replica, purpose), drawn in blocks.

Adding an unrelated component leaves every other stream as it was; the same seed gives the same draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from scalegame.design.distributions import Distribution

Floats = npt.NDArray[np.float64]
Draw = Callable[[], float]
BLOCK = 2048


class Streams:
    """Independent generators, each named by what it is for.

    Source: numpy's `SeedSequence`, whose spawn key is here a 128-bit BLAKE2b hash of the name.
    """

    __slots__ = ("seed",)

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def generator(self, *purpose: object) -> np.random.Generator:
        """The generator for a purpose; asking twice gives the same stream from its start."""
        name = "\x1f".join(map(str, purpose)).encode()
        digest = hashlib.blake2b(name, digest_size=16).digest()
        key = tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 16, 4))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))

    def draws(self, distribution: Distribution, *purpose: object, least: float = 0.0) -> Draw:
        """A function that draws from the distribution, never below `least`.

        A constant consumes nothing; everything else is drawn in blocks of `BLOCK`.
        """
        if distribution.shape == "constant":
            value = max(least, distribution.values[0])
            return lambda: value
        rng = self.generator(*purpose)
        return _blocks(rng, distribution, least).__next__

    def uniforms(self, *purpose: object) -> Draw:
        """A function that draws uniformly from [0, 1)."""
        return _uniform_blocks(self.generator(*purpose)).__next__


def _blocks(rng: np.random.Generator, distribution: Distribution, least: float) -> Iterator[float]:
    while True:
        block = sample(distribution, rng, BLOCK)
        if least:
            np.maximum(block, least, out=block)
        yield from block.tolist()


def _uniform_blocks(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.random(BLOCK).tolist()


def sample(distribution: Distribution, rng: np.random.Generator, count: int) -> Floats:
    """`count` independent values of a distribution, in its base unit."""
    values = distribution.values
    match distribution.shape:
        case "constant":
            return np.full(count, values[0])
        case "exponential":
            return rng.standard_exponential(count) * values[0]
        case "uniform":
            return rng.uniform(values[0], values[1], count)
        case "lognormal":
            sigma = distribution.sigma
            return rng.lognormal(np.log(values[0]) - sigma * sigma / 2, sigma, count)
        case "percentiles":
            probabilities, corners = zip(*distribution.points(), strict=True)
            return np.asarray(np.interp(rng.random(count), probabilities, corners))
        case "empirical":
            return np.asarray(values)[rng.integers(0, len(values), count)]
        case shape:
            raise ValueError(f"no such shape: {shape}")


def zipf_keys(rng: np.random.Generator, keys: int, exponent: float, count: int) -> npt.NDArray[np.int64]:
    """`count` keys in [0, keys): key k with probability in proportion to 1/(k+1)**exponent.

    Source: the Zipf distribution over a finite population, by inversion of its cumulative weights.
    """
    if exponent == 0:
        return rng.integers(0, keys, count)
    weights = np.cumsum(np.arange(1, keys + 1, dtype=np.float64) ** -exponent)
    found = np.searchsorted(weights, rng.random(count) * weights[-1], side="right")
    return np.asarray(found, dtype=np.int64)
