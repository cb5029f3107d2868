"""The settings and the keys of a player as files: where they stand, read without ever stopping the game."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from scalegame.errors import Place, ScalegameError
from scalegame.progress.files import HOME_VARIABLE, set_aside
from scalegame.tui.setup import keymap as keys
from scalegame.tui.setup import settings as table
from scalegame.tui.setup.keymap import Keymap
from scalegame.tui.setup.lines import read_lines
from scalegame.tui.setup.settings import Settings

NAME = "settings.yaml"
KEYS_NAME = "keys.yaml"
#: So many mistakes are told at the start; who mends these sees the others next time.
MOST_TOLD = 5


def folder() -> Path:
    """Where both files stand: under `SCALEGAME_HOME` if that is set, else the platform's folder for settings."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home)
    from platformdirs import user_config_dir

    return Path(user_config_dir("scalegame", appauthor=False))


@dataclass
class Setup:
    """How the game was set up when it started, and where that is kept.

    Attributes:
        path: The file of the settings; None: what is changed lasts as long as the game.
        settings: What the file says.
        keymap: What the file of the keys says.
        problems: What is wrong in both.
    """

    path: Path | None = None
    settings: Settings = field(default_factory=Settings)
    keymap: Keymap = field(default_factory=Keymap)
    problems: tuple[ScalegameError, ...] = ()

    @classmethod
    def read(cls) -> Setup:
        """Reads both files of the player; neither has to be there."""
        here = folder()
        loaded = load(here / NAME)
        keymap, wrong = keys.load(here / KEYS_NAME)
        return cls(here / NAME, loaded.settings, keymap, (*loaded.problems, *wrong))

    def told(self) -> tuple[str, ...]:
        """What to tell the player about the files: so many lines that they can be read."""
        lines = [_short(problem) for problem in self.problems]
        if len(lines) > MOST_TOLD:
            lines = [*lines[: MOST_TOLD - 1], f"… and {len(lines) - MOST_TOLD + 1} more in the same file"]
        return tuple(lines)

    def keep(self, name: str, value: str) -> str:
        """Writes one setting into the file, beside those that are in it by now.

        Returns:
            What to tell about it, or "".

        Raises:
            ScalegameError: It cannot be written.
        """
        if self.path is None:
            return ""
        aside = save(self.path, table.changed(load(self.path).settings, name, value))
        here = str(self.path)
        self.problems = tuple(one for one in self.problems if one.place is None or one.place.file != here)
        return f"Saved anew; the file with the mistakes is now {aside.name}." if aside else ""

    def write_keys(self) -> Path | None:
        """Writes a file of keys to start from, if there is none yet; None where there is no folder for it.

        Raises:
            ScalegameError: It cannot be written.
        """
        if self.path is None:
            return None
        path = self.path.with_name(KEYS_NAME)
        if not path.exists():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path, keys.file_text())
            except OSError as error:
                reason = error.strerror or str(error)
                message = f"the keys cannot be written: {reason}"
                raise ScalegameError("Not saved", message, Place(str(path))) from None
        return path


def _short(problem: ScalegameError) -> str:
    """A problem with the name of its file, not the whole way to it."""
    place = problem.place
    if place is None:
        return problem.message
    return f"{Place(Path(place.file).name, place.line, place.column)}: {problem.message}"


@dataclass(frozen=True)
class Loaded:
    """What a file said.

    Attributes:
        settings: What is to be used: the file's, and the usual ones for what is missing or wrong.
        problems: What is wrong in it, each with its place.
    """

    settings: Settings
    problems: tuple[ScalegameError, ...] = ()


def load(path: Path) -> Loaded:
    """Reads the settings; what is wrong is told and passed over. A file that is not there says nothing."""
    settings = Settings()
    try:
        document, lines = read_lines(path, "settings", "theme: light")
    except ScalegameError as error:
        return Loaded(settings, (error,))
    if document is None:
        return Loaded(settings)
    problems: list[ScalegameError] = []
    for key, value in lines.items():
        try:
            setting = table.known(key)
        except ScalegameError as error:
            problems.append(error.at(document.place((key,), key=True)))
            continue
        try:
            if isinstance(value, list | dict) or value is None:
                shown = "nothing" if value is None else "a list"
                allowed = ", ".join(setting.values)
                raise ScalegameError("Wrong value", f"{setting.name} is one of {allowed}, not {shown}")
            settings = table.changed(settings, setting.name, value)
        except ScalegameError as error:
            problems.append(error.at(document.place((key,))))
    return Loaded(settings, tuple(problems))


def save(path: Path, settings: Settings) -> Path | None:
    """Writes the settings, whole or not at all; a file with mistakes in it is put aside first, not overwritten.

    Returns:
        Where the file with the mistakes is now, or None.

    Raises:
        ScalegameError: The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = set_aside(path) if load(path).problems else None
        write(path, table.file_text(settings, (f"The keys are in {KEYS_NAME} beside it, if it is there.",)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ScalegameError("Not saved", f"the settings cannot be written: {reason}", Place(str(path))) from None
    return aside


def write(path: Path, text: str) -> None:
    """Writes a file so that whoever reads it meanwhile, or after a crash, finds the old one or the new one.

    Raises:
        OSError: It cannot be written.
    """
    # What a link points at is replaced, not the link: settings are often kept elsewhere and linked here.
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
