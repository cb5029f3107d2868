"""What is held (threads, connections) and what works (cores), with the two integrals that every law needs."""

from __future__ import annotations

from collections import deque
from heapq import heapify, heapreplace
from typing import Protocol

from scalegame.simulation.kernel import Flow, Kernel

UNBOUNDED = 10**9


class Station(Protocol):
    """What measuring needs of a pool or of cores."""

    @property
    def size(self) -> int:
        """Units."""

    @property
    def queued(self) -> int:
        """How many wait now."""

    @property
    def taken(self) -> int:
        """Units in use now."""

    peak: int
    grants: int
    refused: int
    granted_at: list[float]
    waited: list[float]

    def integrals(self) -> tuple[float, float]:
        """Unit-seconds busy and flow-seconds waiting up to now; a pure read."""

    def die(self) -> None:
        """A crash: all is free, and nobody waits."""

    def rise(self) -> None:
        """After a crash."""


class Cores:
    """Cores with a FIFO queue without bound, for work whose duration is known when it joins.

    Nobody leaves such a queue but by a crash, so its end is known at once: work starts when a core is free,
    and it takes one event whether it waited or not. `yield cores.occupy(seconds)` is all that a behaviour
    needs.

    Source: the recursion of Kiefer and Wolfowitz for the multi-server FIFO queue (Lindley's for one server).

    Attributes:
        size: Cores.
        peak: Most that waited at once since it was last set.
        grants: Pieces of work so far.
        granted_at, waited: When each piece that had to wait began (or will), and how long it waited, seconds.
    """

    __slots__ = (
        "_env",
        "_free",
        "_starts",
        "_total",
        "_waits",
        "granted_at",
        "grants",
        "peak",
        "refused",
        "size",
        "waited",
    )

    def __init__(self, kernel: Kernel, size: int) -> None:
        self._env, self.size = kernel.env, size
        self._free = [0.0] * size  # a heap: when each core will have done all that it was given
        self._starts: deque[float] = deque()  # of the work that waits, in order
        self._total = self._waits = 0.0
        self.peak = self.grants = self.refused = 0
        self.granted_at: list[float] = []
        self.waited: list[float] = []

    def occupy(self, seconds: float) -> float:
        """Joins the queue with so much work. Returns the seconds from now to its end, waiting included."""
        now = self._env._now
        self.grants += 1
        self._total += seconds
        free = self._free
        start = free[0]
        if start <= now:
            heapreplace(free, now + seconds)
            return seconds
        end = start + seconds
        heapreplace(free, end)
        wait = start - now
        self._waits += wait
        self.granted_at.append(start)
        self.waited.append(wait)
        starts = self._starts
        while starts and starts[0] <= now:
            starts.popleft()
        starts.append(start)
        if len(starts) > self.peak:
            self.peak = len(starts)
        return end - now

    def stall(self, until: float) -> None:
        """What is in work ends in time; whatever comes before `until` begins then. It counts as busy meanwhile."""
        now = self._env._now
        free = [max(end, until) for end in self._free]
        self._total += sum(new - max(old, now) for old, new in zip(self._free, free, strict=True) if new > now)
        heapify(free)
        self._free = free

    @property
    def queued(self) -> int:
        """How many wait now."""
        now = self._env._now
        return sum(start > now for start in self._starts)

    @property
    def taken(self) -> int:
        """Cores that work now."""
        now = self._env._now
        return sum(end > now for end in self._free)

    def integrals(self) -> tuple[float, float]:
        """Core-seconds busy and seconds waited up to now: all that was given, less what lies ahead."""
        now = self._env._now
        ahead = sum(end - now for end in self._free if end > now)
        waits_ahead = sum(start - now for start in self._starts if start > now)
        return self._total - ahead, self._waits - waits_ahead

    def die(self) -> None:
        """A crash: what lay ahead will not happen."""
        self._total, self._waits = self.integrals()
        now = self._env._now
        while self.granted_at and self.granted_at[-1] > now:
            self.granted_at.pop()
            self.waited.pop()
            self.grants -= 1
        self._starts.clear()
        self._free = [now] * self.size

    def rise(self) -> None:
        """After a crash: all cores are free."""


