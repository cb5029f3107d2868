import time
from dataclasses import replace
from itertools import pairwise

import pytest

from scalegame.design.model import Board
from scalegame.design.routes import Plan, Route, ends, offers, plan, resolve, stores, workload
from scalegame.design.world import CallProgram, Read, SendTo, Work, Write
from scalegame.errors import ScalegameError
from tests.design.fakes import DB, FOUND, KINDS, PROGRAMS, SKIERS, WEB, made
from tests.design.fakes import board as of

LB = made("balancer", "lb")
QUEUE = made("queue", "queue")
CACHE = made("cache", "cache", holds="passes", size="small")
PHOTOS = made("database", "photos-db", holds="photos", size="small")
PAY = made("service", "pay", runs="payment", size="small")
MAIL = made("service", "mail", runs="mail", size="small")
OTHER = replace(WEB, id="other")
DB2 = replace(DB, id="db-2")


def planned(board: Board, *operations: str) -> Plan:
    return plan(board, KINDS, PROGRAMS, {"skiers": operations})


def gap(board: Board, *operations: str) -> str:
    (found,) = [g.error.message for g in planned(board, *operations).gaps if not g.follows]
    return found


def test_the_board_as_found() -> None:
    routes = planned(FOUND, "browse", "book")
    assert routes.gaps == ()
    assert routes.ask("skiers", "browse") == Route("skiers", "program:booking", "web", ("web",))
    assert routes.ask("skiers", "book").name == "booking"
    assert routes.asked == {"web": {("booking", "browse"), ("booking", "book")}}
    for step in PROGRAMS["booking"].operations["browse"].steps:
        found = routes.step("web", step)
        assert (found is None) == isinstance(step, Work)
    assert routes.step("web", Read("passes")) == routes.step("web", Write("passes"))
    assert routes.step("web", Read("passes")) == Route("web", "data:passes", "passes-db", ("passes-db",))
    assert routes.copies("web", "passes") is None


def test_only_what_can_be_asked_needs_a_way() -> None:
    assert planned(FOUND, "browse").gaps == ()
    assert gap(FOUND, "browse", "look") == "web reads or writes photos, but is wired to nothing that holds it"


def test_behind_a_balancer_stand_all_its_targets() -> None:
    board = of(SKIERS, LB, WEB, OTHER, DB, wires="skiers -> lb -> web -> passes-db, lb -> other -> passes-db")
    routes = planned(board, "browse")
    assert routes.gaps == ()
    assert routes.ask("skiers", "browse") == Route("skiers", "program:booking", "lb", ("web", "other"))
    assert set(routes.asked) == {"lb", "web", "other"}
    assert routes.step("other", Read("passes")) is not None


def test_a_balancer_offers_what_all_behind_it_offer() -> None:
    board = of(SKIERS, LB, WEB, PAY, DB, wires="skiers -> lb -> web -> passes-db, lb -> pay")
    assert offers(board, KINDS, "lb") == frozenset()
    assert gap(board, "browse") == (
        "skiers asks for browse, but what is behind lb does not run the same program: web, pay"
    )
    with pytest.raises(ScalegameError, match="behind lb there is also pay, which does not provide it"):
        resolve(board, KINDS, "skiers", "program:booking")


def test_a_cache_beside_the_database() -> None:
    board = of(SKIERS, WEB, DB, CACHE, wires="skiers -> web -> passes-db, web -> cache")
    routes = planned(board, "browse")
    assert routes.copies("web", "passes") == Route("web", "copies:passes", "cache", ("cache",))
    assert routes.step("web", Read("passes")) == Route("web", "data:passes", "passes-db", ("passes-db",))


def test_two_caches_or_databases_are_one_too_many() -> None:
    caches = of(
        SKIERS,
        WEB,
        DB,
        CACHE,
        replace(CACHE, id="c2"),
        wires="skiers -> web -> passes-db, web -> cache, web -> c2",
    )
    assert "web looks for copies of passes and is wired to 2 that provide it, cache, c2" in gap(caches, "browse")
    bases = of(SKIERS, WEB, DB, DB2, wires="skiers -> web -> passes-db, web -> db-2")
    assert gap(bases, "browse") == (
        "web reads or writes passes and is wired to 2 that provide it, passes-db, db-2: write unwire web -> db-2"
    )


