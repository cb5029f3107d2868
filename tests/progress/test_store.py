"""The save file: what is kept, and what happens to a file or a disk that cannot be used."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.progress import schema
from scalegame.progress.files import HOME_VARIABLE, default_path
from scalegame.progress.model import Attempt, Measured, SavedBoard, Standing
from scalegame.progress.store import Store

BOARD = SavedBoard("first", "abc", ("add cache", "wire web -> cache"), "web", (), ("add cache",), ("buy index",))


def attempt(won: bool, stars: tuple[str, ...] = (), level: str = "first", badges: tuple[str, ...] = ()) -> Attempt:
    goals = (Measured("availability >= 97 %", 0.97, (0.98, None), 0.98, won),)
    return Attempt(level, "abc", ("add cache",), won, stars, goals, 0.4, 3.0, 4, 0.9, "It drowned.", badges)


_OPEN: list[Store] = []


def opened(path: Path) -> Store:
    _OPEN.append(Store(path))
    return _OPEN[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "saves" / "progress.sqlite3"


def test_a_board_comes_back_as_it_was(path: Path) -> None:
    store = opened(path)
    store.keep_board(BOARD)
    store.close()
    assert opened(path).boards("first", "abc") == (BOARD,)
    assert opened(path).recall("level") == "first"


def test_a_board_of_another_version_of_the_level_is_not_written_over(path: Path) -> None:
    store = opened(path)
    store.keep_board(BOARD)
    changed = SavedBoard("first", "def", ("add queue",))
    store.keep_board(changed)
    assert store.boards("first", "abc") == (BOARD, changed)
    assert store.boards("first", "def") == (changed, BOARD)


def test_one_unreadable_board_does_not_cost_the_others(path: Path) -> None:
    store = opened(path)
    store.keep_board(BOARD)
    store._write(("INSERT INTO boards VALUES ('first', 'bad', '[', '', '{}', 9e12)", ()))
    assert store.boards("first", "bad") == (BOARD,)


def test_attempts_come_back_newest_first(path: Path) -> None:
    store = opened(path)
    store.keep_attempt(attempt(False))
    store.keep_attempt(attempt(True, ("cost",)))
    first, second = opened(path).attempts("first")
    assert (first.won, first.stars, second.won) == (True, ("cost",), False)
    assert first.objectives == attempt(True).objectives
    assert first.at > 0


def test_an_attempt_takes_the_place_of_the_one_it_came_from_but_a_win_stays(path: Path) -> None:
    store = opened(path)
    store.keep_attempt(attempt(False))
    kept = store.keep_attempt(attempt(False))
    kept = store.keep_attempt(attempt(True, ("cost",)), instead=kept)
    assert [one.won for one in store.attempts("first")] == [True, False]
    store.keep_attempt(attempt(False), instead=kept)
    assert [one.won for one in store.attempts("first")] == [False, True, False]
    assert store.standings()["first"] == Standing(True, frozenset({"cost"}), 2)


def test_standing_collects_stars_over_attempts(path: Path) -> None:
    store = opened(path)
    for one in (attempt(False), attempt(True, ("cost",)), attempt(True, ("parts",)), attempt(False)):
        store.keep_attempt(one)
    store.skip("second")
    assert store.standings() == {
        "first": Standing(True, frozenset({"cost", "parts"}), 2),
        "second": Standing(skipped=True),
    }


def test_badges_are_collected_once(path: Path) -> None:
    store = opened(path)
    store.keep_attempt(attempt(False, badges=("So close",)))
    store.keep_attempt(attempt(False, badges=("So close",)))
    assert [badge[:2] for badge in store.collected()] == [("So close", "first")]


def test_predictions(path: Path) -> None:
    store = opened(path)
    assert store.prediction("first") is None
    store.predict("first", "web")
    found = store.prediction("first")
    assert found is not None
    assert (found.component, found.came_true) == ("web", None)
    store.settle_prediction("first", False)
    settled = store.prediction("first")
    assert settled is not None
    assert settled.came_true is False


@pytest.mark.parametrize(
    "content", [b"this is not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_file_is_put_aside_and_never_written_over(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = opened(path)
    aside = list(path.parent.glob("progress-set-aside-*.sqlite3"))
    assert [file.read_bytes() for file in aside] == [content]
    (message,) = store.take_messages()
    assert "damaged" in message
    assert aside[0].name in message
    assert store.lasting
    store.keep_board(BOARD)
    assert opened(path).boards("first", "abc") == (BOARD,)


def test_a_torn_table_is_damage(path: Path) -> None:
    store = opened(path)
    store.keep_board(BOARD)
    store._db.execute("DROP TABLE attempts")
    store.close()
    again = opened(path)
    assert "damaged" in again.take_messages()[0]
    assert again.attempts("first") == ()


def test_a_newer_file_is_put_aside(path: Path) -> None:
    store = opened(path)
    store.keep_board(BOARD)
    store._db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    store.close()
    again = opened(path)
    assert "newer" in again.take_messages()[0]
    assert again.boards("first", "abc") == ()
    (aside,) = path.parent.glob("progress-set-aside-*.sqlite3")
    with sqlite3.connect(aside) as kept:
        assert kept.execute("SELECT level FROM boards").fetchall() == [("first",)]
    kept.close()


def test_somebody_elses_database_is_put_aside(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("PRAGMA application_id = 12345")
    other.execute("CREATE TABLE bees (name TEXT)")
    other.commit()
    other.close()
    assert "another program" in opened(path).take_messages()[0]


def test_a_database_without_a_stamp_is_somebody_elses_too(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bees (name TEXT)")
    other.commit()
    other.close()
    assert "another program" in opened(path).take_messages()[0]


def test_a_table_with_other_columns_is_damage(path: Path) -> None:
    opened(path).close()
    db = sqlite3.connect(path)
    db.execute("DROP TABLE boards")
    db.execute("CREATE TABLE boards (level TEXT)")
    db.commit()
    db.close()
    store = opened(path)
    assert "damaged" in store.take_messages()[0]
    store.keep_board(BOARD)
    assert store.boards("first", "abc") == (BOARD,)


def test_bytes_that_are_no_text_do_not_stop_the_game(path: Path) -> None:
    store = opened(path)
    store.keep_attempt(attempt(True))
    store.close()
    db = sqlite3.connect(path)
    db.execute("INSERT OR REPLACE INTO memory VALUES ('place', CAST(x'ff' AS TEXT))")
    db.execute("UPDATE attempts SET stars = CAST(x'ff' AS TEXT), summary = CAST(x'ff' AS TEXT)")
    db.execute("INSERT INTO boards VALUES ('first', 'abc', x'ff', '', CAST(x'ff' AS TEXT), 0)")
    db.commit()
    db.close()
    store = opened(path)
    assert store.lasting
    assert store.recall("place") == "\ufffd"
    assert store.standings()["first"].won
    assert store.attempts("first") == ()
    assert store.boards("first", "abc") == ()


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_leaves_the_game_playing(path: Path, kind: str) -> None:
    if kind == "folder":
        path.mkdir(parents=True)
    elif hasattr(os, "mkfifo"):
        path.parent.mkdir()
        os.mkfifo(path)
    else:
        pytest.skip("there are no pipes here")
    store = opened(path)
    assert not store.lasting
    (message,) = store.take_messages()
    assert f"cannot be saved in {path.parent}" in message
    store.keep_board(BOARD)
    assert store.boards("first", "abc") == (BOARD,)


def test_the_first_save_has_a_stamp(path: Path) -> None:
    opened(path).close()
    db = sqlite3.connect(path)
    assert (schema.version(db), schema.application(db)) == (schema.VERSION, schema.APPLICATION)
    db.close()


def test_a_failed_migration_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(path)
    store.keep_board(BOARD)
    store.close()

    failures = iter([True])

    def fails(db: sqlite3.Connection) -> None:
        db.execute("DROP TABLE boards")
        if next(failures, False):
            raise sqlite3.OperationalError("the lights went out")

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, fails))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    broken = opened(path)
    assert not broken.lasting
    assert "the lights went out" in broken.take_messages()[0]
    monkeypatch.undo()
    assert opened(path).boards("first", "abc") == (BOARD,)


def test_a_folder_that_cannot_be_made_leaves_the_game_playing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = opened(tmp_path / "file" / "progress.sqlite3")
    assert not store.lasting
    assert "cannot be saved" in store.take_messages()[0]
    store.keep_board(BOARD)
    assert store.boards("first", "abc") == (BOARD,)


def test_a_disk_that_stops_taking_writes_leaves_the_game_playing(path: Path) -> None:
    store = opened(path)
    store.keep_board(BOARD)
    store._db.execute("PRAGMA query_only = ON")  # what a disk that was remounted read-only does to a writer
    store.keep_attempt(attempt(True))
    (message,) = store.take_messages()
    assert "nothing is saved" in message
    assert not store.lasting
    assert store.boards("first", "abc") == (BOARD,)
    assert store.standings()["first"].won


def test_two_games_at_once_share_the_file(path: Path) -> None:
    one, other = opened(path), opened(path)
    one.keep_board(BOARD)
    other.keep_attempt(attempt(True))
    assert other.boards("first", "abc") == (BOARD,)
    assert one.standings()["first"].won
    assert not one.messages
    assert not other.messages


def test_a_board_that_another_copy_has_saved_meanwhile_is_handed_over_not_lost(path: Path) -> None:
    one, other = opened(path), opened(path)
    assert not one.boards("first", "abc")
    assert not other.boards("first", "abc")
    theirs, ours = replace(BOARD, lines=("theirs",)), replace(BOARD, lines=("ours",))
    assert other.keep_board(theirs) is None
    assert one.keep_board(ours) == theirs
    assert one.keep_board(BOARD) is None, "nobody else has touched it since"
    assert other.keep_board(replace(BOARD, selected="")) is None, "the same design is not worth a word"
    assert other.boards("first", "abc")
    assert other.keep_board(theirs) is None, "it was seen before it was replaced"


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert default_path() == tmp_path / "progress.sqlite3"


_WRITER = """
import sys
from pathlib import Path
from scalegame.progress.model import SavedBoard
from scalegame.progress.store import Store
store = Store(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    store.keep_board(SavedBoard("first", "abc", tuple(f"line {i}" for i in range(number % 50)), str(number)))
    print(number, flush=True)
"""


def test_a_killed_game_loses_at_most_its_last_action(path: Path) -> None:
    random.seed(7)
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(random.uniform(0.0, 0.15))
        os.kill(writer.pid, signal.SIGKILL)
        told = [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
        store = opened(path)
        assert not store.messages
        (board,) = store.boards("first", "abc")
        store.close()
        last = int(told[-1]) if told else 1
        assert int(board.selected) in (last, last + 1)
        assert len(board.lines) == int(board.selected) % 50
