"""A strip between the goals and the board: the next step of a guided level, a hint, or why a run was lost."""

from __future__ import annotations

from scalegame.tui.telling.words import line
from scalegame.tui.widgets.plain import Static


class Note(Static):
    """Two lines at most; hidden while there is nothing to say."""

    text: str = ""

    def tell(self, lead: str, text: str, style: str = "$primary") -> None:
        """Shows a text behind a few words that say what it is."""
        self.text = text
        self.display = bool(text)
        self.update(line((f"{lead}  ", f"bold {style}"), text) if text else "")
