"""What can be done to a server that listens: slow, large and too many requests, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from scalegame.competition.server import limits, protocol, run
from scalegame.competition.server.run import Tls, _Server, addresses, configuration, listening
from scalegame.errors import ScalegameError
from tests.competition.serving import Client, house


@asynccontextmanager
async def served(client: Client) -> AsyncIterator[int]:
    """A server in this loop; its port."""
    made = listening("127.0.0.1", 0)
    ready = asyncio.Event()
    server = _Server(configuration(client.house, ()), client.house, ready.set)
    # Signals belong to whoever runs the tests.
    task = asyncio.create_task(server._serve([made]))
    await ready.wait()
    try:
        yield made.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        made.close()


async def said(port: int, *parts: bytes) -> bytes:
    """Everything that comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = b""
    # Who is sent away in the middle of a sentence may be hung up on.
    with suppress(ConnectionError):
        for part in parts:
            writer.write(part)
            await writer.drain()
        while more := await reader.read(1000):
            found += more
    writer.close()
    return found


async def test_who_says_nothing_or_half_a_request_is_sent_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol.PatientProtocol, "header_time", 0.2)
    monkeypatch.setattr(run, "_KEEP_ALIVE", 0.2)
    async with served(Client(house(tmp_path))) as port:
        assert await said(port) == b""
        assert await said(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") == b""
        whole = b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n\r\n"
        answer = await said(port, whole + b"GET / HT")
        assert answer.count(b"HTTP/1.1 200") == 1


async def test_a_body_that_does_not_come_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODY_TIME", 0.2)
    async with served(Client(house(tmp_path))) as port:
        head = b"POST /api/1/join HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        answer = await said(port, head + b"Content-Length: 100\r\n\r\n{")
        assert answer.startswith(b"HTTP/1.1 408")
        answer = await said(port, head + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
        assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"Content-Length: 70000\r\n\r\n", b"413"),
        (b"Content-Length: 99999999999999999999\r\n\r\n", b"4"),
        (
            b"Transfer-Encoding: chunked\r\n\r\n"
            + b"fff0\r\n"
            + b" " * 0xFFF0
            + b"\r\n" * 1
            + b"fff0\r\n"
            + b" " * 100,
            b"413",
        ),
        (b"X: " + b"a" * 70_000 + b"\r\n\r\n", b"4"),
        (b"X: " + b"a" * 20_000 + b"\r\n\r\n", b"4"),
        (b"X: a\r\n" * 101 + b"\r\n", b"431"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"4"),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", b"400"),
    ],
)
async def test_what_is_too_large_or_ambiguous_is_refused(tmp_path: Path, sent: bytes, status: bytes) -> None:
    async with served(Client(house(tmp_path))) as port:
        head = b"POST /api/1/join HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        answer = await said(port, head + sent)
        assert answer.startswith(b"HTTP/1.1 " + status)


async def test_one_address_has_only_so_many_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol.PatientProtocol, "most_of_one", 3)
    async with served(Client(house(tmp_path))) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        # The fourth is closed at once, with or without a word; the others are not.
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        first_reader, first = held[0]
        first.write(b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert (await first_reader.read()).startswith(b"HTTP/1.1 200")
        for _, each in held:
            each.close()


async def test_at_the_end_listeners_are_sent_away_and_nobody_is_waited_for(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann = await nobody.player()
    async with served(nobody) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /api/1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ann.token}\r\n\r\n"
        writer.write(head.encode())
        assert (await reader.readuntil(b"retry: 2000")).startswith(b"HTTP/1.1 200")
        await ann.submit()
        await reader.readuntil(b"event: judged")
    assert b"0\r\n\r\n" in await reader.read()
    writer.close()
    assert len(nobody.house.broker) == 0


def test_a_port_is_found_and_a_taken_one_is_told() -> None:
    with listening("127.0.0.1", None) as first, listening("127.0.0.1", None) as second:
        port = first.getsockname()[1]
        assert port != second.getsockname()[1]
        assert addresses(first, ["class.local"], True) == [
            f"https://class.local:{port}",
            f"https://127.0.0.1:{port}",
        ]
        with pytest.raises(ScalegameError, match=f"cannot listen at 127.0.0.1, port {port}"):
            listening("127.0.0.1", port)


def test_an_address_of_somebody_else_is_told() -> None:
    with pytest.raises(ScalegameError, match="cannot listen at"):
        listening("203.0.113.7", 0)


def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "cert.pem"
    file.write_text("no certificate")
    with pytest.raises(ScalegameError, match="certificate and key cannot be used"):
        configuration(house(tmp_path), (), tls=Tls(file, file))
