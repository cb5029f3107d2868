"""From a finished run to its result: cohort, window, pools, and the checks that every run makes of itself."""

from __future__ import annotations

import platform
import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from scalegame import ENGINE
from scalegame.simulation.kernel import ACCEPTED, ANSWERS, DEGRADED, FAILURES, OK
from scalegame.simulation.part import Part, Replica
from scalegame.simulation.pool import Station
from scalegame.simulation.recording import RequestLog
from scalegame.simulation.request import Ledger
from scalegame.simulation.result import ComponentResult, PoolResult, RunResult, Slice, Times
from scalegame.simulation.world import World

UNFINISHED = "unfinished"
OUTCOMES = (OK, ACCEPTED, DEGRADED, *FAILURES, UNFINISHED)


class SelfCheckError(AssertionError):
    """The simulator contradicts itself: a bug, never the player's fault."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Everything that only grows, read at an edge of the window."""

    time: float
    area: float
    arrivals: dict[str, int]
    inside: dict[str, int]
    killed: dict[str, int]
    refused: dict[str, dict[str, int]]
    counts: dict[str, dict[str, float]]
    pools: dict[int, tuple[float, float, int, int]]  # busy, waiting, granted at once, refused
    peaks: dict[int, int]
    longest: dict[str, int]
    spent: dict[str, float]
    present: dict[int, float]


def edge(world: World) -> Edge:
    """Reads all counters, integrals and peaks now. A pure read."""
    parts = world.parts
    pools: dict[int, tuple[float, float, int, int]] = {}
    for pool in _all_stations(world):
        busy, waiting = pool.integrals()
        pools[id(pool)] = (busy, waiting, pool.grants - len(pool.waited), pool.refused)
    return Edge(
        world.kernel.now,
        world.ledger.area(),
        {i: p.arrivals() for i, p in parts.items()},
        {i: p.inside() for i, p in parts.items()},
        {i: p.killed() for i, p in parts.items()},
        {i: dict(p.refusals()) for i, p in parts.items()},
        {i: dict(p.counts()) for i, p in parts.items()},
        pools,
        {id(pool): pool.peak for pool in _all_stations(world)},
        {i: p.longest for i, p in parts.items()},
        {i: fleet.spent() for i, fleet in world.fleets.items()},
        {id(i.home): i.presence() for fleet in world.fleets.values() for i in fleet.instances},
    )


def forget_peaks(world: World) -> None:
    """At the start of the window: the longest queue is that of the window."""
    for pool in _all_stations(world):
        pool.peak = pool.queued
    for part in world.parts.values():
        part.longest = part.queued()


def _all_stations(world: World) -> list[Station]:
    return [s for part in world.parts.values() for r in part.replicas for s in r.stations()]


# -- the cohort


def request_log(ledger: Ledger, workloads: tuple[str, ...]) -> RequestLog:
    """All logical requests as arrays, in order of birth."""
    n = len(ledger.born)
    names = ledger.sort_names
    operations = tuple(sorted({operation for _, operation in names}))
    sorts = np.array(ledger.sorts, dtype=np.int64)
    resolved = np.array(ledger.resolved)
    nan, code = float("nan"), {name: i for i, name in enumerate(OUTCOMES)}
    outcome = np.where(resolved >= 0, code[OK], code[UNFINISHED])
    completed = np.full(n, nan)
    stale, checked, accepted, pending, doubled, lost = (np.zeros(n, dtype=np.int64) for _ in range(6))
    attempts = np.ones(n, dtype=np.int64)
    for row, r in ledger.odd.items():
        outcome[row] = code[r.outcome or UNFINISHED]
        stale[row], checked[row], attempts[row] = r.stale, r.checked, r.attempts
        accepted[row], pending[row] = r.accepted, r.pending
        if r.fate is not None:
            doubled[row] = r.fate.doubled
            lost[row] = r.fate.lost > 0 and r.outcome in ANSWERS  # what was never acknowledged is not lost
        if r.accepted and r.completed >= 0:
            completed[row] = r.completed
    return RequestLog(
        born=np.array(ledger.born),
        resolved=np.where(resolved >= 0, resolved, nan),
        outcome=outcome,
        workload=np.array([w for w, _ in names], dtype=np.int64)[sorts],
        operation=np.array([operations.index(o) for _, o in names], dtype=np.int64)[sorts],
        completed=completed,
        stale=stale,
        checked=checked,
        accepted=accepted,
        pending=pending,
        attempts=attempts,
        doubled=doubled,
        lost=lost,
        outcomes=OUTCOMES,
        workloads=workloads,
        operations=operations,
    )


def chosen(log: RequestLog, which: npt.NDArray[np.bool_]) -> RequestLog:
    """Some of the requests of a log."""
    columns = {f.name: getattr(log, f.name)[which] for f in fields(log)[:-3]}
    return replace(log, **columns)


