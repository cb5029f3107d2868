import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.design.model import Board, Component
from scalegame.tui.canvas.edges import edges
from scalegame.tui.canvas.layout import (
    COMPACT,
    FURTHEST,
    MEDIUM,
    ROOMY,
    SPREAD,
    TIGHT,
    Rect,
    Slot,
    choose,
    extent,
    layers,
    nearest_free,
    place,
)
from tests.tui.canvas.boards import build


@st.composite
def boards(draw, most: int = 12) -> Board:
    """Any board at all: circles, wires to itself, cards moved onto one another."""
    count = draw(st.integers(0, most))
    board = Board()
    for i in range(count):
        position = draw(st.none() | st.tuples(st.integers(-3, 9), st.integers(-3, 9)))
        board = board.with_component(Component(f"c{i}", "service", "x", {}, None, position))
    if count:
        ends = st.integers(0, count - 1)
        for a, b in draw(st.lists(st.tuples(ends, ends), max_size=count * 2)):
            board = board.with_wire(f"c{a}", f"c{b}")
    return board


def clear_of_each_other(a, b, gap_x=1, gap_y=1) -> bool:
    return a.right + gap_x <= b.x or b.right + gap_x <= a.x or a.bottom + gap_y <= b.y or b.bottom + gap_y <= a.y


@given(boards(), st.sampled_from([ROOMY, MEDIUM, COMPACT, TIGHT, SPREAD]))
def test_no_two_cards_touch(board, metrics):
    rects = [metrics.rect(slot) for slot in place(board).values()]
    assert len(rects) == len(board.components)
    assert all(clear_of_each_other(a, b) for i, a in enumerate(rects) for b in rects[:i])


@given(boards())
def test_the_same_board_is_always_laid_out_alike(board):
    assert place(board) == place(board)


def test_callers_stand_left_of_what_they_call():
    board = build("db: skiers:clients cache: lb: web:", "skiers lb web db", "web cache", "skiers db")
    assert layers(board) == {"db": 3, "skiers": 0, "cache": 3, "lb": 1, "web": 2}
    slots = place(board)
    assert [slots[id].column for id in ("skiers", "lb", "web", "db")] == [0, 2, 4, 6]


def test_a_chain_is_a_straight_line():
    assert {slot.row for slot in place(build("a: b: c: d:", "a b c d")).values()} == {0}


def test_a_card_with_two_callers_stands_between_them():
    slots = place(build("a: b: lb:", "a lb", "b lb"))
    assert slots["lb"].row * 2 == slots["a"].row + slots["b"].row


def test_a_new_card_moves_no_other():
    board = build("skiers: web: db: cache:", "skiers web db", "web cache")
    before = place(board)
    after = place(board.with_component(Component("new", "service", "x", {})))
    assert {id: after[id] for id in before} == before
    rows = [slot.row for id, slot in after.items() if id != "new"]
    assert after["new"].row > max(rows)


def test_what_is_wired_later_to_the_same_card_comes_below():
    board = build("web: db: cache:", "web db", "web cache")
    grown = build("web: db: cache: queue:", "web db", "web cache", "web queue")
    assert {id: place(grown)[id] for id in place(board)} == place(board)


def test_moving_a_card_moves_no_other():
    board = build("skiers: lb: web: db:", "skiers lb web db")
    moved = build("skiers: lb: web:service@5,4 db:", "skiers lb web db")
    before, after = place(board), place(moved)
    assert after["web"] == Slot(5, 4)
    assert {id: after[id] for id in ("skiers", "lb", "db")} == {id: before[id] for id in ("skiers", "lb", "db")}


def test_a_card_in_the_way_of_a_moved_one_gives_way():
    slots = place(build("a: b:service@0,0", "a b"))
    assert slots["b"] == Slot(0, 0)
    assert slots["a"] == Slot(0, 2)


def test_a_file_cannot_ask_for_an_endless_picture():
    slots = place(build("a:service@1000000000,-5 b:", "a b"))
    assert slots["a"] == Slot(FURTHEST, 0)


def test_circles_are_laid_out_like_anything_else():
    slots = place(build("a: b: c:", "a b c a"))
    assert [slots[id].column for id in "abc"] == [0, 2, 4]


def test_nearest_free_prefers_below():
    assert nearest_free([Slot(0, 0)], Slot(0, 0)) == Slot(0, 2)
    assert nearest_free([Slot(2, 2)], Slot(2, 3)) == Slot(2, 4)


@pytest.mark.parametrize(
    ("cards", "width", "height", "metrics"),
    [
        (3, 80, 16, ROOMY),
        (4, 92, 30, MEDIUM),
        (4, 80, 16, COMPACT),
        (5, 92, 30, TIGHT),
        (6, 80, 16, COMPACT),
        (12, 80, 16, COMPACT),
        (13, 80, 16, SPREAD),
    ],
)
def test_cards_are_as_roomy_as_the_view_allows(cards, width, height, metrics):
    ids = [f"c{i}" for i in range(cards)]
    slots = place(build(" ".join(f"{id}:service" for id in ids), " ".join(ids)))
    assert choose(slots.values(), width, height) == metrics


@given(
    st.integers(0, FURTHEST),
    st.integers(0, FURTHEST),
    st.sampled_from([ROOMY, MEDIUM, COMPACT, TIGHT, SPREAD]),
)
def test_a_slot_is_found_again_from_where_its_card_is_drawn(column, row, metrics):
    rect = metrics.rect(Slot(column, row))
    assert metrics.slot(rect.x, rect.y) == Slot(column, row)


def test_extent_of_nothing_is_empty():
    assert extent([]).width == 0


@pytest.mark.parametrize("x", range(0, 40, 3))
@pytest.mark.parametrize("y", range(0, 12, 2))
def test_no_sign_at_an_edge_lies_on_a_card(x, y):
    cards = [COMPACT.rect(Slot(column, row)) for column in range(0, 12, 2) for row in range(0, 10, 2)]
    view = Rect(x, y, 80, 16)
    signs = edges(extent(cards), view, cards)
    assert {"right", "down"} <= signs.keys()
    for sign in signs.values():
        there = Rect(sign.x + view.x, sign.y + view.y, sign.width, sign.height)
        assert not any(there.meets(card) for card in cards)
    # Where nothing is in the way they are long and in the middle.
    assert edges(extent(cards), view)["down"] == Rect(37, 15, 5, 1)
