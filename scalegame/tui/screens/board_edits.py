"""How the board of a level is changed: one step, saved, shown and said."""

from __future__ import annotations

from scalegame.design.telling import told
from scalegame.errors import ScalegameError
from scalegame.progress.model import SavedBoard
from scalegame.tui.board.session import Session
from scalegame.tui.screens.board_view import BoardView
from scalegame.tui.telling.words import difference

#: Words that a message may begin with; anything else in small letters is taken for a name.
_OPENERS = frozenset(
    (
        *("a", "an", "the", "this", "there", "it", "its", "nobody", "nothing", "something", "unknown", "no"),
        *("write", "both", "neither", "select", "at", "what"),
        *("set", "planned", "mended", "dropped", "measured"),
        *("added", "removed", "moved", "wired", "unwired", "rewired", "bought", "returned"),
    )
)


class BoardEdits(BoardView):
    """A board that can be changed."""

    def edit(self, *lines: str, typed: bool = False, but: str = "") -> bool:
        """Applies edits as one step and says what they did and cost; a refusal is said calmly.

        Args:
            lines: In the language of edits.
            typed: By the player: what is refused is kept for the next command line.
            but: What could not be done beside them, to be said too.

        Returns:
            Whether it was done.
        """
        before, board = self.session.cost, self.session.board
        try:
            self.session.do(*lines)
        except ScalegameError as error:
            self.complain(sentence(error.message), lines[0] if typed else "")
            return False
        done = told(board, self.session.board, lines, self.session.level.rulebook)
        self.changed(before, sentence(done) + (f"   But {but}" if but else ""))
        return True

    def changed(self, before: float, what: str) -> None:
        """The board is another: saves it, shows it, says it.

        Args:
            before: What it cost before, dollars per hour.
            what: A sentence.
        """
        self.save()
        self.refresh_board()
        self._mark()
        self._guide()
        change = difference(before, self.session.cost)
        self.say(f"{what}{f'   {change}' if change else ''}")

    def save(self) -> None:
        """Keeps the board as it is now; what another copy of the game has made of it meanwhile is put away."""
        other = self._store.keep_board(self.session.saved())
        if other is not None:
            self._put_away(other)

    #: Under which name boards of another copy of the game are put away, since the first of them.
    _others = ""

    def _put_away(self, other: SavedBoard) -> None:
        level = self.session.level
        taken = {board.name for board in self._store.named(level.id)}
        self._others = self._others or next(
            name for n in range(1, len(taken) + 2) if (name := f"other copy {n}") not in taken
        )
        try:
            self._store.keep_named(Session(level, [other]).named(self._others))
        except ScalegameError as error:
            told = f"It is lost: {error.message}."
        else:
            told = f"What stood there is kept as {self._others}: load {self._others}."
        self.notify(
            f"Another copy of the game has changed this board; now it is as it is here. {told}",
            severity="warning",
            timeout=15,
            markup=False,
        )


def sentence(message: str) -> str:
    """With a capital, unless it begins with a name from the board: these are written small."""
    first, _, _ = message.partition(" ")
    plain = first.isalpha() and first in _OPENERS
    return message[:1].upper() + message[1:] if plain else message
