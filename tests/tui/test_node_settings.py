"""What can be set inside a machine, by typed line and by sheet, on the smallest screen."""

from __future__ import annotations

from pathlib import Path

from scalegame.components import kinds
from scalegame.levels.sandbox import sandbox
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.edit import EditScreen
from scalegame.tui.screens.levels import LevelsScreen
from tests.tui.playing import SMALL, Game, game, levels, screen_text


async def board_of(it: Game, *lines: str) -> BoardScreen:
    await it.until(lambda: not isinstance(it.app.screen, LevelsScreen), "a level")
    if isinstance(it.app.screen, BriefingScreen):
        await it.keys("enter")
    board = await it.reach(BoardScreen)
    for text in lines:
        assert board.edit(text), board.said
    await it.pilot.pause()
    return board


async def test_a_typed_line_sets_cores_memory_and_collections(tmp_path: Path) -> None:
    async with game(tmp_path, "sandbox", SMALL, Catalogue.of((*levels(), sandbox(kinds())))) as it:
        board = await board_of(it, "add hikers", "add weather", "wire hikers -> weather")
        assert board.edit(
            "set weather cores.order=shared switch.cost=0.2ms memory.per_call=1MB collect.every=1GB"
        ), board.said
        assert board.edit("set weather collect.pause={exponential: 80 ms} memory.base=200MB memory.restart=3s")
        found = board.session.board.components["weather"].settings
        assert (found["cores.order"], found["switch.cost"]) == ("shared", 0.0002)
        assert (found["memory.per_call"], found["memory.base"], found["memory.restart"]) == (1e6, 2e8, 3.0)
        assert found["collect.every"] == 1e9
        assert not board.edit("set weather switch.cost=2ms"), "the largest is 1 ms"
        assert "between 0 s and 1 ms" in str(board.said)


async def test_the_sheet_steps_through_the_orders_of_work(tmp_path: Path) -> None:
    async with game(tmp_path, "sandbox", SMALL, Catalogue.of((*levels(), sandbox(kinds())))) as it:
        board = await board_of(it, "add hikers", "add weather", "wire hikers -> weather")
        while board.session.selected != "weather":
            await it.keys("tab")
        board.obey("edit cores.order")
        await it.reach(EditScreen)
        await it.pilot.pause()
        await it.until(lambda: "cores.order" in screen_text(it.app), "the row that was asked for")
        await it.keys("right", "right", "enter")
        await it.reach(BoardScreen)
        assert board.session.board.components["weather"].settings["cores.order"] == "priority"
