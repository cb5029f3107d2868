"""Cards as cells. Pure.

╭ ▣ web ×3 ──────────╮      kind, name, replicas
│ util  █████▌    68%│      busy share, or the first line of the settings
│ queue ██        812│      how many wait, or the second line
╰ ● ok ──── 92% hits ╯      state in a sign and a word; the kind's own figure
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from scalegame.tui.canvas.cells import Ink, Sheet
from scalegame.tui.canvas.frame import BUSY, SATURATED, CardFrame, count
from scalegame.tui.canvas.glyphs import HEAVY, NONE, THIN, Glyphs, State, fit
from scalegame.tui.canvas.layout import Rect


class Mood(IntEnum):
    """Whether the player is about to do something with a card."""

    NONE = 0
    SELECTED = 1
    CONNECTING = 2


class Change(StrEnum):
    """How a card differs from what it was on another board; its sign and its word."""

    NONE = ""
    NEW = "+ new"
    ALTERED = "~ changed"


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that a card shows. Cards with equal faces look the same.

    Attributes:
        glyph: Sign of its kind, one cell wide.
        name: Its id.
        replicas: How many of it there are.
        lines: Two lines for when nothing runs.
        frame: How it fares; None: nothing runs.
        mood: Whether it is selected.
        marked: Whether it is one of several that are marked.
        change: Whether it is new or changed since another board.
    """

    glyph: str
    name: str
    replicas: int
    lines: tuple[str, str]
    frame: CardFrame | None = None
    mood: Mood = Mood.NONE
    marked: bool = False
    change: Change = Change.NONE


_BORDERS = {
    State.SATURATED: Ink.CARD_SATURATED,
    State.FAILING: Ink.CARD_FAILING,
    State.DOWN: Ink.CARD_FAILING,
}
_STATES = {state: Ink[f"STATE_{state.name}"] for state in State}
_CHANGES = {Change.NEW: Ink.CHANGE_NEW, Change.ALTERED: Ink.CHANGE_ALTERED}
_MOODS = {Mood.SELECTED: Ink.CARD_SELECTED, Mood.CONNECTING: Ink.CARD_CONNECTING}

#: Width of the longest label of a bar, and of the number after the bar.
_LABEL, _NUMBER = 5, 4


def text_width(card_width: int) -> int:
    """Cells for text on a card of that width: roomy cards have a margin."""
    return card_width - (3 if card_width >= 22 else 2)


def draw_card(sheet: Sheet, card: Rect, face: Face, glyphs: Glyphs, known: Face | None = None) -> bool:
    """Draw a card.

    Args:
        sheet: To draw on.
        card: Where.
        face: What it shows.
        glyphs: The alphabet.
        known: What is drawn there already: then only what differs is drawn.

    Returns:
        Whether the border was drawn.
    """
    frame = face.frame
    is_new = known is None or _around(face) != _around(known)
    if is_new:
        ink = _MOODS.get(face.mood) or (_BORDERS.get(frame.state, Ink.CARD) if frame else Ink.CARD)
        if face.marked and not face.mood:
            ink = Ink.CARD_MARKED
        _border(sheet, card, ink, HEAVY if face.mood else THIN, glyphs)
        _title(sheet, card, face, glyphs)
        if frame is not None:
            _footer(sheet, card, frame, glyphs)
        elif face.change:
            sheet.put(card.x + 1, card.bottom - 1, f" {face.change} ", _CHANGES[face.change])
    width = text_width(card.width)
    left = card.x + 1 + (card.width - 2 - width)
    if frame is not None and frame.utilisation is not None:
        share = min(1.0, max(0.0, frame.utilisation))
        colour = Ink.BAR_SATURATED if share >= SATURATED else Ink.BAR_BUSY if share >= BUSY else Ink.BAR_CALM
        number = f"{min(99, int(share * 100)) if share < 1 else 100}%"
        _bar(sheet, left, card.y + 1, width, "util", share, number, colour, glyphs)
        share = min(1.0, frame.queue / frame.queue_scale) if frame.queue_scale > 0 else 0.0
        _bar(sheet, left, card.y + 2, width, "queue", share, count(frame.queue), Ink.BAR_QUEUE, glyphs)
    else:
        lines = face.lines if frame is None else frame.lines
        for i, line in enumerate(lines[: card.height - 2]):
            text = fit(line, width, glyphs).ljust(width)
            sheet.put(left, card.y + 1 + i, text, Ink.LABEL if i else Ink.TEXT)
    return is_new


