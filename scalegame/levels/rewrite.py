"""Changes the text of a level file where its author asks for it; every other byte stays as it was.

Comments, order, quotes and line ends are the author's. So a change is a piece of text put in at the place that
the reader gives it, and what came of it is read again: anything that says more or less than was meant is refused.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scalegame.errors import Place, ScalegameError, quoted
from scalegame.levels.yamlplaces import Node, Pair, tree
from scalegame.levels.yamltext import flow_list, scalar
from scalegame.levels.yamltree import Data, Document
from scalegame.levels.yamltree import load as load_yaml

#: Characters of a line, beyond which a list of edits is written an edit a line.
_LONG = 100
_BREAK = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"#[^\r\n]*")
_SENTENCE = re.compile(r"(?P<subject>[^<>=!]+(?:<=|>=|==|<|>)\s*)(?P<target>[^<>=!]+?)(?P<end>\s*)")


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """An attempt to be written.

    Attributes:
        name: Within its level.
        do: Edits.
        loses: What it misses, as in `latency.p99`; "": it wins.
        says: One sentence; "": none, or the one that is there.
        live: What is done while it runs.
    """

    name: str
    do: tuple[str, ...]
    loses: str = ""
    says: str = ""
    live: tuple[str, ...] = ()


def with_attempt(text: str, attempt: NewAttempt, name: str = "text") -> str:
    """Return the text of a level file with one attempt more, or with the attempt of that name as it is here.

    An attempt that is replaced keeps its place, its comments and whatever is the same.

    Args:
        text: Of the file, with its own line ends, without the mark that some editors put in front.
        attempt: To write.
        name: Of the file, for messages.

    Raises:
        ScalegameError: The file is no level, or written in a way that this cannot change; with the place.
    """
    file = _File(text, name)
    wanted = _data_of(attempt, file.literal)
    expected: dict[str, Data] = copy.deepcopy(file.data)
    known = expected.get("attempts")
    if known is None:
        known = expected["attempts"] = {}
    if not isinstance(known, dict):
        raise ScalegameError("Bad attempts", "attempts is no mapping: write name: {…}", file.place("attempts"))
    old = known.get(attempt.name)
    if attempt.name in known and not isinstance(old, dict):
        raise ScalegameError("Bad attempt", "this is no attempt", file.place("attempts", attempt.name))
    if isinstance(old, dict):
        # What is left out of an attempt that is there stays; what it does is all said anew.
        if "live" in old and "live" not in wanted:
            wanted["live"] = []
        known[attempt.name] = {**old, **wanted}
        made = _replaced(file, attempt.name, old, wanted)
    else:
        known[attempt.name] = wanted
        made = _appended(file, attempt.name, wanted)
    return file.checked(made, expected)


def with_target(text: str, index: int, target: str, name: str = "text") -> str:
    """Return the text of a level file with another target of an objective: the rest of the sentence stays.

    Args:
        text: As for `with_attempt`.
        index: Of the objective, from 0.
        target: As it is written: "600 ms".
        name: Of the file, for messages.

    Raises:
        ScalegameError: As `with_attempt`; or a variable stands in the objective.
    """
    file = _File(text, name)
    expected: Any = copy.deepcopy(file.data)
    listed = expected.get("objectives")
    if not isinstance(listed, list) or not 0 <= index < len(listed) or not isinstance(listed[index], str):
        raise ScalegameError("No such objective", "the file has no such objective", file.place("objectives"))
    old, place = listed[index], file.place("objectives", index)
    if "${" in old:
        message = f"{quoted(old)} has a variable in it: change that under variables"
        raise ScalegameError("A variable", message, place)
    match = _SENTENCE.fullmatch(old)
    if match is None:
        raise ScalegameError("Not an objective", f"{quoted(old)} cannot be changed here: do it by hand", place)
    listed[index] = match["subject"] + target + match["end"]
    node = file.pair("objectives").value.items[index]
    start, end = node.start, file.trimmed(node.start, node.end)
    return file.checked(text[:start] + scalar(listed[index], text[start : start + 1]) + text[end:], expected)


class _File:
    """The text of a level file, what it says, and where."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.document: Document = load_yaml(text, name)
        data = self.document.data
        root = tree(text)
        if not isinstance(data, dict) or root is None or root.kind != "map" or not root.pairs:
            message = "this is not a level: a level is a mapping that begins with format: 1"
            raise ScalegameError("Not a level", message, self.document.place(()))
        self.data: dict[str, Data] = data
        self.root = root
        found = _BREAK.search(text)
        self.eol = found.group() if found else "\n"
        # Where there are no variables, as in format 0, nothing has to be kept from being one.
        self.literal = data.get("format") == 0

    def place(self, *loc: str | int) -> Place:
        return self.document.place(loc)

    def pair(self, key: str) -> Pair:
        """The pair of a key that is there."""
        return self.root.pair(key)

    def trimmed(self, start: int, end: int) -> int:
        """The end of a node without the line breaks and blanks behind it."""
        return start + len(self.text[start:end].rstrip(" \t\r\n"))

    def checked(self, text: str, expected: Data) -> str:
        """The new text, if it says what it should and nothing else."""
        try:
            said = load_yaml(text, self.document.name).data
        except ScalegameError as error:
            raise self._strange(error.message) from None
        if not same(said, expected) and not (
            # A block of text at the very end of the file gains the line break that it had not.
            not self.text.endswith(("\r", "\n")) and same(_chomped(said), _chomped(expected))
        ):
            raise self._strange("it would say something else")
        return text

    def _strange(self, why: str) -> ScalegameError:
        message = f"this file is written in a way that cannot be changed from here ({why}): write it by hand"
        return ScalegameError("Cannot rewrite", message, Place(self.document.name))

    # Putting in

    def line_end(self, at: int) -> int:
        """The start of the line after a place; the place itself where it is the start of one."""
        if at == 0 or self.text[at - 1] in "\r\n":
            return at
        found = _BREAK.search(self.text, at)
        return found.end() if found else len(self.text)

    def after(self, node: Node, column: int) -> int:
        """Where lines can be put in behind a node: after the comments that are indented this far or farther."""
        at = end = self.line_end(node.last)
        while end < len(self.text):
            stop = self.line_end(end + 1) if self.text[end] not in "\r\n" else _line_break(self.text, end)
            line = self.text[end:stop].strip()
            indent = len(self.text[end:stop]) - len(self.text[end:stop].lstrip(" "))
            if line.startswith("#") and indent >= column:
                at = stop
            elif line:
                break
            end = stop
        return at

    def put_lines(self, at: int, lines: Sequence[str]) -> str:
        """The text with lines put in at the start of a line, or at the end."""
        before, block = self.text[:at], "".join(f"{each}{self.eol}" for each in lines)
        if before and before[-1] not in "\r\n":
            block = self.eol + block[: -len(self.eol)]  # the file goes on having no line break at its end
        return before + block + self.text[at:]


