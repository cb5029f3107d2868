"""The tables of a save file, and how older files become newer ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

#: Marks a SQLite file as a save of this game ("SGME").
APPLICATION = 0x53474D45

_FIRST = """
CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE boards (
    level TEXT NOT NULL, digest TEXT NOT NULL, lines TEXT NOT NULL, selected TEXT NOT NULL,
    history TEXT NOT NULL, saved_at REAL NOT NULL, PRIMARY KEY (level, digest)
) WITHOUT ROWID;
CREATE TABLE attempts (
    number INTEGER PRIMARY KEY, level TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL,
    won INTEGER NOT NULL, stars TEXT NOT NULL, summary TEXT NOT NULL
);
CREATE INDEX attempts_of_level ON attempts (level, number);
CREATE TABLE skipped (level TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE predictions (
    level TEXT PRIMARY KEY, component TEXT NOT NULL, came_true INTEGER, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE badges (
    name TEXT NOT NULL, level TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (name, level)
) WITHOUT ROWID;
"""


def _first(db: sqlite3.Connection) -> None:
    for statement in _FIRST.split(";"):
        if statement.strip():
            db.execute(statement)


_NAMED = """
CREATE TABLE named (
    level TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, lines TEXT NOT NULL,
    cost REAL NOT NULL, parts INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (level, name)
) WITHOUT ROWID
"""


def _named(db: sqlite3.Connection) -> None:
    db.execute(_NAMED)


#: Step i turns a file of version i into one of version i + 1. Never change one that was released.
STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first, _named)
#: What this game writes.
VERSION = len(STEPS)
#: What it reads and writes of each table, in order.
COLUMNS = {
    "memory": "key, value",
    "boards": "level, digest, lines, selected, history, saved_at",
    "attempts": "number, level, digest, at, won, stars, summary",
    "skipped": "level, at",
    "predictions": "level, component, came_true, at",
    "badges": "name, level, at",
    "named": "level, name, digest, lines, cost, parts, at",
}
#: Tables that files have only from a version on.
SINCE = {"named": 2}


def version(db: sqlite3.Connection) -> int:
    """The version that a file is stamped with; 0 for an empty one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def application(db: sqlite3.Connection) -> int:
    """Whose file it says it is; 0 for nobody's."""
    return int(db.execute("PRAGMA application_id").fetchone()[0])


def tables(db: sqlite3.Connection) -> tuple[str, ...]:
    """Names of the tables in a file."""
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return tuple(str(name) for (name,) in rows)


def migrate(db: sqlite3.Connection) -> None:
    """Brings a file up to this game's version; all steps succeed, or the file stays as it was.

    The connection must be in autocommit mode.
    """
    if version(db) >= VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Read again under the lock: another copy of the game may have been quicker.
        for step in STEPS[version(db) :]:
            step(db)
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
