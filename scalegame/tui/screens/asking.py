"""Small windows that ask: for one line of text, or for several values that arrows step through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input

from scalegame.tui.board.surroundings import Row
from scalegame.tui.screens.edit import Arrow, EditRow
from scalegame.tui.screens.window import WindowScreen
from scalegame.tui.telling.words import line
from scalegame.tui.widgets.plain import Static
from scalegame.units import whole


class AskScreen(WindowScreen[str | None]):
    """Asks for one line; dismissed with it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave", show=False)]

    def __init__(self, title: str, text: str = "", about: str = "", action: str = "Enter") -> None:
        """Takes the question, what the line begins with, a sentence, and what the button says."""
        super().__init__()
        self._title, self._text, self._about, self._action = title, text, about, action

    def compose(self) -> ComposeResult:
        """The question, the line, two buttons."""
        with Vertical(classes="window"):
            yield Static(line((self._title, "bold")), classes="window-title")
            yield Input(self._text, id="edit-input", compact=True)
            yield Static(self._about, classes="about")
            with Horizontal(classes="buttons"):
                yield Button(f"{self._action} (Enter)", id="yes", compact=True, variant="primary")
                yield Button("Leave (Esc)", id="no", compact=True)

    @on(Input.Submitted)
    def _sent(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)

    @on(Button.Pressed)
    def _button(self, event: Button.Pressed) -> None:
        yes = event.button.id == "yes"
        self.dismiss((self.query_one(Input).value.strip() or None) if yes else None)


