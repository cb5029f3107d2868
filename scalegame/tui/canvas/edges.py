"""The edges of a view beyond which a board goes on: signs show it, and scroll when they are clicked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scalegame.tui.canvas.layout import Rect

#: How long the signs are along the upper and lower edge, and along the sides, cells: cells are twice as
#: high as they are wide.
LONG_ACROSS, LONG_DOWN = 5, 3

#: What a scroll goes over, as a share of the view.
SHARES: Mapping[str, tuple[float, float]] = {
    "left": (-0.5, 0),
    "right": (0.5, 0),
    "up": (0, -0.5),
    "down": (0, 0.5),
}


def edges(around: Rect, view: Rect, cards: Iterable[Rect] = ()) -> dict[str, Rect]:
    """Where the signs stand, by the way they lead.

    Args:
        around: Everything that is drawn, in cells of the model.
        view: What of it the view shows, in cells of the model.
        cards: What no sign should lie on, in cells of the model.

    Returns:
        Cells of the view, only where there is more.
    """
    more = {
        "up": around.y < view.y,
        "right": around.right > view.right,
        "down": around.bottom > view.bottom,
        "left": around.x < view.x,
    }
    ways = [way for way, is_more in more.items() if is_more]
    seen = [Rect(card.x - view.x, card.y - view.y, card.width, card.height) for card in cards] if ways else []
    return {way: _sign(way, view, seen) for way in ways}


def _sign(way: str, view: Rect, cards: Iterable[Rect]) -> Rect:
    """The longest place along an edge that is clear of cards, as near to its middle as can be."""
    across = way in ("up", "down")
    room = view.width if across else view.height
    longest = min(LONG_ACROSS if across else LONG_DOWN, room)

    def place(start: int, length: int) -> Rect:
        if across:
            return Rect(start, 0 if way == "up" else view.height - 1, length, 1)
        return Rect(0 if way == "left" else view.width - 1, start, 1, length)

    along = place(0, room)
    there = [card for card in cards if card.meets(along)]
    for length in range(longest, 0, -1):
        middle = (room - length) // 2
        for start in sorted(range(room - length + 1), key=lambda start: abs(start - middle)):
            found = place(start, length)
            if not any(found.meets(card) for card in there):
                return found
    return place((room - longest) // 2, longest)
