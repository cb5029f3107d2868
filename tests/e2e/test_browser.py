"""The game as a web server serves it; and in a real browser, where a level is won and nobody else is asked."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from click.testing import CliRunner

from scalegame.cli import cli
from scalegame.errors import ScalegameError
from scalegame.progress.store import Store
from scalegame.tui import web as serving
from scalegame.tui.web import GameServer, guard
from tests.e2e import browser
from tests.e2e.browser import PATIENCE, Browser

in_a_browser = pytest.mark.skipif(
    browser.found() is None,
    reason="no Chromium here: apt-get install chromium, or any package that puts it on the PATH",
)


@dataclass
class Served:
    """A running server."""

    address: str
    home: Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The game on a port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path / "home"
    said = tmp_path / "server.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "scalegame", "web", "first-lift", "--port", str(port)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SCALEGAME_HOME": str(home)},
        )
        try:
            end = time.monotonic() + PATIENCE
            while b"Ctrl-C" not in said.read_bytes():
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < end, "the server never said where it is"
                time.sleep(0.05)
            yield Served(f"http://127.0.0.1:{port}", home)
        finally:
            process.terminate()
            process.wait(PATIENCE)


@in_a_browser
async def test_a_level_is_won_in_a_browser_by_keys(served: Served, tmp_path: Path) -> None:
    async with Browser() as page:
        await page.open(served.address)
        await page.until("The first lift", "briefing", "To win")
        await page.enter()
        await page.until("Step 1 of 4")
        await page.type(":wire lb -> web")
        await page.until(":wire lb -> web")
        await page.enter()
        await page.until("Wired lb")
        await page.type(":wire web -> passes-db")
        await page.enter()
        await page.until("Wired web")
        await page.type(":set web replicas=2")
        await page.enter()
        await page.until("$0.33/h")
        await page.key(" ", " ")
        await page.until("the worst", "Enter")
        await page.enter()
        await page.until("n goes on")
        assert not page.errors
        # The page is the game's own, and so is everything on it.
        assert {urlsplit(url).hostname for url in page.asked if not url.startswith("data:")} == {"127.0.0.1"}
        # It is drawn, too: a blank page of this size is a few kilobytes.
        assert len(await page.picture()) > 20_000
        await page.type("q")
        await page.until("Leave the game?")
        await page.type("y")
        await page.until_true("document.body.classList.contains('-closed')")
    store = Store(served.home / "progress.sqlite3")
    try:
        assert store.standings()["first-lift"].won
    finally:
        store.close()


async def test_pages_of_others_get_nothing(served: Served) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(served.address) as page:
            assert page.status == 200
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            text = await page.text()
            assert "http://" not in text
            assert "https://" not in text
        # A page of somebody else's opens our socket.
        async with session.get(f"{served.address}/ws", headers={"Origin": "http://elsewhere.example"}) as answer:
            assert answer.status == 403
        # A name of somebody else's points at this machine.
        async with session.get(served.address, headers={"Host": "elsewhere.example"}) as answer:
            assert answer.status == 403


def test_a_port_that_is_taken_is_one_line(served: Served) -> None:
    port = served.address.rpartition(":")[2]
    told = subprocess.run(
        [sys.executable, "-m", "scalegame", "web", "--port", port],
        capture_output=True,
        text=True,
        env={**os.environ, "SCALEGAME_HOME": str(served.home)},
        timeout=PATIENCE,
        check=False,
    )
    assert told.returncode == 1
    assert f"cannot listen at 127.0.0.1, port {port}" in told.stderr
    assert told.stderr.count("\n") == 1


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "scalegame.tui.web", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    told = CliRunner().invoke(cli, ["web"])
    assert isinstance(told.exception, ScalegameError)
    assert "pip install 'scalegame[web]'" in told.exception.message


#: Stands for the game: says how large it is, and ends only when it is made to.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
said = f"{os.environ['COLUMNS']}x{os.environ['ROWS']} {os.getpid()}".encode()
sys.stdout.buffer.write(b"__GANGLION__\\nD" + len(said).to_bytes(4, "big") + said)
sys.stdout.flush()
time.sleep(600)
"""


def asked(host: str, path: str = "/", **headers: str) -> web.Request:
    return make_mocked_request("GET", path, {"Host": host, **headers})


