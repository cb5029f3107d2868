"""What can be done to the playhead of a run: speed, steps, jumps, bookmarks, and what is watched."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from scalegame.errors import ScalegameError, nearest
from scalegame.tui.canvas.navigate import following, reading_order
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.messages import ChangeSetting
from scalegame.tui.screens.run_view import RunView
from scalegame.tui.telling.words import clock
from scalegame.tui.watch import bookmarks as marks
from scalegame.tui.watch.bookmarks import Bookmark
from scalegame.tui.watch.playback import SPEEDS, Playhead, moment_after, moment_before
from scalegame.tui.watch.timeline import GROUPS
from scalegame.tui.watch.zooming import moment_of
from scalegame.tui.widgets.scrubber import Scrubber
from scalegame.units import whole

#: A bookmark is the one meant if it is so near to the playhead, as a share of the run.
_NEAR = 0.005


class Playing(RunView):
    """The actions of the run screen that need no new computation."""

    def _ready(self) -> Playhead | None:
        if self.playhead is None:
            self.say(f"Still computing: the run starts by itself then.   {self.key('board')}: back to the board")
        return self.playhead

    @property
    def _hair(self) -> float:
        """So far behind a moment the playhead stands after a jump: what happened at the moment shows."""
        if self.view is None or not len(self.view.recording.times):
            return 0.0
        return float(self.view.recording.times[0]) / 1000

    # Time

    def seek(self, time: float) -> None:
        """Puts the playhead at a simulated time, seconds."""
        if head := self._ready():
            head.seek(time)
            self._draw(force=True)

    @on(Scrubber.Sought)
    def _sought(self, event: Scrubber.Sought) -> None:
        event.stop()
        if head := self._ready():
            self.seek(event.share * head.length)

    def do_pause(self, words: str) -> None:
        """Pauses or goes on; with the word "on" it only pauses."""
        head = self._ready()
        if head is None or (words == "on" and not head.playing):
            return
        head.toggle()
        self.say(f"Paused: resume or {self.key('pause')} goes on." if words else "")
        self._draw(force=True)

    def do_resume(self, words: str) -> None:
        """Lets time go on."""
        head = self._ready()
        if head is None:
            return
        if not head.playing:
            head.toggle()
        self.say("")
        self._draw(force=True)

    def do_faster(self, words: str) -> None:
        """Doubles the speed."""
        self._change_speed(1)

    def do_slower(self, words: str) -> None:
        """Halves the speed."""
        self._change_speed(-1)

    def _change_speed(self, steps: int) -> None:
        if head := self._ready():
            head.faster(steps)
            self._draw()

    def do_gear(self, words: str) -> None:
        """Chooses the speed by the place it has among all speeds, from 1."""
        head = self._ready()
        if head is None:
            return
        if gear := whole(words, len(SPEEDS)):
            head.speed = SPEEDS[gear - 1]
            self._draw()
        else:
            self.complain(f"A gear is 1 to {len(SPEEDS)}, for 1× to {SPEEDS[-1]}×.", f"gear {words}")

    def do_speed(self, words: str) -> None:
        """Sets the speed by its factor: 4, x4, 4x."""
        head = self._ready()
        if head is None:
            return
        speed = whole(words.strip().casefold().strip("x×"))
        if speed in SPEEDS:
            head.speed = speed
            self._draw()
        else:
            known = ", ".join(map(str, SPEEDS[:-1]))
            self.complain(f"A speed is {known} or {SPEEDS[-1]}.", f"speed {words}".strip())

    def do_slow_down(self, words: str) -> None:
        """Switches the slow-down around the first alert."""
        head = self._ready()
        if head is None:
            return
        if words not in ("", "on", "off"):
            self.complain("Write slow-down on or slow-down off.", f"slow-down {words}")
            return
        on = not head.slow_down if not words else words == "on"
        # A setting like any other: it is kept, and comes back by `settings_changed`.
        self.post_message(ChangeSetting("slow_down", "on" if on else "off"))

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
            self.halted()

    def halted(self) -> None:
        """Says that playback came to a halt, and what now."""

    def do_at(self, words: str) -> None:
        """Goes to a moment that was typed."""
        head = self._ready()
        if head is None:
            return
        try:
            time = moment_of(words)
        except ScalegameError as error:
            self.complain(error.message, f"at {words}".strip())
            return
        self.seek(time)
        self.say(f"The run ends at {clock(head.length)}." if time > head.length else "")

    def do_step(self, words: str) -> None:
        """One tick of the recording on; pauses first."""
        if words not in ("", "back"):
            self.complain("Write step or step back.", f"step {words}")
            return
        self._step(-1 if words else 1)

    def do_step_back(self, words: str) -> None:
        """One tick of the recording back."""
        self._step(-1)

    def _step(self, by: int) -> None:
        head = self._ready()
        if head is None or self.view is None:
            return
        head.playing = False
        times = self.view.recording.times.tolist()
        found = moment_after(times, head.time) if by > 0 else moment_before(times, head.time)
        self.seek(found if found is not None else head.length if by > 0 else 0.0)

    # Events

    def do_event(self, words: str) -> None:
        """Jumps to the next event, or back to the one before."""
        if words not in ("", "back"):
            self.complain("Write event or event back.", f"event {words}")
            return
        self._to_event(-1 if words else 1)

    def do_event_back(self, words: str) -> None:
        """Jumps back to the event before."""
        self._to_event(-1)

    def _to_event(self, by: int) -> None:
        head = self._ready()
        if head is None or self.view is None:
            return
        times = [event.time for event in self.view.events]
        if by > 0:
            found = moment_after(times, head.time)
        else:
            # While time goes on one is always a little past the event that one has just come to.
            found = moment_before(times, head.time, 1.5 * self._hair + (head.pace if head.playing else 0.0))
        if found is None:
            self.say("Nothing more happens in this run." if by > 0 else "Nothing happened before this.")
            return
        self._jump(found, "; ".join(event.text for event in self.view.events if event.time == found))

    def _jump(self, time: float, told: str) -> None:
        """Goes to a moment at which something happens, and says what."""
        self.seek(time + self._hair)
        self.say(f"{clock(time)}  {told}")

    def do_alert(self, words: str) -> None:
        """Jumps to the first alert."""
        if self._ready() is None or self.view is None:
            return
        if not self.view.alerts:
            self.say("No alert fires in this run.", "good")
            return
        first = self.view.alerts[0]
        self._jump(first.since, f"the first alert: {first.text}" + (f", {first.detail}" if first.detail else ""))

    def do_events(self, words: str) -> None:
        """Lists what happens in the run."""
        head = self._ready()
        if head is None:
            return
        if (group := words or "all") not in GROUPS:
            self.complain(f'"{group}" is no group of events{nearest(group, GROUPS)}', f"events {words}")
            return
        from scalegame.tui.screens.events import EventsScreen

        self.app.push_screen(EventsScreen(self.entries(), head.time, self.seed_name, self._chosen, group))

    def _chosen(self, time: float) -> None:
        """A moment was chosen from the list."""
        self.seek(time + self._hair)

    # Bookmarks

    def _bookmarks_key(self) -> str:
        computation = self.computation
        lines = (*self.design_lines, *map(str, computation.orders))
        return marks.key(computation.level.id, lines, computation.seeds[self.seed])

    @property
    def design_lines(self) -> tuple[str, ...]:
        """What turns the board as found into the one that runs."""
        from scalegame.design import edits

        level = self.computation.level
        return edits.difference(level.found, self.computation.board, level.rulebook)

    def recall_bookmarks(self) -> None:
        """Brings the bookmarks of the run that is watched back."""
        self.bookmarks = marks.read(self._store.recall(self._bookmarks_key()))

    def do_bookmark(self, words: str) -> None:
        """Sets a bookmark at the playhead, or takes away the one that is there; with a name it is always set."""
        head = self._ready()
        if head is None:
            return
        near, name = marks.nearest(self.bookmarks, head.time, _NEAR * head.length), marks.name_of(words)
        found = self.bookmarks if near is None else marks.without(self.bookmarks, near)
        if near is not None and not name:
            told = f"Bookmark at {clock(near.time)} taken away."
        elif len(found) >= marks.MOST:
            self.say(f"There are {marks.MOST} bookmarks already; m on one takes it away.", "error")
            return
        else:
            found = marks.with_mark(found, Bookmark(head.time, name))
            told = f"Bookmark{f' {name}' if name else ''} at {clock(head.time)}."
            told += f" {self.key('bookmark-next')} goes to the next."
        self.bookmarks = found
        self._store.remember(self._bookmarks_key(), marks.write(found))
        self.mark_scrubber()
        self.say(told)

    def do_bookmark_next(self, words: str) -> None:
        """Goes to the next bookmark, after the last to the first."""
        head = self._ready()
        if head is None:
            return
        if not self.bookmarks:
            self.say(f"There are no bookmarks in this run; {self.key('bookmark')} sets one.")
            return
        later = (mark for mark in self.bookmarks if mark.time > head.time + 2 * self._hair)
        mark = next(later, self.bookmarks[0])
        self._jump(mark.time, mark.name or "bookmark")

    def do_alerts(self, words: str) -> None:
        """Lists the alerts."""
        self.do_events("alerts")

    def do_bookmarks(self, words: str) -> None:
        """Lists the bookmarks."""
        if self._ready() is not None and not self.bookmarks:
            self.say(f"There are no bookmarks in this run; {self.key('bookmark')} sets one.")
        else:
            self.do_events("bookmarks")

    # What is watched

    @on(BoardCanvas.CardSelected)
    def _clicked(self, event: BoardCanvas.CardSelected) -> None:
        event.stop()
        self.select_part(event.id or "")

    @on(BoardCanvas.WireSelected)
    def _wire_clicked(self, event: BoardCanvas.WireSelected) -> None:
        event.stop()
        self.select_part("")

    def select_part(self, id: str) -> None:
        """Watches a part; "" watches none."""
        self.selected = id
        self.query_one(BoardCanvas).select(id or None)
        self._draw(force=True)

    def do_next_part(self, words: str) -> None:
        """Watches the next part, in reading order."""
        self._next_part(1)

    def do_previous_part(self, words: str) -> None:
        """Watches the part before."""
        self._next_part(-1)

    def _next_part(self, step: int) -> None:
        cards = self.query_one(BoardCanvas).picture.cards
        self.select_part(following(reading_order(cards), self.selected or None, step) or "")

    def do_watch(self, words: str) -> None:
        """Watches the part that was typed; none without a name."""
        parts = self.computation.board.components
        if words and words not in parts:
            self.complain(f'There is no part "{words}"{nearest(words, parts)}', f"watch {words}")
            return
        self.select_part(words)

    # Typing

    def complete(self, text: str) -> Sequence[str]:
        """What a typed line could become."""
        verb, space, rest = text.partition(" ")
        offered: Sequence[str] = {
            "watch": tuple(self.computation.board.components),
            "speed": tuple(map(str, SPEEDS)),
            "slow-down": ("on", "off"),
            "events": tuple(GROUPS),
            "seed": (*(str(i + 1) for i in range(len(self.played.seeds))), "any "),
            "event": ("back",),
            "step": ("back",),
        }.get(verb, ())
        if not space or not offered:
            return super().complete(text)
        return tuple(f"{verb} {word}" for word in offered if word.startswith(rest))
