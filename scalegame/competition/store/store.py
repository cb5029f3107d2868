"""Opens a competition's file, and reads and writes it in transactions: what was told as done is on the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scalegame.competition.store import schema
from scalegame.errors import ScalegameError

#: Seconds to wait for another process that writes.
_PATIENCE = 5.0

Row = sqlite3.Row


class Store:
    """A competition's file. It may be used by several threads, one at a time; the lock is taken here.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, *, new: bool = False) -> None:
        """Opens the file.

        Args:
            path: The file.
            new: Make it; it must not be there yet.

        Raises:
            ScalegameError: It cannot be opened, or is no competition's.
        """
        self.path = path
        self._lock = threading.RLock()
        if new and path.exists() and path.stat().st_size:
            raise ScalegameError("Already there", f"{path} is there already: name another file with --db")
        if not new and not path.is_file():
            raise ScalegameError("No such file", f"there is no {path}")
        try:
            self._db = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            if new:
                # What is in it is nobody's business but the instructor's.
                path.chmod(0o600)
            self._db.execute("PRAGMA journal_mode = WAL")
            # A commit is on the disk when it returns: after that a submission is acknowledged.
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            if new:
                with self.writing() as db:
                    schema.make(db)
            else:
                schema.check(self._db, str(path))
        except (OSError, sqlite3.Error) as error:
            raise ScalegameError("Not opened", f"{path} cannot be used: {error}") from None

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of what is done in the block is kept, on the disk, or nothing is.

        Raises:
            ScalegameError: The disk takes no more; nothing has changed.
        """
        with self._lock:
            if self._db.in_transaction:
                # Part of a larger one, which decides.
                yield self._db
                return
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.IntegrityError:
                self._undo()
                raise
            except sqlite3.Error as error:
                self._undo()
                raise ScalegameError("Not kept", f"the server cannot write its file: {error}") from None
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def all(self, question: str, *values: Any) -> Sequence[Row]:
        """Every row that a question finds."""
        with self._lock, _told():
            return self._db.execute(question, values).fetchall()

    def one(self, question: str, *values: Any) -> Row | None:
        """The first row that a question finds; None if there is none."""
        with self._lock, _told():
            found: Row | None = self._db.execute(question, values).fetchone()
            return found

    def fact(self, name: str) -> str:
        """Something that is kept once; "" if it is not."""
        row = self.one("SELECT value FROM facts WHERE name = ?", name)
        return "" if row is None else str(row["value"])

    def keep_fact(self, name: str, value: str) -> None:
        """Keeps something that there is once."""
        with self.writing() as db:
            db.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def log(self, at: float, who: str, what: str, detail: str = "") -> None:
        """Writes a line of the log, in the transaction that is open."""
        with self.writing() as db:
            db.execute("INSERT INTO audit (at, who, what, detail) VALUES (?, ?, ?, ?)", (at, who, what, detail))

    def problems(self) -> list[str]:
        """What SQLite finds wrong with the file; empty if nothing is."""
        found = [str(row[0]) for row in self.all("PRAGMA integrity_check")]
        broken = [f"{row[0]} row {row[1]} refers to nothing" for row in self.all("PRAGMA foreign_key_check")]
        return [] if found == ["ok"] and not broken else [line for line in (*found, *broken) if line != "ok"]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise ScalegameError("Not read", f"the server cannot read its file: {error}") from None
