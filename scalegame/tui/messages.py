"""What screens ask of the app: to go somewhere else. Imperatives; facts are told by widgets."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class OpenLevel(Message):
    """Show the board of a level, and its briefing if it was not played before."""

    level: str


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
class SwitchLight(Message):
    """Switch between the dark and the light colours."""
