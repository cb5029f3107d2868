"""Worker processes that end without a word with the one that started them, at whatever moment it is told to."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


#: Ctrl-C, and the word to end.
_ENDING = (signal.SIGINT, signal.SIGTERM)


class Workers(ProcessPoolExecutor):
    """Own processes, started when there is work for them.

    A terminal sends Ctrl-C to all processes at once. In one that starts it would end an import halfway, with
    a traceback: so it is held back there until the process is ready, and then ends it as it ends any program.
    """

    def __init__(self, count: int, begin: Callable[[], None] | None = None) -> None:
        """Prepares to start processes.

        Args:
            count: At most so many.
            begin: What each of them does before its first work; top level, so that it is found there.
        """
        # Spawned, not forked: the caller may have threads or an event loop.
        super().__init__(count, multiprocessing.get_context("spawn"), _ready, (begin,))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As an executor does; a process that is started for it inherits that Ctrl-C has to wait."""
        with _held_back():
            return super().submit(fn, *args, **kwargs)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for what is under way, unless somebody pressed Ctrl-C."""
        if isinstance(error, KeyboardInterrupt):
            # One that was born after the signal has not heard of it, and has work for a while.
            for process in multiprocessing.active_children():
                process.terminate()
        super().__exit__(kind, error, trace)


def _ready(begin: Callable[[], None] | None) -> None:
    """In a worker: from now on such a signal ends it, and if it came already, now."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    if begin is not None:
        begin()


@contextmanager
def _held_back() -> Iterator[None]:
    """What ends a process waits until the end of the block; where a system cannot do that, it does not."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    # The mask is what a new process inherits. Here it is not enough: another thread may take the signal, and
    # Python would raise it in this one, between the start of a process and the words that it waits for.
    answers = {number: signal.signal(number, lambda number, _: came.append(number)) for number in _ENDING}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, answer in answers.items():
            signal.signal(number, answer)
        if came:
            signal.raise_signal(came[0])
