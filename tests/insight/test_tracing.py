"""Traces: the same run again, and hops that add up."""

from __future__ import annotations

import pytest

from scalegame.components import kinds
from scalegame.insight.tracing import Following, telling, traces
from scalegame.insight.trail import DIED
from scalegame.levels.packs import find
from scalegame.simulation.scenario import Scenario
from tests.scenarios import run, same, tiers


def followed(scenario: Scenario, seed: int) -> Following:
    """A run in which every request is followed, to its end."""
    following = Following(scenario, kinds(), seed)
    assert following.advance()
    return following


def test_a_traced_run_is_the_run_again() -> None:
    scenario = tiers()
    plain = run(scenario, seed=3)
    following = followed(scenario, 3)
    traced, tracer = following.run, following.tracer
    assert same(plain.result, traced.result)
    assert same(plain.recording, traced.recording)
    assert len(tracer.hops) == len(traced.world.ledger.born)


def test_hops_lie_within_their_request_and_within_each_other() -> None:
    following = followed(tiers(), 3)
    tracer, log = following.tracer, following.run.recording.requests
    found = list(traces(tiers(), kinds(), 3, log))
    assert [t["why"] for t in found][:3] == ["median", "p99", "slowest"]
    for one in found:
        hops = one["hops"]
        assert isinstance(hops, list)
        assert hops
        assert hops[0]["component"] == "web"
        inner = hops[1:]
        assert inner
        for hop in inner:
            assert (
                one["born"] < hops[0]["arrived"] < hop["arrived"] < hop["left"] < hops[0]["left"] < one["resolved"]
            )
        assert 0 <= hops[0]["waited"] <= hops[0]["left"] - hops[0]["arrived"]
    assert all(hop.left is not None for hops in tracer.hops.values() for hop in hops if hop.reply)


def test_a_crash_shows_in_the_hop_of_those_that_it_killed() -> None:
    level = find("two-is-company", kinds())
    following = followed(level.scenario(level.found), level.seeds("play", 1)[0])
    traced, tracer = following.run, following.tracer
    died = [hop for hops in tracer.hops.values() for hop in hops if hop.reply == DIED]
    assert died
    assert {(hop.replica, hop.left) for hop in died} == {("web-1", 60.0)}
    assert len(died) == sum(home.killed for home in traced.world.parts["web"].homes())


@pytest.mark.parametrize("id", ["scan-and-go", "vanishing-comment", "four-of-five"])
def test_every_kind_can_be_traced(id: str) -> None:
    level = find(id, kinds())
    winning = next(attempt for attempt in level.attempts if attempt.wins)
    from scalegame.design.edits import apply_all

    scenario = level.scenario(apply_all(level.found, winning.do, level.rulebook))
    seed = level.seeds("play", 1)[0]
    following = followed(scenario, seed)
    traced, tracer = following.run, following.tracer
    assert same(run(scenario, seed).result, traced.result)
    assert telling(traced.recording.requests)
    called = {hop.component for hops in tracer.hops.values() for hop in hops}
    assert called >= {c.id for c in scenario.board if c.kind in ("service", "cache", "database", "queue")}
