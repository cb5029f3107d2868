"""Kills a server that is at work, at random moments, and looks whether anything it acknowledged was lost.

    python -m tests.competition.kill --times 200

Four players hand designs in as fast as they are answered, each under a number of its own, and again until it is
answered, as the game does. Whatever was acknowledged has to be there once and judged once, and the file has to be
whole after every kill.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from scalegame.competition.store.store import Store
from tests.competition.hosted import LEVELS, Caller, Hosted, digests, drawn, lines

PLAYERS = 4
#: Seconds that a server is left in peace, at least and at most.
_PEACE = (0.02, 0.8)
#: Seconds after which a run without an end is given up.
_PATIENCE = 300.0


@dataclass
class Report:
    """What was seen.

    Attributes:
        kills: How often it was killed.
        acknowledged: Numbers of submissions that were answered as taken.
        repeated: Requests that had to be sent again, because the answer never came.
        wrong: What should not be; empty if all is well.
    """

    kills: int = 0
    acknowledged: list[str] = field(default_factory=list)
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)


class Player(threading.Thread):
    """Hands in until he is told to stop; what he has begun he brings to its end."""

    def __init__(self, server: Hosted, number: int, report: Report) -> None:
        """Takes a server that runs."""
        super().__init__(daemon=True)
        self._server = server
        self._draw = random.Random(number)
        self._report = report
        self.key = drawn(self._draw)
        caller = Caller(server.port)
        joined = caller.join(server.code, f"P{number}", self.key)
        assert joined.status == 201, joined
        caller.close()
        self.token = str(joined.data["token"])
        self.enough = threading.Event()
        self.team = str(joined.data["team"]["id"])

    def run(self) -> None:
        """Works."""
        caller = Caller(self._server.port, self.token, patience=5.0)
        known: dict[str, str] = {}
        end = time.monotonic() + _PATIENCE
        while not self.enough.is_set() and time.monotonic() < end:
            name, do = drawn(self._draw), lines(self._draw)
            while time.monotonic() < end:
                try:
                    known = known or digests(caller)
                    answer = caller.submit(name, known[LEVELS[0]], LEVELS[0], do)
                except OSError:
                    self._report.repeated += 1
                    time.sleep(0.2)
                    continue
                if answer.status in (200, 202):
                    self._report.acknowledged.append(name)
                    break
                if answer.status != 429:
                    self._report.wrong.append(f"answered with {answer.status}: {answer.data}")
                    return
                time.sleep(float(answer.headers.get("retry-after", "1")) / 4)
            # A class is not a flood.
            time.sleep(0.15)
        caller.close()


def killed(folder: Path, times: int, seed: int = 1) -> Report:
    """Starts a server, kills it so often, and looks at what is left.

    Args:
        folder: For its file.
        times: How often.
        seed: Of the moments.
    """
    report, draw, server = Report(), random.Random(seed), Hosted(folder)
    server.start()
    players = [Player(server, number, report) for number in range(PLAYERS)]
    for player in players:
        player.start()
    try:
        for _ in range(times):
            time.sleep(draw.uniform(*_PEACE))
            server.kill()
            report.kills += 1
            store = Store(server.db)
            report.wrong += store.problems()
            store.close()
            server.start()
        for player in players:
            player.enough.set()
        for player in players:
            player.join(60)
        _look(server, players, report)
    finally:
        server.stop()
    return report


def _look(server: Hosted, players: list[Player], report: Report) -> None:
    """Waits until everything is judged, and counts."""
    end = time.monotonic() + _PATIENCE
    rows: list[dict[str, object]] = []
    while time.monotonic() < end:
        rows = [row for player in players for row in _asked(server, player.token, "submissions")]
        if all(row["state"] == "judged" for row in rows):
            break
        time.sleep(0.5)
    found = Counter(str(row["uuid"]) for row in rows)
    acknowledged = Counter(report.acknowledged)
    report.wrong += [f"{name} was acknowledged and is not there" for name in acknowledged if name not in found]
    report.wrong += [f"{name} is there {count} times" for name, count in found.items() if count > 1]
    report.wrong += [f"{row['uuid']} is {row['state']}" for row in rows if row["state"] != "judged"]
    caller = Caller(server.port, players[0].token)
    standings = caller.ask("GET", "standings").data
    caller.close()
    teams = Counter(str(row["team"]) for row in standings["rows"])
    if teams != Counter(player.team for player in players):
        report.wrong.append(f"the standings have the teams {dict(teams)}")
    store = Store(server.db)
    row = store.one(
        "SELECT COUNT(*) AS designs, (SELECT COUNT(*) FROM judgements WHERE seeds = 'play') AS judged "
        "FROM (SELECT DISTINCT digest, key FROM submissions)"
    )
    assert row is not None
    if row["designs"] != row["judged"]:
        report.wrong.append(f"{row['designs']} different designs, {row['judged']} judgements")
    report.wrong += store.problems()
    store.close()


def _asked(server: Hosted, token: str, path: str) -> list[dict[str, object]]:
    caller = Caller(server.port, token)
    try:
        answer = caller.ask("GET", path)
        return answer.data if answer.status == 200 else [{"uuid": "", "state": f"answer {answer.status}"}]
    finally:
        caller.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = killed(Path(folder), given.times, given.seed)
    print(
        f"killed {report.kills} times; {len(report.acknowledged)} submissions acknowledged, "
        f"{report.repeated} requests sent again"
    )
    print("\n".join(report.wrong) or "nothing lost, nothing doubled, the file is whole")
    raise SystemExit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
