"""The game without screens: a prompt, typed lines, and plain text that says what came of them.

For screen readers, and for terminals that can do nothing but print: the cursor is always where one types, each
line is printed once, and nothing is drawn over. It is the same game: its screens run unseen, what is typed
goes to the same table of actions, and what changed on the screen is printed.

The screens live in a thread of their own, so that the prompt can be Python's own, with its editing, history
and completion.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, TypeVar
from weakref import WeakKeyDictionary

from textual.app import App
from textual.keys import REPLACED_KEYS
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Button

from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.codex import CodexScreen
from scalegame.tui.screens.edit import EditScreen
from scalegame.tui.spoken import blocks, chosen, options, tidied
from scalegame.tui.widgets.bars import StatusLine
from scalegame.units import whole

#: Cells of the unseen screen: too narrow for columns beside the board, which would be read after every step.
SIZE = (100, 60)
#: Seconds that a computation may take before what is there is printed anyway.
PATIENCE = 120.0
#: How often it is listened whether a run that plays has something to say, seconds.
_LISTEN = 0.5
#: How often a long computation is waited for, seconds, and after how many waits a dot says that it goes on.
_LOOK, _DOT = 0.05, 40

_INTRODUCTION = """\
scalegame, line by line. Type help for what can be done, where to hear the screen again, quit to leave.
In a list type a number to choose, or close. Any key can be sent too: press tab."""

if TYPE_CHECKING:
    from scalegame.tui.app import ScalegameApp

T = TypeVar("T")
_Job = tuple[Coroutine[Any, Any, Any], "Future[Any]"]


class Linear:
    """The unseen game, and what was said of it so far."""

    def __init__(self, make: Callable[[], ScalegameApp], out: TextIO) -> None:
        """Takes what makes the game (in the thread that it will live in), and where to print."""
        self._make, self._out = make, out
        self._ready, self._over = threading.Event(), threading.Event()
        self._failed: BaseException | None = None
        self._pilot: Pilot[int] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._asked: Future[Any] | None = None
        self._status = 0
        self._screen: Screen[object] | None = None
        #: What was heard last, by screen and piece of it, and how often each screen has said something.
        self._heard: WeakKeyDictionary[Screen[Any], dict[tuple[object, str], str]] = WeakKeyDictionary()
        self._times: WeakKeyDictionary[Screen[Any], int] = WeakKeyDictionary()

    # The thread of the screens

    def _live(self) -> None:
        try:
            app = self._make()
            try:
                asyncio.run(app.run_async(headless=True, size=SIZE, auto_pilot=self._fly))
            finally:
                app.store.close()
            self._status = app.return_code or 0
        except BaseException as error:
            self._failed = error
        finally:
            self._over.set()
            self._ready.set()
            if self._asked is not None and not self._asked.done():
                self._asked.set_exception(EOFError("the game has ended"))

    async def _fly(self, pilot: Pilot[Any]) -> None:
        self._pilot, self._loop = pilot, asyncio.get_running_loop()
        await self._settle()
        self._ready.set()
        # Everything is done in here, in the context of the game: some of Textual asks for it.
        while (job := await self._next()) is not None:
            what, done = job
            try:
                done.set_result(await what)
            except Exception as error:
                done.set_exception(error)

    async def _next(self) -> _Job | None:
        """The next thing to do; while there is none, what happens by itself is told."""
        while True:
            try:
                return await asyncio.wait_for(self._jobs.get(), _LISTEN)
            except TimeoutError:
                if self._screen is not None and self._here.app.screen is self._screen:
                    self._tell(unasked=True)

    async def _settle(self) -> None:
        """Waits until everything that was asked for is done: screens are there, computations over."""
        pilot, waited = self._here, 0.0
        calm = 0
        while pilot.app.is_running and waited < PATIENCE:
            screen = pilot.app.screen
            await pilot.pause()
            busy = any(worker.is_running for worker in pilot.app.workers)
            # One screen opens another: only when nothing has moved twice in a row is it quiet.
            calm = calm + 1 if not busy and screen is pilot.app.screen and screen.is_mounted else 0
            if calm == 2:
                return
            if busy:
                await asyncio.sleep(_LOOK)
                waited += _LOOK
                if round(waited / _LOOK) % _DOT == 0:
                    self._print("… computing")

    @property
    def _here(self) -> Pilot[int]:
        assert self._pilot is not None, "the game has not begun"
        return self._pilot

    def _ask(self, what: Coroutine[Any, Any, T]) -> T:
        """Lets the thread of the screens do something, and waits for it."""
        assert self._loop is not None, "the game has not begun"
        done: Future[T] = Future()
        self._asked = done
        self._loop.call_soon_threadsafe(self._jobs.put_nowait, (what, done))
        return done.result()

    # What is typed

    async def _obey(self, text: str) -> None:
        app = self._here.app
        word, _, rest = text.partition(" ")
        screen = app.screen
        if word == "where":
            self._screen = None
            # Something is kept, so that it is not taken for a screen that was never heard.
            self._heard[screen] = {(None, ""): ""}
        elif word == "press" and rest:
            await self._press(rest.split())
        elif isinstance(screen, GameScreen) and not ((at := whole(text)) is not None and self._choose(screen, at)):
            screen.obey(text)
        elif not isinstance(screen, GameScreen):
            await self._answer(screen, text)
        await self._settle()
        self._tell()
        if not app.is_running:
            self._jobs.put_nowait(None)

    async def _press(self, keys: Sequence[str]) -> None:
        known = [REPLACED_KEYS.get(key, key) for key in keys[:50]]
        with suppress(ValueError, KeyError):  # what is no key does nothing, as on a keyboard
            await self._here.press(*known)

    async def _answer(self, screen: Screen[object], text: str) -> None:
        """A window is open: a number chooses, a button's name presses it, a setting sets."""
        if isinstance(screen, EditScreen) and "=" in text:
            if complaint := screen.take(text):
                self._print(complaint)
        elif (number := whole(text)) is not None and options(screen) is not None:
            if not self._choose(screen, number):
                self._print(f"There is nothing to choose at {text}.")
        elif text in ("", "close", "back", "leave"):
            await self._here.press("escape")
        elif pressed := _button(screen, text):
            pressed.press()
        elif isinstance(screen, ModalScreen) and (below := _below(self._here.app)) is not None:
            # Not an answer: the window is closed, and the line is meant for the screen under it.
            await self._here.press("escape")
            await self._here.pause()
            if self._here.app.screen is below:
                below.obey(text)

    def _choose(self, screen: Screen[Any], number: int) -> bool:
        """Chooses from the list on a screen; False if it has none, or nothing with that number."""
        listed = options(screen)
        index = None if listed is None else chosen(listed, number)
        if listed is None or index is None:
            return False
        listed.highlighted = index
        listed.action_select()
        return True

    async def _complete(self, text: str) -> list[str]:
        screen = self._here.app.screen
        return list(screen.complete(text)) if isinstance(screen, GameScreen) else []

    # What is said

    def _print(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def _tell(self, unasked: bool = False) -> None:
        """Prints the screen if it was never heard, else what has changed on it.

        Args:
            unasked: Nothing was typed: only what a run says by itself is told, not every figure that moves.
        """
        app = self._here.app
        if not app.is_running:
            return
        screen = app.screen
        known = self._heard.setdefault(screen, {})
        if screen is not self._screen and len(known) > 1:
            self._print(next((block.text for block in blocks(screen)), ""))
        self._screen = screen
        answered = isinstance(screen, CodexScreen) and not known and screen.said
        if answered:
            # A word was asked for, and the status line says what it means: not the whole page before that.
            known.update({block.key: block.text for block in blocks(screen)})
            self._print("Codex. where reads the page, close leads back.")
        speaking = {id(w) for w in screen.query("Note, #event-line, Toast")} if unasked else None
        for block in blocks(screen):
            if speaking is not None and block.key[0] not in speaking:
                continue
            if known.get(block.key) != block.text:
                self._print(block.text)
                known[block.key] = block.text
        if isinstance(screen, GameScreen):
            status = screen.query_one(StatusLine)
            if status.times != self._times.get(screen, 0) and (said := tidied(status.text)):
                self._print(said)
            self._times[screen] = status.times

    # The thread of the prompt

    def play(self, read: Callable[[str], str]) -> int:
        """Plays until the player leaves.

        Args:
            read: Prints a prompt and returns a line; raises EOFError at the end of the input.

        Returns:
            Exit status.
        """
        thread = threading.Thread(target=self._live, name="screens", daemon=True)
        thread.start()
        self._ready.wait()
        if self._failed is not None:
            raise self._failed
        # Textual takes what is printed for itself; here it is meant for the reader.
        sys.stdout = self._out
        self._print(_INTRODUCTION)
        self._ask(self._first())
        while not self._over.is_set():
            try:
                text = read("> ").strip()
            except (EOFError, KeyboardInterrupt):
                text = "quit"
            # A game that ends while it is asked has nothing more to answer.
            with suppress(EOFError):
                self._ask(self._obey(text) if text else self._obey_nothing())
            if text == "quit":
                self._leave()
        thread.join(10)
        if self._failed is not None:
            raise self._failed
        return self._status

    async def _first(self) -> None:
        self._tell()

    async def _obey_nothing(self) -> None:
        """An empty line closes a window, and does nothing on a screen."""
        if not isinstance(self._here.app.screen, GameScreen):
            await self._obey("close")

    def _leave(self) -> None:
        """Ends the game, if the word has not done so already: a window may have kept it from the screen."""
        loop, app = self._loop, self._here.app
        assert loop is not None, "the game has not begun"

        def end() -> None:
            self._jobs.put_nowait(None)
            app.exit(0)

        with suppress(RuntimeError):  # it has ended, and its loop is closed
            loop.call_soon_threadsafe(end)
        self._over.wait(10)

    def completions(self, text: str) -> list[str]:
        """How a typed line could go on; whole lines."""
        return [] if self._over.is_set() else self._ask(self._complete(text))


def _button(screen: Screen[object], text: str) -> Button | None:
    """The button whose label begins so."""
    wanted = text.casefold()
    return next((b for b in screen.query(Button) if str(b.label).casefold().startswith(wanted)), None)


def _below(app: App[int]) -> GameScreen | None:
    """The screen of the game under the windows."""
    return next((s for s in reversed(app.screen_stack) if isinstance(s, GameScreen)), None)


def run_linear(make: Callable[[], ScalegameApp], out: TextIO | None = None) -> int:
    """Plays the game line by line on the terminal.

    Args:
        make: Makes the game; called in the thread that its screens live in.
        out: Where to print; None: standard output.

    Returns:
        Exit status.
    """
    linear = Linear(make, out or sys.stdout)
    _editing(linear)
    usual = sys.stdout
    try:
        return linear.play(input)
    finally:
        sys.stdout = usual


def _editing(linear: Linear) -> None:
    """Tab completes at the prompt, where the platform has line editing."""
    try:
        import readline
    except ImportError:
        return

    def complete(text: str, state: int) -> str | None:
        found = linear.completions(readline.get_line_buffer())
        return found[state] if state < len(found) else None

    readline.set_completer_delims("")
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")
