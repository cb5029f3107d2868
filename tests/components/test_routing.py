"""Weights and rules of balancers as they are written, and what contradicts what."""

from typing import Any

import pytest

from scalegame.design.distributions import constant
from scalegame.design.parameters.routing import check, read_routes, read_weights, unknown_names
from scalegame.errors import ScalegameError
from tests.scenarios import KINDS, balancer


@pytest.mark.parametrize(
    ("reader", "written", "says"),
    [
        (read_weights, "big", "big 2, small 1"),
        (read_weights, "big 0", "between 1 and 1,000"),
        (read_weights, "big 2, big 3", "two weights"),
        (read_weights, "big -1", "is no weight"),
        (read_routes, "POST", "POST -> writers"),
        (read_routes, "member gold -> a", "write group gold"),
        (read_routes, ", ".join(["GET -> a"] * 21), "20 rules at most"),
        (read_routes, "", "is no rule"),
    ],
)
def test_bad_weights_and_rules_are_explained(reader: Any, written: str, says: str) -> None:
    with pytest.raises(ScalegameError, match=says.replace("(", r"\(")):
        reader(written)


def test_they_are_kept_tidy() -> None:
    kind = KINDS["balancer"]
    assert kind.parameter("weights").read(" big   2,small 1", {}) == "big 2, small 1"
    rules = kind.parameter("routes").read("POST->w,group  vip -> g, look -> r", {})
    assert rules == "POST -> w, group vip -> g, look -> r"
    assert kind.parameter("routes").read(rules, {}) == rules
    assert kind.parameter("routes").read("none", {}) is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"routes": "GET -> a"}, "routes needs a look into calls"),
        ({"affinity": "user"}, "affinity needs"),
        ({"work": constant(0.001)}, "work needs"),
        ({"policy": "hash", "hash__by": "key"}, "hash.by needs"),
        ({"weights": "a 2"}, "set policy=weighted"),
        ({"layer": "L7", "policy": "hash", "affinity": "user"}, "set affinity=none"),
    ],
)
def test_contradictions_are_named(given: dict[str, Any], says: str) -> None:
    (found,) = check(balancer(**given))
    assert says in found
    assert check(balancer()) == ()


def test_names_without_a_wire_are_found() -> None:
    found = unknown_names(
        balancer(layer="L7", weights="big 2, smal 1", routes="look -> big, lok -> big"),
        ("big", "small"),
        ("look",),
    )
    assert found[0].startswith("routes looks for lok")
    assert "did you mean 'small'" in found[1] or "small" in found[1]
    assert len(found) == 2


def test_everything_can_be_typed_and_contradictions_stop_a_run() -> None:
    """In the sandbox, line by line, as a player does."""
    from scalegame.design.checks import problems
    from scalegame.design.rules import apply_all
    from scalegame.levels.sandbox import sandbox

    rulebook = sandbox(KINDS).rulebook
    lines = ["add customers", "add balancer as lb", "add stall as gold", "add stall as rest"]
    lines += ["wire customers -> lb", "wire lb -> gold", "wire lb -> rest"]
    lines += ['set lb layer=L7 work=1ms size=small policy=weighted weights="gold 2, rest 1"']
    lines += ['set lb routes="group member -> gold, POST -> rest" affinity=user slow_start=5s eject.after=5']
    lines += ["set gold sessions.kept=client sessions.bytes=20KB sessions.work=2ms"]
    board = apply_all(rulebook.found, lines, rulebook)
    assert [str(p) for p in problems(board, rulebook)] == []
    wrong = apply_all(board, ['set lb layer=L4 routes="loook -> gold, group member -> gould"'], rulebook)
    said = " ".join(str(p) for p in problems(wrong, rulebook))
    assert "routes needs a look into calls" in said
    assert "routes looks for loook" in said
    assert "routes names gould" in said
