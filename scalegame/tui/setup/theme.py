"""The colours of the game: one calm ground, one accent, and three colours that mean something.

Two variables are the game's own: `$quiet` for what may be overlooked and can be read, `$faint` for lines that
only divide.
"""

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
    panel="#252a31",
    success="#8cc28a",
    warning="#dfb765",
    error="#e5786d",
    variables={
        "quiet": "#909eab",
        "faint": "#4f5b67",
        "footer-key-foreground": "#6fb7dd",
        "block-cursor-background": "#1a3749",
        "block-cursor-foreground": "#f2f6f9",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#1b2d39",
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
        "quiet": "#56636e",
        "faint": "#a3adb5",
        "footer-key-foreground": "#125e8a",
        "block-cursor-background": "#d0e5f1",
        "block-cursor-foreground": "#0c1a24",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#d3e2ea",
        "input-selection-background": "#125e8a 25%",
    },
)

#: White on black; even what is quiet keeps seven to one. The hues are those that few people confuse.
CONTRAST = Theme(
    name="scalegame-contrast",
    dark=True,
    primary="#66d9ff",
    secondary="#c6d4e0",
    accent="#66d9ff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    success="#5ff57a",
    warning="#ffd84d",
    error="#ff9a91",
    variables={
        "quiet": "#dcdcdc",
        "faint": "#9e9e9e",
        "footer-key-foreground": "#66d9ff",
        # Texts under the cursor keep their colours, so its ground has to carry all of them, and stand out itself.
        "block-cursor-background": "#00588c",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#4d4d4d",
        "block-cursor-blurred-foreground": "#ffffff",
        "block-hover-background": "#333333",
        "input-selection-background": "#66d9ff 60%",
        "scrollbar": "#ffffff",
        "scrollbar-background": "#333333",
    },
)


def _named(
    name: str, ground: str, text: str, *, quiet: str, faint: str, accent: str, marks: tuple[str, str, str],
    cursor: tuple[str, str, str], dark: bool = True,
) -> Theme:  # fmt: skip
    """A theme of the sixteen colours that every terminal has a name for, none of them mixed.

    Args:
        name: What Textual calls it.
        ground: Behind everything.
        text: On it.
        quiet: Text that may be overlooked.
        faint: Lines that only divide.
        accent: What can be acted on.
        marks: Good, tight, lost.
        cursor: Ground, text and style of what the cursor is on.
        dark: Whether it is a dark one.
    """
    good, tight, lost = marks
    behind, above, style = cursor
    return Theme(
        name=name,
        ansi=True,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=text,
        background=ground,
        surface=ground,
        panel=ground,
        success=good,
        warning=tight,
        error=lost,
        variables={
            "quiet": quiet,
            "faint": faint,
            "surface": ground,
            "panel": ground,
            "text": text,
            "text-muted": quiet,
            "text-disabled": quiet,
            "foreground-muted": quiet,
            "ansi-background": ground,
            "ansi-foreground": text,
            "footer-key-foreground": accent,
            "block-cursor-background": behind,
            "block-cursor-foreground": above,
            "block-cursor-text-style": style,
            "block-cursor-blurred-background": behind,
            "block-cursor-blurred-foreground": above,
            "block-cursor-blurred-text-style": style.replace("bold", "").strip() or "none",
            "block-hover-background": ground,
            "button-foreground": text,
            "button-color-foreground": text,
            "input-cursor-background": accent,
            "input-cursor-foreground": "ansi_black" if dark else "ansi_bright_white",
            "input-cursor-text-style": "none",
            "input-selection-background": accent,
            "input-selection-foreground": "ansi_black" if dark else "ansi_bright_white",
            "link-color": accent,
            "scrollbar": accent,
            "scrollbar-hover": accent,
            "scrollbar-active": accent,
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
        },
    )


_BRIGHT = "ansi_bright_green", "ansi_bright_yellow", "ansi_bright_red"
_ON_BLUE = "ansi_blue", "ansi_bright_white", "bold"

#: Only what the terminal was given: its own ground and text, and a line under what the cursor is on, which is
#: legible whatever the colours are (Textual cannot reverse colours that it does not know).
TERMINAL = _named(
    "scalegame-terminal", "ansi_default", "ansi_default", quiet="ansi_default", faint="ansi_bright_black",
    accent="ansi_cyan", marks=("ansi_green", "ansi_yellow", "ansi_red"),
    cursor=("ansi_default", "ansi_default", "bold underline"),
)  # fmt: skip
#: Where there are but sixteen colours the nearest to those above would all be greys.
_DARK_16 = _named(
    "scalegame-dark-16", "ansi_black", "ansi_white", quiet="ansi_white", faint="ansi_bright_black",
    accent="ansi_bright_cyan", marks=_BRIGHT, cursor=_ON_BLUE,
)  # fmt: skip
_CONTRAST_16 = _named(
    "scalegame-contrast-16", "ansi_black", "ansi_bright_white", quiet="ansi_bright_white", faint="ansi_white",
    accent="ansi_bright_cyan", marks=_BRIGHT, cursor=_ON_BLUE,
)  # fmt: skip
#: Yellow cannot be read on white.
_LIGHT_16 = _named(
    "scalegame-light-16", "ansi_bright_white", "ansi_black", quiet="ansi_black", faint="ansi_bright_black",
    accent="ansi_blue", marks=("ansi_green", "ansi_magenta", "ansi_red"),
    cursor=("ansi_cyan", "ansi_black", "bold"), dark=False,
)  # fmt: skip

#: Themes by what the settings call them, and what stands for them where there are but sixteen colours.
THEMES = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST, "terminal": TERMINAL}
SIXTEEN = {"dark": _DARK_16, "light": _LIGHT_16, "contrast": _CONTRAST_16, "terminal": TERMINAL}
