"""The queue: when it answers, who pulls, what is delivered again, what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components.queue import Queue
from scalegame.design.distributions import constant, exponential
from scalegame.design.world import Fan, Operation, Program, SendTo, Wait, Work
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Closed, Fault
from tests.scenarios import (
    board,
    clients,
    latencies,
    once,
    outcomes,
    program,
    queue,
    run,
    scenario,
    service,
    steady,
    workload,
)


def behind(
    arrivals: object,
    *faults: Fault,
    work: object = constant(1.0),
    reply: str = "accepted",
    replicas: int = 1,
    threads: int = 1,
    until: float = 60.0,
    grace: float = 30.0,
    timeout: float | None = None,
    **settings: object,
) -> Run:
    cards = [clients(), queue(**settings), service(replicas=replicas, threads=threads, size="many")]
    return run(
        scenario(
            board(cards, "users -> queue -> web"),
            workload(arrivals, timeout=timeout),  # type: ignore[arg-type]
            program(Work(work), reply=reply),  # type: ignore[arg-type]
            faults=faults,
            until=until,
            grace=grace,
        )
    )


def counters(live: Run) -> dict[str, float]:
    return dict(live.result.components["queue"].counters)


def test_accepted_is_answered_at_once_and_measured_to_its_effect() -> None:
    live = behind(once(1.0, 1.1, 1.2))
    assert outcomes(live.recording) == ["accepted"] * 3
    assert max(latencies(live.recording)) < 1e-4
    log = live.recording.requests
    assert (log.completed - log.born).tolist() == pytest.approx([1.0, 1.9, 2.8], abs=1e-4)
    assert live.result.total.completion.max == pytest.approx(2.8, abs=1e-4)
    assert live.result.total.unfinished == 0


def test_done_is_answered_when_the_work_is_done() -> None:
    live = behind(once(1.0, 1.1, 1.2), reply="done")
    assert outcomes(live.recording) == ["ok"] * 3
    assert latencies(live.recording) == pytest.approx([1.0, 1.9, 2.8], abs=1e-4)


def test_a_peak_is_absorbed_and_worked_off_in_order() -> None:
    live = behind(steady(100.0, "constant"), work=constant(0.02), until=10.0, grace=60.0)
    total = live.result.total
    assert total.availability == 1.0
    assert total.latency.max < 0.01
    assert total.completion.max == pytest.approx(10.0, rel=0.02)  # twice as much as it can do
    done = live.recording.requests.completed
    assert (done[1:] >= done[:-1]).all()


def test_the_run_waits_for_what_was_accepted_and_counts_what_is_left() -> None:
    live = behind(steady(100.0, "constant"), work=constant(0.02), until=10.0, grace=2.0)
    assert live.result.total.unfinished == pytest.approx(1000 - 12 * 50, abs=3)
    assert live.result.total.availability == 1.0
    assert live.recording.times[-1] == 12.0


def test_a_full_queue_refuses() -> None:
    live = behind(once(1.0, 1.1, 1.2, 1.3, 1.4), capacity=2)
    assert outcomes(live.recording) == ["accepted"] * 3 + ["refused"] * 2
    assert live.result.components["queue"].refused == {"queue full": 2}


def test_consumers_compete_and_each_takes_what_it_can() -> None:
    live = behind(steady(100.0), work=exponential(0.02), replicas=2, threads=4, until=20.0)
    taken = [r.home.arrived for r in live.world.parts["web"].replicas]
    assert sum(taken) == len(live.world.ledger.born)
    assert counters(live)["accepted"] == pytest.approx(counters(live)["done"], abs=5)
    assert min(taken) > 0.4 * sum(taken)
    assert live.result.components["web"].queue_max == 0  # nobody is handed more than it has threads


def test_a_crashed_consumers_message_is_delivered_again() -> None:
    """Two consumers; the one that works on the message dies at 1.5 s, the other one begins anew."""
    dead = Fault(1.5, None, ("replica", "web", "1"), "crash")
    live = behind(once(1.0), dead, replicas=2)
    assert live.recording.requests.completed[0] == pytest.approx(2.5, abs=1e-4)
    assert counters(live)["redelivered"] == 1
    assert counters(live)["done"] == 1


def test_a_silent_consumers_message_is_delivered_again_after_its_visibility() -> None:
    dead = Fault(1.5, None, ("replica", "web", "1"), "dies")
    live = behind(once(1.0), dead, replicas=2, visibility=7.0)
    assert live.recording.requests.completed[0] == pytest.approx(9.0, abs=1e-4)


def test_a_dead_consumer_does_not_pull() -> None:
    dead = Fault(0.5, 9.5, ("component", "web"), "dies")
    live = behind(once(1.0, 2.0), dead, visibility=3.0)
    assert live.recording.requests.completed.tolist() == pytest.approx([11.0, 12.0], abs=1e-4)
    assert counters(live)["delivered"] == 2


def test_a_slow_consumer_is_handed_nothing_more_until_it_has_done_its_work() -> None:
    """Its visibility is too short: the message goes out again, but not into a busy machine's backlog."""
    live = behind(once(1.0), work=constant(5.0), visibility=2.0, deliveries=3, grace=60.0)
    web = live.result.components["web"]
    assert web.queue_max == 0
    assert web.arrivals == counters(live)["delivered"] == 3
    assert counters(live)["dropped"] == 1
    assert live.result.total.unfinished == 1


