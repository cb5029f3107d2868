"""The instructor's page and a team's own, in a real browser."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import pytest

from tests.e2e.browser import PATIENCE, Browser
from tests.e2e.looking import (
    NASTY,
    click,
    in_a_browser,
    is_within,
    looking,
    prefer,
    resize,
    shown,
    texts,
    until_shown,
    write,
)
from tests.e2e.pretended import (
    CODE,
    DESIGN,
    INSTRUCTOR,
    NAMES,
    Pretended,
    Served,
    answers,
    contest,
    host_answers,
    overview,
    poll,
    run,
    standings,
    submissions,
)

pytestmark = in_a_browser

LIVE = "document.documentElement?.dataset.live === 'true'"


async def desk(page: Browser, served: Served) -> None:
    await page.open("about:blank")
    await page.open(f"{served.address}/host#{INSTRUCTOR}")
    await page.until_true(f"{LIVE} && document.querySelector('#in').hidden === false")


async def until_sent(page: Browser, server: Pretended, path: str, *bodies: object) -> None:
    """Waits until the page has sent this, in this order, and has closed its dialog."""
    await page.until_true("!document.querySelector('#dialog').open")
    async with asyncio.timeout(PATIENCE):
        while len(server.of("POST", path)) < len(bodies):
            await asyncio.sleep(0.02)
    assert server.of("POST", path) == list(bodies)


async def test_an_instructor_runs_a_contest(tmp_path: Path) -> None:
    server = Pretended(host_answers())
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await desk(page, served)
            # The token was in the address; it is in nothing that stays.
            assert await page.evaluate("location.href") == f"{served.address}/host"
            assert (
                await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
                == '[{},{},""]'
            )
            assert (await shown(page, "#joining .code")) == [CODE]

            await click(page, "[data-key=control-pause]")
            await write(page, "#dialog [name=reason]", "fire alarm")
            await click(page, "#dialog [type=submit]")
            await until_sent(page, server, "host/control", {"action": "pause", "reason": "fire alarm"})
            server.answers["GET contest"] = contest(paused=time.time())
            server.tell("contest")
            await until_shown(page, "#banner", "Paused")
            await click(page, "[data-key=control-resume]")
            await click(page, "#dialog [type=submit]")
            server.answers["GET contest"] = contest()
            server.tell("contest")
            await click(page, "[data-key=control-extend]")
            await write(page, "#dialog [name=minutes]", "12")
            await click(page, "#dialog [type=submit]")
            await page.until_true("!document.querySelector('#dialog').open")
            assert server.of("POST", "host/control")[1:] == [
                {"action": "resume"},
                {"action": "extend", "minutes": 12},
            ]

            # Nobody is thrown out without a reason, and nothing happens when one thinks better of it.
            await click(page, "[data-key=disqualify-t2]")
            await click(page, "#dialog [type=submit]")
            assert await page.evaluate("document.querySelector('#dialog').open")
            await click(page, "#dialog [type=button]")
            await until_sent(page, server, "host/teams/t2")
            await click(page, "[data-key=disqualify-t2]")
            await write(page, "#dialog [name=reason]", "copied")
            await click(page, "#dialog [type=submit]")
            await until_sent(page, server, "host/teams/t2", {"action": "disqualify", "reason": "copied"})
            await click(page, "[data-key=extra-t2]")
            await write(page, "#dialog [name=minutes]", "15")
            await click(page, "#dialog [type=submit]")
            extra = {"action": "extra", "minutes": 15}
            await until_sent(page, server, "host/teams/t2", {"action": "disqualify", "reason": "copied"}, extra)

            await write(page, "#announce [name=text]", "Ten minutes left")
            await click(page, "#announce [type=submit]")
            await page.until_true("document.querySelector('#announce [name=text]').value === ''")
            assert server.of("POST", "host/announcements") == [{"text": "Ten minutes left"}]

            await click(page, "#regrade")
            await write(page, "#dialog [name=reason]", "the level was mended")
            await click(page, "#dialog [type=submit]")
            await until_sent(page, server, "host/regrade", {"reason": "the level was mended"})
            links = await page.evaluate(
                "[...document.querySelectorAll('a[download]')].map((e) => e.getAttribute('href'))"
            )
            assert links == [f"/api/1/host/{name}" for name in ("export.csv", "export.json", "debrief.html")]


async def test_what_is_refused_is_said_where_it_was_asked(tmp_path: Path) -> None:
    server = Pretended(host_answers())
    del server.answers["POST host/control"]
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await desk(page, served)
            await click(page, "[data-key=control-lock]")
            await write(page, "#dialog [name=reason]", "typed with care")
            await click(page, "#dialog [type=submit]")
            await until_shown(page, "#dialog .complaint", "host/control")
            assert (
                await page.evaluate("document.querySelector('#dialog [name=reason]').value") == "typed with care"
            )


async def test_a_poll_is_asked_and_shown(tmp_path: Path) -> None:
    server = Pretended(host_answers())
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await desk(page, served)
            await click(page, "#ask")
            await write(page, "#dialog [name=question]", "What is full first?")
            await write(page, "#dialog [name=choices]", "the cores")
            await click(page, "#dialog [type=submit]")
            await until_shown(page, "#dialog .complaint", "two to eight answers")
            await write(page, "#dialog [name=choices]", "the cores\n\n  the pool \n")
            await click(page, "#dialog [type=submit]")
            asked = {"level": "", "question": "What is full first?", "choices": ["the cores", "the pool"]}
            await until_sent(page, server, "host/polls", asked)
            # The instructor sees how the votes stand while nobody else does.
            server.answers["GET poll"] = poll("shown") | {"state": "open"}
            server.tell("poll")
            await until_shown(page, ".votes", "14 · 52 %")
            await click(page, "[data-key=poll-show]")
            await until_sent(page, server, "host/polls/q1", {"action": "show"})
            await until_shown(page, ".poll-state", "27 answers")


async def test_a_run_is_looked_at_again(tmp_path: Path) -> None:
    server = Pretended(host_answers())
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await desk(page, served)
            await until_shown(page, "#submissions tr", NAMES[1])
            await page.evaluate("document.querySelector('#by-state').value = 'won'")
            await page.evaluate("document.querySelector('#by-state').dispatchEvent(new Event('change'))")
            won = [row["id"] for row in submissions() if row["result"] and row["result"]["won"]]
            rows = await page.evaluate(
                "[...document.querySelectorAll('#submissions tr[data-id]')].map((e) => e.dataset.id)"
            )
            assert rows == won
            await click(page, "#submissions tr[data-id=s3] button")
            await page.until_true("document.querySelectorAll('.chart svg path.line').length === 7")
            assert await shown(page, "#replay .lines") == ["\n".join(DESIGN)]
            assert await shown(page, ".chart .caption") == ["answers", "latency", "errors", "in flight"]
            await until_shown(page, "#replay .side", "2 cores of the 3.2")
            assert "✓availability >= 97 %99.93 %" in "".join(await shown(page, "#replay .objectives")).replace(
                " availability", "availability"
            )


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_desk_reads_and_fits(tmp_path: Path, theme: str) -> None:
    with Served(Pretended(host_answers(**{"GET poll": poll("shown")}))) as served:
        async with looking(tmp_path, theme=theme) as page:
            for width, height in ((1920, 1080), (1280, 720), (1024, 768), (700, 900)):
                await resize(page, width, height)
                await desk(page, served)
                await until_shown(page, "#audit", "came late")
                found = await texts(page)
                assert len(found) > 60
                assert not [one for one in found if one["contrast"] < 4.5 or one["size"] < 13]
                assert await is_within(page)


async def test_what_people_write_is_text_on_the_desk(tmp_path: Path) -> None:
    nasty = NASTY
    seen = overview()
    for team in seen["teams"]:
        team["name"] = nasty
        team["members"] = [{"id": "p", "name": nasty}]
        team["disqualified"] = nasty
    seen["losing"] = [{"level": nasty, "count": 2, "do": [nasty], "objective": nasty}]
    seen["audit"] = [{"at": 0, "who": nasty, "what": nasty}]
    table = standings()
    for row in table["rows"]:
        row["name"] = nasty
    row = submissions()[1] | {
        "team": {"id": "t1", "name": nasty},
        "player": {"id": "p", "name": nasty},
        "level": nasty,
    }
    again = run()
    again["diagnosis"] = [{"title": nasty, "sentence": nasty}]
    again["series"][0]["lines"][0]["name"] = again["series"][0]["title"] = nasty
    server = Pretended(
        host_answers(
            **{
                "GET host/overview": seen,
                "GET standings": table,
                "GET host/submissions": [row],
                "GET host/submissions/s1": {**row, "design": {"do": [nasty], "live": [nasty]}},
                "GET host/submissions/s1/run": again,
                "GET announcements": [{"id": 1, "at": 0, "text": nasty}],
            }
        )
    )
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await desk(page, served)
            await until_shown(page, "#teams th bdi", nasty)
            await until_shown(page, "#losing .lines", nasty)
            await until_shown(page, "#audit", nasty)
            await until_shown(page, "#announcements bdi", nasty)
            await click(page, "#submissions tr[data-id=s1]")
            await until_shown(page, "#replay .side p", nasty)
            assert await shown(page, "#replay .lines") == [nasty, nasty]
            await until_shown(page, ".chart .caption", nasty)
            assert (
                await page.evaluate("document.querySelectorAll('img, iframe, object, script:not([src])').length")
                == 0
            )


async def test_the_desk_is_for_the_instructor_alone(tmp_path: Path) -> None:
    server = Pretended(host_answers())
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await page.open(f"{served.address}/host#i.wrong")
            await until_shown(page, "#closed-why", "not the one of the contest")
            # Another link, pasted over the first one: to the browser it is the same page.
            await page.open(f"{served.address}/host#p.p1.abc")
            await until_shown(page, "#closed-why", "not the instructor")
            # The player's session is there; it opens nothing here.
            await page.open("about:blank")
            await page.open(f"{served.address}/host")
            await until_shown(page, "#closed h2", "Instructor")
            assert not [path for _, path, _ in server.asked if path.startswith("host/")]
            await write(page, "#sign-in [name=token]", INSTRUCTOR)
            await click(page, "#sign-in button")
            await until_shown(page, "#joining .code", CODE)


async def test_a_phone_joins_votes_and_sees_what_its_team_did(tmp_path: Path) -> None:
    chosen: list[str | None] = [None]
    server = Pretended(
        answers(**{"GET submissions": submissions(5), "GET poll": lambda _: poll("open", chosen[0])})
    )

    def vote(body: dict[str, str]) -> dict[str, object]:
        chosen[0] = body["choice"]
        return {}

    server.answers["PUT poll/q1/vote"] = vote
    with Served(server) as served:
        async with looking(tmp_path, 390, 844) as page:
            await page.open(f"{served.address}/team#{CODE}")
            await page.until_true("document.querySelector('#sign-in')?.hidden === false")
            assert await page.evaluate("document.querySelector('[name=code]').value") == CODE
            await write(page, "[name=name]", "Ada")
            await write(page, "[name=team]", "Queue Theory")
            await click(page, "#sign-in [type=submit]")
            await page.until_true(LIVE)
            (joined,) = server.of("POST", "join")
            key = joined.pop("key")
            assert re.fullmatch("[0-9a-f]{32}", key)
            assert joined == {"code": CODE, "name": "Ada", "team": "Queue Theory"}
            assert server.of("POST", "session") == [{"token": f"p.p9.{key}"}]
            # The key is in the cookie's session now, where no script finds it.
            assert (
                await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
                == '[{},{},""]'
            )

            await click(page, "[data-key=choice-2]")
            await until_shown(page, ".chosen", "your answer")
            assert server.of("PUT", "poll/q1/vote") == [{"choice": "2"}]
            history = await shown(page, ".handed-in")
            assert "waits for the judge" in history[0]
            assert "✗ lost" in history[1]
            assert "arrived" in history[2], "handed in without a network: both times are told"
            assert "arrived" not in history[1]
            for theme in ("dark", "light"):
                await prefer(page, theme)
                assert not [one for one in await texts(page) if one["contrast"] < 4.5 or one["size"] < 13]
            assert await is_within(page)
            await resize(page, 320, 700)
            assert await is_within(page)


async def test_the_front_door_says_how_to_join(tmp_path: Path) -> None:
    with Served(Pretended(answers())) as served:
        async with looking(tmp_path) as page:
            await page.open(served.address)
            await until_shown(page, "#command", f"scalegame join {served.address}")
            assert await page.evaluate(
                "[...document.querySelectorAll('main a')].map((e) => e.getAttribute('href'))"
            ) == [
                "http://127.0.0.1:1/",
                "/team",
                "/board",
            ]
            for theme in ("dark", "light"):
                await prefer(page, theme)
                assert not [one for one in await texts(page) if one["contrast"] < 4.5]
            await resize(page, 320, 700)
            assert await is_within(page)
