"""The run: computed ahead of the playhead, then played back at any speed, forwards and backwards."""

from __future__ import annotations

import asyncio
import time as wall

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ProgressBar, Static

from scalegame.errors import ScalegameError
from scalegame.progress.store import Store
from scalegame.simulation.recording import Event
from scalegame.tui import actions
from scalegame.tui.canvas.frame import Scales, frame_from, scales_of
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.computation import Computation
from scalegame.tui.figures import card_lines
from scalegame.tui.happenings import happenings
from scalegame.tui.messages import ToBoard
from scalegame.tui.outcome import Outcome, outcome_of
from scalegame.tui.playback import SPEEDS, Playhead, fitting_speed
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.session import Session
from scalegame.tui.sofar import Curves, curves, first_to_fill, value_so_far
from scalegame.tui.widgets.curves import RunCurves
from scalegame.tui.widgets.goals import Goal, Goals
from scalegame.tui.widgets.note import Note
from scalegame.tui.widgets.scrubber import Scrubber
from scalegame.tui.words import clock, heading, line
from scalegame.verdict.judge import holds

#: Seconds of computing between two looks at the keyboard.
SLICE = 0.015
#: Marks on the wires move so many cells a second of wall time while time runs.
_DRIFT = 6.0
#: Goals are computed anew so often, seconds of wall time.
_GOALS_EVERY = 0.25


