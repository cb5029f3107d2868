"""Pages of Markdown: lists hang behind their signs, links in them lead on, and a line costs a widget."""

from __future__ import annotations

import pytest
from textual import highlight
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.selection import Selection
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock

from scalegame.tui.widgets.reading import Page, Paragraph

TEXT = """
A paragraph.

- **One** – a line that is far too long for a row of so few cells, with a [link](there.md).
- [Two](two.md)
- Three
"""
NESTED = """
- One
  - within it
- Two
"""


class Reader(App[None]):
    """A page and what was clicked on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.followed: list[str] = []

    def compose(self) -> ComposeResult:
        yield Page(self.text, open_links=False)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        self.followed.append(event.href)


def rows(app: App[None]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips if strip.text.strip()]


async def test_lines_of_a_list_hang_behind_their_signs() -> None:
    async with Reader(TEXT).run_test(size=(44, 20)) as pilot:
        found = rows(pilot.app)
        assert found[0] == "  A paragraph."
        assert [row[:5] for row in found[1:]] == ["  • O", "    a", "  • T", "  • T"]
        assert " ".join(row[4:] for row in found[1:3]) == (
            "One – a line that is far too long for a row of so few cells, with a link."
        )
        # As many widgets as lines, and the list.
        assert len(pilot.app.query(MarkdownBlock)) == 5


async def test_a_link_in_a_list_is_followed() -> None:
    app = Reader(TEXT)
    async with app.run_test(size=(44, 20)) as pilot:
        one, two = app.query(Paragraph)[1:3]
        await pilot.click(two, offset=(0, 0))
        assert app.followed == [], "the sign is no link"
        await pilot.click(two, offset=(2, 0))
        text = rows(pilot.app)
        await pilot.click(one, offset=(text[2].index("link") - 2, 1))
        assert app.followed == ["two.md", "there.md"]


async def test_what_is_marked_is_copied_with_its_sign_unless_it_begins_within() -> None:
    async with Reader(TEXT).run_test(size=(44, 20)) as pilot:
        two = pilot.app.query(Paragraph)[2]
        assert two.get_selection(Selection(None, None)) == ("• Two", "\n")
        assert two.get_selection(Selection(Offset(1, 0), None)) == ("wo", "\n")


async def test_a_list_in_a_list_is_laid_out_as_ever() -> None:
    async with Reader(NESTED).run_test(size=(44, 20)) as pilot:
        assert [row.split() for row in rows(pilot.app)] == [["•", "One"], ["▪", "within", "it"], ["•", "Two"]]


async def test_a_narrow_window_breaks_nothing() -> None:
    for width in (1, 2, 4, 6):
        async with Reader(TEXT).run_test(size=(width, 5)) as pilot:
            await pilot.resize_terminal(40, 5)
            assert "A paragraph." in rows(pilot.app)[0]


async def test_code_of_no_language_is_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def guessed(_: str) -> str:
        raise AssertionError("all languages that are known are read, and each is asked")

    monkeypatch.setattr(highlight, "guess_language", lambda code, path: guessed(code))
    async with Reader("```\nadd balancer\n```\n\n```yaml\ntitle: x\n```\n").run_test(size=(44, 20)) as pilot:
        assert [row.strip() for row in rows(pilot.app)] == ["add balancer", "title: x"]
