from dataclasses import replace

import pytest

from scalegame.design.distributions import constant, exponential
from scalegame.design.edits import apply, apply_all
from scalegame.design.projects import in_force
from scalegame.design.rulebook import Rulebook
from scalegame.design.world import Change, Operation, Project, Read, Work
from scalegame.errors import ScalegameError
from tests.design.fakes import FOUND, RULES


def rules(*projects: tuple[tuple[str, ...], object]) -> Rulebook:
    made = [Project(f"p{n}", f"Project {n}", "", 1.0, 0.0, (Change(*c),)) for n, c in enumerate(projects)]
    return replace(RULES, projects={p.id: p for p in made})


def test_nothing_bought_changes_nothing() -> None:
    assert in_force(FOUND, RULES) == (FOUND, RULES.programs, RULES.data)


def test_work_a_setting_and_data() -> None:
    board = apply_all(FOUND, ["buy lighter-pages", "buy index"], RULES)
    now, programs, data = in_force(board, RULES)
    assert programs["booking"].operations["browse"].steps == (Work(exponential(0.004)), Read("passes"))
    assert programs["booking"].operations["book"] == RULES.programs["booking"].operations["book"]
    assert now.components["passes-db"].settings["work.read"] == exponential(0.0005)
    assert data["passes"].value == 500.0
    assert RULES.programs["booking"].operations["browse"].steps[0] == Work(exponential(0.012))
    assert board.components["passes-db"] == FOUND.components["passes-db"]


def test_a_whole_operation_and_the_size_and_popularity_of_data() -> None:
    new = Operation("browse", (Work(constant(0.001)),), "accepted")
    book = rules(
        (("program", "booking", "browse"), new),
        (("data", "passes", "keys"), 10.0),
        (("data", "passes", "zipf"), 0.5),
    )
    _, programs, data = in_force(apply_all(FOUND, ["buy p0", "buy p1", "buy p2"], book), book)
    assert programs["booking"].operations["browse"] == new
    assert (data["passes"].keys, data["passes"].zipf) == (10, 0.5)
    assert isinstance(data["passes"].keys, int)


@pytest.mark.parametrize("order", [["buy p0", "buy p1"], ["buy p1", "buy p0"]])
def test_the_order_of_the_level_counts_not_that_of_buying(order: list[str]) -> None:
    target = ("program", "booking", "browse", "work")
    book = rules((target, constant(1.0)), (target, constant(2.0)))
    _, programs, _ = in_force(apply_all(FOUND, order, book), book)
    assert programs["booking"].operations["browse"].steps[0] == Work(constant(2.0))
    unordered = replace(FOUND, projects=tuple(line.removeprefix("buy ") for line in order))
    assert in_force(unordered, book)[1] == programs


def test_a_project_overrides_what_the_player_set() -> None:
    now, _, _ = in_force(apply_all(FOUND, ["set web threads=7", "buy web-tuning"], RULES), RULES)
    assert now.components["web"].settings["threads"] == 120


@pytest.mark.parametrize(
    ("target", "value", "says"),
    [
        (("component", "wep", "threads"), 3, 'called "wep" – did you mean "web"?'),
        (("component", "web", "thread"), 3, 'did you mean "threads"?'),
        (("program", "bokking", "browse"), 3, 'no program "bokking" – did you mean "booking"?'),
        (("program", "booking", "fly"), 3, 'booking has no operation "fly"'),
        (("program", "booking", "browse"), 3, "must become an operation"),
        (("program", "booking", "look", "work"), constant(1.0), "booking.look has 0 steps of work"),
        (("program", "booking", "browse", "work"), 3, "must become a distribution"),
        (("data", "pases", "value"), 3, 'did you mean "passes"?'),
        (("data", "passes", "valeu"), 3, 'did you mean "value"?'),
        (("data", "passes", "value"), "x", "must become a number"),
        (("weather",), 3, 'a project cannot change "weather"'),
    ],
)
def test_a_change_without_an_object_says_which_project(target: tuple[str, ...], value: object, says: str) -> None:
    book = rules((target, value))
    with pytest.raises(ScalegameError) as caught:
        in_force(apply(FOUND, "buy p0", book), book)
    assert says in caught.value.message
    assert caught.value.message.startswith("Project 0: ")
