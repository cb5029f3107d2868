from dataclasses import replace

import pytest

from scalegame.design import edits
from scalegame.design.edits import apply, apply_all, legal_wires
from scalegame.design.model import Wire
from scalegame.errors import ScalegameError
from tests.design.fakes import DB, FOUND, KINDS, RULES, SIZES, made
from tests.design.fakes import board as of


def refusal(*lines: str, rules: object = RULES) -> str:
    *before, last = lines
    start = apply_all(RULES.found, before, RULES)
    with pytest.raises(ScalegameError) as caught:
        apply(start, last, rules)  # type: ignore[arg-type]
    return caught.value.message


def test_a_balancer_and_two_more_machines() -> None:
    board = apply_all(
        FOUND, ["add balancer as lb at valley", "set web replicas=3", "rewire skiers -> lb -> web"], RULES
    )
    assert board.components["lb"].item == "balancer"
    assert board.components["lb"].settings == KINDS["balancer"].settings({"price": "$0.03/h"}, {})
    assert board.components["web"].replicas == 3
    assert set(board.wires) == {Wire("web", "passes-db"), Wire("skiers", "lb"), Wire("lb", "web")}
    assert FOUND.components["web"].replicas == 1


def test_what_is_added_gets_a_free_name_the_first_place_and_its_settings() -> None:
    board = apply_all(FOUND, ["add cache", "add cache at peak ttl=30 s"], RULES)
    assert board.components["cache"].at == "valley"
    assert board.components["cache"].settings["ttl"] is None
    assert board.components["cache-2"].at == "peak"
    assert board.components["cache-2"].settings["ttl"] == 30.0
    assert edits.completed(board, edits.parse("add web2"), RULES) == edits.Add("web2", "web2", "valley")


def test_a_free_name_is_never_too_long() -> None:
    name = "a" * 40
    crowd = of(made("cache", name, holds="passes", size="small"))
    assert edits.free_id(crowd, name) == "a" * 38 + "-2"


def test_removing_takes_the_wires_too() -> None:
    board = apply(FOUND, "remove web", RULES)
    assert list(board.components) == ["skiers", "passes-db"]
    assert board.wires == ()


def test_the_way_a_design_took_leaves_no_trace() -> None:
    one = apply_all(FOUND, ["add cache", "add balancer", "wire web -> cache", "wire balancer -> web"], RULES)
    other = apply_all(
        FOUND,
        [
            "unwire web -> passes-db",
            "add balancer",
            "wire balancer -> web",
            "add cache",
            "wire web -> cache",
            "wire web -> passes-db",
        ],
        RULES,
    )
    assert one == other
    assert list(one.components) == list(other.components)


def test_back_to_how_it_was_found_is_allowed_from_outside_the_range() -> None:
    rules = replace(RULES, adjust={"web": {"threads": RULES.adjust["web"]["replicas"]}})
    board = apply_all(FOUND, ["set web threads=3", "set web threads=40"], rules)
    assert board == FOUND
    with pytest.raises(ScalegameError, match="threads of web can be 1 to 6 in this level, not 41"):
        apply(FOUND, "set web threads=41", rules)


def test_moving_a_card_is_always_allowed() -> None:
    assert apply(FOUND, "move skiers 3,4", RULES).components["skiers"].position == (3, 4)


