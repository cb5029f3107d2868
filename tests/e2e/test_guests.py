"""Guests of a competition: they join on a page, play in it, and hand in, with nothing installed."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from scalegame.tui.guests.door import Door
from tests.competition.hosted import Caller, Hosted
from tests.e2e.browser import PATIENCE, Browser
from tests.e2e.looking import NASTY, click, in_a_browser, is_within, looking, texts, until_shown, write


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Hosted]:
    """A contest that has not started, with room for two guests."""
    server = Hosted(tmp_path, start="", most_guests=2)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def begin(server: Hosted) -> None:
    desk = Caller(server.port, server.instructor)
    assert desk.ask("POST", "host/control", {"action": "start"}).status == 200
    desk.close()


async def join(page: Browser, server: Hosted, name: str, team: str = "", team_code: str = "") -> None:
    await page.open(server.guests)
    await until_shown(page, "button", "Join")
    await write(page, "[name=code]", server.code.lower())
    await write(page, "[name=name]", name)
    await write(page, "[name=team]", team)
    await write(page, "[name=team_code]", team_code)
    await click(page, "[type=submit]")


@in_a_browser
async def test_a_guest_joins_plays_hands_in_and_comes_back(hosted: Hosted, tmp_path: Path) -> None:
    async with looking(tmp_path, 1024, 768) as page:
        await page.open(hosted.guests)
        await until_shown(page, "button", "Join")
        await write(page, "[name=code]", "NOTIT")
        await write(page, "[name=name]", NASTY[:40])
        await click(page, "[type=submit]")
        await until_shown(page, ".complaint", "not the join code")
        # What was written is still there, and does nothing.
        assert await page.evaluate("document.querySelector('[name=name]').value") == NASTY[:40].strip()
        await join(page, hosted, "Ann", "Blue")
        await until_shown(page, "h2", "Ann of")
        await until_shown(page, "p", "No level is open yet")
        assert await is_within(page)
        assert all(text["contrast"] >= 4.5 for text in await texts(page))

        begin(hosted)
        await until_shown(page, "a.main", "Play")
        await click(page, "a.main")
        await page.until("Kiosks", "Enter play")
        await page.enter()
        await page.until("To win")
        await page.enter()
        for line in ("add balancer", "rewire people -> balancer -> kiosk", "set kiosk replicas=3"):
            await page.type(f":{line}")
            await page.until(f":{line}")
            await page.enter()
        await page.key(" ", " ")
        await page.until("the worst", "Enter")
        await page.enter()
        await page.until("hand in")
        await page.type("u")
        await page.until("has arrived")

        # He leaves; with the same browser he is the same, and what he has built is there.
        await page.open(hosted.guests)
        await until_shown(page, "h2", "Ann of")
        await click(page, "a.main")
        await page.until("Kiosk")
        await page.open(hosted.guests)
        await click(page, "[name=sure]")
        await click(page, "button.leave")
        await until_shown(page, "h2", "Join")
    desk = Caller(hosted.port, hosted.instructor)
    rows = desk.ask("GET", "host/submissions").data
    desk.close()
    assert [(row["player"], row["team"]["name"]) for row in rows] == [("Ann", "Blue")]


def own(server: Hosted) -> dict[str, str]:
    """What a browser sends with a form of the page itself."""
    return {"Origin": server.guests}


def form(server: Hosted, **changed: str) -> dict[str, str]:
    return {"key": "0" * 31 + "1", "code": server.code, "name": "Ann", "team": "Blue", "team_code": "", **changed}


async def entered(server: Hosted, session: aiohttp.ClientSession, **changed: str) -> aiohttp.ClientResponse:
    given = form(server, **changed)
    return await session.post(f"{server.guests}/join", data=given, headers=own(server), allow_redirects=False)


def jar() -> aiohttp.CookieJar:
    return aiohttp.CookieJar(unsafe=True)


async def test_who_may_join_and_who_is_known(hosted: Hosted) -> None:
    async with aiohttp.ClientSession(cookie_jar=jar()) as ann, aiohttp.ClientSession(cookie_jar=jar()) as ben:
        assert (await entered(hosted, ann, code="NOTIT")).status == 403
        assert (await entered(hosted, ann, name="")).status == 422
        # Another page's form is refused, whatever it says; so is one without end.
        given = form(hosted)
        for origin in ("http://elsewhere.example", "null"):
            answer = await ann.post(f"{hosted.guests}/join", data=given, headers={"Origin": origin})
            assert answer.status == 403
        assert (await entered(hosted, ann, name="x" * 20_000)).status == 413
        for type, sent, status in (
            ("application/x-www-form-urlencoded; charset=foo", b"key=x", 400),
            ("application/x-www-form-urlencoded", b"key=\xff", 400),
            ("multipart/form-data", b"--x", 415),
            ("application/json", b"{}", 415),
        ):
            headers = {**own(hosted), "Content-Type": type}
            answer = await ann.post(f"{hosted.guests}/join", data=sent, headers=headers)
            assert answer.status == status

        answer = await entered(hosted, ann)
        assert answer.status == 303
        cookie = answer.cookies["scalegame_guest"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        # The same form once more, as after a click on "back": the same guest, and not a second one.
        assert (await entered(hosted, ann)).status == 303
        page = await (await ann.get(hosted.guests)).text()
        assert "Ann" in page
        assert "token" not in page
        code = page.partition('class="code">')[2].partition("<")[0]

        # His team is not entered without its code, and nobody is who he says he is.
        answer = await entered(hosted, ben, key="0" * 31 + "2", name="Ben")
        assert answer.status == 409
        assert "its members have its code" in (await answer.text())
        assert (await entered(hosted, ben, key="0" * 31 + "2", name="Ben", team_code="WRONG")).status == 403
        assert (await entered(hosted, ben, key="0" * 31 + "2", name="Ben", team_code=code)).status == 303
        for forged in ("0" * 32, "../" * 10, "", "0" * 31 + "1" + "0" * 5000):
            async with aiohttp.ClientSession(cookies={"scalegame_guest": forged}) as somebody:
                assert "Join code" in await (await somebody.get(hosted.guests)).text()
                assert (await somebody.get(f"{hosted.guests}/ws")).status == 403
                assert (await somebody.get(f"{hosted.guests}/game", allow_redirects=False)).status == 303

        # Before it starts there is nothing to play, and nothing that would win is anywhere near.
        assert (await ann.get(f"{hosted.guests}/ws")).status == 403
        homes = sorted(Path(f"{hosted.db}.guests").iterdir())
        assert len(homes) == 2
        assert not {"0" * 31 + "1", "0" * 31 + "2"} & {home.name for home in homes}
        assert "attempts" not in "".join(path.read_text() for home in homes for path in home.rglob("*.yaml"))


async def test_guesses_of_codes_come_to_an_end(hosted: Hosted) -> None:
    async with aiohttp.ClientSession() as somebody:
        found = {(await entered(hosted, somebody, code=f"TRY{number}")).status for number in range(12)}
        assert found == {403, 429}
        # Now the right one does not help either.
        assert (await entered(hosted, somebody)).status == 429
    # On the laptops nobody is kept from joining by that.
    caller = Caller(hosted.port)
    assert caller.join(hosted.code, "Cleo", "1" * 32).status == 201
    caller.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes where Linux has them")
async def test_games_are_counted_and_a_second_page_takes_over(hosted: Hosted) -> None:
    begin(hosted)
    sessions = [aiohttp.ClientSession(cookie_jar=jar()) for _ in range(3)]
    try:
        for number, session in enumerate(sessions):
            answer = await entered(hosted, session, key=f"{number:032x}", name=f"P{number}", team=f"T{number}")
            assert answer.status == 303
            await session.get(hosted.guests)  # the levels are fetched
        first = await sessions[0].ws_connect(f"{hosted.guests}/ws")
        await first.receive_bytes()
        second = await sessions[1].ws_connect(f"{hosted.guests}/ws")
        await second.receive_bytes()
        full = await sessions[2].get(f"{hosted.guests}/game")
        assert full.status == 503
        assert "2 guests are playing already" in await full.text()
        assert (await sessions[2].get(f"{hosted.guests}/ws")).status == 503
        # What only looks like the page of a game costs nobody his place, and gives nobody another.
        for _ in range(3):
            assert (await sessions[0].get(f"{hosted.guests}/ws")).status == 400
        assert (await sessions[2].get(f"{hosted.guests}/ws")).status == 503
        again = await sessions[0].ws_connect(f"{hosted.guests}/ws")
        await again.receive_bytes()
        while not first.closed:
            await first.receive()
        await second.close()
        third = await connected(sessions[2], hosted)
        await third.receive_bytes()
        # A power cut of the server takes the guests' games along.
        games = children(hosted)
        assert games
        hosted.kill()
        end = time.monotonic() + PATIENCE
        while any(alive(game) for game in games):
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
    finally:
        for session in sessions:
            await session.close()


async def test_who_says_nothing_is_sent_away_and_nobody_has_all_connections() -> None:
    door = Door(patience=0.2, most_of_one=3)

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text="here")

    server = web.Server(answer)
    listening = await asyncio.get_running_loop().create_server(door.to(server), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    silent[0][1].write(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Le")
    turned_away, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await turned_away.read() == b""
    writer.close()
    # They had their time.
    for reader, other in silent:
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        other.close()
    while door.connections:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}") as page:
        assert await page.text() == "here"
        # Long enough for another of these; one that is kept stays.
        for transport in list(door._deadlines):
            door.keep(transport)
        await asyncio.sleep(0.3)
        assert sum(door.connections.values()) == 1
    listening.close()
    await server.shutdown()


async def connected(session: aiohttp.ClientSession, server: Hosted) -> aiohttp.ClientWebSocketResponse:
    """A game: a place is free a moment after the game that had it has ended."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return await session.ws_connect(f"{server.guests}/ws")
        except aiohttp.WSServerHandshakeError:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)


def children(server: Hosted) -> list[int]:
    """Processes of guests and their games."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(server.db.parent).encode() in environment and (b"guests" in line or b"play" in line):
                found.append(int(entry.name))
    return found


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
