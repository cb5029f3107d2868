"""Calls that fail: delivery, idempotency keys, budgets, cancelling, shedding, limits, patience."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import CallProgram, Operation, Program, Read, Size, Update, Work, Write
from scalegame.insight.tracing import Following
from scalegame.insight.trail import CANCELLED
from scalegame.simulation.kernel import Home, Kernel
from scalegame.simulation.pool import Pool
from scalegame.simulation.retrying import RESERVE, Budget
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Fault, Profile, Retries
from tests.scenarios import (
    KINDS,
    balancer,
    board,
    cache,
    clients,
    database,
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

DEPOSIT = program(Work(constant(0.01)), Write("x", adds=True))


def deposits(
    *times: float,
    timeout: float | None = None,
    attempts: int = 1,
    faults: tuple[Fault, ...] = (),
    slow: float = 0.001,
    **settings: Any,
) -> Run:
    """Somebody pays money in: 10 ms at the teller, then a write that adds (`slow` seconds of work)."""
    teller, store = service("teller", size="many", **settings), database(work__write=constant(slow))
    chain = "users -> teller -> db" if teller.replicas == 1 else "users -> lb -> teller -> db"
    front = [] if teller.replicas == 1 else [balancer()]
    return run(
        scenario(
            board([clients(), *front, teller, store], chain),
            workload(once(*times), timeout=timeout, retries=Retries(attempts, "fixed", 0.1)),
            DEPOSIT,
            faults=faults,
            until=20.0,
        )
    )


# -- idempotency keys


def test_a_deposit_that_is_sent_again_is_made_twice() -> None:
    """The first took 511 ms, and its client waited 500: the work went on, and so did the second."""
    live = deposits(1.0, timeout=0.5, attempts=2, slow=0.6)
    assert live.result.total.duplicates == 1
    assert live.result.components["db"].counters["writes"] == 2


def test_a_key_that_is_stored_with_the_state_makes_it_once() -> None:
    live = deposits(1.0, timeout=0.5, attempts=2, slow=0.6, key__kept="with state")
    assert live.result.total.duplicates == 0
    assert live.result.components["db"].counters["recognised"] == 1


@pytest.mark.parametrize(
    ("why", "settings", "faults", "applied"),
    [
        ("the second came when the first was done", {}, (), 1),
        ("the second came while the first was under way", {"slow": 0.8}, (), 2),
        ("the second went to another machine", {"replicas": 2}, (), 2),
        (
            "the machine that knew was started anew",
            {},
            (Fault(1.55, 0.04, ("component", "teller"), "crash"),),
            2,
        ),
    ],
)
def test_a_key_that_is_kept_apart_helps_only_there_and_then(
    why: str, settings: dict[str, Any], faults: tuple[Fault, ...], applied: int
) -> None:
    """The deposit takes 0.511 s, the client waits 0.5 s and asks again 0.1 s later."""
    slow = settings.get("slow", 0.501)
    rest = {k: v for k, v in settings.items() if k != "slow"}
    live = deposits(1.0, timeout=0.5, attempts=2, slow=slow, faults=faults, key__kept="apart", **rest)
    assert live.result.total.duplicates == applied - 1, why
    assert live.result.components["db"].counters["writes"] == applied


def test_a_key_that_has_expired_is_not_known() -> None:
    """The first is committed at 1.61 s, the second would be at 2.21 s."""
    for expiry, duplicates in ((0.65, 0), (0.55, 1)):
        live = deposits(1.0, timeout=0.5, attempts=2, slow=0.6, key__kept="with state", key__expiry=expiry)
        assert live.result.total.duplicates == duplicates, expiry


def test_writes_that_add_nothing_are_not_counted_as_duplicates() -> None:
    cards = [clients(), service(size="many"), database(work__write=constant(0.6))]
    live = run(
        scenario(
            board(cards, "users -> web -> db"),
            workload(once(1.0), timeout=0.5, retries=Retries(2)),
            program(Write("x")),
        )
    )
    assert live.result.components["db"].counters["writes"] == 2
    assert live.result.total.duplicates == 0


def delivery(attempts: int, kept: str) -> Any:
    """Messages of which 1 % are lost on each way, 2,000 of them."""
    lossy = Profile(constant(0.005), loss=0.01)
    cards = [clients(at="far"), service("teller", key__kept=kept, size="many"), database()]
    return result(
        scenario(
            board(cards, "users -> teller -> db"),
            workload(steady(100.0), timeout=0.1, retries=Retries(attempts, "fixed", 0.05)),
            DEPOSIT,
            until=20.0,
            links={("far", "here"): lossy, ("far", "far"): Profile(constant(1e-6))},
        )
    ).total


def test_at_most_once_at_least_once_exactly_once() -> None:
    """Loss, duplicates, and the price of neither: to have sent again, and to have kept a key."""
    most, least, exactly = delivery(1, "none"), delivery(8, "none"), delivery(8, "with state")
    assert 0.97 < most.availability < 0.99
    assert most.duplicates == 0
    assert least.availability == exactly.availability == 1.0
    assert 8 < least.duplicates < 40, "1 % of 2,000: as many as there were lost replies"
    assert exactly.duplicates == 0
    assert exactly.latency.p99 > 4 * most.latency.p99, "one in fifty waited for the time-out"


# -- retries of a service


def calling(callee: str = "teller", **settings: Any) -> Run:
    """web calls a teller that is dead until 3 s; one request at 1 s, the hop takes 0.1 s."""
    cards = [clients(), service("web", "front", size="many", **settings), service(callee, size="many")]
    front = Program("front", {"get": Operation("get", (CallProgram("p", "get"),))})
    return run(
        scenario(
            board(cards, f"users -> web -> {callee}"),
            workload(once(1.0)),
            [front, program(Work(constant(0.3)))],
            hop=0.1,
            faults=[Fault(0.0, 3.0, ("component", callee), "crash")],
            until=20.0,
        )
    )


@pytest.mark.parametrize(
    ("settings", "ends", "seconds", "retries"),
    [
        ({}, "reset", 0.4, None),
        ({"retry__attempts": 20}, "ok", 0.2 + 9 * 0.2 + 0.5, 9),
        ({"retry__attempts": 3}, "reset", 0.2 + 3 * 0.2, 2),
        ({"retry__attempts": 4, "retry__policy": "fixed", "retry__base": 0.5}, "ok", 0.2 + 3 * 0.7 + 0.5, 3),
        (
            {"retry__attempts": 9, "retry__policy": "exponential", "retry__base": 0.25},
            "ok",
            0.2 + 0.45 + 0.7 + 1.2 + 0.5,
            3,
        ),
    ],
    ids=["none", "immediate", "given up", "fixed", "exponential"],
)
def test_a_service_tries_again(settings: dict[str, Any], ends: str, seconds: float, retries: int | None) -> None:
    live = calling(**settings)
    assert outcomes(live.recording) == [ends]
    assert latencies(live.recording) == pytest.approx([seconds], abs=1e-5)
    assert live.result.components["web"].counters.get("retries") == retries


def test_a_cache_that_is_down_is_not_asked_again() -> None:
    """There and back 0.2 s to users and web, 0.2 s to the dead cache, 0.2 s and 1 ms to the database."""
    cards = [clients(), service(size="many", retry__attempts=5), cache(), database()]
    live = run(
        scenario(
            board(cards, "users -> web -> cache", "web -> db"),
            workload(once(1.0)),
            program(Read("x")),
            hop=0.1,
            faults=[Fault(0.0, 9.0, ("component", "cache"), "crash")],
        )
    )
    assert latencies(live.recording) == pytest.approx([0.601], abs=1e-5)
    assert not live.result.components["web"].counters.get("retries")


def test_a_budget_lets_pass_its_reserve_and_then_its_share() -> None:
    budget = Budget(0.1)
    assert [budget.spend(0) for _ in range(11)] == [True] * int(RESERVE) + [False]
    assert [budget.spend(n) for n in (9, 10, 10, 19, 20)] == [False, True, False, False, True]
    assert budget.spend(10_000)
    assert [budget.spend(10_000) for _ in range(10)] == [True] * 9 + [False], "it holds no more than its reserve"


@given(st.floats(0.0, 1.0), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=50))
@settings(max_examples=60)
def test_retries_never_exceed_the_reserve_and_the_share(share: float, rounds: list[tuple[int, int]]) -> None:
    budget, requests, spent = Budget(share), 0, 0
    for more, wanted in rounds:
        requests += more
        spent += sum(budget.spend(requests) for _ in range(wanted))
        assert spent <= RESERVE + share * requests + 1e-6


def metastable(retries: Retries, seed: int) -> float:
    """Share of the requests born a minute after a burst of 30 s that are answered in time."""
    from math import inf

    from scalegame.simulation.scenario import Open, Piece

    rush = Open("poisson", (Piece(0, 20, 150, 150), Piece(20, 50, 450, 450), Piece(50, inf, 150, 150)))
    cards = [clients(), service(size="box", threads=50, backlog=350)]
    return result(
        scenario(
            board(cards, "users -> web"),
            workload(rush, timeout=1.0, retries=retries),
            program(Work(exponential(0.01))),
            start=110.0,
            until=140.0,
            sizes=[Size("box", 2, 1e12, 0.1)],
            tick=10.0,
        ),
        seed,
    ).total.availability


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_overload_outlives_its_cause_and_ends_with_a_budget(seed: int) -> None:
    """200/s can be done, 150/s are asked. The wait for a place in the line outlasts the time-out."""
    assert metastable(Retries(5), seed) < 0.05
    assert metastable(Retries(5, budget=0.1), seed) >= 0.95
    assert metastable(Retries(1), seed) >= 0.95


# -- cancelling


def given_up(cancel: str) -> Run:
    """A database that takes 1 s (one at a time), a service that waits 0.3 s, five requests in half a second."""
    cards = [
        clients(),
        service("web", size="many", timeout=0.3, retry__cancel=cancel),
        database(size="one", connections=1, work__read=constant(1.0)),
    ]
    times = (1.0, 1.1, 1.2, 1.3, 1.4)
    return run(
        scenario(board(cards, "users -> web -> db"), workload(once(*times)), program(Read("x")), until=20.0)
    )


def test_work_that_nobody_waits_for_is_done_unless_it_is_cancelled() -> None:
    """Cancelled: the first reader's core ends what it has begun, the others have not begun when word comes."""
    left, cancelled = given_up("leave"), given_up("cancel")
    assert outcomes(left.recording) == outcomes(cancelled.recording) == ["timed out"] * 5
    assert left.result.components["db"].counters["reads"] == 5
    assert cancelled.result.components["db"].counters["reads"] == 0
    assert cancelled.result.components["db"].refused == {"cancelled": 5}
    busy = [r.result.components["db"].utilisation * 20 for r in (left, cancelled)]
    # The connection of whoever is cancelled at 1.3, 1.4 … is free for the next, who waits for the core and leaves.
    assert busy == pytest.approx([5.0, 1.0], abs=1e-4)


