"""Pauses, failures that live, loss, one-way cuts, whole places, and faults that come again; times on paper."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scalegame.design.distributions import constant
from scalegame.design.world import CallProgram, DataSet, Operation, Program, Read, Wait, Work
from scalegame.simulation.broken import can_break
from scalegame.simulation.disciplines import Parking
from scalegame.simulation.faults import MOST_STRIKES
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Fault, Profile, Scenario
from scalegame.simulation.struck import cards, ways
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
    part,
    program,
    queue,
    run,
    scenario,
    service,
    steady,
    workload,
)

WEB, DB = ("component", "web"), ("component", "db")


def tiers(*faults: Fault, at: tuple[float, ...] = (1.0,), patience: float | None = 9.0, **web: Any) -> Run:
    """Each request: 0.1 s there, 1 s of work on one core at the web, a read of 1 s at the database, back."""
    known = scenario(
        board([clients(), service(**web), database(work__read=constant(1.0))], "users -> web -> db"),
        workload(once(*at), timeout=patience),
        program(Work(constant(1.0)), Read("x")),
        hop=0.1,
        faults=faults,
        until=30.0,
    )
    return run(known)


# -- pauses


def test_a_pause_in_the_middle_of_work_adds_its_length() -> None:
    live = tiers(Fault(1.5, 3.0, WEB, "pause"))
    assert latencies(live.recording) == pytest.approx([2.4 + 3.0], abs=1e-6)
    assert [e.text for e in live.recording.events] == ["web stands still", "web is back"]
    assert live.result.components["web"].utilisation == pytest.approx(1.0 / 30.0)


def test_a_reply_that_comes_during_a_pause_is_looked_at_after_it() -> None:
    """The database has answered at 3.3 s; the web, which stands still from 2.5 s to 5.5 s, passes it on then."""
    live = tiers(Fault(2.5, 3.0, WEB, "pause"))
    assert latencies(live.recording) == pytest.approx([5.5 + 0.1 - 1.0], abs=1e-6)
    assert live.world.parts["db"].counts()["reads"] == 1


def test_who_arrives_during_a_pause_waits_and_hears_nothing() -> None:
    live = tiers(Fault(0.5, 3.0, WEB, "pause"), patience=2.0)
    assert outcomes(live.recording) == ["timed out"]
    assert latencies(live.recording) == pytest.approx([2.0], abs=1e-6)
    live = tiers(Fault(0.5, 3.0, WEB, "pause"), at=(1.0, 2.0))
    assert latencies(live.recording) == pytest.approx([3.5 + 1 + 1.3 - 1, 3.5 + 2 + 1.3 - 2], abs=1e-6)


def test_its_own_time_outs_run_out_meanwhile_and_it_finds_out_when_it_wakes() -> None:
    """It asks at 2.1 s and waits until 2.6 s for a reply; from 2.2 s on it stands still, until 4.0 s."""
    live = tiers(Fault(2.2, 1.8, WEB, "pause"), patience=None, timeout=0.5)
    assert outcomes(live.recording) == ["timed out"]
    assert latencies(live.recording) == pytest.approx([4.1 - 1.0], abs=1e-6)


def test_who_waits_for_somebody_outside_replies_after_the_pause() -> None:
    """A wait of 0.5 s from 1 s on is over at 1.5 s; the machine stands still from 1.2 s to 3.2 s."""
    known = scenario(
        board([clients(), service()], "users -> web"),
        workload(once(1.0)),
        program(Wait(constant(0.5))),
        faults=[Fault(1.2, 2.0, WEB, "pause")],
    )
    assert latencies(run(known).recording) == pytest.approx([2.2], abs=1e-4)


def test_a_paused_database_keeps_its_callers_waiting() -> None:
    live = tiers(Fault(2.5, 2.0, DB, "pause"))
    assert latencies(live.recording) == pytest.approx([2.4 + 2.0], abs=1e-6)


def test_pauses_that_overlap_end_with_the_last() -> None:
    live = tiers(Fault(1.5, 3.0, WEB, "pause"), Fault(2.5, 4.0, WEB, "pause"))
    assert latencies(live.recording) == pytest.approx([2.4 + 5.0], abs=1e-6)


def test_who_crashes_while_it_stands_still_is_dead_and_afterwards_still_stands_still() -> None:
    live = tiers(Fault(1.5, 4.0, WEB, "pause"), Fault(2.0, 1.0, WEB, "crash"), at=(1.0, 4.0))
    assert outcomes(live.recording) == ["reset", "ok"]
    assert latencies(live.recording) == pytest.approx([1.1, 5.5 + 1 + 1.3 - 4], abs=1e-6)


def test_only_the_replica_that_is_named_stands_still() -> None:
    known = scenario(
        board([clients(), balancer(health_check__every=None), service(replicas=2)], "users -> lb -> web"),
        workload(once(1.0, 1.5), timeout=9.0),
        program(Work(constant(0.1))),
        faults=[Fault(0.5, 3.0, ("replica", "web", "2"), "pause")],
    )
    assert sorted(latencies(run(known).recording)) == pytest.approx([0.1, 2.1], abs=0.01)


def test_a_cache_finishes_what_it_has_and_begins_the_rest_after_the_pause() -> None:
    size_one = cache(size="one", work=constant(0.4))
    known = scenario(
        board([clients(), service(size="many"), size_one, database()], "users -> web -> cache", "web -> db"),
        workload(once(1.0, 1.5, 4.0), keys="x"),
        program(Read("x")),
        faults=[Fault(1.2, 2.0, ("component", "cache"), "pause")],
    )
    live = run(known)
    # The first look-up ends at 1.4 s, in the pause; its filling begins at 3.2 s, and then the second look-up.
    assert latencies(live.recording) == pytest.approx([0.4, 4.0 - 1.5, 0.4], abs=0.01)


def test_a_run_without_pauses_has_plain_cores() -> None:
    assert tiers().world.parts["web"].replicas[0].plain.size == 1
    live = tiers(Fault(1.0, 1.0, WEB, "pause"))
    assert isinstance(live.world.parts["web"].replicas[0].cores, Parking)
    assert live.world.parts["db"].replicas[0].plain.size > 1


# -- alive, and failing


def test_who_fails_refuses_at_once_and_is_not_down() -> None:
    live = tiers(Fault(0.5, 3.0, WEB, "fails"), at=(1.0, 5.0))
    assert outcomes(live.recording) == ["refused", "ok"]
    assert latencies(live.recording)[0] == pytest.approx(0.2, abs=1e-6)
    web = live.result.components["web"]
    assert (web.refused, web.completions) == ({"out of order": 1}, 1)
    assert live.recording.components["web"].up.tolist() == [1] * len(live.recording.times)
    assert live.world.parts["db"].counts()["reads"] == 1


def test_checks_of_the_process_do_not_see_it_and_the_least_busy_is_the_broken_one() -> None:

    def failing(policy: str) -> float:
        known = scenario(
            board(
                [clients(), balancer(policy=policy, health_check__every=0.1), service(replicas=4)],
                "users -> lb -> web",
            ),
            workload(steady(28.0)),
            program(Work(constant(0.1))),
            faults=[Fault(0.0, None, ("replica", "web", "3"), "fails")],
            until=50.0,
        )
        return 1.0 - run(known).result.total.availability

    assert failing("round robin") == pytest.approx(0.25, abs=0.001), "one of four refuses, and gets its share"
    assert failing("least connections") > 0.4, "the broken one is never busy"


def test_a_leaf_can_fail_too() -> None:
    known = scenario(
        board([clients(), service(size="many"), cache(), database()], "users -> web -> cache", "web -> db"),
        workload(once(1.0, 2.0, 3.0, 4.0), keys="x"),
        program(Read("x")),
        data=[DataSet("x", 1, 0.0, 1000.0)],
        faults=[Fault(2.5, 1.0, ("component", "cache"), "fails")],
    )
    live = run(known)
    assert outcomes(live.recording) == ["ok"] * 4, "slow, not down"
    assert live.world.parts["db"].counts()["reads"] == 2


# -- links


def far(*faults: Fault, at: tuple[float, ...] = (1.0,), rate: float = 0.0, until: float = 40.0) -> Scenario:
    return scenario(
        board([clients(at="home"), service(size="many")], "users -> web"),
        workload(steady(rate) if rate else once(*at), timeout=2.0),
        program(Work(constant(0.0))),
        links={("home", "here"): Profile(constant(0.08))},
        faults=faults,
        until=until,
    )


@pytest.mark.parametrize(("way", "reached"), [(("way", "home", "here"), 0), (("way", "here", "home"), 1)])
def test_a_one_way_cut_lets_the_other_direction_through(way: tuple[str, ...], reached: int) -> None:
    live = run(far(Fault(0.5, 5.0, way, "cut"), at=(1.0, 7.0)))
    assert outcomes(live.recording) == ["timed out", "ok"]
    assert live.result.components["web"].completions == 1 + reached
    assert [e.text for e in live.recording.events] == [
        f"{way[1]} -> {way[2]} is cut",
        f"{way[1]} -> {way[2]} is well again",
    ]


def test_a_slow_way_is_slow_in_one_direction() -> None:
    live = run(far(Fault(0.5, 5.0, ("way", "here", "home"), "slow", 3.0)))
    assert latencies(live.recording) == pytest.approx([0.08 + 0.24])


def test_loss_for_a_time_takes_its_share_and_no_more() -> None:
    """10 % each way: 19 % of the exchanges fail, within 99.9 %; before and after none does."""
    live = run(far(Fault(10.0, 20.0, ("link", "home", "here"), "loses", 0.1), rate=100.0))
    log = live.recording.requests
    failed = ~log.ended(("ok",))
    inside = (log.born >= 10.0) & (log.born < 29.8)
    count = int(inside.sum())
    assert failed[inside].mean() == pytest.approx(0.19, abs=3.3 * (0.19 * 0.81 / count) ** 0.5)
    assert not failed[log.born < 9.8].any()
    assert not failed[log.born > 30.1].any()


def test_losses_that_overlap_multiply_what_gets_through() -> None:
    faults = [Fault(0.0, None, ("way", "home", "here"), "loses", 0.5) for _ in range(2)]
    live = run(far(*faults, rate=100.0))
    total = live.result.total
    assert total.availability == pytest.approx(0.25, abs=3.3 * (0.25 * 0.75 / total.requests) ** 0.5)


def test_a_fault_that_never_strikes_changes_no_draw() -> None:
    plain = run(far(rate=20.0)).recording.requests
    later = run(far(Fault(1e6, 1.0, ("link", "home", "here"), "loses", 0.5), rate=20.0)).recording.requests
    assert np.array_equal(plain.resolved, later.resolved)


def test_a_cut_that_never_heals_ends_with_the_grace_period() -> None:
    known = far(Fault(5.0, None, ("link", "home", "here"), "cut"), rate=5.0, until=10.0)
    users = replace(known.workloads["w"], timeout=None)
    live = run(replace(known, workloads={"w": users}))
    assert live.result.total.unfinished == pytest.approx(25, abs=17)
    assert live.world.kernel.now == 40.0


# -- places


def spread(*faults: Fault) -> Scenario:
    """Users at home; the web and the database's primary here, its read replica there."""
    return scenario(
        board(
            [
                clients(at="home"),
                service(size="many"),
                database(read_replicas=1, replica_at="there", reads="any"),
            ],
            "users -> web -> db",
        ),
        workload(steady(20.0, "constant"), timeout=1.0),
        program(Read("x")),
        links={pair: Profile(constant(0.01)) for pair in (("home", "here"), ("here", "there"), ("home", "there"))},
        faults=faults,
        until=20.0,
    )


