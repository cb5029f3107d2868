"""The save file: every board as it changes, every attempt, what was won.

A SQLite file in write-ahead mode. Every change is one transaction, so a game that is killed loses at most
its last action. Nothing here raises for the state of the disk: a file that cannot be used is put aside, a
disk that cannot be written leaves the game playing from memory, and `messages` says so.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from scalegame.errors import ScalegameError, printable, quoted
from scalegame.progress import schema
from scalegame.progress.files import default_path, set_aside
from scalegame.progress.model import Attempt, Measured, NamedBoard, Prediction, SavedBoard, Standing

#: Seconds to wait for another copy of the game that is writing.
_PATIENCE = 2.0
#: Boards that can be kept by name on one level.
MOST_NAMED = 200
#: Characters of such a name.
LONGEST_NAME = 40
_BOARDS = "SELECT level, digest, lines, selected, history, saved_at FROM boards"


class Store:
    """The saves of one player.

    Attributes:
        path: The file; it may not exist when only memory is in use.
        messages: Sentences for the player, oldest first; whoever shows them takes them out.
        lasting: What is saved now will be there tomorrow.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens the save file, or makes it.

        Args:
            path: The file; None: the usual one.
        """
        self.path = default_path() if path is None else path
        self.messages: list[str] = []
        self.lasting = True
        #: When the boards were saved that this copy of the game has read or written, by level and digest.
        self._seen: dict[tuple[str, str], float] = {}
        self._db = self._open()

    def close(self) -> None:
        """Closes the file. Everything was saved before."""
        self._db.close()

    def take_messages(self) -> tuple[str, ...]:
        """What the player should be told, once."""
        taken, self.messages[:] = tuple(self.messages), []
        return taken

    # Opening

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self._usable()
        except (OSError, sqlite3.Error) as error:
            where = printable(str(self.path.parent))
            return self._from_memory(
                f"Your progress cannot be saved in {where} ({_reason(error)}). The game goes on without."
            )

    def _usable(self) -> sqlite3.Connection:
        """The file as it is, or a new one in its place."""
        complaint = ""
        if self.path.exists() and not self.path.is_file():
            # A folder, or a pipe, which would keep us waiting for ever.
            raise OSError(f"{self.path.name} is not a file")
        if self.path.exists() and self.path.stat().st_size > 0:
            complaint = self._complaint()
        if complaint:
            kept = set_aside(self.path)
            self.messages.append(f"{complaint} It was kept as {kept.name}; the game starts a new one.")
        db = _connected(self.path)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            # In write-ahead mode this survives a killed process; only a power cut can lose the last moments.
            db.execute("PRAGMA synchronous = NORMAL")
            schema.migrate(db)
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
        except BaseException:
            db.close()
            raise
        return db

    def _complaint(self) -> str:
        """Why an existing file must not be touched; "" if it is fine.

        Raises:
            sqlite3.OperationalError: The disk, not the file, is the trouble.
        """
        db = _connected(self.path)
        try:
            found = schema.version(db)
            owner = schema.application(db)
            unclaimed = owner == 0 and (found > 0 or schema.tables(db))
            if owner not in (0, schema.APPLICATION) or unclaimed:
                return "The save file belongs to another program."
            if found > schema.VERSION:
                return f"The save file was made by a newer version of the game (format {found})."
            if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return "The save file is damaged."
            for table, columns in schema.COLUMNS.items():
                # What an older file lacks it is given when it is brought up to this version.
                if schema.SINCE.get(table, 1) <= found:
                    db.execute(f"SELECT {columns}, COUNT(*) FROM {table}")
            return ""
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                return "The save file is damaged."
            raise
        except sqlite3.DatabaseError:
            return "The save file is damaged."
        finally:
            db.close()

    def _from_memory(self, message: str) -> sqlite3.Connection:
        """Goes on in memory, with what can still be read of the file."""
        self.lasting = False
        self.messages.append(message)
        db = _connected(":memory:")
        try:
            if not self.path.is_file():
                raise OSError("nothing to read")
            source = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            try:
                if 0 < schema.version(source) <= schema.VERSION:
                    source.backup(db)
            finally:
                source.close()
        except (OSError, sqlite3.Error):
            db.close()
            db = _connected(":memory:")
        schema.migrate(db)
        return db

    def _write(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """Runs statements as one transaction; a disk that refuses leaves the game playing from memory."""
        try:
            self._transact(statements)
        except sqlite3.Error as error:
            memory = _connected(":memory:")
            try:
                self._db.backup(memory)
            except sqlite3.Error:
                memory.close()
                memory = _connected(":memory:")
            self._db.close()
            self._db = memory
            self.lasting = False
            self.messages.append(f"From now on nothing is saved ({_reason(error)}). The game goes on.")
            schema.migrate(memory)
            self._transact(statements)

    def _transact(self, statements: Iterable[tuple[str, tuple[object, ...]]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for sql, values in statements:
                self._db.execute(sql, values)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    # Boards

    def keep_board(self, board: SavedBoard) -> SavedBoard | None:
        """Saves a board in progress; boards of other versions of its level are left alone.

        Returns:
            What stood in its place, if another copy of the game has put another design there since this one
            looked last; it is not in the file any more.
        """
        history = json.dumps({"base": board.base, "done": board.done, "undone": board.undone})
        key, now = (board.level, board.digest), time.time()
        other = self._unseen(key)
        self._write(
            (
                "INSERT OR REPLACE INTO boards VALUES (?, ?, ?, ?, ?, ?)",
                (*key, json.dumps(board.lines), board.selected, history, now),
            ),
            ("INSERT OR REPLACE INTO memory VALUES ('level', ?)", (board.level,)),
        )
        self._seen[key] = now
        return None if other is None or other.lines == board.lines else other

    def _unseen(self, key: tuple[str, str]) -> SavedBoard | None:
        """The board of a version of a level, if another copy of the game has saved it."""
        if key not in self._seen:
            return None
        try:
            row = self._db.execute(f"{_BOARDS} WHERE level = ? AND digest = ?", key).fetchone()
        except sqlite3.Error:
            return None  # Saving runs into the same, and says so.
        return None if row is None or row[-1] == self._seen[key] else _saved_board(row)

    def boards(self, level: str, digest: str) -> tuple[SavedBoard, ...]:
        """Boards saved for a level, the best to go on with first: of this version of it, then the newest."""
        rows = self._db.execute(
            f"{_BOARDS} WHERE level = ? ORDER BY digest = ? DESC, saved_at DESC", (level, digest)
        ).fetchall()
        # Where there is none, one that turns up later is another copy's.
        self._seen[level, digest] = 0.0
        self._seen.update({(row[0], row[1]): row[-1] for row in rows})
        return tuple(board for row in rows if (board := _saved_board(row)) is not None)

    # Boards by name

    def keep_named(self, board: NamedBoard) -> None:
        """Puts a board away under its name; another of that name on the same level is replaced.

        Raises:
            ScalegameError: The name cannot be one, or the level has too many; what is there stays.
        """
        name = board.name
        if not 0 < len(name) <= LONGEST_NAME or name != name.strip() or not name.isprintable():
            raise ScalegameError(
                "Not a name", f"{quoted(name)} cannot be the name of a board: 1 to {LONGEST_NAME} characters"
            )
        (count,) = self._db.execute(
            "SELECT COUNT(*) FROM named WHERE level = ? AND name <> ?", (board.level, name)
        ).fetchone()
        if count >= MOST_NAMED:
            raise ScalegameError("Too many boards", f"a level keeps {MOST_NAMED} boards at most: delete one first")
        at = board.at or time.time()
        self._write(
            (
                "INSERT OR REPLACE INTO named VALUES (?, ?, ?, ?, ?, ?, ?)",
                (board.level, name, board.digest, json.dumps(board.lines), board.cost, board.parts, at),
            )
        )

    def named(self, level: str) -> tuple[NamedBoard, ...]:
        """The boards that were put away on a level, the newest first."""
        rows = self._db.execute(
            "SELECT name, digest, lines, cost, parts, at FROM named WHERE level = ? ORDER BY at DESC, name",
            (level,),
        )
        found = []
        for name, digest, lines, cost, parts, at in rows.fetchall():
            try:
                made = tuple(map(str, json.loads(lines)))
                found.append(NamedBoard(level, str(name), str(digest), made, float(cost), int(parts), float(at)))
            except (ValueError, TypeError):
                continue  # As with boards: it stays in the file.
        return tuple(found)

    def drop_named(self, level: str, name: str) -> None:
        """Throws away a board that was put away."""
        self._write(("DELETE FROM named WHERE level = ? AND name = ?", (level, name)))

    # Attempts

    def keep_attempt(self, attempt: Attempt, instead: float = 0.0) -> float:
        """Adds an attempt to the history, and its badges to the collection.

        Args:
            attempt: What came of a run.
            instead: When the attempt was kept whose place this one takes, as it is the same run on which the
                player has acted since; a win is never taken away.

        Returns:
            When it was kept.
        """
        at = attempt.at or time.time()
        summary = asdict(replace(attempt, at=at))
        self._write(
            (
                "DELETE FROM attempts WHERE level = ? AND at = ? AND won <= ?",
                (attempt.level, instead, int(attempt.won)),
            ),
            (
                "INSERT INTO attempts (level, digest, at, won, stars, summary) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    attempt.level,
                    attempt.digest,
                    at,
                    int(attempt.won),
                    ",".join(attempt.stars),
                    json.dumps(summary),
                ),
            ),
            *(
                ("INSERT OR IGNORE INTO badges VALUES (?, ?, ?)", (badge, attempt.level, at))
                for badge in attempt.badges
            ),
        )
        return at

    def attempts(self, level: str, limit: int = 50) -> tuple[Attempt, ...]:
        """The latest attempts on a level, the newest first."""
        rows = self._db.execute(
            "SELECT summary FROM attempts WHERE level = ? ORDER BY number DESC LIMIT ?", (level, limit)
        )
        found = []
        for (summary,) in rows.fetchall():
            try:
                found.append(_attempt(json.loads(summary)))
            except (ValueError, TypeError, KeyError):
                continue
        return tuple(found)

    def standings(self) -> dict[str, Standing]:
        """How the player stands on every level touched, by level id."""
        found: dict[str, Standing] = {}
        rows = self._db.execute(
            "SELECT level, MAX(won), SUM(1 - won), GROUP_CONCAT(stars) FROM attempts GROUP BY level"
        )
        for level, won, losses, stars in rows.fetchall():
            names = frozenset(name for name in (stars or "").split(",") if name)
            found[level] = Standing(bool(won), names, int(losses))
        for (level,) in self._db.execute("SELECT level FROM skipped").fetchall():
            found[level] = replace(found.get(level, Standing()), skipped=True)
        return found

    def collected(self) -> tuple[tuple[str, str, float], ...]:
        """Badges with the time of the first attempt that earned them on a level: (name, level id, time)."""
        rows = self._db.execute("SELECT name, level, at FROM badges ORDER BY at").fetchall()
        return tuple((str(name), str(level), float(at)) for name, level, at in rows)

    # The rest

    def skip(self, level: str) -> None:
        """Notes that a level is passed over; it can still be played."""
        self._write(("INSERT OR IGNORE INTO skipped VALUES (?, ?)", (level, time.time())))

    def predict(self, level: str, component: str) -> None:
        """Notes which box the player thinks will fill first."""
        self._write(
            (
                "INSERT OR REPLACE INTO predictions VALUES (?, ?, NULL, ?)",
                (level, component, time.time()),
            )
        )

    def settle_prediction(self, level: str, came_true: bool) -> None:
        """Notes whether it did."""
        self._write(("UPDATE predictions SET came_true = ? WHERE level = ?", (int(came_true), level)))

    def prediction(self, level: str) -> Prediction | None:
        """What the player predicted, if anything."""
        row = self._db.execute("SELECT component, came_true FROM predictions WHERE level = ?", (level,)).fetchone()
        return None if row is None else Prediction(row[0], None if row[1] is None else bool(row[1]))

    def remember(self, key: str, value: str) -> None:
        """Keeps a small fact, such as the level played last ("level")."""
        self._write(("INSERT OR REPLACE INTO memory VALUES (?, ?)", (key, value)))

    def recall(self, key: str) -> str:
        """The fact, or "" if there is none."""
        row = self._db.execute("SELECT value FROM memory WHERE key = ?", (key,)).fetchone()
        return "" if row is None else str(row[0])


def _saved_board(row: tuple[str, str, str, str, str, float]) -> SavedBoard | None:
    """A row of `_BOARDS`; None for a bad one (edited by hand, say), which must not cost the rest."""
    level, digest, lines, selected, history, _ = row
    try:
        past = json.loads(history)
        steps = (tuple(map(str, past[name])) for name in ("base", "done", "undone"))
        return SavedBoard(level, digest, tuple(map(str, json.loads(lines))), selected, *steps)
    except (ValueError, TypeError, KeyError):
        return None


def _connected(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    # Bytes that are no text must not stop the game: what was in them is passed over where it is read.
    db.text_factory = lambda content: content.decode("utf-8", "replace")
    return db


def _attempt(data: dict[str, object]) -> Attempt:
    """An attempt as `asdict` took it apart."""
    fields = dict(data)
    fields["objectives"] = tuple(
        Measured(**{**o, "values": tuple(o["values"])})
        for o in data["objectives"]  # type: ignore[attr-defined]
    )
    for name in ("lines", "stars", "badges"):
        fields[name] = tuple(fields[name])  # type: ignore[arg-type]
    fields["live"] = tuple(map(str, fields.get("live", ())))  # type: ignore[call-overload]
    return Attempt(**fields)  # type: ignore[arg-type]


def _reason(error: Exception) -> str:
    """What the disk said, in few words."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.strip().rstrip(".").lower() or type(error).__name__
