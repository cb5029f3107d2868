"""A board on the screen, to look at: drawn, coloured, scrolled; `widget` adds keys and mouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Offset, Region
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.tui.canvas import glyphs
from scalegame.tui.canvas.cells import Ink, Sparse, lay_over
from scalegame.tui.canvas.changes import Changes
from scalegame.tui.canvas.edges import edges
from scalegame.tui.canvas.frame import Frame
from scalegame.tui.canvas.layout import Rect
from scalegame.tui.canvas.navigate import reveal, window
from scalegame.tui.canvas.overview import Overview
from scalegame.tui.canvas.paint import Painter
from scalegame.tui.canvas.picture import Lines, Picture
from scalegame.tui.canvas.ports import Ends
from scalegame.tui.canvas.wiring import band
from scalegame.tui.setup.plain import AsciiFilter


class BoardView(Widget):
    """Shows a board, and how it fares under load."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {ink.component_class for ink in Ink}

    DEFAULT_CSS = """
    BoardView {
        width: 1fr; height: 1fr; background: $background; color: $foreground;
        .canvas--wire-idle { color: $foreground 30%; }
        .canvas--wire { color: $foreground 52%; }
        .canvas--wire-heavy { color: $foreground 66%; }
        .canvas--wire-failing { color: $error 75%; }
        .canvas--wire-new { color: $success; }
        .canvas--wire-selected { color: $accent; text-style: bold; }
        .canvas--card { color: $foreground 42%; }
        .canvas--card-saturated { color: $warning; }
        .canvas--card-failing { color: $error; }
        .canvas--card-marked { color: $accent; }
        .canvas--card-selected { color: $accent; }
        .canvas--card-connecting { color: $accent; }
        .canvas--title { color: $foreground; text-style: bold; }
        .canvas--title-selected { color: $accent; text-style: bold; }
        .canvas--glyph { color: $foreground 70%; }
        .canvas--text { color: $foreground 90%; }
        .canvas--label { color: $foreground 68%; }
        .canvas--bar-calm { color: $success; background: $foreground 12%; }
        .canvas--bar-busy { color: $success; background: $foreground 12%; }
        .canvas--bar-saturated { color: $warning; background: $foreground 12%; }
        .canvas--bar-queue { color: $secondary; background: $foreground 12%; }
        .canvas--state-idle { color: $foreground 50%; }
        .canvas--state-ok { color: $success; }
        .canvas--state-busy { color: $success; }
        .canvas--state-saturated { color: $warning; text-style: bold; }
        .canvas--state-failing { color: $error; text-style: bold; }
        .canvas--state-down { color: $background; background: $error; text-style: bold; }
        .canvas--change-new { color: $success; text-style: bold; }
        .canvas--change-altered { color: $warning; text-style: bold; }
        .canvas--ghost { color: $accent; }
        .canvas--mark { color: $foreground; text-style: bold; }
        .canvas--mark-error { color: $error; text-style: bold; }
        .canvas--more { color: $accent; }
        .canvas--view { color: $accent; text-style: bold; }
    }
    """

    #: The marks on the wires stand.
    reduced_motion: var[bool] = var(False)

    def __init__(
        self,
        *,
        ascii: bool = False,
        reduced_motion: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """An empty canvas.

        Args:
            ascii: Draw with nothing but ASCII.
            reduced_motion: Marks on wires stand still.
            name: Of the widget.
            id: Of the widget.
            classes: CSS classes.
        """
        super().__init__(name=name, id=id, classes=classes)
        self.picture = Picture(glyphs.plain() if ascii else glyphs.unicode())
        self.set_reactive(BoardView.reduced_motion, reduced_motion)
        self._painter = Painter()
        self._shown: tuple[Board, Kinds, Lines] | None = None
        self._first: tuple[int, int] | None = None
        self._pointer: tuple[int, int] | None = None
        self._overview: Overview | None = None
        self._band: tuple[int, int, int, int] | None = None
        self._targets: frozenset[str] | None = None  # of the wire that is being drawn
        self._awaited: tuple[str | None, Ends | None] | None = None  # selected before the board was laid out

    # What others ask of it

    @property
    def selected(self) -> str | None:
        """Id of the selected card."""
        return self.picture.selected

    @property
    def selected_wire(self) -> Ends | None:
        """Source and target of the selected wire."""
        return self.picture.selected_wire

    @property
    def connecting(self) -> str | None:
        """Id of the card from which a wire is being drawn."""
        return self.picture.connecting

    def show_board(self, board: Board, kinds: Kinds, lines: Lines) -> None:
        """Show a board.

        Args:
            board: What is on it.
            kinds: For the signs on the cards.
            lines: Two lines of text for each card, shown while nothing runs.
        """
        if self._shown is None or not {*board.components} & {*self._shown[0].components}:
            self._first = None
        self._shown = board, kinds, lines
        self._relay()

    def adapt(self, *, ascii: bool, reduced_motion: bool) -> None:
        """Draw with these signs, with marks that move or stand, and with the colours as they are by now."""
        self.reduced_motion = reduced_motion
        if ascii != self.picture.glyphs.ascii:
            self.picture.alphabet(glyphs.plain() if ascii else glyphs.unicode())
            if self._overview is not None:
                self._overview = Overview(self.picture, self.size.width, self.size.height)
        self.notify_style_update()
        self._update()
        self.refresh()

    def show_frame(self, frame: Frame | None) -> None:
        """Show how the board fares at a moment; None: show its settings again."""
        self.picture.show_frame(frame)
        self._update()

    def select(self, id: str | None) -> None:
        """Select a card and bring it into view; sends no message."""
        self._awaited = (id, None) if not self.picture.cards else None
        self._pointer = None
        self.picture.select(id, None, self.connecting)
        self._reveal()
        self._update()

    def select_wire(self, source: str, target: str) -> None:
        """Select a wire; sends no message."""
        self._awaited = (None, (source, target)) if not self.picture.cards else None
        self.picture.select(None, (source, target))
        self._update()

    def mark(self, ids: Iterable[str]) -> None:
        """Show which cards are marked; sends no message."""
        self.picture.mark(ids)
        self._update()

    def compare(self, changes: Changes) -> None:
        """Show what is new, changed and gone since another board; `Changes()` for nothing."""
        self.picture.compare(changes)
        self._update()

    @property
    def in_overview(self) -> bool:
        """Whether the whole board is shown small."""
        return self._overview is not None

    def show_overview(self, shown: bool = True) -> None:
        """Show the whole board small, or a part of it large again: where the selected card is, if one is."""
        card = self.picture.cards.get(self.selected or "")
        if shown and self.size and self.picture.cards:
            self._overview = Overview(self.picture, self.size.width, self.size.height)
        elif self._overview is not None:
            self._overview = None
            if card is not None:
                self.look_at(card.x + card.width // 2, card.y + card.height // 2)
        self._update()

    def end_connect(self) -> None:
        """Draw no wire any more; sends no message."""
        self._pointer = None
        self.picture.select(self.selected, self.selected_wire)
        self._update()

    def start_connect(self, source: str | None = None, targets: Iterable[str] | None = None) -> bool:
        """Begin to draw a wire from a card, the selected one by default; False if there is none.

        The selection then chooses where to; Enter or a click draws, Escape gives up.

        Args:
            source: Id of the card.
            targets: Ids of the cards that keys go through; None: all.
        """
        start = source or self.selected
        if start not in self.picture.cards:
            return False
        self._targets = None if targets is None else frozenset(targets)
        self.picture.select(self.selected or start, None, start)
        self._update()
        return True

    # The view

    def _model(self, x: int, y: int) -> tuple[int, int]:
        """The cell of the model under a cell of the widget."""
        if self._overview is not None:
            return self._overview.model(x, y)
        left, top = self._first or (0, 0)
        return x + left, y + top

    def _relay(self) -> None:
        """Lay the board out for the size of the view."""
        if self._shown is None or not self.size:
            return
        view = None if self._first is None else Rect(*self._first, self.size.width, self.size.height)
        self.picture.show_board(*self._shown, self.size.width, self.size.height, view)
        if self._awaited is not None and self.picture.cards:
            self.picture.select(*self._awaited)
            self._awaited = None
        self._look(self._first)
        if self._overview is not None:
            self._overview = Overview(self.picture, self.size.width, self.size.height)
        self._update()

    def _look(self, first: tuple[int, int] | None) -> None:
        """Move the view, as far as there is something to see."""
        around, size = self.picture.extent, self.size
        x, y = first or (None, None)
        self._first = (
            window(x, around.x, around.right, size.width),
            window(y, around.y, around.bottom, size.height),
        )

    def scroll_board(self, columns: int, rows: int) -> None:
        """Move the view over a board that is larger than it; one that fits stays."""
        if self._first is not None:
            dx = columns if self.picture.extent.width > self.size.width else 0
            dy = rows if self.picture.extent.height > self.size.height else 0
            self._look((self._first[0] + dx, self._first[1] + dy))
            self._update()

    def look_at(self, x: int, y: int) -> None:
        """Bring a cell of the board to the middle of the view, as far as there is something to see."""
        around, size = self.picture.extent, self.size
        left, top = self._first or (0, 0)
        if around.width > size.width:
            left = x - size.width // 2
        if around.height > size.height:
            top = y - size.height // 2
        self._look((left, top))
        self._update()

    def _reveal(self) -> None:
        card = self.picture.cards.get(self.selected or "")
        if card is None or self._first is None:
            return
        x = reveal(self._first[0], card.x, card.right, self.size.width)
        y = reveal(self._first[1], card.y, card.bottom, self.size.height)
        if (x, y) != self._first:
            self._look((x, y))

    def _over(self) -> dict[int, Sparse]:
        """What lies over the cells: marks, and the wire that is being drawn."""
        over = self.picture.moving(still=self.reduced_motion)
        lay_over(over, self.picture.ghosts)
        if self._band is not None:
            lay_over(over, band(*self._band, self.picture.glyphs))
        source, target = self.connecting, self.picture.cards.get(self.selected or "")
        if source is None:
            return over
        end = Rect(*self._pointer, 0, 0) if self._pointer else target
        if end is not None:
            lay_over(over, self.picture.ghost(source, end))
        return over

    def _edges(self) -> dict[str, Rect]:
        """Cells of the view with signs that there is more beyond its edges, by the way they lead."""
        if self._first is None or self._overview is not None:
            return {}
        view = Rect(*self._first, self.size.width, self.size.height)
        return edges(self.picture.extent, view, self.picture.cards.values())

    def _more(self) -> dict[int, Sparse]:
        """The signs at the edges, by row of the view."""
        signs = dict(zip(("up", "right", "down", "left"), self.picture.glyphs.more, strict=True))
        found: dict[int, Sparse] = {}
        for way, place in self._edges().items():
            for y in range(place.y, place.bottom):
                found.setdefault(y, {}).update(dict.fromkeys(range(place.x, place.right), (signs[way], Ink.MORE)))
        return found

    def _update(self) -> None:
        """Bring what changed onto the screen."""
        if self._first is None or not self.size:
            return
        view = Rect(*self._first, self.size.width, self.size.height)
        if self._overview is not None:
            small, whole = self._overview.draw(view), Rect(0, 0, self.size.width, self.size.height)
            regions = self._painter.update(small, whole, {}, {})
        else:
            regions = self._painter.update(self.picture.sheet, view, self._over(), self._more())
        if regions:
            self.refresh(*regions)
        self._place_cursor()

    def _place_cursor(self) -> None:
        """Keep the terminal's cursor on the selected card, where screen readers look."""
        card = self.picture.cards.get(self.selected or "")
        if not self.has_focus or card is None or self._first is None:
            return
        if self._overview is not None:
            box = self._overview.boxes[self.selected or ""]
            inside = Offset(box.x, box.y)
        else:
            inside = Offset(card.x + 4 - self._first[0], card.y - self._first[1])
        if 0 <= inside.x < self.size.width and 0 <= inside.y < self.size.height:
            self.app.cursor_position = self.content_region.offset + inside

    def on_resize(self) -> None:
        """Lay the board out for the new size, and look at the middle of it."""
        self._first = None
        self._relay()
        self._reveal()
        self._update()

    def notify_style_update(self) -> None:
        """Colours may have changed."""
        super().notify_style_update()
        self._painter.colour(())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """All that are in force, but for those that look for what the canvas does not use.

        These are the terminal's colours, and with an alphabet of ASCII everything else.
        """
        needless = (ANSIToTruecolor, AsciiFilter) if self.picture.glyphs.ascii else ANSIToTruecolor
        return [f for f in super().get_line_filters() if not isinstance(f, needless)]

    def render_line(self, y: int) -> Strip:
        """A row of the view."""
        if not self._painter.styles:
            self._painter.colour([self._style(ink) for ink in Ink])
        return self._painter.strip(y, self.size.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of the view, without the detour by way of borders, padding and tints: the canvas has none."""
        if self.gutter or self.opacity < 1 or self.styles.tint.a:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        filters = self.get_line_filters()
        if filters:
            background = self.background_colors[1]
            for one in filters:
                strips = [strip.apply_filter(one, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _style(self, ink: Ink) -> Style:
        return self.get_component_rich_style(ink.component_class)
