"""Locks of a machine, and counters that are read, changed and written back: what happens between threads.

Source: locks as operating systems and runtimes have them: given to the first who waits, or all who wait are
woken and scramble for it (a monitor's `notifyAll`, the thundering herd). A circle of waiting is found in the
graph of who waits for whom, as databases do it; nothing here resolves one. Left out: spinning, locks for
readers and for writers, the same holder taking a lock twice, and circles that lead through a pool of threads.
(Calls lead only down the wires, which make no circles: no circle of waiting leads through another machine.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf

from scalegame.simulation.kernel import LATE, Flow, Kernel
from scalegame.simulation.pool import Pool
from scalegame.simulation.request import Request

#: What a call is that has to do with a lock.
WAITS, TRIES, HOLDS, GONE = range(4)


class Stripe:
    """One lock: who holds it, and who waits for it in order of arrival."""

    __slots__ = ("holder", "line")

    def __init__(self) -> None:
        self.holder: Place | None = None
        self.line: deque[Place] = deque()


class Place:
    """One call and one lock, from when it asks for it until it has given it back.

    Attributes:
        locks: Whose lock it is.
        stripe: Which of them.
        flow: The call.
        operation: That it does.
        since: When it asked.
        until: When it gives up.
        state: WAITS, TRIES (woken with others, and not yet on its way), HOLDS or GONE.
    """

    __slots__ = ("flow", "locks", "operation", "since", "state", "stripe", "until")

    def __init__(self, locks: Locks, stripe: Stripe, flow: Flow, operation: str, since: float) -> None:
        self.locks, self.stripe, self.flow, self.operation = locks, stripe, flow, operation
        self.since, self.until, self.state = since, inf, WAITS


class Locks(Pool):
    """The locks of one name on one machine: a pool, every unit of which is another lock.

    A call asks with `enter`, and with `again` if it was woken along with others; whatever happens to it, it ends
    with `exit`. Meanwhile it may park here: then it is woken with True (the lock is its own), False (it has waited
    too long) or None (the lock is free: it may try).

    Attributes:
        name: Of the lock.
        on_circle: Told what a circle of waiting looks like, at the instant when it closes.
    """

    __slots__ = ("_kernel", "_parked", "_stripes", "name", "on_circle")

    def __init__(self, kernel: Kernel, name: str, stripes: int, on_circle: Callable[[str], None]) -> None:
        super().__init__(kernel, stripes)
        self._kernel, self.name, self.on_circle = kernel, name, on_circle
        self._stripes: dict[int, Stripe] = {}
        self._parked: dict[Flow, Place] = {}

    def enter(self, flow: Flow, key: int, operation: str, patience: float | None = None) -> Place:
        """Asks for the lock of a key: the place HOLDS it, or its call is to park.

        Args:
            flow: Who asks.
            key: What it is about.
            operation: What it does, for messages.
            patience: Seconds after which it is woken with False; None: never.
        """
        stripe = self._stripes.setdefault(key % self.size, Stripe())
        now = self._env.now
        place = Place(self, stripe, flow, operation, now)
        if stripe.holder is None:
            self._take(place)
            return place
        self._catch_up()
        self.queued += 1
        self.peak = max(self.peak, self.queued)
        if patience is not None:
            place.until = now + patience
            self._kernel.at(place.until, lambda: self._expire(place), LATE)
        self._park(place)
        return place

    def again(self, place: Place) -> bool | None:
        """A call that was woken with others tries: True: the lock is its own. False: too late. None: park."""
        if place.stripe.holder is None:
            self._granted(place)
            self._take(place)
            return True
        if self._env.now >= place.until:
            return False
        self._park(place)
        return None

    def exit(self, place: Place, wakes: str = "one") -> None:
        """A call is done with its lock, or stops waiting for it.

        Args:
            place: Of the call.
            wakes: "one": the first who waits has it now. "all": whoever waits is woken, to try.
        """
        state, place.state = place.state, GONE
        if self.dead or state == GONE:
            return
        stripe = place.stripe
        if state != HOLDS:
            self._catch_up()
            self.queued -= 1
            if self._parked.pop(place.flow, None) is place:
                stripe.line.remove(place)
            return
        stripe.holder = None
        if stripe.line and wakes == "one":
            heir = stripe.line.popleft()
            del self._parked[heir.flow]
            self._granted(heir)
            self.grants += 1
            stripe.holder, heir.state = heir, HOLDS
            self._kernel.wake(heir.flow, self, True)
            return
        self.taken -= 1
        self.busy += self._env.now
        while stripe.line:
            tries = stripe.line.popleft()
            del self._parked[tries.flow]
            tries.state = TRIES
            self._kernel.wake(tries.flow, self, None)

    def leave(self, flow: Flow) -> None:
        """A waiting call is given up: it has its `exit`."""
        if flow.awaits is self:
            flow.awaits = None

    def die(self) -> None:
        """A crash: nobody holds or waits."""
        super().die()
        self._stripes.clear()
        self._parked.clear()

    def place_of(self, flow: Flow) -> Place | None:
        """Where a call waits here, if it does."""
        return self._parked.get(flow)

    def _take(self, place: Place) -> None:
        place.stripe.holder, place.state = place, HOLDS
        self.taken += 1
        self.busy -= self._env.now
        self.grants += 1

    def _granted(self, place: Place) -> None:
        """Its waiting is over, and was worth it."""
        self._catch_up()
        self.queued -= 1
        now = self._env.now
        self.granted_at.append(now)
        self.waited.append(now - place.since)

    def _park(self, place: Place) -> None:
        flow = place.flow
        place.state = WAITS
        flow.awaits, flow.parked = self, self._env.now
        place.stripe.line.append(place)
        self._parked[flow] = place
        circle = _circle(place)
        if circle:
            self.on_circle(_told(circle))

    def _expire(self, place: Place) -> None:
        if place.state == WAITS:
            self._kernel.wake(place.flow, self, False)


def _circle(place: Place) -> list[tuple[Place, Place]]:
    """(who holds, where the same waits) around, if whoever waits at a place waits for itself in the end."""
    found: list[tuple[Place, Place]] = []
    seen: set[Place] = set()
    holder = place.stripe.holder
    while holder is not None and holder not in seen:
        seen.add(holder)
        awaits = holder.flow.awaits
        waiting = awaits.place_of(holder.flow) if isinstance(awaits, Locks) else None
        if waiting is None:
            return []
        found.append((holder, waiting))
        if waiting is place:
            return found
        holder = waiting.stripe.holder
    return []


def _told(circle: list[tuple[Place, Place]]) -> str:
    """The same circle in the same words, wherever it closed."""
    lines = [
        f"{held.operation} holds {held.locks.name} and waits for {waits.locks.name}" for held, waits in circle
    ]
    lines.reverse()  # each waits for what the next one holds
    first = lines.index(min(lines))
    return "; ".join([*lines[first:], *lines[:first]])


class Value:
    """One state of a counter: what it was made from, and by whom.

    Attributes:
        before: The state that was read to make it; None: nobody can overwrite it any more.
        request: Who wrote it.
        readers: How many have read it, and have not written yet.
        after: The states made from it that may yet count.
    """

    __slots__ = ("after", "before", "readers", "request")

    def __init__(self, before: Value | None, request: Request | None) -> None:
        self.before, self.request = before, request
        self.readers = 0
        self.after: dict[Value, None] = {}


class Counter:
    """A number that is read and written back one higher, by any number of calls at once.

    Whoever writes sets it to one more than *it* has read. What others have written in between is not in that, and
    lost for good once nobody is left who has read it.

    Attributes:
        on_loss: Told of every request whose change is gone.
        written: How often it was written.
    """

    __slots__ = ("_now", "_oldest", "on_loss", "written")

    def __init__(self, on_loss: Callable[[Request], None]) -> None:
        self.on_loss, self.written = on_loss, 0
        self._now = self._oldest = Value(None, None)

    def read(self) -> Value:
        """The value now. Whoever has it must `write` or `forget` it."""
        self._now.readers += 1
        return self._now

    def write(self, seen: Value, request: Request) -> None:
        """One more than what was read, whatever there is by now."""
        self.written += 1
        overwritten, self._now = self._now, Value(seen, request)
        seen.readers -= 1
        seen.after[self._now] = None
        self._settle(overwritten)

    def forget(self, seen: Value) -> None:
        """Whoever read it will not write."""
        seen.readers -= 1
        self._settle(seen)

    def _settle(self, value: Value) -> None:
        """What nobody can come back to is lost; what everything comes from is safe."""
        while value is not self._now and not value.readers and not value.after:
            before, request = value.before, value.request
            if before is None or request is None:
                break
            self.on_loss(request)
            del before.after[value]
            value = before
        oldest = self._oldest
        while oldest is not self._now and not oldest.readers and len(oldest.after) == 1:
            (oldest,) = oldest.after
            oldest.before = None
        self._oldest = oldest
