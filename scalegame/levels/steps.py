"""Reads the steps of a program: which keys belong to which verb, and what each step becomes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from scalegame.design.distributions import Distribution
from scalegame.design.world import CallProgram, Fan, Lock, Read, SendTo, Session, Step, Update, Wait, Work, Write
from scalegame.errors import ScalegameError, quoted
from scalegame.levels.schema import MOST_STEPS, StepShape
from scalegame.levels.source import Source

DEEPEST = 4
"""Locks within locks."""

BELONGS: dict[str, tuple[str, ...]] = {
    "update": ("work",),  # before work: the work is the update's own
    "work": ("parallel",),
    "wait": (),
    "read": ("times",),
    "write": ("batch", "within", "adds"),
    "call": (),
    "send": (),
    "fan": ("times", "need", "within", "hedge"),
    "lock": ("steps", "stripes", "patience", "handoff", "wakes"),
    "session": ("writes",),
}
"""The verbs of steps, and which keys go with each."""

Loc = tuple[str | int, ...]


def check_steps(shapes: Sequence[StepShape], source: Source, loc: Loc) -> None:
    """Report an operation of too many steps."""
    count = sum(1 for _ in _all(shapes))
    if count > MOST_STEPS:
        message = f"{count} steps, those inside locks counted: at most {MOST_STEPS}"
        source.problem("Too many steps", message, *loc, "steps")


def _all(shapes: Sequence[StepShape]) -> Iterator[StepShape]:
    for shape in shapes:
        yield shape
        yield from _all(shape.steps or ())


def read_steps(
    shapes: Sequence[StepShape],
    datasets: Collection[str],
    known: Collection[str],
    source: Source,
    loc: Loc,
    held: tuple[str, ...] = (),
) -> tuple[Step, ...]:
    """Read the steps of an operation, or of a lock; one that is wrong is reported and left out.

    Args:
        shapes: As written.
        datasets: Names of data sets.
        known: Operations that can be called, as ``program.operation``.
        source: Where problems go.
        loc: Where they stand.
        held: The locks around them, the outermost first.
    """
    steps = []
    for i, shape in enumerate(shapes):
        at = (*loc, i)
        with source.blaming(*at):
            for word, name in (("read", shape.read), ("write", shape.write), ("session", shape.session)):
                if name is not None:
                    source.known("data set", name, datasets, *at, word)
            for word, target in (("call", shape.call), ("send", shape.send)):
                if target is not None and "." in target:
                    source.known("operation", target, known, *at, word)
            for j, target in enumerate(shape.fan or ()):
                if "." in target:
                    source.known("operation", target, known, *at, "fan", j)
            inner: tuple[Step, ...] = ()
            if shape.lock is not None:
                _check_lock(shape.lock, held)
                names = (*held, shape.lock)
                inner = read_steps(shape.steps or (), datasets, known, source, (*at, "steps"), names)
            steps.append(_step(shape, inner))
    return tuple(steps)


def _check_lock(name: str, held: tuple[str, ...]) -> None:
    if name in held:
        raise _bad(f"{name} is held already when it is asked for again: it would wait for itself for ever")
    if len(held) >= DEEPEST:
        raise _bad(f"locks within locks, deeper than {DEEPEST}: hold fewer at once")


def _step(shape: StepShape, inner: tuple[Step, ...]) -> Step:
    verb = _verb(shape)
    match verb:
        case "work":
            return Work(_given(shape.work), shape.parallel or 0.0)
        case "wait":
            return Wait(_given(shape.wait))
        case "read":
            return Read(str(shape.read), shape.times or 1)
        case "write":
            return _write(shape)
        case "fan":
            return _fan(shape)
        case "lock":
            if not shape.steps:
                raise _bad(f"{shape.lock} is held for nothing: give it steps: [{{work: 1 ms}}]")
            stripes, handoff = shape.stripes or 1, shape.handoff or 0.0
            return Lock(str(shape.lock), inner, stripes, shape.patience, handoff, shape.wakes or "one")
        case "update":
            if shape.work is None:
                raise _bad(f"between reading and writing {shape.update} there is work: write work: 1 ms")
            return Update(str(shape.update), shape.work)
        case "session":
            return Session(str(shape.session), bool(shape.writes))
    target = _operation(str(shape.call or shape.send))
    return CallProgram(*target) if verb == "call" else SendTo(*target)


def _given(time: Distribution | None) -> Distribution:
    assert time is not None
    return time


def _verb(shape: StepShape) -> str:
    """The one verb of a step; other keys must belong to it."""
    given = [key for key in StepShape.model_fields if getattr(shape, key) is not None]
    verbs = [key for key in BELONGS if key in given]
    if "update" in verbs and "work" in verbs:
        verbs.remove("work")
    if len(verbs) != 1:
        got = " and ".join(verbs) if verbs else "none"
        raise _bad(f"a step is one of {_listed(sorted(BELONGS, key=_ORDER.index))}, not {got}")
    for key in given:
        if key != verbs[0] and key not in BELONGS[verbs[0]]:
            owners = [verb for verb, keys in BELONGS.items() if key in keys]
            raise _bad(f"{key} belongs to {' and '.join(owners)}")
    return verbs[0]


_ORDER = [key for key in StepShape.model_fields if key in BELONGS]


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _write(shape: StepShape) -> Write:
    if (shape.batch is None) != (shape.within is None) or shape.within == 0:
        raise _bad("batch and within go together: {write: orders, batch: 20, within: 50 ms}")
    return Write(str(shape.write), shape.batch or 1, shape.within or 0.0, bool(shape.adds))


def _fan(shape: StepShape) -> Fan:
    fan = Fan(
        tuple(_operation(target) for target in shape.fan or ()),
        shape.times or 1,
        shape.need,
        shape.within,
        shape.hedge,
    )
    if fan.branches > MOST_BRANCHES:
        raise _bad(f"{fan.branches:,} calls at once: at most {MOST_BRANCHES:,}")
    if fan.need is not None and fan.need > fan.branches:
        raise _bad(f"it needs {fan.need} answers of {fan.branches} calls: need can be {fan.branches} at most")
    for word, seconds in (("within", fan.within), ("hedge", fan.hedge)):
        if seconds == 0:
            raise _bad(f"nobody answers in no time: leave {word} out, or write more")
    return fan


MOST_BRANCHES = 1000
"""Calls that one fan makes at once."""


def _operation(target: str) -> tuple[str, str]:
    program, dot, name = target.partition(".")
    if not dot:
        raise _bad(f"{quoted(target)} is not an operation: write program.operation")
    return program, name


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Bad step", message)
