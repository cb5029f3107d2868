"""The tables of a competition's file."""

from __future__ import annotations

import sqlite3

from scalegame.errors import ScalegameError

VERSION = 1
"""Of the tables; kept as SQLite's `user_version`."""

MARK = 0x53634734
"""SQLite's `application_id`: the file is a competition of ours."""

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    extra REAL NOT NULL DEFAULT 0,
    disqualified TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL
);
CREATE TABLE players (
    id INTEGER PRIMARY KEY,
    team INTEGER NOT NULL REFERENCES teams (id),
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    joined REAL NOT NULL,
    UNIQUE (team, folded)
);
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL,
    player INTEGER NOT NULL REFERENCES players (id),
    team INTEGER NOT NULL REFERENCES teams (id),
    slot TEXT NOT NULL,
    digest TEXT NOT NULL,
    key TEXT NOT NULL,
    design TEXT NOT NULL,
    received REAL NOT NULL,
    local TEXT NOT NULL,
    UNIQUE (player, uuid)
);
CREATE INDEX submissions_of_teams ON submissions (team, slot, received);
CREATE INDEX submissions_by_key ON submissions (key, digest);
CREATE TABLE judgements (
    digest TEXT NOT NULL,
    key TEXT NOT NULL,
    engine TEXT NOT NULL,
    seeds TEXT NOT NULL,
    generation INTEGER NOT NULL,
    content TEXT,
    reason TEXT NOT NULL DEFAULT '',
    made REAL NOT NULL,
    PRIMARY KEY (digest, key, engine, seeds, generation)
) WITHOUT ROWID;
CREATE TABLE generations (slot TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    slot TEXT NOT NULL,
    question TEXT NOT NULL,
    choices TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE votes (
    poll INTEGER NOT NULL REFERENCES polls (id),
    player INTEGER NOT NULL REFERENCES players (id),
    choice INTEGER NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (poll, player)
) WITHOUT ROWID;
CREATE TABLE announcements (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    text TEXT NOT NULL,
    team INTEGER REFERENCES teams (id)
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_is_whole BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'the log is only added to'); END;
"""


def make(db: sqlite3.Connection) -> None:
    """Makes the tables of a new file; in the transaction of the caller."""
    for statement in _statements():
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute(f"PRAGMA application_id = {MARK}")


def check(db: sqlite3.Connection, path: str) -> None:
    """Looks whether a file is one that this program can work with.

    Raises:
        ScalegameError: It is another program's, or a newer version's.
    """
    (mark,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if mark != MARK:
        raise ScalegameError("No competition", f"{path} is not the file of a competition: name another with --db")
    if version > VERSION:
        message = f"{path} was made by a newer scalegame: update scalegame to go on with it"
        raise ScalegameError("Made by a newer scalegame", message)


def _statements() -> list[str]:
    found, current = list[str](), ""
    for line in _TABLES.splitlines():
        current += line + "\n"
        if sqlite3.complete_statement(current):
            found.append(current)
            current = ""
    return found
