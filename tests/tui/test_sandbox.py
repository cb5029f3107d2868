"""The sandbox on the screen; boards kept by name, share codes and scripts on every level."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Button, Input, OptionList, Static

from scalegame.components import kinds
from scalegame.design import sharecode
from scalegame.design.designfile import Design
from scalegame.levels.sandbox import Sandbox, sandbox
from scalegame.progress.model import NamedBoard
from scalegame.tui.board.clipboard import copied
from scalegame.tui.board.session import Session
from scalegame.tui.canvas.glyphs import unicode
from scalegame.tui.canvas.layout import Rect, Slot
from scalegame.tui.canvas.navigate import window
from scalegame.tui.canvas.picture import Picture
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.asking import AskScreen, StepScreen
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.dialogs import ChoiceScreen, QuestionScreen
from scalegame.tui.screens.edit import Arrow, EditScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.saving import BoardsScreen, CodeScreen
from scalegame.tui.widgets.goals import Goals
from scalegame.tui.widgets.inspector import inspected
from scalegame.tui.widgets.note import Note
from tests.tui.playing import LARGE, SMALL, WINNING, Game, game, levels, screen_text, tiny

CARDS = ("add shoppers", "add shop", "add database", "wire shoppers -> shop -> database")


@cache
def box() -> Sandbox:
    return sandbox(kinds())


def playing(
    folder: Path, level: str | None = "sandbox", size: tuple[int, int] = SMALL
) -> AbstractAsyncContextManager[Game]:
    return game(folder, level, size, Catalogue.of((*levels(), box())))


async def board_of(it: Game, *lines: str) -> BoardScreen:
    """The board, with some lines done on it."""
    if isinstance(it.app.screen, LevelsScreen):
        await it.until(lambda: not isinstance(it.app.screen, LevelsScreen), "a level")
    if isinstance(it.app.screen, BriefingScreen):
        await it.keys("enter")
    board = await it.reach(BoardScreen)
    for text in lines:
        assert board.edit(text), board.said
    await it.pilot.pause()
    return board


async def say(it: Game, text: str) -> None:
    """Sends a typed line; letter by letter takes long, and is tried elsewhere."""
    await it.keys("colon")
    it.app.screen.query_one("#line-input", Input).value = text
    await it.keys("enter")


async def paste(it: Game, text: str) -> None:
    it.app.post_message(events.Paste(text))
    await it.pilot.pause()
    await it.pilot.pause()


def about(it: Game) -> str:
    return str(it.app.screen.query_one(".about", Static).visual)


# The list of levels


async def test_it_stands_at_the_end_of_the_list_always_open_and_never_won(tmp_path: Path) -> None:
    async with playing(tmp_path, None) as it:
        screen = await it.reach(LevelsScreen)
        listed = screen.query_one("#levels", OptionList)
        last = listed.get_option_at_index(listed.option_count - 1)
        assert last.id == "sandbox"
        assert not last.disabled
        assert "of 3 won" in screen_text(it.app)
        await it.keys("end")
        assert "everything in the palette; traffic, faults, goals: yours" in " ".join(screen_text(it.app).split())
        await it.keys("k")
        assert "nothing to pass over" in screen.said
        await it.keys("enter")
        await it.reach(BriefingScreen)
        text = screen_text(it.app)
        assert "A run is judged by" in text
        assert "difficulty" not in text
        await board_of(it)
        await it.keys("escape", "escape")
        await it.reach(LevelsScreen)
        await say(it, "play sandbox")
        await it.reach(BriefingScreen)
        # What follows the last level of the campaign is not the sandbox.
        assert it.app.catalogue.after("later", it.store.standings()) is None


# Building


def test_who_asks_is_copied_too() -> None:
    session = Session(box())
    session.do(*CARDS, "add cache", "traffic shoppers 7/s", "fault at 30 s: shop dies")
    taken = copied(("shoppers", "shop", "database"), session.board, session.level.rulebook)
    assert taken.lines == ("add database", "add shop", "add shoppers", "wire shoppers -> shop -> database")
    assert not taken.left


def test_new_boxes_stand_near_the_selected_one_and_push_nobody_aside() -> None:
    session, picture = Session(box()), Picture(unicode())
    width, height = 80, 18
    first: tuple[int, int] | None = None
    before: dict[str, Slot] = {}
    for item in ("shoppers", "database", "cache", "balancer", "shop"):
        selected = session.selected
        session.insert(item)
        view = None if first is None else Rect(*first, width, height)
        picture.show_board(session.board, session.level.rulebook.kinds, {}, width, height, view)
        around = picture.extent
        first = (
            window(first and first[0], around.x, around.right, width),
            window(first and first[1], around.y, around.bottom, height),
        )
        picture.select(item)
        assert {id: picture.slots[id] for id in before} == before
        assert around.width <= width
        assert around.height <= height
        if selected:
            here, there = picture.slots[selected], picture.slots[item]
            assert max(abs(here.column - there.column), abs(here.row - there.row)) <= 4
        before = dict(picture.slots)


# Traffic, faults, goals


async def test_everything_by_keys_alone(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        await it.keys("T")
        step = await it.reach(StepScreen)
        assert step.rows[0].id == "shoppers arrivals"
        await it.keys("right", "down", "left", "down", "right", "right", "enter")
        await it.reach(BoardScreen)
        traffic = board.session.board.conditions.of("shoppers")
        assert (traffic.arrivals, traffic.timeout, traffic.retries) == ("150/s", "1 s", "2")
        await it.keys("F")
        await it.reach(ChoiceScreen)
        await it.keys("enter")
        await it.reach(StepScreen)
        await it.keys("right", "down", "right", "enter")
        await it.reach(BoardScreen)
        assert board.session.board.conditions.faults == ("at 30 s: shop dies for 10 s",)
        await it.keys("G")
        await it.reach(StepScreen)
        await it.keys("down", "left", "enter")
        await it.reach(BoardScreen)
        assert "latency.p99 < 300 ms" in board.session.board.conditions.goals
        assert [goal.objective.text for goal in board.query_one(Goals).goals] == list(
            board.session.board.conditions.goals
        )
        note = str(board.query_one(Note).visual)
        assert "shoppers 150/s" in note
        assert "at 30 s: shop dies for 10 s" in note
        # A fault is mended from the same list, and everything can be taken back step by step.
        await it.keys("F", "down", "down", "enter")
        await it.reach(BoardScreen)
        assert board.session.board.conditions.faults == ()
        await it.keys("u", "u", "u", "u")
        assert board.session.board.conditions == box().found.conditions
        assert tuple(board.session.lines) == ("add database", "add shop", "add shoppers", CARDS[-1])


async def test_everything_by_the_mouse_alone(tmp_path: Path) -> None:
    async with playing(tmp_path, size=LARGE) as it:
        board = await board_of(it, *CARDS)
        await it.click("#tool-traffic")
        step = await it.reach(StepScreen)
        right = [arrow for arrow in step.query(Arrow) if arrow._row == 0][1]
        await it.pilot.click(right)
        await it.pilot.click(right)
        await it.click("#apply")
        await it.reach(BoardScreen)
        assert board.session.board.conditions.of("shoppers").arrivals == "200/s"
        await it.click("#tool-faults")
        await it.reach(ChoiceScreen)
        await it.click(OptionList, (5, 0))
        await it.reach(StepScreen)
        await it.click("#apply")
        await it.reach(BoardScreen)
        assert board.session.board.conditions.faults == ("at 30 s: database crashes for 10 s",)
        await it.click("#tool-goals")
        step = await it.reach(StepScreen)
        number = [row.id for row in step.rows].index("cost")
        await it.pilot.click(step.query_one(f"#row-{number} .edit-value"))
        await it.pilot.click([arrow for arrow in step.query(Arrow) if arrow._row == number][1])
        await it.click("#apply")
        await it.reach(BoardScreen)
        assert "cost <= $0.20/h" in board.session.board.conditions.goals


async def test_everything_typed(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        for text in (
            "traffic shoppers 60/s until 20 s, then 120/s timeout 1 s",
            "fault at 30 s: shop crashes for 10 s",
            "faults at 40 s: database is 5 times slower",
            "goal browse.latency.p99 < 1 s",
            "goals cost <= $1/h",
            "measure 5 s 50 s",
            "mend 2",
            "ungoal unfinished",
        ):
            await say(it, text)
        now = board.session.board.conditions
        assert now.of("shoppers").arrivals == "60/s until 20 s, then 120/s"
        assert now.faults == ("at 30 s: shop crashes for 10 s",)
        assert {"browse.latency.p99 < 1 s", "cost <= $1.00/h"} <= set(now.goals)
        assert now.measure is not None
        assert (now.measure.start, now.measure.end) == ("5 s", "50 s")
        assert not any(goal.startswith("unfinished") for goal in now.goals)
        await it.type("traffic shopers 3/s")
        assert 'did you mean "shoppers"' in board.said
        await it.keys("colon")
        assert board.query_one("#line-input", Input).value == "traffic shopers 3/s"


async def test_any_value_can_be_typed_and_what_cannot_be_is_said_at_once(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        await it.keys("T", "9", "9")
        await it.pilot.press(*"000/s", "enter")
        step = await it.reach(StepScreen)
        assert "at most 50,000 requests" in about(it)
        assert step.values["shoppers arrivals"] == "100/s"
        entry = step.query_one(Input)
        entry.value = "constant 99/s"
        await it.keys("enter")
        assert not entry.display
        await it.keys("enter")
        await it.reach(BoardScreen)
        assert board.session.board.conditions.of("shoppers").arrivals == "constant 99/s"


async def test_steps_that_are_too_much_together_are_not_applied(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        await it.keys("T")
        step = await it.reach(StepScreen)
        step.put(step.rows[0], "800/s")
        await it.keys("enter")
        await it.reach(StepScreen)
        assert "write traffic shoppers" in about(it)
        # The same with a shorter window is one step.
        step.put(next(row for row in step.rows if row.id == "measure end"), "15 s")
        await it.keys("enter")
        await it.reach(BoardScreen)
        assert board.session.board.conditions.of("shoppers").arrivals == "800/s"
        await it.keys("u")
        assert board.session.board.conditions == box().found.conditions


async def test_changing_who_asks_opens_their_traffic(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS, "add fans as crowd")
        await say(it, "traffic crowd 7/s")
        assert board.session.board.conditions.of("fans").arrivals == "7/s"
        await say(it, "edit crowd")
        step = await it.reach(StepScreen)
        assert step.rows[step.at].id == "fans arrivals"
        await it.keys("escape")
        await say(it, "edit shop")
        await it.reach(EditScreen)


async def test_a_link_is_cut_and_a_card_is_not(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        await it.keys("F", "enter")
        step = await it.reach(StepScreen)
        target = step.rows[0]
        step.put(target, "city <-> north")
        assert step.values["effect"] == "is cut"
        step.put(target, "shop")
        assert step.values["effect"] == "crashes"
        step.put(target, "city <-> north")
        await it.keys("enter")
        await it.reach(BoardScreen)
        assert board.session.board.conditions.faults == ("at 30 s: city <-> north is cut for 10 s",)


async def test_the_run_goes_by_what_stands_on_the_board(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(
            it, *CARDS, "traffic shoppers 30/s", "fault at 8 s: shop crashes for 3 s", "measure 5 s 15 s"
        )
        await it.keys("space")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None, "the end of the computation")
        assert run.computation.level.window.end == 15.0
        assert not run.outcome.verdict.won  # type: ignore[union-attr]
        (attempt,) = it.store.attempts("sandbox")
        assert "fault at 8 s: shop crashes for 3 s" in attempt.lines
        assert it.store.boards("sandbox", box().digest)[0].lines == board.session.lines


async def test_nothing_is_won_or_passed_over_there(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS, "measure 1 s 3 s")
        assert "To win" not in board.topic("").text.plain
        await it.keys("space")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None, "the end of the computation")
        await it.keys("enter")
        result = await it.reach(ResultScreen)
        told = screen_text(it.app)
        for text in ("next level", "pass over", "hint", "n goes on"):
            assert text not in told
        await it.keys("n")
        assert "Nothing comes after" in result.said
        await it.keys("k")
        assert "nothing to pass over" in result.said


async def test_an_empty_board_says_how_to_begin(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it)
        await it.keys("space")
        assert "write add shoppers" in board.said
        await it.keys("F", "enter")
        await it.reach(BoardScreen)
        assert "nothing yet that could break" in board.said


async def test_other_levels_say_what_they_have_decided(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it)
        for key, said in (("T", "people 90/s"), ("F", "nothing goes wrong"), ("G", "availability")):
            await it.keys(key)
            assert said in board.said
            assert "In the sandbox" in board.said
        assert not board.query_one("#tool-traffic").display
        await say(it, "traffic people 3/s")
        assert "this level decides" in board.said.lower()
        assert board.session.board == tiny().found


async def test_completion(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS, "fault at 30 s: shop dies")
        assert "traffic shoppers" in board.complete("traffic sh")
        assert "traffic shoppers timeout 1 s" in board.complete("traffic shoppers timeout ")
        assert "goal latency.p99" in board.complete("goal la")
        assert "ungoal availability" in board.complete("ungoal ")
        assert board.complete("mend ") == ("mend 1", "mend all")
        assert "fault at 30 s: shop" in board.complete("fault at 30 s: sh")
        it.store.keep_named(NamedBoard("sandbox", "big one", "", (), 1.0, 1))
        assert board.complete("load b") == ("load big one",)
    async with playing(tmp_path / "other", "tiny") as it:
        board = await board_of(it)
        assert not any(word.startswith(("fault ", "ungoal", "measure", "mend")) for word in board.complete("m"))


# Boards by name


async def test_a_board_is_kept_loaded_and_deleted_by_keys(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it, *WINNING)
        won = board.session.board
        await it.keys("s")
        ask = await it.reach(AskScreen)
        assert ask.query_one(Input).value == "board 1"
        await it.keys("enter")
        await it.reach(BoardScreen)
        assert "Kept as board 1" in board.said
        await it.keys("u", "u", "u")
        await it.keys("l")
        await it.reach(BoardsScreen)
        assert "board 1" in screen_text(it.app)
        await it.keys("enter")
        await it.reach(BoardScreen)
        assert board.session.board == won
        # One step, which can be taken back.
        await it.keys("u")
        assert board.session.board == tiny().found
        await it.keys("l")
        await it.reach(BoardsScreen)
        await it.keys("x")
        await it.reach(QuestionScreen)
        await it.keys("n")
        assert len(it.store.named("tiny")) == 1
        await it.keys("l", "x")
        await it.reach(QuestionScreen)
        await it.keys("y")
        await it.reach(BoardScreen)
        assert it.store.named("tiny") == ()
        await it.keys("l")
        assert "No board is kept" in board.said


async def test_a_board_is_kept_loaded_and_deleted_by_typing_and_by_mouse(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny", LARGE) as it:
        board = await board_of(it, *WINNING)
        await say(it, "save the cheap one")
        await say(it, "undo all")
        await say(it, "load the chep one")
        assert 'did you mean "the cheap one"' in board.said
        await say(it, "load the cheap one")
        assert len(board.session.lines) == 3
        await say(it, "save " + "x" * 80)
        assert "cannot be the name of a board" in board.said
        await say(it, "forget the cheap one")
        await it.reach(QuestionScreen)
        await it.click("#no")
        await it.keys("u")
        board.do_load("")
        await it.reach(BoardsScreen)
        await it.click(OptionList, (5, 0))
        await it.reach(BoardScreen)
        assert len(board.session.lines) == 3
        board.do_load("")
        await it.reach(BoardsScreen)
        await it.click("#delete")
        await it.reach(QuestionScreen)
        await it.click("#yes")
        await it.reach(BoardScreen)
        assert it.store.named("tiny") == ()


async def test_a_board_that_no_longer_fits_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it)
        it.store.keep_named(NamedBoard("tiny", "odd", "old", ("add teapot",), 1.0, 1))
        it.store.keep_named(NamedBoard("tiny", "fine", "old", WINNING, 1.0, 1))
        await say(it, "load odd")
        assert "does not fit this level any more" in board.said
        assert board.session.board == tiny().found
        await say(it, "load fine")
        assert "before this level changed" in board.said
        assert len(board.session.lines) == 3


# Share codes


async def test_a_code_goes_out_and_comes_in(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it, *WINNING)
        await it.keys("Y")
        shown = await it.reach(CodeScreen)
        assert it.app.clipboard == shown.code
        assert sharecode.decode(shown.code).do == board.session.lines
        await it.keys("f")
        await it.reach(BoardScreen)
        (file,) = (tmp_path / "texts").iterdir()
        assert file.read_text(encoding="utf-8").strip() == shown.code
        await say(it, "undo all")
        await say(it, f"open {shown.code}")
        assert len(board.session.lines) == 3
        await it.keys("u")
        assert board.session.lines == ()
        await paste(it, f"{shown.code[:30]}\n{shown.code[30:]}\n")
        assert len(board.session.lines) == 3


@pytest.mark.parametrize("way", ["typed", "pasted", "dialog"])
async def test_a_code_of_another_level_leads_there(tmp_path: Path, way: str) -> None:
    code = sharecode.encode(Design("sandbox", CARDS, "old digest"))
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it, *WINNING)
        if way == "typed":
            await say(it, code)
        elif way == "pasted":
            await paste(it, code)
        else:
            await it.keys("O")
            (await it.reach(AskScreen)).query_one(Input).value = code
            await it.keys("enter")
        await it.until(lambda: it.app.screen is not board and isinstance(it.app.screen, GameScreen), "the sandbox")
        there = next(screen for screen in it.app.screen_stack if isinstance(screen, BoardScreen))
        assert there.session.level.id == "sandbox"
        assert set(there.session.board.components) == {"shoppers", "shop", "database"}
        assert "another version" in there.session.notice
        # The board left behind was saved, and so is this one.
        assert len(it.store.boards("tiny", tiny().digest)[0].lines) == 3
        assert len(it.store.boards("sandbox", box().digest)[0].lines) == 4


async def test_a_code_on_the_list_of_levels(tmp_path: Path) -> None:
    async with playing(tmp_path, None) as it:
        screen = await it.reach(LevelsScreen)
        await paste(it, sharecode.encode(Design("later", ())))
        assert "locked" in screen.said
        await paste(it, sharecode.encode(Design("nowhere", ())))
        assert "not there" in screen.said
        await paste(it, sharecode.encode(Design("tiny", ("add teapot",))))
        assert "does not fit" in screen.said
        await paste(it, "SG1-nonsense")
        assert "damaged or incomplete" in screen.said
        await it.keys("O")
        (await it.reach(AskScreen)).query_one(Input).value = sharecode.encode(
            Design("tiny", WINNING, tiny().digest)
        )
        await it.keys("enter")
        await it.until(lambda: any(isinstance(s, BoardScreen) for s in it.app.screen_stack), "the board")
        board = await board_of(it)
        assert len(board.session.lines) == 3


# Scripts


async def test_pasted_lines_are_done_one_by_one(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it)
        await it.keys("colon")
        await paste(it, "# three tills\n" + "\n\n".join(WINNING) + "\n")
        assert not board.query_one("#line-input").display
        assert board.session.steps == 3
        assert "Did 3 lines" in board.said
        await it.keys("u")
        assert board.session.steps == 2
        await say(it, "undo all")
        await paste(it, "add balancer\nset kiosk replicas=3\nset kiosk replicas=many\nadd balancer")
        assert board.said.startswith("Line 3: ")
        assert board.session.steps == 2
        await it.keys("colon")
        assert board.query_one("#line-input", Input).value == "set kiosk replicas=many"


async def test_one_pasted_line_is_looked_at_first_and_a_script_cannot_leave_the_game(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it)
        await paste(it, "add balancer\n")
        assert board.query_one("#line-input", Input).value == "add balancer"
        assert board.session.steps == 0
        await it.keys("enter")
        assert board.session.steps == 1
        await paste(it, "quit now\nundo all")
        assert "Line 1" in board.said
        assert board.session.steps == 1


async def test_a_board_is_written_and_a_script_of_it_makes_it_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS, "fault at 30 s: shop dies", "traffic shoppers 44/s")
        made = board.session.board
        await say(it, "write my shop")
        file = tmp_path / "designs" / "my-shop.yaml"
        assert file.is_file()
        await say(it, "undo all")
        await say(it, "script my shop")
        assert board.session.board == made
        await say(it, f"write {tmp_path}/elsewhere")
        assert (tmp_path / "elsewhere.yaml").is_file()
        await say(it, f"write {tmp_path}/elsewhere")
        assert "is there already" in board.said
        (tmp_path / "lines.txt").write_text("traffic shoppers 55/s\nmeasure 5 s 9 s\nfly\n", encoding="utf-8")
        await say(it, f"script {tmp_path}/lines.txt")
        assert "Line 2: then the run would be over" in board.said
        assert board.session.board.conditions.of("shoppers").arrivals == "55/s"
        await say(it, "script nowhere.txt")
        assert "there is no file" in board.said.lower()
        (tmp_path / "huge.txt").write_bytes(b"x" * 3_000_000)
        await say(it, f"script {tmp_path}/huge.txt")
        assert "too large" in board.said
        (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00")
        await say(it, f"script {tmp_path}/bytes.txt")
        assert "cannot be read" in board.said


async def test_a_design_of_another_level_is_no_script_here(tmp_path: Path) -> None:
    async with playing(tmp_path, "tiny") as it:
        board = await board_of(it)
        (tmp_path / "other.yaml").write_text("format: 0\nlevel: sandbox\ndo: [add shop]\n", encoding="utf-8")
        await say(it, f"script {tmp_path}/other.yaml")
        assert "for the level sandbox, not for tiny" in board.said


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_windows_fit_and_their_buttons_are_there(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size) as it:
        await board_of(it, *CARDS)
        for key in "TG":
            await it.keys(key)
            step = await it.reach(StepScreen)
            for button in step.query(Button):
                assert it.app.screen.region.contains_region(button.region)
            await it.keys("escape")
        assert "? help" in screen_text(it.app)


async def test_the_inspector_says_what_surrounds_the_board(tmp_path: Path) -> None:
    async with playing(tmp_path, size=LARGE) as it:
        board = await board_of(it, *CARDS, "traffic shoppers 60/s retries 2", "fault at 30 s: shop dies")
        await say(it, "select shoppers")
        told = screen_text(it.app)
        assert "retries  2" in told
        board.session.selected = ""
        board.refresh_board()
        await it.pilot.pause()
        told = screen_text(it.app)
        for text in ("shoppers 60/s", "at 30 s: shop dies", "availability >= 99 %", "from 10 s to 1 min"):
            assert text in told


async def test_the_inspector_says_whose_price_it_is_and_what_can_be_changed(tmp_path: Path) -> None:
    async with playing(tmp_path, size=LARGE) as it:
        board = await board_of(it, *CARDS)
        board._select("database")
        shown = str(inspected(board.session, "", False, board.key))
        assert "own price" in shown
        assert "▸ price" not in shown
        board._select("shoppers")
        shown = str(inspected(board.session, "", False, board.key))
        assert "T or e changes it" in shown
        assert "Nothing to change" not in shown
