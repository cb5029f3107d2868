"""What the diagnosis says of machines that switch, run out of memory or stop to collect."""

from __future__ import annotations

import pytest

from scalegame.design.world import Wait, Work
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.prediction import NotApplicable, predicted
from scalegame.simulation.scenario import Closed, Scenario
from tests.components.test_memory import collecting_load
from tests.components.test_node import one
from tests.scenarios import constant, exponential, once, run, steady


def titles(asked: Scenario) -> dict[str, str]:
    found = run(asked)
    return {f.title: f.sentence for f in diagnose(asked, found.result, found.recording)}


def crowd(people: int, cost: float) -> Scenario:
    steps = (Work(exponential(0.01)),)
    return one(steps, Closed(people, constant(0.0)), cores=2, until=5.0, cores__order="shared", switch__cost=cost)


def test_more_threads_than_cores_can_run() -> None:
    """32 calls on two cores: 0.75 ms each in turn, and 0.25 ms for every switch, which is a quarter."""
    said = titles(crowd(32, 0.00025))["More threads than cores can run"]
    assert said.startswith("32 calls share 2 cores, 750 µs each in turn, and every switch costs 250 µs: 25 % of")


@pytest.mark.parametrize(("people", "cost"), [(32, 0.0), (2, 0.00025), (32, 0.00001)])
def test_who_does_not_lose_by_switching_is_left_in_peace(people: int, cost: float) -> None:
    assert "More threads than cores can run" not in titles(crowd(people, cost))


def test_out_of_memory_comes_first() -> None:
    asked = one(
        (Wait(constant(1.0)),),
        once(*[1.0 + i / 100 for i in range(12)]),
        memory=30e6,
        threads=10,
        memory__per_call=2e6,
        until=5.0,
    )
    found = run(asked)
    first = diagnose(asked, found.result, found.recording)[0]
    assert first.title == "Out of memory"
    assert first.sentence.startswith(
        "web ran out of memory once: threads and base leave 20 MB of 30 MB, which is 10 calls"
    )


def test_collections_are_told_and_weighed() -> None:
    said = titles(collecting_load(4e8))["It stops to collect"]
    assert "stopped 7 times to collect, for 200 ms on average: 4.7 % of the time" in said
    assert "It stops to collect" not in titles(collecting_load(None))


def test_no_formula_is_said_to_hold_for_cores_that_are_shared() -> None:
    asked = one((Work(exponential(0.01)),), steady(50.0), cores__order="shared")
    found = predicted("web", asked, run(asked).result)
    assert isinstance(found, NotApplicable)
    assert found.reason == "its cores are shared"
