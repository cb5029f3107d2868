"""The keys that the board itself answers to while it has the focus, each with an id that a keymap can name."""

from __future__ import annotations

from textual.binding import Binding

from scalegame.tui.canvas.navigate import DIRECTIONS

#: Which way keys scroll a board that is larger than the view.
SCROLL_KEYS = {
    "ctrl+left": "left",
    "ctrl+right": "right",
    "ctrl+up": "up",
    "ctrl+down": "down",
    "pageup": "up",
    "pagedown": "down",
    "home": "start",
    "end": "end",
}


def scrolling(action: str) -> tuple[Binding, ...]:
    """Bindings of the keys that scroll, to an action that takes the way."""
    return tuple(
        Binding(key, f"{action}('{way}')", f"Scroll {way}", show=False, id=f"canvas.scroll-{way}")
        for key, way in SCROLL_KEYS.items()
    )


KEYS: tuple[Binding, ...] = (
    *(Binding(d, f"step('{d}')", f"Select {d}", show=False, id=f"canvas.{d}") for d in DIRECTIONS),
    *(Binding(f"shift+{d}", f"move('{d}')", f"Move {d}", show=False, id=f"canvas.move-{d}") for d in DIRECTIONS),
    *(
        Binding(key, f"move('{d}')", f"Move {d}", show=False, id=f"canvas.move-letter-{d}")
        for key, d in {"H": "left", "J": "down", "K": "up", "L": "right"}.items()
    ),
    *scrolling("scroll_to"),
    *(
        Binding(key, f"letter('{d}')", f"Select {d}", show=False, id=f"canvas.letter-{d}")
        for key, d in {"h": "left", "j": "down", "k": "up", "l": "right"}.items()
    ),
    Binding("tab", "cycle(1)", "Next card", show=False, id="canvas.next"),
    Binding("shift+tab", "cycle(-1)", "Previous card", show=False, id="canvas.previous"),
    Binding("full_stop", "cycle_wires(1)", "Next wire", show=False, id="canvas.next-wire"),
    Binding("comma", "cycle_wires(-1)", "Previous wire", show=False, id="canvas.previous-wire"),
    Binding("enter", "accept", "Open, or draw the wire", show=False, id="canvas.accept"),
    Binding("escape", "cancel", "Cancel", show=False, id="canvas.cancel"),
)
