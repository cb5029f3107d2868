"""Traffic, faults, goals and the window on a board: edits like all others, where the level leaves them open."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.design.conditions import Conditions
from scalegame.design.edits import apply, apply_all, describe, difference, parse, same, summary, write
from scalegame.design.history import History
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.levels.sandbox import Sandbox, sandbox
from tests.tui.playing import tiny

CARDS = ("add shoppers", "add shop", "add database", "add balancer", "wire shoppers -> shop -> database")


@cache
def level() -> Sandbox:
    return sandbox(kinds())


def made(*lines: str, start: Board | None = None) -> Board:
    return apply_all(level().found if start is None else start, lines, level().rulebook)


def refused(line: str, board: Board | None = None) -> str:
    with pytest.raises(ScalegameError) as error:
        apply(made(*CARDS) if board is None else board, line, level().rulebook)
    assert "\n" not in error.value.message
    return error.value.message


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("traffic shoppers 200/s", "traffic shoppers 200/s"),
        ('traffic shoppers "60/s until 10 s, then 150/s"', "traffic shoppers 60/s until 10 s, then 150/s"),
        ("TRAFFIC shoppers off", "traffic shoppers off"),
        (
            "traffic shoppers 20 clients, think 1 s timeout 2 s",
            "traffic shoppers 20 clients, think 1 s timeout 2 s",
        ),
        ("traffic shoppers retries 3 timeout none", "traffic shoppers timeout none retries 3"),
        ("fault at 30 s:  web crashes for 10 s", "fault at 30 s: web crashes for 10 s"),
        ("mend 2", "mend 2"),
        ("mend all", "mend all"),
        ("goal latency.p99 < 200 ms", "goal latency.p99 < 200 ms"),
        ("ungoal latency.p99", "ungoal latency.p99"),
        ("measure from 10 s to 60 s", "measure 10 s 60 s"),
        ("measure 10s 1 min", "measure 10s 1 min"),
    ],
)
def test_lines_are_read_and_written(typed: str, written: str) -> None:
    assert write(parse(typed)) == written
    assert parse(written) == parse(typed)
    assert describe(parse(typed))


@pytest.mark.parametrize(
    "line",
    ["traffic", "traffic shoppers", "traffic shoppers timeout", "fault", "mend", "goal", "ungoal", "measure 3"],
)
def test_half_a_line_is_told_how_it_is_written(line: str) -> None:
    with pytest.raises(ScalegameError, match="is written like this"):
        parse(line)


@pytest.mark.parametrize(
    "line",
    [
        "traffic people 9/s",
        "fault at 3 s: kiosk dies",
        "mend all",
        "goal cost < $1/h",
        "ungoal 1",
        "measure 1 s 3 s",
    ],
)
def test_other_levels_decide_about_their_world(line: str) -> None:
    with pytest.raises(ScalegameError, match="in the sandbox they are yours"):
        apply(tiny().found, line, tiny().rulebook)
    assert tiny().found.conditions == Conditions()


def test_what_is_not_said_stays() -> None:
    board = made(
        "traffic shoppers 80/s timeout 300 ms retries 2", "traffic shoppers 90/s", "traffic shoppers retries 1"
    )
    traffic = board.conditions.of("shoppers")
    assert (traffic.arrivals, traffic.timeout, traffic.retries) == ("90/s", "300 ms", "1")
    again = made("traffic shoppers off", "traffic shoppers 10/s", start=board).conditions.of("shoppers")
    assert (again.timeout, again.retries) == ("300 ms", "1")


def test_a_goal_for_the_same_measurement_replaces_the_other() -> None:
    board = made("goal latency.p99 < 200 ms")
    assert [goal for goal in board.conditions.goals if "p99" in goal] == ["latency.p99 < 200 ms"]
    assert "latency.p99 < 200 ms" not in made("ungoal latency.p99", start=board).conditions.goals
    numbered = board.conditions.goals.index("latency.p99 < 200 ms") + 1
    assert made(f"ungoal {numbered}", start=board) == made("ungoal latency.p99", start=board)


def test_there_is_always_a_goal() -> None:
    board = made("ungoal availability", "ungoal unfinished")
    assert "a run needs something to be judged by" in refused("ungoal latency.p99", board)


def test_faults_are_kept_by_time_and_mended_by_number() -> None:
    board = made(*CARDS, "fault at 30 s: shop dies", "fault at 9 s: city <-> north is cut for 2 s")
    assert board.conditions.faults == ("at 9 s: city <-> north is cut for 2 s", "at 30 s: shop dies")
    assert made("mend 1", start=board).conditions.faults == ("at 30 s: shop dies",)
    assert made("mend all", start=board).conditions.faults == ()
    assert "1 at 9 s" in refused("mend 3", board)
    assert "planned already" in refused("fault at 30 s: shop dies", board)


def test_a_component_takes_its_faults_along_and_undo_brings_both_back() -> None:
    rules = level().rulebook
    history = History(level().found)
    for line in (*CARDS, "fault at 30 s: shop crashes for 5 s", "fault at 20 s: database is 5 times slower"):
        history = history.edit(line, rules)
    before = history.board
    history = history.edit("remove shop", rules)
    assert history.board.conditions.faults == ("at 20 s: database is 5 times slower",)
    assert history.undo().board == before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("traffic shoper 3/s", 'did you mean "shoppers"'),
        ("traffic shoppers 300", "300/s"),
        ("traffic shoppers 3000/s", "at most 50,000 requests a run"),
        ("traffic shoppers 3000/s", "write traffic shoppers 7"),
        ("traffic shoppers 20000 clients, think 1 ms", "at most 500,000"),
        ("traffic shoppers 10 clients", "think 1 s"),
        ("traffic shoppers 0 clients, think 1 s", "1 to 20,000"),
        ("traffic shoppers timeout 0 s", "timeout none"),
        ("traffic shoppers retries often", "retries 3"),
        ("traffic shoppers retries 200", "99"),
        ("traffic shoppers retries 3 exponential", "exponential 100 ms"),
        ("fault at 30 s: shp crashes", 'did you mean "shop"'),
        ("fault at 300 s: shop dies", "the run is over"),
        ("fault whenever it likes", "at 60 s: web-1 crashes for 15 s"),
        ("goal latenci.p99 < 3 s", 'did you mean "latency"'),
        ("goal shopers.latency.p99 < 3 s", "shoppers"),
        ("ungoal goodput", "write its number"),
        ("measure 60 s 10 s", "after it begins"),
        ("measure 10 s 4000 s", "at the latest"),
        ("measure 10 s 600 s", "write traffic shoppers 8"),
    ],
)
def test_what_cannot_be_says_what_to_write(line: str, says: str) -> None:
    assert says in refused(line)


def test_what_is_to_be_written_instead_is_accepted() -> None:
    board = made(*CARDS)
    for line in ("traffic shoppers 3000/s", "measure 10 s 600 s"):
        cure = refused(line).rpartition("write ")[2].partition(", or ")[0]
        assert apply(board, cure, level().rulebook) != board


def test_only_who_stands_on_the_board_counts() -> None:
    rules = level().rulebook
    board = made("add shoppers", "traffic shoppers 700/s")
    much = apply(board, "traffic followers 800/s", rules)  # nobody is there who would send it
    with pytest.raises(ScalegameError, match="at most 50,000 requests a run"):
        apply(much, "add followers", rules)
    # Its twin: who leaves makes room for a longer run, whatever the order in which a file says it.
    other = made("add followers", "traffic followers 100/s", "measure 10 s 400 s")
    steps = difference(board, other, rules)
    assert same(apply_all(board, steps, rules), other)


def test_a_window_does_not_end_before_a_fault() -> None:
    board = made(*CARDS, "fault at 30 s: shop dies")
    assert "first mend 1" in refused("measure 5 s 20 s", board)


RATES = st.sampled_from(["off", "1/s", "200/s", "400/s", "ramp to 300/s until 20 s", "20 clients, think 1 s"])
LINES = st.one_of(
    st.builds("traffic {} {}".format, st.sampled_from(["shoppers", "fans"]), RATES),
    st.builds("traffic payers timeout {} retries {}".format, st.sampled_from(["none", "1 s"]), st.integers(0, 9)),
    st.builds(
        "fault at {} s: {} {} for {} s".format,
        st.integers(0, 50),
        st.sampled_from(["shop", "shop-2", "database", "balancer", "nobody"]),
        st.sampled_from(["crashes", "dies", "is 2.5 times slower"]),
        st.floats(0.1, 9, allow_nan=False),
    ),
    st.builds("mend {}".format, st.sampled_from(["1", "2", "all"])),
    st.builds("goal latency.p99 < {} ms".format, st.integers(1, 999)),
    st.builds("goal {}".format, st.sampled_from(["cost <= $1/h", "browse.latency.p50 < 1 s", "unfinished == 0"])),
    st.builds("ungoal {}".format, st.sampled_from(["1", "2", "cost", "latency.p99", "availability"])),
    st.builds("measure {} s {} s".format, st.integers(0, 5), st.sampled_from([6, 60, 120, 300])),
    st.sampled_from(
        ["remove shop", "add shop", "add fans", "remove database", "set shop replicas=3", "wire shoppers -> shop"]
    ),
)


def played(lines: list[str]) -> Board:
    """What comes of random lines; what is refused changes nothing."""
    board = made(*CARDS)
    for line in lines:
        try:
            board = apply(board, line, level().rulebook)
        except ScalegameError as error:
            assert error.message
    return board


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=14), st.lists(LINES, max_size=14))
def test_a_difference_leads_from_any_board_to_any_other(some: list[str], others: list[str]) -> None:
    rules, one, other = level().rulebook, played(some), played(others)
    for start, end in ((level().found, one), (one, other), (other, one), (one, level().found)):
        lines = difference(start, end, rules)
        assert same(apply_all(start, lines, rules), end)
        assert difference(end, end, rules) == ()
        assert bool(summary(start, end, rules)) == (not same(start, end))


@settings(max_examples=30, deadline=None)
@given(st.lists(LINES, max_size=14))
def test_every_board_can_be_made_a_run_of(lines: list[str]) -> None:
    board = played(lines)
    under = level().under(board)
    assert [str(o.text) for o in under.objectives] == list(board.conditions.goals)
    assert len(under.faults) == len(board.conditions.faults)
    assert set(under.workloads) == {c.settings["sends"] for c in board if "sends" in c.settings}
