"""A competition's file: whole or not at all, and nobody else's."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from scalegame.competition.store import schema
from scalegame.competition.store.store import Store
from scalegame.errors import ScalegameError


def test_what_was_written_is_there_and_what_failed_is_not(tmp_path: Path) -> None:
    store = Store(tmp_path / "c.sqlite3", new=True)
    store.keep_fact("title", "one")

    def fail() -> None:
        with store.writing() as db:
            store.keep_fact("title", "two")
            db.execute("INSERT INTO facts VALUES ('title', 'three')")

    with pytest.raises(sqlite3.IntegrityError):
        fail()
    assert store.fact("title") == "one"
    store.close()
    assert Store(tmp_path / "c.sqlite3").fact("title") == "one"


def test_a_commit_is_on_the_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "c.sqlite3", new=True)
    assert [
        tuple(store.one(f"PRAGMA {name}") or ()) for name in ("journal_mode", "synchronous", "foreign_keys")
    ] == [
        ("wal",),
        (2,),
        (1,),
    ]
    assert (tmp_path / "c.sqlite3").stat().st_mode & 0o077 == 0


def test_files_of_others_are_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE things (name TEXT)")
    db.close()
    for path, words in ((other, "not the file of a competition"), (tmp_path / "none", "there is no")):
        with pytest.raises(ScalegameError, match=words):
            Store(path)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(ScalegameError):
        Store(tmp_path / "text")
    with pytest.raises(ScalegameError, match="there already"):
        Store(other, new=True)


def test_a_file_of_tomorrow_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    store = Store(path, new=True)
    with store.writing() as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    store.close()
    with pytest.raises(ScalegameError, match="newer scalegame"):
        Store(path)


def test_a_file_that_takes_no_more_is_told_and_nothing_has_changed(tmp_path: Path) -> None:
    store = Store(tmp_path / "c.sqlite3", new=True)
    store.keep_fact("title", "one")
    pages = store.one("PRAGMA page_count")
    assert pages is not None
    store.all(f"PRAGMA max_page_count = {pages[0]}")
    with pytest.raises(ScalegameError, match="cannot write"):
        store.keep_fact("title", "x" * 1_000_000)
    assert store.fact("title") == "one"


def test_what_is_broken_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path / "c.sqlite3", new=True)
    assert store.problems() == []
    store.all("PRAGMA foreign_keys = OFF")
    with store.writing() as db:
        db.execute("INSERT INTO votes VALUES (1, 1, 0, 0.0)")
    assert store.problems() == ["votes row None refers to nothing"] * 2
