"""Clients: attempts and the waits between them, sequences, crowds that wait for their replies."""

import numpy as np
import pytest

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import Operation, Program, Work
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Closed, Fault, FollowUp, Retries
from tests.scenarios import board, clients, latencies, once, outcomes, program, run, scenario, service, workload


def retried(retries: Retries, timeout: float | None = None) -> Run:
    """One request at 1 s, to a service that is dead until 7 s: each attempt fails after 0.2 s."""
    cards = [clients(), service(size="many")]
    return run(
        scenario(
            board(cards, "users -> web"),
            workload(once(1.0), retries=retries, timeout=timeout),
            program(Work(constant(0.3))),
            hop=0.1,
            faults=[Fault(0.0, 7.0, ("component", "web"), "crash")],
            until=20.0,
        )
    )


@pytest.mark.parametrize(
    ("retries", "attempts", "latency"),
    [
        (Retries(100), 31, 30 * 0.2 + 0.5),
        (Retries(10, "fixed", 1.0), 6, 5 * 1.2 + 0.5),
        (Retries(10, "exponential", 0.5), 5, 0.7 + 1.2 + 2.2 + 4.2 + 0.5),
        (Retries(10, "exponential", 0.5, cap=2.0), 5, 0.7 + 1.2 + 2.2 + 2.2 + 0.5),
    ],
    ids=["immediate", "fixed", "exponential", "capped"],
)
def test_back_off_is_exact(retries: Retries, attempts: int, latency: float) -> None:
    """Latency counts from the first attempt, and the waits between are part of it."""
    live = retried(retries)
    assert outcomes(live.recording) == ["ok"]
    assert live.result.total.attempts == attempts
    assert latencies(live.recording) == pytest.approx([latency], abs=1e-5)


def test_after_the_last_attempt_it_has_failed() -> None:
    live = retried(Retries(3, "fixed", 1.0))
    assert outcomes(live.recording) == ["reset"]
    assert latencies(live.recording) == pytest.approx([3 * 0.2 + 2 * 1.0], abs=1e-5)
    assert live.result.total.attempts == 3
    assert live.result.total.failed_latency.count == 1


def test_jitter_takes_up_to_its_share_off_the_wait() -> None:
    cards = [clients(), service(threads=1, backlog=0)]
    live = run(
        scenario(
            board(cards, "users -> web"),
            workload(once(*np.arange(1.0, 60.0)), retries=Retries(2, "fixed", 0.4, jitter=0.5)),
            program(Work(constant(5.0))),
            until=70.0,
        )
    )
    waits = np.array(latencies(live.recording))[[o == "refused" for o in outcomes(live.recording)]]
    assert len(waits) > 30
    assert waits.min() >= 0.2 - 1e-9
    assert waits.max() <= 0.4 + 1e-4
    assert waits.std() > 0.03


def test_a_time_out_starts_when_the_attempt_is_sent_and_the_work_goes_on() -> None:
    cards = [clients(), service()]
    live = run(
        scenario(
            board(cards, "users -> web"),
            workload(once(1.0), timeout=0.5, retries=Retries(2)),
            program(Work(constant(0.6))),
        )
    )
    assert outcomes(live.recording) == ["timed out"]
    assert latencies(live.recording) == pytest.approx([1.0], abs=1e-5)
    web = live.result.components["web"]
    assert (web.arrivals, web.completions) == (2, 2), "both attempts were worked on to their end"
    assert live.result.total.throughput * 10 == pytest.approx(2.0), "and both answers came too late"


def test_retries_are_about_the_same_key() -> None:
    from scalegame.simulation.request import Request

    first = Request(7, 0, "get", 3, 99, 1.5)
    again = first.again().again()
    assert (again.number, again.user, again.operation, again.key, again.born) == (7, 3, "get", 99, 1.5)
    assert again.origin is first
    assert first.attempts == 3


def test_a_sequence_follows_a_success_and_only_a_success() -> None:
    both = Program("p", {n: Operation(n, (Work(constant(0.0)),)) for n in ("get", "after")})
    asked = {"get": Asked(1.0, FollowUp(0.5, "after")), "after": Asked(0.0)}
    live = run(
        scenario(
            board([clients(), service()], "users -> web"),
            workload(once(1.0, 3.0), operations=asked),
            both,
            hop=0.1,
            faults=[Fault(2.5, 1.0, ("component", "web"), "crash")],
        )
    )
    log = live.recording.requests
    assert log.born.tolist() == pytest.approx([1.0, 1.7, 3.0], abs=1e-5)
    assert [log.operations[o] for o in log.operation] == ["get", "after", "get"]


def test_a_crowd_waits_for_its_replies() -> None:
    """Saturated, so that response time is clients over throughput, less what they think."""
    for people in (20, 200):
        live = run(
            scenario(
                board([clients(), service()], "users -> web"),
                workload(Closed(people, exponential(1.0))),
                program(Work(exponential(0.1))),
                start=50.0,
                until=400.0,
                grace=60.0,
            )
        )
        total = live.result.total
        assert total.throughput == pytest.approx(10.0, rel=0.05)
        assert total.latency.mean == pytest.approx(people / 10 - 1.0, rel=0.06)


def test_after_a_failure_the_next_turn_is_no_sooner_than_the_pause() -> None:
    live = run(
        scenario(
            board([clients(), service(threads=1, backlog=0)], "users -> web"),
            workload(Closed(1, constant(0.1), pause=2.0), timeout=0.5),
            program(Work(constant(10.0))),
            until=9.9,
        )
    )
    log = live.recording.requests
    assert np.diff(log.born) == pytest.approx([2.5, 2.0, 2.0, 2.0][: len(log.born) - 1], abs=1e-4)
    assert outcomes(live.recording)[:2] == ["timed out", "refused"]


def test_goodput_leaves_out_what_came_too_late() -> None:
    live = retried(Retries(1))
    assert live.result.total.goodput == 0.0
