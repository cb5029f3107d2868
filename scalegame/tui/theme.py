"""The colours of the game: one calm ground, one accent, and three colours that mean something."""

from __future__ import annotations

from textual.theme import Theme

#: Ice blue marks what can be acted on; green, amber and red are kept for good, tight and lost.
DARK = Theme(
    name="scalegame-dark",
    dark=True,
    primary="#6fb7dd",
    secondary="#8aa3b8",
    accent="#6fb7dd",
    foreground="#d5dbe1",
    background="#12171d",
    surface="#171e26",
    panel="#1f2831",
    success="#8cc28a",
    warning="#dfb765",
    error="#e5786d",
    variables={
        "quiet": "#8593a0",
        "faint": "#4f5b67",
        "footer-key-foreground": "#6fb7dd",
        "block-cursor-background": "#24506a",
        "block-cursor-foreground": "#f2f6f9",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#1f3442",
        "input-selection-background": "#6fb7dd 35%",
    },
)

LIGHT = Theme(
    name="scalegame-light",
    dark=False,
    primary="#125e8a",
    secondary="#4b6172",
    accent="#125e8a",
    foreground="#1d252c",
    background="#f5f6f4",
    surface="#ecedea",
    panel="#e0e3e1",
    success="#2f6b33",
    warning="#8a5a00",
    error="#ad2f25",
    variables={
        "quiet": "#5b6873",
        "faint": "#a3adb5",
        "footer-key-foreground": "#125e8a",
        "block-cursor-background": "#b9d7e8",
        "block-cursor-foreground": "#0c1a24",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#d3e2ea",
        "input-selection-background": "#125e8a 25%",
    },
)

THEMES = (DARK, LIGHT)
