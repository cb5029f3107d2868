"""What a level's world offers to every design: sizes, data sets, programs, projects (pure data)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """

    name: str
    keys: int
    zipf: float
    value: float


@dataclass(frozen=True, slots=True)
class Work:
    """Hold a core for a time drawn from `time` (seconds)."""

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
    """

    data: str
    batch: int = 1
    within: float = 0.0


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


Step = Work | Read | Write | CallProgram | SendTo


@dataclass(frozen=True, slots=True)
class Operation:
    """What a program does for one operation.

    Attributes:
        reply: "done": a queue in front answers when the work is done. "accepted": when the message is safe
            in the queue.
    """

    name: str
    steps: tuple[Step, ...]
    reply: str = "done"


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
