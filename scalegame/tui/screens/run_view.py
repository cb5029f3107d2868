"""How a run is shown: goals, board, the part that is watched, curves, what fires, playhead."""

from __future__ import annotations

import time as wall
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import ProgressBar

from scalegame.progress.store import Store
from scalegame.tui.board.session import Session
from scalegame.tui.canvas.frame import Frame, frame_from
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.figures import card_lines
from scalegame.tui.telling.words import clock, heading, line
from scalegame.tui.watch.alerts import Alert, firing
from scalegame.tui.watch.bookmarks import Bookmark
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.moment import Moment, moment
from scalegame.tui.watch.outcome import Outcome
from scalegame.tui.watch.playback import Playhead
from scalegame.tui.watch.sofar import value_so_far
from scalegame.tui.watch.timeline import Entry, entries
from scalegame.tui.watch.viewing import RunInView
from scalegame.tui.widgets.bars import TitleBar
from scalegame.tui.widgets.curves import RunCurves
from scalegame.tui.widgets.goals import Goal, Goals
from scalegame.tui.widgets.note import Note
from scalegame.tui.widgets.plain import Static
from scalegame.tui.widgets.scrubber import Mark, Scrubber
from scalegame.tui.widgets.watched import Watched, watched_column, watched_line
from scalegame.verdict.judge import holds

#: From this width on the part that is watched has a column beside the board.
WIDE = 110
#: Marks on the wires move so many cells a second of wall time while time runs.
_DRIFT = 6.0
#: Figures that people read are written anew so often, seconds of wall time.
_READ_EVERY = 0.25


