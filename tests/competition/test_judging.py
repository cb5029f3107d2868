from __future__ import annotations

import json
import math
import pickle
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scalegame import ENGINE
from scalegame.cli import cli
from scalegame.competition.judging import seeds
from scalegame.competition.judging.judge import Job, jobs, judge, judgement, measured, work
from scalegame.competition.judging.patience import TooLong, within
from scalegame.competition.model.judgement import Run, from_data, to_data
from scalegame.components import kinds
from scalegame.design import price
from scalegame.errors import ScalegameError
from scalegame.levels import packs
from scalegame.levels.designs import design_text
from scalegame.simulation.result import RunResult, Slice, Times
from scalegame.simulation.run import simulate
from scalegame.verdict.judge import verdict_of
from scalegame.verdict.model import Stars
from scalegame.verdict.objectives import parse
from tests.competition.judging import WINNING, bomb, entry, exploding, tiny

SECRET = "000102030405060708090a0b0c0d0e0f"
PINNED = (7107428126731356804, 2851333098034676080)
NAME = "81740f8280ab-20"


# Seeds ---------------------------------------------------------------------------------------------------------


def test_hidden_seeds_follow_from_the_secret_and_are_the_same_for_ever() -> None:
    """Another number here, and no old contest can be judged again."""
    assert seeds.hidden(SECRET, "tiny", 2) == PINNED
    assert seeds.hidden(SECRET.upper(), "tiny", 20)[:2] == PINNED
    assert seeds.fingerprint(SECRET, 20) == NAME


def test_hidden_seeds_are_others_for_other_secrets_and_levels_and_never_known_ones() -> None:
    mine = set(seeds.hidden(SECRET, "tiny", 200))
    assert len(mine) == 200
    assert not mine & set(seeds.hidden(seeds.secret(), "tiny", 200))
    assert not mine & set(seeds.hidden(SECRET, "tiny@steep", 200))
    level = replace(tiny(), own="tiny")
    assert not mine & {*level.seeds("play", 1000), *level.seeds("proof", 1000)}
    assert all(0 <= seed < 2**63 for seed in mine)


def test_a_seed_that_everybody_knows_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = seeds.hidden(SECRET, "tiny", 3)
    monkeypatch.setattr(seeds, "_known", lambda _: frozenset({second}))
    assert seeds.hidden(SECRET, "tiny", 2) == (first, third)


def test_a_secret_has_128_bits_and_its_name_says_nothing_of_them() -> None:
    one, other = seeds.secret(), seeds.secret()
    assert one != other
    assert seeds.checked(f" {one.upper()}\n") == one
    assert len(bytes.fromhex(one)) == 16
    assert seeds.fingerprint(one, 20) != seeds.fingerprint(one, 10)
    assert one[:6] not in seeds.fingerprint(one, 20)


@pytest.mark.parametrize("text", ["", "abc", "g" * 32, "a" * 33, "٣" * 32, "0x" + "a" * 30])
def test_what_is_no_secret_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ScalegameError, match="32 digits") as caught:
        seeds.hidden(text, "tiny", 1)
    assert not text or text not in str(caught.value)


# The verdict is the game's -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "attempt"),
    [
        ("the-sinkhole", "ask-for-work"),
        ("the-sinkhole", "untouched"),
        ("first-lift", ""),
        ("worth-keeping", ""),
        ("two-is-company", "-1"),
    ],
)
def test_a_judgement_on_the_play_seeds_is_what_run_says(level: str, attempt: str, tmp_path: Path) -> None:
    chosen = packs.find(level, kinds())
    declared = {one.name: one for one in chosen.attempts}
    tried = declared.get(attempt) or list(declared.values())[int(attempt or 0)]
    handed_in = entry(chosen, *tried.do, live=tried.live)
    file = tmp_path / "design.yaml"
    file.write_text(design_text(handed_in.design))
    ran = CliRunner().invoke(cli, ["run", level, "--design", str(file), "--json"])
    said = json.loads(ran.stdout)

    given = judge(chosen, handed_in, seeds.play(chosen), seeds.PLAY)

    assert (given.won, list(given.stars)) == (said["won"], said["stars"])
    assert given.effort == said["effort_hours"]
    assert [(g.text, g.value, g.held) for g in given.goals] == [
        (o["text"], pytest.approx(o["value"], abs=0, nan_ok=True), o["held"]) for o in said["objectives"]
    ]
    assert [(r.cost, r.availability) for r in given.runs] == [
        (r["cost_per_hour"], r["availability"]) for r in said["runs"]
    ]
    assert (given.level, given.digest, given.engine, given.seeds) == (chosen.id, chosen.digest, ENGINE, "play")
    assert to_data(from_data(json.loads(json.dumps(to_data(given))))) == to_data(given)


NUMBERS = st.one_of(st.sampled_from([0.1, 0.2, 0.1 + 2e-11, math.nan, 5.0]), st.floats(0, 10))


def _result(seed: int, cost: float, latency: float, availability: float, ended: str) -> RunResult:
    none = Times.of(np.array([]))
    times = replace(none, p95=latency, p99=latency * 2)
    total = Slice(100, 90, 0, 9.0, 8.0, availability, {}, 100, times, none, none, 0, 0, 0, 0)
    return RunResult(seed, total, {}, {}, {}, cost, ended)


