"""Who may be connected, and for how long: aiohttp itself has all the patience in the world."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Protocol

#: Connections of one address (a class may be behind one), and of all.
_MOST_OF_ONE, _MOST = 300, 600
#: Seconds after which a connection is closed that is not the page of a game: each answer is there long before.
_PATIENCE = 30.0


class Spoken(Protocol):
    """What aiohttp makes for a connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...  # noqa: D102
    def data_received(self, data: bytes) -> None: ...  # noqa: D102
    def eof_received(self) -> None: ...  # noqa: D102
    def connection_lost(self, exc: BaseException | None) -> None: ...  # noqa: D102
    def pause_writing(self) -> None: ...  # noqa: D102
    def resume_writing(self) -> None: ...  # noqa: D102


class Door:
    """Counts connections, and closes those that take too long."""

    def __init__(self, patience: float = _PATIENCE, most_of_one: int = _MOST_OF_ONE, most: int = _MOST) -> None:
        """Nobody is there."""
        self.patience, self.most_of_one, self.most = patience, most_of_one, most
        self.connections: Counter[str] = Counter()
        self._deadlines: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}

    def to(self, make: Callable[[], Spoken]) -> Callable[[], _Visitor]:
        """A factory of protocols that pass on to those of another what may pass."""
        return lambda: _Visitor(self, make)

    def let_in(self, transport: asyncio.BaseTransport, address: str) -> bool:
        """Whether there is room for another connection."""
        if self.connections.total() >= self.most or self.connections[address] >= self.most_of_one:
            return False
        self.connections[address] += 1
        loop = asyncio.get_running_loop()
        self._deadlines[transport] = loop.call_later(self.patience, self._close, transport)
        return True

    def keep(self, transport: asyncio.BaseTransport | None) -> None:
        """The connection may stay: it is the page of a game."""
        deadline = None if transport is None else self._deadlines.pop(transport, None)
        if deadline is not None:
            deadline.cancel()

    def left(self, transport: asyncio.BaseTransport, address: str) -> None:
        """The connection has ended."""
        self.keep(transport)
        self.connections[address] -= 1
        if self.connections[address] <= 0:
            del self.connections[address]

    def _close(self, transport: asyncio.BaseTransport) -> None:
        self._deadlines.pop(transport, None)
        if isinstance(transport, asyncio.Transport):
            transport.abort()


class _Visitor(asyncio.Protocol):
    """A connection."""

    def __init__(self, door: Door, make: Callable[[], Spoken]) -> None:
        self._door, self._make = door, make
        self._inner: Spoken | None = None
        self._transport: asyncio.BaseTransport | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if isinstance(peer, tuple) else ""
        if not self._door.let_in(transport, self._address):
            transport.close()
            return
        self._transport, self._inner = transport, self._make()
        self._inner.connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._inner is not None and self._transport is not None:
            self._door.left(self._transport, self._address)
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._inner is not None:
            self._inner.data_received(data)

    def eof_received(self) -> None:
        if self._inner is not None:
            self._inner.eof_received()

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()
