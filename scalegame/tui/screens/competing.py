"""Sending what was handed in to competitions, from wherever one is in the game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.message import Message

from scalegame.progress.files import default_path
from scalegame.tui.screens.base import GameScreen

if TYPE_CHECKING:
    # Nothing of the network is imported by who does not compete.
    from scalegame.tui.taking.courier import Courier

#: Seconds after the start of the game at which it is looked whether something waits.
_LATER = 3.0


@dataclass
class Delivered(Message):
    """What became of a design that was handed in; it comes from another thread."""

    text: str
    bad: bool


class CompetingApp(App[int]):
    """The part of the game that sends designs to competitions, in a thread."""

    _courier: Courier | None = None

    def begin_sending(self) -> None:
        """Sends what still waits from another day, a while after the start."""
        if (default_path().parent / "contests").is_dir():
            self.set_timer(_LATER, self.send_waiting)

    def send_waiting(self) -> None:
        """Sends what waits; it comes back at once."""
        if self._courier is None:
            from scalegame.tui.taking.courier import Courier

            self._courier = Courier(self._came)
        self._courier.start()

    def _came(self, text: str, bad: bool) -> None:
        """Called by the other thread; the game may be over by then."""
        try:
            self.post_message(Delivered(text, bad))
        except RuntimeError:
            return

    @on(Delivered)
    def _say_delivered(self, event: Delivered) -> None:
        if event.bad:
            self.notify(event.text, title="Not taken", severity="warning", timeout=15, markup=False)
        elif isinstance(self.screen, GameScreen) and not self.screen.line_open:
            self.screen.say(event.text)
