"""The board in a player's hands: everything that can be changed, by key, mouse or typed line."""

from __future__ import annotations

import math

from textual import events, on

from scalegame.design import checks, edits
from scalegame.errors import ScalegameError, nearest
from scalegame.tui import actions
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.completion import completions
from scalegame.tui.messages import OpenPage, ToLevels
from scalegame.tui.screens.board_view import BoardView
from scalegame.tui.screens.dialogs import ChoiceScreen
from scalegame.tui.session import Session
from scalegame.tui.shop import palette, projects
from scalegame.tui.widgets.bars import Toolbar
from scalegame.tui.widgets.note import Note
from scalegame.tui.words import difference

#: Words that a message may begin with; anything else in small letters is taken for a name.
_OPENERS = frozenset(
    (
        "a",
        "an",
        "the",
        "this",
        "there",
        "it",
        "its",
        "nobody",
        "nothing",
        "something",
        "unknown",
        "no",
        "write",
        "both",
        "neither",
    )
)


class BoardScreen(BoardView):
    """A level in the player's hands."""

    PLACE = actions.BOARD

    def on_mount(self) -> None:
        """What a level does not sell is not offered."""
        super().on_mount()
        bar = self.query_one(Toolbar)
        bar.offer("add", bool(palette(self.session)))
        bar.offer("projects", bool(projects(self.session)))

    # Changing

    def edit(self, *lines: str, typed: bool = False) -> bool:
        """Applies edits and says what they cost; a refusal is said calmly.

        Args:
            lines: In the language of edits.
            typed: By the player: what is refused is kept for the next command line.

        Returns:
            Whether it was done.
        """
        before = self.session.cost
        try:
            self.session.do(*lines)
        except ScalegameError as error:
            self.complain(_sentence(error.message), lines[0] if typed else "")
            return False
        self._changed(before, _told(self.session, lines))
        return True

    def _changed(self, before: float, told: str) -> None:
        """The board is another: save it, show it, say it."""
        self.save()
        self.refresh_board()
        self._mark()
        self._guide()
        change = difference(before, self.session.cost)
        self.say(f"{told}{f'   {change}' if change else ''}")

    def save(self) -> None:
        """Keeps the board as it is now."""
        self._store.keep_board(self.session.saved())

    def typed(self, text: str) -> None:
        """A line that is not one of the table's commands is an edit."""
        self.edit(text, typed=True)

    def complete(self, text: str) -> tuple[str, ...]:
        """Commands, parts, parameters."""
        known = actions.commands(actions.of(self.PLACE))
        return completions(text, self.session.board, self.session.level.rulebook, known)

    # What the canvas says

    def _select(self, selected: str) -> None:
        if selected != self.session.selected:
            self.session.selected = selected
            self.save()
            self.say("")
        self._inspect()
        self._guide()

    @on(BoardCanvas.CardSelected)
    def _card_selected(self, event: BoardCanvas.CardSelected) -> None:
        # While a wire is drawn the canvas selects where it may lead; the card that sends stays selected.
        if self.canvas.connecting is None:
            self._select(event.id or "")

    @on(BoardCanvas.WireSelected)
    def _wire_selected(self, event: BoardCanvas.WireSelected) -> None:
        self._select(f"{event.source} -> {event.target}")

    @on(BoardCanvas.CardMoved)
    def _card_moved(self, event: BoardCanvas.CardMoved) -> None:
        self.edit(f"move {event.id} {event.column},{event.row}")

    @on(BoardCanvas.WireDrawn)
    def _wire_drawn(self, event: BoardCanvas.WireDrawn) -> None:
        self._draw_wire(event.source, event.target)

    def _draw_wire(self, source: str, target: str) -> None:
        """Wires two cards; the second is selected then, so that a chain is drawn link by link."""
        selected, self.session.selected = self.session.selected, target
        if not self.edit(f"wire {source} -> {target}"):
            self.session.selected = selected
            self._mark()

    @on(BoardCanvas.ConnectCancelled)
    def _connect_cancelled(self) -> None:
        self._mark()
        self.say("")

    def _could(self, source: str) -> list[str]:
        """Where a wire may lead, what nobody is wired to yet first."""
        board = self.session.board
        legal = edits.legal_wires(board, source, self.session.level.rulebook)
        return sorted(legal, key=lambda id: bool(board.sources(id)))

    def on_key(self, event: events.Key) -> None:
        """While a wire is drawn, a digit chooses where to."""
        source = self.canvas.connecting
        if source is None or not (event.character or "").isdigit():
            return
        could = self._could(source)
        number = int(event.character or 0)
        if 1 <= number <= len(could):
            event.stop()
            self._draw_wire(source, could[number - 1])

    @on(BoardCanvas.CardOpened)
    def _card_opened(self, event: BoardCanvas.CardOpened) -> None:
        self._select(event.id)
        self.do_edit("")

    # Actions

    def do_add(self, words: str) -> None:
        """Opens the palette, or adds what was typed."""
        if words in self.session.level.rulebook.palette:
            self._add(words)
            return
        if words:
            self.edit(f"add {words}", typed=True)
            return
        choices = palette(self.session)
        if not choices:
            self.say("This level sells no parts. There may be projects: b.", "error")
            return
        wire = self.session.selected_wire
        where = f" into {wire.source} → {wire.target}" if wire else ""
        self.app.push_screen(ChoiceScreen(f"Add a part{where}", choices), self._add)

    def _add(self, item: str | None) -> None:
        if item is None:
            return
        before, wire = self.session.cost, self.session.selected_wire
        try:
            added = self.session.insert(item)
        except ScalegameError as error:
            self.complain(_sentence(error.message))
            return
        into = wire is not None and wire not in self.session.board.wires
        where = f" between {wire.source} and {wire.target}" if into and wire else ". c connects it"
        self._changed(before, f"Added {', '.join(added)}{where}")

    def do_connect(self, words: str) -> None:
        """Draws a wire from the selected part, or the one typed."""
        if words:
            self.edit(f"connect {words}", typed=True)
            return
        card = self.session.selected_card
        if card is None:
            self.say("First select the part that sends: arrows or a click.", "error")
            return
        could = self._could(card.id)
        if not could:
            self.say(f"{card.id} can be wired to nothing more on this board.", "error")
            return
        numbered = "  ".join(f"{n} {id}" for n, id in enumerate(could[:9], 1))
        self.say(f"From {card.id} to: {numbered}   arrows and Enter, or a digit; Esc leaves")
        self.focus_body()
        self.canvas.select(could[0])
        self.canvas.start_connect(card.id)

    def do_select(self, words: str) -> None:
        """Selects the part that was typed, or the next one."""
        self.focus_body()
        if not words:
            self.canvas.action_cycle(1)
        elif words in self.session.board.components:
            self._select(words)
            self._mark()
        else:
            known = nearest(words, self.session.board.components)
            self.complain(f'There is no part "{words}"{known}', f"select {words}")

    def do_select_wire(self, words: str) -> None:
        """Selects the next wire."""
        self.focus_body()
        self.canvas.action_cycle_wires(1)

    def do_edit(self, words: str) -> None:
        """Opens the parameters of a card; the words name a card or a parameter."""
        from scalegame.tui.screens.edit import EditScreen

        session = self.session
        card = session.board.components.get(words) or session.selected_card
        if card is None:
            self.say("First select a box: arrows or a click.", "error")
            return
        if not edits.adjustments(card, session.level.rulebook):
            why = (
                "belongs to the level" if card.id in session.level.rulebook.fixed else "has nothing to change here"
            )
            self.say(f"{card.id} {why}.", "error")
            return
        self.app.push_screen(EditScreen(session, card, words), self._edited)

    def _edited(self, edit: str | None) -> None:
        if edit:
            self.edit(edit)

    def do_remove(self, words: str) -> None:
        """Removes what is selected, or what was typed."""
        card, wire = self.session.selected_card, self.session.selected_wire
        if words:
            self.edit(f"remove {words}", typed=True)
        elif wire is not None:
            self.edit(f"unwire {wire}")
        elif card is not None:
            self.edit(f"remove {card.id}")
        else:
            self.say("First select a box: arrows or a click. Or a wire: . or a click.", "error")

    def do_projects(self, words: str) -> None:
        """Opens the list of projects."""
        choices = projects(self.session)
        if not choices:
            self.say("This level sells no engineering work: a adds parts, e changes one.", "error")
            return
        self.app.push_screen(ChoiceScreen("Engineering work", choices), self._buy)

    def _buy(self, project: str | None) -> None:
        if project is not None:
            self.edit(f"{'return' if project in self.session.board.projects else 'buy'} {project}")

    def do_undo(self, words: str) -> None:
        """Takes changes back."""
        self._travel(words, "undo")

    def do_redo(self, words: str) -> None:
        """Does changes again."""
        self._travel(words, "redo")

    def _travel(self, words: str, way: str) -> None:
        if words and words != "all" and not (words.isdigit() and int(words) > 0):
            self.complain(f"Write {way}, {way} 3 or {way} all.", f"{way} {words}")
            return
        count = 10**6 if words == "all" else int(words or 1)
        before = self.session.cost
        lines = self.session.undo(count) if way == "undo" else self.session.redo(count)
        if not lines:
            self.say("This is the board as it was at the start." if way == "undo" else "Nothing was undone.")
            return
        verb = "Took back" if way == "undo" else "Did again"
        what = lines[-1].replace("\n", ", then ") if len(lines) == 1 else f"{len(lines)} changes"
        self._changed(before, f"{verb}: {what}")

    def do_run(self, words: str) -> None:
        """Puts the board under load, if it can start."""
        problems = checks.problems(self.session.board, self.session.level.rulebook)
        if problems:
            more = f"   (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            self.say(_sentence(problems[0].message) + more, "error")
            return
        from scalegame.tui.computation import Computation
        from scalegame.tui.screens.run import RunScreen

        try:
            computation = Computation(self.session.level, self.session.board)
        except ScalegameError as error:
            self.say(_sentence(error.message), "error")
            return
        self.app.push_screen(RunScreen(self.session, computation, self._store))

    def do_hint(self, words: str) -> None:
        """Shows one hint."""
        from scalegame.tui.screens.result import tell_hint

        tell_hint(self.session, self.query_one(Note))

    def do_brief(self, words: str) -> None:
        """Shows the brief again."""
        from scalegame.tui.screens.briefing import BriefingScreen

        self.app.push_screen(BriefingScreen(self.session.level, self._store))

    def do_details(self, words: str) -> None:
        """Shows every parameter in force; on narrow screens in a drawer."""
        self._details = not self._details
        self._inspect()

    def do_why(self, words: str) -> None:
        """Says again what the last run found."""
        last = self.session.last
        if last is None:
            self.say("Nothing has been run yet: Space runs.")
            return
        if last.findings:
            finding = last.findings[0]
            share = finding.share_of_waiting
            told = "" if math.isnan(share) else f" ({share:.0%} of all waiting)"
            self.query_one(Note).tell("Last run", f"{finding.title}{told}. {finding.sentence}")
        else:
            self.query_one(Note).tell("Last run", last.attempt.headline or "Nothing stood out.")

    def do_page(self, words: str) -> None:
        """Opens the codex at the kind of what is selected."""
        card = self.session.selected_card
        self.post_message(OpenPage(f"kinds/{card.kind}" if card else ""))

    def do_back(self, words: str) -> None:
        """Closes the drawer, or goes to the levels."""
        if self.has_class("-drawer"):
            self.do_details("")
        else:
            self.post_message(ToLevels())


def _sentence(message: str) -> str:
    """With a capital, unless it begins with a name from the board: these are written small."""
    first, _, _ = message.partition(" ")
    plain = first.isalpha() and first in _OPENERS
    return message[:1].upper() + message[1:] if plain else message


def _told(session: Session, lines: tuple[str, ...]) -> str:
    titles = {id: project.title for id, project in session.level.rulebook.projects.items()}
    told = ", ".join(edits.describe(edits.parse(text), titles) for text in lines)
    return told[:1].upper() + told[1:]
