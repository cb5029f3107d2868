"""Builds the world of a level from its shape: network, sizes, data, programs, workloads, window."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Literal, cast

from scalegame.design.world import DataSet, Freshness, Operation, Program, Read, Size, called, touched_by, walk
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels import profiles
from scalegame.levels.schema import (
    ArrivalsShape,
    AskedShape,
    ConnectShape,
    LevelShape,
    OperationShape,
    RetriesShape,
    WorkloadShape,
)
from scalegame.levels.source import Source
from scalegame.levels.steps import check_steps, read_steps
from scalegame.simulation.patterns import held_from, parse_pattern
from scalegame.simulation.scenario import (
    LOCAL,
    Asked,
    Clocks,
    Closed,
    Connect,
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

LEAST_SYNC = 0.01
"""Clocks are synchronised at most so often, in seconds."""

LEAST_SHIFT = 0.1
"""Popularity moves on at most so often, in seconds."""

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
        profile = LOCAL
        with source.blaming("network", text):
            profile = profiles.read(link)
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


def data(shape: LevelShape, source: Source) -> dict[str, DataSet]:
    """Read the data sets."""
    found = {}
    for name, given in shape.data.items():
        popularity = given.popularity
        every, by = popularity.shifts or 0.0, popularity.by or 0.0
        with source.blaming("data", name, "popularity"):
            if (popularity.shifts is None) != (popularity.by is None):
                example = "{zipf: 1.1, shifts: 30 s, by: 10 %}"
                raise ScalegameError("Bad popularity", f"shifts and by go together: {example}")
            if popularity.shifts is not None and every < LEAST_SHIFT:
                least = write(LEAST_SHIFT, Dimension.TIME)
                raise ScalegameError("Bad popularity", f"it shifts every {least} at most: write more")
            if popularity.by is not None and not 0 < by < 1:
                raise ScalegameError("Bad popularity", "by is more than 0 % and less than 100 % of the keys")
        found[name] = DataSet(name, given.keys, popularity.zipf, given.value, every, round(by * given.keys))
    return found


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
    check_steps(shape.steps, source, loc)
    steps = read_steps(shape.steps, datasets, known, source, (*loc, "steps"))
    if shape.reply == "accepted" and len(steps) == len(shape.steps):
        if any(isinstance(step, Read) for step in walk(steps)):
            message = f"{name} reads, so its reply has to wait for it: write reply: done"
            source.problem("Bad reply", message, *loc, "reply")
        elif not any(called(step) or touched_by(step)[1] for step in walk(steps)):
            message = f"{name} leaves nothing behind that could be accepted: give it a write, call or send"
            source.problem("Bad reply", message, *loc, "reply")
    fresh = shape.fresh
    freshness = None
    if fresh is not None:
        freshness = Freshness(
            fresh.store, fresh.private, fresh.no_cache, fresh.max_age, fresh.expires, fresh.modified, fresh.etag
        )
    return Operation(name, steps, shape.reply, shape.answer, freshness)


def _circle(found: Programs) -> str | None:
    """Return an operation whose calls lead back to it, if there is one."""
    calls = {
        f"{program.name}.{op.name}": list(
            dict.fromkeys(f"{p}.{o}" for step in walk(op.steps) for p, o, _ in called(step))
        )
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
        retries=read_retries(shape.retries, source, (*loc, "retries")),
        connect=_connect(shape.connect, source, (*loc, "connect")),
        patience=shape.patience,
        groups=_groups(shape.groups, source, loc),
    )


def _connect(shape: ConnectShape | None, source: Source, loc: tuple[str, ...]) -> Connect | None:
    if shape is None:
        return None
    if shape.idle == 0:
        message = "a connection that closes at once is never used again: write reuse: never"
        source.problem("Bad connections", message, *loc, "idle")
    return Connect(shape.reuse, shape.idle, cast(Literal[0, 1, 2], shape.tls))


def _groups(shares: Mapping[str, float], source: Source, loc: tuple[str, ...]) -> dict[str, float]:
    if shares and not sum(shares.values()) > 0:
        source.problem("Bad groups", "at least one group needs a share above 0", *loc, "groups")
    return dict(shares)


def clocks(shape: LevelShape, source: Source) -> Clocks | None:
    """Read how clocks go; None if the level says nothing of them."""
    given = shape.clocks
    if given is None:
        return None
    if given.every is not None and given.every < LEAST_SYNC:
        least = write(LEAST_SYNC, Dimension.TIME)
        message = f"clocks are synchronised every {least} at most: write more, or none"
        source.problem("Bad clocks", message, "clocks", "every")
        return None
    return Clocks(given.drift, given.every, given.error)


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
        name: Asked(s.weight, FollowUp(s.then.after, s.then.do) if s.then is not None else None, s.priority)
        for name, s in shapes.items()
    }


def read_retries(shape: RetriesShape, source: Source, loc: tuple[str, ...]) -> Retries:
    """Read what follows a failed attempt."""
    if shape.policy != "immediate" and shape.base == 0:
        source.problem("Bad retries", f"{shape.policy} back-off needs its first wait: base: 100 ms", *loc)
    if shape.cap < shape.base:
        source.problem("Bad retries", "the longest wait (cap) is shorter than the first (base)", *loc, "cap")
    if shape.budget is not None and shape.attempts == 1:
        source.problem("Bad retries", "a budget of retries without any: give it more attempts", *loc, "budget")
    return Retries(shape.attempts, shape.policy, shape.base, shape.cap, shape.jitter, shape.budget)
