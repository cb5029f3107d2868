"""The simulator against the closed forms of queueing theory, over twenty fixed seeds.

A statistic agrees when the 99.9 % t-interval over the seeds contains what theory says, *and* its half-width is
at most 2 % of the mean: an interval so wide that it contains anything proves nothing. One test a model, so
that its twenty runs are made once.
"""

import pytest

from scalegame.insight import queueing_networks
from tests.fidelity.models import MODELS, PRECISE, SEEDS, WAY, Estimate, estimate, forked, runs, shorter
from tests.scenarios import result

#: What a run of affordable length cannot pin down to 2 %: rare waits in wide stations; and waits that are but a
#: part of a time, which is pinned down.
LEFT_OUT = {
    ("M/D/1", "wait"),
    ("M/G/1 log-normal", "wait"),
    ("M/G/1 percentiles", "wait"),
    ("M/M/1 last come", "wait"),
    ("M/M/8", "wait"),
    ("M/M/8", "queue"),
    ("M/M/8", "wait p99"),
    ("Jackson network", "wait web"),
    ("Jackson network", "wait tier2"),
    ("Jackson network", "wait tier3"),
}


@pytest.mark.parametrize("name", MODELS)
def test_agrees_with_theory(name: str) -> None:
    model = MODELS[name](1.0)
    wrong = {}
    for statistic, value in model.theory.items():
        found = estimate([model.read[statistic](r) for r in runs(name)])
        if (name, statistic) in LEFT_OUT:
            assert abs(found.mean - value) <= found.half, (statistic, value, found)
        elif not found.agrees(value):
            wrong[statistic] = (value, found)
    assert not wrong


#: By what a mutant is caught, and how much of the run is enough to be as precise; else by the mean time.
MUTANT = {
    "M/M/1 shared": ("busy", 0.55),
    "M/G/1 priority": ("busy", 0.3),
    "M/M/8": ("busy", 0.65),
    "M/D/1": ("busy", 0.8),
    "closed network": ("busy web", 0.5),
    "LRU, zipf 0.8": ("misses", 1.0),
    "LRU, zipf 1.1": ("misses", 1.0),
    "time to live": ("misses", 0.5),
}
#: One of each family is enough: that the interval is narrow, and what is outside wrong, is the same check for all.
FAMILIES = ("M/M/1", "M/M/3/8", "Erlang B", *MUTANT)


@pytest.mark.parametrize("name", FAMILIES)
def test_work_that_takes_five_per_cent_too_long_is_noticed(name: str) -> None:
    """A simulator that is wrong by so little fails the same check, although it is precise enough to pass."""
    statistic, share = MUTANT.get(name, ("time", 0.25))
    model, mutant = MODELS[name](1.0), MODELS[name](1.05)
    scenario = shorter(mutant.scenario, share)
    found = estimate([model.read[statistic](result(scenario, seed)) for seed in SEEDS])
    assert found.half <= PRECISE * found.mean
    assert not found.agrees(model.theory[statistic])


@pytest.mark.parametrize("parts", [4, 8])
def test_more_than_two_parts_take_as_long_as_lies_between_the_bounds(parts: int) -> None:
    """No closed form is known for more than two; both bounds are far enough away to be missed by neither side."""
    low, high = queueing_networks.fork_join_bounds(600.0, 0.001, parts)
    every = [result(forked(600.0, 0.001, parts, 1_200), seed) for seed in SEEDS]
    found = estimate([r.total.latency.mean - 2 * WAY for r in every])
    assert low < found.mean - found.half
    assert found.mean + found.half < high
    assert high / low < 1.9


def test_the_check_itself_can_fail() -> None:
    assert Estimate(1.0, 0.01).agrees(1.005)
    assert not Estimate(1.0, 0.01).agrees(1.02), "theory is outside"
    assert not Estimate(1.0, 0.03).agrees(1.0), "too wide to mean anything"
