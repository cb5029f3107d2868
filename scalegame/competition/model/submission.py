"""A submission: a design with the id and the hash of its level, and nothing else. It comes from strangers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from scalegame.design import checks, sharecode
from scalegame.design.designfile import Design, design_of, from_data, to_data
from scalegame.design.model import Board
from scalegame.errors import Problems, ScalegameError, is_control, quoted
from scalegame.levels.designs import read_design
from scalegame.levels.live import read_line
from scalegame.levels.model import Level
from scalegame.levels.yamltree import load as load_yaml

LARGEST = 64 * 1024
"""Bytes of a submission, in whichever form it comes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A submission that the level's rules allow.

    Attributes:
        design: In its canonical lines: two ways of writing the same board are the same here.
        board: That it makes.
        key: Of what was designed on which level; equal for duplicates, whoever handed them in.
    """

    design: Design
    board: Board
    key: str


def read(content: bytes | str, name: str = "submission") -> Design:
    """Read what was handed in: a design file (YAML), the same as JSON, or a share code.

    Args:
        content: Of the file.
        name: What to call it in messages.

    Raises:
        ScalegameError: It is no design, or too large; `Problems` where there are several.
    """
    raw = content.encode() if isinstance(content, str) else content
    if len(raw) > LARGEST:
        raise ScalegameError("Too large", f"{name} has {len(raw):,} bytes; a design has {LARGEST:,} at most")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScalegameError("Not a design", f"{name} is not a text file") from None
    if sharecode.looks_like_code(text):
        return sharecode.decode(text)
    return checked_text(read_design(load_yaml(raw, name)))


def read_data(data: object) -> Design:
    """Read a design that came as JSON over the network.

    Raises:
        ScalegameError: It is none.
    """
    return checked_text(from_data(data))


def checked_text(design: Design) -> Design:
    """A design in which every character can be seen.

    Raises:
        ScalegameError: There are control characters in it.
    """
    for text in (design.level, design.digest, design.engine, *design.do, *design.live):
        if any(is_control(char) for char in text):
            raise ScalegameError("Not a design", f"{quoted(text)} has a character in it that cannot be seen")
    return design


def check(design: Design, level: Level) -> Entry:
    """Hold a design against the rules of the level that it is for.

    Args:
        design: As handed in.
        level: That it has to be for.

    Raises:
        ScalegameError: It is for another level, or for another version of it, breaks a rule, or cannot start;
            `Problems` where there are several.
    """
    if design.level not in (level.id, level.own):
        message = f"this design is for the level {quoted(design.level)}, not for {level.id}"
        raise ScalegameError("Another level", message)
    if design.digest and design.digest != level.digest:
        message = f"{level.id} is not the level that this design was made for: fetch it again, try it, hand it in"
        raise ScalegameError("Another version", message)
    board = design.board(level.rulebook)
    missing = checks.problems(board, level.rulebook)
    if missing:
        raise Problems(missing)
    orders = level.under(board).desk(board).check_all(map(read_line, design.live))
    canonical = design_of(board, level.rulebook, level.id, level.digest, "", tuple(map(str, orders)))
    return Entry(canonical, board, key_of(canonical))


def key_of(design: Design) -> str:
    """A hash of a design in its canonical lines, with its level."""
    text = json.dumps([design.level, design.digest, list(design.do), list(design.live)], ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def as_data(design: Design) -> Mapping[str, object]:
    """A design as JSON has it; `read_data` gives it back."""
    return to_data(design)
