"""Fronts of designs that beat one another (pure functions of a relation; `standings` says what they are for)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

Relation = npt.NDArray[np.bool_]
"""True where the row beats the column. It need be neither transitive nor free of circles."""


def front(relation: Relation, among: Collection[int]) -> frozenset[int]:
    """Which of some designs are on their front: those that none on the front beats.

    Where designs beat one another in a circle, and nothing on the front beats any of them, all of it are on it.

    Args:
        relation: Who beats whom.
        among: Indices; the rest does not count.
    """
    left = np.array(sorted(among), dtype=np.intp)
    found: set[int] = set()
    while len(left):
        beats = relation[np.ix_(left, left)]
        free = ~beats.any(axis=0)
        if not free.any():
            free = _first_circles(beats)
        found.update(left[free].tolist())
        left = left[~free & ~beats[free].any(axis=0)]
    return frozenset(found)


def _first_circles(beats: Relation) -> npt.NDArray[np.bool_]:
    """Where everything is beaten: those whom only those beat, over however many steps, whom they beat as well."""
    reach = beats.copy()
    for via in range(len(reach)):
        reach |= np.outer(reach[:, via], reach[via])
    return np.logical_not(np.asarray((reach & ~reach.T).any(axis=0), dtype=np.bool_))


def places(relation: Relation, owners: Sequence[str]) -> dict[str, tuple[int, tuple[int, ...]]]:
    """The front that each owner is on, with his designs that are on it, in rising order.

    Whoever is on a front is taken out with all his designs before the next one is looked for: a second design
    of the same owner pushes nobody back.

    Args:
        relation: Who beats whom.
        owners: One a design.

    Returns:
        By owner: number of the front, from 1, and indices of designs.
    """
    found: dict[str, tuple[int, tuple[int, ...]]] = {}
    left = list(range(len(owners)))
    number = 1
    while left:
        on = front(relation, left)
        for index in sorted(on):
            _, kept = found.get(owners[index], (number, ()))
            found[owners[index]] = (number, (*kept, index))
        left = [index for index in left if owners[index] not in found]
        number += 1
    return found
