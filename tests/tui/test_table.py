"""The table of actions, walked: every action can be typed, clicked and, if it has keys, reached by them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from textual.widgets import OptionList

from scalegame.tui import actions
from scalegame.tui.actions import SCREENS, Action
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.help import HelpScreen
from scalegame.tui.screens.run import RunScreen
from tests.tui.places import follow, kinds, to_board, ways
from tests.tui.playing import SMALL, Game, game, one_seed
from tests.tui.touch import Touch

#: Terminals send these as other keys: backspace, tab, line feed, return.
NEVER = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+enter", "ctrl+left_square_bracket"}
#: Keys that a widget of the screen sees first, and how they are shown for the action that they do.
OF_WIDGETS = {"arrows", ". ,", "HJKL", "PgUp PgDn", "Enter"}
SIGNS = {
    "escape": "Esc", "enter": "Enter", "space": "Space", "tab": "Tab", "home": "Home", "end": "End",
    "delete": "Del", "pageup": "PgUp", "pagedown": "PgDn", "question_mark": "?", "colon": ":", "slash": "/",
    "minus": "-", "plus": "+", "comma": ",", "full_stop": ".", "left": "←", "right": "→", "up": "↑", "down": "↓",
}  # fmt: skip


def sign(key: str) -> str:
    """How a key is shown."""
    *held, last = key.split("+")
    return "".join(f"{name.capitalize()}+" for name in held) + SIGNS.get(
        last, last.upper() if last.startswith("f") and last[1:] else last
    )


def test_every_place_has_a_screen_and_a_way_to_it() -> None:
    assert set(kinds()) == set(SCREENS)
    assert {place for place, _ in ways()} == set(SCREENS)


@pytest.mark.parametrize("place", SCREENS)
def test_ids_keys_and_commands_are_said_once(place: str) -> None:
    there = actions.of(place)
    for said in (
        [action.id for action in there],
        [key for action in there for key in action.keys],
        [word for action in there for word in action.typed],
    ):
        assert not [one for one, count in Counter(said).items() if count > 1], place


@pytest.mark.parametrize("place", SCREENS)
def test_every_action_can_be_carried_out_and_typed(place: str) -> None:
    kind = kinds()[place]
    for action in actions.of(place):
        assert callable(getattr(kind, action.method, None)), f"{kind.__name__}.{action.method}"
        assert bool(action.command) == (action.id != "line"), action.id
        assert action.command == action.command.strip().casefold()
        assert action.title
        assert action.help[-1] in ".?"


@pytest.mark.parametrize("action", actions.ACTIONS, ids=lambda action: f"{action.id}-{action.screens[0]}")
def test_keys_reach_us_and_are_shown_as_they_are(action: Action) -> None:
    assert not NEVER & set(action.keys)
    assert all(len(key) == 1 or key == key.casefold() for key in action.keys)
    digits = [key for key in action.keys if key.isdigit()]
    if len(digits) > 1:
        assert action.shown == f"{digits[0]}…{digits[-1]}"
    elif action.shown not in OF_WIDGETS:
        assert action.shown in ([sign(key) for key in action.keys] or [""])


@pytest.mark.parametrize(("place", "way"), [(place, way) for (place, _), way in ways().items()], ids=str)
async def test_the_mouse_reaches_every_action(tmp_path: Path, place: str, way: tuple[str, ...]) -> None:
    async with game(tmp_path, "tiny", size=SMALL) as it:
        await to_board(it)
        await follow(it, way)
        screen = it.app.screen
        assert isinstance(screen, GameScreen)
        assert place == screen.PLACE
        tool = screen.query_one("#tool-help")
        assert tool.region in screen.region, "the question mark cannot be seen"
        await Touch(it).click(*tool.region.offset)
        listed = (await it.reach(HelpScreen)).query_one(OptionList)  # type: ignore[type-var]
        offered = {option.id for option in listed.options if not option.disabled}
        assert {action.id for action in actions.of(place)} <= offered


@pytest.mark.parametrize("place", SCREENS)
def test_the_words_on_the_toolbar_can_be_typed(place: str) -> None:
    for action in actions.of(place):
        label = action.tool.casefold()
        # Some labels begin with the key: "? help". A sign is no word.
        ways = {label, label.removeprefix(f"{action.shown.casefold()} ")}
        if any(word.isalpha() for word in label.split()):
            assert any(actions.named(way, place) for way in ways), f"{place}: {action.tool}"


#: Not the same by design: a typed line is meant, a key may be a slip or a switch; Esc lets go of what is selected
#: before it leaves; what makes files names them anew; a level can be passed over only once; and some
#: things are kept.
APART = {"line", "pause", "quit", "back", "suspend", "record", "picture", "skip", "slow-down", "bookmark"}


def effect(it: Game) -> dict[str, object]:
    """What an action can have changed, as far as it can be seen from outside."""
    seen: dict[str, object] = {"screens": [type(screen).__name__ for screen in it.app.screen_stack]}
    for screen in it.app.screen_stack:
        if isinstance(screen, BoardScreen):
            seen["board"], seen["marks"] = screen.session.saved(), screen.canvas.connecting
        if isinstance(screen, RunScreen) and screen.playhead is not None:
            head = screen.playhead
            # Time that runs is never the same twice.
            seen["head"] = head.speed, head.playing, head.playing or round(head.time, 6), screen.seed
    if isinstance(it.app.screen, GameScreen):
        seen["said"] = it.app.screen.said
    return seen


async def arrange(it: Game, way: tuple[str, ...]) -> GameScreen:
    """The same state each time: two steps done, one of them undone, a card selected, time stopped halfway."""
    runs = [screen for screen in it.app.screen_stack if isinstance(screen, RunScreen)]
    if way == ("run",) and runs:
        # What was computed once need not be again.
        await Touch(it).resize(*SMALL)
        while it.app.screen is not runs[0]:
            it.app.pop_screen()
            await Touch(it).settle()
    else:
        board = await to_board(it)
        for line in ("undo all", "set kiosk replicas=2", "add balancer", "undo", "select kiosk"):
            board.obey(line)
        await Touch(it).settle()
        await follow(it, way)
    for screen in it.app.screen_stack:
        if isinstance(screen, RunScreen) and screen.playhead is not None:
            if screen.seed != screen.computation.verdict.worst:
                screen.watch_seed(screen.computation.verdict.worst)
            screen.playhead.playing = False
            screen.playhead.speed = 4
            screen.seek(screen.playhead.length / 2)
            screen.query_one(BoardCanvas).show_overview(False)
            screen.say("")
    await Touch(it).settle()
    screen = it.app.screen
    assert isinstance(screen, GameScreen)
    return screen


@pytest.mark.parametrize("place", [actions.BOARD, actions.BRIEFING, actions.RUN, actions.RESULT])
async def test_a_typed_command_does_what_the_key_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if place == actions.RESULT:
        # A run is made anew for every key, and no action there chooses among its seeds.
        one_seed(monkeypatch)
    way = next(way for (there, _), way in ways().items() if there == place)
    async with game(tmp_path, "tiny", size=SMALL) as it:
        # After two losses more is offered; from then on nothing changes any more.
        for _ in range(2 if "run" in way else 0):
            await arrange(it, way)
        for action in actions.of(place):
            if action.id in APART or not action.keys:
                continue
            seen = []
            for typed in (False, True):
                screen = await arrange(it, way)
                if typed:
                    words = action.keys[0] if action.keys[0].isdigit() else ""
                    screen.obey(f"{action.command} {words}".strip())
                    await Touch(it).settle()
                else:
                    await Touch(it).key(action.keys[0])
                await Touch(it).settle()
                seen.append(effect(it))
            assert seen[0] == seen[1], action.id
