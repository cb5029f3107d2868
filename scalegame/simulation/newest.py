"""Which of two writes is the newer: the one that came later, or the one that the writers' clocks say.

Source: last writer wins by timestamp, as Cassandra does it: every write carries the time of the machine that sent
it, and one with an older stamp than the stored value is acknowledged and dropped. Left out: a coordinator of the
database that stamps by its own clock, ties broken by value (here the later arrival wins a tie).
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from scalegame.simulation.kernel import Flow, Home
from scalegame.simulation.part import Batch, Send
from scalegame.simulation.request import Request

if TYPE_CHECKING:
    from scalegame.simulation.world import World

#: How a database decides.
NEWEST = ("by arrival", "by clock")


class Stamps:
    """The time stamps of the writes of one database.

    Attributes:
        dropped: Writes that were older than what was stored, as their stamps say.
    """

    def __init__(self, world: World) -> None:
        self.world, self.dropped = world, 0
        self._under_way: dict[Request, float] = {}
        self._stored: dict[int, float] = {}

    def stamped(self, send: Send, home: Home) -> Send:
        """The same call, with the time that the machine's clock shows when it is sent."""
        world, under_way = self.world, self._under_way

        def stamp(flow: Flow | None, call: Any) -> Flow:
            now = world.kernel.now if world.clocks is None else world.clocks.of(home).now()
            for request in call.requests if isinstance(call, Batch) else (call,):
                under_way[request] = now
            return send(flow, call)

        return stamp

    def accepts(self, request: Request, key: int) -> bool:
        """Whether a write is the newest of its key by its stamp; if not, its effect is gone."""
        stamp = self._under_way.pop(request, None)
        if stamp is None:
            return True  # sent again, and its first copy has been committed
        if stamp < self._stored.get(key, -inf):
            self.dropped += 1
            self.world.forget(request)
            return False
        self._stored[key] = stamp
        return True
