"""The board in a player's hands: everything that can be changed, by key, mouse or typed line."""

from __future__ import annotations

import math
import re

from textual import events, on

from scalegame.design import checks, edits
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.tui import actions
from scalegame.tui.board.completion import completions
from scalegame.tui.board.selecting import ids_of
from scalegame.tui.board.shop import palette, projects
from scalegame.tui.canvas.navigate import onward
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.messages import OpenPage, ToLevels
from scalegame.tui.screens.authoring import BoardAuthoring
from scalegame.tui.screens.board_edits import sentence
from scalegame.tui.screens.board_looks import BoardLooks
from scalegame.tui.screens.board_sets import BoardSets
from scalegame.tui.screens.dialogs import ChoiceScreen
from scalegame.tui.screens.learning import BoardLearning
from scalegame.tui.screens.operating import Replaying
from scalegame.tui.screens.sandbox import SandboxActions
from scalegame.tui.screens.saving import SavingActions
from scalegame.tui.telling.choice import Choice
from scalegame.tui.telling.words import line, plural
from scalegame.tui.widgets.bars import Toolbar
from scalegame.tui.widgets.note import Note
from scalegame.units import whole

#: Speeds at which a run can be begun.
_SPEEDS = (1, 2, 4, 8, 16, 32, 64)
#: Problems that are listed at most.
_MOST_PROBLEMS = 100
_TO = re.compile(r"\s+to\s+", re.IGNORECASE)


