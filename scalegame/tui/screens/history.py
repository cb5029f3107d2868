"""Everything that was done to a board, step by step, and a way to any of these steps."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets.option_list import Option

from scalegame.tui import actions
from scalegame.tui.board.session import Session
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board_looks import steps_of
from scalegame.tui.telling.words import heading, line, plural
from scalegame.tui.telling.words import price as dollars
from scalegame.tui.widgets.plain import OptionList, Static
from scalegame.units import whole


class HistoryScreen(GameScreen):
    """A list of steps; where one is now is marked, and what was taken back is still there."""

    PLACE = actions.HISTORY

    def __init__(self, session: Session, travel: Callable[[int], str]) -> None:
        """Takes the steps, and what goes to one of them.

        Args:
            session: The board.
            travel: Goes to where so many steps are in force; returns what was done, as a sentence.
        """
        super().__init__()
        self._session = session
        self._travel = travel

    def body(self) -> ComposeResult:
        """The list, and a line about how it is read."""
        yield OptionList(id="history")
        yield Static(id="history-about")

    def on_mount(self) -> None:
        """Fills the list."""
        super().on_mount()
        self.refresh_list()
        self.focus_body()

    def focus_body(self) -> None:
        """The list takes the keys."""
        self.set_focus(self.query_one("#history", OptionList))

    def refresh_list(self) -> None:
        """Shows every step, and where one is."""
        session = self._session
        listed = self.query_one("#history", OptionList)
        listed.clear_options()
        for number, (told, cost) in enumerate(zip(("the start", *session.story), session.costs, strict=True)):
            listed.add_option(Option(self._row(number, told, cost)))
        listed.highlighted = session.at
        undone = len(session.story) - session.at
        back = f", {undone} taken back" if undone else ""
        self.title_say(
            heading(session.level, "history"), line((f"{plural(session.at, 'step')} in force{back}", "$quiet"))
        )
        about = f"{self.key('step')} or a click goes to a step; what comes after it can be done again."
        self.query_one("#history-about", Static).update(line((about, "$quiet")))

    def _row(self, number: int, told: str, cost: float) -> Content:
        at = self._session.at
        sign, style = ("►", "bold $primary") if number == at else (" ", "$quiet" if number > at else "$foreground")
        told = told[:60] + "…" if len(told) > 61 and self.app.size.width < 110 else told
        state = "   you are here" if number == at else "   taken back" if number > at else ""
        return line((f"{sign}{number:>4}  ", style), (told, style), (f"{state}   {dollars(cost)}", "$quiet"))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._travel(event.option_index)
        self.app.pop_screen()

    # Actions

    def do_step(self, words: str) -> None:
        """Goes to the step under the cursor, or the one typed."""
        count = len(self._session.story)
        step = whole(words, count)
        if words and step is None:
            self.complain(f"There are steps 0 to {count}.", f"step {words}")
            return
        self._travel(step if step is not None else self.query_one("#history", OptionList).highlighted or 0)
        self.app.pop_screen()

    def do_undo(self, words: str) -> None:
        """Takes steps back."""
        self._by("undo", words, -1, "This is the start.")

    def do_redo(self, words: str) -> None:
        """Does steps again."""
        self._by("redo", words, 1, "Nothing was undone.")

    def _by(self, way: str, words: str, sign: int, none: str) -> None:
        count = steps_of(words)
        if count is None:
            self.complain(f"Write {way}, {way} 3 or {way} all.", f"{way} {words}")
            return
        told = self._travel(max(0, self._session.at + sign * count))
        self.refresh_list()
        self.say(told or none)
