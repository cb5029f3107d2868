"""A followed request as rows of cells: where its time went, and a bar for each hop (pure)."""

from __future__ import annotations

import textwrap

from scalegame.insight.trail import QUEUED, SERVED
from scalegame.insight.waterfall import (
    DOWNSTREAM,
    RESTING,
    SILENT,
    TRAVEL,
    Story,
    blame,
)
from scalegame.insight.waterfall import (
    Row as Hop,
)
from scalegame.tui.drawing.plot import Cell, Row, text
from scalegame.tui.drawing.plot import plain as written
from scalegame.units import Dimension, show

#: Parts of a bar: sign, the same in ASCII, style, and what it is called.
PARTS = {
    TRAVEL: ("─", "-", "$secondary", "travelling"),
    QUEUED: ("░", "~", "$warning", "queued"),
    SERVED: ("█", "#", "$primary", "served"),
    DOWNSTREAM: ("·", ".", "$quiet", "waiting for those below"),
    RESTING: ("┈", "_", "$quiet", "before the next attempt"),
    SILENT: ("×", "x", "$error", "no answer"),
}
#: The columns of figures: heading, and the sorts that they add up.
_COLUMNS = (("travel", (TRAVEL, SILENT)), ("queued", (QUEUED,)), ("served", (SERVED,)), ("below", (DOWNSTREAM,)))
_FIGURE = 7
#: Shares of less than this are not told.
_LEAST = 0.005


def milliseconds(seconds: float) -> str:
    """A time in milliseconds, without the unit; "" for none."""
    ms = seconds * 1000
    if ms <= 0:
        return ""
    return f"{ms:,.0f}" if ms >= 100 else f"{ms:.1f}" if ms >= 0.05 else "<0.1"


def sum_up(story: Story, most: int = 4) -> str:
    """Where a request's time went, in one sentence."""
    told = [part for part in blame(story) if part.share >= _LEAST]
    parts = [f"{part.share:.0%} {part.text}" for part in told[:most]]
    rest = sum(part.share for part in told[most:])
    if rest >= _LEAST:
        parts.append(f"{rest:.0%} elsewhere")
    return f"{show(story.ended - story.born, Dimension.TIME)}: {', '.join(parts) or 'answered at once'}"


