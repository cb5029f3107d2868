"""What came of it: won or lost, by how much, why, and what next."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from scalegame.progress.model import Standing
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.board.session import Session
from scalegame.tui.catalogue import may_skip
from scalegame.tui.messages import OpenNext, ToBoard
from scalegame.tui.screens import taking
from scalegame.tui.screens.contest import ContestScreen, competes, hand_in
from scalegame.tui.screens.watching import Watching
from scalegame.tui.telling.attempting import MOST, record_of, standing_of
from scalegame.tui.telling.explaining import Topic, board_topic
from scalegame.tui.telling.report import headline, report
from scalegame.tui.telling.words import heading
from scalegame.tui.watch.outcome import Outcome
from scalegame.tui.widgets.bars import Toolbar
from scalegame.tui.widgets.note import Note
from scalegame.tui.widgets.plain import Static


class ResultScreen(Watching):
    """The verdict of an attempt."""

    PLACE = actions.RESULT

    def __init__(self, outcome: Outcome, store: Store, session: Session) -> None:
        """Takes what came of it."""
        super().__init__()
        self.outcome = outcome
        self.session = session
        self._store = store
        self._fresh: frozenset[str] = frozenset()
        self._standing = ""

    def body(self) -> ComposeResult:
        """Headline, note for hints, and the report, which scrolls."""
        yield Static(headline(self.outcome), id="headline")
        yield Note()
        with VerticalScroll(id="report"):
            yield Static(id="report-text")

    def on_mount(self) -> None:
        """Shows the report."""
        level, won = self.outcome.level, self.outcome.verdict.won
        self.title_say(heading(level, "result"))
        standing = self._store.standings().get(level.id, Standing())
        bar = self.query_one(Toolbar)
        free = self._free
        bar.offer("next", not free and (won or standing.won or standing.skipped))
        bar.offer("hint", not free and not won)
        bar.offer("skip", not free and may_skip(standing))
        bar.offer("submit", competes(level.id, level.digest))
        self._compare()
        self._write()
        key = self.key
        stay = f"{key('board')}: back to the board   {key('hint')}: a hint"
        if free:
            self.say("b: back to the board   t: compares   T, F and G there: other traffic, faults, goals")
        elif won:
            self.say(
                f"{key('next')} goes on; {key('board')} stays and makes it cheaper, faster or simpler; "
                f"{key('attempts')} compares.",
                "good",
            )
        elif may_skip(standing):
            self.say(f"{stay}   {key('skip')}: pass over this level")
        else:
            self.say(stay)
        self.focus_body()

    @property
    def _free(self) -> bool:
        """Whether this is the sandbox: nothing follows it, and nothing there is won or passed over."""
        return self.outcome.level.rulebook.freedom is not None

    def on_resize(self, event: events.Resize) -> None:
        """The report depends on the width."""
        self._write()

    def _compare(self) -> None:
        """What the collection and the other attempts say of this one."""
        level = self.outcome.level
        attempts = self._store.attempts(level.id, MOST)
        now = attempts[0].at if attempts else 0.0
        # Older than this attempt, on whatever level: then it is no news.
        had = {name for name, _, at in self._store.collected() if at < now}
        self._fresh = frozenset(badge.title for badge in self.outcome.badges) - had
        standing = standing_of(record_of(level, attempts)) if self.outcome.verdict.won else ""
        self._standing = f"{standing} {self.key('attempts')} shows them." if standing else ""

    @property
    def text(self) -> str:
        """The result as text."""
        told = report(self.outcome, 80, self._fresh, self._standing, self.key).plain
        return f"{heading(self.outcome.level).plain}\n{headline(self.outcome).plain}\n\n{told}\n"

    def _write(self) -> None:
        width = min(self.size.width - 4, 106)
        self.query_one("#report-text", Static).update(
            report(self.outcome, width, self._fresh, self._standing, self.key)
        )

    def focus_body(self) -> None:
        """The report takes the arrows."""
        self.set_focus(self.query_one("#report"))

    def do_board(self, words: str) -> None:
        """Back to the board."""
        self.post_message(ToBoard())

    def do_next(self, words: str) -> None:
        """Goes on to the next level."""
        if self._free:
            self.say("Nothing comes after the sandbox: b leads back to its board.")
            return
        standing = self._store.standings().get(self.outcome.level.id, Standing())
        if not (standing.won or standing.skipped):
            self.say("Win this one first; after two losses k passes over it.", "error")
            return
        self.post_message(OpenNext(self.outcome.level.id))

    def do_again(self, words: str) -> None:
        """Watches the run again: it is just below."""
        from scalegame.tui.screens.run import RunScreen

        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, RunScreen):
            below.watch_seed(below.seed)

    def do_hint(self, words: str) -> None:
        """Shows one hint."""
        tell_hint(self.session, self.query_one(Note))

    def do_skip(self, words: str) -> None:
        """Passes over the level."""
        level = self.outcome.level
        if self._free:
            self.say("The sandbox is not part of the campaign: there is nothing to pass over.")
            return
        if not may_skip(self._store.standings().get(level.id, Standing())):
            self.say("A level can be passed over when it was lost twice.", "error")
            return
        self._store.skip(level.id)
        self.post_message(OpenNext(level.id))

    def do_copy(self, words: str) -> None:
        """Copies the result as text, or writes it to a file."""
        taking.text(self, self.text, words, "result")

    def topic(self, words: str) -> Topic:
        """Of what was typed (a part, a goal, a word), or how to read the result."""
        computation, held = self.outcome.computation, self.outcome.verdict.objectives
        if not words:
            return super().topic("")
        return board_topic(words, computation.board, computation.level, "", "", held)

    def do_submit(self, words: str) -> None:
        """Hands the design in."""
        hand_in(self, self.outcome.attempt)

    def do_contest(self, words: str) -> None:
        """Shows the competition of this level."""
        level = self.outcome.level
        self.app.push_screen(ContestScreen(level.id, level.digest))

    def do_attempts(self, words: str) -> None:
        """Shows the attempts on this level."""
        from scalegame.tui.screens.attempts import AttemptsScreen

        self.app.push_screen(AttemptsScreen(self.session, self._store))


def tell_hint(session: Session, note: Note) -> None:
    """Shows the next hint of a level; the last one stays."""
    hints = session.level.hints
    if not hints:
        note.tell("No hints", "This level has none. Look where the queue grows.")
        return
    session.hints = min(session.hints + 1, len(hints))
    more = "" if session.hints < len(hints) else "  (that was the last)"
    note.tell(f"Hint {session.hints} of {len(hints)}", hints[session.hints - 1] + more)
