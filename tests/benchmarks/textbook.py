"""The yardstick: the same systems as one would write them with SimPy after reading its manual.

`three_tier` is the plain chain, with a coin for the cache; `three_tier_in_full` models every part that the
engine models: all hops both ways, threads held to the end, a cache with keys, the fill after a miss.
"""

import random
from bisect import bisect
from collections import OrderedDict
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import simpy

RATE, WORK, LOOKUP, QUERY, HOP = 2500.0, 0.020, 0.0005, 0.050, 0.001
TIMEOUT, ATTEMPTS, HOSTS, CORES, CONNECTIONS = 1.0, 3, 4, 16, 32
KEYS, ZIPF, ROOM, THREADS = 20_000, 1.1, 4_000, 400

Steps = Iterator[Any]


def three_tier(requests: int, seed: int) -> list[float]:
    """Latencies of the plain chain: four hops and the work, a core held while working, 80 % hits."""
    env, rng = simpy.Environment(), random.Random(seed)
    hosts = [simpy.Resource(env, CORES) for _ in range(HOSTS)]
    database = simpy.Resource(env, CONNECTIONS)
    latencies: list[float] = []
    turn = 0

    def pause(mean: float) -> simpy.Timeout:
        return env.timeout(rng.expovariate(1 / mean))

    def attempt() -> Steps:
        nonlocal turn
        turn = (turn + 1) % HOSTS
        host = hosts[turn]
        yield pause(HOP)
        yield pause(HOP)
        with host.request() as core:
            yield core
            yield pause(WORK)
        yield pause(HOP)
        yield pause(LOOKUP)
        if rng.random() >= 0.8:
            yield pause(HOP)
            with database.request() as connection:
                yield connection
                yield pause(QUERY)
        yield pause(HOP)

    def client() -> Steps:
        began = env.now
        for _ in range(ATTEMPTS):
            call = env.process(attempt())
            if call in (yield call | env.timeout(TIMEOUT)):
                latencies.append(env.now - began)
                return

    def source() -> Steps:
        for _ in range(requests):
            yield pause(1 / RATE)
            env.process(client())

    env.process(source())
    env.run()
    return latencies


def three_tier_in_full(requests: int, seed: int) -> list[tuple[float, float]]:
    """(born, latency) of the chain as the engine models it, in order of their ends."""
    env, rng = simpy.Environment(), random.Random(seed)
    hosts = [(simpy.Resource(env, THREADS), simpy.Resource(env, CORES)) for _ in range(HOSTS)]
    lookups, database = simpy.Resource(env, CORES), simpy.Resource(env, CONNECTIONS)
    weights = list(accumulate((k + 1) ** -ZIPF for k in range(KEYS)))
    copies: OrderedDict[int, bool] = OrderedDict()
    ended: list[tuple[float, float]] = []
    turn = 0

    def pause(mean: float) -> simpy.Timeout:
        return env.timeout(rng.expovariate(1 / mean))

    def work(station: simpy.Resource, mean: float) -> Steps:
        with station.request() as unit:
            yield unit
            yield pause(mean)

    def fill(key: int) -> Steps:
        yield pause(HOP)
        copies[key] = True
        copies.move_to_end(key)
        if len(copies) > ROOM:
            copies.popitem(last=False)
        yield from work(lookups, LOOKUP)

    def read(key: int) -> Steps:
        yield pause(HOP)
        hit = key in copies
        if hit:
            copies.move_to_end(key)
        yield from work(lookups, LOOKUP)
        yield pause(HOP)
        if hit:
            return
        yield pause(HOP)
        yield from work(database, QUERY)
        yield pause(HOP)
        env.process(fill(key))

    def attempt(key: int) -> Steps:
        nonlocal turn
        turn = (turn + 1) % HOSTS
        threads, cores = hosts[turn]
        yield pause(HOP)
        yield env.timeout(0.0001)  # what the balancer adds
        yield pause(HOP)
        with threads.request() as thread:
            yield thread
            yield from work(cores, WORK)
            yield from read(key)
        yield pause(HOP)
        yield pause(HOP)

    def client() -> Steps:
        began, key = env.now, bisect(weights, rng.random() * weights[-1])
        for _ in range(ATTEMPTS):
            call = env.process(attempt(key))
            if call in (yield call | env.timeout(TIMEOUT)):
                ended.append((began, env.now - began))
                return

    def source() -> Steps:
        for _ in range(requests):
            yield pause(1 / RATE)
            env.process(client())

    env.process(source())
    env.run()
    return ended


def single_server(requests: int, seed: int, rate: float = 400.0, work: float = 0.002) -> list[float]:
    """Latencies of M/M/1 with a hop there and one back."""
    env, rng = simpy.Environment(), random.Random(seed)
    core = simpy.Resource(env, 1)
    latencies: list[float] = []

    def client() -> Steps:
        began = env.now
        yield env.timeout(rng.expovariate(1 / HOP))
        with core.request() as mine:
            yield mine
            yield env.timeout(rng.expovariate(1 / work))
        yield env.timeout(rng.expovariate(1 / HOP))
        latencies.append(env.now - began)

    def source() -> Steps:
        for _ in range(requests):
            yield env.timeout(rng.expovariate(rate))
            env.process(client())

    env.process(source())
    env.run()
    return latencies
