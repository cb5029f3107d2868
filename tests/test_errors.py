import pickle

import pytest

from scalegame.errors import Place, Problems, ScalegameError, nearest, printable, quoted


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("a.yaml", 3, 7), "a.yaml:3:7"),
        (Place("a.yaml", 3), "a.yaml:3"),
        (Place("a.yaml"), "a.yaml"),
        (Place("a.yaml", None, 7), "a.yaml"),
    ],
)
def test_place_leaves_out_what_is_not_known(place: Place, text: str) -> None:
    assert str(place) == text


def test_error_says_place_and_message() -> None:
    error = ScalegameError("Bad unit", '120 has no unit: write "120 ms"', Place("a.yaml", 3, 7))
    assert str(error) == 'a.yaml:3:7: 120 has no unit: write "120 ms"'
    assert error.title == "Bad unit"


def test_error_without_a_place_is_its_message() -> None:
    assert str(ScalegameError("Bad", "no")) == "no"


def test_at_gives_a_place_once() -> None:
    first, second = Place("a.yaml", 1, 1), Place("b.yaml", 2, 2)
    error = ScalegameError("Bad", "no").at(first).at(second)
    assert error.place == first


def test_message_stays_on_one_line_and_sends_nothing_to_the_terminal() -> None:
    error = ScalegameError("Bad", "a\nb\x1b[31m\u2028\u202e")
    assert str(error) == r"a\nb\x1b[31m\u2028\u202e"


def test_printable_keeps_ordinary_text() -> None:
    assert printable("Größe 5\u2009000 µs – “ok” ×2") == "Größe 5\u2009000 µs – “ok” ×2"


def test_problems_are_one_line_each_and_flat() -> None:
    one = ScalegameError("Bad", "one", Place("a.yaml", 1, 1))
    two = ScalegameError("Bad", "two")
    problems = Problems([one, Problems([two])])
    assert problems.errors == (one, two)
    assert str(problems) == "a.yaml:1:1: one\ntwo"
    assert problems.title == "2 problems"
    assert problems.place == one.place


def test_problems_pass_a_place_on_to_those_that_have_none() -> None:
    problems = Problems([ScalegameError("Bad", "one")]).at(Place("a.yaml", 9))
    assert str(problems) == "a.yaml:9: one"
    assert problems.title == "1 problem"


@pytest.mark.parametrize("error", [ScalegameError("t", "m", Place("f", 1)), Problems([ScalegameError("t", "m")])])
def test_errors_cross_process_boundaries(error: ScalegameError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.place == error.place


@pytest.mark.parametrize(
    ("name", "known", "text"),
    [
        ("cahce", ["cache", "service"], ' – did you mean "cache"?'),
        ("CACHE", ["cache", "service"], ' – did you mean "cache"?'),
        ("zzz", ["cache", "service"], " – known: cache, service"),
        ("zzz", [f"name{i}" for i in range(50)], ""),
        ("zzz", [], ""),
    ],
)
def test_nearest(name: str, known: list[str], text: str) -> None:
    assert nearest(name, known) == text


def test_quoted() -> None:
    assert quoted("a b") == '"a b"'
    assert quoted(5) == "5"
    assert len(quoted("x" * 1000)) == 50
