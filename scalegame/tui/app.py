"""The game as a terminal application: which screen is on, and what is asked of it from everywhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import constants, events, on
from textual.app import SystemCommand
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Input

from scalegame.errors import ScalegameError
from scalegame.levels.naming import CAMPAIGN, split
from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.messages import (
    ChangeSetting,
    LeaveGame,
    OpenDesign,
    OpenLevel,
    OpenNext,
    OpenPage,
    OpenSettings,
    SuspendGame,
    ToBoard,
    ToLevels,
)
from scalegame.tui.screens.authored import AuthoredApp
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.competing import CompetingApp
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.small import TooSmallScreen, too_small
from scalegame.tui.screens.taking import RecordedApp
from scalegame.tui.screens.turns import KeysInTurn
from scalegame.tui.setup.keymap import Keymap
from scalegame.tui.setup.look import Look
from scalegame.tui.setup.settings import Settings, changed, known, language, overlaid, written
from scalegame.tui.setup.settings_file import Setup
from scalegame.tui.setup.terminal import is_dumb, speak_plainly
from scalegame.units import whole

if TYPE_CHECKING:
    from scalegame.levels.model import Level
    from scalegame.tui.authoring.authored import AuthoredFile


class ScalegameApp(KeysInTurn, RecordedApp, AuthoredApp, CompetingApp):
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
        keymap: Keymap | None = None,
        setup: Setup | None = None,
        author: AuthoredFile | None = None,
        pack: str = "",
        notice: str = "",
    ) -> None:
        """Prepares the game.

        Args:
            level: Id or path of the level to open at once; None: go on where one left off.
            store: The saves; None: the player's own.
            catalogue: What there is to play; None: what comes with the game.
            settings: How it looks and behaves; None: as usual.
            keymap: The keys that were changed; None: none.
            setup: Where settings are kept, and what was wrong with them; None: changes last as long as the game.
            author: The level file that the player works on; None: none.
            pack: Id of a pack to begin with, on the list of levels.
            notice: What to say of it.
        """
        super().__init__()
        self.author = author
        self.store = Store() if store is None else store
        self.settings = Settings() if settings is None else settings
        self.keymap = Keymap() if keymap is None else keymap
        self.setup = Setup() if setup is None else setup
        self.set_keymap(self.keymap.textual())
        self.look = Look(self)
        self.look.take(self.settings)
        self._wanted = level
        self._pack, self._notice = pack, notice
        self._catalogue = catalogue

    @property
    def catalogue(self) -> Catalogue:
        """What there is to play."""
        if self._catalogue is None:
            from scalegame.tui.shipped import shipped

            self._catalogue = shipped(self.language)
        return self._catalogue

    @property
    def language(self) -> str:
        """The language of the texts in levels; "": each level's own."""
        return language(self.settings, os.environ)

    def on_mount(self) -> None:
        """Shows the list of levels, and then what was asked for or left off."""
        self.push_screen(LevelsScreen(self.catalogue, self.store))
        self._check_size(self.size.width, self.size.height)
        self.call_after_refresh(self._begin)
        self.begin_authoring()
        self.begin_sending()

    def _begin(self) -> None:
        if told := self.setup.told():
            title = f"{self.keymap.shown(actions.LEVELS, 'settings')} shows this again"
            self.notify("\n".join(told), title=title, severity="warning", timeout=20, markup=False)
        self._tell()
        if self._wanted is not None:
            self._open(self._wanted)
            return
        if self._pack:
            for screen in self.screen_stack:
                if isinstance(screen, LevelsScreen):
                    screen.show_pack(self._pack, self._notice)
            return
        left = self.store.recall("place")
        if left and self.catalogue.entry(left) is not None:
            self._open(left)

    def _tell(self) -> None:
        for message in self.store.take_messages():
            self.notify(message, severity="warning", timeout=15, markup=False)

    def take_in(self, level: Level) -> None:
        """The list of levels gets to know a level."""
        self.catalogue.put(level)

    # Going places

    def _open(self, id_or_path: str) -> None:
        """Opens the board of a level, under its briefing the first time."""
        from scalegame.tui.board.session import Session
        from scalegame.tui.screens.board import BoardScreen
        from scalegame.tui.screens.briefing import BriefingScreen

        try:
            if Path(split(id_or_path)[0]).suffix in (".yaml", ".yml"):
                from scalegame.tui.shipped import from_file

                level = from_file(id_or_path, self.language)
                self.catalogue.put(level)
            else:
                level = self.catalogue.level(id_or_path)
            saved = self.store.boards(level.id, level.digest)
            seen = self.store.recall(f"guide/{level.id}")
            session = Session(level, saved, whole(seen) or 0)
        except ScalegameError as error:
            self.notify(str(error), title=error.title, severity="error", timeout=15, markup=False)
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

    def show_board(self, level: str) -> None:
        """Shows the board of a level instead of what is shown now."""
        self._unwind(LevelsScreen)
        self._open(level)

    @on(OpenDesign)
    def _open_design(self, event: OpenDesign) -> None:
        from scalegame.tui.screens.opening import open_design

        open_design(self, event.design)

    @on(OpenNext)
    def _open_next(self, event: OpenNext) -> None:
        following = self.catalogue.after(event.level, self.store.standings())
        self._unwind(LevelsScreen)
        if following is None:
            self.store.remember("place", "")
            entry = self.catalogue.entry(event.level)
            if isinstance(self.screen, LevelsScreen) and not (entry is not None and entry.free):
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

    @on(OpenSettings)
    def _open_settings(self) -> None:
        from scalegame.tui.screens.settings import SettingsScreen

        self.clear_notifications()
        self.push_screen(SettingsScreen())

    @on(ChangeSetting)
    def _change_setting(self, event: ChangeSetting) -> None:
        try:
            self.settings = changed(self.settings, event.name, event.value)
        except ScalegameError as error:
            self._say(error.message, "error")
            return
        self.look.take(self.settings)
        told, tone = self._in_force(event.name), ""
        try:
            told = self.setup.keep(event.name, event.value) or told
        except ScalegameError as error:
            told, tone = f"In force, but {error.message}", "error"
        for screen in self.screen_stack:
            if isinstance(screen, GameScreen):
                screen.settings_changed()
        self._say(told, tone)

    def _in_force(self, name: str) -> str:
        setting = known(name)
        value = setting.word(written(self.settings, setting.name))
        return f"{setting.title}: {value}{f', {setting.when}' if setting.when else ''}."

    def _say(self, text: str, tone: str = "") -> None:
        if isinstance(self.screen, GameScreen):
            self.screen.say(text, tone)

    @on(events.DescendantFocus)
    def _steady_cursor(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = self.settings.motion == "full"

    @on(SuspendGame)
    def _suspend_game(self) -> None:
        if sys.platform == "win32" or self._driver is None or not self._driver.can_suspend or self.is_headless:
            self._say("This terminal has no shell to go back to.", "error")
            return
        self.action_suspend_process()

    @property
    def plain(self) -> bool:
        """Whether nothing but ASCII is shown."""
        return self.look.plain

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What everything on the screen goes through."""
        return self.look.filters(super().get_line_filters())

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
        for action in screen.offered:
            keys = f"{action.shown}  " if action.shown else ""
            yield SystemCommand(
                action.title,
                f"{keys}{action.help}",
                lambda id=action.id: screen.perform(id),
            )


def run(level: str | None = None, over: Mapping[str, object] | None = None, author: bool = False) -> int:
    """Plays the game until the player leaves.

    Args:
        level: Id or path of a level to open, or the folder of a pack; None: go on where one left off.
        over: Settings for this time only, as they are written.
        author: The level is being written: its file is read again when it is saved, and can be written to.

    Returns:
        Exit status: 0, or what Textual returns after a crash; 2 where there is no terminal.

    Raises:
        ScalegameError: There is no such level, pack or setting, or it is wrong; nothing was shown yet.
    """
    setup = Setup.read()
    settings = overlaid(setup.settings, over or {})
    linear = settings.linear or is_dumb()
    settings = replace(settings, linear=linear)
    # In a browser the terminal is at the other end of two pipes.
    if not linear and not constants.DRIVER and not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("scalegame play needs a terminal; scalegame run plays a level without one.", file=sys.stderr)
        return 2
    from scalegame.tui.shipped import from_file, from_folder, instead_of, pack_folder, shipped

    spoken = language(settings, os.environ)
    where = None if level is None else pack_folder(level)
    if where is not None and author:
        raise ScalegameError("No file", f"{where} is a folder: name the level file in it that you work on")
    # The game's own levels are the campaign, wherever they are named from.
    own = None if where is None else from_folder(where, spoken)
    own = None if own is None or own.id == CAMPAIGN else own
    catalogue = shipped(spoken, own)
    work: AuthoredFile | None = None
    if where is not None:
        level = None
    if level is not None:
        if author:
            from scalegame.tui.authoring.authored import opened

            work = opened(level, spoken)
        found = work.level if work is not None else from_file(level, spoken)
        catalogue.put(found)
        level = found.id

    def game() -> ScalegameApp:
        return ScalegameApp(
            level,
            catalogue=catalogue,
            settings=settings,
            keymap=setup.keymap,
            setup=setup,
            author=work,
            pack="" if own is None else own.id,
            notice="" if own is None else instead_of(own),
        )

    if linear:
        from scalegame.tui.linear import run_linear

        return run_linear(game)
    speak_plainly()
    app = game()
    try:
        app.run(mouse=settings.mouse)
    finally:
        app.store.close()
    return app.return_code or 0
