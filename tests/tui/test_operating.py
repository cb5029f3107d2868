"""Acting on a run that is watched: by key, mouse and typed line; the log, what is taken back, the replay."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.progress.store import Store
from scalegame.simulation.scenario import Order
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.dialogs import ChoiceScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.operations import kept_before, offers
from scalegame.tui.widgets.note import Note
from tests.scenarios import same
from tests.tui.playing import Game, game, screen_text, tiny


@cache
def duty() -> Level:
    return load(Path(__file__).parent / "duty.yaml", kinds())


def computed(*orders: Order) -> Computation:
    computation = Computation(duty(), duty().found, orders=orders)
    while not computation.advance(1.0):
        pass
    return computation


# -- computation


def test_every_seed_has_the_same_done_to_it() -> None:
    alone, scaled = computed(), computed(Order(6.0, "scale kiosk 4"))
    assert not alone.verdict.won
    assert scaled.verdict.won
    for index in range(3):
        assert same(scaled.recording(index).components["kiosk"].wanted[-1:].tolist(), [4])
        assert scaled.result(index).cost == pytest.approx(0.1 * (4 * 1 + 18 * 4) / 22)


def test_an_order_changes_nothing_of_what_came_before_it() -> None:
    alone, scaled = computed(), computed(Order(6.0, "scale kiosk 4"), Order(9.0, "crash kiosk-1"))
    for name in ("utilisation", "queue", "arrivals"):
        a, b = (getattr(c.recording(0).components["kiosk"], name) for c in (alone, scaled))
        assert same(a[alone.recording(0).times < 6.0], b[scaled.recording(0).times < 6.0])


# -- what can be done


def test_what_is_offered_fits_the_moment() -> None:
    level, desk, recording = duty(), duty().desk(duty().found), computed().recording(0)
    now = [o.command for o in offers(level, desk, (), recording, 10.0)]
    assert now[:2] == ["scale kiosk 2", "scale kiosk 6"]
    assert {"crash kiosk", "restart lb", "throttle lb "} <= set(now)
    assert not any("people" in command for command in now)
    log = (Order(2.0, "scale kiosk 3"), Order(20.0, "scale kiosk 1"))
    later = [o.command for o in offers(level, desk, log, recording, 10.0, "kiosk", "crash")]
    assert later == ["crash kiosk", "crash kiosk-1", "crash kiosk-2", "crash kiosk-3", "crash lb"]
    scales = [o.command for o in offers(level, desk, log, recording, 10.0, verb="scale")]
    assert scales == ["scale kiosk 2", "scale kiosk 4", "scale kiosk 6"]
    assert offers(tiny(), tiny().desk(tiny().found), (), recording, 10.0) == ()


def test_what_is_offered_may_be_ordered() -> None:
    level, desk, recording = duty(), duty().desk(duty().found), computed().recording(0)
    log = (Order(2.0, "scale kiosk 3"), Order(3.0, "throttle kiosk 20/s"))
    found = offers(level, desk, log, recording, 10.0)
    assert "throttle kiosk off" in [o.command for o in found]
    for offer in found:
        command = offer.command if not offer.command.endswith(" ") else offer.command + "5/s"
        assert desk.check(Order(10.0, command), log).command == command


def test_a_log_is_cut_at_a_moment() -> None:
    log = (Order(5.0, "a"), Order(9.0, "b"), Order(7.0, "c"))
    assert kept_before(log, 7.0) == ((Order(5.0, "a"), Order(7.0, "c")), (Order(9.0, "b"),))


# -- on the screen


async def on_duty(playing: Game, level: str = "duty") -> RunScreen:
    """Through briefing and board to a run that is computed, and stands."""
    await playing.keys("escape")
    board = await playing.reach(BoardScreen)
    assert board.session.level.id == level
    await playing.keys("space")
    run = await playing.reach(RunScreen)
    await settled(playing, run)
    await playing.keys("space")
    return run


async def settled(playing: Game, run: RunScreen) -> None:
    await playing.until(lambda: run.playhead is not None and run.outcome is not None, "a computed run")


async def ordered(playing: Game, run: RunScreen, count: int) -> None:
    await playing.until(
        lambda: len(run.given) == count and run.playhead is not None and run.computation is run.played,
        f"{count} orders in force",
    )


def catalogue() -> Catalogue:
    return Catalogue.of((duty(), tiny()))


async def test_a_level_that_is_watched_says_so(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny", catalogue=catalogue()) as playing:
        run = await on_duty(playing, "tiny")
        assert not run.query_one("#tool-operate").display
        for line in ("o", "u"):
            await playing.keys(line)
            assert run.said.startswith("This level is watched")
        await playing.type("scale kiosk 2")
        assert run.said.startswith("This level is watched")
        assert run.given == ()


async def test_typed_orders_take_effect_at_the_playhead(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        await playing.type("at 6 s")
        await playing.type("scale kiosk 4")
        await ordered(playing, run, 1)
        assert run.given == (Order(6.0, "scale kiosk 4"),)
        assert run.playhead is not None
        assert run.playhead.time == pytest.approx(6.0)
        assert "scale kiosk 4 (u takes it back)" in run.said
        assert run.computation.verdict.won
        (action,) = (entry for entry in run.entries() if entry.kind == "action")
        assert (action.time, action.component) == (6.0, "kiosk")
        assert "scale kiosk from 1 to 4, in service in 3 s" in action.text
        await playing.type("at 12 s")
        assert "4 up" in screen_text(playing.app)


async def test_what_cannot_be_ordered_is_told_why(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        for line, told in (
            ("scale kisok 2", 'did you mean "kiosk"?'),
            ("scale kiosk 7", "kiosk can be scaled from 1 to 6, not to 7"),
            ("scale lb 2", "cannot be scaled while it runs"),
            ("crash kiosk-2", "there is no kiosk-2 then"),
            ("throttle people 3/s", "people only asks"),
            ("operate nonsense", "scale web 4"),
        ):
            run.obey(line)
            assert told in run.said, line
            assert run.given == ()


async def test_the_list_is_chosen_from_by_keys(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        await playing.type("at 5 s")
        await playing.keys("o")
        choices = [choice.id for choice in playing.app.screen.choices]  # type: ignore[attr-defined]
        assert isinstance(playing.app.screen, ChoiceScreen)
        assert choices[0] == "scale kiosk 2"
        await playing.keys("enter")
        await ordered(playing, run, 1)
        assert run.given == (Order(5.0, "scale kiosk 2"),)


async def test_the_list_is_chosen_from_by_mouse(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        await playing.click("#tool-operate")
        assert isinstance(playing.app.screen, ChoiceScreen)
        await playing.click("OptionList", offset=(3, 1))
        await ordered(playing, run, 1)
        assert run.given[0].command == "scale kiosk 6"


async def test_a_rate_is_typed_behind_what_the_list_began(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        await playing.type("at 10 s")
        await playing.type("throttle")
        screen = playing.app.screen
        assert isinstance(screen, ChoiceScreen)
        at = [choice.id for choice in screen.choices].index("throttle kiosk ")
        await playing.keys(*["down"] * at, "enter")
        await playing.pilot.press("4", "0", "slash", "s", "enter")
        await ordered(playing, run, 1)
        assert run.given == (Order(10.0, "throttle kiosk 40/s"),)


async def test_going_back_and_acting_again_drops_what_came_later(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        run.obey("at 6 s")
        run.obey("scale kiosk 2")
        await ordered(playing, run, 1)
        run.obey("at 12 s")
        run.obey("crash kiosk-2")
        await ordered(playing, run, 2)
        before = run.given
        run.obey("at 10 s")
        run.obey("scale kiosk 4")
        await playing.until(lambda: run.given[-1].command == "scale kiosk 4" and run.playhead is not None)
        assert run.given == (Order(6.0, "scale kiosk 2"), Order(10.0, "scale kiosk 4"))
        assert "dropped: 00:12 crash kiosk-2" in run.said
        await playing.keys("u")
        await playing.until(lambda: run.given == before and run.playhead is not None, "the log as it was")
        assert "In force: 00:06 scale kiosk 2, 00:12 crash kiosk-2" in run.said
        run.obey("undo")
        await playing.until(lambda: len(run.given) == 1 and run.playhead is not None)
        run.obey("undo")
        await playing.until(lambda: not run.given and run.playhead is not None)
        run.obey("undo")
        assert run.said == "You have ordered nothing in this run."


async def test_the_log_is_kept_with_the_attempt_and_replayed(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        run.obey("at 6 s")
        run.obey("scale kiosk 4")
        await ordered(playing, run, 1)
        first = run.computation.recording(0)
        await playing.keys("b")
        board = await playing.reach(BoardScreen)
        attempt = playing.store.attempts("duty", 1)[0]
        assert attempt.live == ("at 6 s: scale kiosk 4",)
        assert attempt.won
        await playing.type("replay")
        run = await playing.reach(RunScreen)
        await settled(playing, run)
        assert run.given == (Order(6.0, "scale kiosk 4"),)
        assert same(first, run.computation.recording(0))
        await playing.keys("u")
        assert run.said == "These orders were replayed."
        await playing.keys("b")
        assert board is playing.app.screen


async def test_without_a_log_there_is_nothing_to_replay(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        await playing.keys("escape")
        board = await playing.reach(BoardScreen)
        await playing.type("replay")
        assert board.said.startswith("You have not acted on a run of this level yet")


async def test_a_loss_can_still_be_averted(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        stop = run.computation.stop(run.seed)
        assert stop is not None
        run.seek(stop.time)
        run.tell_loss()
        await playing.pilot.pause()
        assert "unless you act before" in screen_text(playing.app)
        assert run.query_one(Note).display


async def test_a_line_is_completed_from_what_can_be_done(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        assert "scale kiosk 2" in run.complete("scale ki")
        assert "crash lb" in run.complete("crash ")
        assert "operate" in run.complete("op")


# -- old saves


def test_an_attempt_from_before_there_were_logs_still_loads(tmp_path: Path) -> None:
    computation = computed()
    from scalegame.tui.watch.outcome import outcome_of

    attempt = outcome_of(computation, None).attempt
    store = Store(tmp_path / "progress.sqlite3")
    store.keep_attempt(attempt)
    old = asdict(attempt)
    del old["live"]
    store._db.execute("UPDATE attempts SET summary = ?", (json.dumps(old),))
    (found,) = store.attempts("duty")
    assert found.live == ()
    assert found.objectives == attempt.objectives
    store.close()
