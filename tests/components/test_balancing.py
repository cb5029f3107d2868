"""Balancers that do more than point: layers, weights, rings, rules, users, slow start, ejection."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.design.distributions import Distribution, constant, exponential
from scalegame.design.world import Operation, Program, Read, Session, Size, Wait, Work, Write
from scalegame.simulation.choosing import Smooth, group_of
from scalegame.simulation.ring import Ring
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Closed, Fault
from tests.scenarios import (
    KINDS,
    balancer,
    board,
    clients,
    database,
    latencies,
    outcomes,
    run,
    scenario,
    service,
    steady,
    workload,
)

MILLISECOND = constant(0.001)
QUICK = Work(MILLISECOND)


def behind(
    cards: Mapping[str, int],
    rate: float = 100.0,
    *faults: Fault,
    until: float = 20.0,
    seed: int = 1,
    web: Mapping[str, Any] | None = None,
    users: int = 1000,
    takes: Distribution = MILLISECOND,
    more: Mapping[str, Any] | None = None,
    **lb: Any,
) -> Run:
    """A balancer before cards of so many replicas each."""
    things = [clients(), balancer(**lb), *(service(id, replicas=n, **(web or {})) for id, n in cards.items())]
    wires = ["users -> lb", *(f"lb -> {id}" for id in cards)]
    return run(
        scenario(
            board(things, *wires),
            workload(steady(rate), users=users, timeout=1.0, **(more or {})),
            Program("p", {"get": Operation("get", (Work(takes),))}),
            until=until,
            faults=faults,
        ),
        seed,
    )


def arrived(live: Run, id: str = "web") -> list[int]:
    return [r.home.arrived for r in live.world.parts[id].replicas]


def told(live: Run) -> list[tuple[float, str]]:
    return [(round(e.time, 3), e.text) for e in live.recording.events if e.component == "lb"]


# -- layers


def closed(number: int, seed: int, **lb: Any) -> float:
    """Throughput of so many synchronous clients before four replicas of eight cores."""
    cards = [clients(), balancer(policy="round robin", **lb), service(replicas=4, size="eight")]
    steps = (Work(exponential(0.040)), Wait(constant(0.160)))
    made = run(
        scenario(
            board(cards, "users -> lb -> web"),
            workload(Closed(number, constant(0.0), 0.0), users=number, timeout=None),
            Program("p", {"get": Operation("get", steps)}),
            start=5.0,
            until=25.0,
            sizes=[Size("eight", 8, 1e12, 0.1)],
        ),
        seed,
    )
    return made.result.total.throughput


@pytest.mark.parametrize(
    ("number", "ratio", "within"), [(32, 1.2, 0.04), (64, 1.2, 0.04), (128, 1.2, 0.04), (256, 1.0, 0.02)]
)
def test_layer_4_serves_a_fifth_more_until_the_replicas_are_the_bottleneck(
    number: int, ratio: float, within: float
) -> None:
    seeds = (1, 2) if number < 256 else (1,)
    four = sum(closed(number, seed) for seed in seeds)
    seven = sum(closed(number, seed, layer="L7", work=constant(0.040)) for seed in seeds)
    assert four / seven == pytest.approx(ratio, abs=within)


def test_looking_into_calls_takes_cores_of_its_own() -> None:
    """Two cores, 20 ms a call: no more than 100 a second come through, whatever is behind."""
    live = behind({"web": 10}, 200.0, until=10.0, layer="L7", work=constant(0.020), size="two")
    assert live.result.components["web"].throughput == pytest.approx(100, rel=0.02)
    lb = live.result.components["lb"]
    assert lb.utilisation > 0.99
    assert lb.queue_mean > 10


def test_looking_closer_costs_the_call_nothing_but_that_work() -> None:
    """The same times to the microsecond, by either way through the balancer."""
    plain = behind({"web": 3}, 20.0, policy="round robin")
    close = behind({"web": 3}, 20.0, policy="round robin", layer="L7")
    worked = behind({"web": 3}, 20.0, policy="round robin", layer="L7", work=constant(0.040))
    assert latencies(close.recording) == pytest.approx(latencies(plain.recording), abs=1e-9)
    assert latencies(worked.recording) == pytest.approx([t + 0.04 for t in latencies(plain.recording)], abs=1e-9)
    assert arrived(close) == arrived(plain)


# -- policies


def test_weight_two_gets_exactly_twice_as_many() -> None:
    live = behind({"big": 1, "small": 1}, 300.0, policy="weighted", weights="big 2")
    big, small = arrived(live, "big")[0], arrived(live, "small")[0]
    assert abs(big - 2 * small) <= 2
    assert big > 3000


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_in_one_round_everybody_gets_its_weight(weights: list[int]) -> None:
    smooth, everybody = Smooth(weights), list(range(len(weights)))
    turns = [smooth.next(everybody) for _ in range(2 * sum(weights))]
    assert Counter(turns[: sum(weights)]) == dict(enumerate(weights))
    assert turns[: sum(weights)] == turns[sum(weights) :]


def test_weighted_turns_are_mixed() -> None:
    """The example of NGINX: 5, 1, 1 gives a a b a c a a, and not five of a in a row."""
    smooth = Smooth((5, 1, 1))
    assert [smooth.next((0, 1, 2)) for _ in range(7)] == [0, 0, 1, 0, 2, 0, 0]


def test_a_fifth_member_moves_a_fifth_of_the_keys() -> None:
    four, five = Ring([f"web-{i}" for i in range(1, 5)]), Ring([f"web-{i}" for i in range(1, 6)])
    keys = range(20_000)
    moved = sum(four.at(k) != five.at(k) for k in keys) / len(keys)
    assert moved == pytest.approx(0.2, abs=0.03)
    assert all(five.at(k) == 4 for k in keys if four.at(k) != five.at(k)), "nobody else gains any"
    assert sum(k % 4 != k % 5 for k in keys) / len(keys) == pytest.approx(0.8, abs=0.01), "by remainder: 4/5"


def whose(live: Run) -> list[set[int]]:
    """The users who have a basket at each replica."""
    return [{user for _, _, user in r.baskets or ()} for r in live.world.parts["web"].replicas]


def remembering(rate: float = 200.0, *faults: Fault, **lb: Any) -> Run:
    """A program that leaves a trace of each user in the machine that it came to."""
    cards = [clients(), balancer(**lb), service(replicas=4)]
    return run(
        scenario(
            board(cards, "users -> lb -> web"),
            workload(steady(rate), users=100, timeout=1.0),
            Program("p", {"get": Operation("get", (QUICK, Session("x", True)))}),
            until=10.0,
            faults=faults,
        )
    )


@pytest.mark.parametrize("lb", [{"policy": "hash"}, {"layer": "L7", "affinity": "user"}])
def test_users_come_back_to_their_machine(lb: dict[str, Any]) -> None:
    found = whose(remembering(**lb))
    assert sum(map(len, found)) == len(set().union(*found)) == 100
    assert all(found)


def test_without_affinity_they_do_not() -> None:
    assert sum(map(len, whose(remembering(policy="random")))) > 300


def test_a_machine_that_is_gone_keeps_nobody() -> None:
    """Only its own users move, and with affinity they stay where they went."""
    dead = Fault(4.0, 3.0, ("replica", "web", "2"), "crash")
    checks: dict[str, Any] = {"health_check__every": 0.1, "health_check__down_after": 1}
    live = remembering(200.0, dead, layer="L7", affinity="user", **checks)
    counters = live.result.components["lb"].counters
    assert 10 <= counters["moved"] <= 40
    assert counters["kept"] > 1500
    late = [
        born for born, o in zip(live.recording.requests.born, outcomes(live.recording), strict=True) if o != "ok"
    ]
    assert late
    assert max(late) < 4.2


def test_the_longer_the_visits_the_more_uneven_is_affinity() -> None:
    """Few users with many calls each: who has the heavy ones has the load."""

    def uneven(users: int, **lb: Any) -> float:
        counts = arrived(behind({"web": 5}, 400.0, users=users, **lb))
        return max(counts) / (sum(counts) / 5)

    sticky: dict[str, Any] = {"layer": "L7", "affinity": "user", "policy": "random"}
    assert uneven(8, **sticky) > uneven(200, **sticky) > uneven(5000, policy="round robin")
    assert uneven(8, **sticky) > 1.5


# -- rules


def ruled(routes: str, groups: Mapping[str, float] | None = None) -> dict[str, int]:
    """Arrivals by card, where a third of the requests write."""
    cards = [clients(), balancer(layer="L7", routes=routes), service("one"), service("two"), database()]
    things = board(cards, "users -> lb -> one -> db", "lb -> two -> db")
    both = {
        "look": Operation("look", (QUICK, Read("x"))),
        "order": Operation("order", (QUICK, Write("x"))),
    }
    load = workload(
        steady(300.0),
        operations={"look": Asked(2.0), "order": Asked(1.0)},
        timeout=None,
        groups=groups or {},
        keys="x",
    )
    made = run(scenario(things, load, Program("p", both), until=10.0))
    ledger = made.world.ledger
    by_sort = Counter(ledger.sort_names[i][1] for i in ledger.sorts)
    return {
        **{id: arrived(made, id)[0] for id in ("one", "two")},
        "look": by_sort["look"],
        "order": by_sort["order"],
    }


def test_rules_by_verb_and_by_operation_are_exact() -> None:
    for routes in ("POST -> two, GET -> one", "order -> two, look -> one", "order -> two, GET -> one"):
        found = ruled(routes)
        assert (found["one"], found["two"]) == (found["look"], found["order"])


def test_the_first_rule_that_fits_is_followed_and_the_rest_goes_anywhere() -> None:
    found = ruled("order -> one, POST -> two")
    assert found["one"] == pytest.approx(found["order"] + found["look"] / 2, abs=1)


def test_a_rule_by_group_sees_whose_call_it_is() -> None:
    found = ruled("group member -> two, GET -> one, POST -> one", {"member": 1.0, "guest": 3.0})
    assert found["two"] == pytest.approx(3000 / 4, rel=0.1)


def test_groups_have_their_shares_of_any_stretch_of_users() -> None:
    shares = (("member", 1.0), ("guest", 3.0))
    for start in (0, 100, 5000):
        count = Counter(group_of(user, shares) for user in range(start, start + 100))
        assert abs(count["member"] - 25) <= 2
    assert group_of(7, ()) == ""


# -- health


BROKEN = Fault(5.0, None, ("replica", "web", "2"), "fails")


def failures(live: Run) -> list[float]:
    log = live.recording.requests
    return [float(b) for b, o in zip(log.born, outcomes(live.recording), strict=True) if o != "ok"]


def test_who_fails_and_lives_is_not_seen_by_checks_of_the_process() -> None:
    checks: dict[str, Any] = {"health_check__every": 0.5, "health_check__down_after": 1}
    blind = behind({"web": 4}, 200.0, BROKEN, policy="round robin", **checks)
    assert len(failures(blind)) == pytest.approx(200 * 15 / 4, rel=0.1)
    seeing = behind({"web": 4}, 200.0, BROKEN, policy="round robin", health_check__asks="work", **checks)
    assert told(seeing)[0] == (5.5, "lb takes web-2 out of rotation") or told(seeing)[0][0] == 5.0
    assert max(failures(seeing), default=5.0) < 5.51


def test_a_check_for_work_sees_that_there_is_no_room() -> None:
    """One thread, no backlog, and a call that takes three seconds: full, and a process all the same."""
    web = {"threads": 1, "backlog": 0}
    checks: dict[str, Any] = {"health_check__every": 0.1, "health_check__down_after": 1}
    live = behind({"web": 1}, 2.0, web=web, takes=constant(3.0), health_check__asks="work", **checks)
    assert live.result.components["lb"].counters["taken_out"] > 2
    assert Counter(outcomes(live.recording))["unreachable"] > 10


def test_the_sinkhole_is_ejected_and_tried_again() -> None:
    """Five failures in a row put it out for three seconds; then five more calls find that it still fails."""
    lb: dict[str, Any] = {"policy": "least connections", "layer": "L7", "eject__after": 5, "eject__for": 3.0}
    live = behind({"web": 4}, 200.0, BROKEN, takes=constant(0.014), **lb)
    events = told(live)
    out = [t for t, text in events if "ejects web-2" in text]
    back = [t for t, text in events if "lets web-2 in" in text]
    assert out[0] < 5.3
    assert [b - a for a, b in zip(out, back, strict=False)] == pytest.approx([3.0] * len(back), abs=2e-3)
    assert len(failures(live)) == pytest.approx(5 * len(out), abs=len(out))
    assert live.result.components["lb"].counters["ejected"] == sum(t < 20 for t in out)
    open_door = behind({"web": 4}, 200.0, BROKEN, takes=constant(0.014), policy="least connections", layer="L7")
    assert len(failures(open_door)) > 1.4 * 200 * 15 / 4, "it answers fastest, so it gets more than its share"


def test_never_more_than_half_are_ejected() -> None:
    every = Fault(5.0, None, ("component", "web"), "fails")
    live = behind({"web": 4}, 200.0, every, layer="L7", eject__after=1, eject__for=1000.0)
    assert live.result.components["lb"].counters["ejected"] == 2
    alone = behind({"web": 1}, 50.0, every, layer="L7", eject__after=1)
    assert alone.result.components["lb"].counters["ejected"] == 0
    assert set(outcomes(alone.recording)[-10:]) == {"refused"}


def test_layer_4_ejects_for_broken_connections_only() -> None:
    crashed = replace(BROKEN, effect="crash")
    lb: dict[str, Any] = {"eject__after": 3, "health_check__every": None, "eject__for": 5.0}
    assert behind({"web": 4}, 200.0, BROKEN, **lb).result.components["lb"].counters["ejected"] == 0
    assert behind({"web": 4}, 200.0, crashed, **lb).result.components["lb"].counters["ejected"] >= 2


def test_who_comes_back_gets_its_share_little_by_little() -> None:
    """Over ten seconds from nothing to a quarter: an eighth on the average; without slow start a quarter."""
    dead = Fault(2.0, 3.0, ("replica", "web", "2"), "crash")
    checks: dict[str, Any] = {"health_check__every": 0.5, "health_check__down_after": 1, "policy": "round robin"}

    def share(slow: float) -> float:
        live = behind({"web": 4}, 400.0, dead, until=15.0, slow_start=slow, layer="L7", **checks)
        replica = live.world.parts["web"].replicas[1]
        before = 400 * 2 / 4
        return (replica.home.arrived - before) / (400 * 10)

    assert share(10.0) == pytest.approx(1 / 8, abs=0.02)
    assert share(0.0) == pytest.approx(1 / 4, abs=0.02)


def test_a_dead_balancer_that_looks_closer_takes_its_calls_along() -> None:
    dead = Fault(5.0, 5.0, ("component", "lb"), "crash")
    live = behind({"web": 2}, 100.0, dead, layer="L7", work=exponential(0.02))
    found = Counter(outcomes(live.recording))
    assert found["reset"] == pytest.approx(500, rel=0.15)
    assert found["ok"] + found["reset"] == len(live.recording.requests.born)


@pytest.mark.parametrize("layer", ["L4", "L7"])
def test_open_calls_come_down_to_zero(layer: str) -> None:
    faults = [Fault(3.0, 2.0, ("replica", "web", "1"), "crash"), Fault(4.0, 3.0, ("replica", "web", "2"), "dies")]
    faults += [Fault(9.0, 1.0, ("component", "web"), "crash"), Fault(12.0, 1.0, ("link", "here", "here"), "cut")]
    live = behind({"web": 3}, 200.0, *faults, layer=layer, policy="least connections", takes=exponential(0.01))
    live.world.kernel.run(live.world.kernel.now + 60.0)
    assert [m.active for m in live.world.parts["lb"].members] == [0, 0, 0]  # type: ignore[attr-defined]


# -- all together


@given(
    policy=st.sampled_from(KINDS["balancer"].parameter("policy").choices),
    layer=st.sampled_from(["L4", "L7"]),
    after=st.sampled_from([0, 1, 1000]),
    slow=st.sampled_from([0.0, 0.5, 3600.0]),
    points=st.sampled_from([1, 1000]),
    asks=st.sampled_from(["process", "work"]),
    effect=st.sampled_from(["crash", "dies", "fails", "pause"]),
    everybody=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_any_settings_come_to_an_end(
    policy: str, layer: str, after: int, slow: float, points: int, asks: str, effect: Any, everybody: bool
) -> None:
    target = ("component", "web") if everybody else ("replica", "web", "2")
    lb: dict[str, Any] = {"policy": policy, "layer": layer, "eject__after": after, "slow_start": slow}
    lb |= {"hash__points": points, "health_check__asks": asks, "health_check__every": 0.3, "eject__for": 0.001}
    live = behind({"web": 3}, 60.0, Fault(1.0, 1.5, target, effect), until=4.0, **lb)
    log = live.recording.requests
    assert len(log.born) > 100
    assert all(t >= 0 or t != t for t in latencies(live.recording))
    assert set(outcomes(live.recording)) <= {"ok", "refused", "reset", "timed out", "unreachable"}
    if not everybody:
        assert outcomes(live.recording)[-1] == "ok"


def test_a_trace_shows_the_look_into_a_call_as_a_hop() -> None:
    from scalegame.insight.tracing import Following

    cards = [clients(), balancer(layer="L7", work=constant(0.040)), service()]
    things = board(cards, "users -> lb -> web")
    quick = Program("p", {"get": Operation("get", (Work(constant(0.010)),))})
    load = workload(steady(1.0, "constant"), timeout=None)
    following = Following(scenario(things, load, quick, until=3.0), KINDS, 1)
    assert following.advance()
    _, (lb, web) = following.of(0)
    assert (lb.component, web.component) == ("lb", "web")
    assert web.caller is lb
    assert web.arrived - lb.arrived == pytest.approx(0.040, abs=1e-5)
    assert lb.left is not None
    assert lb.left - lb.arrived == pytest.approx(0.050, abs=1e-5)


def test_who_is_sent_away_finishes_what_it_was_given() -> None:
    """Orders take two of four machines away, and bring them back: nobody notices, whatever the layer."""
    from scalegame.simulation.scenario import Order

    cards = [clients(), balancer(layer="L7", policy="least connections", slow_start=1.0), service(replicas=4)]
    made = scenario(
        board(cards, "users -> lb -> web"),
        workload(steady(100.0), timeout=None),
        Program("p", {"get": Operation("get", (Work(exponential(0.01)),))}),
        until=20.0,
    )
    orders = (Order(5.0, "scale web 2"), Order(10.0, "scale web 4"))
    live = run(replace(made, orders=orders, live=frozenset(("web",))))
    assert set(outcomes(live.recording)) == {"ok"}
    assert any(e.text == "web-4 is gone" for e in live.recording.events)
