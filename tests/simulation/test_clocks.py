"""Clocks: how far they go wrong in a day, what a synchronisation leaves, and that they may step back."""

from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.simulation.clocks import DAY, Clock
from scalegame.simulation.kernel import Kernel
from scalegame.simulation.randomness import Streams
from scalegame.simulation.scenario import Clocks


def clock(name: str, clocks: Clocks, seed: int = 1) -> tuple[Kernel, Clock]:
    kernel = Kernel()
    return kernel, Clock(kernel, Streams(seed), name, clocks)


def test_a_clock_that_nobody_sets_is_off_by_its_rate_times_the_time() -> None:
    kernel, its = clock("web-1", Clocks(drift=20.0))
    assert its.now() == 0.0
    kernel.run(DAY)
    assert its.error() == pytest.approx(its.rate * DAY, rel=1e-12)
    assert its.now() == pytest.approx(DAY + its.rate * DAY, rel=1e-12)


def test_clocks_differ_by_the_drift_of_a_day() -> None:
    """400 machines: the mean and the standard deviation of their errors within 99.9 % of what they should be."""
    errors = []
    for number in range(400):
        kernel, its = clock(f"web-{number}", Clocks(drift=15.0))
        kernel.run(DAY)
        errors.append(its.error())
    assert fmean(errors) == pytest.approx(0.0, abs=3.3 * 15.0 / 400**0.5)
    assert pstdev(errors) == pytest.approx(15.0, rel=3.3 / 800**0.5)


def test_a_synchronisation_leaves_no_more_than_its_error_and_may_step_back() -> None:
    kernel, its = clock("web-1", Clocks(drift=0.0, sync_every=10.0, sync_error=0.005))
    shown, stepped = [], 0
    for tick in range(1, 400):
        kernel.run(tick * 0.5)
        assert abs(its.error()) <= 0.005
        shown.append(its.now())
    kernel.run(210.0 - 1e-6)
    before = its.now()
    for edge in range(22, 60):
        kernel.run(edge * 10.0)
        after = its.now()
        stepped += after < before
        kernel.run((edge + 1) * 10.0 - 1e-6)
        before = its.now()
    assert stepped > 5, "half of the synchronisations set it back"


def test_between_synchronisations_it_drifts() -> None:
    kernel, its = clock("web-1", Clocks(drift=DAY / 100, sync_every=50.0, sync_error=0.0))
    kernel.run(40.0)
    assert its.error() == pytest.approx(40.0 * its.rate)
    assert its.rate != 0.0
    kernel.run(50.0)
    assert its.error() == 0.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 99.0), min_size=1, max_size=20, unique=True))
def test_what_it_says_does_not_depend_on_how_often_it_is_asked(times: list[float]) -> None:
    known = Clocks(drift=1000.0, sync_every=7.0, sync_error=0.1)
    (often, its), (once, other) = clock("web-1", known), clock("web-1", known)
    for time in sorted(times):
        often.run(time)
        its.now()
    once.run(max(times))
    assert its.now() == other.now()
