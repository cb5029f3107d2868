"""Cores on which calls park: last come first, by priority, shared, and all of them can stand still.

`Cores` (in `pool`) knows the end of a piece of work when it joins, which is only so while nobody overtakes and
nothing stands still. Here a call joins with so many seconds of work, parks, and is woken when they are done.

Source: non-preemptive last-come-first-served and head-of-the-line priority, and egalitarian processor sharing,
as in Kleinrock, Queueing Systems II; processor sharing is kept by virtual time as in fair queueing, with one
event for the next that ends. The length of a time slice is that of Linux's Completely Fair Scheduler: a period of
6 ms is shared by those that a core has to run, and none gets less than 0.75 ms. Left out: affinity and migration
between cores, weights, the cold cache after a switch (it is in `cost`, if you like).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

from scalegame.design.parameters.node import Order
from scalegame.simulation.kernel import Flow, Kernel
from scalegame.simulation.pool import Cores

if TYPE_CHECKING:
    from scalegame.simulation.scenario import Workload

#: Seconds in which a core means to run everything that it has to run, and the least that each of them gets.
PERIOD, LEAST = 0.006, 0.00075
#: Waits shorter than this are rounding.
_ROUNDING = 1e-12


def lasts(share: float) -> float:
    """How long a turn of somebody who gets this share of a core lasts, seconds."""
    return max(LEAST, PERIOD * share)


class Piece:
    """Some work for one core.

    Attributes:
        flow: Who waits for it.
        group: How many pieces of the same flow are not done; shared by them.
        seconds: Work, if it has a core for itself.
        joined: When.
        due: When it will be done (of shared cores: at how much work for each); while all stands still, what is
            left of it.
        stint: How often it has been begun: an event of an earlier stint means nothing.
    """

    __slots__ = ("due", "flow", "group", "joined", "seconds", "stint")

    def __init__(self, flow: Flow, group: list[int], seconds: float, joined: float) -> None:
        self.flow, self.group, self.seconds, self.joined = flow, group, seconds, joined
        self.due = 0.0
        self.stint = 0


class Parking(ABC):
    """What all cores have in common on which calls park. A `Station`.

    Attributes:
        size: Cores.
        peak: Most that waited at once since it was last set.
        grants: Pieces of work that have got what they wait for.
        granted_at, waited: When each piece that had to wait had done so, and for how long, seconds.
        pauses: Why all stands still, counted.
    """

    #: What a trace calls waiting here.
    spell = "cores"

    __slots__ = (
        "_busy",
        "_kernel",
        "_number",
        "_since",
        "_waiting",
        "granted_at",
        "grants",
        "pauses",
        "peak",
        "refused",
        "size",
        "waited",
    )

    def __init__(self, kernel: Kernel, size: int) -> None:
        self._kernel, self.size = kernel, size
        self.peak = self.grants = self.refused = self.pauses = self._number = 0
        self._busy = self._waiting = self._since = 0.0
        self.granted_at: list[float] = []
        self.waited: list[float] = []

    def join(self, flow: Flow, seconds: float, rank: float = 0.0, parts: int = 1) -> None:
        """A flow has work to do: it parks after this, and is woken when all of it is done.

        Args:
            flow: Whose work it is.
            seconds: Of each part.
            rank: Higher ones go first, where cores work by priority.
            parts: So many pieces, each of which any core may do.
        """
        self._catch_up()
        now = self._kernel.now
        flow.awaits, flow.parked = self, now
        group = [parts]
        for _ in range(parts):
            self._number += 1
            self._take_in(Piece(flow, group, seconds, now), rank)
        self.peak = max(self.peak, self.queued)

    @abstractmethod
    def _take_in(self, piece: Piece, rank: float) -> None: ...

    def _finish(self, piece: Piece) -> None:
        """A piece is done; with the last of its group its flow goes on."""
        piece.group[0] -= 1
        if not piece.group[0]:
            self._kernel.wake(piece.flow, self)

    def _note(self, wait: float) -> None:
        self.grants += 1
        if wait > _ROUNDING:
            self.granted_at.append(self._kernel.now)
            self.waited.append(wait)

    def leave(self, flow: Flow) -> None:
        """A flow gives up. What waits goes with it; what a core is at is finished, for nobody."""
        if flow.awaits is self:
            self._catch_up()
            flow.awaits = None
            self._drop(flow)

    @abstractmethod
    def _drop(self, flow: Flow) -> None: ...

    def pause(self) -> None:
        """Everything stands still, until as many `resume`."""
        self._catch_up()
        self.pauses += 1
        if self.pauses == 1:
            self._stop()

    def resume(self) -> None:
        """One reason to stand still is gone."""
        self._catch_up()
        if self.pauses:
            self.pauses -= 1
            if not self.pauses:
                self._go_on()

    @abstractmethod
    def _stop(self) -> None: ...

    @abstractmethod
    def _go_on(self) -> None: ...

    @abstractmethod
    def die(self) -> None:
        """A crash: nobody works or waits, and nobody is woken."""

    def rise(self) -> None:  # noqa: B027 - nothing is to be done, by none of them
        """After a crash: all cores are free."""

    @property
    @abstractmethod
    def taken(self) -> int:
        """Cores that work now."""

    @property
    @abstractmethod
    def queued(self) -> int:
        """How many wait now."""

    def integrals(self) -> tuple[float, float]:
        """Core-seconds busy and piece-seconds waiting up to now; a pure read. Who stands still is not busy."""
        passed = self._kernel.now - self._since
        return self._busy + self.taken * passed, self._waiting + self.queued * passed

    def _catch_up(self) -> None:
        self._busy, self._waiting = self.integrals()
        self._since = self._kernel.now


class QueuedCores(Parking):
    """Cores that finish what they began, and then take the first, the last or the most urgent of the queue."""

    __slots__ = ("_line", "_order", "_running")

    def __init__(self, kernel: Kernel, size: int, order: Order = "first come") -> None:
        super().__init__(kernel, size)
        self._order = order
        self._line: list[tuple[float, int, Piece]] = []  # a heap
        self._running: dict[Piece, None] = {}

    @property
    def taken(self) -> int:
        """Cores that work now."""
        return 0 if self.pauses else len(self._running)

    @property
    def queued(self) -> int:
        """How many wait now."""
        return len(self._line)

    def _take_in(self, piece: Piece, rank: float) -> None:
        if len(self._running) < self.size and not self.pauses:
            self._begin(piece)
            return
        number = self._number
        place = (
            (-rank, number)
            if self._order == "priority"
            else (0.0, -number if self._order == "last come" else number)
        )
        heappush(self._line, (*place, piece))

    def _begin(self, piece: Piece) -> None:
        now = self._kernel.now
        self._note(now - piece.joined)
        piece.flow.parked = now
        self._running[piece] = None
        piece.due = piece.seconds
        self._work(piece)

    def _work(self, piece: Piece) -> None:
        """It has `due` seconds of work left, and a core."""
        piece.due += self._kernel.now
        piece.stint = stint = piece.stint + 1
        self._kernel.at(piece.due, lambda: self._end(piece, stint))

    def _end(self, piece: Piece, stint: int) -> None:
        if piece.stint != stint or piece not in self._running:
            return
        self._catch_up()
        del self._running[piece]
        self._fill()
        self._finish(piece)

    def _fill(self) -> None:
        while self._line and len(self._running) < self.size:
            self._begin(heappop(self._line)[-1])

    def _drop(self, flow: Flow) -> None:
        self._line = [place for place in self._line if place[-1].flow is not flow]
        heapify(self._line)

    def _stop(self) -> None:
        for piece in self._running:
            piece.due -= self._kernel.now
            piece.stint += 1

    def _go_on(self) -> None:
        for piece in self._running:
            self._work(piece)
        self._fill()

    def die(self) -> None:
        """A crash: nobody works or waits, and nobody is woken."""
        self._catch_up()
        self._line.clear()
        self._running.clear()


class SharedCores(Parking):
    """Cores that all work at once share, so that each gets min(1, cores / pieces) of one.

    With `cost` every time slice of those that have to share costs so much more, in which nobody's work is done.
    Waiting is what a piece loses to others: its time here less its work.
    """

    __slots__ = ("_all", "_armed", "_done", "_rate", "cost")

    def __init__(self, kernel: Kernel, size: int, cost: float = 0.0) -> None:
        super().__init__(kernel, size)
        self.cost = cost
        self._all: list[tuple[float, int, Piece]] = []  # a heap, by how much work each will have got when done
        self._done = 0.0  # how much work each has got that is here from the start
        self._rate = 0.0  # how fast that grows now
        self._armed: object = None

    @property
    def taken(self) -> int:
        """Cores that work now."""
        return 0 if self.pauses else min(len(self._all), self.size)

    @property
    def queued(self) -> int:
        """How many there are beyond the cores, now."""
        return max(0, len(self._all) - self.size)

    def speed(self, pieces: int) -> float:
        """What each of so many pieces gets of a core."""
        if pieces <= self.size:
            return 1.0
        share = self.size / pieces
        turn = lasts(share)
        return share * turn / (turn + self.cost)

    def _catch_up(self) -> None:
        self._done += self._rate * (self._kernel.now - self._since)
        super()._catch_up()

    def _take_in(self, piece: Piece, rank: float) -> None:
        piece.due = self._done + piece.seconds
        heappush(self._all, (piece.due, self._number, piece))
        self._arm()

    def _arm(self) -> None:
        """Sees to it that the next that ends does so on time."""
        rate = 0.0 if self.pauses or not self._all else self.speed(len(self._all))
        first = self._all[0][-1] if rate else None
        if rate == self._rate and first is self._armed:
            return
        self._rate, self._armed = rate, first
        if first is None:
            return
        first.stint = stint = first.stint + 1
        ahead = max(0.0, first.due - self._done) / rate
        self._kernel.at(self._kernel.now + ahead, lambda: self._end(first, stint))

    def _end(self, piece: Piece, stint: int) -> None:
        if self._armed is not piece or piece.stint != stint:
            return
        self._catch_up()
        self._done = max(self._done, piece.due)
        ended = []
        while self._all and self._all[0][0] <= self._done:
            ended.append(heappop(self._all)[-1])
        if not self._all:
            self._done = 0.0  # numbers stay small, and exact
        self._armed = None
        self._arm()
        for one in ended:
            self._note(self._kernel.now - one.joined - one.seconds)
            self._finish(one)

    def _drop(self, flow: Flow) -> None:
        pass  # all that is here is being worked on

    def _stop(self) -> None:
        self._arm()

    def _go_on(self) -> None:
        self._arm()

    def die(self) -> None:
        """A crash: nobody works, and nobody is woken."""
        self._catch_up()
        self._all.clear()
        self._rate = self._done = 0.0
        self._armed = None


def urgency(workloads: Iterable[Workload]) -> Callable[[Any], float]:
    """How urgent a request is: the priority of its operation, as its workload says. In a batch the most urgent."""
    found = {
        (i, name): float(asked.priority)
        for i, workload in enumerate(workloads)
        for name, asked in workload.operations.items()
    }

    def rank(call: Any) -> float:
        if call is None:
            return 0.0  # work that no request waits for, as of a replica that applies what was committed
        members = getattr(call, "requests", None)
        if members is not None:
            return max(map(rank, members))
        return found.get((call.workload, call.operation), 0.0)

    return rank


def make(
    kernel: Kernel, cores: int, order: Order = "first come", *, cost: float = 0.0, pausable: bool = False
) -> Cores | Parking:
    """The plainest cores that can do what is asked.

    Args:
        kernel: Where time passes.
        cores: How many.
        order: Who is next.
        cost: Seconds that a switch between two pieces costs, of shared cores.
        pausable: It may have to stand still.
    """
    if order == "shared":
        return SharedCores(kernel, cores, cost)
    if order == "first come" and not pausable:
        return Cores(kernel, cores)
    return QueuedCores(kernel, cores, order)
