"""Writes that are ordered by the clocks of their writers, and what that loses."""

from dataclasses import replace
from typing import Any

import pytest

from scalegame.design.distributions import constant
from scalegame.design.world import Operation, Program, Write
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.insight.tracing import traces
from scalegame.simulation.clocks import Clock
from scalegame.simulation.kernel import Kernel
from scalegame.simulation.randomness import Streams
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Clocks, Scenario
from tests.scenarios import KINDS, board, clients, database, once, outcomes, part, run, scenario, workload

ERROR = 1.0


def two_writers(gap: float, newest: str = "by clock", clocks: Clocks | None = None) -> Scenario:
    """`a` writes the one key at 5 s, `b` so much later; each by a machine of its own."""
    programs = [Program(name, {name: Operation(name, (Write("x"),))}) for name in ("first", "second")]
    cards = [
        clients("ann", "a"),
        clients("bob", "b"),
        part("west", "service", runs="first", size="many", threads=9),
        part("east", "service", runs="second", size="many", threads=9),
        database(work__write=constant(0.0), newest=newest),
    ]
    loads = [
        workload(once(5.0), "a", operations={"first": Asked(1.0)}),
        workload(once(5.0 + gap), "b", operations={"second": Asked(1.0)}),
    ]
    known = scenario(board(cards, "ann -> west -> db", "bob -> east -> db"), loads, programs)
    return replace(known, clocks=clocks)


def lead(seed: int) -> float:
    """How far the clock of `west` is ahead of that of `east`, from the streams alone."""
    known = Clocks(drift=0.0, sync_every=1000.0, sync_error=ERROR)
    west, east = (Clock(Kernel(), Streams(seed), f"{id}-1", known).error() for id in ("west", "east"))
    return west - east


def made(seed: int, gap: float, newest: str = "by clock") -> Run:
    return run(two_writers(gap, newest, Clocks(drift=0.0, sync_every=1000.0, sync_error=ERROR)), seed)


@pytest.mark.parametrize("seed", range(8))
def test_the_later_write_is_dropped_if_the_earlier_writers_clock_is_further_ahead(seed: int) -> None:
    live = made(seed, 0.25)
    gone = lead(seed) > 0.25
    assert outcomes(live.recording) == ["ok", "ok"], "nobody is told"
    assert live.recording.requests.lost.tolist() == [0, int(gone)]
    assert live.result.total.lost == live.world.parts["db"].counts()["dropped_as_older"] == int(gone)


def test_how_often_it_is_dropped_is_what_the_difference_of_two_errors_says() -> None:
    """Two errors, uniform within e, are more than d apart in one direction in (2e - d)^2 / 8e^2 of all cases."""
    share, seeds = (2 * ERROR - 0.25) ** 2 / 8 / ERROR**2, 400
    found = sum(lead(seed) > 0.25 for seed in range(seeds)) / seeds
    assert found == pytest.approx(share, abs=3.3 * (share * (1 - share) / seeds) ** 0.5)
    assert sum(made(seed, 0.25).result.total.lost for seed in range(60)) == sum(lead(s) > 0.25 for s in range(60))


@pytest.mark.parametrize("seed", range(4))
def test_by_arrival_no_clock_matters(seed: int) -> None:
    assert made(seed, 0.25, "by arrival").result.total.lost == 0
    assert run(two_writers(0.25), seed).result.total.lost == 0, "and by clocks that are right none is lost"


def test_a_gap_wider_than_the_clocks_differ_loses_nothing() -> None:
    assert not any(made(seed, 2 * ERROR).result.total.lost for seed in range(8))


def findings_of(live: Run) -> tuple[Finding, ...]:
    return diagnose(live.scenario, live.result, live.recording)


def test_the_diagnosis_names_the_clocks() -> None:
    seed = next(seed for seed in range(99) if lead(seed) > 0.25)
    (found,) = (f for f in findings_of(made(seed, 0.25)) if f.title == "Whose clock says so")
    assert found.component == "db"
    assert "took 1 of 2 writes for older" in found.sentence
    assert not any(f.title == "Whose clock says so" for f in findings_of(made(seed, 0.25, "by arrival")))


def test_a_trace_shows_what_each_machines_clock_showed() -> None:
    live = made(1, 0.25)
    lines: list[Any] = list(traces(live.scenario, KINDS, 1, live.recording.requests))
    hops = [hop for line in lines for hop in line["hops"]]
    shown = {hop["replica"]: hop["clock"] - hop["arrived"] for hop in hops}
    known = Clocks(drift=0.0, sync_every=1000.0, sync_error=ERROR)
    names = ("west-1", "east-1", "db-1")
    assert shown == {name: pytest.approx(Clock(Kernel(), Streams(1), name, known).error()) for name in names}
