"""Working on a board: several parts at once, copies, history, differences, looking around."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.errors import ScalegameError
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.tui import actions
from scalegame.tui.board.clipboard import copied, pasted
from scalegame.tui.board.differing import differing
from scalegame.tui.board.selecting import marks, moves
from scalegame.tui.board.session import Session
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.edit import EditScreen
from scalegame.tui.screens.history import HistoryScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.widgets.inspector import Inspector
from scalegame.tui.widgets.plain import Static
from tests.tui.playing import LARGE, SMALL, Game, game, screen_text

TILL = """\
  till: {kind: service, max: 4, runs: kiosk, at: town, size: small, threads: 30,
         adjust: {replicas: 1..4}}
"""


@cache
def market() -> Level:
    """The tiny level, with tills for sale."""
    import tempfile

    text = (Path(__file__).parent / "tiny.yaml").read_text()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "market.yaml"
        path.write_text(text.replace("id: tiny", "id: market").replace("palette:\n", f"palette:\n{TILL}"))
        return load(path, kinds())


@asynccontextmanager
async def at_market(folder: Path, size: tuple[int, int] = SMALL) -> AsyncIterator[tuple[Game, BoardScreen]]:
    """The game, and the board of the market."""
    async with game(folder, "market", size, Catalogue.of((market(),))) as it:
        yield it, await it.board()


async def test_what_is_marked_is_removed_in_one_step(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("add till")
        await it.type("add till")
        await it.type("mark till till-2 people")
        assert board.canvas.picture.marked == {"till", "till-2", "people"}
        await it.keys("x")
        assert set(board.session.board.components) == {"people", "kiosk"}
        assert "Removed till and till-2" in board.said
        assert "people belongs to this level" in board.said
        assert board.session.marked == {"people"}
        await it.keys("u")
        assert set(board.session.board.components) == {"people", "kiosk", "till", "till-2"}
        assert board.said.startswith("Took back: removed till and till-2")


async def test_a_key_marks_and_the_editor_changes_all_that_are_marked(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("add till")
        await it.keys("v")
        await it.type("select kiosk")
        await it.keys("v", "e")
        await it.reach(EditScreen)
        await it.keys("right", "enter")
        assert [board.session.board.components[id].replicas for id in ("kiosk", "till")] == [2, 2]
        assert board.said.startswith("kiosk and till: replicas 1 → 2")
        await it.type("set replicas=4")
        assert [board.session.board.components[id].replicas for id in ("kiosk", "till")] == [4, 4]
        await it.type("undo 2")
        assert board.said.startswith("Took back 2 steps: kiosk and till: replicas 2 → 4; kiosk and till: ")
        assert [board.session.board.components[id].replicas for id in ("kiosk", "till")] == [1, 1]
        assert board.session.at == 1
        await it.keys("escape")
        assert not board.session.marked
        assert not board.canvas.picture.marked


async def test_setting_nothing_says_what_to_write(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("set replicas=3")
        assert "set web replicas=3" in board.said


async def test_parts_are_copied_and_pasted_with_the_wires_among_them(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("add till replicas=3")
        await it.type("add balancer")
        await it.type("wire balancer -> till")
        await it.type("copy till balancer")
        assert it.app.clipboard.splitlines() == [
            "add balancer",
            "add till replicas=3",
            "wire balancer -> till",
        ]
        await it.keys("p")
        assert board.session.board.components["till-2"].replicas == 3
        assert "at most" in board.said  # one balancer is all there is
        assert board.session.at == 4
        await it.keys("u")
        assert "till-2" not in board.session.board.components


async def test_two_parts_that_were_pasted_are_marked_to_be_moved(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("add till")
        await it.type("add till")
        await it.type("copy till till-2")
        await it.type("paste")
        assert board.session.marked == {"till-3", "till-4"}
        assert board.said.startswith("Added till-3 and till-4")
        before = dict(board.canvas.picture.slots)
        await it.keys("J", "J")
        after = board.canvas.picture.slots
        assert {id: (after[id].row - before[id].row) for id in ("till-3", "till-4", "till")} == {
            "till-3": 2, "till-4": 2, "till": 0
        }  # fmt: skip
        assert board.session.story[-1] == "moved till-3 and till-4"
        assert board.session.at == 4  # both moves are one step


async def test_parts_are_moved_by_letters_and_by_words(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("select kiosk")
        await it.keys("J", "J", "L")
        assert board.session.board.components["kiosk"].position == (3, 2)
        assert board.session.story == ("moved kiosk",)
        await it.type("move up 2")
        assert board.session.board.components["kiosk"].position == (3, 0)
        await it.type("move kiosk 5,4")
        assert board.session.board.components["kiosk"].position == (5, 4)
        await it.type("move people kiosk down 3")
        assert board.session.board.components["people"].position == (0, 3)
        await it.type("move sideways")
        assert "move web lb down" in board.said


async def test_the_history_is_told_and_leads_to_every_step(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        board.session.selected = "people -> kiosk"
        await it.keys("a")
        await it.until(lambda: it.app.screen is not board)
        await it.keys("down", "enter")
        await it.type("set kiosk replicas=3 size=large")
        await it.type("buy faster-till")
        await it.keys("z")
        sheet = await it.reach(HistoryScreen)
        text = screen_text(it.app)
        assert "added balancer between people and kiosk" in text
        assert "kiosk: replicas 1 → 3, size small → large" in text
        assert "you are here" in next(row for row in text.splitlines() if "bought" in row)
        await it.keys("u")
        assert board.session.at == 2
        assert "Took back: bought" in sheet.said
        assert "taken back" in next(row for row in screen_text(it.app).splitlines() if "bought" in row)
        await it.keys("up", "up", "enter")
        assert it.app.screen is board
        assert board.session.at == 0
        assert board.session.board == market().found
        await it.type("history")
        await it.type("step 3")
        assert board.session.at == 3
        await it.type("history")
        await it.type("step 9")
        assert it.on(HistoryScreen).said == "There are steps 0 to 3."


async def test_a_click_on_a_step_goes_there(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("set kiosk replicas=3")
        await it.keys("z")
        await it.reach(HistoryScreen)
        await it.click("#history", offset=(10, 0))
        assert it.app.screen is board
        assert board.session.at == 0
        await it.type("redo all")
        assert board.said.startswith("Did again: kiosk: replicas 1 → 3")


async def test_the_difference_is_marked_and_listed(tmp_path: Path) -> None:
    async with at_market(tmp_path, LARGE) as (it, board):
        await it.type("add till")
        await it.type("set kiosk replicas=2")
        await it.type("diff found")
        text = screen_text(it.app)
        assert "+ new" in text
        assert "~ changed" in text
        listed = str(board.query_one(Inspector).query_one("#inspector-text").render())
        assert "+ till" in listed
        assert "kiosk replicas 1 → 2" in listed
        assert "+$0.20/h" in listed
        await it.type("diff last")
        assert "Nothing has been run yet" in board.said
        assert "~ changed" not in screen_text(it.app)


async def test_the_difference_to_the_last_attempt(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, _):
        await it.type("run x16")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.playhead is not None, "the runs")
        assert run.playhead is not None
        assert run.playhead.speed == 16
        await it.type("board")
        await it.type("set kiosk replicas=3")
        await it.keys("f", "f")
        assert "against the last attempt  +$0.20/h" in screen_text(it.app)
        await it.keys("f")
        assert "against" not in screen_text(it.app)


async def test_nonsense_about_speed_is_one_line(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("run x3")
        assert board.said == "Write run, or run x1, x2, x4 … x64."


async def test_the_overview_leads_to_a_part(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("add till")
        await it.type("move till 60,60")
        await it.type("select people")
        await it.keys("o")
        assert board.canvas.in_overview
        await it.keys("tab", "tab", "enter")
        assert not board.canvas.in_overview
        assert board.session.selected == "till"
        card = board.canvas.picture.cards["till"]
        left, top = board.canvas._first or (0, 0)
        assert left <= card.x
        assert card.right <= left + board.canvas.size.width
        assert top <= card.y
        assert card.bottom <= top + board.canvas.size.height
        await it.type("scroll people")
        assert board.canvas._first != (left, top)
        await it.type("scroll sideways")
        assert board.said.startswith("Write scroll left")


async def test_one_can_look_around_in_a_run(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, _):
        await it.type("move kiosk 40,20")
        await it.type("run x1")
        run = await it.reach(RunScreen)
        await it.until(lambda: run.playhead is not None, "the runs")
        canvas = run.query_one(BoardCanvas)
        start = canvas._first
        await it.keys("pagedown", "ctrl+right")
        assert canvas._first != start
        await it.type("scroll people")
        assert canvas._first == start
        await it.keys("O")
        assert canvas.in_overview
        assert "Click a part, again to go there" in run.said
        box = canvas._overview.boxes["kiosk"] if canvas._overview else None
        assert box is not None
        await it.pilot.click(canvas, offset=(box.x, box.y), times=2)
        await it.pilot.pause()
        assert not canvas.in_overview
        assert canvas.selected == "kiosk"
        await it.until(lambda: canvas._first != start, "the kiosk in view")


async def test_a_part_that_is_added_far_from_the_view_is_shown(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("move kiosk 70,0")
        await it.type("scroll end")
        await it.type("add till")
        card, size = board.canvas.picture.cards["till"], board.canvas.size
        left, top = board.canvas._first or (0, 0)
        assert card.x - left >= 0
        assert card.right - left <= size.width
        assert card.y - top >= 0
        assert card.bottom - top <= size.height


@pytest.mark.parametrize(
    ("line", "true"),
    [
        ("add balancer as sessions", lambda s: "sessions" in s.board.components),
        ("rewire people -> till -> kiosk", lambda s: "till" not in s.board.components),  # refused: no till yet
        ("buy faster-till", lambda s: s.board.projects == ("faster-till",)),
        ("connect people kiosk", lambda s: len(s.board.wires) == 1),
        ("disconnect people -> kiosk", lambda s: not s.board.wires),
        ("unwire people kiosk", lambda s: not s.board.wires),
        ("set kiosk replicas=2 size=large", lambda s: s.board.components["kiosk"].replicas == 2),
        ("rm kiosk", lambda s: "kiosk" not in s.board.components),
    ],
)
async def test_every_verb_can_be_typed(tmp_path: Path, line: str, true) -> None:  # type: ignore[no-untyped-def]
    async with at_market(tmp_path) as (it, board):
        await it.type(line)
        assert true(board.session), board.said
        assert "is not a command" not in board.said


async def test_what_is_cut_off_says_so(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("mark all")
        for name in ("a-rather-long-name-for-a-till", "another-rather-long-name-for-a-till"):
            await it.type(f"add till as {name}")
        await it.type("mark all")
        row = next(row for row in screen_text(it.app).splitlines() if "4 marked" in row)
        assert row.endswith("…")
        assert len(board.session.marked) == 4


async def test_where_a_wire_may_lead_is_offered_in_one_order_and_nothing_else_is(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        for text in ("add till", "add till", "add balancer", "rewire people -> balancer -> kiosk"):
            board.edit(text)
        await it.type("select balancer")
        await it.keys("c")
        offered = board.said
        assert "people" not in offered.partition(" to: ")[2].partition("arrows")[0]
        for key in ("right", "down", "left", "left", "up", "tab", "tab", "tab"):
            await it.keys(key)
            assert board.canvas.selected in ("till", "till-2"), key  # who asks cannot be asked, the kiosk is
        await it.keys("escape")
        # What is wired meanwhile between others changes no number.
        await it.keys("c")
        assert board.said == offered


async def test_what_was_taken_back_is_framed_and_the_arrows_go_on_from_there(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("set kiosk replicas=2")
        await it.type("select people")
        for key, there in (("u", 1), ("ctrl+r", 2)):
            await it.keys(key)
            assert board.session.board.components["kiosk"].replicas == there
            assert (board.session.selected, board.canvas.selected) == ("kiosk", "kiosk")
            assert "kiosk" in board.said
            assert str(board.query_one("#selected-line", Static).visual).startswith("kiosk ")
            await it.keys("left")
            assert board.session.selected == "people"
        await it.type("add till")
        await it.keys("u")  # what was framed is gone: back to what was before
        assert (board.session.selected, board.canvas.selected) == ("people", "people")
        await it.keys("full_stop", "right")
        assert board.session.selected == "kiosk"  # where the wire leads


async def test_esc_with_nothing_selected_leaves_when_it_is_pressed_again(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.keys("right", "escape")
        assert board.said == ""
        await it.keys("escape")
        assert it.app.screen is board
        assert board.said.startswith("Esc again")
        await it.keys("right", "escape", "escape")  # something else came between
        assert it.app.screen is board
        await it.keys("escape")
        await it.reach(LevelsScreen)


@pytest.mark.parametrize("typed", ["back", "leave"])
async def test_who_types_that_they_leave_is_not_asked(tmp_path: Path, typed: str) -> None:
    async with at_market(tmp_path) as (it, _):
        await it.type(typed)
        await it.reach(LevelsScreen)


# Pure


def test_what_is_kept_is_written_out_once_for_a_board(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(market())
    session.do("add till")
    asked: list[object] = []
    difference = edits.difference
    monkeypatch.setattr(edits, "difference", lambda *of: asked.append(of) or difference(*of))
    for selected in ("till", "kiosk", ""):
        session.selected = selected
        assert session.saved().selected == selected
        assert session.lines == session.saved().lines == ("add till",)
    assert len(asked) == 1
    session.do("set till replicas=2")
    assert session.saved().lines == ("add till replicas=2",)
    session.undo()
    assert session.saved().lines == ("add till",)


def test_what_was_copied_is_a_script_that_makes_the_same_parts() -> None:
    session = Session(market())
    session.do("add till replicas=2", "add balancer policy=random", "wire balancer -> till")
    taken = copied(("till", "balancer"), session.board, market().rulebook)
    other = edits.apply_all(market().found, taken.lines, market().rulebook)
    for id in ("till", "balancer"):
        assert other.components[id] == session.board.components[id]
    assert [str(wire) for wire in other.wires if wire.source == "balancer"] == ["balancer -> till"]


def test_what_the_palette_has_nothing_like_is_not_copied() -> None:
    taken = copied(("people", "kiosk"), market().found, market().rulebook)
    assert (taken.ids, taken.left) == (("kiosk",), ("people",))  # a till can be made like the kiosk
    assert taken.lines == ("add till as kiosk",)


@pytest.mark.parametrize("text", ["", "\n \n", "hello there", "add till\n" * 1001, "x" * 200_000])
def test_what_is_not_parts_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ScalegameError) as refused:
        pasted(text, market().found, market().rulebook)
    assert "\n" not in refused.value.message


def test_a_paste_takes_what_it_can() -> None:
    text = "add till\nadd dragon\nadd till as b\nwire dragon -> till\nset b replicas=2\nset b size=large"
    found = pasted(text, market().found, market().rulebook)
    assert found.lines == ("add till as till at town", "add till as b at town", "set b replicas=2")
    assert len(found.refused) == 2


def test_marks() -> None:
    board = market().found
    assert marks("people, kiosk", frozenset({"kiosk"}), board) == {"people"}
    assert marks("all", frozenset(), board) == {"people", "kiosk"}
    assert marks("none", frozenset({"people"}), board) == frozenset()
    with pytest.raises(ScalegameError, match="kiosk"):
        marks("kisok", frozenset(), board)


@pytest.mark.parametrize("words", ["", "left 0", "left 999", "kiosk", "nobody left", "up 3"])
def test_moves_that_cannot_be(words: str) -> None:
    with pytest.raises(ScalegameError):
        moves(words, ("kiosk",), market().found)


def test_nothing_differs_from_itself() -> None:
    found = differing(market().found, market().found, market(), "the board as found")
    assert found.is_none
    assert "as before" in found.totals()


def test_a_history_is_told_again_after_it_was_saved() -> None:
    session = Session(market())
    session.do("add till", "add till")
    session.do("move till 4,4")
    session.do("move till 4,6")
    session.do("remove till", "remove till-2")
    session.undo()
    again = Session(market(), [session.saved()])
    assert again.story == session.story == ("added till and till-2", "moved till", "removed till and till-2")
    assert again.at == 2
    assert again.go_to(99) == ("removed till and till-2",)
    assert again.go_to(0) == ("removed till and till-2", "moved till", "added till and till-2")
    assert again.board == market().found


def test_a_move_back_to_where_it_was_leaves_no_step() -> None:
    session = Session(market())
    session.do("move kiosk 4,4")
    session.do("set kiosk replicas=2")
    session.do("move kiosk 6,6")
    session.do("move kiosk 4,4")
    assert session.story == ("moved kiosk", "kiosk: replicas 1 → 2")


def test_every_action_of_the_history_can_be_typed() -> None:
    assert {"step", "undo", "redo", "close"} <= set(actions.commands(actions.of(actions.HISTORY)))


async def test_the_sign_at_the_very_left_leads_back_by_mouse(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.reach(BriefingScreen)
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        await it.keys("z")
        await it.click("#title-back")
        assert it.app.screen is board
        await it.click("#title-back")
        levels = await it.reach(LevelsScreen)
        assert not levels.query_one("#title-back").display


async def test_a_click_beside_a_window_leaves_it(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.reach(BriefingScreen)
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        for key in ("a", "question_mark"):
            await it.keys(key)
            assert it.app.screen is not board
            await it.pilot.click(offset=(0, 0))
            await it.pilot.pause()
            assert it.app.screen is board


# The mouse alone


async def test_the_overview_is_left_and_a_wire_ended_there_by_mouse(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, board):
        await it.type("add balancer")
        canvas = board.canvas
        canvas.start_connect("balancer")
        await it.keys("o")
        assert "Click the part that the wire leads to" in board.said
        assert canvas._overview is not None
        box = canvas._overview.boxes["kiosk"]
        await it.pilot.click(canvas, offset=(box.x + 1, box.y))
        await it.pilot.pause()
        assert "kiosk" in board.session.board.targets("balancer")
        await it.keys("o", "o")
        assert "Click a part, again to go there" in board.said
        assert len(board.said) <= SMALL[0]
        for _ in range(2):
            assert canvas._overview is not None
            box = canvas._overview.boxes["people"]
            await it.pilot.click(canvas, offset=(box.x + 1, box.y))
            await it.pilot.pause()
        assert not canvas.in_overview
        assert board.session.selected == "people"


async def test_a_plain_click_lets_the_marks_go_and_a_frame_around_nothing_says_where_wires_begin(
    tmp_path: Path,
) -> None:
    async with at_market(tmp_path) as (it, board):
        canvas = board.canvas
        await it.type("mark all")
        assert len(board.session.marked) == 2
        card, (left, top) = canvas.picture.cards["kiosk"], canvas._first or (0, 0)
        await it.pilot.click(canvas, offset=(card.x + 5 - left, card.y + 2 - top))
        await it.pilot.pause()
        assert board.session.marked == frozenset()
        assert board.session.selected == "kiosk"
        await it.pilot.mouse_down(canvas, offset=(1, 0))
        await it.pilot.hover(canvas, offset=(6, 1))
        await it.pilot.mouse_up(canvas, offset=(6, 1))
        await it.pilot.pause()
        assert board.said.startswith("No part lies in that frame. A wire begins at a part's right edge")


async def test_what_was_selected_is_framed_after_a_restart(tmp_path: Path) -> None:
    async with at_market(tmp_path) as (it, _):
        await it.type("set kiosk replicas=2")
        await it.type("select kiosk")
    async with at_market(tmp_path) as (it, board):
        await it.pilot.pause()
        assert board.session.selected == "kiosk"
        assert board.canvas.selected == "kiosk"


async def test_a_wire_that_a_digit_has_drawn_is_no_longer_being_drawn(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.reach(BriefingScreen)
        await it.keys("enter")
        board = await it.reach(BoardScreen)
        await it.type("add balancer")
        await it.keys("c", "1")
        assert "balancer -> kiosk" in map(str, board.session.board.wires)
        assert board.canvas.connecting is None
        # So the next c begins at the card that is selected now, and says that it leads nowhere.
        await it.keys("c")
        assert board.canvas.connecting is None
        assert "kiosk" in board.said
