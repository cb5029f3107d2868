"""A file that is being turned into a level: its places, and the problems found so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from scalegame.errors import Problems, ScalegameError, nearest, quoted
from scalegame.levels.fields import MOST_PROBLEMS
from scalegame.levels.yamltree import Document


@dataclass
class Source:
    """Collects problems, so that an author sees all of them at once.

    Attributes:
        document: The file.
        problems: What has been found wrong.
    """

    document: Document
    problems: list[ScalegameError] = field(default_factory=list)

    @contextmanager
    def blaming(self, *loc: str | int, key: bool = False) -> Iterator[None]:
        """Go on after an error raised inside; it is put at a node (or at its key)."""
        try:
            yield
        except ScalegameError as error:
            self.problems.append(error.at(self.document.place(loc, key=key, skipping=True)))

    def problem(self, title: str, message: str, *loc: str | int, key: bool = False) -> None:
        """Add a problem at a node (or at its key)."""
        with self.blaming(*loc, key=key):
            raise ScalegameError(title, message)

    def known(self, what: str, name: str, names: Collection[str], *loc: str | int, key: bool = False) -> bool:
        """Tell whether a name is one of some names; if not, that is a problem."""
        if name in names:
            return True
        hint = nearest(name, names) if names else f" – this level has no {what}"
        self.problem("Unknown name", f"no {what} is called {quoted(name)}{hint}", *loc, key=key)
        return False

    def check(self) -> None:
        """Stop if there are problems.

        Raises:
            Problems: All that was found, in the order of the file.
        """
        if self.problems:
            flat = Problems(self.problems).errors
            ordered = sorted(flat, key=lambda e: (e.place.line or 0, e.place.column or 0) if e.place else (0, 0))
            raise Problems(list(dict.fromkeys(ordered))[:MOST_PROBLEMS])
