"""Machines that come and go by themselves: when, how many, and at what cost. All is reckoned by hand."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.design import checks
from scalegame.design.distributions import constant
from scalegame.design.parameters.scaling import read_schedule
from scalegame.design.parameters.scaling import told as told_of
from scalegame.design.world import Work
from scalegame.errors import ScalegameError
from scalegame.simulation.run import Run, simulate
from scalegame.simulation.scenario import Fault, Open, Order, Piece, Scenario
from tests import scenarios
from tests.levels.test_steps import level
from tests.scenarios import KINDS, balancer, clients, program, queue, scenario, service, workload

STEP = re.compile(r"web scales from (\d+) to (\d+)")


def rates(*changes: tuple[float, float]) -> Open:
    """Evenly spaced arrivals: from each time on at a rate."""
    ends = [time for time, _ in changes[1:]] + [inf]
    pieces = [Piece(start, end, rate, rate) for (start, rate), end in zip(changes, ends, strict=True)]
    return Open("constant", tuple(pieces))


def scaled(arrivals: Open, until: float, work: float = 0.01, grace: float = 30.0, **more: Any) -> Scenario:
    """Machines of one core at $0.10/h behind a balancer, 10 ms a call."""
    cards = [clients(), balancer(), service(**{"size": "one", "scaling__by": "cpu", **more})]
    on = scenarios.board(cards, "users -> lb -> web")
    return scenario(on, workload(arrivals), program(Work(constant(work))), until=until, grace=grace)


def changes(run: Run) -> list[tuple[float, int, int]]:
    """(when, from, to) of every change that it decided."""
    found = [(e.time, STEP.match(e.text)) for e in run.recording.events]
    return [(time, int(match[1]), int(match[2])) for time, match in found if match]


def told(run: Run, text: str) -> list[float]:
    return [e.time for e in run.recording.events if e.text == text]


def test_above_the_mark_a_machine_is_ordered_at_the_next_look_and_serves_after_its_warm_up() -> None:
    run = simulate(scaled(rates((0, 50), (12, 80)), 40), KINDS, 1)
    assert changes(run) == [(20.0, 1, 2)]  # 78 % between 12 and 20 s, and 74 % between 10 and 20 s
    assert told(run, "web-2 is in service") == [25.0]
    # It is paid from its start: one for 20 s, two for 20 s.
    assert run.result.cost == pytest.approx((20 * 1 + 20 * 2) / 40 * 0.1)
    assert run.result.components["web"].counters["scaled_out"] == 1
    assert run.result.components["web"].utilisation == pytest.approx(
        (12 * 50 + 28 * 80) * 0.01 / (25 + 15 * 2), rel=0.01
    )


def test_at_the_mark_nothing_happens() -> None:
    assert changes(simulate(scaled(rates((0, 70)), 40), KINDS, 1)) == []


@pytest.mark.parametrize(("cool_down", "when"), [(0.0, 30.0), (30.0, 40.0), (40.0, 50.0), (45.0, 60.0)])
def test_below_the_other_mark_one_leaves_but_not_before_the_cool_down(cool_down: float, when: float) -> None:
    load = rates((0, 80), (20, 10))
    run = simulate(scaled(load, 80, scaling__cool_down=cool_down), KINDS, 1)
    assert changes(run) == [(10.0, 1, 2), (when, 2, 1)]
    assert run.result.cost == pytest.approx((80 + (when - 10)) / 80 * 0.1)


def test_who_leaves_finishes_what_it_has() -> None:
    load = rates((0, 1))
    run = simulate(
        scaled(load, 40, work=3.0, replicas=2, scaling__out_above=1.0, scaling__in_below=0.99), KINDS, 1
    )
    assert changes(run)[0][1:] == (2, 1)
    assert run.result.total.failures == {} or set(run.result.total.failures) == {"unfinished"}


def test_by_a_schedule_to_the_second() -> None:
    run = simulate(
        scaled(rates((0, 10)), 60, scaling__by="schedule", scaling__schedule="at 12 s: 4, at 40 s: 1"), KINDS, 1
    )
    assert changes(run) == [(12.0, 1, 4), (40.0, 4, 1)]
    assert told(run, "web-4 is in service") == [17.0]
    assert run.result.cost == pytest.approx((12 * 1 + 28 * 4 + 20 * 1) / 60 * 0.1)


def test_with_a_schedule_and_cpu_the_schedule_is_the_least() -> None:
    more = {
        "scaling__by": "cpu and schedule",
        "scaling__schedule": "at 15 s: 3, at 45 s: 1",
        "scaling__cool_down": 0.0,
    }
    run = simulate(scaled(rates((0, 10)), 80, **more), KINDS, 1)
    assert changes(run) == [(15.0, 1, 3), (50.0, 3, 2), (60.0, 2, 1)]


def test_with_a_step_of_0_it_goes_straight_to_what_the_measure_asks_for() -> None:
    """Four machines at 95 % are asked for 3.8 machines' work: at 70 % that takes 5.43, so 6."""
    run = simulate(scaled(rates((0, 380)), 20, replicas=4, scaling__step=0), KINDS, 1)
    assert changes(run) == [(10.0, 4, 6)]
    back = simulate(scaled(rates((0, 60)), 20, replicas=4, scaling__step=0), KINDS, 1)
    assert changes(back) == [(10.0, 4, 1)]  # 0.6 machines' work: 0.86


