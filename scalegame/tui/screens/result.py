"""What came of it: won or lost, by how much, why, and what next."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from scalegame.progress.model import Standing
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.catalogue import may_skip
from scalegame.tui.messages import OpenNext, ToBoard
from scalegame.tui.outcome import Outcome
from scalegame.tui.report import headline, report
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.session import Session
from scalegame.tui.widgets.bars import Toolbar
from scalegame.tui.widgets.note import Note
from scalegame.tui.words import heading


class ResultScreen(GameScreen):
    """The verdict of an attempt."""

    PLACE = actions.RESULT

    def __init__(self, outcome: Outcome, store: Store, session: Session) -> None:
        """Takes what came of it."""
        super().__init__()
        self.outcome = outcome
        self.session = session
        self._store = store

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
        bar.offer("next", won or standing.won or standing.skipped)
        bar.offer("hint", not won)
        bar.offer("skip", may_skip(standing))
        self._write()
        if won:
            self.say("n goes on; b stays and makes it cheaper, faster or simpler.", "good")
        elif may_skip(standing):
            self.say("b: back to the board   h: a hint   k: pass over this level")
        else:
            self.say("b: back to the board   h: a hint")
        self.focus_body()

    def on_resize(self, event: events.Resize) -> None:
        """The report depends on the width."""
        self._write()

    def _write(self) -> None:
        self.query_one("#report-text", Static).update(report(self.outcome, min(self.size.width - 4, 106)))

    def focus_body(self) -> None:
        """The report takes the arrows."""
        self.set_focus(self.query_one("#report"))

    def do_board(self, words: str) -> None:
        """Back to the board."""
        self.post_message(ToBoard())

    def do_next(self, words: str) -> None:
        """Goes on to the next level."""
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
        if not may_skip(self._store.standings().get(level.id, Standing())):
            self.say("A level can be passed over when it was lost twice.", "error")
            return
        self._store.skip(level.id)
        self.post_message(OpenNext(level.id))

    def do_copy(self, words: str) -> None:
        """Copies the result as text."""
        text = f"{headline(self.outcome).plain}\n\n{report(self.outcome, 80).plain}\n"
        self.app.copy_to_clipboard(text)
        self.say("Copied, if your terminal lets programs do that.")


def tell_hint(session: Session, note: Note) -> None:
    """Shows the next hint of a level; the last one stays."""
    hints = session.level.hints
    if not hints:
        note.tell("No hints", "This level has none. Look where the queue grows.")
        return
    session.hints = min(session.hints + 1, len(hints))
    more = "" if session.hints < len(hints) else "  (that was the last)"
    note.tell(f"Hint {session.hints} of {len(hints)}", hints[session.hints - 1] + more)
