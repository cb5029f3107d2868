"""A level file becomes a level."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.design.distributions import constant, exponential
from scalegame.design.edits import apply_all
from scalegame.design.model import Wire
from scalegame.design.rulebook import Adjustment
from scalegame.design.world import Change, Operation, Read, SendTo, Work, Write
from scalegame.levels.digest import DECIDES, digest_of
from scalegame.levels.guide import parse_condition
from scalegame.levels.load import load, loads
from scalegame.levels.model import Level
from scalegame.simulation.run import simulate
from scalegame.simulation.scenario import Asked, Closed, Fault, FollowUp, Open, Piece, Retries, Window

SAMPLE = Path(__file__).parent / "sample.yaml"


@pytest.fixture(scope="module")
def level() -> Level:
    return load(SAMPLE, kinds())


def test_what_is_for_people(level: Level) -> None:
    assert (level.id, level.title, level.chapter, level.difficulty) == ("sample", "A sample", 3, 2)
    assert level.brief == "A shop, and people who want something."
    assert level.teaches == ("replication",)
    assert level.hints == ("Look.", "Think.")
    assert level.time_scale == 60
    assert level.source == str(SAMPLE)


def test_network(level: Level) -> None:
    there, back = level.network.profile("town", "hill"), level.network.profile("hill", "town")
    assert there == back
    assert there.latency.values == (0.018, 0.06)
    assert there.bandwidth == 12.5e6
    assert there.loss == 0.001
    assert level.network.profile("hill", "hill").latency == constant(0.0005)
    assert level.network.profile("town", "town").latency == constant(0.0003)
    assert level.rulebook.linked == {("town", "hill"), ("hill", "town"), ("hill", "hill")}


def test_one_direction_of_a_link_may_differ() -> None:
    text = SAMPLE.read_text().replace("  within hill", "  hill -> alp: 1 ms\n  alp -> hill: 2 ms\n  within hill")
    text = text.replace("[town, hill]\nnetwork", "[town, hill, alp]\nnetwork")
    text = re.sub(r"(-> (?:alp|hill)): (\d ms)", r"\1: {latency: \2}", text)
    network = loads(text, "x", kinds()).network
    assert network.profile("hill", "alp").latency == constant(0.001)
    assert network.profile("alp", "hill").latency == constant(0.002)


def test_data_sizes_and_programs(level: Level) -> None:
    rules = level.rulebook
    assert (rules.sizes["small"].cores, rules.sizes["small"].memory, rules.sizes["small"].price) == (2, 4e9, 0.1)
    assert (rules.data["passes"].keys, rules.data["passes"].zipf, rules.data["notes"].zipf) == (20_000, 1.1, 0)
    shop, mail = rules.programs["shop"].operations, rules.programs["mail"].operations
    assert shop["browse"].steps == (Work(exponential(0.01)), Read("passes", 3))
    assert shop["book"].steps == (Work(constant(0.02)), Write("passes", 20, 0.05), SendTo("mail", "post"))
    assert (shop["book"].reply, mail["post"].reply) == ("done", "accepted")


def test_workloads(level: Level) -> None:
    people, robots = level.workloads["people"], level.workloads["robots"]
    assert people.arrivals == Open("poisson", (Piece(0, 20, 50, 50), Piece(20, float("inf"), 100, 100)))
    assert people.operations == {"browse": Asked(9), "book": Asked(1, FollowUp(0.08, "browse"))}
    assert people.retries == Retries(3, "exponential", 0.1, 2.0, 1.0)
    assert (people.users, people.keys, people.request, people.timeout) == (2000, "passes", 500, 2.0)
    assert robots.arrivals == Closed(5, exponential(1.0), 2.0)
    assert (robots.request, robots.timeout, robots.retries) == (2000, None, Retries())
    assert level.window == Window(10, 60, 5)


def test_the_board_as_found_hides_no_default(level: Level) -> None:
    found = level.found.components
    assert list(found) == ["people", "robots", "web", "db", "post", "line", "notes-db"]
    assert found["people"].at == "town", "clients are where their workload is at home"
    assert found["robots"].at == "hill"
    assert found["web"].position == (2, 1)
    for card in level.found:
        assert set(card.settings) == {p.name for p in kinds()[card.kind].parameters}
    assert found["db"].settings["work.read"] == exponential(0.002)
    assert found["db"].settings["work.write"] == constant(0.006)
    assert Wire("line", "post") in level.found.wires
    assert len(level.found.wires) == 6


def test_the_palette_and_what_may_be_adjusted(level: Level) -> None:
    rules = level.rulebook
    balancer, cache = rules.palette["balancer"], rules.palette["quick-cache"]
    assert (balancer.kind, balancer.most, balancer.effort) == ("balancer", 2, 2)
    assert balancer.places == ("hill",), "where most of what is fixed stands"
    assert balancer.settings["health_check.every"] == 2
    policies = kinds()["balancer"].parameter("policy").choices
    assert balancer.adjust == {"policy": Adjustment(values=policies)}
    assert (cache.kind, cache.most, cache.places) == ("cache", 1, ("hill", "town"))
    assert cache.adjust == {"ttl": Adjustment(1, 60)}
    assert rules.adjust["web"] == {
        "size": Adjustment(values=("small", "large")),
        "threads": Adjustment(5, 200),
        "replicas": Adjustment(1, 6, effort=2),
    }
    assert rules.adjust["post"] == {"size": Adjustment(values=("large",), effort=15)}
    assert rules.fixed == {"people", "robots", "db"}


def test_projects(level: Level) -> None:
    lighter, index = level.rulebook.projects["lighter"], level.rulebook.projects["index"]
    assert (lighter.title, lighter.says, lighter.effort, lighter.price) == ("Lighter", "Less work.", 30, 0.01)
    assert lighter.changes == (Change(("program", "shop", "browse", "work"), exponential(0.004)),)
    assert index.title == "An index"
    assert index.changes == (
        Change(("component", "db", "work.read"), constant(0.001)),
        Change(("data", "passes", "value"), 200.0),
        Change(("program", "shop", "book"), Operation("book", (Work(constant(0.009)),))),
    )


def test_what_a_project_changes_is_what_runs(level: Level) -> None:
    board = apply_all(level.found, ["buy lighter", "buy index"], level.rulebook)
    scenario = level.scenario(board)
    assert scenario.programs["shop"].operations["browse"].steps[0] == Work(exponential(0.004))
    assert scenario.board.components["db"].settings["work.read"] == constant(0.001)
    assert scenario.data["passes"].value == 200


def test_faults(level: Level) -> None:
    assert level.faults == (
        Fault(30, 5, ("replica", "web", "1"), "crash"),
        Fault(31, 5, ("component", "db"), "slow", 5),
        Fault(32, 1, ("link", "town", "hill"), "cut"),
        Fault(33, None, ("component", "post"), "dies"),
    )
    assert str(level.faults[0]) == "at 30 s: web-1 crashes for 5 s"


def test_attempts(level: Level) -> None:
    more, threads = level.attempts
    assert (more.name, more.wins, more.loses, more.says) == ("more", True, None, "Two are more than one.")
    assert threads.do == ("set web threads=200", "buy lighter")
    assert (threads.wins, threads.loses) == (False, 1)


def test_guide_conditions_hold_when_they_should(level: Level) -> None:
    rules, board = level.rulebook, level.found
    conditions = [parse_condition(until, rules) for _, until in level.guide]
    assert not any(c.holds(board) for c in conditions)
    board = apply_all(board, ["add balancer", "rewire people -> balancer -> web", "set web replicas=3"], rules)
    assert [c.holds(board) for c in conditions] == [True, True, True, False, False]
    assert conditions[3].holds(board, selected="web")
    assert not conditions[3].holds(board, selected="db")
    assert conditions[4].holds(board, ran=True)
    assert not conditions[2].holds(board.without("web"))


def test_the_level_runs(level: Level) -> None:
    result = simulate(level.scenario(level.found), kinds(), 1).result
    assert result.ended == ""
    assert result.total.requests > 3000
    assert set(result.workloads) == {"people", "robots"}


def test_position_and_chapter_come_from_the_names_of_file_and_folder(tmp_path: Path) -> None:
    path = tmp_path / "03-far-away" / "07-sample.yaml"
    path.parent.mkdir()
    path.write_text(SAMPLE.read_text())
    level = load(path, kinds())
    assert (level.position, level.chapter_title) == (7, "Far away")


def changed(old: str, new: str) -> Level:
    text = SAMPLE.read_text()
    assert text.count(old) == 1
    return loads(text.replace(old, new), "x", kinds())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A shop, and people", "A shop and people"),
        ("hints: [Look., Think.]", "hints: [Look.]"),
        ("debrief: It was the web.", "debrief: It was not."),
        ("position: [2, 1]", "position: [3, 1]"),
        ("says: Less work.", "says: Much less."),
        ("title: A sample", "title: Another"),
        ("threads: 40,", "threads:   40 ,"),
        ("100 Mbit/s", "12.5 MB/s"),
    ],
)
def test_words_do_not_change_the_digest(level: Level, old: str, new: str) -> None:
    assert changed(old, new).digest == level.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: sample", "id: sample-2"),
        ("threads: 40,", "threads: 41,"),
        ("loss: 0.1 %", "loss: 0.2 %"),
        ("then 100/s", "then 101/s"),
        ("cost <= $2/h", "cost <= $3/h"),
        ("parts: 9", "parts: 8"),
        ("grace: 5 s", "grace: 6 s"),
        ("post dies", "post crashes"),
        ("max: 2, ", "max: 3, "),
        ("5..200", "5..201"),
        ("{browse: 9, book: {weight: 1, then: {after: 80 ms, do: browse}}}",
         "{book: {weight: 1, then: {after: 80 ms, do: browse}}, browse: 9}"),
        ("shop.browse.work: {exponential: 4 ms}", "shop.browse.work: {exponential: 5 ms}"),
    ],
)  # fmt: skip
def test_what_decides_changes_the_digest(level: Level, old: str, new: str) -> None:
    assert changed(old, new).digest != level.digest


def test_the_digest_covers_every_field_that_could_decide(level: Level) -> None:
    words = {"title", "chapter", "chapter_title", "position", "difficulty", "teaches", "brief", "guide"}
    words |= {"time_scale", "hints", "debrief", "attempts", "digest", "source"}
    # Where it comes from, which one of several it is, and what is for people and proofs only. `own` decides.
    words |= {"id", "pack", "variant", "variants", "drawn", "language", "languages"}
    words |= {"mechanism", "accepts", "outcomes", "book"}
    assert set(Level.__dataclass_fields__) == words | set(DECIDES)
    assert digest_of(replace(level, digest="old")).digest == level.digest
