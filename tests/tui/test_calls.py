"""What to do about calls that fail, set by typed line and by sheet on a small screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.edit import EditScreen
from tests.tui.playing import SMALL, game, screen_text

FOLDER = Path(__file__).parents[2] / "levels" / "03-essentials"


@cache
def charged() -> Level:
    return load(FOLDER / "02-charged-twice.yaml", kinds())


async def test_keys_are_set_by_line_and_by_sheet(tmp_path: Path) -> None:
    async with game(tmp_path, "charged-twice", SMALL, Catalogue.of((charged(),))) as it:
        board = await it.board()

        def kept() -> tuple[object, object]:
            settings = board.session.board.components["bank"].settings
            return settings["key.kept"], settings["key.expiry"]

        await it.type("set bank key.kept=with state key.expiry=10s")
        assert kept() == ("with state", 10.0)
        assert "key.kept none → with state" in board.said
        await it.type("set bank key.kept=with stat")
        assert kept() == ("with state", 10.0)
        assert "with state" in board.said
        await it.type("undo")
        assert kept() == ("none", 86_400.0)
        await it.type("select bank")
        await it.keys("e")
        sheet = await it.reach(EditScreen)
        assert "key.kept" in screen_text(it.app)
        assert "key.expiry" in screen_text(it.app)
        await it.keys("right", "enter")
        assert kept()[0] == "apart", sheet
