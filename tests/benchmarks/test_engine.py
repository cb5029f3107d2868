"""The engine beside textbook SimPy: figures are printed (`pytest -s`), and only their truth is asserted.

`SCALEGAME_BENCH=long` takes longer runs and more rounds, for figures to be quoted.
"""

import os
from collections.abc import Callable
from statistics import fmean

import pytest

from scalegame.components import kinds
from scalegame.simulation.run import simulate
from tests.benchmarks import report, textbook

LONG = os.environ.get("SCALEGAME_BENCH") == "long"


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[object], None]:
    """Prints even where pytest keeps output to itself."""

    def line(what: object) -> None:
        with capsys.disabled():
            print(f"\n  {what}", end="")

    return line


def test_ratios_to_textbook_simpy(tell, record_property) -> None:
    found = report.ratios(rounds=9, stretch=3.0) if LONG else report.ratios(rounds=1, stretch=0.75)
    for ratio in found:
        tell(ratio)
        record_property(ratio.name, round(ratio.ratio, 2))
        assert ratio.ratio > 0


def test_the_chain_is_the_one_that_the_textbook_models_in_full() -> None:
    start, until = 8.0, 15.0  # the cold cache has been filled, and the flood behind it has drained
    ours, theirs = [], []
    for seed in (1, 2):
        log = simulate(report.scenario("three-tier", until), kinds(), seed).recording.requests
        ours += (log.resolved - log.born)[log.born >= start].tolist()
        ended = textbook.three_tier_in_full(round(until * textbook.RATE), seed)
        theirs += [latency for born, latency in ended if born >= start]
    assert len(ours) == pytest.approx(len(theirs), rel=0.03)
    assert fmean(ours) == pytest.approx(fmean(theirs), rel=0.04)
    ours.sort()
    theirs.sort()
    for p in (0.5, 0.9, 0.99):
        assert ours[int(p * len(ours))] == pytest.approx(theirs[int(p * len(theirs))], rel=0.06)


def test_one_core_is_the_one_of_the_textbooks() -> None:
    """M/M/1: mean sojourn 1/(500 - 400) s = 10 ms, and a millisecond each way."""
    result = simulate(report.scenario("single", 100.0), kinds(), 1).result
    theirs = textbook.single_server(40_000, 1)
    assert result.total.latency.mean == pytest.approx(0.012, rel=0.1)
    assert fmean(theirs) == pytest.approx(0.012, rel=0.1)
    assert result.components["web"].utilisation == pytest.approx(0.8, rel=0.02)


def test_a_verdict(tell) -> None:
    seconds, requests = report.verdict()
    tell(f"verdict: {seconds:.2f} s for three seeds of {requests:,} requests in two processes")
    assert requests > 20_000


def test_start_up(tell) -> None:
    found = report.start_ups(1 if not LONG else 5)
    for name, seconds in found.items():
        tell(f"{name}: {seconds:.2f} s")
    assert min(found, key=found.__getitem__) == "the interpreter alone"
