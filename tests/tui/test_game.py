"""The game from end to end: won by keys alone, by mouse alone, by typed lines alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from textual.widgets import OptionList

from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.codex import CodexScreen
from scalegame.tui.screens.dialogs import ChoiceScreen, QuestionScreen
from scalegame.tui.screens.edit import Arrow, EditScreen
from scalegame.tui.screens.help import HelpScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.small import TooSmallScreen
from scalegame.tui.telling.choice import Choice
from scalegame.tui.telling.words import line
from scalegame.tui.watch.playback import SPEEDS
from scalegame.tui.widgets.goals import Goals
from scalegame.tui.widgets.note import Note
from tests.tui.playing import LARGE, SMALL, WINNING, game, tiny


async def test_won_by_keys_alone(tmp_path: Path) -> None:
    async with game(tmp_path, size=SMALL) as it:
        await it.reach(LevelsScreen)
        await it.keys("enter")
        await it.reach(BriefingScreen)
        await it.keys("1", "enter")
        board = await it.reach(BoardScreen)
        # A wire is selected, and the balancer is put into it.
        await it.keys("right", "full_stop", "a")
        await it.reach(ChoiceScreen)
        await it.keys("enter")
        await it.reach(BoardScreen)
        assert board.session.lines == ("add balancer", "rewire people -> balancer -> kiosk")
        assert board.session.selected == "balancer"
        await it.keys("right", "e")
        edit = await it.reach(EditScreen) if isinstance(it.app.screen, EditScreen) else it.app.screen
        assert isinstance(edit, EditScreen)
        await it.keys("right", "right", "enter")
        await it.reach(BoardScreen)
        assert board.session.board.components["kiosk"].settings["replicas"] == 3
        await it.keys("space")
        await it.ran()
        await it.keys("enter")
        result = await it.reach(ResultScreen)
        assert result.outcome.verdict.won
        assert it.store.standings()["tiny"].won
        await it.keys("n")
        await it.reach(BriefingScreen)
        assert it.store.recall("level") == "tiny-too"


async def test_won_by_mouse_alone(tmp_path: Path) -> None:
    async with game(tmp_path, size=LARGE) as it:
        await it.reach(LevelsScreen)
        await it.click("#tool-play")
        await it.reach(BriefingScreen)
        await it.click("#tool-to-board")
        board = await it.reach(BoardScreen)
        canvas = board.query_one(BoardCanvas)
        wire = canvas.picture.routes["people", "kiosk"].cells[2]
        x, y = canvas._first or (0, 0)
        await it.click("#canvas", (wire[0] - x, wire[1] - y))
        assert board.session.selected == "people -> kiosk"
        await it.click("#tool-add")
        await it.reach(ChoiceScreen)
        await it.click(OptionList, (3, 0))
        await it.until(lambda: "balancer" in board.session.board.components, "the balancer")
        rect = canvas.picture.cards["kiosk"]
        x, y = canvas._first or (0, 0)
        await it.click("#canvas", (rect.x + 2 - x, rect.y + 1 - y))
        assert board.session.selected == "kiosk"
        await it.click("#tool-edit")
        edit = it.app.screen
        assert isinstance(edit, EditScreen)
        more = edit.query(Arrow)[1]
        for _ in range(2):
            await it.pilot.click(more)
            await it.pilot.pause()
        await it.click("#apply")
        await it.until(lambda: board.session.board.components["kiosk"].settings["replicas"] == 3, "three tills")
        await it.click("#tool-run")
        await it.ran()
        await it.click("#tool-result")
        result = await it.reach(ResultScreen)
        assert result.outcome.verdict.won
        await it.click("#tool-next")
        await it.reach(BriefingScreen)


async def test_won_by_typed_lines_alone(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        await it.reach(LevelsScreen)
        await it.type("play tiny")
        await it.reach(BriefingScreen)
        await it.type("guess kiosk")
        await it.type("board")
        board = await it.reach(BoardScreen)
        for line in WINNING:
            await it.type(line)
        assert board.session.steps == 3
        await it.type("run")
        await it.ran()
        await it.type("result")
        assert (await it.reach(ResultScreen)).outcome.verdict.won
        await it.type("next")
        await it.reach(BriefingScreen)
        await it.type("quit")
        await it.until(lambda: it.app.return_value == 0, "the end")


async def test_a_loss_says_why_and_one_key_leads_back_with_the_selection(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.keys("right", "right")
        selected = board.session.selected
        assert selected
        await it.keys("space")
        run = await it.ran()
        assert run.playhead is not None
        stop = run.computation.stop(run.seed)
        assert stop is not None
        run.playhead.time = stop.time - 0.2
        run.playhead.playing = True
        await it.until(lambda: run.playhead is not None and run.playhead.at_stop, "the early stop")
        assert run.query_one(Note).text == stop.sentence
        await it.keys("enter")
        result = await it.reach(ResultScreen)
        assert not result.outcome.verdict.won
        assert result.outcome.findings[0].component == "kiosk"
        await it.keys("h")
        assert result.query_one(Note).text == "One till is not enough."
        await it.keys("b")
        assert it.app.screen is board
        assert board.session.selected == selected
        assert board.canvas.selected == selected
        assert board.canvas.has_focus
        assert it.store.standings()["tiny"].losses == 1


async def test_undo_to_the_start_and_redo(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        for line in (*WINNING, "buy faster-till"):
            await it.type(line)
        done = board.session.board
        await it.keys("u", "u", "u", "u")
        assert board.session.board == board.session.level.found
        await it.keys("u")
        assert "at the start" in board.said
        await it.keys("U", "ctrl+y")
        assert board.session.steps == 2
        await it.type("redo all")
        assert board.session.board == done
        await it.type("undo all")
        assert board.session.lines == ()


async def test_a_refused_edit_is_one_line_and_comes_back_on_the_command_line(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("set kiosk replicas=99")
        assert "1 to 4" in board.said or "between 1 and" in board.said
        assert board.session.steps == 0
        await it.keys("colon")
        line = board.query_one("#line-input")
        assert line.value == "set kiosk replicas=99"  # type: ignore[attr-defined]
        await it.keys("escape")
        assert board.canvas.has_focus


async def test_the_command_line_completes_and_repeats(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.keys("colon", *"set ki", "tab", "space", *"rep", "tab", "2", "enter")
        assert board.session.board.components["kiosk"].settings["replicas"] == 2
        await it.keys("u", "colon", "up", "enter")
        assert board.session.board.components["kiosk"].settings["replicas"] == 2


async def test_a_board_that_cannot_start_says_what_is_missing(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("unwire people -> kiosk")
        await it.keys("space")
        assert it.app.screen is board
        assert "people" in board.said


async def test_the_board_is_as_it_was_left_after_a_restart(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("set kiosk replicas=2")
        await it.keys("right")
        left = board.session.saved()
    async with game(tmp_path) as it:
        board = await it.reach(BoardScreen)
        assert board.session.saved() == left
        await it.keys("u")
        assert board.session.lines == ()


async def test_too_small_says_so_and_recovers(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.pilot.resize_terminal(60, 20)
        await it.until(lambda: isinstance(it.app.screen, TooSmallScreen), "the complaint")
        await it.pilot.resize_terminal(79, 24)
        assert isinstance(it.app.screen, TooSmallScreen)
        await it.pilot.resize_terminal(80, 24)
        await it.until(lambda: it.app.screen is board, "the board")
        await it.type("set kiosk replicas=2")
        assert board.session.steps == 1


async def test_playback(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        for line in WINNING:
            await it.type(line)
        await it.keys("space")
        run = await it.ran()
        head = run.playhead
        assert head is not None
        await it.keys("space")
        assert not head.playing
        await it.keys("home")
        assert head.time == 0.0
        await it.keys("shift+right", "right", "left")
        assert abs(head.time - 0.1 * head.length) < 1e-9
        await it.keys("7")
        assert head.speed == SPEEDS[6]
        await it.keys("minus")
        assert head.speed == SPEEDS[5]
        await it.type("speed 8")
        assert head.speed == 8
        seed = run.seed
        await it.keys("s")
        assert run.seed == (seed + 1) % 3
        await it.keys("end")
        assert run.playhead is not None
        assert run.playhead.ended
        await it.keys("escape")
        assert it.app.screen is board


async def test_a_run_can_be_left_while_it_is_computed(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.pilot.press("space", "b")
        await it.until(lambda: it.app.screen is board, "the board")


async def test_locked_and_skipped(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        levels = await it.reach(LevelsScreen)
        await it.type("play later")
        assert "locked" in levels.said
        await it.keys("k")
        assert "lost twice" in levels.said
        board = None
        await it.type("play tiny")
        board = await it.board()
        for _ in range(2):
            await it.keys("space")
            await it.ran()
            await it.keys("b")
            await it.reach(BoardScreen)
        assert board.session.guide.count == 0
        await it.keys("escape", "escape")
        levels = await it.reach(LevelsScreen)
        await it.keys("k")
        assert it.store.standings()["tiny"].skipped


async def test_help_comes_from_the_table_and_does_what_is_chosen(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.keys("question_mark")
        assert isinstance(it.app.screen, HelpScreen)
        place = [action.id for action in actions.of(actions.BOARD)].index("hint")
        await it.keys(*["down"] * place, "enter")
        assert it.app.screen is board
        assert board.query_one(Note).text == "One till is not enough."


async def test_the_list_keeps_its_cursor_behind_the_help(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        listed = await it.reach(LevelsScreen)
        await it.keys("down")
        assert listed.under_cursor == "tiny-too"
        await it.keys("question_mark")
        await it.reach(HelpScreen)
        await it.keys("escape")
        await it.reach(LevelsScreen)
        assert listed.under_cursor == "tiny-too"
        # From a level one comes back to it, from wherever it was opened.
        await it.type("play tiny")
        await it.board()
        await it.type("back")
        await it.reach(LevelsScreen)
        assert listed.under_cursor == "tiny"


async def test_a_letter_goes_to_the_choice_that_begins_with_it(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        names = ("apple", "plum", "quince", "pear")
        choices = [Choice(name, line("▣ ", name), "", name != "plum") for name in names]
        it.app.push_screen(ChoiceScreen("Fruit", choices))
        listed = (await it.reach(ChoiceScreen)).query_one(OptionList)
        for key, found in (("p", 3), ("q", 2), ("a", 0), ("p", 3), ("p", 3), ("z", 3)):
            await it.keys(key)
            assert listed.highlighted == found, key
        await it.keys("enter")
        it.app.push_screen(ChoiceScreen("Fruit", [Choice("apple", line("apple"))]))
        await it.reach(ChoiceScreen)
        await it.keys("q")  # nothing begins with it: it leaves, as ever
        await it.reach(BoardScreen)


async def test_what_was_said_goes_with_the_next_action_and_its_keys_can_be_clicked(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("unwire people -> kiosk")
        await it.type("add balancer")
        await it.keys("space")
        problems = int(re.search(r"P: all (\d+) problems", board.said)[1])  # type: ignore[index]
        await it.click("#status-text", (board.said.index("P: all"), 0))
        window = await it.reach(ChoiceScreen)
        assert len(window.choices) == problems
        await it.keys("escape")
        await it.reach(BoardScreen)
        assert board.said == ""
        await it.type("add cheese")
        assert "cheese" in board.said
        await it.keys("d")
        assert board.said == ""


async def test_a_wire_is_drawn_by_a_click_on_what_may_be_its_end(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("add balancer")
        await it.keys("c")
        ends = next(word for word in re.findall(r"\d (\S+)", board.said))
        await it.click("#status-text", (board.said.index(f"1 {ends}"), 0))
        assert [wire for wire in board.session.board.wires if (wire.source, wire.target) == ("balancer", ends)]
        assert board.canvas.connecting is None


async def test_leaving_asks_first(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        await it.reach(LevelsScreen)
        await it.keys("q")
        assert isinstance(it.app.screen, QuestionScreen)
        await it.keys("n")
        await it.reach(LevelsScreen)
        await it.keys("q", "y")
        await it.until(lambda: it.app.return_value == 0, "the end")


async def test_the_palette_offers_the_actions_of_the_screen(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        offered = list(it.app.get_system_commands(board))
        assert {"Take back the last change", "Put the board under load", "Leave the game"} <= {
            c.title for c in offered
        }
        await it.type(WINNING[0])
        next(command for command in offered if command.title == "Take back the last change").callback()
        await it.pilot.pause()
        assert board.session.lines == ()


async def test_the_codex_opens_and_closes(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.keys("right", "f1")
        await it.reach(CodexScreen)
        await it.keys("escape")
        assert it.app.screen is board


async def test_back_on_the_board_the_goals_say_what_the_run_missed_until_something_changes(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.reach(BriefingScreen)
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        goals = board.query_one(Goals)
        assert [goal.value is None for goal in goals.goals if goal.objective.metric != "cost"] == [True, True]
        await it.keys("space")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.outcome is not None, "the end of the computation")
        await it.keys("enter")
        await it.reach(ResultScreen)
        await it.keys("escape")
        await it.reach(BoardScreen)
        assert all(goal.value is not None for goal in goals.goals)
        assert any(goal.held is False for goal in goals.goals)
        await it.type("add balancer")
        assert any(goal.value is None for goal in goals.goals)


async def test_what_another_copy_of_the_game_has_made_of_a_board_is_kept(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        board = await play.board()
        await play.type("set kiosk replicas=2")
        other = Store(tmp_path / "progress.sqlite3")
        (theirs,) = other.boards("tiny", tiny().digest)
        other.keep_board(replace(theirs, lines=("set kiosk replicas=3",), done=("set kiosk replicas=3",)))
        await play.type("add balancer")
        assert board.session.lines == tuple(play.store.boards("tiny", tiny().digest)[0].lines)
        (kept,) = play.store.named("tiny")
        assert kept.lines == ("set kiosk replicas=3",)
        assert kept.cost > 0
        (told,) = [toast.message for toast in play.app._notifications]
        assert "Another copy" in told
        assert f"load {kept.name}" in told
        await play.type(f"load {kept.name}")
        assert board.session.lines == ("set kiosk replicas=3",)
        other.close()
