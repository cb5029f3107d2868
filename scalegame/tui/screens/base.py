"""What every screen of the game has: title, status line to type on, toolbar, and the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, Static

from scalegame.errors import nearest
from scalegame.tui import actions
from scalegame.tui.messages import LeaveGame, OpenPage, SwitchLight
from scalegame.tui.settings import Settings
from scalegame.tui.widgets.bars import StatusLine, TitleBar, Tool, Toolbar

_USUAL = Settings()


class GameScreen(Screen[None]):
    """A screen whose keys, toolbar, typed commands and help come from the table of actions.

    A subclass sets `PLACE`, composes its `body`, and has a method `do_<id>` for each of its actions.
    """

    PLACE: ClassVar[str] = ""
    ESCAPE_TO_MINIMIZE = False

    def __init_subclass__(cls) -> None:
        """Takes the key bindings from the table."""
        if cls.PLACE and "BINDINGS" not in cls.__dict__:
            cls.BINDINGS = actions.bindings(cls.PLACE)
        super().__init_subclass__()

    def compose(self) -> ComposeResult:
        """Title, body, status, toolbar."""
        yield TitleBar()
        yield from self.body()
        yield StatusLine(self.complete)
        yield Toolbar(actions.of(self.PLACE))

    def body(self) -> ComposeResult:
        """What is between the title and the status line."""
        yield Static()

    @property
    def settings(self) -> Settings:
        """How the player wants the game to look and behave."""
        return getattr(self.app, "settings", _USUAL)

    # Speaking

    def title_say(self, left: object, right: object = "") -> None:
        """Shows the title line."""
        self.query_one(TitleBar).say(left, right)  # type: ignore[arg-type]

    def say(self, text: str, tone: str = "") -> None:
        """Says something on the status line; tone is "error", "good" or ""."""
        self.query_one(StatusLine).say(text, tone)

    @property
    def said(self) -> str:
        """What the status line says."""
        return self.query_one(StatusLine).text

    # Doing

    def perform(self, id: str, words: str = "") -> None:
        """Carries an action out."""
        action = next((a for a in actions.of(self.PLACE) if a.id == id), None)
        if action is None:
            self.say(f"Nothing to do with {id!r} here.", "error")
            return
        method: Callable[[str], None] = getattr(self, action.method)
        method(words)

    def action_perform(self, id: str, words: str = "") -> None:
        """What the key bindings call."""
        self.perform(id, words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A colon typed into a line is a character of it."""
        return not (action == "perform" and parameters[:1] == ("line",) and isinstance(self.focused, Input))

    @on(Tool.Pressed)
    def _tool_pressed(self, event: Tool.Pressed) -> None:
        event.stop()
        self.perform(event.action)

    # Typing

    _unsent = ""

    @on(StatusLine.Typed)
    def _line_typed(self, event: StatusLine.Typed) -> None:
        event.stop()
        self.leave_line()
        self._unsent = ""
        if event.text:
            self.obey(event.text)

    @on(StatusLine.Closed)
    def _line_closed(self, event: StatusLine.Closed) -> None:
        event.stop()
        self.leave_line()

    def obey(self, text: str) -> None:
        """Does what was typed."""
        word, _, rest = text.strip().partition(" ")
        action = actions.named(word, self.PLACE)
        if action is not None and (not rest or action.takes):
            # A key may be a slip and is asked about; four letters and Enter are meant.
            self.perform(action.id, "now" if action.id == "quit" else rest.strip())
        else:
            self.typed(text.strip())

    def typed(self, text: str) -> None:
        """What to do with a line that is not one of the table's commands."""
        word = text.split()[0]
        known = actions.commands(actions.of(self.PLACE))
        self.complain(f'"{word}" is not a command here{nearest(word, known)}', text)

    def complain(self, message: str, typed: str = "") -> None:
        """Says what is wrong; the next command line starts with what was typed, to be put right."""
        self._unsent = typed
        self.say(message, "error")

    def complete(self, text: str) -> Sequence[str]:
        """What a typed line could become."""
        return tuple(word for word in actions.commands(actions.of(self.PLACE)) if word.startswith(text))

    def leave_line(self) -> None:
        """Goes from the command line back to the screen."""
        self.query_one(StatusLine).close()
        self.focus_body()

    def focus_body(self) -> None:
        """Puts the focus where the keys of the screen belong."""
        self.set_focus(None)

    # Everywhere

    def do_line(self, words: str) -> None:
        """Opens the command line."""
        self.query_one(StatusLine).open(self._unsent)

    def do_help(self, words: str) -> None:
        """Shows the help."""
        from scalegame.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.PLACE), self._helped)

    def _helped(self, chosen: str | None) -> None:
        if chosen:
            self.perform(chosen)

    def do_quit(self, words: str) -> None:
        """Leaves the game; asks first unless it was typed."""
        self.post_message(LeaveGame(sure=words == "now"))

    def do_light(self, words: str) -> None:
        """Switches the colours."""
        self.post_message(SwitchLight())

    def do_codex(self, words: str) -> None:
        """Opens the codex."""
        self.post_message(OpenPage(words))

    def do_back(self, words: str) -> None:
        """Leaves this screen."""
        self.app.pop_screen()

    def do_leave(self, words: str) -> None:
        """Closes a sheet."""
        self.app.pop_screen()
