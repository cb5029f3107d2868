"""Time-outs: equal ones of one caller expire in the order in which they were set. And patience, which differs.

Source: of patience, the reneging customers of queueing theory (Palm's model, "Erlang A"): who has been given a
thread stays, however long it takes. Left out: people who see the line and do not join it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from scalegame.simulation.kernel import LATE, TIMED_OUT, Flow, Kernel
from scalegame.simulation.pool import Pool
from scalegame.simulation.randomness import Draw


class Timeouts:
    """Watches calls for one duration: one deque and one armed event, however many calls there are.

    Whoever has been answered leaves the head of the deque as others join, so that it holds not much more than
    the calls in flight: a deque that held all calls of the last second would drive the rest of the run out of
    the processor's cache.

    A caller that times out stops waiting; the work that it asked for goes on. A reply exactly at the
    deadline counts as in time, since time-outs come last among the events of an instant.
    """

    __slots__ = ("_armed", "_env", "_kernel", "_watched", "on_expiry", "seconds")

    def __init__(self, kernel: Kernel, seconds: float) -> None:
        self._kernel, self._env, self.seconds, self._armed = kernel, kernel.env, seconds, False
        self._watched: deque[tuple[float, Flow, Flow]] = deque()
        self.on_expiry: Callable[[Flow], None] | None = None

    def watch(self, call: Flow) -> None:
        """From now on `call`'s caller waits at most `seconds` for it; then it is woken with TIMED_OUT."""
        caller = call.caller
        if caller is None:
            raise ValueError("a call without a caller cannot time out")
        watched = self._watched
        while watched:
            _, first, awaited = watched[0]
            if first.awaits is awaited:
                break
            watched.popleft()
        when = self._env._now + self.seconds
        watched.append((when, caller, call))
        if not self._armed:
            self._armed = True
            self._kernel.at(when, self._expire, LATE)

    def _expire(self) -> None:
        watched, kernel = self._watched, self._kernel
        now = self._env._now
        while watched:
            when, caller, call = watched[0]
            if caller.awaits is not call:  # answered, or died
                watched.popleft()
            elif when > now:
                kernel.at(when, self._expire, LATE)
                return
            else:
                watched.popleft()
                if self.on_expiry is not None:
                    self.on_expiry(call)
                kernel.wake(caller, call, TIMED_OUT)
        self._armed = False


class Patience:
    """Callers who leave a line when they have stood in it for too long; an event for each of them."""

    def __init__(
        self,
        kernel: Kernel,
        draw: Draw,
        lines: Callable[[], Sequence[Pool]],
        watch: Callable[[Flow], None] | None = None,
    ) -> None:
        """Prepares to watch.

        Args:
            kernel: Of the run.
            draw: How long somebody waits, seconds.
            lines: Which queues can be left.
            watch: Whoever watches the same calls for a time-out.
        """
        self._kernel, self._draw, self._watch = kernel, draw, watch
        self._lines, self._ids = lines, frozenset[int]()

    def watch(self, call: Flow) -> None:
        """From now on `call`'s caller waits for as long as its patience lasts."""
        if self._watch is not None:
            self._watch(call)
        self._kernel.at(self._kernel.now + self._draw(), partial(self._tire, call), LATE)

    def _tire(self, call: Flow) -> None:
        if not self._ids:
            self._ids = frozenset(id(pool) for pool in self._lines())
        caller = call.caller
        if caller is not None and caller.awaits is call and id(call.awaits) in self._ids:
            self._kernel.cancel(call)
            self._kernel.wake(caller, call, TIMED_OUT)
