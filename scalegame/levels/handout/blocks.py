"""What a handout consists of (pure data); all texts are plain, whatever signs are in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading.

    Attributes:
        text: Of it.
        level: 1 is the title.
    """

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, which an empty line separates."""

    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines that keep their blanks."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; rows as long as its head. An empty cell is to be filled in."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Room to write.

    Attributes:
        question: What is asked.
        count: How many lines to write on.
    """

    question: str
    count: int = 3


Block = Heading | Text | Drawing | Bullets | Table | Lines
