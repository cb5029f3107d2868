"""Reads the YAML that people write into plain data, and remembers where everything stood.

Levels and designs come from strangers, so what YAML allows beyond plain trees is refused: anchors and
aliases (they can blow up), tags, directives, several documents, duplicate keys, keys that are not text,
control characters, and whatever is too large or too deep. YAML's surprises are gone too: ``no`` is the
word "no", ``1:30`` and ``2026-01-31`` are text, and only ``true`` and ``false`` are truth values.

The data is built in one pass over PyYAML's stream of events, with a stack instead of recursion; so
every limit is checked as soon as it is passed, before anything large has been built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import yaml

from scalegame.errors import Place, ScalegameError, is_control, quoted

LARGEST_FILE = 256 * 1024
"""In bytes."""

DEEPEST = 24
"""How many lists and mappings may stand inside one another."""

MOST_NODES = 20_000
"""How many values and keys a file may have."""

Data = bool | int | float | str | list["Data"] | dict[str, "Data"] | None
"""What a document is made of."""

Loc = tuple[str | int, ...]
"""The way from the root to a node: keys and list positions."""

# libyaml reads twelve times faster than the pure-Python reader and is part of PyYAML's wheels; where
# PyYAML was built without it, the slow one gives the same result.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LINE_BREAK = re.compile(r"\r\n|\r|\n")

# Controls; line separators that editors do not count as lines; marks that reverse what is displayed; and
# what is no character at all.
_NOT_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)

# Numbers as people write them. Leading zeros are left alone: "007" is a name, not a number.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)")
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*(?:_[0-9]+)*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_LONGEST_NUMBER = 30

# What libyaml says, and what it means to somebody who does not know YAML's grammar.
_PLAIN_WORDS = (
    ("mapping values are not allowed", 'a ":" stands where none can: put text that contains ": " in quotes'),
    ("cannot start any token", "text cannot begin with this character: use quotes (and no tabs)"),
    ("found a tab", "tabs cannot indent: use spaces"),
    ("could not find expected ':'", 'a key without ":" – or text that goes on without being indented'),
    ("did not find expected key", "this does not continue what stands above: check indentation and quotes"),
    ("expected <block end>", "this does not continue what stands above: check indentation and quotes"),
    ("did not find expected '-' indicator", 'a list item must begin with "- " at the same indentation'),
    ("did not find expected ',' or '", "a bracket is not closed, or a comma is missing"),
    ("expected ',' or '", "a bracket is not closed, or a comma is missing"),
    ("unexpected end of stream", "a quotation mark is not closed"),
)


@dataclass(frozen=True)
class Document:
    """What a file says, and where it says it.

    Attributes:
        data: Dictionaries, lists, text, numbers, truth values and None.
        name: The name of the file in messages.
    """

    data: Data
    name: str
    _values: Mapping[Loc, tuple[int, int]] = field(repr=False, default_factory=dict)
    _keys: Mapping[Loc, tuple[int, int]] = field(repr=False, default_factory=dict)
    _written: Mapping[Loc, str] = field(repr=False, default_factory=dict)
    _files: Mapping[Loc, str] = field(repr=False, default_factory=dict)

    def place(self, loc: Sequence[str | int], *, key: bool = False, skipping: bool = False) -> Place:
        """Return the place of the node at a path; where the path goes on beyond the data, of its last node.

        Args:
            loc: Keys and list positions from the root.
            key: Give the place of the key rather than that of its value.
            skipping: Pass over parts that are not in the data, instead of stopping at the first: pydantic
                puts the names of union branches into the paths of its errors.
        """
        known: Loc = ()
        for part in loc:
            # True == 1 and hash alike, and so would name the wrong node.
            if not isinstance(part, bool) and (*known, part) in self._values:
                known = (*known, part)
            elif not skipping:
                break
        line, column = (self._keys.get(known) if key else None) or self._values.get(known, (1, 1))
        return Place(self._files.get(known, self.name), line, column)

    def written(self, loc: Loc) -> str:
        """Return how the text, number or truth value at a path is written: 20_000 for the number 20000."""
        node: Any = self.data
        for part in loc:
            node = node[part]
        return self._written.get(loc, str(node))

    def grown(self, data: Data, branches: Mapping[Loc, tuple[Document, Loc]]) -> Document:
        """Return this document with other data, parts of which stand elsewhere.

        Args:
            data: Of the new document.
            branches: For paths in it: the document that the part comes from, and its path there. A longer path
                goes before a shorter one, and what stands below none is where it was.
        """
        values, keys, files = dict(self._values), dict(self._keys), dict(self._files)
        for length in sorted({len(loc) for loc in branches}):
            moved: dict[int, tuple[Document, dict[Loc, Loc]]] = {}
            for loc, (source, theirs) in branches.items():
                if len(loc) == length:
                    moved.setdefault(id(source), (source, {}))[1][theirs] = loc
            for source, ways in moved.values():
                depths = {len(theirs) for theirs in ways}
                for table, own in ((source._values, values), (source._keys, keys)):
                    for there, mark in table.items():
                        for depth in depths:
                            loc_here = ways.get(there[:depth])
                            if loc_here is not None:
                                here = (*loc_here, *there[depth:])
                                own[here] = mark
                                files[here] = source._files.get(there, source.name)
        return replace(self, data=data, _values=values, _keys=keys, _files=files)


def load(source: Path | str | bytes, name: str | None = None) -> Document:
    """Read a YAML document.

    Args:
        source: A path to read from; or the text itself, decoded or not.
        name: What to call the file in messages; the path if not given.

    Returns:
        The data and its places. An empty document has the data None.

    Raises:
        ScalegameError: If it cannot be read or uses more of YAML than a level may; with the place.
    """
    name = name if name is not None else str(source) if isinstance(source, Path) else "text"
    text = _decoded(_bytes_of(source, name), name)
    return _Builder(name).build(text)


def _bytes_of(source: Path | str | bytes, name: str) -> bytes:
    """Return the content, reading no more of a file than is allowed."""
    if isinstance(source, Path):
        try:
            # A device or a pipe has no size and may never end.
            if source.is_dir():
                raise ScalegameError("Cannot read", "this is a folder, not a file", Place(name))
            if not source.is_file():
                message = "this is no ordinary file" if source.exists() else "there is no such file"
                raise ScalegameError("Cannot read", message, Place(name))
            with source.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ScalegameError("Cannot read", f"cannot be read: {reason}", Place(name)) from None
    else:
        # Cut first, so that encoding a huge text takes no time either.
        text = source[: LARGEST_FILE + 1]
        content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(content) > LARGEST_FILE:
        message = f"the file is larger than {LARGEST_FILE // 1024} KB: no level needs that"
        raise ScalegameError("Too large", message, Place(name))
    return content


def _decoded(content: bytes, name: str) -> str:
    """Return the content as text, without the mark that some editors put in front."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place_of(content[: error.start].decode("utf-8"), name)
        raise ScalegameError("Not text", "not UTF-8 text: save the file as UTF-8", place) from None
    strange = _NOT_TEXT.search(text)
    if strange is not None:
        place = _place_of(text[: strange.start()], name)
        raise ScalegameError("Not text", f"control character U+{ord(strange.group()):04X}: remove it", place)
    return text


