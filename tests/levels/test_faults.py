"""Faults as sentences: what each means, that it is written as it is read, and what is said of what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels.faults import parse_fault, sufferings
from scalegame.levels.freedom import sentence
from scalegame.simulation.scenario import Fault

CARDS = {
    id: sufferings(kinds()[kind])
    for id, kind in {
        "users": "clients",
        "lb": "balancer",
        "web": "service",
        "db": "database",
        "near": "cache",
        "inbox": "queue",
        "place": "service",
    }.items()
}
PLACES = ("homes", "valley", "old-hall")
WEB2, WAY, LINK = ("replica", "web", "2"), ("way", "homes", "valley"), ("link", "homes", "valley")


def read(text: str, end: float = 100.0) -> Fault:
    return parse_fault(text, CARDS, PLACES, end)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("at 30 s: web-2 crashes for 5 s", Fault(30, 5, WEB2, "crash")),
        ("at 30 s: db dies", Fault(30, None, ("component", "db"), "dies")),
        ("at 30 s: web-2 pauses for 3 s", Fault(30, 3, WEB2, "pause")),
        ("at 30 s: near pauses for 3 s", Fault(30, 3, ("component", "near"), "pause")),
        ("at 30 s: inbox fails for 1 min", Fault(30, 60, ("component", "inbox"), "fails")),
        ("at 30 s: db is not found for 2 s", Fault(30, 2, ("component", "db"), "not found")),
        ("at 30 s: web is 5 times slower", Fault(30, None, ("component", "web"), "slow", 5.0)),
        ("at 30 s: homes <-> valley is cut", Fault(30, None, LINK, "cut")),
        ("at 30 s: homes -> valley is cut for 9 s", Fault(30, 9, WAY, "cut")),
        ("at 30 s: homes -> valley is 3 times slower", Fault(30, None, WAY, "slow", 3.0)),
        ("at 30 s: homes <-> valley loses 5 % of its messages", Fault(30, None, LINK, "loses", 0.05)),
        ("at 30 s: place old-hall is cut off for 9 s", Fault(30, 9, ("place", "old-hall"), "cut")),
        ("at 30 s: place old-hall dies", Fault(30, None, ("place", "old-hall"), "dies")),
        ("at 30 s: place old-hall fails for 9 s", Fault(30, 9, ("place", "old-hall"), "fails")),
        ("at 30 s: place crashes", Fault(30, None, ("component", "place"), "crash")),
        (
            "from 20 s every 60 s on average: web-2 crashes for 5 s",
            Fault(20, 5, WEB2, "crash", every=60.0),
        ),
        (
            "from 0 s every 10 ms on average: homes <-> valley loses 100 % of its messages for 1 ms",
            Fault(0, 0.001, LINK, "loses", 1.0, 0.01),
        ),
    ],
)
def test_what_a_sentence_means(text: str, fault: Fault) -> None:
    assert read(text) == fault
    assert read(sentence(fault)) == fault
    assert read(str(fault)) == fault


def test_a_restart_is_a_crash_that_ends() -> None:
    assert read("at 30 s: web restarts for 5 s") == read("at 30 s: web crashes for 5 s")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("at 30 s: web-2 pauses", 'for how long? Write "pauses for 5 s"'),
        ("at 30 s: web restarts", 'for how long? Write "restarts for 5 s"'),
        ("at 30 s: web pauses for 0 s", "lasts no time"),
        ("at 30 s: lb pauses for 1 s", "lb has no work that could stand still"),
        ("at 30 s: inbox pauses for 1 s", "inbox has no work that could stand still"),
        ("at 30 s: users pauses for 1 s", "users has no work that could stand still"),
        ("at 30 s: lb fails", "lb passes calls on, and has none of its own to fail"),
        ("at 30 s: users fails", 'nobody calls users, so it cannot do that: write "crashes"'),
        ("at 30 s: users is not found", "nobody calls users"),
        ("at 30 s: web-2 is not found", 'write "web is not found"'),
        ("at 30 s: web loses 5 % of its messages", '"homes <-> valley loses 5 % of its messages"'),
        ("at 30 s: web is cut", '"homes <-> valley is cut"'),
        ("at 30 s: homes -> valley crashes", 'write "homes -> valley is cut"'),
        ("at 30 s: homes <-> valley pauses for 1 s", 'write "homes <-> valley is cut"'),
        ("at 30 s: homes -> vally is cut", 'did you mean "valley"'),
        ("at 30 s: place vally fails", 'did you mean "valley"'),
        ("at 30 s: place valley pauses for 1 s", 'write "place valley fails"'),
        ("at 30 s: homes <-> valley loses 0 % of its messages", "more than 0 %"),
        ("at 30 s: homes <-> valley loses 101 % of its messages", "between 0 % and 100 %"),
        ("at 30 s: homes <-> valley loses 5 of its messages", "5 %"),
        ("from 20 s every 9 ms on average: web crashes for 1 s", "10 ms on average is the least"),
        ("from 20 s every 60 s on average: web crashes", "say for how long"),
        ("from 120 s every 60 s on average: web crashes for 1 s", "the run is over"),
        ("every 60 s: web crashes for 1 s", "at 60 s: web-1 crashes for 15 s"),
        ("at 30 s: wbe fails", 'did you mean "web"'),
    ],
)
def test_what_is_said_of_what_is_no_fault(text: str, says: str) -> None:
    with pytest.raises(ScalegameError) as error:
        read(text)
    assert says in error.value.message


TIMES = st.floats(1e-6, 1e4)
CARD = st.one_of(
    st.sampled_from(("web", "db", "near")).map(lambda id: ("component", id)),
    st.tuples(st.just("replica"), st.sampled_from(("web", "db")), st.integers(1, 9999).map(str)),
)
BETWEEN = st.tuples(st.sampled_from(("link", "way")), st.sampled_from(PLACES), st.sampled_from(PLACES))
PLACE = st.tuples(st.just("place"), st.sampled_from(PLACES))
BLOWS = st.one_of(
    st.tuples(CARD, st.sampled_from(("crash", "dies", "fails", "pause")), st.just(1.0)),
    st.tuples(st.one_of(CARD, BETWEEN), st.just("slow"), st.floats(1.0, 1e6, exclude_min=True)),
    st.tuples(BETWEEN, st.just("cut"), st.just(1.0)),
    st.tuples(BETWEEN, st.just("loses"), st.floats(1e-9, 1.0)),
    st.tuples(PLACE, st.sampled_from(("crash", "dies", "fails", "cut")), st.just(1.0)),
)


@given(at=st.floats(0, 1e4), lasts=TIMES, blow=BLOWS, every=st.one_of(st.none(), st.floats(0.01, 1e4)))
def test_every_fault_is_read_as_it_is_written(
    at: float, lasts: float, blow: tuple[tuple[str, ...], str, float], every: float | None
) -> None:
    target, effect, factor = blow
    fault = Fault(at, lasts, target, effect, factor, every)  # type: ignore[arg-type]
    assert read(sentence(fault), end=1e9) == fault


@given(
    st.text(max_size=60), st.sampled_from(("at ", "at 3 s: ", "at 3 s: web ", "from 1 s every ", "at 3 s: place "))
)
def test_nonsense_is_a_message(text: str, start: str) -> None:
    try:
        read(start + text)
    except ScalegameError as error:
        assert error.message
