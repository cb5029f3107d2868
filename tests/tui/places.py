"""Every screen and sheet of the game, and how one comes to each of them from the board by typed lines."""

from __future__ import annotations

import importlib
import pkgutil

from scalegame.tui import actions, screens
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.distribution import DistributionScreen
from scalegame.tui.screens.run import RunScreen
from tests.tui.playing import SMALL, Game
from tests.tui.touch import Touch

Way = tuple[str, ...]

#: From the board to the places that are not sheets.
_WAYS: dict[str, Way] = {
    actions.LEVELS: ("back",),
    actions.BRIEFING: ("brief",),
    actions.BOARD: (),
    actions.RUN: ("run",),
    actions.RESULT: ("run", "result"),
}
#: Commands that open a sheet of another name.
_OPENS = {"follow": actions.TRACE}


def ways() -> dict[tuple[str, Way], Way]:
    """Every place, each with every screen from which it is opened: (place, way to there) and the way to it."""
    found: dict[tuple[str, Way], Way] = {}
    for host, way in _WAYS.items():
        found[host, way] = way
        for action in actions.of(host):
            place = _OPENS.get(action.command, action.command)
            if place in actions.SCREENS and place not in _WAYS:
                found[place, way] = (*way, action.command)
    return found


def kinds() -> dict[str, type[GameScreen]]:
    """The class of each screen that has a place in the table."""
    for module in pkgutil.iter_modules(screens.__path__):
        importlib.import_module(f"{screens.__name__}.{module.name}")
    found: dict[str, type[GameScreen]] = {}
    waiting = list(GameScreen.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("scalegame.") and "PLACE" in kind.__dict__:
            found[kind.PLACE] = kind
    return found


async def to_board(it: Game) -> BoardScreen:
    """Back to the board of the tiny level, whatever is shown, in a small window."""
    app = it.app
    await Touch(it).resize(*SMALL)
    while len(app.screen_stack) > 2:
        app.pop_screen()
    await Touch(it).settle()
    listed = app.screen
    assert isinstance(listed, GameScreen)
    listed.obey("play tiny")
    await it.until(lambda: any(isinstance(s, BoardScreen) for s in app.screen_stack), "the board")
    await Touch(it).settle()
    while not isinstance(app.screen, BoardScreen):
        app.pop_screen()
        await Touch(it).settle()
    return app.screen


async def follow(it: Game, way: Way, *, still: bool = False, patient: bool = True) -> None:
    """Types the lines that lead from the board to a place; what a run comes to is waited for.

    Args:
        it: The game, on the board.
        way: The lines.
        still: Whether time is stopped in the middle of a run before anything is opened over it.
        patient: Whether the twenty runs of a distribution are waited for.
    """
    if "run" in way or actions.DISTRIBUTION in way:
        # Whatever was done to the board: as it was found it can be run.
        it.on(BoardScreen).obey("undo all")
    for line in way:
        before = it.app.screen
        assert isinstance(before, GameScreen)
        before.obey(line)
        await it.until(lambda was=before: it.app.screen is not was, f"what {line!r} opens")  # type: ignore[misc]
        run = it.app.screen
        if patient and isinstance(run, DistributionScreen):
            await it.until(lambda sheet=run: sheet.sampling.done, "the runs of a distribution")  # type: ignore[misc]
        if isinstance(run, RunScreen):
            await it.until(lambda run=run: run.outcome is not None, "the end of a run")  # type: ignore[misc]
            if still and run.playhead is not None:
                run.playhead.playing = False
                run._phase = 0.0  # how far the marks on the wires came until then is the machine's affair
                run.seek(run.playhead.length / 2)
