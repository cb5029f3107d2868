"""Tells pages and games, as it happens, that something is new; what it is they ask for themselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from scalegame.competition.referee.base import Who
from scalegame.competition.server.refusals import Rejected

HEARTBEAT = 15.0
"""Seconds after which something is sent in any case: else nobody notices that a connection is gone."""

PATIENCE = 20.0
"""Seconds that a listener may take to take something; then he is dropped."""

GATHER = 0.25
"""Seconds for which changes of the standings are gathered: a judge at work changes them all the time, and all
who hear of it ask for them."""

MOST = 600
"""Listeners at the same time."""

MOST_OF_ONE = 4
"""Of one player: another takes the place of the oldest."""

KINDS = ("contest", "standings", "announcement", "poll", "judged")


@dataclass(eq=False)
class Listener:
    """Somebody who hears what is new.

    Attributes:
        who: He.
        news: What he has not heard yet: one of each kind at most, however much happens meanwhile.
        wake: Set where there is something.
        over: There will be no more.
    """

    who: Who
    news: dict[str, Mapping[str, object]] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False


class Broker:
    """Passes news on to all who may hear them.

    Attributes:
        round: Counts how often it was said that standings are new: what was worked out before is old then.
    """

    def __init__(self, most: int = MOST, gather: float = GATHER) -> None:
        """Nobody listens yet.

        Args:
            most: Listeners at the same time.
            gather: Seconds for which changes of the standings are gathered.
        """
        self.round = 0
        self._most = most
        self._gather = gather
        self._gathering = False
        self._listeners: dict[Listener, None] = {}  # in the order in which they came
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def begin(self) -> None:
        """Takes news from now on; called in the event loop."""
        self._loop = asyncio.get_running_loop()

    def end(self) -> None:
        """Sends everybody away; called in the event loop."""
        self._loop = None
        for listener in list(self._listeners):
            self._send_away(listener)

    def publish(self, kind: str, team: str | None = None) -> None:
        """Says that something is new; may be called in any thread.

        Args:
            kind: One of `KINDS`.
            team: Whom it is for, besides instructors; None: for everybody.
        """
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(self._take if kind == "standings" else self._spread, kind, team)
        except RuntimeError:
            # The loop was closed meanwhile: nobody is there to hear it.
            return

    def _take(self, kind: str, team: str | None) -> None:
        if self._gathering or self._loop is None:
            return
        self._gathering = True
        self._loop.call_later(self._gather, self._spread_gathered, kind, team)

    def _spread_gathered(self, kind: str, team: str | None) -> None:
        self._gathering = False
        self.round += 1
        self._spread(kind, team)

    def _spread(self, kind: str, team: str | None) -> None:
        for listener in self._listeners:
            if team is None or listener.who.role == "instructor" or str(listener.who.team) == team:
                listener.news[kind] = {"kind": kind}
                listener.wake.set()

    def listen(self, who: Who) -> Stream:
        """An answer that goes on for as long as somebody listens.

        Raises:
            Rejected: Too many do.
        """
        if who.role == "player":
            own = [listener for listener in self._listeners if listener.who == who]
            for listener in own[: max(len(own) + 1 - MOST_OF_ONE, 0)]:
                self._send_away(listener)
        # There is always a place for an instructor: he is who can do something about it.
        if len(self._listeners) >= self._most and who.role != "instructor":
            raise Rejected(503, "Full", "too many listen already: ask again by and by", 30.0)
        return Stream(self, Listener(who))

    def _send_away(self, listener: Listener) -> None:
        listener.over = True
        listener.wake.set()
        self._listeners.pop(listener, None)

    def add(self, listener: Listener) -> None:
        """Lets somebody hear what happens from now on."""
        self._listeners[listener] = None

    def remove(self, listener: Listener) -> None:
        """He has gone."""
        self._listeners.pop(listener, None)


class Stream:
    """Server-sent events, as an ASGI answer."""

    def __init__(self, broker: Broker, listener: Listener) -> None:
        """Prepares to listen."""
        self._broker = broker
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Listens until the other side has gone, is too slow, or there is no more to hear."""
        listener = self._listener
        self._broker.add(listener)
        gone = asyncio.create_task(_gone(receive, listener))
        try:
            async with asyncio.timeout(PATIENCE):
                headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._sent(send, b"retry: 2000\n\n")
            while not listener.over:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await listener.wake.wait()
                except TimeoutError:
                    await self._sent(send, b": still here\n\n")
                    continue
                listener.wake.clear()
                news, listener.news = listener.news, {}
                for kind, data in news.items():
                    await self._sent(send, f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode())
            async with asyncio.timeout(PATIENCE):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, OSError):
            return
        finally:
            gone.cancel()
            self._broker.remove(listener)

    async def _sent(self, send: Send, text: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            await send({"type": "http.response.body", "body": text, "more_body": True})


async def _gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.over = True
    listener.wake.set()
