"""Faults: what is struck, what callers see of it, when it heals, and links that are slow, cut or lossy."""

import pytest

from scalegame.design.distributions import constant
from scalegame.design.world import Program, Read, Work
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Fault, Profile, Retries, Scenario
from tests.scenarios import (
    balancer,
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


def two_tiers(*faults: Fault, at: float = 1.0, timeout: float | None = 5.0, **web: object) -> Run:
    """One request at 1 s: 0.1 s there, 1 s of work at the web, a read of 1 s at the database, back."""
    cards = [clients(), service(size="many", **web), database(work__read=constant(1.0))]
    world = scenario(
        board(cards, "users -> web -> db"),
        workload(once(at), timeout=timeout),
        program(Work(constant(1.0)), Read("x")),
        hop=0.1,
        faults=faults,
    )
    return run(world)


def test_on_paper() -> None:
    assert latencies(two_tiers().recording) == pytest.approx([2.4], abs=1e-6)


@pytest.mark.parametrize(("effect", "outcome"), [("crash", "reset"), ("dies", "timed out")])
def test_a_dead_process_resets_its_callers_and_a_dead_machine_says_nothing(effect: str, outcome: str) -> None:
    live = two_tiers(Fault(1.5, None, ("component", "web"), effect))  # type: ignore[arg-type]
    assert outcomes(live.recording) == [outcome]
    expected = 1.6 if outcome == "reset" else 6.0
    assert live.recording.requests.resolved[0] == pytest.approx(expected, abs=1e-6)
    assert live.result.components["web"].arrivals == 1


def test_a_crash_in_the_middle_of_work_stops_what_would_have_followed() -> None:
    live = two_tiers(Fault(1.5, 0.2, ("component", "web"), "crash"))
    assert live.result.components["db"].arrivals == 0


def test_what_the_dead_had_asked_of_others_goes_on() -> None:
    live = two_tiers(Fault(2.5, None, ("component", "web"), "crash"))
    assert outcomes(live.recording) == ["reset"]
    assert live.world.parts["db"].counts()["reads"] == 1


@pytest.mark.parametrize(("effect", "outcome"), [("crash", "reset"), ("dies", "timed out")])
def test_a_caller_finds_the_dead(effect: str, outcome: str) -> None:
    live = two_tiers(Fault(0.5, 3.0, ("component", "web"), effect))  # type: ignore[arg-type]
    assert outcomes(live.recording) == [outcome]
    assert live.result.components["web"].completions == 0


def test_a_failed_dependency_is_passed_on_to_the_caller() -> None:
    live = two_tiers(Fault(2.5, None, ("component", "db"), "crash"))
    assert outcomes(live.recording) == ["reset"]
    live = two_tiers(Fault(2.5, None, ("component", "db"), "dies"), timeout=None)
    assert outcomes(live.recording) == ["unfinished"]


def test_a_service_with_a_time_out_gives_up_on_whom_it_calls() -> None:
    cards = [clients(), service(size="many", timeout=0.5), database(work__read=constant(1.0))]
    live = run(
        scenario(board(cards, "users -> web -> db"), workload(once(1.0)), program(Read("x")), hop=0.1, until=5.0)
    )
    assert outcomes(live.recording) == ["timed out"]
    assert latencies(live.recording) == pytest.approx([0.7], abs=1e-6)
    assert live.world.parts["db"].counts()["reads"] == 1


def test_a_restart_is_clean() -> None:
    cards = [clients(), service(threads=1, backlog=0)]
    live = run(
        scenario(
            board(cards, "users -> web"),
            workload(once(1.0, 4.0)),
            program(Work(constant(2.0))),
            faults=[Fault(2.0, 1.0, ("component", "web"), "crash")],
        )
    )
    assert outcomes(live.recording) == ["reset", "ok"]
    assert latencies(live.recording)[1] == pytest.approx(2.0, abs=1e-5)
    assert [e.kind for e in live.recording.events] == ["fault", "recovery"]


def test_only_the_replica_that_is_named_dies() -> None:
    cards = [clients(), balancer(health_check__every=None), service(replicas=2, size="many")]
    live = run(
        scenario(
            board(cards, "users -> lb -> web"),
            workload(steady(10.0, "constant")),
            program(Work(constant(0.01))),
            faults=[Fault(0.0, None, ("replica", "web", "2"), "crash")],
        )
    )
    assert live.result.total.availability == pytest.approx(0.5)
    assert live.recording.components["web"].up.tolist() == [1] * len(live.recording.times)


def test_a_fault_without_its_target_does_nothing() -> None:
    live = two_tiers(
        Fault(0.5, None, ("component", "nobody"), "crash"), Fault(0.5, None, ("replica", "web", "9"), "dies")
    )
    assert outcomes(live.recording) == ["ok"]
    assert live.recording.events == ()


def _up_at(*times: float, faults: tuple[Fault, ...]) -> list[str]:
    cards = [clients(), service(size="many")]
    world = scenario(
        board(cards, "users -> web"),
        workload(once(*times), timeout=0.5),
        program(Work(constant(0.0))),
        faults=faults,
        until=60.0,
    )
    return outcomes(run(world).recording)


def test_faults_that_overlap_heal_each_its_own() -> None:
    web = ("component", "web")
    long = Fault(10.0, 10.0, web, "crash")
    found = _up_at(11.0, 15.0, 19.0, 21.0, faults=(long, Fault(12.0, 2.0, web, "crash")))
    assert found == ["reset", "reset", "reset", "ok"]
    found = _up_at(11.0, 13.0, 15.0, 21.0, faults=(long, Fault(12.0, 2.0, web, "dies")))
    assert found == ["reset", "timed out", "reset", "ok"]


def test_slow_is_a_factor_on_work_that_begins_to_wait_meanwhile() -> None:
    cards = [clients(), service()]
    web = ("component", "web")
    live = run(
        scenario(
            board(cards, "users -> web"),
            workload(once(1.0, 4.0, 6.0, 12.0, 20.0)),
            program(Work(constant(0.5))),
            faults=[Fault(3.0, 10.0, web, "slow", 2.0), Fault(5.0, 3.0, web, "slow", 3.0)],
            until=30.0,
        )
    )
    assert latencies(live.recording) == pytest.approx([0.5, 1.0, 3.0, 1.0, 0.5], abs=1e-5)


# -- links


def far(profile: Profile, *faults: Fault, at: tuple[float, ...] = (1.0,), **more: object) -> Scenario:
    cards = [clients(at="home"), service(size="many")]
    return scenario(
        board(cards, "users -> web"),
        workload(once(*at), timeout=2.0, **more),  # type: ignore[arg-type]
        program(Work(constant(0.0))),
        links={("home", "here"): profile},
        faults=faults,
        until=40.0,
    )


def test_a_link_has_its_latency_in_each_direction() -> None:
    assert latencies(run(far(Profile(constant(0.08)))).recording) == pytest.approx([0.16])


def test_no_message_takes_less_than_a_microsecond() -> None:
    assert latencies(run(far(Profile(constant(0.0)))).recording) == pytest.approx([2e-6])


def test_bandwidth_adds_the_time_of_the_bytes() -> None:
    """Request and reply of 500 bytes at 5,000 bytes a second."""
    assert latencies(run(far(Profile(constant(0.08), bandwidth=5000.0))).recording) == pytest.approx([0.36])


def test_a_slow_link_and_a_cut_one() -> None:
    link = ("link", "home", "here")
    world = far(
        Profile(constant(0.08)),
        Fault(5.0, 5.0, link, "slow", 4.0),
        Fault(15.0, 5.0, link, "cut"),
        Fault(16.0, 1.0, link, "slow", 2.0),
        at=(1.0, 6.0, 15.5, 17.5, 30.0),
    )
    live = run(world)
    assert outcomes(live.recording) == ["ok", "ok", "timed out", "timed out", "ok"]
    assert [latencies(live.recording)[i] for i in (0, 1, 4)] == pytest.approx([0.16, 0.64, 0.16])


def test_a_reply_across_a_cut_is_lost_and_the_work_was_done() -> None:
    live = run(far(Profile(constant(0.08)), Fault(1.05, 5.0, ("link", "here", "home"), "cut")))
    assert outcomes(live.recording) == ["timed out"]
    assert live.result.components["web"].completions == 1


def test_loss_is_a_probability_per_message() -> None:
    world = far(Profile(constant(0.01), loss=0.1))
    cards = world.board
    live = run(
        scenario(
            cards,
            workload(steady(500.0), timeout=0.5),
            program(Work(constant(0.0))),
            links={("home", "here"): Profile(constant(0.01), loss=0.1)},
            until=40.0,
        )
    )
    total = live.result.total
    share = 1 - 0.9**2  # there or back
    spread = 3.3 * (share * (1 - share) / total.requests) ** 0.5
    assert total.failures["timed out"] / total.requests == pytest.approx(share, abs=spread)


def test_a_program_without_steps_is_answered_at_once() -> None:
    cards = [clients(), service()]
    live = run(scenario(board(cards, "users -> web"), workload(once(1.0), retries=Retries(1)), program()))
    assert latencies(live.recording) == pytest.approx([2e-6])
    assert isinstance(live.scenario.programs["p"], Program)
