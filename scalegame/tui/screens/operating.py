"""Acting on a run that is watched: an order takes effect at the playhead, and the run goes on from there."""

from __future__ import annotations

from collections.abc import Sequence

from scalegame.design import checks
from scalegame.errors import ScalegameError
from scalegame.levels.live import Desk, read_line
from scalegame.progress.store import Store
from scalegame.simulation.commands import EXAMPLES, VERBS
from scalegame.simulation.scenario import Order
from scalegame.tui import actions
from scalegame.tui.board import logs
from scalegame.tui.board.session import Session
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.dialogs import ChoiceScreen
from scalegame.tui.screens.playing import Playing
from scalegame.tui.telling.choice import Choice
from scalegame.tui.telling.words import clock, line, plural
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.operations import Offer, kept_before, offers, told
from scalegame.tui.widgets.bars import LineInput, Toolbar
from scalegame.tui.widgets.note import Note

_WATCHED = "This level is watched: nothing can be done while it runs. {} goes back to the board."


class Operating(Playing):
    """The actions by which a player acts on a run; the log of orders, and its history."""

    #: Logs that were in force before, the latest last; each with the moment of the order that replaced it.
    _before: tuple[tuple[tuple[Order, ...], float], ...] = ()

    def take(self, computation: Computation, time: float) -> None:
        """Puts another computation in this one's place, see `RunScreen`."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """What cannot be done is not offered; what can be done is said."""
        super().on_mount()
        live = self.live
        self.query_one(Toolbar).offer("operate", live)
        if live:
            self.say(f"You are on duty: {self.key('operate')} lists what you can do at the playhead.")

    @property
    def live(self) -> bool:
        """The level lets the player act."""
        return self.computation.level.live is not None

    @property
    def given(self) -> tuple[Order, ...]:
        """What was ordered."""
        return self.played.orders

    # Ordering

    def order(self, command: str) -> None:
        """Gives an order at the playhead; orders that were to come later are dropped."""
        head = self._able()
        if head is None:
            return
        kept, dropped = kept_before(self.given, round(head, 3))
        try:
            order = self._desk.check(Order(round(head, 3), command), kept)
            computation = self.played.with_orders((*kept, order))
        except ScalegameError as error:
            self.complain(error.message, command)
            return
        self._before = (*self._before, (self.given, order.time))
        undo = self.key("take-back")
        also = f"; dropped: {told(dropped)} ({undo} brings it back)" if dropped else f" ({undo} takes it back)"
        self._go_on(computation, order.time, f"{clock(order.time)}: {order.command}{also}")

    def _go_on(self, computation: Computation, time: float, said: str) -> None:
        self.take(computation, time)
        self.say(said, "good")

    def _able(self) -> float | None:
        """The moment at which an order would take effect; None if none can be given, which is said."""
        if not self.live:
            self.say(_WATCHED.format(self.key("board")))
            return None
        head = self._ready()
        if head is None:
            return None
        if self.computation is not self.played:
            self.say(
                f"This is a seed of your own: {self.key('seed')} goes back to the play seeds, where you can act."
            )
            return None
        return head.time

    @property
    def _desk(self) -> Desk:
        return self.played.level.desk(self.played.board)

    # Actions

    def do_operate(self, words: str) -> None:
        """Lists what can be done now, to the part that was typed or is watched first."""
        if words and words.split()[0] in VERBS:
            self.order(words)
        elif words and words not in self.computation.board.components:
            self.complain(f"Write {', '.join(EXAMPLES.values())}.", f"operate {words}")
        else:
            self._list(first=words or self.selected)

    def _list(self, first: str = "", verb: str = "") -> None:
        time = self._able()
        if time is None or self.view is None:
            return
        level = self.played.level
        found = offers(level, self._desk, self.given, self.view.recording, time, first, verb)
        if not found:
            self.say(f"There is nothing here to {verb}." if verb else "There is nothing here that you can act on.")
            return
        head = self.playhead
        playing = head is not None and head.playing
        if head is not None:
            head.playing = False

        def chosen(command: str | None) -> None:
            if head is not None and head is self.playhead:
                head.playing = playing
            if command is not None and command.endswith(" "):
                self._unsent = command
                self.do_line("")
                self.query_one(LineInput).action_end()  # it is to be gone on with, not to be typed over
            elif command is not None:
                self.order(command)

        later = [o for o in self.given if o.time > time]
        drops = f" · drops {plural(len(later), 'later order')}" if later else ""
        foot = f"Enter: do it · Esc or : leaves{drops}"
        self.app.push_screen(ChoiceScreen(f"At {clock(time)} you can", [_choice(o) for o in found], foot), chosen)

    def do_scale(self, words: str) -> None:
        """Scales a part."""
        self._verb("scale", words)

    def do_crash(self, words: str) -> None:
        """Crashes a part."""
        self._verb("crash", words)

    def do_restart(self, words: str) -> None:
        """Restarts a part."""
        self._verb("restart", words)

    def do_throttle(self, words: str) -> None:
        """Throttles a part."""
        self._verb("throttle", words)

    def _verb(self, verb: str, words: str) -> None:
        if words:
            self.order(f"{verb} {words}")
        else:
            self._list(self.selected, verb)

    def do_take_back(self, words: str) -> None:
        """Takes back the last order, and with it what it had dropped comes back."""
        if self._able() is None:
            return
        if not self._before:
            self.say("You have ordered nothing in this run." if not self.given else "These orders were replayed.")
            return
        (log, time), self._before = self._before[-1], self._before[:-1]
        try:
            computation = self.played.with_orders(log)
        except ScalegameError as error:
            self.complain(error.message)
            return
        left = f"In force: {told(log)}." if log else "No orders are left."
        self._go_on(computation, time, f"Taken back. {left}")

    def complete(self, text: str) -> Sequence[str]:
        """What a typed line could become: an order, too."""
        verb, space, _ = text.partition(" ")
        if space and verb in VERBS and self.live and self.view is not None and self.playhead is not None:
            level, time = self.played.level, self.playhead.time
            found = offers(level, self._desk, self.given, self.view.recording, time, self.selected, verb)
            return tuple(o.command for o in found if o.command.startswith(text) and o.command != text)
        return super().complete(text)

    def tell_loss(self) -> None:
        """Says from when on the run was lost; who can act can still change that."""
        super().tell_loss()
        stop = self.view.stop if self.view is not None else None
        if self.live and stop is not None and stop.time > 0:
            title = f"✗ Lost at {clock(stop.time)}, unless you act before"
            self.query_one(Note).tell(title, stop.sentence, "$error")


def _choice(offer: Offer) -> Choice:
    return Choice(offer.command, line(offer.text), offer.about)


class Replaying(GameScreen):
    """For the board: the last log of orders, once more."""

    session: Session
    _store: Store

    def do_replay(self, words: str) -> None:
        """Runs the board, with what was done to the last run on which the player acted."""
        level = self.session.level
        if level.live is None:
            self.say("This level is watched: nothing can be done while it runs, so there is nothing to replay.")
            return
        lines = logs.to_replay(self._store, level)
        if not lines:
            run, act = self.key("run"), self.key("operate", actions.RUN)
            self.say(f"You have not acted on a run of this level yet: {run} runs, and {act} in the run acts.")
            return
        from scalegame.tui.screens.run import RunScreen

        board = self.session.board
        try:
            for problem in checks.problems(board, level.rulebook):
                raise problem
            computation = Computation(level, board, orders=[read_line(text) for text in lines])
        except ScalegameError as error:
            self.say(error.message, "error")
            return
        self.app.push_screen(RunScreen(self.session, computation, self._store))
