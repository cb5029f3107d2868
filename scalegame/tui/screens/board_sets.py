"""Several cards at once on the board: marking, moving, removing, setting, copying and pasting them."""

from __future__ import annotations

from textual import on

from scalegame.design import edits
from scalegame.design.telling import names
from scalegame.errors import ScalegameError
from scalegame.tui.board.clipboard import copied, pasted, said
from scalegame.tui.board.selecting import ids_of, marks, move_lines, moves, removals, settings
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.board_edits import BoardEdits, sentence


class BoardSets(BoardEdits):
    """What is done to all cards that are marked, each time as one step."""

    def _show_marks(self, marked: frozenset[str]) -> None:
        self.session.marked = marked
        self.canvas.mark(marked)
        self._inspect()
        if marked:
            acts = ", ".join(map(self.key, ("remove", "copy", "edit")))
            self.say(f"Marked: {names(self.session.chosen)}. {acts} and moves act on all; Esc lets go")
        else:
            self.say("Nothing is marked.")

    def do_mark(self, words: str) -> None:
        """Marks the selected card, those that were typed, all or none; those marked already no more."""
        wanted = words or self.session.selected
        if wanted not in self.session.board.components and not words:
            self.say("First select a part: arrows or a click; or write mark web lb, or mark all.", "error")
            return
        try:
            self._show_marks(marks(wanted, self.session.marked, self.session.board))
        except ScalegameError as error:
            self.complain(sentence(error.message), f"mark {words}")

    @on(BoardCanvas.CardsMarked)
    def _cards_marked(self, event: BoardCanvas.CardsMarked) -> None:
        self._show_marks(event.ids)

    @on(BoardCanvas.NothingFramed)
    def _nothing_framed(self) -> None:
        self.say("No part lies in that frame. A wire begins at a part's right edge: drag from there.")

    @on(BoardCanvas.CardsMoved)
    def _cards_moved(self, event: BoardCanvas.CardsMoved) -> None:
        self.edit(*move_lines(event.slots))

    def do_move(self, words: str) -> None:
        """Moves what was typed, or what is marked or selected."""
        try:
            edit = edits.parse(f"move {words}")
        except ScalegameError:
            edit = None
        if edit is not None:
            self.edit(edits.write(edit), typed=True)
            return
        try:
            self.edit(*moves(words, self.session.chosen, self.session.board))
        except ScalegameError as error:
            self.complain(sentence(error.message), f"move {words}".strip())

    def remove_all(self, ids: tuple[str, ...]) -> None:
        """Removes what can be removed of some cards, and says why the others stay."""
        lines, wrong = removals(ids, self.session.board, self.session.level.rulebook)
        if lines:
            self.edit(*lines, but=wrong)
        else:
            self.say(sentence(wrong), "error")

    def set_all(self, assignments: str, typed: str = "") -> None:
        """Sets parameters of every card that is marked, or of the selected one."""
        chosen = self.session.chosen
        if not chosen:
            self.complain("Nothing is selected or marked: write set web replicas=3.", typed)
            return
        lines, wrong = settings(assignments, chosen, self.session.board, self.session.level.rulebook)
        if lines:
            self.edit(*lines, but=wrong)
        else:
            self.complain(sentence(wrong), typed)

    def do_copy(self, words: str) -> None:
        """Copies cards with their settings and the wires among them, as lines of edits."""
        try:
            ids = ids_of(words, self.session.board) if words else self.session.chosen
        except ScalegameError as error:
            self.complain(sentence(error.message), f"copy {words}")
            return
        if not ids:
            self.say("First select a part or mark some; or write copy web lb.", "error")
            return
        taken = copied(ids, self.session.board, self.session.level.rulebook)
        if taken.lines:
            self.app.copy_to_clipboard("\n".join(taken.lines))
        self.say(said(taken), "" if taken.lines else "error")

    def do_paste(self, words: str) -> None:
        """Adds what was copied, under names that are free; what is added is marked then."""
        try:
            wanted = pasted(self.app.clipboard, self.session.board, self.session.level.rulebook)
        except ScalegameError as error:
            self.say(sentence(error.message), "error")
            return
        why = "; ".join(wanted.refused)
        if not wanted.lines:
            self.say(sentence(why or "nothing there is new to this board"), "error")
            return
        before = set(self.session.board.components)
        if self.edit(*wanted.lines, but=why):
            added = frozenset(self.session.board.components) - before
            self.session.marked = added if len(added) > 1 else frozenset()
            self.canvas.mark(self.session.marked)
            self._inspect()