def test_by_the_length_of_the_queue_in_front() -> None:
    """25/s come and 10/s go: at the first look 75 wait on average, for one machine."""
    cards = [clients(), queue(), service(size="one", threads=1, scaling__by="queue", scaling__step=2)]
    on = scenarios.board(cards, "users -> queue -> web")
    done = program(Work(constant(0.1)), reply="accepted")
    run = simulate(scenario(on, workload(rates((0, 25))), done, until=60), KINDS, 1)
    assert changes(run)[0] == (10.0, 1, 3)
    texts = [e.text for e in run.recording.events if STEP.match(e.text)]
    assert "7" in texts[0]
    assert "waiting for each machine" in texts[0]
    assert changes(run)[-1][2] < max(to for _, _, to in changes(run))  # the queue is gone, and so are they


def test_by_latency() -> None:
    """One call of 0.4 s at a time is under 0.5 s; from 20 s on more come than can be done."""
    two = scaled(rates((0, 2), (20, 4)), 40, work=0.4, scaling__by="latency")
    assert changes(simulate(two, KINDS, 1))[0] == (30.0, 1, 2)


@settings(max_examples=15, deadline=None)
@given(
    loads=st.lists(st.integers(0, 400), min_size=1, max_size=4),
    least=st.integers(1, 3),
    most=st.integers(3, 6),
    step=st.integers(0, 4),
    by=st.sampled_from(["cpu", "queue", "latency"]),
)
def test_never_outside_of_least_and_most(loads: list[int], least: int, most: int, step: int, by: str) -> None:
    arrivals = rates(*((8.0 * i, float(load)) for i, load in enumerate(loads)))
    more: dict[str, Any] = {"scaling__least": least, "scaling__most": most, "scaling__step": step, "replicas": 3}
    more.update(
        scaling__every=1.0, scaling__warm_up=0.5, scaling__cool_down=1.0, scaling__by=by, threads=5, backlog=5
    )
    run = simulate(scaled(arrivals, 8.0 * len(loads), **more), KINDS, 1)
    assert all(least <= to <= most for _, _, to in changes(run))
    assert set(run.recording.components["web"].wanted) <= set(range(0, most + 1))
    assert least * 0.1 - 1e-9 <= run.result.cost <= most * 0.1 + 1e-9


def test_a_crash_while_it_scales_and_orders_beside_it_end_within_limits() -> None:
    found = scaled(rates((0, 150)), 40, scaling__every=1.0, scaling__warm_up=3.0)
    struck = Fault(3.5, 5.0, ("component", "web"), "crash")
    run = simulate(replace(found, faults=(struck,)), KINDS, 1)
    assert run.finished
    assert run.result.ended == ""


@pytest.mark.parametrize(
    "more",
    [
        {"scaling__every": 0.1, "scaling__warm_up": 0.0, "scaling__cool_down": 0.0, "scaling__step": 200},
        {"scaling__by": "schedule", "scaling__schedule": "at 0 s: 3, at 3600 s: 2"},
        {"scaling__in_below": 0.0, "scaling__out_above": 0.01, "scaling__step": 0, "scaling__every": 0.1},
        {"scaling__by": "queue", "scaling__queue": 0.01, "threads": 1, "backlog": 0, "scaling__warm_up": 3600.0},
        {"scaling__by": "latency", "scaling__latency": 1e-6, "scaling__every": 0.1, "scaling__warm_up": 0.0},
    ],
)
def test_at_its_limits_a_run_is_sane(more: dict[str, Any]) -> None:
    run = simulate(scaled(rates((0, 90), (5, 0), (8, 300)), 12, **{"scaling__most": 60, **more}), KINDS, 1)
    assert run.result.ended == ""
    assert all(1 <= to <= 60 for _, _, to in changes(run))
    assert 0.1 - 1e-9 <= run.result.cost <= 20.0