def test_what_is_cancelled_gives_back_what_it_holds_and_cancels_what_it_called() -> None:
    """Three in a row: users -> a (waits 0.2 s) -> b -> db (1 s): at 1.2 s a gives up, b and db within two hops."""
    chain = [
        Program("pa", {"get": Operation("get", (CallProgram("pb", "get"),))}),
        Program("pb", {"get": Operation("get", (Read("x"),))}),
    ]
    cards = [
        clients(),
        service("a", "pa", size="many", timeout=0.2, retry__cancel="cancel"),
        service("b", "pb", size="many", threads=1),
        database(work__read=constant(1.0)),
    ]
    live = run(scenario(board(cards, "users -> a -> b -> db"), workload(once(1.0)), chain, hop=0.01, until=5.0))
    found = live.result.components
    assert (found["b"].refused, found["db"].refused) == ({"cancelled": 1}, {"cancelled": 1})
    # b's only thread: taken when the call came (1.02), given back when the word came (1.01 + 0.2 + 0.01).
    assert found["b"].pools[1].utilisation * 5 == pytest.approx(0.2, abs=1e-4)
    assert live.world.parts["b"].replicas[0].pools["threads"].taken == 0


def test_a_cache_behind_who_cancels_works_as_ever() -> None:
    cards = [
        clients(),
        service("web", size="many", timeout=0.3, retry__cancel="cancel"),
        cache(work=constant(0.001)),
        database(size="one", work__read=constant(0.2)),
    ]
    live = run(
        scenario(
            board(cards, "users -> web -> cache", "web -> db"),
            workload(once(1.0, 1.15, 3.0)),
            program(Read("x")),
            until=20.0,
        )
    )
    # The first two miss, and the second stands in line for 50 ms; the third finds its copy.
    assert outcomes(live.recording) == ["ok", "ok", "ok"]
    assert live.result.components["cache"].counters["hits"] == 1
    assert live.result.components["db"].counters["reads"] == 2


