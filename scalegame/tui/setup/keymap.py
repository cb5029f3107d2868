"""Keys that a player has changed: read from a file, checked against the table of actions, never in the way.

A line gives an action its keys: `undo: [u, ctrl+z]` wherever the action is, `run.faster: f` on one screen,
`canvas.next: tab` for what the board does itself. What is wrong is told with its place and passed over.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from textual.keys import KEY_NAME_REPLACEMENTS

from scalegame.errors import Place, ScalegameError, nearest, quoted
from scalegame.tui import actions
from scalegame.tui.actions import Action
from scalegame.tui.canvas.keys import KEYS
from scalegame.tui.setup.lines import read_lines
from scalegame.units import whole

#: Screen ids are the table's; this stands for the board's own keys, which are valid while it has the focus.
CANVAS = "canvas"
#: A name that no key has, for what is to have none.
_NOWHERE = "no-key-at-all"
_MODIFIERS = ("alt", "ctrl", "shift", "super")
_NAMED = frozenset(
    (
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
        *("backspace", "tab", "enter", "escape", "space", *(f"f{n}" for n in range(1, 25))),
    )
)
_ALIASES = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup",
            "pgdn": "pagedown", "spacebar": "space"}  # fmt: skip
#: What terminals send for another key, and what Textual keeps for itself.
_TAKEN = {
    "ctrl+h": "terminals send it for Backspace",
    "ctrl+i": "it is Tab",
    "ctrl+j": "it is Enter",
    "ctrl+m": "it is Enter",
    "ctrl+enter": "most terminals send plain Enter",
    "ctrl+q": "it always leaves the game",
    "ctrl+c": "it always copies, or says how to leave",
    "ctrl+p": "it always opens the list of commands",
}
_SHOWN = {"up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "Esc", "pageup": "PgUp",
          "pagedown": "PgDn", "delete": "Del", "insert": "Ins"}  # fmt: skip


#: Names the key of an action, by its id.
KeyOf = Callable[[str], str]


@dataclass(frozen=True)
class Keymap:
    """The keys in force.

    Attributes:
        changes: Keys by screen and action, for the actions whose keys were changed; none: it has no key.
    """

    changes: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def of(self, screen: str) -> tuple[Action, ...]:
        """The actions of a screen as the table has them, with the keys that are in force."""
        return tuple(self._changed(action, screen) for action in actions.of(screen))

    def shown(self, screen: str, id: str) -> str:
        """How to call the key of an action in a sentence; what to type where it has none."""
        action = next(action for action in actions.of(screen) if action.id == id)
        return self._changed(action, screen).shown or f":{action.command}"

    def _changed(self, action: Action, screen: str) -> Action:
        keys = self.changes.get((screen, action.id))
        if keys is None:
            return action
        shown = shown_keys(keys, many=is_numbered(action))
        # A label such as "? help" begins with the key.
        return replace(action, keys=keys, shown=shown, tool=action.tool.removeprefix(f"{action.shown} "))

    def textual(self) -> dict[str, str]:
        """The changes as Textual takes them: keys by the ids of its bindings."""
        found: dict[str, str] = {}
        table = {(screen, action.id): action for screen in actions.SCREENS for action in actions.of(screen)}
        for (screen, id), keys in self.changes.items():
            action = table.get((screen, id))
            if action is not None and is_numbered(action):
                for number, usual in enumerate(action.keys):
                    key = keys[number] if number < len(keys) else _NOWHERE
                    found[actions.binding_id(screen, id, usual)] = key
            else:
                found[f"{screen}.{id}"] = ",".join(keys) or _NOWHERE
        return found


def is_numbered(action: Action) -> bool:
    """Whether its keys are digits that say which: the first key in the file then stands for 1, and so on."""
    return len(action.keys) > 1 and all(whole(key) is not None for key in action.keys)


@cache
def canvas_keys() -> Mapping[str, tuple[str, ...]]:
    """What the board does itself, by id, with its usual keys."""
    found: dict[str, tuple[str, ...]] = {}
    for binding in KEYS:
        # Letters for arrows are for boards that nothing else is done on.
        if binding.id and not binding.id.startswith("canvas.letter"):
            name = binding.id.removeprefix(f"{CANVAS}.")
            found[name] = (*found.get(name, ()), binding.key)
    return found


def known_ids() -> tuple[str, ...]:
    """Every id that a line of the file may begin with, without the names of screens before it."""
    ids = dict.fromkeys(action.id for action in actions.ACTIONS)
    return (*ids, *(f"{CANVAS}.{id}" for id in canvas_keys()))


def usual(screen: str) -> dict[str, tuple[str, ...]]:
    """The keys of a screen's actions as the table has them, by id."""
    if screen == CANVAS:
        return dict(canvas_keys())
    return {action.id: action.keys for action in actions.of(screen)}


# Keys


