"""What a player can set about the game itself: colours, glyphs, motion, mouse (pure data)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """How the game looks and behaves on one player's terminal.

    Attributes:
        theme: "dark", "light", "contrast" (high contrast) or "terminal" (the terminal's own sixteen colours).
        colours: How many the terminal can show: "auto" asks it; "16", "256" or "true" insists.
        glyphs: "unicode", "ascii", or "auto": ASCII only where the terminal's encoding has no more.
        motion: "full", or "reduced": marks on wires stand still, nothing blinks or slides.
        fps: Frames a second while a run plays; 0: 12, over SSH 7.
        mouse: The game takes the mouse. Off: the terminal selects and copies text with it, as usual.
        slow_down: Playback slows down by itself around the first alert of a run.
        linear: Plain text line by line instead of screens, for screen readers.
    """

    theme: Literal["dark", "light", "contrast", "terminal"] = "dark"
    colours: Literal["auto", "16", "256", "true"] = "auto"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    motion: Literal["full", "reduced"] = "full"
    fps: int = 0
    mouse: bool = True
    slow_down: bool = True
    linear: bool = False
