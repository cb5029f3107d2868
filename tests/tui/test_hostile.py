"""What strangers write into levels and players call their boards is text on every screen, and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels.load import load
from scalegame.tui import actions
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.dialogs import QuestionScreen
from tests.tui.places import follow, to_board, ways
from tests.tui.playing import SMALL, game, screen_text, tiny
from tests.tui.touch import Touch

MARKS = "[/x] [red] [@click=app.quit]"


def hostile() -> Catalogue:
    """The tiny level, with markup wherever its author has a word."""
    level = tiny()
    projects = {id: replace(one, says=f"{MARKS} {one.says}") for id, one in level.rulebook.projects.items()}
    written = replace(
        level,
        title=f"[/x] {level.title}",
        chapter_title=f"[/x] {level.chapter_title}",
        brief=f"{MARKS}\n{level.brief}",
        debrief=f"{MARKS}\n{level.debrief}",
        hints=tuple(f"{MARKS} {hint}" for hint in level.hints),
        rulebook=replace(level.rulebook, projects=projects),
    )
    return Catalogue.of((written,))


@pytest.mark.parametrize("place", actions.SCREENS)
async def test_markup_is_text_on_every_screen(tmp_path: Path, place: str) -> None:
    way = next(way for (there, _), way in ways().items() if there == place)
    async with game(tmp_path, "tiny", SMALL, hostile()) as it:
        board = await to_board(it)
        board.obey("save [/x] [red]")
        await follow(it, way)
        await Touch(it).settle()
        assert it.app._exception is None
        if place in (actions.LEVELS, actions.BRIEFING, actions.BOARD, actions.RUN):
            assert "[/x]" in screen_text(it.app)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("projects", "[/x] [red]"),
        ("hint", "[/x] [red]"),
        ("load", "[red] board"),
        ("forget [red] board", "[red] board"),
    ],
)
async def test_markup_is_text_in_windows(tmp_path: Path, line: str, shown: str) -> None:
    async with game(tmp_path, "tiny", SMALL, hostile()) as it:
        board = await to_board(it)
        board.obey("save [red] board")
        assert "[red] board" in board.said
        board.obey(line)
        await Touch(it).settle()
        assert it.app._exception is None
        assert shown in screen_text(it.app)


async def test_messages_that_pop_up_are_text(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny", SMALL, hostile()) as it:
        board = await to_board(it)
        it.app._open("[/x].yaml")
        it.app.cast = None
        it.app._recording_ended("[/x]")
        await Touch(it).settle()
        assert it.app._exception is None
        assert it.app.screen is board
        assert "[/x]" in screen_text(it.app)


async def test_a_deleted_board_was_called_what_it_was_called(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny", SMALL) as it:
        board = await to_board(it)
        board.obey("save [/x]")
        board.obey("forget [/x]")
        await it.reach(QuestionScreen)
        assert "[/x]" in screen_text(it.app)
        await it.keys("y")
        assert board.said == "[/x] is deleted."


@pytest.mark.parametrize("bad", ["\x1b[2J", "\u202e", "\x07"])
def test_a_level_cannot_send_commands_to_a_terminal(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "tiny.yaml"
    shutil.copy(Path(__file__).parent / "tiny.yaml", path)
    path.write_text(path.read_text("utf-8").replace("title: Tiny", f"title: Tiny{bad}"), "utf-8")
    with pytest.raises(ScalegameError):
        load(path, kinds())
