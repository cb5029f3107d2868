"""Levels are won by keys alone, by the mouse alone, and by typed lines alone, in 80 by 24."""

from __future__ import annotations

from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.levels import packs
from scalegame.tui.shipped import shipped
from tests.tui.hands import Hands, KeyHands, MouseHands, TypedHands
from tests.tui.playing import game, one_seed

WAYS = (KeyHands, MouseHands, TypedHands)
#: Between them they need everything that hands can do.
IN_EVERY_WAY = {
    "first-lift",
    "two-is-company",
    "not-that-box",
    "price-of-bigger",
    "how-full",
    "four-of-five",
    "scan-and-go",
    "vanishing-comment",
}


def pairs() -> list[tuple[str, type[Hands]]]:
    """The levels, and the ways in which they are won here."""
    return [(entry.id, way) for entry in packs.index() if entry.id in IN_EVERY_WAY for way in WAYS]


@pytest.mark.parametrize(("id", "way"), pairs())
async def test_a_level_is_won(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, id: str, way: type[Hands]) -> None:
    # That it wins on all play seeds, certificates say; here it has to be built and looked at.
    one_seed(monkeypatch)
    level = packs.by_id(id, kinds())
    winning = [attempt for attempt in level.attempts if attempt.wins]
    assert winning
    # Everything that wins is built; what comes first in the file is put under load.
    async with game(tmp_path, id, catalogue=shipped()) as it:
        hands = way(it)
        await hands.begin()
        session = hands.board.session
        for attempt in reversed(winning):
            await hands.undo_all()
            assert session.lines == ()
            lines = await hands.build(attempt.do)
            assert edits.same(session.board, edits.apply_all(level.found, lines, level.rulebook)), attempt.name
        result = await hands.play()
        assert result.outcome.verdict.won
        assert it.store.standings()[id].won
