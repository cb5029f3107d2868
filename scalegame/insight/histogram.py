"""Samples in buckets of readable width: linear for costs and counts, by powers of ten for times."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: Widths that people can count in, within a decade.
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
#: Lower edges of the buckets of a decade, where a decade has so many.
_DECADES = {3: (1.0, 2.0, 5.0), 6: (1.0, 1.5, 2.0, 3.0, 5.0, 7.0), 10: tuple(10 ** (i / 10) for i in range(10))}


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many of a sample fall into each bucket.

    Attributes:
        edges: One more than there are buckets, rising; a bucket holds its lower edge and not its upper one,
            except the last, which holds both.
        counts: One a bucket.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    def bucket(self, value: float) -> int:
        """The bucket that a value falls into; values beyond either end count for the bucket there."""
        return min(max(bisect_right(self.edges, value) - 1, 0), len(self.counts) - 1)


def linear(values: Iterable[float], most: int = 12, whole: bool = False) -> Histogram:
    """Buckets of equal, readable width over a sample; what is not finite is left out.

    Args:
        values: The sample; it may be empty.
        most: Buckets at most, two or more.
        whole: The values are whole numbers: no bucket is narrower than 1.
    """
    sample = [value for value in values if math.isfinite(value)]
    if not sample:
        return Histogram((0.0, 1.0), (0,))
    low, high = min(sample), max(sample)
    step = _step((high - low) / (most - 1) or abs(high) / most or 1.0)
    if whole:
        step = max(step if step == int(step) else math.ceil(step), 1.0)
    # Whole numbers are counted from the least of them on; other edges are multiples of the width.
    first = low / step if whole else math.floor(low / step + 1e-9)
    # At most one bucket more than the range has steps, and that fits: the step was not made smaller.
    count = max(math.floor(high / step - first + 1e-9) + 1, 1)
    return _filled(tuple(round((first + i) * step, 12) for i in range(count + 1)), np.asarray(sample))


def logarithmic(values: npt.NDArray[np.float64], most: int = 24, least: float = 1e-6) -> Histogram:
    """Buckets that grow by about the same factor, at readable edges; what is not finite is left out.

    Args:
        values: The sample, seconds say; it may be empty.
        most: Buckets at most, three or more.
        least: Anything smaller counts as this.
    """
    sample = np.maximum(values[np.isfinite(values)], least)
    if not len(sample):
        return Histogram((least, least * 10), (0,))
    low, high = float(sample.min()), float(sample.max())
    for each in sorted(_DECADES, reverse=True):
        edges = _edges(low, high, _DECADES[each])
        if len(edges) - 1 <= most:
            return _filled(edges, sample)
    whole = _edges(low, high, (1.0,))
    stride = math.ceil((len(whole) - 1) / most)
    return _filled((*whole[: len(whole) - 1 : stride], whole[-1]), sample)


def _edges(low: float, high: float, steps: Sequence[float]) -> tuple[float, ...]:
    """Readable edges around a range: the first is not above `low`, the last is above `high`."""
    start, end = math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1
    every = [float(f"{step * 10.0**decade:.12g}") for decade in range(start, end + 1) for step in steps]
    first = bisect_right(every, low) - 1
    last = bisect_right(every, high)
    return tuple(every[first : last + 1])


def _step(width: float) -> float:
    """The least readable number that is not below a width."""
    decade = 10.0 ** math.floor(math.log10(width))
    return next(float(f"{step * decade:.12g}") for step in _STEPS if step * decade >= width * (1 - 1e-9))


def _filled(edges: tuple[float, ...], sample: npt.NDArray[np.float64]) -> Histogram:
    where = np.clip(np.searchsorted(np.asarray(edges), sample, side="right") - 1, 0, len(edges) - 2)
    counts = np.bincount(where, minlength=len(edges) - 1)
    return Histogram(edges, tuple(int(count) for count in counts))
