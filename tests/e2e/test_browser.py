"""The game as a web server serves it; and in a real browser, where a level is won and nobody else is asked."""

from __future__ import annotations

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
from click.testing import CliRunner

from scalegame.cli import cli
from scalegame.errors import ScalegameError
from scalegame.progress.store import Store
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
    async with Browser(browser.found() or "", tmp_path / "profile") as page:
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
