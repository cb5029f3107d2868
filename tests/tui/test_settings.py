"""Settings: what a file may say, what it does when it is wrong, and what changing one of them changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from click.testing import CliRunner
from textual.widgets import Input, Static

from scalegame.cli import cli
from scalegame.errors import ScalegameError
from scalegame.progress.store import Store
from scalegame.tui.app import ScalegameApp
from scalegame.tui.canvas.view import BoardView
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.dialogs import QuestionScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.settings import Row, SettingsScreen, Value
from scalegame.tui.setup.settings import (
    KNOWN,
    NAMES,
    REMOTE_FPS,
    USUAL_FPS,
    Settings,
    changed,
    file_text,
    frames,
    overlaid,
    read,
    step,
    written,
)
from scalegame.tui.setup.settings_file import MOST_TOLD, NAME, Setup, folder, load, save
from scalegame.tui.setup.theme import THEMES
from tests.tui.playing import LARGE, SMALL, Game, levels, screen_text


@asynccontextmanager
async def set_up(
    home: Path, level: str | None = None, size: tuple[int, int] = SMALL, settings: Settings | None = None
) -> AsyncIterator[Game]:
    """The game as `run` starts it: with the settings in a folder."""
    setup = Setup(home / NAME, load(home / NAME).settings, problems=load(home / NAME).problems)
    store = Store(home / "progress.sqlite3")
    app = ScalegameApp(level, store, Catalogue.of(levels()), settings or setup.settings, setup=setup)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Game(app, pilot)
    store.close()


# What is written


def test_the_table_is_the_dataclass() -> None:
    assert set(NAMES) == set(Settings.__slots__)
    usual = Settings()
    for setting in KNOWN:
        assert written(usual, setting.name) in setting.values
        for value in setting.values:
            assert written(changed(usual, setting.name, value), setting.name) == value


def test_a_file_that_was_written_says_the_same_when_it_is_read(tmp_path: Path) -> None:
    for setting in KNOWN:
        for value in setting.values:
            settings = changed(Settings(), setting.name, value)
            path = tmp_path / "s.yaml"
            path.write_text(file_text(settings), encoding="utf-8")
            loaded = load(path)
            assert loaded.settings == settings
            assert not loaded.problems


def test_the_file_explains_every_setting() -> None:
    text = file_text(Settings())
    for setting in KNOWN:
        before = text.split(f"\n{setting.name}: ")[0].rsplit("\n\n", 1)[-1]
        assert all(line.startswith("#") for line in before.splitlines())
        assert setting.about[0] in before
        for value in setting.values if setting.name != "fps" else ():
            assert value in before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("theme: ligth", ':1:8: theme is dark, light, contrast or terminal, not "ligth" – did you mean "light"?'),
        ("theme: dark\nthme: dark", ':2:1: there is no setting "thme" – did you mean "theme"?'),
        ("fps: 500", ":1:6: fps is a whole number from 0 to 60, 0 for automatic"),
        ("fps: -1", ":1:6: fps is"),
        ("fps: 1.5", ":1:6: fps is"),
        ("mouse: maybe", ":1:8: mouse is on or off"),
        ("mouse: [on]", ":1:8: mouse is one of on, off, not a list"),
        ("motion:", ":1:8: motion is one of full, reduced, not nothing"),
        ("- theme", ':1:1: settings are lines such as "theme: light"'),
        ("theme: dark: x", ":1:12:"),
        ("theme: &a dark", ":1:8: anchor"),
        ("theme: dark\ntheme: light", ':2:1: "theme" is already given in line 1'),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text, encoding="utf-8")
    (problem,) = load(path).problems
    assert message in str(problem)
    assert str(problem).startswith(str(path))


def test_a_mistake_takes_nothing_else_with_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("theme: light\ncolours: 7\nfps: 20\nsound: on\nmouse: no\n", encoding="utf-8")
    loaded = load(path)
    assert loaded.settings == Settings(theme="light", fps=20, mouse=False)
    assert [problem.place.line for problem in loaded.problems if problem.place] == [2, 4]


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"\x00", b"[" * 100, b"a: 1\n" * 100_000, b"%YAML 1.1\n--- a", b""]
)
def test_no_file_stops_the_game(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(content)
    loaded = load(path)
    assert loaded.settings == Settings()
    assert bool(loaded.problems) == bool(content)


def test_numbers_and_truth_values_of_yaml_are_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("colours: 16\nmouse: false\nslow-down: off\nFPS: auto\n", encoding="utf-8")
    assert load(path).settings == Settings(colours="16", mouse=False, slow_down=False)
    path.write_text("colours: true\n", encoding="utf-8")
    assert load(path).settings.colours == "true"


def test_the_file_with_mistakes_is_put_aside_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("theme: blue # mine\n", encoding="utf-8")
    aside = save(path, Settings(theme="light"))
    assert aside is not None
    assert aside.read_text(encoding="utf-8") == "theme: blue # mine\n"
    assert load(path).settings.theme == "light"
    assert save(path, Settings(theme="dark")) is None
    assert sorted(tmp_path.iterdir()) == sorted([path, aside])


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ScalegameError, match="the settings cannot be written"):
        save(tmp_path / "file" / "settings.yaml", Settings())


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    real, link = tmp_path / "kept" / "mine.yaml", tmp_path / "settings.yaml"
    real.write_text("theme: dark\n", encoding="utf-8")
    link.symlink_to(real)
    save(link, Settings(theme="light"))
    assert link.is_symlink()
    assert load(real).settings.theme == "light"


def test_where_the_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path))
    assert folder() == tmp_path
    (tmp_path / "settings.yaml").write_text("theme: light\nfsp: 1\n", encoding="utf-8")
    (tmp_path / "keys.yaml").write_text("undo: Z\nundoo: u\n", encoding="utf-8")
    setup = Setup.read()
    assert setup.settings.theme == "light"
    assert setup.keymap.changes["board", "undo"] == ("Z",)
    told = setup.told()
    assert told[0].startswith("settings.yaml:2:1: ")
    assert told[1].startswith("keys.yaml:2:1: ")
    monkeypatch.delenv("SCALEGAME_HOME")
    assert folder().name == "scalegame"


def test_many_mistakes_are_summed_up(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("".join(f"wrong-{n}: 1\n" for n in range(20)), encoding="utf-8")
    told = Setup(path, problems=load(path).problems).told()
    assert len(told) == MOST_TOLD
    assert "16 more" in told[-1]


# What a value means


def test_frames_a_second() -> None:
    assert frames(Settings(), {}) == USUAL_FPS
    assert frames(Settings(), {"SSH_TTY": "/dev/pts/3"}) == REMOTE_FPS
    assert frames(Settings(), {"SSH_CONNECTION": "1 2 3 4"}) == REMOTE_FPS
    assert frames(Settings(fps=30), {"SSH_TTY": "/dev/pts/3"}) == 30


def test_values_go_round() -> None:
    settings = Settings()
    assert [step(settings, "theme", 1), step(settings, "theme", -1)] == ["light", "terminal"]
    assert step(Settings(fps=13), "fps", 1) == "15"
    assert step(Settings(fps=13), "fps", -1) == "12"
    assert step(Settings(fps=60), "fps", 1) == "0"
    assert step(Settings(fps=60), "fps", -1) == "30"


def test_what_was_given_on_the_command_line() -> None:
    over = {"theme": "contrast", "fps": "9", "mouse": "off"}
    assert overlaid(Settings(), over) == Settings(theme="contrast", fps=9, mouse=False)
    with pytest.raises(ScalegameError, match='not "bright"'):
        overlaid(Settings(), {"theme": "bright"})


@pytest.mark.parametrize("value", ["1e3", "0x1", "٣", "9" * 5000, "", "\x1b[31m"])
def test_untrusted_numbers(value: str) -> None:
    setting = next(s for s in KNOWN if s.name == "fps")
    with pytest.raises(ScalegameError) as caught:
        read(setting, value)
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("args", "over"),
    [
        ([], {}),
        (["--theme", "contrast", "--fps", "5"], {"theme": "contrast", "fps": "5"}),
        (["--ascii", "--no-mouse"], {"glyphs": "ascii", "mouse": "off"}),
        (["--unicode", "--colors", "16"], {"glyphs": "unicode", "colours": "16"}),
        (["--linear", "--reduced-motion"], {"linear": "on", "motion": "reduced"}),
    ],
)
def test_options_of_play(monkeypatch: pytest.MonkeyPatch, args: list[str], over: dict[str, str]) -> None:
    asked: list[tuple[str | None, Mapping[str, object] | None]] = []

    def played(level: str | None = None, over: Mapping[str, object] | None = None) -> int:
        asked.append((level, over))
        return 0

    monkeypatch.setattr("scalegame.tui.app.run", played)
    assert CliRunner().invoke(cli, ["play", "first-lift", *args]).exit_code == 0
    assert asked == [("first-lift", over)]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--theme", "ligth"], 'did you mean "light"?'),
        (["--fps", "many"], "fps is a whole number from 0 to 60"),
        (["--colours", "12"], "colours is auto, 16, 256 or true"),
    ],
)
def test_a_wrong_option_of_play(args: list[str], message: str) -> None:
    result = CliRunner().invoke(cli, ["play", *args])
    assert result.exit_code == 2
    assert message in result.output


# On the screen


async def test_settings_by_keys_are_seen_at_once_and_kept(tmp_path: Path) -> None:
    async with set_up(tmp_path) as it:
        await it.reach(LevelsScreen)
        await it.keys("f2")
        await it.reach(SettingsScreen)
        await it.keys("right")
        assert it.app.settings.theme == "light"
        assert it.app.theme == THEMES["light"].name
        await it.keys("down", "down", "down", "enter")
        assert it.app.settings.motion == "reduced"
        assert it.app.animation_level == "none"
        await it.keys("up", "space", "space")
        assert it.app.settings.glyphs == "ascii"
        await it.keys("left")
        assert it.app.settings.glyphs == "unicode"
        await it.keys("r")
        assert it.app.settings.glyphs == "auto"
        await it.keys("escape")
        await it.reach(LevelsScreen)
    assert load(tmp_path / NAME).settings == Settings(theme="light", motion="reduced")
    async with set_up(tmp_path) as it:
        assert it.app.theme == THEMES["light"].name


async def test_settings_by_mouse(tmp_path: Path) -> None:
    async with set_up(tmp_path, size=LARGE) as it:
        await it.type("settings")
        screen = await it.reach(SettingsScreen)
        for name, value in (("theme", "contrast"), ("fps", "20"), ("slow_down", "off")):
            wanted = next(v for v in screen.query(Value) if (v.setting.name, v.value) == (name, value))
            await it.pilot.click(wanted)
            await it.pilot.pause()
            assert written(it.app.settings, name) == value
        await it.pilot.click(screen.query(Row)[6].query(".setting-name").first())
        assert screen.setting.name == "slow_down"
        # Who has nothing but the mouse is told first how it comes back.
        off = next(v for v in screen.query(Value) if (v.setting.name, v.value) == ("mouse", "off"))
        for answer, left in (("#no", True), ("#yes", False)):
            await it.pilot.click(off)
            window = await it.reach(QuestionScreen)
            assert "mouse on" in str(window.query(Static).first().visual)
            await it.click(answer)
            await it.reach(SettingsScreen)
            assert it.app.settings.mouse is left
        await it.click("#tool-leave")
        await it.reach(LevelsScreen)


async def test_settings_by_typed_lines(tmp_path: Path) -> None:
    async with set_up(tmp_path) as it:
        await it.type("settings")
        screen = await it.reach(SettingsScreen)
        await it.type("set theme light")
        await it.type("mouse off")
        await it.type("fps=20")
        await it.type("set colours 256")
        assert it.app.settings == Settings(theme="light", mouse=False, fps=20, colours="256")
        assert it.app.console.color_system == "256"
        await it.type("set theme ligt")
        assert 'did you mean "light"?' in screen.said
        await it.type("set thme light")
        assert 'did you mean "theme"?' in screen.said
        await it.type("usual fps")
        assert it.app.settings.fps == 0
        await it.type("usual all")
        assert it.app.settings == Settings()
        for line in ("set theme dark", "down", "next", "before", "up", "next"):
            await it.type(line)
        assert it.app.settings == Settings(theme="light")
        assert "set motion reduced" in screen.complete("set motion ")
        await it.type("close")
        await it.reach(LevelsScreen)


async def test_themes_by_typed_lines_everywhere(tmp_path: Path) -> None:
    async with set_up(tmp_path, "tiny") as it:
        await it.until(lambda: len(it.app.screen_stack) > 2, "the level")
        for theme in ("light", "contrast", "terminal", "dark"):
            await it.type("theme")
            assert it.app.theme == THEMES[theme].name
        await it.type("theme contrast")
        assert it.app.theme == THEMES["contrast"].name
        await it.type("light")
        assert it.app.theme == THEMES["light"].name
        await it.type("light")
        assert it.app.theme == THEMES["dark"].name


async def test_what_counts_for_one_session_is_not_kept(tmp_path: Path) -> None:
    settings = Settings(theme="contrast", glyphs="ascii")
    async with set_up(tmp_path, settings=settings) as it:
        assert it.app.plain
        await it.keys("f2", "down", "down", "down", "right")
        assert it.app.settings == Settings(theme="contrast", glyphs="ascii", motion="reduced")
    assert load(tmp_path / NAME).settings == Settings(motion="reduced")


async def test_what_another_wrote_meanwhile_stays(tmp_path: Path) -> None:
    async with set_up(tmp_path) as it:
        await it.keys("f2")
        (tmp_path / NAME).write_text("fps: 30\n", encoding="utf-8")
        await it.keys("right")
    assert load(tmp_path / NAME).settings == Settings(theme="light", fps=30)


async def test_a_broken_file_is_told_and_put_aside_when_something_is_set(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("theme: light\nfsp: 10\n", encoding="utf-8")
    async with set_up(tmp_path) as it:
        assert it.app.theme == THEMES["light"].name
        told = [notice.message for notice in it.app._notifications]
        assert told == ['settings.yaml:2:1: there is no setting "fsp" – did you mean "fps"?']
        await it.keys("f2", "down", "right")
        screen = await it.reach(SettingsScreen)
        assert "set-aside" in screen.said
        assert not it.app._notifications
        assert not it.app.setup.told()
    assert load(tmp_path / NAME).settings == Settings(theme="light", colours="16")
    assert len(list(tmp_path.glob("settings-set-aside-*.yaml"))) == 1


async def test_what_cannot_be_saved_is_in_force_all_the_same(tmp_path: Path) -> None:
    async with set_up(tmp_path) as it:
        it.app.setup.path = tmp_path / "progress.sqlite3" / NAME
        await it.keys("f2", "right")
        screen = await it.reach(SettingsScreen)
        assert it.app.settings.theme == "light"
        assert "cannot be written" in screen.said


@pytest.mark.parametrize("motion", ["full", "reduced"])
async def test_no_cursor_blinks_where_nothing_should(tmp_path: Path, motion: Literal["full", "reduced"]) -> None:
    async with set_up(tmp_path, settings=Settings(motion=motion)) as it:
        await it.reach(LevelsScreen)
        await it.keys("colon")
        await it.until(lambda: isinstance(it.app.focused, Input), "the line")
        assert isinstance(it.app.focused, Input)
        assert it.app.focused.cursor_blink is (motion == "full")
        await it.keys("escape", "ctrl+p")
        await it.until(lambda: isinstance(it.app.focused, Input), "the list of commands")
        assert isinstance(it.app.focused, Input)
        assert it.app.focused.cursor_blink is (motion == "full")


async def test_frames_a_second_count_at_once(tmp_path: Path) -> None:
    async with set_up(tmp_path, "tiny") as it:
        await it.until(lambda: len(it.app.screen_stack) > 2, "the level")
        await it.keys("enter")
        await it.type("run")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None, "the end of the computation")
        assert run._timer is not None
        assert run._timer._interval == 1 / USUAL_FPS
        await it.type("settings")
        await it.type("fps 5")
        assert run._timer._interval == 1 / 5
        await it.keys("escape", "home", "space")
        assert run.playhead is not None
        start = run.playhead.time
        run.playhead.playing = True
        await it.until(lambda: run.playhead is not None and run.playhead.time > start, "time to go on")


async def test_the_board_follows_glyphs_and_motion(tmp_path: Path) -> None:
    async with set_up(tmp_path, "tiny") as it:
        await it.until(lambda: len(it.app.screen_stack) > 2, "the level")
        await it.keys("enter")
        canvas = it.app.screen.query_one(BoardView)
        selected = canvas.selected
        assert not canvas.picture.glyphs.ascii
        await it.keys("f2")
        await it.type("set glyphs ascii")
        await it.type("set motion reduced")
        await it.keys("escape")
        assert it.app.screen.query_one(BoardView) is canvas
        assert canvas.picture.glyphs.ascii
        assert canvas.reduced_motion
        assert canvas.selected == selected
        assert canvas.picture.sheet.text().isascii()
        assert screen_text(it.app).isascii()
        await it.keys("escape", "escape")
        await it.reach(LevelsScreen)
        assert screen_text(it.app).isascii()