def test_what_a_place_fault_strikes() -> None:
    known = spread()
    assert cards(Fault(1, 1, ("place", "there"), "dies"), known.board) == {"db"}
    assert cards(Fault(1, 1, ("place", "here"), "dies"), known.board) == {"web", "db"}
    assert cards(Fault(1, 1, ("place", "here"), "cut"), known.board) == set()
    assert ways(Fault(1, 1, ("place", "here"), "cut"), ("home", "here", "there")) == {
        ("home", "here"),
        ("here", "home"),
        ("here", "there"),
        ("there", "here"),
    }


def test_a_place_that_dies_takes_what_stands_there_and_nothing_else() -> None:
    live = run(spread(Fault(5.0, 10.0, ("place", "there"), "dies")))
    assert live.recording.components["db"].up[7] == 1
    assert live.recording.components["web"].up[7] == 1
    failed = int((~live.recording.requests.ended(("ok",))).sum())
    assert failed == pytest.approx(100, abs=5), "every second read asks the copy in vain"
    assert {e.text.split(",")[0] for e in live.recording.events} == {"db-2 fell silent", "db-2 is back"}


def test_a_place_that_is_cut_off_lives_and_cannot_be_reached() -> None:
    live = run(spread(Fault(5.0, 10.0, ("place", "there"), "cut")))
    assert live.recording.components["db"].up[7] == 2
    failed = int((~live.recording.requests.ended(("ok",))).sum())
    assert failed == pytest.approx(100, abs=5)
    assert [e.text for e in live.recording.events] == ["there is cut off", "there is well again"]


