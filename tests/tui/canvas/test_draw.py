import unicodedata
from dataclasses import replace

import pytest
from rich.cells import cell_len

from scalegame.tui.canvas.cells import Ink, Sheet, runs
from scalegame.tui.canvas.draw import Face, bar, draw_card
from scalegame.tui.canvas.frame import CardFrame, WireFrame
from scalegame.tui.canvas.glyphs import HEAVY, THIN, State, fit, plain, unicode
from scalegame.tui.canvas.layout import Rect
from scalegame.tui.canvas.picture import Picture
from scalegame.tui.canvas.wiring import look_of
from tests.tui.canvas.boards import KINDS, lines, moment, resort, resort_frame, two_is_company


def everything(glyphs):
    yield from glyphs.lines.values()
    yield from glyphs.crossings.values()
    yield from glyphs.heads.values()
    yield from glyphs.states.values()
    yield from (*glyphs.ghost, *glyphs.bar, *glyphs.more, glyphs.mark, glyphs.error, glyphs.ellipsis)


@pytest.mark.parametrize("glyphs", [unicode(), plain()], ids=["unicode", "ascii"])
def test_every_sign_is_one_cell(glyphs):
    assert all(len(sign) == cell_len(sign) == 1 for sign in everything(glyphs))


def test_the_plain_alphabet_is_plain():
    assert all(sign.isascii() for sign in everything(plain()))


def test_lines_have_the_arms_that_their_names_say():
    lines_ = unicode().lines
    assert len(lines_) == 3**4 - 1
    assert (lines_[1, 1, 1, 0], lines_[2, 0, 2, 2], lines_[0, 2, 0, 1]) == ("├", "┫", "╼")
    for arms, sign in lines_.items():
        assert ("HEAVY" in unicodedata.name(sign)) == (HEAVY in arms)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "    "), (1e-9, "▏   "), (0.5, "██  "), (0.53, "██▏ "), (0.999, "███▉"), (1, "████")],
)
def test_a_bar_is_full_only_when_full(share, text):
    assert bar(4, share, unicode()) == text


def test_text_is_cut_to_fit_and_marked():
    assert fit("passes-db", 6, unicode()) == "passe…"
    assert fit("passes-db", 6, plain()) == "passe~"
    assert fit("é雪\t", 9, plain()) == "???"


def test_what_is_drawn_bit_by_bit_is_what_is_drawn_at_once():
    bits, glyphs = Picture(unicode()), unicode()
    board = resort()
    bits.show_board(board, KINDS, lines(board), 120, 40)
    for i in range(12):
        bits.show_frame(resort_frame(board, i * 0.7, 0))
        bits.select(list(board.components)[i], ("edge", "web-0") if i % 2 else None)
    bits.select("edge")
    once = Picture(glyphs)
    once.show_board(board, KINDS, lines(board), 120, 40)
    once.show_frame(resort_frame(board, 11 * 0.7, 0))
    once.select("edge")
    for y in range(once.sheet.height):
        assert bits.sheet.row(y, 0, once.sheet.width) == once.sheet.row(y, 0, once.sheet.width)


def test_a_card_that_no_longer_has_bars_shows_its_lines():
    sheet, card, glyphs = Sheet(30, 6), Rect(0, 0, 22, 4), unicode()
    runs_ = Face("▣", "web", 2, ("small", "40 threads"), CardFrame(State.BUSY, 0.8, 12, 20))
    draw_card(sheet, card, runs_, glyphs)
    assert "util" in sheet.text()
    draw_card(sheet, card, replace(runs_, frame=None), glyphs, runs_)
    assert sheet.text().splitlines() == [
        "╭ ▣ web ×2 ──────────╮",
        "│ small              │",
        "│ 40 threads         │",
        "╰────────────────────╯",
    ]


def test_weight_and_colour_of_a_wire_follow_its_load():
    assert look_of(WireFrame(0, 0), 100) == (Ink.WIRE_IDLE, THIN)
    assert look_of(WireFrame(49, 0), 100) == (Ink.WIRE, THIN)
    assert look_of(WireFrame(50, 0), 100) == (Ink.WIRE_HEAVY, HEAVY)
    assert look_of(WireFrame(20, 1), 100) == (Ink.WIRE_FAILING, THIN)
    assert look_of(WireFrame(100, 1), 100) == (Ink.WIRE_HEAVY, HEAVY)


def test_failures_come_back():
    picture = Picture(unicode())
    board = two_is_company()
    picture.show_board(board, KINDS, lines(board), 80, 24)

    def columns(phase: float, sign: str) -> list[int]:
        picture.show_frame(replace(moment(), phase=phase))
        row = picture.moving()[picture.routes["skiers", "lb"].leaves.y]
        ahead = {x for x, _ in picture.routes["skiers", "lb"].cells}
        return [x for x, (character, _) in sorted(row.items()) if character == sign and x in ahead]

    first = next(phase for phase in range(12) if columns(phase, "×") and columns(phase + 1, "×"))
    assert columns(first + 1, "×")[0] == columns(first, "×")[0] - 1
    first = next(phase for phase in range(12) if columns(phase, "•") and columns(phase + 1, "•"))
    assert columns(first + 1, "•")[-1] == columns(first, "•")[-1] + 1


def test_a_row_is_cut_into_as_few_stretches_as_can_be():
    row = ("ab  cd e", bytes([1, 1, 0, 0, 2, 2, 3, 0]))
    same = bytes([0, 1, 1, *range(3, 256)])
    assert runs(*row, same, {0, 1}) == [("ab  cd", 1), (" ", 3), ("e", 0)]
    assert runs(*row, same, {0}) == [("ab", 1), ("  ", 0), ("cd", 1), (" ", 3), ("e", 0)]


def test_a_sheet_ignores_what_is_off_it():
    sheet = Sheet(4, 2)
    sheet.put(2, 0, "long", 1)
    sheet.put(0, 5, "x", 1)
    sheet.put(9, 0, "x", 1)
    assert sheet.text() == "  lo"
    assert sheet.row(0, -2, 8)[0] == list("    lo  ")
    assert sheet.row(7, 0, 3)[0] == list("   ")
    assert sheet.row(0, 0, 4, {1: ("•", 3), 9: ("•", 3)}) == (list(" •lo"), [0, 3, 1, 1])
