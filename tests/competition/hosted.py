"""A real `scalegame host` in a process of its own, and clients that talk to it over the network."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.competition import contests

ROOT = Path(__file__).parents[2]
LEVELS = ("kiosks:tiny", "kiosks:late")

#: Seconds that a server may take to be there, on a machine that has other things to do.
_PATIENCE = 60.0
_BETWEEN = "adjust: {replicas: 1..4, size: [small, large]}"
_MORE = "adjust: {replicas: 1..8, size: [small, large], threads: 1..200}"


def pack(where: Path) -> Path:
    """The pack of the other tests, with so many more settings that a class does not try them all."""
    contests.pack(where)
    for path in where.glob("0*.yaml"):
        text = path.read_text()
        assert _BETWEEN in text
        path.write_text(text.replace(_BETWEEN, _MORE))
    return where


def lines(draw: random.Random) -> list[str]:
    """One of some thousand designs; most of them win."""
    size = draw.choice(["small", "small", "large"])
    few = f"set kiosk replicas={draw.randint(1, 8)} threads={draw.randint(10, 200)} size={size}"
    return ["add balancer", "rewire people -> balancer -> kiosk", few]


class Hosted:
    """A server, which can be killed and started again on its file.

    Attributes:
        db: The file.
        port: Where it listens; the same after every start.
        code: To join.
        instructor: The instructor's token; another after every start.
        guests: Address at which guests join; "" if none can.
    """

    def __init__(
        self,
        folder: Path,
        *,
        jobs: int = 1,
        minutes: int = 60,
        pack_folder: Path | None = None,
        start: str = "now",
        most_guests: int = 0,
    ) -> None:
        """Prepares it; `start` starts it."""
        self.db = folder / "contest.sqlite3"
        self.port = 0
        self.code = ""
        self.instructor = ""
        self.guests = ""
        self._pack = pack_folder or pack(folder / "pack")
        self._folder = folder
        self._jobs = jobs
        self._minutes = minutes
        self._start = start
        self._most_guests = most_guests
        self._process: subprocess.Popen[str] | None = None
        self._settings = folder / "settings.yaml"
        self._settings.write_text("format: 1\nmode: contest\nhidden_seeds: 3\n")

    def begin(self) -> None:
        """Starts the process, and does not wait for it."""
        command = [sys.executable, "-m", "scalegame", "host", str(self._pack), "--db", str(self.db)]
        command += ["--listen", "127.0.0.1", "--port", str(self.port), "--jobs", str(self._jobs)]
        if not self.db.exists():
            command += ["--settings", str(self._settings), "--minutes", str(self._minutes)]
            command += ["--start", self._start] if self._start else []
        if self._most_guests:
            command += ["--guests", str(self._most_guests)]
        environment = {**os.environ, "SCALEGAME_HOME": str(self._folder / "home"), "PYTHONUNBUFFERED": "1"}
        with (self._folder / "stderr.txt").open("a") as complaints:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True
            )

    def ready(self) -> bool:
        """Waits until it answers; False if it ended before."""
        assert self._process is not None
        assert self._process.stdout is not None
        watchdog = threading.Timer(_PATIENCE, self._process.kill)
        watchdog.start()
        try:
            for line in self._process.stdout:
                words = line.split()
                if words[:1] == ["join"]:
                    self.port = int(words[-1].rpartition(":")[2])
                elif words[:1] == ["code"]:
                    self.code = words[1]
                elif words[:3] == ["in", "a", "browser"]:
                    self.guests = words[3]
                elif words[:1] == ["instructor"]:
                    self.instructor = words[1].partition("#")[2]
                elif line.startswith("Ctrl-C"):
                    return True
            return False
        finally:
            watchdog.cancel()

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        self.begin()
        assert self.ready(), self.complaints()

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end()

    def _end(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.wait(20)
        self._process.stdout.close()
        self._process = None

    def complaints(self) -> str:
        """What it wrote as errors."""
        return (self._folder / "stderr.txt").read_text()


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    data: Any


class Caller:
    """Somebody who asks over a connection that is kept. Not for several threads."""

    def __init__(self, port: int, token: str = "", patience: float = 20.0) -> None:
        """Nothing is connected yet."""
        self.token = token
        self._to = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Asks once.

        Raises:
            OSError: Nobody answered, or not to the end.
        """
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            given["Content-Type"] = "application/json"
        kept = self._to.sock is not None
        try:
            answer, text = self._exchange(method, path, content, given)
        except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError) as error:
            self._to.close()
            if not kept:
                raise ConnectionError(str(error)) from error
            # A connection that was kept may be closed by the other side just now: then there is a new one.
            return self.ask(method, path, body, **headers)
        except (http.client.HTTPException, OSError) as error:
            self._to.close()
            raise ConnectionError(str(error)) from error
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, json.loads(text) if text else None)

    def _exchange(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._to.request(method, f"/api/1/{path}", content, dict(headers))
        with self._to.getresponse() as answer:
            return answer, answer.read()

    def join(self, code: str, name: str, key: str) -> Answer:
        """Joins with a team of his own."""
        return self.ask("POST", "join", {"code": code, "name": name, "team": f"Team {name}", "key": key})

    def submit(self, name: str, digest: str, level: str, do: list[str]) -> Answer:
        """Hands in a design under a name of its own."""
        body = {"format": 0, "level": level, "digest": digest, "engine": "", "do": do, "live": []}
        return self.ask("POST", "submissions", body, Idempotency_Key=name)

    def close(self) -> None:
        """Ends the connection."""
        self._to.close()


def digests(caller: Caller) -> dict[str, str]:
    """Of the levels that are open."""
    found = caller.ask("GET", "contest").data
    return {level["id"]: level["digest"] for level in found["levels"] if level["open"]}


def drawn(draw: random.Random) -> str:
    """128 bits as 32 digits: a key, or the name of a submission."""
    return uuid.UUID(int=draw.getrandbits(128)).hex
