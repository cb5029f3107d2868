"""Orders during a run: what they do, exactly when, and what they leave as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import Program, Read, Size, Work
from scalegame.errors import ScalegameError
from scalegame.simulation.commands import Crash, Restart, Scale, Throttle, read, write
from scalegame.simulation.measure import UNFINISHED
from scalegame.simulation.recording import Recording
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Fault, Order, Scenario
from tests.scenarios import (
    HOP,
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
    result,
    run,
    same,
    scenario,
    service,
    steady,
    tiers,
    workload,
)


def ordered(on: Scenario, *lines: str, start: float = 5.0) -> Scenario:
    """The scenario with a log, written as `12.5 scale web 4`."""
    split = [text.split(" ", 1) for text in lines]
    everything = frozenset(c.id for c in on.board if KINDS[c.kind].roles)
    log = tuple(Order(float(time), command) for time, command in split)
    return replace(on, orders=log, live=everything, start=start)


def farm(
    rate: float,
    work: float = 0.1,
    replicas: int = 1,
    until: float = 40.0,
    *,
    lb: bool = True,
    timeout: float | None = None,
    random: bool = False,
    start: float = 0.0,
    **web: object,
) -> Scenario:
    """Clients, a balancer (or a queue) and machines of one core each."""
    front = balancer(health_check__every=0.5, health_check__down_after=1) if lb else queue("lb")
    cards = [clients(), front, service(replicas=replicas, **{"threads": 1, **web} if not lb else web)]
    return scenario(
        board(cards, "users -> lb -> web"),
        workload(steady(rate, "poisson" if random else "constant"), timeout=timeout),
        program(Work(exponential(work) if random else constant(work))),
        until=until,
        start=start,
        tick=0.25,
    )


def texts(live: Run, kind: str = "") -> list[tuple[float, str]]:
    return [(e.time, e.text) for e in live.recording.events if kind in ("", e.kind)]


def accounted(live: Run) -> None:
    """Nothing is lost or made up; the run's own checks have passed, or it would have no result."""
    total = live.result.total
    assert total.requests == total.successes + sum(total.failures.values())


# -- reading


