from dataclasses import replace

import pytest

from scalegame.design.checks import notes, problems
from scalegame.design.edits import apply_all
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from tests.design.fakes import FOUND, RULES, SKIERS, made


def built(*lines: str, rules: Rulebook = RULES) -> Board:
    return apply_all(rules.found, lines, rules)


def messages(*lines: str, rules: Rulebook = RULES) -> list[str]:
    return [problem.message for problem in problems(built(*lines, rules=rules), rules)]


def test_a_whole_board_can_start() -> None:
    assert messages() == []
    assert messages("add balancer as lb", "set web replicas=3", "rewire skiers -> lb -> web") == []
    assert notes(FOUND, RULES) == ()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["unwire skiers -> web"], ["skiers (clients) has no wire to anything: write wire skiers -> web"]),
        (
            ["add balancer as lb", "rewire skiers -> lb"],
            ["lb (balancer) has nothing behind it: write wire lb -> web"],
        ),
        (
            ["unwire web -> passes-db"],
            ["web reads or writes passes, but is wired to nothing that holds it: write wire web -> passes-db"],
        ),
        (
            ["set web replicas=3"],
            [
                "web has 3 machines, but skiers can only talk to one: "
                "write add balancer, then rewire skiers -> balancer -> web"
            ],
        ),
        (
            ["set web replicas=3", "add balancer as lb", "wire lb -> web"],
            ["web has 3 machines, but skiers can only talk to one: write rewire skiers -> lb -> web"],
        ),
        (
            ["remove web"],
            ["skiers (clients) has no wire to anything: add something that answers it"],
        ),
        (
            ["buy web-tuning", "remove web", "add web2", "wire skiers -> web2 -> passes-db"],
            [
                'Tune the web: nothing on the board is called "web" – did you mean "web2"? '
                "(return web-tuning, or undo)"
            ],
        ),
    ],
)
def test_what_is_missing_is_said_once_with_its_cure(lines: list[str], says: list[str]) -> None:
    assert messages(*lines) == says


@pytest.mark.parametrize(
    "lines",
    [
        ["unwire skiers -> web"],
        ["add balancer as lb", "rewire skiers -> lb"],
        ["unwire web -> passes-db"],
        ["set web replicas=3"],
        ["set web replicas=3", "add balancer as lb", "wire lb -> web"],
    ],
)
def test_the_cures_work(lines: list[str]) -> None:
    (message,) = messages(*lines)
    cure = message.rpartition(": write ")[2].split(", then ")
    assert messages(*lines, *cure) == []


def test_without_a_chooser_to_add_there_is_one_machine() -> None:
    rules = replace(RULES, palette={})
    (message,) = messages("set web replicas=2", rules=rules)
    assert message.endswith("write set web replicas=1")
    assert messages("set web replicas=2", "set web replicas=1", rules=rules) == []


def test_contradictions_within_a_card() -> None:
    rules = replace(RULES, found=FOUND.with_component(FOUND.components["web"].with_settings({"threads": 666})))
    assert messages(rules=rules) == ["web: more threads than memory"]


def test_places_that_no_network_joins() -> None:
    said = messages("add web2 at peak", "rewire skiers -> web2", "wire web2 -> passes-db")
    assert said == ["skiers is at homes and web2 at peak, and no network joins them: write unwire skiers -> web2"]
    oneway = replace(RULES, linked=frozenset((("homes", "valley"),)))
    assert messages(rules=oneway)[0].startswith("skiers is at homes and web at valley, and no network joins")
    anywhere = replace(RULES, linked=None)
    assert messages("add web2 at peak", "rewire skiers -> web2 -> passes-db", rules=anywhere) == []


def test_a_card_that_stands_at_two_places() -> None:
    database = FOUND.components["passes-db"].with_settings({"replica_at": "peak"})
    split = replace(RULES, found=FOUND.with_component(database))
    assert messages(rules=split) == []
    joined = frozenset((("homes", "valley"), ("valley", "homes")))
    assert messages(rules=replace(split, linked=joined)) == [
        "passes-db stands both at valley and peak, and no network joins them: choose another place",
        "web is at valley and passes-db at peak, and no network joins them: write unwire web -> passes-db",
    ]


def test_a_workload_is_sent_by_exactly_one() -> None:
    free = replace(RULES, fixed=frozenset())
    assert messages("remove skiers", rules=free) == [
        "nobody sends the workload skiers any more: undo, or start over"
    ]
    twice = FOUND.with_component(replace(SKIERS, id="again")).with_wire("again", "web")
    (problem,) = problems(twice, RULES)
    assert problem.message == "skiers and again both send the workload skiers: remove one of them"


def test_projects_are_in_force_when_a_board_is_checked() -> None:
    tuned = replace(
        RULES.projects["web-tuning"], changes=(replace(RULES.projects["web-tuning"].changes[0], value=666),)
    )
    rules = replace(RULES, projects={"web-tuning": tuned})
    assert messages(rules=rules) == []
    assert messages("buy web-tuning", rules=rules) == ["web: more threads than memory"]


def test_notes_name_what_does_nothing() -> None:
    board = built("add web2 as spare", "add cache", "wire spare -> cache")
    assert notes(board, RULES) == ("no request ever reaches cache", "no request ever reaches spare")
    photos = made("database", "photos", holds="photos", size="small")
    extra = FOUND.with_component(photos).with_component(replace(photos, id="more"))
    extra = extra.with_wire("web", "photos")
    assert "no request ever reaches photos" in notes(extra, RULES)
    two = built("add cache as c", "wire web -> c")
    assert notes(two, RULES) == ()


def test_a_wire_that_nothing_uses_between_busy_parts() -> None:
    lines = [
        "add web2 as other",
        "add balancer as lb",
        "rewire skiers -> lb -> web",
        "wire lb -> other -> passes-db",
    ]
    assert messages(*lines, "wire web -> other") == []
    assert notes(built(*lines, "wire web -> other"), RULES) == ("nothing ever goes over the wire web -> other",)


def test_a_board_with_problems_has_no_notes_of_its_own() -> None:
    assert notes(built("unwire skiers -> web", "add cache"), RULES) == ()
