"""Locks, races and deadlocks inside a machine: who waits, what is lost, and when everything stands still."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import Lock, Operation, Program, Size, Step, Update, Wait, Work
from scalegame.insight.tracing import Following
from scalegame.simulation.locks import Counter, Value
from scalegame.simulation.request import Request
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Closed, Fault, Limits
from tests.scenarios import (
    KINDS,
    board,
    clients,
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

SECOND = Work(constant(1.0))


def alone(
    *steps: Step, at: Sequence[float] = (1.0, 1.1, 1.2), faults: Sequence[Fault] = (), **settings: object
) -> Run:
    """One machine with cores enough, and a few calls at known times."""
    cards = [clients(), service(size="many", **settings)]
    return run(
        scenario(board(cards, "users -> web"), workload(once(*at)), program(*steps), faults=faults, until=20.0)
    )


def crowd(
    threads: int,
    inside: float,
    handoff: float,
    cores: int,
    wakes: str = "all",
    stripes: int = 1,
    outside: float = 0.01,
) -> float:
    """Throughput of a hundred callers who never rest, through so many threads."""
    lock = Lock("stock", (Work(exponential(inside)),), stripes, None, handoff, wakes)  # type: ignore[arg-type]
    made = run(
        scenario(
            board([clients(), service(size="cores", threads=threads)], "users -> web"),
            workload(Closed(100, constant(0.0), 1.0), keys="x"),
            program(Work(exponential(outside)), lock),
            start=1.0,
            until=6.0,
            sizes=[Size("cores", cores, 1e12, 0.1)],
        )
    )
    return made.result.total.throughput


# -- one lock


def test_one_holds_it_and_the_others_get_it_in_order() -> None:
    made = alone(Lock("stock", (SECOND,)))
    assert latencies(made.recording) == pytest.approx([1.0, 1.9, 2.8], abs=1e-4)
    *_, lock = made.result.components["web"].pools
    assert (lock.name, lock.size, lock.grants, lock.queue_max) == ("lock stock", 1, 3, 2)
    assert lock.utilisation * 20 == pytest.approx(3.0, abs=1e-4)
    assert lock.wait_total == pytest.approx(0.9 + 1.8, abs=1e-4)
    assert made.result.components["web"].in_flight * 20 == pytest.approx(1.0 + 1.9 + 2.8, abs=1e-3)


def test_whoever_waits_for_a_lock_holds_a_thread_and_no_core() -> None:
    made = alone(Lock("stock", (Wait(constant(1.0)),)), threads=2)
    cores, threads, _ = made.result.components["web"].pools
    assert cores.utilisation == 0.0
    assert threads.utilisation * threads.size * 20 == pytest.approx(1.0 + 1.9 + 2.0, abs=1e-3)
    assert latencies(made.recording) == pytest.approx([1.0, 1.9, 2.8], abs=1e-4)


def test_what_a_hand_over_costs_is_work_on_a_core_while_nobody_is_inside() -> None:
    made = alone(Lock("stock", (Wait(constant(1.0)),), handoff=0.25))
    assert latencies(made.recording) == pytest.approx([1.0, 2.15, 3.3], abs=1e-4)
    assert made.result.components["web"].utilisation * 10_000 * 20 == pytest.approx(0.5, abs=1e-3)


def test_if_all_are_woken_all_of_them_work_for_one_that_gets_in() -> None:
    """After the first, three wake (3 × 0.1 s on one core, one of them gets in), then two, then one."""
    lock = Lock("stock", (Wait(constant(1.0)),), handoff=0.1, wakes="all")
    cards = [clients(), service(size="one", threads=10)]
    made = run(
        scenario(board(cards, "users -> web"), workload(once(1.0, 1.2, 1.3, 1.4)), program(lock), until=20.0)
    )
    assert made.result.components["web"].utilisation * 20 == pytest.approx(0.6, abs=1e-3)
    assert latencies(made.recording) == pytest.approx([1.0, 1.9, 2.9, 3.9], abs=1e-4)


def test_stripes_are_locks_of_their_own() -> None:
    one, sixteen = (crowd(64, 0.002, 0.0, 64, "one", stripes, 0.004) for stripes in (1, 16))
    assert one == pytest.approx(500, rel=0.05)
    assert sixteen >= 4 * one


def test_a_key_always_takes_the_same_stripe() -> None:
    """All asks are about one key, so sixteen stripes are as good as one."""
    made = alone(Lock("stock", (SECOND,), stripes=16))
    assert latencies(made.recording) == pytest.approx([1.0, 1.9, 2.8], abs=1e-4)


def test_throughput_over_threads_rises_peaks_and_falls_as_the_universal_scalability_law_says() -> None:
    """N/X = (1 + σ(N − 1) + κN(N − 1)) / λ, fitted by least squares in X."""
    threads = np.array([1, 2, 4, 8, 12, 16, 24, 32, 48, 64], dtype=float)
    found = np.array([crowd(int(n), 0.001, 0.0003, 16) for n in threads])
    terms = np.stack([np.ones_like(threads), threads - 1, threads * (threads - 1)], 1)
    weights = found**2 / threads
    (a, b, c), *_ = np.linalg.lstsq(terms * weights[:, None], threads / found * weights, rcond=None)
    fitted = threads / (terms @ np.array([a, b, c]))
    missed = ((found - fitted) ** 2).sum() / ((found - found.mean()) ** 2).sum()
    assert 1 - missed >= 0.98
    assert b / a > 0, "waiting in line: throughput levels off"
    assert c / a > 0.001, "and everybody being woken for everybody: it falls"
    peak = int(found.argmax())
    assert 2 <= peak <= 7
    assert found[-1] < 0.65 * found[peak]
    assert found[0] < 0.2 * found[peak]


def test_without_the_scramble_it_levels_off_and_does_not_fall() -> None:
    found = [crowd(n, 0.001, 0.0, 16, "one") for n in (16, 64)]
    assert found[1] >= 0.97 * found[0]


# -- giving up


def test_patience_is_exact_and_frees_what_is_held_around_it() -> None:
    """The second waits for `money` from 2.1 s on, with `seats` in hand; it lets go of both at 2.4 s."""
    pay = Lock("money", (Work(constant(3.0)),), patience=0.3)
    book = Program(
        "p",
        {
            "pay": Operation("pay", (pay,)),
            "book": Operation("book", (Lock("seats", (SECOND, pay)),)),
            "look": Operation("look", (Lock("seats", (SECOND,)),)),
        },
    )
    times = {"pay": 1.0, "book": 1.1, "look": 1.5}
    cards = [*(clients(name, name) for name in times), service(size="many")]
    loads = [workload(once(at), name, operations={name: Asked(1.0)}) for name, at in times.items()]
    made = run(scenario(board(cards, *(f"{name} -> web" for name in times)), loads, book, until=20.0))
    assert outcomes(made.recording) == ["ok", "refused", "ok"]
    assert latencies(made.recording) == pytest.approx([3.0, 1.3, 1.9], abs=1e-4)
    assert made.result.components["web"].refused == {"lock time-out": 1}
    assert made.result.components["web"].completions == 2


def test_who_gets_the_lock_at_the_end_of_its_patience_has_it() -> None:
    made = alone(Lock("stock", (SECOND,), patience=0.9 + 1e-9), at=(1.0, 1.1))
    assert outcomes(made.recording) == ["ok", "ok"]


@pytest.mark.parametrize("effect", ["crash", "dies"])
def test_a_crash_frees_every_lock(effect: str) -> None:
    """Those inside at 1.5 s are gone; who comes at 3 s finds the lock free."""
    dead = Fault(1.5, 0.5, ("replica", "web", "1"), effect)  # type: ignore[arg-type]
    lock = Lock("stock", (SECOND,), handoff=0.1, wakes="all")
    made = alone(lock, at=(1.0, 1.1, 3.0), faults=[dead])
    assert latencies(made.recording)[2] == pytest.approx(1.0, abs=1e-4)
    assert outcomes(made.recording)[:2] == ["reset" if effect == "crash" else "unfinished"] * 2
    lock_pool = made.result.components["web"].pools[-1]
    assert lock_pool.utilisation * 20 == pytest.approx(1.5, abs=1e-4)


# -- races


def test_of_calls_that_read_the_same_value_all_but_the_last_are_lost() -> None:
    made = alone(Update("seats", constant(1.0)), at=(1.0, 1.1, 1.2, 1.3, 1.4, 5.0))
    assert made.recording.requests.lost.tolist() == [1, 1, 1, 1, 0, 0]
    assert made.result.total.lost == 4
    assert made.result.total.availability == 1.0
    counters = made.result.components["web"].counters
    assert (counters["updates"], counters["lost_updates"]) == (6, 4)


def test_in_a_lock_nothing_is_lost_and_everything_takes_longer() -> None:
    made = alone(Lock("seats", (Update("seats", constant(1.0)),)), at=(1.0, 1.1, 1.2, 1.3, 1.4, 5.0))
    assert made.result.total.lost == 0
    assert latencies(made.recording) == pytest.approx([1.0, 1.9, 2.8, 3.7, 4.6, 2.0], abs=1e-4)


def test_the_busier_the_more_is_lost_and_none_with_a_lock() -> None:
    def lost(rate: float, *steps: Step) -> float:
        cards = [clients(), service(size="many")]
        made = run(scenario(board(cards, "users -> web"), workload(steady(rate)), program(*steps), until=20.0))
        return made.result.total.lost / made.result.total.requests

    update = Update("seats", constant(0.01))
    shares = [lost(rate, update) for rate in (2.0, 20.0, 50.0)]
    # Another one writes while a call works: of Poisson arrivals 1 - exp(-rate × work) are caught so.
    assert shares == pytest.approx([1 - np.exp(-rate * 0.01) for rate in (2.0, 20.0, 50.0)], abs=0.07)
    assert shares[0] < shares[1] < shares[2]
    assert lost(50.0, Lock("seats", (update,))) == 0


def test_a_crash_in_between_loses_nothing_that_was_acknowledged() -> None:
    dead = Fault(1.6, 0.5, ("replica", "web", "1"), "crash")
    made = alone(Update("seats", constant(1.0)), at=(1.0, 1.1, 3.0), faults=[dead])
    assert made.result.total.lost == 0
    assert outcomes(made.recording) == ["reset", "reset", "ok"]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["read", "write", "forget"])), max_size=80))
def test_a_counter_loses_exactly_what_the_last_value_was_not_made_from(steps: list[tuple[int, str]]) -> None:
    """Against a plain model that remembers of every value whose changes are in it."""
    lost: list[Request] = []
    counter = Counter(lost.append)
    reading: dict[int, tuple[Value, frozenset[int]]] = {}
    now: frozenset[int] = frozenset()
    written = 0

    def write(who: int) -> None:
        nonlocal now, written
        seen, inside = reading.pop(who)
        counter.write(seen, Request(written, 0, "get", 0, 0, 0.0))
        now, written = inside | {written}, written + 1

    for who, what in steps:
        if what == "read" and who not in reading:
            reading[who] = (counter.read(), now)
        elif what == "write" and who in reading:
            write(who)
        elif what == "forget" and who in reading:
            counter.forget(reading.pop(who)[0])
        assert not {r.number for r in lost} & now
    for who in list(reading):
        counter.forget(reading.pop(who)[0])
    assert sorted(r.number for r in lost) == sorted(set(range(written)) - now)
    assert counter.written == written


# -- deadlock

BOOK = Lock("seats", (SECOND, Lock("money", (SECOND,))))
REFUND = Lock("money", (SECOND, Lock("seats", (SECOND,))))


def office(book: Step, refund: Step, **more: object) -> Run:
    """One booking at 1.0 s and one refund at 1.5 s."""
    both = Program("p", {"book": Operation("book", (book,)), "refund": Operation("refund", (refund,))})
    cards = [clients("a", "a"), clients("b", "b"), service(size="many", threads=4)]
    loads = [
        workload(once(1.0), "a", operations={"book": Asked(1.0)}),
        workload(once(1.5), "b", operations={"refund": Asked(1.0)}),
    ]
    return run(scenario(board(cards, "a -> web", "b -> web"), loads, both, **{"until": 20.0, **more}))  # type: ignore[arg-type]


def test_locks_in_opposite_order_stop_everything_at_a_reckoned_time() -> None:
    made = office(BOOK, REFUND)
    (event,) = made.recording.events
    assert event.time == pytest.approx(2.5, abs=1e-4)
    assert event.text == "deadlock: book holds seats and waits for money; refund holds money and waits for seats"
    assert event.kind == "alert"
    assert made.result.components["web"].counters["deadlocks"] == 1
    assert outcomes(made.recording) == ["unfinished"] * 2
    track = made.recording.components["web"]
    assert track.utilisation[3:].max() == 0.0
    assert track.in_flight[-1] == 2
    assert made.recording.times[-1] == 50.0  # the end of the grace period


def test_locks_in_the_same_order_never_do() -> None:
    made = office(BOOK, Lock("seats", (SECOND, Lock("money", (SECOND,)))))
    assert made.result.components["web"].counters["deadlocks"] == 0
    assert latencies(made.recording) == pytest.approx([2.0, 3.5], abs=1e-4)
    assert not made.recording.events


def test_patience_turns_a_deadlock_into_one_failure() -> None:
    made = office(Lock("seats", (SECOND, Lock("money", (SECOND,), patience=0.7))), REFUND)
    assert outcomes(made.recording) == ["refused", "ok"]
    assert latencies(made.recording) == pytest.approx([1.7, 1.2 + 1.0], abs=1e-4)
    assert made.result.components["web"].counters["deadlocks"] == 1


def test_the_same_circle_is_told_once_and_counted_every_time() -> None:
    both = Program(
        "p",
        {
            "book": Operation("book", (Lock("seats", (SECOND, Lock("money", (SECOND,), patience=0.2))),)),
            "refund": Operation("refund", (Lock("money", (SECOND, Lock("seats", (SECOND,), patience=0.2))),)),
        },
    )
    cards = [clients("a", "a"), clients("b", "b"), service(size="many")]
    loads = [
        workload(once(1.0, 11.0), "a", operations={"book": Asked(1.0)}),
        workload(once(1.05, 10.95), "b", operations={"refund": Asked(1.0)}),
    ]
    made = run(scenario(board(cards, "a -> web", "b -> web"), loads, both, until=20.0))
    assert made.result.components["web"].counters["deadlocks"] == 2
    assert len(made.recording.events) == 1


# -- whatever is built

NAMES = ("a", "b", "c")


def nested(names: tuple[str, ...], patience: float | None, wakes: str, handoff: float, stripes: int) -> Step:
    step: Step = Update("n", exponential(0.01))
    for name in names:
        step = Lock(name, (Work(exponential(0.005)), step), stripes, patience, handoff, wakes)  # type: ignore[arg-type]
    return step


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.permutations(NAMES), min_size=2, max_size=2),
    st.sampled_from([None, 1e-6, 0.05]),
    st.sampled_from(["one", "all"]),
    st.sampled_from([0.0, 0.002]),
    st.sampled_from([1, 7, 10_000]),
    st.lists(st.tuples(st.floats(0.1, 3.0), st.sampled_from(["crash", "dies"]), st.floats(0.01, 1.0)), max_size=3),
    st.integers(1, 50),
)
def test_locks_in_any_order_with_any_faults_end_within_limits(
    orders: list[list[str]],
    patience: float | None,
    wakes: str,
    handoff: float,
    stripes: int,
    strikes: list[tuple[float, str, float]],
    threads: int,
) -> None:
    """Every run checks itself: nothing negative, nobody lost, Little's integrals agree."""
    steps = [nested(tuple(order), patience, wakes, handoff, stripes) for order in orders]
    both = Program("p", {name: Operation(name, (step,)) for name, step in zip("xy", steps, strict=True)})
    cards = [clients(), service(size="two", threads=threads, backlog=20, timeout=0.3)]
    faults = [Fault(at, long, ("component", "web"), effect) for at, effect, long in strikes]  # type: ignore[arg-type]
    load = workload(steady(60.0), operations={"x": Asked(1.0), "y": Asked(1.0)}, timeout=0.5, keys="x")
    made = run(
        scenario(
            board(cards, "users -> web"),
            load,
            both,
            until=3.0,
            grace=2.0,
            faults=faults,
            limits=Limits(steps=20_000),
        )
    )
    track = made.recording.components["web"]
    assert (track.queue >= 0).all()
    assert made.result.total.requests > 0
    lock = made.result.components["web"].pools[-1]
    assert 0 <= lock.utilisation <= 1
    if patience is None and stripes == 1 and made.result.components["web"].counters["deadlocks"] == 0:
        assert made.result.total.lost == 0, "under a lock no update is overwritten"


def test_a_trace_tells_where_a_call_waited() -> None:
    made = alone(Lock("stock", (SECOND,)))
    following = Following(made.scenario, KINDS, made.world.streams.seed)
    following.advance()
    (hop,) = following.of(1)[1]
    assert [(s.sort, s.what) for s in hop.spells] == [("queued", "lock stock"), ("served", "")]
    assert hop.waited == pytest.approx(0.9, abs=1e-4)
