"""The textbook models as scenarios, each run with twenty fixed seeds, once per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from typing import Any

import numpy as np

from scalegame.design.distributions import Distribution, constant, exponential
from scalegame.design.world import CallProgram, DataSet, Fan, Operation, Program, Read, Size, Work
from scalegame.insight import hit_ratios, queueing_networks, theory
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Asked, Closed, Scenario
from tests.scenarios import HOP, board, clients, database, result, scenario, service, station, steady, workload
from tests.scenarios import cache as cache_

#: Twenty, for ever: seeds change only with a stated reason.
SEEDS = tuple(range(1, 21))
#: 99.95 % point of Student's t with 19 degrees of freedom: two sides of 0.05 % each are left out.
T999 = 3.883406
#: Half-width of the interval, as a share of the mean, that a run must be long enough for.
PRECISE = 0.02
#: There and back: part of every measured latency, and of no theory.
WAY = 2 * HOP


@dataclass(frozen=True)
class Model:
    """A scenario, what theory says of it, and how to read the same from a result.

    Attributes:
        theory: Value by statistic.
        read: Reader by statistic.
    """

    scenario: Scenario
    theory: Mapping[str, float]
    read: Mapping[str, Callable[[RunResult], float]]


def latency(r: RunResult) -> float:
    return r.total.latency.mean - WAY


def web_wait(r: RunResult) -> float:
    return r.components["web"].wait_mean


def web_busy(r: RunResult) -> float:
    return r.components["web"].utilisation


def web_queue(r: RunResult) -> float:
    return r.components["web"].queue_mean


def throughput(r: RunResult) -> float:
    return r.total.throughput


def lost(r: RunResult) -> float:
    return r.total.failures.get("refused", 0) / r.total.requests


def mmc(rate: float, mean: float, cores: int, requests: int, scale: float = 1.0) -> Model:
    """M/M/c. `scale` makes a mutant whose work takes that many times as long as theory is told."""
    until = requests / rate
    wait = theory.mmc_wait(rate, mean, cores)
    return Model(
        station(rate, exponential(mean * scale), cores, until=until, start=until / 20),
        {
            "wait": wait,
            "time": wait + mean,
            "queue": rate * wait,
            "busy": rate * mean / cores,
            "throughput": rate,
            "wait p99": theory.mmc_wait_quantile(rate, mean, cores, 0.99),
            "p99": theory.mmc_time_quantile(rate, mean, cores, 0.99),
        },
        {
            "wait": web_wait,
            "time": latency,
            "queue": web_queue,
            "busy": web_busy,
            "throughput": throughput,
            "wait p99": lambda r: r.components["web"].wait_p99,
            "p99": lambda r: r.total.latency.p99 - WAY,
        },
    )


def mg1(rate: float, work: Distribution, requests: int, scale: float = 1.0) -> Model:
    """M/G/1, by the formula of Pollaczek and Khinchine."""
    until, mean = requests / rate, work.mean
    wait = theory.mg1_wait(rate, mean, work.scv)
    slow = Distribution(work.shape, tuple(v * scale for v in work.values))
    return Model(
        station(rate, slow, until=until, start=until / 20),
        {"wait": wait, "time": wait + mean, "busy": rate * mean},
        {"wait": web_wait, "time": latency, "busy": web_busy},
    )


def mmck(rate: float, mean: float, cores: int, room: int, requests: int, scale: float = 1.0) -> Model:
    """M/M/c/K: a thread for every core, the backlog is the rest of the room."""
    until = requests / rate
    found = theory.mmck(rate, mean, cores, room)
    return Model(
        station(
            rate,
            exponential(mean * scale),
            cores,
            until=until,
            start=until / 20,
            threads=cores,
            backlog=room - cores,
        ),
        {"lost": found.refused, "time": found.time, "throughput": found.throughput, "queue": found.queue},
        {"lost": lost, "time": latency, "throughput": throughput, "queue": web_queue},
    )


def erlang(rate: float, mean: float, servers: int, requests: int, scale: float = 1.0) -> Model:
    """Erlang's loss system M/M/c/c: threads without a backlog."""
    until, blocked = requests / rate, theory.erlang_b(servers, rate * mean)
    return Model(
        station(
            rate, exponential(mean * scale), servers, until=until, start=until / 20, threads=servers, backlog=0
        ),
        {"lost": blocked, "time": mean, "busy": rate * (1 - blocked) * mean / servers},
        {"lost": lost, "time": latency, "busy": web_busy},
    )


