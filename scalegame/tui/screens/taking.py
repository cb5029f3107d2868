"""What can be taken away from any screen: a picture, a recording, a text."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

from scalegame.errors import ScalegameError
from scalegame.tui.taking import keeping
from scalegame.tui.taking.casting import Cast, header_of, tapped
from scalegame.tui.telling.words import clock

if TYPE_CHECKING:
    from textual.driver import Driver

    from scalegame.tui.app import ScalegameApp
    from scalegame.tui.screens.base import GameScreen


class RecordedApp(App[int]):
    """An app of which recordings can be made.

    Attributes:
        cast: The one that is being made, or None.
    """

    cast: Cast | None = None
    _cast_path = Path()

    def get_driver_class(self) -> type[Driver]:
        """The usual driver, with an ear at it."""
        return tapped(super().get_driver_class())

    def start_recording(self, home: Path, name: str) -> Path:
        """Begins a recording in a new file.

        Raises:
            ScalegameError: The disk does not let us.
        """
        path, file = keeping.create(home, keeping.RECORDINGS, name, ".cast", "run")
        self._cast_path = path
        try:
            self.cast = Cast(file, self.size, header_of(self), ended=self._recording_ended)
        except OSError as error:
            with suppress(OSError):
                file.close()
            keeping.drop(path)
            raise ScalegameError("Cannot write", f"{keeping.told(path)}: {error.strerror or error}") from error
        # The whole screen once, so that the recording does not begin in the middle of something.
        self.refresh()
        self._show_recording()
        return path

    def stop_recording(self, why: str = "stopped") -> tuple[Path, float]:
        """Ends the recording; returns its file and how long it is, seconds."""
        cast, self.cast = self.cast, None
        assert cast is not None, "nothing is being recorded"
        cast.close(why)
        self._show_recording()
        return self._cast_path, cast.seconds

    def _recording_ended(self, why: str) -> None:
        self.cast = None
        # We are in the midst of writing to the terminal: what is to be shown is shown afterwards.
        self.call_later(self._show_recording)
        told = f"{keeping.told(self._cast_path)}: {why}."
        self.call_later(self.notify, told, title="The recording has ended", timeout=15, markup=False)

    def _show_recording(self) -> None:
        """Puts a sign on the title line of every screen, or takes it off."""
        for screen in self.screen_stack:
            for sign in screen.query("#title-recording"):
                sign.display = self.cast is not None

    def on_resize(self, event: events.Resize) -> None:
        """A recording has to know."""
        if self.cast is not None:
            self.cast.resize(event.size.width, event.size.height)

    def on_unmount(self) -> None:
        """Leaving the game ends a recording."""
        if self.cast is not None:
            self.stop_recording()


def game(screen: GameScreen) -> ScalegameApp:
    """The game that a screen belongs to."""
    from scalegame.tui.app import ScalegameApp

    app: object = screen.app
    assert isinstance(app, ScalegameApp), "a screen of the game is shown by the game"
    return app


def _home(screen: GameScreen) -> Path:
    """The folder of the saves."""
    return game(screen).store.path.parent


def _stem(screen: GameScreen) -> str:
    """A name for a file made here and now."""
    return f"{screen.PLACE}-{time.strftime('%Y%m%d-%H%M%S')}"


def picture(screen: GameScreen, words: str) -> None:
    """Writes a picture of the screen as it is.

    Args:
        screen: The one that is shown.
        words: A name for the file, or "".
    """
    try:
        drawn = screen.app.export_screenshot(title="scalegame", simplify=True)
        path = keeping.keep(_home(screen), keeping.PICTURES, words or _stem(screen), ".svg", drawn, "picture")
    except ScalegameError as error:
        screen.complain(error.message, f"picture {words}" if words else "")
        return
    screen.say(f"The picture is {keeping.told(path)}", "good")


def record(screen: GameScreen, words: str) -> None:
    """Starts a recording, or stops it.

    Args:
        screen: The one that is shown.
        words: A name for the file, or "".
    """
    app = screen.app
    if not isinstance(app, RecordedApp):
        return
    if app.cast is not None:
        path, seconds = app.stop_recording()
        screen.say(f"Recorded {clock(seconds)}: {keeping.told(path)} (asciinema play shows it)", "good")
        return
    if app.is_headless:
        screen.say("Nothing is shown on a screen here, so there is nothing to record.", "error")
        return
    try:
        path = app.start_recording(_home(screen), words or _stem(screen))
    except ScalegameError as error:
        screen.complain(error.message, f"record {words}" if words else "")
        return
    screen.say(f"Recording to {keeping.told(path)}; {screen.key('record')} stops it.", "good")


def text(screen: GameScreen, content: str, words: str, what: str) -> None:
    """Gives a text away: to the clipboard, or to a file if the words say so.

    Args:
        screen: The one that is shown.
        content: What is copied.
        words: What was typed behind `copy`: "", or "file" and perhaps a name.
        what: What it is, for the status line and the file's name: "result".
    """
    first, _, name = words.partition(" ")
    if first and first != "file":
        screen.complain("Write copy, copy file, or copy file NAME.", f"copy {words}")
        return
    if not first:
        screen.app.copy_to_clipboard(content)
        screen.say(f"The {what} is on the clipboard if your terminal allows it. copy file writes it to a file.")
        return
    try:
        path = keeping.keep(_home(screen), keeping.TEXTS, name or _stem(screen), ".txt", content, what)
    except ScalegameError as error:
        screen.complain(error.message, f"copy {words}")
        return
    screen.say(f"The {what} is in {keeping.told(path)}", "good")
