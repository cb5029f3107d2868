"""How the teams' values are spread."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.competition.model.judgement import Goal, Judgement, Run
from scalegame.competition.ranking.histograms import best, histograms


def judged(cost: float, latency: float, availability: float, parts: int, won: bool = True) -> Judgement:
    run = Run((latency,), cost, latency, availability)
    return Judgement("a", "d", "e", "s", won, (), (Goal("g", latency, won),), parts, 0.0, (run, run))


DESIGNS = st.builds(
    judged,
    cost=st.integers(0, 100_000).map(lambda cents: cents / 1000),
    latency=st.one_of(st.floats(1e-6, 100), st.just(math.nan)),
    availability=st.one_of(st.floats(0, 1), st.sampled_from([1.0, 0.999, 0.99999, 0.9999999])),
    parts=st.integers(0, 60),
    won=st.booleans(),
)


@given(st.lists(st.lists(DESIGNS, max_size=3), max_size=6))
def test_each_team_that_has_won_counts_once_at_its_best(teams: list[list[Judgement]]) -> None:
    winners = [[j for j in team if j.won] for team in teams]
    for axis, histogram in histograms(teams).items():
        values = [best(axis, team) for team in winners if team]
        assert sum(histogram.counts) == sum(math.isfinite(value) for value in values)
        assert list(histogram.edges) == sorted(set(histogram.edges))
        assert len(histogram.counts) == len(histogram.edges) - 1 <= 14
        assert all(histogram.counts[histogram.bucket(value)] for value in values if math.isfinite(value))


def test_the_best_value_of_a_team_is_of_designs_that_win() -> None:
    team = [judged(1, 0.1, 1, 3, won=False), judged(3, 0.2, 0.99, 5), judged(2, 0.4, 0.999, 6)]
    assert [best(axis, team[1:]) for axis in ("cost", "latency", "availability", "parts")] == [2, 0.2, 0.999, 5]  # type: ignore[arg-type]
    cost = histograms([team])["cost"]
    assert cost.edges[cost.bucket(2.0)] <= 2.0 <= cost.edges[cost.bucket(2.0) + 1]
    assert sum(cost.counts) == 1


@pytest.mark.parametrize("value", [1.0, 0.9999999, 0.99999])
def test_all_is_answered_is_a_bucket_that_ends_at_one(value: float) -> None:
    histogram = histograms([[judged(1, 0.1, value, 3)], [judged(1, 0.1, 0.99, 3)]])["availability"]
    assert histogram.edges[-1] == 1.0
    assert histogram.counts[-1] == 1
    assert histogram.bucket(1.0) == len(histogram.counts) - 1


def test_nines_are_equally_far_apart() -> None:
    teams = [[judged(1, 0.1, 1 - 10.0**-nines, 3)] for nines in (1, 2, 3, 4)]
    histogram = histograms(teams)["availability"]
    where = [histogram.bucket(best("availability", team)) for team in teams]
    assert where == sorted(set(where))


def test_of_nobody_there_is_an_empty_histogram() -> None:
    assert all(sum(histogram.counts) == 0 for histogram in histograms([[], []]).values())
