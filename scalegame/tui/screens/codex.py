"""The pages of the codex: how things work, and what the game does not model."""

from __future__ import annotations

from pathlib import PurePosixPath
from posixpath import normpath

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Markdown
from textual.widgets.markdown import MarkdownBlock
from textual.widgets.option_list import Option

from scalegame.tui import actions
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling import reading
from scalegame.tui.telling.reading import page_text as page_text
from scalegame.tui.telling.reading import pages as pages
from scalegame.tui.telling.words import line, plural
from scalegame.tui.widgets.bars import StatusLine
from scalegame.tui.widgets.plain import OptionList
from scalegame.tui.widgets.reading import Page


class CodexScreen(GameScreen):
    """Pages on the left, the page on the right."""

    PLACE = actions.CODEX

    def __init__(self, page: str = "") -> None:
        """Opens at a page.

        Args:
            page: Its path, or anything else that `reading.find` understands; behind a `#` the word of the glossary
                to show. "": the first page.
        """
        super().__init__()
        self._pages = pages()
        self._wanted = page
        self.page = ""

    def body(self) -> ComposeResult:
        """A list and a text."""
        with Horizontal(id="codex"):
            yield OptionList(*self._options(self._pages), id="codex-pages")
            with VerticalScroll(id="codex-text"):
                yield Page(open_links=False)

    def _options(self, shown: dict[str, str]) -> list[Option]:
        return [Option(title, id=path) for path, title in shown.items()]

    @on(events.Mount)
    async def _begin(self) -> None:
        """Shows the page that was asked for."""
        await self._open(self._wanted)
        self._list.focus()

    @property
    def _list(self) -> OptionList:
        return self.query_one("#codex-pages", OptionList)

    async def _open(self, wanted: str) -> None:
        """Turns to a page, and to a word on it."""
        name, _, word = wanted.partition("#")
        found = reading.find(word if name == reading.GLOSSARY and word else name)
        if not found.page:
            self.complain(found.complaint, f"codex {wanted}")
        page = found.page or self.page or next(iter(self._pages), "")
        await self._show(page)
        if not self.query("#codex-pages"):
            return  # It was closed meanwhile.
        # Where the list shows what was found, the page may not be on it.
        listed = [option.id for option in self._list.options]
        if page in listed:
            self._list.highlighted = listed.index(page)
        if found.word:
            # Where it is, is known when it has its place.
            self.call_after_refresh(self._point, found.word)
            self.say(f"{found.word}: {found.meaning}", "good")

    def _point(self, word: str, tries: int = 20) -> None:
        """Scrolls to the first place that explains a word; a long page may need some more turns to be laid out."""
        blocks = [b for b in self.query(MarkdownBlock) if not b.query(MarkdownBlock)]
        spot = next((b for b in blocks if word in (b.source or "").lower().split("–")[0]), None)
        spot = spot or next((b for b in blocks if word in (b.source or "").lower()), None)
        for text in self.query("#codex-text").results(VerticalScroll):
            if (spot is None or not spot.region or not text.max_scroll_y) and tries:
                self.call_after_refresh(self._point, word, tries - 1)
            elif spot is not None:
                text.scroll_to_widget(spot, animate=False, top=True)

    @on(OptionList.OptionHighlighted)
    async def _turn(self, event: OptionList.OptionHighlighted) -> None:
        if (event.option.id or "") != self.page:
            await self._show(event.option.id or "")

    @on(Markdown.LinkClicked)
    async def _follow(self, event: Markdown.LinkClicked) -> None:
        """Links between pages stay in the codex; others are shown, not opened."""
        href = event.href.partition("#")[0]
        target = normpath(PurePosixPath(self.page).parent / href).removesuffix(".md")
        if target in self._pages:
            await self._open(target)
        else:
            self.say(event.href)

    async def _show(self, page: str) -> None:
        if not self.query("#codex-text"):
            return  # It was closed before the page was found.
        self.page = page
        self.title_say(line(("Codex", "bold"), "  ", (self._pages.get(page, page), "$quiet")))
        await self.query_one(Markdown).update(page_text(page))
        for text in self.query("#codex-text").results(VerticalScroll):
            text.scroll_home(animate=False)

    def focus_body(self) -> None:
        """The list takes the keys."""
        self.set_focus(self._list)

    # Looking things up

    def do_codex(self, words: str) -> None:
        """Turns to a page."""
        # Not exclusive: to be cancelled in the middle of it would leave the text half taken down.
        self.run_worker(self._open(words))

    def do_glossary(self, words: str) -> None:
        """Turns to a word."""
        word, _ = reading.meaning(words)
        if words and not word:
            self.complain(reading.unknown_word(words), f"glossary {words}")
        else:
            self.do_codex(f"{reading.GLOSSARY}#{word}" if word else reading.GLOSSARY)

    def do_search(self, words: str) -> None:
        """Lists the pages that have all the words; without words it asks for them."""
        if not words:
            self._ask()
            return
        hits = {} if words == "all" else {hit.page: hit for hit in reading.search(words)}
        if not hits and words != "all":
            self.complain(
                f'No page has "{words[:60]}". codex or glossary find the nearest name.', f"search {words}"
            )
            return
        shown = {page: f"{hit.title}  {hit.count}×" for page, hit in hits.items()} or self._pages
        self._list.clear_options()
        self._list.add_options(self._options(shown))
        if hits:
            first = next(iter(hits.values()))
            self.say(f"{plural(len(hits), 'page')}. {first.title}: {first.line}   (search all: every page again)")
        else:
            self.say("All pages.")
        self._list.highlighted = 0
        self.focus_body()
        if hits:
            self.call_after_refresh(self._point, words.split()[0].lower())

    def _ask(self) -> None:
        """Opens the command line with the command in it, to be gone on with."""
        self.query_one(StatusLine).open("search ")
        entry = self.query_one("#line-input", Input)
        entry.action_end()

    def complete(self, text: str) -> tuple[str, ...]:
        """Commands, and after some of them pages and words."""
        more = [f"codex {PurePosixPath(page).name}" for page in self._pages]
        more += [f"glossary {word}" for word in reading.words()]
        return (*super().complete(text), *(one for one in more if " " in text and one.startswith(text)))
