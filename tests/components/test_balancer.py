"""The balancer: policies, health checks, and what a crash of its own does."""

from collections import Counter

import pytest

from scalegame.design.distributions import constant, exponential
from scalegame.design.model import Component
from scalegame.design.world import Work
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Fault, Profile
from tests.scenarios import balancer, board, clients, outcomes, program, run, scenario, service, steady, workload


def shared(
    rate: float,
    work: object,
    *faults: Fault,
    replicas: int = 4,
    until: float = 20.0,
    process: str = "poisson",
    seed: int = 1,
    before: Component | None = None,
    timeout: float | None = 1.0,
    **lb: object,
) -> Run:
    cards = [clients(), balancer(**lb), service(replicas=replicas)]
    return run(
        scenario(
            board(cards, "users -> lb -> web"),
            workload(steady(rate, process), timeout=timeout),
            program(Work(work)),  # type: ignore[arg-type]
            until=until,
            faults=faults,
            tick=0.25,
        ),
        seed,
    )


def arrived(live: Run) -> list[int]:
    return [r.home.arrived for r in live.world.parts["web"].replicas]


def test_round_robin_shares_evenly() -> None:
    counts = arrived(shared(100.0, constant(0.001), policy="round robin"))
    assert max(counts) - min(counts) <= 1


def test_random_shares_evenly_on_average() -> None:
    counts = arrived(shared(500.0, constant(0.0001), policy="random"))
    n = sum(counts)
    assert all(abs(c - n / 4) < 4 * (n * 3 / 16) ** 0.5 for c in counts)
    assert max(counts) - min(counts) > 1


def test_least_connections_prefers_the_idle() -> None:
    """One replica is twenty times slower: round robin drowns it, least connections walks round it."""
    slow = Fault(0.0, None, ("replica", "web", "1"), "slow", 20.0)
    least = shared(100.0, constant(0.005), slow, policy="least connections")
    robin = shared(100.0, constant(0.005), slow, policy="round robin")
    assert arrived(robin)[0] == pytest.approx(sum(arrived(robin)) / 4, abs=1)
    assert arrived(least)[0] < 0.4 * sum(arrived(least)) / 4
    assert least.result.total.availability == 1.0
    assert robin.result.total.availability < 0.8


def test_an_idle_replica_gets_the_call_under_least_connections() -> None:
    live = shared(30.0, constant(0.1), policy="least connections", process="constant", replicas=4)
    assert live.result.components["web"].queue_max == 0  # three calls in flight, four replicas


def test_two_random_choices_are_nearly_as_good_as_looking_at_all() -> None:
    """Mean wait at 85 % load: random, then two choices, then least connections."""
    waits = {
        policy: shared(850.0, exponential(0.008), policy=policy, replicas=8, until=40.0, timeout=None)
        .result.components["web"]
        .wait_mean
        for policy in ("random", "two random choices", "least connections")
    }
    assert waits["least connections"] < waits["two random choices"] < waits["random"] / 3


@pytest.mark.parametrize("policy", ["round robin", "random", "least connections", "two random choices"])
def test_health_checks_take_a_dead_replica_out_and_bring_it_back(policy: str) -> None:
    """Checks every second, two failures take out: from 5.2 s on errors until 7 s, and back at 10 s."""
    dead = Fault(5.2, 4.3, ("replica", "web", "2"), "crash")
    live = shared(
        200.0, constant(0.001), dead, policy=policy, health_check__every=1.0, health_check__down_after=2
    )  # fmt: skip
    log = live.recording.requests
    failed = log.born[[o == "reset" for o in outcomes(live.recording)]]
    assert 5.19 < failed.min() < 5.4
    assert 6.7 < failed.max() < 7.0
    told = [(round(e.time, 6), e.text) for e in live.recording.events if e.component == "lb"]
    assert told == [
        (7.0, "lb takes web-2 out of rotation"),
        (10.0, "lb puts web-2 back into rotation"),
    ]
    assert live.result.components["lb"].counters["taken_out"] == 1
    later = log.born > 10.5
    assert later.any()
    assert not (failed > 7.0).any()


