from __future__ import annotations

import math
from pathlib import Path

import pytest

from scalegame.levels.model import Level
from scalegame.proving.generate import Candidate
from scalegame.proving.model import Sample
from scalegame.proving.sequential import has_won, margins_of, refuted, sure
from scalegame.proving.statistics import tolerance_factor
from scalegame.proving.trials import settled
from tests.proving.hut import LEVEL, level_in


@pytest.fixture
def level(tmp_path: Path) -> Level:
    return level_in(tmp_path, LEVEL)


def run(p99: float, failures: int = 0, cost: float = 0.1, effort: float = 0.0) -> Sample:
    """A run of the hut: availability, latency, cost, effort."""
    values = (1 - failures / 800, p99, cost, effort)
    return Sample(0, values, ((failures, 800), None, None, None), cost)


def candidate(level: Level) -> Candidate:
    return Candidate("any", level.found, ())


def wavering(middle: float, width: float, count: int) -> list[Sample]:
    return [run(middle + (width if i % 2 else -width)) for i in range(count)]


def test_a_quantity_is_sure_when_the_tolerance_factor_says_so(level: Level) -> None:
    # The target is 400 ms. Of eight runs at m ± w the deviation is w · √(8/7).
    width = 0.010
    needed = 0.4 + tolerance_factor(8, 0.99, 0.999) * width * math.sqrt(8 / 7)
    assert sure(margins_of(level, wavering(needed * 1.001, width, 8), wins=False), wins=False)
    assert not sure(margins_of(level, wavering(needed * 0.999, width, 8), wins=False), wins=False)
    # Four are never enough.
    assert not sure(margins_of(level, wavering(9.0, width, 4), wins=False), wins=False)


def test_a_win_is_sure_when_every_objective_is(level: Level) -> None:
    assert sure(margins_of(level, [run(0.1)] * 8, wins=True), wins=True)
    tight = [run(0.39 + i / 1000) for i in range(8)]
    assert not sure(margins_of(level, tight, wins=True), wins=True)
    near = [run(0.1, failures=20)] * 8
    assert not sure(margins_of(level, near, wins=True), wins=True)


def test_what_loses_without_luck_is_looked_at_once(level: Level) -> None:
    assert settled(level, candidate(level), [run(0.1, effort=30.0)])
    assert not settled(level, candidate(level), [run(9.0)])
    # What a run changes about its cost may be luck: the board as found costs $0.10/h.
    assert not settled(level, candidate(level), [run(0.1, cost=2.0)])
    assert settled(level, candidate(level), [run(9.0)] * 5)


def test_what_wins_is_looked_at_until_the_share_is_known(level: Level) -> None:
    assert not settled(level, candidate(level), [run(0.1)] * 5)
    assert settled(level, candidate(level), [run(0.1)] * 8)
    assert not settled(level, candidate(level), [run(0.1)] * 11 + [run(9.0)])


def test_a_declaration_is_given_up_after_eight_runs_at_the_earliest(level: Level) -> None:
    bigger = next(a for a in level.attempts if a.name == "bigger")
    threads = next(a for a in level.attempts if a.name == "threads")
    assert not refuted(level, bigger, [run(9.0)] * 7)
    assert refuted(level, bigger, [run(9.0)] * 8)
    # One miss in eight may be the one in a hundred.
    assert not refuted(level, bigger, [run(9.0)] + [run(0.1)] * 7)
    assert refuted(level, threads, [run(0.1)] * 3 + [run(9.0)] * 5)
    assert not refuted(level, threads, [run(9.0)] * 8)


def test_a_run_that_a_limit_ended_is_lost(level: Level) -> None:
    assert has_won(level, run(0.1))
    assert not has_won(level, Sample(0, run(0.1).values, run(0.1).counts, 0.1, ended="too many requests"))
