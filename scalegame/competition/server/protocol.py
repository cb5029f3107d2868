"""HTTP/1.1 with patience that ends: a connection that says nothing, or not enough, is closed."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_TIME = 10.0
"""Seconds within which a request's headers have to be there."""

MOST_OF_ONE = 700
"""Connections of one address: a hall may be behind one, and others want to come in, too."""

_connections: Counter[str] = Counter()


class PatientProtocol(H11Protocol):
    """What uvicorn has, with a bound on how long a request may take to arrive, and on who has how many."""

    header_time = HEADER_TIME
    most_of_one = MOST_OF_ONE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As uvicorn makes it."""
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there: he has to say something soon."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if isinstance(peer, tuple) else ""
        _connections[self._address] += 1
        if _connections[self._address] > self.most_of_one:
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """He has gone."""
        self._end_wait()
        _connections[self._address] -= 1
        if _connections[self._address] <= 0:
            del _connections[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """He says something."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._end_wait()
        elif self._deadline is None:
            self._wait()

    def on_response_complete(self) -> None:
        """He has his answer; the next request has its own time."""
        self._end_wait()
        super().on_response_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self.header_time, self._give_up)

    def _end_wait(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.abort()
