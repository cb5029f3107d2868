"""The playhead, alerts, bookmarks and the list of events: all that a run shows, without a screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.errors import ScalegameError
from scalegame.simulation.recording import Event, Floats, Recording, RequestLog, Track
from scalegame.simulation.scenario import Window
from scalegame.tui.screens.codex import page_text
from scalegame.tui.telling.words import clock
from scalegame.tui.watch import bookmarks
from scalegame.tui.watch.alert_objectives import ERROR_RATE
from scalegame.tui.watch.alert_rules import BEHIND, BEHIND_OTHERWISE, CROWD, FULL, GROWTH_SECONDS, LOOK, REFUSED
from scalegame.tui.watch.alerts import Alert, alerts, firing
from scalegame.tui.watch.bookmarks import Bookmark
from scalegame.tui.watch.happenings import happenings
from scalegame.tui.watch.playback import (
    LEAD,
    SLOWER,
    SPEEDS,
    TAIL,
    Playhead,
    moment_after,
    moment_before,
)
from scalegame.tui.watch.timeline import Entry, as_text, entries, narrowed
from scalegame.tui.watch.zooming import moment_of
from scalegame.units import Dimension, show
from scalegame.verdict.model import Objective, Stop

TICK, SECONDS = 0.25, 40.0
TIMES: Floats = np.arange(TICK, SECONDS + TICK / 2, TICK)
WINDOW = Window(0.0, SECONDS, 10.0, TICK)


def during(start: float, end: float, value: float, otherwise: float = 0.0) -> Floats:
    """A value at the ticks that end in (start, end], another at all others."""
    return np.where((start < TIMES) & (end >= TIMES), value, otherwise)


def track(**values: npt.NDArray[Any]) -> Track:
    zero = np.zeros(len(TIMES))
    names = ("utilisation", "queue", "in_flight", "arrivals", "completions", "errors", "extra")
    usual = dict.fromkeys(names, zero)
    up = np.ones(len(TIMES), dtype=np.int64)
    return Track(**{**usual, "up": up, **values})  # type: ignore[arg-type]


def log(resolved: Floats, taken: Floats | float, failed: np.ndarray | None = None) -> RequestLog:
    """Requests by when they ended and how long they took."""
    count = len(resolved)
    zero = np.zeros(count, dtype=np.int64)
    bad = np.zeros(count, dtype=bool) if failed is None else failed
    return RequestLog(
        born=resolved - taken,
        resolved=resolved,
        outcome=bad.astype(np.int64),
        workload=zero,
        operation=zero,
        completed=np.full(count, np.nan),
        stale=zero,
        checked=zero,
        accepted=zero,
        pending=zero,
        attempts=zero + 1,
        doubled=zero,
        lost=zero,
        outcomes=("ok", "timeout"),
        workloads=("people",),
        operations=("buy",),
    )


def recording(requests: RequestLog | None = None, events: tuple[Event, ...] = (), **tracks: Track) -> Recording:
    none = log(np.zeros(0), 0.0)
    return Recording(TIMES, tracks, {}, events, none if requests is None else requests)


def objective(
    text: str, metric: str, statistic: str, relation: str, target: float, dimension: Dimension
) -> Objective:
    return Objective(text, "", metric, statistic, relation, target, dimension)  # type: ignore[arg-type]


P99 = objective("latency.p99 < 500 ms", "latency", "p99", "<", 0.5, Dimension.TIME)
AVAILABILITY = objective("availability >= 99 %", "availability", "", ">=", 0.99, Dimension.RATIO)


# The playhead


def test_around_the_first_alert_time_goes_slower_and_then_as_before() -> None:
    head = Playhead(1000.0, speed=16, alert=500.0, slow_down=True)
    slow = 16 // SLOWER
    start, end = 500.0 - LEAD * slow, 500.0 + TAIL * slow
    head.seek(start - 16.0)
    assert (head.slowed, head.pace) == (False, 16)
    head.advance(1.0)
    assert head.time == pytest.approx(start)
    assert (head.slowed, head.pace) == (True, slow)
    head.advance(LEAD)
    assert head.time == pytest.approx(500.0)
    head.advance(TAIL)
    assert head.time == pytest.approx(end)
    assert (head.slowed, head.pace) == (False, 16)


def test_one_long_step_over_the_alert_is_as_slow_as_many_short_ones() -> None:
    long, short = (Playhead(1000.0, speed=32, alert=300.0, slow_down=True) for _ in range(2))
    long.advance(15.0)
    for _ in range(1500):
        short.advance(0.01)
    assert long.time == pytest.approx(short.time)
    assert long.time < 15.0 * 32


@pytest.mark.parametrize("speed", SPEEDS)
def test_without_slow_down_or_without_alert_the_speed_is_the_one_chosen(speed: int) -> None:
    for head in (
        Playhead(100.0, speed=speed, alert=50.0, time=50.0),
        Playhead(100.0, speed=speed, slow_down=True, time=50.0),
    ):
        assert head.pace == speed
        assert not head.slowed


def test_at_the_lowest_speed_nothing_is_slowed() -> None:
    assert not Playhead(100.0, alert=50.0, time=50.0, slow_down=True).slowed


@given(st.floats(0, 200), st.sampled_from(SPEEDS), st.lists(st.floats(0, 3), max_size=40), st.floats(0, 100))
def test_playback_never_leaves_the_run_and_always_halts_at_its_stop(
    alert: float, speed: int, steps: list[float], stop: float
) -> None:
    head = Playhead(100.0, stop=stop, speed=speed, alert=alert, slow_down=True)
    for step in steps:
        before = head.time
        halted = head.advance(step)
        assert before <= head.time <= stop
        assert not halted or (head.time == stop and not head.playing)


def test_moments_beside_the_playhead() -> None:
    moments = [1.0, 2.0, 2.0, 5.0]
    assert moment_after(moments, 0.0) == 1.0
    assert moment_after(moments, 1.0) == 2.0
    assert moment_after(moments, 2.0) == 5.0
    assert moment_after(moments, 5.0) is None
    assert moment_before(moments, 5.0) == 2.0
    assert moment_before(moments, 2.0) == 1.0
    assert moment_before(moments, 2.5, margin=1.0) == 1.0
    assert moment_before(moments, 1.0) is None
    assert moment_after([], 0.0) is None


@pytest.mark.parametrize(
    ("text", "seconds"), [("30 s", 30.0), ("1:05", 65.0), ("0:07.5", 7.5), ("12", 12.0), ("2 min", 120.0)]
)
def test_moments_as_they_are_typed(text: str, seconds: float) -> None:
    assert moment_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1:75", "-3 s", "1:2:3", "9" * 40, "nan", "inf", "30 kg"])
def test_what_is_no_moment_says_what_to_write(text: str) -> None:
    with pytest.raises(ScalegameError, match="write 30 s or 1:05"):
        moment_of(text)


# Alerts


def test_a_part_that_is_full_fires_after_a_second_and_resolves_a_second_after_it_is_not() -> None:
    busy = during(10.0, 20.0, 1.0, 0.3)
    found = alerts(recording(web=track(utilisation=busy, queue=during(10.0, 20.0, 7.0))))
    assert [(a.rule, a.severity, a.text, a.detail) for a in found] == [
        ("full", "warn", "web is full", "7 waiting")
    ]
    assert (found[0].began, found[0].since, found[0].until) == (10.25, 11.25, 21.25)


def test_a_flicker_wakes_nobody_and_a_dip_does_not_resolve() -> None:
    short = during(10.0, 10.75, 1.0)
    assert not alerts(recording(web=track(utilisation=short, queue=short)))
    busy = during(10.0, 20.0, 1.0)
    busy[(TIMES > 14.0) & (TIMES <= 14.5)] = 0.2
    found = alerts(recording(web=track(utilisation=busy, queue=np.ones(len(TIMES)))))
    assert [(a.since, a.until) for a in found] == [(11.25, 21.25)]


def test_what_never_ends_is_still_firing() -> None:
    busy = during(10.0, 99.0, 1.0)
    (alert,) = alerts(recording(web=track(utilisation=busy, queue=busy)))
    assert alert.until is None
    assert not alert.firing(11.0)
    assert alert.firing(SECONDS)


def test_down_and_missing_replicas() -> None:
    up = np.full(len(TIMES), 2, dtype=np.int64)
    up[(TIMES > 10) & (TIMES <= 15)] = 1
    up[(TIMES > 15) & (TIMES <= 20)] = 0
    found = alerts(recording(web=track(up=up)))
    assert [(a.text, a.detail, a.severity, a.since, a.until) for a in found] == [
        ("web misses replicas", "1 of 2 up", "warn", 11.25, 15.25),
        ("web is down", "", "page", 16.25, 20.25),
    ]


def test_a_backlog_that_grows() -> None:
    queue = np.interp(TIMES, [0, 10, 20, 25, 40], [0, 0, 200, 200, 0])
    (alert,) = alerts(recording(web=track(queue=queue)))
    assert (alert.rule, alert.component) == ("backlog", "web")
    assert 13.0 <= alert.since < 16.0
    assert alert.until is not None
    assert 22.0 < alert.until < 30.0


def test_a_long_queue_that_stands_is_no_growing_backlog() -> None:
    assert not alerts(recording(web=track(queue=np.full(len(TIMES), 500.0))))


def test_refused_calls() -> None:
    errors, arrivals = during(10.0, 20.0, 5.0), np.full(len(TIMES), 100.0)
    (alert,) = alerts(recording(web=track(errors=errors, arrivals=arrivals)))
    assert (alert.rule, alert.severity) == ("refusing", "warn")
    few = during(10.0, 20.0, 0.5)
    assert not alerts(recording(web=track(errors=few, arrivals=arrivals)))


def test_replication_lag_and_age_of_messages_but_no_hit_ratio() -> None:
    behind = track(extra=during(10.0, 20.0, 3.0, np.nan))
    own = {"db": ("replication lag", Dimension.TIME), "cache": ("hit ratio", Dimension.RATIO)}
    found = alerts(recording(db=behind, cache=behind, other=behind), own=own)
    assert [(a.text, a.detail) for a in found] == [("replication lag of db above 1 s", "3 s")]
    assert not alerts(recording(queue=behind), own={"queue": ("age of the oldest message", Dimension.TIME)})


def test_an_objective_for_latency_pages_while_its_percentile_is_above() -> None:
    ends = np.arange(0.01, SECONDS, 0.01)
    taken = np.where((ends > 10) & (ends <= 20) & (np.arange(len(ends)) % 50 == 0), 2.0, 0.1)
    found = alerts(recording(log(ends, taken)), (P99,), WINDOW)
    assert [(a.rule, a.severity, a.text) for a in found] == [
        ("latency", "page", "latency.p99 above 500 ms for 5 s"),
    ]
    assert found[0].since - found[0].began == pytest.approx(5.0)
    assert 10.0 < found[0].began < 13.0
    assert found[0].until is not None
    assert 20.0 < found[0].until < 26.0
    rare = np.where((ends > 10) & (ends <= 20) & (np.arange(len(ends)) % 200 == 0), 2.0, 0.1)
    assert not alerts(recording(log(ends, rare)), (P99,), WINDOW)


def test_while_nobody_is_answered_latency_neither_fires_nor_resolves() -> None:
    ends = np.concatenate((np.arange(0.01, 16.0, 0.01), np.arange(30.0, SECONDS, 0.01)))
    taken = np.where(ends < 8.0, 0.1, np.where(ends < 20.0, 2.0, 0.1))
    (alert,) = alerts(recording(log(ends, taken)), (P99,), WINDOW)
    assert alert.until is not None
    assert alert.until > 30.0


@pytest.mark.parametrize(("objectives", "limit"), [((AVAILABILITY,), "1 %"), ((), "1 %")])
def test_the_error_rate_pages_with_or_without_an_objective_for_it(
    objectives: tuple[Objective, ...], limit: str
) -> None:
    ends = np.arange(0.01, SECONDS, 0.01)
    failed = (ends > 10) & (ends <= 20) & (np.arange(len(ends)) % 10 == 0)
    (alert,) = alerts(recording(log(ends, 0.1, failed)), objectives, WINDOW)
    assert (alert.text, alert.severity) == (f"error rate above {limit}", "page")


def test_goodput_pages_only_while_enough_is_asked_for() -> None:
    wanted = objective("goodput >= 50/s", "goodput", "", ">=", 50.0, Dimension.RATE)
    ends = np.arange(0.01, SECONDS, 0.01)
    failed = (ends > 15) & (ends <= 30)
    found = alerts(recording(log(ends, 0.1, failed)), (wanted,), WINDOW)
    assert [a.rule for a in found if a.rule == "goodput"] == ["goodput"]
    idle = np.arange(0.01, SECONDS, 0.1)
    assert not alerts(recording(log(idle, 0.1)), (wanted,), WINDOW)


def test_what_fires_now_is_told_pages_first_and_the_latest_first() -> None:
    def alert(name: str, severity: str, since: float) -> Alert:
        return Alert(name, severity, "", name, since, since, None)  # type: ignore[arg-type]

    found = (alert("a", "warn", 1.0), alert("b", "page", 2.0), alert("c", "warn", 3.0), alert("d", "page", 9.0))
    assert [a.rule for a in firing(found, 5.0)] == ["b", "c", "a"]
    assert firing(found, 0.5) == ()


def test_happenings_are_in_order_with_what_resolves() -> None:
    crash = Event(12.0, "web", "web-1 crashed", "fault")
    busy = during(10.0, 20.0, 1.0)
    told = happenings(recording(events=(crash,), web=track(utilisation=busy, queue=7 * busy)))
    assert [(e.time, e.text, e.kind) for e in told] == [
        (11.25, "web is full: 7 waiting", "alert"),
        (12.0, "web-1 crashed", "fault"),
        (21.25, "web has caught up", "recovery"),
    ]


def test_every_alert_of_an_empty_recording_is_none() -> None:
    empty = Recording(np.zeros(0), {}, {}, (), log(np.zeros(0), 0.0))
    assert alerts(empty, (P99, AVAILABILITY), WINDOW) == ()


def test_the_codex_states_the_limits_in_force() -> None:
    page = page_text("alerts")
    for limit in (
        f"the last {show(LOOK, Dimension.TIME)}",
        f"availability, {show(ERROR_RATE, Dimension.RATIO)}",
        f"busy at {show(FULL, Dimension.RATIO)}",
        f"at least {CROWD} wait",
        f"more than {show(GROWTH_SECONDS, Dimension.TIME)} before",
        f"more than {show(REFUSED, Dimension.RATIO)} of",
        f"lag by more than {show(BEHIND['replication lag'], Dimension.TIME)}",
        f"waited for {show(BEHIND_OTHERWISE, Dimension.TIME)}",
    ):
        assert limit in " ".join(page.split()), limit


# The list of events


def test_entries_in_order_and_how_they_stand() -> None:
    crash = Event(12.0, "web", "web-1 crashed", "fault")
    full = Alert("full", "warn", "web", "web is full", 10.25, 11.25, 21.25, "7 waiting")
    found = entries((crash,), (full,), Stop(30.0, "It is over.", 0), (Bookmark(15.0, "here"), Bookmark(16.0)))
    assert [(e.time, e.kind, e.text) for e in found] == [
        (11.25, "warning", "web is full (7 waiting)"),
        (12.0, "fault", "web-1 crashed"),
        (15.0, "bookmark", "here"),
        (16.0, "bookmark", "bookmark"),
        (30.0, "lost", "It is over."),
    ]
    assert [found[0].state(now) for now in (5.0, 15.0, 25.0)] == ["to come", "FIRING", f"resolved {clock(21.25)}"]
    assert [e.text for e in narrowed(found, "bookmarks")] == ["here", "bookmark"]
    assert narrowed(found, "all") == found
    assert as_text(found[:1], 15.0) == "00:11  warning   FIRING          web is full (7 waiting)"
    acted = entries((), (), actions=(Entry(3.0, "action", "scale web 4"),))
    assert narrowed(acted, "actions") == acted


# Bookmarks


marks = st.lists(
    st.builds(Bookmark, st.floats(0, 1e6), st.text(max_size=60).map(bookmarks.name_of)), max_size=60, unique=True
).map(lambda found: tuple(sorted(found)[: bookmarks.MOST]))


@given(marks)
def test_bookmarks_come_back_as_they_were_kept(found: tuple[Bookmark, ...]) -> None:
    assert bookmarks.read(bookmarks.write(found)) == found


@given(st.text(max_size=200))
def test_whatever_was_kept_can_be_read(text: str) -> None:
    assert isinstance(bookmarks.read(text), tuple)


@pytest.mark.parametrize(
    "text", ["{}", "[1]", '[["a", "b"]]', '[[NaN, ""]]', '[[-1, ""]]', "[" * 100_000, '[[true, "x", 1]]']
)
def test_what_is_no_bookmark_is_left_out(text: str) -> None:
    assert bookmarks.read(text) == ()


def test_there_are_never_more_bookmarks_than_can_be_kept() -> None:
    found: tuple[Bookmark, ...] = ()
    for i in range(bookmarks.MOST + 5):
        found = bookmarks.with_mark(found, Bookmark(float(i)))
    assert len(found) == bookmarks.MOST


def test_bookmarks_belong_to_level_design_and_seed_and_not_to_where_cards_stand() -> None:
    key = bookmarks.key("tiny", ("add cache", "move web 3,4"), 7)
    assert key == bookmarks.key("tiny", ("add cache", "move web 9,9"), 7)
    assert len({key, bookmarks.key("tiny", ("add cache",), 8), bookmarks.key("tiny", (), 7)}) == 3
    assert key != bookmarks.key("other", ("add cache",), 7)


def test_the_nearest_bookmark_within_reach() -> None:
    found = (Bookmark(10.0, "a"), Bookmark(11.0, "b"))
    assert bookmarks.nearest(found, 10.7, 0.5) == found[1]
    assert bookmarks.nearest(found, 12.0, 0.5) is None
