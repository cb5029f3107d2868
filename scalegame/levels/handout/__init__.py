"""A level on paper: what players are told of it, to be printed, and for the teacher what answers it.

`sheet` makes plain blocks of a level, `drawing` its board as text; `pages` writes blocks as Markdown or HTML.
"""

from __future__ import annotations

from scalegame.levels.handout.pages import html, markdown
from scalegame.levels.handout.sheet import sheet_of

__all__ = ["html", "markdown", "sheet_of"]
