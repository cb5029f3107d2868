"""Small windows: a choice from a list, and a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button
from textual.widgets.option_list import Option

from scalegame.tui.screens.window import WindowScreen
from scalegame.tui.telling.choice import Choice
from scalegame.tui.telling.words import line
from scalegame.tui.widgets.plain import OptionList, Static


class ChoiceScreen(WindowScreen[str | None]):
    """A list to choose from, by arrows or by first letters; dismissed with the id chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Leave", show=False)]

    def __init__(
        self, title: str, choices: Sequence[Choice], foot: str = "Enter chooses · a letter jumps · Esc or : leaves"
    ) -> None:
        """Takes what to show."""
        super().__init__()
        self._title = title
        self.choices = tuple(choices)
        self._foot = foot

    def compose(self) -> ComposeResult:
        """A window with a title, the list, a sentence and a line about keys."""
        with Vertical(classes="window"):
            yield Static(line((self._title, "bold")), classes="window-title")
            yield OptionList(
                *(Option(choice.text, id=choice.id, disabled=not choice.open) for choice in self.choices)
            )
            yield Static(classes="about")
            with Horizontal(classes="window-foot"):
                yield Static(self._foot, classes="foot")
                yield Button("Close", id="close", compact=True)

    def on_mount(self) -> None:
        """Puts the cursor on the first choice that is open."""
        first = next((i for i, choice in enumerate(self.choices) if choice.open), None)
        self.query_one(OptionList).highlighted = first
        if first is None and self.choices:
            self.query_one(".about", Static).update(self.choices[0].about)

    @on(OptionList.OptionHighlighted)
    def _about(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one(".about", Static).update(self.choices[event.option_index].about)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the next choice that begins with it; where none does, it is left to the window."""
        letter = (event.character or "").casefold()
        if not letter.isalpha():
            return
        listed = self.query_one(OptionList)
        here = -1 if listed.highlighted is None else listed.highlighted
        # From the one behind the cursor once around.
        turned = [*range(here + 1, len(self.choices)), *range(here + 1)]
        found = next((i for i in turned if self.choices[i].open and self.choices[i].letter == letter), None)
        if found is not None:
            event.stop()
            event.prevent_default()
            listed.highlighted = found

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)


class QuestionScreen(WindowScreen[bool]):
    """A question with two answers; dismissed with True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "dismiss(True)", "Yes", show=False),
        Binding("n,escape", "dismiss(False)", "No", show=False),
    ]
    AUTO_FOCUS = ""

    def leave_window(self) -> None:
        """The answer is no."""
        self.dismiss(False)

    def __init__(self, question: str, yes: str, no: str) -> None:
        """Takes the question and its answers."""
        super().__init__()
        self._question, self._yes, self._no = question, yes, no

    def compose(self) -> ComposeResult:
        """The question over two buttons."""
        with Vertical(classes="window question"):
            yield Static(self._question)
            with Horizontal(classes="buttons"):
                yield Button(f"{self._yes} (y)", id="yes", compact=True, variant="primary")
                yield Button(f"{self._no} (n, Esc or :)", id="no", compact=True)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
