"""A terminal in which the real program runs."""

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
from pathlib import Path

PATIENCE = 60.0


class Terminal:
    """The game in a pseudo-terminal of 80 by 24; what it wrote is kept as it came.

    Left as a context, it is killed if it still runs.
    """

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
                **{name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")},
                "SCALEGAME_HOME": str(home),
                "TERM": "xterm-256color",
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

    def listen(self, seconds: float) -> None:
        """Takes in what the game writes in a time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._leader], [], [], left)[0]:
                self.written += os.read(self._leader, 65536).decode(errors="replace")

    def send(self, keys: str) -> None:
        """Sends keys, whatever the game is doing."""
        os.write(self._leader, keys.encode())

    def type(self, keys: str) -> None:
        """Sends keys when the game is still, and forgets what it wrote before."""
        self.settle()
        self.written = ""
        self.send(keys)

    def resize(self, columns: int, rows: int) -> None:
        """Makes the window another size; the game is told by the system."""
        fcntl.ioctl(self._leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self, how: int = signal.SIGKILL) -> None:
        """Ends the game, if it has not ended by itself."""
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
            self.process.wait()
        if self._leader >= 0:
            os.close(self._leader)
            self._leader = -1
