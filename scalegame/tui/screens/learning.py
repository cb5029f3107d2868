"""What the board has to say and to ask: help for what is selected, a guess before the run, earlier attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scalegame.design import edits
from scalegame.errors import nearest
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board_edits import BoardEdits
from scalegame.tui.screens.briefing import NONE, answer, answers, boxes
from scalegame.tui.telling.explaining import Topic, board_topic

if TYPE_CHECKING:
    from scalegame.tui.watch.computation import Computation
    from scalegame.verdict.model import Held


class BoardLearning(BoardEdits):
    """The part of the board that explains."""

    def topic(self, words: str) -> Topic:
        """Of what was typed, or what is selected, or the goals."""
        session, last = self.session, self.session.last
        held: tuple[Held, ...] = ()
        if last is not None and edits.same(last.computation.board, session.board):
            held = last.verdict.objectives
        figures = self._figures(session.selected) if session.selected_card is not None else ""
        return board_topic(words, session.board, session.level, session.selected, figures, held)

    def do_guess(self, words: str) -> None:
        """Notes which box fills first in the next run; without words it says what was guessed."""
        level = self.session.level
        known = boxes(level)
        if not words:
            guess = self._store.prediction(level.id)
            told = f"guess {known[0]}, say: there are {', '.join(known)}, and {NONE}."
            if not known:
                told = "nothing here can fill."
            if guess is not None and guess.came_true is None:
                told = f"You say that {guess.component} {_fills(guess.component)}. The next run will tell."
            elif guess is not None:
                became = "were right" if guess.came_true else "were wrong"
                told = f"You said {guess.component}, and {became}; {told}"
            self.say(told[:1].upper() + told[1:])
        elif id := answer(words, known):
            self._store.predict(level.id, id)
            self.say(f"You say that {id} {_fills(id)}. The next run will tell: {self.key('run')}.", "good")
        else:
            self.complain(f'There is no box "{words[:40]}"{nearest(words, answers(level))}', f"guess {words}")

    def do_attempts(self, words: str) -> None:
        """Shows the attempts on this level."""
        from scalegame.tui.screens.attempts import AttemptsScreen

        self.app.push_screen(AttemptsScreen(self.session, self._store))

    def do_restore(self, words: str) -> None:
        """Puts an attempt back on the board; without a number it shows them."""
        from scalegame.tui.screens.attempts import AttemptsScreen, restore
        from scalegame.tui.telling.attempting import MOST, numbered, record_of

        record = record_of(self.session.level, self._store.attempts(self.session.level.id, MOST))
        one = numbered(record, words)
        if one is not None:
            told, done = restore(self, one)
            self.say(told, "good" if done else "")
        elif not words:
            self.app.push_screen(AttemptsScreen(self.session, self._store))
        else:
            self.complain(f'There is no attempt "{words[:20]}": attempts lists them.', f"restore {words}")


def _fills(guessed: str) -> str:
    return "fills" if guessed == NONE else "fills first"


class RunLearning(GameScreen):
    """The part of the run that explains: what is watched, or what the marks mean."""

    computation: Computation
    selected: str

    def topic(self, words: str) -> Topic:
        """Of what was typed, or the part that is watched, or the marks."""
        computation = self.computation
        if not words and self.selected not in computation.board.components:
            return super().topic("")
        return board_topic(words, computation.board, computation.level, self.selected)