class StepScreen(WindowScreen[tuple[str, ...] | None]):
    """Rows of values, stepped through or typed; dismissed with the edits that they make, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k,shift+tab", "row(-1)", "Row up", show=False),
        Binding("down,j,tab", "row(1)", "Row down", show=False),
        Binding("left,minus", "change(-1)", "Earlier value", show=False),
        Binding("right,plus,equals_sign", "change(1)", "Later value", show=False),
        Binding("t", "type", "Type a value", show=False),
        Binding("enter", "apply", "Apply", show=False),
        Binding("escape,q", "leave", "Leave", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        lines: Callable[[Sequence[Row], Mapping[str, str]], Sequence[str]],
        refused: Callable[[Sequence[str]], str],
        choices: Callable[[str, Mapping[str, str]], Sequence[str]] | None = None,
        start: str = "",
    ) -> None:
        """Takes what it needs.

        Args:
            title: For the window.
            rows: What can be set.
            lines: The edits that some values make.
            refused: Why edits cannot be applied; "" if they can.
            choices: The values of a row where they depend on other rows; None: they never do.
            start: The row to begin with; the first if there is no such.
        """
        super().__init__()
        self._title, self.rows = title, tuple(rows)
        self._lines, self._refused, self._choices = lines, refused, choices
        self.values = {row.id: row.value for row in rows}
        self.at = next((number for number, row in enumerate(rows) if row.id == start), 0)

    def compose(self) -> ComposeResult:
        """A row a value; below what it means or why it cannot be, a line to type on, and what the keys do."""
        with Vertical(classes="window edit step"):
            yield Static(line((self._title, "bold")), classes="window-title")
            with VerticalScroll(id="edit-rows", can_focus=False):
                for number, row in enumerate(self.rows):
                    with EditRow(classes="edit-row", id=f"row-{number}"):
                        yield Static(row.label, classes="edit-name")
                        yield Arrow(number, -1)
                        yield Static(classes="edit-value")
                        yield Arrow(number, 1)
                        yield Static(classes="edit-was")
            yield Static(classes="about")
            yield Input(id="edit-input", compact=True)
            with Horizontal(classes="buttons"):
                yield Button("Apply (Enter)", id="apply", compact=True, variant="primary")
                yield Button("Leave (Esc)", id="leave", compact=True)
                yield Static("↑↓ row ←→ change t type : line", classes="foot")

    def on_mount(self) -> None:
        """Shows the values."""
        self.query_one(Input).display = False
        self._refresh()
        self.call_after_refresh(self.query_one(f"#row-{self.at}").scroll_visible, animate=False)

    @property
    def lines(self) -> tuple[str, ...]:
        """The edits that the values make."""
        return tuple(self._lines(self.rows, self.values))

    def values_of(self, row: Row) -> Sequence[str]:
        """What the arrows of a row go through now, the value in force among it."""
        known = row.values if self._choices is None else self._choices(row.id, self.values) or row.values
        now = self.values[row.id]
        return known if now in known else (*known, now)

    def _refresh(self, complaint: str = "") -> None:
        for number, row in enumerate(self.rows):
            shown = self.query_one(f"#row-{number}")
            shown.set_class(number == self.at, "-at")
            value = self.values[row.id]
            shown.query_one(".edit-value", Static).update(value)
            shown.query_one(".edit-was", Static).update(f"was {row.value}" if value != row.value else "")
        complaint = complaint or self._refused(self.lines)
        about = self.query_one(".about", Static)
        row = self.rows[self.at]
        about.update(line((complaint, "$warning")) if complaint else row.about)

    def action_row(self, step: int) -> None:
        """Goes to another row."""
        self.at = (self.at + step) % len(self.rows)
        self.query_one(f"#row-{self.at}").scroll_visible(animate=False)
        self._refresh()

    def action_change(self, step: int) -> None:
        """Goes to the next value; stays at the ends."""
        row = self.rows[self.at]
        known = list(self.values_of(row))
        here = known.index(self.values[row.id])
        self.put(row, known[min(max(here + step, 0), len(known) - 1)])

    def put(self, row: Row, value: str) -> None:
        """Gives a row a value; rows whose values depend on it follow."""
        self.values[row.id] = value
        if self._choices is not None:
            for other in self.rows:
                known = self._choices(other.id, self.values)
                if other is not row and known and self.values[other.id] not in known:
                    self.values[other.id] = known[0]
        self._refresh()

    @on(Arrow.Pressed)
    def _arrow(self, event: Arrow.Pressed) -> None:
        event.stop()
        self.at = event.row
        self.action_change(event.step)

    def on_click(self, event: events.Click) -> None:
        """A click on a row goes there; on the value of that row, it is typed."""
        for number in range(len(self.rows)):
            row = self.query_one(f"#row-{number}")
            if event.widget is not None and row in event.widget.ancestors_with_self:
                again = number == self.at and event.widget.has_class("edit-value")
                self.at = number
                self._refresh()
                if again:
                    self.action_type()
                return

    def on_key(self, event: events.Key) -> None:
        """A digit begins a typed value; what was typed before the line had the focus goes there too."""
        entry = self.query_one(Input)
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

    def action_type(self, text: str | None = None) -> None:
        """Opens the line for a value, with the value in force on it, or with what was typed already."""
        entry = self.query_one(Input)
        row = self.rows[self.at]
        entry.display = True
        entry.value = self.values[row.id] if text is None else text
        entry.select_on_focus = False
        self.set_focus(entry)
        entry.cursor_position = len(entry.value)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        row, text = self.rows[self.at], " ".join(event.value.split())
        if text:
            before = dict(self.values)
            self.put(row, text)
            try:
                complaint = self._refused(self.lines)
            except ValueError:
                complaint = "that cannot be written"
            if complaint:
                self.values = before
                self._refresh(complaint)
                return
        self._close_input()
        self._refresh()

    def _close_input(self) -> None:
        self.query_one(Input).display = False
        self.set_focus(None)

    def action_apply(self) -> None:
        """Makes the changes, if they can be made."""
        if self._refused(self.lines):
            self._refresh()
        else:
            self.dismiss(self.lines or None)

    def action_leave(self) -> None:
        """Leaves the typing line, or the window."""
        if self.query_one(Input).display:
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
