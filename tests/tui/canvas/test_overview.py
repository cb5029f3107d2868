"""The whole board small: where its boxes are, what they say, and where a click leads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.tui.canvas import glyphs
from scalegame.tui.canvas.cells import Ink
from scalegame.tui.canvas.layout import Rect
from scalegame.tui.canvas.overview import Overview, short
from scalegame.tui.canvas.picture import Picture
from tests.tui.canvas.boards import KINDS, build, city, lines, moment, resort, resort_frame, two_is_company


def pictured(board, size=(78, 17), ascii: bool = False) -> Picture:
    picture = Picture(glyphs.plain() if ascii else glyphs.unicode())
    picture.show_board(board, KINDS, lines(board), *size)
    return picture


@pytest.mark.parametrize("size", [(78, 17), (118, 33), (40, 12)])
@pytest.mark.parametrize("board", [city(), resort()], ids=["city", "resort"])
def test_every_card_has_a_box_of_its_own(board, size) -> None:
    picture = pictured(board, size)
    small = Overview(picture, *size)
    assert small.boxes.keys() == board.components.keys()
    cells = [(box.x + i, box.y) for box in small.boxes.values() for i in range(box.width)]
    assert len(cells) == len(set(cells))
    assert all(0 <= x < size[0] and 0 <= y < size[1] for x, y in cells)


def test_what_is_left_of_another_stays_left_of_it() -> None:
    picture = pictured(city())
    small = Overview(picture, 78, 17)
    for layer in range(9):
        assert small.boxes[f"{layer}-0"].x < small.boxes[f"{layer + 1}-0"].x


def test_a_click_leads_to_the_card_under_it() -> None:
    picture = pictured(city())
    small = Overview(picture, 78, 17)
    for id, box in small.boxes.items():
        assert picture.card_at(*small.model(box.x + box.width - 1, box.y)) == id
        assert small.nearest(box.x, box.y) == id
    assert small.nearest(0, 0) == "0-0"


@pytest.mark.parametrize("ascii", [False, True])
def test_boxes_tell_name_state_and_marks(ascii: bool) -> None:
    picture = pictured(two_is_company(), ascii=ascii)
    picture.show_frame(moment())
    picture.select("lb")
    picture.mark({"cache"})
    text = Overview(picture, 78, 17).draw(Rect(0, 0, 10, 5)).text()
    signs = glyphs.plain() if ascii else glyphs.unicode()
    assert ("x" if ascii else "✗") + "skiers" in text
    assert (">" if ascii else "►") + "lb" in text
    assert ("!" if ascii else "▲") + "web" in text
    assert signs.tick + "cache" in text
    assert not ascii or text.isascii()


def test_wires_are_coloured_as_they_fare() -> None:
    board = resort()
    picture = pictured(board)
    picture.show_frame(resort_frame(board, 6.0, 0.0))
    sheet = Overview(picture, 78, 17).draw(Rect(0, 0, 10, 5))
    inks = {sheet.at(x, y)[1] for x in range(78) for y in range(17)}
    assert {Ink.WIRE, Ink.WIRE_FAILING, Ink.VIEW} <= inks


@pytest.mark.parametrize(
    ("name", "width", "told"),
    [
        ("web", 5, "web"), ("passes-db", 6, "pas-db"), ("clients-12", 5, "cl-12"), ("clients-12", 3, "c12"),
        ("a-long-name-3", 5, "aln-3"), ("database", 4, "data"), ("web-0", 0, ""),
    ],
)  # fmt: skip
def test_names_in_few_cells(name: str, width: int, told: str) -> None:
    assert short(name, width, glyphs.unicode()) == told


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), min_size=1, max_size=30),
    st.integers(20, 200),
    st.integers(8, 60),
)
def test_any_board_fits_any_view(places: list[tuple[int, int]], width: int, height: int) -> None:
    board = build(" ".join(f"c{i}:service@{x},{y}" for i, (x, y) in enumerate(places)))
    picture = pictured(board, (width, height))
    small = Overview(picture, width, height)
    sheet = small.draw(Rect(0, 0, width, height))
    assert (sheet.width, sheet.height) == (width, height)
    assert all(b.x >= 0 and b.right <= width and 0 <= b.y < height for b in small.boxes.values())
