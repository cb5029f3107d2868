"""A level, as a program sees it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from scalegame.api.draft import Draft
from scalegame.components import kinds
from scalegame.levels import packs
from scalegame.levels.model import Level


@dataclass(frozen=True)
class Puzzle:
    """A level to be solved.

    Attributes:
        level: The level itself, as the game has it; its fields may change.
    """

    level: Level

    @property
    def id(self) -> str:
        """What designs know it by."""
        return self.level.id

    @property
    def title(self) -> str:
        """For people."""
        return self.level.title

    @property
    def brief(self) -> str:
        """Story and task."""
        return self.level.brief

    @property
    def objectives(self) -> tuple[str, ...]:
        """What must hold on every seed, as sentences: `latency.p99 < 200 ms`."""
        return tuple(objective.text for objective in self.level.objectives)

    @property
    def digest(self) -> str:
        """A hash of everything that decides a run or a verdict."""
        return self.level.digest

    @property
    def components(self) -> dict[str, dict[str, object]]:
        """Components of the board as found, by id: kind, replicas, and the settings by name (text or number)."""
        return self.design().components

    @property
    def palette(self) -> tuple[str, ...]:
        """What can be added."""
        return tuple(self.level.rulebook.palette)

    @property
    def projects(self) -> tuple[str, ...]:
        """What engineering work can be bought."""
        return tuple(self.level.rulebook.projects)

    def design(self, *lines: str) -> Draft:
        """A design: the board as found, and what is done to it.

        Args:
            lines: Edits, as a player types them: `add cache`, `set web replicas=3`, `connect web db`.

        Raises:
            ScalegameError: One cannot be done; the message begins with its number, from 1.
        """
        draft = Draft.untouched(self.level)
        return draft.do(*lines) if lines else draft

    def _repr_html_(self) -> str:
        goals = "".join(f"<li>{escape(text)}</li>" for text in self.objectives)
        return f"<h3>{escape(self.title)}</h3><pre>{escape(self.brief)}</pre><ul>{goals}</ul>"


def load(level: str) -> Puzzle:
    """A level of the game or of an imported pack, or any file of one.

    Args:
        level: Its id (`two-is-company`), with its pack (`queues:full`) and its variant (`full@steep`) where that
            matters; or a path that ends in .yaml.

    Raises:
        ScalegameError: There is none, or something is wrong with it.
    """
    return Puzzle(packs.find(level, kinds()))