def test_cancelling_leaves_no_thread_behind() -> None:
    """A granted, a waiting and an unbegun call: after any order of cancelling, all units are free."""

    def holds(pool: Pool) -> Any:
        def behaviour(flow: Any, request: Any) -> Any:
            if not pool.take(flow):
                yield None
            try:
                yield 1.0
            finally:
                pool.release()

        return behaviour

    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        kernel = Kernel()
        pool, home = Pool(kernel, 1), Home("x")
        calls = [kernel.call(None, holds(pool), None, there, None, home) for there in (0.1, 0.2, 0.9)]
        for i in order:
            kernel.at(0.5, lambda kernel=kernel, call=calls[i]: kernel.cancel(call))  # type: ignore[misc]
        kernel.run(0.6)
        assert (pool.taken, pool.queued, kernel.cancelled[home]) == (0, 0, 2)
        kernel.run(5.0)
        assert pool.taken == 0
        assert pool.grants == (3 if order == (0, 1, 2) else 2), "who has not come yet cannot be cancelled"


# -- shedding and limits


def test_who_has_waited_too_long_is_refused_at_once() -> None:
    """One thread, 1 s of work, a call every 0.1 s: who gets the thread after more than 1.5 s is sent away."""
    cards = [clients(), service(threads=1, shed__after=1.5)]
    times = (1.0, 1.1, 1.2, 1.3, 1.4)
    live = run(scenario(board(cards, "users -> web"), workload(once(*times)), program(Work(constant(1.0)))))
    # The second begins at 2.0 (waited 0.9), the third at 3.0: 1.8, too long; and then at once 1.7 and 1.6.
    assert outcomes(live.recording) == ["ok", "ok", "refused", "refused", "refused"]
    assert latencies(live.recording) == pytest.approx([1.0, 1.9, 1.8, 1.7, 1.6], abs=1e-5)
    assert live.result.components["web"].refused == {"waited too long": 3}


