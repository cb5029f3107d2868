"""What nobody declared must lose: generated attempts, and what a search finds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels.model import Level
from scalegame.proving import as_json, prove, report
from scalegame.proving.generate import generated
from scalegame.proving.model import Proof, Trial
from scalegame.proving.plan import plans_of
from scalegame.proving.search import MOST_FINDS, designs, least, told
from tests.proving.hut import LEVEL, level_in

ABOUT = LEVEL.replace("\nbrief:", "\nmechanism: [web.size, faster]\nbrief:")
#: A project that nobody wrote an attempt with, and that does it all for less.
MAGIC = ABOUT.replace(
    "projects:\n", "projects:\n  magic: {effort: 1 h, set: {till.sell.work: {exponential: 2 ms}}}\n"
)
#: More threads help, since there is no time-out; no attempt does it.
EASY = ABOUT.replace("poisson: 80/s", "poisson: 30/s").replace("threads: 50, backlog: 1", "threads: 1, backlog: 1")


def gate(level: Level, **more: object) -> Proof:
    return prove(level, kinds(), **{"workers": 0, "search": 0, **more})  # type: ignore[arg-type]


def trials(proof: Proof) -> dict[str, Trial]:
    return {trial.name: trial for trial in proof.trials}


def test_what_follows_from_a_level(tmp_path: Path) -> None:
    proof = gate(level_in(tmp_path, ABOUT))
    assert proof.proved, "\n".join(report(proof))
    assert proof.full is False  # not without a search
    found = trials(proof)
    assert {name: (t.outcome, t.note) for name, t in found.items()} == {
        "max web.size": ("loses", "the board of huge"),
        "max web.threads": ("loses", "the board of threads"),
        "everything": ("loses", ""),
        "bigger without web.size": ("loses", "the board of untouched"),
        "faster without faster": ("loses", "the board of untouched"),
    }
    # What loses without luck is seen once.
    assert found["everything"].runs == 1
    assert found["everything"].do == ("set web size=huge", "buy faster", "buy slower")
    assert found["everything"].deciding in ("cost <= $1.00/h", "effort <= 20 h")


def test_a_winner_that_does_not_need_what_the_level_is_about(tmp_path: Path) -> None:
    text = LEVEL.replace("\nbrief:", "\nmechanism: [web.size]\nbrief:")
    proof = gate(level_in(tmp_path, text))
    assert not proof.proved
    told = "\n".join(report(proof))
    assert "problem: faster without web.size: wins: it is the board of faster" in told
    assert 'accepts: {"faster without web.size": "…"}' in told
    # The author may mean it; the reason is printed.
    accepted = text.replace("\nbrief:", "\naccepts: {faster without web.size: Thinking is allowed.}\nbrief:")
    proof = gate(level_in(tmp_path, accepted))
    assert proof.proved
    assert "accepted: faster without web.size: Thinking is allowed." in report(proof)
    (given,) = [t for t in as_json(proof)["generated"] if t["accepted"]]  # type: ignore[attr-defined]
    assert given["name"] == "faster without web.size"


def test_without_a_mechanism_one_change_of_a_winner_has_to_be_needed(tmp_path: Path) -> None:
    text = LEVEL.replace("bigger: {do: [set web size=large]", "bigger: {do: [set web size=large threads=60]")
    proof = gate(level_in(tmp_path, text))
    assert proof.proved, "\n".join(report(proof))
    found = trials(proof)
    assert found["bigger without set web size=large"].outcome == "loses"
    assert found["bigger without set web threads=60"].outcome == "wins"
    assert "bigger without set web threads=60: not needed, it wins all the same" in proof.notes
    # Where either of two changes would have done, neither is needed.
    both = text.replace("large threads=60]", "large, buy faster]").replace(
        "faster: {do: [buy faster]", "other: {do: [set web size=large threads=70]"
    )
    told = "\n".join(report(gate(level_in(tmp_path, both), seeds=8)))
    assert "problem: bigger wins without any one of its changes: none of them is needed" in told


def test_a_maximum_that_wins_and_is_no_idea_of_the_author(tmp_path: Path) -> None:
    proof = gate(level_in(tmp_path, EASY), seeds=12)
    assert trials(proof)["max web.threads"].note == "the board of threads"
    # `threads` is declared to lose, and does not: that is its own problem.
    assert any("threads" in line for line in report(proof) if line.startswith("problem"))
    text = EASY.replace("  threads: {do: [set web threads=200]", "  threads: {do: [set web threads=190]")
    proof = gate(level_in(tmp_path, text), seeds=12)
    found = trials(proof)["max web.threads"]
    assert found.outcome == "wins"
    # Sure of it after eight runs, or no more than were asked for.
    assert 8 <= found.runs <= 12
    assert found.problem.startswith("wins 100% of its runs")
    assert "raise what it costs by more than $0.90/h" in found.advice[0]


def test_a_search_finds_what_the_author_did_not_see(tmp_path: Path) -> None:
    proof = gate(level_in(tmp_path, MAGIC), search=10)
    assert not proof.proved
    assert proof.search is not None
    assert proof.search.designs == 10
    assert 0 < proof.search.won <= 10
    # Other finds that are this one and something more are not told.
    (find,) = [trial for trial in proof.search.finds if "buy magic" in trial.do]
    assert find.name == "search: buy magic"
    assert (find.effort, find.problem.startswith("wins 100%")) == (1.0, True)
    accepted = MAGIC.replace("\nbrief:", '\naccepts: {"search: buy magic": It is magic.}\nbrief:')
    proof = gate(level_in(tmp_path, accepted), search=10)
    assert "accepted: search: buy magic: It is magic." in report(proof)


def test_a_search_tries_the_same_designs_each_time_and_none_twice(tmp_path: Path) -> None:
    level = level_in(tmp_path, ABOUT)
    plans = plans_of(level, level.seeds("proof", 3), None)
    tried = designs(level, plans, 40)
    assert [design.do for design in tried] == [design.do for design in designs(level, plans, 40)]
    assert len({design.do for design in tried}) == len(tried)
    declared = {attempt.do for attempt in level.attempts}
    assert not declared & {design.do for design in tried}
    # Nothing that its price alone loses.
    assert not any("huge" in line or "slower" in line for design in tried for line in design.do)
    assert designs(level, plans, 3) == tried[:3]


def test_a_find_with_something_added_is_the_same_find() -> None:
    def find(*do: str, cost: float = 1.0) -> Trial:
        return Trial(f"search: {', '.join(do)}", do, (), "wins", 20, 20, (0.8, 1.0), "", cost, 0.0)

    small, more = find("set web size=large"), find("set web size=large threads=9", cost=0.5)
    other = find("buy faster", cost=0.1)
    assert least([more, small, other]) == (other, small)
    # What is accepted takes no other find's place.
    many = [find(f"buy p{i}") for i in range(MOST_FINDS + 2)]
    accepted = [replace(trial, accepted="It may.") for trial in many]
    assert told(many) == tuple(many[:MOST_FINDS])
    assert told([*accepted, *many]) == (*accepted, *many[:MOST_FINDS])


def test_where_the_gate_is_run_does_not_matter(tmp_path: Path) -> None:
    level = level_in(tmp_path, MAGIC)
    alone = gate(level, seeds=8, search=6)
    with ThreadPoolExecutor(3) as threads:
        assert as_json(gate(level, seeds=8, search=6, executor=threads)) == as_json(alone)
    assert json.dumps(as_json(alone), allow_nan=False)


def test_a_board_that_cannot_start_begins_with_the_least_that_does(tmp_path: Path) -> None:
    text = LEVEL.replace("wires:\n  - guests -> web\n", "")
    text = text.replace("do: [set", "do: [wire guests -> web, set").replace(
        "do: [buy", "do: [wire guests -> web, buy"
    )
    level = level_in(tmp_path, text)
    found = {c.name: c for c in generated(level, plans_of(level, (), None))}
    assert all("wire guests -> web" in found[name].do for name in ("max web.size", "everything"))
    assert found["bigger without set web size=large"].why_not == ""
    assert "guests" in found["bigger without wire guests -> web"].why_not


@pytest.mark.parametrize("seeds", [8, 20])
def test_a_refuted_winner_is_given_up_early(tmp_path: Path, seeds: int) -> None:
    text = LEVEL.replace("threads=200], expect: {loses: latency.p99}", "threads=200], expect: wins")
    proof = gate(level_in(tmp_path, text), generate=False, seeds=seeds)
    threads = next(a for a in proof.attempts if a.name == "threads")
    assert (threads.runs, threads.won) == (8, 0)
    assert threads.interval[1] < 0.5
    assert threads.advice[0].startswith("does not win at all: wins 0% (0% to 37%): availability")
