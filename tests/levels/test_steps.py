"""Steps of programs, as authors write them: what each becomes, and what is refused with what advice."""

from dataclasses import replace

import pytest

from scalegame.components import kinds
from scalegame.design.distributions import constant
from scalegame.design.world import (
    CallProgram,
    Fan,
    Freshness,
    Lock,
    Read,
    Session,
    Step,
    Update,
    Wait,
    Work,
    Write,
    called,
    touched_by,
    walk,
)
from scalegame.errors import ScalegameError
from scalegame.levels.load import loads
from scalegame.levels.model import Level
from scalegame.simulation.run import simulate
from scalegame.simulation.scenario import Clocks, Connect, Retries

LEVEL = """
format: 0
id: steps
title: Steps
chapter: 1
difficulty: 1
teaches: [steps]
brief: Steps.
measure: from 0 s to 5 s
places: [here]
sizes: {one: {cores: 1, memory: 1 GB, price: $0.1/h}}
data: {x: {keys: 100, popularity: POPULARITY, value: 1 KB}}
programs:
  p:
    get: OPERATION
    other: [{work: 1 ms}]
CLOCKS
workloads:
  w:
    at: here
    users: 10
    arrivals: {constant: "10/s"}
    operations: {get: {weight: 1, priority: 2}}
    timeout: 2 s
    retries: {attempts: 3, budget: 10 %}
    MORE
board:
  users: {kind: clients, at: here, sends: w}
  web: {kind: service, at: here, runs: p, size: one}
wires: [users -> web]
projects: {patience: {effort: 5 h, set: SET}}
objectives: ["availability >= 99 %"]
stars: {cost: $1/h}
debrief: Done.
"""


def level(
    operation: str = "[{work: 1 ms}]",
    more: str = "",
    clocks: str = "",
    popularity: str = "uniform",
    set: str = "{w.timeout: 5 s, w.retries: none}",
) -> Level:
    text = LEVEL.replace("OPERATION", operation).replace("MORE", more).replace("CLOCKS", clocks)
    return loads(text.replace("POPULARITY", popularity).replace("SET", set), "steps", kinds())


MS = constant(0.001)


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("{work: 1 ms, parallel: 95 %}", Work(MS, 0.95)),
        ("{wait: 1 ms}", Wait(MS)),
        ("{write: x, adds: true}", Write("x", adds=True)),
        (
            "{fan: [p.other], times: 20, need: 18, within: 200 ms, hedge: 60 ms}",
            Fan((("p", "other"),), 20, 18, 0.2, 0.06),
        ),
        (
            "{lock: stock, stripes: 16, patience: 1 s, handoff: 20 us, wakes: all,"
            " steps: [{work: 1 ms}, {read: x}]}",
            Lock("stock", (Work(MS), Read("x")), 16, 1.0, 20e-6, "all"),
        ),
        ("{update: seats, work: 1 ms}", Update("seats", MS)),
        ("{session: x, writes: true}", Session("x", True)),
    ],
)
def test_a_step_becomes(written: str, step: Step) -> None:
    assert level(f"[{written}]").rulebook.programs["p"].operations["get"].steps == (step,)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "{parallel: 5 %}",
            "a step is one of work, wait, read, write, call, send, fan, lock, update and session, not none",
        ),
        ("{work: 1 ms, wait: 1 ms}", "not work and wait"),
        ("{wait: 1 ms, times: 2}", "times belongs to read and fan"),
        ("{read: x, adds: true}", "adds belongs to write"),
        ("{write: x, within: 1 s}", "batch and within go together"),
        ("{fan: [p.other], need: 2}", "need can be 1 at most"),
        ("{fan: [p.other, p.other], times: 1000}", "2,000 calls at once: at most 1,000"),
        ("{fan: [p.other], hedge: 0 s}", "leave hedge out"),
        ("{fan: [p.otter]}", "p.other"),
        ("{fan: [p.get]}", "leads back to itself"),
        ("{lock: a, steps: [{lock: b, steps: [{lock: a, steps: [{work: 1 ms}]}]}]}", "wait for itself for ever"),
        ("{lock: a}", "give it steps"),
        ("{lock: a, steps: [{call: p.get}]}", "leads back to itself"),
        ("{update: seats}", "write work: 1 ms"),
        ("{session: y}", "data set"),
        ("{lock: a, steps: [" + ", ".join(["{work: 1 ms}"] * 50) + "]}", "51 steps"),
        (
            "{lock: a, steps: [{lock: b, steps: [{lock: c, steps: [{lock: d, steps: [{lock: e, steps:"
            " [{work: 1 ms}]}]}]}]}]}",
            "deeper than 4",
        ),
    ],
)
def test_what_is_no_step_is_refused_with_advice(written: str, message: str) -> None:
    with pytest.raises(ScalegameError) as error:
        level(f"[{written}]")
    assert message in str(error.value)


