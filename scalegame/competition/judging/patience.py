"""To give something up that takes too long, wherever in it that may be."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooLong(BaseException):
    """Raised in a thread whose time is up; no `Exception`, so that nothing that goes on there mends it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """A block that is given up after so many seconds of wall time, between two steps of Python in it.

    A run looks at the clock between two ticks only, and a design may ask for more in one tick than anybody waits
    for. Signals would do the same, but in the main thread of some systems only; a worker is neither.

    Raises:
        TooLong: It was.
    """
    thread, lock = threading.get_ident(), threading.Lock()
    over = called = False

    def call() -> None:
        nonlocal called
        with lock:
            if not over:
                called = True
                _raise(thread, TooLong)

    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over = True
        timer.cancel()
        if called:
            # It may be on its way still; outside of the block nobody expects it.
            _raise(thread, None)


def _raise(thread: int, kind: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), None if kind is None else ctypes.py_object(kind)
    )
