"""A player at work on one level: the board, what was done to it, what can be undone (no screen in here)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from scalegame.design import edits, price
from scalegame.design.history import History
from scalegame.design.model import Board, Component, Wire
from scalegame.design.telling import told
from scalegame.errors import ScalegameError
from scalegame.levels.model import Level
from scalegame.progress.model import NamedBoard, SavedBoard
from scalegame.tui.board.guiding import Guide

if TYPE_CHECKING:
    from scalegame.tui.watch.outcome import Outcome

#: How many steps can be undone.
MOST_STEPS = 200


class Session:
    """The board of one level in a player's hands.

    Steps are labelled with the lines that make them, so that the history can be saved and replayed.

    Attributes:
        selected: Id of a card, a wire as `a -> b`, or "".
        marked: Ids of the cards that are marked: what is done to one of them is done to all.
        notice: What the player should know about the board that was loaded, or "".
        guide: The steps of a guided level.
        hints: How many hints were shown.
        last: The last run, if there was one since the level was opened.
    """

    def __init__(self, level: Level, saved: Iterable[SavedBoard] = (), guide_at: int = 0) -> None:
        """Starts from the first saved board that still applies, or from the board as found."""
        self._level = level
        self._history = History(level.found)
        self.guide = Guide(level, guide_at)
        self.hints = 0
        self.last: Outcome | None = None
        self.selected = ""
        self.marked: frozenset[str] = frozenset()
        self.notice = ""
        self._before = ""
        self._design: tuple[Board, tuple[str, ...]] | None = None
        self._kept: tuple[History, SavedBoard] | None = None
        candidates = list(saved)
        for candidate in candidates:
            if self._load(candidate):
                return
        if candidates:
            self.notice = "The level has changed since you saved: your board is kept, and this is a fresh one."

    def _load(self, saved: SavedBoard) -> bool:
        rules = self.level.rulebook
        try:
            board = edits.apply_all(self.level.found, saved.lines, rules)
        except ScalegameError:
            return False
        self._history = History(board)
        try:
            history = History(edits.apply_all(self.level.found, saved.base, rules))
            for lines in (*saved.done, *reversed(saved.undone)):
                history = history.do(edits.apply_all(history.board, lines.splitlines(), rules), lines)
            for _ in saved.undone:
                history = history.undo()
            if edits.same(history.board, board):
                self._history = history
        except ScalegameError:
            pass  # The board is what counts; without its history nothing can be undone.
        self.selected = saved.selected if self._exists(saved.selected) else ""
        return True

    def saved(self) -> SavedBoard:
        """What to keep of it."""
        found, rules, history = self.level.found, self.level.rulebook, self._history
        # It is kept on every selection, too, which changes nothing of the history.
        if self._kept is None or self._kept[0] is not history:
            whole = SavedBoard(
                level=self.level.id,
                digest=self.level.digest,
                lines=self.lines,
                base=() if history.start is found else edits.difference(found, history.start, rules),
                done=tuple(entry.label for entry in history.done),
                undone=tuple(entry.label for entry in history.undone),
            )
            self._kept = history, whole
        return replace(self._kept[1], selected=self.selected)

    def named(self, name: str) -> NamedBoard:
        """What to put away of it under a name."""
        return NamedBoard(self.level.id, name, self.level.digest, self.lines, self.cost, self.parts)

    # Changing

    def do(self, *lines: str) -> tuple[str, ...]:
        """Applies edits as one step: all of them, or none.

        Args:
            lines: In the language of edits.

        Returns:
            Ids of the components that came to the board.

        Raises:
            ScalegameError: One cannot be applied; the board is as it was.
        """
        before = after = self.board
        written = []
        for line in lines:
            # Names that the game makes up are written down, so that a replay makes the same board.
            edit = edits.completed(after, edits.parse(line), self.level.rulebook)
            after = edits.apply(after, edit, self.level.rulebook)
            written.append(edits.write(edit))
        added = tuple(id for id in after.components if id not in before.components)
        history = self._step(before, after, written)
        if len(history.done) > MOST_STEPS:
            history = History(history.done[0].board, history.done[1:], history.undone)
        self._history = history
        if added:
            self._before, self.selected = self.selected, added[0]
        self._tidy_selection()
        return added

    def _step(self, before: Board, after: Board, written: list[str]) -> History:
        """One more step; moves that follow on moves of the same cards are the same step, which goes further."""
        history = self._history
        if history.done and not history.undone and not edits.same(before, after):
            last = history.done[-1].label.splitlines()
            moved = [edits.parse(line) for line in (*last, *written)]
            if all(isinstance(edit, edits.Move) for edit in moved) and _ids(last) == _ids(written):
                return history.amend(after, "\n".join(written))
        return history.do(after, "\n".join(written))

    def insert(self, item: str) -> tuple[str, ...]:
        """Adds something from the palette, into the wire that is selected if it can stand there.

        Returns:
            The same as `do`.

        Raises:
            ScalegameError: It cannot be added.
        """
        wire = self.selected_wire
        add = edits.completed(self.board, edits.parse(f"add {item}"), self.level.rulebook)
        if wire is not None and isinstance(add, edits.Add):
            try:
                return self.do(edits.write(add), f"rewire {wire.source} -> {add.id} -> {wire.target}")
            except ScalegameError:
                pass  # It cannot stand in that wire; it is added beside it.
        return self.do(edits.write(add))

    def take(self, lines: Iterable[str]) -> None:
        """Makes the board one that lines make of the board as found, as one step.

        Raises:
            ScalegameError: They cannot be applied; the board is as it was.
        """
        rules = self.level.rulebook
        target = edits.apply_all(self.level.found, lines, rules)
        steps = edits.difference(self.board, target, rules)
        if steps:
            self.do(*steps)

    def undo(self, count: int = 1) -> tuple[str, ...]:
        """Takes back up to `count` steps; returns what they did, in words, the latest first."""
        return self.go_to(max(0, self.at - count))

    def redo(self, count: int = 1) -> tuple[str, ...]:
        """Does again up to `count` steps that were undone; returns what they do, in words."""
        return self.go_to(self.at + count)

    @property
    def at(self) -> int:
        """How many steps are in force."""
        return self._history.at

    @property
    def story(self) -> tuple[str, ...]:
        """Every step in words, from the oldest on; those after the first `at` were taken back."""
        history, rules = self._history, self.level.rulebook
        before, found = history.start, []
        for entry in (*history.done, *reversed(history.undone)):
            found.append(told(before, entry.board, entry.label.splitlines(), rules))
            before = entry.board
        return tuple(found)

    @property
    def costs(self) -> tuple[float, ...]:
        """What the board cost at the start and after each step, dollars per hour."""
        history, rules = self._history, self.level.rulebook
        entries = (*history.done, *reversed(history.undone))
        return tuple(price.cost(board, rules) for board in (history.start, *(entry.board for entry in entries)))

    def go_to(self, at: int) -> tuple[str, ...]:
        """Goes to where so many steps are in force.

        Returns:
            The steps that were taken back or done again, in words, in that order.
        """
        story, here, before = self.story, self.at, self.board
        self._history = self._history.to(at)
        touched = _touched(before, self.board)
        if touched and self.selected not in touched:
            self.selected = touched[0]
        elif not self._exists(self.selected):
            self.selected = self._before  # what was added is gone: back to what was selected then
        self._tidy_selection()
        return story[here : self.at] if self.at > here else story[self.at : here][::-1]

    # Selecting

    def _exists(self, selected: str) -> bool:
        return selected in self.board.components or any(str(wire) == selected for wire in self.board.wires)

    def _tidy_selection(self) -> None:
        if not self._exists(self.selected):
            self.selected = ""
        self.marked &= frozenset(self.board.components)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the cards that an action is for: those marked, in the board's order; else the selected one."""
        if self.marked:
            return tuple(id for id in self.board.components if id in self.marked)
        return (self.selected,) if self.selected in self.board.components else ()

    @property
    def selected_wire(self) -> Wire | None:
        """The wire that is selected, if one is."""
        return next((wire for wire in self.board.wires if str(wire) == self.selected), None)

    @property
    def selected_card(self) -> Component | None:
        """The card that is selected, if one is."""
        return self.board.components.get(self.selected)

    # Looking

    @property
    def level(self) -> Level:
        """The level; where the board says what surrounds it (in the sandbox), as it says now."""
        return self._level.under(self.board)

    @property
    def board(self) -> Board:
        """The board as it is now."""
        return self._history.board

    @property
    def steps(self) -> int:
        """How many steps can be undone."""
        return self._history.at

    @property
    def lines(self) -> tuple[str, ...]:
        """The design: what turns the board as found into this one."""
        board = self.board
        if self._design is None or self._design[0] is not board:
            self._design = board, edits.difference(self.level.found, board, self.level.rulebook)
        return self._design[1]

    @property
    def cost(self) -> float:
        """Price of what stands on the board, dollars per hour."""
        return price.cost(self.board, self.level.rulebook)

    @property
    def effort(self) -> float:
        """Work that the changes ask for, hours."""
        return price.effort(self.level.found, self.board, self.level.rulebook)

    @property
    def parts(self) -> int:
        """Components, replicas counted."""
        return price.parts(self.board, self.level.rulebook)


def _touched(before: Board, after: Board) -> tuple[str, ...]:
    """The cards of a board that were not on it before, or not so; if there are none, such wires."""
    cards = tuple(id for id, card in after.components.items() if card != before.components.get(id))
    return cards or tuple(str(wire) for wire in after.wires if wire not in before.wires)


def _ids(lines: Iterable[str]) -> set[str]:
    """Which cards some moves move."""
    return {edit.id for line in lines if isinstance(edit := edits.parse(line), edits.Move)}
