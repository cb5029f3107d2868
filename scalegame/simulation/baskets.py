"""What users have been shown of what is kept for them: for measuring only, no behaviour reads it."""

from __future__ import annotations

from collections.abc import Callable

from scalegame.simulation.kernel import ANSWERS
from scalegame.simulation.request import Request


class Book:
    """What users have been told is in their baskets.

    Of each user it has, in the order in which the steps were done, the request and how much its answer showed.
    """

    def __init__(self, forget: Callable[[Request], None]) -> None:
        """`forget` is told of each request that finds something gone."""
        self._forget = forget
        self._told: dict[tuple[str, int, int], list[tuple[Request, int]]] = {}

    def look(self, request: Request, data: str, found: int, shown: int) -> None:
        """A request found so much in a basket, and its answer will show so much.

        Is that less than what an answer had shown this user before the request was sent, then the request is one
        that found something gone.
        """
        origin = request.origin
        told = self._told.setdefault((data, request.workload, request.user), [])
        known = [i for i, (by, _) in enumerate(told) if _answered(by, origin.born)]
        if known:
            if found < told[known[-1]][1]:
                self._forget(request)
            del told[: known[-1]]
        told.append((origin, shown))


def _answered(origin: Request, before: float) -> bool:
    return 0 <= origin.resolved <= before and origin.outcome in ANSWERS
