"""Charts: what is drawn in which cell, what a stretch of time is, and the sheet itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scalegame.errors import ScalegameError
from scalegame.insight.series import Against, Chart, Line, Span
from scalegame.tui.drawing import plot
from scalegame.tui.drawing.plot import GUTTER, Mark
from scalegame.tui.drawing.tabs import tabs
from scalegame.tui.screens.charts import ChartsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.table.charts import ROWS
from scalegame.tui.watch.zooming import Zoom, moment_of, moments
from scalegame.tui.widgets.cells import Cells
from scalegame.units import Dimension
from tests.tui.playing import LARGE, SMALL, WINNING, game, screen_text

NAN = float("nan")


def drawn(lines, height=7, marks=(), ascii=False, before=None, dimension=Dimension.COUNT, id="queue"):
    """A chart of these lines, a value a cell, from 0 to as many seconds; the plot alone."""
    found = tuple(Line(name, np.array(values, dtype=float)) for name, values in lines.items())
    against = Against(
        Chart(id, "queue", dimension, found), None if before is None else Line("b", np.array(before))
    )
    width = len(found[0].values) + GUTTER
    rows = plot.chart(against, Span(0.0, float(width - GUTTER), width - GUTTER), width, height, marks, ascii=ascii)
    assert all(len(row) == width for row in rows)
    assert len(rows) == height
    return plot.plain(rows).splitlines()


def inside(rows):
    return [row[GUTTER:] for row in rows[2:-1]]


# Drawing


def test_an_area_is_filled_to_an_eighth_of_a_cell() -> None:
    rows = drawn({"waiting": [0, 1, 2, 4, 6, 8]}, height=5)
    assert inside(rows) == ["    ▄◆", "▁▂▄███"]


def test_a_gap_is_empty_and_nought_is_a_line_on_the_ground() -> None:
    assert inside(drawn({"waiting": [NAN, 0, NAN, 4]}, height=5)) == ["   ◆", " ▁ █"]


def test_other_lines_run_over_the_area() -> None:
    rows = inside(drawn({"p50": [1, 1, 1, 6], "p99": [6, 6, 6, 6]}, height=6))
    # In the last column both are the same.
    assert rows == ["◆███", "████", "───█"]


def test_without_a_value_a_line_leaves_the_area_alone() -> None:
    rows = inside(drawn({"p50": [NAN, 3, NAN], "p99": [6, 6, NAN]}, height=6))
    assert rows == ["◆█", "█─", "██"]


def test_the_other_run_is_dotted() -> None:
    rows = inside(drawn({"waiting": [1.0] * 6}, height=6, before=[6.0] * 6))
    assert rows == ["▔  ▔", "", "◆▄▄▄▄▄"]


def test_in_ascii_there_is_nothing_else() -> None:
    rows = drawn({"arrivals": [5, 5, 5, 5], "completions": [1, 2, 3, 4]}, height=8, ascii=True, before=[3.0] * 4)
    assert "\n".join(rows).isascii()
    assert inside(rows) == ["++++", "   ^", ". *.", " *##", "*###"]


def test_the_largest_value_and_its_moment_stand_in_the_heading() -> None:
    rows = drawn({"waiting": [0, 1, 7, 4] + [0] * 30}, height=6)
    assert rows[0].split("max ")[1] == "7 at 00:02"
    assert rows[2].startswith("       8┤")
    assert rows[-2].startswith("       0┤")


def test_values_under_the_cursor_stand_in_the_legend() -> None:
    values = {"p50": [0.001] * 40, "p99": [1.5] * 20 + [NAN] * 20}
    rows = drawn(values, marks=[Mark(3.5, "cursor")], dimension=Dimension.TIME)
    assert rows[1].split() == ["█", "p99", "1.5", "s", "─", "p50", "1", "ms"]
    later = drawn(values, marks=[Mark(30.5, "cursor")], dimension=Dimension.TIME)
    assert later[1].split()[:3] == ["█", "p99", "–"]


def test_what_does_not_fit_into_the_legend_is_counted() -> None:
    rows = drawn({f"reason {i}": [1.0] * 30 for i in range(6)})
    assert rows[1].split() == ["█", "reason", "5", "─", "reason", "4", "╌", "reason", "3", "+3"]


def test_marks_have_signs_of_their_own_and_the_cursor_is_in_front() -> None:
    marks = [
        Mark(t, s) for t, s in ((2, "begins"), (5, "fault"), (8, "alert"), (11, "recovery"), (14, "playhead"))
    ]
    rows = drawn({"waiting": [0.0] * 40}, marks=[*marks, Mark(5, "cursor")], height=7)
    foot = rows[-1][GUTTER:]
    assert (foot[2], foot[5], foot[8], foot[11], foot[14]) == ("┴", "┻", "▲", "✓", "●")
    assert rows[3][GUTTER + 5] == "┃"
    assert rows[3][GUTTER + 8] == "╎"


def test_times_are_labelled_where_the_marks_leave_room() -> None:
    rows = drawn({"waiting": [0.0] * 60}, marks=[Mark(21.0, "playhead")])
    assert rows[-1][GUTTER:].startswith("00:00")
    assert "●" in rows[-1]
    assert "00:40" in rows[-1]


@pytest.mark.parametrize(
    ("value", "top"), [(0.0, 1.0), (0.3, 1.0), (7.0, 8.0), (101.0, 150.0), (1e9, 1e9), (NAN, 1.0)]
)
def test_scales_end_at_round_numbers(value: float, top: float) -> None:
    assert plot.nice(value, Dimension.COUNT) == pytest.approx(top)


def test_moments_are_as_exact_as_a_step_needs() -> None:
    assert [plot.moment(65.4321, step) for step in (1, 0.1, 0.01, 0.001)] == [
        "01:05",
        "01:05.4",
        "01:05.43",
        "01:05.432",
    ]
    assert plot.moment(59.999, 0.01) == "01:00.00"


def test_a_chart_can_be_read_out() -> None:
    lines = (Line("p50", np.array([0.01, 0.02])), Line("p99", np.array([NAN, 1.5])))
    against = Against(Chart("latency", "latency", Dimension.TIME, lines), Line("p99", np.array([2.0, 3.0])))
    span = Span(0.0, 20.0, 2)
    assert plot.told(against, span, 5.0) == "latency at 00:05: p99 –, p50 10 ms, before 2 s; most 1.5 s at 00:15"


def test_nothing_and_very_little_can_be_drawn() -> None:
    drawn({"waiting": [NAN] * 4}, height=5)
    drawn({"waiting": [0.0]}, height=5)
    drawn({"waiting": [1e-12, 1e12]}, height=5, ascii=True)


def test_the_chosen_part_is_in_sight_among_as_many_as_fit() -> None:
    names = [f"part-{i}" for i in range(12)]
    for at in range(12):
        row, places = tabs(names, at, 40)
        words = "".join(cell.char for cell in row)
        assert len(words) <= 40
        assert any(tab.name == names[at] and words[tab.begin : tab.end].strip() == names[at] for tab in places)
        assert words.startswith("…") == (places[0].name != "part-0")
        assert words.endswith("…") == (places[-1].name != "part-11")
    assert len(tabs(names[:3], 1, 80)[1]) == 3


# Time


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("30 s", 30.0),
        ("1:05", 65.0),
        ("0:02.5", 2.5),
        ("42", 42.0),
        ("250 ms", 0.25),
        ("2 min", 120.0),
        ("2m", 120.0),
    ],
)
def test_a_moment_as_people_type_it(words: str, found: float) -> None:
    assert moment_of(words) == pytest.approx(found)


@pytest.mark.parametrize("words", ["30 s 45 s", "0:30 to 0:45", "30 45", "30s-45s", " 30 s  0:45 "])
def test_a_stretch_as_people_type_it(words: str) -> None:
    assert moments(words) == (30.0, 45.0)


@pytest.mark.parametrize("words", ["", "soon", "-3", "1:2:3", "30 s and 4", "9" * 99, "1e9", "30 kg"])
def test_what_is_no_moment_is_said_to_be_none(words: str) -> None:
    with pytest.raises(ScalegameError, match="write 30 s or 1:05"):
        moments(words)


def test_zooming_keeps_its_middle_and_stays_in_the_run() -> None:
    zoom = Zoom(80.0, cursor=40.0)
    assert zoom.whole
    zoom.by(0.5)
    assert (zoom.start, zoom.end) == (20.0, 60.0)
    zoom.pan(0.5)
    assert (zoom.start, zoom.end, zoom.cursor) == (40.0, 80.0, 40.0)
    zoom.pan(5)
    assert (zoom.start, zoom.end) == (40.0, 80.0)
    zoom.look(10.0)
    assert zoom.start <= 10.0 <= zoom.end
    for _ in range(40):
        zoom.by(0.5)
    assert zoom.end - zoom.start == pytest.approx(0.02)
    assert zoom.start <= 10.0 <= zoom.end
    for _ in range(40):
        zoom.by(2)
    assert zoom.whole
    zoom.show(70.0, 500.0)
    assert (zoom.start, zoom.end) == (70.0, 80.0)


# The sheet


async def at_charts(play, words: str = "", lines=()) -> ChartsScreen:
    await play.keys("enter")
    for line in lines:
        await play.type(line)
    await play.type("run")
    run = await play.reach(RunScreen)
    await play.until(lambda: run.outcome is not None and run.playhead is not None, "the run")
    run.seek(6.0)
    await play.type(f"charts {words}".strip())
    return await play.reach(ChartsScreen)


async def test_four_charts_at_once_and_all_keys(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        screen = await at_charts(play)
        text = screen_text(play.app)
        assert [name in text for name in ("answers", "latency", "errors", "in flight")] == [True] * 4
        assert "1 more" in text
        await play.keys("down", "down", "down", "down")
        assert screen.chosen == "cost"
        assert "running cost" in screen_text(play.app)
        await play.keys("tab")
        assert screen.part == "people"
        await play.keys("tab")
        assert screen.part == "kiosk"
        assert "utilisation" in screen_text(play.app)
        await play.keys("shift+tab", "shift+tab")
        assert screen.part == "all"
        before = screen.zoom.end - screen.zoom.start
        await play.keys("plus")
        assert screen.zoom.end - screen.zoom.start == pytest.approx(before / 2)
        await play.keys("minus")
        assert screen.zoom.whole
        await play.keys("plus", "comma", "full_stop", "0", "space")
        assert screen.large
        cursor = screen.zoom.cursor
        await play.keys("right")
        assert screen.zoom.cursor > cursor
        await play.keys("y")
        assert "Tiny: all" in play.app.clipboard
        await play.keys("escape")
        await play.reach(RunScreen)


async def test_typed_and_the_jump_into_the_run(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        screen = await at_charts(play, "kiosk queue")
        assert (screen.part, screen.chosen, screen.large) == ("kiosk", "queue", True)
        await play.type("zoom 4 s 8 s")
        assert (screen.zoom.start, screen.zoom.end) == (4.0, 8.0)
        await play.type("zoom 4 s")
        assert "two ends" in screen.said
        await play.type("part kiosc")
        assert 'did you mean "kiosk"' in screen.said
        await play.type("chart latency")
        assert "no chart" in screen.said
        await play.type("at soon")
        assert "no moment" in screen.said
        await play.type("at 0:05")
        assert screen.zoom.cursor == 5.0
        await play.type("jump 7 s")
        run = await play.reach(RunScreen)
        assert run.playhead is not None
        assert run.playhead.time == pytest.approx(7.0)
        assert run.selected == "kiosk"


async def test_the_mouse_reads_zooms_and_enlarges(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny", LARGE) as play:
        screen = await at_charts(play)
        view = screen.query_one("#charts", Cells)
        _, _, width, height = screen._grid()
        await play.click("#charts", (width + 1 + GUTTER, 3))
        assert screen.chosen == "latency"
        assert screen.zoom.cursor == pytest.approx(0.0)
        await play.pilot.mouse_down("#charts", offset=(GUTTER + 10, 4))
        await play.pilot.hover("#charts", offset=(GUTTER + 20, 4))
        await play.pilot.mouse_up("#charts", offset=(GUTTER + 20, 4))
        await play.pilot.pause()
        assert not screen.zoom.whole
        share = 10 / (width - GUTTER - 1)
        assert screen.zoom.end - screen.zoom.start == pytest.approx(share * screen.zoom.length)
        await play.click("#chart-parts", (7, 0))
        assert screen.part == "people"
        await play.pilot.click("#charts", offset=(GUTTER + 3, 4), times=2)
        await play.pilot.pause()
        assert screen.large
        assert len(view.rows) > height


async def test_the_attempt_before_is_a_second_line_on_the_same_seed(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        screen = await at_charts(play)
        await play.keys("c")
        await play.until(lambda: "No other design" in screen.said, "that there is none")
        assert screen.before is None
        await play.keys("escape", "b")
        for line in WINNING:
            await play.type(line)
        await play.type("run")
        run = await play.reach(RunScreen)
        await play.until(lambda: run.outcome is not None and run.playhead is not None, "the run")
        await play.type("charts all")
        screen = await play.reach(ChartsScreen)
        await play.type("before on")
        await play.until(lambda: screen.before is not None, "the attempt before")
        calls = {pair.chart.id: pair for pair in screen.charts}
        assert calls["errors"].before is not None
        assert np.nanmax(calls["errors"].before.values) > 10 > calls["errors"].chart.top
        # With one till nobody was served in time: that is a gap, not a latency of nought.
        assert calls["latency"].before is not None
        assert np.isnan(calls["latency"].before.values).all()
        assert "before" in screen_text(play.app)
        await play.type("before off")
        assert screen.before is None


async def test_they_open_from_the_result_too_and_fit_any_size(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as play:
        await at_charts(play)
        await play.keys("escape", "enter")
        await play.reach(ResultScreen)
        await play.keys("g")
        screen = await play.reach(ChartsScreen)
        for size in (LARGE, (200, 60), SMALL):
            await play.pilot.resize_terminal(*size)
            await play.pilot.pause()
            view = screen.query_one("#charts", Cells)
            assert len(view.rows) <= view.size.height
            assert all(len(row) <= view.size.width for row in view.rows)
        await play.keys("enter")
        await play.reach(RunScreen)


def test_every_action_can_be_typed() -> None:
    assert all(action.command for action in ROWS)
