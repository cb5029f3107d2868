"""Looking at the board in other ways: the difference to another board, the history."""

from __future__ import annotations

from scalegame.design import edits
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.tui.board.differing import differing
from scalegame.tui.canvas.changes import Changes, changes
from scalegame.tui.screens.board_edits import BoardEdits
from scalegame.tui.screens.looking import Looking
from scalegame.units import whole

#: Which boards the one at hand can be compared with, as they are typed and told.
_OTHERS = {"found": "the board as found", "last": "the last attempt"}


class BoardLooks(Looking, BoardEdits):
    """Other ways to see the same board; none of them changes it."""

    # Difference

    def do_difference(self, words: str) -> None:
        """Shows what differs from the board as found, then from the last attempt, then nothing of it."""
        order = ["off", "found", "last"]
        wanted = words.lower() or order[(order.index(self._against or "off") + 1) % len(order)]
        if wanted not in (*_OTHERS, "off"):
            self.complain("Write diff found, diff last or diff off.", f"diff {words}")
            return
        if wanted == "last" and self._other("last") is None:
            told = (
                f"Nothing has been run yet: {self.key('run')} runs."
                if words or not self._against
                else "No comparison."
            )
            wanted = "off"
            self.say(told, "error" if words else "")
        elif wanted == "off":
            self.say("No comparison.")
        self._against = "" if wanted == "off" else wanted
        self.compare()

    def compare(self) -> None:
        """Marks on the canvas what differs, and lists it."""
        other = self._other(self._against) if self._against else None
        board, level = self.session.board, self.session.level
        if other is None:
            self._difference = None
            self.canvas.compare(Changes())
        else:
            self._difference = differing(other, board, level, _OTHERS[self._against])
            self.canvas.compare(changes(other, board))
        self._inspect()

    def _other(self, which: str) -> Board | None:
        """The board to compare with; None if there is none."""
        if which == "found":
            return self.session.level.found
        if self.session.last is not None:
            return self.session.last.computation.board
        level = self.session.level
        for attempt in self._store.attempts(level.id, 1):
            try:
                return edits.apply_all(level.found, attempt.lines, level.rulebook)
            except ScalegameError:
                return None  # the level has changed since
        return None

    def refresh_board(self) -> None:
        """Shows the board, and what differs."""
        super().refresh_board()
        if self._against:
            self.compare()

    # History

    def do_history(self, words: str) -> None:
        """Shows every step, to go to any of them."""
        from scalegame.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen(self.session, self.travel))

    def travel(self, at: int) -> str:
        """Goes to where so many steps are in force; returns what was done, as a sentence ("": nothing)."""
        before, here = self.session.cost, self.session.at
        steps = self.session.go_to(at)
        if not steps:
            return ""
        verb = "Took back" if self.session.at < here else "Did again"
        many = "" if len(steps) == 1 else f" {len(steps)} steps"
        more = f" and {len(steps) - 3} more" if len(steps) > 3 else ""
        told = f"{verb}{many}: {'; '.join(steps[:3])}{more}"
        self.changed(before, told)
        return told

    def do_undo(self, words: str) -> None:
        """Takes changes back."""
        self._step("undo", words, "This is the board as it was at the start.")

    def do_redo(self, words: str) -> None:
        """Does changes again."""
        self._step("redo", words, "Nothing was undone.")

    def _step(self, way: str, words: str, none: str) -> None:
        count = steps_of(words)
        if count is None:
            self.complain(f"Write {way}, {way} 3 or {way} all.", f"{way} {words}")
            return
        at = self.session.at - count if way == "undo" else self.session.at + count
        if not self.travel(max(0, at)):
            self.say(none)


def steps_of(words: str) -> int | None:
    """How many steps `undo <words>` means; None if it means nothing."""
    if words == "all":
        return 10**6
    return (whole(words, 999_999) or None) if words else 1
