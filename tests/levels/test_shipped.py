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

LEVELS = {level.id: level for level in shipped(kinds())}
#: Proved anew every time, whatever its certificate says.
SAMPLE = "first-lift"


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


@pytest.mark.parametrize("id", LEVELS)
def test_a_level_is_proved(id: str) -> None:
    """By a current certificate; without one the proof is made here, losers on three seeds."""
    level = LEVELS[id]
    if id != SAMPLE and is_current(level, read_certificate(level)):
        return
    proof = prove(level, kinds(), losers_seeds=3, workers=0)
    assert proof.proved, "\n".join(report(proof))


def test_a_certificate_is_not_taken_on_trust() -> None:
    """One that says something else than the proof would is found out: its figures are those of its seeds."""
    level: Level = LEVELS[SAMPLE]
    given = read_certificate(level)
    assert given is not None
    assert given["seeds"] == [str(seed) for seed in level.seeds("proof", 20)]
    assert not set(level.seeds("proof", 20)) & set(level.seeds("play", 3))
    assert len(engine_hash()) == hashlib.blake2b(digest_size=16).digest_size * 2