def test_an_order_is_read_and_written() -> None:
    on = tiers().board
    for line, meant in (
        ("scale web 4", Scale("web", 4)),
        ("crash web", Crash("web")),
        ("crash db-2", Crash("db", 2)),
        ("restart web-3", Restart("web", 3)),
        ("throttle lb 50/s", Throttle("lb", 50.0)),
        ("throttle cache off", Throttle("cache", None)),
    ):
        assert read(line, on, KINDS) == meant
        assert write(meant) == line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "is not an order: write scale web 4, crash web-2, restart web-2, throttle web 50/s"),
        ("scael web 4", 'did you mean "scale"?'),
        ("scale web", "write it like scale web 4"),
        ("scale wbe 4", 'did you mean "web"?'),
        ("scale web many", "is not a number of machines"),
        ("scale web 0", "there can be 1 to 200 of web"),
        ("scale web 201", "there can be 1 to 200 of web"),
        ("scale web ٣", "is not a number of machines"),
        ("scale db 2", "db is a database, which cannot be scaled while it runs: one primary"),
        ("scale lb 2", "lb is a load balancer, which cannot be scaled while it runs"),
        ("crash users", "users only asks: there is nothing to crash"),
        ("crash web-", 'there is no "web-" on the board'),
        ("throttle web 50", "50"),
        ("throttle web 0/s", "a throttle lets something through"),
        ("scale " + "w" * 200 + " 4", "is not an order"),
    ],
)
def test_what_is_no_order_is_told_what_to_write(line: str, told: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        read(line, tiers().board, KINDS)
    assert told in caught.value.message


# -- an empty log


def test_without_orders_nothing_is_built_or_wrapped_for_them() -> None:
    world = run(tiers(until=4.0)).world
    assert not world.fleets
    assert not world.gates
    assert all("backends" not in vars(p) and "refusals" not in vars(p) for p in world.parts.values())
    assert all(home.instance is None for p in world.parts.values() for home in p.homes())


# -- determinism


def past(recording: Recording, time: float) -> list[object]:
    """Everything that was recorded before a moment."""
    ticks = recording.times < time
    log = recording.requests
    known = log.resolved < time
    return [
        [
            getattr(track, name)[ticks]
            for track in recording.components.values()
            for name in ("utilisation", "queue", "in_flight", "arrivals", "completions", "errors", "up", "extra")
        ],
        [(wire.calls[ticks], wire.errors[ticks]) for wire in recording.wires.values()],
        [e for e in recording.events if e.time < time],
        [log.born[known], log.resolved[known], log.outcome[known]],
    ]


VERBS = st.one_of(
    st.integers(1, 6).map(lambda n: f"scale web {n}"),
    st.sampled_from(("web", "web-1", "web-2", "web-5", "lb", "cache", "db", "db-2")).flatmap(
        lambda who: st.sampled_from((f"crash {who}", f"restart {who}"))
    ),
    st.tuples(
        st.sampled_from(("web", "lb", "cache", "db")), st.sampled_from(("20/s", "90/s", "0.5/s", "off"))
    ).map(lambda pair: f"throttle {pair[0]} {pair[1]}"),
)
LOGS = st.lists(st.tuples(st.integers(0, 32).map(lambda n: n / 4), VERBS), max_size=8).map(
    lambda log: [f"{time} {command}" for time, command in log]
)
FAULTS = (
    Fault(3.0, 2.0, ("component", "web"), "crash"),
    Fault(4.0, 3.0, ("replica", "web", "2"), "dies"),
    Fault(4.5, 1.0, ("replica", "web", "4"), "crash"),
    Fault(5.0, 1.0, ("component", "web"), "slow", 3.0),
)


@settings(max_examples=40, deadline=None)
@given(LOGS, st.booleans(), st.sampled_from((0.0, 0.7, 5.0)))
def test_any_log_keeps_what_must_hold_in_every_run(log: list[str], ill: bool, start: float) -> None:
    on = ordered(tiers(120.0, 8.0, FAULTS if ill else ()), *log, start=start)
    live = run(on)
    accounted(live)
    for fleet in live.world.fleets.values():
        for instance in fleet.instances:
            assert instance.given >= 0
            assert instance.home.there or not instance.home.flows
    first = min((order.time for order in on.orders), default=8.0)
    assert same(past(live.recording, first), past(run(replace(on, orders=())).recording, first))


def test_an_order_changes_nothing_of_what_came_before_it() -> None:
    """Round robin over three, exponential delays: had anything been reckoned ahead, another path would show it."""
    on = tiers(150.0, 12.0)
    on = replace(on, board=on.board.with_component(balancer(health_check__every=0.5, latency=exponential(0.001))))
    for line in ("6 scale web 1", "6 scale web 6", "6 crash lb", "6 restart db", "6 throttle cache 5/s"):
        acted = run(ordered(on, line, start=1.0))
        assert same(past(acted.recording, 6.0), past(run(ordered(on)).recording, 6.0)), line
        assert not same(past(acted.recording, 9.0), past(run(ordered(on)).recording, 9.0)), line


@settings(max_examples=8, deadline=None)
@given(LOGS)
def test_the_same_log_gives_the_same_bytes_in_slices_too(log: list[str]) -> None:
    on = ordered(tiers(120.0, 8.0), *log)
    one, two = run(on), Run(on, KINDS, 1)
    while not two.advance(0.001):
        pass
    assert same(one.recording, two.recording)
    assert same(one.result, two.result)


def test_orders_of_one_instant_are_carried_out_in_the_order_of_the_log() -> None:
    assert result(ordered(farm(5.0), "10 scale web 3", "10 scale web 1")).cost == pytest.approx(0.1)
    up = run(ordered(farm(5.0), "10 scale web 1", "10 scale web 3", start=0.0)).recording.components["web"].up
    assert up[-1] == 3


def test_the_log_need_not_be_in_order_of_time() -> None:
    early, late = "5 scale web 2", "12 scale web 1"
    one, two = run(ordered(farm(5.0), early, late)), run(ordered(farm(5.0), late, early))
    assert same(one.recording, two.recording)


# -- scale


def test_new_machines_take_calls_once_they_have_started_and_not_before() -> None:
    live = run(ordered(farm(5.0, until=20.0), "10 scale web 3"))
    behind = live.world.parts["web"].replicas
    assert [r.home.arrived for r in behind[1:]] == [pytest.approx(25 / 3, abs=1)] * 2
    up = live.recording.components["web"].up
    times = live.recording.times
    assert set(up[times < 15.0]) == {1}
    assert set(up[times > 15.0]) == {3}
    assert (15.0, "web-2 is in service") in texts(live)


def test_a_saturated_station_catches_up_once_there_are_enough_machines() -> None:
    """30/s for machines that do 10/s each: until 10 s the queue of the first grows by 20/s, then it shrinks."""
    live = run(ordered(farm(30.0, until=60.0, random=True), "5 scale web 8"))
    alone = run(ordered(farm(30.0, until=60.0, random=True)))
    track, times = live.recording.components["web"], live.recording.times
    before = times <= 10.0
    growing = alone.recording.components["web"].queue
    assert same(track.queue[before], growing[alone.recording.times <= 10.0])
    assert track.queue[times == 10.0] > 130
    assert track.queue[(times > 40.0) & (times <= 60.0)].max() < 60
    assert growing[alone.recording.times == 60.0] > 1000
    assert live.result.total.latency.p50 < 0.5


def test_who_leaves_is_given_nothing_more_and_finishes_what_it_has() -> None:
    """Ten a second of 1 s each on three machines with cores to spare: scaled in, not a call is lost."""
    on = farm(10.0, 1.0, 3, until=20.0, size="many")
    live = run(ordered(on, "10.05 scale web 1"))
    accounted(live)
    assert live.result.total.availability == 1.0
    assert max(latencies(live.recording)) == pytest.approx(1.0 + 4 * HOP, abs=1e-9)
    gone = {text: time for time, text in texts(live) if text.endswith("is gone")}
    assert set(gone) == {"web-2 is gone", "web-3 is gone"}
    # Calls come at 9.9, 10.0 …, in turn: the last ones of both came less than 0.3 s before they were to leave.
    assert all(10.75 < time < 11.05 for time in gone.values())
    assert live.recording.components["web"].up[-1] == 1


def test_a_call_on_its_way_is_waited_for() -> None:
    """One request at 1 s, a second there: it is on its way to web-2 when that is to leave."""
    on = farm(1.0, 0.5, 2, until=10.0)
    on = replace(on, workloads={"w": workload(once(1.0, 1.2))}, network=replace(on.network))
    on = replace(
        on,
        network=replace(
            on.network,
            links={("here", "here"): replace(on.network.profile("here", "here"), latency=constant(1.0))},
        ),
    )
    live = run(ordered(on, "3.1 scale web 1"))
    assert outcomes(live.recording) == ["ok", "ok"]
    (gone,) = (time for time, text in texts(live) if text == "web-2 is gone")
    assert gone == pytest.approx(1.2 + 2.0 + 0.5, abs=0.21)


def test_who_was_to_leave_stays_when_more_are_wanted_again() -> None:
    on = farm(10.0, 1.0, 3, until=20.0, size="many")
    live = run(ordered(on, "10.05 scale web 1", "10.15 scale web 2"))
    assert "web-3 is gone" in [text for _, text in texts(live)]
    assert "web-2 is gone" not in [text for _, text in texts(live)]
    assert live.recording.components["web"].up[-1] == 2
    assert live.result.total.availability == 1.0


def test_a_machine_that_is_sent_away_as_it_starts_never_serves() -> None:
    live = run(ordered(farm(5.0), "10 scale web 2", "12 scale web 1", "13 scale web 2"))
    served = [time for time, text in texts(live) if text == "web-2 is in service"]
    assert served == [18.0]


def test_the_highest_numbers_leave_and_the_lowest_come_back() -> None:
    live = run(ordered(farm(5.0, replicas=3), "5 scale web 1", "10 scale web 2", start=1.0))
    up = [r.home.state == 0 for r in live.world.parts["web"].replicas]
    assert up == [True, True, False]


def test_a_queue_hands_messages_to_who_is_in_service() -> None:
    """25/s before machines that do 10/s each, one at a time: three are needed, and get a third each."""
    live = run(ordered(farm(25.0, lb=False, until=40.0), "10 scale web 3", "30 scale web 1", start=2.0))
    accounted(live)
    arrived = [r.home.arrived for r in live.world.parts["web"].replicas]
    assert arrived[1] == pytest.approx(180, abs=3)
    assert arrived[2] == pytest.approx(180, abs=3)
    queued = live.recording.components["lb"].queue
    at = [int(queued[live.recording.times == t][0]) for t in (12.0, 29.0, 40.0)]
    assert at[0] == pytest.approx(12 * 15, abs=3)
    assert at[1] == pytest.approx(at[0] - 17 * 5, abs=5)
    assert at[2] > at[1] + 140
    assert live.world.parts["lb"].counts()["redelivered"] == 0


def test_a_queue_before_a_balancer_has_room_for_those_in_service() -> None:
    cards = [clients(), queue(), balancer(), service(threads=2, size="many")]
    on = scenario(
        board(cards, "users -> queue -> lb -> web"),
        workload(steady(100.0, "constant")),
        program(Work(constant(1.0))),
        until=20.0,
        tick=0.25,
    )
    live = run(ordered(on, "10 scale web 3", "15 scale web 2", start=1.0))
    inside, times = live.recording.components["web"].in_flight, live.recording.times
    assert [int(inside[times == t][0]) for t in (9.0, 13.0, 18.0)] == [2, 6, 4]


def test_cost_is_the_integral_of_what_is_there_and_paid_from_the_start() -> None:
    """$0.10/h each: 1 for 10 s, 3 for 20 s (the last 5 s of it … they are gone at once), 2 for 10 s."""
    live = run(ordered(farm(0.01, until=40.0), "10 scale web 3", "30 scale web 2"))
    assert live.result.cost == pytest.approx(0.1 * (10 * 1 + 20 * 3 + 10 * 2) / 40, rel=1e-12)
    later = run(ordered(farm(0.01, until=40.0, start=20.0), "10 scale web 3", "30 scale web 2"))
    assert later.result.cost == pytest.approx(0.1 * (10 * 3 + 10 * 2) / 20, rel=1e-12)


def test_utilisation_counts_the_machines_that_are_there_to_work() -> None:
    """Work for one machine all the time (10/s of 0.1 s), shared out evenly once there are two."""
    live = run(ordered(farm(10.0, until=40.0), "15 scale web 2"))
    web = live.result.components["web"]
    assert web.pools[0].size == pytest.approx((40 + 20) / 40)
    assert web.utilisation == pytest.approx(40 / 60, rel=0.01)
    assert web.replicas == (pytest.approx((20 + 10) / 40, rel=0.01), pytest.approx(0.5, rel=0.01))
    assert web.pools[0].utilisation * web.pools[0].size == pytest.approx(1.0, rel=0.01)


def test_a_fault_does_nothing_to_what_is_not_there() -> None:
    strikes = (Fault(4.0, 2.0, ("replica", "web", "2"), "crash"),)
    live = run(ordered(replace(farm(5.0), faults=strikes), "10 scale web 2"))
    assert [text for _, text in texts(live, "fault")] == []
    assert live.recording.components["web"].up[-1] == 2


# -- crash and restart


def two(*lines: str, start: float = 5.0, **more: object) -> Run:
    """Ten calls a second in turn to two machines, 0.95 s each."""
    on = farm(10.0, 0.95, 2, until=20.0, size="many", timeout=3.0, **more)  # type: ignore[arg-type]
    return run(ordered(on, *lines, start=start))


def test_a_crash_takes_what_is_inside_at_its_moment_until_a_restart() -> None:
    live = two("10.02 crash web-2", "13.0 restart web-2", start=2.0)
    accounted(live)
    (told,) = (text for time, text in texts(live, "order") if time == 10.02)
    lost = int(told.split(", ")[1].split()[0])
    assert lost == 5  # of the ten inside, every other one
    # Half of what comes until the health check of 10.5 s finds it dead as well.
    assert live.result.total.failures == {"reset": pytest.approx(lost + 2.5, abs=1)}
    assert (15.0, "web-2 is up again") in texts(live)
    up, times = live.recording.components["web"].up, live.recording.times
    assert set(up[(times > 10.02) & (times < 15.0)]) == {1}
    assert set(up[times > 15.0]) == {2}


def test_a_restart_stops_what_is_up_and_takes_its_time() -> None:
    live = two("10.02 restart web-1", start=3.0)
    accounted(live)
    up, times = live.recording.components["web"].up, live.recording.times
    assert set(up[(times > 10.02) & (times < 13.02)]) == {1}
    assert set(up[times > 13.02]) == {2}
    assert live.result.total.failures["reset"] >= 5


def test_a_restart_of_all_stops_all_at_once() -> None:
    live = two("10 restart web", start=1.0)
    up, times = live.recording.components["web"].up, live.recording.times
    assert set(up[(times > 10.0) & (times < 11.0)]) == {0}
    assert set(up[times > 11.0]) == {2}


def test_a_restart_ends_what_a_fault_had_done() -> None:
    on = farm(10.0, 0.5, 2, until=40.0, size="many", timeout=3.0)
    dead = (Fault(5.0, 20.0, ("replica", "web", "2"), "dies"), Fault(6.0, None, ("replica", "web", "2"), "crash"))
    live = run(ordered(replace(on, faults=dead), "8 restart web-2", start=2.0))
    up, times = live.recording.components["web"].up, live.recording.times
    assert set(up[(times > 5.0) & (times < 10.0)]) == {1}
    assert set(up[times > 10.0]) == {2}
    assert [text for time, text in texts(live) if time == 25.0] == []


def test_a_fault_outlasts_a_restart_that_it_strikes() -> None:
    on = farm(10.0, 0.5, 2, until=40.0, size="many", timeout=3.0)
    dead = (Fault(9.0, 6.0, ("replica", "web", "2"), "crash"),)
    live = run(ordered(replace(on, faults=dead), "8 restart web-2", start=2.0))
    up, times = live.recording.components["web"].up, live.recording.times
    assert set(up[(times > 8.0) & (times < 15.0)]) == {1}
    assert set(up[times > 15.0]) == {2}


def test_what_crashes_as_it_starts_stays_down() -> None:
    live = two("5 restart web-2", "7 crash web-2", "15 restart web-2", start=4.0)
    up, times = live.recording.components["web"].up, live.recording.times
    assert set(up[(times > 5.0) & (times < 19.0)]) == {1}
    assert set(up[times > 19.0]) == {2}
    scaled = two("5 scale web 3", "7 crash web-3", "15 restart web-3", start=4.0)
    up = scaled.recording.components["web"].up
    assert set(up[(times > 5.0) & (times < 19.0)]) == {2}
    assert set(up[times > 19.0]) == {3}


def test_orders_that_can_do_nothing_say_so() -> None:
    live = two("5 crash web-1", "6 crash web-1", "7 restart web-1", "8 restart web-1", "9 crash web-7")
    told = [text for _, text in texts(live, "order")]
    assert told[1] == "ordered: crash web-1: it is down already"
    assert told[3] == "ordered: restart web-1: it is starting already"
    assert told[4] == "ordered: crash web-7: it is not there"


def test_a_cache_that_crashes_is_slow_and_comes_back_empty() -> None:
    cards = [clients(), service(size="many"), cache(), database()]
    on = scenario(
        board(cards, "users -> web -> db", "web -> cache"),
        workload(steady(50.0, "constant"), keys="x"),
        program(Read("x")),
        until=30.0,
        tick=0.25,
    )
    live = run(ordered(on, "10 crash cache", "15 restart cache", start=5.0))
    assert live.result.total.availability == 1.0
    untouched = result(ordered(on)).components["cache"].counters
    assert live.result.components["cache"].counters["held"] < untouched["held"]


# -- throttle


def test_a_throttle_lets_its_burst_and_then_its_rate_through() -> None:
    """100/s from 0 s on; from 10 s on 20/s: a bucket of 20 first, then 20/s, the rest refused at once."""
    on = farm(100.0, 0.001, until=20.0, size="many")
    live = run(ordered(on, "9.995 throttle web 20/s"))
    refused = live.result.components["web"].refused
    admitted = 20 + 20 * 10
    assert refused == {"throttled": pytest.approx(1000 - admitted, abs=6)}
    assert live.result.total.failures == {"refused": refused["throttled"]}
    log = live.recording.requests
    at_door = (log.resolved - log.born)[log.outcome == log.outcomes.index("refused")]
    assert at_door.max() == pytest.approx(4 * HOP, abs=1e-9)
    assert log.born[log.outcome == log.outcomes.index("refused")].min() > 10.19


def test_a_throttle_of_whole_intervals_is_exact() -> None:
    """Ten a second, one admitted a second with a bucket of one: every tenth, to the request."""
    live = run(ordered(farm(10.0, 0.001, until=20.0, size="many"), "0 throttle web 1/s"))
    assert live.result.total.successes == 20
    assert live.result.components["web"].refused == {"throttled": live.result.total.requests - 20}


@pytest.mark.parametrize("who", ["lb", "web"])
def test_a_throttle_ends_when_it_is_taken_off(who: str) -> None:
    live = run(
        ordered(farm(100.0, 0.001, until=20.0, size="many"), f"5 throttle {who} 1/s", f"6 throttle {who} off")
    )
    assert live.result.components[who].refused == {"throttled": pytest.approx(98, abs=2)}
    assert live.result.total.failures == {"refused": live.result.components[who].refused["throttled"]}


@pytest.mark.parametrize("who", ["queue", "cache", "db"])
def test_any_door_can_be_throttled(who: str) -> None:
    cards = [clients(), queue(), service(size="many"), cache(), database()]
    on = scenario(
        board(cards, "users -> queue -> web -> db", "web -> cache"),
        workload(steady(50.0, "constant"), keys="x"),
        Program("p", dict(program(Work(constant(0.001)), Read("x")).operations)),
        until=10.0,
    )
    live = run(ordered(on, f"5 throttle {who} 1/s"))
    accounted(live)
    assert live.result.components[who].refused["throttled"] > 20
    # Without its cache a service is slow; without its data, or its queue, it fails.
    assert (live.result.total.availability == 1.0) == (who == "cache")


def test_a_log_lost_messages_and_all_leaves_no_call_uncounted() -> None:
    on = farm(8.0, 0.2, 3, until=20.0, timeout=1.0, random=True)
    lossy = replace(on.network.profile("here", "here"), loss=0.05)
    on = replace(on, network=replace(on.network, links={("here", "here"): lossy}))
    live = run(ordered(on, "5 scale web 1", "8 scale web 5", "12 scale web 2", start=1.0))
    accounted(live)
    assert live.result.total.failures.get(UNFINISHED, 0) == 0
    assert sum(i.home.there for i in live.world.fleets["web"].instances) == 2


def test_the_size_of_a_machine_counts_in_what_is_paid() -> None:
    big = Size("big", 4, 1e12, 0.7)
    cards = [clients(), balancer(price=0.05), part("web", "service", runs="p", size="big")]
    on = scenario(
        board(cards, "users -> lb -> web"),
        workload(steady(1.0)),
        program(Work(constant(0.01))),
        sizes=[big],
        until=10.0,
    )
    assert result(ordered(on, "5 scale web 2")).cost == pytest.approx(0.05 + 0.7 * 1.5)