@cache
def _signs() -> Mapping[str, str]:
    """Names of the keys for signs, by the sign; the names that Textual uses."""
    found: dict[str, str] = {}
    for sign in (chr(code) for code in range(0x21, 0x7F)):
        if not sign.isalnum():
            name = unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_")
            found[sign] = KEY_NAME_REPLACEMENTS.get(name, name)
    return found


def key_name(written: str) -> str:
    """The name of a key as Textual calls it: `?` is `question_mark`, `Ctrl+Z` is `ctrl+z`.

    Raises:
        ScalegameError: There is no such key, or it cannot be used; says which name is near.
    """
    text = written.strip()
    *modifiers, last = [text] if len(text) == 1 else text.split("+") if not text.endswith("+") else [text]
    mods = sorted(part.strip().casefold().replace("control", "ctrl") for part in modifiers)
    last = last.strip()
    wrong = next((part for part in mods if part not in _MODIFIERS), None)
    if wrong is not None:
        raise ScalegameError("Unknown key", f"{quoted(written)} is not a key{nearest(wrong, _MODIFIERS)}")
    if len(last) == 1:
        name = _signs().get(last, last)
        if mods == ["shift"] and last.isalpha():
            return last.upper()
        if mods:
            name = name.casefold()
        if not name.isprintable() or name.isspace():
            raise ScalegameError("Unknown key", f"{quoted(written)} is not a key")
    else:
        plain = last.casefold().replace("-", "_").replace(" ", "_")
        name = KEY_NAME_REPLACEMENTS.get(plain, _ALIASES.get(plain, plain))
        if name not in _NAMED and name not in _signs().values():
            names = (*_NAMED, *_signs().values(), *_ALIASES)
            close = nearest(name, names)
            if "did you mean" not in close:
                close = " – write a letter, a sign, or a name such as f5 or pageup"
            raise ScalegameError("Unknown key", f"{quoted(written)} is not a key{close}")
    key = "+".join((*mods, name))
    if key in _TAKEN:
        raise ScalegameError("Key cannot be used", f"{quoted(written)} cannot be used: {_TAKEN[key]}")
    return key


def shown_keys(keys: Sequence[str], *, many: bool = False) -> str:
    """How keys are shown: the first; with `many`, the first and the last."""
    if not keys:
        return ""
    first, last = shown_key(keys[0]), shown_key(keys[-1])
    return f"{first}…{last}" if many and len(keys) > 1 else first


def shown_key(key: str) -> str:
    """How one key is shown: `shift+left` as Shift+←, `question_mark` as ?."""
    *modifiers, name = key.split("+")
    by_name = {name: sign for sign, name in _signs().items()}
    text = _SHOWN.get(name) or by_name.get(name) or (name.capitalize() if name in _NAMED else name)
    return "+".join((*(part.capitalize() for part in modifiers), text))


# The file


@dataclass(frozen=True)
class _Change:
    """A line of the file.

    Attributes:
        written: The id as it was written.
        where: The screens and actions that it is about.
        keys: What they are to have.
        place: Where it stands.
    """

    written: str
    where: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    place: Place


def load(path: Path) -> tuple[Keymap, tuple[ScalegameError, ...]]:
    """Reads the keys of a player; a file that is not there changes nothing.

    Returns:
        What to use, and what is wrong in the file, each with its place.
    """
    try:
        document, lines = read_lines(path, "keys", "undo: [u, ctrl+z]")
    except ScalegameError as error:
        return Keymap(), (error,)
    if document is None:
        return Keymap(), ()
    problems: list[ScalegameError] = []
    found: list[_Change] = []
    for written, value in lines.items():
        place = document.place((written,), key=True)
        try:
            where = _where(written)
        except ScalegameError as error:
            problems.append(error.at(place))
            continue
        try:
            found.append(_Change(written, where, _keys(value, where), place))
        except ScalegameError as error:
            problems.append(error.at(document.place((written,))))
    kept, clashes = _without_clashes(found)
    return Keymap(_merged(kept)), (*problems, *clashes)


def _where(written: str) -> tuple[tuple[str, str], ...]:
    """The screens and actions that an id means."""
    screen, dot, id = written.strip().casefold().partition(".")
    if not dot:
        id = screen
        where = tuple((place, id) for place in actions.SCREENS if id in usual(place))
        if not where:
            close = nearest(id, known_ids())
            raise ScalegameError("Unknown action", f"there is no action {quoted(written)}{close}")
        return where
    places = (*actions.SCREENS, CANVAS)
    if screen not in places:
        raise ScalegameError("Unknown screen", f"there is no screen {quoted(screen)}{nearest(screen, places)}")
    if id not in usual(screen):
        close = nearest(id, usual(screen))
        raise ScalegameError("Unknown action", f"there is no action {quoted(id)} on {quoted(screen)}{close}")
    return ((screen, id),)


