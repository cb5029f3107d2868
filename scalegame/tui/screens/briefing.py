"""The briefing: the story, what must hold, what is for sale, and a guess that nothing hangs on."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from scalegame.errors import nearest
from scalegame.levels.model import Level
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.board.shop import offers
from scalegame.tui.board.surroundings import asks
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.words import flow, heading, line, plural, price, tidy
from scalegame.tui.watch.outcome import offered_stars
from scalegame.tui.widgets.plain import Static
from scalegame.units import Dimension, show


class BriefingScreen(GameScreen):
    """One screen before the board, shown over it."""

    PLACE = actions.BRIEFING

    def __init__(self, level: Level, store: Store) -> None:
        """Takes the level to speak of."""
        super().__init__()
        self._level = level
        self._store = store
        self.boxes = boxes(level)

    def body(self) -> ComposeResult:
        """One text that can be scrolled if it must, and the guess below it."""
        with VerticalScroll(id="briefing"):
            yield Static(id="briefing-text")
        yield Static(id="guess")

    def on_mount(self) -> None:
        """Shows title and guess."""
        level = self._level
        self.title_say(
            heading(level, "briefing"),
            # What is no part of the campaign is as hard as one makes it.
            line(("difficulty " + "●" * level.difficulty + "○" * (5 - level.difficulty), "$quiet"))
            if level.chapter
            else "",
        )
        self._write()
        self._show_guess()
        self.focus_body()

    def on_resize(self) -> None:
        """Where lines break depends on the width."""
        self._write()

    def _write(self) -> None:
        width = min(self.size.width - 5, 100)
        self.query_one("#briefing-text", Static).update(briefing_text(self._level, width))

    def focus_body(self) -> None:
        """The text takes the arrows."""
        self.set_focus(self.query_one("#briefing"))

    def _show_guess(self) -> None:
        guess = self.query_one("#guess", Static)
        if len(self.boxes) < 2:
            guess.display = False
            return
        prediction = self._store.prediction(self._level.id)
        chosen = prediction.component if prediction else ""
        parts = []
        for number, id in enumerate(answers(self._level), 1):
            style = "bold $primary" if id == chosen else "$foreground"
            sign = "●" if id == chosen else "○"
            parts.append(
                Content.from_markup(
                    f"[@click=screen.perform('guess','{number}')][$primary]$number[/] [{style}]$sign $id[/][/]",
                    number=str(number),
                    sign=sign,
                    id=id,
                )
            )
        guess.update(line(("Which box fills first?  ", "bold"), Content("   ").join(parts)))

    def do_guess(self, words: str) -> None:
        """Notes a guess: a number or a name."""
        if not words:
            self.say(f"Type the number of a box, or {self.key('to-board')} to go on without.")
            return
        known = answers(self._level)
        numbers = {str(number): id for number, id in enumerate(known, 1)}
        id = answer(numbers.get(words, words), self.boxes)
        if not id:
            self.complain(f'There is no box "{words}"{nearest(words, known)}', f"guess {words}")
            return
        self._store.predict(self._level.id, id)
        self._show_guess()
        self.say(f"You say {id}. The first run will tell. {self.key('to-board')} goes to the board.")

    def do_to_board(self, words: str) -> None:
        """Goes to the board below."""
        self.app.pop_screen()

    def complete(self, text: str) -> tuple[str, ...]:
        """Commands, and names of boxes after `guess`."""
        if text.startswith("guess "):
            return tuple(f"guess {id}" for id in answers(self._level) if f"guess {id}".startswith(text))
        return tuple(super().complete(text))


def boxes(level: Level) -> tuple[str, ...]:
    """The boxes on the board as found that something is sent to."""
    kinds = level.rulebook.kinds
    return tuple(id for id, card in level.found.components.items() if kinds[card.kind].roles)[:9]


#: The guess that no box fills; no box can be called that.
NONE = "none of them"


def answers(level: Level) -> tuple[str, ...]:
    """What can be guessed to fill first: a box, or as the last choice none of them."""
    return (*boxes(level), NONE)


def answer(words: str, known: tuple[str, ...]) -> str:
    """The answer that somebody means who types `words`, "" if there is none such; a box may be called `none`."""
    if words in known:
        return words
    return NONE if words in (NONE, "none") else ""


def became_of(guess: str, first: str) -> str:
    """What a run made of a guess; `first` is the box that filled first, "" if none did."""
    if guess == NONE:
        return f"You said none of them would fill{f'; {first} did.' if first else ', and none did.'}"
    if guess == first:
        return f"You said {guess} would fill first, and it did."
    return f"You said {guess} would fill first; {f'it was {first}' if first else 'none of them did'}."


def briefing_text(level: Level, width: int) -> Content:
    """Story, goals, stars, what is for sale, what will go wrong."""
    pieces: list[Content] = [line(level.brief.strip()), line("")]
    free = level.rulebook.freedom is not None
    pieces.append(line(("A run is judged by" if free else "To win, all of these must hold", "bold")))
    pieces.append(_signed("○", [tidy(objective.text) for objective in level.objectives], width))
    stars = offered_stars(level)
    if stars:
        pars = {
            "cost": lambda: f"cost {price(level.stars.cost or 0.0)}",
            "latency": lambda: f"latency {show(level.stars.latency or 0.0, Dimension.TIME)}",
            "parts": lambda: plural(level.stars.parts or 0, "part"),
        }
        pieces.append(line(("☆ a star each for ", "$quiet"), (", ".join(pars[s]() for s in stars), "$quiet")))
    if free and level.workloads:
        pieces += [line(""), line(("Who asks", "bold"))]
        pieces.append(_signed("◉", [f"{name} {asks(asking)}" for name, asking in level.workloads.items()], width))
    if level.faults:
        pieces += [line(""), line(("It is known that", "bold"))]
        pieces.append(_signed("!", [str(fault) for fault in level.faults], width, "$warning"))
    sold = offers(level.rulebook)
    if sold:
        pieces += [line(""), line(("In the palette" if free else "You can buy or change", "bold"))]
        pieces.append(_signed("+", sold, width))
    if level.time_scale != 1:
        pieces += [line(""), line((f"One second here stands for {level.time_scale:g} in life.", "$warning"))]
    return Content("\n").join(pieces)


def _signed(sign: str, texts: Iterable[str], width: int, style: str = "$primary") -> Content:
    return flow([line((f"{sign} ", style), text) for text in texts], width)