def _line_break(text: str, at: int) -> int:
    found = _BREAK.match(text, at)
    return found.end() if found else at + 1


def same(a: Data, b: Data) -> bool:
    """Whether two documents say the same in the same order; 1, 1.0 and true are three things."""
    return json.dumps(a) == json.dumps(b)


def _chomped(data: Data) -> Data:
    match data:
        case str():
            return data.rstrip("\n")
        case list():
            return [_chomped(item) for item in data]
        case dict():
            return {key: _chomped(value) for key, value in data.items()}
    return data


def _data_of(attempt: NewAttempt, literal: bool) -> dict[str, Data]:
    """An attempt as the file has it."""

    def kept(text: str) -> str:
        return text if literal else text.replace("${", "$${")

    data: dict[str, Data] = {"do": [kept(text) for text in attempt.do]}
    if attempt.live:
        data["live"] = [kept(text) for text in attempt.live]
    data["expect"] = {"loses": kept(attempt.loses)} if attempt.loses else "wins"
    if attempt.says:
        data["says"] = kept(attempt.says)
    return data


def _appended(file: _File, name: str, wanted: dict[str, Data]) -> str:
    root = file.root
    if "attempts" not in file.data:
        if root.flow:
            at = root.last_item.last
            return f"{file.text[:at]}, attempts: {_flow({name: wanted})}{file.text[at:]}"
        last = root.last_item
        # Blank lines belong to a text that is written with "|+".
        kept = last.block and "+" in file.text[last.start : file.line_end(last.start + 1)]
        lines = [*([] if kept else [""]), f"{' ' * root.column}attempts:"]
        return file.put_lines(file.after(last, 0), [*lines, *_block(name, wanted, root.column + 2, 2, file.eol)])
    value = file.pair("attempts").value
    if value.flow and not value.pairs and _nothing(file.text[value.start + 1 : value.end - 1]) and not root.flow:
        # Nothing and its braces: attempts are easier to read in lines of their own.
        lines = _block(name, wanted, root.column + 2, 2, file.eol)
        start = len(file.text[: value.start].rstrip(" \t"))
        if file.text[:start].endswith(":"):
            at = file.line_end(value.end) - (value.end - start)
            return _without(file, start, value.end).put_lines(at, lines)
    if value.flow:
        at = value.last_item.last if value.pairs else value.start + 1
        lead = ", " if value.pairs else ""
        return f"{file.text[:at]}{lead}{_flow({name: wanted})[1:-1]}{file.text[at:]}"
    column, step = root.column + 2, 2
    if value.pairs:
        column = value.column
        child = value.last_item
        if child.kind == "map" and not child.flow and child.column > column:
            step = child.column - column
    return file.put_lines(file.after(value, root.column + 1), _block(name, wanted, column, step, file.eol))


