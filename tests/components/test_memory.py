"""Memory inside a machine: the call that is too much, and collections."""

from __future__ import annotations

from typing import Any

import pytest

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import Size, Wait, Work
from scalegame.simulation.scenario import Fault, Scenario
from tests.components.test_node import collecting_scenario, one
from tests.scenarios import (
    balancer,
    board,
    clients,
    latencies,
    once,
    outcomes,
    program,
    result,
    run,
    same,
    scenario,
    service,
    steady,
    workload,
)


def test_memory_runs_out_at_the_reckoned_call() -> None:
    """10 threads of 1 MB and 5 MB besides leave 20 of 35 MB: ten calls of 2 MB fit, the eleventh is too much."""
    steps = (Wait(constant(3.0)),)
    times = [1.0 + i / 100 for i in range(11)]
    memory: dict[str, Any] = {
        "memory": 35e6,
        "threads": 10,
        "backlog": 50,
        "memory__base": 5e6,
        "memory__per_call": 2e6,
    }
    fits = run(one(steps, once(*times[:10]), until=20.0, **memory))
    assert set(outcomes(fits.recording)) == {"ok"}
    found = run(one(steps, once(*times, 5.0, 7.2), until=20.0, memory__restart=6.0, **memory))
    assert outcomes(found.recording) == ["reset"] * 12 + ["ok"]
    web = found.result.components["web"]
    assert web.counters["out_of_memory"] == 1
    events = [(round(e.time, 2), e.text) for e in found.recording.events if e.component == "web"]
    assert events == [(1.1, "web is out of memory with 10 calls inside, 11 calls lost"), (7.1, "web is back")]


def test_calls_that_wait_for_a_thread_take_memory_as_well() -> None:
    """One thread, room for three calls: the fourth in the backlog is too much."""
    steps = (Wait(constant(1.0)),)
    more = {"memory": 4e6, "threads": 1, "backlog": 100, "memory__per_call": 1e6}
    found = run(one(steps, once(1.0, 1.1, 1.2, 1.3), until=20.0, **more))
    assert set(outcomes(found.recording)) == {"reset"}


def test_the_crowd_of_a_machine_that_is_out_of_memory_takes_the_next_one_down() -> None:
    """Each has room for eight calls of 3 s. Four a second are twelve at once: six each, until one falls over.

    One is struck first, so that all of them go to the other.
    """
    size = Size("this", 1, 8e6, 0.1)
    cards = [
        clients(),
        balancer(health_check__every=0.1),
        service(size="this", replicas=2, memory_per_thread=0.0, memory__per_call=1e6, memory__restart=60.0),
    ]
    crash = Fault(6.05, None, ("replica", "web", "2"), "crash")

    def deaths(faults: list[Fault]) -> float:
        asked = scenario(
            board(cards, "users -> lb -> web"),
            workload(steady(4.0, "constant")),
            program(Wait(constant(3.0))),
            until=30.0,
            sizes=[size],
            faults=faults,
        )
        return result(asked).components["web"].counters["out_of_memory"]

    assert deaths([]) == 0
    assert deaths([crash]) == 1


def collecting_load(every: float | None) -> Scenario:
    steps = (Work(constant(0.002)),)
    more: dict[str, Any] = {"memory__per_call": 1e6, "collect__every": every, "collect__pause": constant(0.2)}
    return one(steps, steady(100.0, "constant"), cores=4, memory=1e12, start=0.05, until=30.05, **more)


def test_a_collection_is_seen_at_the_99th_percentile_and_not_at_the_median() -> None:
    """A hundred calls of 1 MB a second, collected every 400 MB: every 4 s all of the next 0.2 s have to wait."""
    with_it, without = result(collecting_load(4e8)), result(collecting_load(None))
    assert with_it.components["web"].counters["collections"] == 7
    assert with_it.total.latency.p50 == pytest.approx(without.total.latency.p50)
    assert without.total.latency.p99 == pytest.approx(0.002, rel=0.01)
    assert 0.1 < with_it.total.latency.p99 < 0.2
    assert with_it.total.latency.max == pytest.approx(0.202, rel=0.01)


def test_a_crash_ends_a_collection() -> None:
    """The machine dies in the middle of one; what it does next is not held up by the rest of it."""
    crash = Fault(1.5, 0.1, ("replica", "web", "1"), "crash")
    more: dict[str, Any] = {"memory__per_call": 1e6, "collect__every": 1e6, "collect__pause": constant(10.0)}
    found = run(one((Work(constant(0.01)),), once(1.0), until=20.0, faults=[crash], **more))
    assert outcomes(found.recording) == ["reset"]
    held = run(one((Work(constant(0.01)),), once(1.0, 2.0), until=40.0, faults=[crash], **more))
    assert latencies(held.recording)[1] == pytest.approx(10.01, abs=1e-3), "one collection of its own, not two"


def test_what_is_off_changes_nothing() -> None:
    """The same bytes with the memory counted and never short, as without."""
    plain = result(one((Work(exponential(0.01)),), steady(80.0)))
    counted = result(one((Work(exponential(0.01)),), steady(80.0), memory__per_call=1.0))
    assert counted.total.latency == plain.total.latency
    assert same(result(collecting_scenario()), result(collecting_scenario()))
