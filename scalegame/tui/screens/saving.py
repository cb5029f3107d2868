"""Boards kept by name, share codes, scripts: what the board screen does with boards as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button
from textual.widgets.option_list import Option

from scalegame import ENGINE
from scalegame.design import edits, sharecode
from scalegame.design.designfile import Design
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.progress.model import NamedBoard
from scalegame.tui import actions
from scalegame.tui.board import codes, logs, scripts
from scalegame.tui.messages import OpenDesign
from scalegame.tui.screens.asking import AskScreen
from scalegame.tui.screens.board_edits import BoardEdits, sentence
from scalegame.tui.screens.dialogs import QuestionScreen
from scalegame.tui.screens.window import WindowScreen
from scalegame.tui.taking import keeping
from scalegame.tui.telling.words import line, plural, price
from scalegame.tui.widgets.bars import StatusLine
from scalegame.tui.widgets.plain import OptionList, Static


class BoardsScreen(WindowScreen[tuple[str, str] | None]):
    """The boards kept on a level; dismissed with ("load" or "delete", name), or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Leave", show=False),
        Binding("x,delete", "delete", "Delete", show=False),
    ]

    def __init__(self, boards: Sequence[NamedBoard], digest: str) -> None:
        """Takes the boards, and the digest of their level as it is now."""
        super().__init__()
        self.boards = tuple(boards)
        self._digest = digest

    def compose(self) -> ComposeResult:
        """A line a board: name, when, cost, parts."""
        with Vertical(classes="window"):
            yield Static(line(("Boards kept on this level", "bold")), classes="window-title")
            yield OptionList(*(Option(self._row(board)) for board in self.boards))
            yield Static("Loading is one step, which can be undone.", classes="about")
            with Horizontal(classes="buttons"):
                yield Button("Load (Enter)", id="load", compact=True, variant="primary")
                yield Button("Delete (x)", id="delete", compact=True)
                yield Button("Leave (Esc or :)", id="leave", compact=True)

    def _row(self, board: NamedBoard) -> Content:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(board.at))
        older = "   of an older level" if board.digest != self._digest else ""
        return line(
            (f"{board.name:<26} ", "$foreground"),
            (f"{when}  ", "$quiet"),
            (f"{price(board.cost):>9}", "$primary"),
            (f"  {plural(board.parts, 'part')}{older}", "$quiet"),
        )

    def on_mount(self) -> None:
        """The newest is under the cursor."""
        self.query_one(OptionList).highlighted = 0

    @property
    def _chosen_name(self) -> str:
        at = self.query_one(OptionList).highlighted
        return self.boards[at].name if at is not None else ""

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(("load", self.boards[event.option_index].name))

    def action_delete(self) -> None:
        """Asks to delete the one under the cursor."""
        if self._chosen_name:
            self.dismiss(("delete", self._chosen_name))

    @on(Button.Pressed)
    def _button(self, event: Button.Pressed) -> None:
        if event.button.id == "leave" or not self._chosen_name:
            self.dismiss(None)
        else:
            self.dismiss((str(event.button.id), self._chosen_name))