def waterfall(
    story: Story, width: int, height: int, selected: int = 0, ascii: bool = False
) -> tuple[list[Row], int]:
    """A heading, a row for each hop, times, and what the signs mean.

    Args:
        story: The request.
        width: Cells.
        height: Rows in all; where there are more hops, those around the selected one are shown.
        selected: Index of a hop.
        ascii: With nothing but ASCII.

    Returns:
        The rows, and the index of the hop in the second of them.
    """
    labels = [_label(hop, ascii) for hop in story.rows]
    wide = min(max([len(label) for label in labels] + [10]) + 1, max(width // 3, 20))
    bar = max(width - wide - _FIGURE * len(_COLUMNS) - 1, 6)
    room = max(height - 3, 1)
    first = min(max(selected - room // 2, 0), max(len(labels) - room, 0))
    rows = [_heading(wide, bar)]
    for i, (label, hop) in enumerate(list(zip(labels, story.rows, strict=True))[first : first + room], first):
        name = label if len(label) < wide else label[: wide - 2] + ("~" if ascii else "…")
        style = "reverse" if i == selected else "$error" if hop.failed else "" if hop.inside else "$quiet"
        figures = "".join(f"{milliseconds(hop.seconds(*sorts)):>{_FIGURE}}" for _, sorts in _COLUMNS)
        rows.append([*text(f"{name:<{wide}}", style), *_bar(story, hop, bar, ascii), *text(figures)])
    rows.append(_times(story, wide, bar, ascii, first + room < len(labels)))
    rows.append(legend(story, width, ascii))
    return rows, first


def _label(hop: Hop, ascii: bool) -> str:
    cross = "x" if ascii else "✗"
    return f"{'  ' * hop.depth}{f'{cross} ' if hop.failed else ''}{hop.replica} {hop.does}"


def _heading(wide: int, bar: int) -> Row:
    figures = "".join(f"{name:>{_FIGURE}}" for name, _ in _COLUMNS)
    return text(f"{'hop':<{wide}}{'in ms':>{bar}}{figures}", "$quiet")


def _bar(story: Story, hop: Hop, width: int, ascii: bool) -> Row:
    """Each cell shows what fills the most of its time; what is shorter than a cell has one where it began."""
    length = max(story.last - story.born, 1e-12)
    cells: Row = text(" " * width)
    best = [0.0] * width
    if not hop.parts:  # refused at the door, say: an instant
        at = min(int((hop.start - story.born) / length * width), width - 1)
        cells[max(at, 0)] = Cell("!" if ascii else "✗", "$error" if hop.failed else "$quiet")
    for part in hop.parts:
        sign, plain, style, _ = PARTS[part.sort]
        begin, end = ((t - story.born) / length * width for t in (part.start, part.end))
        for i in range(max(int(begin), 0), min(int(end), width - 1) + 1):
            filled = min(end, i + 1) - max(begin, i)
            if filled > best[i]:
                best[i] = filled
                late = story.born + i * length / width >= story.ended
                cells[i] = Cell(plain if ascii else sign, "$faint" if late else style)
    return cells


def _times(story: Story, wide: int, bar: int, ascii: bool, more: bool) -> Row:
    """The length of it all under the bars, and where the client had its answer if others go on after that."""
    length = max(story.last - story.born, 1e-12)
    row = text(("-" if ascii else "─") * bar, "$faint")
    end = show(length, Dimension.TIME)
    row[:1] = text("0", "$quiet")
    row[bar - len(end) :] = text(end, "$quiet")
    if story.last > story.ended + 1e-9:
        at = min(int((story.ended - story.born) / length * bar), bar - 1)
        row[at] = Cell("^" if ascii else "▲", "$primary bold")
        told = " answered"
        if at + 1 + len(told) < bar - len(end):
            row[at + 1 : at + 1 + len(told)] = text(told, "$quiet")
    return [*text(f"{('v more' if ascii else '▾ more') if more else '':<{wide}}", "$primary"), *row]


def legend(story: Story, width: int, ascii: bool = False) -> Row:
    """What the signs of the bars mean, of those that there are."""
    row: Row = []
    found = {part.sort for hop in story.rows for part in hop.parts}
    for sign, plain, style, name in (look for sort, look in PARTS.items() if sort in found):
        piece = [*text((plain if ascii else sign) * 2, style), *text(f" {name}  ", "$quiet")]
        if len(row) + len(piece) <= width + 2:
            row += piece
    return row


def detail(hop: Hop, story: Story) -> str:
    """What there is to say of a hop, in one line."""
    took = milliseconds(hop.end - hop.start) or "0"
    came = f"from {milliseconds(hop.start - story.born) or '0'} ms on, for {took} ms"
    waits = [f"{milliseconds(part.seconds)} ms for {part.what}" for part in hop.parts if part.sort == QUEUED]
    queued = f"; waited {', '.join(waits)}" if waits else ""
    ended = f"; {hop.reply}" if hop.reply else "; without an answer"
    return f"{hop.replica} {hop.does}: {came}{queued}{ended}"


def paragraph(words: str, width: int, most: int) -> list[Row]:
    """A sentence in at most so many rows; the cut is marked."""
    lines = textwrap.wrap(words, max(width, 10), max_lines=most, placeholder=" …")
    return [text(line) for line in lines]


def as_text(story: Story, why: str, ascii: bool = False) -> str:
    """A request for the clipboard: sentence, waterfall, and every hop in words."""
    rows, _ = waterfall(story, 100, len(story.rows) + 3, -1, ascii)
    details = [f"  {detail(hop, story)}" for hop in story.rows]
    return "\n".join([f"{why}: {sum_up(story, 8)}", "", written(rows), "", *details, ""])
