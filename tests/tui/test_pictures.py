"""What the screens look like, in plain text, at the two sizes that matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.edit import EditScreen
from scalegame.tui.screens.help import HelpScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from tests.tui.playing import LARGE, SMALL, WINNING, game, screen_text

pytestmark = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


async def test_levels_and_briefing(tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with game(tmp_path, size=size) as it:
        await it.reach(LevelsScreen)
        assert screen_text(it.app) == snapshot(name="levels")
        await it.keys("enter")
        await it.reach(BriefingScreen)
        assert screen_text(it.app) == snapshot(name="briefing")


async def test_board(tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with game(tmp_path, "tiny", size) as it:
        await it.reach(BriefingScreen)
        await it.keys("enter")
        await it.reach(BoardScreen)
        await it.type(WINNING[0])
        await it.type(WINNING[1])
        await it.keys("right")
        assert screen_text(it.app) == snapshot(name="board")
        await it.keys("d")
        assert screen_text(it.app) == snapshot(name="details")
        await it.keys("d", "e")
        assert isinstance(it.app.screen, EditScreen)
        await it.keys("right")
        assert screen_text(it.app) == snapshot(name="edit")
        await it.keys("escape", "question_mark")
        assert isinstance(it.app.screen, HelpScreen)
        assert screen_text(it.app) == snapshot(name="help")


async def test_run_and_result(tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with game(tmp_path, "tiny", size) as it:
        await it.reach(BriefingScreen)
        await it.keys("enter")
        await it.reach(BoardScreen)
        await it.keys("space")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None, "the end of the computation")
        assert run.playhead is not None
        run.playhead.playing = False
        # Everything that depends on how fast this machine is, is set.
        run._phase, run.playhead.beyond = 0.0, True
        run.say("")
        run.seek(8.0)
        await it.pilot.pause()
        assert screen_text(it.app) == snapshot(name="run")
        await it.keys("enter")
        await it.reach(ResultScreen)
        assert screen_text(it.app) == snapshot(name="result")
