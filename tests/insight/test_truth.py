"""Six things can become of a call; its caller can tell three of them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scalegame.components import kinds
from scalegame.design.distributions import constant
from scalegame.design.world import Read, Work
from scalegame.insight.tracing import Following
from scalegame.insight.trail import Hop, Try
from scalegame.insight.truth import truth
from scalegame.insight.waterfall import blame, story
from scalegame.simulation.scenario import Connect, Fault, Profile, Scenario
from tests.scenarios import board, clients, database, once, program, scenario, service, workload

TIMEOUT = 1.0


def asked(*faults: Fault, work: float = 0.4, timeout: float | None = TIMEOUT) -> Scenario:
    """One request at 1 s, which takes 0.4 s of work."""
    return scenario(
        board([clients(at="home"), service()], "users -> web"),
        workload(once(1.0), timeout=timeout),
        program(Work(constant(work))),
        links={("home", "here"): _link()},
        faults=faults,
    )


def _link() -> Profile:
    return Profile(constant(0.010))


def attempt(of: Scenario) -> Try:
    following = Following(of, kinds(), 1)
    following.advance()
    (found,), _ = following.of(0)
    return found


def test_the_last_three_of_six_look_the_same_to_the_caller() -> None:
    web = ("component", "web")
    cases = {
        "success": attempt(asked()),
        "no such host": attempt(asked(Fault(0.5, None, web, "not found"))),
        "dead server": attempt(asked(Fault(0.5, None, web, "crash"))),
        "crashed while processing": attempt(asked(Fault(1.2, None, web, "dies"))),
        "slow server": attempt(asked(work=3.0)),
        "lost reply": attempt(asked(Fault(1.2, None, ("link", "home", "here"), "cut"))),
    }
    assert {name: found.truth for name, found in cases.items()} == {name: name for name in cases}
    known = {name: (found.reply, round((found.ended or 0) - found.sent, 6)) for name, found in cases.items()}
    assert known["success"] == ("ok", 0.42)
    assert known["no such host"] == ("unreachable", 0.0)
    assert known["dead server"] == ("reset", 0.02)
    assert {known[name] for name in list(cases)[3:]} == {("timed out", TIMEOUT)}


@pytest.mark.parametrize(
    ("fault", "becomes"),
    [
        (Fault(0.5, None, ("link", "home", "here"), "cut"), "lost request"),
        (Fault(0.5, None, ("component", "web"), "dies"), "dead server"),
    ],
)
def test_what_never_arrived_and_what_found_nobody_are_silent_too(fault: Fault, becomes: str) -> None:
    found = attempt(asked(fault))
    assert (found.reply, found.truth) == ("timed out", becomes)


def test_a_refusal_is_an_answer_and_what_is_under_way_is_not_judged_yet() -> None:
    assert (
        truth(Try("users", 1.0, 1.1, "refused"), Hop("web", "web-1", "get", 1.0, 1.05, reply="refused"))
        == "said no"
    )
    assert truth(Try("users", 1.0), Hop("web", "web-1", "get", 1.01)) == ""
    assert truth(Try("users", 1.0), None) == ""


def test_time_spent_on_a_new_connection_is_told_as_that() -> None:
    of = scenario(
        board(
            [clients(), service(connect__reuse="never", connect__tls=1), database(at="far")],
            "users -> web -> db",
        ),
        workload(once(1.0)),
        program(Read("x")),
        links={("here", "far"): _link()},
    )
    following = Following(of, kinds(), 1)
    following.advance()
    spent = {b.text: b.seconds for b in blame(story(*following.of(0), 40.0))}
    assert spent["waiting for a new connection at web-1"] == pytest.approx(0.040)
    assert sum(spent.values()) == pytest.approx(0.061, abs=1e-4)


def test_a_visitors_new_connection_is_part_of_the_attempt() -> None:
    of = asked()
    of = replace(of, workloads={"w": replace(of.workloads["w"], connect=Connect("never", tls=2))})
    following = Following(of, kinds(), 1)
    following.advance()
    tries, hops = following.of(0)
    told = story(tries, hops, 40.0)
    assert told.ended - told.born == pytest.approx(0.060 + 0.420, abs=1e-6)
    assert sum(b.seconds for b in blame(told)) == pytest.approx(told.ended - told.born)
    assert [t.truth for t in tries] == ["success"]
