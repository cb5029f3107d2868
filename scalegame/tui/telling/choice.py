"""One line of a list to choose from (pure data)."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list.

    Attributes:
        id: What is returned.
        text: What is shown.
        about: A sentence shown below while it is under the cursor.
        open: It can be chosen.
    """

    id: str
    text: Content
    about: str = ""
    open: bool = True

    @property
    def letter(self) -> str:
        """What its name begins with, small; signs before it do not count."""
        return next((sign for sign in self.text.plain.casefold() if sign.isascii() and sign.isalpha()), "")
