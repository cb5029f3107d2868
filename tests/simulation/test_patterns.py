"""Arrival patterns: what the sentences mean, and what is said about those that mean nothing."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.errors import ScalegameError
from scalegame.simulation.arrivals import expected_count
from scalegame.simulation.patterns import held_from, parse_pattern, rate_at, write_pattern
from scalegame.simulation.scenario import Piece

INF = math.inf


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("240/s", (Piece(0, INF, 240, 240),)),
        ("120/s until 20 s, then 240/s", (Piece(0, 20, 120, 120), Piece(20, INF, 240, 240))),
        ("120/s  until 20 s,  then   240/s", (Piece(0, 20, 120, 120), Piece(20, INF, 240, 240))),
        ("120/s until 20 s", (Piece(0, 20, 120, 120), Piece(20, INF, 120, 120))),
        ("ramp to 300/s until 60 s", (Piece(0, 60, 0, 300), Piece(60, INF, 300, 300))),
        (
            "100/s until 10 s, then ramp to 300/s until 1 min",
            (Piece(0, 10, 100, 100), Piece(10, 60, 100, 300), Piece(60, INF, 300, 300)),
        ),
        (
            "ramp from 50/s to 10/s until 4 s, then 60/min",
            (Piece(0, 4, 50, 10), Piece(4, INF, 1, 1)),
        ),
        ("sine 100/s to 300/s every 60 s", (Piece(0, INF, 200, 200, 100, 60),)),
        (
            "sine 100/s to 300/s every 60 s until 75 s",
            (Piece(0, 75, 200, 200, 100, 60), Piece(75, INF, 300, 300)),
        ),
        (
            "100/s, spike to 900/s at 30 s for 5 s",
            (Piece(0, 30, 100, 100), Piece(30, 35, 900, 900), Piece(35, INF, 100, 100)),
        ),
        (
            "ramp to 100/s until 100 s, spike to 9/s at 40 s for 20 s",
            (Piece(0, 40, 0, 40), Piece(40, 60, 9, 9), Piece(60, 100, 60, 100), Piece(100, INF, 100, 100)),
        ),
        (
            "1/s, spike to 5/s at 0 s for 2 s, spike to 9/s at 1 s for 2 s",
            (Piece(0, 1, 5, 5), Piece(1, 3, 9, 9), Piece(3, INF, 1, 1)),
        ),
    ],
)
def test_what_a_pattern_means(text: str, pieces: tuple[Piece, ...]) -> None:
    assert parse_pattern(text) == pieces


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "120/s until 20 s"),
        ("spike to 900/s at 30 s for 5 s", "begins with a rate"),
        ("120 until 20 s", 'write "120/s"'),
        ("120/s until 20", 'write "20 ms" or "20 s"'),
        ("120/s, then 240/s", "has no end"),
        ("120/s until 20 s, 240/s", 'write ", then 240/s"'),
        ("120/s until 20 s, then 240/s until 10 s", "is not after 20 s"),
        ("ramp to 300/s", "ramp to 300/s until 60 s"),
        ("sine 100/s every 60 s", "sine 100/s to 300/s every 60 s"),
        ("sine 300/s to 100/s every 60 s", "must rise"),
        ("sine 100/s to 300/s every 0 s", "must rise and take time"),
        ("100/s, spike to 900/s at 30 s", "spike to 900/s at 30 s for 5 s"),
        ("100/s, spike to 900/s at 30 s for 0 s", "lasts no time"),
        ("100/s, spike to 9/s at 3 s for 5 s, then 5/s", "spikes last"),
        ("sine 1/s to 3/s every 9 s, spike to 9/s at 3 s for 5 s", "cannot cut a sine"),
        ("-5/s", "negative"),
        ("nan/s", "is not a rate"),
        ("1/s until 1 s" + ", then 1/s until 1 h" * 60, "at most 50 pieces"),
        ("9" * 200 + "/s", "too long"),
    ],
)
def test_what_is_said_about_a_bad_one(text: str, part: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        parse_pattern(text)
    assert part in caught.value.message
    assert "\n" not in caught.value.message


def test_rate_at_holds_from_a_piece_s_start_to_just_before_its_end() -> None:
    pieces = parse_pattern("120/s until 20 s, then ramp to 300/s until 30 s, then sine 0/s to 8/s every 4 s")
    assert [rate_at(pieces, t) for t in (0, 19.99, 20, 25)] == [120, 120, 120, 210]
    assert rate_at(pieces, 30) == 4
    assert rate_at(pieces, 31) == pytest.approx(8)
    assert rate_at(pieces, 33) == pytest.approx(0)


@pytest.mark.parametrize(
    ("text", "end", "rate"),
    [
        ("120/s until 20 s, then 240/s", 60, 240),
        ("120/s until 20 s, then 240/s", 20, 120),
        ("ramp to 300/s until 60 s", 30, 150),
        ("sine 100/s to 300/s every 60 s", 15, 300),
        ("1/s, spike to 50/s at 8 s for 10 s", 10, 50),
    ],
)
def test_when_measuring_ends_the_rate_stays(text: str, end: float, rate: float) -> None:
    before = parse_pattern(text)
    after = held_from(before, end)
    assert after[-1].end == INF
    assert rate_at(after, end + 1) == pytest.approx(rate)
    assert rate_at(after, end + 1000) == pytest.approx(rate)
    assert expected_count(after, end) == pytest.approx(expected_count(before, end))


RATES = st.integers(0, 1000).map(lambda n: f"{n}/s")
LENGTHS = st.integers(1, 500)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    parts, time = [], 0
    for _ in range(draw(st.integers(0, 4))):
        time += draw(LENGTHS)
        form = draw(st.sampled_from(["{a}", "ramp to {a}", "ramp from {a} to {b}"]))
        parts.append(form.format(a=draw(RATES), b=draw(RATES)) + f" until {time} s")
    parts.append(draw(RATES))
    spikes = draw(st.lists(st.tuples(RATES, st.integers(0, 2000), LENGTHS), max_size=3))
    return ", then ".join(parts) + "".join(f", spike to {r} at {at} s for {n} s" for r, at, n in spikes)


@given(patterns())
def test_pieces_leave_no_gap_and_are_written_as_read(text: str) -> None:
    pieces = parse_pattern(text)
    assert pieces[0].start == 0
    assert pieces[-1].end == INF
    assert all(a.end == b.start for a, b in pairwise(pieces))
    assert all(p.start < p.end and p.low >= 0 and p.high >= 0 for p in pieces)
    assert parse_pattern(write_pattern(pieces)) == pieces