def test_without_health_checks_a_dead_replica_goes_on_failing_its_share() -> None:
    dead = Fault(5.0, None, ("replica", "web", "2"), "crash")
    live = shared(200.0, constant(0.001), dead, policy="round robin", health_check__every=None)
    assert live.result.total.availability == pytest.approx(1 - 0.75 / 4, abs=0.005)


def test_a_dead_process_under_least_connections_swallows_everything_until_it_is_noticed() -> None:
    """It answers fastest, so it always has the fewest calls: the sinkhole."""
    dead = Fault(5.0, None, ("replica", "web", "2"), "crash")
    lost = []
    for policy in ("round robin", "least connections"):
        live = shared(270.0, exponential(0.01), dead, policy=policy, health_check__every=None)
        lost.append(Counter(outcomes(live.recording))["reset"])
    assert lost[0] == pytest.approx(270 * 15 / 4, rel=0.1)
    assert lost[1] > 1.5 * lost[0]


def test_a_silent_machine_keeps_the_connections_of_its_callers_until_it_is_back() -> None:
    """Nobody tells the balancer that they came to nothing; when it is back they are gone, and it is used."""
    dead = Fault(5.0, 5.0, ("replica", "web", "2"), "dies")
    live = shared(50.0, constant(0.01), dead, policy="least connections", health_check__every=None, until=30.0)
    lost = Counter(outcomes(live.recording))["timed out"]
    assert 1 <= lost <= 30
    members = live.world.parts["lb"].members  # type: ignore[attr-defined]
    assert [m.active for m in members] == [0, 0, 0, 0]
    assert arrived(live)[1] > 50 * 15 / 4


@pytest.mark.parametrize("policy", ["least connections", "two random choices"])
def test_open_calls_are_counted_down_to_zero_whatever_happens(policy: str) -> None:
    faults = [
        Fault(3.0, 2.0, ("replica", "web", "1"), "crash"),
        Fault(4.0, 3.0, ("replica", "web", "2"), "dies"),
        Fault(9.0, 1.0, ("component", "web"), "crash"),
        Fault(12.0, 1.0, ("link", "here", "here"), "cut"),
    ]
    live = shared(200.0, exponential(0.01), *faults, policy=policy, health_check__every=0.5)
    live.world.kernel.run(live.world.kernel.now + 60.0)
    assert [m.active for m in live.world.parts["lb"].members] == [0, 0, 0, 0]  # type: ignore[attr-defined]


def test_with_nobody_left_callers_find_it_unreachable() -> None:
    dead = Fault(2.0, None, ("component", "web"), "crash")
    live = shared(100.0, constant(0.001), dead, health_check__every=0.5, health_check__down_after=1)
    assert Counter(outcomes(live.recording))["unreachable"] > 1600
    assert live.result.components["lb"].refused["no live replica"] > 1600


def test_a_dead_balancer_is_a_single_point_of_failure() -> None:
    for effect, seen in (("crash", "reset"), ("dies", "timed out")):
        dead = Fault(5.0, 5.0, ("component", "lb"), effect)  # type: ignore[arg-type]
        live = shared(100.0, constant(0.03), dead)
        found = Counter(outcomes(live.recording))
        assert found["ok"] + found[seen] == len(live.recording.requests.born)
        assert found[seen] == pytest.approx(100 * 5, rel=0.15)
        log = live.recording.requests
        failed = log.born[[o == seen for o in outcomes(live.recording)]]
        assert 4.9 < failed.min() < 5.0, "calls that pass through it die with it"
        assert failed.max() < 10.0


def test_health_checks_do_not_get_through_a_cut_link() -> None:
    cards = [clients(), balancer(health_check__every=0.5, health_check__down_after=2)]
    cards += [service("near"), service("away")]
    from dataclasses import replace

    cards[-1] = replace(cards[-1], at="there")
    live = run(
        scenario(
            board(cards, "users -> lb -> near", "lb -> away"),
            workload(steady(100.0), timeout=1.0),
            program(Work(constant(0.001))),
            links={("here", "there"): Profile(constant(0.001))},
            faults=[Fault(5.0, 5.0, ("link", "here", "there"), "cut")],
            until=20.0,
        )
    )
    log = live.recording.requests
    failed = log.born[[o != "ok" for o in outcomes(live.recording)]]
    assert 4.9 < failed.min() < 5.1
    assert failed.max() < 5.51
    assert len(failed) == pytest.approx(25, abs=12)
