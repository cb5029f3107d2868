"""How a board in a player's hands is shown: goals, canvas, inspector, guide."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from scalegame.design import edits
from scalegame.progress.model import Standing
from scalegame.progress.store import Store
from scalegame.tui.board.differing import Differing, in_full, in_short
from scalegame.tui.board.session import Session
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling import figures
from scalegame.tui.telling.words import heading, hours, line, price
from scalegame.tui.widgets.goals import Goal, Goals
from scalegame.tui.widgets.inspector import Inspector
from scalegame.tui.widgets.note import Note
from scalegame.tui.widgets.plain import Static
from scalegame.verdict.judge import holds

#: From this width on the inspector stands beside the board all the time.
WIDE = 110


class BoardView(GameScreen):
    """The board with its surroundings, as they are now."""

    def __init__(self, session: Session, store: Store) -> None:
        """Takes the board and where it is saved."""
        super().__init__()
        self.session = session
        self._store = store
        self._details = False
        self._against = ""
        self._difference: Differing | None = None

    def body(self) -> ComposeResult:
        """Goals, note, board with inspector, and a line about what is selected."""
        yield Goals()
        yield Note()
        with Horizontal(id="desk"):
            yield BoardCanvas(id="canvas")
            yield Inspector()
        yield Static(id="selected-line")

    def on_mount(self) -> None:
        """Shows the board as it was left."""
        self.canvas.letters = False  # h is for hints
        self.refresh_board()
        self._mark()
        self._guide()
        if self.session.notice:
            self.say(self.session.notice, "error")
        elif self.session.lines:
            self.say("Your board is as you left it.")
        self.focus_body()

    def on_screen_resume(self) -> None:
        """Something may have been run, or the terminal resized, meanwhile."""
        if self.is_mounted and self.query("#canvas"):
            self.query_one(Goals).show(self._goals())
            self._guide()
            self._inspect()
            if not self.line_open:
                self.focus_body()

    def on_resize(self) -> None:
        """The inspector has its place on wide screens only."""
        self._arrange()

    def focus_body(self) -> None:
        """The canvas takes the keys."""
        self.set_focus(self.canvas)

    @property
    def canvas(self) -> BoardCanvas:
        """The canvas."""
        return self.query_one("#canvas", BoardCanvas)

    # Showing

    def _goals(self) -> list[Goal]:
        """As the last run of this very board left them; else what is known without a run."""
        session = self.session
        last = session.last
        if last is not None and edits.same(last.computation.board, session.board):
            return [Goal(held.objective, held.value, held.held) for held in last.verdict.objectives]
        goals = []
        for objective in session.level.objectives:
            known = {"cost": session.cost, "effort": session.effort}.get(objective.metric)
            goals.append(Goal(objective, known, None if known is None else holds(objective, known)))
        return goals

    def refresh_board(self) -> None:
        """Shows the board, what it costs and what is selected."""
        session, rules = self.session, self.session.level.rulebook
        lines = {card.id: figures.card_lines(card, session.level) for card in session.board}
        self.canvas.show_board(session.board, rules.kinds, lines)
        self.query_one(Goals).show(self._goals())
        level = session.level
        work = f"   work {hours(session.effort)}" if session.effort else ""
        self.title_say(
            heading(level),
            line(("costs ", "$quiet"), price(session.cost), (f"{work}   parts {session.parts}", "$quiet")),
        )
        self.canvas.mark(session.marked)
        self._inspect()

    def _mark(self) -> None:
        """Selects on the canvas what is selected."""
        wire = self.session.selected_wire
        if wire is not None:
            self.canvas.select_wire(wire.source, wire.target)
        else:
            self.canvas.select(self.session.selected or None)

    def _figures(self, id: str) -> str:
        session = self.session
        last = session.last
        # What was measured speaks of the board that ran, not of one that was changed since.
        if last is not None and edits.same(last.computation.board, session.board):
            worst = last.verdict.worst
            recording, result = last.computation.recording(worst), last.computation.result(worst)
            return figures.summed_up(session.level, session.board, id, recording, result)
        return figures.on_paper(session.level, session.board, id)

    def _inspect(self) -> None:
        session = self.session
        card, wire = session.selected_card, session.selected_wire
        told = self._figures(card.id) if card is not None else ""
        inspector = self.query_one(Inspector)
        line_below = self.query_one("#selected-line", Static)
        if self._difference is not None:
            inspector.tell(in_full(self._difference, self.key))
            line_below.update(in_short(self._difference, self.key))
            self._arrange()
            return
        inspector.show(session, told, self._details, self.key)
        if session.marked:
            acts = ", ".join(map(self.key, ("remove", "copy", "edit")))
            line_below.update(
                line(
                    (f"{len(session.marked)} marked  ", "bold $primary"),
                    f"{', '.join(session.chosen)}   ",
                    (f"{acts}, moves: all of them", "$quiet"),
                )
            )
        elif card is not None:
            kind = session.level.rulebook.kinds[card.kind]
            can = ", ".join(edits.adjustments(card, session.level.rulebook))
            line_below.update(
                line(
                    (card.id, "bold $primary"),
                    (f" {kind.title.lower()}   ", "$quiet"),
                    told,
                    (f"   {self.key('edit')}: {can}" if can else "", "$quiet"),
                )
            )
        elif wire is not None:
            text = f"{wire.source} → {wire.target}"
            line_below.update(
                line(
                    (text, "bold $primary"),
                    (
                        f"   {self.key('add')} adds a part into this wire, {self.key('remove')} takes it away",
                        "$quiet",
                    ),
                )
            )
        else:
            line_below.update(line(("Arrows or a click select a box, . or a click a wire.", "$quiet")))
        self._arrange()

    def _arrange(self) -> None:
        wide = self.size.width >= WIDE
        self.set_class(wide, "-wide")
        self.set_class(self._details and not wide, "-drawer")
        self.query_one("#selected-line").display = not (wide or self._details)

    def _guide(self) -> None:
        """Shows the next step of a guided level, and goes on when it is done."""
        guide = self.session.guide
        if not guide.text:
            return  # All is said: edits need not ask who has won.
        if self._store.standings().get(self.session.level.id, Standing()).won:
            guide.at = guide.count  # Who has won needs no leading any more.
        if guide.look(self.session.board, self.session.selected):
            self._store.remember(f"guide/{self.session.level.id}", str(guide.at))
        note = self.query_one(Note)
        if guide.text:
            note.tell(f"Step {guide.at + 1} of {guide.count}", guide.text)
        else:
            note.tell("", "")
