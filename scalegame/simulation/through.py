"""A cache that stands before its database: whoever reads and writes asks the cache alone.

Source: read-through, write-through and write-behind as textbooks and caching libraries (Ehcache, Hazelcast)
describe them. Left out: several writes of one key joined into one, a log of its own for what has not been written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from scalegame.simulation.keeping import Node
from scalegame.simulation.kernel import OK, REFUSED, Flow
from scalegame.simulation.part import Batch, Send
from scalegame.simulation.request import Request
from scalegame.simulation.timeouts import Timeouts
from scalegame.simulation.world import World

#: A batch that was handed on and not answered for so long is sent again (seconds).
PATIENCE = 5.0


def read(node: Node, fetch: Send) -> Any:
    """A look-up that fetches what is missing, and keeps a copy of it."""

    def behaviour(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        yield node.work_off()
        if (yield from node.seek(flow, request)) is not None:
            return OK
        key = request.key % node.keys
        since = node.kernel.now
        fetch(flow, request)
        reply = yield None
        if reply is OK:
            notes = request.notes
            newest(node, key, notes[-1][1] if notes else 0, node.kernel.now - since)
            node.work_off()  # nobody waits for the filling
        else:
            node.release(key, None)
        return reply

    return behaviour


def newest(node: Node, key: int, version: int, took: float = 0.0) -> None:
    """Keeps a copy, unless there is one that is newer."""
    copy = node.store.get(key)
    if copy is None or copy[0] <= version:
        node.keep(key, version, took)
    else:
        node.release(key, copy[0])


def write(node: Node, send: Send, keeps: bool) -> Any:
    """A write that is handed on before it is answered; then the copy is what was written, or is deleted."""

    def behaviour(flow: Flow, call: Request | Batch) -> Generator[float | None, Any, Any]:
        yield node.work_off()
        send(flow, call)
        reply = yield None
        if reply is OK:
            for request in call.requests if isinstance(call, Batch) else (call,):
                key, notes = request.key % node.keys, request.notes
                if keeps:
                    newest(node, key, notes[-1][1] if notes else 0)
                else:
                    node.forget(key)
        return reply

    return behaviour


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A write that was answered and that the database has not heard of.

    Attributes:
        version: What its reader is told that it is.
        send: How it is handed on.
    """

    request: Request
    key: int
    version: int
    send: Send


class Behind:
    """What one machine of a write-behind cache has answered and not yet handed on.

    Every `every` seconds what has gathered goes on as one batch, in order; what was not taken is sent again. A
    crash loses what is here. A batch that was on its way then is lost only if the database never took it.

    Attributes:
        line: In order; of these the first `going` are on their way.
        written: Writes that the database has taken so far.
        refused: Writes that were turned away because the line was full.
        lost: Writes that a crash has lost so far.
        batches: How many were sent.
    """

    def __init__(self, world: World, node: Node, every: float, most: int) -> None:
        self.world, self.kernel, self.node, self.every, self.most = world, world.kernel, node, every, most
        self.line: deque[Unwritten] = deque()
        self.latest: dict[int, int] = {}
        self.going = self.written = self.refused = self.lost = self.batches = 0
        self.life = 0
        self.timeouts = Timeouts(world.kernel, max(PATIENCE, every))
        node.replica.home.on_crash.append(self._fall)

    def write(self, send: Send, newest_below: Any) -> Any:
        """A write that is answered at once. `newest_below()` is the version of the last write that was taken."""
        node = self.node

        def behaviour(flow: Flow, call: Request | Batch) -> Generator[float | None, Any, Any]:
            yield node.work_off()
            requests = call.requests if isinstance(call, Batch) else [call]
            if len(self.line) + len(requests) > self.most:
                self.refused += 1
                return REFUSED
            for request in requests:
                key, version = request.key % node.keys, newest_below() + len(self.line) + 1
                if request.notes is not None:
                    request.notes.append((node.name, version, True))
                if not self.line:
                    self._later()
                self.line.append(Unwritten(request, key, version, send))
                self.latest[key] = version
                node.keep(key, version)
            return OK

        return behaviour

    def read(self, fetch: Send) -> Any:
        """As `read`; but what the database has not heard of is here, even if its copy had to make room."""
        plain, node = read(self.node, fetch), self.node

        def behaviour(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            version = self.latest.get(request.key % node.keys)
            if version is None:
                return (yield from plain(flow, request))
            yield node.work_off()
            node.hits += 1
            if request.notes is not None:
                request.notes.append((node.name, version, False))
            return OK

        return behaviour

    def _later(self) -> None:
        life = self.life
        self.kernel.at(self.kernel.now + self.every, lambda: self._go(life))

    def _go(self, life: int) -> None:
        if life == self.life and self.line and not self.going:
            # The batch is on its way: a crash of this machine does not call it back.
            self.kernel.start(self._hand_on)

    def _hand_on(self, flow: Flow) -> Generator[float | None, Any, None]:
        """Hands on what has gathered, as far as it can go as one batch."""
        life, batch = self.life, []
        for item in self.line:
            if item.send is not self.line[0].send:
                break
            batch.append(item)
        self.going = len(batch)
        self.batches += 1
        requests = [item.request for item in batch]
        call = batch[0].send(flow, requests[0] if len(requests) == 1 else Batch(requests))
        self.timeouts.watch(call)
        reply = yield None
        if life != self.life:
            self._lose([item for item in batch if reply is not OK and not _taken(item, self.node.name)])
            return
        self.going = 0
        if reply is OK:
            for item in batch:
                self.line.popleft()
                self._settle(item)
            self.written += len(batch)
        if self.line:
            self._later()

    def _settle(self, item: Unwritten) -> None:
        """The database has taken a write, and numbers it in its own way."""
        if self.latest.get(item.key) != item.version:
            return  # there is a newer one
        del self.latest[item.key]
        copy = self.node.store.get(item.key)
        if copy is None or copy[0] != item.version:
            return
        # Who was answered has gone on, and may have noted other data since.
        given = [version for name, version, _ in item.request.notes or () if name == self.node.name]
        if given:
            self.node.store[item.key] = (given[-1], copy[1])

    def _fall(self) -> None:
        self.life += 1
        self._lose(list(self.line)[self.going :])
        self.line.clear()
        self.latest.clear()
        self.going = 0

    def _lose(self, items: list[Unwritten]) -> None:
        self.lost += len(items)
        for item in items:
            self.world.forget(item.request)


def _taken(item: Unwritten, data: str) -> bool:
    """Whether the database has noted a write, besides the cache that answered it."""
    return sum(wrote for name, _, wrote in item.request.notes or () if name == data) > 1