def _keys(value: object, where: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The keys that a line gives; "none" or an empty list takes them away."""
    listed = value if isinstance(value, list) else str(value).split() if isinstance(value, str | int) else None
    if listed is None or any(isinstance(one, list | dict) or one is None for one in listed):
        raise ScalegameError("Wrong keys", 'keys are written as "u" or as [u, ctrl+z]; "none" for no key')
    if len(listed) > 12:
        raise ScalegameError("Too many keys", "more than 12 keys for one action: choose some")
    words = [str(one) for one in listed]
    if not words or words == ["none"]:
        if any(id == "line" for _, id in where):
            raise ScalegameError("No key", '"line" needs a key: without it nothing can be typed')
        return ()
    return tuple(dict.fromkeys(key_name(word) for word in words))


def _merged(changes: Sequence[_Change]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Keys by screen and action: what names a screen counts more than what does not."""
    general = [c for c in changes if "." not in c.written]
    special = [c for c in changes if "." in c.written]
    return {where: change.keys for change in (*general, *special) for where in change.where}


def _without_clashes(changes: Sequence[_Change]) -> tuple[list[_Change], list[ScalegameError]]:
    """The changes that can be made together; of two that want one key the later is told and left out."""
    kept, problems = list(changes), list[ScalegameError]()
    # Leaving a line out gives its action the usual keys back, and these may be wanted by another line by now.
    while (clash := next(_clashes(kept), None)) is not None:
        change, message = clash
        kept.remove(change)
        problems.append(ScalegameError("Key taken", message, change.place))
    problems.sort(key=lambda error: (error.place.line or 0) if error.place else 0)
    return kept, problems


def _clashes(changes: Sequence[_Change]) -> Iterator[tuple[_Change, str]]:
    """Lines that want a key that something else on the same screen has; the last line first."""
    merged = _merged(changes)
    for change in reversed(changes):
        for screen, id in change.where:
            had = usual(screen)[id]
            for key in merged[screen, id]:
                # What shares a key as the game comes does so for a reason.
                other = None if key in had else _owner(key, screen, id, merged)
                if other is not None and merged[screen, id] == change.keys:
                    named = actions.SCREENS.get(screen, "Board")
                    yield change, f'"{shown_key(key)}" is the key of {quoted(other)} ({named}) already'


def _owner(key: str, screen: str, id: str, merged: Mapping[tuple[str, str], tuple[str, ...]]) -> str | None:
    """Which other action would have a key at the same moment."""
    # On the board what has the focus gets a key before the screen does.
    together = {actions.BOARD: (actions.BOARD, CANVAS), CANVAS: (CANVAS, actions.BOARD)}.get(screen, (screen,))
    for place in together:
        for other, keys in usual(place).items():
            if (place, other) != (screen, id) and key in merged.get((place, other), keys):
                return other if place != CANVAS else f"{CANVAS}.{other}"
    return None


def file_text() -> str:
    """A file to start from: every id with its usual keys, as comments."""
    out = [
        "# Keys of scalegame. Take a # away and change what stands behind it; the game reads this when it starts.",
        "# undo: [u, ctrl+z]   both keys, wherever the action is      run.faster: f   on that screen only",
        "# undo: none          no key; it can still be typed          U is shift and u; ? and ctrl+up are keys",
    ]
    for title, rows in listed():
        out += ["", f"# {title}"]
        out += [f"#{id}: [{', '.join(map(_quotable, keys))}]" for id, keys in rows]
    return "\n".join(out) + "\n"


def listed() -> list[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """Every id with its usual keys, by the title of the first screen that has it.

    The screen stands before the id where another screen gives it other keys.
    """
    everywhere: dict[str, set[tuple[str, ...]]] = {}
    for screen in actions.SCREENS:
        for id, keys in usual(screen).items():
            everywhere.setdefault(id, set()).add(keys)
    found: list[tuple[str, list[tuple[str, tuple[str, ...]]]]] = []
    told: set[str] = set()
    for screen, title in actions.SCREENS.items():
        rows = []
        for id, keys in usual(screen).items():
            name = id if len(everywhere[id]) == 1 else f"{screen}.{id}"
            if name not in told:
                rows.append((name, keys))
                told.add(name)
        if rows:
            found.append((title, rows))
    itself = [(f"{CANVAS}.{id}", keys) for id, keys in canvas_keys().items()]
    return [*found, ("The board itself, while it has the focus", itself)]


def page_list() -> str:
    """The end of the codex page about keys: every id, straight from the table of actions."""
    titles = {action.id: action.title for action in actions.ACTIONS}
    out: list[str] = []
    for title, rows in listed():
        out.append(f"\n## {title}")
        for id, keys in rows:
            told = titles.get(id.rpartition(".")[2] if not id.startswith(f"{CANVAS}.") else "", "")
            shown = ", ".join(f"`{shown_key(key)}`" for key in keys) or "no key"
            out.append(f"- `{id}` – {shown}{f' – {told}' if told else ''}")
    return "\n".join(out) + "\n"


def _quotable(key: str) -> str:
    """A key as it is written in the file."""
    return f'"{key}"' if key in ("y", "n") or whole(key) is not None else key
