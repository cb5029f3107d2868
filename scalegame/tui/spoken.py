"""What a screen shows, as lines of plain text: for the linear mode, which screen readers read.

Nothing here knows the game's screens one by one: what is displayed is walked in its order, so a new screen
is spoken without a line of its own. A widget that draws pictures says itself what they mean, in a method
`spoken() -> str`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Markdown, OptionList, ProgressBar, Static
from textual.widgets._toast import Toast

from scalegame.tui.canvas.frame import CardFrame
from scalegame.tui.canvas.view import BoardView
from scalegame.tui.telling.words import plural
from scalegame.tui.widgets.bars import StatusLine, Toolbar

#: Signs that a screen reader would spell out, or leave out, and what they mean.
_WORDS = {
    "✓": "held:",
    "✗": "missed:",
    "○": "open:",
    "●": "full,",
    "★": "star,",
    "☆": "no star,",
    "→": "to",
    "►": "to",
    "▸": "–",
    "◆": "badge:",
    "▲": "better:",
    "▼": "worse:",
    "≥": "at least",
    "≤": "at most",
    "×": "times",
    "❚❚": "paused,",
    "▶": "playing,",
    "■": "ended,",
    "·": ",",
    "−": "minus",
}


#: So many of so many: difficulty, for one.
_SCORE = re.compile("[●○]{2,}")


@runtime_checkable
class Speaks(Protocol):
    """A widget that says itself what it shows."""

    def spoken(self) -> str:
        """Its meaning in words; "" for nothing worth saying."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a screen.

    Attributes:
        key: Which piece: the same on a screen for as long as the piece is there.
        text: What it says now.
    """

    key: int
    text: str


def blocks(screen: Screen[object]) -> list[Block]:
    """Everything that a screen says now, from top to bottom; what says nothing is left out."""
    found = []
    for widget in _displayed(screen):
        text = _said_by(widget)
        if text is not None and (plain := tidied(text)):
            found.append(Block(id(widget), plain))
    return found


def options(screen: Screen[object]) -> OptionList | None:
    """The list on a screen that one chooses from, if there is one."""
    return next((w for w in _displayed(screen) if isinstance(w, OptionList)), None)


def tidied(text: str) -> str:
    """Text without the drawing: signs as words, curves and rows of blanks left out."""
    text = _SCORE.sub(lambda score: f"{score[0].count('●')} of {len(score[0])}", text)
    for sign, word in _WORDS.items():
        text = text.replace(sign, f" {word} ")
    kept = []
    for row in text.splitlines():
        plain = "".join(c for c in row if not 0x2500 <= ord(c) < 0x25A0)
        if words := " ".join(plain.split()):
            kept.append(words)
    return "\n".join(kept)


def _displayed(widget: Widget) -> Iterator[Widget]:
    """What is displayed under a widget, parents before children; parts that speak for themselves whole."""
    for child in widget.children:
        if not child.display or isinstance(child, Toolbar):
            continue
        yield child
        if not isinstance(child, (Speaks, Markdown, OptionList, StatusLine, BoardView, ProgressBar)):
            yield from _displayed(child)


def _said_by(widget: Widget) -> str | None:
    match widget:
        case StatusLine():
            return None  # what has just happened is said last, by whoever speaks
        case Speaks():
            return widget.spoken()
        case BoardView():
            return "\n".join(board_lines(widget))
        case Markdown():
            return widget.source
        case OptionList():
            return "\n".join(
                f"{number} {_plain(option.prompt)}" + (" (not open)" if option.disabled else "")
                for number, option in enumerate(widget.options, 1)
            )
        case ProgressBar():
            return None
        case Toast():
            return _plain(widget.render())
        case Button():
            return f"button {_plain(widget.label)}"
        case Input():
            return f"input: {widget.value or widget.placeholder}"
        case Static():
            return _plain(widget.visual)
    return None


def _plain(text: object) -> str:
    if isinstance(text, Content):
        return text.plain
    return text if isinstance(text, str) else ""


def board_lines(view: BoardView) -> Iterator[str]:
    """A board in words: every card, how it fares or what it is, and where its wires lead."""
    picture = view.picture
    if not picture.cards:
        yield "The board is empty."
        return
    frame = picture.frame
    for id in sorted(picture.cards, key=lambda id: (picture.cards[id].x, picture.cards[id].y)):
        card = picture.board.components[id]
        many = f", {plural(card.replicas, 'replica')}" if card.replicas > 1 else ""
        now = frame.cards.get(id) if frame else None
        told = _faring(now) if now is not None else ", ".join(t for t in picture.lines.get(id, ()) if t)
        leads = picture.board.targets(id)
        wires = f"; wired to {', '.join(leads)}" if leads else "; wired to nothing"
        chosen = " (selected)" if id == view.selected else ""
        yield f"{id}{chosen}: {card.kind}{many}{', ' if told else ''}{told}{wires}"
    if frame is None:
        return
    for (source, target), wire in frame.wires.items():
        if wire.errors > 0:
            yield f"{source} to {target}: {wire.calls:.0f} calls a second, {wire.errors:.0f} come back failed"


def _faring(card: CardFrame) -> str:
    """How a card fares, worst news first."""
    parts = [card.state.value.lower()]
    if card.utilisation is not None:
        parts += [f"{card.utilisation:.0%} busy", f"{card.queue:,.0f} waiting"]
    parts += [text for text in (card.badge, *card.lines) if text]
    return ", ".join(parts)
