"""The real program, killed at twenty moments while somebody plays: at most the last action is lost."""

from __future__ import annotations

import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.levels.load import load
from scalegame.progress.store import Store
from scalegame.tui.board.session import Session
from tests.e2e.terminal import Terminal

LEVEL = Path(__file__).parents[1] / "tui" / "tiny.yaml"
#: What is typed, one line after the other, and what the board is after each.
LINES = (
    "add balancer",
    "set kiosk replicas=2",
    "rewire people -> balancer -> kiosk",
    "set kiosk size=large",
    "buy faster-till",
    "undo",
    "set kiosk replicas=4",
    "redo",
    "move kiosk 7,3",
    "unwire balancer -> kiosk",
    "undo",
    "set kiosk size=small",
)


def boards() -> list[tuple[str, ...]]:
    """The design after each of the lines; the first is the board as found."""
    session = Session(load(LEVEL, kinds()))
    found = [session.lines]
    for line in LINES:
        if line == "undo":
            session.undo()
        elif line == "redo":
            session.redo()
        else:
            session.do(line)
        found.append(session.lines)
    return found


def saved(home: Path) -> tuple[str, ...] | None:
    """The design in the save file, which must be sound; None: nothing was saved yet."""
    path = home / "progress.sqlite3"
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    level = load(LEVEL, kinds())
    store = Store(path)
    try:
        kept = store.boards(level.id, level.digest)
        assert not store.take_messages()
        session = Session(level, kept)
        assert session.notice == ""
        assert edits.same(session.board, edits.apply_all(level.found, session.lines, level.rulebook))
        return session.lines if kept else None
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_game_loses_at_most_the_last_action(tmp_path: Path, seed: int) -> None:
    luck, expected = random.Random(seed), boards()
    for kill in range(5):
        home = tmp_path / str(kill)
        done = luck.randrange(len(LINES))
        with Terminal(home, str(LEVEL)) as terminal:
            terminal.until("To win")
            terminal.send("\r")
            terminal.until("Space")
            # What is answered to nonsense behind them says that the lines before have been done.
            terminal.send("".join(f":{line}\r" for line in (*LINES[:done], "nonsense")))
            terminal.until('"nonsense"')
            # The last line is sent whole or in part, and nobody waits for what comes of it.
            last = f":{LINES[done]}\r"
            terminal.send(last[: luck.randint(1, len(last))] if luck.random() < 0.5 else last)
            terminal.listen(luck.random() * 0.05)
            terminal.end(signal.SIGKILL)
        kept = saved(home)
        assert (kept or ()) in expected[done : done + 2], f"killed after {done} lines and a bit of the next"
        # It starts again from there.
        if kill == 4:
            with Terminal(home, str(LEVEL)) as terminal:
                terminal.until("as you left it" if kept else "Tiny")
                assert terminal.process.poll() is None
