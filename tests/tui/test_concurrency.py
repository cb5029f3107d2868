"""Locks, fans and full queues as they are set and seen on a small screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scalegame.components import kinds
from scalegame.levels.sandbox import Sandbox, sandbox
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.edit import EditScreen
from tests.tui.playing import SMALL, game, screen_text


@cache
def box() -> Sandbox:
    return sandbox(kinds())


async def test_what_a_full_queue_does_is_set_by_line_and_by_sheet(tmp_path: Path) -> None:
    async with game(tmp_path, "sandbox", SMALL, Catalogue.of((box(),))) as it:
        board = await it.board()

        def full() -> object:
            return board.session.board.components["queue"].settings["full"]

        await it.type("add queue")
        assert full() == "refuse"
        await it.type("set queue full=wait")
        assert full() == "wait"
        assert "full refuse → wait" in board.said
        await it.type("set queue full=stop")
        assert full() == "wait"
        assert "refuse" in board.said
        await it.type("undo")
        assert full() == "refuse"
        await it.type("select queue")
        await it.keys("e")
        await it.reach(EditScreen)
        assert "full" in screen_text(it.app)
        await it.keys("down", "right", "enter")
        assert full() == "wait"