def test_users_do_not_burn_with_the_place_that_they_are_at() -> None:
    live = run(spread(Fault(5.0, 10.0, ("place", "home"), "dies")))
    assert live.recording.events == ()
    assert live.result.total.availability == 1.0


# -- again and again


def strikes(seed: int, every: float, lasts: float = 1.0, until: float = 2000.0) -> list[float]:
    """Times between the end of one crash and the next."""
    known = scenario(
        board([clients(), service()], "users -> web"),
        workload(once(1.0)),
        program(Work(constant(0.0))),
        faults=[Fault(10.0, lasts, WEB, "crash", every=every)],
        until=until,
        tick=10.0,
        start=until - 1.0,
    )
    events = run(known, seed).recording.events
    struck = [e.time for e in events if e.kind == "fault"]
    healed = [10.0] + [e.time for e in events if e.kind == "recovery"]
    return [a - b for a, b in zip(struck, healed, strict=False)]


def test_the_mean_time_between_failures() -> None:
    """20 seeds: the mean of all the times between within 99.9 % of 20 s, and as scattered as exponential ones."""
    gaps = np.array([gap for seed in range(20) for gap in strikes(seed, 20.0)])
    assert len(gaps) > 1500
    assert gaps.mean() == pytest.approx(20.0, abs=3.3 * 20.0 / len(gaps) ** 0.5)
    assert gaps.std() == pytest.approx(20.0, rel=0.12)


