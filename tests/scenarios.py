"""Small scenarios, built by hand: boards, workloads and worlds for tests that want to see one thing."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from scalegame.components import kinds
from scalegame.design.distributions import Distribution, constant, exponential
from scalegame.design.kinds import REQUIRED
from scalegame.design.model import Board, Component, Wire
from scalegame.design.world import DataSet, Operation, Program, Size, Step, Work
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.run import Run, simulate
from scalegame.simulation.scenario import (
    Asked,
    Closed,
    Fault,
    Limits,
    Network,
    Open,
    Piece,
    Profile,
    Retries,
    Scenario,
    Window,
    Workload,
)

KINDS = kinds()
#: One way, where a test says nothing else: short and constant, so that times can be added up by hand.
HOP = 1e-6


def part(id: str, kind: str, at: str = "here", **settings: Any) -> Component:
    """A card with every parameter of its kind; a dot in a name is written as two underscores."""
    values = {p.name: p.default for p in KINDS[kind].parameters if p.default is not REQUIRED}
    values.update({name.replace("__", "."): value for name, value in settings.items()})
    missing = {p.name for p in KINDS[kind].parameters} ^ set(values)
    assert not missing, f"{id}: {sorted(missing)}"
    return Component(id, kind, at, values)


def clients(id: str = "users", sends: str = "w", at: str = "here") -> Component:
    return part(id, "clients", at, sends=sends)


def service(id: str = "web", runs: str = "p", **settings: Any) -> Component:
    return part(
        id, "service", **{"runs": runs, "size": "one", "threads": 10_000, "backlog": 1_000_000, **settings}
    )


def database(id: str = "db", holds: str = "x", **settings: Any) -> Component:
    work = {"work__read": constant(0.001), "work__write": constant(0.001), "work__apply": constant(0.0)}
    return part(id, "database", **{"holds": holds, "size": "many", "connections": 10_000, **work, **settings})


def cache(id: str = "cache", holds: str = "x", **settings: Any) -> Component:
    return part(id, "cache", **{"holds": holds, "size": "room", "work": constant(0.0), **settings})


def balancer(id: str = "lb", **settings: Any) -> Component:
    return part(id, "balancer", **{"latency": constant(0.0), **settings})


def queue(id: str = "queue", **settings: Any) -> Component:
    return part(id, "queue", **{"latency": constant(0.0), **settings})


def board(components: Sequence[Component], *chains: str) -> Board:
    """Cards and wires; each chain is written `a -> b -> c`."""
    wires: list[Wire] = []
    for chain in chains:
        names = [name.strip() for name in chain.split("->")]
        wires += [Wire(a, b) for a, b in itertools.pairwise(names)]
    return Board({c.id: c for c in components}, tuple(wires))


def steady(rate: float, process: Any = "poisson") -> Open:
    """Arrivals at one rate for ever."""
    return Open(process, (Piece(0.0, inf, rate, rate),))


def once(*times: float) -> Open:
    """One arrival near each of the times (within a microsecond), evenly spaced ones being easiest to reckon."""
    width = 1e-9
    pieces, reached = [], 0.0
    for time in times:
        pieces += [
            Piece(reached, time - width, 0.0, 0.0),
            Piece(time - width, time + width, 0.5 / width, 0.5 / width),
        ]
        reached = time + width
    return Open("constant", (*pieces, Piece(reached, inf, 0.0, 0.0)))


def program(*steps: Step, name: str = "p", reply: str = "done", operation: str = "get") -> Program:
    return Program(name, {operation: Operation(operation, steps, reply)})


def workload(arrivals: Open | Closed, name: str = "w", users: int = 1000, **more: Any) -> Workload:
    return Workload(name, users, arrivals, more.pop("operations", {"get": Asked(1.0)}), **more)


def network(links: Mapping[tuple[str, str], Profile] | None = None, hop: float = HOP) -> Network:
    """Everything within a place takes `hop`; other links as given, in both directions."""
    found = dict(links or {})
    found.update({(b, a): profile for (a, b), profile in found.items()})
    places = sorted({"here", *(p for pair in found for p in pair)})
    return Network(tuple(places), {**{(p, p): Profile(constant(hop)) for p in places}, **found})


SIZES = (
    Size("one", 1, 1e12, 0.1),
    Size("two", 2, 1e12, 0.2),
    Size("many", 10_000, 1e12, 1.0),
    Size("room", 10_000, 1e12, 1.0),
)


def scenario(
    on: Board,
    workloads: Workload | Sequence[Workload],
    programs: Program | Sequence[Program],
    *,
    until: float = 10.0,
    start: float = 0.0,
    grace: float = 30.0,
    tick: float = 1.0,
    data: Sequence[DataSet] = (DataSet("x", 1000, 0.0, 1000.0),),
    sizes: Sequence[Size] = (),
    links: Mapping[tuple[str, str], Profile] | None = None,
    hop: float = HOP,
    faults: Sequence[Fault] = (),
    limits: Limits | None = None,
) -> Scenario:
    """A scenario; everything that a test does not mention is small and quiet."""
    loads = [workloads] if isinstance(workloads, Workload) else workloads
    runs = [programs] if isinstance(programs, Program) else programs
    return Scenario(
        board=on,
        sizes={s.name: s for s in (*SIZES, *sizes)},
        data={d.name: d for d in data},
        programs={p.name: p for p in runs},
        network=network(links, hop),
        workloads={w.name: w for w in loads},
        window=Window(start, until, grace, tick),
        faults=tuple(faults),
        limits=limits or Limits(),
    )


def station(
    rate: float, work: Distribution, cores: int = 1, *, until: float, start: float = 0.0, **settings: Any
) -> Scenario:
    """Clients before one service: the station of the textbooks."""
    size = Size("size", cores, 1e12, 0.1)
    cards = [clients(), service(size="size", **settings)]
    return scenario(
        board(cards, "users -> web"),
        workload(steady(rate)),
        program(Work(work)),
        until=until,
        start=start,
        tick=until,
        sizes=[size],
    )


def tiers(rate: float = 200.0, until: float = 20.0, faults: Sequence[Fault] = (), tick: float = 0.25) -> Scenario:
    """Clients, balancer, three web servers, a cache and a database with replicas: a bit of everything."""
    from scalegame.design.world import Read, Write

    both = Program(
        "p",
        {
            "get": Operation("get", (Work(exponential(0.004)), Read("x"))),
            "put": Operation("put", (Work(exponential(0.004)), Write("x"))),
        },
    )
    cards = [
        clients(),
        balancer(policy="least connections", health_check__every=0.5),
        service(replicas=3, threads=20, backlog=20, timeout=0.4),
        cache(size="tiny", work=exponential(0.0002), ttl=5.0),
        database(
            size="two",
            connections=10,
            backlog=50,
            work__read=exponential(0.004),
            work__write=exponential(0.006),
            work__apply=exponential(0.001),
            read_replicas=2,
            reads="any",
        ),
    ]
    wires = ("users -> lb -> web -> cache", "web -> db")
    asked = {"get": Asked(5.0), "put": Asked(1.0)}
    people = workload(
        steady(rate),
        operations=asked,
        keys="x",
        timeout=0.5,
        retries=Retries(3, "exponential", 0.05, 1.0, 0.5),
    )
    return scenario(
        board(cards, *wires),
        people,
        both,
        start=2.0,
        until=until,
        tick=tick,
        data=[DataSet("x", 500, 1.1, 1000.0)],
        sizes=[Size("tiny", 1, 50_000.0, 0.1)],
        hop=0.0003,
        faults=faults,
    )


def run(scenario: Scenario, seed: int = 1) -> Run:
    """A finished run."""
    return simulate(scenario, KINDS, seed)


def result(scenario: Scenario, seed: int = 1) -> RunResult:
    return run(scenario, seed).result


def latencies(recording: Recording) -> list[float]:
    """Sojourns of the cohort in order of birth; NaN where a request was never resolved."""
    log = recording.requests
    return [float(t) for t in log.resolved - log.born]


def outcomes(recording: Recording) -> list[str]:
    """Outcomes of the cohort in order of birth."""
    log = recording.requests
    return [log.outcomes[i] for i in log.outcome]


def same(a: object, b: object) -> bool:
    """Equal to the last bit, NaN being equal to NaN."""
    from dataclasses import fields, is_dataclass

    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        assert isinstance(b, np.ndarray)
        return a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if is_dataclass(a):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, Mapping):
        assert isinstance(b, Mapping)
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, tuple | list):
        assert isinstance(b, tuple | list)
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and a != a:
        return isinstance(b, float) and b != b
    return a == b
