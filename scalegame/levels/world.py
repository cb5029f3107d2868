"""Builds the world of a level from its shape: network, sizes, data, programs, workloads, window."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from scalegame.design.world import (
    CallProgram,
    DataSet,
    Operation,
    Program,
    Read,
    SendTo,
    Size,
    Step,
    Work,
    Write,
)
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.schema import (
    ArrivalsShape,
    AskedShape,
    LevelShape,
    OperationShape,
    RetriesShape,
    StepShape,
    WorkloadShape,
)
from scalegame.levels.source import Source
from scalegame.simulation.patterns import held_from, parse_pattern
from scalegame.simulation.scenario import (
    Asked,
    Closed,
    FollowUp,
    Network,
    Open,
    Profile,
    Retries,
    Window,
    Workload,
)
from scalegame.units import Dimension, parse, write

LONGEST_RUN = 3600.0
"""A run and its grace may not take longer than this, in simulated seconds."""

_LINK = re.compile(r"(?P<a>\S+)\s*(?P<arrow><->|->)\s*(?P<b>\S+)")
_WITHIN = re.compile(r"within\s+(?P<a>\S+)")
_MEASURE = re.compile(r"from (?P<start>.+?) to (?P<end>.+)")

Programs = Mapping[str, Program]


def window(shape: LevelShape, source: Source) -> Window:
    """Read when a run is measured; where that is wrong, return one that lets the other checks go on."""
    with source.blaming("measure"):
        match = _MEASURE.fullmatch(" ".join(shape.measure.split()))
        if match is None:
            raise ScalegameError(
                "Bad window", f'{quoted(shape.measure)} is not a window: write it like "from 10 s to 120 s"'
            )
        start, end = (parse(match[name], Dimension.TIME) for name in ("start", "end"))
        if start >= end:
            raise ScalegameError("Bad window", "measuring must end after it begins")
        if end + shape.grace > LONGEST_RUN:
            longest = write(LONGEST_RUN, Dimension.TIME)
            raise ScalegameError("Bad window", f"a run and its grace may take {longest} at most: use a time scale")
        if shape.run is not None and shape.run != end:
            source.problem(
                "Bad window",
                f"the run takes {write(shape.run, Dimension.TIME)}, but measuring ends at "
                f"{write(end, Dimension.TIME)}: they must be the same (run may be left out)",
                "run",
            )
        return Window(start, end, shape.grace)
    return Window(0.0, 60.0, shape.grace)


def network(shape: LevelShape, source: Source) -> Network:
    """Read places and links."""
    if len(set(shape.places)) < len(shape.places):
        for i, place in enumerate(shape.places):
            if place in shape.places[:i]:
                source.problem("Duplicate name", f"{quoted(place)} is there twice: remove one", "places", i)
    links: dict[tuple[str, str], Profile] = {}
    for text, link in shape.network.items():
        profile = Profile(link.latency, link.bandwidth, link.loss)
        for pair in _pairs(text, shape.places, source):
            if pair in links:
                message = f"what lies from {pair[0]} to {pair[1]} is given twice: remove one"
                source.problem("Duplicate link", message, "network", text, key=True)
            links[pair] = profile
        if link.bandwidth == 0:
            message = "nothing gets through a bandwidth of 0: leave it out, or cut the link with a fault"
            source.problem("Bad link", message, "network", text, "bandwidth")
    for a, b in sorted(links):
        if (b, a) not in links:
            message = f'there is a way from {a} to {b} but none back: add "{b} -> {a}" or write "{a} <-> {b}"'
            source.problem("One-way link", message, "network")
    return Network(tuple(shape.places), links)


def _pairs(text: str, places: Collection[str], source: Source) -> tuple[tuple[str, str], ...]:
    """Return the ordered pairs of places that a key of the network speaks of."""
    link, within = _LINK.fullmatch(text), _WITHIN.fullmatch(text)
    match = link or within
    if match is None:
        message = f'{quoted(text)} is not a link: write "a <-> b", "a -> b" or "within a"'
        source.problem("Bad link", message, "network", text, key=True)
        return ()
    a, b = match["a"], match["a"] if link is None else match["b"]
    unknown = [
        end for end in dict.fromkeys((a, b)) if not source.known("place", end, places, "network", text, key=True)
    ]
    if unknown:
        return ()
    if link is None:
        return ((a, a),)
    if a == b:
        source.problem("Bad link", f'write "within {a}"', "network", text, key=True)
        return ()
    return ((a, b), (b, a)) if link["arrow"] == "<->" else ((a, b),)


def sizes(shape: LevelShape) -> dict[str, Size]:
    """Read the machines for sale."""
    return {name: Size(name, s.cores, s.memory, s.price) for name, s in shape.sizes.items()}


def data(shape: LevelShape) -> dict[str, DataSet]:
    """Read the data sets."""
    return {name: DataSet(name, d.keys, d.popularity.zipf, d.value) for name, d in shape.data.items()}


def programs(shape: LevelShape, source: Source) -> dict[str, Program]:
    """Read the programs; calls must lead somewhere, and not in circles."""
    known = {f"{program}.{name}" for program, operations in shape.programs.items() for name in operations}
    found = {
        name: Program(
            name,
            {
                op: operation(op, shaped, shape.data, known, source, ("programs", name, op))
                for op, shaped in operations.items()
            },
        )
        for name, operations in shape.programs.items()
    }
    circle = _circle(found)
    if circle is not None:
        program, op = circle.split(".")
        source.problem(
            "Circular calls",
            f"{quoted(circle)} leads back to itself: it would never end",
            "programs",
            program,
            op,
        )
    return found


def operation(
    name: str,
    shape: OperationShape,
    datasets: Collection[str],
    known: Collection[str],
    source: Source,
    loc: tuple[str | int, ...],
) -> Operation:
    """Read one operation.

    Args:
        name: Of the operation.
        shape: As written.
        datasets: Names of data sets.
        known: Operations that can be called, as ``program.operation``.
        source: Where problems go.
        loc: Where it stands.
    """
    steps = []
    for i, step in enumerate(shape.steps):
        at = (*loc, "steps", i)
        with source.blaming(*at):
            steps.append(_step(step))
            for word, data_name in (("read", step.read), ("write", step.write)):
                if data_name is not None:
                    source.known("data set", data_name, datasets, *at, word)
            for word, target in (("call", step.call), ("send", step.send)):
                if target is not None:
                    source.known("operation", target, known, *at, word)
    if shape.reply == "accepted" and len(steps) == len(shape.steps):
        if any(isinstance(step, Read) for step in steps):
            message = f"{name} reads, so its reply has to wait for it: write reply: done"
            source.problem("Bad reply", message, *loc, "reply")
        elif all(isinstance(step, Work) for step in steps):
            message = f"{name} leaves nothing behind that could be accepted: give it a write, call or send"
            source.problem("Bad reply", message, *loc, "reply")
    return Operation(name, tuple(steps), shape.reply)


def _step(shape: StepShape) -> Step:
    verbs = [verb for verb in ("work", "read", "write", "call", "send") if getattr(shape, verb) is not None]
    if len(verbs) != 1:
        got = " and ".join(verbs) if verbs else "none"
        raise ScalegameError("Bad step", f"a step is one of work, read, write, call and send, not {got}")
    if shape.times is not None and shape.read is None:
        raise ScalegameError("Bad step", "times belongs to read")
    if (shape.batch is not None or shape.within is not None) and shape.write is None:
        raise ScalegameError("Bad step", "batch and within belong to write")
    if (shape.batch is None) != (shape.within is None) or shape.within == 0:
        raise ScalegameError("Bad step", "batch and within go together: {write: orders, batch: 20, within: 50 ms}")
    if shape.work is not None:
        return Work(shape.work)
    if shape.read is not None:
        return Read(shape.read, shape.times or 1)
    if shape.write is not None:
        return Write(shape.write, shape.batch or 1, shape.within or 0.0)
    program, dot, name = (shape.call or shape.send or "").partition(".")
    if not dot:
        raise ScalegameError("Bad step", f"{quoted(program)} is not an operation: write program.operation")
    return CallProgram(program, name) if shape.call is not None else SendTo(program, name)


def _circle(found: Programs) -> str | None:
    """Return an operation whose calls lead back to it, if there is one."""
    calls = {
        f"{program.name}.{op.name}": [
            f"{step.program}.{step.operation}" for step in op.steps if isinstance(step, CallProgram | SendTo)
        ]
        for program in found.values()
        for op in program.operations.values()
    }
    return circle_in(calls)


def circle_in(graph: Mapping[str, Collection[str]]) -> str | None:
    """Return a node from which a directed graph leads back to itself, or None.

    Nodes without an unfinished predecessor are taken away until none is left (Kahn's algorithm).
    """
    waiting = dict.fromkeys(graph, 0)
    for targets in graph.values():
        for target in targets:
            if target in waiting:
                waiting[target] += 1
    free = [node for node, count in waiting.items() if count == 0]
    while free:
        node = free.pop()
        del waiting[node]
        for target in graph[node]:
            if target in waiting:
                waiting[target] -= 1
                if waiting[target] == 0:
                    free.append(target)
    # What is left leads into a circle or is on one; following it from anywhere ends up on the circle.
    node_left = next(iter(waiting), None)
    seen: set[str] = set()
    while node_left is not None and node_left not in seen:
        seen.add(node_left)
        node_left = next((n for n, targets in graph.items() if n in waiting and node_left in targets), None)
    return node_left


def workloads(shape: LevelShape, found: Programs, end: float, source: Source) -> dict[str, Workload]:
    """Read the workloads; their rates stay as they are when measuring ends."""
    return {
        name: _workload(name, workload, shape, found, end, source) for name, workload in shape.workloads.items()
    }


def _workload(
    name: str, shape: WorkloadShape, level: LevelShape, found: Programs, end: float, source: Source
) -> Workload:
    loc = ("workloads", name)
    if shape.at is not None:
        source.known("place", shape.at, level.places, *loc, "at")
    offered = list(dict.fromkeys(op for program in found.values() for op in program.operations))
    for op in shape.operations:
        if op not in offered:
            message = f"no program has an operation {quoted(op)}{nearest(op, offered)}"
            source.problem("Unknown name", message, *loc, "operations", op, key=True)
    keys = shape.keys
    if keys is not None:
        source.known("data set", keys, level.data, *loc, "keys")
    elif len(level.data) == 1:
        (keys,) = level.data
    elif level.data:
        message = f"there are several data sets: say which one it asks for, as in keys: {next(iter(level.data))}"
        source.problem("Missing key", message, *loc, key=True)
    operations = _operations(shape.operations, source, (*loc, "operations"))
    arrivals: Open | Closed = Open("poisson", parse_pattern("1/s"))
    with source.blaming(*loc, "arrivals"):
        arrivals = _arrivals(shape.arrivals, end, source, (*loc, "arrivals"))
    return Workload(
        name=name,
        users=shape.users,
        arrivals=arrivals,
        operations=operations,
        keys=keys,
        request=shape.request,
        timeout=_timeout(shape, source, loc),
        retries=_retries(shape.retries, source, (*loc, "retries")),
    )


def _timeout(shape: WorkloadShape, source: Source, loc: tuple[str, ...]) -> float | None:
    if shape.timeout == 0:
        source.problem("Bad time-out", "nobody answers in no time: write none to wait for ever", *loc, "timeout")
    return shape.timeout


def _arrivals(shape: ArrivalsShape, end: float, source: Source, loc: tuple[str, ...]) -> Open | Closed:
    given = [word for word in ("poisson", "constant", "clients") if getattr(shape, word) is not None]
    if len(given) != 1:
        raise ScalegameError(
            "Bad arrivals",
            'arrivals are one of {poisson: "120/s"}, {constant: "120/s"} and {clients: 40, think: 1 s}',
        )
    if shape.clients is not None:
        if shape.think is None:
            raise ScalegameError("Bad arrivals", "clients need a think time: write think: 0 s if they have none")
        return Closed(shape.clients, shape.think, 1.0 if shape.pause is None else shape.pause)
    if shape.think is not None or shape.pause is not None:
        raise ScalegameError("Bad arrivals", "think and pause belong to clients")
    text = shape.poisson if shape.poisson is not None else shape.constant or ""
    pieces = parse_pattern("0/s")
    with source.blaming(*loc, given[0]):
        pieces = held_from(parse_pattern(text), end)
    return Open("poisson" if shape.poisson is not None else "constant", pieces)


def _operations(shapes: Mapping[str, AskedShape], source: Source, loc: tuple[str, ...]) -> dict[str, Asked]:
    follows: dict[str, list[str]] = {}
    for name, shape in shapes.items():
        follows[name] = []
        if shape.then is None:
            continue
        if shape.then.do in shapes:
            follows[name].append(shape.then.do)
        else:
            message = (
                f"{quoted(shape.then.do)} is not among the operations of this workload: "
                f"add {shape.then.do}: 0 if it only follows"
            )
            source.problem("Unknown name", message, *loc, name, "then", "do")
    circle = circle_in(follows)
    if circle is not None:
        source.problem("Circular sequence", f"{quoted(circle)} follows itself: it would never end", *loc, circle)
    if not sum(shape.weight for shape in shapes.values()) > 0:
        source.problem("No operations", "at least one operation needs a weight above 0", *loc)
    return {
        name: Asked(s.weight, FollowUp(s.then.after, s.then.do) if s.then is not None else None)
        for name, s in shapes.items()
    }


def _retries(shape: RetriesShape, source: Source, loc: tuple[str, ...]) -> Retries:
    if shape.policy != "immediate" and shape.base == 0:
        source.problem("Bad retries", f"{shape.policy} back-off needs its first wait: base: 100 ms", *loc)
    if shape.cap < shape.base:
        source.problem("Bad retries", "the longest wait (cap) is shorter than the first (base)", *loc, "cap")
    return Retries(shape.attempts, shape.policy, shape.base, shape.cap, shape.jitter)
