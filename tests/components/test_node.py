"""Inside a machine: threads against cores, work that can be divided, orders of work, memory and collections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.design.distributions import Distribution, constant, exponential
from scalegame.design.world import CallProgram, Operation, Program, Read, Size, Step, Wait, Work, Write
from scalegame.insight.tracing import Following
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Asked, Closed, Fault, Limits, Scenario
from tests.scenarios import (
    KINDS,
    balancer,
    board,
    clients,
    database,
    latencies,
    once,
    part,
    program,
    result,
    run,
    same,
    scenario,
    service,
    steady,
    workload,
)


def one(
    steps: tuple[Step, ...],
    arrivals: Any,
    *,
    cores: int = 1,
    memory: float = 1e12,
    until: float = 10.0,
    **more: Any,
) -> Scenario:
    """Clients before one machine."""
    known = {"faults", "start", "grace", "limits"}
    rest = {name: more.pop(name) for name in known & set(more)}
    ask = {name: more.pop(name) for name in {"timeout"} & set(more)}
    return scenario(
        board([clients(), service(size="this", **more)], "users -> web"),
        workload(arrivals, **ask),
        program(*steps),
        until=until,
        sizes=[Size("this", cores, memory, 0.1)],
        **rest,
    )


# -- a crowd that waits


@pytest.mark.parametrize(("people", "seconds"), [(100, 1.0), (1000, 10.0)])
def test_a_crowd_that_waits_waits_n_over_x(people: int, seconds: float) -> None:
    """Work of 10 ms lets 100 a second through, however many ask: R = N / X."""
    crowd = Closed(people, constant(0.0))
    found = result(one((Work(constant(0.01)),), crowd, start=2 * seconds, until=6 * seconds))
    assert found.total.throughput == pytest.approx(100.0, rel=0.001)
    assert found.total.latency.mean == pytest.approx(seconds, rel=0.01)


# -- work that can be divided


def speedup(serial: float, cores: int, order: str = "first come") -> float:
    """How many times faster one piece of work is done by so many cores than by one."""
    times = []
    for count in (1, cores):
        steps = (Work(constant(10.0), parallel=1 - serial),)
        found = run(one(steps, once(1.0), cores=count, until=5.0, grace=60.0, cores__order=order))
        times.append(latencies(found.recording)[0] - 2e-6)
    return times[0] / times[1]


def test_amdahl_where_one_part_in_twenty_is_serial() -> None:
    """2,048 cores are 19.8 times as fast as one, and as many again make next to no difference."""
    assert speedup(0.05, 2048) == pytest.approx(19.8, abs=0.05)
    assert speedup(0.05, 4096) / speedup(0.05, 2048) < 1.006


def test_amdahl_where_half_is_serial() -> None:
    assert speedup(0.5, 8) == pytest.approx(1.78, abs=0.005)
    assert speedup(0.5, 16) / speedup(0.5, 8) < 1.06


@pytest.mark.parametrize("order", ["last come", "priority", "shared"])
def test_work_is_divided_the_same_whoever_is_next(order: str) -> None:
    assert speedup(0.25, 6, order) == pytest.approx(1 / (0.25 + 0.75 / 6), rel=1e-4)


def test_the_limit_of_a_run_counts_every_core_of_divided_work() -> None:
    """A request on 4,096 cores is as much to compute as 4,096 on one."""
    steps = (Work(constant(10.0), parallel=0.5),)
    few, many = (run(one(steps, once(1.0), cores=n, until=5.0, grace=60.0)).result.steps for n in (1, 4096))
    assert many - few == 4095


def test_divided_work_waits_for_cores_as_any_other() -> None:
    """Two of 4 s, half of it parallel on two cores: the second's serial half runs beside the first's.

    The serial halves end at 3 and at 3.5; from 3 on the parallel second of the first needs two cores, and finds
    one until 3.5. So its first part ends at 4, its second runs from 3.5 to 4.5; the other's parts follow.
    """
    steps = (Work(constant(4.0), parallel=0.5),)
    found = latencies(run(one(steps, once(1.0, 1.5), cores=2, until=5.0, grace=60.0)).recording)
    assert found == pytest.approx([3.5, 4.0], abs=1e-4)


# -- waiting holds a thread and no core


def test_waiting_holds_a_thread_and_no_core() -> None:
    """Two threads: the third call begins when the first is done. Nobody works."""
    steps = (Wait(constant(1.0)),)
    found = run(one(steps, once(1.0, 1.25, 1.5), threads=2, backlog=5, until=5.0))
    assert latencies(found.recording) == pytest.approx([1.0, 1.0, 1.5], abs=1e-4)
    web = found.result.components["web"]
    assert [pool.utilisation * pool.size * 5 for pool in web.pools] == pytest.approx([0.0, 3.0], abs=1e-6)


def test_a_slow_machine_does_not_slow_down_what_it_waits_for() -> None:
    slow = Fault(0.5, None, ("component", "web"), "slow", 4.0)
    steps = (Work(constant(0.25)), Wait(constant(1.0)))
    assert latencies(run(one(steps, once(1.0), until=5.0, faults=[slow])).recording) == pytest.approx(
        [2.0], abs=1e-4
    )


def threads(count: int) -> RunResult:
    """512 people before four cores; a call works 10 ms and waits 90 ms, so that 40 threads would do."""
    steps = (Work(exponential(0.005)), Wait(exponential(0.09)), Work(exponential(0.005)))
    return result(
        one(
            steps,
            Closed(512, constant(0.0)),
            cores=4,
            threads=count,
            cores__order="shared",
            switch__cost=0.0002,
            start=3.0,
            until=13.0,
        )
    )


def test_too_few_threads_leave_cores_idle_and_too_many_make_them_switch() -> None:
    few, right, many = threads(10), threads(40), threads(512)
    assert few.total.throughput == pytest.approx(100.0, rel=0.06), "ten, each held for 100 ms"
    assert few.components["web"].utilisation < 0.3
    assert named(few, "threads").queue_mean > 490
    assert right.total.throughput > 3 * few.total.throughput
    assert many.total.throughput < 0.95 * right.total.throughput
    assert many.components["web"].utilisation > 0.99, "busy, but not with work"


def named(found: RunResult, pool: str) -> Any:
    return next(p for p in found.components["web"].pools if p.name == pool)


# -- whose work is next


def test_the_urgent_go_first_on_cores_that_work_by_priority() -> None:
    """Two kinds ask for 80 % of one core: who is urgent waits less, the others more, and by as much."""

    def waits(order: str) -> tuple[float, float]:
        both = Program("p", {name: Operation(name, (Work(exponential(0.01)),)) for name in ("now", "then")})
        asked = {"now": Asked(1.0, priority=1), "then": Asked(1.0)}
        found = result(
            scenario(
                board([clients(), service(cores__order=order)], "users -> web"),
                workload(steady(80.0), operations=asked),
                both,
                start=5.0,
                until=125.0,
            )
        )
        return found.operations["now"].latency.mean, found.operations["then"].latency.mean

    (now, then), (plain, other) = waits("priority"), waits("first come")
    assert now < 0.6 * plain
    assert then > 1.2 * other
    # Kleinrock's conservation law: the waiting that one is spared, the other does.
    assert now + then == pytest.approx(plain + other, rel=0.02)


@pytest.mark.parametrize("order", ["last come", "priority", "shared"])
def test_a_database_works_in_the_same_orders(order: str) -> None:
    """Two reads at a quarter second from each other, a second of work each, on one core."""
    cards = [clients(), service(), database(size="one", work__read=constant(1.0), cores__order=order)]
    found = latencies(
        run(
            scenario(
                board(cards, "users -> web -> db"),
                workload(once(1.0, 1.25, 1.5), keys="x"),
                program(Read("x")),
                until=5.0,
            )
        ).recording
    )
    expected = {
        "last come": [1.0, 2.75, 1.5],
        "priority": [1.0, 1.75, 2.5],
        # 0.25 s alone, 0.125 s each of 0.25 s, then a third of a core each until the first has its second …
        "shared": [2.375, 2.75, 2.75],
    }[order]
    if order == "shared":
        # work left at 1.5: 0.625, 0.875, 1; thirds until 3.375; then 0.25 and 0.375 shared; then the last alone
        expected = [2.375, 2.625, 2.5]
    assert found == pytest.approx(expected, abs=1e-4)


def test_batches_and_read_replicas_work_on_shared_cores_too() -> None:
    cards = [
        clients(),
        service(replicas=1),
        database(size="one", cores__order="shared", read_replicas=2, reads="any", work__apply=constant(0.0005)),
    ]
    both = Program(
        "p",
        {
            "get": Operation("get", (Read("x"),)),
            "put": Operation("put", (Write("x", batch=5, within=0.05),)),
        },
    )
    asked = {"get": Asked(3.0), "put": Asked(1.0)}
    found = result(
        scenario(
            board(cards, "users -> web -> db"),
            workload(steady(400.0), operations=asked, keys="x"),
            both,
            until=5.0,
        )
    )
    assert found.total.availability == 1.0
    assert found.components["db"].counters["replica_reads"] > 500


# -- as a trace tells it


def collecting_scenario() -> Scenario:
    more: dict[str, Any] = {
        "memory__per_call": 1e6,
        "collect__every": 3e6,
        "collect__pause": exponential(0.05),
        "cores__order": "shared",
        "switch__cost": 0.0001,
    }
    return one((Work(exponential(0.02)), Wait(exponential(0.01))), steady(80.0), cores=2, memory=2e10, **more)


def spells(found: Following) -> list[list[tuple[str, str, float, float]]]:
    return [
        [(s.sort, s.what, round(s.start, 3), round(s.end or 0.0, 3)) for s in hops[0].spells]
        for hops in found.tracer.hops.values()
    ]


def test_a_trace_tells_the_wait_for_a_core_from_the_work_on_it() -> None:
    steps = (Work(constant(1.0)), Wait(constant(0.5)))
    last = Following(one(steps, once(1.0, 1.25), until=5.0, cores__order="last come"), KINDS, 1)
    assert last.advance()
    assert spells(last)[1] == [
        ("queued", "cores", 1.25, 2.0),
        ("served", "", 2.0, 3.0),
        ("queued", "somebody outside", 3.0, 3.5),
    ]
    sharing = Following(one(steps, once(1.0, 1.25), until=5.0, cores__order="shared"), KINDS, 1)
    assert sharing.advance()
    assert spells(sharing)[1][0] == ("served", "", 1.25, 3.0)


@pytest.mark.parametrize("order", ["first come", "last come", "priority", "shared"])
def test_a_traced_run_is_the_run_again(order: str) -> None:
    plain = collecting_scenario()
    cards = dict(plain.board.components)
    cost = 0.0001 if order == "shared" else 0.0
    cards["web"] = cards["web"].with_settings({"cores.order": order, "switch.cost": cost})
    asked = replace(plain, board=replace(plain.board, components=cards))
    traced = Following(asked, KINDS, 3)
    assert traced.advance()
    assert same(run(asked, 3).result, traced.run.result)


# -- what is refused, and what must end well


def told(**settings: Any) -> tuple[str, ...]:
    return KINDS["service"].check(service(size="this", **settings), {"this": Size("this", 1, 1e9, 0.1)})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"threads": 600, "memory_per_thread": 2e6}, "600 threads of 2 MB need 1.2 GB"),
        ({"threads": 1, "memory_per_thread": 0.0, "memory__base": 2e9}, "2 GB besides need 2 GB"),
        ({"threads": 1, "memory_per_thread": 0.0, "memory__base": 9e8, "memory__per_call": 2e8}, "not one fits"),
        ({"threads": 1, "collect__every": 1e6}, "set memory.per_call"),
        ({"threads": 1, "switch__cost": 0.0001}, "set cores.order=shared"),
    ],
)
def test_contradictions_are_named(wrong: Mapping[str, Any], says: str) -> None:
    assert says in " ".join(told(**wrong))


def test_what_fits_is_left_in_peace() -> None:
    assert told(threads=1) == ()
    assert (
        told(threads=1, cores__order="shared", switch__cost=0.001, memory__per_call=1e6, collect__every=1.0) == ()
    )
    lone = part(
        "db",
        "database",
        holds="x",
        size="this",
        work__read=constant(1),
        work__write=constant(1),
        switch__cost=1e-4,
    )
    assert "cores.order=shared" in KINDS["database"].check(lone, {"this": Size("this", 1, 1e9, 0.1)})[0]


TIMES = st.sampled_from([constant(0.0), constant(0.005), exponential(0.02), Distribution("uniform", (0.0, 0.5))])


@settings(max_examples=40, deadline=None)
@given(
    order=st.sampled_from(["first come", "last come", "priority", "shared"]),
    cost=st.sampled_from([0.0, 1e-6, 0.001]),
    cores=st.sampled_from([1, 2, 7]),
    threads=st.sampled_from([1, 3, 10_000]),
    backlog=st.sampled_from([0, 1, 1_000_000]),
    call=st.sampled_from([0.0, 1.0, 3e8]),
    every=st.sampled_from([None, 1.0, 5e8]),
    pause=TIMES,
    restart=st.sampled_from([0.001, 3.0, 86_400.0]),
    parallel=st.sampled_from([0.0, 0.5, 1.0]),
    work=TIMES,
    effect=st.sampled_from(["crash", "dies", "slow", "pause", "fails"]),
    seed=st.integers(0, 9),
)
def test_whatever_is_set_a_run_ends_and_agrees_with_itself(
    order: str,
    cost: float,
    cores: int,
    threads: int,
    backlog: int,
    call: float,
    every: float | None,
    pause: Distribution,
    restart: float,
    parallel: float,
    work: Distribution,
    effect: Any,
    seed: int,
) -> None:
    """At and past every limit, with a fault on top: `Run` checks its own integrals, and nothing is lost."""
    web = service(
        size="this",
        replicas=2,
        cores__order=order,
        switch__cost=cost,
        threads=threads,
        backlog=backlog,
        memory_per_thread=0.0,
        memory__per_call=call,
        memory__restart=restart,
        collect__every=every if call else None,
        collect__pause=pause,
        timeout=0.5,
    )
    back = service("back", "q", size="this", cores__order=order, memory_per_thread=0.0)
    fault = Fault(1.0, 1.0, ("replica", "web", "1"), effect, 5.0)
    found = result(
        scenario(
            board([clients(), balancer(), web, back], "users -> lb -> web -> back"),
            workload(steady(60.0), timeout=1.0),
            [program(Work(work, parallel), Wait(pause), CallProgram("q", "get")), program(Work(work), name="q")],
            until=3.0,
            grace=5.0,
            sizes=[Size("this", cores, 1e9, 0.1)],
            faults=[fault],
            limits=Limits(steps=20_000),
        ),
        seed,
    )
    assert np.isfinite(found.cost)
    total = found.total
    assert total.requests == total.successes + sum(total.failures.values())
    assert total.latency.mean != total.latency.mean or total.latency.mean >= 0
