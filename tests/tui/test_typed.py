"""Playing with typed lines alone: windows, words, beginnings, files."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.levels.sandbox import sandbox
from scalegame.tui import actions
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.asking import AskScreen, StepScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.codex import CodexScreen
from scalegame.tui.screens.dialogs import ChoiceScreen, QuestionScreen
from scalegame.tui.screens.edit import EditScreen
from scalegame.tui.screens.help import HelpScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.saving import BoardsScreen, CodeScreen
from scalegame.tui.screens.window import WindowScreen
from scalegame.tui.widgets.bars import StatusLine
from scalegame.tui.widgets.note import Note
from tests.tui.places import to_board
from tests.tui.playing import Game, game, levels, screen_text

WINDOWS = {
    "help": HelpScreen,
    "add": ChoiceScreen,
    "projects": ChoiceScreen,
    "edit kiosk": EditScreen,
    "share": CodeScreen,
    "load": BoardsScreen,
    "forget one": QuestionScreen,
}


async def burst(it: Game, text: str) -> None:
    """Keys that come at once, as from a paste into the terminal: nothing is drawn between them."""
    for character in text:
        key = {"\n": "enter", ":": "colon", " ": "space"}.get(character, character)
        it.app.post_message(events.Key(key, None if character == "\n" else character))
    for _ in range(5):
        await it.pilot.pause()


def pressed(it: Game, *keys: str) -> None:
    """Keys in one write: none waits for what the one before it has set off."""
    for key in keys:
        it.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_a_key_behind_others_finds_what_they_did(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        pressed(it, "tab", "tab", "x")
        await it.until(lambda: "kiosk" not in board.session.board.components, "the second part is removed")
        assert "people" in board.session.board.components


async def test_keys_for_a_window_wait_until_it_is_there(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        before = set(board.session.board.components)
        pressed(it, "a", "enter", "u", "a", "escape", "question_mark")
        await it.reach(HelpScreen)
        assert set(board.session.board.components) == before
        assert board.session._history.undone, "it was added, and taken back"


async def test_every_window_is_left_by_a_colon(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        board.obey("save one")
        for command, kind in WINDOWS.items():
            await it.type(command)
            await it.reach(kind)  # type: ignore[type-var]
            await it.type("select kiosk")
            assert it.app.screen is board, command
            assert board.session.selected == "kiosk", command
            board.obey("select people")
        assert "one" in [kept.name for kept in it.store.named("tiny")], "the colon said yes"


async def test_nothing_is_lost_of_what_is_typed_at_once(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        await burst(it, ":add\n:add balancer\n:help\n:select kiosk\n")
        assert it.app.screen is board
        assert "balancer" in board.session.board.components
        assert board.session.selected == "kiosk"


async def test_a_colon_is_a_character_where_the_window_takes_text(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await to_board(it)
        await it.type("save")
        asked = await it.reach(AskScreen)  # type: ignore[type-var]
        await it.keys("colon")
        assert it.app.screen is asked
        assert ":" in asked.query_one(Input).value
        await it.keys("escape")
        await it.type("edit kiosk")
        edit = await it.reach(EditScreen)  # type: ignore[type-var]
        await it.keys("t", "colon")
        assert it.app.screen is edit
        assert edit.query_one(Input).value == ":"


@pytest.mark.parametrize("kind", [AskScreen, StepScreen, ChoiceScreen, QuestionScreen, HelpScreen, EditScreen])
def test_windows_have_one_base(kind: type) -> None:
    assert issubclass(kind, WindowScreen)


async def test_typed_pause_only_pauses(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        board.obey("run x1")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.playhead is not None)
        head = run.playhead
        assert head is not None
        head.playing = True
        for line, playing in (
            ("pause", False), ("pause", False), ("resume", True), ("resume", True), ("pause", False),
            ("go on", True), ("pause", False), ("play", True),
        ):  # fmt: skip
            run.obey(line)
            assert head.playing is playing, line
        await it.keys("space")
        assert not head.playing
        await it.keys("space")
        assert head.playing
        for tool in ("#tool-line", "#tool-help"):
            assert run.query_one(tool).region.right <= it.app.size.width
        assert ": type" in screen_text(it.app)
        run.obey("charts")
        await it.until(lambda: it.app.screen is not run)
        await it.pilot.pause()
        assert ": type" in screen_text(it.app)


async def test_the_codex_searches_only_when_it_is_asked_to(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        board.obey("codex keys")
        codex = await it.reach(CodexScreen)
        await it.until(lambda: codex.page == "keys")
        for line in ("scale shop 2", "write lin", "at 15 s", "cache"):
            codex.obey(line)
            await it.pilot.pause()
            assert codex.page == "keys", line
            assert "is not a command here" in codex.said
            assert "close leads back" in codex.said
        codex.obey("page cache")
        await it.until(lambda: codex.page == "kinds/cache")
        codex.obey("clo")
        assert await it.reach(BoardScreen) is board


async def test_beginnings_and_other_words_are_understood(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        board.obey("rem nobody")
        assert 'called "nobody"' in board.said
        board.obey("un")
        assert "undo" in board.said
        assert "unwire" in board.said
        board.obey("brief now")
        assert "takes no words" in board.said
        board.obey("buy faster-till")
        assert board.session.board.projects == ("faster-till",)
        await it.type("buy")
        await it.reach(ChoiceScreen)  # type: ignore[type-var]
        await it.keys("escape")
        board.obey("type")
        assert board.query_one(StatusLine).open_now
        board.leave_line()
        board.obey("ru")
        await it.reach(RunScreen)


@pytest.mark.parametrize("place", actions.SCREENS)
def test_a_beginning_is_never_two_commands(place: str) -> None:
    for word in actions.commands(actions.of(place)):
        for length in range(2, len(word) + 1):
            for found in actions.begun(word[:length], place):
                assert actions.named(found, place) is not None


async def test_wires_settings_and_reasons_as_players_write_them(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        board.obey("connect")
        assert "connect people kiosk" in board.said
        board.obey("unwire people -> kiosk")
        for line in ("add balancer", "connect people to balancer", "connect balancer to kiosk"):
            board.obey(line)
        assert board.session.board.targets("people") == ("balancer",)
        assert board.session.board.targets("balancer") == ("kiosk",)
        board.obey("set kiosk replicas 3")
        assert board.session.board.components["kiosk"].replicas == 3
        board.obey("set kiosk.replicas=2")
        assert board.session.board.components["kiosk"].replicas == 2
        board.obey("set kiosk replicas 4 size large")
        assert board.session.board.components["kiosk"].settings["size"] == "large"
        board.obey("undo all")
        board.obey("why kiosk")
        assert "Nothing has been run" in board.said
        board.obey("run")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None)
        run.obey("board")
        assert await it.reach(BoardScreen) is board
        board.obey("why kiosk")
        assert board.query_one(Note).text
        board.obey("why people")
        assert "nothing about people" in board.said
        board.obey("why kiosc")
        assert 'did you mean "kiosk"' in board.said


async def test_everything_that_keeps_a_board_from_running_is_listed(tmp_path: Path) -> None:
    async with game(tmp_path, "sandbox", catalogue=Catalogue.of((*levels(), sandbox(kinds())))) as it:
        await it.until(lambda: isinstance(it.app.screen, BoardScreen | BriefingScreen))
        if isinstance(it.app.screen, BriefingScreen):
            await it.keys("enter")
        board = await it.reach(BoardScreen)
        for line in ("add shop", "add shoppers", "add followers"):
            board.obey(line)
        board.obey("run")
        assert "P: all 2 problems" in board.said
        await it.type("problems")
        listed = await it.reach(ChoiceScreen)  # type: ignore[type-var]
        assert len(listed.choices) > 1
        await it.type("add worker")
        assert "there is shoppers" in board.said
        board.obey("add shop as shop-2")
        board.obey("connect shoppers shop")
        assert "asked –" not in board._figures("shop")
        assert "asked –" in board._figures("shop-2")
        await it.type("help traffic")
        told = (await it.reach(HelpScreen)).topic.text.plain  # type: ignore[type-var]
        assert "traffic <name> <pattern" in told
        assert "As in: traffic shoppers" in told


async def test_a_design_file_makes_exactly_its_board_in_one_step(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await to_board(it)
        for line in ("add balancer", "rewire people -> balancer -> kiosk", "set kiosk replicas=3", "write my.txt"):
            board.obey(line)
        wanted = board.session.board
        assert (tmp_path / "designs" / "my.txt").is_file()
        assert "script my.txt" in board.said
        board.obey("set kiosk replicas=2")
        board.obey("buy faster-till")
        steps = board.session.steps
        board.obey("script my.txt")
        assert edits.same(board.session.board, wanted)
        assert board.session.steps == steps + 1
        board.obey("share code")
        assert "open code.txt" in board.said
        board.obey("undo all")
        board.obey("open code.txt")
        assert edits.same(board.session.board, wanted)
        board.obey("open nothing.txt")
        assert "neither a share code" in board.said
        board.obey("back")
        levels = await it.reach(LevelsScreen)
        levels.obey("open code")
        assert edits.same((await it.reach(BoardScreen)).session.board, wanted)
