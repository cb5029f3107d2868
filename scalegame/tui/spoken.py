"""What a screen shows, as lines of plain text: for the linear mode, which screen readers read.

Nothing here knows the game's screens one by one: what is displayed is walked in its order, so a new screen
is spoken without a line of its own. A widget that draws pictures says itself what they mean, in a method
`spoken() -> str`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Markdown, OptionList, ProgressBar, Static
from textual.widgets._toast import Toast

from scalegame.design.model import Board
from scalegame.tui.canvas.frame import CardFrame
from scalegame.tui.canvas.view import BoardView
from scalegame.tui.telling.words import plural
from scalegame.tui.widgets.bars import StatusLine, Toolbar

#: Signs that a screen reader would spell out, or leave out, and what they mean.
_WORDS = {
    "✓": "held:",
    "✗": "missed:",
    "○": "open:",
    "●": "chosen:",
    "★": "star earned:",
    "☆": "star to earn:",
    "»": "passed over:",
    "→": "to",
    "->": "to",
    "►": "to",
    "▸": "–",
    "◆": "badge:",
    "≥": "at least",
    "≤": "at most",
    "×": "times",
    "÷": "divided by",
    "❚❚": "paused,",
    "▶": "playing,",
    "■": "ended,",
    "·": ",",
    "−": "minus",
    "≈": "about",
    "‹": "",
}
#: So many of so many: difficulty, and stars.
_SCORE = re.compile("[●○]{2,}")
_STARS = re.compile("[★☆]{2,}")
_TOTAL = re.compile(r"★ (\d+)$", re.MULTILINE)
#: A comma that begins a line, or follows a colon, was a dot between things, one of which is not there.
_LOOSE = re.compile(r"(^|:) ?,", re.MULTILINE)
#: What Markdown says with signs.
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKUP = re.compile(r"^#+ |\*\*|`", re.MULTILINE)


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

    key: tuple[int, str]
    text: str


def blocks(screen: Screen[Any]) -> list[Block]:
    """Everything that a screen says now, from top to bottom; what says nothing is left out."""
    found = []
    for widget in _displayed(screen):
        if isinstance(widget, BoardView):
            # Card by card, so that what changes on a large board is told alone.
            told = board_lines(widget)
        else:
            text = _said_by(widget)
            told = iter(()) if text is None else iter([("", text)])
        found += [Block((id(widget), about), plain) for about, text in told if (plain := tidied(text))]
    return found


def options(screen: Screen[Any]) -> OptionList | None:
    """The list on a screen that one chooses from, if there is one."""
    return next((w for w in _displayed(screen) if isinstance(w, OptionList)), None)


def chosen(listed: OptionList, number: int) -> int | None:
    """The index of the option that is read with that number; None: there is none."""
    open_ = [index for index, option in enumerate(listed.options) if not option.disabled]
    return open_[number - 1] if 1 <= number <= len(open_) else None


def tidied(text: str) -> str:
    """Text without the drawing: signs as words, curves and rows of blanks left out."""
    text = _SCORE.sub(lambda score: f"{score[0].count('●')} of {len(score[0])}", text)
    text = _STARS.sub(lambda score: f"{score[0].count('★')} of {len(score[0])} stars", text)
    text = _TOTAL.sub(r"stars: \1", text)
    for sign, word in _WORDS.items():
        text = text.replace(sign, f" {word} ")
    kept = []
    for row in text.splitlines():
        plain = "".join(c for c in row if not 0x2190 <= ord(c) < 0x2C00)
        if words := _LOOSE.sub(r"\1", " ".join(plain.split())).replace(" ,", ",").strip():
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
        case Markdown():
            return _MARKUP.sub("", _LINK.sub(r"\1", widget.source))
        case OptionList():
            return None if widget.screen.query(Markdown) else _listed(widget)
        case ProgressBar():
            return None
        case Toast():
            return _plain(widget.render())
        case Button():
            return f"button {_plain(widget.label)}" if widget.id != "close" else None
        case Input():
            return f"input: {widget.value or widget.placeholder}"
        case Static():
            return _plain(widget.visual)
    return None


def _listed(widget: OptionList) -> str:
    """What can be chosen, each with its number; headings and what is locked have none."""
    rows, number = [], 0
    for option in widget.options:
        number += not option.disabled
        rows.append(f"{'' if option.disabled else f'{number} '}{_plain(option.prompt).strip()}")
    return "\n".join(rows)


def _plain(text: object) -> str:
    if isinstance(text, Content):
        return text.plain
    return text if isinstance(text, str) else ""


def board_lines(view: BoardView) -> Iterator[tuple[str, str]]:
    """A board in words: every card, how it fares or what it is, and where its wires lead.

    Yields:
        What a line is about, and the line.
    """
    picture = view.picture
    if not picture.cards:
        yield "", "The board is empty."
        return
    frame = picture.frame
    for id in _along_wires(picture.board):
        card = picture.board.components[id]
        many = f", {plural(card.replicas, 'replica')}" if card.replicas > 1 else ""
        now = frame.cards.get(id) if frame else None
        told = _faring(now) if now is not None else ", ".join(t for t in picture.lines.get(id, ()) if t)
        leads = picture.board.targets(id)
        wires = f"; wired to {', '.join(leads)}" if leads else "; wired to nothing"
        chosen = " (selected)" if id == view.selected else ""
        yield id, f"{id}{chosen}: {card.kind}{many}{', ' if told else ''}{told}{wires}"
    if frame is None:
        return
    for (source, target), wire in frame.wires.items():
        if wire.errors > 0:
            told = f"{wire.calls:.0f} calls a second, {wire.errors:.0f} come back failed"
            yield f"{source} -> {target}", f"{source} to {target}: {told}"


def _along_wires(board: Board) -> list[str]:
    """Every card once, those who send before those whom they send to, as far as wires say."""
    order: dict[str, None] = {}

    def visit(id: str) -> None:
        if id not in order and all(source in order for source in board.sources(id)):
            order[id] = None
            for target in board.targets(id):
                visit(target)

    for id in board.components:
        visit(id)
    return [*order, *(id for id in board.components if id not in order)]


def _faring(card: CardFrame) -> str:
    """How a card fares, worst news first."""
    parts = [card.state.value.lower()]
    if card.utilisation is not None:
        parts += [f"{card.utilisation:.0%} busy", f"{card.queue:,.0f} waiting"]
    parts += [text for text in (card.badge, *card.lines) if text]
    return ", ".join(parts)
