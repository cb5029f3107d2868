"""Rough treatment: random actions as data, so that they can be printed, and done again."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

from textual import events

from scalegame.tui import actions
from tests.tui.touch import Touch

#: One action: what it is, and with what.
Rough = tuple[str, tuple[object, ...]]

_KEYS = """
enter escape tab shift+tab up down left right home end pageup pagedown delete backspace insert space
shift+up shift+down shift+left shift+right ctrl+up ctrl+down ctrl+left ctrl+right alt+left alt+right
shift+home shift+end ctrl+home ctrl+end ctrl+pageup ctrl+pagedown
"""
_NAMED = tuple(_KEYS.split())
_CHORDS = tuple(f"{held}+{letter}" for held in ("ctrl", "alt") for letter in string.ascii_lowercase)
_STRANGE = ("é", "ß", "中", "🙂", "\u0301", "\u200b", "\xa0", "½")
#: Every key that means something somewhere, and a few more often than others.
_MEANT = (
    *(key for action in actions.ACTIONS for key in action.keys),
    *("enter", "escape", "tab", "up", "down", "left", "right", "full_stop", "comma", "space") * 3,
)
_SAID = """
add set wire unwire rewire connect remove move buy return all none off now -> → = , : -1 0 1 2 3 99 1e9
kiosk people balancer faster-till replicas=2 replicas=99 replicas= policy=random at as tills
poisson 20/s 50 ms $1/h 10 s 99.9 % nan inf [bold] [/] {} \\x1b ' " * ../../etc/passwd
"""
_WORDS = (*actions.commands(actions.ACTIONS), *_SAID.split())
_LINES = (
    "add balancer",
    "add balancer as x",
    "rewire people -> balancer -> kiosk",
    "set kiosk replicas=3",
    "set kiosk replicas=4 threads=5",
    "unwire people -> kiosk",
    "wire people -> kiosk",
    "connect people balancer kiosk",
    "remove balancer",
    "remove kiosk",
    "buy faster-till",
    "return faster-till",
    "move kiosk 5,5",
    "move people 999,999",
    "undo",
    "undo 3",
    "redo",
    "redo all",
    "run",
    "result",
    "board",
    "select kiosk",
)


def roughs(seed: int) -> Iterator[Rough]:
    """Random actions without end; the same for the same seed."""
    luck = random.Random(seed)
    while True:
        yield _one(luck)


def _one(luck: random.Random) -> Rough:
    match luck.choices(
        ("meant", "key", "click", "drag", "move", "wheel", "line", "paste", "resize"),
        (40, 12, 14, 5, 5, 5, 14, 2, 1.5),
    )[0]:
        case "meant":
            return "key", (luck.choice(_MEANT),)
        case "key":
            pool: tuple[str, ...] = luck.choice(
                (
                    tuple(string.printable[:95]),
                    tuple(_NAMED),
                    _CHORDS,
                    tuple(f"f{n}" for n in range(1, 13)),
                    _STRANGE,
                )
            )
            return "key", (luck.choice(pool),)
        case "click":
            return "click", (*_cell(luck), luck.choice((1, 1, 1, 1, 2, 3)), *_held(luck))
        case "drag":
            return "drag", (*_cell(luck), *_cell(luck))
        case "move":
            return "move", _cell(luck)
        case "wheel":
            return "wheel", (luck.choice(("up", "down", "left", "right")), *_cell(luck), *_held(luck))
        case "line":
            return "line", (_line(luck),)
        case "paste":
            text = "\n".join(_line(luck) for _ in range(luck.randint(1, 4)))
            return "paste", (luck.choice((text, "\x00\x1b[31m" + text, "x" * 5_000, "")),)
        case _:
            # Larger ones are looked at elsewhere, and every later action would take its time there.
            sizes = ((80, 24), (79, 24), (80, 23), (40, 10), (1, 1), (100, 30), (120, 40))
            return "resize", luck.choices(sizes, (14, 1, 1, 1, 1, 1, 1))[0]


def _cell(luck: random.Random) -> tuple[int, int]:
    return luck.randrange(200), luck.randrange(60)


def _held(luck: random.Random) -> tuple[bool, bool, bool]:
    """Shift, meta and control."""
    return luck.random() < 0.15, luck.random() < 0.05, luck.random() < 0.1


def _line(luck: random.Random) -> str:
    kind = luck.random()
    if kind < 0.45:
        return luck.choice(_LINES)
    if kind < 0.8:
        return " ".join(luck.choice(_WORDS) for _ in range(luck.randint(1, 5)))
    text = list(luck.choice(_LINES))
    for _ in range(luck.randint(1, 3)):
        text[luck.randrange(len(text))] = luck.choice(string.printable[:95] + "".join(_STRANGE))
    return "".join(text)


_WHEELS: dict[str, type[events.MouseEvent]] = {
    "up": events.MouseScrollUp,
    "down": events.MouseScrollDown,
    "left": events.MouseScrollLeft,
    "right": events.MouseScrollRight,
}


async def do(touch: Touch, rough: Rough) -> None:
    """Does one action; cells are taken to lie within the screen, whatever its size."""
    kind, of = rough
    width, height = touch.app.size
    within = lambda x, y: (int(x) % max(width, 1), int(y) % max(height, 1))  # noqa: E731
    match kind, of:
        case "key", (str() as key,):
            await touch.key(key)
        case "click", (x, y, int() as button, shift, meta, ctrl):
            await touch.click(*within(x, y), button, shift=shift, meta=meta, ctrl=ctrl)
        case "drag", (x, y, to_x, to_y):
            await touch.drag(within(x, y), within(to_x, to_y))
        case "move", (x, y):
            await touch.mouse(events.MouseMove, *within(x, y))
        case "wheel", (str() as way, x, y, shift, meta, ctrl):
            await touch.mouse(_WHEELS[way], *within(x, y), shift=shift, meta=meta, ctrl=ctrl)
        case "line", (str() as text,):
            await touch.key("colon")
            await touch.send(events.Paste(text))
            await touch.key("enter")
        case "paste", (str() as text,):
            await touch.send(events.Paste(text))
        case "resize", (int() as columns, int() as rows):
            await touch.resize(columns, rows)
        case _:
            raise AssertionError(f"no such action: {rough}")
