"""Randomness: one stream per (component, replica, purpose), drawn in blocks.

Adding an unrelated component leaves every other stream as it was; the same seed gives the same draws.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain, repeat
from operator import add

import numpy as np
import numpy.typing as npt

from scalegame.design.distributions import Distribution

Floats = npt.NDArray[np.float64]
Draw = Callable[[], float]
#: A run has dozens of streams; with bigger blocks they do not fit into a processor's cache together.
BLOCK = 1024


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
            return repeat(max(least, distribution.values[0])).__next__
        rng = self.generator(*purpose)
        return chain.from_iterable(_blocks(rng, distribution, least)).__next__

    def uniforms(self, *purpose: object) -> Draw:
        """A function that draws uniformly from [0, 1)."""
        return chain.from_iterable(_uniform_blocks(self.generator(*purpose))).__next__


def total(*draws: Draw) -> Draw:
    """A function that draws from each, in that order, and adds up: delays in a row."""
    first, *others = draws
    for other in others:
        first = map(add, _values(first), _values(other)).__next__
    return first


def _values(draw: Draw) -> Iterator[float]:
    """The endless row of what a function draws: the iterator behind it, where it is no more than that."""
    behind = getattr(draw, "__self__", None)
    return behind if isinstance(behind, chain | repeat | map) else iter(draw, None)


def _blocks(rng: np.random.Generator, distribution: Distribution, least: float) -> Iterator[array[float]]:
    while True:
        block = sample(distribution, rng, BLOCK)
        if least:
            np.maximum(block, least, out=block)
        yield array("d", block.tobytes())


def _uniform_blocks(rng: np.random.Generator) -> Iterator[array[float]]:
    while True:
        yield array("d", rng.random(BLOCK).tobytes())


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


@lru_cache(maxsize=8)
def _zipf_weights(keys: int, exponent: float) -> Floats:
    """The cumulative weights; clients who wait draw by them once a turn."""
    weights = np.cumsum(np.arange(1, keys + 1, dtype=np.float64) ** -exponent)
    weights.flags.writeable = False
    return weights


def zipf_keys(rng: np.random.Generator, keys: int, exponent: float, count: int) -> npt.NDArray[np.int64]:
    """`count` keys in [0, keys): key k with probability in proportion to 1/(k+1)**exponent.

    Source: the Zipf distribution over a finite population, by inversion of its cumulative weights.
    """
    if exponent == 0:
        return rng.integers(0, keys, count)
    weights = _zipf_weights(keys, exponent)
    found = np.searchsorted(weights, rng.random(count) * weights[-1], side="right")
    return np.asarray(found, dtype=np.int64)
