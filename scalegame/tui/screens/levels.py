"""The list of levels: chapters, what is won, what is locked, and where one left off."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets.option_list import Option

from scalegame.errors import ScalegameError, nearest
from scalegame.levels.naming import joined, split
from scalegame.progress.model import Standing
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.catalogue import Catalogue, Entry, Part, may_skip
from scalegame.tui.messages import OpenDesign, OpenLevel
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.words import line, plural, stars
from scalegame.tui.widgets.plain import OptionList, Static

_NOTHING = Standing()


class LevelsScreen(GameScreen):
    """Chapters and their levels."""

    PLACE = actions.LEVELS

    def __init__(self, catalogue: Catalogue, store: Store) -> None:
        """Takes what there is to play, and what was played."""
        super().__init__()
        self._catalogue = catalogue
        self._store = store
        self._standings: dict[str, Standing] = {}
        self._left = ""

    def body(self) -> ComposeResult:
        """The list over two lines about the level under the cursor."""
        yield OptionList(id="levels")
        yield Static(id="level-about")

    def on_mount(self) -> None:
        """Fills the list."""
        self._left = self._store.recall("level")
        self.refresh_list(self._left)
        self.focus_body()

    def on_screen_resume(self) -> None:
        """Fills the list again, as something may have been won; the cursor is on the level that one comes from."""
        if self.is_mounted:
            before, self._left = self._left, self._store.recall("level")
            self.refresh_list(self._left if self._left != before else self.under_cursor)

    def _play(self, level: str) -> None:
        self._left = ""  # whatever is played last, one comes back from it
        self.post_message(OpenLevel(level))

    @property
    def under_cursor(self) -> str:
        """Id of the level under the cursor, or ""."""
        listed = self.query_one("#levels", OptionList)
        option = listed.highlighted_option
        return (option.id or "") if option else ""

    def refresh_list(self, cursor: str = "") -> None:
        """Builds the list from what is saved."""
        self._standings = self._store.standings()
        listed = self.query_one("#levels", OptionList)
        opened = self._catalogue.opened(self._standings)
        listed.clear_options()
        pack = ""
        for part, entries in self._catalogue.chapters().items():
            if part[0] != pack:
                pack = part[0]
                listed.add_option(Option(self._pack_heading(pack), disabled=True))
            listed.add_option(Option(self._heading(part, entries, part in opened), disabled=True))
            for entry in entries:
                listed.add_option(
                    Option(self._row(entry, part in opened), id=entry.id, disabled=part not in opened)
                )
        for broken in self._catalogue.packs.values():
            if broken.problem:
                listed.add_option(Option(self._pack_heading(broken.id), disabled=True))
                about = (f"cannot be played: {broken.problem}", "$quiet")
                listed.add_option(Option(line(("   ✗  ", "$error"), about), disabled=True))
        for entry in self._catalogue.free:
            listed.add_option(Option(line(("Outside of the campaign", "bold $foreground")), disabled=True))
            listed.add_option(Option(line(("   ◇  ", "$primary"), entry.title), id=entry.id))
        listing = {entry.id for entry in self._catalogue.entries}
        # A variant is no line of its own: the cursor is on its level.
        there = next((id for id in (cursor, split(cursor)[0]) if id in listing), "")
        wanted = there or self._first_open(opened)
        if wanted:
            listed.highlighted = listed.get_option_index(wanted)
        campaign = self._catalogue.campaign
        standings = [self._standings.get(entry.id, _NOTHING) for entry in campaign]
        won = sum(s.won for s in standings)
        total = sum(len(s.stars) for s in standings if s.won)
        count = len(campaign)
        self.title_say(
            line(("scalegame", "bold $primary"), "  ", ("how systems scale", "$quiet")),
            line((f"{won} of {count} won   ★ {total}", "$quiet")),
        )

    def show_pack(self, pack: str, notice: str = "") -> None:
        """Puts the cursor where one goes on in a pack, and says what there is to say of it."""
        before = self._catalogue.entry(self._store.recall("level"))
        inside = before is not None and before.pack == pack
        opened = frozenset(part for part in self._catalogue.opened(self._standings) if part[0] == pack)
        self.refresh_list(before.id if before is not None and inside else self._first_open(opened))
        if notice:
            self.say(notice)

    def _first_open(self, opened: frozenset[Part]) -> str:
        """The first level that is neither won nor passed over."""
        free = [entry for entry in self._catalogue.winnable if entry.part in opened]
        for entry in free:
            standing = self._standings.get(entry.id, _NOTHING)
            if not standing.won and not standing.skipped:
                return entry.id
        return free[0].id if free else ""

    def _pack_heading(self, pack: str) -> Content:
        """The title of a pack, and how much of it is won."""
        entries = [entry for entry in self._catalogue.winnable if entry.pack == pack]
        won = sum(self._standings.get(entry.id, _NOTHING).won for entry in entries)
        name = f"pack {pack}" if pack else "the campaign"
        about = f"{name}   {won} of {len(entries)} won" if entries else name
        title = self._catalogue.pack(pack).title
        return line("\n", (title, "bold $primary"), "   ", (about, "$quiet"))

    def _heading(self, part: Part, entries: tuple[Entry, ...], opened: bool) -> Content:
        done = sum(self._standings.get(e.id, _NOTHING).won for e in entries)
        title = f"{part[1]}  {entries[0].chapter_title}"
        if opened:
            return line((title, "bold $foreground"), "   ", (f"{done} of {len(entries)}", "$quiet"))
        wanted, before = self._catalogue.wanted(part), self._catalogue.before(part)[0].chapter
        return line((title, "$quiet"), "   ", (f"locked: win {wanted} of chapter {before}", "$quiet"))

    def _row(self, entry: Entry, opened: bool) -> Content:
        standing = self._standings.get(entry.id, _NOTHING)
        if not opened:
            return line(("   ·  ", "$faint"), (entry.title, "$quiet"))
        if standing.won:
            sign, note = ("   ✓  ", "$success"), (stars(standing.stars), "$warning")
        elif standing.skipped:
            sign, note = ("   »  ", "$quiet"), ("passed over", "$quiet")
        elif standing.losses:
            sign, note = ("   ✗  ", "$error"), (f"lost {plural(standing.losses, 'time')}", "$quiet")
        else:
            sign, note = ("   ○  ", "$quiet"), ("", "$quiet")
        return line(sign, (f"{entry.title:<34}", "$foreground"), note)

    @on(OptionList.OptionHighlighted)
    def _about(self, event: OptionList.OptionHighlighted) -> None:
        entry = self._catalogue.entry(event.option.id or "")
        if entry is None:
            return
        standing = _NOTHING if entry.free else self._standings.get(entry.id, _NOTHING)
        rest = "  ·  k passes over it" if may_skip(standing) else ""
        left = self._store.recall("level") == entry.id and not standing.won
        about = ", ".join(entry.teaches)
        self.query_one("#level-about", Static).update(
            line(
                (f"{entry.number}  {entry.title}".strip(), "bold"),
                (f"   pack {entry.pack}" if entry.pack else "", "$quiet"),
                ("   you left off here" if left else "", "$primary"),
                "\n",
                (
                    "an empty board, everything in the palette; traffic, faults, goals: yours"
                    if entry.free
                    else "difficulty " + "●" * entry.difficulty + "○" * (5 - entry.difficulty),
                    "$quiet",
                ),
                (f"   about {about}" if about and not entry.free else "", "$quiet"),
                (f"   also {also}" if (also := _variants(entry)) else "", "$quiet"),
                (rest, "$warning"),
            )
        )
        self.query_one("#tool-skip").display = may_skip(standing)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option.id:
            self._play(event.option.id)

    def do_play(self, words: str) -> None:
        """Opens a level: the one named, or the one under the cursor."""
        wanted = words or self.under_cursor
        entry = self._catalogue.entry(wanted) or self._called(wanted)
        if entry is None:
            known = [e.id for e in self._catalogue.entries]
            self.complain(f'There is no level "{wanted}"{nearest(wanted, known)}', f"play {wanted}")
        elif not self._catalogue.is_open(entry, self._standings):
            self.say(f"{entry.title} is locked: win more of the chapter before it.", "error")
        else:
            self._play(entry.id)

    def _called(self, words: str) -> Entry | None:
        """The level that is meant by its title or its number, as they stand on the list."""
        meant = words.casefold()
        return next((e for e in self._catalogue.entries if meant in (e.title.casefold(), e.number)), None)

    def do_skip(self, words: str) -> None:
        """Passes over the level under the cursor."""
        entry = self._catalogue.entry(self.under_cursor)
        if entry is None:
            return
        if entry.free:
            self.say(f"{entry.title} is not part of the campaign: there is nothing to pass over.", "error")
            return
        if not may_skip(self._standings.get(entry.id, _NOTHING)):
            self.say("A level can be passed over when it was lost twice.", "error")
            return
        self._store.skip(entry.id)
        self.refresh_list(entry.id)
        self.say(f"{entry.title} is passed over; it is still there when you want it.")

    def do_open(self, words: str) -> None:
        """Opens a share code."""
        if not words:
            from scalegame.tui.screens.asking import AskScreen

            about = "It begins with SG1-. The name of a file with a code will do, too."
            self.app.push_screen(AskScreen("Paste a share code", "", about, "Open"), self._code)
            return
        from scalegame.tui.board import codes

        try:
            self.post_message(OpenDesign(codes.design_of(words, self._store.path.parent)))
        except ScalegameError as error:
            self.complain(error.message)

    def _code(self, code: str | None) -> None:
        if code:
            self.do_open(code)

    def obey(self, text: str) -> None:
        """A share code by itself is opened."""
        if text.lstrip().startswith("SG") and " " not in text.strip():
            self.do_open(text)
        else:
            super().obey(text)

    def pasted(self, text: str) -> None:
        """Takes a share code, even one that was broken into lines."""
        if text.lstrip().startswith("SG"):
            self.do_open(text)
        else:
            super().pasted(text)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted on the list itself."""
        event.stop()
        self.pasted(event.text)

    def complete(self, text: str) -> tuple[str, ...]:
        """Commands, and names of levels after `play`."""
        if text.startswith("play "):
            entries = self._catalogue.entries
            ids = [id for e in entries for id in (e.id, *(joined(e.id, variant) for variant in e.variants))]
            return tuple(f"play {id}" for id in ids if f"play {id}".startswith(text))
        return tuple(super().complete(text))

    def focus_body(self) -> None:
        """The list takes the keys."""
        self.set_focus(self.query_one("#levels", OptionList))


def _variants(entry: Entry) -> str:
    """What a level is besides, as it is typed behind its id."""
    names = [f"@{variant}" for variant in entry.variants]
    return ", ".join([*names, "@1", "@2 …"] if entry.drawn else names)
