"""What a cache does when it is full, when copies are old and when something is written, set on a small screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.levels.sandbox import sandbox
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.edit import EditScreen
from tests.tui.playing import SMALL, game, levels, screen_text

FOLDER = Path(__file__).parents[2] / "levels" / "06-caching"


@cache
def stampede() -> Level:
    return load(FOLDER / "02-stampede.yaml", kinds())


async def test_the_cures_are_set_by_line_and_by_sheet(tmp_path: Path) -> None:
    async with game(tmp_path, "stampede", SMALL, Catalogue.of((stampede(),))) as it:
        board = await it.board()

        def now(name: str) -> object:
            return board.session.board.components["copies"].settings[name]

        await it.type("set copies fills=one at a time jitter=50%")
        assert (now("fills"), now("jitter")) == ("one at a time", 0.5)
        await it.type("set copies fills=one at time")
        assert "one at a time" in board.said
        await it.type("undo")
        assert (now("fills"), now("jitter")) == ("each", 0.0)
        await it.type("select copies")
        await it.keys("e")
        sheet = await it.reach(EditScreen)
        at = next(i for i, (parameter, _) in enumerate(sheet.rows) if parameter.name == "fills")
        for _ in range(at - sheet.at):
            await it.keys("down")
        assert "fills" in screen_text(it.app)
        await it.keys("right", "enter")
        assert now("fills") == "one at a time"


async def test_everything_a_cache_can_do_is_in_the_sandbox(tmp_path: Path) -> None:
    async with game(tmp_path, "sandbox", SMALL, Catalogue.of((*levels(), sandbox(kinds())))) as it:
        board = await it.board()
        for line in (
            "add cache",
            "set cache mode=write behind behind.every=200ms behind.most=50 nodes=3",
            "set cache evicts=lfu ttl=5s jitter=20% fills=early early=2 full_at_start=40%",
        ):
            assert board.edit(line), board.said
        settings = board.session.board.components["cache"].settings
        assert (settings["mode"], settings["nodes"], settings["behind.every"]) == ("write behind", 3, 0.2)
        assert (settings["evicts"], settings["full_at_start"]) == ("lfu", 0.4)
        assert not board.edit("set cache nodes=21")
        assert "between 1 and 20" in str(board.said)