class BoardScreen(SandboxActions, BoardAuthoring, SavingActions, Replaying, BoardSets, BoardLooks, BoardLearning):
    """A level in the player's hands."""

    PLACE = actions.BOARD

    def on_mount(self) -> None:
        """What a level does not sell is not offered."""
        super().on_mount()
        bar = self.query_one(Toolbar)
        bar.offer("add", bool(palette(self.session)))
        bar.offer("projects", bool(projects(self.session)))

    # Typing

    def typed(self, text: str) -> None:
        """A line that is not one of the table's commands is an edit."""
        word, _, rest = text.partition(" ")
        first = rest.split(" ")[0]
        if word.lower() == "set" and "=" in first and first.partition(".")[0] not in self.session.board.components:
            self.set_all(rest, typed=text)
        elif word.lower() in (*edits.FORMS, *edits.ALIASES):
            self.edit(text, typed=True)
        else:
            super().typed(text)

    @property
    def further(self) -> tuple[str, ...]:
        """The language of edits."""
        return (*edits.FORMS, *edits.ALIASES)

    def complete(self, text: str) -> tuple[str, ...]:
        """Commands, parts, parameters."""
        known = actions.commands(actions.of(self.PLACE))
        found = completions(text, self.session.board, self.session.level.rulebook, known)
        return found or self.boards_named(text)

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
        """Where a wire may lead, the nearest to the right first, and what waits to be wired among it."""
        board = self.session.board
        legal = edits.legal_wires(board, source, self.session.level.rulebook)
        waiting = [id for id in legal if not board.sources(id) and not board.targets(id)]
        return onward(self.canvas.picture.cards, source, legal, waiting)

    def on_key(self, event: events.Key) -> None:
        """While a wire is drawn, a digit chooses where to."""
        number = whole(event.character or "")
        if number is not None and self.action_wire_to(number):
            event.stop()

    def action_wire_to(self, number: int) -> bool:
        """Draws the wire that was begun to the part of that number on the status line; whether there is one."""
        source = self.canvas.connecting
        could = self._could(source) if source is not None else []
        if source is None or not 1 <= number <= len(could):
            return False
        self.canvas.end_connect()
        self._draw_wire(source, could[number - 1])
        return True

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
            self.complain(sentence(error.message))
            return
        into = wire is not None and wire not in self.session.board.wires
        where = f" between {wire.source} and {wire.target}" if into and wire else ". c connects it"
        self.changed(before, f"Added {', '.join(added)}{where}")

    def do_connect(self, words: str) -> None:
        """Draws a wire from the selected part, or the one typed."""
        if words:
            # connect lb to web
            self.edit(f"connect {_TO.sub(' -> ', words)}", typed=True)
            return
        card = self.session.selected_card
        if card is None:
            ids = [*self.session.board.components, "lb", "web"]
            self.complain(
                f"Select the part that sends; or write from and to: connect {ids[0]} {ids[1]}.", "connect "
            )
            return
        could = self._could(card.id)
        if not could:
            self.say(f"{card.id} can be wired to nothing more on this board.", "error")
            return
        numbered = "  ".join(f"{n} {id}" for n, id in enumerate(could[:9], 1))
        self.say(
            f"From {card.id} to: {numbered}   arrows and Enter, or a digit; Esc leaves; "
            f"typed: connect {card.id} {could[0]}",
            links={f"{n} {id}": f"screen.wire_to({n})" for n, id in enumerate(could[:9], 1)},
        )
        self.focus_body()
        self.canvas.select(could[0])
        self.canvas.start_connect(card.id, could)

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
        if card is None and session.marked:
            card = session.board.components[session.chosen[0]]
        if card is None:
            self.say("First select a box: arrows or a click.", "error")
            return
        if self.edit_traffic(card):
            return
        if not edits.adjustments(card, session.level.rulebook):
            why = (
                "belongs to the level" if card.id in session.level.rulebook.fixed else "has nothing to change here"
            )
            self.say(f"{card.id} {why}.", "error")
            return
        self.app.push_screen(EditScreen(session, card, words), self._edited)

    def _edited(self, edit: str | None) -> None:
        if not edit:
            return
        _, id, assignments = edit.split(" ", 2)
        if id in self.session.marked and len(self.session.marked) > 1:
            self.set_all(assignments)
        else:
            self.edit(edit)

    def do_remove(self, words: str) -> None:
        """Removes what is selected, or what was typed."""
        card, wire = self.session.selected_card, self.session.selected_wire
        if len(words.split()) > 1:
            try:
                self.remove_all(ids_of(words, self.session.board))
            except ScalegameError as error:
                self.complain(sentence(error.message), f"remove {words}")
        elif words:
            self.edit(f"remove {words}", typed=True)
        elif len(self.session.marked) > 1:
            self.remove_all(self.session.chosen)
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

    def do_run(self, words: str) -> None:
        """Puts the board under load, if it can start; the words say how fast to watch it."""
        speed = whole(words.lower().strip("x×"))
        if words and speed not in _SPEEDS:
            self.complain("Write run, or run x1, x2, x4 … x64.", f"run {words}")
            return
        problems = checks.problems(self.session.board, self.session.level.rulebook)
        if problems:
            more = f"   {self.key('problems')}: all {len(problems)} problems" if len(problems) > 1 else ""
            self.say(sentence(problems[0].message) + more, "error")
            return
        from scalegame.tui.screens.run import RunScreen
        from scalegame.tui.watch.computation import Computation

        try:
            computation = Computation(self.session.level, self.session.board)
        except ScalegameError as error:
            self.say(sentence(error.message), "error")
            return
        run = (
            RunScreen(self.session, computation, self._store, speed=speed)
            if speed
            else RunScreen(self.session, computation, self._store)
        )
        self.app.push_screen(run)

    def do_problems(self, words: str) -> None:
        """Lists everything that keeps the board from being run."""
        problems = checks.problems(self.session.board, self.session.level.rulebook)
        if not problems:
            self.say(f"Nothing keeps this board from being run: {self.key('run')} runs.", "good")
            return
        told = [sentence(problem.message) for problem in problems[:_MOST_PROBLEMS]]
        choices = [Choice(str(number), line(text), text) for number, text in enumerate(told, 1)]
        title = f"{plural(len(problems), 'problem')} before this board can be run"
        self.app.push_screen(ChoiceScreen(title, choices, "Enter, Esc or : leaves"))

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
        """Says again what the last run found, all in all or about a part."""
        last, parts = self.session.last, self.session.board.components
        if words and words not in parts:
            self.complain(f"There is no part {quoted(words)}{nearest(words, parts)}", f"why {words}")
            return
        if last is None:
            self.say(f"Nothing has been run yet: {self.key('run')} runs.")
            return
        found = [finding for finding in last.findings if words in ("", finding.component)]
        if words and not found:
            others = ", ".join(dict.fromkeys(finding.component for finding in last.findings if finding.component))
            self.say(f"The last run found nothing about {words}." + (f" It did about {others}." if others else ""))
        elif found:
            finding = found[0]
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
        """Closes the drawer, or the comparison, or goes to the levels; Esc asks for a second one before."""
        if self.has_class("-drawer"):
            self.do_details("")
            return
        if self._against:
            self.do_difference("off")
            return
        # What the first one says; as long as it stands there the second one leaves.
        again = f"{self.key('back')} again: leave to the levels"
        if words or self.said == again:
            self.post_message(ToLevels())
        else:
            self.say(again, links={again: "screen.perform('back', 'now')"})
