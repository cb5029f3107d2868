"""Machines that come and go by themselves: set by typed line and by sheet on a small screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scalegame.components import kinds
from scalegame.design.model import Component
from scalegame.design.parameters.scaling import SCALING
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.edit import EditScreen
from scalegame.tui.widgets.inspector import _folded
from tests.scenarios import service
from tests.tui.playing import SMALL, game, screen_text

FOLDER = Path(__file__).parents[2] / "levels" / "05-services"


@cache
def lunch() -> Level:
    return load(FOLDER / "03-lunch-rush.yaml", kinds())


async def test_a_schedule_is_set_by_line_and_by_sheet(tmp_path: Path) -> None:
    async with game(tmp_path, "lunch-rush", SMALL, Catalogue.of((lunch(),))) as it:
        board = await it.board()

        def kept() -> Component:
            return board.session.board.components["menus"]

        await it.type('set menus scaling.by=cpu and schedule scaling.schedule="at 16 s: 6, at 70s: 2"')
        assert kept().settings["scaling.by"] == "cpu and schedule"
        assert kept().settings["scaling.schedule"] == "at 16 s: 6, at 70 s: 2"
        await it.type("set menus scaling.schedule=at noon")
        assert kept().settings["scaling.schedule"] == "at 16 s: 6, at 70 s: 2"
        assert "at 40 s: 6" in board.said
        await it.type("select menus")
        await it.keys("e")
        sheet = await it.reach(EditScreen)
        names = [parameter.name for parameter, _ in sheet.rows]
        await it.keys(*["down"] * names.index("scaling.schedule"), "t")
        await it.keys(*["space" if c == " " else c for c in "at 20 s"], "colon", "space", "3", "enter")
        assert "at 20 s: 3" in screen_text(it.app)
        await it.keys("enter")
        assert kept().settings["scaling.schedule"] == "at 20 s: 3"


def test_a_topic_that_is_left_as_it_comes_is_one_line() -> None:
    assert len(_folded(service(), kinds()["service"].parameters)["scaling"]) == len(SCALING)
    assert "scaling" not in _folded(service(scaling__by="cpu"), kinds()["service"].parameters)
