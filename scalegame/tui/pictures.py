"""Pictures of the game, taken by the game: `python -m scalegame.tui.pictures [FOLDER]` writes them as SVG.

The README shows them, and they are kept with the codex. They play a shipped level with its play seeds, so
they change only when the game does.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.screen import Screen

from scalegame.progress.store import Store
from scalegame.tui.app import ScalegameApp
from scalegame.tui.messages import OpenLevel
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.setup.settings import Settings

#: Wide enough for the whole board beside the column that tells of a part.
SIZE = (124, 32)
LEVEL = "two-is-company"
#: A design that wins the level, and a moment at which there is something to see.
DESIGN = ("add balancer as lb", "rewire skiers -> lb -> web", "set web replicas=2")
MOMENT = 64.0
WINNING = ("set web replicas=3",)
S = TypeVar("S", bound=Screen[Any])
#: The picture shows whatever monospace font is there, and asks no other machine for one.
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}\s*")


async def take(folder: Path) -> list[Path]:
    """Plays the level and takes four pictures: levels, board, run, result.

    Returns:
        The files.
    """
    with tempfile.TemporaryDirectory() as saves:
        store = Store(Path(saves) / "progress.sqlite3")
        # Whatever the terminal can show that they are taken on.
        app = ScalegameApp(None, store, settings=Settings(colours="true", glyphs="unicode"))
        async with app.run_test(size=SIZE) as pilot:
            found = [await _shoot(app, folder / "levels.svg")]
            app.post_message(OpenLevel(LEVEL))
            await _reach(pilot, app, BriefingScreen)
            await pilot.press("enter")
            await _reach(pilot, app, BoardScreen)
            for line in DESIGN:
                await _type(pilot, line)
            await pilot.press("tab")
            found.append(await _shoot(app, folder / "board.svg"))
            found.append(await _run(pilot, app, folder / "run.svg"))
            await pilot.press("escape")
            await _reach(pilot, app, BoardScreen)
            for line in WINNING:
                await _type(pilot, line)
            await _run(pilot, app, None)
            await pilot.press("enter")
            await _reach(pilot, app, ResultScreen)
            found.append(await _shoot(app, folder / "result.svg"))
        store.close()
    return found


async def _run(pilot: Pilot[int], app: ScalegameApp, path: Path | None) -> Path:
    """Runs the board, and takes a picture at the moment."""
    await pilot.press("space")
    screen = await _reach(pilot, app, RunScreen)
    while screen.outcome is None or screen.playhead is None:
        await pilot.pause(0.05)
    screen.playhead.playing = False
    screen.playhead.beyond = True
    screen.seek(MOMENT)
    await pilot.pause()
    return Path() if path is None else await _shoot(app, path)


async def _type(pilot: Pilot[int], line: str) -> None:
    await pilot.press("colon", *line, "enter")
    await pilot.pause()


async def _reach(pilot: Pilot[int], app: ScalegameApp, kind: type[S]) -> S:
    while not isinstance(app.screen, kind):
        await pilot.pause(0.05)
    await pilot.pause()
    return app.screen


async def _shoot(app: ScalegameApp, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = _FONTS.sub("", app.export_screenshot(title="scalegame"))
    path.write_text(picture.replace("Fira Code", "monospace"), encoding="utf-8")
    return path


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "codex" / "pictures"
    for file in asyncio.run(take(target)):
        print(file)
