"""A level file that its author works on: read again when it is saved, and never written over unseen."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from scalegame.errors import Place, Problems, ScalegameError, printable
from scalegame.files import rewrite
from scalegame.levels.model import Level
from scalegame.levels.yamltree import LARGEST_FILE
from scalegame.levels.yamltree import load as load_yaml
from scalegame.progress.model import SavedBoard
from scalegame.tui.board.session import Session

_MARK = b"\xef\xbb\xbf"
_Stamp = tuple[int, int, int] | None


class AuthoredFile:
    """A level file, as it was last time somebody looked.

    Attributes:
        path: Of the file.
        level: The last one that could be read.
        errors: What is wrong with the file now; empty: nothing.
    """

    def __init__(self, path: Path, read: Callable[[bytes], Level]) -> None:
        """Reads the level.

        Args:
            path: Of the file.
            read: Makes the level of what the file holds; is asked again and again.

        Raises:
            ScalegameError: It cannot be read; there is no last good level yet.
        """
        self.path = path
        self._read = read
        self._stamp = self._stamps()
        self._content = _content(path)
        self.level = read(self._content)
        self.errors: tuple[ScalegameError, ...] = ()
        self._missing = False

    @property
    def name(self) -> str:
        """What the file is called."""
        return printable(self.path.name)

    def look(self) -> bool:
        """Reads the file again if it was saved; returns whether level or errors are others now.

        A file that is gone is given time until the next look: some editors remove it before they write it anew.
        """
        stamp = self._stamps()
        if stamp[0] is None and not self._missing:
            self._missing = True
            return False
        if stamp == self._stamp:
            return False
        self._missing = stamp[0] is None
        self._stamp = stamp
        before = self.level, tuple(map(str, self.errors))
        try:
            content = _content(self.path)
            level = self._read(content)
        except ScalegameError as error:
            self.errors = error.errors if isinstance(error, Problems) else (error,)
        else:
            self._content, self.errors = content, ()
            if level != self.level:
                self.level = level
        return before != (self.level, tuple(map(str, self.errors)))

    def _stamps(self) -> tuple[_Stamp, ...]:
        """When the file, and what it takes profiles from, was written last."""
        folder = self.path.absolute().parent
        return tuple(_stamp(path) for path in (self.path, folder / "pack.yaml", folder.parent / "pack.yaml"))

    def change(self, make: Callable[[str], str]) -> bool:
        """Changes the file, and reads the level of it.

        Args:
            make: Given the text of the file, returns what it should be.

        Returns:
            Whether there was anything to change.

        Raises:
            ScalegameError: The file has problems, was saved by somebody else since the last look, would not be a
                level any more, or cannot be written; it is as it was.
        """
        content = _content(self.path)
        if self.errors:
            message = f"nothing was written: {self.name} has problems; mend them first"
            raise ScalegameError("Has problems", message)
        if content != self._content:
            raise _saved_meanwhile(self.path)
        mark = _MARK if content.startswith(_MARK) else b""
        text = content.removeprefix(_MARK).decode("utf-8")  # it was read as a level, so it is
        new = make(text)
        if new == text:
            return False
        written = mark + new.encode("utf-8")
        try:
            level = self._read(written)
        except ScalegameError as error:
            # Its place is in a text that stands nowhere.
            raise ScalegameError(
                error.title, f"that would be wrong, and is not written: {error.message}"
            ) from None
        if _content(self.path) != content:
            raise _saved_meanwhile(self.path)
        rewrite(self.path, written.decode("utf-8"))
        self._content, self.level = written, level
        return True  # what stands there now is looked at next time: somebody may have saved right behind this


def _saved_meanwhile(path: Path) -> ScalegameError:
    message = "the file was changed by another program: nothing was written; do it again when it is read anew"
    return ScalegameError("Changed meanwhile", message, Place(str(path)))


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _content(path: Path) -> bytes:
    """What a file holds, no more of it than the reader of levels takes."""
    try:
        # A pipe or a device may never end.
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb") as file:
                return file.read(LARGEST_FILE + 1)
        reason = "this is no ordinary file"
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it is no name of a file").lower()
    raise ScalegameError("Cannot read", f"cannot be read: {reason}", Place(str(path)))


def opened(id_or_path: str, language: str = "") -> AuthoredFile:
    """Open a level file to work on it.

    Args:
        id_or_path: Path of the file, with a variant behind an @ if one is meant; or the id of a level.
        language: That its texts are wanted in.

    Raises:
        ScalegameError: There is none, or it is wrong.
    """
    from scalegame.components import kinds
    from scalegame.levels import packs
    from scalegame.levels.load import read
    from scalegame.levels.naming import split
    from scalegame.tui.shipped import refuse_taken

    known = kinds()
    name, variant = split(id_or_path)
    if Path(name).suffix not in (".yaml", ".yml"):
        found = packs.find(id_or_path, known)
        if not found.source:
            raise ScalegameError("No file", f"{found.id} is not written in a file: name a level file")
        name = found.source
    path = Path(name)

    def made(content: bytes) -> Level:
        level = read(load_yaml(content, str(path)), path, known, variant, language)
        refuse_taken(level)
        return level

    return AuthoredFile(path, made)


def excerpt(errors: Iterable[ScalegameError], content: bytes, file: str) -> list[tuple[str, str]]:
    """Each error as it is told, with the line of the file that it is about ("" where there is none)."""
    lines = content.decode("utf-8", "replace").splitlines()
    found = []
    for error in errors:
        place, text = error.place, ""
        if place is not None and place.line is not None and place.file == file and place.line <= len(lines):
            text = f"{place.line:>4} | {printable(lines[place.line - 1].expandtabs(2))}"
        found.append((printable(str(error)), text))
    return found


def content_of(path: Path) -> bytes:
    """What a file holds, or nothing."""
    try:
        return _content(path)
    except ScalegameError:
        return b""


def renewed(old: Session, level: Level, lost: SavedBoard | None) -> tuple[Session, SavedBoard | None, str]:
    """Take the board that somebody works on over to another version of its level.

    Args:
        old: The work so far.
        level: As it is now.
        lost: A board that fitted no version since it was made; it is tried again.

    Returns:
        The work that goes on, a board that does not fit (or None), and a sentence.
    """
    mine = old.saved()
    candidates = [mine] if mine.lines or lost is None else [lost, mine]
    session = Session(level, candidates, old.guide.at)
    session.hints = min(old.hints, len(level.hints))
    session.marked = frozenset(old.marked & set(session.board.components))
    if level.digest == old.level.digest:
        session.last = old.last
    if session.notice:
        session.notice = ""
        return session, mine, "your changes do not fit any more: they come back when they do"
    if lost is not None and not mine.lines and session.lines == lost.lines:
        return session, None, "your changes fit again, and are back"
    told = "your board is kept" if session.lines else "the board is as found"
    return session, lost if not mine.lines else None, told