class Pool:
    """A number of units, and a queue for them.

    Source: the multi-server FIFO station of queueing theory (G/G/c/K). Left out: priorities.

    Attributes:
        size: Units.
        limit: Most that may wait.
        taken: Units in use.
        queued: Flows that wait (those that gave up not counted).
        peak: Most that waited at once since it was last set.
        grants: How many have got a unit.
        refused: How many were turned away because the queue was full.
        waits: (when, seconds waited) of all who had to wait and got a unit, in two lists.
        busy: Whoever takes a unit at t takes t away, whoever gives one back at t brings t: with `taken` times
            now it is the integral of `taken`. Read it by `integrals`.
        waiting: Integral of `queued` up to `since`, when that last changed; read it by `integrals`.
    """

    __slots__ = (
        "_env",
        "_line",
        "_ready",
        "busy",
        "dead",
        "grants",
        "granted_at",
        "limit",
        "peak",
        "queued",
        "refused",
        "since",
        "size",
        "taken",
        "waited",
        "waiting",
    )

    def __init__(self, kernel: Kernel, size: int, limit: int = UNBOUNDED) -> None:
        self._env, self._ready, self.size, self.limit = kernel.env, kernel.ready, size, limit
        self.taken = self.queued = self.peak = self.grants = self.refused = 0
        self._line: deque[list[Flow | None]] = deque()
        self.dead = False
        self.since = self.busy = self.waiting = 0.0
        self.granted_at: list[float] = []
        self.waited: list[float] = []

    def take(self, flow: Flow) -> bool | None:
        """True: a unit is yours. False: park (`yield`), you will be woken with it. None: refused."""
        taken = self.taken
        if taken < self.size:
            self.taken = taken + 1
            self.busy -= self._env._now
            self.grants += 1
            return True
        queued = self.queued
        if queued >= self.limit:
            self.refused += 1
            return None
        now = self._env._now
        self.waiting += (now - self.since) * queued
        self.since = now
        self.queued = queued = queued + 1
        if queued > self.peak:
            self.peak = queued
        flow.awaits = self
        flow.parked = now
        self._line.append([flow])
        return False

    def release(self) -> None:
        """Gives a unit back; the first in the queue gets it at this instant."""
        if self.dead:
            return
        now = self._env._now
        if self.queued:
            self.waiting += (now - self.since) * self.queued
            self.since = now
            line = self._line
            while line:
                flow = line.popleft()[0]
                if flow is not None and flow.awaits is self:
                    self.queued -= 1
                    self.grants += 1
                    self.granted_at.append(now)
                    self.waited.append(now - flow.parked)
                    flow.awaits = None
                    self._ready.append((flow, None))
                    return
        self.taken -= 1
        self.busy += now

    def leave(self, flow: Flow) -> None:
        """A waiting flow gives up its place in the queue."""
        if flow.awaits is not self:
            return
        self._catch_up()
        self.queued -= 1
        flow.awaits = None
        for place in self._line:  # in order of arrival, and the oldest give up first: found at once
            if place[0] is flow:
                place[0] = None
                break
        while self._line and self._line[0][0] is None:
            self._line.popleft()

    def die(self) -> None:
        """A crash: whoever held a unit or waited is gone, and releases what it had to nobody."""
        self._catch_up()
        self.busy += self._env._now * self.taken
        self.taken = self.queued = 0
        self._line.clear()
        self.dead = True

    def rise(self) -> None:
        """After a crash: all units are free."""
        self.dead = False

    def _catch_up(self) -> None:
        now = self._env._now
        self.waiting += (now - self.since) * self.queued
        self.since = now

    def integrals(self) -> tuple[float, float]:
        """Unit-seconds busy and flow-seconds waiting up to now. A pure read."""
        now = self._env._now
        return self.busy + now * self.taken, self.waiting + (now - self.since) * self.queued