def test_a_cache_is_no_database() -> None:
    board = of(SKIERS, WEB, DB, CACHE, wires="skiers -> web -> cache")
    assert gap(board, "browse") == (
        "web reads or writes passes, but is wired to nothing that holds it: write wire web -> passes-db"
    )


def test_calls_and_messages_between_programs() -> None:
    wires = "skiers -> web -> pay, web -> queue -> mail"
    board = of(SKIERS, WEB, PAY, QUEUE, MAIL, wires=wires)
    routes = planned(board, "pay", "tell")
    assert routes.gaps == ()
    assert routes.step("web", CallProgram("payment", "charge")) == Route("web", "program:payment", "pay", ("pay",))
    assert routes.step("web", SendTo("mail", "send")) == Route("web", "program:mail", "queue", ("mail",))
    assert routes.asked["mail"] == routes.asked["queue"] == {("mail", "send")}


def test_a_message_needs_something_that_keeps_it() -> None:
    board = of(SKIERS, WEB, MAIL, wires="skiers -> web -> mail")
    assert gap(board, "tell") == "web sends messages to mail, but mail keeps none: put a queue before it"
    passed_on = of(SKIERS, WEB, LB, MAIL, wires="skiers -> web -> lb -> mail")
    assert not stores(passed_on, KINDS, "lb")
    assert "lb keeps none" in gap(passed_on, "tell")
    behind = of(SKIERS, WEB, LB, QUEUE, MAIL, wires="skiers -> web -> lb -> queue -> mail")
    assert stores(behind, KINDS, "lb")
    assert not stores(behind, KINDS, "mail")
    assert planned(behind, "tell").gaps == ()


def test_a_call_goes_the_direct_way_and_a_message_through_the_store() -> None:
    board = of(SKIERS, WEB, QUEUE, MAIL, wires="skiers -> web -> mail, web -> queue -> mail")
    assert resolve(board, KINDS, "web", "program:mail").target == "mail"
    assert resolve(board, KINDS, "web", "program:mail", later=True).target == "queue"
    only = board.without_wire("web", "mail")
    assert resolve(only, KINDS, "web", "program:mail").target == "queue"


def test_operations_that_nobody_has() -> None:
    assert gap(FOUND, "fly") == (
        "skiers asks for fly, but what it is wired to runs booking, which has only browse, book, look, pay, tell"
    )
    paid = of(SKIERS, PAY, wires="skiers -> pay")
    assert "runs payment, which has only charge" in gap(paid, "browse")


def test_a_program_that_calls_an_operation_which_is_not_there() -> None:
    programs = {**PROGRAMS, "payment": replace(PROGRAMS["payment"], operations={})}
    board = of(SKIERS, WEB, PAY, wires="skiers -> web -> pay")
    (found,) = plan(board, KINDS, programs, {"skiers": ("pay",)}).gaps
    assert 'web wants "charge" of payment, which has no such operation' in found.error.message


def test_what_only_follows_from_a_missing_wire_is_marked() -> None:
    for wires in ("", "skiers -> lb"):
        (found,) = planned(of(SKIERS, LB, WEB, wires=wires), "browse").gaps
        assert found.follows
        assert found.caller == "skiers"


def test_a_route_that_is_not_there_says_so() -> None:
    with pytest.raises(ScalegameError, match="skiers cannot ask fly"):
        planned(FOUND, "browse").ask("skiers", "fly")


def test_workloads_are_found_by_their_parameter() -> None:
    assert workload(FOUND, KINDS, "skiers") == "skiers"
    assert workload(FOUND, KINDS, "web") is None


def test_many_ways_through_balancers_are_walked_once() -> None:
    layers = [[made("balancer", f"b{n}-{side}") for side in "ab"] for n in range(28)]
    cards = [card for layer in layers for card in layer]
    wires = [f"{a.id} -> {b.id}" for one, two in pairwise(layers) for a in one for b in two]
    wires += ["skiers -> b0-a", "b27-a -> web", "b27-b -> web", "web -> passes-db"]
    board = of(SKIERS, *cards, WEB, DB, wires=", ".join(wires))
    start = time.perf_counter()
    assert planned(board, "browse").gaps == ()
    assert ends(board, KINDS, "b0-a") == ("web",)
    # Two to the power of 28 ways would take hours.
    assert time.perf_counter() - start < 5
