from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.design.designfile import FORMAT, Design, design_of, from_data, migrate, to_data
from scalegame.design.edits import apply_all
from scalegame.errors import ScalegameError
from tests.design.fakes import FOUND, RULES
from tests.design.test_difference import walks

names = st.text(min_size=1, max_size=40)


@given(st.builds(Design, names, st.lists(names, max_size=9).map(tuple), st.just("") | names, st.just("") | names))
def test_what_is_written_is_read_back(design: Design) -> None:
    assert from_data(to_data(design)) == design


@given(walks)
def test_a_saved_board_comes_back(board: object) -> None:
    design = design_of(board, RULES, "two", "abc", "1")  # type: ignore[arg-type]
    assert from_data(to_data(design)).board(RULES) == board


def test_the_file_says_what_it_is_for() -> None:
    board = apply_all(FOUND, ["add cache"], RULES)
    assert to_data(design_of(board, RULES, "two", "abc", "1")) == {
        "format": FORMAT,
        "level": "two",
        "digest": "abc",
        "engine": "1",
        "do": ["add cache"],
    }


def test_an_engine_written_as_a_number_is_its_name() -> None:
    assert from_data({"format": 0, "level": "two", "engine": 1}).engine == "1"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "a design is a file with the keys format, level and do"),
        ([], "a design is a file"),
        ({}, "does not say its format: write format: 0"),
        ({"format": "0"}, '"0" is not a format'),
        ({"format": True}, "True is not a format"),
        ({"format": -1}, "-1 is not a format"),
        ({"format": 7}, "format 7, and this scalegame reads formats up to 0: update scalegame"),
        ({"format": 0}, "does not say which level"),
        ({"format": 0, "level": ""}, "level must be a short text"),
        ({"format": 0, "level": 3}, "level must be a short text"),
        ({"format": 0, "level": "x" * 300}, "level must be a short text"),
        ({"format": 0, "level": "two", "dp": []}, 'a design has no "dp" – known: level, digest, engine, do'),
        ({"format": 0, "level": "two", "do": "add cache"}, "do must be a list"),
        ({"format": 0, "level": "two", "do": [3]}, "do must be a list"),
        ({"format": 0, "level": "two", "do": ["a"] * 1001}, "at most 1000 lines, this one has 1001"),
        ({"format": 0, "level": "two", "do": ["a", "b" * 501]}, "line 2 is longer than 500"),
    ],
)
def test_what_is_not_a_design_says_why(data: Any, says: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        from_data(data)
    assert says in caught.value.message


def test_older_formats_are_brought_up_step_by_step() -> None:
    steps: dict[int, Any] = {
        0: lambda data: {**data, "edits": data.pop("do")},
        1: lambda data: {**data, "edits": [*data["edits"], "buy index"]},
    }
    old = {"format": 0, "do": ["add cache"]}
    new = migrate(old, steps, 2)
    assert new["format"] == 2
    assert new["edits"] == ["add cache", "buy index"]
    assert old == {"format": 0, "do": ["add cache"]}
    with pytest.raises(ScalegameError, match="format 0 cannot be read any more"):
        migrate(old, {1: steps[1]}, 2)
    with pytest.raises(ScalegameError, match="format 3"):
        migrate({"format": 3}, steps, 2)
