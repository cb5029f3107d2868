"""What writes that add something have done, and the idempotency keys that a database keeps with its state.

Source: idempotent receivers (Hohpe and Woolf 2003) and the Idempotency-Key header of payment interfaces. A key
and the change that it stands for are stored in one instant, so there is no moment in which one is there without
the other. Left out: the memory that keys take, and a second request that waits for the first to end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scalegame.simulation.request import Request

if TYPE_CHECKING:
    from scalegame.simulation.world import World

#: Workload, number within it, key that it is about, effect.
_What = tuple[int, int, int, str]


class Effects:
    """The effects of one database.

    Attributes:
        recognised: Writes that came again under a key that it knew, and were not done again.
    """

    __slots__ = ("_kept", "_world", "recognised")

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[float, dict[_What, float]] = {}
        self.recognised = 0

    def counts(self) -> dict[str, float]:
        """Writes known by their key, if there are keys."""
        return {"recognised": self.recognised} if self._kept else {}

    def first(self, request: Request, effect: str, expiry: float) -> bool:
        """Something is about to be added: is it to be?

        Args:
            request: Any attempt of it.
            effect: Which of its effects.
            expiry: Seconds for which its key is known; 0: it has none, and is done as often as it comes.
        """
        if expiry > 0:
            now = self._world.kernel.now
            kept = self._kept.setdefault(expiry, {})  # in order of time, since all live equally long
            while kept:
                oldest = next(iter(kept))
                if kept[oldest] + expiry > now:
                    break
                del kept[oldest]
            what = (request.workload, request.number, request.key, effect)
            if what in kept:
                self.recognised += 1
                return False
            kept[what] = now
        self._world.applied(request, f"{effect} {request.key}")
        return True
