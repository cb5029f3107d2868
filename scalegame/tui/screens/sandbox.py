"""The world around the board in a player's hands: traffic, faults and goals, where the level leaves them open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scalegame.design import edits
from scalegame.design.model import Component
from scalegame.errors import ScalegameError
from scalegame.tui.board import surroundings
from scalegame.tui.board.surroundings import Row
from scalegame.tui.screens.asking import AskScreen, StepScreen
from scalegame.tui.screens.board_edits import BoardEdits, sentence
from scalegame.tui.screens.dialogs import ChoiceScreen
from scalegame.tui.telling.choice import Choice
from scalegame.tui.telling.words import line, tidy
from scalegame.tui.widgets.bars import Toolbar
from scalegame.tui.widgets.note import Note

_Lines = Callable[[Sequence[Row], Mapping[str, str]], Sequence[str]]
_Choices = Callable[[str, Mapping[str, str]], Sequence[str]]
#: From this width on the toolbar has room for everything.
_ROOMY = 100
#: Entries of the list of faults that are no faults.
_ADD, _TYPE, _ALL = "add", "type", "all"


class SandboxActions(BoardEdits):
    """What the keys T, F and G do. On other levels they say what the level has decided."""

    @property
    def open_world(self) -> bool:
        """Whether traffic, faults and goals are the player's here."""
        return self.session.level.rulebook.freedom is not None

    def on_mount(self) -> None:
        """The tools of the sandbox are shown in the sandbox."""
        super().on_mount()
        self._offer()

    def on_resize(self) -> None:
        """A narrow toolbar has no room for everything."""
        super().on_resize()
        self._offer()

    def _offer(self) -> None:
        bar = self.query_one(Toolbar)
        for id in ("traffic", "faults", "goals"):
            bar.offer(id, self.open_world)
        if self.open_world:
            bar.offer("hint", False)
            bar.offer("remove", self.size.width >= _ROOMY)

    def refresh_board(self) -> None:
        """What surrounds the board is told above it."""
        super().refresh_board()
        if self.open_world:
            board = self.session.board
            asking = surroundings.senders(board, self.session.level.rulebook).values()
            self.query_one(Note).tell("Sandbox", surroundings.summary(board.conditions, asking))

    # Traffic

    def do_traffic(self, words: str) -> None:
        """Opens the traffic, or sets what was typed."""
        if words:
            self.edit(f"traffic {words}", typed=True)
        elif not self.open_world:
            level = self.session.level
            asks = ", ".join(f"{name} {surroundings.asks(workload)}" for name, workload in level.workloads.items())
            self.say(f"This level decides who asks: {asks}. In the sandbox it is up to you.")
        else:
            self._open_traffic()

    def _open_traffic(self, workload: str = "") -> None:
        board = self.session.board
        asking = surroundings.senders(board, self.session.level.rulebook).values()
        rows = surroundings.traffic_rows(board.conditions, asking)
        title = "Traffic: who asks, and how patient they are"
        self._open_steps(title, rows, surroundings.traffic_lines, start=f"{workload} arrivals")

    def edit_traffic(self, card: Component) -> bool:
        """Opens the traffic of a card that sends, where it is the player's; returns whether it did."""
        workload = surroundings.senders(self.session.board, self.session.level.rulebook).get(card.id)
        if not self.open_world or workload is None:
            return False
        self._open_traffic(workload)
        return True

    # Faults

    def do_faults(self, words: str) -> None:
        """Opens the faults, or plans what was typed."""
        faults = self.session.level.faults
        if words:
            self.edit(f"fault {words}", typed=True)
            return
        if not self.open_world:
            known = "; ".join(map(str, faults)) or "nothing goes wrong by itself"
            self.say(f"This level decides what goes wrong: {known}. In the sandbox it is up to you.")
            return
        planned = self.session.board.conditions.faults
        choices = [
            Choice(_ADD, line(("+ ", "$primary"), "plan a fault"), "Step by step: what, how, when, how long."),
            Choice(_TYPE, line(("+ ", "$primary"), "type a fault"), "As in at 30 s: shop crashes for 10 s."),
            *(
                Choice(str(number), line(("! ", "$warning"), text), "Enter mends it: it will not happen.")
                for number, text in enumerate(planned, 1)
            ),
        ]
        if len(planned) > 1:
            choices.append(Choice(_ALL, line(("– ", "$primary"), "mend all"), "Nothing will go wrong by itself."))
        self.app.push_screen(ChoiceScreen("Faults: what goes wrong, and when", choices), self._fault)

    def _fault(self, chosen: str | None) -> None:
        session = self.session
        if chosen == _ADD:
            if not surroundings.targets(session.board, session.level.rulebook):
                self.say("There is nothing yet that could break: a adds a part.", "error")
                return
            rows = surroundings.fault_rows(session.board, session.level.rulebook, session.selected)
            self._open_steps("A fault", rows, _fault_lines, self._fault_choices)
        elif chosen == _TYPE:
            about = "at 30 s: shop crashes for 10 s; bank pauses for 2 s; north -> south is cut; place x fails."
            self.app.push_screen(AskScreen("A fault", "at 30 s: ", about, "Plan it"), self._fault_typed)
        elif chosen is not None:
            self.edit(f"mend {chosen}")

    def _fault_choices(self, row: str, values: Mapping[str, str]) -> Sequence[str]:
        """What a link can suffer a card cannot, and the other way round."""
        board, rulebook = self.session.board, self.session.level.rulebook
        return surroundings.effects(values["target"], board, rulebook) if row == "effect" else ()

    def _fault_typed(self, text: str | None) -> None:
        if text:
            self.edit(f"fault {text}", typed=True)

    # Goals

    def do_goals(self, words: str) -> None:
        """Opens the goals, or sets the one that was typed."""
        if words:
            self.edit(f"goal {words}", typed=True)
        elif not self.open_world:
            goals = ", ".join(tidy(objective.text) for objective in self.session.level.objectives)
            self.say(f"This level decides what counts: {goals}. In the sandbox it is up to you.")
        else:
            rows = surroundings.goal_rows(self.session.board.conditions)
            self._open_steps("Goals: what a run is judged by", rows, surroundings.goal_lines)

    # The window with the steps

    def _open_steps(
        self,
        title: str,
        rows: Sequence[Row],
        lines: _Lines,
        choices: _Choices | None = None,
        start: str = "",
    ) -> None:
        self.app.push_screen(StepScreen(title, rows, lines, self._refused, choices, start), self._take_steps)

    def _refused(self, lines: Sequence[str]) -> str:
        """Why these edits cannot be applied now, or ""."""
        try:
            edits.apply_all(self.session.board, lines, self.session.level.rulebook)
        except ScalegameError as error:
            message = error.message
            return sentence(message.partition(": ")[2] if message.startswith("line ") else message)
        return ""

    def _take_steps(self, lines: tuple[str, ...] | None) -> None:
        if lines:
            self.edit(*lines)


def _fault_lines(rows: Sequence[Row], values: Mapping[str, str]) -> list[str]:
    return [surroundings.fault_line(values)]
