"""What a level's world offers to every design: sizes, data sets, programs, projects (pure data)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from scalegame.design.distributions import Distribution


@dataclass(frozen=True, slots=True)
class Size:
    """A machine that the level sells.

    Attributes:
        cores: Requests that it works on at the same instant.
        memory: Bytes.
        price: Dollars per hour.
    """

    name: str
    cores: int
    memory: float
    price: float


@dataclass(frozen=True, slots=True)
class DataSet:
    """A set of keys with values.

    Attributes:
        keys: How many there are; a request's key is a whole number in [0, keys).
        zipf: Exponent of popularity: key k is asked for in proportion to 1/(k+1)**zipf; 0 is uniform.
        value: Size of one value, bytes.
        shift_every: Every so many seconds popularity moves on; 0: it stays as it is.
        shift_by: By so many keys.
    """

    name: str
    keys: int
    zipf: float
    value: float
    shift_every: float = 0.0
    shift_by: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """Hold a core for a time drawn from `time` (seconds).

    Attributes:
        time: On one core.
        parallel: Share of it that all cores can do together, 0 to 1.
    """

    time: Distribution
    parallel: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for something outside for a time drawn from `time` (seconds); it holds no core."""

    time: Distribution


@dataclass(frozen=True, slots=True)
class Read:
    """Read the request's key of a data set, `times` keys one after the other."""

    data: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Write:
    """Write the request's key of a data set.

    Attributes:
        batch: Gather up to this many writes of one replica into one call (1: each on its own).
        within: Seconds after which an incomplete batch goes anyway.
        adds: It changes what is there, so that doing it twice is wrong ("add 50" against "set to 50").
    """

    data: str
    batch: int = 1
    within: float = 0.0
    adds: bool = False


@dataclass(frozen=True, slots=True)
class CallProgram:
    """Call an operation of another program and wait for its reply."""

    program: str
    operation: str


@dataclass(frozen=True, slots=True)
class SendTo:
    """Send a message for an operation of another program; go on once a queue has accepted it."""

    program: str
    operation: str


@dataclass(frozen=True, slots=True)
class Fan:
    """Call several operations at once, and go on when enough of them have answered.

    Attributes:
        calls: (program, operation) of each.
        times: Call all of them so many times, each time about another key.
        need: So many good answers are enough; None: all.
        within: Seconds after which it goes on with what there is; None: it waits.
        hedge: Seconds after which an unanswered call is sent once more; None: never.
    """

    calls: tuple[tuple[str, str], ...]
    times: int = 1
    need: int | None = None
    within: float | None = None
    hedge: float | None = None

    @property
    def branches(self) -> int:
        """Calls in all, hedges not counted."""
        return len(self.calls) * self.times


@dataclass(frozen=True, slots=True)
class Lock:
    """Do some steps while nobody else on this machine holds the same lock.

    Attributes:
        name: Of the lock, within the machine.
        steps: What is done while it is held.
        stripes: So many locks share the keys: a request's key says which is taken.
        patience: Seconds after which a call that waits gives up; None: never.
        handoff: Work in seconds on a core until one that was woken goes on.
        wakes: Who is woken when it is given back: "one" who waits, or "all".
    """

    name: str
    steps: tuple[Step, ...]
    stripes: int = 1
    patience: float | None = None
    handoff: float = 0.0
    wakes: Literal["one", "all"] = "one"


@dataclass(frozen=True, slots=True)
class Update:
    """Read a counter of this machine, work on a core, and write it back one higher.

    Attributes:
        counter: Its name; there is one for each key.
        time: Seconds of work between reading and writing.
    """

    counter: str
    time: Distribution


@dataclass(frozen=True, slots=True)
class Session:
    """Look at what is kept for this user between requests, or change it.

    Attributes:
        data: The data set whose values are sessions.
        writes: It changes it.
    """

    data: str
    writes: bool = False


Step = Work | Wait | Read | Write | CallProgram | SendTo | Fan | Lock | Update | Session


def walk(steps: Iterable[Step]) -> Iterator[Step]:
    """All steps, those inside locks too, in the order in which they are done."""
    for step in steps:
        yield step
        if isinstance(step, Lock):
            yield from walk(step.steps)


def called(step: Step) -> tuple[tuple[str, str, bool], ...]:
    """What a step by itself asks of other programs: (program, operation, as a message), one a call."""
    match step:
        case CallProgram(program, operation):
            return ((program, operation, False),)
        case SendTo(program, operation):
            return ((program, operation, True),)
        case Fan(calls=calls, times=times):
            return tuple((program, operation, False) for program, operation in calls) * times
    return ()


def touched_by(step: Step) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The data sets that a step by itself reads and writes; a session is not among them."""
    match step:
        case Read(data=data):
            return (data,), ()
        case Write(data=data):
            return (), (data,)
    return (), ()


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long copies of a reply may be used, as its headers say.

    Attributes:
        store: It may be kept at all (not `no-store`).
        private: Only the browser may keep it.
        revalidate_always: A copy is never used without asking (`no-cache`).
        max_age: Seconds for which a copy is fresh; None: not said.
        expires: Seconds after the start of the run until which it is fresh; None: not said.
        modified: How long before the start of the run it was last changed, seconds; None: not said.
        etag: It carries a validator, so that an unchanged copy need not travel again.
    """

    store: bool = True
    private: bool = False
    revalidate_always: bool = False
    max_age: float | None = None
    expires: float | None = None
    modified: float | None = None
    etag: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """What a program does for one operation.

    Attributes:
        reply: "done": a queue in front answers when the work is done. "accepted": when the message is safe
            in the queue.
        answer: Bytes of its reply on the wire.
        fresh: How long copies of its reply may be used; None: nothing is said.
    """

    name: str
    steps: tuple[Step, ...]
    reply: str = "done"
    answer: float = 500.0
    fresh: Freshness | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Software: for each operation a list of steps. Machines say which program they run."""

    name: str
    operations: Mapping[str, Operation]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a project replaces.

    Attributes:
        target: What the project touches, for example ("program", "booking", "browse"),
            ("component", "passes-db", "work.read") or ("data", "passes", "value").
        value: What it becomes: an `Operation`, a setting, or bytes.
    """

    target: tuple[str, ...]
    value: object


@dataclass(frozen=True, slots=True)
class Project:
    """Engineering work that a player can buy.

    Attributes:
        title: For the palette.
        says: One sentence: what it would do.
        effort: Hours.
        price: Dollars per hour that it adds to the running cost.
        changes: What it replaces.
    """

    id: str
    title: str
    says: str
    effort: float
    price: float = 0.0
    changes: tuple[Change, ...] = field(default=())
