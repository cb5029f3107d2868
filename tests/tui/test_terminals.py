"""Terminals of all kinds: themes, few colours or none, ASCII, no mouse, other encodings, suspend and resume."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from textual.color import Color
from textual.filter import NoColor
from textual.widgets import Static

from scalegame.components import kinds
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.app import ScalegameApp
from scalegame.tui.canvas.view import BoardView
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.settings import SettingsScreen
from scalegame.tui.setup import terminal
from scalegame.tui.setup.plain import AsciiFilter, plain
from scalegame.tui.setup.settings import Settings
from scalegame.tui.setup.theme import SIXTEEN, THEMES
from scalegame.tui.table import model
from tests.tui.playing import LARGE, SMALL, WINNING, Game, levels, screen_text

SHEETS = {"help", "glossary", *model.SHEETS}
EVERYWHERE_THE_SAME = {"glossary", "codex", "settings", "badges"}
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and signals of Unix")


def app_with(folder: Path, settings: Settings, level: str | None = "tiny") -> ScalegameApp:
    return ScalegameApp(level, Store(folder / "progress.sqlite3"), Catalogue.of(levels()), settings)


# ASCII


def test_plain_text_is_ascii_and_as_wide_as_before() -> None:
    everything = [chr(code) for code in range(0xA0, 0x3100)] + [chr(c) for c in range(0x1F300, 0x1F400)]
    for sign in everything:
        shown = plain(sign)
        assert shown.isascii(), sign
        assert len(shown) == cell_len(sign), (sign, hex(ord(sign)))
        assert shown.isprintable() or sign == "\xad", sign


def test_plain_text_says_the_same() -> None:
    assert plain("✓ availability ≥ 97 % – ✗ zu spät") == "v availability >=97 % - x zu spat"
    assert plain("▁▂▃▄▅▆▇█") == "_.-=+*%#"
    assert plain("╭─┬━╮│┃└╴") == "+-+=+||+-"
    assert plain("→←↑↓") == "><^v"
    assert plain("web → db, cost ≤ $1") == "web ->db, cost <=$1"
    assert plain("日本") == "????"
    assert plain("plain stays") == "plain stays"


def test_signs_that_mean_different_things_stay_different() -> None:
    for signs in ("✓✗○", "★☆", "●○", "▁▂▃▄▅▆▇█", "←→↑↓", "▲◆●"):
        assert len({plain(sign) for sign in signs}) == len(signs)
    for kind in kinds().values():
        assert plain(kind.glyph) == kind.ascii


def test_the_filter_keeps_styles() -> None:
    segment = Segment("→ x", None)
    (shown,) = AsciiFilter().apply([segment], Color(0, 0, 0))
    assert shown == Segment("->x", None)


@pytest.mark.parametrize(
    ("settings", "encoding", "term", "is_plain"),
    [
        (Settings(), "utf-8", "xterm-256color", False),
        (Settings(), "iso8859-1", "xterm", True),
        (Settings(), "ascii", "xterm", True),
        (Settings(), "cp1252", "xterm", True),
        (Settings(), None, "xterm", False),
        (Settings(), "no-such-encoding", "xterm", True),
        (Settings(), "utf-8", "linux", True),
        (Settings(glyphs="unicode"), "ascii", "linux", False),
        (Settings(glyphs="ascii"), "utf-8", "xterm", True),
    ],
)
def test_when_nothing_but_ascii_is_shown(
    settings: Settings, encoding: str | None, term: str, is_plain: bool
) -> None:
    assert terminal.is_plain(settings, encoding, {"TERM": term}) is is_plain


async def every_screen(it: Game) -> dict[str, str]:
    """Goes through the game, screen by screen; what each shows, and which they were."""
    seen: dict[str, str] = {}

    async def look(name: str = "") -> None:
        await it.pilot.pause()
        screen = it.app.screen
        seen[name or getattr(screen, "PLACE", "") or type(screen).__name__] = screen_text(it.app)

    opened: set[str] = set()

    async def sheets(screen: GameScreen) -> None:
        """The sheets and windows that can be opened from here; those that are the same everywhere only once."""
        for action in actions.of(screen.PLACE):
            if action.id in SHEETS - opened:
                opened.update({action.id} & EVERYWHERE_THE_SAME)
                before = len(it.app.screen_stack)
                screen.obey(action.command)
                await it.pilot.pause()
                if len(it.app.screen_stack) > before:
                    await look(f"{screen.PLACE}/{action.id}")
                    await it.keys("escape")
                    await it.until(lambda: it.app.screen is screen, screen.PLACE)

    await it.until(lambda: len(it.app.screen_stack) > 2, "the briefing")
    await look()
    await it.keys("enter")
    board = await it.reach(BoardScreen)
    await look("untouched board")
    await it.keys("a")
    await look("choice")
    await it.keys("escape")
    for line in WINNING[:2]:
        await it.type(line)
    await it.type("select kiosk")
    await it.keys("e")
    await look("edit")
    await it.keys("escape")
    await it.until(lambda: it.app.screen is board, "the board")
    await look()
    await it.keys("colon", *"set ki")
    await look("typing")
    await it.keys("escape")
    await sheets(board)
    await it.type("run")
    run = await it.reach(RunScreen)
    await it.until(lambda: run.outcome is not None, "the end of the computation")
    await it.keys("end")
    await look()
    await sheets(run)
    await it.type("result")
    await look()
    result = it.app.screen
    assert isinstance(result, GameScreen)
    await sheets(result)
    await it.keys("q")
    await look("question")
    await it.keys("n", "escape")
    await it.until(lambda: it.app.screen is board, "the board")
    await it.type("back")
    await it.until(lambda: it.app.screen is not board, "the list of levels")
    await look()
    it.app.notify("A notice – with a dash", title="…")
    await it.pilot.pause()
    await look("notice")
    return seen


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_every_screen_in_ascii(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_with(tmp_path, Settings(glyphs="ascii"))
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        seen = await every_screen(Game(app, pilot))
    app.store.close()
    assert {actions.BRIEFING, actions.BOARD, actions.RUN, actions.RESULT, actions.LEVELS} <= set(seen)
    assert {"board/help", "board/settings", "board/codex", "edit", "choice", "question"} <= set(seen)
    for place, text in seen.items():
        strange = sorted({c for c in text if not c.isascii()})
        assert not strange, (place, strange)
        assert max(map(len, text.splitlines())) <= size[0]
    # Something is drawn, and nothing of it is unknown.
    assert "+" in seen[actions.BOARD]
    assert "?" not in seen[actions.BOARD].replace("? help", "")


async def test_the_canvas_is_not_filtered_for_what_it_has_not(tmp_path: Path) -> None:
    app = app_with(tmp_path, Settings(glyphs="ascii"))
    async with app.run_test(size=SMALL) as pilot:
        it = Game(app, pilot)
        await it.until(lambda: len(app.screen_stack) > 2, "the briefing")
        await it.keys("enter")
        canvas = app.screen.query_one(BoardView)
        assert not any(isinstance(one, AsciiFilter) for one in canvas.get_line_filters())
        assert any(isinstance(one, AsciiFilter) for one in app.screen.query(Static).first().get_line_filters())
    app.store.close()


# Colours


@pytest.mark.parametrize("name", sorted(THEMES))
async def test_every_screen_in_every_theme_says_the_same(tmp_path: Path, name: str) -> None:
    """Not by colour alone: with no colours at all the screens say what they say with them."""
    texts = []
    for theme, colours in (("dark", "true"), (name, "16"), (name, "256")):
        folder = tmp_path / f"{theme}-{colours}"
        folder.mkdir()
        app = app_with(folder, Settings(theme=theme, colours=colours, motion="reduced"))  # type: ignore[arg-type]
        async with app.run_test(size=SMALL) as pilot:
            it = Game(app, pilot)
            assert app.theme == (SIXTEEN if colours == "16" else THEMES)[theme].name
            await it.until(lambda app=app: len(app.screen_stack) > 2, "the briefing")
            await it.keys("enter")
            await it.reach(BoardScreen)
            texts.append(screen_text(app))
        app.store.close()
    assert texts[0] == texts[1] == texts[2]


def luminance(colour: Color) -> float:
    """Relative luminance as accessibility guidelines have it."""
    parts = [c / 255 for c in colour.rgb]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("name", "least"), [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)])
def test_text_can_be_read(name: str, least: float) -> None:
    theme = THEMES[name]
    marks = (theme.primary, theme.success, theme.warning, theme.error)
    for ground in (theme.background, theme.surface, theme.panel):
        assert ground is not None
        for text in (theme.foreground, theme.variables["quiet"], *marks):
            assert ratio(text or "", ground) >= least, (text, ground)


@pytest.mark.parametrize("name", sorted(SIXTEEN))
def test_sixteen_colours_are_named_not_mixed(name: str) -> None:
    theme = SIXTEEN[name]
    assert theme.ansi
    for colour in (theme.background, theme.foreground, theme.primary, theme.success, theme.warning, theme.error):
        assert (colour or "").startswith("ansi_")
    assert theme.foreground != theme.background or name == "terminal"
    assert len({theme.success, theme.warning, theme.error, theme.primary}) == 4


def test_colours_can_be_insisted_on() -> None:
    usual = Console(color_system="truecolor", force_terminal=True)
    assert terminal.console_of(usual, Settings()) is usual
    for colours, system in (("16", "standard"), ("256", "256"), ("true", "truecolor")):
        assert terminal.console_of(usual, Settings(colours=colours)).color_system == system  # type: ignore[arg-type]


async def test_no_color_means_none_in_the_terminals_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_with(tmp_path, Settings(theme="terminal"), None)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert any(isinstance(one, NoColor) for one in app.get_line_filters())
    app.store.close()


# Size


async def test_any_size_at_any_moment(tmp_path: Path) -> None:
    app = app_with(tmp_path, Settings())
    async with app.run_test(size=SMALL) as pilot:
        it = Game(app, pilot)
        await it.until(lambda: len(app.screen_stack) > 2, "the briefing")
        for key in ("enter", "question_mark", "escape", "f2", "escape", "a", "escape", "space"):
            await it.keys(key)
            screen = app.screen
            for width, height in ((1, 1), (79, 24), (200, 60), (80, 23), (80, 24)):
                await pilot.resize_terminal(width, height)
                await pilot.pause()
            await it.until(lambda screen=screen: app.screen is screen, "the screen as it was")
    app.store.close()


# A real terminal


class Terminal:
    """The game in a pseudo-terminal of its own."""

    def __init__(self, process: subprocess.Popen[bytes], handle: int) -> None:
        self.process, self.handle = process, handle
        self.said = b""

    def until(self, wanted: bytes, seconds: float = 60.0) -> bytes:
        """Everything that it writes until it has written that, since the last time."""
        ends, found = time.monotonic() + seconds, self.said
        while wanted not in found:
            left = ends - time.monotonic()
            assert left > 0, f"never came: {wanted!r}, but {found[-2000:]!r}"
            if select.select([self.handle], [], [], left)[0]:
                try:
                    piece = os.read(self.handle, 65536)
                except OSError:  # what Linux says when the other end is closed
                    piece = b""
                assert piece, f"ended: {found[-2000:]!r}"
                found += piece
        cut = found.index(wanted) + len(wanted)
        self.said = found[cut:]
        return found[:cut]

    def type(self, keys: bytes) -> None:
        os.write(self.handle, keys)


@contextmanager
def terminal_of(home: Path, *args: str, **environment: str) -> Iterator[Terminal]:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    told = ("TEXTUAL", "COLORTERM", "NO_COLOR", "SSH_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(told)}
    env = {**inherited, "TERM": "xterm-256color", "SCALEGAME_HOME": str(home), **environment}
    command = [sys.executable, "-m", "scalegame", "play", *args]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


MOUSE_ON, MOUSE_OFF = b"\x1b[?1003h", b"\x1b[?1003l"


@UNIX
def test_the_mouse_is_taken_only_if_it_may_be(tmp_path: Path) -> None:
    with terminal_of(tmp_path) as it:
        assert MOUSE_ON in it.until(b"The first lift")
    with terminal_of(tmp_path, "--no-mouse") as it:
        assert b"\x1b[?1000h" not in it.until(b"The first lift")
        it.type(b":settings\r")
        it.until(b"Slow-down")
        it.type(b":mouse on\r")
        it.until(MOUSE_ON)
        it.type(b":mouse off\r")
        it.until(MOUSE_OFF)


@UNIX
def test_settings_from_the_file_in_a_real_terminal(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("glyphs: ascii\ncolours: 16\nmous: off\n", encoding="utf-8")
    with terminal_of(tmp_path, "--theme", "light") as it:
        shown = it.until(b"settings.yaml:3:1")
        assert shown.isascii()
        assert b"38;5;" not in shown
        assert b"38;2;" not in shown


@UNIX
def test_a_terminal_of_another_encoding(tmp_path: Path) -> None:
    with terminal_of(tmp_path, PYTHONIOENCODING="latin-1") as it:
        shown = it.until(b"The first lift") + it.until(b"help")
        assert shown.isascii()
        assert b"\\u" not in shown
        # A letter of that encoding, which is no UTF-8, is a letter; and the game goes on.
        it.type(b":caf\xe9\r")
        it.until(b'"cafe" is not a command here')


@UNIX
def test_broken_bytes_end_nothing(tmp_path: Path) -> None:
    with terminal_of(tmp_path) as it:
        it.until(b"help")
        it.type(b"\xff\xfe\x80\xc3")
        it.type(b":nonsense\r")
        it.until(b"is not a command here")
        assert it.process.poll() is None


@UNIX
def test_a_terminal_that_can_only_print_gets_lines(tmp_path: Path) -> None:
    with terminal_of(tmp_path, TERM="dumb") as it:
        shown = it.until(b"line by line")
        assert b"\x1b[?1049h" not in shown


@UNIX
def test_suspend_and_resume(tmp_path: Path) -> None:
    with terminal_of(tmp_path) as it:
        it.until(b"help")
        for suspend in ("typed", "from outside"):
            if suspend == "typed":
                it.type(b":suspend\r")
            else:
                it.process.send_signal(signal.SIGTSTP)
            left = it.until(b"\x1b[?1049l")
            assert MOUSE_OFF in left
            _, status = os.waitpid(it.process.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            it.process.send_signal(signal.SIGCONT)
            it.until(b"\x1b[?1049h")
            assert MOUSE_ON in it.until(b"The first lift")
        it.type(b":quit\r")
        it.until(b"\x1b[?1049l")
        assert it.process.wait(30) == 0


async def test_without_a_shell_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    app = app_with(tmp_path, Settings(), None)
    async with app.run_test(size=SMALL) as pilot:
        it = Game(app, pilot)
        await it.keys("f2")
        screen = await it.reach(SettingsScreen)
        await it.type("suspend")
        assert "no shell" in screen.said
    app.store.close()
