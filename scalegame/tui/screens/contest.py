"""The competition that one has joined: how it stands, and handing designs in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message

from scalegame import ENGINE
from scalegame.errors import ScalegameError, printable
from scalegame.progress.files import default_path
from scalegame.progress.model import Attempt
from scalegame.tui import actions
from scalegame.tui.screens import taking
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.words import line
from scalegame.tui.widgets.plain import Static
from scalegame.units import whole

if TYPE_CHECKING:
    # Nothing of the network is imported by who does not compete.
    from scalegame.competition.client.memberships import Membership
    from scalegame.tui.taking.courier import Seen, Watch


@dataclass
class Looked(Message):
    """How the competition stands; it comes from another thread."""

    seen: Seen
    said: str


class ContestScreen(GameScreen):
    """A sheet that keeps itself up to date."""

    PLACE = actions.CONTEST

    def __init__(self, level: str = "", digest: str = "") -> None:
        """Shows the competition that has a level, or else the one that was joined last."""
        super().__init__()
        self.membership = _membership(level, digest)
        self.seen: Seen | None = None
        self._watch: Watch | None = None

    def body(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="contest"):
            yield Static(id="contest-text")

    def on_mount(self) -> None:
        """Shows what is known, and asks for the rest."""
        self.focus_body()
        if self.membership is None:
            from scalegame.tui.telling.contesting import NONE

            self.title_say(line(("Competition", "bold")))
            self.query_one("#contest-text", Static).update(Content(NONE))
            return
        from scalegame.tui.taking.courier import Seen, Watch

        self.seen = Seen()
        self._show()
        catalogue = taking.game(self).catalogue
        known = [id for id in _levels(self.membership) if catalogue.entry(id) is not None]
        self._watch = Watch(self.membership, known, self._looked)
        taking.game(self).send_waiting()
        self.set_interval(1.0, self._show_time)

    def on_unmount(self) -> None:
        """Looks no more."""
        if self._watch is not None:
            self._watch.end()

    def _looked(self, seen: Seen, said: str) -> None:
        """Called by the other thread; the sheet may be closed by then."""
        try:
            self.post_message(Looked(seen, said))
        except RuntimeError:
            return

    @on(Looked)
    def _take(self, event: Looked) -> None:
        self.seen = event.seen
        for level in event.seen.fresh:
            taking.game(self).take_in(level)
        if event.said:
            self.say(event.said)
        elif event.seen.fresh:
            self.say(f"{printable(event.seen.fresh[0].title)} is open now: it is on the list of levels.", "good")
        self._show()

    def _show(self) -> None:
        self._show_time()
        self.query_one("#contest-text", Static).update(self.text)

    def _show_time(self) -> None:
        if self.membership is None or self.seen is None:
            return
        from scalegame.tui.telling.contesting import time_left

        title = printable(self.membership.title)
        self.title_say(line((title, "bold")), line((time_left(self.seen, time.time()), "$quiet")))

    @property
    def text(self) -> Content:
        """What the sheet says."""
        from scalegame.tui.telling.contesting import NONE, sheet

        if self.membership is None or self.seen is None:
            return Content(NONE)
        from scalegame.competition.client import sync

        waiting = sync.outbox(self.membership).waiting()
        return sheet(self.membership, self.seen, waiting, time.time())

    def focus_body(self) -> None:
        """The text takes the arrows."""
        self.set_focus(self.query_one("#contest"))

    def do_vote(self, words: str) -> None:
        """Votes for the choice with a number."""
        if self._watch is None or self.seen is None:
            self.say("There is no competition to vote in.")
            return
        from scalegame.tui.telling.contesting import choices

        poll, offered = choices(self.seen)
        number = whole(words.strip())
        if not offered or whole(poll) is None:
            self.say("There is no vote at the moment.")
        elif number is None or not 1 <= number <= len(offered):
            self.complain(f"Vote with a number from 1 to {len(offered)}.", f"vote {words}".strip())
        else:
            self.say("Voting …")
            self._watch.vote(poll, offered[number - 1])

    def do_copy(self, words: str) -> None:
        """Copies the sheet as text."""
        taking.text(self, self.text.plain + "\n", words, "competition")


def hand_in(screen: GameScreen, attempt: Attempt) -> None:
    """Keeps the design of an attempt, to be sent to the competition that has its level; it does not wait."""
    found = _membership(attempt.level, attempt.digest, only=True)
    if found is None:
        screen.say("This level is of no competition that you joined: scalegame join URL joins one.", "error")
        return
    from scalegame.competition.client import sync
    from scalegame.design.designfile import Design

    design = Design(attempt.level, attempt.lines, attempt.digest, str(ENGINE), attempt.live)
    box = sync.outbox(found)
    try:
        if any(item.state != "refused" and item.design == design for item in box.items()):
            screen.say("This very design is handed in already: contest shows what came of it.")
            return
        box.add(design, time.time())
    except ScalegameError as error:
        screen.say(f"Not handed in: {error.message}", "error")
        return
    screen.say(f"Handed in for {printable(found.title)}: kept on this machine, and being sent.", "good")
    taking.game(screen).send_waiting()


def competes(level: str, digest: str) -> bool:
    """Whether a level is of a competition that was joined."""
    return _membership(level, digest, only=True) is not None


def _membership(level: str, digest: str, only: bool = False) -> Membership | None:
    if not (default_path().parent / "contests").is_dir():
        return None
    from scalegame.competition.client import memberships

    found = memberships.of_level(level, digest) if level else None
    return found if found is not None or only else next(iter(memberships.joined()), None)


def _levels(membership: Membership) -> Mapping[str, str]:
    from scalegame.competition.client.memberships import level_digests

    return level_digests(membership)