def _place_of(before: str, name: str) -> Place:
    """Return the place of what comes after some text."""
    lines = _LINE_BREAK.split(before)
    return Place(name, len(lines), len(lines[-1]) + 1)


@dataclass
class _Open:
    """A list or mapping whose end has not been read yet.

    Attributes:
        loc: The way to it.
        node: What has been read of it.
        key: In a mapping, the key whose value comes next; None when a key comes next.
    """

    loc: Loc
    node: list[Data] | dict[str, Data]
    key: str | None = None


class _Builder:
    """Turns the events of one document into data and places."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Data = None
        self.values: dict[Loc, tuple[int, int]] = {}
        self.keys: dict[Loc, tuple[int, int]] = {}
        self.written: dict[Loc, str] = {}
        self.open: list[_Open] = []
        self.text = ""
        self.nodes = 0
        self.documents = 0

    def build(self, text: str) -> Document:
        self.text = text
        for event in self._events(text):
            if isinstance(event, yaml.DocumentStartEvent):
                self._start_document(event)
            elif isinstance(event, yaml.AliasEvent):
                raise self._refusal(event, "Alias", f'alias "*{event.anchor}": write the value out instead')
            elif isinstance(event, yaml.NodeEvent):
                self._check_node(event)
                self._read_node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
        return Document(self.root, self.name, self.values, self.keys, self.written)

    def _events(self, text: str) -> Iterator[yaml.Event]:
        """Yield the parser's events; what goes wrong in it comes out as our own error."""
        last = (1, 1)
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                last = _mark(event.end_mark)
                yield event
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = error.problem or "this cannot be read as YAML"
            raise self._syntax_error(problem, _mark(mark) if mark else last) from None
        except (yaml.YAMLError, ValueError, OverflowError):
            # The pure-Python reader lets some of its own failures through, as for "\U00110000".
            raise self._syntax_error("this cannot be read as YAML", last) from None

    def _syntax_error(self, problem: str, place: tuple[int, int]) -> ScalegameError:
        for said, meant in _PLAIN_WORDS:
            if said in problem:
                problem = meant
                break
        line = next(islice(_LINE_BREAK.split(self.text, place[0]), place[0] - 1, None), "")
        # A variable that is taken for a mapping in a mapping: the brace is where the reader stops.
        if line[max(0, place[1] - 2) : place[1]] == "${":
            problem = 'inside braces and brackets a variable needs quotes: write "${name}"'
        return ScalegameError("Not YAML", problem, Place(self.name, *place))

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self._refusal(event, "Several documents", 'a second document begins here: remove the "---"')
        if event.version or event.tags:
            raise self._refusal(event, "Directive", 'lines that begin with "%" are not allowed: remove it')

    def _check_node(self, event: yaml.NodeEvent) -> None:
        """Refuse what no node may have, whatever it is."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self._refusal(event, "Too large", f"more than {MOST_NODES:,} values: no level needs that")
        if event.anchor is not None:
            raise self._refusal(event, "Anchor", f'anchor "&{event.anchor}": write the value out instead')
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._refusal(event, "Tag", f"tag {quoted(_short_tag(tag))}: remove it, values need none")
        if isinstance(event, yaml.CollectionStartEvent) and len(self.open) >= DEEPEST:
            raise self._refusal(event, "Too deep", f"nested more than {DEEPEST} deep: no level needs that")

    def _read_node(self, event: yaml.NodeEvent) -> None:
        """Put a scalar, or the beginning of a list or mapping, where it belongs."""
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.node, dict) and parent.key is None:
            parent.key = self._key(event, parent)
            return
        loc: Loc = ()
        if parent is not None:
            loc = (*parent.loc, len(parent.node) if parent.key is None else parent.key)
        self.values[loc] = _mark(event.start_mark)
        node: Data
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
            if node is not None and not isinstance(node, str):
                self.written[loc] = event.value
        else:
            node = {} if isinstance(event, yaml.MappingStartEvent) else []
        if parent is None:
            self.root = node
        elif isinstance(parent.node, list):
            parent.node.append(node)
        elif parent.key is not None:
            parent.node[parent.key] = node
            parent.key = None
        if isinstance(node, dict | list):
            self.open.append(_Open(loc, node))

    def _key(self, event: yaml.NodeEvent, parent: _Open) -> str:
        """Return the key of a mapping that an event stands for."""
        if not isinstance(event, yaml.ScalarEvent):
            message = "a key must be text, not a list or mapping: text in braces needs quotes"
            raise self._refusal(event, "Bad key", message)
        key = self._scalar(event)
        if not isinstance(key, str):
            written = event.value or "nothing"
            advice = f'write "{written}" in quotes' if event.value else 'write a name before the ":"'
            raise self._refusal(event, "Bad key", f"a key must be text, not {written}: {advice}")
        loc = (*parent.loc, key)
        if loc in self.keys:
            first, _ = self.keys[loc]
            message = f"{quoted(key)} is already given in line {first}: remove one"
            raise self._refusal(event, "Duplicate key", message)
        self.keys[loc] = _mark(event.start_mark)
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> bool | int | float | str | None:
        """Return the value of a scalar; only unquoted ones can be anything but text."""
        text: str = event.value
        plain, _ = event.implicit
        if not plain:
            # Escapes such as "\e" bring in what the file itself may not contain.
            for char in text:
                if char not in "\n\t" and is_control(char):
                    message = f"the text contains the control character U+{ord(char):04X}: remove it"
                    raise self._refusal(event, "Not text", message)
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _NOT_FINITE.fullmatch(text):
            raise self._refusal(event, "Bad number", f"{text} is not a number that a level can use")
        integer = _INTEGER.fullmatch(text)
        if not integer and not _DECIMAL.fullmatch(text):
            return text
        if len(text) > _LONGEST_NUMBER or abs(float(text)) > 1e18:
            raise self._refusal(event, "Bad number", f"{quoted(text)} is too long or too large for a number")
        return int(text) if integer else float(text)

    def _refusal(self, event: yaml.Event, title: str, message: str) -> ScalegameError:
        return ScalegameError(title, message, Place(self.name, *_mark(event.start_mark)))


class _Mark(Protocol):
    """A position as either reader of PyYAML gives it: both parts count from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


def _mark(mark: _Mark | None) -> tuple[int, int]:
    """Return line and column, counted from 1."""
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _short_tag(tag: str) -> str:
    """Return a tag as people write it."""
    return tag.replace("tag:yaml.org,2002:", "!!")
