"""Blocks as Markdown, and as a page of HTML that needs nothing from anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from scalegame.errors import is_control
from scalegame.levels.handout.blocks import Block, Bullets, Drawing, Heading, Lines, Table, Text

# What means something to Markdown anywhere, and what does at the beginning of a line.
_SPECIAL = re.compile(r"([\\`*\[\]<&~|]|(?<!\w)_|_(?!\w)|_(?=_)|(?<=_)_)")
# What some readers of Markdown make a link of, and what ends a heading.
_LINKS = re.compile(r"\b(https?|ftp)(?=://)|\b(www)(?=\.)", re.IGNORECASE)
_ENDS = re.compile(r"(?<=\s)(#+[ ]*)$", re.MULTILINE)
_STARTS = re.compile(r"^([ ]*)([-+=>#]|[0-9]+(?=[.)]))", re.MULTILINE)


def clean(text: str) -> str:
    """Return a text without signs that would do something to a terminal or a printer; line breaks stay."""
    return "".join(char if char == "\n" or not is_control(char) else "\ufffd" for char in text)


def markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown; what authors wrote shows as it is written."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _plain(text: str) -> str:
    said = _LINKS.sub(lambda link: f"{link[0]}\\", _SPECIAL.sub(r"\\\1", clean(text)))
    return _ENDS.sub(r"\\\1", _STARTS.sub(_harmless, said))


def _harmless(start: re.Match[str]) -> str:
    """Return the beginning of a line so that it begins nothing: no list, no heading, no code."""
    sign = start[2]
    return f"{sign}\\" if sign[0].isascii() and sign[0] in "0123456789" else f"\\{sign}"


def _line(text: str) -> str:
    return _plain(" ".join(text.split()))


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_line(text)}"
        case Text(text):
            # Four blanks at the beginning of a line would make code of it.
            return _plain("\n".join(line.strip() for line in text.splitlines()))
        case Drawing(lines):
            # Indented code: nothing in it can end it.
            return "\n".join(f"    {clean(' '.join(line.splitlines()))}" for line in lines)
        case Bullets(items):
            return "\n".join(f"- {_line(item)}" for item in items)
        case Table(head, rows):
            written = [" | ".join(map(_line, cells)) for cells in (head, *rows)]
            written.insert(1, " | ".join(["---"] * len(head)))
            return "\n".join(f"| {line} |" for line in written)
        case Lines(question, count):
            return "\n\n".join([f"**{_line(question)}**", *(["." * 72] * count)])


def html(title: str, blocks: Iterable[Block], language: str = "en") -> str:
    """Return a page of its own: no script, no picture, no address in it.

    Args:
        title: Of the window.
        blocks: In order.
        language: Of the texts, as in ``de``.
    """
    body = "\n".join(_html(block) for block in blocks)
    head = f'<meta charset="utf-8">\n<title>{_text(title)}</title>\n<style>{_STYLE}</style>'
    start = f'<!DOCTYPE html>\n<html lang="{_text(language)}">\n<head>\n{head}\n</head>'
    return f"{start}\n<body>\n{body}\n</body>\n</html>\n"


def _text(text: str) -> str:
    return escape(clean(text), quote=True)


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{_text(text)}</h{level}>"
        case Text(text):
            return "\n".join(f"<p>{_text(part)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())
        case Drawing(lines):
            return f"<pre>{_text(chr(10).join(lines))}</pre>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in items) + "</ul>"
        case Table(head, rows):
            top = "".join(f"<th>{_text(cell)}</th>" for cell in head)
            rest = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
            return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{rest}</tbody>\n</table>"
        case Lines(question, count):
            return f"<p><b>{_text(question)}</b></p>\n" + '<div class="line"></div>' * count


_STYLE = """
body { font: 11pt/1.4 serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #000; background: #fff; }
h1 { font-size: 1.6em; margin: 0 0 .2em; }
h2 { font-size: 1.1em; margin: 1.2em 0 .3em; }
pre { font: 9.5pt/1.2 monospace; white-space: pre; overflow-x: auto; border: 1px solid #999; padding: .6em; }
table { border-collapse: collapse; width: 100%; font-size: .9em; }
th, td { border: 1px solid #999; padding: .2em .5em; text-align: left; vertical-align: top; }
td:empty { height: 1.8em; }
.line { border-bottom: 1px solid #999; height: 1.9em; }
@page { margin: 18mm; }
@media print {
  body { margin: 0; max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  tr, pre, .line { break-inside: avoid; }
  pre { white-space: pre-wrap; }
}
"""
