"""The pages of the codex: how things work, and what the game does not model."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from posixpath import normpath

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Markdown, OptionList
from textual.widgets.option_list import Option

from scalegame.tui import actions
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.words import line


def pages() -> dict[str, str]:
    """Pages by path without its ending ("kinds/cache"), with the title that each begins with."""
    found: dict[str, str] = {}

    def visit(folder: Traversable, prefix: str) -> None:
        # The table of contents first, then the pages of this folder, then the folders.
        for entry in sorted(folder.iterdir(), key=lambda e: (e.is_dir(), e.name != "index.md", e.name)):
            if entry.is_dir():
                visit(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith(".md"):
                first = entry.read_text(encoding="utf-8").partition("\n")[0]
                found[prefix + entry.name.removesuffix(".md")] = first.lstrip("# ").strip() or entry.name

    root = resources.files("scalegame") / "codex"
    if root.is_dir():
        visit(root, "")
    return found


def page_text(page: str) -> str:
    """The Markdown of a page; a sentence that says so where there is none."""
    if page not in pages():
        return f"# Nothing here yet\n\nThere is no page called `{page}`."
    file = resources.files("scalegame") / "codex"
    for part in PurePosixPath(f"{page}.md").parts:
        file = file / part
    text = file.read_text(encoding="utf-8")
    return text + _parts() if page == "index" else text


def _parts() -> str:
    """The end of the index: the page of every kind of component, found like the kinds themselves."""
    kinds = {page: title for page, title in pages().items() if page.startswith("kinds/")}
    return "\n## The parts\n" + "".join(f"- [{title}]({page}.md)\n" for page, title in kinds.items())


class CodexScreen(GameScreen):
    """Pages on the left, the page on the right."""

    PLACE = actions.CODEX

    def __init__(self, page: str = "") -> None:
        """Opens at a page, or at the first."""
        super().__init__()
        self._pages = pages()
        self.page = page if page in self._pages else next(iter(self._pages), page)
        self._wanted = page

    def body(self) -> ComposeResult:
        """A list and a text."""
        with Horizontal(id="codex"):
            yield OptionList(*(Option(title, id=path) for path, title in self._pages.items()), id="codex-pages")
            with VerticalScroll(id="codex-text"):
                yield Markdown(open_links=False)

    def on_mount(self) -> None:
        """Shows the page that was asked for."""
        if self._wanted and self._wanted not in self._pages:
            self.say(f'There is no page called "{self._wanted}" yet.', "error")
        listed = self.query_one("#codex-pages", OptionList)
        if self.page in self._pages:
            listed.highlighted = list(self._pages).index(self.page)
        else:
            self.query_one(Markdown).update(page_text(self.page))
        listed.focus()

    @on(OptionList.OptionHighlighted)
    def _turn(self, event: OptionList.OptionHighlighted) -> None:
        self._show(event.option.id or "")

    @on(Markdown.LinkClicked)
    def _follow(self, event: Markdown.LinkClicked) -> None:
        """Links between pages stay in the codex; others are shown, not opened."""
        href = event.href.partition("#")[0]
        target = normpath(PurePosixPath(self.page).parent / href).removesuffix(".md")
        if target in self._pages:
            self.query_one("#codex-pages", OptionList).highlighted = list(self._pages).index(target)
        else:
            self.say(event.href)

    def _show(self, page: str) -> None:
        self.page = page
        self.title_say(line(("Codex", "bold"), "  ", (self._pages.get(page, page), "$quiet")))
        self.query_one(Markdown).update(page_text(page))
        self.query_one("#codex-text", VerticalScroll).scroll_home(animate=False)

    def focus_body(self) -> None:
        """The list takes the keys."""
        self.set_focus(self.query_one("#codex-pages", OptionList))
