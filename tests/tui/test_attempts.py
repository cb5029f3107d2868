"""The player's attempts: made comparable, drawn, and put back on the board."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.widgets import OptionList

from scalegame.design import edits
from scalegame.insight.histogram import Histogram
from scalegame.progress.model import Attempt, Measured
from scalegame.tui.drawing.figured import Dot, bar, bars, scatter
from scalegame.tui.screens.attempts import VIEWS, AttemptsScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.dialogs import QuestionScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.telling.attempting import about, ago, as_text, record_of, row, standing_of
from scalegame.tui.watch.sofar import latencies
from tests.tui.playing import LARGE, SMALL, WINNING, Game, game, screen_text, tiny


def tried(
    cost: float, latency: float | None, parts: int, won: bool = True, lines: tuple[str, ...] = (), **more: object
) -> Attempt:
    goals = tuple(
        Measured(o.text, o.target, (latency,) * 3, latency if o.metric == "latency" else 1.0, won)
        for o in tiny().objectives
    )
    return Attempt("tiny", tiny().digest, lines, won, (), goals, cost, 0.0, parts, 1.0, at=1e9, **more)  # type: ignore[arg-type]


#: The latest first.
SOME = (
    tried(0.33, 0.185, 4, lines=WINNING),
    tried(0.23, 0.187, 3),
    tried(0.23, 0.468, 3),
    tried(0.10, None, 1, won=False),
)


def test_only_what_won_is_on_the_front() -> None:
    record = record_of(tiny(), SOME)
    assert [(one.number, one.on_front, one.beaten_by) for one in record.tried] == [
        (4, True, ()),
        (3, True, ()),
        (2, False, (3,)),
        (1, False, ()),
    ]
    assert record.latency == "latency.p99"
    assert record.target == 0.5
    assert standing_of(record) == "this one is on your front; 2 of the 3 that won are."


def test_attempts_at_another_version_are_left_out_and_counted() -> None:
    older = Attempt("tiny", "another", (), True, (), SOME[0].objectives, 0.01, 0.0, 1, 1.0)
    record = record_of(tiny(), (*SOME, older))
    assert record.others == 1
    assert [one.number for one in record.tried] == [5, 4, 3, 2]
    assert all(one.on_front == (one.number in (4, 5)) for one in record.tried)


def test_rows_and_details_speak_plainly() -> None:
    record = record_of(tiny(), SOME)
    assert row(record.tried[0]).plain.split() == ["4", "✓", "$0.33/h", "185", "ms", "4", "◆"]
    assert row(record.tried[3]).plain.split() == ["1", "✗", "$0.10/h", "–", "1"]
    told = about(record.tried[0], tiny(), 1e9 + 7300).plain
    assert "2 hours ago" in told
    assert "+ balancer; kiosk replicas 1 → 3" in told
    assert "Beaten by 3" in about(record.tried[2], tiny(), 1e9).plain
    assert "the board as found" in about(record.tried[3], tiny(), 1e9).plain
    assert "kiosk replicas 1 → 3" in as_text(record, tiny())


def test_an_attempt_that_nonsense_was_written_into_is_shown_as_it_is() -> None:
    record = record_of(tiny(), (tried(0.3, 0.1, 2, lines=("add nothing known",)),))
    assert "add nothing known" in about(record.tried[0], tiny(), 1e9).plain


def test_how_long_ago() -> None:
    assert [ago(s) for s in (0, 59, 60, 7200, 86400, -5)] == [
        "just now", "just now", "1 minute ago", "2 hours ago", "1 day ago", "just now",
    ]  # fmt: skip


# Drawings


def test_a_scatter_puts_points_where_they_belong() -> None:
    dots = [Dot(0.0, 0.01, "a"), Dot(1.0, 1.0, "b"), Dot(0.5, 0.1, "c", ringed=True), Dot(2.0, float("nan"), "d")]
    rows = scatter(dots, 40, 9, str, lambda v: f"{v:.2f}", level=0.1).plain.splitlines()
    assert len(rows) == 9
    assert all(len(r) <= 40 for r in rows)
    assert rows[0].rstrip().endswith("b")
    assert "a" in rows[6]
    assert rows[3].count("┄") > 10
    assert "[c]" in rows[3]
    assert not any("d" in r for r in rows)
    assert rows[0].startswith(" 1.00│")
    assert rows[6].startswith(" 0.01│")


def test_a_scatter_of_one_point_or_none_is_still_a_picture() -> None:
    assert "o" in scatter([Dot(0.3, 0.1, "o")], 40, 9, str, str).plain
    assert scatter([], 40, 9, str, str).plain == "Nothing to show yet."
    assert scatter([Dot(0.3, float("nan"), "o")], 40, 9, str, str).plain == "Nothing to show yet."


def test_bars_are_as_long_as_their_counts() -> None:
    assert bar(1.0, 4) == "████"
    assert bar(0.5, 4) == "██  "
    assert bar(0.0, 4) == "    "
    assert bar(1e-9, 4) == "▏   "
    rows = bars(
        Histogram((0.0, 1.0, 2.0), (1, 4)), 40, lambda v: f"{v:.0f}", {"p50": 1.5, "goal": 9.0, "no": float("nan")}
    )
    assert rows[1].plain.count("█") > rows[0].plain.count("█")
    assert rows[1].plain.endswith("4 ◂ p50, goal")
    assert all(len(r.plain) <= 40 for r in rows)


# In the game


async def with_some(it: Game) -> BoardScreen:
    for attempt in reversed(SOME):
        it.store.keep_attempt(attempt)
    return await it.board()


async def test_latencies_are_those_of_the_verdict(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        for line in WINNING:
            await it.type(line)
        await it.keys("space")
        run = await it.ran()
        asked = next(o for o in tiny().objectives if o.metric == "latency")
        worst = run.computation.verdict.worst
        sample = latencies(asked, run.computation.recording(worst))
        result = run.computation.result(worst)
        assert len(sample) == result.total.successes
        assert float(np.quantile(sample, 0.99, method="inverted_cdf")) == pytest.approx(result.total.latency.p99)


async def test_attempts_are_listed_drawn_and_put_back(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await with_some(it)
        await it.type("set kiosk size=large")
        steps = board.session.steps
        await it.keys("t")
        sheet = await it.reach(AttemptsScreen)
        assert "4 attempts" in screen_text(it.app)
        assert "kiosk replicas 1 → 3" in screen_text(it.app)
        assert "Trade-off" in screen_text(it.app)
        await it.keys("v")
        assert "attempts in each range" in screen_text(it.app)
        await it.keys("v")
        assert "No run since" in screen_text(it.app)
        await it.type("view front")
        assert sheet.view == "front"
        await it.type("view fornt")
        assert "front, attempts, latency" in sheet.said
        await it.keys("enter")
        assert isinstance(it.app.screen, QuestionScreen)
        assert "kiosk replicas 1 → 3" in screen_text(it.app)
        await it.keys("n")
        assert it.app.screen is sheet
        await it.keys("enter", "y")
        await it.reach(BoardScreen)
        wanted = edits.apply_all(tiny().found, WINNING, tiny().rulebook)
        assert edits.same(board.session.board, wanted)
        assert board.session.steps == steps + 1
        await it.keys("u")
        assert board.session.lines == ("set kiosk size=large",)


async def test_restore_is_typed_on_the_board_and_on_the_sheet(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await with_some(it)
        await it.type("restore 4")
        assert set(board.session.lines) == set(WINNING)
        assert "u takes that back" in board.said
        await it.type("restore 4")
        assert "already" in board.said
        await it.type("restore 99")
        assert 'no attempt "99"' in board.said
        await it.type("restore")
        sheet = await it.reach(AttemptsScreen)
        await it.type("restore 77")
        assert 'There is no attempt "77"' in sheet.said
        for nonsense in ("²", "9" * 30, "-1", "x"):
            await it.type(f"restore {nonsense}")
            assert "There is no attempt" in sheet.said
        await it.type("restore 1")
        assert await it.reach(BoardScreen) is board
        assert board.session.lines == ()


async def test_after_a_run_its_latencies_are_drawn_with_their_percentiles(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny", LARGE) as it:
        await it.board()
        for line in WINNING:
            await it.type(line)
        await it.keys("space")
        await it.ran()
        await it.keys("enter")
        await it.reach(ResultScreen)
        await it.keys("t")
        await it.reach(AttemptsScreen)
        await it.type("view latency")
        text = screen_text(it.app)
        for mark in ("p50", "p95", "p99", "goal"):
            assert f"◂ {mark}" in text or f", {mark}" in text
        await it.type("copy file tries")
        assert "kiosk replicas 1 → 3" in (tmp_path / "texts" / "tries.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [SMALL, LARGE, (160, 60)])
async def test_the_sheet_fits(tmp_path: Path, size: tuple[int, int]) -> None:
    async with game(tmp_path, "tiny", size) as it:
        await with_some(it)
        await it.keys("t")
        sheet = await it.reach(AttemptsScreen)
        for view in VIEWS:
            await it.type(f"view {view}")
            assert sheet.query_one("#attempts-figures").max_scroll_y == 0
            assert all(len(line) <= size[0] for line in screen_text(it.app).splitlines())
        assert sheet.query_one("#attempts-list", OptionList).option_count == len(SOME)


async def test_nothing_tried_yet_is_said(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        await it.type("attempts")
        sheet = await it.reach(AttemptsScreen)
        assert "Nothing has been tried here yet" in screen_text(it.app)
        await it.keys("v", "v", "enter")
        assert it.app.screen is sheet
