"""On real runs of small boards whose bottleneck is known by construction."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from scalegame.components import kinds
from scalegame.insight.acts import Act, acts
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.insight.load import can_do, mean_rate, mean_work, program_rates
from scalegame.insight.prediction import NotApplicable, Prediction, predicted
from scalegame.levels.load import loads
from scalegame.levels.model import Level
from scalegame.simulation.run import Run, simulate
from scalegame.simulation.scenario import Open, Order, Piece
from scalegame.verdict.judge import verdict_of
from scalegame.verdict.model import Stars

LEVEL = """
format: 0
id: hut
title: Hut
chapter: 1
difficulty: 1
teaches: [queues]
brief: A hut.
run: 62 s
measure: from 2 s to 62 s
places: [hut]
sizes:
  one: {cores: 1, memory: 4 GB, price: $0.10/h}
  four: {cores: 4, memory: 8 GB, price: $0.50/h}
data:
  rooms: {keys: 1000, popularity: {zipf: 1.1}, value: 1 KB}
programs:
  till:
    sell: [{work: {exponential: 4 ms}}, {read: rooms}]
workloads:
  guests:
    at: hut
    users: 100
    arrivals: {poisson: 80/s}
    operations: {sell: 1}
    timeout: 2 s
    retries: none
board:
  guests: {kind: clients, sends: guests, at: hut}
  web: {kind: service, runs: till, at: hut, size: four, threads: 40, backlog: 1000}
  db: {kind: database, holds: rooms, at: hut, size: one, connections: 50,
       work: {read: {exponential: 8 ms}, write: {exponential: 8 ms}}}
wires: [guests -> web -> db]
objectives:
  - availability >= 99 %
  - latency.p99 < 400 ms
