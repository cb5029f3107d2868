from itertools import pairwise

from hypothesis import given, settings

from scalegame.design.model import Board
from scalegame.tui.canvas.cells import Sheet
from scalegame.tui.canvas.glyphs import plain, unicode
from scalegame.tui.canvas.layout import COMPACT, ROOMY, SPREAD, Rect, place
from scalegame.tui.canvas.ports import Side, places, sides
from scalegame.tui.canvas.routing import reroute, route, sketch
from scalegame.tui.canvas.wiring import Look, Wiring
from tests.tui.canvas.boards import build, resort
from tests.tui.canvas.test_layout import boards


def laid_out(board: Board, metrics=COMPACT):
    cards = {id: metrics.rect(slot) for id, slot in place(board).items()}
    return cards, [(wire.source, wire.target) for wire in board.wires]


def drawn(routes, cards, glyphs=None) -> Sheet:
    sheet = Sheet(max(c.right for c in cards.values()) + 4, max(c.bottom for c in cards.values()) + 4)
    Wiring(routes, glyphs or unicode()).draw(sheet, dict.fromkeys(routes, Look()))
    return sheet


@settings(max_examples=150, deadline=None)
@given(boards())
def test_wires_run_from_port_to_port_and_through_no_card(board):
    cards, wires = laid_out(board)
    routes = route(cards, wires)
    assert set(routes) == {(a, b) for a, b in wires if a != b}
    for (source, target), found in routes.items():
        here, there = sides(cards[source], cards[target])
        assert found.leaves in places(cards[source], here)
        assert found.enters in places(cards[target], there)
        assert found.cells[0] == found.leaves[:2]
        assert found.cells[-1] == found.enters[:2]
        assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for a, b in pairwise(found.cells))
        assert len({*found.cells}) == len(found.cells)
        assert not any(card.contains(*cell) for cell in found.cells for card in cards.values())


@settings(max_examples=150, deadline=None)
@given(boards())
def test_a_cross_is_a_crossing_and_nothing_else(board):
    cards, wires = laid_out(board, ROOMY)
    routes = route(cards, wires)
    if not cards:
        return
    sheet = drawn(routes, cards)
    through: dict[tuple[int, int], list[tuple[object, int]]] = {}
    for found in routes.values():
        for i, cell in enumerate(found.cells):
            through.setdefault(cell, []).append((found, found.arms[i]))
    for cell, wires_here in through.items():
        arms = {a for _, a in wires_here}
        apart = any(not a.joins(b) for i, (a, _) in enumerate(wires_here) for b, _ in wires_here[:i])
        if sheet.at(*cell)[0] in "┼╋┿╂":
            assert arms == {5, 10}
            assert apart
        elif apart and arms == {5, 10}:
            assert cell in {found.cells[-1] for found in routes.values()}


@settings(max_examples=100, deadline=None)
@given(boards())
def test_wires_that_share_no_port_share_no_cells_but_crossings_unless_bridged(board):
    cards, wires = laid_out(board)
    routes = [found for found in route(cards, wires).values() if not found.bridged]
    for i, a in enumerate(routes):
        for b in routes[:i]:
            if not a.joins(b):
                for cell in {*a.cells} & {*b.cells}:
                    assert {a.arms[a.cells.index(cell)], b.arms[b.cells.index(cell)]} == {5, 10}


def test_nothing_is_bridged_on_a_late_level():
    routes = route(*laid_out(resort(), SPREAD))
    assert not any(found.bridged for found in routes.values())


def test_a_chain_is_wired_straight():
    cards, wires = laid_out(build("a: b: c:", "a b c"))
    assert all(len({y for _, y in found.cells}) == 1 for found in route(cards, wires).values())


def test_wires_that_share_a_source_part_in_a_tee():
    board = build("web: a: b: c:", "web a", "web b", "web c")
    cards, wires = laid_out(board)
    text = drawn(route(cards, wires), cards).text()
    assert "┬" in text or "├" in text
    assert "┼" not in text


def test_ports_are_spread_over_the_edge():
    cards, wires = laid_out(build("web: a: b:", "web a", "web b"))
    routes = route(cards, wires)
    rows = [routes["web", id].leaves.y - cards["web"].y for id in ("a", "b")]
    assert rows == [1, 2]


def test_wires_leave_towards_their_target():
    here = Rect(30, 10, 16, 4)
    assert sides(here, Rect(60, 10, 16, 4)) == (Side.RIGHT, Side.LEFT)
    assert sides(here, Rect(5, 10, 10, 4)) == (Side.LEFT, Side.RIGHT)
    assert sides(here, Rect(32, 20, 16, 4)) == (Side.BOTTOM, Side.TOP)
    assert sides(here, Rect(32, 2, 16, 4)) == (Side.TOP, Side.BOTTOM)


@settings(max_examples=100, deadline=None)
@given(boards(most=8))
def test_moving_a_card_leaves_the_wires_of_others_as_they_are(board):
    cards, wires = laid_out(board)
    before = route(cards, wires)
    if not cards:
        return
    moved = next(iter(cards))
    there = {**cards, moved: Rect(cards[moved].x, max(c.bottom for c in cards.values()) + 2, 16, 4)}
    after = reroute(there, wires, before, {moved})
    for ends, found in before.items():
        if moved not in ends and not any(there[moved].contains(*cell) for cell in found.cells):
            assert after[ends] is found


def test_a_wire_on_which_a_card_is_put_goes_around_it():
    cards, wires = laid_out(build("a: b:", "a b"))
    before = route(cards, wires)
    x, y = before["a", "b"].cells[2]
    wide = {**cards, "b": Rect(cards["b"].x + 40, cards["b"].y, 16, 4)}
    before = route(wide, wires)
    after = reroute({**wide, "c": Rect(x + 8, y - 1, 16, 4)}, wires, before, {"c"})
    assert after["a", "b"] != before["a", "b"]
    assert not any(Rect(x + 8, y - 1, 16, 4).contains(*cell) for cell in after["a", "b"].cells)


def test_a_wire_that_is_being_drawn_leads_to_the_pointer():
    cards, _ = laid_out(build("a: b:", "a b"))
    assert sketch(cards, "a", cards["a"].x + 30, cards["a"].y + 12)[-1][1] == cards["a"].y + 12
    b = cards["b"]
    assert sketch(cards, "a", b.x + 2, b.y + 2)[-1] == (b.x - 1, b.y + 1)
    assert sketch(cards, "a", cards["a"].x, cards["a"].y) == ()


def test_in_ascii_a_crossing_is_no_plus():
    board = build("a: b: c:service@3,0 d:service@3,2", "a d", "b c")
    cards, wires = laid_out(board, ROOMY)
    routes = route(cards, wires)
    crossed = {*routes["a", "d"].cells} & {*routes["b", "c"].cells}
    assert crossed
    sheet = drawn(routes, cards, plain())
    assert {sheet.at(*cell)[0] for cell in crossed} == {"|"}
    assert "+" in sheet.text()