def slice_of(log: RequestLog, chosen: npt.NDArray[np.bool_], responses: int, seconds: float) -> Slice:
    """Sums up some of the cohort.

    Args:
        log: The cohort.
        chosen: Which of it.
        responses: How many responses reached their clients in the window, late ones included.
        seconds: Length of the window.
    """
    outcome = log.outcome[chosen]
    good = log.ended(ANSWERS)[chosen]
    degraded = int(np.sum(outcome == OUTCOMES.index(DEGRADED)))
    n, successes = int(chosen.sum()), int(good.sum())
    sojourn = log.resolved[chosen] - log.born[chosen]
    failures = {name: int(np.sum(outcome == i)) for i, name in enumerate(OUTCOMES) if name not in ANSWERS}
    completed = (log.completed - log.born)[chosen]
    unresolved = np.isnan(log.resolved[chosen])
    return Slice(
        requests=n,
        successes=successes,
        degraded=degraded,
        throughput=responses / seconds,
        goodput=(successes - degraded) / seconds,
        availability=successes / n if n else float("nan"),
        failures={k: v for k, v in failures.items() if v},
        attempts=int(log.attempts[chosen].sum()),
        latency=Times.of(sojourn[good]),
        failed_latency=Times.of(sojourn[~good & ~unresolved]),
        completion=Times.of(completed[~np.isnan(completed)]),
        unfinished=int(np.sum(unresolved | (log.pending[chosen] > 0))),
        stale_reads=int(np.sum(log.stale[chosen] > 0)),
        own_stale_reads=int(np.sum(log.stale[chosen] == 2)),
        reads=int(log.checked[chosen].sum()),
        duplicates=int(log.doubled[chosen].sum()),
        lost=int(log.lost[chosen].sum()),
    )


# -- components


def _presence(replica: Replica, first: Edge, last: Edge) -> float:
    """Seconds of the window for which a replica was there to work: all of them, but for fleets."""
    if replica.home.instance is None:
        return last.time - first.time
    return last.present[id(replica.home)] - first.present[id(replica.home)]


def _pool_result(name: str, replicas: Sequence[Replica], first: Edge, last: Edge) -> PoolResult:
    seconds = last.time - first.time
    pools = [r.station(name) for r in replicas]
    deltas = [tuple(b - a for a, b in zip(first.pools[id(p)], last.pools[id(p)], strict=True)) for p in pools]
    busy, waiting, at_once, refused = (sum(d[i] for d in deltas) for i in range(4))
    waits: list[float] = []
    for pool in pools:
        begin, end = (bisect_left(pool.granted_at, edge.time) for edge in (first, last))
        waits += pool.waited[begin:end]
    size: float = sum(p.size for p in pools)
    if any(r.home.instance is not None for r in replicas):
        unit_seconds = sum(p.size * _presence(r, first, last) for p, r in zip(pools, replicas, strict=True))
        mean = unit_seconds / seconds
        size = round(mean) if mean == round(mean) else mean
    times = Times.of(np.concatenate([np.zeros(int(at_once)), waits]))
    return PoolResult(
        name=name,
        size=size,
        utilisation=busy / seconds / size if size else 0.0,
        queue_mean=waiting / seconds,
        queue_max=max(last.peaks[id(p)] for p in pools),
        grants=int(at_once) + len(waits),
        wait_mean=times.mean,
        wait_p99=times.p99,
        wait_total=waiting,
        refused=int(refused),
    )


def component_result(part: Part, first: Edge, last: Edge) -> ComponentResult:
    """One card over the window."""
    seconds, id_ = last.time - first.time, part.id
    names = part.telling
    pools = tuple(_pool_result(name, part.replicas, first, last) for name in names)
    arrivals = last.arrivals[id_] - first.arrivals[id_]
    killed = last.killed[id_] - first.killed[id_]
    refused = {
        reason: n - first.refused[id_].get(reason, 0)
        for reason, n in last.refused[id_].items()
        if n > first.refused[id_].get(reason, 0)
    }
    grown = last.inside[id_] - first.inside[id_]
    completions = max(0, arrivals - grown - killed - sum(refused.values()))
    waiting = sum(p.wait_total for p in pools)
    counts = {k: v - first.counts[id_].get(k, 0.0) for k, v in last.counts[id_].items()}
    figures = part.figures(counts, first.time, last.time)
    telling = pools[0] if pools else None
    busy = telling.utilisation * telling.size * seconds if telling else 0.0
    return ComponentResult(
        kind=part.component.kind,
        utilisation=telling.utilisation if telling else 0.0,
        arrivals=arrivals,
        completions=completions,
        throughput=completions / seconds,
        queue_mean=sum(p.queue_mean for p in pools) if pools else figures.get("length_mean", 0.0),
        queue_max=max((p.queue_max for p in pools), default=last.longest[id_]),
        wait_mean=waiting / arrivals if arrivals else float("nan"),
        wait_p99=max((p.wait_p99 for p in pools if p.wait_p99 == p.wait_p99), default=float("nan")),
        service_mean=busy / completions if completions else float("nan"),
        in_flight=_in_flight(pools, part.outer),
        refused=refused,
        pools=pools,
        counters=figures,
        replicas=tuple(
            _utilisation(r, telling.name, first, last) if telling else 0.0
            for r in part.replicas
            if _presence(r, first, last) > 0
        )
        or (0.0,),
    )