def flooded(**settings: Any) -> dict[str, float]:
    """100 users ask 50/s in all, one asks 1,000/s; the service can do 200/s."""
    cards = [
        clients(),
        clients("flood", "f"),
        service(size="two", threads=20, backlog=20, **settings),
    ]
    loads = [
        workload(steady(50.0), users=500, timeout=1.0),
        workload(steady(1000.0), "f", users=1, timeout=1.0),
    ]
    found = result(
        scenario(
            board(cards, "users -> web", "flood -> web"),
            loads,
            program(Work(constant(0.01))),
            start=2.0,
            until=22.0,
        )
    )
    return {name: found.workloads[name].availability for name in ("w", "f")}


def test_a_flood_takes_the_service_from_everybody_unless_it_is_limited_by_user() -> None:
    assert flooded()["w"] < 0.6
    assert flooded(throttle__rate=150.0)["w"] < 0.6, "one limit for all is no help to the many"
    fair = flooded(throttle__rate=5.0, throttle__per="user")
    assert fair["w"] >= 0.99
    assert fair["f"] == pytest.approx(5.0 / 1000.0, abs=0.003)


def test_a_balancer_limits_too() -> None:
    cards = [clients(), balancer(throttle__rate=10.0), service(size="many")]
    live = result(
        scenario(
            board(cards, "users -> lb -> web"), workload(steady(40.0, "constant")), program(Work(constant(0.0)))
        )
    )
    # A bucket of ten tokens, and ten a second: 110 of 400.
    assert live.total.successes == pytest.approx(110, abs=2)
    assert live.components["lb"].refused["throttled"] == pytest.approx(290, abs=2)


