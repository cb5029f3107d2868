"""The whole board in one small picture: a short box for each card, the wires as fine lines. Pure.

The small picture is the large one scaled down, so what lies left on the board lies left here. Wires are
drawn in braille dots, eight to a cell; in ASCII as plain lines, where joins and crossings look the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scalegame.tui.canvas.cells import Ink, Sheet
from scalegame.tui.canvas.glyphs import THIN, Glyphs, State, one_cell_each
from scalegame.tui.canvas.layout import Rect
from scalegame.tui.canvas.picture import Picture
from scalegame.tui.canvas.ports import STEPS, Side
from scalegame.tui.canvas.routing import Route
from scalegame.units import whole

#: Boards are drawn at most this large, as a share of their size: boxes are one row high.
LARGEST_X, LARGEST_Y = 0.75, 0.5

#: Widest box, cells; and dots of a braille cell, by column and row.
_WIDEST = 14
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BRAILLE = 0x2800

_STATES = {state: Ink[f"STATE_{state.name}"] for state in State}


class Overview:
    """A board scaled down to fit a view.

    Attributes:
        boxes: The cells of each card's box.
    """

    def __init__(self, picture: Picture, width: int, height: int) -> None:
        """Scales a picture.

        Args:
            picture: The board as it is drawn large.
            width: Of the view, cells.
            height: Of the view, cells.
        """
        self._picture, self._size = picture, (width, height)
        around = picture.extent
        self._scale_x = min(LARGEST_X, (width - 2) / max(1, around.width))
        self._scale_y = min(LARGEST_Y, (height - 2) / max(1, around.height))
        self._left = (width - around.width * self._scale_x) / 2 - around.x * self._scale_x
        self._top = (height - around.height * self._scale_y) / 2 - around.y * self._scale_y
        self.boxes = self._boxes()
        draw = self._arms if picture.glyphs.ascii else self._dots
        self._wires = {ends: draw(route) for ends, route in picture.routes.items()}

    def _x(self, x: float) -> float:
        return x * self._scale_x + self._left

    def _y(self, y: float) -> float:
        return y * self._scale_y + self._top

    def nearest(self, x: int, y: int) -> str:
        """Id of the card whose box is nearest to a cell; cells are twice as high as they are wide."""
        return min(
            self.boxes,
            key=lambda id: (
                max(self.boxes[id].x - x, x - self.boxes[id].right + 1, 0) + 2 * abs(self.boxes[id].y - y)
            ),
        )

    def model(self, x: int, y: int) -> tuple[int, int]:
        """The cell of the large picture under a cell of the small one; the middle of a card under its box."""
        for id, box in self.boxes.items():
            if box.contains(x, y):
                card = self._picture.cards[id]
                return card.x + card.width // 2, card.y + card.height // 2
        return round((x - self._left) / self._scale_x), round((y - self._top) / self._scale_y)

    def _boxes(self) -> dict[str, Rect]:
        """A place for each box; of two that would lie on each other the later one moves aside."""
        width, height = self._size
        taken: set[tuple[int, int]] = set()
        found: dict[str, Rect] = {}
        for id, card in self._picture.cards.items():
            wide = min(max(3, round(card.width * self._scale_x)), _WIDEST, width)
            x = min(max(0, round(self._x(card.x))), width - wide)
            y = min(max(0, int(self._y(card.y + 1.5))), height - 1)  # where its first wire leaves
            for at_x, at_y in _around(x, y, wide, width, height):
                cells = {(at_x + i, at_y) for i in range(wide)}
                if not cells & taken:
                    x, y = at_x, at_y
                    break
            taken |= {(x + i, y) for i in range(wide)}
            found[id] = Rect(x, y, wide, 1)
        return found

    def _dots(self, route: Route) -> dict[tuple[int, int], int]:
        """The braille dots of a wire, by cell."""
        found: dict[tuple[int, int], int] = {}
        before: tuple[int, int] | None = None
        for x, y in route.cells:
            here = int(self._x(x + 0.5) * 2), int(self._y(y + 0.5) * 4)
            for dot_x, dot_y in _between(before, here):
                cell = dot_x // 2, dot_y // 4
                found[cell] = found.get(cell, 0) | _DOTS[dot_x % 2][dot_y % 4]
            before = here
        return found

    def _arms(self, route: Route) -> dict[tuple[int, int], int]:
        """The arms of a wire's line, by cell, as bits."""
        found: dict[tuple[int, int], int] = {}
        before: tuple[int, int] | None = None
        for x, y in route.cells:
            here = int(self._x(x + 0.5)), int(self._y(y + 0.5))
            for cell in _between(before, here):
                if before is not None:
                    step = (cell[0] - before[0], cell[1] - before[1])
                    if step in STEPS:
                        side = Side(STEPS.index(step))
                        found[before] = found.get(before, 0) | side.arm
                        found[cell] = found.get(cell, 0) | side.opposite.arm
                before = cell
        return found

    def draw(self, view: Rect) -> Sheet:
        """The small picture as everything is now, and which part of the board the large view shows.

        Args:
            view: That part, in cells of the large picture.
        """
        width, height = self._size
        sheet = Sheet(width, height)
        for cell, (bits, ink) in self._lines().items():
            sheet.put(*cell, self._character(bits), ink)
        self._draw_view(sheet, view)
        for id in self.boxes:
            self._draw_box(sheet, id)
        return sheet

    def _lines(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """What wires leave in each cell, and the ink of the loudest."""
        looks = self._picture.looks()
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for ends, cells in self._wires.items():
            ink = looks[ends].ink
            for cell, bits in cells.items():
                known = found.get(cell)
                found[cell] = (bits, ink) if known is None else (known[0] | bits, max(known[1], ink))
        return found

    def _character(self, bits: int) -> str:
        if not self._picture.glyphs.ascii:
            return chr(_BRAILLE + bits)
        top, right, bottom, left = (THIN if bits >> i & 1 else 0 for i in range(4))
        return self._picture.glyphs.lines[top, right, bottom, left]

    def _draw_view(self, sheet: Sheet, view: Rect) -> None:
        width, height = self._size
        left, right = max(0, int(self._x(view.x))), min(width - 1, int(self._x(view.right)))
        top, bottom = max(0, int(self._y(view.y))), min(height - 1, int(self._y(view.bottom)))
        across, along, _ = self._picture.glyphs.ghost
        for y in (top, bottom):
            sheet.put(left, y, across * (right - left + 1), Ink.VIEW)
        for y in range(top + 1, bottom):
            sheet.put(left, y, along, Ink.VIEW)
            sheet.put(right, y, along, Ink.VIEW)

    def _draw_box(self, sheet: Sheet, id: str) -> None:
        picture, box = self._picture, self.boxes[id]
        face, glyphs = picture.face(id), picture.glyphs
        sign, ink = face.glyph, Ink.GLYPH
        if face.frame is not None:
            sign, ink = glyphs.states[face.frame.state], _STATES[face.frame.state]
        if face.marked:
            sign, ink = glyphs.tick, Ink.TITLE_SELECTED
        if face.change:
            sign, ink = face.change[0], Ink.CHANGE_NEW if face.change[0] == "+" else Ink.CHANGE_ALTERED
        if face.mood:
            sign, ink = glyphs.heads[Side.LEFT], Ink.TITLE_SELECTED
        name = short(face.name, box.width - 1, glyphs).ljust(box.width - 1)
        sheet.put(box.x, box.y, sign, ink)
        sheet.put(box.x + 1, box.y, name, Ink.TITLE_SELECTED if face.mood or face.marked else Ink.TITLE)


def short(name: str, width: int, glyphs: Glyphs) -> str:
    """A name in few cells: its last part whole if it is a number, of the others the beginnings.

    `passes-db` in 6 cells is `pas-db`, `clients-12` in 5 `cl-12`, in 3 `c12`.
    """
    name = one_cell_each(name, glyphs)
    if len(name) <= width:
        return name
    parts = name.split("-")
    if len(parts) > 1:
        last = parts[-1] if whole(parts[-1]) is not None or len(parts[-1]) <= 2 else parts[-1][:2]
        head = "".join(part[:1] for part in parts[:-1]) if len(parts) > 2 else parts[0]
        room = width - len(last)
        if room >= 3:
            return f"{head[: room - 1]}-{last}"
        if room >= 1:
            return f"{head[:room]}{last}"
    return name[: max(0, width)]


def _around(x: int, y: int, wide: int, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Places for a box, nearest first: its own, then aside, then a row off."""
    for row in (y, y + 1, y - 1):
        if not 0 <= row < height:
            continue
        for step in range(width):
            for at in {x + step, x - step}:
                if 0 <= at <= width - wide:
                    yield at, row


def _between(start: tuple[int, int] | None, end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The places from one to another, without the first; a diagonal goes across and then along."""
    if start is None:
        yield end
        return
    (x, y), (to_x, to_y) = start, end
    while x != to_x:
        x += 1 if to_x > x else -1
        yield x, y
    while y != to_y:
        y += 1 if to_y > y else -1
        yield x, y
