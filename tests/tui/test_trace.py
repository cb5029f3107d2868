"""Following a request: bars and figures cell by cell, and the sheet itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from scalegame.insight.trail import QUEUED, SERVED
from scalegame.insight.waterfall import DOWNSTREAM, RESTING, SILENT, TRAVEL, Part, Row, Story
from scalegame.tui.drawing import hops, plot
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.trace import TraceScreen
from scalegame.tui.table.trace import ROWS
from tests.tui.playing import LARGE, SMALL, game, screen_text


def story() -> Story:
    """One attempt of 100 ms that times out, a pause, and one that is answered; the first one's work goes on."""
    first = (
        Part(0.0, 0.01, TRAVEL, "", "users"),
        Part(0.01, 0.1, DOWNSTREAM, "", "users"),
        Part(0.1, 0.15, RESTING, "", "users"),
    )
    web = (Part(0.01, 0.06, QUEUED, "threads", "web-1"), Part(0.06, 0.2, SERVED, "", "web-1"))
    second = (Part(0.15, 0.2, SILENT, "", "users"),)
    rows = (
        Row("users", "users", "attempt 1", 0, 0.0, 0.1, first, "timed out"),
        Row("web", "web-1", "get", 1, 0.01, 0.2, web, "ok", inside=False),
        Row("users", "users", "attempt 2", 0, 0.15, 0.2, second, "ok"),
    )
    spent = (
        first[0],
        Part(0.01, 0.06, QUEUED, "threads", "web-1"),
        Part(0.06, 0.1, SERVED, "", "web-1"),
        first[2],
        second[0],
    )
    return Story(0.0, 0.2, rows, spent)


def test_every_cell_shows_what_fills_it_the_most() -> None:
    rows, first = hops.waterfall(story(), 72, 10)
    text = plot.plain(rows).splitlines()
    assert first == 0
    assert text[0].split() == ["hop", "in", "ms", "travel", "queued", "served", "below"]
    assert text[1].startswith("✗ users attempt 1")
    assert text[1].split()[-2:] == ["10.0", "90.0"]
    assert "─" in text[1]
    assert "·········" in text[1]
    assert "┈┈┈┈" in text[1]
    assert "░░░░" in text[2]
    assert text[2].split()[-2:] == ["50.0", "140"]
    assert "××××" in text[3]
    assert text[4].rstrip().endswith("200 ms")


def test_in_ascii_there_is_nothing_else() -> None:
    rows, _ = hops.waterfall(story(), 80, 12, ascii=True)
    text = plot.plain(rows)
    assert text.isascii()
    assert all(sign * 3 in text for sign in "~#._x")


def test_what_took_no_time_has_a_sign_where_it_happened() -> None:
    one = story()
    refused = Row("web", "web-2", "get", 1, 0.1, 0.1, (), "refused")
    rows, _ = hops.waterfall(Story(one.born, one.ended, (*one.rows, refused), one.spent), 80, 12)
    assert plot.plain(rows).splitlines()[4].count("✗") == 2


def test_the_sum_says_where_the_time_went() -> None:
    assert hops.sum_up(story()) == (
        "200 ms: 25% waiting for a thread at web-1, 25% waiting for an answer that never came,"
        " 25% waiting to try again, 20% being served at web-1, 5% elsewhere"
    )
    assert "5% travelling" in hops.sum_up(story(), 5)


def test_more_hops_than_rows_are_scrolled() -> None:
    rows, first = hops.waterfall(story(), 80, 5, selected=2)
    text = plot.plain(rows).splitlines()
    assert first == 1
    assert "attempt 2" in text[2]
    assert len(rows) == 5
    rows, first = hops.waterfall(story(), 80, 5, selected=0)
    assert first == 0
    assert "more" in plot.plain(rows)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_any_width_is_kept(width: int) -> None:
    for ascii in (False, True):
        rows, _ = hops.waterfall(story(), width, 9, ascii=ascii)
        assert rows


def test_times_of_a_request_that_others_go_on_with() -> None:
    one = story()
    later = Row("jobs", "jobs-1", "put", 1, 0.3, 1.0, (Part(0.3, 1.0, SERVED, "", "jobs-1"),), "ok", inside=False)
    rows, _ = hops.waterfall(Story(one.born, one.ended, (*one.rows, later), one.spent), 100, 12)
    foot = plot.plain(rows).splitlines()[-2]
    assert "▲ answered" in foot
    assert foot.rstrip().endswith("1 s")


def test_milliseconds() -> None:
    assert [hops.milliseconds(s) for s in (0.0, 0.00001, 0.0034, 0.0999, 1.2345)] == [
        "",
        "<0.1",
        "3.4",
        "99.9",
        "1,234",
    ]


async def at_trace(play, words: str = "") -> TraceScreen:
    await play.keys("enter")
    await play.type("run")
    run = await play.reach(RunScreen)
    await play.until(lambda: run.outcome is not None and run.playhead is not None, "the run")
    run.seek(6.0)
    await play.type(f"follow {words}".strip())
    screen = await play.reach(TraceScreen)
    await play.until(lambda: screen.shown is not None, "the traced run")
    return screen


async def test_requests_hops_and_the_jump_into_the_run(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        screen = await at_trace(play, "failed")
        whys = [why for _, why in screen.requests]
        assert whys[screen.at] == "failed"
        assert "near" in whys
        text = screen_text(play.app)
        assert "kiosk-1 sell" in text
        assert "attempt 1" in text
        assert screen.shown is not None
        assert hops.sum_up(screen.shown)[:30] in text
        await play.keys("tab", "shift+tab", "down")
        assert screen.hop == 1
        await play.keys("y")
        assert "kiosk-1 sell" in play.app.clipboard
        hop = screen.shown.rows[1]
        await play.keys("enter")
        run = await play.reach(RunScreen)
        assert run.playhead is not None
        assert run.playhead.time == pytest.approx(hop.start)
        assert run.selected == "kiosk"


async def test_who_was_under_way_at_the_playhead_is_in_the_list(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        screen = await at_trace(play, "near")
        log = screen.watched.recording.requests
        index, why = screen.requests[screen.at]
        assert why == "near"
        assert log.born[index] <= screen.watched.time < log.resolved[index]


async def test_typed_and_wrong(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny", LARGE) as play:
        screen = await at_trace(play)
        await play.type("follow slowst")
        assert 'did you mean "slowest"' in screen.said
        await play.type("request 2")
        assert screen.at == 1
        await play.type("request 77")
        assert "There are requests 1 to" in screen.said
        await play.type("hop 2")
        assert screen.hop == 1
        await play.type("hop 99")
        assert "There are hops 1 to" in screen.said
        await play.keys("3")
        assert screen.at == 2
        await play.type("jump")
        await play.reach(RunScreen)


async def test_the_mouse_chooses_requests_and_hops(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        screen = await at_trace(play)
        await play.click("#trace-requests", (10, 2))
        assert screen.at == screen._first_request + 2
        await play.click("#trace", (5, 2))
        assert screen.hop == 1
        for size in (LARGE, SMALL):
            await play.pilot.resize_terminal(*size)
            await play.pilot.pause()
        await play.pilot.click("#trace", offset=(5, 2), times=2)
        await play.reach(RunScreen)


def test_every_action_can_be_typed() -> None:
    assert all(action.command for action in ROWS)
