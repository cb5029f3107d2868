"""The canvas driven by keys and mouse: what it says, and what it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.message import Message
from textual.pilot import Pilot

from scalegame.design.model import Board
from scalegame.tui.canvas.cells import Ink
from scalegame.tui.canvas.layout import Slot
from scalegame.tui.canvas.widget import BoardCanvas
from tests.tui.canvas.boards import KINDS, build, city, lines, moment, resort, two_is_company

SAID = (
    BoardCanvas.CardSelected,
    BoardCanvas.WireSelected,
    BoardCanvas.WireDrawn,
    BoardCanvas.CardOpened,
    BoardCanvas.ConnectCancelled,
    BoardCanvas.CardsMarked,
    BoardCanvas.CardsMoved,
    BoardCanvas.OverviewLeft,
    BoardCanvas.NothingFramed,
)


class Easel(App[None]):
    """A canvas, and a record of what it says."""

    CSS = "BoardCanvas { width: 100%; height: 100%; }"

    def __init__(self, board: Board, *, ascii: bool = False) -> None:
        super().__init__()
        self.board = board
        self.said: list[Message] = []
        self.canvas = BoardCanvas(ascii=ascii)

    def compose(self) -> ComposeResult:
        yield self.canvas

    def on_mount(self) -> None:
        self.canvas.focus()
        self.canvas.show_board(self.board, KINDS, lines(self.board))

    async def _on_message(self, message: Message) -> None:
        if isinstance(message, SAID):
            self.said.append(message)
        await super()._on_message(message)

    def screen_text(self) -> str:
        rows = (self.canvas.render_line(y).text.rstrip() for y in range(self.canvas.size.height))
        return "\n".join(rows)


def on(easel: Easel, id: str, dx: int = 5, dy: int = 2) -> tuple[int, int]:
    """A cell of the screen on a card."""
    rect = easel.canvas.picture.cards[id]
    left, top = easel.canvas._first or (0, 0)
    return rect.x + dx - left, rect.y + dy - top


async def drag(pilot: Pilot[None], start: tuple[int, int], *path: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=start)
    for place in path:
        await pilot.hover(offset=place)
    await pilot.mouse_up(offset=path[-1])
    await pilot.pause()


async def test_arrows_move_the_selection_over_the_board():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        found = []
        for key in ("right", "right", "l", "right", "down", "k", "h", "left", "left", "left"):
            await pilot.press(key)
            found.append(easel.canvas.selected)
        assert found == [
            "skiers", "lb", "web", "passes-db", "cache", "passes-db", "web", "lb", "skiers", "skiers"
        ]  # fmt: skip
        assert [m.id for m in easel.said] == found[:-1]


async def test_letters_can_be_left_to_the_screen():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.letters = False
        await pilot.press("tab", "l")
        assert easel.canvas.selected == "skiers"


async def test_tab_goes_round():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "shift+tab", "shift+tab")
        assert [m.id for m in easel.said] == ["skiers", "lb", "skiers", "cache"]


async def test_shift_and_arrows_move_the_card():
    easel = Easel(build("a: b:", "a b"))
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "shift+down", "shift+right")
        assert easel.said[1:] == [
            BoardCanvas.CardsMoved({"a": Slot(0, 1)}),
            BoardCanvas.CardsMoved({"a": Slot(0 + 4, 1)}),  # b stands in the way: over it
        ]


async def test_enter_opens_and_escape_lets_go():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "escape")
        assert easel.said == []
        await pilot.press("tab", "enter", "escape")
        assert easel.said[1:] == [BoardCanvas.CardOpened("skiers"), BoardCanvas.CardSelected(None)]


async def test_a_wire_is_drawn_by_keys():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab")
        assert easel.canvas.start_connect()
        await pilot.press("right", "right")
        assert (easel.canvas.connecting, easel.canvas.selected) == ("lb", "passes-db")
        assert "╌" in easel.screen_text()
        await pilot.press("enter")
        assert easel.said[-1] == BoardCanvas.WireDrawn("lb", "passes-db")
        assert easel.canvas.connecting is None
        assert "╌" not in easel.screen_text()


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_a_wire_is_given_up(key):
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab")
        easel.canvas.start_connect()
        await pilot.press(key)  # Enter: on the card itself
        assert easel.said[-1] == BoardCanvas.ConnectCancelled()
        assert easel.canvas.selected == "skiers"


async def test_nothing_to_connect_from():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)):
        assert not easel.canvas.start_connect()
        assert not easel.canvas.start_connect("nobody")


async def test_clicks_select_cards_wires_and_nothing():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.click(offset=on(easel, "web"))
        await pilot.click(offset=on(easel, "lb", -3, 1))
        await pilot.click(offset=(2, 22))
        await pilot.pause()
        assert easel.said == [
            BoardCanvas.CardSelected("web"),
            BoardCanvas.WireSelected("skiers", "lb"),
            BoardCanvas.CardSelected(None),
        ]


async def test_full_stop_goes_through_the_wires_of_a_card():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.select("web")
        await pilot.press("full_stop")
        assert easel.said == [BoardCanvas.WireSelected("lb", "web")]
        assert easel.canvas.selected_wire == ("lb", "web")
        assert easel.canvas.selected is None


async def test_a_double_click_opens():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.click(offset=on(easel, "web"), times=2)
        await pilot.pause()
        assert easel.said[-1] == BoardCanvas.CardOpened("web")


async def test_dragging_moves_a_card_and_its_wires_and_no_others():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(120, 40)) as pilot:
        before = dict(easel.canvas.picture.routes)
        x, y = on(easel, "cache")
        await drag(pilot, (x, y), (x, y + 3), (x, y + 6))
        moved = [m for m in easel.said if isinstance(m, BoardCanvas.CardsMoved)]
        assert moved == [BoardCanvas.CardsMoved({"cache": Slot(6, 4)})]
        after = easel.canvas.picture.routes
        assert after["web", "cache"] != before["web", "cache"]
        assert all(after[ends] is before[ends] for ends in before if "cache" not in ends)


async def test_a_card_cannot_be_dropped_on_another():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await drag(pilot, on(easel, "cache"), on(easel, "passes-db"))
        assert not any(isinstance(m, BoardCanvas.CardsMoved) for m in easel.said)


async def test_dragging_from_the_edge_draws_a_wire():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await drag(pilot, on(easel, "lb", 15, 2), on(easel, "web", 0, 5), on(easel, "cache"))
        assert easel.said[-1] == BoardCanvas.WireDrawn("lb", "cache")
        await drag(pilot, on(easel, "lb", 15, 2), (40, 20))
        assert easel.said[-1] == BoardCanvas.ConnectCancelled()


async def test_a_wire_that_was_begun_ends_with_a_click():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.start_connect("lb")
        await pilot.click(offset=on(easel, "cache"))
        assert easel.said[-1] == BoardCanvas.WireDrawn("lb", "cache")


async def test_shift_and_clicks_draw_a_wire():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.select("lb")
        await pilot.click(offset=on(easel, "cache"), shift=True)
        assert easel.said[-1] == BoardCanvas.WireDrawn("lb", "cache")


async def test_nothing_is_moved_or_wired_while_it_may_not_be():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.editable = False
        await pilot.press("tab", "shift+down")
        x, y = on(easel, "cache")
        await drag(pilot, (x, y), (x, y + 6))
        await drag(pilot, on(easel, "lb", 15, 2), on(easel, "cache"))
        assert {type(m) for m in easel.said} == {BoardCanvas.CardSelected}


async def test_selecting_from_outside_says_nothing():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.select("web")
        easel.canvas.select_wire("web", "cache")
        easel.canvas.select("nobody")
        await pilot.pause()
        assert easel.canvas.selected is None
        assert easel.said == []


async def test_the_selection_survives_another_board():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.select("web")
        bigger = easel.board.with_component(replace(easel.board.components["web"], id="web-2"))
        easel.canvas.show_board(bigger, KINDS, lines(bigger))
        assert easel.canvas.selected == "web"
        smaller = easel.board.without("web")
        easel.canvas.show_board(smaller, KINDS, lines(smaller))
        assert easel.canvas.selected is None
        await pilot.pause()


async def test_the_selected_card_is_scrolled_into_view():
    easel = Easel(resort())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.select("archive")
        await pilot.pause()
        x, y = on(easel, "archive", 0, 0)
        assert 0 <= x <= 80 - 16
        assert 0 <= y <= 24 - 4
        assert "archive" in easel.screen_text()
        assert "◂" in easel.screen_text()


async def test_the_wheel_scrolls_a_board_that_does_not_fit_and_no_other():
    easel = Easel(resort())
    async with easel.run_test(size=(80, 24)) as pilot:
        before = easel.screen_text()
        await pilot._post_mouse_events([MouseScrollDown], button=0)
        assert easel.screen_text() != before
        easel.canvas.show_board(board := two_is_company(), KINDS, lines(board))
        before = easel.screen_text()
        easel.canvas.scroll_board(4, 4)
        assert easel.screen_text() == before


async def test_a_state_is_a_sign_a_word_and_a_colour():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)):
        easel.canvas.show_frame(moment())
        text = easel.screen_text()
        for sign in ("▲ SATURATED", "✗ failing", "● ok", "◆ busy"):
            assert sign in text
        web = easel.canvas.picture.cards["web"]
        assert easel.canvas.picture.sheet.at(web.x + 2, web.bottom - 1)[1] == Ink.STATE_SATURATED
        easel.canvas.show_frame(None)
        assert "SATURATED" not in easel.screen_text()


async def test_marks_move_with_the_phase_and_stand_on_request():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)):

        def shown(phase: float) -> str:
            easel.canvas.show_frame(replace(moment(), phase=phase))
            return easel.screen_text()

        assert "•" in shown(0)
        assert shown(0) != shown(1)
        easel.canvas.reduced_motion = True
        assert shown(0) == shown(1)
        assert "•" in shown(1)


async def test_only_rows_that_changed_are_drawn_again():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)):
        easel.canvas.show_frame(moment())
        easel.screen_text()
        strips = dict(easel.canvas._painter._strips)
        frame = moment()
        cards = {**frame.cards, "cache": replace(frame.cards["cache"], queue=9)}
        easel.canvas.show_frame(replace(frame, cards=cards))
        easel.screen_text()
        changed = [y for y, strip in easel.canvas._painter._strips.items() if strip is not strips[y]]
        assert changed == [on(easel, "cache", 0, 2)[1]]


async def test_an_empty_board_and_a_tiny_view_are_harmless():
    easel = Easel(Board())
    async with easel.run_test(size=(10, 3)) as pilot:
        await pilot.press("tab", "right", "enter", "escape", "full_stop")
        await pilot.click(offset=(1, 1))
        board = two_is_company()
        easel.canvas.show_board(board, KINDS, lines(board))
        await pilot.press("tab", "tab", "right")
        assert easel.canvas.selected == "web"


async def test_names_from_files_cannot_break_the_picture():
    easel = Easel(build("x:service"))
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.show_board(easel.board, KINDS, {"x": ("\x1b[31mred\n", "雪山 [bold]")})
        await pilot.pause()
        text = easel.screen_text()
        assert "\x1b" not in text
        assert "?[31mred?" in text
        assert "?? [bold]" in text


async def test_colours_follow_the_theme():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = [s.style for y in range(24) for s in easel.canvas.render_line(y)]
        easel.theme = "textual-light"
        await pilot.pause()
        assert [s.style for y in range(24) for s in easel.canvas.render_line(y)] != before


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("ascii", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("runs", [False, True], ids=["board", "run"])
async def test_pictures(size, ascii, runs, snapshot):
    easel = Easel(two_is_company(), ascii=ascii)
    async with easel.run_test(size=size) as pilot:
        easel.canvas.select("passes-db")
        easel.canvas.show_frame(moment() if runs else None)
        await pilot.pause()
        text = easel.screen_text()
        assert all(len(row) <= size[0] for row in text.splitlines())
        assert text.isascii() or not ascii
        assert text == snapshot


# Several cards


async def test_a_frame_drawn_on_the_ground_marks_what_it_meets():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(100, 24)) as pilot:
        web, cache = on(easel, "web"), on(easel, "cache")
        await drag(pilot, (web[0] - 8, web[1] - 6), (web[0], web[1]), (cache[0], cache[1]))
        assert easel.said == [BoardCanvas.CardsMarked(frozenset({"web", "passes-db", "cache"}))]
        assert easel.canvas.picture.marked == {"web", "passes-db", "cache"}
        await pilot.press("escape")
        assert easel.canvas.picture.marked == frozenset()
        assert easel.said[-1] == BoardCanvas.CardsMarked(frozenset())


async def test_a_click_on_the_ground_lets_go():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(100, 24)) as pilot:
        await pilot.press("tab")
        await pilot.click(offset=(2, 20))
        assert easel.said[-1] == BoardCanvas.CardSelected(None)


async def test_ctrl_and_click_mark_and_unmark():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(100, 24)) as pilot:
        for id in ("web", "lb", "web"):
            await pilot.click(offset=on(easel, id), control=True)
        assert [m.ids for m in easel.said] == [{"web"}, {"web", "lb"}, {"lb"}]


async def test_marked_cards_are_dragged_and_moved_together():
    easel = Easel(build("a: b: c:", "a b"))
    async with easel.run_test(size=(100, 30)) as pilot:
        easel.canvas.mark({"a", "b"})
        before = dict(easel.canvas.picture.slots)
        x, y = on(easel, "a", 3, 1)
        await drag(pilot, (x, y), (x, y + 12))
        moved = easel.said[-1]
        assert isinstance(moved, BoardCanvas.CardsMoved)
        assert {moved.slots[id].row - before[id].row for id in "ab"} == {4}
        assert easel.canvas.picture.slots["c"] == before["c"]
        await pilot.press("K")
        assert {easel.said[-1].slots[id].row - before[id].row for id in "ab"} <= {3, 2, 1, 0, -1}
        assert len(easel.said[-1].slots) == 2


async def test_capital_letters_move_the_card():
    easel = Easel(build("a: b:", "a b"))
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.letters = False
        await pilot.press("tab", "J", "L")
        assert easel.said[1:] == [
            BoardCanvas.CardsMoved({"a": Slot(0, 1)}),
            BoardCanvas.CardsMoved({"a": Slot(4, 1)}),
        ]


# Large boards


async def test_keys_scroll_a_large_board():
    easel = Easel(city())
    async with easel.run_test(size=(80, 24)) as pilot:
        start = easel.canvas._first
        await pilot.press("end")
        end = easel.canvas._first
        around = easel.canvas.picture.extent
        assert end == (around.right + 1 - 80, around.bottom + 1 - 24)
        await pilot.press("home")
        assert easel.canvas._first == start
        await pilot.press("ctrl+right", "pagedown")
        assert easel.canvas._first == (start[0] + 40, start[1] + 12)
        await pilot.press("ctrl+left", "ctrl+up")
        assert easel.canvas._first == start


async def test_the_overview_leads_to_a_card_and_escape_back():
    easel = Easel(city())
    async with easel.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab")
        start = easel.canvas._first
        easel.canvas.show_overview()
        await pilot.press("right", "right", "right", "right", "escape")
        assert easel.canvas._first == start
        assert not easel.canvas.in_overview
        easel.canvas.show_overview()
        await pilot.press("right", "enter")
        card = easel.canvas.picture.cards[easel.canvas.selected]
        assert abs(card.x + 8 - easel.canvas._first[0] - 40) <= 1
        assert easel.said[-1] == BoardCanvas.OverviewLeft()


async def test_a_click_in_the_overview_looks_there_and_two_go_there():
    easel = Easel(city())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.show_overview()
        await pilot.pause()
        box = easel.canvas._overview.boxes["6-3"]
        await pilot.click(offset=(box.x + 1, box.y))
        assert easel.canvas.selected == "6-3"
        assert easel.canvas.in_overview
        await pilot.click(offset=(box.x + 1, box.y), times=2)
        assert not easel.canvas.in_overview
        left, top = easel.canvas._first
        card = easel.canvas.picture.cards["6-3"]
        assert left < card.x < left + 80
        assert top < card.y < top + 24


async def test_the_overview_stays_over_frames_and_sizes():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.show_overview()
        easel.canvas.show_frame(moment())
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert "✗skiers" in easel.screen_text()
        assert "▲web" in easel.screen_text()


async def test_a_card_that_is_gone_while_it_is_held_is_let_go():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(100, 24)) as pilot:
        start = on(easel, "web")
        await pilot.mouse_down(offset=start)
        board = easel.board.without("web")
        easel.canvas.show_board(board, KINDS, lines(board))
        await pilot.hover(offset=(start[0] + 20, start[1] + 5))
        await pilot.mouse_up(offset=(start[0] + 20, start[1] + 5))
        assert easel.said == [BoardCanvas.CardSelected("web")]
        assert easel.app.mouse_captured is None


# The mouse alone


async def test_clicks_in_the_overview_choose_and_then_go_there():
    easel = Easel(city())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.show_overview()
        await pilot.pause()
        box = easel.canvas._overview.boxes["6-3"]
        await pilot.click(offset=(box.x + 1, box.y))
        assert easel.canvas.in_overview
        await pilot.click(offset=(box.x + 1, box.y))
        await pilot.pause()
        assert not easel.canvas.in_overview
        assert easel.said == [BoardCanvas.CardSelected("6-3"), BoardCanvas.OverviewLeft()]
        card = easel.canvas.picture.cards["6-3"]
        assert abs(card.x + card.width // 2 - easel.canvas._first[0] - 40) <= 1


@pytest.mark.parametrize("times", [1, 2])
async def test_clicks_on_the_ground_of_the_overview_go_there_and_do_nothing_more(times):
    easel = Easel(city())
    easel.CLICK_CHAIN_TIME_THRESHOLD = 3600  # however slow the machine is
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.select("0-0")
        easel.canvas.show_overview()
        await pilot.pause()
        boxes = easel.canvas._overview.boxes.values()
        x, y = next(
            (x, y) for x in range(60, 80) for y in range(12, 24) if not any(box.contains(x, y) for box in boxes)
        )
        there = easel.canvas._overview.model(x, y)
        easel.canvas.look_at(*there)
        wanted = easel.canvas._first
        easel.canvas.scroll_board(-1000, -1000)
        await pilot.click(offset=(x, y), times=times)
        await pilot.pause()
        assert easel.canvas._first == wanted
        assert easel.said == [BoardCanvas.OverviewLeft()]


async def test_a_wire_ends_in_the_overview():
    easel = Easel(city())
    async with easel.run_test(size=(80, 24)) as pilot:
        easel.canvas.start_connect("0-0")
        easel.canvas.show_overview()
        await pilot.pause()
        box = easel.canvas._overview.boxes["6-3"]
        await pilot.click(offset=(box.x + 1, box.y))
        assert easel.said == [BoardCanvas.WireDrawn("0-0", "6-3")]
        assert easel.canvas.connecting is None


async def test_the_signs_at_the_edges_scroll():
    easel = Easel(city())
    async with easel.run_test(size=(80, 24)) as pilot:
        canvas, start = easel.canvas, easel.canvas._first
        signs = canvas._edges()
        assert set(signs) == {"right", "down"}
        assert all(max(place.width, place.height) >= 3 for place in signs.values())
        rows = easel.screen_text().splitlines()
        for sign, way in (("▸", "right"), ("▾", "down")):
            place = signs[way]
            assert {rows[y][x] for y in range(place.y, place.bottom) for x in range(place.x, place.right)} == {
                sign
            }
        await pilot.click(offset=(signs["right"].x, signs["right"].bottom - 1))
        down = canvas._edges()["down"]
        await pilot.click(offset=(down.right - 1, down.y))
        assert canvas._first == (start[0] + 40, start[1] + 12)
        for way in ("left", "up"):
            place = canvas._edges()[way]
            await pilot.click(offset=(place.x, place.y), times=2)
        assert canvas._first == start
        assert easel.said == []


@pytest.mark.parametrize(
    ("button", "shift"), [(2, False), (3, False), (1, True)], ids=["middle", "right", "shift"]
)
async def test_the_ground_is_dragged(button, shift):
    easel = Easel(city())
    async with easel.run_test(size=(80, 24)) as pilot:
        canvas, start = easel.canvas, easel.canvas._first
        x, y = next(
            (x, y)
            for x in range(30, 70)
            for y in range(12, 22)
            if canvas.picture.card_at(x + start[0], y + start[1]) is None
            and canvas.picture.port_at(x + start[0], y + start[1]) is None
        )
        await pilot.mouse_down(offset=(x, y), button=button, shift=shift)
        await pilot.hover(offset=(x - 10, y - 4))
        await pilot.hover(offset=(x - 20, y - 6))
        await pilot.mouse_up(offset=(x - 20, y - 6), shift=shift)
        await pilot.pause()
        assert canvas._first == (start[0] + 20, start[1] + 6)
        assert easel.said == []
        assert easel.app.mouse_captured is None


@pytest.mark.parametrize("place", ["web", "lb", ""])
async def test_a_plain_click_lets_the_marks_go(place):
    easel = Easel(two_is_company())
    async with easel.run_test(size=(100, 24)) as pilot:
        easel.canvas.mark({"web", "cache"})
        await pilot.click(offset=on(easel, place) if place else (2, 20))
        await pilot.pause()
        assert easel.canvas.picture.marked == frozenset()
        assert BoardCanvas.CardsMarked(frozenset()) in easel.said


async def test_a_frame_around_nothing_says_so():
    easel = Easel(two_is_company())
    async with easel.run_test(size=(100, 30)) as pilot:
        await drag(pilot, (2, 24), (8, 26), (12, 28))
        assert easel.said == [BoardCanvas.NothingFramed()]


async def test_what_is_selected_before_there_is_a_picture_is_framed():
    easel = Easel(two_is_company())
    easel.canvas.select("web")
    async with easel.run_test(size=(80, 24)):
        assert easel.canvas.selected == "web"
        assert easel.canvas.picture.face("web").mood


async def test_new_parts_come_where_there_is_room_in_the_view():
    chain = [f"n{i}" for i in range(14)]
    easel = Easel(build(" ".join(f"{id}:" for id in chain), " ".join(chain)))
    async with easel.run_test(size=(80, 24)) as pilot:
        canvas = easel.canvas
        canvas.select("n13")
        await pilot.pause()
        first, stood = canvas._first, dict(canvas.picture.cards)
        for more in ("new:", "new: newer:"):
            board = build(" ".join(f"{id}:" for id in chain) + f" {more}", " ".join(chain))
            canvas.show_board(board, KINDS, lines(board))
            canvas.select(more.split()[-1].strip(":"))
        cards = canvas.picture.cards
        assert canvas._first == first
        assert {id: cards[id] for id in chain} == stood
        assert first[0] < cards["new"].x < cards["new"].right < first[0] + 80
        assert first[1] < cards["new"].y < cards["new"].bottom <= first[1] + 24
        assert not cards["new"].meets(cards["newer"])
        # Wired, it stands where the wires say.
        board = board.with_wire("n0", "new")
        canvas.show_board(board, KINDS, lines(board))
        assert canvas.picture.cards["new"].x == cards["n1"].x
