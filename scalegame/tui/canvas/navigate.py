"""Moving over a board: from card to card, and the window on a board that is larger than the view. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from scalegame.tui.canvas.layout import Rect

#: Steps of the four directions.
DIRECTIONS: Mapping[str, tuple[int, int]] = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
}


def neighbour(cards: Mapping[str, Rect], start: str, direction: str) -> str:
    """Id of the nearest card in a direction; the card itself if there is none.

    A card counts as being there if it lies more in that direction than aside; cells are twice as high
    as they are wide.
    """
    dx, dy = DIRECTIONS[direction]
    here = cards[start]
    best: tuple[float, str] | None = None
    for id, card in cards.items():
        right, down = card.x - here.x, (card.y - here.y) * 2
        ahead, aside = (right * dx, abs(down)) if dx else (down * dy, abs(right))
        if id == start or ahead <= 0:
            continue
        # Level with it counts as straight ahead; what lies more aside than ahead comes last.
        distance = ahead + aside * 2 + (1000 if aside > ahead * 2 else 0)
        if best is None or distance < best[0]:
            best = distance, id
    return best[1] if best else start


def following(ids: Sequence[str], current: str | None, step: int) -> str | None:
    """The id that many places on in a circle; the first (or last) if there is no current one."""
    if not ids:
        return None
    if current not in ids:
        return ids[0 if step > 0 else -1]
    return ids[(ids.index(current) + step) % len(ids)]


def reading_order(cards: Mapping[str, Rect]) -> list[str]:
    """Ids from left to right, and in a column from top to bottom."""
    return sorted(cards, key=lambda id: (cards[id].x, cards[id].y))


def window(first: int | None, low: int, high: int, size: int) -> int:
    """Where a view along one axis should begin, to show cells from `low` to before `high`.

    What fits is shown whole, and only moved if it does not show whole already; what does not fit is
    scrolled, with no more than one blank cell beyond its ends.

    Args:
        first: Where it begins now; None: nowhere yet.
        low: First cell of what is to be shown.
        high: First cell after it.
        size: Of the view.
    """
    if high - low <= size:
        if first is not None and first <= low and high <= first + size:
            return first
        return low - (size - (high - low)) // 2
    return min(max(low - 1 if first is None else first, low - 1), high + 1 - size)


def reveal(first: int, low: int, high: int, size: int) -> int:
    """Where a view should begin to show cells from `low` to before `high`, moved as little as possible."""
    if low < first + 1:
        return low - 1
    if high > first + size - 1:
        return high + 1 - size
    return first


def onward(cards: Mapping[str, Rect], start: str, ids: Iterable[str], first: Collection[str] = ()) -> list[str]:
    """Ids in the order in which one looks for where to go on from a card.

    What stands to its right comes first, the nearest first; of what is equally near the upper.

    Args:
        cards: Where all stand.
        start: Where to go on from.
        ids: Of the cards to order.
        first: Ids that count as standing to its right.
    """
    here = cards[start]

    def order(id: str) -> tuple[bool, int, int, int]:
        card = cards[id]
        away = abs(card.x - here.x) + 2 * abs(card.y - here.y)
        return card.x <= here.x and id not in first, away, card.y, card.x

    return sorted((id for id in ids if id in cards), key=order)
