"""Level files of older formats: their data as the newest has it, and their text rewritten.

Format 1 differs from format 0 in two things: `run` is gone, because `measure` says when a run ends; and `${name}`
in a value stands for a variable, so that text in which these signs meant themselves has `$${` instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from scalegame.design.kinds import Kinds
from scalegame.errors import ScalegameError, quoted
from scalegame.files import rewrite
from scalegame.levels.yamltree import Data, Document
from scalegame.levels.yamltree import load as load_yaml
from scalegame.units import Dimension, parse

FORMAT = 1
"""The newest format of level files, and what this version writes."""

# Lines as editors and the YAML reader count them; `splitlines` knows some more signs.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_RUN = re.compile(r"""["']?run["']?\s*:\s*(?:"[^"]*"|'[^']*'|[^#"'{}\[\],]*?)\s*(?P<note>#.*)?""")
_MEASURE = re.compile(r"from .+? to (?P<end>.+)")


def migrate(data: Mapping[str, Data]) -> Mapping[str, Data]:
    """Bring the data of a level to the newest format; what it means stays the same.

    A `run` that contradicts `measure` is left in, for the level to be refused.

    Raises:
        ScalegameError: The format is missing, or newer than this version of the game.
    """
    version = data.get("format")
    if "format" not in data:
        raise ScalegameError("No format", f"the level does not say its format: begin with format: {FORMAT}")
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ScalegameError("Bad format", f"{quoted(version)} is not a format: write format: {FORMAT}")
    if version > FORMAT:
        raise ScalegameError(
            "Made for a newer scalegame",
            f"this level has format {version}, and this scalegame reads up to format {FORMAT}: update it",
        )
    if version == FORMAT:
        return data
    kept = {key: _literal(value) for key, value in data.items() if key != "run" or not _agrees(data)}
    return {**kept, "format": FORMAT}


def _literal(value: Data) -> Data:
    """A value in which nothing is taken for a variable."""
    match value:
        case str():
            return value.replace("${", "$${")
        case list():
            return [_literal(item) for item in value]
        case dict():
            return {key: _literal(item) for key, item in value.items()}
    return value


def _agrees(data: Mapping[str, Data]) -> bool:
    """A run lasts as long as it is measured (where that can be read: what cannot be is refused anyway)."""
    match = _MEASURE.fullmatch(" ".join(str(data.get("measure")).split()))
    if data["run"] is None:
        return True
    try:
        return match is None or parse(data["run"], Dimension.TIME) == parse(match["end"], Dimension.TIME)
    except ScalegameError:
        return False


def migrated(text: str, name: str) -> str:
    """Return the text of a level file in the newest format: comments, order and layout stay.

    Args:
        text: Of the file, with its own line ends.
        name: Of the file, for messages.

    Raises:
        ScalegameError: It is no level, or written in a way that this cannot change; with the place.
    """
    document = load_yaml(text, name)
    data = document.data
    if not isinstance(data, dict):
        raise ScalegameError("Not a level", "this is not a level: a level is a mapping", document.place(()))
    try:
        current = migrate(data)
    except ScalegameError as error:
        raise error.at(document.place(("format",), skipping=True)) from None
    if current is data:
        return text
    if "run" in current:
        message = "the run does not end where measuring ends: correct one of them, or remove run"
        raise ScalegameError("Bad window", message, document.place(("run",), key=True))
    text = _escaped(text)
    document = load_yaml(text, name)
    lines = _LINE.findall(text)
    _set_format(lines, document)
    if "run" in data:
        _take_run_out(lines, document)
    return "".join(lines)


def _escaped(text: str) -> str:
    """What is no variable is written so that it stays none; comments and keys are left alone."""
    if "${" not in text:
        return text
    parts, end, key = [], 0, False
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken) and not key:
            start, after = token.start_mark.index, token.end_mark.index
            parts += [text[end:start], text[start:after].replace("${", "$${")]
            end = after
        key = isinstance(token, yaml.KeyToken)
    return "".join([*parts, text[end:]])


def _set_format(lines: list[str], document: Document) -> None:
    place = document.place(("format",))
    line, column = (place.line or 1) - 1, (place.column or 1) - 1
    before, after = lines[line][:column], lines[line][column:]
    lines[line] = before + re.sub(r"\A[0-9+-]+", str(FORMAT), after)


def _take_run_out(lines: list[str], document: Document) -> None:
    at = document.place(("run",), key=True)
    number = (at.line or 1) - 1
    match = _RUN.fullmatch(lines[number].strip())
    if at.column != 1 or match is None or (document.place(("run",)).line or 1) - 1 != number:
        message = "run has to go, and this line is written in an unusual way: remove it (measure says the same)"
        raise ScalegameError("Cannot migrate", message, at)
    end = lines[number][len(lines[number].rstrip("\r\n")) :]
    lines[number] = match["note"] + end if match["note"] else ""


def migrate_file(path: Path, kinds: Kinds) -> bool:
    """Rewrite a level file in the newest format, once it is sure that it means the same.

    Returns:
        Whether there was anything to do.

    Raises:
        ScalegameError: It is no level, is wrong, or cannot be written; the file is as it was.
    """
    from scalegame.levels.load import load, read

    before = load(path, kinds)  # refuses what is too large or no text
    with path.open(encoding="utf-8", newline="") as file:
        old = file.read()
    new = migrated(old.removeprefix("\ufeff"), str(path))
    if new == old.removeprefix("\ufeff"):
        return False
    written = load_yaml(new, str(path))
    for variant in ("", *before.variants):
        for language in ("", *before.languages):
            if read(written, path, kinds, variant, language) != load(path, kinds, variant, language):
                message = f"{path} would not mean the same in format {FORMAT}: it is left alone"
                raise ScalegameError("Cannot migrate", message)
    rewrite(path, ("\ufeff" if old.startswith("\ufeff") else "") + new)
    return True
