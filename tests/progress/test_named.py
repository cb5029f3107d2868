"""Boards kept by name, and a save file from before there were any."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scalegame.errors import ScalegameError
from scalegame.progress import schema
from scalegame.progress.model import Attempt, NamedBoard, SavedBoard
from scalegame.progress.store import LONGEST_NAME, MOST_NAMED, Store

BOARD = NamedBoard("first", "cheap one", "abc", ("add cache", "wire web -> cache"), 0.4, 3, 100.0)
SAVED = SavedBoard("first", "abc", ("add cache",), "cache", (), ("add cache",))
ATTEMPT = Attempt("first", "abc", ("add cache",), True, ("cost",), (), 0.4, 3.0, 4, 0.9, "", ("hoarder",))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "progress.sqlite3")


def named(name: str, at: float = 1.0, level: str = "first") -> NamedBoard:
    return NamedBoard(level, name, "abc", ("add cache",), 0.4, 3, at)


def test_they_come_back_newest_first_and_only_on_their_level(store: Store) -> None:
    for board in (named("old", 1), BOARD, named("older", 0.5), named("elsewhere", 9, "second")):
        store.keep_named(board)
    assert [board.name for board in store.named("first")] == ["cheap one", "old", "older"]
    assert store.named("first")[0] == BOARD
    assert [board.name for board in store.named("second")] == ["elsewhere"]
    store.close()


def test_the_same_name_replaces_and_a_deleted_one_is_gone(store: Store) -> None:
    store.keep_named(named("one"))
    store.keep_named(NamedBoard("first", "one", "def", ("buy index",), 1.0, 2, 5.0))
    (board,) = store.named("first")
    assert (board.digest, board.lines) == ("def", ("buy index",))
    store.drop_named("first", "none")
    store.drop_named("second", "one")
    assert len(store.named("first")) == 1
    store.drop_named("first", "one")
    assert store.named("first") == ()
    store.close()


@pytest.mark.parametrize("name", ["", " ", " a", "a\nb", "a\x1b[2J", "a" * (LONGEST_NAME + 1), "\u200b"])
def test_names_are_short_and_can_be_seen(store: Store, name: str) -> None:
    with pytest.raises(ScalegameError, match="cannot be the name of a board"):
        store.keep_named(named(name))
    assert store.named("first") == ()
    store.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=LONGEST_NAME))
def test_any_name_that_can_be_seen_is_data(store: Store, name: str) -> None:
    try:
        store.keep_named(named(name, 7.0))
    except ScalegameError:
        assert name != name.strip() or not name.isprintable()
    else:
        assert named(name, 7.0) in store.named("first")
        store.drop_named("first", name)
    assert store.named("first") == ()


def test_there_is_a_bound_and_a_full_shelf_still_replaces(store: Store) -> None:
    for number in range(MOST_NAMED):
        store.keep_named(named(f"n{number}"))
    with pytest.raises(ScalegameError, match="delete one first"):
        store.keep_named(named("one more"))
    store.keep_named(named("n7", 99.0))
    assert len(store.named("first")) == MOST_NAMED
    assert store.named("first")[0].name == "n7"
    store.close()


def test_one_unreadable_row_does_not_cost_the_others(store: Store) -> None:
    store.keep_named(BOARD)
    store._db.execute("INSERT INTO named VALUES ('first', 'bad', 'abc', '{not json', 0, 0, 5)")
    assert store.named("first") == (BOARD,)
    store.close()


def first_version(path: Path) -> None:
    """A save file as the game's first version wrote it."""
    db = sqlite3.connect(path, isolation_level=None)
    schema.STEPS[0](db)
    db.execute(f"PRAGMA application_id = {schema.APPLICATION}")
    db.execute("PRAGMA user_version = 1")
    db.close()


def filled(path: Path) -> None:
    first_version(path)
    # The tables of then are written by the same statements: version 1 had all but boards by name.
    store = Store(path)
    store.keep_board(SAVED)
    store.keep_attempt(ATTEMPT)
    store.predict("first", "web")
    store.skip("third")
    store.remember("place", "first")
    store._db.execute("DROP TABLE named")
    store._db.execute("PRAGMA user_version = 1")
    store.close()


def kept(store: Store) -> tuple[object, ...]:
    attempts = [attempt.lines for attempt in store.attempts("first")]
    return (
        store.boards("first", "abc"),
        attempts,
        store.standings(),
        [badge[:2] for badge in store.collected()],
        store.prediction("first"),
        store.recall("place"),
    )


def test_a_file_of_version_1_loses_nothing(tmp_path: Path) -> None:
    new, old = tmp_path / "new.sqlite3", tmp_path / "old.sqlite3"
    filled(old)
    wanted = Store(new)
    wanted.keep_board(SAVED)
    wanted.keep_attempt(ATTEMPT)
    wanted.predict("first", "web")
    wanted.skip("third")
    wanted.remember("place", "first")
    store = Store(old)
    assert store.take_messages() == ()
    assert store.lasting
    assert schema.version(store._db) == schema.VERSION
    assert kept(store) == kept(wanted)
    assert store.named("first") == ()
    store.keep_named(BOARD)
    assert store.named("first") == (BOARD,)
    store.close()
    wanted.close()


def test_a_file_of_version_1_that_cannot_be_written_is_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.sqlite3"
    filled(path)

    def full(self: Store) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(Store, "_usable", full)
    store = Store(path)
    assert not store.lasting
    assert store.boards("first", "abc")[0].lines == SAVED.lines
    assert store.named("first") == ()
    store.close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()


def test_a_torn_file_of_version_1_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    filled(path)
    db = sqlite3.connect(path)
    db.execute("ALTER TABLE boards RENAME COLUMN lines TO lies")
    db.commit()
    db.close()
    store = Store(path)
    assert "damaged" in store.take_messages()[0]
    assert list(tmp_path.glob("old-set-aside-*"))
    store.close()
