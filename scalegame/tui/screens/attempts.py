"""The player's own attempts on a level: what each cost and gave, which are worth keeping, and any of them back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets.option_list import Option

from scalegame.design import edits
from scalegame.errors import ScalegameError
from scalegame.insight.histogram import linear, logarithmic
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.board.session import Session
from scalegame.tui.drawing.figured import Dot, bars, scatter
from scalegame.tui.messages import ToBoard
from scalegame.tui.screens import taking
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.attempting import (
    HEAD,
    MOST,
    Record,
    Tried,
    about,
    as_text,
    board_of,
    design_words,
    numbered,
    record_of,
    seconds,
)
from scalegame.tui.telling.attempting import row as attempt_row
from scalegame.tui.telling.words import heading, line, plural, price, tidy
from scalegame.tui.watch.sofar import latencies
from scalegame.tui.widgets.plain import OptionList, Static

if TYPE_CHECKING:
    from scalegame.tui.screens.board_edits import BoardEdits

VIEWS = {"front": "cost against latency", "attempts": "all attempts", "latency": "latency of the last run"}
#: Buckets of the histogram of latencies, at most.
_MANY = 12
#: Rows that all three views need together.
_TALL = 44


def restore(board: BoardEdits, one: Tried) -> tuple[str, bool]:
    """Puts an attempt back on the board as one step; returns what to say, and whether it was done."""
    session = board.session
    try:
        target = board_of(one.attempt, session.level)
    except ScalegameError as error:
        return error.message, False
    if edits.same(session.board, target):
        return f"Attempt {one.number} is what stands on the board already.", False
    if not board.edit(*edits.difference(session.board, target, session.level.rulebook)):
        return board.said, False
    return f"Attempt {one.number} is back on the board; {board.key('undo')} takes that back.", True


class AttemptsScreen(GameScreen):
    """A list of attempts, beside it figures about all of them, below it the one under the cursor."""

    PLACE = actions.ATTEMPTS

    def __init__(self, session: Session, store: Store) -> None:
        """Takes the board that attempts can be put back on, and where they are kept."""
        super().__init__()
        self.session = session
        self._store = store
        self.record: Record = record_of(session.level, store.attempts(session.level.id, MOST))
        self.view = "front"

    def body(self) -> ComposeResult:
        """List, figures, and what is under the cursor."""
        with Horizontal(id="attempts"):
            with Vertical(id="attempts-left"):
                yield Static(line((HEAD, "$quiet")), id="attempts-head")
                yield OptionList(
                    *(Option(attempt_row(one), id=str(one.number)) for one in self.record.tried),
                    id="attempts-list",
                )
            with VerticalScroll(id="attempts-figures", can_focus=False):
                yield Static(id="attempts-figure")
        yield Static(id="attempt-about")

    def on_mount(self) -> None:
        """Puts the cursor on the latest."""
        self.title_say(heading(self.session.level, "attempts"), line((self._count(), "$quiet")))
        listed = self.query_one("#attempts-list", OptionList)
        if self.record.tried:
            listed.highlighted = 0
            self.say("Enter puts an attempt back on the board.")
        else:
            self.query_one("#attempt-about", Static).update(
                line(("Nothing has been tried here yet: Space on the board runs.", "$quiet"))
            )
        self._draw()
        self.focus_body()

    def _count(self) -> str:
        rest = f", {self.record.others} at another version of it" if self.record.others else ""
        return f"{plural(len(self.record.tried), 'attempt')}{rest}"

    def on_resize(self, event: events.Resize) -> None:
        """The drawings have the size of their place."""
        self.call_after_refresh(self._draw)

    def focus_body(self) -> None:
        """The list takes the keys."""
        self.set_focus(self.query_one("#attempts-list", OptionList))

    @property
    def under_cursor(self) -> Tried | None:
        """The attempt under the cursor."""
        option = self.query_one("#attempts-list", OptionList).highlighted_option
        return self.record.numbered(int(option.id)) if option is not None and option.id else None

    @on(OptionList.OptionHighlighted)
    def _about(self) -> None:
        one = self.under_cursor
        if one is not None:
            self.query_one("#attempt-about", Static).update(about(one, self.session.level, time.time()))
            self._draw()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.do_restore("")

    # Drawing

    def _draw(self) -> None:
        place = self.query_one("#attempts-figures")
        width, height = place.size.width - 1, place.size.height
        if width < 20 or height < 5:
            return
        views = list(VIEWS) if height >= _TALL else [self.view]
        each = [self._view(view, width, min(height if len(views) == 1 else 16, 24)) for view in views]
        self.query_one("#attempts-figure", Static).update(Content("\n\n").join(each))

    def _view(self, view: str, width: int, height: int) -> Content:
        if view == "front":
            return self._front(width, height)
        return self._attempts(width, height) if view == "attempts" else self._latency(width)

    def _front(self, width: int, height: int) -> Content:
        """The trade-offs: a digit stands for a design on the front, and says its parts."""
        chosen = self.under_cursor
        dots = []
        # What matters is drawn last, over the rest.
        for one in sorted(self.record.tried, key=lambda t: (t is chosen, t.on_front, t.attempt.won)):
            parts = one.attempt.parts
            sign, style = ("o", "$quiet") if one.attempt.won else ("x", "$error")
            if one.on_front:
                sign, style = (str(parts) if parts < 10 else "+"), "bold $success"
            dots.append(Dot(one.trade.cost, one.trade.latency, sign, style, one is chosen))
        drawn = scatter(dots, width, height - 3, price, seconds, self.record.target)
        return Content("\n").join(
            [
                line(("Trade-off  ", "bold"), (f"↑ {self.record.latency or 'latency'}  → cost", "$quiet")),
                drawn,
                line(("3 front (of 3 parts)  o beaten  x lost", "$quiet")),
            ]
        )

    def _attempts(self, width: int, height: int) -> Content:
        """Three histograms over all attempts, with the chosen one pointed at."""
        tried, chosen = self.record.tried, self.under_cursor
        rows: list[Content] = []
        for name, values, show, whole in (
            ("cost", [one.trade.cost for one in tried], price, False),
            (self.record.latency or "latency", [one.trade.latency for one in tried], seconds, False),
            ("parts", [float(one.trade.parts) for one in tried], lambda v: f"{v:.0f}", True),
        ):
            mine = {} if chosen is None else {"this": values[tried.index(chosen)]}
            rows.append(line((f"{name}  ", "bold"), ("attempts in each range", "$quiet")))
            found = linear(values, max((height - 3) // 3, 3), whole)
            rows += (
                bars(found, width, show, mine, whole)
                if sum(found.counts)
                else [line(("nothing measured", "$quiet"))]
            )
        return Content("\n").join(rows)

    def _latency(self, width: int) -> Content:
        """The latencies of the last run's worst seed, in buckets that grow."""
        last = self.session.last
        if last is None:
            return line(("No run since this level was opened: Space on the board runs.", "$quiet"))
        worst = last.verdict.worst
        asked = next((h.objective for h in last.verdict.objectives if h.objective.metric == "latency"), None)
        sample = latencies(asked, last.computation.recording(worst))
        whose = f" of {asked.scope}" if asked is not None and asked.scope else ""
        title = line(
            (f"Latency{whose}  ", "bold"),
            (f"{plural(len(sample), 'success', 'successes')}, seed {worst + 1}", "$quiet"),
        )
        if not len(sample):
            return Content("\n").join([title, line(("Nobody was answered.", "$error"))])
        import numpy as np

        marks = {f"p{q}": float(np.quantile(sample, q / 100, method="inverted_cdf")) for q in (50, 95, 99)}
        told = "   ".join(f"{name} {seconds(value)}" for name, value in marks.items())
        if asked is not None:
            marks["goal"] = asked.target
            told += f"   goal {tidy(asked.text).split(' ', 1)[1]}"
        rows = bars(logarithmic(sample, _MANY), width, seconds, marks)
        return Content("\n").join([title, line((told, "$quiet")), *rows])

    # Actions

    def do_view(self, words: str) -> None:
        """Shows other figures."""
        names = list(VIEWS)
        wanted = words or names[(names.index(self.view) + 1) % len(names)]
        found = next((name for name in names if name.startswith(wanted)), None)
        if found is None:
            self.complain(f"There are: {', '.join(names)}.", f"view {words}")
            return
        self.view = found
        self._draw()
        self.say(f"{found}: {VIEWS[found]}")

    def do_restore(self, words: str) -> None:
        """Puts an attempt back on the board, after showing its design; what was typed is meant."""
        one = numbered(self.record, words) if words else self.under_cursor
        if one is None:
            self.complain(
                f'There is no attempt "{words[:20]}".' if words else "Nothing has been tried here yet.",
                f"restore {words}",
            )
            return
        if words:
            self._restore(one)
            return
        from scalegame.tui.screens.dialogs import QuestionScreen

        told = "\n".join(f"· {text}" for text in design_words(one.attempt, self.session.level)[:12])
        question = f"Put attempt {one.number} back on the board?\n\n{told or 'The board as found.'}"
        self.app.push_screen(
            QuestionScreen(question, "Put back", "Leave"), lambda yes: self._restore(one) if yes else None
        )

    def _restore(self, one: Tried) -> None:
        from scalegame.tui.screens.board import BoardScreen

        board = next((s for s in reversed(self.app.screen_stack) if isinstance(s, BoardScreen)), None)
        if board is None:
            return
        told, done = restore(board, one)
        self.say(told)
        if done:
            board.say(told, "good")
            self.post_message(ToBoard())

    def do_copy(self, words: str) -> None:
        """Copies the list as text."""
        taking.text(self, as_text(self.record, self.session.level), words, "list of attempts")
