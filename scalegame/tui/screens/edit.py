"""Changing the parameters of one card, step by step or by typing, with the price of it before it is paid."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Input

from scalegame.design import edits, price
from scalegame.design.kinds import Parameter
from scalegame.design.model import Board, Component, Setting
from scalegame.design.rulebook import Adjustment
from scalegame.errors import ScalegameError
from scalegame.tui.board.session import Session
from scalegame.tui.board.stepping import beside, steps
from scalegame.tui.screens.window import WindowScreen
from scalegame.tui.telling.words import difference, hours, line
from scalegame.tui.telling.words import price as dollars
from scalegame.tui.widgets.plain import Static
from scalegame.units import whole


class Arrow(Static):
    """A step down or up, for the mouse."""

    class Pressed(Message):
        """An arrow was clicked."""

        def __init__(self, row: int, step: int) -> None:
            """Says which."""
            super().__init__()
            self.row, self.step = row, step

    def __init__(self, row: int, step: int) -> None:
        """An arrow of a row: -1 is down, 1 is up."""
        super().__init__("◂" if step < 0 else "▸", classes="arrow")
        self._row, self._step = row, step

    def on_click(self, event: events.Click) -> None:
        """Asks for the step."""
        event.stop()
        self.post_message(self.Pressed(self._row, self._step))


class EditRow(Horizontal):
    """One parameter: its name, its value between two arrows, and what it was."""

    def spoken(self) -> str:
        """For the linear mode."""
        texts = [str(self.query_one(f".edit-{part}", Static).visual) for part in ("name", "value", "was")]
        return " ".join(text for text in texts if text)


class EditScreen(WindowScreen[str | None]):
    """Dismissed with one line of edits, or None if nothing is to change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k,shift+tab", "row(-1)", "Row up", show=False),
        Binding("down,j,tab", "row(1)", "Row down", show=False),
        Binding("left,minus", "change(-1)", "Less", show=False),
        Binding("right,plus,equals_sign", "change(1)", "More", show=False),
        Binding("t", "type", "Type a value", show=False),
        Binding("enter,e", "apply", "Apply", show=False),
        Binding("escape,q", "leave", "Leave", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, session: Session, card: Component, start: str = "") -> None:
        """Takes the card, and the parameter to begin with."""
        super().__init__()
        self._session = session
        self._card = card
        rulebook = session.level.rulebook
        kind = rulebook.kinds[card.kind]
        self._title = f"{card.id}  {kind.title}"
        self.rows: list[tuple[Parameter, Adjustment]] = [
            (kind.parameter(name), adjustment) for name, adjustment in edits.adjustments(card, rulebook).items()
        ]
        self.values: list[Setting] = [card.settings[p.name] for p, _ in self.rows]
        names = [p.name for p, _ in self.rows]
        self.at = names.index(start) if start in names else 0
        #: What each row says: its value, what it was, and whether it is the one that is looked at.
        self._shown: dict[int, tuple[str, str, bool]] = {}

    def compose(self) -> ComposeResult:
        """A row a parameter; below: what the change costs, a line to type on, and what the keys do."""
        with Vertical(classes="window edit"):
            yield Static(line((self._title, "bold")), classes="window-title")
            with VerticalScroll(id="edit-rows", can_focus=False):
                for number, (parameter, _) in enumerate(self.rows):
                    with EditRow(classes="edit-row", id=f"row-{number}"):
                        yield Static(parameter.name, classes="edit-name")
                        yield Arrow(number, -1)
                        yield Static(classes="edit-value")
                        yield Arrow(number, 1)
                        yield Static(classes="edit-was")
            yield Static(classes="about")
            yield Static(id="edit-price")
            yield Input(id="edit-input", compact=True)
            with Horizontal(classes="buttons"):
                yield Button("Apply (Enter)", id="apply", compact=True, variant="primary")
                yield Button("Leave (Esc)", id="leave", compact=True)
                yield Static("↑↓ row ←→ change t type : line", classes="foot")

    def on_mount(self) -> None:
        """Shows the values."""
        self.query_one("#edit-input").display = False
        self._refresh()
        self.call_after_refresh(self._look_at_row)

    def _look_at_row(self) -> None:
        """The parameter to begin with may be far down."""
        self.query_one(f"#row-{self.at}").scroll_visible(animate=False)

    # What would be done

    @property
    def line(self) -> str:
        """The edit that makes the values shown; "" if nothing changed."""
        changed = [
            f"{p.name}={p.write(value)}"
            for (p, _), value in zip(self.rows, self.values, strict=True)
            if value != self._card.settings[p.name]
        ]
        return f"set {self._card.id} {' '.join(changed)}" if changed else ""

    def _trial(self) -> Board:
        rulebook = self._session.level.rulebook
        return edits.apply(self._session.board, self.line, rulebook) if self.line else self._session.board

    def _refresh(self, complaint: str = "") -> None:
        rulebook = self._session.level.rulebook
        for number, (parameter, _) in enumerate(self.rows):
            value, was = self.values[number], self._card.settings[parameter.name]
            shown = parameter.show(value), f"was {parameter.show(was)}" if value != was else "", number == self.at
            if self._shown.get(number) == shown:
                continue  # some cards have fifty rows, and each that is written is laid out anew
            self._shown[number] = shown
            row = self.query_one(f"#row-{number}")
            row.set_class(number == self.at, "-at")
            row.query_one(".edit-value", Static).update(shown[0])
            row.query_one(".edit-was", Static).update(shown[1])
        parameter, adjustment = self.rows[self.at]
        about = f"{parameter.doc} You can choose {edits.allowed(parameter, adjustment)}."
        self.query_one(".about", Static).update(about)
        text = line((complaint, "$warning"))
        if not complaint:
            try:
                board = self._trial()
                before, after = self._session.cost, price.cost(board, rulebook)
                work = price.effort(rulebook.found, board, rulebook)
                text = line(
                    ("board costs ", "$quiet"),
                    (dollars(after), "bold"),
                    (f"  {difference(before, after)}" if before != after else "", "$primary"),
                    (f"   work {hours(work)}" if work else "", "$quiet"),
                )
            except ScalegameError as error:
                text = line((error.message, "$warning"))
        self.query_one("#edit-price", Static).update(text)

    # Doing

    def action_row(self, step: int) -> None:
        """Goes to another parameter."""
        self.at = (self.at + step) % len(self.rows)
        self._look_at_row()
        self._refresh()

    def action_change(self, step: int) -> None:
        """Goes to the next value."""
        parameter, adjustment = self.rows[self.at]
        values = steps(parameter, adjustment, self.values[self.at])
        if not values:
            self.action_type()
            return
        self.values[self.at] = beside(values, self.values[self.at], step)
        self._refresh()

    @on(Arrow.Pressed)
    def _arrow(self, event: Arrow.Pressed) -> None:
        self.at = event.row
        self.action_change(event.step)

    def on_key(self, event: events.Key) -> None:
        """A digit begins a typed value; what was typed before the line had the focus goes there too."""
        entry = self.query_one("#edit-input", Input)
        if not event.character or not event.is_printable:
            return
        if entry.display:
            entry.insert_text_at_cursor(event.character)
        elif whole(event.character) is not None:
            self.action_type(event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def action_type(self, text: str = "") -> None:
        """Opens the line for a value."""
        entry = self.query_one("#edit-input", Input)
        parameter = self.rows[self.at][0]
        entry.display = True
        entry.placeholder = f"{parameter.name}: a value, with its unit"
        entry.value = text
        entry.select_on_focus = False
        self.set_focus(entry)
        entry.cursor_position = len(text)

    @on(Input.Submitted, "#edit-input")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        parameter, _ = self.rows[self.at]
        rulebook = self._session.level.rulebook
        text = event.value.strip()
        try:
            if text:
                edits.apply(self._session.board, f"set {self._card.id} {parameter.name}={text}", rulebook)
                self.values[self.at] = parameter.read(text, rulebook.names)
        except ScalegameError as error:
            self._refresh(error.message)
            return
        self._close_input()
        self._refresh()

    def take(self, text: str) -> str:
        """Makes the change that `name=value …` says, and closes; returns what is wrong with it, or ""."""
        try:
            edits.apply(self._session.board, line := f"set {self._card.id} {text}", self._session.level.rulebook)
        except ScalegameError as error:
            return error.message
        self.dismiss(line)
        return ""

    def _close_input(self) -> None:
        self.query_one("#edit-input").display = False
        self.set_focus(None)

    def action_apply(self) -> None:
        """Makes the change."""
        self.dismiss(self.line or None)

    def action_leave(self) -> None:
        """Leaves the typing line, or the window."""
        if self.query_one("#edit-input").display:
            self._close_input()
            self._refresh()
        else:
            self.dismiss(None)

    @on(Button.Pressed)
    def _button(self, event: Button.Pressed) -> None:
        if event.button.id == "apply":
            self.action_apply()
        else:
            self.dismiss(None)