stars: {}
attempts: {}
debrief: None.
"""

Changes = tuple[tuple[str, str], ...]


@cache
def made(*changes: tuple[str, str]) -> tuple[Level, Run]:
    text = LEVEL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    level = loads(text, "hut.yaml", kinds())
    return level, simulate(level.scenario(level.found), kinds(), 5)


def findings(*changes: tuple[str, str]) -> tuple[Finding, ...]:
    level, run = made(*changes)
    verdict = verdict_of(level.objectives, Stars(), [run.result], parts=2, effort=0.0)
    return diagnose(run.scenario, run.result, run.recording, verdict)


SLOW_DATABASE = ("work: {read: {exponential: 8 ms}", "work: {read: {exponential: 20 ms}")
SLOW_WEB = ("work: {exponential: 4 ms}", "work: {exponential: 80 ms}")


def test_the_crowd_stands_before_web_but_the_slow_one_is_the_database() -> None:
    first, second, *_ = findings(SLOW_DATABASE)
    assert first.component == "db"
    assert first.title == "db is the bottleneck"
    assert "= 1.6 cores of work, it has 1" in first.sentence
    assert ("cores in use", "100 % of 1") in first.evidence
    assert second.component == "web"
    assert second.title == "The crowd stands before web, but the slow one is db"
    assert "40 threads of web" in second.sentence
    assert second.share_of_waiting > 0.5 > first.share_of_waiting
    assert first.share_of_waiting + second.share_of_waiting == pytest.approx(1.0)


def test_cores_that_are_asked_too_much_are_blamed_where_they_are() -> None:
    first, *others = findings(SLOW_WEB)
    assert first.component == "web"
    load = re.search(r"= (\d\.\d) cores of work, it has 4\.", first.sentence)
    assert load is not None
    assert float(load[1]) == pytest.approx(6.4, abs=0.3)
    assert not any("crowd" in finding.title for finding in others)


def test_too_few_threads_are_blamed_and_not_the_idle_cores() -> None:
    """Two threads, held over a slow cable: everything is idle, and still nobody gets in."""
    first, *_ = findings(("threads: 40", "threads: 2"), ("places: [hut]", "places: [hut, town]"), (
        "{kind: database, holds: rooms, at: hut", "{kind: database, holds: rooms, at: town"), (
        "sizes:", "network:\n  hut <-> town: {latency: 40 ms}\nsizes:"))  # fmt: skip
    assert first.component == "web"
    assert "lets 2 in at once" in first.sentence
    assert "its cores are" in first.sentence


def test_failures_are_counted_and_placed() -> None:
    found = findings(SLOW_WEB, ("backlog: 1000", "backlog: 5"), ("threads: 40", "threads: 20"))
    failed = next(f for f in found if "failed" in f.title)
    assert failed.component == "web"
    assert any(label == "turned away by web" for label, _ in failed.evidence)
    assert "refused" in failed.sentence


def test_demand_is_seen_through_a_caller_that_turns_people_away() -> None:
    first, *_ = findings(SLOW_DATABASE, ("backlog: 1000", "backlog: 5"), ("threads: 40", "threads: 20"))
    assert first.component == "db"
    assert "= 1.6 cores of work, it has 1" in first.sentence


def test_retries_are_named_as_load() -> None:
    found = findings(SLOW_WEB, ("retries: none", "retries: {attempts: 3, policy: immediate}"))
    total = made(SLOW_WEB, ("retries: none", "retries: {attempts: 3, policy: immediate}"))[1].result.total
    attempts, requests = total.attempts, total.requests
    assert not any("Retries" in f.title for f in found)  # it is not told twice
    assert attempts > 1.5 * requests
    share = round(100 * (1 - requests / attempts), 1)
    assert f"{share:g} % of what people send are repeats of what they had asked before" in found[0].sentence


def test_a_database_that_limits_is_told_with_the_cache_before_it() -> None:
    """A small cache before a slow database: how many look-ups end there, and the cache next to it."""
    cache = "  copies: {kind: cache, holds: rooms, at: hut, size: one, ttl: 500 ms}\nwires: [web -> copies, "
    changes = (SLOW_DATABASE, ("poisson: 80/s", "poisson: 300/s"), ("wires: [", cache))
    first, *others = findings(*changes)
    assert first.component == "db"
    counted = made(*changes)[1].result.components["copies"].counters
    ratio = round(100 * counted["hits"] / (counted["hits"] + counted["misses"]), 1)
    assert f"{ratio:g} % of the look-ups in copies before it find a copy." in first.sentence
    beside = [f.sentence for f in others if f.component == "copies" and "of what it is asked" in f.sentence]
    assert [sentence.endswith("the rest goes on to db.") for sentence in beside] == [True]


def test_nobody_waits_says_who_would_be_next() -> None:
    found = findings(("poisson: 80/s", "poisson: 2/s"))
    assert found[0].title == "Nobody waits"
    assert found[0].component == "db"


def test_a_fault_is_blamed_for_what_fails_while_it_lasts() -> None:
    found = findings(("objectives:", "faults:\n  - at 20 s: web-1 crashes for 10 s\nobjectives:"))
    assert found[0].title == "At 20 s: web-1 crashes for 10 s"
    assert found[0].sentence.endswith("and no machine of web was up.")
    (label, value), *_ = found[0].evidence
    assert label == "failures meanwhile"
    during, of = (int(n.replace(",", "")) for n in value.split(" of "))
    assert 0.9 * of < during <= of


def test_a_pause_is_blamed_for_the_slowest_though_nothing_failed() -> None:
    long, short = (f"faults:\n  - at 20 s: web pauses for {lasts}\nobjectives:" for lasts in ("1 s", "1 ms"))
    (found,) = (f for f in findings(("objectives:", long)) if "pauses" in f.title)
    assert (found.component, found.title) == ("web", "At 20 s: web pauses for 1 s")
    assert "of the slowest hundredth were under way while it stood still for 1 s" in found.sentence
    slow, of = (int(n.replace(",", "")) for n in found.evidence[0][1].split(" of "))
    assert 0.9 * of < slow <= of
    assert not any("pauses" in f.title for f in findings(("objectives:", short)))


def test_a_fault_that_comes_again_is_blamed_for_all_its_strikes() -> None:
    again = "from 5 s every 10 s on average: web-1 crashes for 1 s"
    found = findings(("objectives:", f"faults:\n  - {again}\nobjectives:"))
    assert found[0].title == again.capitalize()
    assert found[0].sentence.endswith("and no machine of web was up.")
    during, of = (int(n.replace(",", "")) for n in found[0].evidence[0][1].split(" of "))
    assert 0.9 * of < during <= of
    assert found[0].evidence[1][0] == "struck"
    assert int(found[0].evidence[1][1].removesuffix(" times")) > 2


def test_a_place_that_fails_is_blamed_as_a_whole() -> None:
    found = findings(("objectives:", "faults:\n  - at 20 s: place hut fails for 5 s\nobjectives:"))
    assert (found[0].component, found[0].title) == ("", "At 20 s: place hut fails for 5 s")


def test_a_run_that_a_limit_ended_says_so_first() -> None:
    _, run = made()
    result = replace(run.result, ended="more than 50,000 calls were in flight after 3.0 s")
    assert diagnose(run.scenario, result, run.recording)[0].sentence == result.ended


def test_cache_hits_are_told() -> None:
    cached = (
        ("wires: [guests -> web -> db]", "wires: [guests -> web -> db, web -> cache]"),
        ("  db: {kind", "  cache: {kind: cache, holds: rooms, at: hut, size: one}\n  db: {kind"),
    )
    found = next(f for f in findings(*cached) if f.component == "cache")
    _, run = made(*cached)
    counters = run.result.components["cache"].counters
    ratio = counters["hits"] / (counters["hits"] + counters["misses"])
    assert f"{100 * ratio:.0f}" in found.sentence or f"{100 * ratio:.1f}" in found.sentence


# -- capacity


def test_capacity_on_paper_and_measured_agree() -> None:
    _, run = made()
    for id, capacity in (("web", 1000.0), ("db", 125.0)):
        assert can_do(id, run.scenario) == pytest.approx(capacity)
        assert can_do(id, run.scenario, run.result.components[id]) == pytest.approx(capacity, rel=0.06)
    assert math.isnan(can_do("guests", run.scenario))
    assert mean_work("db", run.scenario) == pytest.approx(0.008)
    assert program_rates(run.scenario) == {("till", "sell"): pytest.approx(80.0)}


def test_mean_rate_of_pieces() -> None:
    pieces = (Piece(0, 10, 0, 100), Piece(10, math.inf, 50, 50))
    arrivals = Open("poisson", pieces)
    assert mean_rate(arrivals, 0, 10) == pytest.approx(50)
    assert mean_rate(arrivals, 5, 15) == pytest.approx((75 * 5 + 50 * 5) / 10)
    assert mean_rate(arrivals, 20, 30) == 50


# -- theory beside truth


def test_the_prediction_stands_beside_the_measured_wait() -> None:
    longer = (("62 s", "302 s"),)
    _, run = made(*longer)
    for id, servers, busy in (("web", 4, 0.08), ("db", 1, 0.64)):
        found = predicted(id, run.scenario, run.result)
        assert isinstance(found, Prediction), found
        assert found.servers == servers
        assert found.utilisation == pytest.approx(busy, rel=0.03)
        if id == "db":
            # 8 ms × 0.64 / 0.36: what M/M/1 says, and what a run of 24,000 requests shows.
            assert found.wait == pytest.approx(0.0142, rel=0.1)
            assert found.measured == pytest.approx(found.wait, rel=0.12)
            assert found.measured_p99 == pytest.approx(found.wait_p99, rel=0.2)


@pytest.mark.parametrize(
    ("id", "changes", "reason"),
    [
        ("db", (("work: {read: {exponential: 8 ms}", "work: {read: 8 ms"),), "its work is not exponential"),
        ("db", (("work: {exponential: 4 ms}", "work: 4 ms"),), "web's work is not exponential"),
        ("web", (("{poisson: 80/s}", '{constant: 80/s}'),), "arrivals are not Poisson"),
        ("web", (("{poisson: 80/s}", '{poisson: "8/s until 9 s, then 9/s"}'),), "the arrival rate changes"),
        ("web", (SLOW_WEB,), "some requests fail"),
        ("db", (("threads: 40", "threads: 1"),), "web lets only 1 in at once"),
        ("guests", (), "it has no cores to wait for"),
    ],
)  # fmt: skip
def test_no_prediction_where_an_assumption_fails(id: str, changes: Changes, reason: str) -> None:
    _, run = made(*changes)
    found = predicted(id, run.scenario, run.result)
    assert isinstance(found, NotApplicable), found
    if reason == "some requests fail":
        assert found.reason in (reason, "web lets only 40 in at once", "calls are turned away")
    else:
        assert found.reason == reason


def test_every_finding_is_finite_text() -> None:
    for changes in ((), (SLOW_DATABASE,), (SLOW_WEB,)):
        for finding in findings(*changes):
            assert "nan" not in finding.sentence
            assert "nan" not in str([value for _, value in finding.evidence])
            assert finding.sentence.endswith(".")
            assert np.isnan(finding.share_of_waiting) or 0 <= finding.share_of_waiting <= 1


# -- what somebody did


def acted(*orders: Order, lines: Changes = ()) -> tuple[Finding, ...]:
    level, _ = made(*lines)
    run = simulate(replace(level.scenario(level.found), orders=orders), kinds(), 5)
    verdict = verdict_of(level.objectives, Stars(), [run.result], parts=2, effort=0.0)
    return diagnose(run.scenario, run.result, run.recording, verdict)


def test_a_crash_that_was_ordered_is_named_as_a_fault_is() -> None:
    first, *_ = acted(Order(20.0, "crash web"), Order(25.0, "restart web"))
    assert first.component == "web"
    assert first.title == "You crashed web at 20 s"
    assert first.sentence.endswith("came while it lasted, and no machine of web was up.")
    assert not any(finding.title.startswith("You ") for finding in acted(Order(20.0, "throttle web off")))


def test_a_throttle_is_named_for_what_it_refused() -> None:
    found = acted(Order(20.0, "throttle web 20/s"), Order(40.0, "throttle web off"))
    (named,) = (finding for finding in found if finding.title.startswith("You "))
    assert named.title == "You throttled web to 20/s at 20 s"
    assert named.sentence == "100 % of the failed requests were refused while it lasted."


#: A balancer in front of three machines.
THREE = (
    ("wires: [guests -> web -> db]", "wires: [guests -> lb -> web -> db]"),
    ("  web: {kind: service,", "  lb: {kind: balancer, at: hut}\n  web: {kind: service, replicas: 3,"),
    ("size: four, threads: 40, backlog: 1000", "size: one, threads: 40, backlog: 1000"),
    ("work: {exponential: 4 ms}", "work: {exponential: 30 ms}"),
)


def test_too_few_machines_are_named_where_somebody_sent_the_others_away() -> None:
    found = acted(Order(20.0, "scale web 1"), lines=THREE)
    assert "You scaled web to 1 at 20 s" in [finding.title for finding in found]
    assert not any(f.title.startswith("You ") for f in acted(Order(20.0, "scale web 4"), lines=THREE))


def acted_upon(*log: Order, lines: Changes = THREE) -> tuple[Act, ...]:
    level, _ = made(*lines)
    run = simulate(replace(level.scenario(level.found), orders=log), kinds(), 5)
    return acts(run.scenario, run.recording.events)


def test_a_crash_of_all_is_over_when_the_last_of_them_is_restarted() -> None:
    one_by_one = tuple(Order(20.0 + n, f"restart web-{n}") for n in (1, 3, 2))
    crash, *rest = acted_upon(Order(15.0, "crash web"), *one_by_one)
    assert (crash.start, crash.end, crash.alone) == (15.0, 23.0 + 5.0, True)
    assert not rest, "to start what is down takes nothing away"
    (crash,) = acted_upon(Order(15.0, "crash web"), *one_by_one[:2])
    assert crash.end == math.inf


def test_orders_that_changed_nothing_are_no_acts() -> None:
    found = acted_upon(
        Order(10.0, "crash web-2"),
        Order(11.0, "crash web-2"),
        Order(12.0, "restart web-2"),
        Order(13.0, "restart web-2"),
        Order(14.0, "scale web 3"),
        Order(15.0, "throttle web 500/s"),
        Order(16.0, "throttle web 500/s"),
        Order(18.0, "throttle web off"),
    )
    assert [(act.verb, act.start, act.end, act.alone) for act in found] == [
        ("crash", 10.0, 17.0, False),
        ("throttle", 15.0, 18.0, False),
    ]


#: A database with copies, and a fault that takes the primary for a while.
COPIES = (("size: one, connections: 50,", "size: one, connections: 50, read_replicas: 2, reads: primary,"),)
PRIMARY_CRASHES = ("objectives:", "faults:\n  - at 20 s: db-1 crashes for 10 s\nobjectives:")


def test_a_database_with_copies_is_not_alone() -> None:
    (crash,) = acted_upon(Order(15.0, "crash db-1"), lines=COPIES)
    assert not crash.alone
    (crash,) = acted_upon(Order(15.0, "crash db"), lines=COPIES)
    assert crash.alone
    title = "At 20 s: db-1 crashes for 10 s"
    (blamed,) = (finding for finding in findings(*COPIES, PRIMARY_CRASHES) if finding.title == title)
    assert "was up" not in blamed.sentence


def test_a_restart_lasts_as_long_as_it_takes_to_start() -> None:
    log = (
        Order(14.0, "restart web-2"),
        Order(5.0, "scale web 1"),
        Order(8.0, "scale web 2"),
        Order(9.0, "crash db"),
    )
    found = acted_upon(*log)
    assert [(a.verb, a.component, a.start, a.end, a.alone) for a in found] == [
        ("scale", "web", 5.0, 13.0, False),
        ("crash", "db", 9.0, math.inf, True),
        ("restart", "web", 14.0, 19.0, False),
    ]
    assert [a.told for a in found][1:] == ["You crashed db at 9 s", "You restarted web-2 at 14 s"]


def test_what_is_idle_costs_what_was_there() -> None:
    quick = ("work: {exponential: 4 ms}", "work: {exponential: 1 ms}")
    lines = (*THREE[:3], quick, ("price: $0.10/h", "price: $0.20/h"))
    (watched,) = (f for f in acted(lines=lines) if f.title == "Paid for and idle")
    (scaled,) = (f for f in acted(Order(1.0, "scale web 1"), lines=lines) if f.title == "Paid for and idle")
    assert watched.sentence.startswith("web costs $0.60/h")
    assert scaled.sentence.startswith("web costs $0.20/h")
