"""Design files: a level's id and the edits that make the design, in YAML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from scalegame.design import checks
from scalegame.design.designfile import Design, from_data, migrate, to_data
from scalegame.design.language import LONGEST_LINE, MOST_LINES
from scalegame.design.model import Board
from scalegame.design.orderlines import MOST_ORDERS
from scalegame.design.rules import apply
from scalegame.errors import Place, Problems, ScalegameError
from scalegame.levels.fields import Sentence, Shape, problems_of
from scalegame.levels.live import in_time, read_line, read_log
from scalegame.levels.model import Level
from scalegame.levels.yamltree import Document
from scalegame.levels.yamltree import load as load_yaml
from scalegame.simulation.scenario import Order

#: Characters of a file with orders, one a line.
_LONGEST_LOG = 40_000


class DesignShape(Shape):
    """A design: what was done to a level's board."""

    format: Literal[0] = Field(description="The format of this file: 0.")
    level: str = Field(min_length=1, max_length=200, description="Id of the level.")
    digest: str = Field("", max_length=200, description="Of the level that it was made for.")
    engine: str | int = Field("", description="Version of the engine that it was made with.")
    do: list[Annotated[str, Field(max_length=LONGEST_LINE)]] = Field(
        default_factory=list, max_length=MOST_LINES, description="Edits, as a player types them."
    )
    live: list[Annotated[Sentence, Field(max_length=LONGEST_LINE)]] = Field(
        default_factory=list,
        max_length=MOST_ORDERS,
        description='What is done while it runs, where the level lets one: "at 12 s: scale web 4".',
    )


def is_design(document: Document) -> bool:
    """Tell whether a file looks like a design rather than a level."""
    data = document.data
    return isinstance(data, dict) and "level" in data and "board" not in data


def read_design(document: Document) -> Design:
    """Return the design that a file holds.

    Raises:
        ScalegameError: It holds none; `Problems` where there are several, each with its place.
    """
    try:
        data = migrate(document.data)
        shape = DesignShape.model_validate(data)
        return from_data({**data, "live": shape.live})  # YAML takes a line with a colon in it for a mapping
    except ValidationError as error:
        raise Problems(problems_of(error, DesignShape, document)) from None
    except ScalegameError as error:
        raise error.at(document.place(("format",), skipping=True)) from None


def load_design(path: Path | str, level: Level) -> tuple[Design, Board]:
    """Read a design file and make its board.

    Args:
        path: Of the file.
        level: That it has to be for.

    Raises:
        ScalegameError: It is no design, is for another level, or breaks this level's rules; with the place.
    """
    return board_of(load_yaml(Path(path)), level)


def board_of(document: Document, level: Level) -> tuple[Design, Board]:
    """Return the design in a file and its board.

    Raises:
        ScalegameError: As `load_design`.
    """
    design = read_design(document)
    if design.level != level.id:
        message = f"this design is for the level {design.level}, not for {level.id}"
        raise ScalegameError("Another level", message, document.place(("level",)))
    board = level.found
    for i, line in enumerate(design.do):
        try:
            board = apply(board, line, level.rulebook)
        except ScalegameError as error:
            raise error.at(document.place(("do", i))) from None
    return design, board


def orders_of(document: Document, board: Board, level: Level) -> tuple[Order, ...]:
    """Return what the design in a file has done while it runs.

    Raises:
        ScalegameError: An order may not be given on this level; with the place.
    """
    lines: list[tuple[Place, Order]] = []
    for i, line in enumerate(read_design(document).live):
        place = document.place(("live", i))
        try:
            lines.append((place, read_line(line)))
        except ScalegameError as error:
            raise error.at(place) from None
    return _checked(lines, board, level)


def _checked(lines: Sequence[tuple[Place, Order]], board: Board, level: Level) -> tuple[Order, ...]:
    """A log in the order in which it is carried out; what may not be given is told with its place."""
    desk, log = level.desk(board), list[Order]()
    for place, order in in_time(lines):
        try:
            log.append(desk.check(order, log))
        except ScalegameError as error:
            raise error.at(place) from None
    return tuple(log)


def load_orders(path: Path | str, board: Board, level: Level) -> tuple[Order, ...]:
    """Read a log of orders: a design file with the key `live`, or an order a line.

    Args:
        path: Of the file; a design file's name ends in .yaml or .yml.
        board: The design that runs.
        level: On which level.

    Raises:
        ScalegameError: It cannot be read, or an order may not be given; with the place.
    """
    path = Path(path)
    if path.suffix in (".yaml", ".yml"):
        return orders_of(load_yaml(path), board, level)
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST_LOG + 1)
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is no text").lower()
        raise ScalegameError("Not readable", f"cannot read {path}: {reason}") from None
    if len(text) > _LONGEST_LOG:
        raise ScalegameError("Too long", f"{path} is no log of orders: it has over {_LONGEST_LOG:,} characters")
    return _checked([(Place(str(path), n), order) for n, order in read_log(text, str(path))], board, level)


def check_start(board: Board, level: Level, place: Place | None = None) -> None:
    """Refuse a board that cannot be run.

    Raises:
        Problems: What is missing, one line each.
    """
    found = checks.problems(board, level.rulebook)
    if found:
        raise Problems([error.at(place) if place is not None else error for error in found])


def design_text(design: Design) -> str:
    """A design as its file has it; `read_design` gives it back."""
    text: str = yaml.safe_dump(to_data(design), sort_keys=False, allow_unicode=True, width=1_000_000)
    return text
