"""The list of what happens in a run: alerts, faults, recoveries, bookmarks; one is chosen to go there."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets.option_list import Option

from scalegame.errors import nearest
from scalegame.tui import actions
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.words import clock, line, plural
from scalegame.tui.watch.timeline import GROUPS, Entry, as_text, narrowed
from scalegame.tui.widgets.plain import OptionList, Static
from scalegame.units import whole

#: Cells before an entry's text.
_INDENT = 34
_STYLES = {
    "page": "$error",
    "warning": "$warning",
    "fault": "$error",
    "recovery": "$success",
    "lost": "bold $error",
    "bookmark": "$accent",
    "action": "$accent",
}


class EventsScreen(GameScreen):
    """A sheet over the run."""

    PLACE = actions.EVENTS

    def __init__(
        self,
        entries: Sequence[Entry],
        now: float,
        run: str,
        go: Callable[[float], None],
        group: str = "all",
    ) -> None:
        """Takes what there is to list.

        Args:
            entries: In order of time.
            now: The playhead, simulated seconds.
            run: What is watched, for the title.
            go: Puts the playhead at a moment.
            group: Of `GROUPS`, to begin with.
        """
        super().__init__()
        self._all = tuple(entries)
        self._now = now
        self._run = run
        self._go = go
        self.group = group

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is listed."""
        return narrowed(self._all, self.group)

    def body(self) -> ComposeResult:
        """A line of headings, and the list."""
        yield Static(line((f" {'at':<7}{'what':<10}{'state':<16}", "$quiet")), id="events-head")
        yield OptionList(id="events")

    def on_mount(self) -> None:
        """Shows the list."""
        super().on_mount()
        self._list()
        self.focus_body()

    def focus_body(self) -> None:
        """The list takes the keys."""
        self.set_focus(self.query_one("#events", OptionList))

    def on_resize(self) -> None:
        """Where a long text breaks depends on the width."""
        if self.query("#events"):
            chosen = self.query_one("#events", OptionList).highlighted
            self._list()
            self.query_one("#events", OptionList).highlighted = chosen

    def _list(self) -> None:
        listed, entries = self.query_one("#events", OptionList), self.entries
        listed.clear_options()
        room = max(self.size.width - _INDENT - 4, 20)
        listed.add_options(Option(_row(entry, self._now, room)) for entry in entries)
        if not entries:
            listed.add_option(Option("Nothing of that kind happens in this run.", disabled=True))
        # Where the playhead is: the last that has happened.
        past = [i for i, entry in enumerate(entries) if entry.time <= self._now + 1e-6]
        listed.highlighted = (past[-1] if past else 0) if entries else None
        shown = "" if self.group == "all" else f"  {self.group}"
        self.title_say(
            line(("Events", "bold"), (f"{shown}  {self._run}", "$quiet")),
            line((f"playhead at {clock(self._now)}   {plural(len(entries), 'entry', 'entries')}", "$quiet")),
        )

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._leave_for(event.option_index)

    def _leave_for(self, index: int) -> None:
        time = self.entries[index].time
        self.app.pop_screen()
        self._go(time)

    # Actions

    def do_go(self, words: str) -> None:
        """Goes to an entry: the one that is chosen, or by its number."""
        count, chosen = len(self.entries), self.query_one("#events", OptionList).highlighted
        number = whole(words) or 0
        index = number - 1 if words else -1 if chosen is None else chosen
        if 0 <= index < count:
            self._leave_for(index)
        elif count:
            self.complain(f"Write go and a number, 1 to {count}.", f"go {words}".strip())
        else:
            self.say("There is nothing to go to.")

    def do_narrow(self, words: str) -> None:
        """Shows the next group, or the one that was typed."""
        names = list(GROUPS)
        if words and words not in names:
            self.complain(f'"{words}" is no group of events{nearest(words, names)}', f"show {words}")
            return
        self.group = words or names[(names.index(self.group) + 1) % len(names)]
        self._list()

    def do_copy(self, words: str) -> None:
        """Copies the list as text."""
        self.app.copy_to_clipboard(as_text(self.entries, self._now))
        self.say(f"Copied {plural(len(self.entries), 'line')}, if the terminal allows it.")


def _row(entry: Entry, now: float, room: int) -> Content:
    """An entry; a long text goes on in a line of its own, below its beginning."""
    state, style = entry.state(now), _STYLES.get(entry.kind, "$foreground")
    bold = "bold $warning" if state == "FIRING" else "$quiet"
    return line(
        (f" {clock(entry.time):<7}", "$quiet"),
        (f"{entry.kind:<10}", style),
        (f"{state:<16}", bold),
        (f"\n{' ' * _INDENT}".join(textwrap.wrap(entry.text, room)), "$foreground"),
    )
