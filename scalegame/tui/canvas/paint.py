"""Rows of cells as strips of the screen, made anew only where a row changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from scalegame.tui.canvas.cells import Ink, Sheet, Sparse, runs
from scalegame.tui.canvas.layout import Rect

#: Cutting a strip short costs more time than sending a few cells more: this share of a row is worth it.
WORTH_CUTTING = 0.6


#: A row as it is shown: its characters, and the ink of each.
Drawn = tuple[str, bytes]


class Painter:
    """What the widget shows, row by row.

    Attributes:
        styles: Colours by ink; empty until they are known.
    """

    def __init__(self) -> None:
        """Nothing shown yet."""
        self.styles: Sequence[Style] = ()
        self._same = bytes(range(256))
        self._unseen: frozenset[int] = frozenset()
        self._rows: dict[int, Drawn] = {}
        self._strips: dict[int, Strip] = {}
        self._over: Mapping[int, Sparse] = {}
        self._view = Rect(0, 0, 0, 0)
        self._sheet: Sheet | None = None

    def colour(self, styles: Sequence[Style]) -> None:
        """Use other colours."""
        self.styles = styles
        self._same = bytes(styles.index(styles[ink]) if ink < len(styles) else ink for ink in range(256))
        plain = [style.bgcolor == styles[0].bgcolor and not (style.underline or style.reverse) for style in styles]
        self._unseen = frozenset(i for i, is_plain in enumerate(plain) if is_plain)
        self._strips.clear()

    def update(
        self, sheet: Sheet, view: Rect, over: Mapping[int, Sparse], more: Mapping[int, Sparse]
    ) -> list[Region]:
        """Take over what changed on the sheet and over it; the regions of the view that look different now.

        Args:
            sheet: The cells.
            view: The part of them that shows.
            over: What moves, by row of the sheet.
            more: Signs at the edges of the view, by row of the view.
        """
        fresh = sheet is not self._sheet or view != self._view
        self._sheet, self._view = sheet, view
        regions: list[Region] = []
        for y in range(view.height):
            row = y + view.y
            known = self._rows.get(y)
            if known is not None and not (fresh or row in sheet.stale or row in over or row in self._over):
                continue
            characters, inks = sheet.row(row, view.x, view.width, over.get(row))
            for x, (character, ink) in more.get(y, {}).items():
                characters[x], inks[x] = character, ink
            drawn = "".join(characters), bytes(inks)
            if known == drawn:
                continue
            regions.append(_changed(y, known, drawn))
            self._rows[y] = drawn
            self._strips.pop(y, None)
        sheet.stale.clear()
        self._over = over
        return regions

    def strip(self, y: int, width: int) -> Strip:
        """A row of the view."""
        strip = self._strips.get(y)
        if strip is None:
            drawn = self._rows.get(y)
            if drawn is None or not self.styles:
                return Strip.blank(width, self.styles[Ink.GROUND] if self.styles else None)
            segments = [Segment(text, self.styles[ink]) for text, ink in runs(*drawn, self._same, self._unseen)]
            strip = self._strips[y] = Strip(segments, len(drawn[0]))
        return strip


def _changed(y: int, before: Drawn | None, after: Drawn) -> Region:
    """A row up to the last cell that differs; Textual sends a widget's row from its beginning anyway."""
    width = len(after[0])
    if before is None or len(before[0]) != width:
        return Region(0, y, width, 1)
    last = width - min(_alike(before[0][::-1], after[0][::-1]), _alike(before[1][::-1], after[1][::-1]))
    return Region(0, y, last if last < width * WORTH_CUTTING else width, 1)


def _alike(one: str | bytes, other: str | bytes) -> int:
    """How far two texts of one length are the same from their beginning."""
    low, high = 0, len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
