"""The collection of badges: which were earned where and when, and what the others might ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from scalegame.insight.badges import KNOWN
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.screens import taking
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.words import day, line, plural
from scalegame.tui.widgets.plain import Static

#: Name, level id, and when, seconds since 1970.
Collected = tuple[str, str, float]


class BadgesScreen(GameScreen):
    """Every badge that exists."""

    PLACE = actions.BADGES

    def __init__(self, store: Store, title_of: Callable[[str], str]) -> None:
        """Takes the collection, and what tells a level's title by its id."""
        super().__init__()
        self._collected = store.collected()
        self._title_of = title_of

    def body(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="badges"):
            yield Static(badges_text(self._collected, self._title_of), id="badges-text")

    def on_mount(self) -> None:
        """Shows how many there are."""
        earned = {name for name, _, _ in self._collected} & {known.title for known in KNOWN}
        self.title_say(line(("Badges", "bold")), line((f"{len(earned)} of {len(KNOWN)}", "$quiet")))
        self.say("None can be had by winning." if earned else "None yet: lose something memorable.")
        self.focus_body()

    def focus_body(self) -> None:
        """The text takes the arrows."""
        self.set_focus(self.query_one("#badges"))

    def do_copy(self, words: str) -> None:
        """Copies the collection as text."""
        content = badges_text(self._collected, self._title_of).plain + "\n"
        taking.text(self, content, words, "list of badges")


def badges_text(collected: Iterable[Collected], title_of: Callable[[str], str]) -> Content:
    """The collection, two lines a badge: earned ones with their place and day, the others with a riddle."""
    rows: list[Content] = []
    had: dict[str, list[tuple[str, float]]] = {}
    for name, level, at in collected:
        had.setdefault(name, []).append((level, at))
    for known in KNOWN:
        got = had.get(known.title)
        if got is None:
            rows.append(line(("◇ ", "$quiet"), (known.title, "$quiet")))
            rows.append(line(("  ", ""), (known.riddle, "$quiet italic")))
            continue
        first, at = got[0]
        more = f", and on {plural(len(got) - 1, 'other level')}" if len(got) > 1 else ""
        rows.append(
            line(("◆ ", "$warning"), (known.title, "bold"), (f"   {title_of(first)}, {day(at)}{more}", "$quiet"))
        )
        rows.append(line("  ", known.earned_by))
    return Content("\n").join(rows)
