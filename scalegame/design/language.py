"""The language of edits: what players type, attempts in levels say and save files keep, one line each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scalegame.design.surroundings import (
    READERS,
    SURROUNDING,
    WORD,
    WorldEdit,
    describe_world,
    ill_formed,
    write_world,
)
from scalegame.errors import ScalegameError, is_control, nearest, quoted

#: Characters of one line, at most.
LONGEST_LINE = 500
#: Lines of one design, at most.
MOST_LINES = 1_000
#: Nodes in one arrow chain that is written; keeps lines within `LONGEST_LINE`.
LONGEST_CHAIN = 10
#: Columns and rows of the canvas go from 0 to here.
FARTHEST = 999

#: How each command is written, for help and for messages.
FORMS: Mapping[str, str] = {
    "add": "add <item> [as <id>] [at <place>] [parameter=value …]",
    "remove": "remove <id>",
    "wire": "wire <id> -> <id> [-> <id> …]",
    "unwire": "unwire <id> -> <id>",
    "rewire": "rewire <id> -> <id> [-> <id> …]",
    "set": "set <id> parameter=value [parameter=value …]",
    "buy": "buy <project>",
    "return": "return <project>",
    "move": "move <id> <column>,<row>",
    **SURROUNDING,
}
#: Commands that change the world around the board: only a level that leaves that to players takes them.
WORLD = tuple(SURROUNDING)
#: Other words for the same commands: read, never written.
ALIASES: Mapping[str, str] = {
    "connect": "wire",
    "disconnect": "unwire",
    "delete": "remove",
    "rm": "remove",
}

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ARROW = re.compile(r"\s*(?:->|→|\s)\s*")
_SETTING = re.compile(r"(?<!\S)([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_MOVE = re.compile(r"(\S+)\s+([0-9]{1,4})(?:\s*,\s*|\s+)([0-9]{1,4})")

#: Parameter names with values as written.
Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Add:
    """Put something from the palette on the board.

    Attributes:
        item: Its name on the palette.
        id: What to call it; None: a free name is made from the item's.
        at: The place; None: the item's first.
        settings: What differs from how it comes.
    """

    item: str
    id: str | None = None
    at: str | None = None
    settings: Settings = ()


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a component, and every wire to and from it, off the board."""

    id: str


@dataclass(frozen=True, slots=True)
class Wired:
    """Wire each of a chain to the next; wires that are there already stay."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unwired:
    """Take the wires of a chain away."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rewired:
    """Replace the first one's direct wire to the last by the chain, or its only wire if there is no such."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Set:
    """Change parameters of a component."""

    id: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Buy:
    """Have a project done."""

    project: str


@dataclass(frozen=True, slots=True)
class Return:
    """Undo the purchase of a project."""

    project: str


@dataclass(frozen=True, slots=True)
class Move:
    """Put a card elsewhere on the canvas; changes nothing about the system."""

    id: str
    column: int
    row: int


Edit = Add | Remove | Wired | Unwired | Rewired | Set | Buy | Return | Move | WorldEdit


def is_id(text: str) -> bool:
    """Tell whether text can be a component's id: small letters, digits, dashes; 40 characters at most."""
    return _ID.fullmatch(text) is not None


def parse(line: str) -> Edit:
    """Reads one line; what it names is looked up when it is applied.

    Spacing is free; capitals do not matter in commands and ids.

    Raises:
        ScalegameError: It is not a command; the message says how to write it.
    """
    if len(line) > LONGEST_LINE:
        raise _bad(f"a line has at most {LONGEST_LINE} characters, this one has {len(line)}")
    words = " ".join(line.replace("\t", " ").split(" ")).strip()
    words = re.sub(" +", " ", words)
    if any(is_control(char) for char in words):
        raise _bad(f"{quoted(words)} has characters in it that cannot be seen")
    if not words:
        raise _bad(f"nothing to do – known: {', '.join(FORMS)}")
    verb, _, rest = words.partition(" ")
    name = ALIASES.get(verb.lower(), verb.lower())
    if name not in FORMS:
        raise ScalegameError(
            "Unknown command", f"unknown command {quoted(verb)}{nearest(verb.lower(), [*FORMS, *ALIASES])}"
        )
    return _READERS[name](rest.strip())


def write(edit: Edit) -> str:
    """The line for an edit; `parse` gives the edit back."""
    match edit:
        case Add(item, id, at, settings):
            named = "" if id is None else f" as {id}"
            placed = "" if at is None else f" at {at}"
            return f"add {item}{named}{placed}{_written(settings)}"
        case Remove(id):
            return f"remove {id}"
        case Wired(path):
            return f"wire {chain(path)}"
        case Unwired(path):
            return f"unwire {chain(path)}"
        case Rewired(path):
            return f"rewire {chain(path)}"
        case Set(id, settings):
            return f"set {id}{_written(settings)}"
        case Buy(project):
            return f"buy {project}"
        case Return(project):
            return f"return {project}"
        case Move(id, column, row):
            return f"move {id} {column},{row}"
        case _:
            return write_world(edit)


