"""Logical requests, and the ledger in which every one of them is born and resolved."""

from __future__ import annotations

from array import array

from scalegame.simulation.kernel import OK, Kernel


class Fate:
    """What became of the effects of a request; only what is odd is noted.

    Attributes:
        applied: How often each effect that adds something took place.
        lost: How many acknowledged effects are gone.
    """

    __slots__ = ("applied", "lost")

    def __init__(self) -> None:
        self.applied: dict[str, int] = {}
        self.lost = 0

    @property
    def doubled(self) -> bool:
        """Something that adds took effect more than once."""
        return any(count > 1 for count in self.applied.values())


class Request:
    """What somebody asks for. Retries are copies that share their `origin`, the first attempt.

    Attributes:
        number: Within its workload, from 0.
        workload: Index of its workload.
        operation: Name of what is asked.
        user: Number of the user, within the workload.
        key: The key that it is about.
        born: When its first attempt was sent, seconds.
        row: Its place in the ledger.
        first: Of a retry, the first attempt.
        attempts: Of the origin: how many have been sent.
        resolved: Of the origin: when its client knew the outcome; -1 before.
        outcome: Of the origin: a reply, or "" before.
        accepted: Of the origin: messages that queues have accepted for it.
        pending: Of the origin: of those, how many have not taken effect.
        completed: Of the origin: when the last of them took effect; -1 before.
        notes: (data set, version, written by it) of every key that it read or wrote; None: nobody asks.
        expected: What a read must at least return, see `consistency`.
        stale: Of the origin: 1 for a stale read, 2 for one that its own user can tell.
        checked: Of the origin: its reads were checked.
        fate: Of the origin: what became of its effects, if anybody noted it (see `World.applied`).
    """

    __slots__ = (
        "accepted",
        "attempts",
        "born",
        "checked",
        "completed",
        "expected",
        "fate",
        "first",
        "key",
        "notes",
        "number",
        "operation",
        "outcome",
        "pending",
        "resolved",
        "row",
        "stale",
        "user",
        "workload",
    )

    def __init__(self, number: int, workload: int, operation: str, user: int, key: int, born: float) -> None:
        self.number = number
        self.workload = workload
        self.operation = operation
        self.user = user
        self.key = key
        self.born = born
        self.row = -1
        self.first: Request | None = None
        self.attempts = 1
        self.resolved = -1.0
        self.completed = -1.0
        self.outcome = ""
        self.accepted = 0
        self.pending = 0
        self.stale = 0
        self.notes: list[tuple[str, int, bool]] | None = None
        self.expected: object = None
        self.checked = False
        self.fate: Fate | None = None

    @property
    def origin(self) -> Request:
        """The first attempt: itself, but for retries."""
        return self if self.first is None else self.first

    def again(self) -> Request:
        """The next attempt: the same number, user, operation and key."""
        copy = Request(self.number, self.workload, self.operation, self.user, self.key, self.born)
        copy.first = self.origin
        self.origin.attempts += 1
        return copy

    def beside(self, distance: int) -> Request:
        """The same request for a key further on, for programs that read several."""
        copy = Request(self.number, self.workload, self.operation, self.user, self.key + distance, self.born)
        copy.first = self.origin
        copy.notes = None if self.notes is None else []
        return copy


class Ledger:
    """Counts what is born and resolved, and integrates how many are in between.

    A request that goes its way in one attempt leaves two numbers here, and nothing else: memory that is
    touched once is what a run would otherwise spend its time on. The others are kept whole.

    Attributes:
        born: When, by row; every logical request has the next row.
        resolved: When its client knew the outcome, by row; -1 before.
        sorts: Index of (workload, operation), by row.
        odd: Requests of which there is more to say than that they went well, by row.
        inside: Born and not resolved.
        open: Of the cohort: how many are not resolved, or accepted and pending.
    """

    __slots__ = (
        "_area",
        "_end",
        "_env",
        "_index",
        "_since",
        "_start",
        "born",
        "inside",
        "odd",
        "open",
        "resolved",
        "sorts",
    )

    def __init__(self, kernel: Kernel, start: float, end: float) -> None:
        self._env, self._start, self._end = kernel.env, start, end
        self.born, self.resolved, self.sorts = array("d"), array("d"), array("H")
        self.odd: dict[int, Request] = {}
        self.inside = self.open = 0
        self._since = self._area = 0.0
        self._index: dict[tuple[int, str], int] = {}

    def sort(self, workload: int, operation: str) -> int:
        """The index of a workload's operation in `sorts`."""
        return self._index.setdefault((workload, operation), len(self._index))

    @property
    def sort_names(self) -> tuple[tuple[int, str], ...]:
        """(workload, operation) by index."""
        return tuple(self._index)

    def birth(self, request: Request, sort: int) -> None:
        """A logical request is sent for the first time."""
        now = request.born
        inside = self.inside
        self._area += (now - self._since) * inside
        self._since = now
        self.inside = inside + 1
        request.row = len(self.born)
        self.born.append(now)
        self.resolved.append(-1.0)
        self.sorts.append(sort)
        if self._start <= now < self._end:
            self.open += 1

    def resolve(self, request: Request, outcome: str) -> None:
        """Its client knows the outcome."""
        now = self._env._now
        inside = self.inside
        self._area += (now - self._since) * inside
        self._since = now
        self.inside = inside - 1
        self.resolved[request.row] = now
        if outcome is not OK or request.attempts > 1:
            self.keep(request)
        request.resolved, request.outcome = now, outcome
        if request.pending == 0 and self._start <= request.born < self._end:
            self.open -= 1

    def keep(self, request: Request) -> None:
        """There is more to say of this one."""
        self.odd[request.row] = request

    def accepted(self, request: Request) -> None:
        """A queue has it now, and will see to it."""
        origin = request.origin
        origin.accepted += 1
        origin.pending += 1
        self.keep(origin)

    def effect(self, request: Request) -> None:
        """A message that a queue had accepted took effect."""
        origin = request.origin
        origin.pending -= 1
        if origin.pending:
            return
        origin.completed = self._env._now
        if origin.resolved >= 0 and self._start <= origin.born < self._end:
            self.open -= 1

    def area(self) -> float:
        """Integral of the number inside, up to now (request-seconds). A pure read."""
        return self._area + (self._env._now - self._since) * self.inside
