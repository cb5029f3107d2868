from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.proving.difficulty import difficulty, room
from scalegame.proving.margins import margin
from scalegame.proving.model import AttemptProof, Margin, Sample, Searched
from scalegame.proving.plan import plans_of
from scalegame.verdict.objectives import parse
from tests.proving.hut import LEVEL, level_in


def of(text: str, *values: float) -> Margin:
    samples = [Sample(i, (value,), (None,), 1.0) for i, value in enumerate(values)]
    return margin(parse(text, [], []), 0, samples, wins=True)


def test_room_is_what_is_left_of_the_target_on_the_worst_run() -> None:
    assert room(of("latency.p99 < 400 ms", 0.1, 0.3)) == pytest.approx(0.25)
    assert room(of("latency.p99 < 400 ms", 0.5)) == pytest.approx(-0.25)
    # Of 3 % that may fail, 1 % did.
    assert room(of("availability >= 97 %", 0.99)) == pytest.approx(2 / 3)
    assert room(of("stale_reads == 0", 0.0)) == 1.0
    assert room(of("stale_reads == 0", 2.0)) == 0.0


def estimate(tmp_path: Path, worst: float, won: int, do: str = "set web size=large") -> int:
    level = level_in(tmp_path, LEVEL.replace("bigger: {do: [set web size=large]", f"bigger: {{do: [{do}]"))
    level = replace(level, attempts=level.attempts[:1])
    plans = plans_of(level, (), None)
    margins = (of("latency.p99 < 400 ms", worst),)
    proofs = [
        AttemptProof(p.attempt.name, "wins", margins, 20, 20 if p.attempt.wins else 0, (0.8, 1.0), 0, (), ())
        for p in plans
    ]
    found = difficulty(level, plans, proofs, Searched(50, won))
    assert found is not None
    assert found.parts == do.count("=") + do.count("buy")
    assert found.share == won / 50
    return found.level


def test_tight_winners_many_changes_and_rare_wins_make_a_level_hard(tmp_path: Path) -> None:
    assert estimate(tmp_path, worst=0.1, won=25) == 1
    assert estimate(tmp_path, worst=0.399, won=25) == 3
    assert estimate(tmp_path, worst=0.1, won=0) == 3
    assert estimate(tmp_path, worst=0.399, won=0) == 4
    assert estimate(tmp_path, worst=0.399, won=0, do="set web size=large threads=60, buy faster, buy slower") == 5


def test_a_level_that_nobody_wins_has_no_difficulty(tmp_path: Path) -> None:
    level = level_in(tmp_path, LEVEL)
    level = replace(level, attempts=level.attempts[-1:])
    plans = plans_of(level, (), None)
    lost = [AttemptProof(p.attempt.name, "loses", (), 1, 0, (0, 1), 0, (), ()) for p in plans]
    assert difficulty(level, plans, lost, None) is None
