"""What can be done with a run, on every level of the game: paused, scrubbed, followed, compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels import packs
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.charts import ChartsScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.trace import TraceScreen
from scalegame.tui.shipped import shipped
from tests.tui.playing import Game, game, one_seed

LEVELS = tuple(entry.id for entry in packs.index())


async def ran(it: Game, board: BoardScreen, lines: tuple[str, ...]) -> RunScreen:
    """A design of the level, run from the board."""
    await it.type("undo all")
    assert board.edit(*lines)
    await it.type("run")
    run = await it.reach(RunScreen)
    await it.until(lambda: run.outcome is not None and run.playhead is not None, "the end of the computation")
    return run


@pytest.mark.parametrize("id", LEVELS)
async def test_a_run_is_paused_scrubbed_followed_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, id: str
) -> None:
    one_seed(monkeypatch)
    first, second = packs.by_id(id, kinds()).attempts[:2]
    async with game(tmp_path, id, catalogue=shipped()) as it:
        await it.reach(BriefingScreen)
        await it.type("board")
        board = await it.reach(BoardScreen)
        await ran(it, board, first.do)
        await it.type("board")
        run = await ran(it, board, second.do)
        head = run.playhead
        assert head is not None

        await it.type("pause")
        assert not head.playing
        await it.type("at 12 s")
        assert head.time == pytest.approx(12.0)
        await it.type("end")
        assert head.time == head.length
        await it.type("start")
        assert head.time == 0.0

        await it.type("follow p99")
        trace = await it.reach(TraceScreen)
        await it.until(lambda: not any(worker.is_running for worker in it.app.workers), "the traced run")
        why = [why for _, why in trace.requests]
        assert why[trace.at] == "p99"
        await it.type("copy")
        assert "p99" in it.app.clipboard
        await it.type("close")

        await it.type("charts")
        charts = await it.reach(ChartsScreen)
        await it.type("before on")
        await it.until(lambda: charts.before is not None, "the attempt before")
        # Computed anew from what was kept of it, it is the run that was watched then.
        assert charts.before is not None
        assert charts.before.times[-1] >= run.computation.level.window.end
        await it.type("close")
        assert it.app.screen is run
