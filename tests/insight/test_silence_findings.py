"""What a diagnosis says of callers without a time-out over a link that loses messages."""

from __future__ import annotations

from typing import Any

from scalegame.design.distributions import constant
from scalegame.design.world import CallProgram, Operation, Program, Work
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Profile
from tests.scenarios import board, clients, run, scenario, service, steady, workload

OFFICE = Program("office", {"ask": Operation("ask", (Work(constant(0.01)),))})
LOBBY = Program("p", {"get": Operation("get", (CallProgram("office", "ask"),))})
TITLE = "web waits for answers that do not come"


def over(loss: float, *, start: float = 0.0, **web: Any) -> Run:
    """Ten threads here call an office over there."""
    cards = [clients(), service(threads=10, **web), service("office", "office", size="many", at="far")]
    links = {("here", "far"): Profile(constant(0.001), None, loss)}
    load = workload(steady(50.0), timeout=1.0)
    on = board(cards, "users -> web -> office")
    return run(scenario(on, load, (LOBBY, OFFICE), links=links, start=start, until=start + 10.0))


def told(live: Run) -> list[Finding]:
    return list(diagnose(live.scenario, live.result, live.recording))


def test_threads_that_wait_for_lost_messages_are_told_first() -> None:
    first = told(over(0.05))[0]
    assert (first.title, first.component) == (TITLE, "web")
    assert "At 10 s calls hold 10 of the 10 threads of web, and 0 are at office" in first.sentence
    assert "5 % of the messages between here and far get lost, and web has no time-out." in first.sentence


def test_what_does_not_come_out_at_all_is_said_in_words() -> None:
    """Long after the last thread was lost: no dash where a number is missing."""
    live = over(0.5, start=10.0)
    assert live.result.components["web"].throughput == 0
    second = next(f for f in told(live) if f.title == "web is the bottleneck")
    assert "whoever is in holds one of the threads without an end: nothing came out" in second.sentence


def test_a_time_out_or_a_sound_link_is_no_silence() -> None:
    assert TITLE not in [f.title for f in told(over(0.05, timeout=0.1))]
    assert TITLE not in [f.title for f in told(over(0.0))]
