"""Which versions reads must return: what was acknowledged to anybody, and what this user knows."""

from __future__ import annotations

from collections.abc import Mapping

from scalegame.design.world import Program, SendTo, Session, Step, Update, called, touched_by, walk
from scalegame.simulation.request import Request

#: For each operation the data sets that it reads, and those that it writes.
Touches = Mapping[str, tuple[frozenset[str], frozenset[str]]]


class Versions:
    """Checks every read against the writes acknowledged before it was sent.

    Versions are numbers that grow with every write of a data set. A write that a queue has accepted counts as
    acknowledged: until it takes effect, every read of its key that was sent later is stale.
    """

    def __init__(self, written: frozenset[str]) -> None:
        self._written = written
        self._reads: dict[tuple[int, str], tuple[str, ...]] = {}
        self._writes: dict[tuple[int, str], tuple[str, ...]] = {}
        self._acknowledged: dict[tuple[str, int], int] = {}
        self._known: dict[tuple[str, int, int, int], int] = {}
        self._accepted: dict[tuple[str, int], list[Request]] = {}

    def register(self, workload: int, touches: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> bool:
        """Says what each operation of a workload reads and writes. True: there is something to check."""
        for operation, (reads, writes) in touches.items():
            self._reads[workload, operation] = tuple(sorted(reads & self._written))
            self._writes[workload, operation] = tuple(sorted(writes))
        return any((reads | writes) & self._written for reads, writes in touches.values())

    def before(self, request: Request) -> None:
        """An attempt is sent: remember what it must at least return."""
        what, key = (request.workload, request.operation), request.key
        reads = self._reads[what]
        if reads or self._writes[what]:
            request.notes = []
        if reads:
            request.expected = [
                (
                    data,
                    self._acknowledged.get((data, key), 0),
                    self._known.get((data, key, request.workload, request.user), 0),
                    tuple(self._accepted.get((data, key), ())),
                )
                for data in reads
            ]

    def after(self, request: Request) -> None:
        """An attempt succeeded: its reads are checked, its writes are acknowledged.

        The caller keeps the request in the ledger.
        """
        notes, origin, key = request.notes, request.origin, request.key
        if notes is None:
            return
        person = (request.workload, request.user)
        expected = request.expected
        if isinstance(expected, list):
            origin.checked = True
            for data, acknowledged, known, accepted in expected:
                read = [version for where, version, wrote in notes if where == data and not wrote]
                if not read:
                    continue
                version = read[-1]
                if version < known:
                    origin.stale = 2
                elif version < acknowledged or any(_version(r, data) > version for r in accepted):
                    origin.stale = max(origin.stale, 1)
        for data, version, wrote in notes:
            if wrote and version > self._acknowledged.get((data, key), 0):
                self._acknowledged[data, key] = version
            self._learn((data, key, *person), version)
        if origin.pending:
            for data in self._writes[request.workload, request.operation]:
                waiting = self._accepted.setdefault((data, key), [])
                waiting[:] = [r for r in waiting if r.origin.pending]
                waiting.append(request)

    def _learn(self, what: tuple[str, int, int, int], version: int) -> None:
        if version > self._known.get(what, 0):
            self._known[what] = version


def _version(request: Request, data: str) -> float:
    """The version that an accepted write has made; infinity while it has not."""
    made = [v for where, v, wrote in request.notes or () if where == data and wrote]
    return made[-1] if made else float("inf")


def touched(programs: Mapping[str, Program], program: str) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each operation of a program the data sets that it reads and writes, calls included."""
    return {name: _touches(programs, program, name, frozenset()) for name in programs[program].operations}


def _touches(
    programs: Mapping[str, Program], program: str, operation: str, seen: frozenset[tuple[str, str]]
) -> tuple[frozenset[str], frozenset[str]]:
    reads: set[str] = set()
    writes: set[str] = set()
    if (program, operation) in seen:
        return frozenset(), frozenset()
    for step in walk(programs[program].operations[operation].steps):
        read, written = touched_by(step)
        reads.update(read)
        writes.update(written)
        for p, o in dict.fromkeys((p, o) for p, o, _ in called(step)):
            more = _touches(programs, p, o, seen | {(program, operation)})
            reads |= more[0]
            writes |= more[1]
    return frozenset(reads), frozenset(writes)


def changing(programs: Mapping[str, Program], program: str) -> frozenset[str]:
    """The operations of a program that change something, themselves or through those whom they call.

    A write does, and so does a counter, a message, a session that is put: whatever is another thing if done twice.
    """
    return frozenset(
        name for name in programs[program].operations if _changes(programs, program, name, frozenset())
    )


def _changes(
    programs: Mapping[str, Program], program: str, operation: str, seen: frozenset[tuple[str, str]]
) -> bool:
    if (program, operation) in seen:
        return False
    seen |= {(program, operation)}
    return any(
        _alters(step) or any(_changes(programs, p, o, seen) for p, o, _ in called(step))
        for step in walk(programs[program].operations[operation].steps)
    )


def _alters(step: Step) -> bool:
    return (
        bool(touched_by(step)[1])
        or isinstance(step, Update | SendTo)
        or (isinstance(step, Session) and step.writes)
    )
