"""What a level's author writes is drawn as text inside its box: on screens, on paper, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from scalegame.components import kinds
from scalegame.errors import ScalegameError, is_control
from scalegame.levels.load import load, loads
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.result import ResultScreen
from tests.test_cli import Cli
from tests.tui.places import follow
from tests.tui.playing import SMALL, Game, game, screen_text
from tests.tui.touch import Touch

TINY = (Path(__file__).parent / "tiny.yaml").read_text("utf-8")
MARKS = "[red]x[/] [@click=app.quit]y[/z]"
WIDE = "漢" * 20
#: Where a level has words: what the tiny one says there, and how it is written with other words.
WORDS = {
    "title": ("title: Tiny", 'title: "WORDS"'),
    "chapter_title": ("chapter_title: Small things", 'chapter_title: "WORDS"'),
    "teaches": ("teaches: [replication]", 'teaches: ["WORDS"]'),
    "brief": ("brief: |\n  A kiosk with one till. Everybody comes at once.", 'brief: "WORDS"'),
    "hint": ("  - One till is not enough.", '  - "WORDS"'),
    "debrief": ("debrief: |\n  Ninety a second need 1.8 tills.", 'debrief: "WORDS"'),
    "project": ("faster-till: {", 'faster-till: {title: "WORDS", says: "WORDS", '),
    "accepts": ("palette:\n", 'accepts: {no-outcomes: "WORDS"}\npalette:\n'),
    "attempt": ("says: Sending people to the one till there is does not help.", 'says: "WORDS"'),
}
#: Escapes to a terminal, what reverses what is displayed, and what is not to be seen.
REFUSED = (r"\x1b[31m", r"\x9b", r"\x07", r"\r", r"\x85", r"\u202e", r"\u2067", r"\u200f", r"\u200b", r"\u2028")


def written(words: str, spots: tuple[str, ...] = tuple(WORDS)) -> str:
    """The tiny level with other words; its run is short."""
    text = TINY.replace("measure: from 2 s to 12 s", "measure: from 1 s to 3 s")
    for spot in spots:
        old, new = WORDS[spot]
        assert text.count(old) == 1
        text = text.replace(old, new.replace("WORDS", words))
    return text


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    return Cli(monkeypatch, capsys)


@pytest.mark.parametrize("spot", WORDS)
def test_what_a_terminal_would_obey_is_refused(spot: str) -> None:
    assert loads(written(MARKS, (spot,)), "x", kinds()).id == "tiny"
    for bad in REFUSED:
        with pytest.raises(ScalegameError, match="remove it"):
            loads(written(f"a{bad}b", (spot,)), "x", kinds())


def test_names_have_no_marks() -> None:
    for name in (MARKS, WIDE, r"\u202ex"):
        with pytest.raises(ScalegameError):
            loads(TINY.replace("  small: {", f'  "{name}": {{'), "x", kinds())


def test_a_title_is_one_line() -> None:
    level = loads(written(r"a\nb\tc"), "x", kinds())
    assert (level.title, level.chapter_title, level.teaches) == ("a b c", "a b c", ("a b c",))
    assert level.rulebook.projects["faster-till"].title == "a b c"


def inside(it: Game) -> str:
    """The screen, once it is sure that its rows are as wide as it, and that no words in them can be clicked."""
    width, height = it.app.size
    strips = it.app.screen._compositor.render_strips()
    assert len(strips) == height
    for strip in strips:
        assert cell_len("".join(segment.text for segment in strip)) == width
        assert not any("app.quit" in str(segment.style.meta) for segment in strip if segment.style)
    assert it.app._exception is None
    return screen_text(it.app)


@pytest.mark.parametrize(("words", "shown"), [(MARKS, MARKS), (WIDE, "漢漢漢"), (r"a\nb " + MARKS, MARKS)])
async def test_words_are_text_inside_their_box(tmp_path: Path, words: str, shown: str) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(written(words), "utf-8")
    async with game(tmp_path, None, SMALL, Catalogue.of((load(path, kinds()),))) as it:
        screen = it.on(LevelsScreen)
        assert inside(it).count(shown) >= 3  # chapter, level, what it is about
        screen.obey("play tiny")
        await it.reach(BriefingScreen)
        await Touch(it).settle()
        assert inside(it).count(shown) >= 2
        board = await it.board()
        await Touch(it).settle()
        assert shown in inside(it).splitlines()[0]
        for line in ("projects", "hint"):
            board.obey(line)
            await Touch(it).settle()
            assert shown in "".join(inside(it).splitlines()[1:])
            await it.keys("escape")
        await follow(it, ("run", "result"))
        await it.reach(ResultScreen)
        await Touch(it).settle()
        assert shown in inside(it)


@pytest.mark.parametrize("words", [MARKS, WIDE, r"a\nb [red]"])
def test_words_are_text_on_the_command_line_and_on_paper(cli: Cli, tmp_path: Path, words: str) -> None:
    path = tmp_path / "pack" / "tiny.yaml"
    path.parent.mkdir()
    (path.parent / "pack.yaml").write_text("format: 1\nid: mine\ntitle: Mine\n", "utf-8")
    path.write_text(written(words), "utf-8")
    shown = words.replace(r"\n", " ")
    for command in (
        ("levels", path.parent),
        ("validate", path),
        ("prove", path, "--search", 0, "--jobs", 0),
        ("run", path, "--seeds", 1),
        ("handout", path, "--answers"),
        ("handout", path, "--answers", "--format", "html"),
    ):
        cli(*command)
        assert not cli.err or command[0] == "prove"
        assert not [char for char in cli.out if is_control(char) and char != "\n"], command
        # Markdown escapes brackets, so that they are text where it is read.
        told = cli.out.replace("\\", "") if command[0] == "handout" else cli.out
        if command[0] in ("levels", "validate", "run", "handout"):
            assert shown in told, command
        assert cell_len(max(cli.out.splitlines(), key=cell_len)) <= 80 or command[0] != "run"
