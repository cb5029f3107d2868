import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.design.edits import apply_all
from scalegame.design.price import cost, effort, parts
from tests.design.fakes import FOUND, RULES


def test_cost_is_machines_cards_and_projects() -> None:
    assert cost(FOUND, RULES) == pytest.approx(0.1 + 0.3)
    board = apply_all(FOUND, ["add balancer", "set web replicas=3 size=medium", "buy lighter-pages"], RULES)
    assert cost(board, RULES) == pytest.approx(0.03 + 3 * 0.3 + 0.3 + 0.01)


def test_a_board_that_cannot_start_has_a_price() -> None:
    board = apply_all(FOUND, ["buy web-tuning", "remove web"], RULES)
    assert cost(board, RULES) == pytest.approx(0.3)


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from(list(RULES.sizes)))
def test_more_machines_never_cost_less(few: int, many: int, size: str) -> None:
    def price(replicas: int) -> float:
        return cost(apply_all(FOUND, [f"set web replicas={replicas} size={size}"], RULES), RULES)

    assert (price(few) < price(many)) == (few < many)


def test_effort_is_projects_additions_and_what_was_changed() -> None:
    def hours(*lines: str) -> float:
        return effort(FOUND, apply_all(FOUND, lines, RULES), RULES)

    assert hours() == 0
    assert hours("buy lighter-pages", "buy index") == 38
    assert hours("set web replicas=3") == 1.5
    assert hours("set web replicas=3 threads=50") == 1.5
    assert hours("set web replicas=3", "set web replicas=1") == 0
    assert hours("add web2") == 2
    assert hours("add web2 size=large replicas=2") == 3.5
    assert hours("add web2", "add web2", "remove web2") == 2
    assert hours("remove web") == 0
    assert hours("remove web", "add web2 as web") == 2


def test_parts_are_replicas_of_what_answers() -> None:
    assert parts(FOUND, RULES) == 2
    assert parts(apply_all(FOUND, ["add balancer", "set web replicas=3"], RULES), RULES) == 5


def test_what_was_found_costs_no_effort_wherever_it_came_from() -> None:
    found = apply_all(FOUND, ["add web2 replicas=2", "buy index"], RULES)
    assert effort(found, found, RULES) == 0
    assert effort(found, apply_all(found, ["set web2 replicas=3"], RULES), RULES) == 0.5


def test_a_card_may_stand_for_several_machines() -> None:
    database = FOUND.components["passes-db"].with_settings({"read_replicas": 2})
    assert parts(FOUND.with_component(database), RULES) == 4
