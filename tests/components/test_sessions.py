"""Baskets: kept in a machine, in a store, or at the client."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from scalegame.design.distributions import constant
from scalegame.design.routes import plan
from scalegame.design.world import DataSet, Operation, Program, Session, Work
from scalegame.simulation.request import Request
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Fault, Profile
from tests.scenarios import (
    KINDS,
    balancer,
    board,
    clients,
    database,
    latencies,
    once,
    outcomes,
    run,
    scenario,
    service,
    steady,
    workload,
)

LOOK, PUT = Session("baskets"), Session("baskets", True)
SHOP = Program(
    "p",
    {
        "look": Operation("look", (Work(constant(0.001)), LOOK)),
        "put": Operation("put", (Work(constant(0.001)), PUT)),
    },
)
ASKED = {"look": Asked(1.0), "put": Asked(1.0)}
CRASH = Fault(6.0, 1.0, ("replica", "web", "2"), "crash")


def shop(
    kept: str,
    *faults: Fault,
    replicas: int = 3,
    lb: dict[str, Any] | None = None,
    users: int = 60,
    **web: Any,
) -> Run:
    """Users who look into their baskets and put things in."""
    cards = [clients(), balancer(**(lb or {})), service(replicas=replicas, sessions__kept=kept, **web)]
    wires = ["users -> lb -> web"]
    if kept == "store":
        cards.append(database(holds="baskets"))
        wires.append("web -> db")
    return run(
        scenario(
            board(cards, *wires),
            workload(steady(100.0), users=users, operations=ASKED, timeout=1.0),
            SHOP,
            until=12.0,
            data=[DataSet("baskets", 1000, 0.0, 1000.0)],
            faults=faults,
        )
    )


def lost(made: Run) -> int:
    return made.result.total.lost


STICKY = {"layer": "L7", "affinity": "user"}


def test_one_machine_keeps_its_baskets() -> None:
    assert lost(shop("memory", replicas=1)) == 0


def test_several_machines_do_not_know_of_each_others_baskets() -> None:
    made = shop("memory", lb={"policy": "random"})
    assert lost(made) > 200
    assert set(outcomes(made.recording)) == {"ok"}, "an empty basket is an answer"


def test_affinity_keeps_them_until_the_machine_crashes() -> None:
    assert lost(shop("memory", lb=STICKY)) == 0
    made = shop("memory", CRASH, lb={**STICKY, "health_check__every": 0.1})
    gone = made.result.components["web"].counters["sessions_gone"]
    assert 10 <= gone <= 30, "a third of 60 users"
    assert 10 <= lost(made) <= 30, "each of them finds it gone once"


@pytest.mark.parametrize("kept", ["store", "client"])
def test_what_is_kept_elsewhere_survives_any_machine(kept: str) -> None:
    made = shop(kept, CRASH, lb={"health_check__every": 0.1})
    assert lost(made) == 0
    assert Counter(outcomes(made.recording))["ok"] > 1100


def test_a_store_that_is_away_is_a_failure_and_not_an_empty_basket() -> None:
    away = Fault(6.0, 2.0, ("component", "db"), "crash")
    made = shop("store", away)
    assert lost(made) == 0
    assert Counter(outcomes(made.recording))["reset"] == pytest.approx(200, rel=0.2)


def test_a_store_is_read_once_a_look_and_read_and_written_once_a_change() -> None:
    made = shop("store")
    log = made.recording.requests
    by_sort = Counter(log.operations[i] for i in log.operation)
    counters = made.result.components["db"].counters
    assert counters["writes"] == pytest.approx(by_sort["put"], abs=2)
    assert counters["reads"] == pytest.approx(by_sort["put"] + by_sort["look"], abs=2)
    assert latencies(made.recording)[-1] < 0.01


def alone(step: Session, places: Sequence[str] = ("here", "here"), **web: Any) -> float:
    """How long one request takes at one machine, less the two milliseconds of the way."""
    from dataclasses import replace

    cards = [replace(clients(), at=places[0]), replace(service(**web), at=places[1])]
    made = run(
        scenario(
            board(cards, "users -> web"),
            workload(once(1.0), timeout=None),
            Program("p", {"get": Operation("get", (Work(constant(0.1)), step))}),
            until=5.0,
            data=[DataSet("baskets", 1000, 0.0, 1000.0)],
            links={("here", "there"): Profile(constant(0.001), bandwidth=1e6)},
            hop=0.001,
        )
    )
    (latency,) = latencies(made.recording)
    return latency - 0.002


def test_what_the_client_keeps_travels_both_ways_and_is_signed() -> None:
    """50 kB at 1 MB/s are 50 ms each way; checking 10 ms; who changes it signs it again."""
    at_client: dict[str, Any] = {"sessions__kept": "client", "sessions__bytes": 50_000.0}
    signed = {**at_client, "sessions__work": constant(0.010)}
    message = 2 * 500 / 1e6  # request and reply themselves
    assert alone(LOOK, **at_client) == pytest.approx(0.1, abs=1e-6)
    assert alone(LOOK, **signed) == pytest.approx(0.110, abs=1e-6)
    assert alone(PUT, **signed) == pytest.approx(0.120, abs=1e-6)
    assert alone(LOOK, ("here", "there"), **at_client) == pytest.approx(0.2 + message, abs=1e-6)


def test_only_a_store_needs_a_wire() -> None:
    for kept, gaps in (("memory", 0), ("client", 0), ("store", 1)):
        things = board([clients(), service(sessions__kept=kept)], "users -> web")
        assert len(plan(things, KINDS, {"p": SHOP}, {"w": ("look", "put")}).gaps) == gaps


def test_the_book_asks_only_for_what_was_answered_before() -> None:
    from scalegame.simulation.baskets import Book

    gone: list[Request] = []
    book = Book(gone.append)

    def request(born: float) -> Request:
        return Request(0, 0, "put", 7, 0, born)

    first = request(1.0)
    book.look(first, "baskets", 0, 1)
    early = request(1.5)
    book.look(early, "baskets", 0, 0)
    assert not gone, "nobody has been told yet that there is something"
    first.resolved, first.outcome = 2.0, "ok"
    late = request(3.0)
    book.look(late, "baskets", 0, 0)
    assert gone == [late]
    late.resolved, late.outcome = 4.0, "ok"
    book.look(request(5.0), "baskets", 0, 0)
    assert gone == [late], "who has seen the empty basket knows"
    failed = request(6.0)
    book.look(failed, "baskets", 0, 1)
    failed.resolved, failed.outcome = 7.0, "timed out"
    book.look(request(8.0), "baskets", 0, 0)
    assert gone == [late], "what was not acknowledged is not missed"


@pytest.mark.parametrize("kept", ["memory", "store", "client"])
@pytest.mark.parametrize("size", [1.0, 1e9])
def test_any_size_comes_to_an_end(kept: str, size: float) -> None:
    dead = Fault(2.0, None, ("component", "web"), "dies")
    made = shop(kept, dead, sessions__bytes=size)
    assert set(outcomes(made.recording)) <= {"ok", "timed out", "unreachable"}
