"""A page of Markdown that is there at once: a line of a list is one widget, where the library takes five."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.content import Content
from textual.css.styles import RulesMap
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Markdown

# The library names them for nobody, and lets its table of blocks be changed.
from textual.widgets._markdown import MarkdownBulletList, MarkdownFence, MarkdownListItem, MarkdownParagraph


class Hanging(Visual):
    """Text behind a sign, with nothing under the sign."""

    def __init__(self, sign: str, text: Content) -> None:
        """A line of a list: its sign, with the space behind it, and what it says."""
        self._sign = sign
        self._text = text
        self._indent = cell_len(sign)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The rows, as wide as asked for; see `Visual`."""
        coloured = (style + options.get_style("$text-primary")).rich_style
        sign = Strip([Segment(self._sign, coloured)], self._indent)
        under = Strip.blank(self._indent, style.rich_style)
        rows = self._text.render_strips(max(1, width - self._indent), height, style, options)
        return [Strip.join([under if number else sign, row]) for number, row in enumerate(rows)]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Cells for the whole of it in one row; see `Visual`."""
        return self._indent + self._text.get_optimal_width(rules, max(1, container_width - self._indent))

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Rows at that width; see `Visual`."""
        return self._text.get_height(rules, max(1, width - self._indent))


class Paragraph(MarkdownParagraph):
    """A paragraph, or a line of a list."""

    sign = ""

    def render(self) -> Visual:
        """Its text, behind its sign if it has one."""
        return Hanging(self.sign, self._content) if self.sign else super().visual

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What was marked of its text, and what comes behind it; with its sign, where it was not begun within."""
        sign = self.sign if selection.start is None else ""
        return sign + selection.extract(self._content.plain), "\n"


class BulletList(MarkdownBulletList):
    """Lines with a sign each; anything more in one of them, and the library lays the list out."""

    def compose(self) -> ComposeResult:
        """A widget a line."""
        items = [block for block in self._blocks if isinstance(block, MarkdownListItem)]
        lines = [item._blocks[0] for item in items if len(item._blocks) == 1]
        if len(lines) < len(self._blocks) or not all(isinstance(line, Paragraph) for line in lines):
            yield from super().compose()
            return
        for item, line in zip(items, lines, strict=True):
            assert isinstance(line, Paragraph)
            line.sign = item.bullet
            yield line
        self._blocks.clear()


class Fence(MarkdownFence):
    """A block of code; one that names no language is text, and all that are known need not be read to guess it."""

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        """Its text in colours."""
        return super().highlight(code, language or "text", ansi=ansi, dark=dark)


class Page(Markdown):
    """A page of the codex."""

    BLOCKS = {  # noqa: RUF012 – as the library declares it
        **Markdown.BLOCKS,
        "paragraph_open": Paragraph,
        "bullet_list_open": BulletList,
        "fence": Fence,
        "code_block": Fence,
    }
