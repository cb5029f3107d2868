"""Design files: a level's id and the edits that make the design, in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from scalegame.design import checks
from scalegame.design.designfile import Design, from_data, migrate
from scalegame.design.language import LONGEST_LINE, MOST_LINES
from scalegame.design.model import Board
from scalegame.design.rules import apply
from scalegame.errors import Place, Problems, ScalegameError
from scalegame.levels.fields import Shape, problems_of
from scalegame.levels.model import Level
from scalegame.levels.yamltree import Document
from scalegame.levels.yamltree import load as load_yaml


class DesignShape(Shape):
    """A design: what was done to a level's board."""

    format: Literal[0] = Field(description="The format of this file: 0.")
    level: str = Field(min_length=1, max_length=200, description="Id of the level.")
    digest: str = Field("", max_length=200, description="Of the level that it was made for.")
    engine: str | int = Field("", description="Version of the engine that it was made with.")
    do: list[Annotated[str, Field(max_length=LONGEST_LINE)]] = Field(
        default_factory=list, max_length=MOST_LINES, description="Edits, as a player types them."
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
        DesignShape.model_validate(data)
        return from_data(data)
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


def check_start(board: Board, level: Level, place: Place | None = None) -> None:
    """Refuse a board that cannot be run.

    Raises:
        Problems: What is missing, one line each.
    """
    found = checks.problems(board, level.rulebook)
    if found:
        raise Problems([error.at(place) if place is not None else error for error in found])
