"""Something that somebody asked for, which may have to be begun more than once until it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from scalegame.errors import ScalegameError

TRIES = 2
"""How often a run that was lost with a worker is made again."""
STOPPED = "the judge was stopped while a run of it was made: judge it again"


class Task:
    """What is to be done, and the future of whoever asked for it.

    Attributes:
        call: Does it.
        future: Done when it is done for good, or given up.
        tried: How often it was lost.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.future: Future[object] = Future()
        self.tried = 0
        self._lock = threading.Lock()
        self._settled = False

    def finish(self, inner: Future[object]) -> None:
        """As `inner` ended, which was not cancelled."""
        error = inner.exception()
        if error is None:
            self.give(inner.result())
        else:
            self.give_up(error)

    def give(self, made: object) -> None:
        """With what it made."""
        if self._settle():
            self.future.set_result(made)

    def give_up(self, error: BaseException) -> None:
        """With an error."""
        if self._settle():
            self.future.set_exception(error)

    def fail(self, message: str) -> None:
        """Without a verdict."""
        self.give_up(ScalegameError("Not judged", message))

    def drop(self) -> None:
        """It is not wanted any more."""
        self.future.cancel()
        self._settle()

    def _settle(self) -> bool:
        """Whether there is something to tell: to the first who asks, unless nobody wants to know any more."""
        with self._lock:
            settled, self._settled = self._settled, True
        return not settled and self.future.set_running_or_notify_cancel()