def impatient(rate: float, mean: float, servers: int, patience: float, requests: int, scale: float = 1.0) -> Model:
    """Erlang's model with abandonment M/M/c+M ("Erlang A"): who waits leaves after an exponential time."""
    until, found = requests / rate, theory.erlang_a(rate, mean, servers, patience)
    one = station(
        rate, exponential(mean * scale), servers, until=until, start=until / 20, threads=servers, backlog=1_000_000
    )
    crowd = replace(one.workloads["w"], patience=exponential(patience))
    return Model(
        replace(one, workloads={"w": crowd}),
        {"left": found.abandoned, "queue": found.queue, "wait": found.wait, "busy": found.utilisation},
        {
            "left": lambda r: r.total.failures.get("timed out", 0) / r.total.requests,
            "queue": web_queue,
            "wait": lambda r: r.components["web"].pools[1].wait_total / r.total.requests,
            "busy": web_busy,
        },
    )


def closed(people: int, think: float, until: float, *demands: float, scale: float = 1.0) -> Model:
    """A fixed crowd that thinks, before single servers in a row: exact mean value analysis.

    The time on the wire is spent at no station, as thinking is.
    """
    names = ["web", *(f"tier{i}" for i in range(2, len(demands) + 1))]
    on_wire = len(demands) * WAY
    found = queueing_networks.mva(people, think + on_wire, demands)
    programs = []
    for i, demand in enumerate(demands):
        onward = (CallProgram(names[i + 1], "get"),) if i + 1 < len(names) else ()
        work = Work(exponential(demand * (scale if i == 0 else 1.0)))
        programs.append(Program(names[i], {"get": Operation("get", (work, *onward))}))
    cards = [clients(), *(service(name, runs=name) for name in names)]
    return Model(
        scenario(
            board(cards, " -> ".join(["users", *names])),
            workload(Closed(people, exponential(think))),
            programs,
            until=until,
            start=until / 20,
            tick=until,
        ),
        {
            "throughput": found.throughput,
            "time": found.response,
            **{f"busy {n}": u for n, u in zip(names, found.utilisation, strict=True)},
        },
        {
            "throughput": throughput,
            "time": lambda r: r.total.latency.mean - on_wire,
            **{f"busy {n}": (lambda r, n=n: r.components[n].utilisation) for n in names},
        },
    )


def jackson(rate: float, requests: int, stations: tuple[tuple[float, int], ...], scale: float = 1.0) -> Model:
    """Services in tandem, each with several cores: by Jackson every one is M/M/c on its own."""
    names = ["web", *(f"tier{i}" for i in range(2, len(stations) + 1))]
    n, until = len(names), requests / rate
    routing = [[1.0 if j == i + 1 else 0.0 for j in range(n)] for i in range(n)]
    found = queueing_networks.jackson(
        [rate, *[0.0] * (n - 1)], routing, [mean for mean, _ in stations], [c for _, c in stations]
    )
    programs, cards, sizes = [], [clients()], []
    for i, (mean, cores) in enumerate(stations):
        onward = (CallProgram(names[i + 1], "get"),) if i + 1 < n else ()
        work = Work(exponential(mean * (scale if i == 0 else 1.0)))
        programs.append(Program(names[i], {"get": Operation("get", (work, *onward))}))
        sizes.append(Size(f"cores{i}", cores, 1e12, 0.1))
        cards.append(service(names[i], runs=names[i], size=f"cores{i}"))
    return Model(
        scenario(
            board(cards, " -> ".join(["users", *names])),
            workload(steady(rate)),
            programs,
            until=until,
            start=until / 20,
            tick=until,
            sizes=sizes,
        ),
        {
            "time": sum(s.wait + mean for s, (mean, _) in zip(found, stations, strict=True)),
            **{f"wait {name}": s.wait for name, s in zip(names, found, strict=True)},
            **{f"busy {name}": s.utilisation for name, s in zip(names, found, strict=True)},
        },
        {
            "time": lambda r: r.total.latency.mean - n * WAY,
            **{f"wait {name}": (lambda r, i=name: r.components[i].wait_mean) for name in names},
            **{f"busy {name}": (lambda r, i=name: r.components[i].utilisation) for name in names},
        },
    )


