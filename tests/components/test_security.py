"""What encryption costs: round trips for each new connection, and a share of the work on what is kept."""

from __future__ import annotations

import pytest

from scalegame.design.distributions import exponential
from scalegame.design.world import Operation, Program, Read, Write
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked
from tests.scenarios import board, clients, database, run, scenario, service, steady, workload

BOTH = Program("p", {"get": Operation("get", (Read("x"),)), "put": Operation("put", (Write("x"),))})


def stored(at_rest: float) -> Run:
    work = {"work__read": exponential(0.010), "work__write": exponential(0.020)}
    return run(
        scenario(
            board(
                [clients(), service(size="many"), database(size="one", at_rest=at_rest, **work)],
                "users -> web -> db",
            ),
            workload(steady(50.0), operations={"get": Asked(3.0), "put": Asked(1.0)}, keys="x"),
            BOTH,
            until=60.0,
        )
    )


@pytest.mark.parametrize("share", [0.05, 0.10])
def test_encryption_at_rest_costs_its_share_of_the_work_and_more_of_the_wait(share: float) -> None:
    """The same draws take so much longer; at 60 % busy the wait grows faster than the work."""
    plain, dear = stored(0.0).result, stored(share).result
    assert dear.components["db"].utilisation == pytest.approx(
        plain.components["db"].utilisation * (1 + share), rel=0.003
    )
    assert dear.total.latency.mean > plain.total.latency.mean * (1 + 1.5 * share)


def test_without_it_nothing_changes() -> None:
    assert stored(0.0).result.steps == stored(0.0).result.steps
    assert stored(0.0).result.total.latency.mean < stored(1e-6).result.total.latency.mean
