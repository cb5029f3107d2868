"""The board on the wall, in a real browser: what it shows, how it reads, and that nobody can write on it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import pretended
from tests.e2e.browser import Browser
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
)
from tests.e2e.pretended import CODE, LEVELS, MANY, NAMES, Pretended, Served, answers, contest, poll, standings

pytestmark = in_a_browser

#: Far less than the half minute after which a page asks again in any case.
SOON = 10
LESSON = {
    "GET contest": contest(mode="lesson", title="How full is full"),
    "GET standings": standings(14, rows=[], lag={"waiting": 0}),
}


#: As much as can be asked.
LONG_POLL = {
    **poll("shown"),
    "choices": [
        {
            "id": str(i),
            "votes": i,
            "text": "An answer of more than one line, since somebody has written it out in full",
        }
        for i in range(8)
    ],
}
#: Whatever is listed can be seen whole, but for names that end in dots.
CUT_OFF = """
(() => {
  const box = document.querySelector('#main').getBoundingClientRect();
  const listed = '.choice, .poll-state, .solved li, .standings tr, .legend > span, .tab, #level svg';
  return [...document.querySelectorAll(listed)]
    .filter((e) => e.checkVisibility()).filter((e) => {
      const own = e.getBoundingClientRect();
      return own.left < box.left || own.right > box.right + 1 || own.top < box.top || own.bottom > box.bottom + 1;
    }).map((e) => e.textContent);
})()
"""


async def board(page: Browser, served: Served) -> None:
    await page.open("about:blank")
    await page.open(f"{served.address}/board#{CODE}")
    await page.until_true("document.querySelector('#wall')?.hidden === false && document.title.startsWith('How')")
    await page.until_true("document.documentElement?.dataset.live === 'true'")


async def test_what_is_new_is_on_the_wall_at_once(tmp_path: Path) -> None:
    server = Pretended(answers(**{"GET standings": standings(0)}))
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await board(page, served)
            await until_shown(page, "#left", "Nobody has joined yet")
            assert server.listeners == 1
            before = len(server.of("GET", "standings"))
            server.answers["GET standings"] = standings(3)
            began = time.monotonic()
            server.tell("standings", at=1)
            async with asyncio.timeout(SOON):
                await until_shown(page, "th.team", NAMES[0])
            print(f"on the wall after {time.monotonic() - began:.3f} s")
            # Asked for once, not once an event: a class at work makes many of them.
            for _ in range(40):
                server.tell("standings", at=1)
            server.answers["GET announcements"] = [{"id": 7, "at": time.time(), "text": "Five minutes"}]
            server.tell("announcement", id=7)
            async with asyncio.timeout(SOON):
                await until_shown(page, "#announcement.news", "Five minutes")
            assert len(server.of("GET", "standings")) - before < 10
            server.answers["GET contest"] = contest(frozen=True)
            server.tell("contest")
            async with asyncio.timeout(SOON):
                await until_shown(page, "#banner", "Frozen since")
            # The code that opened it is nowhere in the address.
            assert CODE not in await page.evaluate("location.href")


async def test_ties_are_shown_as_ties(tmp_path: Path) -> None:
    with Served(Pretended(answers())) as served:
        async with looking(tmp_path) as page:
            await board(page, served)
            await until_shown(page, "td.rank", "14")
            assert (await shown(page, "td.rank"))[:8] == ["1", "2=", "2=", "2=", "5", "6=", "6=", "8"]
            kinds = await page.evaluate(
                "[...document.querySelectorAll('.standings tbody tr')].map((e) => e.className)"
            )
            held = ["", "tie first", "tie middle", "tie last", "", "tie first", "tie last", ""]
            assert kinds[:8] == held
            # The front is drawn, with names; and how all are spread.
            await click(page, "#levels [data-key='the-storm']")
            assert await shown(page, "#level-title") == ["5. The storm"]
            best = [one["team"] for one in standings()["levels"][4]["front"]]
            assert await page.evaluate("document.querySelectorAll('#front .dot.best').length") == len(best) > 0
            names = [row["name"] for row in standings()["rows"] if row["team"] in best]
            assert set(await shown(page, "#front .name")) == set(names)
            assert await page.evaluate("document.querySelectorAll('#histograms svg').length") == 4


async def test_more_teams_than_fit_take_turns(tmp_path: Path) -> None:
    with Served(Pretended(answers(**{"GET standings": standings(40)}))) as served:
        async with looking(tmp_path) as page:
            await board(page, served)
            await until_shown(page, ".page", "of 40")
            seen: list[str] = []
            while len(seen) < 40:
                now = await shown(page, "th.team")
                assert now[0] not in seen, "a page came twice before all were shown"
                seen += now
                await page.key("PageDown", code=34)
            assert seen == [row["name"] for row in standings(40)["rows"]]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (1024, 768)])
async def test_it_reads_from_the_last_row_in_both_themes(tmp_path: Path, width: int, height: int) -> None:
    scenes: list[dict[str, Any]] = [
        {},
        {"GET contest": contest(phase="waiting", start=time.time() + 300)},
        {**LESSON, "GET poll": poll("shown")},
        {**LESSON, "GET poll": LONG_POLL, "GET standings": standings(14, MANY, rows=[])},
        {"GET standings": standings(40, MANY)},
        {"GET standings": standings(6, LEVELS[:3])},
        {"GET contest": contest(phase="over"), "GET standings": standings(20, final=True, seeds="hidden")},
    ]
    async with looking(tmp_path, width, height) as page:
        for scene in scenes:
            with Served(Pretended(answers(**scene))) as served:
                grounds = []
                await board(page, served)
                await until_shown(page, "#announcement", "Level 3 is open")
                for theme in ("dark", "light"):
                    await prefer(page, theme)
                    await page.until_true(f"document.documentElement.dataset.theme === {theme!r}")
                    found = await texts(page)
                    assert len(found) > 8
                    dim = [one for one in found if one["contrast"] < 4.5]
                    assert not dim
                    # A letter of a sixtieth of the picture, and most of them larger than a fiftieth.
                    least = min(height, width * 9 / 16) / 60
                    assert not [one for one in found if one["size"] < least]
                    assert await is_within(page)
                    assert await page.evaluate(CUT_OFF) == []
                    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
                    grounds.append(
                        await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
                    )
                    overlap = (
                        "(() => { const row = [...document.querySelectorAll('.standings tr')].at(-1), legend ="
                    )
                    overlap += " document.querySelector('.legend'); return Boolean(row?.checkVisibility()) &&"
                    overlap += " row.getBoundingClientRect().bottom > legend.getBoundingClientRect().top; })()"
                    assert not await page.evaluate(overlap)
                assert len(set(grounds)) == 2


async def test_a_chosen_theme_stays_chosen(tmp_path: Path) -> None:
    with Served(Pretended(answers())) as served:
        async with looking(tmp_path, theme="light") as page:
            await board(page, served)
            assert await page.evaluate("document.documentElement.dataset.theme") == "light"
            await click(page, "#theme")
            assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
            await board(page, served)
            assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_what_people_write_is_text(tmp_path: Path) -> None:
    nasty = NASTY
    found = standings(3)
    for row in found["rows"]:
        row["name"] = nasty
    for level in found["levels"]:
        level["title"] = nasty
    question = {**poll("shown"), "question": nasty}
    question["choices"] = [{**choice, "text": nasty} for choice in question["choices"]]
    levels = [{**level, "title": nasty} for level in contest()["levels"]]
    server = Pretended(
        answers(
            **{
                "GET standings": found,
                "GET contest": contest(title=f"How {nasty}", levels=levels),
                "GET announcements": [{"id": 1, "at": 0, "text": nasty}],
            }
        )
    )
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await board(page, served)
            await until_shown(page, "th.team", nasty)
            assert await shown(page, "th.team") == [nasty] * 3
            assert await shown(page, "#title") == [f"How {nasty}"]
            assert await shown(page, "#level-title") == [f"1. {nasty}"]
            assert await shown(page, "#announcement bdi") == [nasty]
            titles = "[...document.querySelectorAll('#front title')].map((e) => e.textContent)"
            assert nasty in await page.evaluate(titles)
            server.answers["GET poll"] = question
            server.tell("poll")
            await until_shown(page, ".question", nasty)
            assert await shown(page, ".choice-text") == [nasty] * 4
            assert (
                await page.evaluate("document.querySelectorAll('img, iframe, object, script:not([src])').length")
                == 0
            )


async def test_a_lesson_ranks_nobody_and_shows_a_poll(tmp_path: Path) -> None:
    # Even with the votes at hand – the instructor's browser has them – they stay hidden until they are shown.
    secret = poll("shown") | {"state": "open"}
    server = Pretended(answers(**LESSON, **{"GET poll": secret}))
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await board(page, served)
            await until_shown(page, ".question", "Ten times the visitors")
            assert await shown(page, ".solved-count") == ["14 of 14", "14 of 14", "12 of 14", "8 of 14", "4 of 14"]
            assert await shown(page, ".rank") == []
            everything = await page.evaluate("document.body.textContent")
            assert not any(name in everything for name in NAMES)
            assert await shown(page, ".votes") == []
            assert await shown(page, ".poll-state") == ["open – 27 answers so far"]
            server.answers["GET poll"] = poll("shown")
            server.tell("poll")
            await until_shown(page, ".votes", "14")
            assert await shown(page, ".votes") == ["4 · 15 %", "7 · 26 %", "14 · 52 %", "2 · 7 %"]
            parts = (
                "[...document.querySelectorAll('.choice .fill')].map((e) => e.style.getPropertyValue('--part'))"
            )
            assert [round(float(part), 2) for part in await page.evaluate(parts)] == [0.29, 0.5, 1.0, 0.14]


async def test_what_is_for_one_team_is_not_for_the_wall(tmp_path: Path) -> None:
    told = [
        {"id": 1, "at": 0, "text": "For all", "team": None},
        {"id": 2, "at": 0, "text": "For one", "team": "t1"},
    ]
    with Served(Pretended(answers(**{"GET announcements": told}))) as served:
        async with looking(tmp_path) as page:
            await board(page, served)
            await until_shown(page, "#announcement", "For all")
            assert "For one" not in await page.evaluate("document.body.textContent")


async def test_before_it_begins_it_says_how_to_join(tmp_path: Path) -> None:
    start = contest(phase="waiting", start=time.time() + 300)
    with Served(Pretended(answers(**{"GET contest": start}))) as served:
        async with looking(tmp_path, 1920, 1080) as page:
            await board(page, served)
            await until_shown(page, ".huge", CODE)
            assert f"scalegame join {served.address}" in await shown(page, ".how code")
            assert await shown(page, "th.team") == []
            large = "parseFloat(getComputedStyle(document.querySelector('.huge')).fontSize)"
            assert await page.evaluate(large) > 1080 / 8
            # A clock that runs: other seconds, without anybody asked.
            first = (await shown(page, "#clock"))[0]
            await page.until_true(f"document.querySelector('#clock').textContent !== {first!r}")
            await resize(page, 800, 600)
            assert await is_within(page)


async def test_the_wall_shows_an_address_that_others_can_use(tmp_path: Path) -> None:
    known = ["http://127.0.0.1:8000", "http://192.168.0.7:8000", "http://10.0.0.7:8000", "no address"]
    for phase, where, wanted in (
        ("waiting", ".how code", "scalegame join http://192.168.0.7:8000"),
        ("open", "#join-at", "192.168.0.7:8000"),
    ):
        told = contest(phase=phase, start=time.time() + 300, addresses=known)
        with Served(Pretended(answers(**{"GET contest": told}))) as served:
            async with looking(tmp_path / phase) as page:
                await board(page, served)
                await until_shown(page, where, wanted)


async def test_without_a_server_it_says_so_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    server = Pretended(answers())
    async with looking(tmp_path) as page:
        with Served(server) as served:
            await board(page, served)
            await until_shown(page, "th.team", NAMES[0])
        await until_shown(page, "#banner.broken", "No connection")
        assert (await shown(page, "th.team"))[0] == NAMES[0]
        server.answers["GET standings"] = standings(2)
        with Served(server, served.port):
            await page.until_true("document.querySelectorAll('th.team').length === 2")
            assert await shown(page, "#banner") == []


async def test_it_opens_with_the_code_and_with_no_other(tmp_path: Path) -> None:
    server = Pretended(answers())
    with Served(server) as served:
        async with looking(tmp_path) as page:
            await page.open(f"{served.address}/board#NOT-IT")
            await until_shown(page, "#sign-in-error", "not the one of the contest")
            assert server.of("GET", "standings") == []
            await page.evaluate(f"document.querySelector('#code').value = {pretended.CODE!r}")
            await click(page, "#sign-in button")
            await until_shown(page, "th.team", NAMES[0])
            # Whoever is signed in already stays who he is: the instructor's page lives by the same cookie.
            asked = len(server.of("POST", "session"))
            await board(page, served)
            assert len(server.of("POST", "session")) == asked