def test_what_comes_again_comes_a_thousand_times_at_most() -> None:
    assert len(strikes(1, 0.01, lasts=0.01, until=100.0)) == MOST_STRIKES


def test_two_faults_that_come_again_have_luck_of_their_own() -> None:
    crash, cut = (
        Fault(0.0, 1.0, WEB, "crash", every=5.0),
        Fault(0.0, 1.0, ("way", "here", "here"), "cut", every=5.0),
    )
    known = scenario(
        board([clients(), service()], "users -> web"),
        workload(once(1.0)),
        program(Work(constant(0.0))),
        faults=[crash, cut],
        until=100.0,
        start=99.0,
    )
    events = run(known).recording.events
    first = {text: [e.time for e in events if e.kind == "fault" and text in e.text] for text in ("crashed", "cut")}
    assert not set(first["crashed"]) & set(first["cut"])


def test_a_chain_of_services_stands_still_link_by_link() -> None:
    """The first asks the second at 1 s; the second stands still from 0.5 s to 2.5 s, the first from 2 s to 4 s."""
    outer = Program("p", {"get": Operation("get", (CallProgram("q", "get"),))})
    inner = Program("q", {"get": Operation("get", (Work(constant(0.25)),))})
    known = scenario(
        board([clients(), service(), part("core", "service", runs="q", size="one")], "users -> web -> core"),
        workload(once(1.0)),
        [outer, inner],
        faults=[Fault(0.5, 2.0, ("component", "core"), "pause"), Fault(2.0, 2.0, WEB, "pause")],
    )
    assert latencies(run(known).recording) == pytest.approx([3.0], abs=1e-4)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_that_can_fail_does(name: str) -> None:
    """Whoever stands before the service, or behind it, and can fail: what it is asked meanwhile, it refuses."""
    if not can_break(KINDS[name]):
        assert name in ("balancer", "clients")
        return
    middle = {"queue": queue("it"), "webcache": part("it", "webcache", size="many", room=1e9)}.get(name)
    behind = {"cache": cache("it"), "database": database("it")}.get(name)
    cards = [clients(), *filter(None, (middle,)), service("it" if name == "service" else "web", size="many")]
    web = cards[-1].id
    wires = [f"users -> {'it -> ' if middle else ''}{web}"]
    if behind:
        cards.append(behind)
        wires.append(f"{web} -> it")
    if name == "cache":
        cards.append(database())
        wires.append(f"{web} -> db")
    known = scenario(
        board(cards, *wires),
        workload(once(1.0, 5.0), timeout=2.0, keys="x"),
        program(Read("x") if behind else Work(constant(0.1))),
        faults=[Fault(0.5, 2.0, ("component", "it"), "fails")],
    )
    live = run(known)
    assert live.result.components["it"].refused["out of order"] >= 1
    assert outcomes(live.recording) == ["ok" if name == "cache" else "refused", "ok"]


def test_who_stands_still_answers_no_probe() -> None:
    """Probes every second, out after two: from 2 s on nothing goes to the one that pauses from 0.5 s to 8.5 s."""
    known = scenario(
        board(
            [clients(), balancer(health_check__every=1.0, health_check__down_after=2), service(replicas=2)],
            "users -> lb -> web",
        ),
        workload(steady(10.0, "constant"), timeout=1.0),
        program(Work(constant(0.01))),
        faults=[Fault(0.5, 8.0, ("replica", "web", "2"), "pause")],
        until=8.0,
    )
    log = run(known).recording.requests
    failed = log.born[~log.ended(("ok",))]
    assert len(failed) == pytest.approx(7, abs=1), "every second one of those 1.5 seconds"
    assert failed.max() < 2.0
