from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from scalegame.components import kinds
from scalegame.proving import prove
from scalegame.proving.advice import cure
from scalegame.units import Dimension, parse
from tests.proving.hut import LEVEL, level_in


def advice(tmp_path: Path, text: str) -> dict[str, tuple[str, ...]]:
    proof = prove(level_in(tmp_path, text), kinds(), seeds=12, generate=False, search=0, workers=0)
    return {attempt.name: attempt.advice for attempt in proof.attempts if attempt.advice}


def test_a_threshold_that_is_too_tight_is_told_a_better_one_and_that_one_will_do(tmp_path: Path) -> None:
    told = advice(tmp_path, LEVEL.replace("latency.p99 < 400 ms", "latency.p99 < 95 ms"))
    (text,) = told["bigger"]
    assert text.startswith("too tight: wins ")
    assert "target 95 ms: ask for " in text
    better = re.search(r"ask for ([0-9.]+ ms)", text)
    assert better is not None
    assert parse(better[1], Dimension.TIME) > 0.095
    assert "bigger" not in advice(tmp_path, LEVEL.replace("latency.p99 < 400 ms", f"latency.p99 < {better[1]}"))


def test_a_threshold_that_losers_meet_too(tmp_path: Path) -> None:
    told = advice(tmp_path, LEVEL.replace("{loses: availability}", "{loses: latency.p99}"))
    (text,) = told["fewer"]
    assert text.startswith("does not lose by this: meets it on every run, wins 0%")
    # Winners need 110 ms, and it takes 235: there is a threshold between them.
    better = re.search(r"ask for ([0-9.]+ ms) \(the losers leave room up to", text)
    assert better is not None
    near = LEVEL.replace("{loses: availability}", "{loses: latency.p99}").replace(
        "p99 < 400 ms", f"p99 < {better[1]}"
    )
    assert "fewer" not in advice(tmp_path, near)


def test_a_decoy_that_wins_has_to_be_declared_otherwise(tmp_path: Path) -> None:
    text = LEVEL.replace("[buy faster], expect: wins", "[buy faster], expect: {loses: latency.p99}")
    (told,) = advice(tmp_path, text)["faster"]
    assert "no threshold has the winners on one side" in told or "declare what it does lose by" in told


def test_a_loser_is_told_what_it_misses_on_every_run(tmp_path: Path) -> None:
    told = advice(tmp_path, LEVEL.replace("{loses: availability}", "{loses: latency.p99}"))
    assert "on every run it misses availability >= 97 %: that it can be declared to lose by" in told["fewer"][0]


def test_no_threshold_helps_a_winner_that_does_not_answer(tmp_path: Path) -> None:
    text = LEVEL.replace("threads=5], expect: {loses: availability}", "threads=5], expect: wins")
    (told, *_) = advice(tmp_path, text)["fewer"]
    assert told.startswith("does not win at all: wins 0%")
    assert "availability >= 97 %: it is" in told


def test_what_scatters_too_widely_is_not_sent_below_nought(tmp_path: Path) -> None:
    proof = prove(level_in(tmp_path, LEVEL), kinds(), seeds=3, generate=False, search=0, workers=0)
    wide = [
        replace(a, margins=tuple(replace(m, deviation=m.mean) for m in a.margins)) if a.name == "threads" else a
        for a in proof.attempts
    ]
    (loser,) = (a for a in wide if a.name == "threads")
    (late,) = (m for m in loser.margins if m.objective.metric == "latency")
    told = cure(late, wide, False)
    assert "differs so much from run to run" in told
    assert "-" not in told


def test_nothing_is_advised_where_nothing_is_wrong(tmp_path: Path) -> None:
    assert advice(tmp_path, LEVEL) == {}
