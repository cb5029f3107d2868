"""Ten thousand random actions over every screen and sheet: nothing breaks, and everything can be undone."""

from __future__ import annotations

from collections import deque
from itertools import islice
from pathlib import Path

import pytest
from textual import screen as textual_screen

from scalegame.design import edits
from scalegame.tui.app import ScalegameApp
from scalegame.tui.board.session import Session
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.small import TooSmallScreen
from tests.tui.places import follow, to_board, ways
from tests.tui.playing import game
from tests.tui.rough import Rough, do, roughs
from tests.tui.touch import Hurried, Touch

#: Tests, walks in each, and actions in each walk: ten thousand in all.
SEEDS, WALKS, STEPS = 10, 5, 200
#: The board is looked at after so many.
LOOK = 25


def check(app: ScalegameApp) -> None:
    """Nothing was raised; the board is what its history says; what is drawn is what is there."""
    assert app._exception is None, app._exception
    for screen in app.screen_stack:
        if isinstance(screen, BoardScreen):
            session = screen.session
            again = Session(session.level, [session.saved()])
            assert again.notice == ""
            assert edits.same(again.board, session.board)
            assert again.steps == session.steps
            if screen.is_mounted and screen.size:
                assert set(screen.canvas.picture.cards) == set(session.board.components)


def check_undo(app: ScalegameApp) -> None:
    """Undoing all leads to the start, and doing it again to where we are."""
    for screen in app.screen_stack:
        if isinstance(screen, BoardScreen):
            session, rules = screen.session, screen.session.level.rulebook
            now, saved = session.board, session.saved()
            session.undo(10**6)
            assert edits.same(session.board, edits.apply_all(session.level.found, saved.base, rules))
            session.redo(len(saved.done))
            assert edits.same(session.board, now)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_random_actions_break_nothing(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # The way out of the game is closed, and nothing is written outside the test's folder.
    monkeypatch.setattr(ScalegameApp, "exit", lambda *_, **__: None)
    monkeypatch.setattr(ScalegameApp, "action_suspend_process", lambda *_: None)
    monkeypatch.setattr(ScalegameApp, "open_url", lambda *_, **__: None)
    # Two pictures a second are enough to be looked at by nobody, and leave time for more actions.
    monkeypatch.setattr(textual_screen, "UPDATE_PERIOD", 0.5)
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    there, tail, done = list(ways().values()), deque[Rough](maxlen=40), 0
    try:
        async with game(tmp_path, "tiny") as it:
            touch, random = Hurried(it), roughs(seed)
            for walk in range(WALKS):
                way = there[(seed * WALKS + walk) % len(there)]
                tail.append(("start", way))
                await to_board(it)
                await follow(it, way, patient=False)
                for rough in islice(random, STEPS):
                    tail.append(rough)
                    await do(touch, rough)
                    done += 1
                    if done % LOOK == 0 or it.app._exception is not None:
                        await Touch(it).settle()
                        check(it.app)
                check_undo(it.app)
            assert (
                not isinstance(it.app.screen, TooSmallScreen) or it.app.size.width < 80 or it.app.size.height < 24
            )
    except BaseException as error:
        error.add_note(f"seed {seed}, after {done} actions; the last of them:\n" + "\n".join(map(str, tail)))
        raise
