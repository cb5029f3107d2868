"""What screens ask of the app: to go somewhere else. Imperatives; facts are told by widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    # The list of levels should be on the screen at once.
    from scalegame.design.designfile import Design


@dataclass
class OpenLevel(Message):
    """Show the board of a level, and its briefing if it was not played before."""

    level: str


@dataclass
class OpenDesign(Message):
    """Show a design on the board of the level that it belongs to."""

    design: Design


@dataclass
class OpenNext(Message):
    """Go on to the level after this one."""

    level: str


@dataclass
class OpenPage(Message):
    """Show a page of the codex; "" for its table of contents."""

    page: str = ""


@dataclass
class ToBoard(Message):
    """Back to the board, however many screens are above it."""


@dataclass
class ToLevels(Message):
    """Back to the list of levels."""


@dataclass
class LeaveGame(Message):
    """Leave the game, after asking."""

    sure: bool = False


@dataclass
class ChangeSetting(Message):
    """Set something about the game itself, now and from now on; both as they are written."""

    name: str
    value: str


@dataclass
class OpenSettings(Message):
    """Show what can be set about the game itself."""


@dataclass
class SuspendGame(Message):
    """Go back to the shell until it calls the game back."""
