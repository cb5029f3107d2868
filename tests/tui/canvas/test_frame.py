from dataclasses import fields

import numpy as np
import pytest

from scalegame.simulation.recording import Recording, RequestLog, Track, WireTrack
from scalegame.tui.canvas.frame import count, frame_from, scales_of, state_of
from scalegame.tui.canvas.glyphs import State
from tests.tui.canvas.boards import build

TICKS = 20


def track(**changes) -> Track:
    flat = {name: np.zeros(TICKS) for name in ("utilisation", "queue", "in_flight", "completions", "errors")}
    flat |= {
        "arrivals": np.full(TICKS, 100.0),
        "extra": np.full(TICKS, np.nan),
        "up": np.ones(TICKS, np.int64),
    }
    return Track(**(flat | changes))


def recording(web: Track, calls=100.0, errors=0.0) -> Recording:
    nobody = {f.name: () if str(f.type).startswith("tuple") else np.zeros(0) for f in fields(RequestLog)}
    log = RequestLog(**nobody)
    wire = WireTrack(np.full(TICKS, calls), np.full(TICKS, errors))
    times = np.arange(1, TICKS + 1) * 0.25
    return Recording(times, {"skiers": track(), "web": web}, {("skiers", "web"): wire}, (), log)


BOARD = build("skiers:clients web:service*3", "skiers web")


def web_of(found: Recording, at=TICKS - 1):
    return frame_from(found, at, BOARD).cards["web"]


@pytest.mark.parametrize(
    ("utilisation", "state"),
    [(0.5, State.OK), (0.69, State.OK), (0.7, State.BUSY), (0.94, State.BUSY), (0.95, State.SATURATED)],
)
def test_states_follow_utilisation(utilisation, state):
    assert web_of(recording(track(utilisation=np.full(TICKS, utilisation)))).state is state


def test_a_growing_queue_is_saturated_and_a_steady_one_is_not():
    growing = track(queue=np.arange(TICKS) * 10.0, utilisation=np.full(TICKS, 0.5))
    steady = track(queue=np.full(TICKS, 100.0), utilisation=np.full(TICKS, 0.5))
    assert web_of(recording(growing)).state is State.SATURATED
    assert web_of(recording(steady)).state is State.OK


def test_failing_means_more_than_one_in_a_hundred():
    assert web_of(recording(track(errors=np.full(TICKS, 0.9)))).state is State.OK
    assert web_of(recording(track(errors=np.full(TICKS, 1.1)))).state is State.FAILING


def test_clients_fail_when_failures_come_back():
    assert frame_from(recording(track(), errors=20.0), 9, BOARD).cards["skiers"].state is State.FAILING
    assert frame_from(recording(track()), 9, BOARD).cards["skiers"].state is State.OK


def test_down_is_worse_than_anything():
    dead = track(up=np.zeros(TICKS, np.int64), errors=np.full(TICKS, 50.0))
    assert web_of(recording(dead)).state is State.DOWN


def test_idle_needs_no_arrivals():
    assert web_of(recording(track(arrivals=np.zeros(TICKS)))).state is State.IDLE
    assert state_of(utilisation=0.0, growing=False, failing=False, up=1, quiet=False) is State.OK


def test_bars_only_for_what_can_be_busy():
    assert web_of(recording(track())).utilisation is None
    assert web_of(recording(track())).lines == ("100/s", "0 inside")
    assert web_of(recording(track(utilisation=np.full(TICKS, 0.3)))).utilisation == pytest.approx(0.3)


def test_scales_are_those_of_the_whole_run():
    queue = np.zeros(TICKS)
    queue[7] = 400
    found = recording(track(queue=queue), calls=240.0)
    assert scales_of(found).queues["web"] == 400
    frame = frame_from(found, 0, BOARD, phase=3.5)
    assert (frame.cards["web"].queue_scale, frame.wire_scale, frame.phase) == (400, 240, 3.5)


def test_replicas_that_are_down_are_counted():
    assert web_of(recording(track(up=np.full(TICKS, 2, np.int64)))).badge == "2/3 up"


def test_any_index_gives_a_frame():
    found = recording(track())
    assert frame_from(found, -5, BOARD) == frame_from(found, 0, BOARD)
    assert frame_from(found, 999, BOARD) == frame_from(found, TICKS - 1, BOARD)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (812, "812"),
        (999.7, "1.0k"),
        (9_940, "9.9k"),
        (12_345, "12k"),
        (3_400_000, "3.4M"),
        (1e15, "many"),
    ],
)
def test_counts_take_four_characters(number, text):
    assert count(number) == text
    assert len(text) <= 4