def test_a_reply_has_a_length_and_headers() -> None:
    operation = (
        level("{answer: 2 MB, fresh: {max_age: 300 s, etag: true}, steps: [{work: 1 ms}]}")
        .rulebook.programs["p"]
        .operations["get"]
    )
    assert operation.answer == 2e6
    assert operation.fresh == Freshness(max_age=300.0, etag=True)


def test_the_length_of_a_reply_takes_its_time_on_the_wire() -> None:
    link = 'network: {within here: {latency: 1 ms, bandwidth: "1 MB/s"}}'
    times = [
        simulate(found.scenario(found.found), kinds(), 1).result.total.latency.mean
        for answer in ("500 B", "100500 B")
        for found in [level("{answer: " + answer + ", steps: [{work: 1 ms}]}", clocks=link)]
    ]
    assert times[1] - times[0] == pytest.approx(0.1)


def test_what_clients_do_about_connections_and_waiting() -> None:
    found = level(
        more="connect: {reuse: never, tls: 2}\n    patience: 1 ms\n    groups: {member: 1, guest: 3}"
    ).workloads["w"]
    assert found.connect == Connect("never", tls=2)
    assert found.patience == MS
    assert found.groups == {"member": 1, "guest": 3}
    assert found.operations["get"].priority == 2
    assert found.retries == Retries(3, budget=0.1)


def test_clocks_and_shifting_popularity() -> None:
    found = level(
        clocks="clocks: {drift: 15 s, every: 10 s, error: 5 ms}", popularity="{zipf: 1.1, shifts: 30 s, by: 10 %}"
    )
    assert found.clocks == Clocks(15.0, 10.0, 0.005)
    assert found.scenario(found.found).clocks == found.clocks
    assert (found.rulebook.data["x"].shift_every, found.rulebook.data["x"].shift_by) == (30.0, 10)
    assert found.digest != level().digest


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"clocks": "clocks: {drift: 1 s, every: 1 ms}"}, "every 10 ms at most"),
        ({"popularity": "{zipf: 1, shifts: 30 s}"}, "shifts and by go together"),
        ({"popularity": "{zipf: 1, shifts: 1 ms, by: 10 %}"}, "shifts every 100 ms at most"),
        ({"popularity": "{zipf: 1, shifts: 1 s, by: 100 %}"}, "less than 100 %"),
        ({"more": "connect: {idle: 0 s}"}, "write reuse: never"),
        ({"more": "groups: {a: 0}"}, "share above 0"),
        ({"set": "{w.timeout: 0 s}"}, "write none to wait for ever"),
        ({"set": "{w.retries: {attempts: 1, budget: 10 %}}"}, "a budget of retries without any"),
        ({"set": "{w.timout: 1 s}"}, "w.timeout"),
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(ScalegameError) as error:
        level(**given)
    assert message in str(error.value)


def test_a_project_changes_how_long_clients_wait_and_what_they_do_then() -> None:
    found = level()
    bought = replace(found.found, projects=("patience",))
    before, after = (found.scenario(board).workloads["w"] for board in (found.found, bought))
    assert (before.timeout, before.retries.attempts) == (2.0, 3)
    assert (after.timeout, after.retries) == (5.0, Retries())


def test_steps_are_walked_into_and_say_whom_they_call_and_what_they_touch() -> None:
    inner = (Read("x"), CallProgram("p", "other"))
    steps = (Work(MS), Lock("a", (Lock("b", inner),)), Write("y"))
    assert list(walk(steps)) == [steps[0], steps[1], Lock("b", inner), *inner, steps[2]]
    assert called(Fan((("p", "a"), ("p", "b")), 2)) == (("p", "a", False), ("p", "b", False)) * 2
    assert touched_by(inner[0]) == (("x",), ())
    assert touched_by(steps[2]) == ((), ("y",))
