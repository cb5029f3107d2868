"""What a diagnosis says where the way takes longer than the work."""

from __future__ import annotations

from typing import Any

import pytest

from scalegame.design.distributions import constant
from scalegame.design.world import Read, Work
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Profile
from scalegame.units import Dimension
from scalegame.verdict.judge import verdict_of
from scalegame.verdict.model import Objective, Stars
from tests.scenarios import board, clients, database, program, run, scenario, service, steady, workload

TITLE = "It is the way, not the work"
GOAL = Objective("latency.p95 < 250 ms", "", "latency", "p95", "<", 0.25, Dimension.TIME)


def asked(times: int, away: float, work: float = 0.004, **db: Any) -> Run:
    """A service that reads something several times, one after the other, at another place."""
    cards = [clients(), service(size="many"), database(at="far", **db)]
    links = {("here", "far"): Profile(constant(away))}
    steps = (Work(constant(work)), *[Read("x")] * times)
    return run(scenario(board(cards, "users -> web -> db"), workload(steady(20.0)), program(*steps), links=links))


def told(live: Run) -> list[Finding]:
    verdict = verdict_of((GOAL,), Stars(), [live.result], parts=2, effort=0.0)
    return list(diagnose(live.scenario, live.result, live.recording, verdict))


def test_trips_that_are_most_of_a_lost_latency_come_before_all_else() -> None:
    """6 x 160 ms, 6 x 1 ms and 4 ms: 970 ms; what is under way at the edges of the window evens out."""
    first, *others = told(asked(6, 0.08))
    assert first.title == TITLE
    assert first.component == "web"
    trips, rest = first.sentence.split(" trips of 160 ms from web to db and back make ")
    assert float(trips) == pytest.approx(6.0, abs=0.4)
    assert "of the 970 ms that a request of w takes on average" in rest
    assert ("from", "here to far") in first.evidence
    assert "Nobody waits" in [finding.title for finding in others]


def test_trips_to_a_copy_that_stands_here_are_none() -> None:
    copied = asked(6, 0.08, read_replicas=1, replica_at="here", reads="any")
    assert copied.result.total.latency.mean < 0.6
    trips = [float(f.sentence.split()[0]) for f in told(copied) if f.title == TITLE]
    assert trips == [pytest.approx(3.0, abs=0.3)]


def test_work_that_takes_longer_than_the_way_is_not_called_distance() -> None:
    assert TITLE not in [finding.title for finding in told(asked(1, 0.08, work=0.3))]


def test_distance_is_not_mentioned_where_no_latency_was_lost() -> None:
    assert TITLE not in [finding.title for finding in told(asked(1, 0.08))]
