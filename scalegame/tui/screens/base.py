"""What every screen of the game has: title, status line to type on, toolbar, and the table of actions."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from scalegame.errors import nearest, quoted
from scalegame.tui import actions
from scalegame.tui.messages import ChangeSetting, LeaveGame, OpenPage, OpenSettings, SuspendGame
from scalegame.tui.screens import taking
from scalegame.tui.screens.steady import SteadyScreen
from scalegame.tui.setup.settings import Settings, frames, step
from scalegame.tui.widgets.bars import Back, StatusLine, TitleBar, Tool, Toolbar
from scalegame.tui.widgets.plain import Static

if TYPE_CHECKING:
    from scalegame.tui.canvas.widget import BoardCanvas
    from scalegame.tui.telling.explaining import Topic


#: What leaves the status line as it is: one may want to see it while one types, or reads.
_OVER = ("line", "help")


class GameScreen(SteadyScreen[None]):
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
        yield Toolbar(self.offered)

    def body(self) -> ComposeResult:
        """What is between the title and the status line."""
        yield Static()

    @property
    def settings(self) -> Settings:
        """How the player wants the game to look and behave."""
        return taking.game(self).settings

    @property
    def plain(self) -> bool:
        """Whether nothing but ASCII is shown."""
        return taking.game(self).plain

    @property
    def offered(self) -> tuple[actions.Action, ...]:
        """What can be done here, with the keys that are in force."""
        return taking.game(self).keymap.of(self.PLACE)

    def key(self, id: str, place: str = "") -> str:
        """The key of an action that is in force, as it is called in a sentence; without one, what to type.

        Args:
            id: Of the action.
            place: Where it is done; "": here.
        """
        return taking.game(self).keymap.shown(place or self.PLACE, id)

    @property
    def fps(self) -> float:
        """Frames a second in which something may move here."""
        return frames(self.settings, os.environ)

    def on_mount(self) -> Coroutine[Any, Any, None] | None:
        """What is drawn without the help of styles has to be told how."""
        self.settings_changed()
        return None

    def settings_changed(self) -> None:
        """The settings are others, or are seen for the first time; whoever has more to change extends it."""
        plain, still = self.plain, self.settings.motion == "reduced"
        # By name: what it is made of takes long to import, and the first screen has none.
        for canvas in self.query("BoardCanvas"):
            cast("BoardCanvas", canvas).adapt(ascii=plain, reduced_motion=still)

    # Speaking

    def title_say(self, left: object, right: object = "") -> None:
        """Shows the title line."""
        self.query_one(TitleBar).say(left, right)  # type: ignore[arg-type]

    def say(self, text: str, tone: str = "", links: Mapping[str, str] | None = None) -> None:
        """Says something on the status line.

        What it says of keys, as in `b: back to the board   h: a hint`, a click does as well.

        Args:
            text: To say.
            tone: "error", "good" or "".
            links: More pieces of the text that a click carries out, with the action of each.
        """
        known = {**self._keys_in(text), **(links or {})}
        self.query_one(StatusLine).say(text, tone, known)

    def _keys_in(self, text: str) -> dict[str, str]:
        if ": " not in text:
            return {}
        keys = {action.shown: action.id for action in self.offered if action.shown}
        pieces = ((piece, piece.partition(": ")[0]) for piece in text.split("   "))
        return {piece: f"screen.perform('{keys[key]}')" for piece, key in pieces if key in keys and piece != key}

    @property
    def said(self) -> str:
        """What the status line says."""
        return self.query_one(StatusLine).text

    @property
    def line_open(self) -> bool:
        """The player is typing a line."""
        return self.query_one(StatusLine).open_now

    # Doing

    def perform(self, id: str, words: str = "") -> None:
        """Carries an action out."""
        action = next((a for a in actions.of(self.PLACE) if a.id == id), None)
        if action is None:
            self.say(f"Nothing to do with {id!r} here.", "error")
            return
        method: Callable[[str], None] = getattr(self, action.method)
        status = self.query_one(StatusLine)
        times = status.times
        method(words)
        if id not in _OVER and status.times == times and status.text and status.is_attached:
            status.say("")  # What it said was of something that is over.

    def action_perform(self, id: str, words: str = "") -> None:
        """What the key bindings call."""
        self.perform(id, words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A colon typed into a line is a character of it."""
        return not (action == "perform" and parameters[:1] == ("line",) and isinstance(self.focused, Input))

    @on(Back.Pressed)
    def _back_pressed(self, event: Back.Pressed) -> None:
        """The same as the key that leaves this screen."""
        event.stop()
        leaving = next((a for a in actions.of(self.PLACE) if a.id in ("back", "board", "leave")), None)
        if leaving:
            self.perform(leaving.id, leaving.meant)

    @on(Tool.Pressed)
    def _tool_pressed(self, event: Tool.Pressed) -> None:
        event.stop()
        self.perform(event.action)

    # Typing

    _unsent = ""

    @on(StatusLine.Typed)
    def _line_typed(self, event: StatusLine.Typed) -> None:
        event.stop()
        self._unsent = ""
        try:
            if event.text:
                self.obey(event.text)
        finally:
            event.obeyed.set()

    @on(StatusLine.Pasted)
    def _line_pasted(self, event: StatusLine.Pasted) -> None:
        event.stop()
        self.leave_line()
        self.pasted(event.text)

    def pasted(self, text: str) -> None:
        """What to do with several lines that were pasted."""
        self.complain("Several lines can be pasted on the board, not here.")

    @on(StatusLine.Closed)
    def _line_closed(self, event: StatusLine.Closed) -> None:
        event.stop()
        self.leave_line()

    def obey(self, text: str) -> None:
        """Does what was typed."""
        text = text.strip()
        word, _, rest = text.partition(" ")
        # Some can be written in two words: go on.
        whole = actions.named(" ".join(text.casefold().split()), self.PLACE)
        action = whole or actions.named(word.casefold(), self.PLACE)
        if action is not None and (whole or not rest or action.takes):
            words = "" if whole else rest.strip()
            self.perform(action.id, words or action.meant)
        else:
            self.typed(text)

    @property
    def further(self) -> tuple[str, ...]:
        """Commands that are understood here and are no actions of the table."""
        return ()

    def typed(self, text: str) -> None:
        """What to do with a line that is not one of the table's commands: the beginning of one will do."""
        word, _, rest = text.partition(" ")
        if actions.named(word.casefold(), self.PLACE) is not None:
            self.complain(f"{word} takes no words here: write {word} alone.", text)
            return
        begun = actions.begun(word, self.PLACE, self.further)
        meant = actions.named(begun[0], self.PLACE) if len(begun) == 1 else None
        # What takes no words is not what was meant by a word with words behind it: that is a slip.
        if len(begun) == 1 and (not rest or meant is None or meant.takes):
            self.obey(f"{begun[0]} {rest}")
            return
        known = (*actions.commands(actions.of(self.PLACE)), *self.further)
        hint = f": {', '.join(begun[:6])}?" if len(begun) > 1 else nearest(word, known)
        back = "   close leads back" if self.PLACE in actions.SHEETS else ""
        self.complain(f"{quoted(word)} is not a command here{hint}{back}", text)

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
        """Opens the command line; with what was refused, to be put right."""
        self.query_one(StatusLine).open(self._unsent)

    def do_help(self, words: str) -> None:
        """Shows the help: of what was typed, or of what is looked at."""
        from scalegame.tui.screens.help import HelpScreen

        topic = self.topic(words)
        if words and not topic.focused:
            from scalegame.tui.telling.commanding import command_topic

            topic = command_topic(words, self.PLACE, topic) or topic
        if not topic.known:
            self.complain(topic.text.plain, f"help {words}")
            return
        asked = bool(words) or topic.focused
        self.app.push_screen(HelpScreen(self.offered, topic, self.PLACE, asked), self._helped)

    def topic(self, words: str) -> Topic:
        """What the help says of what was typed, or else of what is looked at here."""
        from scalegame.tui.telling.explaining import place_topic

        return place_topic(self.PLACE, words)

    def _helped(self, chosen: str | None) -> None:
        if chosen:
            self.perform(chosen)

    def do_quit(self, words: str) -> None:
        """Leaves the game; asks first unless it was typed."""
        self.post_message(LeaveGame(sure=words == "now"))

    def do_theme(self, words: str) -> None:
        """Sets the colours that were typed, or the next ones."""
        self.post_message(ChangeSetting("theme", words or step(self.settings, "theme", 1)))

    def do_light(self, words: str) -> None:
        """Switches between light and dark."""
        self.post_message(ChangeSetting("theme", "dark" if self.settings.theme == "light" else "light"))

    def do_settings(self, words: str) -> None:
        """Opens the settings."""
        self.post_message(OpenSettings())

    def do_suspend(self, words: str) -> None:
        """Goes back to the shell for a while."""
        self.post_message(SuspendGame())

    def do_codex(self, words: str) -> None:
        """Opens the codex: at what was typed, or at what is looked at."""
        from scalegame.tui.telling.reading import find

        found = find(words) if words else None
        if found is not None and not found.page:
            self.complain(found.complaint, f"codex {words}")
            return
        self.post_message(OpenPage(words or self.topic("").page))

    def do_glossary(self, words: str) -> None:
        """Says what a word means, and opens the glossary there."""
        from scalegame.tui.telling.reading import GLOSSARY, meaning, unknown_word

        word, said = meaning(words)
        if words and not word:
            self.complain(unknown_word(words), f"glossary {words}")
            return
        if word:
            self.say(f"{word}: {said}")
        self.post_message(OpenPage(f"{GLOSSARY}#{word}" if word else GLOSSARY))

    def do_badges(self, words: str) -> None:
        """Shows the badges."""
        from scalegame.tui.screens.badges import BadgesScreen

        app = taking.game(self)
        entry = app.catalogue.entry
        self.app.push_screen(BadgesScreen(app.store, lambda id: found.title if (found := entry(id)) else id))

    def do_contest(self, words: str) -> None:
        """Shows the competition that one has joined."""
        from scalegame.tui.screens.contest import ContestScreen

        self.app.push_screen(ContestScreen())

    def do_picture(self, words: str) -> None:
        """Writes a picture of the screen."""
        taking.picture(self, words)

    def do_record(self, words: str) -> None:
        """Starts or stops a recording of the screen."""
        taking.record(self, words)

    def do_back(self, words: str) -> None:
        """Leaves this screen."""
        self.app.pop_screen()

    def do_leave(self, words: str) -> None:
        """Closes a sheet."""
        self.app.pop_screen()
