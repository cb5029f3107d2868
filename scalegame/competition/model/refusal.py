"""A rule of the competition says no (pure data)."""

from __future__ import annotations

from typing import Literal

from scalegame.errors import ScalegameError

Kind = Literal["unknown", "denied", "missing", "conflict", "invalid", "often"]
"""Nobody knows who asks; he may not; there is no such thing; not now, or no longer; what was sent breaks a rule;
he has to wait."""


class Refusal(ScalegameError):
    """What somebody asked for is not done.

    Attributes:
        kind: Why.
        after: Seconds after which it may be asked again; 0.0: nobody knows.
    """

    def __init__(self, kind: Kind, title: str, message: str, after: float = 0.0) -> None:
        """Keep what is given."""
        super().__init__(title, message)
        self.kind: Kind = kind
        self.after = after
        self.args = (kind, title, message, after)
