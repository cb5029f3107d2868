"""Whatever is typed, wherever: one line that says what is wrong, and no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.errors import is_control
from scalegame.levels.sandbox import sandbox
from scalegame.tui import actions
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board import BoardScreen
from tests.tui.places import follow, to_board, ways
from tests.tui.places import kinds as kinds_of_screens
from tests.tui.playing import SMALL, Game, game, levels
from tests.tui.touch import Hurried, Touch

#: Half-known words: commands with a letter wrong, with words that mean nothing, and anything at all.
COMMANDS = sorted(actions.commands(actions.ACTIONS))
#: They lead elsewhere, or write files.
ELSEWHERE = {"quit", "suspend", "record", "picture", "write", "copy", "share"}
#: What no command knows what to do with, and what has ended programs.
HOSTILE = ("²", "1 ²", "[/x]", "9" * 5000, "../x\x1b[2J\x1b]0;x\x07\u202e")
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

    @settings(max_examples=15, database=None)
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
            await Hurried(it).settle()
            assert it.app._exception is None, text
            if it.app.screen is not screen:
                # It was understood, and led elsewhere.
                await to_board(it)
                await follow(it, way)
                screen = it.app.screen
                assert isinstance(screen, GameScreen)
            assert "\n" not in screen.said, text
            assert len(screen.said) <= 500, text
        await Touch(it).settle()
        assert it.app._exception is None


def own(place: str) -> tuple[actions.Action, ...]:
    """The actions of a place that are not done by the very same method in a place before it in the list."""
    screens = kinds_of_screens()
    places = list(actions.SCREENS)
    before = [screens[other] for other in places[: places.index(place)]]

    def method(kind: type[GameScreen], action: actions.Action) -> object:
        return getattr(kind, f"do_{action.id.replace('-', '_')}", None)

    return tuple(
        action
        for action in actions.of(place)
        if not any(
            method(other, action) is method(screens[place], action) is not None
            for other in before
            if action in actions.of(other.PLACE)
        )
    )


async def hostile(it: Game, commands: Iterable[str], again: Callable[[], Awaitable[GameScreen]]) -> None:
    """Puts what is hostile behind commands, coming back to where they are known if one leads away."""
    screen = await again()
    for command in commands:
        if command.split()[0] in ELSEWHERE - {"share"}:
            continue
        for text in (f"{command} {words}" for words in HOSTILE):
            screen.say("")
            screen.obey(text)
            await Hurried(it).settle()
            assert it.app._exception is None, text
            if it.app.screen is not screen:
                screen = await again()
            assert not any(map(is_control, screen.said)), text
            assert len(screen.said) <= 500, text
        # What came of them is drawn, too.
        await Touch(it).settle()
        assert it.app._exception is None, command


@pytest.mark.parametrize("place", actions.SCREENS)
async def test_what_is_hostile_does_no_harm_behind_any_command(tmp_path: Path, place: str) -> None:
    way = next(way for (there, _), way in ways().items() if there == place)
    async with game(tmp_path, "tiny", size=SMALL) as it:

        async def again() -> GameScreen:
            await to_board(it)
            await follow(it, way)
            return it.on(GameScreen)

        await hostile(it, actions.commands(own(place)), again)


async def test_what_is_hostile_does_no_harm_in_the_sandbox(tmp_path: Path) -> None:
    async with game(tmp_path, "sandbox", SMALL, Catalogue.of((*levels(), sandbox(kinds())))) as it:

        async def again() -> GameScreen:
            await it.until(lambda: len(it.app.screen_stack) > 2, "the sandbox")
            while not isinstance(it.app.screen, BoardScreen):
                it.app.pop_screen()
                await it.pilot.pause()
            return it.app.screen

        board = await again()
        assert isinstance(board, BoardScreen)
        for line in ("add shoppers", "add shop", "wire shoppers -> shop", "fault at 3 s: shop crashes for 1 s"):
            assert board.edit(line), board.said
        await hostile(it, actions.commands(actions.of(actions.BOARD)), again)
        for verb in edits.FORMS:
            for words in HOSTILE:
                board.obey(f"{verb} {words}")
                await it.pilot.pause()
                assert it.app._exception is None, (verb, words)


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
            if slip in known or len(command) < 4 or " " in command:
                continue
            screen.obey(slip)
            await Touch(it).settle()
            assert it.app.screen is screen
            assert slip in screen.said
            assert command in screen.said.replace(slip, ""), screen.said
