"""The game as a terminal application: which screen is on, and what is asked of it from everywhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import App, SystemCommand
from textual.screen import Screen

from scalegame.errors import ScalegameError
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.messages import LeaveGame, OpenLevel, OpenNext, OpenPage, SwitchLight, ToBoard, ToLevels
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.small import TooSmallScreen, too_small
from scalegame.tui.settings import Settings
from scalegame.tui.theme import DARK, LIGHT, THEMES


class ScalegameApp(App[int]):
    """The game.

    At the bottom of the stack of screens is the list of levels; above it the board of one level; above that
    briefing, run and result, so that one step leads back to the board as it was.
    """

    TITLE = "scalegame"
    CSS_PATH = "scalegame.tcss"
    ENABLE_COMMAND_PALETTE = True
    NOTIFICATION_TIMEOUT: ClassVar[float] = 8.0

    def __init__(
        self,
        level: str | None = None,
        store: Store | None = None,
        catalogue: Catalogue | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Prepares the game.

        Args:
            level: Id or path of the level to open at once; None: go on where one left off.
            store: The saves; None: the player's own.
            catalogue: What there is to play; None: what comes with the game.
            settings: How it looks and behaves; None: as usual.
        """
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.store = Store() if store is None else store
        self.settings = Settings() if settings is None else settings
        self.theme = LIGHT.name if self.store.recall("light") == "yes" else DARK.name
        self._wanted = level
        self._catalogue = catalogue

    @property
    def catalogue(self) -> Catalogue:
        """What there is to play."""
        if self._catalogue is None:
            from scalegame.tui.shipped import shipped

            self._catalogue = shipped()
        return self._catalogue

    def on_mount(self) -> None:
        """Shows the list of levels, and then what was asked for or left off."""
        self.push_screen(LevelsScreen(self.catalogue, self.store))
        self._check_size(self.size.width, self.size.height)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._tell()
        if self._wanted is not None:
            self._open(self._wanted)
            return
        left = self.store.recall("place")
        if left and self.catalogue.entry(left) is not None:
            self._open(left)

    def _tell(self) -> None:
        for message in self.store.take_messages():
            self.notify(message, severity="warning", timeout=15)

    # Going places

    def _open(self, id_or_path: str) -> None:
        """Opens the board of a level, under its briefing the first time."""
        from scalegame.tui.screens.board import BoardScreen
        from scalegame.tui.screens.briefing import BriefingScreen
        from scalegame.tui.session import Session

        try:
            if Path(id_or_path).suffix in (".yaml", ".yml"):
                from scalegame.tui.shipped import from_file

                level = from_file(id_or_path)
                self.catalogue.put(level)
            else:
                level = self.catalogue.level(id_or_path)
            saved = self.store.boards(level.id, level.digest)
            seen = self.store.recall(f"guide/{level.id}")
            session = Session(level, saved, int(seen) if seen.isdigit() else 0)
        except ScalegameError as error:
            self.notify(str(error), title=error.title, severity="error", timeout=15)
            return
        self.store.remember("level", level.id)
        self.store.remember("place", level.id)
        self.push_screen(BoardScreen(session, self.store))
        if not saved and not self.store.attempts(level.id, 1):
            self.push_screen(BriefingScreen(level, self.store))
        self._tell()

    def _unwind(self, *kinds: type[GameScreen]) -> None:
        """Takes screens off until one of these is on top."""
        while len(self.screen_stack) > 2 and not isinstance(self.screen, kinds):
            self.pop_screen()

    @on(OpenLevel)
    def _open_level(self, event: OpenLevel) -> None:
        self._open(event.level)

    @on(OpenNext)
    def _open_next(self, event: OpenNext) -> None:
        following = self.catalogue.after(event.level, self.store.standings())
        self._unwind(LevelsScreen)
        if following is None:
            self.store.remember("place", "")
            if isinstance(self.screen, LevelsScreen):
                self.screen.say("That was the last level that is open. Stars are still to be had.", "good")
            return
        self._open(following.id)

    @on(ToBoard)
    def _to_board(self) -> None:
        from scalegame.tui.screens.board import BoardScreen

        self._unwind(BoardScreen, LevelsScreen)
        self._tell()

    @on(ToLevels)
    def _to_levels(self) -> None:
        self.store.remember("place", "")
        self._unwind(LevelsScreen)

    @on(OpenPage)
    def _open_page(self, event: OpenPage) -> None:
        from scalegame.tui.screens.codex import CodexScreen

        self.push_screen(CodexScreen(event.page))

    @on(LeaveGame)
    def _leave(self, event: LeaveGame) -> None:
        from scalegame.tui.screens.dialogs import QuestionScreen

        if event.sure:
            self.exit(0)
        else:
            self.push_screen(QuestionScreen("Leave the game? Everything is saved.", "Leave", "Stay"), self._left)

    def _left(self, yes: bool | None) -> None:
        if yes:
            self.exit(0)

    @on(SwitchLight)
    def _switch_light(self) -> None:
        light = self.theme != LIGHT.name
        self.theme = LIGHT.name if light else DARK.name
        self.store.remember("light", "yes" if light else "no")

    # Size

    def on_resize(self, event: events.Resize) -> None:
        """Says when the terminal is too small, and goes on when it is not any more."""
        self._check_size(event.size.width, event.size.height)

    def _check_size(self, width: int, height: int) -> None:
        from textual.geometry import Size

        small = too_small(Size(width, height))
        if small and not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen())
        elif not small and isinstance(self.screen, TooSmallScreen):
            self.pop_screen()

    # Command palette

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The actions of the screen, from the table."""
        if not isinstance(screen, GameScreen):
            return
        for action in actions.of(screen.PLACE):
            keys = f"{action.shown}  " if action.shown else ""
            yield SystemCommand(
                action.title,
                f"{keys}{action.help}",
                lambda id=action.id: screen.perform(id),
            )


def run(level: str | None = None) -> int:
    """Plays the game until the player leaves.

    Args:
        level: Id or path of a level to open; None: go on where one left off.

    Returns:
        Exit status: 0, or what Textual returns after a crash; 2 where there is no terminal.

    Raises:
        ScalegameError: There is no such level, or it is wrong; nothing was shown yet.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("scalegame play needs a terminal; scalegame run plays a level without one.", file=sys.stderr)
        return 2
    from scalegame.tui.shipped import from_file, shipped

    catalogue = shipped()
    if level is not None:
        found = from_file(level)
        catalogue.put(found)
        level = found.id
    app = ScalegameApp(level, catalogue=catalogue)
    try:
        app.run()
    finally:
        app.store.close()
    return app.return_code or 0