async def let_in(request: web.Request, *names: str) -> bool:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response()

    try:
        await guard(names)(request, handler)
    except web.HTTPForbidden:
        return False
    return True


@pytest.mark.parametrize(
    ("host", "names", "welcome"),
    [
        ("localhost:8000", (), True),
        ("LOCALHOST.:8000", (), True),
        ("127.0.0.1:8000", (), True),
        ("[::1]:8000", (), True),
        ("192.168.1.7:8000", ("0.0.0.0",), True),
        ("elsewhere.example:8000", (), False),
        ("elsewhere.example:8000", ("0.0.0.0",), False),
        ("elsewhere.example:8000", ("192.168.1.7",), False),
        ("Den.lan:8000", ("0.0.0.0", "den.LAN"), True),
        ("den.lan.elsewhere.example", ("den.lan",), False),
        ("127.0.0.1.elsewhere.example", (), False),
        ("den.lan@elsewhere.example", ("den.lan",), False),
        ("localhost:x", (), False),
    ],
)
async def test_only_names_that_are_known_are_answered_to(host: str, names: tuple[str, ...], welcome: bool) -> None:
    assert await let_in(asked(host), *names) is welcome
    # Whoever has given his own name our address cannot say that he is where he is, either.
    assert await let_in(asked(host, "/ws", Origin=f"http://{host}"), *names) is welcome


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("http://den.lan:8000", True),
        ("http://DEN.lan:8000", True),
        ("http://den.lan:8001", False),
        ("http://den.lan", False),
        ("http://elsewhere.example:8000", False),
        ("null", False),
        ("", False),
    ],
)
async def test_pages_from_elsewhere_are_refused(origin: str, welcome: bool) -> None:
    assert await let_in(asked("den.lan:8000", "/ws", Origin=origin), "den.lan") is welcome


async def test_games_are_of_bounded_size_and_number_and_end_with_their_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "MOST_GAMES", 2)
    monkeypatch.setattr(serving, "_PATIENCE", 0.1)
    server = GameServer([sys.executable, "-c", STUBBORN], "127.0.0.1", 8000)
    async with TestClient(TestServer(await server._make_app())) as client:
        large = await client.ws_connect("/ws?width=100000&height=100000")
        size, _, first = (await large.receive_bytes()).decode().partition(" ")
        assert size == "500x200"
        small = await client.ws_connect("/ws?width=0&height=²")
        size, _, second = (await small.receive_bytes()).decode().partition(" ")
        assert size == "1x24"
        async with client.get("/ws") as more:
            assert more.status == 503
            assert "2 games" in await more.text()
        await large.close()
        # No page of ours writes such a thing.
        await small.send_str('["resize", {"width": Infinity, "height": "x"}]')
        assert (await small.receive()).type is aiohttp.WSMsgType.CLOSE
        for number in (first, second):
            await gone(int(number))
        again = await connected(client)
        assert (await again.receive_bytes()).startswith(b"80x24")
        await again.close()


#: Stands for the game in the midst of a run: it has more to show than any pipe holds, and listens after that.
TALKATIVE = """
import os, sys
said = str(os.getpid()).encode()
sys.stdout.buffer.write(b"__GANGLION__\\nD" + len(said).to_bytes(4, "big") + said)
sys.stdout.flush()
sys.stdin.buffer.read(1)
for frame in range(2000):
    sys.stdout.buffer.write(b"D" + (10_000).to_bytes(4, "big") + b"#" * 10_000)
open(sys.argv[1], "w").write("saved")
"""


async def test_a_game_in_full_swing_ends_by_itself_when_its_page_goes(tmp_path: Path) -> None:
    server = GameServer([sys.executable, "-c", TALKATIVE, str(tmp_path / "end")], "127.0.0.1", 8000)
    async with TestClient(TestServer(await server._make_app())) as client:
        page = await client.ws_connect("/ws")
        process = int(await page.receive_bytes())
        await page.close()
        await gone(process)
    assert (tmp_path / "end").read_text() == "saved"


async def connected(client: TestClient[web.Request, web.Application]) -> aiohttp.ClientWebSocketResponse:
    """A connection: a place is free a moment after the process that held it has ended."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return await client.ws_connect("/ws")
        except aiohttp.WSServerHandshakeError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.02)


async def gone(process: int) -> None:
    """Waits until there is no such process."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it goes on without its page")
