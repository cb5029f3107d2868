"""Fans: several calls at once, and an answer when enough of them are back."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.design.distributions import Distribution, constant, exponential
from scalegame.design.world import CallProgram, Fan, Operation, Program, Step, Wait, Work
from scalegame.insight.tracing import Following
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Fault, Limits, Open
from tests.scenarios import (
    KINDS,
    balancer,
    board,
    clients,
    latencies,
    once,
    outcomes,
    run,
    scenario,
    service,
    steady,
    workload,
)

TAIL = Distribution("percentiles", (0.010, 0.030, 0.300))
SLOW, QUICK = Wait(constant(1.0)), Wait(constant(0.2))


def page(
    fan: Step,
    state: dict[str, Sequence[Step]],
    arrivals: Open | None = None,
    *,
    faults: Sequence[Fault] = (),
    until: float = 20.0,
    replicas: int = 1,
    **settings: object,
) -> Run:
    """A page made of what another program knows."""
    slopes = Program("slopes", {name: Operation(name, tuple(steps)) for name, steps in state.items()})
    board_of = Program("p", {"get": Operation("get", (fan,))})
    cards = [clients(), service(size="many", **settings), service("s", "slopes", size="many", replicas=replicas)]
    wires = "users -> web -> s"
    if replicas > 1:
        cards, wires = [*cards, balancer()], "users -> web -> lb -> s"
    return run(
        scenario(
            board(cards, wires), workload(arrivals or once(1.0)), (board_of, slopes), faults=faults, until=until
        )
    )


def counters(made: Run) -> dict[str, float]:
    return dict(made.result.components["web"].counters)


BOTH = (("slopes", "slow"), ("slopes", "quick"))
STATE: dict[str, Sequence[Step]] = {"slow": (SLOW,), "quick": (QUICK,)}


# -- when it is over


def test_the_slowest_decides() -> None:
    made = page(Fan(BOTH, times=3), STATE)
    assert latencies(made.recording) == pytest.approx([1.0], abs=1e-4)
    assert outcomes(made.recording) == ["ok"]
    assert made.result.components["s"].arrivals == 6
    assert counters(made) == {"branches": 6, "hedges": 0, "partial": 0}


@pytest.mark.parametrize(
    ("fan", "latency", "outcome"),
    [
        (Fan(BOTH, times=3, need=6), 1.0, "ok"),
        (Fan(BOTH, times=3, need=3), 0.2, "degraded"),
        (Fan(BOTH, times=3, need=4), 1.0, "degraded"),
        (Fan(BOTH, times=3, need=3, within=0.5), 0.5, "degraded"),
        (Fan(BOTH, times=3, need=4, within=0.5), 0.5, "timed out"),
        (Fan(BOTH, times=3, within=0.5), 0.5, "timed out"),
        (Fan(BOTH, times=3, within=2.0), 1.0, "ok"),
        (Fan(BOTH, times=3, need=1, within=2.0), 1.0, "ok"),
    ],
)
def test_enough_is_enough(fan: Fan, latency: float, outcome: str) -> None:
    made = page(fan, STATE)
    assert outcomes(made.recording) == [outcome]
    log = made.recording.requests
    assert float(log.resolved[0] - log.born[0]) == pytest.approx(latency, abs=1e-4)
    assert made.result.components["s"].completions == 6, "what it does not wait for goes on all the same"


def test_a_branch_that_fails_is_one_answer_less() -> None:
    """A thread and no backlog: of three at once one is served."""
    cards = [clients(), service(size="many"), service("s", "slopes", size="many", threads=1, backlog=0)]
    slopes = Program("slopes", {"state": Operation("state", (QUICK,))})

    def three(need: int | None) -> Run:
        fan = Fan((("slopes", "state"),), times=3, need=need)
        mine = Program("p", {"get": Operation("get", (fan,))})
        return run(scenario(board(cards, "users -> web -> s"), workload(once(1.0)), (mine, slopes), until=5.0))

    assert outcomes(three(None).recording) == ["refused"]
    assert latencies(three(None).recording)[0] < 1e-3, "it fails as soon as it cannot go well any more"
    assert outcomes(three(2).recording) == ["refused"]
    assert outcomes(three(1).recording) == ["degraded"]
    assert three(1).world.parts["web"].failed["s"] == 2


def test_an_operation_goes_on_after_a_partial_answer_and_is_degraded() -> None:
    slopes = Program("slopes", {name: Operation(name, tuple(steps)) for name, steps in STATE.items()})
    mine = Program("p", {"get": Operation("get", (Fan(BOTH, need=1), Work(constant(0.5))))})
    cards = [clients(), service(size="many"), service("s", "slopes", size="many")]
    made = run(scenario(board(cards, "users -> web -> s"), workload(once(1.0)), (mine, slopes), until=5.0))
    assert outcomes(made.recording) == ["degraded"]
    assert latencies(made.recording) == pytest.approx([0.7], abs=1e-4)


def test_a_crash_ends_its_branches_and_what_they_asked_for_goes_on() -> None:
    dead = Fault(1.1, 0.5, ("replica", "web", "1"), "crash")
    made = page(Fan(BOTH, times=3), STATE, faults=[dead])
    assert outcomes(made.recording) == ["reset"]
    assert made.result.components["s"].completions == 6
    assert not made.world.parts["web"].replicas[0].home.strands


def test_answers_that_nobody_waits_for_any_more_come_back_to_nobody() -> None:
    made = page(Fan(BOTH, times=3, need=3), STATE)
    home = made.world.parts["web"].replicas[0].home
    assert home.unclaimed == pytest.approx([2.0] * 3, abs=1e-4)
    assert not home.strands


def test_on_request_they_are_cancelled() -> None:
    plain, told = (
        page(Fan(BOTH, times=3, need=3), STATE, timeout=5.0, retry__cancel=word) for word in ("leave", "cancel")
    )
    assert plain.result.components["s"].refused == {}
    assert told.result.components["s"].refused == {"cancelled": 3}
    assert told.result.components["s"].in_flight * 20 == pytest.approx(3 * 0.2 + 3 * 0.2, abs=1e-3)


def test_each_call_has_a_time_out_of_its_own() -> None:
    made = page(Fan(BOTH, times=2, need=2), {"slow": (SLOW,), "quick": (Wait(constant(0.45)),)}, timeout=0.5)
    assert outcomes(made.recording) == ["degraded"]
    assert page(Fan(BOTH), STATE, timeout=0.5).recording.requests.outcomes
    assert outcomes(page(Fan(BOTH), STATE, timeout=0.5).recording) == ["timed out"]


# -- figures


def twenty(work: Distribution, fan: Fan, until: float = 100.0, rate: float = 20.0) -> Run:
    return page(fan, {"state": (Wait(work),)}, steady(rate), until=until, replicas=2)


ALL = Fan((("slopes", "state"),), times=20)


def test_the_slowest_of_twenty_exponentials_takes_h20_times_the_mean() -> None:
    """H20 = 1 + 1/2 + … + 1/20 = 3.598; the way there and back through the balancer is 6 µs."""
    means = [twenty(exponential(0.01), ALL, 60.0, 50.0).result.total.latency.mean]
    harmonic = sum(1 / k for k in range(1, 21))
    assert np.mean(means) == pytest.approx(0.01 * harmonic, rel=0.02)


def test_the_median_of_twenty_is_beyond_the_95th_percentile_of_one() -> None:
    fan = twenty(TAIL, ALL).result.total.latency
    one = twenty(TAIL, replace(ALL, times=1)).result.total.latency
    assert fan.p50 >= one.p95
    assert one.p95 == pytest.approx(0.03, rel=0.15)
    # A fifth of all pages meets the slowest hundredth: 1 - 0.99^20 = 18 %.
    log = twenty(TAIL, ALL).recording.requests
    assert np.mean(log.resolved - log.born > 0.3) == pytest.approx(1 - 0.99**20, abs=0.03)


def test_a_hedge_at_the_95th_percentile_cuts_the_tail_for_a_twentieth_more_calls() -> None:
    plain, hedged = twenty(TAIL, ALL), twenty(TAIL, replace(ALL, hedge=0.03))
    assert hedged.result.total.latency.p99 <= 0.6 * plain.result.total.latency.p99
    found = counters(hedged)
    assert 0.03 <= found["hedges"] / found["branches"] <= 0.06
    assert hedged.result.components["s"].arrivals == pytest.approx(found["hedges"] + found["branches"], abs=40)


def test_a_hedge_is_as_good_as_reckoned_where_there_is_no_tail() -> None:
    """Beyond the hedge two exponentials race, and the quicker one has half the mean: at 30 ms + x, e^(-2x/m)."""
    hedged = twenty(exponential(0.01), replace(ALL, hedge=0.03))  # at the 95th percentile of one
    each = 1 - 0.99 ** (1 / 20)  # of one branch, so that all twenty are in time with 99 %
    assert hedged.result.total.latency.p99 == pytest.approx((0.03 - 0.01 * np.log(each)) / 2, rel=0.05)


def test_eighteen_of_twenty_leave_the_tail_behind() -> None:
    plain, most = twenty(TAIL, ALL), twenty(TAIL, replace(ALL, need=18))
    assert most.result.total.latency.p95 < 0.2 * plain.result.total.latency.p95
    assert most.result.total.degraded > 0.95 * most.result.total.requests


# -- what is seen of it


def test_in_a_trace_every_branch_is_a_call_of_its_caller() -> None:
    made = page(Fan(BOTH, times=2), STATE)
    following = Following(made.scenario, KINDS, made.world.streams.seed)
    following.advance()
    _, hops = following.of(0)
    mine, *branches = hops
    assert [h.component for h in hops] == ["web", "s", "s", "s", "s"]
    assert all(h.caller is mine for h in branches)
    assert mine.spells[0].end == pytest.approx(2.0, abs=1e-4)


# -- whatever is built


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 30),
    st.one_of(st.none(), st.integers(1, 30)),
    st.sampled_from([None, 1e-6, 0.02, 10.0]),
    st.sampled_from([None, 1e-6, 0.01]),
    st.sampled_from([None, 0.03]),
    st.sampled_from(["leave", "cancel"]),
    st.integers(0, 20),
    st.lists(
        st.tuples(st.sampled_from(["web", "s"]), st.floats(0.1, 2.0), st.sampled_from(["crash", "dies"])),
        max_size=3,
    ),
)
def test_any_fan_with_any_faults_ends_within_limits(
    times: int,
    need: int | None,
    within: float | None,
    hedge: float | None,
    timeout: float | None,
    cancel: str,
    backlog: int,
    strikes: list[tuple[str, float, str]],
) -> None:
    """Every run checks itself: nothing negative, nobody lost, Little's integrals agree."""
    fan = Fan((("slopes", "state"),), times, None if need is None else min(need, times), within, hedge)
    slopes = Program("slopes", {"state": Operation("state", (Work(exponential(0.004)),))})
    mine = Program("p", {"get": Operation("get", (fan, CallProgram("slopes", "state")))})
    cards = [
        clients(),
        service(size="two", threads=8, backlog=backlog, timeout=timeout, retry__cancel=cancel),
        service("s", "slopes", size="two", threads=10, backlog=backlog),
    ]
    faults = [Fault(at, 0.3, ("component", id), effect) for id, at, effect in strikes]  # type: ignore[arg-type]
    made = run(
        scenario(
            board(cards, "users -> web -> s"),
            workload(steady(30.0), timeout=0.4),
            (mine, slopes),
            until=2.5,
            grace=1.0,
            faults=faults,
            limits=Limits(steps=20_000),
        )
    )
    assert made.recording.times[-1] <= 3.5
    assert made.result.total.requests > 0
    found = counters(made)
    assert found["hedges"] <= found["branches"]
    if hedge is None:
        assert found["hedges"] == 0
