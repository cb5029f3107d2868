"""A run as a whole: equal bytes, limits, the checks it makes of itself, cohort and window."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scalegame.design.distributions import constant, exponential
from scalegame.design.model import Board, Wire
from scalegame.design.world import Read, Work
from scalegame.simulation import measure
from scalegame.simulation.arrivals import Table
from scalegame.simulation.measure import SelfCheckError
from scalegame.simulation.randomness import Streams
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Closed, Fault, Limits, Retries, Window
from tests.scenarios import (
    KINDS,
    balancer,
    board,
    clients,
    database,
    latencies,
    once,
    outcomes,
    program,
    run,
    same,
    scenario,
    service,
    station,
    steady,
    tiers,
    workload,
)

FAULTS = (
    Fault(4.0, 2.0, ("replica", "web", "2"), "crash"),
    Fault(7.0, 1.5, ("component", "cache"), "dies"),
    Fault(9.0, 2.0, ("component", "db"), "slow", 3.0),
    Fault(12.0, 0.5, ("link", "here", "here"), "slow", 20.0),
)

# -- equal bytes


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two = run(tiers(faults=FAULTS), 7), run(tiers(faults=FAULTS), 7)
    assert same(one.result, two.result)
    assert same(one.recording, two.recording)
    other = run(tiers(faults=FAULTS), 8)
    assert not same(one.result, other.result)


def test_slices_change_nothing() -> None:
    whole = run(tiers(faults=FAULTS))
    sliced = Run(tiers(faults=FAULTS), KINDS, 1)
    slices = 0
    while not sliced.advance(0.0):
        slices += 1
        assert 0.0 <= sliced.progress < 1.0
    assert slices > 50
    assert sliced.progress == 1.0
    assert same(whole.result, sliced.result)
    assert same(whole.recording, sliced.recording)


def test_runs_side_by_side_do_not_touch_each_other() -> None:
    alone = run(tiers(faults=FAULTS))
    one, two = Run(tiers(faults=FAULTS), KINDS, 1), Run(tiers(faults=FAULTS), KINDS, 2)
    while not (one.advance(0.0) & two.advance(0.0)):
        pass
    assert same(alone.result, one.result)
    assert same(alone.recording, one.recording)


def test_another_process_with_another_hash_seed_agrees() -> None:
    code = (
        "from tests.simulation.test_run import FAULTS\nfrom tests.scenarios import run, tiers\n"
        "r = run(tiers(faults=FAULTS), 7)\nimport hashlib\n"
        "print(repr(r.result))\nprint(hashlib.sha256(repr(r.recording.events).encode()"
        " + b''.join(t.queue.tobytes() + t.extra.tobytes() for t in r.recording.components.values())"
        " + r.recording.requests.resolved.tobytes()).hexdigest())"
    )
    said = set()
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[2],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        said.add(done.stdout)
    assert len(said) == 1
    assert repr(run(tiers(faults=FAULTS), 7).result) in said.pop()


def test_a_result_says_what_its_bytes_depend_on() -> None:
    found = run(station(50.0, exponential(0.01), until=5.0)).result
    assert set(found.versions) == {"engine", "python", "numpy", "platform"}
    assert found.versions["numpy"] == np.__version__


def _with_neighbours(faults: tuple[Fault, ...] = ()) -> tuple[Run, Run]:
    """The same board alone, and beside clients and a service that have nothing to do with it."""
    alone = tiers(faults=faults, until=10.0)
    cards = [clients("others", "v"), service("island", runs="q", replicas=1)]
    beside = replace(
        alone,
        board=Board(
            {**{c.id: c for c in cards}, **alone.board.components},
            (*alone.board.wires, Wire("others", "island")),
        ),
        workloads={**alone.workloads, "v": workload(steady(120.0), "v", timeout=0.01)},
        programs={**alone.programs, "q": program(Work(exponential(0.01)), name="q")},
    )
    return run(alone), run(beside)


def test_an_unrelated_component_changes_nothing_else() -> None:
    alone, beside = _with_neighbours(FAULTS[:2])
    assert same(alone.result.workloads["w"].latency, beside.result.workloads["w"].latency)
    assert alone.result.workloads["w"].failures == beside.result.workloads["w"].failures
    for id, card in alone.result.components.items():
        assert same(card, beside.result.components[id]), id
    for id, track in alone.recording.components.items():
        assert same(track.queue[:30], beside.recording.components[id].queue[:30]), id


def test_every_design_meets_the_same_arrivals() -> None:
    small = scenario(
        board([clients(), service()], "users -> web"),
        workload(steady(80.0), keys="x"),
        program(Work(exponential(0.01))),
    )
    cards = [clients(), balancer(), service(replicas=3)]
    big = replace(small, board=board(cards, "users -> lb -> web"))
    tables = [Table(s, s.workloads["w"], Streams(5)) for s in (small, big)]
    for name in ("times", "operations", "users", "keys"):
        assert getattr(tables[0], name) == getattr(tables[1], name)
    one, two = run(small, 5), run(big, 5)
    assert one.recording.requests.born.tobytes() == two.recording.requests.born.tobytes()


def test_a_longer_run_begins_with_the_same_arrivals() -> None:
    short = scenario(
        board([clients(), service()], "users -> web"),
        workload(steady(80.0)),
        program(Work(exponential(0.01))),
    )
    long = replace(short, window=Window(0.0, 100.0))
    times = [Table(s, s.workloads["w"], Streams(5)).times for s in (short, long)]
    assert times[0] == times[1][: len(times[0])]


def test_the_turns_of_a_crowd_do_not_depend_on_how_slow_the_design_is() -> None:
    def thinking(work: float) -> list[float]:
        world = scenario(
            board([clients(), service(size="many")], "users -> web"),
            workload(Closed(1, exponential(1.0))),
            program(Work(constant(work))),
            until=60.0,
        )
        log = run(world).recording.requests
        ends = [0.0, *log.resolved.tolist()]
        return [float(b - e) for b, e in zip(log.born, ends, strict=False)]

    quick, slow = thinking(0.001), thinking(0.5)
    assert quick[: len(slow)] == pytest.approx(slow, abs=1e-9)
    assert len(quick) > len(slow) > 20


# -- limits


def test_too_many_calls_in_flight_end_a_run_the_same_way_every_time() -> None:
    world = replace(station(1000.0, constant(1.0), until=60.0), limits=Limits(calls=500))
    world = replace(world, window=replace(world.window, tick=0.25))
    one, two = run(world), run(world)
    assert one.result.ended.startswith("more than 500 calls were in flight after 0.")
    assert one.result.ended == two.result.ended
    assert same(one.recording, two.recording)
    assert one.recording.times[-1] < 1.0


def test_too_many_events_end_a_run_the_same_way_every_time() -> None:
    world = station(1000.0, constant(0.0001), until=60.0)
    world = replace(world, limits=Limits(steps=5000), window=replace(world.window, tick=0.25))
    one, two = run(world), run(world)
    assert "more than 5,000 events" in one.result.ended
    assert one.result.ended == two.result.ended
    assert 5000 < one.result.steps == two.result.steps < 7000


def test_a_run_within_its_limits_says_nothing() -> None:
    assert run(station(50.0, exponential(0.01), until=5.0)).result.ended == ""


def test_no_result_before_the_end() -> None:
    unfinished = Run(station(50.0, exponential(0.01), until=5.0), KINDS, 1)
    with pytest.raises(RuntimeError):
        _ = unfinished.result
    with pytest.raises(RuntimeError):
        _ = unfinished.recording


# -- self-checks


def _checked(tamper: str) -> None:
    live = Run(station(50.0, exponential(0.01), until=5.0), KINDS, 1)
    world = live.world
    world.kernel.at(3.0, lambda: exec(tamper, {"world": world}))
    live.advance()


def test_an_untouched_run_passes_its_own_checks() -> None:
    _checked("pass")


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        ("world.ledger._area += 1e-3", "integral"),
        ("world.ledger.inside += 1", "born"),
        ("world.ledger.birth.__self__.born.append(2.0); world.ledger.resolved.append(-1.0);"
         " world.ledger.sorts.append(0)", "born"),
        ("world.ledger.resolved[40] = world.ledger.born[40] - 0.1", "integral|before it was born"),
        ("world.parts['web'].replicas[0].pools['threads'].taken += 20_000", "taken"),
        ("world.parts['web'].replicas[0].pools['threads'].queued -= 1", "taken"),
    ],
)  # fmt: skip
def test_a_run_that_contradicts_itself_says_so(tamper: str, says: str) -> None:
    with pytest.raises(SelfCheckError, match=says):
        _checked(tamper)


def test_a_bug_names_no_player_and_stops_the_run() -> None:
    live = Run(station(50.0, exponential(0.01), until=5.0), KINDS, 1)
    live.world.kernel.at(2.0, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        live.advance()


# -- cohort and window


def _paced(until: float, start: float, work: float = 0.25, **more: float) -> Run:
    """One request every second from 0.5 s on, each of which takes exactly `work`."""
    cards = [clients(), service(size="many")]
    return run(
        scenario(
            board(cards, "users -> web"),
            workload(steady(1.0, "constant")),
            program(Work(constant(work))),
            until=until,
            start=start,
            **more,  # type: ignore[arg-type]
        )
    )


def test_the_cohort_is_who_was_born_in_the_window() -> None:
    log = _paced(until=8.5, start=2.5).recording.requests
    assert log.born.tolist() == [2.5, 3.5, 4.5, 5.5, 6.5, 7.5]  # from the start on, and before the end


def test_window_edges_fall_between_ticks() -> None:
    """Utilisation is integrated over exactly the window: 3.1 to 6.3 s see three requests of 0.25 s whole."""
    live = _paced(until=6.3, start=3.1, tick=0.7)
    card = live.result.components["web"]
    threads = next(p for p in card.pools if p.name == "threads")
    assert threads.utilisation * threads.size * 3.2 == pytest.approx(3 * 0.25, abs=1e-9)
    assert {3.1, 6.3} <= set(live.recording.times.tolist())
    live = _paced(until=6.6, start=3.6, tick=0.7)  # the end and the beginning of one are cut off
    threads = next(p for p in live.result.components["web"].pools if p.name == "threads")
    assert threads.utilisation * threads.size * 3.0 == pytest.approx(0.15 + 2 * 0.25 + 0.1, abs=1e-5)


def test_arrivals_go_on_until_the_cohort_is_resolved() -> None:
    live = _paced(until=5.0, start=0.0, work=3.1)
    assert outcomes(live.recording) == ["ok"] * 5  # the last was born at 4.5 and is answered at 7.6
    assert live.recording.times[-1] == 8.0
    assert len(live.world.ledger.born) == 8


def test_what_the_grace_period_does_not_see_is_unfinished() -> None:
    live = _paced(until=5.0, start=0.0, work=3.1, grace=1.0)
    assert outcomes(live.recording) == ["ok"] * 3 + ["unfinished"] * 2
    total = live.result.total
    assert (total.unfinished, total.failures) == (2, {"unfinished": 2})
    assert total.availability == pytest.approx(0.6)
    assert live.recording.times[-1] == 6.0


def test_latency_is_of_successes_and_failures_keep_their_own() -> None:
    cards = [clients(), service(threads=1, backlog=0)]
    live = run(
        scenario(
            board(cards, "users -> web"),
            workload(steady(1.0, "constant")),
            program(Work(constant(1.5))),
            until=10.0,
            grace=5.0,
        )
    )
    total = live.result.total
    assert total.failures == {"refused": 5}
    assert total.latency.count == total.successes == 5
    assert total.latency.p50 == pytest.approx(1.5, abs=1e-5)
    assert total.failed_latency.count == 5
    assert total.failed_latency.max < 1e-5
    assert total.goodput == pytest.approx(0.5)


def test_late_answers_count_as_throughput_and_not_as_goodput() -> None:
    cards = [clients(), service(size="many")]
    live = run(
        scenario(
            board(cards, "users -> web"),
            workload(steady(10.0, "constant"), timeout=0.2),
            program(Work(constant(0.5))),
            until=10.0,
        )
    )
    total = live.result.total
    assert total.goodput == 0.0
    assert total.availability == 0.0
    assert total.throughput == pytest.approx(9.5)  # what was asked in the last half second comes after it
    assert live.result.workloads["w"].throughput == pytest.approx(9.5)


def test_the_same_on_paper_one_request_after_another() -> None:
    """Lindley by hand: work of 2 s, one core, arrivals at 1, 2 and 6 s."""
    live = run(
        scenario(
            board([clients(), service()], "users -> web"),
            workload(once(1.0, 2.0, 6.0)),
            program(Work(constant(2.0))),
            hop=0.1,
        )
    )
    assert latencies(live.recording) == pytest.approx([2.2, 3.2, 2.2], abs=1e-6)


def test_little_and_the_utilisation_law_hold_in_every_pool() -> None:
    """Integrals against what single calls report: two ways to count the same."""
    live = run(tiers(rate=300.0, until=40.0))
    window = 38.0
    checked = 0
    for id, card in live.result.components.items():
        for pool in card.pools:
            # what is cut off at the edges is at most a few waits
            edge = 2 * (pool.queue_max + 1) * max(pool.wait_p99, 0.01) / window
            assert pool.queue_mean == pytest.approx(pool.wait_mean * pool.grants / window, abs=edge), (id, pool)
            checked += 1
        if card.pools and card.pools[0].name == "cores" and card.completions:
            busy = card.utilisation * card.pools[0].size
            assert busy == pytest.approx(card.throughput * card.service_mean, rel=1e-9)
    assert checked >= 5


def test_littles_law_holds_for_a_whole_service() -> None:
    """Mean number inside, integrated at the service, against what the clients saw."""
    live = run(station(80.0, exponential(0.01), until=400.0, start=10.0))
    card, total = live.result.components["web"], live.result.total
    assert card.in_flight == pytest.approx(total.throughput * (total.latency.mean - 2e-6), rel=0.002)


def test_work_that_is_served_is_as_long_as_the_program_says() -> None:
    live = run(station(80.0, exponential(0.01), until=400.0, start=10.0))
    assert live.result.components["web"].service_mean == pytest.approx(0.01, rel=0.02)


def test_queues_and_peaks_are_those_of_the_window() -> None:
    world = scenario(
        board([clients(), service()], "users -> web"),
        workload(once(0.5, 0.6, 0.7, 0.8, 6.0, 6.1)),
        program(Work(constant(1.0))),
        start=5.0,
        until=10.0,
    )
    card = run(world).result.components["web"]
    assert card.queue_max == 1
    assert card.queue_mean == pytest.approx(0.9 / 5, abs=1e-6)


def test_a_recording_ends_where_the_run_did_and_sums_to_the_result() -> None:
    live = run(tiers(until=10.0, tick=0.25))
    recording, total = live.recording, live.result
    times = recording.times
    inside = (times > 2.0) & (times <= 10.0)
    spans = np.diff(times, prepend=0.0)
    for id, card in total.components.items():
        track = recording.components[id]
        assert len(track.queue) == len(times)
        assert float((track.arrivals * spans)[inside].sum()) == pytest.approx(card.arrivals, abs=1e-6), id
    assert np.all(np.diff(times) > 0)
    assert recording.at(0.0) == 0
    assert recording.at(1e9) == len(times) - 1


def test_watching_more_often_measures_the_same() -> None:
    seldom, often = run(tiers(until=10.0, tick=1.0)), run(tiers(until=10.0, tick=0.05))
    assert same(seldom.result.total, often.result.total)
    assert same(seldom.result.components, often.result.components)


def test_every_request_is_accounted_for() -> None:
    live = run(tiers(rate=400.0, faults=FAULTS))
    total, log = live.result.total, live.recording.requests
    assert total.successes + sum(total.failures.values()) == total.requests == len(log.born)
    assert total.attempts == int(log.attempts.sum()) > total.requests
    assert sum(w.requests for w in live.result.workloads.values()) == total.requests
    assert sum(o.requests for o in live.result.operations.values()) == total.requests


def test_cost_is_the_price_of_what_stands_there() -> None:
    cards = [clients(), service(size="two", replicas=1), database(size="two", read_replicas=2)]
    prices = board(cards, "users -> web -> db")
    live = run(
        scenario(
            prices, workload(steady(5.0), retries=Retries(1)), program(Work(constant(0.1)), Read("x")), until=5.0
        )
    )
    kinds = [KINDS[c.kind].price(c, live.scenario.sizes) for c in cards]
    assert live.result.cost == pytest.approx(sum(kinds))
    assert live.result.cost == pytest.approx(0.2 + 3 * 0.2)
    assert run(replace(live.scenario, overhead=0.5)).result.cost == pytest.approx(0.8 + 0.5)


def test_reading_an_edge_of_the_window_is_a_pure_read() -> None:
    live = Run(tiers(until=10.0), KINDS, 1)
    for _ in range(20):
        live.advance(0.0)
        measure.edge(live.world)
    live.advance()
    assert same(live.result, run(tiers(until=10.0)).result)


def test_what_a_crash_takes_back_was_never_granted_in_the_window() -> None:
    """Four of 2 s at 1 s, one core, a window from 4 s and a crash at 4.5 s: two began before it, two never do."""
    live = run(
        scenario(
            board([clients(), service(threads=9)], "users -> web"),
            workload(once(1.0, 1.0, 1.0, 1.0)),
            program(Work(constant(2.0))),
            start=4.0,
            faults=[Fault(4.5, None, ("component", "web"), "crash")],
        )
    )
    cores = next(pool for pool in live.result.components["web"].pools if pool.name == "cores")
    assert cores.grants == 0
    assert np.isnan(cores.wait_mean)
