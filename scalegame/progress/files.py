"""Where saves are kept, and how a file that cannot be used is put aside."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from platformdirs import user_data_dir

#: Names the folder of the saves, where the usual one will not do.
HOME_VARIABLE = "SCALEGAME_HOME"
NAME = "progress.sqlite3"
#: What SQLite keeps beside a database in write-ahead mode.
_COMPANIONS = ("-wal", "-shm", "-journal")


_home: ContextVar[Path | None] = ContextVar("home", default=None)


@contextmanager
def home_at(folder: Path) -> Iterator[None]:
    """Meanwhile saves, and what is beside them, are in a folder; for this thread or task, and what it starts."""
    before = _home.set(folder)
    try:
        yield
    finally:
        _home.reset(before)


def default_path() -> Path:
    """The file of the saves: under `SCALEGAME_HOME` if that is set, else the user's data folder."""
    folder = _home.get() or os.environ.get(HOME_VARIABLE)
    return Path(folder if folder else user_data_dir("scalegame", appauthor=False)) / NAME


def set_aside(path: Path) -> Path:
    """Renames a file, and what SQLite keeps beside it, so that nothing is ever written over it.

    Returns:
        The new name, which has the time in it.

    Raises:
        OSError: The folder cannot be written.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"{path.stem}-set-aside-{stamp}{path.suffix}")
    count = 1
    while target.exists():
        count += 1
        target = path.with_name(f"{path.stem}-set-aside-{stamp}-{count}{path.suffix}")
    path.rename(target)
    for companion in _COMPANIONS:
        beside = Path(f"{path}{companion}")
        if beside.exists():
            beside.rename(f"{target}{companion}")
    return target