def test_projects_keep_the_order_of_the_level() -> None:
    board = apply_all(FOUND, ["buy index", "buy lighter-pages"], RULES)
    assert board.projects == ("lighter-pages", "index")
    assert apply(board, "return lighter-pages", RULES).projects == ("index",)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["add cahce"], 'palette has no "cahce" – did you mean "cache"?'),
        (["add database"], 'palette has no "database"'),
        (["add cache as web"], "called web already: write add cache as web-2"),
        (["add cache at homes"], 'cache cannot stand at "homes" – known: valley, peak'),
        (["add queue", "add queue"], "this level has 1 of queue at most"),
        (["add queue as q", "add queue as q"], "this level has 1 of queue at most"),
        (["add queue length=5"], "length of queue can be 10 to 10,000 in this level, not 5"),
        (["add queue length=none"], "length of queue can be 10 to 10,000 in this level, not none"),
        (["add queue price=$1/h"], "price of queue stays as it is in this level: you can change length"),
        (["add queue size=small"], 'queue has no "size" – known: length'),
        (["add web2 size=medium"], "size of web2 can be small, large in this level, not medium"),
        (["remove skiers"], "skiers belongs to this level and cannot be removed"),
        (["remove wep"], 'nothing on the board is called "wep" – did you mean "web"?'),
        (["set passes-db connections=20"], "nothing about it can be changed"),
        (["set web thread=20"], 'web has no "thread" – did you mean "threads"?'),
        (["set web threads=500"], "threads of web can be 5 to 200 in this level, not 500"),
        (["set web threads=many"], '"many" is not a count'),
        (["set web size=medum"], 'did you mean "medium"?'),
        (["set web runs=mail"], "runs of web stays as it is in this level: you can change size, replicas"),
        (["buy indx"], 'no project "indx" – did you mean "index"?'),
        (["buy index", "buy index"], "index is bought already"),
        (["return index"], "index is not bought"),
        (["wire web -> web"], "web cannot be wired to itself"),
        (["wire skiers -> web"], "skiers -> web is wired already"),
        (["wire skiers -> wep"], 'nothing on the board is called "wep"'),
        (
            ["add cache", "wire cache -> passes-db"],
            "cache cannot send requests on: wire web to both of them",
        ),
        (["wire passes-db -> web"], "wire it the other way round: wire web -> passes-db"),
        (
            ["unwire skiers -> web", "wire skiers -> passes-db"],
            "skiers (clients) cannot use passes-db (database), which takes reads and writes: "
            "something belongs between: wire skiers -> web -> passes-db",
        ),
        (["wire web -> skiers"], "nothing can be sent to skiers (clients), it only asks"),
        (
            ["add balancer as lb", "wire skiers -> lb"],
            "skiers can be wired to one thing only, and is to web: write rewire skiers -> lb -> web",
        ),
        (
            ["add balancer as lb", "add queue", "wire lb -> queue -> web", "wire web -> lb"],
            "web -> lb would close a circle: web -> lb -> queue -> web",
        ),
        (["unwire skiers -> passes-db"], "skiers is not wired to passes-db: it is wired to web"),
        (["unwire skiers -> web", "rewire skiers -> web"], "write wire skiers -> web"),
        (["rewire skiers -> web"], "skiers -> web is wired already"),
        (
            ["add cache", "wire web -> cache", "add web2", "rewire web -> web2"],
            "web is wired to passes-db, cache: say which goes with unwire web -> passes-db",
        ),
    ],
)
def test_refusals_say_why_and_what_to_do(lines: list[str], says: str) -> None:
    assert says in refusal(*lines)


def test_a_refused_chain_changes_nothing_and_a_half_new_one_adds_the_rest() -> None:
    board = apply(FOUND, "add balancer as lb", RULES)
    with pytest.raises(ScalegameError):
        apply(board, "wire lb -> web -> lb", RULES)
    assert Wire("lb", "web") not in board.wires
    assert Wire("lb", "web") in apply(board, "wire lb -> web -> passes-db", RULES).wires


def test_rewire_replaces_the_only_wire_or_the_direct_one() -> None:
    board = apply_all(FOUND, ["add web2", "rewire skiers -> web2 -> passes-db"], RULES)
    assert set(board.wires) == {Wire("skiers", "web2"), Wire("web2", "passes-db"), Wire("web", "passes-db")}
    board = apply_all(FOUND, ["add balancer as lb", "wire lb -> web", "rewire skiers -> lb -> web"], RULES)
    assert board.targets("skiers") == ("lb",)
    lines = ["add cache", "wire web -> cache", "add web2", "rewire web -> web2 -> passes-db"]
    assert apply_all(FOUND, lines, RULES).targets("web") == ("cache", "web2")


def test_bounds_of_the_board() -> None:
    small = replace(RULES, most_components=4, most_wires=2)
    assert "takes 4 components at most" in refusal("add cache", "add cache", rules=small)
    assert "takes 2 wires at most" in refusal("add cache", "wire web -> cache", rules=small)


def test_many_lines_name_the_bad_one_and_have_a_bound() -> None:
    with pytest.raises(ScalegameError, match=r"^line 2: nothing on the board"):
        apply_all(FOUND, ["add cache", "remove cahce"], RULES)
    with pytest.raises(ScalegameError, match="at most 1000 lines"):
        apply_all(FOUND, ["move web 1,1"] * 1001, RULES)


def test_a_component_made_from_the_palette_obeys_the_palette_even_under_an_old_name() -> None:
    board = apply_all(FOUND, ["remove web", "add web2 as web", "set web size=large"], RULES)
    assert board.components["web"].settings["size"] == "large"
    with pytest.raises(ScalegameError, match="small, large"):
        apply(board, "set web size=medium", RULES)


def test_what_the_canvas_offers_is_what_the_rules_allow() -> None:
    board = apply_all(FOUND, ["add cache", "add balancer as lb", "add web2"], RULES)
    for source in board.components:
        offered = legal_wires(board, source, RULES)
        for target in board.components:
            line = f"wire {source} -> {target}"
            if target in offered:
                assert Wire(source, target) in apply(board, line, RULES).wires
            else:
                with pytest.raises(ScalegameError):
                    apply(board, line, RULES)
    assert legal_wires(board, "web", RULES) == ("cache", "lb", "web2")


def test_empty_palettes_and_projects_say_so() -> None:
    bare = replace(RULES, palette={}, projects={}, adjust={})
    assert "it has nothing to add" in refusal("add cache", rules=bare)
    assert "it has none" in refusal("buy index", rules=bare)
    assert "nothing about it can be changed" in refusal("set web threads=3", rules=bare)


def test_the_fakes_are_sane() -> None:
    assert DB.settings["size"] in SIZES
