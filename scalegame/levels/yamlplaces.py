"""Where everything in a YAML document begins and ends, in characters of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(eq=False, slots=True)
class Pair:
    """A key and its value."""

    key: Node
    value: Node


@dataclass(eq=False, slots=True)
class Node:
    """A text, number or other single value ("leaf"), a list or a mapping.

    Attributes:
        kind: Which.
        start: Its first character.
        end: Behind its last; of lists and mappings without brackets, somewhere before what follows.
        column: Of its first character, from 0.
        flow: In brackets or braces.
        block: A text in lines of its own, as behind "|".
        text: Of a leaf.
        items: Of a list.
        pairs: Of a mapping.
    """

    kind: Literal["leaf", "list", "map"]
    start: int
    end: int
    column: int
    flow: bool = False
    block: bool = False
    text: str = ""
    items: list[Node] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    @property
    def last_item(self) -> Node:
        """The last value in it; itself if there is none."""
        if self.pairs:
            return self.pairs[-1].value
        return self.items[-1] if self.items else self

    @property
    def last(self) -> int:
        """Behind the last character that is written of it."""
        node = self
        while node.kind != "leaf" and not node.flow and node.last_item is not node:
            node = node.last_item
        return node.end

    def pair(self, key: str) -> Pair:
        """The pair of a key that is there."""
        return next(pair for pair in self.pairs if pair.key.text == key)

    def leaves(self) -> Iterator[Node]:
        """Every single value in it, keys among them, in order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.kind == "leaf":
                yield node
            waiting += reversed([*node.items, *(each for pair in node.pairs for each in (pair.key, pair.value))])


def tree(text: str) -> Node | None:
    """Return the places of a document that `yamltree.load` accepts; None if it is empty."""
    starts, at = [0], 0
    for line in _LINE.finditer(text):
        at = line.end()
        starts.append(at)

    def offset(mark: Any) -> int:
        line, column = int(mark.line), int(mark.column)
        return min(starts[min(line, len(starts) - 1)] + column, len(text))

    root: Node | None = None
    waiting: list[tuple[Node, Node | None]] = []  # what is open, each with the key whose value comes next
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            node, _ = waiting.pop()
            node.end = offset(event.end_mark)
        if not isinstance(event, yaml.NodeEvent):
            continue
        start, end = offset(event.start_mark), offset(event.end_mark)
        column: int = getattr(event.start_mark, "column", 0)
        if isinstance(event, yaml.ScalarEvent):
            node = Node("leaf", start, end, column, block=event.style in ("|", ">"), text=event.value)
        else:
            kind: Literal["map", "list"] = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
            node = Node(kind, start, end, column, flow=bool(getattr(event, "flow_style", False)))
        if not waiting:
            root = node
        else:
            parent, key = waiting[-1]
            if parent.kind == "list":
                parent.items.append(node)
            elif key is None:
                waiting[-1] = parent, node
            else:
                parent.pairs.append(Pair(key, node))
                waiting[-1] = parent, None
        if node.kind != "leaf":
            waiting.append((node, None))
    return root
