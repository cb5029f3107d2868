"""Whatever is typed, wherever: one line that says what is wrong, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.tui import actions
from scalegame.tui.screens.base import GameScreen
from tests.tui.places import follow, to_board, ways
from tests.tui.playing import SMALL, game
from tests.tui.touch import Touch

#: Half-known words: commands with a letter wrong, with words that mean nothing, and anything at all.
COMMANDS = sorted(actions.commands(actions.ACTIONS))
#: They lead elsewhere, or write files.
ELSEWHERE = {"quit", "suspend", "record", "picture", "write", "copy", "share"}
TYPED = st.one_of(
    st.text(max_size=60),
    st.builds(" ".join, st.lists(st.sampled_from([*COMMANDS, "kiosk", "people", "->", "=", "9"]), max_size=5)),
    st.builds(lambda word, more: f"{word} {more}", st.sampled_from(COMMANDS), st.text(max_size=30)),
).filter(lambda text: not set(text.split()) & ELSEWHERE)


@pytest.mark.parametrize("place", actions.SCREENS)
async def test_any_line_is_answered_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    lines: list[str] = []

    @settings(max_examples=60, database=None)
    @given(TYPED)
    def gather(text: str) -> None:
        lines.append(text)

    gather()
    way = next(way for (there, _), way in ways().items() if there == place)
    async with game(tmp_path, "tiny", size=SMALL) as it:
        await to_board(it)
        await follow(it, way)
        screen = it.app.screen
        assert isinstance(screen, GameScreen)
        for text in filter(str.strip, lines):
            screen.say("")
            screen.obey(text)
            await Touch(it).settle()
            assert it.app._exception is None, text
            if it.app.screen is not screen:
                # It was understood, and led elsewhere.
                await to_board(it)
                await follow(it, way)
                screen = it.app.screen
                assert isinstance(screen, GameScreen)
            assert "\n" not in screen.said, text
            assert len(screen.said) <= 500, text


@pytest.mark.parametrize("place", actions.SCREENS)
async def test_a_slip_of_the_finger_is_told_the_nearest_command(tmp_path: Path, place: str) -> None:
    way = next(way for (there, _), way in ways().items() if there == place)
    async with game(tmp_path, "tiny", size=SMALL) as it:
        await to_board(it)
        await follow(it, way)
        screen = it.app.screen
        assert isinstance(screen, GameScreen)
        known = actions.commands(actions.of(place))
        for command in known:
            slip = f"{command}x"
            if slip in known or len(command) < 4:
                continue
            screen.obey(slip)
            await Touch(it).settle()
            assert it.app.screen is screen
            assert slip in screen.said
            assert command in screen.said.replace(slip, ""), screen.said
