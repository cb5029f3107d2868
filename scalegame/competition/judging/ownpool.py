"""Runs in processes of this machine. A process that dies takes nothing with it but the run that killed it."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait as wait_for_ends
from types import TracebackType
from typing import ParamSpec, TypeVar

from scalegame.competition.judging.tasks import STOPPED, TRIES, Task
from scalegame.proving.processes import Workers

P = ParamSpec("P")
T = TypeVar("T")

#: What a process may have of a machine's memory, bytes; past that a run is given up. The most that the limits of
#: a run allow needs a tenth of it.
MEMORY = 4 * 1024**3


def begin() -> None:
    """In a worker: it has so much memory, and ends when the process that started it does, however that ends."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        allowed = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        # Some systems have no such limit, and say so.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (allowed, most))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed process tells its workers nothing, and what they wait for would never come."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_ends([parent.sentinel])
        os._exit(1)


class OwnPool(Executor):
    """Worker processes, of which any may die at any time.

    When one dies, a pool cannot say which of the runs under way killed it. Each of them is then made again alone,
    in a process of its own; the one that dies there again has no verdict, and all others have theirs. The pool
    is given no more than it has processes, so that only what had begun comes under suspicion.
    """

    def __init__(self, workers: int) -> None:
        """Prepares to work; processes start with the first task.

        Args:
            workers: At least 1.
        """
        self._workers = workers
        self._lock = threading.RLock()
        self._waiting: deque[Task] = deque()
        self._open: set[Future[object]] = set()
        self._flying = 0
        self._pool: Workers | None = None
        self._mender = ThreadPoolExecutor(1, "mending")
        self._closed = self._stopping = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Does something in another process.

        Returns:
            A future; it fails with `ScalegameError` "Not judged" where process after process died of it.

        Raises:
            RuntimeError: It has been shut down.
        """
        task = Task(partial(fn, *args, **kwargs))
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._open.add(task.future)
            self._waiting.append(task)
        task.future.add_done_callback(self._forget)
        self._feed()
        return task.future  # type: ignore[return-value]

    def _forget(self, future: Future[object]) -> None:
        with self._lock:
            self._open.discard(future)

    def _feed(self) -> None:
        """Gives the processes what they have room for."""
        while True:
            with self._lock:
                if not self._waiting or self._flying >= self._workers:
                    return
                task = self._waiting.popleft()
                begun = None if task.future.cancelled() else self._begin(task)
            if begun is None:
                task.drop()
            else:
                pool, inner = begun
                inner.add_done_callback(partial(self._ended, task, pool))

    def _begin(self, task: Task) -> tuple[Workers, Future[object]]:
        """Gives a task to the pool, or to a new one if a process of it has just died."""
        self._flying += 1
        if self._pool is not None:
            with suppress(BrokenExecutor):
                return self._pool, self._pool.submit(task.call)
        self._pool = Workers(self._workers, begin)
        return self._pool, self._pool.submit(task.call)

    def _ended(self, task: Task, pool: Workers, inner: Future[object]) -> None:
        died = not inner.cancelled() and isinstance(inner.exception(), BrokenExecutor)
        with self._lock:
            self._flying -= 1
            if died and self._pool is pool:
                self._pool = None
        if died:
            self._suspect(task)
        else:
            task.finish(inner)
        self._feed()

    def _suspect(self, task: Task) -> None:
        # Not here: this is a thread of the pool that broke, which holds locks.
        try:
            self._mender.submit(self._alone, task)
        except RuntimeError:
            task.fail(STOPPED)

    def _alone(self, task: Task) -> None:
        """Makes a run where it can take nothing else with it."""
        for _ in range(TRIES):
            if self._stopping or task.future.cancelled():
                break
            with Workers(1, begin) as pool:
                inner = pool.submit(task.call)
                wait([inner])
            if not isinstance(inner.exception(), BrokenExecutor):
                task.finish(inner)
                return
        if task.future.cancelled():
            task.drop()
        elif self._stopping:
            task.fail(STOPPED)
        else:
            task.fail("the process that made a run of it died each time: it may need more memory than there is")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the processes.

        Args:
            wait: Until everything is done; otherwise what has not begun is cancelled, and what is under way ends
                by itself.
            cancel_futures: What has not begun is cancelled in either case.
        """
        with self._lock:
            self._closed = True
            self._stopping |= not wait
            dropped = list(self._waiting) if cancel_futures or not wait else []
            if dropped:
                self._waiting.clear()
        for task in dropped:
            task.drop()
        if wait:
            self._wait()
        self._mender.shutdown(wait=wait, cancel_futures=not wait)
        if self._pool is not None:
            self._pool.shutdown(wait=wait)

    def _wait(self) -> None:
        with self._lock:
            left = list(self._open)
        wait(left)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for what is under way; after Ctrl-C it is ended."""
        if isinstance(error, KeyboardInterrupt):
            self.shutdown(wait=False)
            for process in multiprocessing.active_children():
                process.terminate()
        self.shutdown()
