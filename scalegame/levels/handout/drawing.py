"""A board as text: who asks whom, as a tree for each of those who ask."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.design.model import Board, Component
from scalegame.design.rulebook import Rulebook

AGAIN = "(see above)"
"""Stands behind a card whose wires are drawn already."""


def drawn(board: Board, rulebook: Rulebook) -> tuple[str, ...]:
    """Return the lines of the drawing.

    Every card is in it; one that is reached in two ways is there twice, its own wires once.
    """
    lines: list[str] = []
    done: set[str] = set()
    reached = {wire.target for wire in board.wires}
    first = [card.id for card in board if card.id not in reached]
    # Cards that only reach each other in a ring are nobody's; they are drawn all the same.
    for id in (*first, *(card.id for card in board)):
        if id not in done:
            lines.append(f"[{_label(board.components[id], rulebook)}]")
            done.add(id)
            lines += _below(id, "", board, rulebook, done)
    return tuple(lines)


def _below(id: str, margin: str, board: Board, rulebook: Rulebook, done: set[str]) -> Iterator[str]:
    targets = board.targets(id)
    for number, target in enumerate(targets):
        last = number == len(targets) - 1
        again = target in done and bool(board.targets(target))
        label = _label(board.components[target], rulebook)
        yield f"{margin}{'└' if last else '├'}─> [{label}]{f' {AGAIN}' if again else ''}"
        if target not in done:
            done.add(target)
            yield from _below(target, margin + ("    " if last else "│   "), board, rulebook, done)


def _label(card: Component, rulebook: Rulebook) -> str:
    kind = rulebook.kinds[card.kind].title
    times = f" ×{card.replicas}" if card.replicas > 1 else ""
    size = card.settings.get("size")
    return ", ".join(filter(None, (f"{card.id}{times}: {kind}", str(size) if size else "", f"at {card.at}")))
