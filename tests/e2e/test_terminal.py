"""The real program in a real terminal: started, typed at, killed, started again."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import PATIENCE, Terminal

TINY = Path(__file__).parents[1] / "tui" / "tiny.yaml"


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.end()


def test_a_killed_game_comes_back_with_its_board(tmp_path: Path, terminals: list[Terminal]) -> None:
    level = str(TINY)
    first = Terminal(tmp_path, level)
    terminals.append(first)
    first.until("To win")
    first.type("\r")
    first.until("kiosk")
    first.type(":set kiosk replicas=2\r")
    first.until("$0.20/h")
    first.end(signal.SIGKILL)
    second = Terminal(tmp_path, level)
    terminals.append(second)
    second.until("as you left it")
    assert "$0.20/h" in second.written
    second.type("u")
    second.until("Took back")
    second.type("q")
    second.until("Leave the game?")
    second.type("y")
    assert second.process.wait(PATIENCE) == 0


def test_a_window_that_never_keeps_still_breaks_nothing(tmp_path: Path) -> None:
    luck = random.Random(7)
    sizes = ((80, 24), (79, 24), (200, 60), (1, 1), (40, 10), (120, 40), (80, 23), (160, 50), (300, 5))
    with Terminal(tmp_path, str(TINY)) as terminal:
        terminal.until("To win")
        terminal.send("\r")
        terminal.until("Space")
        # Over dialogs, sheets, the typed line, and while a run is computed and played.
        for keys in ("a", "\x1b", "e", "\x1b", "?", "\x1b", ":set kiosk rep", "\x1b", " ", "7", "l", "\x1b", "\r"):
            for _ in range(6):
                terminal.resize(*luck.choice(sizes))
                terminal.listen(luck.random() * 0.02)
            # Where it is too small nothing can be done; so keys come at a size that will do.
            terminal.resize(*luck.choice(((80, 24), (120, 40))))
            terminal.send(keys)
            terminal.listen(0.1)
            assert terminal.process.poll() is None, terminal.written[-3000:]
        terminal.resize(80, 24)
        terminal.type("\x1b")
        terminal.type("\x1b")
        terminal.type(":what-is-this\r")
        terminal.until('"what-is-this"')
        terminal.type(":quit\r")
        assert terminal.process.wait(PATIENCE) == 0
