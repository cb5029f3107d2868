"""Undo and redo over boards (immutable)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scalegame.design.difference import same
from scalegame.design.language import Edit, Move, describe, parse
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import apply, completed
from scalegame.errors import ScalegameError


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    Attributes:
        label: In the past tense: `added cache as sessions`.
        board: After it.
    """

    label: str
    board: Board


@dataclass(frozen=True, slots=True)
class History:
    """Where a player is, how they got there, and what they took back.

    Attributes:
        start: The board that undoing everything leads to.
        done: Oldest first.
        undone: What `redo` does next comes last.
    """

    start: Board
    done: tuple[Entry, ...] = ()
    undone: tuple[Entry, ...] = ()

    @property
    def board(self) -> Board:
        """The board now."""
        return self.done[-1].board if self.done else self.start

    @property
    def entries(self) -> tuple[tuple[str, bool], ...]:
        """Everything from the oldest on: label, and whether it is in force (False: taken back)."""
        return (
            *((entry.label, True) for entry in self.done),
            *((entry.label, False) for entry in reversed(self.undone)),
        )

    def do(self, board: Board, label: str) -> History:
        """After something new; what was taken back is forgotten. A board that is the same adds nothing."""
        if same(board, self.board):
            return self
        return History(self.start, (*self.done, Entry(label, board)))

    def amend(self, board: Board, label: str) -> History:
        """With the last step replaced by one that leads to another board; none is left if it leads nowhere.

        Args:
            board: After the step as it is now.
            label: Of the step as it is now.
        """
        earlier = History(self.start, self.done[:-1])
        return earlier.do(board, label)

    @property
    def at(self) -> int:
        """How many steps are in force."""
        return len(self.done)

    def to(self, at: int) -> History:
        """Where so many steps are in force: some are taken back, or done again; nothing is forgotten.

        Args:
            at: From 0 (the start) to the number of all entries; beyond these it is the nearest.
        """
        history = self
        while history.done and history.at > at:
            history = history.undo()
        while history.undone and history.at < at:
            history = history.redo()
        return history

    def edit(self, edit: Edit | str, rulebook: Rulebook) -> History:
        """After an edit, under its own name. Several moves of one card in a row count as one.

        Raises:
            ScalegameError: As `scalegame.design.rules.apply`; nothing has changed then.
        """
        edit = completed(self.board, parse(edit) if isinstance(edit, str) else edit, rulebook)
        label = describe(edit, {id: project.title for id, project in rulebook.projects.items()})
        after = self.do(apply(self.board, edit, rulebook), label)
        if isinstance(edit, Move) and after is not self and self.done and self.done[-1].label == label:
            return replace(after, done=(*self.done[:-1], after.done[-1]))
        return after

    def undo(self) -> History:
        """One step back.

        Raises:
            ScalegameError: There is nothing to take back.
        """
        if not self.done:
            raise ScalegameError("Nothing to undo", "this is the board as it was at the start")
        return History(self.start, self.done[:-1], (*self.undone, self.done[-1]))

    def redo(self) -> History:
        """One step forward again.

        Raises:
            ScalegameError: Nothing was taken back since the last edit.
        """
        if not self.undone:
            raise ScalegameError("Nothing to redo", "nothing was undone since the last change")
        return History(self.start, (*self.done, self.undone[-1]), self.undone[:-1])
