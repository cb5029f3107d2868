"""The run: computed ahead of the playhead, then played back at any speed, forwards and backwards."""

from __future__ import annotations

import time as wall
from collections.abc import Callable

from textual.timer import Timer
from textual.widgets import ProgressBar

from scalegame.errors import ScalegameError
from scalegame.progress.model import Attempt
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.board.session import Session
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.messages import ToBoard
from scalegame.tui.screens.briefing import NONE, became_of
from scalegame.tui.screens.learning import RunLearning
from scalegame.tui.screens.looking import Looking
from scalegame.tui.screens.operating import Operating
from scalegame.tui.screens.slices import in_slices
from scalegame.tui.screens.watching import Watching
from scalegame.tui.telling.words import heading
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.outcome import outcome_of
from scalegame.tui.watch.playback import SPEEDS, Playhead, fitting_speed
from scalegame.tui.watch.sofar import first_to_fill
from scalegame.tui.watch.viewing import in_view
from scalegame.tui.widgets.curves import RunCurves
from scalegame.tui.widgets.goals import Goal, Goals
from scalegame.tui.widgets.note import Note
from scalegame.units import whole

#: A seed is a whole number below this.
_SEEDS = 2**63


class RunScreen(Watching, Operating, RunLearning, Looking):
    """Watching a design under load."""

    PLACE = actions.RUN
    AUTO_FOCUS = ""

    def __init__(
        self,
        session: Session,
        computation: Computation,
        store: Store,
        fps: float | None = None,
        speed: int | None = None,
    ) -> None:
        """Takes a computation that has just been prepared.

        Args:
            session: The player at work.
            computation: Of the play seeds.
            store: Where attempts and bookmarks are kept.
            fps: Frames a second; None: as the settings say.
            speed: To begin with, of `SPEEDS`; None: such that the run takes about twenty seconds.
        """
        super().__init__(session, computation, store)
        self._fps = fps
        self._speed = speed if speed in SPEEDS else None
        self._timer: Timer | None = None
        self._last = 0.0
        self._guess: str | None = None
        self._previous: Attempt | None = None
        self._kept = 0.0

    def on_mount(self) -> None:
        """Shows the board and starts to compute."""
        super().on_mount()
        canvas = self.query_one(BoardCanvas)
        canvas.can_focus = False
        canvas.editable = False
        self.set_class(self.live, "-live")
        level = self.computation.level
        self.show_board()
        self.query_one(Goals).show([Goal(objective) for objective in level.objectives])
        self.query_one("#watched-line").display = False
        self.title_say(heading(level, "run"))
        self._beat()
        self._work(self.computation, self._first_computed, "Trying every seed (its own luck)")

    def _beat(self) -> None:
        """Ticks so often as the settings say."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(1 / (self._fps or self.fps), self._tick)

    def settings_changed(self) -> None:
        """Another number of frames counts at once, and so does the slow-down."""
        super().settings_changed()
        if self._timer is not None:
            self._beat()
        if self.playhead is not None:
            self.playhead.slow_down = self.settings.slow_down
            self._draw()

    # Computing

    def _work(self, computation: Computation, then: Callable[[], None], told: str) -> None:
        """Computes in slices, shows how far it is, and goes on with what is to be done then.

        A computation that was under way is given up.
        """
        self.run_worker(self._compute(computation, then, told), exclusive=True)

    async def _compute(self, computation: Computation, then: Callable[[], None], told: str) -> None:
        bar = self.query_one(ProgressBar)
        head, self.playhead = self.playhead, None
        self.show_computing(told)
        try:
            await in_slices(computation, lambda done: bar.update(progress=done * 100))
        except ScalegameError as error:
            self.say(error.message, "error")
            return
        finally:
            self.playhead = head
            # Given up because the player has left, there is nothing to show it on any more.
            if self.query("#computing"):
                self.show_computing("")
        then()

    def _first_computed(self) -> None:
        level = self.computation.level
        self._previous = next(iter(self._store.attempts(level.id, 1)), None)
        self._sum_up(self.computation)
        self.session.guide.ran()
        self.watch_seed(self.computation.verdict.worst)
        if self.settings.linear and self.playhead is not None:
            # Who listens is not shown a film: it stands where the run was lost, or at its end.
            stop = self.playhead.stop
            self.playhead.playing = False
            self.seek(self.playhead.length if stop is None else stop)
            self.halted()

    def _sum_up(self, computation: Computation) -> None:
        """Judges the play seeds, and keeps that: one attempt, however often the player acts on it."""
        self.played = computation
        if self._guess is None:
            self._guess = self._settle_prediction()
        self.outcome = outcome_of(computation, self._previous, self._guess)
        self._kept = self._store.keep_attempt(self.outcome.attempt, instead=self._kept)
        self.session.last = self.outcome

    def _settle_prediction(self) -> str:
        """What became of the guess; only the first run after it counts."""
        level = self.computation.level
        guess = self._store.prediction(level.id)
        if guess is None or guess.came_true is not None:
            return ""
        recording = self.computation.recording(self.computation.verdict.worst)
        boxes = tuple(id for id in recording.components if id in level.found.components)
        first = first_to_fill(recording, boxes)
        self._store.settle_prediction(level.id, (first or NONE) == guess.component)
        return became_of(guess.component, first)

    # Watching

    def watch_seed(self, index: int) -> None:
        """Plays a run of the computation that is watched, from its start."""
        self._show(self.computation, index, 0.0)
        if self.playhead is not None:
            self.playhead.playing = True

    def _show(self, computation: Computation, index: int, time: float) -> None:
        """Shows a run of a finished computation from a moment on."""
        before = self.playhead
        # Somebody who has stopped time looks at something; at a halt, time stands by itself.
        paused = before is not None and not (before.playing or before.at_stop or before.ended)
        self.computation, self.seed = computation, index
        self.view = view = in_view(computation, index)
        first = view.alerts[0].since if view.alerts else None
        self.playhead = Playhead(
            view.length,
            view.halt,
            speed=before.speed if before else self._speed or fitting_speed(view.length),
            alert=first,
            slow_down=self.settings.slow_down,
            playing=not paused,
        )
        self.playhead.seek(time)
        self._last = wall.perf_counter()
        self.recall_bookmarks()
        self.show_board()
        self.query_one(Note).tell("", "")
        if view.stop is not None and view.halt is None:
            self.tell_loss()
        self.mark_scrubber()
        curves = self.query_one(RunCurves)
        curves.display = True
        curves.show(view.curves, time, force=True)
        self._titled = ""
        self._draw(force=True)

    def take(self, computation: Computation, time: float) -> None:
        """Puts another computation of the play seeds in this one's place, and goes on from a moment.

        It is computed first, in slices, while the picture stands; then the design is judged by it.

        Args:
            computation: Of the same board; computed or not.
            time: Where the playhead goes on, simulated seconds.
        """
        seed = self.seed if self.computation is self.played else -1
        playing = self.playhead is not None and self.playhead.playing

        def taken() -> None:
            self._sum_up(computation)
            self._show(
                computation, seed if 0 <= seed < len(computation.seeds) else computation.verdict.worst, time
            )
            if self.playhead is not None and not self.playhead.ended:
                self.playhead.playing = playing

        self._work(computation, taken, "The run goes on otherwise: trying every seed")

    def _tick(self) -> None:
        now = wall.perf_counter()
        passed, self._last = now - self._last, now
        head = self.playhead
        if head is None or not self.is_current:
            return
        if head.playing:
            self.drift(passed)
        # A long pause (a suspended terminal) is not made up for.
        halted = head.advance(min(passed, 0.5))
        self._draw(force=halted)
        if halted:
            self.halted()

    def halted(self) -> None:
        """Says that playback came to a halt, and what now."""
        head, key = self.playhead, self.key
        if head is None:
            return
        if head.at_stop:
            self.tell_loss()
            self.say(
                f"{key('result')}: the result   {key('pause')}: watch on to the end   "
                f"{key('board')}: back to the board"
            )
        elif head.ended and self.computation is not self.played:
            self.say(
                f"That was {self.seed_name}. {key('seed')} goes back to the play seeds, "
                f"{key('result')} shows their result."
            )
        elif head.ended:
            won = self.computation.verdict.won
            self.say(
                f"Held on every seed. {key('result')} shows the result."
                if won
                else f"That was the run. {key('result')} shows the result.",
                "good" if won else "",
            )

    # Actions

    def do_seed(self, words: str) -> None:
        """Watches another play seed, or any seed."""
        if self._ready() is None or self.outcome is None:
            return
        count = len(self.played.seeds)
        word, _, number = words.partition(" ")
        if word == "any":
            self._watch_any(number.strip())
        elif not words:
            own = self.computation is not self.played
            self._show(self.played, self.played.verdict.worst if own else (self.seed + 1) % count, 0.0)
        elif at := whole(words, count):
            self._show(self.played, at - 1, 0.0)
        else:
            self.complain(
                f"There are play seeds 1 to {count}; seed any 12345 watches that very seed.", f"seed {words}"
            )
            return
        if word != "any" and self.playhead is not None and not self.playhead.playing:
            self.say(f"Still paused, at the start of {self.seed_name}.   {self.key('pause')}: go on")

    def _watch_any(self, number: str) -> None:
        seed = whole(number, _SEEDS - 1)
        if seed is None:
            self.complain("A seed is a whole number below 2^63: seed any 12345.", f"seed any {number}".strip())
            return
        if seed in self.played.seeds:
            self._show(self.played, self.played.seeds.index(seed), 0.0)
            return
        computation = self.played.with_seeds((seed,))
        self.say(f"Seed {seed} is watched only: the play seeds decide.")
        self._work(computation, lambda: self._show(computation, 0, 0.0), f"Trying seed {seed}")

    def do_result(self, words: str) -> None:
        """Shows what came of it."""
        if self.outcome is None:
            self.say(f"Still computing: the run starts by itself then.   {self.key('board')}: back to the board")
            return
        if self.query_one("#computing").display:
            self.say("What comes of it is being computed; the result is there when that is done.")
            return
        from scalegame.tui.screens.result import ResultScreen

        if self.playhead is not None:
            self.playhead.playing = False
        self.app.push_screen(ResultScreen(self.outcome, self._store, self.session))

    def do_board(self, words: str) -> None:
        """Back to the board."""
        self.post_message(ToBoard())
