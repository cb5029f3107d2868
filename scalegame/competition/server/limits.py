"""What a stranger can cost: size, time and number of requests (pure ASGI)."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from itertools import chain

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scalegame.competition.server.auth import token_of
from scalegame.competition.server.buckets import Buckets, Rate
from scalegame.competition.server.refusals import Rejected, answer_to
from scalegame.units import whole

LARGEST_BODY = 64 * 1024
"""Bytes of what is sent to the server."""

BODY_TIME = 10.0
"""Seconds within which all of it has to be there."""

ANSWER_TIME = 30.0
"""Seconds that somebody may take to take the next part of an answer."""

_LONGEST_PATH = 2048
_LONGEST_HEADERS = 16 * 1024
_MOST_HEADERS = 100
_TOKEN = Rate(20.0, 60.0)
_ADDRESS = Rate(400.0, 2000.0)
_FAILURES = Rate(0.2, 10.0)
_JOINS = Rate(0.5, 250.0)


@dataclass(frozen=True)
class Allowed:
    """How often, and how much at the same time.

    A class may well share one address, so what one of them may do is bound to the token, and an address has
    enough for a hall.

    Attributes:
        token: Requests of one token from one address.
        address: Requests of one address.
        failures: Join codes that were wrong, from one address; codes of one team, from one address.
        joins: Players who joined from one address.
        at_once: Requests of one token that are being answered, the streams of events among them.
    """

    token: Rate = _TOKEN
    address: Rate = _ADDRESS
    failures: Rate = _FAILURES
    joins: Rate = _JOINS
    at_once: int = 24


@dataclass
class Counters:
    """Who did how much up to now."""

    allowed: Allowed = field(default_factory=Allowed)

    def __post_init__(self) -> None:
        """All buckets are full."""
        self.tokens = Buckets(self.allowed.token)
        self.addresses = Buckets(self.allowed.address)
        self.failures = Buckets(self.allowed.failures)
        self.joins = Buckets(self.allowed.joins)
        self.at_once: dict[str, int] = {}


class Limited:
    """Answers what is too much by itself; passes on the rest, with the body complete."""

    def __init__(self, app: ASGIApp, counters: Counters) -> None:
        """Wraps an application.

        Args:
            app: It.
            counters: Shared with whoever counts more.
        """
        self._app = app
        self._counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        token = token_of(headers)
        key = _key(token, address_of(scope))
        counters = self._counters
        try:
            self._check_often(scope, key if token else "")
            if counters.at_once.get(key, 0) >= (
                counters.allowed.at_once if token else counters.allowed.at_once * 20
            ):
                raise Rejected(
                    429, "Too much at once", "answers are still on their way to you: wait for them", 2.0
                )
            counters.at_once[key] = counters.at_once.get(key, 0) + 1
        except Rejected as error:
            await answer_to(error)(scope, receive, send)
            return
        try:
            await self._passed_on(scope, receive, send, headers)
        finally:
            counters.at_once[key] -= 1
            if not counters.at_once[key]:
                del counters.at_once[key]

    def _check_often(self, scope: Scope, key: str) -> None:
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > _LONGEST_PATH:
            raise Rejected(414, "Too long", "nothing here has so long an address")
        headers = scope["headers"]
        if len(headers) > _MOST_HEADERS or sum(map(len, chain(*headers))) > _LONGEST_HEADERS:
            raise Rejected(431, "Too long", "these are more headers than anybody needs")
        wait = self._counters.addresses.take(address_of(scope))
        if key and not wait:
            wait = self._counters.tokens.take(key)
        if wait:
            raise Rejected(429, "Too often", "these are more requests than anybody needs: wait a little", wait)

    async def _passed_on(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        try:
            async with asyncio.timeout(BODY_TIME):
                body = await _body(receive, headers)
        except TimeoutError:
            error = Rejected(408, "Too slow", "the rest of the request did not come: send it again")
        except Rejected as rejected:
            error = rejected
        else:
            if body is None:
                return
            await self._app(scope, _again(body, receive), _patient(send))
            return
        answer = answer_to(error)
        # What is still on its way would be taken for the next request.
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)


async def _body(receive: Receive, headers: Headers) -> bytes | None:
    """All of a body, or None if who sent it has gone."""
    said = headers.get("content-length", "")
    too_large = Rejected(413, "Too large", f"{LARGEST_BODY // 1024} KB is the most that can be sent here")
    if said and whole(said, LARGEST_BODY) is None:
        raise too_large
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        found += message.get("body", b"")
        if len(found) > LARGEST_BODY:
            raise too_large
        if not message.get("more_body", False):
            return bytes(found)


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives a body that was received already, then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


def _patient(send: Send) -> Send:
    """Sends, but does not wait for ever for somebody who does not read."""

    async def sent(message: Message) -> None:
        try:
            async with asyncio.timeout(ANSWER_TIME):
                await send(message)
        except TimeoutError:
            raise OSError("nobody reads the answer") from None

    return sent


def address_of(scope: Scope) -> str:
    """Who asks, as far as the network tells; no header is believed."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _key(token: str, address: str) -> str:
    # Tokens are not kept in memory longer than a request needs them.
    return hashlib.blake2b(f"{address} {token}".encode(errors="replace"), digest_size=16).hexdigest()
