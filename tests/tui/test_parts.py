"""The parts of the game that need no screen: actions, playhead, steps of values, completion, session, list."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from scalegame.design import edits
from scalegame.errors import ScalegameError
from scalegame.progress.model import SavedBoard, Standing
from scalegame.tui import actions
from scalegame.tui.board.completion import completions
from scalegame.tui.board.session import MOST_STEPS, Session
from scalegame.tui.board.shop import palette
from scalegame.tui.board.stepping import beside, steps
from scalegame.tui.catalogue import Catalogue, needed
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.codex import CodexScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from scalegame.tui.telling.figures import longest, on_paper, summed_up
from scalegame.tui.telling.report import report
from scalegame.tui.telling.words import flow, line, spark
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.happenings import happenings
from scalegame.tui.watch.outcome import outcome_of
from scalegame.tui.watch.playback import COMFORTABLE, SPEEDS, Playhead, fitting_speed
from scalegame.tui.watch.sofar import curves, first_to_fill, latencies, value_so_far
from scalegame.verdict.judge import measure
from scalegame.verdict.objectives import parse as parse_objective
from tests.tui.playing import WINNING, levels, tiny

SCREENS = (LevelsScreen, BriefingScreen, BoardScreen, RunScreen, ResultScreen, CodexScreen)


def finished(*lines: str) -> Computation:
    level = tiny()
    computation = Computation(level, edits.apply_all(level.found, lines, level.rulebook))
    while not computation.advance(0.5):
        pass
    return computation


# Actions


@pytest.mark.parametrize("screen", SCREENS)
def test_every_action_of_a_screen_has_a_method(screen: type) -> None:
    for action in actions.of(screen.PLACE):
        assert callable(getattr(screen, action.method, None)), f"{screen.__name__} lacks {action.method}"


@pytest.mark.parametrize("place", actions.EVERYWHERE)
def test_no_key_and_no_command_means_two_things_on_one_screen(place: str) -> None:
    keys = [key for action in actions.of(place) for key in action.keys]
    commands = actions.commands(actions.of(place))
    assert len(set(keys)) == len(keys)
    assert len(set(commands)) == len(commands)


def test_no_key_that_terminals_eat() -> None:
    eaten = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+enter"}
    assert not eaten & {key for action in actions.ACTIONS for key in action.keys}


def test_everything_can_be_typed() -> None:
    # What opens the line needs no typing.
    untyped = {action.id for action in actions.ACTIONS if not action.command}
    assert untyped == {"line"}


# Playback


@pytest.mark.parametrize("length", [10.0, 60.0, 120.0, 300.0, 1000.0])
def test_a_run_takes_about_twenty_seconds(length: float) -> None:
    assert length / fitting_speed(length) == pytest.approx(COMFORTABLE, rel=0.6) or length < COMFORTABLE


def test_playback_halts_at_the_stop_once() -> None:
    head = Playhead(100.0, stop=40.0, speed=10)
    assert not head.advance(3.9)
    assert head.advance(1.0)
    assert (head.time, head.playing, head.at_stop) == (40.0, False, True)
    head.toggle()
    assert not head.advance(1.0)
    assert head.time == 50.0
    head.seek(10.0)
    head.advance(4.0)
    assert head.time == 50.0


def test_playback_ends_and_begins_again() -> None:
    head = Playhead(10.0, speed=4)
    assert head.advance(5.0)
    assert head.ended
    head.toggle()
    assert (head.time, head.playing) == (0.0, True)


def test_a_stop_at_the_very_start_halts_at_once() -> None:
    head = Playhead(10.0, stop=0.0)
    assert head.advance(0.1)
    assert head.at_stop


def test_speeds_stay_within_their_list() -> None:
    head = Playhead(10.0)
    head.faster(-3)
    assert head.speed == SPEEDS[0]
    head.faster(99)
    assert head.speed == SPEEDS[-1]


# Values step by step


def test_steps_of_a_short_range_are_all_of_it() -> None:
    parameter = tiny().rulebook.kinds["service"].parameter("replicas")
    adjustment = edits.adjustments(tiny().found.components["kiosk"], tiny().rulebook)["replicas"]
    assert steps(parameter, adjustment, 1) == (1, 2, 3, 4)
    assert beside((1, 2, 3, 4), 4, 1) == 4
    assert beside((1, 2, 3, 4), 2, -1) == 1


def test_every_step_is_allowed() -> None:
    level = tiny()
    kiosk = level.found.components["kiosk"]
    for name, adjustment in edits.adjustments(kiosk, level.rulebook).items():
        parameter = level.rulebook.kinds["service"].parameter(name)
        for value in steps(parameter, adjustment, kiosk.settings[name]):
            edits.apply(level.found, f"set kiosk {name}={parameter.write(value)}", level.rulebook)


# Completion


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("un", "unwire"),
        (" un", " unwire"),
        ("add b", "add balancer"),
        ("set k", "set kiosk"),
        ("set kiosk si", "set kiosk size="),
        ("set kiosk size=l", "set kiosk size=large"),
        ("buy f", "buy faster-till"),
        ("unwire people -> k", "unwire people -> kiosk"),
        ("remove k", "remove kiosk"),
    ],
)
def test_completion(text: str, first: str) -> None:
    level = tiny()
    assert completions(text, level.found, level.rulebook, ())[0] == first


def test_what_is_fixed_is_not_offered_for_removal() -> None:
    level = tiny()
    assert "remove people" not in completions("remove ", level.found, level.rulebook, ())


# Session


def test_a_session_comes_back_with_its_history() -> None:
    session = Session(tiny())
    session.do(WINNING[0])
    session.do(*WINNING[1:])
    session.undo()
    again = Session(tiny(), [session.saved()])
    assert again.lines == session.lines
    again.redo()
    assert again.board.components["kiosk"].replicas == 3
    assert again.undo(99) == (
        "rewired people → balancer → kiosk, kiosk: replicas 1 → 3",
        "added balancer",
    )
    assert again.board == tiny().found


def test_several_edits_are_one_step_or_none() -> None:
    session = Session(tiny())
    with pytest.raises(ScalegameError):
        session.do("add balancer", "wire balancer -> nowhere")
    assert session.board == tiny().found
    assert session.steps == 0


def test_an_item_goes_into_the_wire_that_is_selected() -> None:
    session = Session(tiny())
    session.selected = "people -> kiosk"
    assert session.insert("balancer") == ("balancer",)
    assert {str(wire) for wire in session.board.wires} == {"people -> balancer", "balancer -> kiosk"}
    assert session.steps == 1


def test_a_board_that_does_not_fit_any_more_is_left_alone() -> None:
    session = Session(tiny(), [SavedBoard("tiny", "old", ("add dragon",))])
    assert session.board == tiny().found
    assert "changed" in session.notice


def test_old_steps_fall_off_and_the_rest_can_still_be_undone() -> None:
    session = Session(tiny())
    for number in range(MOST_STEPS + 10):
        session.do(f"set kiosk replicas={number % 2 + 2}")
    again = Session(tiny(), [session.saved()])
    assert again.steps == MOST_STEPS
    again.undo(MOST_STEPS)
    assert again.board.components["kiosk"].replicas == 3


# List of levels


@pytest.mark.parametrize(("levels", "least"), [(1, 1), (2, 2), (3, 2), (5, 3), (10, 6)])
def test_sixty_per_cent_open_the_next_chapter(levels: int, least: int) -> None:
    assert needed(levels) == least


def test_a_chapter_opens_by_wins_and_by_levels_passed_over() -> None:
    catalogue = Catalogue.of(levels())
    assert catalogue.opened({}) == {("", 1)}
    won = {"tiny": Standing(won=True)}
    assert catalogue.opened(won) == {("", 1)}
    assert catalogue.opened({**won, "tiny-too": Standing(skipped=True)}) == {("", 1), ("", 2)}
    assert catalogue.after("tiny-too", won) is None


# What came of a run


def test_values_so_far_end_at_the_values_of_the_result() -> None:
    computation = finished(*WINNING)
    recording, result = computation.recording(0), computation.result(0)
    end = float(recording.times[-1])
    for objective in tiny().objectives:
        value = value_so_far(objective, recording, result, tiny().window, end, 0.0)
        assert value == measure(objective, result, result.cost, 0.0)
        early = value_so_far(objective, recording, result, tiny().window, end - 1e-6, 0.0)
        assert early == pytest.approx(value)
        if objective.metric != "cost":
            assert math.isnan(value_so_far(objective, recording, result, tiny().window, 0.0, 0.0))


def test_values_so_far_speak_of_whom_the_objective_names() -> None:
    computation = finished(*WINNING)
    recording, result = computation.recording(0), computation.result(0)
    late = float(recording.times[-1]) - 1e-6
    for objective in tiny().objectives:
        if objective.metric not in ("cost", "effort"):
            of_nobody = replace(objective, scope="nobody")
            assert math.isnan(value_so_far(of_nobody, recording, result, tiny().window, late, 0.0))
            assert latencies(of_nobody, recording).size == 0


def test_goodput_so_far_counts_what_was_accepted_as_the_result_does() -> None:
    computation = finished(*WINNING)
    recording, result = computation.recording(0), computation.result(0)
    late = float(recording.times[-1]) - 1e-6
    goodput = parse_objective("goodput >= 1/s", (), ())
    log = recording.requests
    taken = replace(log, outcome=np.full(len(log.born), log.outcomes.index("accepted")))
    value = value_so_far(goodput, replace(recording, requests=taken), result, tiny().window, late, 0.0)
    assert value == pytest.approx(measure(goodput, result, result.cost, 0.0))


def test_curves_count_every_answer_in_the_window() -> None:
    computation = finished(*WINNING)
    recording = computation.recording(0)
    found = curves(recording, tiny().window.end)
    log = recording.requests
    answered = int(np.count_nonzero(log.resolved < tiny().window.end))
    assert sum(found.throughput) * found.step + sum(found.errors) * found.step == pytest.approx(answered)


def test_the_box_that_fills_is_found_and_told() -> None:
    computation = finished()
    recording = computation.recording(0)
    assert first_to_fill(recording, ("kiosk",)) == "kiosk"
    assert any(event.text.startswith("kiosk is full") for event in happenings(recording))
    assert first_to_fill(finished(*WINNING[:2], "set kiosk size=large").recording(0), ("kiosk",)) == ""


def test_the_same_design_again_is_called_that() -> None:
    lost = outcome_of(finished(), None)
    assert "Since the last try" not in report(lost, 76).plain
    again = report(outcome_of(finished(), lost.attempt), 76).plain
    assert "Since the last try  nothing was changed" in again
    assert "better" not in again


def test_the_result_says_as_much_of_the_queue_as_the_board() -> None:
    lost = outcome_of(finished(), None)
    most = longest("kiosk", tiny(), lost.computation.recording(lost.verdict.worst))
    assert f"queue in all at most {most:,}" in report(lost, 200).plain
    result, recording = lost.computation.result(lost.verdict.worst), lost.computation.recording(lost.verdict.worst)
    shown = summed_up(tiny(), lost.computation.board, "kiosk", recording, result)
    assert f"waiting ≤ {most:,}" in shown
    # What came is not what is asked, and what is known on paper is not what was measured.
    assert "asked" not in shown
    assert "gets" in shown
    assert "can do 50/s · asked 90/s" in on_paper(tiny(), tiny().found, "kiosk")


def test_what_is_used_up_comes_last_in_the_palette_and_says_why() -> None:
    level, rules = tiny(), tiny().rulebook
    spare = replace(rules.palette["balancer"], name="spare", most=2)
    session = Session(replace(level, rulebook=replace(rules, palette={**rules.palette, "spare": spare})))
    assert [choice.id for choice in palette(session)] == ["balancer", "spare"]
    session.do("add balancer")
    first, last = palette(session)
    assert (first.id, first.open, first.letter) == ("spare", True, "s")
    assert (last.id, last.open) == ("balancer", False)
    assert "none left: it is on the board" in last.text.plain


def test_the_report_names_bottleneck_changes_and_badge() -> None:
    lost = outcome_of(finished(), None)
    won = outcome_of(finished(*WINNING), lost.attempt)
    told = report(lost, 76).plain
    assert "kiosk is the bottleneck" in told
    assert "Lost" not in told
    assert all(len(row) <= 80 for row in told.splitlines())
    again = report(won, 76).plain
    assert "Since the last try" in again
    assert "kiosk replicas 1 → 3" in again
    assert "now held" in again
    assert "Ninety a second" in again


# Words


def test_flow_breaks_between_pieces_only() -> None:
    text = flow([line("aaaa bbb"), line("cccc"), line("dddd eeee")], 16).plain
    assert text == "aaaa bbb   cccc\ndddd eeee"


def test_spark_leaves_what_is_to_come_blank() -> None:
    drawn = spark([1.0, 2.0, 4.0, 4.0], 2, 4, 4.0)
    assert drawn[2:] == "  "
    assert drawn[0] < drawn[1]


def test_spark_leaves_blank_what_nobody_knows() -> None:
    drawn = spark([math.nan, 2.0, math.nan, 4.0], 4, 4, 4.0)
    assert [cell == " " for cell in drawn] == [True, False, True, False]


def test_where_nobody_answers_there_is_no_p99() -> None:
    recording = finished(*WINNING).recording(0)
    log = recording.requests
    silent = replace(log, outcome=np.full(len(log.born), log.outcomes.index("timed out")))
    found = curves(replace(recording, requests=silent), tiny().window.end)
    assert all(math.isnan(value) for value in found.p99)
    assert sum(found.errors) > 0


def test_a_change_for_the_worse_is_told_from_what_was_kept_of_the_attempt_before() -> None:
    lost = finished()
    before = replace(outcome_of(lost, None).attempt, availability=1.0)
    assert "made-it-worse" in {badge.id for badge in outcome_of(lost, before).badges}
    same = outcome_of(lost, outcome_of(lost, None).attempt)
    assert "made-it-worse" not in {badge.id for badge in same.badges}
