"""Help: what is looked at, in plain words, and what can be done here, straight from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets.option_list import Option

from scalegame.tui import actions
from scalegame.tui.actions import Action
from scalegame.tui.messages import OpenPage
from scalegame.tui.screens.window import WindowScreen
from scalegame.tui.telling.explaining import Topic
from scalegame.tui.telling.words import line
from scalegame.tui.widgets.plain import OptionList, Static

#: The rest of what can be typed on the board: the language of edits.
TYPED = (
    ("wire a -> b", "draw a wire; more arrows draw a chain"),
    ("unwire a -> b", "take a wire away"),
    ("rewire a -> b -> c", "put b into the wire from a to c"),
    ("set web threads=50", "change a parameter"),
    ("buy name / return name", "engineering work"),
    ("move web 3,1", "put a card elsewhere; free of cost"),
    ("fault … · mend 1 or all", "in the sandbox: what goes wrong"),
    ("goal … · ungoal 1", "in the sandbox: what counts"),
    ("measure 10 s 60 s", "in the sandbox: when it is measured"),
)
#: From this width on the two halves stand side by side.
WIDE = 140


class HelpScreen(WindowScreen[str | None]):
    """Two halves: a text about what is looked at, and the actions of the screen; choosing one does it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "Leave", show=False),
        Binding("tab,shift+tab", "other_half", "The other half", show=False, priority=True),
        Binding("f1", "page", "The whole page", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(
        self, offered: Iterable[Action], topic: Topic, place: str = actions.BOARD, asked: bool = False
    ) -> None:
        """Takes what to show.

        Args:
            offered: What can be done, with the keys in force.
            topic: What is looked at.
            place: The screen that the actions belong to.
            asked: It was asked for, or something is selected: the text has the larger half at first.
        """
        super().__init__()
        self._offered = tuple(offered)
        self._place = place
        self.topic = topic
        self._asked = asked

    def compose(self) -> ComposeResult:
        """The text over the list; a line an action: key, what to type, what it does."""
        with Vertical(classes="window help"):
            with Container(id="help-halves"):
                with Vertical(id="help-topic"):
                    yield Static(classes="half-title")
                    with VerticalScroll(id="help-text"):
                        yield Static(self.topic.text)
                with Vertical(id="help-actions"):
                    yield Static(classes="half-title")
                    yield OptionList(*self._options())
            yield Static(classes="about")
            yield Static(
                Content.from_markup(
                    "Tab other half · Enter does it · [@click=screen.page]F1 page[/] · "
                    "[@click=screen.dismiss]Esc or : leaves[/] · ctrl+q quits"
                ),
                classes="foot",
            )

    def _options(self) -> list[Option]:
        options = [Option(help_line(action), id=action.id) for action in self._offered]
        if self._place == actions.BOARD:
            options.append(Option(line(("Typed only, after a colon", "$quiet")), disabled=True))
            options += [
                Option(line(" " * 10, (f"{text:<24}  ", "$primary"), (about, "$foreground")), disabled=True)
                for text, about in TYPED
            ]
        return options

    def on_mount(self) -> None:
        """Puts the focus on the half that was asked for."""
        self._arrange(self.app.size.width)
        self.set_focus(self.query_one("#help-text") if self._asked else self.query_one(OptionList))
        self._title()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Says by a sign which half the arrows move in."""
        self._title()

    def _title(self) -> None:
        titles = self.topic.title, f"{actions.SCREENS[self._place]}: what you can do"
        for half, title in zip(self.query("#help-topic, #help-actions"), titles, strict=True):
            here = self.focused is not None and half in self.focused.ancestors
            shown = (
                line(("▸ ", "$primary bold"), (title, "bold"), ("   ↑↓ PgUp PgDn", "$quiet"))
                if here
                else line("  ", title)
            )
            half.query_one(".half-title", Static).update(shown)

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room."""
        self._arrange(event.size.width)

    def _arrange(self, width: int) -> None:
        self.set_class(width >= WIDE, "-wide")

    def action_other_half(self) -> None:
        """Goes from the text to the list, and back; whichever has the focus has more room."""
        listed = self.query_one(OptionList)
        self.set_focus(self.query_one("#help-text") if self.focused is listed else listed)

    def action_page(self) -> None:
        """Opens the page of the codex that says more."""
        self.dismiss(None)
        self.app.post_message(OpenPage(self.topic.page))

    @on(OptionList.OptionHighlighted)
    def _about(self, event: OptionList.OptionHighlighted) -> None:
        action = next((a for a in self._offered if a.id == event.option.id), None)
        self.query_one(".about", Static).update(action.help if action else "")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(None if event.option.id == "help" else event.option.id)


def help_line(action: Action) -> Content:
    """Key, what to type, and title of an action."""
    command = f"{action.command} {action.takes}".strip()
    also = f"  (or {', '.join(action.also)})" if action.also else ""
    return line(
        (f"{action.shown:<10}", "$primary bold"),
        (f"{command:<24} ", "$quiet"),
        (action.title, "$foreground"),
        (also, "$quiet"),
    )
