"""Requests followed hop by hop: the same seed is run again with a tracer, and each shown as a waterfall."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import ProgressBar

from scalegame.errors import ScalegameError, nearest
from scalegame.insight.tracing import Following, near, telling
from scalegame.insight.waterfall import Story, story
from scalegame.tui import actions
from scalegame.tui.drawing import hops, plot
from scalegame.tui.drawing.plot import Cell, Row
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.slices import in_slices
from scalegame.tui.telling.words import heading, line
from scalegame.tui.watch.watched import Watched
from scalegame.tui.widgets.cells import Cells
from scalegame.units import Dimension, show, whole

#: What can be asked for.
WHICH = ("median", "p99", "slowest", "failed", "near")
#: Rows of the list of requests, and of the sentence about one.
_LISTED, _TOLD = 6, 2

Jump = Callable[[float, str], None]


class TraceScreen(GameScreen):
    """Telling requests of a run, and those under way at the playhead."""

    PLACE = actions.TRACE
    AUTO_FOCUS = ""

    def __init__(self, watched: Watched, jump: Jump, words: str = "") -> None:
        """Chooses the requests; they are followed once the screen is there.

        Args:
            watched: The run.
            jump: Goes to a moment of the run, and selects a card.
            words: Which sort to begin with, see `WHICH`.
        """
        super().__init__()
        self.watched = watched
        log = watched.recording.requests
        found = telling(log)
        self.requests = [(i, why) for i, why in found.items() if why != "failed"]
        self.requests += [(i, why) for i, why in found.items() if why == "failed"]
        self.requests += [(i, why) for i, why in near(log, watched.time).items() if i not in found]
        self.at = 0
        self.hop = 0
        self.stories: dict[int, Story] = {}
        self._jump, self._words = jump, words
        self._first_request = self._first_hop = 0

    def body(self) -> ComposeResult:
        """Requests, what became of one, and its hops."""
        yield Cells(id="trace-requests")
        yield Cells(id="trace-told")
        yield ProgressBar(total=100, show_eta=False, id="trace-bar")
        yield Cells(id="trace")
        yield Cells(id="trace-hop")

    def on_mount(self) -> None:
        """Begins to follow."""
        self.title_say(heading(self.watched.level, "requests"), line((self.watched.name, "$quiet")))
        if self._words:
            self.do_request(self._words)
        if not self.requests:
            self.query_one(ProgressBar).display = False
            self.say("Nobody asked for anything in this run.", "error")
            return
        self._show()
        self.run_worker(self._follow(), exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Bars are as wide as there is room."""
        self.call_after_refresh(self._show)

    def settings_changed(self) -> None:
        """Signs may be others."""
        super().settings_changed()
        if self.is_mounted:
            self._show()

    # Following

    async def _follow(self) -> None:
        watched, bar = self.watched, self.query_one(ProgressBar)
        kinds = watched.level.rulebook.kinds
        try:
            following = Following(
                watched.computation.scenario, kinds, watched.seed, {index for index, _ in self.requests}
            )
            await in_slices(following, lambda done: bar.update(progress=done * 100))
        except ScalegameError as error:
            self.say(error.message, "error")
            return
        finally:
            bar.display = False
        for index, _ in self.requests:
            self.stories[index] = story(*following.of(index), watched.length)
        self._show()

    # Drawing

    @property
    def shown(self) -> Story | None:
        """The request that is shown; None while it is followed."""
        return self.stories.get(self.requests[self.at][0]) if self.requests else None

    def _show(self) -> None:
        if not self.requests:
            return
        width = max(self.size.width, 20)
        listed = self.query_one("#trace-requests", Cells)
        most = min(len(self.requests), _LISTED if self.size.height < 36 else 2 * _LISTED)
        self._first_request = min(max(self.at - most // 2, 0), len(self.requests) - most)
        last = self._first_request + most
        rows = [self._request(i, width) for i in range(self._first_request, last)]
        listed.styles.height = most
        listed.draw(rows)
        one = self.shown
        if one is None:
            self.query_one("#trace-told", Cells).draw(
                [plot.text(" running the same seed again, with a tracer …", "$quiet")]
            )
            return
        self.hop = min(self.hop, len(one.rows) - 1)
        told = hops.paragraph(hops.sum_up(one), width - 2, _TOLD)
        said = self.query_one("#trace-told", Cells)
        said.styles.height = len(told)
        said.draw([[Cell(" ", ""), *row] for row in told])
        view = self.query_one("#trace", Cells)
        height = max(view.size.height, 5)
        drawn, self._first_hop = hops.waterfall(one, width - 2, height, self.hop, self.plain)
        words = "\n".join(f"{i}. {hops.detail(hop, one)}" for i, hop in enumerate(one.rows, 1))
        view.draw([[Cell(" ", ""), *row] for row in drawn], words)
        about = hops.paragraph(hops.detail(one.rows[self.hop], one), width - 2, 2)
        self.query_one("#trace-hop", Cells).draw([[Cell(" ", ""), *row] for row in about])

    def _request(self, at: int, width: int) -> Row:
        """One line of the list: number, why, what, when, how long, how it ended, and what took the longest."""
        index, why = self.requests[at]
        log = self.watched.recording.requests
        took = float(log.resolved[index] - log.born[index])
        reply = log.outcomes[log.outcome[index]]
        what = log.operations[log.operation[index]]
        sign = (">" if self.plain else "▸") if at == self.at else " "
        left = f" {sign}{at + 1:>2}  {why:<8} {what:<12.12} at {plot.moment(float(log.born[index]), 0.01)}"
        taken = show(took, Dimension.TIME) if took == took else "–"
        style = "bold" if at == self.at else ""
        bad = why == "failed" or took != took
        row = [*plot.text(left, style), *plot.text(f"{taken:>9}  ", style)]
        row += plot.text(f"{reply}  ", "$error" if bad else "$quiet")
        if (one := self.stories.get(index)) is not None:
            row += plot.text(hops.sum_up(one, 1).partition(": ")[2].partition(", ")[0], "$quiet")
        return row if len(row) <= width else [*row[: width - 1], Cell("~" if self.plain else "…", "$quiet")]

    # Doing

    @on(Cells.Clicked)
    def _clicked(self, event: Cells.Clicked) -> None:
        event.stop()
        one = self.shown
        if event.cells.id == "trace-requests":
            self._choose(self._first_request + event.y)
        elif event.cells.id == "trace" and one is not None:
            at = self._first_hop + event.y - 1
            if event.y >= 1 and at < len(one.rows):
                self.hop = at
                self._show()
                if event.times == 2:
                    self.do_jump("")

    @on(Cells.Turned)
    def _turned(self, event: Cells.Turned) -> None:
        event.stop()
        if event.cells.id == "trace-requests":
            self._choose(min(max(self.at - event.step, 0), len(self.requests) - 1))
        else:
            self._hop(-event.step)

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self.requests):
            self.at, self.hop = at, 0
            self.say("")
            self._show()

    def complete(self, text: str) -> Sequence[str]:
        """What can be followed completes too."""
        word, space, rest = text.partition(" ")
        if word == "follow" and space:
            return tuple(f"follow {which}" for which in WHICH if which.startswith(rest))
        return super().complete(text)

    def do_request(self, words: str) -> None:
        """Shows the next request, or the first of a sort."""
        if not words:
            self._choose((self.at + 1) % max(len(self.requests), 1))
        elif whole(words) is not None:
            self.do_pick(words)
        elif words not in WHICH:
            self.complain(f'"{words}" cannot be followed{nearest(words, WHICH)}', f"follow {words}")
        else:
            at = next((i for i, (_, why) in enumerate(self.requests) if why == words), None)
            if at is None:
                self.say(self._missing(words))
            else:
                self._choose(at)

    def _missing(self, which: str) -> str:
        """Why the list has none of that sort."""
        if which == "failed":
            return "No request failed in this run."
        if which == "near":
            if near(self.watched.recording.requests, self.watched.time):
                return "Who is under way at the playhead is in the list already, for another reason."
            return f"Nobody who is measured is under way at {plot.moment(self.watched.time)}."
        return f"There is no {which} request of its own here; another stands for it."

    def do_request_back(self, words: str) -> None:
        """Shows the request before."""
        self._choose((self.at - 1) % max(len(self.requests), 1))

    def do_pick(self, words: str) -> None:
        """Shows a request by its number."""
        if number := whole(words, len(self.requests)):
            self._choose(number - 1)
        else:
            self.complain(f"There are requests 1 to {len(self.requests)}.", f"request {words}".strip())

    def do_hop(self, words: str) -> None:
        """Chooses the next hop, or one by its number."""
        one = self.shown
        if one is None or not words:
            self._hop(1)
        elif number := whole(words, len(one.rows)):
            self.hop = number - 1
            self._show()
        else:
            self.complain(f"There are hops 1 to {len(one.rows)}.", f"hop {words}")

    def do_hop_back(self, words: str) -> None:
        """Chooses the hop before."""
        self._hop(-1)

    def _hop(self, step: int) -> None:
        if (one := self.shown) is not None:
            self.hop = min(max(self.hop + step, 0), len(one.rows) - 1)
            self._show()

    def do_jump(self, words: str) -> None:
        """Goes to where the hop began in the run."""
        if (one := self.shown) is not None:
            hop = one.rows[self.hop]
            self._jump(hop.start, hop.component)

    def do_copy(self, words: str) -> None:
        """Copies the request as text."""
        one = self.shown
        if one is None:
            self.say("Still following.")
            return
        index, why = self.requests[self.at]
        log = self.watched.recording.requests
        what, when = log.operations[log.operation[index]], plot.moment(one.born, 0.001)
        name = f"{self.watched.level.title}: {why}, {what} at {when}"
        self.app.copy_to_clipboard(hops.as_text(one, name, self.plain))
        self.say("Copied, if your terminal lets programs do that.")
