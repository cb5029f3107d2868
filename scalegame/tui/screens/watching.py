"""From a run, or from its result, to its charts and to its requests: for the screens that show a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.watch.watched import Watched

if TYPE_CHECKING:
    from scalegame.tui.screens.run import RunScreen


class Watching(GameScreen):
    """Opens charts and traces of the run that is on the screen, or just below."""

    _store: Store

    def _run(self) -> RunScreen | None:
        """The run: this screen, or the one below."""
        from scalegame.tui.screens.run import RunScreen

        return next((s for s in reversed(self.app.screen_stack) if isinstance(s, RunScreen)), None)

    def watched(self) -> Watched | None:
        """The run as it is now; None while it is computed, which is said."""
        run = self._run()
        if run is None:
            self.say("The run is not there any more; run the board again.", "error")
            return None
        if run.playhead is None or run.outcome is None:
            board = self.key("board", actions.RUN)
            self.say(f"Still computing: the run starts by itself then.   {board}: back to the board")
            return None
        events = run.view.events if run.view is not None else None
        return Watched(run.computation, run.seed, run.playhead.time, run.selected, run.seed_name, events)

    def jump(self, time: float, card: str) -> None:
        """Goes to a moment of the run, whatever lies over it, and selects a card there."""
        run = self._run()
        if run is None:
            return
        while self.app.screen is not run:
            self.app.pop_screen()
        if run.playhead is not None:
            run.playhead.playing = False  # to look at that moment
        run.seek(time)
        if card in run.computation.board.components:
            run.select_part(card)

    def do_charts(self, words: str) -> None:
        """Shows the charts."""
        from scalegame.tui.screens.charts import ChartsScreen

        if (watched := self.watched()) is not None:
            self.app.push_screen(ChartsScreen(watched, self._store, self.jump, words))

    def do_trace(self, words: str) -> None:
        """Follows requests."""
        from scalegame.tui.screens.trace import TraceScreen

        if (watched := self.watched()) is not None:
            self.app.push_screen(TraceScreen(watched, self.jump, words))
