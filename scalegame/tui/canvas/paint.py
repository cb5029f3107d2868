"""Rows of cells as strips of the screen, made anew only where a row changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import ne

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from scalegame.tui.canvas.cells import Ink, Row, Sheet, Sparse, runs
from scalegame.tui.canvas.layout import Rect

#: Cutting a strip short costs more time than sending a few cells more: this share of a row is worth it.
WORTH_CUTTING = 0.8


class Painter:
    """What the widget shows, row by row.

    Attributes:
        styles: Colours by ink; empty until they are known.
    """

    def __init__(self) -> None:
        """Nothing shown yet."""
        self.styles: Sequence[Style] = ()
        self._same: dict[int, int] = {}
        self._unseen: frozenset[int] = frozenset()
        self._rows: dict[int, Row] = {}
        self._strips: dict[int, Strip] = {}
        self._over: Mapping[int, Sparse] = {}
        self._view = Rect(0, 0, 0, 0)

    def colour(self, styles: Sequence[Style]) -> None:
        """Use other colours."""
        self.styles = styles
        self._same = {ink: styles.index(style) for ink, style in enumerate(styles)}
        plain = [style.bgcolor == styles[0].bgcolor and not (style.underline or style.reverse) for style in styles]
        self._unseen = frozenset(i for i, is_plain in enumerate(plain) if is_plain)
        self._strips.clear()

    def forget(self) -> None:
        """Everything was drawn anew."""
        self._rows.clear()
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
        if view != self._view:
            self._view = view
            self.forget()
        regions: list[Region] = []
        for y in range(view.height):
            row = y + view.y
            known = self._rows.get(y)
            if known is not None and not (row in sheet.stale or row in over or row in self._over):
                continue
            cells = sheet.row(row, view.x, view.width, over.get(row))
            for x, (character, ink) in more.get(y, {}).items():
                cells[0][x], cells[1][x] = character, ink
            if known == cells:
                continue
            regions.append(_changed(y, known, cells))
            self._rows[y] = cells
            self._strips.pop(y, None)
        sheet.stale.clear()
        self._over = over
        return regions

    def strip(self, y: int, width: int) -> Strip:
        """A row of the view."""
        strip = self._strips.get(y)
        if strip is None:
            cells = self._rows.get(y)
            if cells is None or not self.styles:
                return Strip.blank(width, self.styles[Ink.GROUND] if self.styles else None)
            segments = [Segment(text, self.styles[ink]) for text, ink in runs(cells, self._same, self._unseen)]
            strip = self._strips[y] = Strip(segments, len(cells[0]))
        return strip


def _changed(y: int, before: Row | None, after: Row) -> Region:
    """The part of a row between the first and the last cell that differ."""
    width = len(after[0])
    if before is None or len(before[0]) != width:
        return Region(0, y, width, 1)
    differs = list(map(ne, before[0], after[0]))
    inks = list(map(ne, before[1], after[1]))
    first = min(_first(differs), _first(inks))
    last = width - 1 - min(_first(differs[::-1]), _first(inks[::-1]))
    if last >= width * WORTH_CUTTING:
        return Region(0, y, width, 1)
    return Region(first, y, last - first + 1, 1)


def _first(flags: list[bool]) -> int:
    return flags.index(True) if True in flags else len(flags)
