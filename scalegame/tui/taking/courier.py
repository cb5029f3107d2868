"""Takes designs that were handed in to their competition, and looks how it stands: in threads of their own.

Nothing in here waits on a screen's time: a screen starts it, and is told.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from scalegame.competition.client import memberships, sync
from scalegame.competition.client.memberships import Membership
from scalegame.competition.client.remote import Refused, Unreachable
from scalegame.errors import ScalegameError, printable
from scalegame.levels.model import Level

#: Seconds between two looks at a competition, while its sheet is open.
LOOK = 15.0
#: Seconds after which a disk that could not be written to is tried again.
_DISK = 30.0
#: Seconds until it is first asked what came of a design, and between two such questions later on.
_ASK = (1.5, 20.0)
#: Seconds after which it is asked no more: the judge is behind, or nobody is there.
_GIVEN_UP = 1800.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server told of a competition; each may be anything, as it comes from outside.

    Attributes:
        contest, standings, announcements, poll, submissions: Answers.
        problem: Why there is nothing newer; "" if there is.
        at: When it was told (Unix time).
        fresh: Levels that are open and were not known here.
    """

    contest: object = None
    standings: object = None
    announcements: object = None
    poll: object = None
    submissions: object = None
    problem: str = ""
    at: float = 0.0
    fresh: tuple[Level, ...] = ()


class Awaited:
    """Designs that were taken and are not judged yet, and when it is time to ask again.

    A class that hands in at the same time is judged one after the other, so it is asked ever less often; who wants
    to know more opens the sheet.
    """

    def __init__(self) -> None:
        """Nothing is awaited."""
        self._of: dict[str, tuple[Membership, set[str], float, float]] = {}

    def add(self, membership: Membership, uuids: Collection[str], now: float) -> None:
        """Awaits these, too."""
        _, others, _, _ = self._of.get(membership.id, (membership, set[str](), 0.0, 0.0))
        self._of[membership.id] = (membership, others | set(uuids), _ASK[0], now + _GIVEN_UP)

    def look(self, now: float) -> list[str]:
        """Asks for all of them; a sentence for each that is judged now."""
        told = []
        for id, (membership, uuids, pause, end) in list(self._of.items()):
            with suppress(ScalegameError):
                rows = membership.remote().get("/submissions")
                for row in rows if isinstance(rows, list) else []:
                    if isinstance(row, dict) and row.get("uuid") in uuids and row.get("state") != "waiting":
                        uuids.discard(str(row["uuid"]))
                        told.append(_judged(membership, row))
            self._of[id] = (membership, uuids, min(2.0 * pause, _ASK[1]), end)
            if not uuids or now > end:
                del self._of[id]
        return told

    @property
    def pause(self) -> float | None:
        """Seconds until it should be asked again; None: nothing is awaited."""
        return min((pause for _, _, pause, _ in self._of.values()), default=None)


class Courier:
    """Sends what waits, for as long as something does, and tells what came of it."""

    def __init__(self, tell: Callable[[str, bool], None]) -> None:
        """Takes whom to tell (from another thread) what became of a design, and whether that is bad news."""
        self._tell = tell
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._running = False

    def start(self) -> None:
        """Goes now; it comes back at once."""
        with self._lock:
            self._wake.set()
            if not self._running:
                self._running = True
                threading.Thread(target=self._work, name="courier", daemon=True).start()

    def _work(self) -> None:
        said, awaited = "", Awaited()
        while True:
            self._wake.clear()
            for judged in awaited.look(time.time()):
                self._tell(judged, False)
            pause = None
            for membership in memberships.joined():
                if not sync.outbox(membership).waiting():
                    continue
                wait: float | None
                try:
                    done = sync.send(membership, time.time())
                except ScalegameError as error:
                    told, bad, wait = error.message, True, _DISK
                else:
                    told, bad = _told(membership, done)
                    if done.sent:
                        awaited.add(membership, done.sent, time.time())
                    wait = done.after if done.waiting else None
                if told and told != said:
                    self._tell(told, bad)
                said = told or said
                if wait is not None:
                    pause = wait if pause is None else min(pause, wait)
            if awaited.pause is not None:
                pause = awaited.pause if pause is None else min(pause, awaited.pause)
            if pause is None:
                with self._lock:
                    if not self._wake.is_set():
                        self._running = False
                        return
            else:
                self._wake.wait(max(pause, 0.2))


