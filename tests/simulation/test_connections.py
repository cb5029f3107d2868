"""Connections: what opening one costs, who waits for one, and what six things can become of a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.design.distributions import constant
from scalegame.design.world import CallProgram, Operation, Program, Read, Work
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Closed, Connect, Fault, Limits, Profile, Scenario
from tests.scenarios import (
    board,
    clients,
    database,
    latencies,
    once,
    outcomes,
    program,
    run,
    scenario,
    service,
    steady,
    workload,
)

#: One way, from web to db; everything else is next to nothing.
ONE_WAY = 0.020
RTT = 2 * ONE_WAY


def asks(
    *times: float,
    faults: tuple[Fault, ...] = (),
    link: Profile | None = None,
    timeout: float | None = None,
    until: float = 200.0,
    work: float = 0.005,
    db: dict[str, Any] | None = None,
    **connect: Any,
) -> Run:
    """A service reads from a database over a link of 20 ms; it works 5 ms."""
    given = {f"connect__{name}": value for name, value in connect.items()}
    cards = [
        clients(),
        service(size="many", timeout=timeout, **given),
        database(at="far", work__read=constant(work), **(db or {})),
    ]
    return run(
        scenario(
            board(cards, "users -> web -> db"),
            workload(once(*times)),
            program(Read("x")),
            until=until,
            links={("here", "far"): link or Profile(constant(ONE_WAY))},
            faults=faults,
        )
    )


def counts(live: Run) -> dict[str, float]:
    return dict(live.result.components["web"].counters)


@pytest.mark.parametrize(("tls", "trips"), [(0, 1), (1, 2), (2, 3)])
def test_a_new_connection_costs_a_round_trip_and_tls_one_or_two_more(tls: int, trips: int) -> None:
    live = asks(1.0, 2.0, reuse="never", tls=tls)
    assert latencies(live.recording) == pytest.approx([0.005 + RTT + trips * RTT] * 2, abs=1e-5)
    assert counts(live)["connections_opened"] == 2
    assert counts(live)["opening_seconds"] == pytest.approx(2 * trips * RTT)


def test_connections_that_are_always_open_cost_nothing() -> None:
    assert latencies(asks(1.0).recording) == pytest.approx([0.005 + RTT], abs=1e-5)


def test_a_kept_connection_costs_nothing_until_it_has_been_idle_for_too_long() -> None:
    live = asks(1.0, 2.0, 11.0, 22.0, reuse="pool", idle=10.0)
    plain = 0.005 + RTT
    assert latencies(live.recording) == pytest.approx([plain + RTT, plain, plain, plain + RTT], abs=1e-5)
    assert (counts(live)["connections_opened"], counts(live)["connections_reused"]) == (2, 2)


def test_a_look_up_comes_before_a_new_connection_only() -> None:
    live = asks(1.0, 2.0, reuse="pool", lookup=0.1)
    assert latencies(live.recording) == pytest.approx([0.105 + 2 * RTT, 0.005 + RTT], abs=1e-5)


def test_a_pool_of_two_lets_the_third_wait_its_turn() -> None:
    """Two open and read: 85 ms. The third takes over the connection of the first, and so on."""
    live = asks(1.0, 1.01, 1.02, 1.03, reuse="pool", pool=2, wait=None)
    done = [1.0 + 0.085, 1.01 + 0.085, 1.085 + 0.045, 1.095 + 0.045]
    assert latencies(live.recording) == pytest.approx(
        [d - b for d, b in zip(done, (1.0, 1.01, 1.02, 1.03), strict=True)], abs=1e-5
    )
    pool = next(p for p in live.result.components["web"].pools if p.name == "connections to db")
    assert (pool.size, pool.queue_max, pool.grants) == (2, 2, 4)


def test_who_waits_too_long_for_a_connection_is_refused_to_the_millisecond() -> None:
    live = asks(1.0, 1.01, 1.02, reuse="pool", pool=1, wait=0.08)
    assert outcomes(live.recording) == ["ok", "ok", "refused"]
    assert latencies(live.recording)[2] == pytest.approx(0.08, abs=1e-5)
    assert counts(live)["no_connection"] == 1


def test_backlog_threads_and_connections_each_refuse_at_their_limit() -> None:
    """2 threads, a backlog of 3 and a pool of 1 against ten at once: five are turned away at the door, and of the
    five who come in the pool keeps one waiting for too long."""
    cards = [
        clients(),
        service(size="many", threads=2, backlog=3, connect__reuse="pool", connect__pool=1, connect__wait=0.2),
        database(work__read=constant(0.3)),
    ]
    live = run(
        scenario(
            board(cards, "users -> web -> db"),
            workload(once(*(1.0 + i * 1e-4 for i in range(10)))),
            program(Read("x")),
            until=30.0,
        )
    )
    found = outcomes(live.recording)
    waits = latencies(live.recording)
    assert found[5:] == ["refused"] * 5
    assert max(waits[5:]) < 1e-4
    assert live.result.components["web"].refused == {"threads queue full": 5}
    # The second has a thread and no connection: refused after 0.2 s. Its thread goes to the third, who gets the
    # connection after 0.1 s; and so on: every other one.
    assert found[:5] == ["ok", "refused", "ok", "refused", "ok"]
    assert waits[1] == pytest.approx(0.2, abs=1e-3)
    assert counts(live)["no_connection"] == 2


def test_a_crash_over_there_closes_what_was_open() -> None:
    crash = Fault(5.0, 1.0, ("component", "db"), "crash")
    live = asks(1.0, 2.0, 10.0, faults=(crash,), reuse="pool")
    plain = 0.005 + RTT
    assert latencies(live.recording) == pytest.approx([plain + RTT, plain, plain + RTT], abs=1e-5)


def test_after_a_time_out_the_connection_is_not_used_again() -> None:
    slow = Fault(1.5, 1.0, ("component", "db"), "slow", 1000.0)
    live = asks(1.0, 2.0, 10.0, faults=(slow,), reuse="pool", timeout=0.5)
    assert outcomes(live.recording) == ["ok", "timed out", "ok"]
    assert latencies(live.recording)[2] == pytest.approx(0.005 + 2 * RTT, abs=1e-5)


def test_a_dead_process_refuses_a_connection_and_a_dead_machine_says_nothing() -> None:
    for effect, outcome, seconds in (("crash", "reset", RTT), ("dies", "timed out", 0.5)):
        dead = Fault(0.5, None, ("component", "db"), effect)  # type: ignore[arg-type]
        live = asks(1.0, faults=(dead,), reuse="never", timeout=0.5)
        assert outcomes(live.recording) == [outcome]
        assert latencies(live.recording) == pytest.approx([seconds], abs=1e-5)


def test_a_lost_handshake_is_tried_again_after_one_second_and_then_after_two() -> None:
    """The link is cut until 3.5 s: tries at 1, 2 and 4 s; the last one comes through."""
    cut = Fault(0.5, 3.0, ("link", "here", "far"), "cut")
    live = asks(1.0, faults=(cut,), reuse="never")
    assert latencies(live.recording) == pytest.approx([3.0 + 2 * RTT + 0.005], abs=1e-5)


def test_who_cannot_be_found_is_not_asked() -> None:
    lost = Fault(5.0, 10.0, ("component", "db"), "not found")
    live = asks(1.0, 6.0, 20.0, faults=(lost,), reuse="never", lookup=0.1)
    assert outcomes(live.recording) == ["ok", "unreachable", "ok"]
    assert latencies(live.recording)[1] == pytest.approx(0.1, abs=1e-5)
    assert live.result.components["db"].arrivals == 2
    always = asks(1.0, 6.0, 20.0, faults=(lost,))
    assert outcomes(always.recording) == ["ok", "unreachable", "ok"]
    kept = asks(1.0, 6.0, 20.0, faults=(lost,), reuse="pool")
    assert outcomes(kept.recording) == ["ok"] * 3  # what is open needs no address


def test_a_crash_of_the_caller_leaves_nothing_behind() -> None:
    crash = Fault(1.02, 1.0, ("component", "web"), "crash")
    live = asks(1.0, 1.01, 5.0, faults=(crash,), reuse="pool", pool=1)
    assert outcomes(live.recording) == ["reset", "reset", "ok"]
    assert latencies(live.recording)[2] == pytest.approx(0.005 + 2 * RTT, abs=1e-5)


def test_new_connections_are_drawn_in_streams_of_their_own() -> None:
    """With a link that draws, calls take as long as they did; only the handshakes come on top."""
    spread = Profile(replace(constant(0.02), shape="exponential"))
    plain = latencies(asks(1.0, 5.0, 9.0, link=spread).recording)
    opened = latencies(asks(1.0, 5.0, 9.0, link=spread, reuse="never").recording)
    kept = latencies(asks(1.0, 5.0, 9.0, link=spread, reuse="pool").recording)
    assert kept[1:] == plain[1:]
    assert kept[0] == opened[0] > plain[0]
    assert opened[2] > plain[2]


def test_what_needs_no_opening_contradicts_what_opening_costs() -> None:
    kind = kinds()["service"]
    settings = service(connect__tls=1, connect__lookup=0.1)
    said = kind.check(settings, {"one": scenario_sizes()["one"]})
    assert [line.split()[0] for line in said if line.startswith("connect.")] == ["connect.tls", "connect.lookup"]


def scenario_sizes() -> dict[str, Any]:
    return dict(_tiny("never").sizes)


def _tiny(reuse: str, **more: Any) -> Scenario:
    faults = more.pop("faults", ())
    given = {f"connect__{name}": value for name, value in more.items()}
    cards = [clients(), service(size="many", timeout=0.7, connect__reuse=reuse, **given), database(at="far")]
    return scenario(
        board(cards, "users -> web -> db"),
        workload(steady(30.0)),
        program(Read("x")),
        until=5.0,
        grace=5.0,
        links={("here", "far"): Profile(constant(0.01), loss=0.05)},
        faults=faults,
        limits=Limits(steps=20_000),
    )


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["pool", "never"]),
    st.sampled_from([1, 10_000]),
    st.sampled_from([None, 1e-3, 86_400.0]),
    st.sampled_from([None, 1e-6, 86_400.0]),
    st.integers(0, 2),
    st.sampled_from([None, 1e-6, 60.0]),
    st.sampled_from(["crash", "dies", "cut", "not found", None]),
)
def test_any_settings_at_their_limits_run_to_the_end(
    reuse: str,
    pool: int,
    idle: float | None,
    wait: float | None,
    tls: int,
    lookup: float | None,
    effect: Any,
) -> None:
    target = ("link", "here", "far") if effect == "cut" else ("component", "db")
    faults = () if effect is None else (Fault(2.0, None, target, effect),)
    live = run(_tiny(reuse, pool=pool, idle=idle, wait=wait, tls=tls, lookup=lookup, faults=faults))
    assert all(t >= 0 for t in latencies(live.recording) if t == t)
    assert len(outcomes(live.recording)) > 100


def test_layers_stand_between_services_too() -> None:
    """Two in a row, each with connections of its own: two handshakes."""
    both = [
        Program("p", {"get": Operation("get", (CallProgram("q", "get"),))}),
        Program("q", {"get": Operation("get", (Work(constant(0.001)), Read("x")))}),
    ]
    cards = [
        clients(),
        service(size="many", connect__reuse="never"),
        service("core", "q", size="many", connect__reuse="never"),
        database(at="far", work__read=constant(0.0)),
    ]
    live = run(
        scenario(
            board(cards, "users -> web -> core -> db"),
            workload(once(1.0)),
            both,
            links={("here", "far"): Profile(constant(ONE_WAY))},
        )
    )
    assert latencies(live.recording) == pytest.approx([0.001 + 2 * RTT], abs=1e-4)


def test_keeping_connections_serves_more_with_as_many_threads() -> None:
    """32 clients, 8 threads: with two round trips more for each call X = 8 / 0.125, without 8 / 0.045."""
    found = {}
    for reuse in ("never", "pool"):
        cards = [
            clients(),
            service(size="many", threads=8, connect__reuse=reuse, connect__tls=1),
            database(at="far", work__read=constant(0.005)),
        ]
        live = run(
            scenario(
                board(cards, "users -> web -> db"),
                workload(Closed(32, constant(0.0))),
                program(Read("x")),
                start=5.0,
                until=15.0,
                links={("here", "far"): Profile(constant(ONE_WAY))},
            )
        )
        found[reuse] = live.result.total.throughput
    assert found["never"] == pytest.approx(8 / (0.005 + 3 * RTT), rel=0.01)
    assert found["pool"] == pytest.approx(8 / (0.005 + RTT), rel=0.01)


def visits(*times: float, users: int = 1, faults: tuple[Fault, ...] = (), connect: Connect) -> Run:
    """Users 20 ms away from a service that works 5 ms."""
    return run(
        scenario(
            board([clients(at="home"), service(size="many")], "users -> web"),
            workload(once(*times), users=users, connect=connect, timeout=2.0),
            program(Work(constant(0.005))),
            until=200.0,
            links={("home", "here"): Profile(constant(ONE_WAY))},
            faults=faults,
        )
    )


def test_each_user_opens_a_connection_and_keeps_it_for_a_time() -> None:
    plain, opened = 0.005 + RTT, 0.005 + 3 * RTT
    kept = visits(1.0, 2.0, 11.5, 22.0, connect=Connect("pool", idle=10.0, tls=1))
    assert latencies(kept.recording) == pytest.approx([opened, plain, plain, opened], abs=1e-5)
    new = visits(1.0, 2.0, connect=Connect("never", tls=1))
    assert latencies(new.recording) == pytest.approx([opened, opened], abs=1e-5)
    always = visits(1.0, 2.0, connect=Connect("always", tls=1))
    assert latencies(always.recording) == pytest.approx([plain, plain], abs=1e-5)


def test_users_do_not_share_connections_and_a_crash_breaks_them() -> None:
    many = visits(*(1.0 + 0.5 * i for i in range(40)), users=4, connect=Connect("pool"))
    assert many.result.components["users"].counters["connections_opened"] == 4
    crash = Fault(3.0, 1.0, ("component", "web"), "crash")
    broken = visits(1.0, 2.0, 10.0, connect=Connect("pool"), faults=(crash,))
    opened, plain = 0.005 + 2 * RTT, 0.005 + RTT
    assert latencies(broken.recording) == pytest.approx([opened, plain, opened], abs=1e-5)


def test_a_visitor_who_gets_no_connection_has_failed() -> None:
    dead = Fault(0.5, None, ("component", "web"), "dies")
    live = visits(1.0, connect=Connect("never"), faults=(dead,))
    assert outcomes(live.recording) == ["timed out"]
    assert latencies(live.recording) == pytest.approx([2.0], abs=1e-5)
