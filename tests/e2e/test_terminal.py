"""The real program in a real terminal: started, typed at, killed, started again."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0


class Terminal:
    """The game in a pseudo-terminal of 80 by 24; what it wrote is kept as it came."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self._leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scalegame", "play", *arguments],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            env={
                **os.environ,
                "SCALEGAME_HOME": str(home),
                "TERM": "xterm-256color",
                "COLUMNS": "80",
                "LINES": "24",
            },
        )
        os.close(follower)
        self.written = ""

    def until(self, text: str) -> None:
        """Waits until the game has written a text since the last key."""
        end = time.monotonic() + PATIENCE
        while text not in self.written:
            assert time.monotonic() < end, f"never wrote {text!r}; wrote {self.written[-2000:]!r}"
            ready, _, _ = select.select([self._leader], [], [], 0.2)
            if ready:
                self.written += os.read(self._leader, 65536).decode(errors="replace")

    def settle(self, quiet: float = 0.7) -> None:
        """Waits until the game writes nothing any more."""
        while select.select([self._leader], [], [], quiet)[0]:
            self.written += os.read(self._leader, 65536).decode(errors="replace")

    def type(self, keys: str) -> None:
        self.settle()
        self.written = ""
        os.write(self._leader, keys.encode())

    def end(self, how: int = signal.SIGKILL) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
            self.process.wait()
        os.close(self._leader)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.end()


def test_a_killed_game_comes_back_with_its_board(tmp_path: Path, terminals: list[Terminal]) -> None:
    level = str(Path(__file__).parents[1] / "tui" / "tiny.yaml")
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