def test_an_order_may_ask_for_more_than_the_loop_and_the_loop_takes_it_back() -> None:
    found = scaled(rates((0, 30)), 60, scaling__most=2, scaling__cool_down=0.0)
    run = simulate(replace(found, orders=(Order(12.0, "scale web 4"),)), KINDS, 1)
    assert max(run.recording.components["web"].wanted) == 4
    assert changes(run) == [(30.0, 4, 3), (40.0, 3, 2), (50.0, 2, 1)]  # at 20 s it has measured 3 s


def test_sliced_or_at_once_the_same() -> None:
    found = scaled(rates((0, 50), (12, 180)), 40)
    once, sliced = simulate(found, KINDS, 3), Run(found, KINDS, 3)
    while not sliced.advance(0.0):
        pass
    assert repr(once.result) == repr(sliced.result)  # NaN is not equal to itself
    assert once.recording.events == sliced.recording.events


def test_without_scaling_nothing_is_watched() -> None:
    off = simulate(scaled(rates((0, 80)), 40, scaling__by="none", replicas=2), KINDS, 1)
    assert "scaled_out" not in off.result.components["web"].counters
    assert len(off.recording.components["web"].wanted) == 0


# -- what is refused


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "write"),
        ("40 s: 6", "at 40 s: 6"),
        ("at 40: 6", "unit"),
        ("at 40 s: 0", "at least one machine"),
        ("at 40 s: 6, at 40 s: 2", "go up"),
        (", ".join(f"at {i} s: 2" for i in range(1, 22)), "20 entries"),
    ],
)
def test_what_is_no_schedule(written: str, message: str) -> None:
    with pytest.raises(ScalegameError) as error:
        read_schedule(written)
    assert message in str(error.value)


def test_a_schedule_is_kept_tidy() -> None:
    parameter = kinds()["service"].parameter("scaling.schedule")
    assert parameter.read('"at 90s:6 ,  at 2 min : 2"', {}) == "at 90 s: 6, at 2 min: 2"
    assert parameter.read(parameter.read("at 90 s: 6", {}), {}) == "at 90 s: 6"
    assert parameter.read("none", {}) is None
    with pytest.raises(ScalegameError, match="200 characters"):
        parameter.read("at 1 s: 2" * 100, {})
    with pytest.raises(ScalegameError, match="quotes"):
        parameter.read(6, {})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"scaling__least": 4, "scaling__most": 3}, "swap them"),
        ({"scaling__least": 2}, "set replicas=2"),
        ({"replicas": 12}, "outside of 1 to 10"),
        ({"scaling__in_below": 0.7}, "both for ever"),
        ({"scaling__by": "schedule"}, "has none"),
        ({"scaling__schedule": "at 1 s: 2"}, "does not scale by it"),
        ({"scaling__by": "schedule", "scaling__schedule": "at 1 s: 12"}, "wants 12 machines at 1 s"),
    ],
)
def test_contradictions_are_named(more: dict[str, Any], message: str) -> None:
    card = service(**{"size": "one", "scaling__by": "cpu", **more})
    found: Sequence[str] = kinds()["service"].check(card, {s.name: s for s in scenarios.SIZES})
    assert any(message in line for line in found)


def test_the_parts_of_a_card_that_does_not_scale_do_not_contradict_it() -> None:
    assert kinds()["service"].check(service(size="one"), {s.name: s for s in scenarios.SIZES}) == ()


def test_whoever_may_have_several_machines_needs_something_in_front_that_chooses() -> None:
    found = level()
    card = found.found.components["web"].with_settings({"scaling.by": "cpu"})
    (problem,) = checks.problems(found.found.with_component(card), found.rulebook)
    assert "web can have 10 machines, but users can only talk to one" in problem.message
    assert "set web scaling.by=none" in problem.message


def test_a_card_says_by_what_it_scales() -> None:
    assert told_of(service()) == ""
    assert told_of(service(scaling__by="cpu")) == "by cpu, out over 70 %, in under 40 %, 1 to 10"
    assert (
        told_of(service(scaling__by="queue")) == "by queue, out over 10 waiting for each, in under half, 1 to 10"
    )
    assert told_of(service(scaling__by="latency")) == "by latency, out over 500 ms, in under half, 1 to 10"
    assert told_of(service(scaling__by="schedule")) == "by schedule, 1 to 10"
