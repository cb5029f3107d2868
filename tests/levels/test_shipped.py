"""Every shipped level: it can be played, it is written as levels are, and it is proved to teach."""

from __future__ import annotations

import hashlib

import pytest

from scalegame.components import kinds
from scalegame.levels.model import Level
from scalegame.levels.packs import index, shipped
from scalegame.proving.certificate import engine_hash, is_current, read_certificate
from scalegame.proving.prove import prove
from scalegame.proving.report import report
from scalegame.proving.sampling import sample

LEVELS = {level.id: level for level in shipped(kinds())}
#: Levels whose proof takes about ten seconds and not up to a minute. `scalegame prove --sample` chooses among all.
CHEAP = ("first-lift", "charged-twice")
#: Those without a current certificate, and a cheap one that has it: with another engine, maybe another one.
STALE = [level.id for level in sample(LEVELS.values(), 0)[0]]
CHOSEN = [level.id for level in sample([LEVELS[id] for id in CHEAP], 1)[1]]


def test_the_campaign_has_its_levels_in_order() -> None:
    chapters = {
        1: (
            "first-lift",
            "two-is-company",
            "not-that-box",
            "price-of-bigger",
            "how-full",
            "fixed-crowd",
        ),
        2: (
            "four-of-five",
            "scan-and-go",
            "the-fix-that-broke-it",
            "two-front-doors",
        ),
        3: (
            "far-side",
            "charged-twice",
            "no-answer",
            "the-storm",
        ),
        4: (
            "the-lock",
            "slowest-of-twenty",
        ),
        5: (
            "where-is-my-basket",
            "the-sinkhole",
            "lunch-rush",
        ),
        6: (
            "worth-keeping",
            "stampede",
            "avalanche-report",
        ),
        11: ("vanishing-comment",),
    }
    assert list(LEVELS) == [id for ids in chapters.values() for id in ids]
    assert all(LEVELS[id].chapter == chapter for chapter, ids in chapters.items() for id in ids)
    assert [entry.id for entry in index()] == list(LEVELS)


@pytest.mark.parametrize("id", LEVELS)
def test_a_level_is_made_as_levels_are(id: str) -> None:
    level = LEVELS[id]
    brief = level.brief.splitlines()
    assert len(brief) <= 12, "a brief fits one screen"
    assert max(map(len, brief)) <= 76
    assert len(level.hints) >= 3
    assert level.debrief
    assert all(attempt.says for attempt in level.attempts)
    assert {None} != {level.stars.cost, level.stars.latency, level.stars.parts}
    assert level.source
    if not level.guide:
        assert sum(a.wins for a in level.attempts) >= 2
        assert sum(not a.wins for a in level.attempts) >= 4


@pytest.mark.parametrize("id", STALE)
def test_a_level_without_a_current_certificate_is_proved(id: str) -> None:
    """What was declared and what follows from it; losers on three seeds, and no search."""
    proof = prove(LEVELS[id], kinds(), losers_seeds=3, search=0, workers=0)
    assert proof.proved, "\n".join(report(proof))


@pytest.mark.parametrize("id", CHOSEN)
def test_a_certificate_is_not_taken_on_trust(id: str) -> None:
    """Its declared attempts are proved anew, losers on three seeds, and its figures are those of the runs."""
    level: Level = LEVELS[id]
    proof = prove(level, kinds(), losers_seeds=3, generate=False, search=0, workers=0)
    assert proof.proved, "\n".join(report(proof))
    given = read_certificate(level)
    assert given is not None
    said = {attempt["name"]: attempt for attempt in given["attempts"]}  # type: ignore[attr-defined]
    for attempt in proof.attempts:
        if attempt.declared == "wins":
            figures = [(o["text"], o["held"], o["mean"]) for o in said[attempt.name]["objectives"]]
            assert figures == [(m.objective.text, m.held, pytest.approx(m.mean)) for m in attempt.margins]
    assert given["seeds"] == [str(seed) for seed in level.seeds("proof", 20)]


@pytest.mark.parametrize("id", LEVELS)
def test_a_certificate_that_is_current_says_how_the_gate_was_passed(id: str) -> None:
    level = LEVELS[id]
    given = read_certificate(level)
    if not is_current(level, given):
        assert id in STALE
        return
    assert given is not None
    made = [*given["generated"], *given["search"]["finds"]]  # type: ignore[misc,index]
    won = {trial["name"] for trial in made if trial["outcome"] in ("wins", "sometimes wins") and trial["runs"]}
    assert not any(trial["problem"] for trial in made)
    # What wins and should not is accepted by name – or it is one of the changes of a winner that has others.
    about = bool(level.mechanism)
    assert {name for name in won if about or " without " not in name} <= set(level.accepts)
    assert not set(level.seeds("proof", 20)) & set(level.seeds("play", 3))
    assert len(engine_hash()) == hashlib.blake2b(digest_size=16).digest_size * 2
