"""Duplicates and losses on the screen: what a goal measures so far, what wakes somebody, what may be asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.run import simulate
from scalegame.tui.board.surroundings import GOALS
from scalegame.tui.watch.alert_objectives import of_objectives
from scalegame.tui.watch.sofar import value_so_far
from scalegame.verdict.judge import measure
from scalegame.verdict.objectives import parse
from tests.tui.playing import WINNING, tiny

COLUMNS = {"duplicates": "doubled", "lost": "lost"}


@cache
def run() -> tuple[Recording, RunResult]:
    level = tiny()
    live = simulate(level.scenario(edits.apply_all(level.found, WINNING, level.rulebook)), kinds(), 1)
    return live.recording, live.result


def marred(metric: str, step: int) -> tuple[Recording, RunResult, int]:
    """A run in which every so-manieth request is marred."""
    recording, result = run()
    log = recording.requests
    hit = (np.arange(len(log.born)) % step == 0).astype(np.int64)
    found = replace(recording, requests=replace(log, **{COLUMNS[metric]: hit}))
    return found, replace(result, total=replace(result.total, **{metric: int(hit.sum())})), int(hit.sum())


@pytest.mark.parametrize("metric", COLUMNS)
def test_what_a_goal_measures_so_far_ends_at_what_the_result_says(metric: str) -> None:
    recording, result, count = marred(metric, 7)
    end = float(recording.times[-1])
    for text in (f"{metric} == 0", f"{metric} <= 1 %"):
        objective = parse(text, (), ())
        late, half = (
            value_so_far(objective, recording, result, tiny().window, t, 0.0) for t in (end - 1e-9, end / 2)
        )
        assert late == pytest.approx(measure(objective, result, 0.0, 0.0))
        assert half > 0
        if "%" not in text:
            assert 0 < half < late == count


@pytest.mark.parametrize("metric", COLUMNS)
def test_an_alert_fires_where_more_go_wrong_than_a_goal_allows(metric: str) -> None:
    recording, _, _ = marred(metric, 7)
    strict, lax = (
        list(of_objectives([parse(f"{metric} {t}", (), ())], recording, tiny().window))
        for t in ("== 0", "<= 50 %")
    )
    rule = next(rule for rule in strict if rule.name == metric)
    assert rule.on.any()
    assert not next(rule for rule in lax if rule.name == metric).on.any()


@pytest.mark.parametrize("metric", COLUMNS)
def test_what_is_offered_can_be_asked_for(metric: str) -> None:
    for target in GOALS[metric]:
        assert parse(f"{metric} {target}", (), ()).metric == metric
