"""The sandbox: everything is there, everything can be changed, and the run follows the board."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from scalegame.components import kinds
from scalegame.design import checks
from scalegame.design.distributions import constant
from scalegame.design.edits import apply, apply_all
from scalegame.design.kinds import Kind, Type, choice, named, number, spread, whole
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.levels.digest import digest_of
from scalegame.levels.packs import find, index
from scalegame.levels.sandbox import Sandbox, sandbox
from scalegame.simulation.run import simulate
from scalegame.simulation.scenario import Closed, Open
from scalegame.verdict.judge import judge
from tests.tui.playing import tiny

SHOP = (
    "add shoppers",
    "add shop",
    "add database",
    "wire shoppers -> shop -> database",
)
#: Systems that people come to build, by name: each holds the goals that the sandbox begins with, or its own.
SYSTEMS = {
    "read-heavy shop": (
        *SHOP,
        "add cache",
        "wire shop -> cache",
        "add balancer",
        "rewire shoppers -> balancer -> shop",
        "set shop replicas=3",
        "traffic shoppers 400/s",
    ),
    "write-heavy feed": (
        "add followers",
        "add feed",
        "add database holds=posts",
        "wire followers -> feed -> database",
        "traffic followers 200/s",
        "set database size=medium",
    ),
    "background jobs": (
        "add snappers",
        "add photos",
        "add queue",
        "add thumbnails size=large",
        "add database holds=pictures size=large",
        "wire snappers -> photos -> queue -> thumbnails -> database",
        "wire photos -> database",
    ),
    "tickets through a queue": (
        "add fans",
        "add queue",
        "add tickets size=medium",
        "add database holds=orders",
        "wire fans -> queue -> tickets -> database",
    ),
    "third party": ("add payers", "add checkout", "add bank at south", "wire payers -> checkout -> bank",
                    "goal latency.p99 < 1 s"),
    "two places": (*SHOP, "add shop as far at south", "add balancer", "rewire shoppers -> balancer -> shop",
                   "wire balancer -> far -> database", "traffic shoppers 100/s timeout 1 s retries 1"),
}  # fmt: skip


@cache
def level() -> Sandbox:
    return sandbox(kinds())


def made(*lines: str) -> Board:
    return apply_all(level().found, lines, level().rulebook)


def test_it_is_found_by_its_name_and_is_no_level_of_the_campaign() -> None:
    found = find("sandbox", kinds())
    assert (found.id, found.digest, found.chapter) == ("sandbox", level().digest, 0)
    assert "sandbox" not in [entry.id for entry in index()]


def test_the_board_is_empty_and_says_how_to_begin() -> None:
    assert not level().found.components
    (problem,) = checks.problems(level().found, level().rulebook)
    assert problem.message == "nobody asks for anything yet: write add shoppers"
    assert {goal.partition(" ")[0] for goal in level().found.conditions.goals} >= {"availability", "latency.p99"}
    board = made(*SHOP, "traffic shoppers off")
    assert [p.message for p in checks.problems(board, level().rulebook)] == [
        "all traffic is off: write traffic shoppers 100/s"
    ]


def test_every_kind_and_every_workload_is_in_the_palette() -> None:
    items = level().rulebook.palette.values()
    assert {item.kind for item in items} == set(kinds())
    assert {item.name for item in items} >= set(level().rulebook.workloads)
    assert all(item.most >= 10 for item in items if item.kind != "clients")


def test_every_parameter_of_every_card_can_be_changed_and_every_value_that_it_has_can_be_written() -> None:
    rules = level().rulebook
    for item in rules.palette.values():
        if item.kind == "clients":
            continue
        kind = kinds()[item.kind]
        assert set(item.adjust) == {parameter.name for parameter in kind.parameters}
        board = made(f"add {item.name} as it")
        for parameter in kind.parameters:
            value = parameter.write(board.components["it"].settings[parameter.name])
            apply(board, f"set it {parameter.name}={value}", rules)
            if parameter.optional:
                assert (
                    apply(board, f"set it {parameter.name}=none", rules).components["it"].settings[parameter.name]
                    is None
                )
            if parameter.type is Type.NUMBER:
                with pytest.raises(ScalegameError):
                    apply(board, f"set it {parameter.name}=-5", rules)


def test_a_kind_that_the_file_does_not_know_joins_by_itself() -> None:
    parameters = (
        whole("lanes", "How many.", low=3, high=9),
        number("ratio", "How much.", 0.5),
        choice("colour", "Which.", ("red", "blue")),
        named("size", "Which machine.", "sizes"),
        spread("delay", "How long.", constant(0.1)),
        spread("work", "How much work."),
        named("twin", "Where else.", "places", None, optional=True),
    )
    fresh = Kind("ferry", "Ferry", "f", "f", "It carries.", parameters, lambda *_: None)
    item = sandbox({**kinds(), "ferry": fresh}).rulebook.palette["ferry"]
    assert set(item.settings) == {parameter.name for parameter in parameters} == set(item.adjust)
    assert item.settings["lanes"] == 3
    assert item.adjust["twin"].values[-1] is None


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_that_people_build_start_run_and_hold_the_goals(name: str) -> None:
    board = made(*SYSTEMS[name])
    assert checks.problems(board, level().rulebook) == ()
    under = level().under(board)
    run = simulate(under.scenario(board), kinds(), under.seeds("play", 1)[0])
    verdict = judge(under.objectives, under.stars, [run.result], board, under.rulebook)
    assert verdict.won, [(h.objective.text, h.value) for h in verdict.objectives]


def test_the_run_follows_the_board() -> None:
    board = made(
        *SHOP,
        "traffic shoppers constant 20/s timeout 700 ms retries 2 exponential 50 ms up to 1 s jitter 50 %",
        "fault at 20 s: shop crashes for 5 s",
        "goal browse.latency.p95 < 90 ms",
        "measure 10 s 30 s",
    )
    under = level().under(board)
    (workload,) = under.workloads.values()
    assert isinstance(workload.arrivals, Open)
    assert workload.arrivals.process == "constant"
    assert workload.timeout == 0.7
    assert replace(workload.retries, attempts=1) == replace(
        workload.retries, attempts=1, policy="exponential", base=0.05, cap=1.0, jitter=0.5
    )
    assert workload.retries.attempts == 3
    assert [(f.at, f.duration, f.target) for f in under.faults] == [(20.0, 5.0, ("component", "shop"))]
    assert "browse.latency.p95 < 90 ms" in [o.text for o in under.objectives]
    assert (under.window.start, under.window.end) == (10.0, 30.0)
    result = simulate(level().scenario(board), kinds(), 7).result
    assert result.total.requests == 20 * 20
    # 20/s for the 5 seconds that the shop is down, less what its retries carry over the edge.
    assert 90 <= result.total.requests - result.total.successes <= 100


def test_clients_who_wait() -> None:
    board = made(*SHOP, "traffic shoppers 7 clients, think exponential 500 ms, pause 3 s")
    arrivals = level().under(board).workloads["shoppers"].arrivals
    assert isinstance(arrivals, Closed)
    assert (arrivals.clients, arrivals.think.mean, arrivals.pause) == (7, 0.5, 3.0)


def test_who_is_switched_off_asks_nothing_and_the_others_go_on() -> None:
    board = made(*SHOP, *SYSTEMS["third party"], "traffic payers off")
    result = simulate(level().scenario(board), kinds(), 3).result
    assert result.workloads["shoppers"].requests > 1000
    assert "payers" not in result.workloads or result.workloads["payers"].requests == 0


def test_the_same_conditions_are_the_same_level_and_others_another() -> None:
    board = made(*SHOP)
    assert level().under(board) is level().under(made(*SHOP))
    assert level().under(made(*SHOP, "traffic shoppers 9/s")) is not level().under(board)
    for rate in range(1, 201):
        assert level().under(made(f"traffic shoppers {rate}/s")).digest == level().digest
    assert len(level().ready) <= 64


def test_everything_may_be_done_while_it_runs() -> None:
    board = made(*SHOP)
    live = level().under(board).live
    assert live is not None
    assert set(live.verbs(board.components["shop"], kinds())) == {"scale", "crash", "restart", "throttle"}


def test_other_levels_are_themselves_and_have_the_digest_that_they_always_had() -> None:
    assert tiny().under(tiny().found) is tiny()
    board = apply(tiny().found, "add balancer", tiny().rulebook)
    assert tiny().under(board) is tiny()
    # Neither the field for conditions nor that for freedom is part of it where they say nothing.
    with_freedom = replace(tiny(), rulebook=replace(tiny().rulebook, freedom=level().rulebook.freedom))
    assert digest_of(with_freedom).digest == tiny().digest
    assert level().digest != digest_of(replace(level(), rulebook=replace(level().rulebook, found=Board()))).digest
