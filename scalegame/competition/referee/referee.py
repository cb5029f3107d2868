"""The judge at work: takes what waits, a run at a time and in turn from all teams, and keeps what he finds."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, field

import numpy as np

from scalegame.competition.judging import judge
from scalegame.competition.judging.fair import FairQueue
from scalegame.competition.judging.judge import Job
from scalegame.competition.model import submission
from scalegame.competition.model.judgement import Run
from scalegame.competition.model.submission import Entry
from scalegame.competition.referee.contest import Contest
from scalegame.competition.referee.judging import Pending
from scalegame.errors import ScalegameError

#: Of the latest judgements, whose time from being received to being judged is remembered.
_REMEMBERED = 500
#: Seconds after which the file is looked at, though nobody said that something came.
_LOOK = 5.0
#: Seconds that a stop waits for what is being written.
_PATIENCE = 5.0
#: Seconds to wait after the disk has refused a judgement.
_FULL = 2.0

_log = logging.getLogger(__name__)


@dataclass
class _Case:
    """Something that is being judged.

    Attributes:
        what: It.
        entry: What was designed.
        jobs: The runs that it needs, in order.
        runs: Those that were made.
        over: Nothing more of it is waited for.
    """

    what: Pending
    entry: Entry
    jobs: list[Job]
    runs: dict[int, Run] = field(default_factory=dict)
    over: bool = False

    def decided(self) -> list[Run] | None:
        """All runs that count, if they are there."""
        found = []
        for index in range(len(self.jobs)):
            run = self.runs.get(index)
            if run is None:
                return None
            found.append(run)
            if run.ended:
                break
        return found


_Turn = tuple[_Case, int]
_Done = tuple[_Case, int, "Future[Run]"]


class Referee:
    """Judges what a competition's file has waiting; what he has not finished, the next one begins anew."""

    def __init__(
        self, contest: Contest, executor: Executor, workers: int = 2, clock: Callable[[], float] = time.time
    ) -> None:
        """Takes his tools.

        Args:
            contest: What he judges.
            executor: Where runs are made.
            workers: How many it makes at once.
            clock: Unix time.
        """
        self._contest = contest
        self._executor = executor
        self._most = 2 * workers
        self._clock = clock
        self._waiting: FairQueue[_Turn] = FairQueue()
        self._cases: dict[tuple[str, str, str, str, int], _Case] = {}
        self._flying = 0
        self._done: queue.SimpleQueue[_Done | None] = queue.SimpleQueue()
        self._times: deque[float] = deque(maxlen=_REMEMBERED)
        self._stopping = threading.Event()
        self._came = threading.Event()
        self._thread = threading.Thread(target=self._work, name="referee", daemon=True)
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begins, beside whoever calls."""
        self._contest.changed.append(self._told)
        self._came.set()
        self._thread.start()

    def stop(self) -> None:
        """Ends: what is under way is given up, and begun anew by the next one."""
        self._stopping.set()
        if self._told in self._contest.changed:
            self._contest.changed.remove(self._told)
        self._done.put(None)
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def lag(self) -> dict[str, object]:
        """How far behind the judge is: on the play seeds, and once it is over on the hidden ones.

        Returns:
            `waiting`: designs without a judgement; `running`: runs under way; `failed`: designs that could not be
            judged; `oldest`: for how many seconds the oldest of them waits; `p95`: of the seconds from being
            received to being judged, the 95th percentile of the latest; None: none was.
        """
        now = self._clock()
        # Once it is over, the final standings wait for the hidden seeds.
        both = (False, True) if self._contest.is_over(now) else (False,)
        waiting = [what for hidden in both for what in self._contest.pending(hidden)]
        with self._lock:
            times = list(self._times)
        return {
            "waiting": len(waiting),
            "running": self._flying,
            "failed": self._contest.count_failed(),
            "oldest": max((now - what.received for what in waiting), default=0.0),
            "p95": float(np.percentile(times, 95)) if times else None,
        }

    def _told(self, what: str, team: str | None) -> None:
        # What he tells himself is no news to him.
        if what in ("judged", "contest") and threading.current_thread() is not self._thread:
            self._came.set()
            # Whoever waits for runs hears of it, too.
            self._done.put(None)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._round()
            except Exception as error:
                # The disk is full, say, and without the judge nothing goes on: what he had found he finds again.
                _log.error("The judge waits: %s", error, exc_info=not isinstance(error, ScalegameError))
                self._cases.clear()
                self._waiting = FairQueue()
                self._came.set()
                self._stopping.wait(_FULL)

    def _round(self) -> None:
        if self._came.is_set():
            self._came.clear()
            self._gather()
        self._dispatch()
        try:
            done = self._done.get(timeout=_LOOK)
        except queue.Empty:
            self._came.set()
            return
        while done is not None:
            self._take(*done)
            try:
                done = self._done.get_nowait()
            except queue.Empty:
                return

    def _gather(self) -> None:
        """Puts in line what waits in the file and is not in line yet."""
        if not self._contest.can_judge:
            return
        # What everybody may see first; what is hidden until the end has time.
        for hidden in (False, True):
            for what in self._contest.pending(hidden):
                if what.id in self._cases:
                    continue
                try:
                    level = self._contest.levels.by_slot[what.slot]
                    entry = submission.check(what.design, level)
                    jobs = judge.jobs(level, entry, self._contest.seeds_for(what))
                except ScalegameError as error:
                    self._contest.failed(what, error.message, self._clock())
                    continue
                case = _Case(what, entry, jobs)
                self._cases[what.id] = case
                for index in range(len(jobs)):
                    self._waiting.add(what.team, int(hidden), (case, index))

    def _dispatch(self) -> None:
        while self._flying < self._most and not self._stopping.is_set():
            turn = self._waiting.next()
            if turn is None:
                return
            case, index = turn.item
            if case.over or index in case.runs:
                continue
            try:
                future = self._executor.submit(judge.work, case.jobs[index])
            except RuntimeError:
                # It was shut down: we are about to end.
                self._stopping.set()
                return
            self._flying += 1
            future.add_done_callback(lambda done, case=case, index=index: self._done.put((case, index, done)))  # type: ignore[misc]

    def _take(self, case: _Case, index: int, future: Future[Run]) -> None:
        """A run came back."""
        self._flying -= 1
        if case.over or self._stopping.is_set():
            return
        try:
            case.runs[index] = future.result()
        except CancelledError:
            self._waiting.add(case.what.team, int(case.what.hidden), (case, index))
            return
        except ScalegameError as error:
            self._end(case)
            self._contest.failed(case.what, error.message, self._clock())
            return
        made = case.decided()
        if made is None:
            return
        self._end(case)
        level = self._contest.levels.by_slot[case.what.slot]
        found = judge.judgement(level, case.entry, case.what.seeds, made)
        now = self._clock()
        self._contest.judged(case.what, found, now)
        if not case.what.hidden:
            with self._lock:
                self._times.append(max(now - case.what.received, 0.0))

    def _end(self, case: _Case) -> None:
        case.over = True
        self._cases.pop(case.what.id, None)