def test_too_many_deliveries_drop_a_message() -> None:
    """A consumer that refuses: no backlog, and other work in its only thread."""
    cards = [clients(), queue(deliveries=4), service(), service("gate", runs="q", threads=1, backlog=0)]
    from scalegame.design.world import CallProgram

    live = run(
        scenario(
            board([*cards, clients("others", "v")], "users -> queue -> web -> gate", "others -> gate"),
            [workload(once(2.0)), workload(once(1.0), "v")],
            [program(CallProgram("q", "get"), reply="done"), program(Work(constant(9.0)), name="q")],
        )
    )
    log = live.recording.requests
    assert [log.outcomes[o] for o, w in zip(log.outcome, log.workload, strict=True) if w == 0] == ["refused"]
    assert counters(live)["delivered"] == 4
    assert live.result.components["queue"].refused == {"delivered too often": 1}


def test_a_crash_of_the_queue_loses_no_message_it_has_accepted() -> None:
    broken = Fault(1.05, 5.0, ("component", "queue"), "crash")
    live = behind(once(1.0, 1.01, 1.02, 3.0, 7.0), broken)
    assert outcomes(live.recording) == ["accepted"] * 3 + ["reset", "accepted"]
    assert counters(live)["done"] == 4


def test_the_figures_of_a_queue() -> None:
    live = behind(once(1.0, 1.5, 2.0), until=10.0)
    figures = counters(live)
    assert figures["length_mean"] == pytest.approx((0.5 + 1.0) / 10, abs=1e-4)
    assert figures["age_max"] == pytest.approx(2.0, abs=1e-4)
    assert live.result.components["queue"].queue_max == 2


def test_a_service_sends_and_goes_on() -> None:
    cards = [clients(), service(), queue(), service("worker", runs="q")]
    later = Program("q", {"do": Operation("do", (Work(constant(2.0)),), "accepted")})
    live = run(
        scenario(
            board(cards, "users -> web -> queue -> worker"),
            workload(once(1.0)),
            [program(Work(constant(0.5)), SendTo("q", "do")), later],
        )
    )
    assert outcomes(live.recording) == ["ok"]
    assert latencies(live.recording) == pytest.approx([0.5], abs=1e-4)
    assert live.result.total.completion.max == pytest.approx(2.5, abs=1e-4)


# -- back-pressure


def test_a_full_queue_that_waits_lets_senders_in_as_room_comes_up_in_order() -> None:
    """One in work, two in the queue; the fourth and fifth hand theirs in when the first and second are done."""
    live = behind(once(1.0, 1.1, 1.2, 1.3, 1.4), capacity=2, full="wait")
    assert outcomes(live.recording) == ["accepted"] * 5
    assert latencies(live.recording) == pytest.approx([0, 0, 0, 0.7, 1.6], abs=1e-4)
    log = live.recording.requests
    assert (log.completed - log.born).tolist() == pytest.approx([1.0, 1.9, 2.8, 3.7, 4.6], abs=1e-4)
    found = counters(live)
    assert (found["accepted"], found["held_back"]) == (5, 2)
    assert found["held_mean"] == pytest.approx((0.7 + 1.6) / 2, abs=1e-4)
    assert live.result.components["queue"].queue_max == 4
    assert live.result.components["queue"].refused == {}


def test_who_wants_it_done_waits_for_room_and_then_for_the_work() -> None:
    live = behind(once(1.0, 1.1, 1.2, 1.3), capacity=1, full="wait", reply="done")
    assert outcomes(live.recording) == ["ok"] * 4
    assert latencies(live.recording) == pytest.approx([1.0, 1.9, 2.8, 3.7], abs=1e-4)