def _nothing(text: str) -> bool:
    return not text.strip(" \t")


def _without(file: _File, start: int, end: int) -> _File:
    """The file without a piece of text; only for putting lines in."""
    left = copy.copy(file)
    left.text = file.text[:start] + file.text[end:]
    return left


def _replaced(file: _File, name: str, old: dict[str, Data], wanted: dict[str, Data]) -> str:
    """The text with what is different in an attempt written anew, from the last change to the first."""
    node = file.pair("attempts").value.pair(name).value
    changes: list[tuple[int, int, str]] = []
    more = {key: value for key, value in wanted.items() if key not in old}
    step = 2
    for key, value in wanted.items():
        if key not in old or same(old[key], value):
            continue
        pair = node.pair(key)
        colon = file.text.index(":", pair.key.end) + 1
        end = file.trimmed(colon, pair.value.last)
        comments = _comments(file.text, colon, pair.value, end)
        if node.flow:
            if comments:
                message = "there is a comment inside what would be replaced: change it by hand"
                raise ScalegameError("A comment", message, file.place("attempts", name, key))
            changes.append((colon, end, f" {_flow(value)}"))
            continue
        changes.append((colon, end, _value(value, node.column, step, len(key), file.eol)))
        start = pair.key.start - node.column
        if comments and not file.text[start : pair.key.start].strip(" "):
            lead = "".join(f"{' ' * node.column}{comment}{file.eol}" for comment in comments)
            changes.append((start, start, lead))
        elif comments:
            message = "there is a comment inside what would be replaced: change it by hand"
            raise ScalegameError("A comment", message, file.place("attempts", name, key))
    if more and node.flow:
        at = node.last_item.last
        changes.append((at, at, "".join(f", {key}: {_flow(value)}" for key, value in more.items())))
    text = file.text
    if more and not node.flow:
        added = [line for key, value in more.items() for line in _lines(key, value, node.column, step, file.eol)]
        at = file.line_end(node.last)
        behind = file.put_lines(at, added)
        changes.append((at, at, behind[at : len(behind) - (len(text) - at)]))
    for start, end, new in sorted(changes, key=lambda change: (change[0], change[1]), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _comments(text: str, start: int, value: Node, end: int) -> list[str]:
    """The comments in a stretch, which stand between its words and not in them."""
    found, at = [], start
    for leaf in value.leaves():
        found += _COMMENT.findall(text[at : leaf.start])
        at = max(at, leaf.end)
    return [*found, *_COMMENT.findall(text[at:end])]


# Writing


def _flow(value: Data) -> str:
    """Data inside braces and brackets."""
    match value:
        case list():
            return flow_list([_flow(item) for item in value])
        case dict():
            return "{" + ", ".join(f"{scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    return scalar(str(value))


def _value(value: Data, column: int, step: int, used: int, eol: str) -> str:
    """What stands behind the colon of a key: on its line, or – a long list – in lines of its own."""
    inline = f" {_flow(value)}"
    if not isinstance(value, list) or len(inline) + column + used < _LONG:
        return inline
    return "".join(f"{eol}{' ' * (column + step)}- {_flow(item)}" for item in value)


def _lines(key: str, value: Data, column: int, step: int, eol: str) -> list[str]:
    text = f"{' ' * column}{scalar(key)}:{_value(value, column, step, len(key), eol)}"
    return text.split(eol)


def _block(name: str, wanted: dict[str, Data], column: int, step: int, eol: str) -> list[str]:
    """The lines of an attempt."""
    inner = column + step
    lines = [line for key, value in wanted.items() for line in _lines(key, value, inner, step, eol)]
    return [f"{' ' * column}{scalar(name)}:", *lines]