class CodeScreen(WindowScreen[str | None]):
    """A share code to look at; dismissed with "file" to have it written, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss(None)", "Leave", show=False),
        Binding("f", "dismiss('file')", "Write", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, code: str) -> None:
        """Takes the code."""
        super().__init__()
        self.code = code

    def compose(self) -> ComposeResult:
        """The code over what was done with it."""
        with Vertical(classes="window"):
            yield Static(line(("This board as a code", "bold")), classes="window-title")
            yield Static(self.code, classes="code")
            yield Static(
                "It was copied, if the terminal lets programs copy. Whoever pastes it on the board or on the list "
                "of levels has this board.",
                classes="about",
            )
            with Horizontal(classes="buttons"):
                yield Button("To a file (f)", id="file", compact=True)
                yield Button("Close (Esc or :)", id="close", compact=True, variant="primary")

    @on(Button.Pressed)
    def _button(self, event: Button.Pressed) -> None:
        self.dismiss("file" if event.button.id == "file" else None)


class SavingActions(BoardEdits):
    """What the keys s, l, Y and O do, and what is pasted."""

    @property
    def _home(self) -> Path:
        return self._store.path.parent

    @property
    def design(self) -> Design:
        """The board as a design."""
        session = self.session
        live = logs.of_board(self._store, session.level, session.lines)
        return Design(session.level.id, session.lines, session.level.digest, str(ENGINE), live)

    # Boards by name

    def do_save(self, words: str) -> None:
        """Keeps the board under a name."""
        if words:
            self._keep(words)
            return
        taken = {board.name for board in self._store.named(self.session.level.id)}
        free = next(name for n in range(1, len(taken) + 2) if (name := f"board {n}") not in taken)
        about = (
            "A board of that name is replaced." if taken else f"{self.key('load')} loads it again, on this level."
        )
        self.app.push_screen(AskScreen("Keep this board as", free, about, "Keep"), self._keep)

    def _keep(self, name: str | None) -> None:
        if not name:
            return
        name = " ".join(name.split())
        there = any(other.name == name for other in self._store.named(self.session.level.id))
        try:
            self._store.keep_named(self.session.named(name))
        except ScalegameError as error:
            self.complain(sentence(error.message), f"save {name}")
            return
        self.say(
            f"Kept as {name}{', in place of the older one' if there else ''}. {self.key('load')} loads it.", "good"
        )

    def do_load(self, words: str) -> None:
        """Shows the boards kept, or loads the one that was typed."""
        boards = self._store.named(self.session.level.id)
        if not boards:
            self.say("No board is kept on this level yet: s keeps this one.", "error")
        elif words:
            self._load(words)
        else:
            self.app.push_screen(BoardsScreen(boards, self.session.level.digest), self._chosen_board)

    def _chosen_board(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            what, name = chosen
            if what == "load":
                self._load(name)
            else:
                self.do_forget(name)

    def _named(self, name: str, typed: str) -> NamedBoard | None:
        boards = {board.name: board for board in self._store.named(self.session.level.id)}
        if name not in boards:
            self.complain(f"No board is called {quoted(name)}{nearest(name, boards) if boards else ''}", typed)
        return boards.get(name)

    def _load(self, name: str) -> None:
        board = self._named(name, f"load {name}")
        if board is not None:
            older = board.digest != self.session.level.digest
            self.take(board.lines, f"Loaded {name}", "it was kept before this level changed" if older else "")

    def do_forget(self, words: str) -> None:
        """Deletes a board that was kept, after asking."""
        if not words:
            self.complain("Write forget and the name of a board; load lists them.", "forget ")
            return
        board = self._named(words, f"forget {words}")
        if board is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._store.drop_named(board.level, board.name)
                self.say(f"{board.name} is deleted.")

        self.app.push_screen(QuestionScreen(f"Delete the board {board.name}?", "Delete", "Keep"), answered)

    def take(self, lines: Sequence[str], told: str, but: str = "") -> bool:
        """Makes the board that a design makes, as one step.

        Args:
            lines: Of the design.
            told: What was done.
            but: What should be known of it, or "".

        Returns:
            Whether it could be made.
        """
        before = self.session.cost
        try:
            self.session.take(lines)
        except ScalegameError as error:
            self.complain(f"It does not fit this level any more: {error.message}")
            return False
        self.changed(before, f"{told}{f'; {but}' if but else ''}. {self.key('undo')} takes it back")
        return True

    # Share codes

    def do_share(self, words: str) -> None:
        """Shows and copies the code of this board; the words name a file to write it to."""
        try:
            code = sharecode.encode(self.design)
            self.app.copy_to_clipboard(code)
            if words:
                path = keeping.keep(self._home, keeping.TEXTS, words, ".txt", f"{code}\n", self.session.level.id)
                self.say(f"Written to {keeping.told(path)}, and copied. open {path.name} reads it.", "good")
                return
        except ScalegameError as error:
            self.complain(sentence(error.message), f"share {words}".strip())
            return

        def shown(what: str | None) -> None:
            if what == "file":
                self.do_share(self.session.level.id)

        self.app.push_screen(CodeScreen(code), shown)
        self.say("Copied, if the terminal lets programs copy. share FILE writes it to a file.")

    def do_open(self, words: str) -> None:
        """Opens a share code."""
        if not words:
            about = "It begins with SG1-. The name of a file with a code will do, too."
            self.app.push_screen(AskScreen("Paste a share code", "", about, "Open"), self._opened)
            return
        try:
            design = codes.design_of(words, self._home)
        except ScalegameError as error:
            self.complain(sentence(error.message), f"open {words}"[:200])
            return
        self.save()
        if design.level == self.session.level.id:
            self._take_design(design, "Opened the share code")
        else:
            self.post_message(OpenDesign(design))

    def _take_design(self, design: Design, told: str) -> None:
        """Makes the board of a design for this level, as one step."""
        older = bool(design.digest) and design.digest != self.session.level.digest
        if self.take(design.do, told, "it was made for another version of this level" if older else ""):
            orders = logs.bring(self._store, self.session.level, self.session.lines, design)
            if orders:
                self.say(f"{self.said.rstrip('.')}; {orders}.", "good")

    def _opened(self, code: str | None) -> None:
        if code:
            self.do_open(code)

    # Scripts

    def do_script(self, words: str) -> None:
        """Runs a file of lines."""
        if not words:
            self._ask_file("Run a script", "", "A file of lines, or a design file.", "Run", self.do_script)
            return
        try:
            read = scripts.read(words, self._home, self.session.level.id)
        except ScalegameError as error:
            self.complain(sentence(error.message), f"script {words}")
            return
        if isinstance(read, Design):
            self._take_design(read, f"Made the board of {words}")
        else:
            self.run_script(read)

    def do_write(self, words: str) -> None:
        """Writes the board to a design file."""
        if not words:
            name = self.session.level.id
            self._ask_file("Write this board to", name, "A name, or a path.", "Write", self.do_write)
            return
        try:
            path = scripts.write(words, self._home, self.design)
        except ScalegameError as error:
            self.complain(sentence(error.message), f"write {words}")
            return
        name = words if path.parent.name != scripts.DESIGNS else path.name.removesuffix(".yaml")
        self.say(f"Written to {keeping.told(path)}. script {name} makes this board again.", "good")

    def _ask_file(self, title: str, text: str, about: str, action: str, then: Callable[[str], None]) -> None:
        def answered(name: str | None) -> None:
            if name:
                then(name)

        self.app.push_screen(AskScreen(title, text, about, action), answered)

    def run_script(self, lines: Sequence[tuple[int, str]]) -> None:
        """Does lines one after the other, a step each; stops at the first that cannot be done.

        Args:
            lines: Each with its number, for what is said.
        """
        before, done = self.session.cost, 0
        verbs = {*edits.FORMS, *edits.ALIASES}
        for number, text in lines:
            word = text.partition(" ")[0]
            try:
                if word.lower() in verbs:
                    self.session.do(text)
                elif actions.named(word, self.PLACE) is not None:
                    raise ScalegameError("Not in scripts", f"{word} is not an edit; type it by itself")
                else:
                    edits.parse(text)
            except ScalegameError as error:
                self.changed(before, f"Did {plural(done, 'line')}")
                self.complain(f"Line {number}: {error.message} ({plural(done, 'line')} done before it)", text)
                return
            done += 1
        self.changed(before, f"Did {plural(done, 'line')}" if done else "There was nothing in it")

    # Typing and pasting

    def boards_named(self, text: str) -> tuple[str, ...]:
        """Typed lines that load or delete a board, as far as these begin with the text."""
        verb, space, start = text.partition(" ")
        if not space or verb not in ("load", "forget"):
            return ()
        names = [board.name for board in self._store.named(self.session.level.id)]
        return tuple(f"{verb} {name}" for name in names if name.startswith(start) and name != start)

    def obey(self, text: str) -> None:
        """A share code by itself is opened."""
        if sharecode.looks_like_code(text):
            self.do_open(text)
        else:
            super().obey(text)

    def pasted(self, text: str) -> None:
        """Takes what was pasted: a share code, one line to look at first, or a script."""
        if sharecode.looks_like_code(text):
            self.do_open(text)
            return
        try:
            lines = scripts.lines_of(text)
        except ScalegameError as error:
            self.complain(sentence(error.message))
            return
        if len(lines) == 1:
            self.query_one(StatusLine).open(lines[0][1])
        elif lines:
            self.run_script(lines)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted on the board itself."""
        event.stop()
        self.pasted(event.text)
