"""Author mode: the file of a level in work is looked at, and taken over when it was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from scalegame.errors import ScalegameError
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.telling.words import plural

if TYPE_CHECKING:
    # Reading levels takes long to import, and most people only play.
    from scalegame.levels.model import Level
    from scalegame.progress.model import SavedBoard
    from scalegame.progress.store import Store
    from scalegame.tui.authoring.authored import AuthoredFile
    from scalegame.tui.board.session import Session

#: Seconds between two looks at the file.
LOOK = 1.0


class AuthoredApp(App[int]):
    """The part of the game that looks at the file of a level in work.

    Attributes:
        author: The file; None: nobody works on a level.
    """

    author: AuthoredFile | None = None
    store: Store
    _lost: SavedBoard | None = None
    _due = False

    def begin_authoring(self) -> None:
        """Looks at the file again and again, if there is one."""
        if self.author is not None:
            self.set_interval(LOOK, self.look_at_file)

    def look_at_file(self) -> None:
        """Takes over what was saved, as soon as that disturbs nothing."""
        if self.author is None:
            return
        fresh = self.author.look()
        self._due = self._due or fresh
        if self._due and self._at_leisure:
            self.take_file()
        elif fresh and isinstance(self.screen, GameScreen) and not self.screen.line_open:
            what = f"has {plural(len(self.author.errors), 'problem')}" if self.author.errors else "was saved"
            self.screen.say(f"{self.author.name} {what}: the board will show it.")

    @property
    def _at_leisure(self) -> bool:
        """Nobody is typing, choosing or watching a run."""
        from scalegame.tui.screens.authoring import ProblemsScreen
        from scalegame.tui.screens.board import BoardScreen
        from scalegame.tui.screens.briefing import BriefingScreen
        from scalegame.tui.screens.distribution import DistributionScreen

        screen = self.screen
        if isinstance(screen, BoardScreen | BriefingScreen | DistributionScreen):
            return not screen.line_open
        return isinstance(screen, ProblemsScreen)

    def take_file(self) -> None:
        """Shows what is wrong with the file, or goes on with the level that it holds."""
        from scalegame.tui.authoring.authored import content_of, excerpt
        from scalegame.tui.screens.authoring import ProblemsScreen

        author = self.author
        if author is None:
            return
        self._due = False
        showing = self.screen if isinstance(self.screen, ProblemsScreen) else None
        if author.errors:
            told = excerpt(author.errors, content_of(author.path), str(author.path))
            if showing is not None:
                showing.tell(told)
            else:
                self.push_screen(ProblemsScreen(author.name, told))
            return
        if showing is not None:
            showing.dismiss(None)
        self._take_level(author)

    def take_in(self, level: Level) -> None:
        """The list of levels gets to know a level."""
        raise NotImplementedError

    def _take_level(self, author: AuthoredFile) -> None:
        from scalegame.tui.authoring.authored import renewed
        from scalegame.tui.screens.board import BoardScreen
        from scalegame.tui.screens.briefing import BriefingScreen
        from scalegame.tui.screens.distribution import DistributionScreen

        level, top = author.level, self.screen
        self.take_in(level)
        boards = (screen for screen in self.screen_stack if isinstance(screen, BoardScreen))
        board = next((found for found in boards if found.session.level.source == level.source), None)
        if board is None:
            return
        old = board.session
        session, lost, told = renewed(old, level, self._lost)
        if lost is not None and lost is not self._lost:
            self._put_away(old)
        self._lost = lost
        board.taken_over(session)
        if isinstance(top, BriefingScreen):
            self.switch_screen(BriefingScreen(level, self.store))
        elif isinstance(top, DistributionScreen):
            top.level_changed(session)
        if isinstance(top, GameScreen) and not isinstance(top, BriefingScreen):
            top.say(f"{author.name} is read again: {told}.", "error" if lost is not None else "good")

    def _put_away(self, old: Session) -> None:
        """Keeps a board that does not fit any more by a name, too."""
        taken = {board.name for board in self.store.named(old.level.id)}
        name = next(name for n in range(1, len(taken) + 2) if (name := f"before reload {n}") not in taken)
        try:
            self.store.keep_named(old.named(name))
        except ScalegameError as error:
            self.notify(error.message, severity="warning", timeout=15, markup=False)
