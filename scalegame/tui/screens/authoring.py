"""What authors have on the board: it can be written into the level's file, whose problems are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button

from scalegame.design import checks
from scalegame.errors import ScalegameError
from scalegame.levels.live import read_line
from scalegame.levels.rewrite import NewAttempt, with_attempt
from scalegame.tui.authoring import naming
from scalegame.tui.authoring.authored import AuthoredFile
from scalegame.tui.board.session import Session
from scalegame.tui.screens import taking
from scalegame.tui.screens.asking import AskScreen
from scalegame.tui.screens.board_edits import sentence
from scalegame.tui.screens.dialogs import QuestionScreen
from scalegame.tui.screens.distribution import DistributionScreen
from scalegame.tui.screens.saving import SavingActions
from scalegame.tui.screens.window import WindowScreen
from scalegame.tui.telling.words import line, plural
from scalegame.tui.widgets.plain import Static

#: Problems that are listed at most.
_MOST = 50


class ProblemsScreen(WindowScreen[None]):
    """What is wrong with the file, each with its line; it closes by itself when that is mended."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss(None)", "Leave", show=False)]
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, name: str, told: Sequence[tuple[str, str]]) -> None:
        """Takes the name of the file, and each problem with the line that it is about."""
        super().__init__()
        self._name = name
        self.told = tuple(told)

    def compose(self) -> ComposeResult:
        """The problems, and that the last good level stays."""
        with Vertical(classes="window problems"):
            yield Static(classes="window-title")
            with VerticalScroll(id="problems"):
                yield Static(id="problems-text")
            yield Static("The last good version stays in play. Mend the file and save it: this closes by itself.",
                         classes="about")  # fmt: skip
            with Horizontal(classes="buttons"):
                yield Button("Close (Esc)", id="close", compact=True)

    def on_mount(self) -> None:
        """Shows them."""
        self._show()

    def tell(self, told: Sequence[tuple[str, str]]) -> None:
        """Other problems."""
        self.told = tuple(told)
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        many = len(self.told)
        title = line((f"{plural(many, 'problem')} in {self._name}", "bold"))
        self.query_one(".window-title", Static).update(title)
        rows = []
        for message, text in self.told[:_MOST]:
            rows.append(line((message, "$warning")))
            if text:
                rows.append(line((text[:200], "$quiet")))
        if many > _MOST:
            rows.append(line((f"and {many - _MOST} more", "$quiet")))
        self.query_one("#problems-text", Static).update(Content("\n").join(rows))

    @on(Button.Pressed)
    def _button(self) -> None:
        self.dismiss(None)


class BoardAuthoring(SavingActions):
    """The part of the board that is for authors."""

    def taken_over(self, session: Session) -> None:
        """The level is another, and the board is one of it."""
        self.session = session
        self._against, self._difference = "", None
        if session.lines:
            self.save()
        self.refresh_board()
        self._mark()
        self._guide()

    @property
    def _author(self) -> AuthoredFile | None:
        """The file of this very level, if somebody works on it; otherwise it is said."""
        author = taking.game(self).author
        if author is not None and author.level.source == self.session.level.source:
            return author
        self.complain("Only its author can do that: scalegame play --author FILE opens a level to work on it.")
        return None

    def do_reload(self, words: str) -> None:
        """Reads the file now."""
        author = self._author
        if author is None:
            return
        author.look()
        taking.game(self).take_file()

    def do_distribution(self, words: str) -> None:
        """Opens the sheet of distributions."""
        session = self.session
        if not session.level.objectives:
            self.say("Nothing is asked for here: there is no threshold to look at.", "error")
            return
        problems = checks.problems(session.board, session.level.rulebook)
        if problems:
            self.say(sentence(problems[0].message), "error")
            return
        try:
            orders = tuple(read_line(text) for text in self.design.live) if session.level.live is not None else ()
            sheet = DistributionScreen(session, orders)
        except ScalegameError as error:
            self.say(sentence(error.message), "error")
            return
        self.app.push_screen(sheet)

    def do_attempt(self, words: str) -> None:
        """Writes the board into the file as an attempt."""
        author = self._author
        if author is None:
            return
        if not words:
            about = f"{naming.FORM}. It becomes a part of {author.name}."
            self.app.push_screen(AskScreen("Keep the board as an attempt", "", about, "Keep"), self._attempt_asked)
            return
        session = self.session
        try:
            attempt = naming.named(words, session.lines, self.design.live, session.level.objectives)
        except ScalegameError as error:
            self.complain(sentence(error.message), f"attempt {words}")
            return
        if attempt.name not in {known.name for known in session.level.attempts}:
            self._write_attempt(attempt, words)
            return
        question = f"There is an attempt {attempt.name} in {author.name}. Make it this board?"

        def answered(yes: bool | None) -> None:
            if yes:
                self._write_attempt(attempt, words)

        self.app.push_screen(QuestionScreen(question, "Replace", "Leave"), answered)

    def _attempt_asked(self, words: str | None) -> None:
        if words:
            self.do_attempt(words)

    def _write_attempt(self, attempt: NewAttempt, words: str) -> None:
        author = self._author
        if author is None:
            return
        there = attempt.name in {known.name for known in author.level.attempts}
        try:
            changed = author.change(lambda text: with_attempt(text, attempt, str(author.path)))
        except ScalegameError as error:
            self.complain(str(error), f"attempt {words}")
            return
        taking.game(self).take_file()
        if not changed:
            self.say(f"{attempt.name} is this board already.")
            return
        meant = f"loses {attempt.loses}" if attempt.loses else "wins"
        done = "is this board now" if there else f"is in {author.name} now"
        proved = f"scalegame prove {author.path} tells whether it {meant}"
        self.say(f"{attempt.name} {done}. {proved}.", "good")
