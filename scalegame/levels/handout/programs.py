"""The steps of a program in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scalegame.design.world import (
    CallProgram,
    Fan,
    Lock,
    Operation,
    Read,
    SendTo,
    Session,
    Step,
    Update,
    Wait,
    Work,
    Write,
)
from scalegame.units import Dimension, show


def steps_of(operation: Operation) -> Iterator[str]:
    """Yield what is done for an operation, a phrase each step."""
    yield from _told(operation.steps)
    if operation.reply == "accepted":
        yield "a queue in front answers at once"


def _told(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield _step(step)


def _step(step: Step) -> str:
    match step:
        case Work(time, parallel):
            shared = f", {show(parallel, Dimension.RATIO)} of it on all cores" if parallel else ""
            return f"work {time.show()}{shared}"
        case Wait(time):
            return f"wait {time.show()}"
        case Read(data, times):
            return f"read {data}" + (f" {times} times" if times > 1 else "")
        case Write(data, batch, within, adds):
            gathered = f", up to {batch} at once within {show(within, Dimension.TIME)}" if batch > 1 else ""
            return f"{'add to' if adds else 'write'} {data}{gathered}"
        case CallProgram(program, operation):
            return f"call {program}.{operation}"
        case SendTo(program, operation):
            return f"send a message to {program}.{operation}"
        case Fan():
            return _fan(step)
        case Lock(name, inner):
            return f"while holding {name}: {', '.join(_told(inner))}"
        case Update(counter, time):
            return f"update {counter}, work {time.show()}"
        case Session(data, writes):
            return f"{'change' if writes else 'look at'} what is kept for this user in {data}"


def _fan(fan: Fan) -> str:
    calls = ", ".join(f"{program}.{operation}" for program, operation in fan.calls)
    words = [f"ask {calls}" + (f" {fan.times} times" if fan.times > 1 else "") + " at once"]
    if fan.need is not None:
        words.append(f"{fan.need} answers are enough")
    if fan.within is not None:
        words.append(f"for {show(fan.within, Dimension.TIME)} at most")
    if fan.hedge is not None:
        words.append(f"once more after {show(fan.hedge, Dimension.TIME)}")
    return ", ".join(words)