class RunScreen(GameScreen):
    """Watching a design under load."""

    PLACE = actions.RUN
    AUTO_FOCUS = ""

    def __init__(self, session: Session, computation: Computation, store: Store, fps: float = 12.0) -> None:
        """Takes a computation that has just been prepared."""
        super().__init__()
        self.session = session
        self.computation = computation
        self._store = store
        self._fps = fps
        self.playhead: Playhead | None = None
        self.seed = 0
        self.outcome: Outcome | None = None
        self._scales: Scales | None = None
        self._curves: Curves | None = None
        self._phase = 0.0
        self._last = 0.0
        self._goals_at = 0.0
        self._events: tuple[Event, ...] = ()
        self._drawn: tuple[int, float] = (-1, -1.0)

    def body(self) -> ComposeResult:
        """Goals, note, board, curves, events, playhead."""
        yield Goals()
        yield Note()
        yield BoardCanvas(id="run-canvas")
        with Horizontal(id="computing"):
            yield Static("Trying every seed (its own luck)  ", id="computing-text")
            yield ProgressBar(total=100, show_eta=False, id="computing-bar")
        yield RunCurves()
        yield Static(id="event-line")
        yield Scrubber()

    def on_mount(self) -> None:
        """Shows the board and starts to compute."""
        canvas = self.query_one(BoardCanvas)
        canvas.can_focus = False
        level = self.computation.level
        canvas.editable = False
        lines = {card.id: card_lines(card, level) for card in self.computation.board}
        canvas.show_board(self.computation.board, level.rulebook.kinds, lines)
        self.query_one(Goals).show([Goal(objective) for objective in level.objectives])
        self.query_one(RunCurves).display = False
        self.title_say(heading(level, "run"))
        self.run_worker(self._compute(), exclusive=True)

    # Computing

    async def _compute(self) -> None:
        bar = self.query_one(ProgressBar)
        shown = 0.0
        try:
            while not self.computation.advance(SLICE):
                if wall.perf_counter() - shown > 0.1:
                    shown = wall.perf_counter()
                    bar.update(progress=self.computation.progress * 100)
                await asyncio.sleep(0)
        except ScalegameError as error:
            self.say(error.message, "error")
            return
        self._computed()

    def _computed(self) -> None:
        computation, level = self.computation, self.computation.level
        previous = next(iter(self._store.attempts(level.id, 1)), None)
        self.outcome = outcome_of(computation, previous, self._settle_prediction())
        self._store.keep_attempt(self.outcome.attempt)
        self.session.last = self.outcome
        self.session.guide.ran()
        self.query_one("#computing").display = False
        self.query_one(RunCurves).display = True
        self.watch_seed(computation.verdict.worst)
        self._last = wall.perf_counter()
        self.set_interval(1 / self._fps, self._tick)

    def _settle_prediction(self) -> str:
        """What became of the guess; only the first run after it counts."""
        level = self.computation.level
        guess = self._store.prediction(level.id)
        if guess is None or guess.came_true is not None:
            return ""
        recording = self.computation.recording(self.computation.verdict.worst)
        boxes = tuple(id for id in recording.components if id in level.found.components)
        first = first_to_fill(recording, boxes)
        if not first:
            return f"You said {guess.component} would fill first; in this run no box filled."
        self._store.settle_prediction(level.id, first == guess.component)
        if first == guess.component:
            return f"You said {guess.component} would fill first, and it did."
        return f"You said {guess.component} would fill first; it was {first}."

    # Playing

    def watch_seed(self, index: int) -> None:
        """Shows the run of a seed from its start."""
        self.seed = index
        recording = self.computation.recording(index)
        stop = self.computation.stop(index)
        length = float(recording.times[-1])
        speed = self.playhead.speed if self.playhead else fitting_speed(length)
        self.playhead = Playhead(length, stop.time if stop else None, speed=speed)
        self._scales = scales_of(recording)
        window = self.computation.level.window
        self._curves = curves(recording, window.end, begins=window.start)
        self._drawn = (-1, -1.0)
        self._events = happenings(recording)
        marks = [event.time / length for event in self._events if length > 0]
        self.query_one(Scrubber).prepare(marks, stop.time / length if stop and length > 0 else None)
        self.query_one(Note).tell("", "")
        self.query_one(RunCurves).show(self._curves, 0.0, force=True)
        self._draw(force=True)

    def _tick(self) -> None:
        now = wall.perf_counter()
        passed, self._last = now - self._last, now
        head = self.playhead
        if head is None or not self.is_current:
            return
        if head.playing:
            self._phase += passed * _DRIFT
        # A long pause (a suspended terminal) is not made up for.
        halted = head.advance(min(passed, 0.5))
        if halted:
            self._halted()
        self._draw(force=halted)

    def _halted(self) -> None:
        head, stop = self.playhead, self.computation.stop(self.seed)
        if head is None:
            return
        if head.at_stop and stop is not None:
            self.query_one(Note).tell(f"✗ Lost at {clock(stop.time)}", stop.sentence, "$error")
            self.say("Enter: the result   Space: watch on to the end   b: back to the board")
        elif head.ended:
            won = self.computation.verdict.won
            self.say(
                "Held on every seed. Enter shows the result."
                if won
                else "That was the run. Enter shows the result.",
                "good" if won else "",
            )

    def _draw(self, force: bool = False) -> None:
        head = self.playhead
        if head is None or self._curves is None:
            return
        recording = self.computation.recording(self.seed)
        index = recording.at(head.time)
        if force or (index, self._phase) != self._drawn:
            self._drawn = (index, self._phase)
            kinds = self.computation.level.rulebook.kinds
            frame = frame_from(recording, index, self.computation.board, self._scales, self._phase, kinds)
            self.query_one(BoardCanvas).show_frame(frame)
        sign = "▶" if head.playing else "■" if head.ended else "❚❚"
        worst = " (the worst)" if self.seed == self.computation.verdict.worst else ""
        self.title_say(
            heading(self.computation.level, "run"),
            line(
                (f"{sign} {head.speed}×", "bold $primary"),
                f"   {clock(head.time)} / {clock(head.length)}   ",
                (f"seed {self.seed + 1} of {len(self.computation.seeds)}{worst}", "$quiet"),
            ),
        )
        self.query_one(Scrubber).at(head.time / head.length if head.length else 0.0)
        self.query_one(RunCurves).show(self._curves, head.time)
        now = wall.perf_counter()
        if force or now - self._goals_at >= _GOALS_EVERY:
            self._goals_at = now
            self._draw_goals(head.time)
            self._draw_event(head.time)

    def _draw_goals(self, time: float) -> None:
        computation, level = self.computation, self.computation.level
        recording, result = computation.recording(self.seed), computation.result(self.seed)
        goals = []
        for objective in level.objectives:
            value = value_so_far(objective, recording, result, level.window, time, computation.verdict.effort)
            known = value == value
            goals.append(Goal(objective, value if known else None, holds(objective, value) if known else None))
        self.query_one(Goals).show(goals)

    def _draw_event(self, time: float) -> None:
        events = [e for e in self._events if e.time <= time]
        begins = self.computation.level.window.start
        if time < begins:
            told = f"warming up: what happens is measured from {clock(begins)} on"
            self.query_one("#event-line", Static).update(line((told, "$quiet")))
            return
        if not events:
            self.query_one("#event-line", Static).update(line(("no trouble so far", "$quiet")))
            return
        event = events[-1]
        style = {"fault": "$error", "alert": "$warning", "recovery": "$success"}.get(event.kind, "$foreground")
        more = f"   ({len(events)} so far, n for the next)"
        self.query_one("#event-line", Static).update(
            line((f"{clock(event.time)}  ", "$quiet"), (event.text, style), (more, "$quiet"))
        )

    # Actions

    def _ready(self) -> Playhead | None:
        if self.playhead is None:
            self.say("Still computing; b goes back to the board.")
        return self.playhead

    def seek(self, time: float) -> None:
        """Puts the playhead at a simulated time, seconds."""
        if head := self._ready():
            head.seek(time)
            self._draw(force=True)

    @on(Scrubber.Sought)
    def _sought(self, event: Scrubber.Sought) -> None:
        if head := self._ready():
            self.seek(event.share * head.length)

    def do_pause(self, words: str) -> None:
        """Pauses or goes on."""
        if head := self._ready():
            head.toggle()
            self.say("")
            self._draw(force=True)

    def do_faster(self, words: str) -> None:
        """Doubles the speed."""
        if head := self._ready():
            head.faster(1)
            self._draw(force=True)

    def do_slower(self, words: str) -> None:
        """Halves the speed."""
        if head := self._ready():
            head.faster(-1)
            self._draw(force=True)

    def do_speed(self, words: str) -> None:
        """Sets the speed: a key 1 to 7, or a typed factor."""
        head = self._ready()
        if head is None:
            return
        text = words.strip().removesuffix("x").removesuffix("×")
        typed = int(text) if text.isdigit() else 0
        if typed in SPEEDS and typed > 7:
            head.speed = typed
        elif 1 <= typed <= len(SPEEDS):
            head.speed = SPEEDS[typed - 1]
        else:
            self.complain("A speed is 1 to 7, for 1× to 64×; or 8, 16, 32, 64.", f"speed {words}")
        self._draw(force=True)

    def do_rewind(self, words: str) -> None:
        """Goes back 1 %."""
        self._shift(-0.01)

    def do_forward(self, words: str) -> None:
        """Goes forward 1 %."""
        self._shift(0.01)

    def do_rewind_far(self, words: str) -> None:
        """Goes back 10 %."""
        self._shift(-0.1)

    def do_forward_far(self, words: str) -> None:
        """Goes forward 10 %."""
        self._shift(0.1)

    def _shift(self, share: float) -> None:
        if head := self._ready():
            self.seek(head.time + share * head.length)

    def do_start(self, words: str) -> None:
        """Goes to the start."""
        self.seek(0.0)

    def do_end(self, words: str) -> None:
        """Goes to the end."""
        if head := self._ready():
            self.seek(head.length)
            self._halted()

    def do_seed(self, words: str) -> None:
        """Watches another seed."""
        if self._ready() is None:
            return
        count = len(self.computation.seeds)
        index = int(words) - 1 if words.isdigit() else (self.seed + 1) % count
        if 0 <= index < count:
            self.watch_seed(index)
        else:
            self.complain(f"There are seeds 1 to {count}.", f"seed {words}")

    def do_event(self, words: str) -> None:
        """Jumps to the next event."""
        head = self._ready()
        if head is None:
            return
        recording = self.computation.recording(self.seed)
        step = recording.times[0] if len(recording.times) else 0.0
        following = next((e for e in self._events if e.time > head.time + 1e-9), None)
        if following is None:
            self.say("Nothing more happens in this run.")
            return
        self.say("")
        self.seek(following.time + float(step) / 1000)

    def do_result(self, words: str) -> None:
        """Shows what came of it."""
        if self.outcome is None:
            self.say("Still computing; b goes back to the board.")
            return
        from scalegame.tui.screens.result import ResultScreen

        if self.playhead is not None:
            self.playhead.playing = False
        self.app.push_screen(ResultScreen(self.outcome, self._store, self.session))

    def do_board(self, words: str) -> None:
        """Back to the board."""
        self.post_message(ToBoard())
