"""Watching a run: time, jumps, bookmarks, seeds, what is watched and what fires; by keys, mouse, typed lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import OptionList

from scalegame.tui import actions
from scalegame.tui.canvas.frame import Frame
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.events import EventsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.table.run import ROWS
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.playback import SPEEDS, Playhead
from scalegame.tui.watch.viewing import RunInView
from scalegame.tui.widgets.note import Note
from scalegame.tui.widgets.scrubber import Scrubber
from tests.tui.playing import LARGE, SMALL, Game, game, screen_text


@asynccontextmanager
async def watching(
    folder: Path, *lines: str, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[Game, RunScreen]]:
    """The run of the tiny level, paused at its start; it is lost unless lines mend it."""
    async with game(folder, "tiny", size) as it:
        if isinstance(it.app.screen, BriefingScreen):
            await it.keys("enter")
        board = await it.reach(BoardScreen)
        if lines:
            board.session.do(*lines)
        board.perform("run")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None, "the end of the computation")
        head(run).playing = False
        run.seek(0.0)
        yield it, run


def head(run: RunScreen) -> Playhead:
    assert run.playhead is not None
    return run.playhead


def view(run: RunScreen) -> RunInView:
    assert run.view is not None
    return run.view


def text_of(run: RunScreen, selector: str) -> str:
    return str(run.query_one(selector).render())


# Time


async def test_step_by_step_and_typed_moments(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        times = view(run).recording.times
        await it.keys("full_stop", "full_stop", "full_stop")
        assert head(run).time == times[2]
        await it.keys("comma")
        assert head(run).time == times[1]
        await it.type("step back")
        assert head(run).time == times[0]
        await it.keys("comma", "comma")
        assert head(run).time == 0.0
        await it.type("at 7 s")
        assert head(run).time == 7.0
        await it.type("at 0:03")
        assert head(run).time == 3.0
        await it.type("at noon")
        assert "write 30 s or 1:05" in run.said
        assert head(run).time == 3.0
        head(run).playing = True
        await it.keys("full_stop")
        assert not head(run).playing


async def test_speed_by_key_by_factor_and_by_place(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        for line, speed in (("speed 4", 4), ("speed x16", 16), ("speed 64x", 64), ("gear 2", 2), ("speed 1", 1)):
            await it.type(line)
            assert head(run).speed == speed
        await it.keys("7")
        assert head(run).speed == SPEEDS[6]
        await it.type("speed 5")
        assert "A speed is 1, 2, 4" in run.said
        assert head(run).speed == SPEEDS[6]


async def test_the_speed_to_begin_with(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        computation = Computation(board.session.level, board.session.board)
        it.app.push_screen(RunScreen(board.session, computation, it.store, speed=16))
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None, "the end of the computation")
        assert head(run).speed == 16


async def test_the_slow_down_is_said_in_the_title_and_can_be_switched_off(tmp_path: Path) -> None:
    async with watching(tmp_path, size=LARGE) as (it, run):
        await it.type("speed 16")
        await it.keys("a")
        assert head(run).time == pytest.approx(view(run).alerts[0].since, abs=0.01)
        assert "4× slowed from 16×" in text_of(run, "#title-right")
        await it.keys("d")
        assert "slowed" not in text_of(run, "#title-right")
        assert head(run).pace == 16
        await it.type("slow-down on")
        assert head(run).pace == 4
        await it.type("slow-down maybe")
        assert "on or slow-down off" in run.said


async def test_the_playhead_is_dragged_along_the_scrubber(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        scrubber = run.query_one(Scrubber)
        y, width = scrubber.region.y, scrubber.size.width
        await it.pilot.mouse_down(offset=(scrubber.region.x, y))
        await it.pilot.pause()
        assert head(run).time == 0.0
        await it.pilot.hover(offset=(scrubber.region.x + width // 2, y))
        await it.pilot.pause()
        assert head(run).time == pytest.approx(head(run).length / 2, rel=0.02)
        await it.pilot.mouse_up(offset=(scrubber.region.x + width // 2, y))
        await it.pilot.hover(offset=(scrubber.region.x + 5, y))
        await it.pilot.pause()
        assert head(run).time == pytest.approx(head(run).length / 2, rel=0.02)


# Events and bookmarks


async def test_from_event_to_event_and_back(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        times = sorted({event.time for event in view(run).events})
        assert len(times) >= 3
        seen = []
        for _ in times:
            await it.keys("n")
            seen.append(head(run).time)
        assert seen == pytest.approx(times, abs=0.01)
        assert all(a >= b for a, b in zip(seen, times, strict=True))
        await it.keys("n")
        assert "Nothing more happens" in run.said
        await it.keys("N")
        assert head(run).time == seen[-2]
        await it.type("event back")
        assert head(run).time == seen[-3]
        await it.type("event")
        assert head(run).time == seen[-2]


async def test_what_fires_is_said_with_since_when(tmp_path: Path) -> None:
    async with watching(tmp_path, size=LARGE) as (it, run):
        await it.type("alert")
        assert "the first alert" in run.said
        alert = view(run).alerts[0]
        told = text_of(run, "#event-line")
        assert alert.text in told
        assert "firing" in told
        assert "since" in told
        await it.keys("home")
        assert "firing" not in text_of(run, "#event-line")


async def test_the_list_of_events_leads_to_a_moment(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        await it.keys("l")
        sheet = await it.reach(EventsScreen)
        assert [entry.time for entry in sheet.entries] == sorted(entry.time for entry in run.entries())
        kinds = {entry.kind for entry in sheet.entries}
        assert {"page", "warning", "lost"} <= kinds
        target = sheet.entries[1].time
        await it.keys("down", "enter")
        assert it.app.screen is run
        assert head(run).time == pytest.approx(target, abs=0.01)
        await it.type("events alerts")
        sheet = await it.reach(EventsScreen)
        assert {entry.kind for entry in sheet.entries} <= {"page", "warning"}
        await it.keys("y")
        assert it.app.clipboard.splitlines()[0].split()[1] in ("page", "warning")
        assert len(it.app.clipboard.splitlines()) == len(sheet.entries)
        first = sheet.entries[0].time
        await it.type("go 1")
        assert it.app.screen is run
        assert head(run).time == pytest.approx(first, abs=0.01)


async def test_the_list_of_events_by_mouse(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        await it.click("#tool-events")
        sheet = await it.reach(EventsScreen)
        await it.click(OptionList, (4, 0))
        assert it.app.screen is run
        assert head(run).time == pytest.approx(sheet.entries[0].time, abs=0.01)


async def test_the_list_says_what_is_wrong_and_narrows(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        await it.type("events bookmark")
        assert it.app.screen is run
        assert 'did you mean "bookmarks"' in run.said
        await it.keys("l")
        sheet = await it.reach(EventsScreen)
        everything = len(sheet.entries)
        await it.keys("tab")
        assert sheet.group == "alerts"
        assert 0 < len(sheet.entries) < everything
        await it.type("show bookmarks")
        assert sheet.entries == ()
        assert "Nothing of that kind" in screen_text(it.app)
        await it.keys("enter")
        await it.type("go 99")
        assert it.on(EventsScreen) is sheet
        await it.keys("escape")
        assert it.app.screen is run


async def test_bookmarks_are_set_cleared_named_and_come_back(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        await it.type("at 4 s")
        await it.keys("m")
        await it.type("at 8 s")
        await it.type("bookmark the end of it")
        assert [(mark.time, mark.name) for mark in run.bookmarks] == [(4.0, ""), (8.0, "the end of it")]
        await it.keys("M")
        assert head(run).time == pytest.approx(4.0, abs=0.01)
        await it.keys("M")
        assert head(run).time == pytest.approx(8.0, abs=0.01)
        await it.type("bookmarks")
        sheet = await it.reach(EventsScreen)
        assert [entry.text for entry in sheet.entries] == ["bookmark", "the end of it"]
        await it.keys("escape")
        seed = run.seed
        await it.keys("s")
        assert run.bookmarks == ()
        await it.type(f"seed {seed + 1}")
        assert len(run.bookmarks) == 2
    async with watching(tmp_path) as (it, run):
        await it.type(f"seed {seed + 1}")
        assert [mark.time for mark in run.bookmarks] == [4.0, 8.0]
        head(run).playing = False
        await it.type("at 4 s")
        await it.keys("m")
        assert [mark.time for mark in run.bookmarks] == [8.0]
    async with watching(tmp_path, "set kiosk size=large") as (it, run):
        await it.type(f"seed {seed + 1}")
        assert run.bookmarks == ()


# Seeds and other computations


async def test_any_seed_can_be_watched_and_the_play_seeds_decide(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        outcome, played = run.outcome, run.computation
        await it.type("seed any 12345")
        await it.until(lambda: run.computation is not played, "the other seed")
        assert run.computation.seeds == (12345,)
        assert run.seed == 0
        assert "seed 12345" in text_of(run, "#title-right")
        assert run.outcome is outcome
        await it.keys("s")
        assert run.computation is played
        await it.type("seed 2")
        assert run.seed == 1
        await it.type(f"seed any {played.seeds[2]}")
        assert (run.computation, run.seed) == (played, 2)
        await it.type("seed 9")
        assert "play seeds 1 to 3" in run.said
        for wrong in ("seed any", "seed any -1", "seed any 99999999999999999999", "seed any ²"):
            await it.type(wrong)
            assert "whole number" in run.said
        assert len(it.store.attempts("tiny")) == 1


async def test_another_computation_is_taken_and_judged(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        first, level = run.outcome, run.computation.level
        other = Computation(level, run.computation.board)
        head(run).playing = False
        run.take(other, 5.0)
        await it.until(lambda: run.computation is other, "the other computation")
        assert head(run).time == 5.0
        assert not head(run).playing
        assert run.outcome is not first
        assert run.outcome is run.session.last
        # It is still the same attempt, kept as it has become.
        (kept,) = it.store.attempts("tiny")
        assert run.outcome is not None
        assert kept.objectives == run.outcome.attempt.objectives
        assert it.store.standings()["tiny"].losses == 1
        await it.keys("enter")
        await it.reach(ResultScreen)


# What is watched


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_part_is_watched_by_key_by_click_and_typed(tmp_path: Path, size: tuple[int, int]) -> None:
    async with watching(tmp_path, size=size) as (it, run):
        canvas = run.query_one(BoardCanvas)
        await it.type("at 8 s")
        assert run.selected == ""
        await it.keys("tab", "tab")
        assert (run.selected, canvas.selected) == ("kiosk", "kiosk")
        assert "can do" in screen_text(it.app)
        assert "waiting" in screen_text(it.app)
        await it.keys("shift+tab")
        assert run.selected == "people"
        rect, (x, y) = canvas.picture.cards["kiosk"], canvas._first or (0, 0)
        await it.click("#run-canvas", (rect.x + 2 - x, rect.y + 1 - y))
        assert run.selected == "kiosk"
        await it.type("watch people")
        assert (run.selected, canvas.selected) == ("people", "people")
        await it.type("watch peopel")
        assert 'did you mean "people"' in run.said
        await it.type("watch")
        assert run.selected == ""


async def test_the_line_of_a_part_is_of_the_moment(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        await it.type("watch kiosk")
        await it.type("at 10 s")
        recording = view(run).recording
        late = recording.components["kiosk"].queue[recording.at(10.0)]
        assert f"waiting {int(late)}" in text_of(run, "#watched-line")
        await it.keys("home")
        early = recording.components["kiosk"].queue[0]
        assert int(early) != int(late)
        assert f"waiting {int(early)}" in text_of(run, "#watched-line")


# Losses


async def test_a_run_that_was_lost_before_it_began_is_watched_whole(tmp_path: Path) -> None:
    async with watching(tmp_path, "set kiosk size=large") as (it, run):
        stop = view(run).stop
        assert stop is not None
        assert stop.time == 0.0
        assert run.query_one(Note).text == stop.sentence
        await it.type("speed 64")
        await it.keys("space")
        await it.until(lambda: head(run).ended, "the end of the run")
        assert "That was the run" in run.said


# All of it


async def test_a_paused_picture_stands_still(tmp_path: Path) -> None:
    async with watching(tmp_path) as (it, run):
        await it.type("at 6 s")
        drawn: list[Frame | None] = []
        canvas = run.query_one(BoardCanvas)
        show = canvas.show_frame

        def counted(frame: Frame | None) -> None:
            drawn.append(frame)
            show(frame)

        canvas.show_frame = counted  # type: ignore[method-assign]
        for _ in range(5):
            run._tick()
        assert drawn == []
        await it.keys("full_stop")
        assert len(drawn) == 1


async def test_everything_can_be_typed_while_nothing_is_computed_yet(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        computation = Computation(board.session.level, board.session.board)
        computation.advance = lambda budget: False  # type: ignore[method-assign]
        it.app.push_screen(RunScreen(board.session, computation, it.store))
        run = await it.reach(RunScreen)
        for action in ROWS:
            run.obey(action.command)
            assert it.app.screen is run
        assert run.playhead is None
        assert "Still computing" in run.said


@pytest.mark.parametrize("screen", [RunScreen, EventsScreen])
def test_every_action_of_the_screen_has_a_method_and_a_command(screen: type[GameScreen]) -> None:
    for action in actions.of(screen.PLACE):
        assert callable(getattr(screen, action.method, None)), action.id
        assert action.command or action.id == "line"