def test_a_time_out_counts_while_a_sender_waits_and_its_message_goes_in_all_the_same() -> None:
    live = behind(once(1.0, 1.1, 1.2), capacity=1, full="wait", timeout=0.5)
    assert outcomes(live.recording) == ["accepted", "accepted", "timed out"]
    assert counters(live)["done"] == 3


@pytest.mark.parametrize(("full", "rate"), [("wait", 50.0), ("refuse", 1000.0)])
def test_back_pressure_makes_producers_as_slow_as_the_consumer(full: str, rate: float) -> None:
    """Ten producers without a pause; one consumer that does 50/s; held back, nothing is lost on the way."""
    made = Program("p", {"get": Operation("get", (Work(constant(0.001)), SendTo("q", "take")))})
    taken = Program("q", {"take": Operation("take", (Work(constant(0.02)),), "accepted")})
    cards = [clients(), service("web", size="one"), queue(capacity=5, full=full)]
    cards += [service("sink", "q", size="one", threads=1)]
    live = run(
        scenario(
            board(cards, "users -> web -> queue -> sink"),
            workload(Closed(10, constant(0.0), 0.0001)),
            (made, taken),
            start=2.0,
            until=12.0,
            grace=1.0,
        )
    )
    total = live.result.total
    assert live.result.components["sink"].throughput == pytest.approx(50.0, rel=0.01)
    if full == "wait":
        assert total.throughput == pytest.approx(rate, rel=0.02)
        assert total.availability == 1.0
        assert live.result.components["web"].utilisation == pytest.approx(0.05, abs=0.005)
    else:
        assert total.requests / 10 > 0.7 * rate
        assert total.availability < 0.1


def test_a_crash_of_a_full_queue_resets_those_who_wait_outside() -> None:
    dead = Fault(1.5, 1.0, ("component", "queue"), "crash")
    live = behind(once(1.0, 1.1, 1.2, 4.0), dead, capacity=1, full="wait")
    assert outcomes(live.recording) == ["accepted", "accepted", "reset", "accepted"]
    assert live.result.components["queue"].queue_max == 2


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 5),
    st.sampled_from(["wait", "refuse"]),
    st.sampled_from(["accepted", "done"]),
    st.lists(
        st.tuples(
            st.sampled_from(["queue", "web"]),
            st.floats(0.5, 9.0),
            st.one_of(st.none(), st.floats(0.01, 5.0)),
            st.sampled_from(["crash", "dies"]),
        ),
        max_size=3,
    ),
    st.one_of(st.none(), st.floats(0.01, 1.0)),
)
def test_a_full_queue_with_any_faults_ends_within_limits(
    capacity: int,
    full: str,
    reply: str,
    strikes: list[tuple[str, float, float | None, str]],
    timeout: float | None,
) -> None:
    """Every run checks itself; nobody stays outside while there is room, and nothing is done twice over."""
    faults = [Fault(at, long, ("component", id), effect) for id, at, long, effect in strikes]  # type: ignore[arg-type]
    live = behind(
        steady(20.0),
        *faults,
        work=exponential(0.05),
        capacity=capacity,
        full=full,
        reply=reply,
        timeout=timeout,
        until=10.0,
        grace=5.0,
    )
    part = live.world.parts["queue"]
    assert isinstance(part, Queue)
    assert live.recording.times[-1] <= 15.0
    assert len(part.waiting) >= capacity or not part.queued() - len(part.waiting)
    found = part.counts()
    assert found["done"] + found["dropped"] <= found["accepted"]
    assert (live.recording.components["queue"].queue >= 0).all()


def test_an_answer_in_part_is_an_answer() -> None:
    slow = Operation("slow", (Wait(constant(5.0)),))
    fast = Operation("fast", (Wait(constant(0.01)),))
    fan = program(Fan((("b", "slow"), ("b", "fast")), need=1, within=0.1))
    cards = board([clients(), queue(), service(), service("back", runs="b")], "users -> queue -> web -> back")
    what = scenario(
        cards, workload(once(1.0, 2.0, 3.0)), [fan, Program("b", {"slow": slow, "fast": fast})], until=10.0
    )
    found = run(what).world.parts["queue"].counts()
    assert (found["done"], found["redelivered"], found["dropped"]) == (3, 0, 0)