def _in_flight(pools: tuple[PoolResult, ...], held: str) -> float:
    """Mean number inside: who holds a thread or connection (the pool held throughout), and who waits for one."""
    if not pools:
        return 0.0
    outer = next((pool for pool in pools if pool.name == held), pools[-1])
    return outer.utilisation * outer.size + outer.queue_mean


def _utilisation(replica: Replica, name: str, first: Edge, last: Edge) -> float:
    pool = replica.station(name)
    busy = last.pools[id(pool)][0] - first.pools[id(pool)][0]
    return busy / _presence(replica, first, last) / pool.size


# -- the whole


def result(world: World, first: Edge, last: Edge, ended: str) -> tuple[RunResult, RequestLog]:
    """Everything measured, and the cohort.

    Raises:
        SelfCheckError: The run contradicts itself.
    """
    everyone = request_log(world.ledger, tuple(world.scenario.workloads))
    seconds = last.time - first.time
    born, resolved = everyone.born, everyone.resolved
    in_time = (resolved >= first.time) & (resolved < last.time) & everyone.ended(ANSWERS)
    late = {name: sum(first.time <= t < last.time for t in times) for name, times in world.late.items()}
    window = world.scenario.window
    log = chosen(everyone, (born >= window.start) & (born < window.end))
    total = slice_of(log, log.born >= 0, int(in_time.sum()) + sum(late.values()), seconds)
    workloads = {
        name: slice_of(
            log, log.workload == i, int((in_time & (everyone.workload == i)).sum()) + late[name], seconds
        )
        for i, name in enumerate(log.workloads)
    }
    operations = {
        name: slice_of(log, log.operation == i, int((in_time & (everyone.operation == i)).sum()), seconds)
        for i, name in enumerate(log.operations)
    }
    check(world, everyone, first, last)
    measured = RunResult(
        seed=world.streams.seed,
        total=total,
        workloads=workloads,
        operations=operations,
        components={i: component_result(p, first, last) for i, p in world.parts.items()},
        cost=world.scenario.overhead + sum(_cost(p, first, last) for p in world.parts.values()),
        ended=ended,
        steps=world.kernel.steps,
        versions=versions(),
    )
    return measured, log


def _cost(part: Part, first: Edge, last: Edge) -> float:
    """Dollars per hour of a card: the mean over the window of what was there."""
    if part.id not in last.spent:
        return part.price()
    return (last.spent[part.id] - first.spent[part.id]) / (last.time - first.time)


def check(world: World, everyone: RequestLog, first: Edge, last: Edge) -> None:
    """What must hold in every run: nothing lost or made up, Little's integrals agree, nothing negative.

    Raises:
        SelfCheckError: It does not.
    """
    count, resolved = len(everyone.born), int(np.sum(~np.isnan(everyone.resolved)))
    if count != resolved + world.ledger.inside:
        raise SelfCheckError(f"born {count}, resolved {resolved}, inside {world.ledger.inside}")
    a, b = first.time, last.time
    ends = np.where(np.isnan(everyone.resolved), np.inf, everyone.resolved)
    sojourns = float(np.sum(np.clip(ends, a, b) - np.clip(everyone.born, a, b)))
    area = last.area - first.area
    if abs(area - sojourns) > 1e-9 * max(1.0, sojourns):
        raise SelfCheckError(f"integral of the number inside {area!r}, sum of sojourns {sojourns!r}")
    if np.any(everyone.resolved < everyone.born):
        raise SelfCheckError("a request was resolved before it was born")
    for part in world.parts.values():
        for replica in part.replicas:
            for pool in replica.stations():
                least = -1e-9 * max(1.0, b * pool.size)  # rounding, where times are added and taken away
                if not (0 <= pool.taken <= pool.size and pool.queued >= 0 and min(pool.integrals()) >= least):
                    raise SelfCheckError(f"{replica.home.name}: {pool.taken} taken, {pool.queued} queued")


def versions() -> Mapping[str, str]:
    """What equal bytes depend on."""
    return {
        "engine": ENGINE,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": f"{sys.platform} {platform.machine()}",
    }
