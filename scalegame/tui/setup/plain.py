"""What is on the screen with nothing but ASCII: one cell for one cell, so that nothing moves.

The canvas draws in ASCII by itself; everything else – texts, borders, curves, scroll bars – goes through here.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# Look-alikes are what this file is about.
# ruff: noqa: RUF001

#: Curves from low to high; the more ink, the more of it.
_CURVE = dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True))
_SIGNS = {
    # What the game says with a sign; `tests/tui/test_terminals.py` looks at every screen.
    **{"✓": "v", "✗": "x", "×": "x", "★": "*", "☆": "-", "○": ".", "●": "o", "◉": "@", "◆": "*"},
    **{"■": "#", "□": ".", "▪": "#", "▲": "!", "▼": "v", "►": ">", "◄": "<", "▶": ">", "◀": "<", "❚": "|"},
    **{"▴": "^", "▸": ">", "▾": "v", "◂": "<", "•": "*", "·": ".", "…": "~", "–": "-", "—": "-", "−": "-"},
    **{"←": "<", "→": ">", "↑": "^", "↓": "v", "↔": "-", "⇧": "^", "↵": "<", "⏎": "<", "⌫": "<", "↩": "<"},
    # What mathematics says with one.
    **{"≥": ">", "≤": "<", "≠": "!", "≈": "~", "÷": "/", "±": "+", "∞": "~", "√": "V", "∑": "S", "∝": "~"},
    **{"∈": "e", "⋅": ".", "⌈": "[", "⌉": "]", "⌊": "[", "⌋": "]", "⟨": "<", "⟩": ">", "⁄": "/", "∣": "|"},
    **dict(zip("αβγδελμνπρστφωΔΛΣΩ", "abgdelunprstfoDLSO", strict=True)),
    **{"µ": "u", "ß": "s", "æ": "a", "ø": "o", "Ø": "O", "ł": "l", "°": "o", "€": "E", "£": "L", "§": "S"},
    **{"“": '"', "”": '"', "„": '"', "«": "<", "»": ">", "‘": "'", "’": "'", "‚": "'", "‐": "-", "‑": "-"},
    **{"‹": "<", "›": ">"},
    **{"▔": "-", "▀": "-", "▌": "|", "▐": "|", "▕": "|", "░": ".", "▒": ":", "▓": "#", "½": "/", "¼": "/"},
}
#: Dots of a braille sign from none to eight, as ink.
_DOTS = " .:-=+*%#"


class _Table(dict[int, str]):
    """Signs by their number; a sign that was not seen before is looked up once."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain(chr(code))
        return found


_TABLE = _Table()


#: Signs that take the blank behind them, since one cell could not say what they mean.
_WIDE = {"≥ ": ">=", "≤ ": "<=", "≠ ": "!=", "→ ": "->"}


def plain(text: str) -> str:
    """The text in ASCII, as many cells wide as it was; what nothing stands for becomes `?`."""
    if text.isascii():
        return text
    for sign, both in _WIDE.items():
        text = text.replace(sign, both)
    return text.translate(_TABLE)


def _plain(sign: str) -> str:
    """What stands for one sign, in as many cells as it takes."""
    width = cell_len(sign)
    if sign.isascii() or width == 0:
        return sign if sign.isascii() else ""
    found = _CURVE.get(sign) or _SIGNS.get(sign) or _kinds().get(sign) or _drawn(sign)
    if found is None:
        letters = "".join(c for c in unicodedata.normalize("NFKD", sign) if c.isascii() and c.isprintable())
        found = letters if letters.strip() or sign.isspace() else "?"
    return found if len(found) == width else "?" * width


def _drawn(sign: str) -> str | None:
    """What stands for a piece of a line, a block or dots, by what Unicode calls it."""
    code = ord(sign)
    if 0x2800 <= code <= 0x28FF:
        return _DOTS[(code - 0x2800).bit_count()]
    if 0x2500 <= code <= 0x257F:
        name = unicodedata.name(sign)
        words = set(name.removeprefix("BOX DRAWINGS ").split())
        across, along = words & {"HORIZONTAL", "LEFT", "RIGHT"}, words & {"VERTICAL", "UP", "DOWN"}
        if across and along:
            return "+"
        if across:
            return "=" if words & {"HEAVY", "DOUBLE"} else "-"
        return "|" if along else "/"
    if 0x2580 <= code <= 0x259F:
        # Eighths from the left are the edges of boxes; quarters their corners.
        return "|" if "LEFT" in unicodedata.name(sign) and "QUADRANT" not in unicodedata.name(sign) else "+"
    return None


@cache
def _kinds() -> dict[str, str]:
    """The signs of the kinds of components, and what each kind wants to stand for its own."""
    from scalegame.components import kinds

    return {kind.glyph: kind.ascii for kind in kinds().values() if len(kind.ascii) == 1}


class AsciiFilter(LineFilter):
    """Lets nothing but ASCII onto the screen."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with every sign replaced that is not ASCII."""
        return [
            segment if segment.text.isascii() else Segment(plain(segment.text), segment.style, segment.control)
            for segment in segments
        ]
