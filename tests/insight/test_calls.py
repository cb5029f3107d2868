"""What trying again does, as the diagnosis tells it."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from scalegame.design.distributions import constant
from scalegame.design.world import Size, Work
from scalegame.insight.findings import Finding
from scalegame.insight.findings.calls import find
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Open, Piece, Retries
from tests.components.test_calls import deposits
from tests.scenarios import board, clients, program, run, scenario, service, workload


def titles(live: Run) -> dict[str, Finding]:
    found = find(live.scenario, live.result, live.recording)
    return {ranked.finding.title: ranked.finding for ranked in found}


def rush(retries: Retries) -> Run:
    """100/s can be done, 80/s are asked, 240/s for ten seconds."""
    load = Open("constant", (Piece(0, 5, 80, 80), Piece(5, 15, 240, 240), Piece(15, inf, 80, 80)))
    return run(
        scenario(
            board([clients(), service(size="one", threads=5, backlog=300)], "users -> web"),
            workload(load, timeout=1.0, retries=retries),
            program(Work(constant(0.01))),
            start=50.0,
            until=60.0,
            sizes=[Size("one", 1, 1e12, 0.1)],
        )
    )


def test_an_outage_that_feeds_itself_is_called_so() -> None:
    finding = titles(rush(Retries(5)))["The cause is gone, the outage stays"]
    assert finding.sentence.startswith(
        "The rush of w was over at 15 s, and 100 % of what came more than 10 s later"
    )
    assert "People asked 80/s, and because they tried again the system was asked 400/s" in finding.sentence
    assert dict(finding.evidence) == {"tries a request": "5.0", "web busy": "100 %"}


def test_one_that_has_healed_is_not() -> None:
    assert not titles(rush(Retries(5, budget=0.1)))


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({}, "keeps no keys"),
        ({"key__kept": "apart", "replicas": 2}, "another one does not know them"),
        ({"key__kept": "with state", "key__expiry": 0.1}, "forgets a key after 100 ms"),
    ],
)
def test_what_was_done_twice_is_told_with_where_keys_are_kept(settings: dict[str, Any], word: str) -> None:
    live = deposits(1.0, timeout=0.5, attempts=2, slow=0.6, **settings)
    finding = titles(live)["Done twice"]
    assert finding.component == "teller"
    assert finding.sentence.startswith("1 of 1 requests took effect more than once")
    assert word in finding.sentence


def test_nothing_is_told_where_nothing_was_done_twice() -> None:
    assert not titles(deposits(1.0, timeout=0.5, attempts=2, slow=0.6, key__kept="with state"))
