"""The game in a test: a tiny level, saves in a folder of the test's own, and waiting for what should happen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.progress.store import Store
from scalegame.tui.app import ScalegameApp
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.watch import computation
from tests.tui.touch import Touch, key_event, written

SMALL, LARGE = (80, 24), (120, 40)
WINNING = ("add balancer", "rewire people -> balancer -> kiosk", "set kiosk replicas=3")
S = TypeVar("S", bound=GameScreen)


@cache
def tiny() -> Level:
    return load(Path(__file__).parent / "tiny.yaml", kinds())


def levels() -> tuple[Level, ...]:
    """Two chapters: the tiny level, a copy of it, and one behind a lock."""
    level = tiny()
    return (
        level,
        replace(level, id="tiny-too", title="Tiny too", position=2),
        replace(level, id="later", title="Later", chapter=2, chapter_title="Larger things", position=1),
    )


class Game:
    """A running game, driven from outside."""

    def __init__(self, app: ScalegameApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def store(self) -> Store:
        return self.app.store

    def on(self, kind: type[S]) -> S:
        """The screen that is shown, which must be of that kind."""
        screen = self.app.screen
        assert isinstance(screen, kind), f"on {type(screen).__name__}, not on {kind.__name__}"
        return screen

    async def until(self, true: Callable[[], bool], what: str = "what was waited for") -> None:
        for _ in range(1000):
            if true():
                await self.pilot.pause()
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"never came: {what}")

    async def reach(self, kind: type[S]) -> S:
        await self.until(lambda: isinstance(self.app.screen, kind), kind.__name__)
        return self.on(kind)

    async def board(self) -> BoardScreen:
        """The board of the level that is being opened; its briefing is left."""
        await self.until(lambda: isinstance(self.app.screen, BriefingScreen | BoardScreen), "a level")
        if isinstance(self.app.screen, BriefingScreen):
            await self.keys("enter")
        return await self.reach(BoardScreen)

    async def ran(self) -> RunScreen:
        """The run that was begun, computed."""
        run = await self.reach(RunScreen)
        await self.until(lambda: run.outcome is not None, "the end of the computation")
        return run

    async def keys(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Types a line, as a player does: colon, text, Enter; what comes of it is waited for and drawn."""
        touch = Touch(self)
        await touch.begin(key_event("colon"))
        await written(self.app, text)
        await touch.key("enter")

    async def click(self, selector: str | type[Widget], offset: tuple[int, int] = (0, 0)) -> None:
        await self.pilot.click(selector, offset=offset)
        await self.pilot.pause()


def one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is made on one play seed instead of three, where a test is about hands and screens, not about luck."""
    monkeypatch.setattr(computation, "PLAY_SEEDS", 1)


@asynccontextmanager
async def game(
    folder: Path, level: str | None = None, size: tuple[int, int] = SMALL, catalogue: Catalogue | None = None
) -> AsyncIterator[Game]:
    """The game with the tiny levels, its saves in `folder`."""
    store = Store(folder / "progress.sqlite3")
    app = ScalegameApp(level, store, catalogue or Catalogue.of(levels()))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Game(app, pilot)
    store.close()


def screen_text(app: ScalegameApp) -> str:
    """The screen as plain text."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in strip)[:width].rstrip() for strip in strips[:height])