class RunView(GameScreen):
    """A run with its surroundings, at the moment of the playhead.

    Attributes:
        session: The player at work.
        computation: Whose run is watched: that of the play seeds, or of a seed that the player asked for.
        played: That of the play seeds, by which the design is judged.
        seed: Which of the computation's runs is watched, from 0.
        playhead: None until there is something to watch.
        selected: Id of the part that is watched, or "".
        outcome: What came of the play seeds, once that is known.
        bookmarks: Of this run.
    """

    def __init__(self, session: Session, computation: Computation, store: Store) -> None:
        """Takes a computation that has just been prepared."""
        super().__init__()
        self.session = session
        self.computation = self.played = computation
        self._store = store
        self.playhead: Playhead | None = None
        self.seed = 0
        self.selected = session.selected if session.selected in computation.board.components else ""
        self.outcome: Outcome | None = None
        self.bookmarks: tuple[Bookmark, ...] = ()
        self.view: RunInView | None = None
        self._frame: tuple[int, Frame] = (-1, Frame())
        self._phase = self._phase_drawn = 0.0
        self._read: tuple[int, float] = (-1, 0.0)
        self._titled = ""
        self._told = Content("")

    def body(self) -> ComposeResult:
        """Goals, note, board and what is watched of it, curves, what fires, playhead."""
        yield Goals()
        yield Note()
        with Horizontal(id="run-desk"):
            yield BoardCanvas(id="run-canvas")
            yield Watched()
        yield Static(id="watched-line")
        with Horizontal(id="computing"):
            yield Static(id="computing-text")
            yield ProgressBar(total=100, show_eta=False, id="computing-bar")
        yield RunCurves()
        yield Static(id="event-line")
        yield Scrubber()

    def on_resize(self) -> None:
        """The part that is watched has its column on wide screens only."""
        self.set_class(self.size.width >= WIDE, "-wide")
        self._draw(force=True)

    def show_board(self) -> None:
        """Shows the board that runs."""
        level, board = self.computation.level, self.computation.board
        lines = {card.id: card_lines(card, level) for card in board}
        canvas = self.query_one(BoardCanvas)
        canvas.show_board(board, level.rulebook.kinds, lines)
        canvas.select(self.selected or None)

    def show_computing(self, text: str) -> None:
        """Shows how far a computation is; "" when it is over."""
        self.query_one("#computing").display = bool(text)
        self.query_one(RunCurves).display = not text and self.view is not None
        self.query_one("#computing-text", Static).update(f"{text}  ")
        self.query_one(ProgressBar).update(progress=0)

    # What happened

    def acted(self) -> tuple[Entry, ...]:
        """What the player did during the run, for the list of events; whoever lets the player act extends it."""
        return ()

    def entries(self) -> tuple[Entry, ...]:
        """Everything that happened in this run, in order of time."""
        view = self.view
        if view is None:
            return ()
        return entries(view.recording.events, view.alerts, view.stop, self.bookmarks, self.acted())

    def mark_scrubber(self) -> None:
        """Puts everything that happened on the line of the playhead."""
        if self.view is None or self.view.length <= 0:
            return
        length = self.view.length
        marks = [Mark(entry.time / length, entry.kind) for entry in self.entries() if entry.kind != "info"]
        self.query_one(Scrubber).prepare(marks)

    # Drawing

    def drift(self, passed: float) -> None:
        """Lets the marks on the wires move, for so many seconds of wall time."""
        if self.settings.motion == "full":
            self._phase += passed * _DRIFT

    def _draw(self, force: bool = False) -> None:
        """Brings the moment of the playhead onto the screen, as far as it differs from what is there."""
        head, view = self.playhead, self.view
        if head is None or view is None or not self.is_mounted:
            return
        tick = view.recording.at(head.time)
        if force or tick != self._frame[0]:
            kinds = self.computation.level.rulebook.kinds
            self._frame = tick, frame_from(view.recording, tick, self.computation.board, view.scales, 0.0, kinds)
            self._phase_drawn = -1.0
        if self._phase != self._phase_drawn:
            self._phase_drawn = self._phase
            self.query_one(BoardCanvas).show_frame(replace(self._frame[1], phase=self._phase))
        self._draw_title(head)
        self.query_one(Scrubber).at(head.time / head.length if head.length else 0.0)
        self.query_one(RunCurves).show(view.curves, head.time)
        now = wall.perf_counter()
        if force or (tick != self._read[0] and now - self._read[1] >= _READ_EVERY):
            self._read = tick, now
            self._draw_goals(head.time, view)
            fires = firing(view.alerts, head.time)
            self._draw_event(head.time, view, fires)
            self._draw_watched(view, tick, fires)

    @property
    def seed_name(self) -> str:
        """Which run is watched, for people."""
        if self.computation is not self.played:
            return f"seed {self.computation.seeds[self.seed]}, your own"
        worst = ", the worst" if self.seed == self.computation.verdict.worst else ""
        return f"seed {self.seed + 1} of {len(self.computation.seeds)}{worst}"

    def _draw_title(self, head: Playhead) -> None:
        sign = "▶" if head.playing else "■" if head.ended else "❚❚"
        speed = f"{sign} {head.pace}×"
        roomy = self.has_class("-wide")
        slowed = (f" slowed from {head.speed}×" if roomy else " slowed") if head.slowed else ""
        gap = "   " if roomy else "  "
        at = f"{gap}{clock(head.time)} / {clock(head.length)}{gap}"
        name = self.seed_name
        left = heading(self.computation.level, "run").cell_length
        if left + len(speed + slowed + at + name) + 4 > self.size.width:
            name = name.removesuffix(", the worst")
        told = f"{speed}{slowed}{at}{name}"
        if told == self._titled:
            return
        if not self._titled:
            self.title_say(heading(self.computation.level, "run"))
        self._titled = told
        self.query_one(TitleBar).say_right(
            line((speed, "bold $primary"), (slowed, "$accent"), at, (name, "$quiet"))
        )

    def _draw_goals(self, time: float, view: RunInView) -> None:
        window, effort = self.computation.level.window, self.computation.verdict.effort
        goals = []
        for objective in view.objectives:
            value = value_so_far(objective, view.recording, view.result, window, time, effort)
            known = value == value
            goals.append(Goal(objective, value if known else None, holds(objective, value) if known else None))
        self.query_one(Goals).show(goals)

    def _draw_event(self, time: float, view: RunInView, fires: tuple[Alert, ...]) -> None:
        """What fires now; else what happened last."""
        begins = self.computation.level.window.start
        past = [event for event in view.events if event.time <= time]
        if fires:
            told = firing_line(fires)
        elif time < begins:
            told = line((f"warming up: what happens is measured from {clock(begins)} on", "$quiet"))
        elif not past:
            told = line(("nothing fires, no trouble so far", "$quiet"))
        else:
            event = past[-1]
            style = {"fault": "$error", "alert": "$warning", "recovery": "$success"}.get(event.kind, "$foreground")
            more = f"   (nothing fires; {len(past)} so far, {self.key('events')} lists)"
            told = line((f"{clock(event.time)}  ", "$quiet"), (event.text, style), (more, "$quiet"))
        if told != self._told:
            self._told = told
            self.query_one("#event-line", Static).update(told, layout=False)

    def _draw_watched(self, view: RunInView, tick: int, fires: tuple[Alert, ...]) -> None:
        board, kinds = self.computation.board, self.computation.level.rulebook.kinds
        card = board.components.get(self.selected)
        kind = kinds[card.kind] if card is not None else None
        wide = self.has_class("-wide")
        below = self.query_one("#watched-line", Static)
        below.display = card is not None and not wide
        now: Moment | None = None
        if card is not None and card.id in view.recording.components:
            can, source = view.can_at(card.id, tick), not board.sources(card.id)
            now = moment(card, view.recording, tick, can, kind, source)
        if wide:
            self.query_one(Watched).show(watched_column(card, kind, now, fires, self.key("next-part")))
        elif card is not None and kind is not None:
            below.update(watched_line(card, kind, now), layout=False)

    def tell_loss(self) -> None:
        """Says from when on the run was lost, and why."""
        stop = self.view.stop if self.view is not None else None
        if stop is not None:
            when = f"at {clock(stop.time)}" if stop.time > 0 else "before it began"
            self.query_one(Note).tell(f"✗ Lost {when}", stop.sentence, "$error")


def firing_line(fires: tuple[Alert, ...]) -> Content:
    """What fires now in one line: how many, then each with since when, pages first."""
    pages = sum(alert.severity == "page" for alert in fires)
    style = "$error" if pages else "$warning"
    parts: list[tuple[str, str]] = [(f"! {len(fires)} firing", f"bold {style}")]
    for alert in fires:
        parts.append((f"   since {clock(alert.since)} ", "$quiet"))
        parts.append((alert.text, "$error" if alert.severity == "page" else "$warning"))
    return line(*parts)