def describe(edit: Edit, titles: Mapping[str, str] | None = None) -> str:
    """An edit in the past tense, for the history: `added cache as sessions`.

    Args:
        edit: Any edit.
        titles: Titles of projects by id, used instead of the ids.
    """
    match edit:
        case Add(item, id, at, settings):
            named = "" if id in (None, item) else f" as {id}"
            placed = "" if at is None else f" at {at}"
            return f"added {item}{named}{placed}{_told(settings, ' with ')}"
        case Remove(id):
            return f"removed {id}"
        case Wired(path):
            return f"wired {chain(path)}"
        case Unwired(path):
            return f"unwired {chain(path)}"
        case Rewired(path):
            return f"rewired {chain(path)}"
        case Set(id, settings):
            return f"set {id}{_told(settings, ': ')}"
        case Buy(project):
            return f"bought {(titles or {}).get(project, project)}"
        case Return(project):
            return f"returned {(titles or {}).get(project, project)}"
        case Move(id):
            return f"moved {id}"
        case _:
            return describe_world(edit)


def chain(path: Iterable[str]) -> str:
    """Ids as an arrow chain: `skiers -> lb -> web`."""
    return " -> ".join(path)


def _written(settings: Settings) -> str:
    return "".join(f" {name}={value}" for name, value in settings)


def _told(settings: Settings, before: str) -> str:
    return before + ", ".join(f"{name} {value}" for name, value in settings) if settings else ""


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a command", message)


def _form(verb: str) -> ScalegameError:
    return ill_formed(verb, FORMS[verb])


def _id(text: str) -> str:
    lowered = text.lower()
    if not is_id(lowered):
        raise _bad(
            f"{quoted(text)} cannot be the name of a component: use small letters, digits and dashes, "
            "a letter first, 40 at most"
        )
    return lowered


def _word(text: str, verb: str) -> str:
    if not WORD.fullmatch(text):
        raise _form(verb)
    return text


def _settings(text: str, verb: str) -> tuple[str, Settings]:
    """Splits what stands before the first `name=` from the settings."""
    found = list(_SETTING.finditer(text))
    if not found:
        return text, ()
    ends = [m.start() for m in found[1:]] + [len(text)]
    settings: dict[str, str] = {}
    for match, end in zip(found, ends, strict=True):
        name, value = match.group(1), text[match.end() : end].strip()
        if not value:
            raise _bad(f"{name} lacks its value: {FORMS[verb]}")
        if name in settings:
            raise _bad(f"{name} is there twice")
        settings[name] = value
    return text[: found[0].start()].strip(), tuple(settings.items())


def _add(rest: str) -> Add:
    head, settings = _settings(rest, "add")
    item, *words = head.split(" ")
    given: dict[str, str] = {}
    while words:
        keyword = words[0].lower()
        if keyword not in ("as", "at") or keyword in given or len(words) < 2:
            raise _form("add")
        given[keyword] = words[1]
        words = words[2:]
    return Add(
        _word(item, "add"),
        _id(given["as"]) if "as" in given else None,
        _word(given["at"], "add") if "at" in given else None,
        settings,
    )


def _set(rest: str) -> Set:
    head, settings = _settings(rest, "set")
    if not settings:
        head, settings = _pairs(rest)
    id, dot, _ = (head or settings[0][0] if settings else "").partition(".")
    if not head and dot and all(name.startswith(f"{id}.") for name, _ in settings):
        head, settings = id, tuple((name.removeprefix(f"{id}."), value) for name, value in settings)
    if not head or " " in head or not settings:
        raise _form("set")
    return Set(_id(head), settings)


def _pairs(rest: str) -> tuple[str, Settings]:
    """`web replicas 3 size large`, `web timeout 1 s`, `web.replicas 3`: the same without the sign between."""
    id, *words = rest.split(" ")
    if "." in id:
        id, _, name = id.partition(".")
        words.insert(0, name)
    names, values = words[::2], words[1::2]
    if len(words) < 2 or not _NAME.fullmatch(words[0]):
        return rest, ()
    if len(names) == len(values) and len(set(names)) == len(names) and all(map(_NAME.fullmatch, names)):
        return id, tuple(zip(names, values, strict=True))
    return id, ((words[0], " ".join(words[1:])),)


def _path(verb: str) -> Callable[[str], tuple[str, ...]]:
    def read(rest: str) -> tuple[str, ...]:
        ids = tuple(_ARROW.split(rest))
        if len(ids) < 2 or "" in ids:
            raise _form(verb)
        return tuple(_id(text) for text in ids)

    return read


def _move(rest: str) -> Move:
    match = _MOVE.fullmatch(rest)
    if match is None:
        raise _form("move")
    id, column, row = match.groups()
    if max(int(column), int(row)) > FARTHEST:
        raise _bad(f"columns and rows go from 0 to {FARTHEST}")
    return Move(_id(id), int(column), int(row))


def _remove(rest: str) -> Remove:
    if not rest or " " in rest:
        raise _form("remove")
    return Remove(_id(rest))


_READERS: Mapping[str, Callable[[str], Edit]] = {
    "add": _add,
    "remove": _remove,
    "wire": lambda rest: Wired(_path("wire")(rest)),
    "unwire": lambda rest: Unwired(_path("unwire")(rest)),
    "rewire": lambda rest: Rewired(_path("rewire")(rest)),
    "set": _set,
    "buy": lambda rest: Buy(_word(rest, "buy")),
    "return": lambda rest: Return(_word(rest, "return")),
    "move": _move,
    **READERS,
}