def _around(face: Face) -> tuple[object, ...]:
    """What a card's border says."""
    state = (face.frame.state, face.frame.badge, face.frame.utilisation is None) if face.frame else None
    return face.glyph, face.name, face.replicas, face.mood, face.marked, face.change, state


def _border(sheet: Sheet, card: Rect, ink: Ink, weight: int, glyphs: Glyphs) -> None:
    lines, inner = glyphs.lines, card.width - 2
    across, along = lines[NONE, weight, NONE, weight], lines[weight, NONE, weight, NONE]
    top = lines[NONE, weight, weight, NONE] + across * inner + lines[NONE, NONE, weight, weight]
    bottom = lines[weight, weight, NONE, NONE] + across * inner + lines[weight, NONE, NONE, weight]
    sheet.put(card.x, card.y, top, ink)
    sheet.put(card.x, card.bottom - 1, bottom, ink)
    for y in range(card.y + 1, card.bottom - 1):
        sheet.put(card.x, y, along, ink)
        sheet.put(card.x + 1, y, " " * inner, Ink.GROUND)
        sheet.put(card.right - 1, y, along, ink)


def _title(sheet: Sheet, card: Rect, face: Face, glyphs: Glyphs) -> None:
    many = f" {glyphs.times}{face.replicas}" if face.replicas != 1 else ""
    name = fit(face.name, card.width - 6 - len(many), glyphs) + many
    stands_out = face.mood or face.marked
    ink = Ink.TITLE_SELECTED if stands_out else Ink.TITLE
    sign = f"{glyphs.tick if face.marked else ' '}{fit(face.glyph, 1, glyphs)} "
    sheet.put(card.x + 1, card.y, sign, Ink.TITLE_SELECTED if stands_out else Ink.GLYPH)
    sheet.put(card.x + 4, card.y, f"{name} ", ink)


def _footer(sheet: Sheet, card: Rect, frame: CardFrame, glyphs: Glyphs) -> None:
    word = f" {glyphs.states[frame.state]} {frame.state} "
    sheet.put(card.x + 1, card.bottom - 1, word, _STATES[frame.state])
    badge = f" {fit(frame.badge, card.width, glyphs)} "
    if frame.badge and len(word) + len(badge) <= card.width - 2:
        sheet.put(card.right - 1 - len(badge), card.bottom - 1, badge, Ink.TEXT)


def _bar(
    sheet: Sheet, x: int, y: int, width: int, label: str, share: float, number: str, ink: Ink, glyphs: Glyphs
) -> None:
    before, after = int(width >= 16), int(width > 16)  # blanks around the bar, where there is room
    cells = width - _LABEL - _NUMBER - before - after
    sheet.put(x, y, label.ljust(_LABEL + before), Ink.LABEL)
    sheet.put(x + _LABEL + before, y, bar(cells, share, glyphs), ink)
    sheet.put(x + _LABEL + before + cells, y, number.rjust(_NUMBER + after), Ink.TEXT)


def bar(cells: int, share: float, glyphs: Glyphs) -> str:
    """A bar that fills a share of some cells; anything above nothing shows."""
    parts = len(glyphs.bar)
    filled = round(share * cells * parts)
    if share > 0:
        filled = max(1, filled)
    if share < 1:
        filled = min(cells * parts - 1, filled)
    whole, part = divmod(filled, parts)
    text = glyphs.bar[-1] * whole + (glyphs.bar[part - 1] if part else "")
    return text.ljust(cells, "." if glyphs.ascii else " ")
