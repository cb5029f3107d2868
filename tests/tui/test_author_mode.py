"""Author mode on the screen: saving the file, its errors, the board as an attempt, thresholds that are moved."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from scalegame.cli import cli
from scalegame.progress.store import Store
from scalegame.tui import app as app_module
from scalegame.tui.app import ScalegameApp
from scalegame.tui.authoring.authored import AuthoredFile, opened
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens import authored
from scalegame.tui.screens.asking import AskScreen
from scalegame.tui.screens.authoring import ProblemsScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.dialogs import QuestionScreen
from scalegame.tui.screens.distribution import DistributionScreen
from scalegame.tui.screens.run import RunScreen
from tests.tui.playing import LARGE, SMALL, WINNING, Game, game, levels, screen_text

TEXT = (Path(__file__).parent / "tiny.yaml").read_text(encoding="utf-8").replace("id: tiny", "id: mine")


class Work(Game):
    """The game with a level in work."""

    file: AuthoredFile
    _saved = 0

    def save(self, text: str) -> None:
        """As an editor does; then it is looked at the file, which the clock does otherwise."""
        self._saved += 1
        self.file.path.write_bytes(text.encode())
        os.utime(self.file.path, ns=(self._saved * 10**9, self._saved * 10**9))
        self.app.look_at_file()

    @property
    def text(self) -> str:
        return self.file.path.read_text(encoding="utf-8")


@asynccontextmanager
async def working(folder: Path, size: tuple[int, int] = SMALL) -> AsyncIterator[Work]:
    path = folder / "mine.yaml"
    path.write_text(TEXT, encoding="utf-8")
    file = opened(str(path))
    store = Store(folder / "progress.sqlite3")
    catalogue = Catalogue.of(levels())
    catalogue.put(file.level)
    app = ScalegameApp("mine", store, catalogue, author=file)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        it = Work(app, pilot)
        it.file = file
        yield it
    store.close()


async def test_a_saved_file_is_taken_over_and_the_board_is_kept(tmp_path: Path) -> None:
    async with working(tmp_path) as it:
        board = await it.board()
        for line in WINNING:
            board.obey(line)
        it.save(TEXT.replace("cost <= $0.50/h", "cost <= $0.60/h").replace("title: Tiny", "title: Better"))
        await it.pilot.pause()
        assert it.on(BoardScreen) is board
        assert "kept" in board.said
        assert "Better" in screen_text(it.app)
        assert "$0.60/h" in screen_text(it.app)
        assert set(board.session.board.components) == {"people", "kiosk", "balancer"}
        assert board.session.steps == len(WINNING)
        # It is kept for the next time, too.
        assert it.store.boards("mine", board.session.level.digest)[0].lines == board.session.lines


async def test_the_brief_that_is_read_is_the_new_one(tmp_path: Path) -> None:
    async with working(tmp_path) as it:
        await it.reach(BriefingScreen)
        it.save(TEXT.replace("Everybody comes at once.", "Nobody comes, for once."))
        await it.until(lambda: "for once" in screen_text(it.app), "the new brief")
        it.on(BriefingScreen)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_errors_are_shown_with_their_lines_until_they_are_mended(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with working(tmp_path, size) as it:
        board = await it.board()
        level = board.session.level
        it.save(TEXT.replace("[small, large]", "[small, lagre]"))
        shown = await it.reach(ProblemsScreen)  # type: ignore[type-var]
        text = screen_text(it.app)
        assert "problem" in text
        assert "lagre" in text
        assert "mine.yaml:" in "".join(row.strip(" │") for row in text.splitlines())
        assert board.session.level is level
        it.save("")
        await it.pilot.pause()
        assert it.on(ProblemsScreen) is shown  # type: ignore[type-var]
        assert "lagre" not in screen_text(it.app)
        it.save(TEXT.replace("title: Tiny", "title: Mended"))
        await it.reach(BoardScreen)
        assert "Mended" in screen_text(it.app)


async def test_what_was_closed_comes_back_when_it_is_asked_for(tmp_path: Path) -> None:
    async with working(tmp_path) as it:
        board = await it.board()
        it.save("[")
        await it.reach(ProblemsScreen)  # type: ignore[type-var]
        await it.keys("escape")
        await it.reach(BoardScreen)
        it.app.look_at_file()  # nothing new: it stays closed
        assert it.app.screen is board
        await it.type("reload")
        await it.reach(ProblemsScreen)  # type: ignore[type-var]


async def test_markup_and_escapes_in_a_broken_file_are_text(tmp_path: Path) -> None:
    async with working(tmp_path, LARGE) as it:
        await it.board()
        it.save(TEXT.replace("kind: service", "kind: '[red]x[/red]'"))
        await it.reach(ProblemsScreen)  # type: ignore[type-var]
        assert "[red]x[/red]" in screen_text(it.app)


async def test_nothing_is_taken_over_in_the_middle_of_a_run_or_a_line(tmp_path: Path) -> None:
    async with working(tmp_path) as it:
        board = await it.board()
        await it.keys("space")
        run = await it.ran()
        it.save(TEXT.replace("title: Tiny", "title: Later"))
        assert it.on(RunScreen) is run
        assert board.session.level.title == "Tiny"
        assert "mine.yaml" in run.said
        it.app.pop_screen()
        await it.reach(BoardScreen)
        await it.keys("colon", "a")
        it.app.look_at_file()
        assert board.session.level.title == "Tiny"
        await it.keys("escape")
        it.app.look_at_file()
        assert board.session.level.title == "Later"


async def test_changes_that_do_not_fit_are_put_away_and_come_back(tmp_path: Path) -> None:
    bare = TEXT[: TEXT.index("attempts:")]
    async with working(tmp_path) as it:
        board = await it.board()
        board.obey("set kiosk replicas=4")
        it.save(bare.replace("replicas: 1..4", "replicas: 1..2"))
        assert "do not fit" in board.said
        assert not board.session.lines
        (named,) = it.store.named("mine")
        assert named.lines == ("set kiosk replicas=4",)
        it.save(bare)
        assert board.session.lines == ("set kiosk replicas=4",)
        assert len(it.store.named("mine")) == 1


async def test_the_board_is_written_into_the_file_as_an_attempt(tmp_path: Path) -> None:
    async with working(tmp_path) as it:
        board = await it.board()
        board.obey("set kiosk size=large")
        await it.type("attempt one-large loses cost says Large: dear # and simple.")
        assert "one-large is in mine.yaml" in board.said
        assert it.text.startswith(TEXT)
        put_in = it.text.removeprefix(TEXT)
        assert "  one-large:\n    do: [set kiosk size=large]\n    expect: {loses: cost}\n" in put_in
        assert it.file.level.attempts[-1].says == "Large: dear # and simple."
        assert board.session.level is it.file.level
        assert board.session.lines == ("set kiosk size=large",)
        # One of that name is asked for first.
        board.obey("set kiosk replicas=2")
        await it.type("attempt other wins")
        assert "not written" in board.said  # nobody could run it
        board.obey("undo")
        board.obey("buy faster-till")
        await it.type("attempt one-large loses cost")
        await it.reach(QuestionScreen)  # type: ignore[type-var]
        await it.keys("escape")
        assert it.file.level.attempts[-1].do == ("set kiosk size=large",)
        await it.type("attempt one-large loses cost")
        (await it.reach(QuestionScreen)).dismiss(True)  # type: ignore[type-var]
        await it.until(lambda: "is this board now" in board.said, "the attempt")
        assert "buy faster-till" in " ".join(it.file.level.attempts[-1].do)
        assert "dear # and simple" in it.text


async def test_an_attempt_can_be_asked_for_without_knowing_the_words(tmp_path: Path) -> None:
    async with working(tmp_path) as it:
        board = await it.board()
        await it.type("attempt")
        (await it.reach(AskScreen)).dismiss("as-found loses latency.p99")  # type: ignore[type-var]
        await it.until(lambda: "as-found is in" in board.said, "the attempt")
        assert it.file.level.attempts[-1].name == "as-found"
        await it.type("attempt wins")
        assert "NAME wins" in board.said
        assert len(it.file.level.attempts) == it.text.count("expect:")


async def test_a_file_that_was_saved_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The game has not looked at it since.
    monkeypatch.setattr(authored, "LOOK", 3600.0)
    async with working(tmp_path) as it:
        board = await it.board()
        theirs = TEXT + "# theirs\n"
        it.file.path.write_text(theirs, encoding="utf-8")
        await it.type("attempt as-found loses latency.p99")
        assert "another program" in board.said
        assert it.text == theirs


async def test_a_threshold_is_moved_against_twenty_runs_and_written(tmp_path: Path) -> None:
    async with working(tmp_path) as it:
        board = await it.board()
        for line in WINNING:
            board.obey(line)
        await it.keys("D")
        sheet = await it.reach(DistributionScreen)
        await it.until(lambda: sheet.sampling.done, "twenty runs")
        await it.pilot.pause()
        text = screen_text(it.app)
        assert text.count("20 of 20") == 3
        assert "< 500 ms" in text
        await it.keys("down")
        await it.type("target 1 ms")
        assert "0 of 20" in screen_text(it.app)
        assert "moved" in screen_text(it.app)
        await it.type("target 500 ms")
        before = sheet.objectives[1].target
        await it.keys("right", "right", "left")
        after = sheet.objectives[1].target
        assert after > before
        done = sheet.sampling
        await it.keys("w")
        assert "is in mine.yaml now" in sheet.said
        assert it.file.level.objectives[1].target == after
        assert it.text.count("\n") == TEXT.count("\n")
        changed = [(a, b) for a, b in zip(TEXT.splitlines(), it.text.splitlines(), strict=True) if a != b]
        assert [old for old, _ in changed] == ["  - latency.p99 < 500 ms"]
        assert sheet.sampling is done  # the runs are the same ones
        assert not sheet._is_moved(1)
        # Another world is run again.
        it.save(it.text.replace("exponential: 20 ms", "exponential: 21 ms"))
        assert sheet.sampling is not done
        await it.keys("escape")
        assert it.on(BoardScreen) is board
        assert board.session.level.objectives[1].target == after


async def test_who_only_plays_can_look_and_not_write(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        for command in ("attempt x wins", "reload"):
            await it.type(command)
            assert "--author" in board.said
        await it.type("distribution")
        sheet = await it.reach(DistributionScreen)
        await it.keys("left", "w")
        assert "--author" in sheet.said


def test_the_command_opens_a_file_to_work_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[object, ...]] = []

    def start(*args: object, author: bool = False) -> int:
        asked.append((*args, author))
        return 0

    monkeypatch.setattr(app_module, "run", start)
    assert CliRunner().invoke(cli, ["play", "--author", "my.yaml"]).exit_code == 0
    assert asked == [("my.yaml", {}, True)]
    missing = CliRunner().invoke(cli, ["play", "--author"])
    assert missing.exit_code == 2
    assert "needs the file" in missing.output
