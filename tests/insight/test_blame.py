"""Nothing is blamed for what it did not do: small runs in which something else is the reason, or nothing is."""

from __future__ import annotations

import re

import pytest

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import DataSet, Operation, Program, Read, Work, Write
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Fault, Profile, Retries
from tests.scenarios import (
    board,
    cache,
    clients,
    database,
    program,
    run,
    scenario,
    service,
    steady,
    workload,
)

SETS = (DataSet("x", 50, 1.1, 1000.0), DataSet("y", 50, 1.1, 1000.0))
HARMLESS = Fault(5.0, 10.0, ("component", "other"), "slow", 2.0)


def found(live: Run) -> dict[str, Finding]:
    return {f.title: f for f in diagnose(live.scenario, live.result, live.recording)}


def two_databases() -> Run:
    """Four threads; a busy database is asked for 20 ms, and another, which never has a queue, for 80."""
    cards = [
        clients(),
        service(threads=4),
        database("dbx", "x", size="one", connections=100, work__read=exponential(0.02)),
        database("dby", "y", connections=100, work__read=exponential(0.08)),
    ]
    return run(
        scenario(
            board(cards, "users -> web -> dbx", "web -> dby"),
            workload(steady(20.0), keys="x"),
            program(Work(exponential(0.001)), Read("x"), Read("y")),
            until=60.0,
            data=SETS,
        )
    )


def test_who_holds_few_of_the_threads_is_not_called_the_slow_one() -> None:
    titles = found(two_databases())
    assert not [title for title in titles if "dbx" in title and ("slow" in title or "bottleneck" in title)]


def overloaded(*faults: Fault, retries: Retries | None = None) -> Run:
    cards = [clients(), service(threads=50, backlog=100), service("other")]
    load = workload(steady(150.0), timeout=0.5, **({"retries": retries} if retries else {}))
    return run(
        scenario(board(cards, "users -> web"), load, program(Work(exponential(0.02))), until=40.0, faults=faults)
    )


def test_a_fault_is_not_the_cause_of_an_outage_that_was_there_before() -> None:
    live = overloaded(HARMLESS, retries=Retries(3, "fixed", 0.1, 1.0, 0.0))
    assert live.result.total.availability < 0.5
    assert "The cause is gone, the outage stays" not in found(live)


def test_a_fault_during_which_it_goes_no_worse_is_not_blamed() -> None:
    lasting = Fault(0.0, 15.0, ("component", "other"), "slow", 2.0)
    assert str(lasting).capitalize() not in found(overloaded(lasting))
    down = Fault(5.0, 30.0, ("component", "web"), "fails")
    quiet = run(
        scenario(
            board([clients(), service()], "users -> web"),
            workload(steady(10.0)),
            program(Work(constant(0.001))),
            until=40.0,
            faults=[down],
        )
    )
    assert str(down).capitalize() in found(quiet)


def opening(timeout: float) -> Run:
    far = Profile(constant(0.02))
    cards = [
        clients(),
        service(size="many", connect__reuse="never", connect__tls=1),
        database(at="far", work__read=constant(0.005)),
    ]
    return run(
        scenario(
            board(cards, "users -> web -> db"),
            workload(steady(20.0), timeout=timeout),
            program(Read("x")),
            links={("here", "far"): far},
        )
    )


def test_connections_opened_for_those_who_gave_up_are_no_share_of_what_others_waited() -> None:
    """125 ms are needed, and 80 of them for a connection; with 100 ms nobody is answered in time."""
    assert [title for title in found(opening(1.0)) if title.startswith("New connections eat 6")]
    (title,) = (title for title in found(opening(0.1)) if title.startswith("New connections eat"))
    assert 78.0 <= float(title.split()[3]) <= 81.0


def test_bytes_are_set_against_what_this_workload_takes() -> None:
    """A near crowd that is answered at once does not make the far one's bytes longer than its answers."""
    pages = Program("p", {"get": Operation("get", (Work(constant(0.002)),), answer=100_000.0)})
    cards = [clients("near"), clients("far", "v", at="far"), service(size="many")]
    live = run(
        scenario(
            board(cards, "near -> web", "far -> web"),
            [workload(steady(40.0)), workload(steady(4.0), name="v")],
            pages,
            links={("here", "far"): Profile(constant(0.01), 2e5)},
        )
    )
    sentence = found(live)["The bytes take longer than the work"].sentence
    assert "take 500 ms: 95.3 % of what a request of v takes on average" in sentence


@pytest.mark.parametrize("cached", [True, False])
def test_a_database_is_named_for_stale_reads_only_where_they_can_be_its_own(cached: bool) -> None:
    both = Program(
        "p",
        {
            "get": Operation("get", (Work(exponential(0.001)), Read("x"))),
            "put": Operation("put", (Work(exponential(0.001)), Write("x"))),
        },
    )
    lagging = database(read_replicas=1, reads="any", work__apply=constant(0.03))
    cards = [clients(), service(size="many"), lagging, *([cache(ttl=5.0)] if cached else [])]
    live = run(
        scenario(
            board(cards, "users -> web -> db", *(["web -> cache"] if cached else [])),
            workload(steady(100.0), operations={"get": Asked(5.0), "put": Asked(1.0)}, keys="x"),
            both,
            until=20.0,
            data=SETS,
        )
    )
    news = found(live)["Old news"]
    assert news.component == ("" if cached else "db")
    assert ("db lagged by up to" in news.sentence) is not cached


def test_what_would_be_asked_is_not_told_as_what_was() -> None:
    """70 calls a second for a database that can do 50; the four threads before it let hardly more through."""
    cards = [
        clients(),
        service(threads=4, backlog=10),
        database("dbx", "x", size="one", work__read=exponential(0.02)),
    ]
    held_back = run(
        scenario(
            board(cards, "users -> web -> dbx"),
            workload(steady(70.0), keys="x"),
            program(Work(exponential(0.001)), Read("x")),
            until=60.0,
            data=SETS[:1],
        )
    )
    (sentence,) = (f.sentence for title, f in found(held_back).items() if title.startswith("dbx is"))
    arriving = held_back.result.components["dbx"].arrivals / 60.0
    said = re.search(r"would be asked ([0-9.]+)/s", sentence)
    assert said is not None, sentence
    assert arriving < 55 < float(said[1])
