"""Acting on a run that is watched: by key, mouse and typed line; the log, what is taken back, the replay."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.design.designfile import Design
from scalegame.design.sharecode import encode
from scalegame.errors import ScalegameError
from scalegame.insight.prediction import NotApplicable
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.progress.store import Store
from scalegame.simulation.scenario import Order
from scalegame.tui.board import logs
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.dialogs import ChoiceScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.screens.trace import TraceScreen
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.operations import kept_before, offers
from scalegame.tui.watch.outcome import outcome_of
from scalegame.tui.watch.viewing import in_view
from scalegame.tui.watch.watched import Watched, attempt_before
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


def test_theory_says_that_somebody_acts() -> None:
    alone = outcome_of(computed(), None).theory
    acted = outcome_of(computed(Order(2.0, "scale kiosk 4"), Order(9.0, "scale kiosk 1")), None).theory
    assert alone is not None
    assert alone[1] != NotApplicable("somebody acts during the run")
    assert acted == ("kiosk", NotApplicable("somebody acts during the run"))


def test_the_attempt_before_is_another_where_only_the_orders_differ() -> None:
    now = computed(Order(6.0, "scale kiosk 4"))
    mine = outcome_of(now, None).attempt
    other = replace(mine, live=("at 9 s: crash lb", "at 11 s: restart lb"))
    before = attempt_before(Watched(now, 0, 0.0), (mine, other, replace(mine, live=())))
    assert [str(order) for order in before.orders] == list(other.live)
    assert before.seeds == (now.seeds[0],)
    with pytest.raises(ScalegameError, match="No other design and no other orders"):
        attempt_before(Watched(now, 0, 0.0), (mine,))


def test_what_was_ordered_otherwise_counts_as_changed() -> None:
    now = computed(Order(6.0, "scale kiosk 4"))
    mine = outcome_of(now, None).attempt
    other = replace(mine, live=("at 9 s: crash lb",))
    assert outcome_of(now, mine).changes == ()
    assert outcome_of(now, other).changes == (
        "ordered at 6 s: scale kiosk 4",
        "no longer ordered at 9 s: crash lb",
    )


def test_what_a_card_can_do_goes_by_the_machines_of_the_moment() -> None:
    view = in_view(computed(Order(6.0, "scale kiosk 4"), Order(20.0, "crash kiosk")), 0)
    can = [view.can_at("kiosk", view.recording.at(time)) for time in (5.0, 8.0, 12.0, 21.0)]
    assert can[0] == pytest.approx(50.0, rel=0.1)  # 20 ms of work each
    assert can[1] == can[0]
    assert can[2] == pytest.approx(4 * can[0])
    assert can[3] == 0.0
    watched = in_view(computed(Order(9.0, "crash kiosk")), 0)
    assert watched.can_at("kiosk", watched.recording.at(8.0)) == watched.can["kiosk"]
    assert watched.can_at("kiosk", watched.recording.at(10.0)) == 0.0


def test_who_scales_in_is_not_told_that_the_board_was_too_dear_before_it_began() -> None:
    level = duty()
    board = level.found.with_component(level.found.components["kiosk"].with_settings({"replicas": 6}))

    def run(*orders: Order) -> Computation:
        computation = Computation(level, board, orders=orders)
        while not computation.advance(1.0):
            pass
        return computation

    watched, acted = run(), run(Order(22.0, "scale kiosk 5"))
    stop = watched.stop(watched.verdict.worst)
    assert stop is not None
    assert stop.time == 0.0
    later = acted.stop(acted.verdict.worst)
    assert later is not None
    # $0.6/h from 2 s on, and $0.45/h for 22 s in all: spent after 16.5 s.
    assert later.time == pytest.approx(18.5, abs=0.3)
    assert outcome_of(acted, None).attempt.headline.startswith("What ran so far has used up $0.45/h")


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


async def test_a_log_travels_with_its_board(tmp_path: Path) -> None:
    """By code and by file, there and back: the board as found, with what was done to its last run."""
    async with game(tmp_path / "one", "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        run.obey("at 6 s")
        run.obey("scale kiosk 4")
        await ordered(playing, run, 1)
        await playing.keys("b")
        board = await playing.reach(BoardScreen)
        assert board.design.live == ("at 6 s: scale kiosk 4",)
        code, file = encode(board.design), tmp_path / "kept.yaml"
        board.obey(f"write {file}")
        assert "scale kiosk 4" in file.read_text(encoding="utf-8")
        board.session.take(["set kiosk replicas=2"])
        assert board.design.live == ()
    for number, line in enumerate((code, f"script {file}")):
        async with game(tmp_path / f"other{number}", "duty", catalogue=catalogue()) as playing:
            await playing.keys("escape")
            board = await playing.reach(BoardScreen)
            board.obey(line)
            assert "replay runs it with its 1 order" in board.said
            assert board.design.live == ("at 6 s: scale kiosk 4",)
            board.obey("replay")
            run = await playing.reach(RunScreen)
            await settled(playing, run)
            assert run.given == (Order(6.0, "scale kiosk 4"),)


def test_a_log_that_came_along_is_that_of_its_board_until_it_runs_again(tmp_path: Path) -> None:
    store, level = Store(tmp_path / "progress.sqlite3"), duty()
    design = Design("duty", (), live=("at 6 s: scale kiosk 4",))
    assert logs.of_board(store, level, ()) == logs.to_replay(store, level) == ()
    assert logs.bring(store, level, (), design) == "replay runs it with its 1 order"
    assert logs.of_board(store, level, ()) == logs.to_replay(store, level) == design.live
    assert logs.of_board(store, level, ("add kiosk",)) == ()
    store.keep_attempt(outcome_of(computed(), None).attempt)
    assert logs.of_board(store, level, ()) == ()
    assert logs.to_replay(store, level) == design.live
    assert logs.bring(store, tiny(), (), design) == "its orders are left out: this level is watched"
    assert logs.to_replay(store, tiny()) == ()
    assert "is not an order" in logs.bring(store, level, (), replace(design, live=("nonsense",)))
    store.remember("orders duty", "[1, 2")
    assert logs.of_board(store, level, ()) == ()
    store.close()


async def test_a_result_that_is_being_computed_is_not_shown_as_it_was(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        run.obey("at 6 s")
        run.show_computing("The run goes on otherwise")
        run.obey("result")
        assert "is being computed" in run.said
        assert playing.app.screen is run
        run.show_computing("")
        run.obey("result")
        await playing.reach(ResultScreen)


async def test_a_seed_of_ones_own_is_called_so_where_its_requests_are_followed(tmp_path: Path) -> None:
    async with game(tmp_path, "duty", catalogue=catalogue()) as playing:
        run = await on_duty(playing)
        run.obey("seed any 12345")
        await playing.until(lambda: run.computation is not run.played and run.playhead is not None)
        run.do_trace("")
        await playing.reach(TraceScreen)
        assert "seed 12345, your own" in screen_text(playing.app)


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
