"""The keys file: what may stand in it, what is refused, and that it reaches keys, toolbar, help and palette."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from textual.widgets import OptionList

from scalegame.errors import ScalegameError
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.app import ScalegameApp
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.codex import page_text
from scalegame.tui.screens.help import HelpScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.settings import SettingsScreen
from scalegame.tui.setup import keymap
from scalegame.tui.setup.keymap import Keymap, key_name, shown_keys
from scalegame.tui.setup.settings_file import KEYS_NAME, NAME, Setup
from scalegame.tui.watch.playback import SPEEDS
from scalegame.tui.widgets.bars import Tool
from tests.tui.playing import LARGE, SMALL, Game, levels, screen_text


def loaded(folder: Path, text: str) -> tuple[Keymap, list[str]]:
    path = folder / KEYS_NAME
    path.write_text(text, encoding="utf-8")
    found, problems = keymap.load(path)
    return found, [str(problem).removeprefix(str(path)) for problem in problems]


@asynccontextmanager
async def with_keys(
    home: Path, text: str, level: str | None = None, size: tuple[int, int] = SMALL
) -> AsyncIterator[Game]:
    found, problems = loaded(home, text)
    assert not problems
    store = Store(home / "progress.sqlite3")
    setup = Setup(home / NAME, keymap=found)
    app = ScalegameApp(level, store, Catalogue.of(levels()), keymap=found, setup=setup)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Game(app, pilot)
    store.close()


# Names


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("u", "u", "u"),
        ("U", "U", "U"),
        ("shift+u", "U", "U"),
        ("?", "question_mark", "?"),
        (".", "full_stop", "."),
        ("-", "minus", "-"),
        ("+", "plus", "+"),
        ("/", "slash", "/"),
        ("Ctrl+Z", "ctrl+z", "Ctrl+z"),
        ("control+up", "ctrl+up", "Ctrl+↑"),
        ("shift+ctrl+left", "ctrl+shift+left", "Ctrl+Shift+←"),
        ("esc", "escape", "Esc"),
        ("PageUp", "pageup", "PgUp"),
        ("F5", "f5", "F5"),
        ("space", "space", "Space"),
        ("question_mark", "question_mark", "?"),
        ("ö", "ö", "ö"),
    ],
)
def test_a_key_is_written_as_people_write_it(written: str, name: str, shown: str) -> None:
    assert key_name(written) == name
    assert shown_keys((name,)) == shown


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("pageuup", 'did you mean "pageup"?'),
        ("ctlr+z", 'did you mean "ctrl"?'),
        ("f77", "is not a key"),
        ("", "is not a key"),
        ("hello there", "is not a key"),
        ("\x1b", "is not a key"),
        ("ctrl+m", "it is Enter"),
        ("ctrl+h", "terminals send it for Backspace"),
        ("ctrl+i", "it is Tab"),
        ("ctrl+j", "it is Enter"),
        ("ctrl+enter", "most terminals send plain Enter"),
        ("ctrl+q", "it always leaves the game"),
    ],
)
def test_what_is_no_key_is_told(written: str, message: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        key_name(written)
    assert message in caught.value.message


def test_every_key_of_the_table_can_be_written() -> None:
    for action in actions.ACTIONS:
        for key in action.keys:
            assert key_name(key) == key, action.id
    for keys in keymap.canvas_keys().values():
        assert all(key_name(key) == key for key in keys)


# The file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("undoo: u", ':1:1: there is no action "undoo" – did you mean "undo"?'),
        ("bord.undo: u", ':1:1: there is no screen "bord" – did you mean "board"?'),
        ("run.undo: Z", ':1:1: there is no action "undo" on "run"'),
        ("canvas.nxt: n", ':1:1: there is no action "nxt" on "canvas" – did you mean "next"?'),
        ("undo: [Z, ctlr+z]", ':1:7: "ctlr+z" is not a key'),
        ("undo: a", ':1:1: "a" is the key of "add" (Board) already'),
        ("undo: Z\nredo: Z", ':2:1: "Z" is the key of "undo" (Board) already'),
        ("board.undo: tab", ':1:1: "Tab" is the key of "canvas.next" (Board) already'),
        ("canvas.next: u", ':1:1: "u" is the key of "undo" (Board) already'),
        ("line: none", ':1:7: "line" needs a key'),
        ("undo: {key: u}", ":1:7: keys are written as"),
        ("undo:", ":1:6: keys are written as"),
        ("- undo", ":1:1: keys are lines such as"),
        (f"undo: {'u ' * 13}", ":1:7: more than 12 keys"),
    ],
)
def test_a_wrong_line_is_told_and_changes_nothing(tmp_path: Path, text: str, message: str) -> None:
    found, problems = loaded(tmp_path, text)
    assert any(problem.startswith(message) for problem in problems), problems
    left = {where: keys for where, keys in found.changes.items() if keys != ("Z",)}
    assert not left


def test_lines_may_swap_keys(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, "add: c\nconnect: a\n")
    assert not problems
    assert found.changes == {("board", "add"): ("c",), ("board", "connect"): ("a",)}


def test_a_line_left_out_gives_its_keys_back_and_others_may_then_clash(tmp_path: Path) -> None:
    # Connect wants what undo would have given up; undo may not have what it wants.
    found, problems = loaded(tmp_path, "undo: a\nconnect: u\n")
    assert [problem.split(":")[1] for problem in problems] == ["1", "2"]
    assert not found.changes


def test_one_screen_counts_more_than_all(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, "board.quit: Q\nquit: X\n")
    assert not problems
    assert found.changes["board", "quit"] == ("Q",)
    assert found.changes["run", "quit"] == ("X",)


def test_no_two_actions_of_a_screen_share_a_key() -> None:
    for screen in actions.SCREENS:
        keys = [key for action in actions.of(screen) for key in action.keys]
        assert len(keys) == len(set(keys)), (screen, sorted(key for key in keys if keys.count(key) > 1))


def test_the_file_to_start_from_has_everything_and_changes_nothing(tmp_path: Path) -> None:
    text = keymap.file_text()
    assert loaded(tmp_path, text) == (Keymap(), [])
    # With every # taken away it says what is so anyway.
    bare = re.sub(r"^#(?=[\w.-]+(\+\w+)?: \[)", "", text, flags=re.MULTILINE)
    assert len(yaml.safe_load(bare)) >= len(keymap.known_ids())
    found, problems = loaded(tmp_path, bare)
    assert not [problem for problem in problems if "needs a key" not in problem]
    for (screen, id), keys in found.changes.items():
        assert keymap.usual(screen)[id] == keys


def test_the_codex_page_lists_every_id() -> None:
    told = set(re.findall(r"^- `([^`]+)`", page_text("keys"), flags=re.MULTILINE))
    for action in actions.ACTIONS:
        assert action.id in told or {f"{screen}.{action.id}" for screen in action.screens} & told, action.id
    canvas = {getattr(binding, "id", "") for binding in BoardCanvas.BINDINGS}
    assert {id for id in canvas if not id.startswith("canvas.letter")} <= told


# In the game


async def test_the_keys_of_the_file_are_the_keys_of_the_game(tmp_path: Path) -> None:
    text = "hint: none\nboard.undo: [Z, f6]\ncanvas.right: [right, h]\nhelp: f9\n"
    async with with_keys(tmp_path, text, "tiny", LARGE) as it:
        await it.until(lambda: len(it.app.screen_stack) > 2, "the level")
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        await it.type("set kiosk replicas=2")
        await it.keys("u")
        assert board.session.steps == 1
        await it.keys("Z")
        assert board.session.steps == 0
        await it.type("set kiosk replicas=2")
        await it.keys("f6")
        assert board.session.steps == 0
        await it.keys("escape", "right")
        first = board.canvas.selected
        await it.keys("h")
        assert board.canvas.selected != first
        undo = board.query_one("#tool-undo", Tool)
        assert undo.action.shown == "Z"
        assert "Z undo" in screen_text(it.app)
        assert "F9 help" in screen_text(it.app)
        told = [command.help for command in it.app.get_system_commands(board) if "last change" in command.title]
        assert told[0].startswith("Z  ")
        await it.keys("question_mark")
        assert it.app.screen is board
        await it.keys("f9")
        assert isinstance(it.app.screen, HelpScreen)
        listed = it.app.screen.query_one(OptionList)
        prompts = [str(listed.get_option_at_index(n).prompt) for n in range(listed.option_count)]
        assert any(re.match(r"F9 +help", prompt) for prompt in prompts)
        assert any(re.match(r"Z +undo", prompt) for prompt in prompts)


async def test_sentences_name_the_keys_that_are_in_force(tmp_path: Path) -> None:
    text = "undo: f6\nrun.board: none\nboard.run: f7\nedit: E\nbookmark: f8\n"
    async with with_keys(tmp_path, text, "tiny", LARGE) as it:
        await it.until(lambda: len(it.app.screen_stack) > 2, "the level")
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        board.obey("why")
        assert "F7 runs" in board.said
        board.obey("set kiosk replicas=2")
        board.obey("save two")
        board.obey("undo")
        board.obey("load two")
        assert "F6 takes it back" in board.said
        board.obey("select kiosk")
        await it.pilot.pause()
        assert "E edit" in screen_text(it.app)
        board.obey("undo")
        await it.keys("f7")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.playhead is not None, "the end of the computation")
        await it.pilot.pause()
        run.obey("bookmarks")
        assert "F8 sets one" in run.said
        run.playhead = None
        run.obey("resume")
        assert ":board" in run.said


def test_every_key_that_a_sentence_names_is_one_of_an_action() -> None:
    folder = Path(keymap.__file__).parents[1]
    ids = {action.id for action in actions.ACTIONS}
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py")]
    named = {id for text in texts for id in re.findall(r"""\bkey\(["']([a-z-]+)["']""", text)}
    assert len(named) > 15
    assert named <= ids


async def test_numbered_keys(tmp_path: Path) -> None:
    assert keymap.is_numbered(next(a for a in actions.ACTIONS if a.id == "gear"))
    async with with_keys(tmp_path, "gear: [f5, f6]\n", "tiny") as it:
        await it.until(lambda: len(it.app.screen_stack) > 2, "the level")
        await it.keys("enter")
        await it.type("run")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.playhead is not None, "the end of the computation")
        await it.keys("f6")
        assert run.playhead is not None
        assert run.playhead.speed == SPEEDS[1]
        await it.keys("5")
        assert run.playhead.speed == SPEEDS[1]


async def test_the_settings_screen_writes_a_file_to_start_from(tmp_path: Path) -> None:
    async with with_keys(tmp_path, "") as it:
        (tmp_path / KEYS_NAME).unlink()
        await it.reach(LevelsScreen)
        await it.keys("f2", "k")
        screen = await it.reach(SettingsScreen)
        assert KEYS_NAME in screen.said
        assert (tmp_path / KEYS_NAME).read_text(encoding="utf-8") == keymap.file_text()
        (tmp_path / KEYS_NAME).write_text("undo: Z\n", encoding="utf-8")
        await it.type("keys")
        assert (tmp_path / KEYS_NAME).read_text(encoding="utf-8") == "undo: Z\n"
