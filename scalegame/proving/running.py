"""Runs, made where there is room and none twice, for tasks that decide by what they see how many they need.

A task is a generator: it yields `Ask`s (a design and seeds) and is sent the runs, in the order of the seeds. What
it returns depends on its own runs alone, so it does not matter where, in which order or in how many processes they
were made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from scalegame.design import price
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.levels.model import Level
from scalegame.proving.cache import Cache, content_of, with_effort
from scalegame.proving.model import Sample
from scalegame.proving.worker import Job, sample, scenario_of, work

#: Told how many runs of how many asked for so far are done, and how many of these were known before.
Progress = Callable[[int, int, int], None]
T = TypeVar("T")


class Ask(NamedTuple):
    """Runs that a task needs.

    Attributes:
        do: Edits of a design that can start.
        live: Its orders.
        board: That the edits make.
        seeds: One run each.
    """

    do: tuple[str, ...]
    live: tuple[str, ...]
    board: Board
    seeds: tuple[int, ...]


Task = Generator[Ask, tuple[Sample, ...], T]


@dataclass(slots=True)
class _Waiting:
    """A task, and the runs of its last ask as far as they are there."""

    number: int
    task: Task[object]
    ask: Ask
    content: bytes
    made: dict[int, Sample]


class Runner:
    """Makes the runs of one level."""

    def __init__(
        self,
        level: Level,
        kinds: Kinds,
        executor: Executor | None = None,
        cache: Cache | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Prepares to run.

        Args:
            level: Whose designs are run.
            kinds: The registry of kinds; worker processes use the installed one.
            executor: Where to run; None: in this process.
            cache: Of runs; None: what is made here is known here only.
            progress: Told after each run.
        """
        self._level, self._kinds = level, kinds
        self._executor, self._progress = executor, progress
        self._cache = cache or Cache()
        self._known: dict[tuple[bytes, int], Sample] = {}
        self._contents: dict[tuple[tuple[str, ...], tuple[str, ...]], bytes] = {}
        self._done = self._of = self._cached = 0

    def carry_out(self, tasks: Sequence[Task[T]]) -> tuple[T, ...]:
        """What the tasks return, in their order.

        Raises:
            ScalegameError: The level's file changed meanwhile.
        """
        results: dict[int, T] = {}
        flying: dict[Future[Sample], tuple[tuple[bytes, int], list[_Waiting]]] = {}
        queue: deque[tuple[int, Task[T], tuple[Sample, ...] | None]] = deque(
            (i, t, None) for i, t in enumerate(tasks)
        )
        try:
            while queue or flying:
                while queue:
                    number, task, runs = queue.popleft()
                    try:
                        ask = next(task) if runs is None else task.send(runs)
                    except StopIteration as end:
                        results[number] = end.value
                        continue
                    waiting = _Waiting(number, task, ask, self._content(ask), {})
                    self._begin(waiting, flying)
                    if self._complete(waiting):
                        queue.append((number, task, self._runs(waiting)))
                if flying:
                    ready, _ = wait(flying, return_when=FIRST_COMPLETED)
                    for future in ready:
                        key, those = flying.pop(future)
                        self._keep(key, future.result())
                        for waiting in those:
                            waiting.made[key[1]] = self._known[key]
                            self._told()
                            if self._complete(waiting):
                                queue.append((waiting.number, waiting.task, self._runs(waiting)))  # type: ignore[arg-type]
        except Exception:
            for future in flying:
                future.cancel()
            raise
        return tuple(results[i] for i in range(len(tasks)))

    def _begin(
        self, waiting: _Waiting, flying: dict[Future[Sample], tuple[tuple[bytes, int], list[_Waiting]]]
    ) -> None:
        """Looks the runs of an ask up, joins those that are under way, and starts the rest."""
        ask = waiting.ask
        self._of += len(ask.seeds)
        under_way = dict(flying.values())
        for seed in ask.seeds:
            key = (waiting.content, seed)
            known = self._known.get(key) or self._cache.get(*key)
            if known is not None:
                self._known[key] = waiting.made[seed] = known
                self._cached += 1
                self._told()
            elif key in under_way:
                under_way[key].append(waiting)
            elif self._executor is None:
                self._keep(key, sample(self._level, self._kinds, ask.do, seed, ask.live))
                waiting.made[seed] = self._known[key]
                self._told()
            else:
                job = Job(self._level.source, self._level.digest, ask.do, seed, ask.live, self._level.variant)
                flying[self._executor.submit(work, job)] = (key, [waiting])

    def _keep(self, key: tuple[bytes, int], made: Sample) -> None:
        self._known[key] = made
        self._cache.put(key[0], made)

    @staticmethod
    def _complete(waiting: _Waiting) -> bool:
        return len(waiting.made) == len(set(waiting.ask.seeds))

    def _runs(self, waiting: _Waiting) -> tuple[Sample, ...]:
        ask = waiting.ask
        effort = price.effort(self._level.found, ask.board, self._level.rulebook)
        return tuple(with_effort(self._level, waiting.made[seed], effort) for seed in ask.seeds)

    def _content(self, ask: Ask) -> bytes:
        key = (ask.do, ask.live)
        if key not in self._contents:
            self._contents[key] = content_of(self._level, scenario_of(self._level, ask.board, ask.live))
        return self._contents[key]

    @property
    def versions(self) -> Mapping[str, str]:
        """Of engine, Python, numpy and platform; empty before any run."""
        return next((made.versions for made in self._known.values()), {})

    def _told(self) -> None:
        self._done += 1
        if self._progress:
            self._progress(self._done, self._of, self._cached)