@given(
    runs=st.lists(
        st.tuples(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "", "", "too much"])), min_size=1, max_size=4
    ),
    pars=st.tuples(*[st.one_of(st.none(), st.sampled_from([0.1, 0.2, 3.0]))] * 2),
    parts=st.sampled_from([None, 1, 2]),
    sentences=st.lists(
        st.sampled_from(["latency.p95 < 200 ms", "latency.p99 <= 9 s", "availability >= 10 %", "cost <= $5/h"]),
        unique=True,
    ),
)
def test_a_judgement_says_what_the_verdict_of_the_game_says(
    runs: list[tuple[float, float, float, str]],
    pars: tuple[float | None, float | None],
    parts: int | None,
    sentences: list[str],
) -> None:
    objectives = tuple(parse(text, [], []) for text in sentences)
    level = replace(tiny(), objectives=objectives, stars=Stars(pars[0], pars[1], parts))
    handed_in = entry(tiny())
    scenario = level.scenario(handed_in.board)
    results = [_result(seed, *run) for seed, run in enumerate(runs)]
    made = [measured(Job(scenario, objectives, 0.0, r.seed, ()), r) for r in results]

    given = judgement(level, handed_in, "x", made)

    # What follows on a run that a limit ended is not made, so the game is not asked about it either.
    last = next((i for i, r in enumerate(results) if r.ended), len(results))
    counted = results[: last + 1]
    rulebook, board = level.rulebook, handed_in.board
    effort = price.effort(level.found, board, rulebook)
    wanted = verdict_of(objectives, level.stars, counted, parts=price.parts(board, rulebook), effort=effort)
    assert (given.won, given.stars, given.parts, given.effort) == (
        wanted.won,
        wanted.stars,
        wanted.parts,
        wanted.effort,
    )
    assert [(g.text, repr(g.value), g.held) for g in given.goals] == [
        (h.objective.text, repr(h.value), h.held) for h in wanted.objectives
    ]


def test_a_judgement_needs_a_run() -> None:
    with pytest.raises(ValueError, match="at least one run"):
        judgement(tiny(), entry(tiny()), "x", [])


def test_without_an_objective_on_latency_the_99th_percentile_is_kept() -> None:
    level = replace(tiny(), objectives=(parse("availability >= 90 %", [], []),))
    handed_in = entry(tiny(), *WINNING)
    (job,) = jobs(level, handed_in, [7])
    result = simulate(job.scenario, kinds(), 7).result
    assert work(job).latency == result.total.latency.p99


# Work ----------------------------------------------------------------------------------------------------------


def test_a_job_needs_no_file_and_is_small() -> None:
    (job,) = jobs(tiny(), entry(tiny(), *WINNING), [7])
    packed = pickle.dumps(job)
    assert len(packed) < 20_000
    assert work(pickle.loads(packed)) == work(job)


def test_a_worker_with_another_engine_gives_no_verdict() -> None:
    (job,) = jobs(tiny(), entry(tiny()), [7])
    made_with = tuple((name, "0" if name == "engine source" else value) for name, value in job.made_with)
    with pytest.raises(ScalegameError, match=r"engine source .* the judge has 0") as caught:
        work(job._replace(made_with=made_with))
    assert caught.value.title == "Not judged"


def test_a_design_that_exhausts_ends_at_the_same_event_and_has_lost() -> None:
    handed_in = exploding("300ms")
    given = judge(bomb(), handed_in, seeds.hidden(SECRET, "bomb", 20), "x")
    assert not given.won
    assert given.stars == ()
    # The other nineteen were not made.
    (run,) = given.runs
    assert "more than 50,000 calls were in flight after" in run.ended
    again = judge(bomb(), handed_in, seeds.hidden(SECRET, "bomb", 1), "x")
    too_many = judgement(bomb(), handed_in, "x", [run, Run((1.0,), 0.5, 0.1, 1.0)])
    assert to_data(again) == to_data(too_many) == to_data(given)


def test_a_design_that_asks_for_too_much_between_two_looks_at_the_clock_is_given_up_without_a_verdict() -> None:
    (job,) = jobs(bomb(), exploding("1us"), [7])
    with pytest.raises(ScalegameError, match=r"given up after 0\.5 s") as caught:
        work(job._replace(patience=0.5))
    assert caught.value.title == "Not judged"


def test_a_mistake_in_the_simulator_does_not_end_the_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise RecursionError("too deep")

    (job,) = jobs(tiny(), entry(tiny()), [7])
    monkeypatch.setattr("scalegame.competition.judging.judge.Simulated", stumble)
    with pytest.raises(ScalegameError, match="RecursionError: too deep") as caught:
        work(job)
    assert caught.value.title == "Not judged"


def test_patience_ends_what_never_ends_and_nothing_else() -> None:
    with pytest.raises(TooLong), within(0.01):
        all(number >= 0 for number in count())
    with within(60):
        done = sum(range(1000))
    assert done == 499_500
    with pytest.raises(KeyError), within(60):
        raise KeyError
