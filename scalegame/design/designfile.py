"""A design as plain data: the save file, the submission, the solution. Others read and write the YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scalegame.design.difference import difference
from scalegame.design.language import LONGEST_LINE, MOST_LINES
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import apply_all
from scalegame.errors import ScalegameError, nearest, quoted

#: The format that is written.
FORMAT = 0
#: For each older format what makes the next one of it.
MIGRATIONS: Mapping[int, Callable[[dict[str, object]], dict[str, object]]] = {}

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Design:
    """What a player made of a level.

    Attributes:
        level: Id of the level.
        do: Lines of edits from the board as found.
        digest: Of the level that it was made for, or "".
        engine: Version of the engine that it was made with, or "".
        live: What is done while it runs, a line each: `at 12 s: scale web 4`.
    """

    level: str
    do: tuple[str, ...]
    digest: str = ""
    engine: str = ""
    live: tuple[str, ...] = ()

    def board(self, rulebook: Rulebook) -> Board:
        """The board that the design makes.

        Raises:
            ScalegameError: A line cannot be done on this level.
        """
        return apply_all(rulebook.found, self.do, rulebook)


def design_of(
    board: Board,
    rulebook: Rulebook,
    level: str,
    digest: str = "",
    engine: str = "",
    live: tuple[str, ...] = (),
) -> Design:
    """The design of a board, in its canonical lines, with what is done while it runs."""
    return Design(level, difference(rulebook.found, board, rulebook), digest, engine, live)


def to_data(design: Design) -> dict[str, object]:
    """As plain data, in the order in which it reads best; `from_data` gives the design back."""
    data: dict[str, object] = {"format": FORMAT, "level": design.level}
    if design.digest:
        data["digest"] = design.digest
    if design.engine:
        data["engine"] = design.engine
    data["do"] = list(design.do)
    return {**data, "live": list(design.live)} if design.live else data


def from_data(data: object) -> Design:
    """Reads a design of this or an older format.

    Raises:
        ScalegameError: It is not one, or a newer one; the message says what is wrong.
    """
    data = migrate(data)
    for key in data:
        if key not in ("format", "level", "digest", "engine", "do", "live"):
            known = ("level", "digest", "engine", "do", "live")
            raise _bad(f"a design has no {quoted(str(key))}{nearest(str(key), known)}")
    if "level" not in data:
        raise _bad("the design does not say which level it is for: write level: <id>")
    do, live = _lines(data, "do", "edits"), _lines(data, "live", "orders")
    return Design(_text(data, "level"), do, _text(data, "digest"), _text(data, "engine"), live)


def _lines(data: Mapping[str, object], key: str, what: str) -> tuple[str, ...]:
    lines = data.get(key, [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _bad(f"{key} must be a list of {what}, each one line of text")
    if len(lines) > MOST_LINES:
        raise _bad(f"a design has at most {MOST_LINES} lines, this one has {len(lines)}")
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise _bad(f"line {number} is longer than {LONGEST_LINE} characters")
    return tuple(lines)


def migrate(
    data: object,
    migrations: Mapping[int, Callable[[dict[str, object]], dict[str, object]]] = MIGRATIONS,
    newest: int = FORMAT,
) -> dict[str, object]:
    """Brings a design to the newest format, one step at a time.

    Args:
        data: As read from a file.
        migrations: From each older format to the next.
        newest: The format to reach.

    Returns:
        A copy; what was given stays as it is.

    Raises:
        ScalegameError: It is no design, it is of a format from the future, or of one that is forgotten.
    """
    if not isinstance(data, Mapping):
        raise _bad("a design is a file with the keys format, level and do")
    current: dict[str, object] = dict(data)
    if "format" not in current:
        raise _bad(f"the design does not say its format: write format: {newest}")
    version = current["format"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise _bad(f"{quoted(version)} is not a format: write format: {newest}")
    if version > newest:
        raise ScalegameError(
            "Made by a newer scalegame",
            f"this design has format {version}, and this scalegame reads formats up to {newest}: "
            "update scalegame to open it",
        )
    while version < newest:
        if version not in migrations:
            raise _bad(f"designs of format {version} cannot be read any more")
        current = {**migrations[version](dict(current)), "format": version + 1}
        version += 1
    return current


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key, "")
    if key == "engine" and isinstance(value, int) and not isinstance(value, bool):
        # `engine: 1` without quotes is a number to YAML.
        value = str(value)
    if not isinstance(value, str) or len(value) > _LONGEST_NAME or (key == "level" and not value):
        raise _bad(f"{key} must be a short text, not {quoted(value)}")
    return value


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a design", message)