def shared(rate: float, work: Distribution, requests: int, scale: float = 1.0) -> Model:
    """M/G/1 with processor sharing: the mean depends on the mean work and on nothing else."""
    until, mean = requests / rate, work.mean
    slow = Distribution(work.shape, tuple(v * scale for v in work.values))
    return Model(
        station(rate, slow, until=until, start=until / 20, cores__order="shared"),
        {"time": theory.mg1_shared_time(rate, mean), "busy": rate * mean},
        {"time": latency, "busy": web_busy},
    )


def forked(rate: float, mean: float, parts: int, requests: int, scale: float = 1.0) -> Scenario:
    """Arrivals that each ask so many single servers, and wait for the last of them."""
    until, names = requests / rate, [f"part{i}" for i in range(1, parts + 1)]
    both = Program("p", {"get": Operation("get", (Fan(tuple((name, "get") for name in names)),))})
    work = Operation("get", (Work(exponential(mean * scale)),))
    cards = [clients(), service(), *(service(name, runs=name) for name in names)]
    return scenario(
        board(cards, "users -> web", *(f"web -> {name}" for name in names)),
        workload(steady(rate)),
        (both, *(Program(name, {"get": work}) for name in names)),
        until=until,
        start=until / 20,
    )


def fork_join(rate: float, mean: float, requests: int, scale: float = 1.0) -> Model:
    """Two parts, exactly."""
    return Model(
        forked(rate, mean, 2, requests, scale),
        {
            "time": queueing_networks.fork_join(rate, mean),
            "time of one": theory.mmc_time(rate, mean),
            "busy": rate * mean,
        },
        {
            "time": lambda r: r.total.latency.mean - 2 * WAY,
            "time of one": lambda r: mean + sum(r.components[f"part{i}"].wait_mean for i in (1, 2)) / 2,
            "busy": lambda r: r.components["part1"].utilisation,
        },
    )


def last_come(rate: float, mean: float, requests: int, scale: float = 1.0) -> Model:
    """M/M/1 that serves the last first: it waits as long in the mean as if it served the first."""
    until, wait = requests / rate, theory.mmc_wait(rate, mean)
    return Model(
        station(rate, exponential(mean * scale), until=until, start=until / 20, cores__order="last come"),
        {"wait": wait, "time": wait + mean, "busy": rate * mean},
        {"wait": web_wait, "time": latency, "busy": web_busy},
    )


def priority(
    rates: tuple[float, float], works: tuple[Distribution, Distribution], requests: int, scale: float = 1.0
) -> Model:
    """M/G/1 with two classes, the urgent one first, nobody interrupted: Cobham's formula."""
    until, names = requests / sum(rates), ("urgent", "other")
    waits = theory.priority_waits(rates, [w.mean for w in works], [w.scv for w in works])
    slow = [Distribution(w.shape, tuple(v * scale for v in w.values)) for w in works]
    both = Program("p", {n: Operation(n, (Work(w),)) for n, w in zip(names, slow, strict=True)})
    asked = {"urgent": Asked(rates[0], priority=1), "other": Asked(rates[1])}
    return Model(
        scenario(
            board([clients(), service(cores__order="priority")], "users -> web"),
            workload(steady(sum(rates)), operations=asked),
            both,
            until=until,
            start=until / 20,
            tick=until,
        ),
        {
            "busy": sum(r * w.mean for r, w in zip(rates, works, strict=True)),
            **{f"time {n}": w + s.mean for n, w, s in zip(names, waits, works, strict=True)},
        },
        {
            "busy": web_busy,
            **{f"time {n}": (lambda r, n=n: r.operations[n].latency.mean - WAY) for n in names},
        },
    )


def kept(zipf: float, keys: int, room: int, requests: int, scale: float = 1.0) -> Model:
    """An LRU store that is asked independently, by Che's approximation. A mutant has so many times the room."""
    return Model(
        _stored(1000.0, keys, zipf, requests, round(room * scale)),
        {"misses": 1.0 - hit_ratios.che(hit_ratios.zipf(keys, zipf).tolist(), room)},
        {"misses": lambda r: 1.0 - r.components["cache"].counters["hit_ratio"]},
    )


