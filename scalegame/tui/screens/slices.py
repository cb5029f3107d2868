"""Long computations on a screen: a slice at a time, so that every key is heard meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

#: Seconds of computing between two looks at the keyboard.
SLICE = 0.015
#: Seconds between two times that it is shown how far it is.
_SHOWN = 0.1


class Advancing(Protocol):
    """What can be computed in slices."""

    @property
    def progress(self) -> float:
        """Share of the work that is done, 0 to 1."""
        ...

    def advance(self, budget: float, /) -> bool:
        """Computes for about `budget` seconds of wall time; returns whether all is done."""
        ...


async def in_slices(work: Advancing, shown: Callable[[float], object]) -> None:
    """Computes all of it.

    Args:
        work: What is to be computed.
        shown: Told now and then how far it is, 0 to 1.

    Raises:
        ScalegameError: What it computes cannot be computed.
    """
    last = 0.0
    while not work.advance(SLICE):
        if time.perf_counter() - last > _SHOWN:
            last = time.perf_counter()
            shown(work.progress)
        await asyncio.sleep(0)
