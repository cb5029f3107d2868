"""The lines around every screen: title, status with the command line, and the toolbar."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.suggester import Suggester
from textual.widgets import Input

from scalegame.errors import printable
from scalegame.tui.actions import Action
from scalegame.tui.telling.words import line
from scalegame.tui.widgets.plain import Static

#: Characters of what the status line says, at most.
_LONGEST = 500


class Back(Static):
    """A sign at the very left that a click follows back to where one came from."""

    @dataclass
    class Pressed(Message):
        """It was clicked."""

    def __init__(self) -> None:
        """The sign; where it leads is for the screen to say."""
        super().__init__(line(("‹", "$primary")), id="title-back")
        self.tooltip = "Back to where you came from."

    def on_click(self, event: events.Click) -> None:
        """Asks to go back."""
        event.stop()
        self.post_message(self.Pressed())


class TitleBar(Horizontal):
    """One line: where we are on the left, how it stands on the right."""

    def compose(self) -> ComposeResult:
        """Two texts, and a sign that is there while the screen is recorded."""
        yield Back()
        yield Static(id="title-left")
        yield Static(id="title-right")
        yield Static("● rec", id="title-recording")

    def on_mount(self) -> None:
        """A recording goes on from screen to screen."""
        self.query_one("#title-recording").display = getattr(self.app, "cast", None) is not None

    def say(self, left: Content | str, right: Content | str = "") -> None:
        """Shows both texts."""
        self.query_one("#title-left", Static).update(left)
        self.query_one("#title-right", Static).update(right)

    def say_right(self, right: Content | str) -> None:
        """Shows only the right text, many times a second: it has a place of its own, and nothing has to move."""
        self.query_one("#title-right", Static).update(right, layout=False)


class Tool(Static):
    """One thing to do: its key and its name; a click does it."""

    @dataclass
    class Pressed(Message):
        """A tool was clicked."""

        action: str

    def __init__(self, action: Action) -> None:
        """Shows a tool for an action."""
        label = action.tool
        if label.startswith(action.shown) or not action.shown:
            text = line((label[: len(action.shown)], "$primary underline"), (label[len(action.shown) :], "$quiet"))
        elif label == action.shown:
            text = line((label, "$primary"))
        else:
            text = line((action.shown, "$primary"), (" " + label, "$quiet"))
        super().__init__(text, id=f"tool-{action.id}", classes="tool")
        self.action = action
        self.tooltip = Content(action.help)

    def on_click(self, event: events.Click) -> None:
        """Asks for its action."""
        event.stop()
        self.post_message(self.Pressed(self.action.id))


class Toolbar(Horizontal):
    """What can be done here, by key or by click."""

    def __init__(self, actions: Iterable[Action]) -> None:
        """Takes the actions that have a place on the toolbar."""
        super().__init__()
        self._actions = tuple(action for action in actions if action.tool)

    def compose(self) -> ComposeResult:
        """A tool each."""
        for action in self._actions:
            yield Tool(action)

    def offer(self, id: str, offered: bool) -> None:
        """Shows or hides a tool."""
        for tool in self.query(f"#tool-{id}"):
            tool.display = offered


class Completer(Suggester):
    """Shows how a typed line could go on."""

    def __init__(self, complete: Callable[[str], Sequence[str]]) -> None:
        """Takes the function that knows what can follow a text."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """The first line that the text could become."""
        found = self._complete(value) if value else ()
        return next((one for one in found if one != value), None)


class LineInput(Input):
    """A line to type on: Tab completes, Up and Down go through what was typed before, Esc leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", show=False, priority=True),
        Binding("tab", "complete", "Complete", show=False),
        Binding("up", "recall(-1)", "Earlier line", show=False),
        Binding("down", "recall(1)", "Later line", show=False),
        Binding("escape", "leave", "Leave", show=False),
    ]

    @dataclass
    class Left(Message):
        """The player has left the line without sending it."""

    def __init__(self, complete: Callable[[str], Sequence[str]]) -> None:
        """Takes the function that knows what can follow a text."""
        super().__init__(id="line-input", compact=True, suggester=Completer(complete), select_on_focus=False)
        self._complete = complete
        self.past: list[str] = []
        self._at = 0
        self._round: tuple[str, int] = ("", 0)

    def _on_paste(self, event: events.Paste) -> None:
        """Several lines are not for one line: the screen decides what becomes of them."""
        if len(event.text.strip().splitlines()) > 1:
            event.stop()
            event.prevent_default()
            self.post_message(StatusLine.Pasted(event.text))

    async def action_send(self) -> None:
        """Sends the line as soon as it has everything that was typed before Enter.

        Enter is looked at before any other key, so that what is typed right behind it is meant for the screen.
        """
        settled = asyncio.Event()
        self.call_later(settled.set)
        with suppress(TimeoutError):  # the line may be on its way out
            await asyncio.wait_for(settled.wait(), 1.0)
        if isinstance(self.parent, StatusLine):
            sent = self.parent.send()
            # The keys behind Enter are for the screen or window that the line leads to.
            with suppress(TimeoutError):
                await asyncio.wait_for(sent.obeyed.wait(), 1.0)

    def start(self, text: str = "") -> None:
        """Begins a new line."""
        self.value = text
        self.cursor_position = len(text)
        self._at = len(self.past)
        self._round = ("", 0)

    def keep(self, text: str) -> None:
        """Remembers a line that was sent."""
        if text and (not self.past or self.past[-1] != text):
            self.past.append(text)

    def action_complete(self) -> None:
        """Completes the line; again and again goes through the possibilities."""
        stem, at = self._round
        found = list(self._complete(stem)) if stem and self.value in self._complete(stem) else []
        if not found:
            stem, at, found = self.value, -1, list(self._complete(self.value))
        if found:
            at = (at + 1) % len(found)
            self.value = found[at]
            self.cursor_position = len(self.value)
            self._round = (stem, at)

    def action_recall(self, step: int) -> None:
        """Shows an earlier or a later line."""
        self._at = min(max(self._at + step, 0), len(self.past))
        self.value = self.past[self._at] if self._at < len(self.past) else ""
        self.cursor_position = len(self.value)

    def action_leave(self) -> None:
        """Goes back to the screen."""
        self.post_message(self.Left())