def aged(rate: float, keys: int, zipf: float, ttl: float, requests: int, scale: float = 1.0) -> Model:
    """A store with room for everything, whose copies expire: an alternating renewal process a key."""
    return Model(
        _stored(rate, keys, zipf, requests, keys, ttl=ttl * scale),
        {"misses": 1.0 - hit_ratios.ttl_hits((rate * hit_ratios.zipf(keys, zipf)).tolist(), ttl)},
        {"misses": lambda r: 1.0 - r.components["cache"].counters["hit_ratio"]},
    )


def _stored(rate: float, keys: int, zipf: float, requests: int, room: int, **copies: Any) -> Scenario:
    """A cache-aside store whose misses cost next to no time."""
    until = requests / rate
    cards = [clients(), service(size="many"), cache_(size="fits", **copies), database(work__read=constant(0.0))]
    return scenario(
        board(cards, "users -> web -> cache", "web -> db"),
        workload(steady(rate), keys="x"),
        Program("p", {"get": Operation("get", (Read("x"),))}),
        until=until,
        start=until / 10,
        tick=until,
        data=[DataSet("x", keys, zipf, 1000.0)],
        sizes=[Size("fits", 1, room * 1000.0, 0.1)],
    )


SKEWED = Distribution("lognormal", (0.001, 0.004))
#: Squared coefficient of variation: 4.
VARIED = Distribution("lognormal", (0.001, 0.008555))
CORNERS = Distribution("percentiles", (0.0008, 0.0025, 0.004))

#: Every model, by name: `MODELS[name](scale)`; run lengths are what the precision asks for, and not more.
MODELS: Mapping[str, Callable[[float], Model]] = {
    "M/M/1": lambda s: mmc(500.0, 0.001, 1, 78_000, s),
    "M/M/8": lambda s: mmc(5600.0, 0.001, 8, 12_500, s),
    "M/D/1": lambda s: mg1(550.0, constant(0.001), 10_000, s),
    "M/G/1 log-normal": lambda s: mg1(450.0, SKEWED, 14_000, s),
    "M/G/1 percentiles": lambda s: mg1(400.0, CORNERS, 20_000, s),
    "M/M/3/8": lambda s: mmck(3300.0, 0.001, 3, 8, 40_000, s),
    "Erlang B": lambda s: erlang(10_000.0, 0.001, 10, 25_000, s),
    "Erlang A": lambda s: impatient(3300.0, 0.001, 3, 0.002, 36_000, s),
    "machine repairman": lambda s: closed(20, 0.1, 175.0, 0.005, scale=s),
    "closed network": lambda s: closed(12, 0.05, 51.0, 0.004, 0.006, scale=s),
    "M/M/1 shared": lambda s: shared(500.0, exponential(0.001), 16_500, s),
    "M/G/1 shared": lambda s: shared(500.0, VARIED, 36_000, s),
    "M/M/1 last come": lambda s: last_come(500.0, 0.001, 20_000, s),
    "fork and join": lambda s: fork_join(500.0, 0.001, 17_000, s),
    "M/G/1 priority": lambda s: priority((300.0, 150.0), (exponential(0.001), constant(0.002)), 24_000, s),
    "LRU, zipf 0.8": lambda s: kept(0.8, 1000, 100, 10_000, s),
    "LRU, zipf 1.1": lambda s: kept(1.1, 1000, 100, 10_000, s),
    "time to live": lambda s: aged(1000.0, 200, 0.8, 0.5, 10_000, s),
    "Jackson network": lambda s: jackson(1000.0, 18_000, ((0.0014, 2), (0.0006, 1), (0.0024, 4)), s),
}


@cache
def runs(name: str, scale: float = 1.0) -> tuple[RunResult, ...]:
    """The results of all seeds. Statistics of one model share them, if they run in one process."""
    return tuple(result(MODELS[name](scale).scenario, seed) for seed in SEEDS)


@dataclass(frozen=True)
class Estimate:
    """Mean over the seeds, with the half-width of its 99.9 % interval."""

    mean: float
    half: float

    def agrees(self, value: float) -> bool:
        """The interval contains the value, and is narrow enough for that to mean something."""
        return abs(self.mean - value) <= self.half <= PRECISE * abs(self.mean)


def estimate(values: list[float]) -> Estimate:
    return Estimate(float(np.mean(values)), T999 * float(np.std(values, ddof=1)) / sqrt(len(values)))


def shorter(scenario: Scenario, share: float) -> Scenario:
    """The same for a part of the time."""
    window = scenario.window
    return replace(scenario, window=replace(window, start=window.start * share, end=window.end * share))
