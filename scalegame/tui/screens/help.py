"""What can be done on a screen, straight from the table of actions."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from scalegame.tui import actions
from scalegame.tui.actions import Action
from scalegame.tui.words import line

#: The rest of what can be typed on the board: the language of edits.
TYPED = (
    ("wire a -> b", "draw a wire; more arrows draw a chain"),
    ("unwire a -> b", "take a wire away"),
    ("rewire a -> b -> c", "put b into the wire from a to c"),
    ("set web threads=50", "change a parameter"),
    ("buy name / return name", "engineering work"),
    ("move web 3,1", "put a card elsewhere; free of cost"),
)


class HelpScreen(ModalScreen[str | None]):
    """The actions of one screen; choosing one does it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "Leave", show=False)
    ]

    def __init__(self, place: str) -> None:
        """Takes the screen that it is about."""
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """One line an action: key, what to type, what it does."""
        with Vertical(classes="window help"):
            name = actions.SCREENS[self._place]
            yield Static(line((f"{name}: what you can do", "bold")), classes="window-title")
            options = [Option(help_line(action), id=action.id) for action in actions.of(self._place)]
            if self._place == actions.BOARD:
                options.append(Option(line(("Typed only, after a colon", "$quiet")), disabled=True))
                options += [
                    Option(line(" " * 10, (f"{text:<24}", "$primary"), (about, "$foreground")), disabled=True)
                    for text, about in TYPED
                ]
            yield OptionList(*options)
            yield Static(classes="about")
            yield Static("Enter does it · Esc leaves · ctrl+q leaves the game at once", classes="foot")

    @on(OptionList.OptionHighlighted)
    def _about(self, event: OptionList.OptionHighlighted) -> None:
        action = next((a for a in actions.of(self._place) if a.id == event.option.id), None)
        self.query_one(".about", Static).update(action.help if action else "")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(None if event.option.id == "help" else event.option.id)


def help_line(action: Action) -> Content:
    """Key, what to type, and title of an action."""
    command = f"{action.command} {action.takes}".strip()
    return line(
        (f"{action.shown:<10}", "$primary bold"), (f"{command:<24}", "$quiet"), (action.title, "$foreground")
    )