class StatusLine(Horizontal):
    """One calm line that says what has just happened; it becomes the command line when asked to."""

    @dataclass
    class Typed(Message):
        """A line was typed and sent.

        Whoever carries it out says so by `obeyed`.
        """

        text: str
        obeyed: asyncio.Event = field(default_factory=asyncio.Event)

    @dataclass
    class Pasted(Message):
        """Several lines were pasted on the command line."""

        text: str

    @dataclass
    class Closed(Message):
        """The command line was left."""

    def __init__(self, complete: Callable[[str], Sequence[str]]) -> None:
        """Takes the function that knows what can follow a text."""
        super().__init__()
        self._complete = complete

    def compose(self) -> ComposeResult:
        """The text, and the line under it."""
        yield Static(id="status-text")
        yield Static(":", id="line-prompt")
        yield LineInput(self._complete)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    _text = ""
    #: How often something was said: the same again is something new to who listens.
    times = 0

    def say(self, text: str, tone: str = "", links: Mapping[str, str] | None = None) -> None:
        """Says something.

        Args:
            text: To say.
            tone: "error", "good" or "".
            links: Pieces of the text that a click carries out, and the action of each, as Textual writes actions.
        """
        # It may repeat what was typed, however long that was and whatever was in it.
        text = printable(text)
        self._text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"
        self.times += 1
        style = {"error": "$warning", "good": "$success"}.get(tone, "$quiet")
        shown = line((self._text, style))
        for piece, action in (links or {}).items():
            if (at := self._text.find(piece)) >= 0:
                click = Style.from_meta({"@click": action}) + Style(underline=True)
                shown = shown.stylize(click, at, at + len(piece))
        self.query_one("#status-text", Static).update(shown)

    def on_mount(self) -> None:
        """Hides the command line."""
        self._typing(False)

    def _typing(self, typing: bool) -> None:
        self.query_one("#status-text").display = not typing
        self.query_one("#line-prompt").display = typing
        self.query_one(LineInput).display = typing

    def open(self, text: str = "") -> None:
        """Shows the command line."""
        self._typing(True)
        entry = self.query_one(LineInput)
        entry.start(text)
        # At once, not when the queue is empty: what is typed right behind the colon belongs to the line.
        self.screen.set_focus(entry)
        # What was refused can be put right, or typed over.
        entry.select_all()

    @property
    def open_now(self) -> bool:
        """The command line is shown."""
        return bool(self.query_one(LineInput).display)

    def close(self) -> None:
        """Hides the command line."""
        self._typing(False)

    def send(self) -> Typed:
        """Sends what is on the line, which is closed by then; returns what was sent."""
        entry = self.query_one(LineInput)
        text = entry.value.strip()
        entry.keep(text)
        self.close()
        if callable(leave := getattr(self.screen, "focus_body", None)):
            leave()  # at once: the next key is for the screen
        self.post_message(sent := self.Typed(text))
        return sent

    @on(LineInput.Left)
    def _left(self, event: LineInput.Left) -> None:
        event.stop()
        self.close()
        self.post_message(self.Closed())
