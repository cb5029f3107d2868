"""Pictures, recordings and texts: what is in the files, and where they go."""

from __future__ import annotations

import errno
import io
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pyte
import pytest
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.web_driver import WebDriver

from scalegame import tui
from scalegame.design.designfile import Design
from scalegame.errors import ScalegameError
from scalegame.progress.store import Store
from scalegame.tui.app import ScalegameApp
from scalegame.tui.board import scripts
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.codex import CodexScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.setup.settings import Settings
from scalegame.tui.taking import keeping
from scalegame.tui.taking.casting import BEGIN, END, Cast, public, tapped
from tests.tui.playing import SMALL, Game, game, levels, screen_text

# Files


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ("first win", "first-win"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("..", "run"),
        ("", "run"),
        ("/", "run"),
        (".hidden", "hidden"),
        ("CON", "run"),
        ("nul.svg", "run"),
        ("a\0b\nc\x1b[31m", "a-b-c-31m"),
        ("x" * 500, "x" * keeping.LONGEST_NAME),
        ("скала", "run"),
    ],
)
def test_names_are_made_safe(asked: str, made: str) -> None:
    assert keeping.safe_name(asked, "run") == made


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    first = keeping.keep(tmp_path, keeping.TEXTS, "win", ".txt", "one")
    second = keeping.keep(tmp_path, keeping.TEXTS, "win.txt", ".txt", "two")
    assert (first.name, second.name) == ("win.txt", "win-2.txt")
    assert first.read_text() == "one"
    assert second.parent == tmp_path / "texts"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "texts" / "win.txt").symlink_to(tmp_path / "elsewhere")
    assert keeping.keep(tmp_path, keeping.TEXTS, "win", ".txt", "new").name == "win-2.txt"
    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "texts").write_text("a file where the folder should be")
    with pytest.raises(ScalegameError, match="texts"):
        keeping.keep(tmp_path, keeping.TEXTS, "win", ".txt", "one")


# Recordings


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def events(text: str) -> tuple[dict[str, object], list[tuple[float, str, str]]]:
    head, *rest = [json.loads(line) for line in text.splitlines()]
    return head, [(time, kind, data) for time, kind, data in rest]


