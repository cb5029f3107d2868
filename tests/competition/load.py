"""A class at work on one server: how long the board takes, how far behind the judge is, and what is lost.

    python -m tests.competition.load --clients 200 --submissions 1000 --minutes 10

Each client is a player with a connection of his own. He hands in when it is his turn, again after
`Retry-After`, and looks at the standings now and then, as the game does. One more looks on as the board does: it
listens to events, and asks for the standings when they have changed. What is measured depends on the machine;
what is counted does not.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.competition.hosted import LEVELS, Caller, Hosted, digests, drawn, lines

#: Seconds between two looks at the standings of a client.
_LOOK = 15.0
#: Seconds between two announcements, which say how long news takes to the board.
_NEWS = 2.0


@dataclass
class Report:
    """What was seen. Times in seconds.

    Attributes:
        accepted: Numbers of submissions that were acknowledged.
        waited: How often somebody was asked to wait (429), always with a time.
        standings: How long answers to a question for the standings took.
        handed_in: How long an acknowledgement took.
        news: From an announcement being accepted until the board has heard of it and has the standings.
        oldest: For how long the oldest design waited for its judgement, looked at now and then.
        wrong: What should not be.
    """

    accepted: list[str] = field(default_factory=list)
    waited: int = 0
    standings: list[float] = field(default_factory=list)
    handed_in: list[float] = field(default_factory=list)
    news: list[float] = field(default_factory=list)
    oldest: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Class:
    """Everybody who takes part."""

    def __init__(self, server: Hosted, clients: int, submissions: int, seconds: float) -> None:
        """Prepares, and does not begin."""
        self.report = Report()
        self._server = server
        self._seconds = seconds
        self._over = threading.Event()
        self._said: dict[int, float] = {}
        shares = [submissions // clients + (i < submissions % clients) for i in range(clients)]
        self._threads = [
            threading.Thread(target=self._play, args=(i, share), daemon=True) for i, share in enumerate(shares)
        ]

    def work(self) -> Report:
        """All of it."""
        listener = threading.Thread(target=self._look_on, daemon=True)
        listener.start()
        teacher = threading.Thread(target=self._teach, daemon=True)
        teacher.start()
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()
        self._over.set()
        teacher.join(30)
        return self.report

    def _play(self, number: int, share: int) -> None:
        draw = random.Random(number)
        caller = Caller(self._server.port)
        try:
            joined = self._until(
                lambda: caller.join(self._server.code, f"P{number}", drawn(random.Random(-number)))
            )
            caller.token = str(joined.data["token"])
            known = digests(caller)
            begin = time.monotonic()
            # Evenly, and not all at once.
            turns = sorted(draw.uniform(0.0, self._seconds * 0.95) for _ in range(share))
            looked = begin + draw.uniform(0.0, _LOOK)
            for turn in turns:
                while (now := time.monotonic()) < begin + turn:
                    if now >= looked:
                        self._ask_standings(caller)
                        looked = now + _LOOK
                    time.sleep(max(min(begin + turn, looked) - now, 0.0))
                self._hand_in(caller, known[LEVELS[0]], draw)
        except Exception as error:
            self.report.wrong.append(f"client {number}: {type(error).__name__}: {error}")
        finally:
            caller.close()

    def _until(self, ask):  # type: ignore[no-untyped-def]
        """Asks until it is not told to wait."""
        while True:
            answer = ask()
            if answer.status != 429:
                return answer
            self.report.waited += 1
            if "retry-after" not in answer.headers:
                self.report.wrong.append("429 without Retry-After")
            time.sleep(float(answer.headers.get("retry-after", "1")))

    def _hand_in(self, caller: Caller, digest: str, draw: random.Random) -> None:
        name, do = drawn(draw), lines(draw)

        def ask():  # type: ignore[no-untyped-def]
            begun = time.monotonic()
            answer = caller.submit(name, digest, LEVELS[0], do)
            self.report.handed_in.append(time.monotonic() - begun)
            return answer

        answer = self._until(ask)
        if answer.status == 202:
            self.report.accepted.append(name)
        else:
            self.report.wrong.append(f"handing in: {answer.status} {answer.data}")

    def _ask_standings(self, caller: Caller) -> None:
        begun = time.monotonic()
        answer = self._until(lambda: caller.ask("GET", "standings"))
        self.report.standings.append(time.monotonic() - begun)
        if answer.status != 200:
            self.report.wrong.append(f"standings: {answer.status}")

    def _teach(self) -> None:
        """The instructor says something now and then, and looks how the judge is doing."""
        caller = Caller(self._server.port, self._server.instructor)
        while not self._over.wait(_NEWS):
            answer = caller.ask("POST", "host/announcements", {"text": "Go on."})
            if answer.status not in (200, 201):
                self.report.wrong.append(f"announcing: {answer.status} {answer.data}")
                continue
            self._said[int(answer.data["id"])] = time.monotonic()
            overview = caller.ask("GET", "host/overview")
            self.report.oldest.append(float(overview.data["lag"]["oldest"]))
        caller.close()

    def _look_on(self) -> None:
        """The board: hears that something has changed, and asks what."""
        asking = Caller(self._server.port, self._server.instructor)
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        connection.request("GET", "/api/1/events", headers={"Authorization": f"Bearer {self._server.instructor}"})
        answer, last = connection.getresponse(), 0
        while not self._over.is_set():
            line = answer.readline()
            if not line:
                self.report.wrong.append("the board was hung up on")
                return
            if line.strip() != b"event: announcement":
                continue
            heard = time.monotonic()
            rows = asking.ask("GET", f"announcements?after={last}").data
            asking.ask("GET", "standings")
            done = time.monotonic()
            for row in rows:
                last = max(last, int(row["id"]))
                said = self._said.get(int(row["id"]), heard)
                self.report.news.append(done - min(said, heard))
        answer.close()
        connection.close()
        asking.close()


def loaded(folder: Path, clients: int, submissions: int, seconds: float, jobs: int = 2) -> Report:
    """Lets a class work, waits for the judge, and counts.

    Args:
        folder: For the server's file.
        clients: Players.
        submissions: Of all of them.
        seconds: In which they hand them in.
        jobs: Processes that judge.
    """
    server = Hosted(folder, jobs=jobs, minutes=120)
    server.start()
    try:
        found = Class(server, clients, submissions, seconds).work()
        caller = Caller(server.port, server.instructor)
        end = time.monotonic() + 600
        while time.monotonic() < end and caller.ask("GET", "host/overview").data["lag"]["waiting"]:
            time.sleep(0.5)
        kept = Counter(row["uuid"] for row in caller.ask("GET", "host/export.json").data["submissions"])
        caller.close()
        found.wrong += [f"{name} was accepted and is not there" for name in found.accepted if name not in kept]
        found.wrong += [f"{name} is there {count} times" for name, count in kept.items() if count > 1]
        if len(found.accepted) != submissions:
            found.wrong.append(f"{len(found.accepted)} of {submissions} were accepted")
        return found
    finally:
        server.stop()


def told(values: Sequence[float]) -> str:
    """Median, 95th percentile and maximum, in milliseconds."""
    if len(values) < 2:
        return "–"
    p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
    return f"p50 {statistics.median(values) * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms, max {max(values) * 1e3:.0f} ms"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = loaded(Path(folder), given.clients, given.submissions, given.minutes * 60, given.jobs)
    print(f"{len(found.accepted)} submissions accepted, {found.waited} times asked to wait")
    print(f"handing in    {told(found.handed_in)}")
    print(f"standings     {told(found.standings)}")
    print(f"news to board {told(found.news)}")
    print(f"judge behind  oldest at most {max(found.oldest, default=0.0):.1f} s")
    print("\n".join(found.wrong[:20]) or "nothing lost, nothing doubled")
    raise SystemExit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
