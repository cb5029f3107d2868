"""The faults of a board that sets its own: by the sheet and by typed lines, on the smallest screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from scalegame.tui.board import surroundings
from scalegame.tui.screens.asking import StepScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.dialogs import ChoiceScreen
from tests.tui.test_sandbox import CARDS, board_of, box, playing, say


async def planned(tmp_path: Path, target: str, effect: str) -> tuple[str, ...]:
    """Plans a fault in the sheet with the arrow keys."""
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        await it.keys("F")
        await it.reach(ChoiceScreen)
        await it.keys("enter")
        await it.reach(StepScreen)
        session = board.session
        known = surroundings.targets(session.board, session.level.rulebook)
        await it.keys(*["right"] * (known.index(target) - known.index("database")))
        can = surroundings.effects(target, session.board, session.level.rulebook)
        await it.keys("down", *["right"] * can.index(effect))
        await it.keys("enter")
        await it.reach(BoardScreen)
        return board.session.board.conditions.faults


@pytest.mark.parametrize(
    ("target", "effect"),
    [
        ("shop", "pauses"),
        ("shop", "fails"),
        ("city -> north", "loses 20 % of its messages"),
        ("place north", "is cut off"),
    ],
)
async def test_by_the_sheet(tmp_path: Path, target: str, effect: str) -> None:
    assert await planned(tmp_path, target, effect) == (f"at 30 s: {target} {effect} for 10 s",)


async def test_by_typed_lines_and_completed(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        lines = (
            "from 5 s every 20 s on average: database crashes for 2 s",
            "at 9 s: shop pauses for 1 s",
            "at 10 s: city -> north is cut for 3 s",
            "at 11 s: place city fails for 3 s",
            "at 12 s: city <-> north loses 5 % of its messages",
            "at 13 s: database is not found for 3 s",
        )
        for text in lines:
            await say(it, f"fault {text}")
        assert board.session.board.conditions.faults == lines
        await say(it, "fault at 14 s: shoppers fails")
        assert "obody calls shoppers" in board.said
        assert len(board.session.board.conditions.faults) == len(lines)
        assert "fault at 3 s: shop pauses" in board.complete("fault at 3 s: shop p")
        assert "fault at 3 s: place city is cut off" in board.complete("fault at 3 s: place city is")
        assert "fault at 3 s: city -> north loses 1 % of its messages" in board.complete(
            "fault at 3 s: city -> north lo"
        )
        assert "fault from 5 s every 30 s on average:" in board.complete("fault from 5 s every 30")


def test_what_is_offered_can_be_planned() -> None:
    """Every target with everything that is said to befall it is a fault that the board takes."""
    from scalegame.design.edits import apply_all

    level = box()
    board = apply_all(level.found, [*CARDS, "add cache", "add queue", "add balancer"], level.rulebook)
    for target in surroundings.targets(board, level.rulebook):
        for effect in surroundings.effects(target, board, level.rulebook):
            line = f"fault at 9 s: {target} {effect} for 2 s"
            assert apply_all(board, [line], level.rulebook).conditions.faults == (line.removeprefix("fault "),)
