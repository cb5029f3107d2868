"""The edges of a view beyond which a board goes on: signs show it, and scroll when they are clicked. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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


def edges(around: Rect, view: Rect) -> dict[str, Rect]:
    """Where the signs stand, by the way they lead.

    Args:
        around: Everything that is drawn, in cells of the model.
        view: What of it the view shows, in cells of the model.

    Returns:
        Cells of the view, only where there is more.
    """
    wide, high = min(LONG_ACROSS, view.width), min(LONG_DOWN, view.height)
    x, y = (view.width - wide) // 2, (view.height - high) // 2
    found: dict[str, Rect] = {}
    if around.y < view.y:
        found["up"] = Rect(x, 0, wide, 1)
    if around.right > view.right:
        found["right"] = Rect(view.width - 1, y, 1, high)
    if around.bottom > view.bottom:
        found["down"] = Rect(x, view.height - 1, wide, 1)
    if around.x < view.x:
        found["left"] = Rect(0, y, 1, high)
    return found
