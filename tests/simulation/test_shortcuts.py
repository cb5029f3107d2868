"""What the engine does faster than word by word must come to the same."""

from collections.abc import Generator
from dataclasses import replace
from itertools import count
from math import inf
from typing import Any

import numpy as np
import pytest

from scalegame.design.distributions import constant, exponential
from scalegame.design.world import Read, Work
from scalegame.simulation.kernel import OK, TIMED_OUT, Flow, Home, Kernel
from scalegame.simulation.randomness import BLOCK, Streams, total
from scalegame.simulation.scenario import Fault, Profile
from scalegame.simulation.timeouts import Timeouts
from tests.scenarios import (
    board,
    cache,
    clients,
    database,
    latencies,
    outcomes,
    program,
    run,
    scenario,
    service,
    steady,
    workload,
)

NEVER = 1e9


def test_a_total_draws_the_same_numbers_in_the_same_order() -> None:
    a, b, c = exponential(1.0), exponential(2.0), constant(0.5)
    one, two = Streams(3), Streams(3)
    sums = total(one.draws(a, "a"), one.draws(b, "b"), one.draws(c, "c"))
    first, second = two.draws(a, "a"), two.draws(b, "b")
    for _ in range(2 * BLOCK + 5):
        assert sums() == first() + second() + 0.5


def test_a_total_takes_any_function_and_lost_messages_stay_lost() -> None:
    numbers = count(1)
    draw = total(lambda: float(next(numbers)), Streams(1).draws(constant(0.25), "x"))
    assert [draw(), draw()] == [1.25, 2.25]
    assert total(lambda: inf, lambda: 1.0)() == inf


def test_parts_of_a_total_may_be_drawn_elsewhere_too() -> None:
    one, two = Streams(3), Streams(3)
    shared = one.draws(exponential(1.0), "shared")
    sums, plain = total(shared, lambda: 0.0), two.draws(exponential(1.0), "shared")
    assert [sums(), shared(), sums()] == [plain(), plain(), plain()]


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(NEVER, None, ("component", "web"), "crash"),
        Fault(NEVER, None, ("component", "web"), "slow", 2.0),
        Fault(NEVER, None, ("link", "here", "here"), "cut"),
    ],
    ids=lambda f: f"{f.effect} {f.target[0]}",
)
def test_work_and_the_call_it_leads_to_are_one_event_and_the_same_run(cached: bool, fault: Fault) -> None:
    """A fault that never comes makes the engine take the long way; with one thread every draw is the same."""
    cards = [clients(), service(threads=1), database(work__read=exponential(0.002))]
    chains = ["users -> web -> db"]
    if cached:
        cards.append(cache(work=exponential(0.001)))
        chains.append("web -> cache")
    short = scenario(
        board(cards, *chains),
        workload(steady(60.0), keys="x"),
        program(Work(exponential(0.004)), Read("x"), Work(exponential(0.001))),
        until=60.0,
    )
    short = replace(short, network=replace(short.network, links={("here", "here"): Profile(exponential(5e-4))}))
    one, two = run(short), run(replace(short, faults=(fault,)))
    found, expected = latencies(one.recording), latencies(two.recording)
    assert len(found) > 3000
    assert found == pytest.approx(expected, abs=1e-9)
    assert two.result.steps - one.result.steps == pytest.approx(len(found), rel=0.02)
    for id in ("web", "db"):
        a, b = one.result.components[id], two.result.components[id]
        assert (a.arrivals, a.utilisation) == (b.arrivals, pytest.approx(b.utilisation, abs=1e-9))


def test_a_service_that_crashes_at_work_makes_no_call() -> None:
    live = run(
        scenario(
            board([clients(), service(size="many"), database()], "users -> web -> db"),
            workload(steady(50.0, "constant"), keys="x"),
            program(Work(constant(1.0)), Read("x")),
            faults=(Fault(5.0, None, ("component", "web"), "crash"),),
        )
    )
    done = sum(o == "ok" for o in outcomes(live.recording))
    assert live.result.components["db"].arrivals == pytest.approx(done, abs=2)
    assert done == pytest.approx(200, abs=2)


def test_time_outs_hold_no_calls_that_were_answered() -> None:
    """Ten thousand calls, answered at once in turn: the deque does not grow; the one without answer expires."""
    kernel, replies = Kernel(), []
    timeouts = Timeouts(kernel, 10.0)

    def answer(request: object) -> tuple[float, str]:
        return 0.0, OK

    def client(flow: Flow) -> Generator[float | None, Any, None]:
        home = Home("there")
        for i in range(10_000):
            timeouts.watch(kernel.ask(flow, answer, i, 1e-5, lambda: 1e-5, home))
            replies.append((yield None))
            assert len(timeouts._watched) == 1
        timeouts.watch(kernel.ask(flow, answer, 0, inf, lambda: 1e-5, home))
        replies.append((yield None))

    kernel.start(client)
    kernel.drain()
    kernel.run(100.0)
    assert replies == [OK] * 10_000 + [TIMED_OUT]


def test_strands_are_used_again_and_late_replies_find_nobody() -> None:
    """Requests that time out while their replies are under way: each gets its own outcome, none another's."""
    live = run(
        scenario(
            board([clients(), service(size="many")], "users -> web"),
            workload(steady(100.0, "constant"), timeout=0.5),
            program(Work(exponential(0.3))),
            until=60.0,
        ),
    )
    waits, ends = np.array(latencies(live.recording)), np.array(outcomes(live.recording))
    assert np.all(waits[ends == "timed out"] == pytest.approx(0.5, abs=1e-9))
    assert np.all(waits[ends == "ok"] <= 0.5 + 1e-9)
    assert np.mean(ends == "timed out") == pytest.approx(np.exp(-0.5 / 0.3), abs=0.02)