# -- patience


def test_patience_ends_only_where_somebody_waits() -> None:
    """One thread, 1 s of work, everybody waits 0.7 s: the first is served for longer, the second leaves."""
    cards = [clients(), service(threads=1)]
    live = run(
        scenario(
            board(cards, "users -> web"),
            workload(once(1.0, 1.1, 1.5), patience=constant(0.7)),
            program(Work(constant(1.0))),
        )
    )
    assert outcomes(live.recording) == ["ok", "timed out", "ok"]
    assert latencies(live.recording) == pytest.approx([1.0, 0.7, 1.5], abs=1e-5)


# -- bad input


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"retry__budget": 0.1}, "retry.budget"),
        ({"retry__attempts": 2, "retry__policy": "fixed", "retry__base": 20.0}, "retry.cap"),
        ({"retry__cancel": "cancel"}, "retry.cancel"),
        ({"throttle__per": "user"}, "throttle.per"),
    ],
)
def test_contradictions_are_named(settings: dict[str, Any], word: str) -> None:
    sizes = scenario(board([]), workload(steady(1.0)), DEPOSIT).sizes
    (message,) = KINDS["service"].check(service(**{"threads": 10, **settings}), sizes)
    assert word in message


LIMITS = {
    p.name: p for p in KINDS["service"].parameters if p.name.split(".")[0] in ("retry", "key", "shed", "throttle")
}


@given(st.data())
@settings(max_examples=30)
def test_whatever_is_set_the_run_ends(data: st.DataObject) -> None:
    """Every parameter at an end of it or off, crashes, a lossy line: it ends, and nothing is unaccounted for."""
    chosen: dict[str, Any] = {}
    for name, p in LIMITS.items():
        ends: list[Any] = list(p.choices) or [p.default, p.low, p.high]
        value = data.draw(st.sampled_from(ends), label=name)
        chosen[name.replace(".", "__")] = int(value) if p.whole else value
    teller = service("teller", size="two", replicas=2, threads=2, backlog=3, timeout=0.05, **chosen)
    cards = [clients(at="far"), balancer(), teller, database(size="one", work__write=exponential(0.02))]
    live = run(
        scenario(
            board(cards, "users -> lb -> teller -> db"),
            workload(steady(60.0), timeout=0.3, retries=Retries(3, budget=0.2), patience=exponential(0.2)),
            DEPOSIT,
            until=3.0,
            grace=3.0,
            links={("far", "here"): Profile(constant(0.005), loss=0.05)},
            faults=[
                Fault(1.0, 0.5, ("replica", "teller", "1"), "crash"),
                Fault(1.5, 0.3, ("component", "db"), "dies"),
            ],
        )
    )
    total = live.result.total
    assert total.requests == total.successes + sum(total.failures.values())
    assert all(t >= 0 or t != t for t in latencies(live.recording))
    for part in live.world.parts.values():
        for replica in part.replicas:
            assert all(0 <= pool.taken <= pool.size for pool in replica.pools.values())


def test_a_trace_shows_what_was_cancelled_and_changes_nothing() -> None:
    plain = given_up("cancel")
    following = Following(plain.scenario, KINDS, 1)
    following.advance()
    assert same(following.run.result, plain.result)
    hops = [hop for hops in following.tracer.hops.values() for hop in hops if hop.component == "db"]
    assert [hop.reply for hop in hops] == [CANCELLED] * 5
    assert [hop.left for hop in hops] == pytest.approx([1.3, 1.4, 1.5, 1.6, 1.7], abs=1e-4)


def test_a_key_apart_knows_a_counter_too() -> None:
    counts = program(Update("n", constant(0.001)), Work(constant(1.0)))
    cards = board([clients(), service(key__kept="apart")], "users -> web")
    load = workload(once(1.0), timeout=0.5, retries=Retries(3, "fixed", 2.0))
    live = run(scenario(cards, load, [counts], until=10.0))
    assert live.world.parts["web"].counts()["recognised"] >= 1
