"""Pools and cores: FIFO, limits, integrals; and cores against a pool, event for event."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.simulation.kernel import REFUSED, Flow, Home, Kernel
from scalegame.simulation.pool import Cores, Pool

Steps = Generator[float | None, Any, Any]


def holder(pool: Pool, log: list[tuple[str, float]], name: str, seconds: float, kernel: Kernel) -> Any:
    def strand(flow: Flow) -> Steps:
        taken = pool.take(flow)
        if taken is None:
            log.append((f"{name} {REFUSED}", kernel.now))
            return
        if not taken:
            yield None
        log.append((name, kernel.now))
        try:
            yield seconds
        finally:
            pool.release()

    return strand


def test_first_come_first_served() -> None:
    kernel, log = Kernel(), []
    pool = Pool(kernel, 2)
    for name, seconds in (("a", 3.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)):
        kernel.start(holder(pool, log, name, seconds, kernel))
    kernel.drain()
    assert (pool.taken, pool.queued, pool.peak) == (2, 2, 2)
    kernel.run(10.0)
    assert log == [("a", 0.0), ("b", 0.0), ("c", 1.0), ("d", 2.0)]
    assert pool.integrals() == (6.0, 3.0)
    assert pool.waited == [1.0, 2.0]
    assert pool.granted_at == [1.0, 2.0]
    assert pool.grants == 4


def test_a_full_queue_refuses_in_no_time() -> None:
    kernel, log = Kernel(), []
    pool = Pool(kernel, 1, 1)
    for name in "abc":
        kernel.start(holder(pool, log, name, 1.0, kernel))
    kernel.drain()
    assert log == [("a", 0.0), ("c refused", 0.0)]
    assert (pool.refused, pool.taken, pool.queued) == (1, 1, 1)


def test_reading_integrals_changes_nothing() -> None:
    def busy(look: bool) -> tuple[float, float]:
        kernel, log = Kernel(), []
        pool = Pool(kernel, 1)
        for i in range(20):
            kernel.start(holder(pool, log, str(i), 0.1 + i / 7, kernel))
        kernel.drain()
        for second in range(1, 40):
            kernel.run(float(second))
            if look:
                pool.integrals()
        return pool.integrals()

    assert busy(True) == busy(False)


def test_who_gives_up_leaves_the_queue() -> None:
    kernel, log = Kernel(), []
    pool, flows = Pool(kernel, 1), []

    def waiter(flow: Flow) -> Steps:
        flows.append(flow)
        yield from holder(pool, log, str(len(flows)), 5.0, kernel)(flow)

    for _ in range(4):
        kernel.start(waiter)
    kernel.drain()
    kernel.at(2.0, lambda: pool.leave(flows[1]))
    kernel.at(2.0, lambda: pool.leave(flows[1]))  # twice is once
    kernel.run(20.0)
    assert [name for name, _ in log] == ["1", "3", "4"]
    assert pool.integrals() == (15.0, 2.0 + 5.0 + 10.0)


def test_ten_thousand_give_up_at_once() -> None:
    kernel, flows = Kernel(), []
    pool = Pool(kernel, 1)

    def waiter(flow: Flow) -> Steps:
        flows.append(flow)
        if not pool.take(flow):
            yield None
        yield 100.0
        pool.release()

    for _ in range(10_001):
        kernel.start(waiter)
    kernel.drain()
    kernel.at(2.0, lambda: [pool.leave(f) for f in flows])
    kernel.run(3.0)
    assert pool.queued == 0
    assert pool.integrals() == (3.0, 20_000.0)
    kernel.run(200.0)
    assert pool.taken == 0


def test_a_dead_pool_takes_nothing_back() -> None:
    kernel, log = Kernel(), []
    pool = Pool(kernel, 1)
    kernel.start(holder(pool, log, "a", 5.0, kernel))
    kernel.drain()
    kernel.run(2.0)
    pool.die()
    kernel.run(9.0)
    assert pool.taken == 0
    assert pool.integrals() == (2.0, 0.0)


@st.composite
def arrivals(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Gaps and amounts of work, on a fine grid so that nothing happens at the same instant by accident."""
    n = draw(st.integers(1, 40))
    grid = st.integers(1, 10_000)
    return [(draw(grid) / 7919, draw(grid) / 2903) for _ in range(n)]


@settings(max_examples=150, deadline=None)
@given(arrivals(), st.integers(1, 4), st.none() | st.floats(0.1, 20.0))
def test_cores_are_a_fifo_station_event_for_event(
    arriving: list[tuple[float, float]], size: int, crash: float | None
) -> None:
    """The short cut of `Cores` against the long way: take a unit, work, give it back."""
    ends: list[dict[int, float]] = []
    figures: list[list[tuple[float, ...]]] = []
    stations: list[Pool | Cores] = []
    for short in (True, False):
        kernel, home = Kernel(), Home("station")
        cores, pool = Cores(kernel, size), Pool(kernel, size)
        station = cores if short else pool
        home.on_crash.append(station.die)
        home.on_up.append(station.rise)
        done: dict[int, float] = {}

        def on_cores(flow: Flow, job: tuple[int, float]) -> Steps:
            yield cores.occupy(job[1])  # noqa: B023
            done[job[0]] = kernel.now  # noqa: B023

        def on_pool(flow: Flow, job: tuple[int, float]) -> Steps:
            if not pool.take(flow):  # noqa: B023
                yield None
            try:
                yield job[1]
            finally:
                pool.release()  # noqa: B023
            done[job[0]] = kernel.now  # noqa: B023

        when = 0.0
        for i, (gap, seconds) in enumerate(arriving):
            when += gap
            kernel.call(None, on_cores if short else on_pool, (i, seconds), when, None, home)
        if crash is not None:
            kernel.at(crash, lambda: kernel.crash(home))  # noqa: B023
            kernel.at(crash + 1.0, lambda: kernel.revive(home))  # noqa: B023
        seen = []
        for step in range(1, 60):
            kernel.run(step * 1.0001)
            seen.append((*station.integrals(), station.queued, station.taken))
        kernel.run(1000.0)
        seen.append((*station.integrals(), station.queued, station.taken, station.grants, len(station.waited)))
        ends.append(done)
        figures.append(seen)
        stations.append(station)
    assert ends[0] == pytest.approx(ends[1], abs=1e-9)
    for short_way, long_way in zip(*figures, strict=True):
        assert short_way == pytest.approx(long_way, abs=1e-9)
    assert stations[0].waited == pytest.approx(stations[1].waited, abs=1e-9)
    assert stations[0].granted_at == pytest.approx(stations[1].granted_at, abs=1e-9)
    assert stations[0].peak == stations[1].peak