def test_a_cast_has_header_and_timed_events(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "a.cast"
    cast = Cast(path.open("w", encoding="utf-8"), (80, 24), {"title": "t"}, clock)
    clock.now += 0.5
    cast.feed("one ")
    cast.feed("two")
    cast.flush()
    clock.now += 1
    cast.resize(100, 30)
    cast.close()
    cast.close()
    cast.feed("late")
    cast.flush()
    head, found = events(path.read_text(encoding="utf-8"))
    assert head == {"version": 2, "width": 80, "height": 24, "title": "t"}
    assert found == [(0.0, "o", BEGIN), (0.5, "o", "one two"), (1.5, "r", "100x30"), (1.5, "o", END)]


def test_what_is_nobody_elses_business_is_left_out() -> None:
    secret = "\x1b]52;c;c2VjcmV0\x07"
    modes = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?2004h\x1b[>1u\x1b[?2048$p"
    drawing = "\x1b[?25l\x1b[1;2H\x1b[38;2;1;2;3mtext\x1b[0m"
    assert public(f"{secret}{modes}{drawing}{secret}") == drawing
    assert public("plain") == "plain"


@pytest.mark.parametrize(("most", "word"), [((400, 1e9), "large"), ((10**9, 5.0), "long")])
def test_a_cast_ends_by_itself(tmp_path: Path, most: tuple[int, float], word: str) -> None:
    clock, path, told = Clock(), tmp_path / "a.cast", []
    cast = Cast(path.open("w", encoding="utf-8"), (80, 24), None, clock, told.append, most)
    for _ in range(1000):
        clock.now += 1
        cast.feed("x" * 50)
        cast.flush()
    assert len(told) == 1
    assert word in told[0]
    assert path.stat().st_size < 1200
    _, found = events(path.read_text(encoding="utf-8"))
    assert found[-1][2] == END


def test_a_full_disk_ends_it() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            if self.getvalue():
                raise OSError(28, "No space left on device")
            return super().write(text)

    told: list[str] = []
    cast = Cast(Full(), (80, 24), ended=told.append)
    cast.feed("more")
    cast.flush()
    assert told == ["the disk does not take it (No space left on device)"]


def test_the_driver_of_the_browser_is_listened_to_as_well(tmp_path: Path) -> None:
    path, sent = tmp_path / "a.cast", list[bytes]()
    cast = Cast(path.open("w", encoding="utf-8"), (80, 24))
    driver = object.__new__(tapped(WebDriver))
    driver._app = SimpleNamespace(cast=cast)
    driver._write = sent.append
    driver.write("kiosk")
    driver.flush()
    cast.close()
    assert sent == [b"D\x00\x00\x00\x05kiosk"]
    assert events(path.read_text(encoding="utf-8"))[1][1][2] == "kiosk"


# In the game


class Shown(HeadlessDriver):
    """A driver that claims to have a screen, so that the game draws."""

    @property
    def is_headless(self) -> bool:
        return False


class ShownApp(ScalegameApp):
    CSS_PATH = Path(tui.__file__).parent / "scalegame.tcss"

    def get_driver_class(self) -> type[Driver]:
        return tapped(Shown)


@asynccontextmanager
async def shown(folder: Path, size: tuple[int, int] = SMALL) -> AsyncIterator[Game]:
    store = Store(folder / "progress.sqlite3")
    app = ShownApp("tiny", store, Catalogue.of(levels()), Settings(colours="true"))
    async with app.run_test(headless=False, size=size) as pilot:
        await pilot.pause()
        yield Game(app, pilot)
    store.close()


def the_only(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def played(path: Path) -> list[list[str]]:
    """What a terminal shows after each event of a recording; at the end, before it is left."""
    head, found = events(path.read_text(encoding="utf-8"))
    screen = pyte.Screen(head["width"], head["height"])
    stream = pyte.Stream(screen)
    seen = []
    assert found[-1][2].endswith(END)
    for _, kind, data in found:
        if kind == "r":
            columns, rows = data.split("x")
            screen.resize(int(rows), int(columns))
        else:
            stream.feed(data.removesuffix(END))
        seen.append([row.rstrip() for row in screen.display])
    return seen


async def test_a_recording_shows_what_was_on_the_screen(tmp_path: Path) -> None:
    async with shown(tmp_path) as it:
        board = await it.board()
        await it.keys("R")
        assert "Recording to" in board.said
        assert board.query_one("#title-recording").display
        # Windows come and go, a sheet lies over it, and the terminal changes its size.
        await it.keys("right", "question_mark", "tab", "escape", "f1")
        await it.reach(CodexScreen)
        await it.keys("down", "escape")
        await it.pilot.resize_terminal(100, 30)
        await it.until(lambda: it.app.size.width == 100, "the new size")
        await it.type("set kiosk replicas=3")
        await it.pilot.pause(0.1)
        wanted = [row.rstrip() for row in screen_text(it.app).splitlines()]
        await it.keys("R")
        assert "Recorded" in board.said
        assert not board.query_one("#title-recording").display
        rows = played(the_only(tmp_path / "recordings"))[-1]
        assert rows[:-3] == wanted[:-3]
        assert "kiosk ×3" in "\n".join(rows)
        text = the_only(tmp_path / "recordings").read_text(encoding="utf-8")
        head, found = events(text)
        assert (head["width"], head["height"], head["version"]) == (80, 24, 2)
        assert re.fullmatch("#[0-9a-f]{6}", head["theme"]["bg"])  # type: ignore[index]
        assert any(kind == "r" and data == "100x30" for _, kind, data in found)
        assert [time for time, _, _ in found] == sorted(time for time, _, _ in found)


async def test_the_first_frame_is_whole(tmp_path: Path) -> None:
    async with shown(tmp_path) as it:
        await it.board()
        await it.keys("R")
        await it.pilot.pause(0.1)
        wanted = [row.rstrip() for row in screen_text(it.app).splitlines()]
        assert any("kiosk" in row for row in wanted)
        await it.type("record")
        assert wanted in played(the_only(tmp_path / "recordings"))


async def test_leaving_the_game_ends_a_recording(tmp_path: Path) -> None:
    async with shown(tmp_path) as it:
        await it.board()
        await it.type("record my run")
        assert it.app.cast is not None
    path = tmp_path / "recordings" / "my-run.cast"
    _, found = events(path.read_text(encoding="utf-8"))
    assert found[-1][2].endswith(END)


async def test_a_recording_that_cannot_be_begun_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unflushed(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    def full(path: Path) -> io.StringIO:
        path.touch()
        return Unflushed()

    monkeypatch.setattr(keeping, "exclusive", full)
    async with shown(tmp_path) as it:
        board = await it.board()
        await it.type("record my run")
        assert it.app.cast is None
        assert "No space left on device" in board.said
        assert not list((tmp_path / "recordings").iterdir())
        assert not it.app.screen.query_one("#title-recording").display


async def test_what_is_copied_is_not_recorded(tmp_path: Path) -> None:
    async with shown(tmp_path) as it:
        await it.board()
        await it.keys("R")
        it.app.copy_to_clipboard("a secret")
        await it.keys("R")
        assert "]52;" not in the_only(tmp_path / "recordings").read_text(encoding="utf-8")


async def test_without_a_screen_there_is_nothing_to_record(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        screen = await it.reach(LevelsScreen)
        await it.keys("R")
        assert "nothing to record" in screen.said
        assert not (tmp_path / "recordings").exists()


async def test_a_picture_is_a_drawing_of_the_screen(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board: BoardScreen = await it.board()
        await it.keys("S")
        path = the_only(tmp_path / "pictures")
        assert path.name in board.said
        assert path.name.startswith("board-")
        tree = ElementTree.parse(path)
        assert tree.getroot().tag.endswith("svg")
        told = "".join(tree.getroot().itertext()).replace("\xa0", " ")
        assert "kiosk" in told
        assert "availability" in told
        await it.type("picture ../../my board")
        await it.type("picture my board")
        assert {p.name for p in (tmp_path / "pictures").iterdir()} == {path.name, "my-board.svg", "my-board-2.svg"}


class Full:
    """A file on a disk that is full after some letters."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *why: object) -> None:
        pass

    def write(self, text: str) -> None:
        self.path.write_text(text[:5])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "exclusive", Full)
    with pytest.raises(ScalegameError, match="No space"):
        keeping.keep(tmp_path, keeping.TEXTS, "win", ".txt", "a long text")
    assert not list((tmp_path / "texts").iterdir())
    with pytest.raises(ScalegameError, match="no space"):
        scripts.write(f"{tmp_path}/texts/plan.yaml", tmp_path, Design("tiny", ("add balancer",), "", "0"))
    assert not list((tmp_path / "texts").iterdir())


def test_a_name_that_no_terminal_can_show_is_refused(tmp_path: Path) -> None:
    for name in ("a\x1b[2J", f"{tmp_path}/a\u202eb", "a\nb"):
        with pytest.raises(ScalegameError, match="control characters"):
            keeping.keep(tmp_path, keeping.TEXTS, name, ".txt", "one")
        with pytest.raises(ScalegameError, match="control characters"):
            scripts.write(name, tmp_path, Design("tiny", (), "", "0"))
        with pytest.raises(ScalegameError, match="control characters"):
            scripts.read(name, tmp_path, "tiny")
    assert keeping.told(tmp_path / "a\x1b[2J").endswith(r"a\x1b[2J")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", ["{0}/", "../", "./", "~/", "..\\"])
def test_a_browser_reaches_the_folders_of_the_game_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv(keeping.CONFINED, "1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan").write_text("add balancer\n")
    home, design = tmp_path / "home", Design("tiny", ("add balancer",), "", "0")
    name = f"{folder.format(tmp_path)}plan"
    for reach in (
        lambda: scripts.write(name, home, design),
        lambda: scripts.read(name, home, "tiny"),
        lambda: keeping.keep(home, keeping.PICTURES, name, ".svg", "one"),
    ):
        with pytest.raises(ScalegameError, match="alone"):
            reach()
    # Nor is it told where on the machine all this is; and there is an end to it.
    (home / "designs").mkdir(parents=True)
    assert str(tmp_path) not in keeping.told(home / "designs" / "plan.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "_ROOM", 10)
        (home / "much").write_text("x" * 11)
        with pytest.raises(ScalegameError, match="all that a guest has"):
            keeping.keep(home, keeping.PICTURES, "plan", ".svg", "one")
    # What lies about where the server was started is not reached by its bare name either.
    with pytest.raises(ScalegameError, match="no file"):
        scripts.read("plan", home, "tiny")
    assert scripts.write("plan", home, design) == home / "designs" / "plan.yaml"
    assert scripts.read("plan", home, "tiny")
