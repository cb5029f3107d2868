"""Worker processes that Ctrl-C ends without a word, at whatever moment it comes."""

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


class Workers(ProcessPoolExecutor):
    """Own processes, started when there is work for them.

    A terminal sends Ctrl-C to all processes at once. In one that starts it would end an import halfway, with
    a traceback: so it is held back there until the process is ready, and then ends it as it ends any program.
    """

    def __init__(self, count: int) -> None:
        # Spawned, not forked: the caller may have threads or an event loop.
        super().__init__(count, multiprocessing.get_context("spawn"), _ready)

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


def _ready() -> None:
    """In a worker: from now on Ctrl-C ends it, and if it came already, now."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


@contextmanager
def _held_back() -> Iterator[None]:
    """Ctrl-C waits until the end of the block; where a system cannot do that, it does not."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    # The mask is what a new process inherits. Here it is not enough: another thread may take the signal, and
    # Python would raise it in this one, between the start of a process and the words that it waits for.
    answer = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, answer)
        if came:
            signal.raise_signal(signal.SIGINT)