def _told(membership: Membership, done: sync.Sent) -> tuple[str, bool]:
    """What became of a round in one sentence, and whether it is bad news."""
    if done.refused:
        return f"{membership.title} does not take a design: {done.refused[-1].told}", True
    if done.waiting:
        return f"Not sent yet: {done.told}. It is kept here, and sent by itself.", False
    if done.sent:
        many = "Your design has" if len(done.sent) == 1 else f"{len(done.sent)} designs have"
        return f"{many} arrived at {membership.title}; contest shows what comes of it.", False
    return "", False


def _judged(membership: Membership, row: Mapping[str, object]) -> str:
    """What came of a design in one sentence; what the server says may be anything."""
    result = row.get("result")
    level = str(row.get("level")).rpartition(":")[2][:40]
    if not isinstance(result, dict):
        outcome = f"not judged: {str(row.get('reason'))[:200]}"
    elif result.get("won") is True:
        outcome = "won"
    else:
        goals = result.get("objectives")
        missed = [
            str(goal.get("text"))[:60]
            for goal in (goals if isinstance(goals, list) else [])
            if isinstance(goal, dict) and goal.get("held") is not True
        ]
        outcome = f"lost, {missed[0]} is missed" if missed else "lost"
    return printable(f"{membership.title}, {level}: {outcome}.")


class Watch:
    """Looks at a competition again and again, and does there what is asked for, one thing after the other."""

    def __init__(self, membership: Membership, known: Collection[str], tell: Callable[[Seen, str], None]) -> None:
        """Starts.

        Args:
            membership: Of the competition.
            known: Ids of the levels that are known here.
            tell: Whom to tell (from another thread) how it stands, and what became of a vote.
        """
        self._membership = membership
        self._known = set(known)
        self._tell = tell
        self._asked: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._last = Seen()
        threading.Thread(target=self._work, name="contest", daemon=True).start()

    def vote(self, poll: str, choice: str) -> None:
        """Votes; it comes back at once."""
        self._asked.put((poll, choice))

    def end(self) -> None:
        """Looks no more."""
        self._asked.put(None)

    def _work(self) -> None:
        said = ""
        while True:
            self._last = self._look()
            self._tell(self._last, said)
            said = ""
            try:
                asked = self._asked.get(timeout=LOOK)
            except queue.Empty:
                continue
            if asked is None:
                return
            said = self._vote(*asked)

    def _vote(self, poll: str, choice: str) -> str:
        try:
            self._membership.remote().call("PUT", f"/poll/{poll}/vote", {"choice": choice})
        except ScalegameError as error:
            return f"Not voted: {error.message}"
        return "Voted. Until it is closed you may vote again."

    def _look(self) -> Seen:
        remote = self._membership.remote()
        try:
            contest = sync.fetch(self._membership)
            return Seen(
                contest,
                remote.get("/standings"),
                remote.get("/announcements?after=0"),
                remote.get("/poll"),
                remote.get("/submissions"),
                at=time.time(),
                fresh=self._fresh(),
            )
        except (Unreachable, Refused, ScalegameError) as error:
            last = self._last
            old = (last.contest, last.standings, last.announcements, last.poll, last.submissions)
            return Seen(*old, problem=error.message, at=last.at)

    def _fresh(self) -> tuple[Level, ...]:
        """Levels that came with the last look; one that cannot be read is left out, and looked at no more."""
        missing = set(memberships.level_digests(self._membership)) - self._known
        self._known |= missing
        if not missing:
            return ()
        from scalegame.components import kinds
        from scalegame.levels import packs
        from scalegame.levels.naming import split

        found = []
        entries = {entry.id: entry for entry in packs.index(self._membership.pack)}
        for id in sorted(missing):
            own, variant = split(id)
            if own in entries:
                try:
                    found.append(packs.level_of(entries[own], kinds(), variant))
                except ScalegameError:
                    continue
        return tuple(found)
