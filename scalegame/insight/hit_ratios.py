"""What theory predicts of a cache: hit ratios of copies that are driven out by room, or by age.

Pure functions.

Sources: [C] Che, Tung and Wang, Hierarchical Web caching systems: modeling, design and experimental results, IEEE
JSAC 20 (2002). [TTL] Jung, Berger and Balakrishnan, Modeling TTL-based Internet caches, IEEE INFOCOM 2003.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def zipf(keys: int, exponent: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Share of the asks for each key, where key k is asked for in proportion to 1/(k+1)**exponent."""
    weights = np.arange(1, keys + 1, dtype=np.float64) ** -exponent
    shares: np.ndarray[tuple[int], np.dtype[np.float64]] = weights / weights.sum()
    return shares


def che(shares: Sequence[float], room: int) -> float:
    """Hit ratio of a full LRU store with room for `room` keys, asked independently, approximately ([C]).

    A key stays for a time t after it was asked for, the same for all; t is such that `room` keys are in.

    Args:
        shares: Of the asks, by key; they add up to 1.
        room: At least 0; with room for every key nothing is missed any more.
    """
    p = np.asarray(shares, dtype=np.float64)
    if np.any(p < 0) or abs(p.sum() - 1.0) > 1e-9 or room < 0:
        raise ValueError("shares must add up to 1, and room must not be negative")
    if room >= np.count_nonzero(p):
        return 1.0
    low, high = 0.0, 1.0
    while -np.expm1(-p * high).sum() < room:
        low, high = high, 2.0 * high
    for _ in range(100):
        middle = (low + high) / 2
        if -np.expm1(-p * middle).sum() < room:
            low = middle
        else:
            high = middle
    return float(-(p * np.expm1(-p * high)).sum())


def ttl_hits(rates: Sequence[float], ttl: float) -> float:
    """Hit ratio where only age drives copies out, and a copy is there right after a miss: Σ pλT/(1 + λT) ([TTL]).

    Args:
        rates: Poisson rate of the asks for each key, 1/s.
        ttl: How long a copy is good for after it was fetched, seconds.
    """
    rate = np.asarray(rates, dtype=np.float64)
    if np.any(rate < 0) or rate.sum() <= 0 or ttl < 0:
        raise ValueError("rates must be positive on the whole, and a time to live must not be negative")
    return float((rate / rate.sum() * rate * ttl / (1.0 + rate * ttl)).sum())
