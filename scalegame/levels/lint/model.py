"""What is looked at, and what is found (pure data)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scalegame.design.language import Add, Buy, Edit, Set, parse
from scalegame.design.model import Board
from scalegame.design.rules import apply
from scalegame.errors import Place, printable
from scalegame.levels.model import Attempt, Level
from scalegame.levels.yamltree import Document


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a level that is hardly ever meant.

    Attributes:
        name: Of the sort of finding; `accepts` of the level means it by this.
        message: What it is, and what to write instead.
        place: Where.
        accepted: The author's reason to leave it so; "" if there is none.
    """

    name: str
    message: str
    place: Place
    accepted: str = ""

    def __str__(self) -> str:
        """Return the line that `validate` prints."""
        text = f"{self.place}: {self.message} [{self.name}]"
        return printable(f"accepted: {text}: {self.accepted}" if self.accepted else f"warning: {text}")


@dataclass(frozen=True)
class Looked:
    """A level with its file.

    Attributes:
        level: As loaded.
        document: As written.
        certificate: What its proof measured; None: nothing is known.
    """

    level: Level
    document: Document
    certificate: Mapping[str, object] | None = None

    def finding(self, name: str, message: str, *loc: str | int, key: bool = False) -> Finding:
        """Return a finding at a place of the file."""
        place = self.document.place(loc, key=key, skipping=True)
        return Finding(name, printable(message), place, self.level.accepts.get(name, ""))

    @cached_property
    def winners(self) -> tuple[Attempt, ...]:
        """Attempts that are to win."""
        return tuple(attempt for attempt in self.level.attempts if attempt.wins)

    def board(self, attempt: Attempt) -> Board:
        """Return what an attempt makes of the board."""
        board = self.level.found
        for line in attempt.do:
            board = apply(board, line, self.level.rulebook)
        return board

    def used(self, attempt: Attempt) -> frozenset[str]:
        """Return what an attempt makes use of: items, projects, and `card.parameter` of what was on the board."""
        return frozenset(_used(map(parse, attempt.do), self.level))

    def measured(self) -> Sequence[Mapping[str, object]]:
        """Return what the certificate says of each attempt."""
        found = self.certificate.get("attempts") if self.certificate is not None else None
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _used(edits: Iterator[Edit], level: Level) -> Iterator[str]:
    made: dict[str, str] = {}
    for edit in edits:
        match edit:
            case Add(item=item, id=id):
                made[id or item] = item
                yield item
            case Buy(project=project):
                yield project
            case Set(id=id, settings=settings) if id not in made and id in level.found.components:
                yield from (f"{id}.{name}" for name, _ in settings)
