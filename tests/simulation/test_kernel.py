"""The kernel: flows, calls, replies, time-outs, crashes, beside ordinary SimPy processes."""

from collections.abc import Generator
from importlib.metadata import version
from math import inf
from time import perf_counter
from typing import Any

import pytest
import simpy

from scalegame.simulation.kernel import (
    LATE,
    MACHINE_DOWN,
    MISS,
    NORMAL,
    OK,
    PROCESS_DOWN,
    REFUSED,
    RESET,
    TIMED_OUT,
    UP,
    Flow,
    Home,
    Kernel,
)
from scalegame.simulation.pool import Pool
from scalegame.simulation.timeouts import Timeouts

Steps = Generator[float | None, Any, Any]


def back() -> float:
    """The way back of every call here: 1 second."""
    return 1.0


def works(seconds: float, reply: str = OK) -> Any:
    """A behaviour: works so long, then replies."""

    def behaviour(flow: Flow, request: Any) -> Steps:
        yield seconds
        return reply

    return behaviour


def refuses(flow: Flow, request: Any) -> Steps:
    """A behaviour that takes no time at all."""
    return REFUSED
    yield None


class Caller:
    """A strand that calls, and notes when it went on with what."""

    def __init__(
        self, kernel: Kernel, behaviour: Any, home: Home | None = None, timeout: float | None = None
    ) -> None:
        self.heard: list[tuple[float, Any]] = []
        self.kernel, self.behaviour, self.target = kernel, behaviour, home
        self.home = Home("caller")
        self.timeouts = None if timeout is None else Timeouts(kernel, timeout)
        self.flow: Flow | None = None

    def strand(self, flow: Flow, there: float = 1.0) -> Steps:
        self.flow = flow
        call = self.kernel.call(flow, self.behaviour, "request", there, back, self.target)
        if self.timeouts is not None:
            self.timeouts.watch(call)
        reply = yield None
        self.heard.append((self.kernel.now, reply))

    def go(self, there: float = 1.0) -> "Caller":
        self.kernel.start(self.strand, there, home=self.home)
        self.kernel.drain()
        return self


def test_simpy_is_the_version_whose_insides_we_know() -> None:
    assert version("simpy").startswith("4.1.")


def test_the_insides_of_simpy_are_what_the_kernel_takes_them_for() -> None:
    env = simpy.Environment()
    assert env._queue == []
    first, second = next(env._eid), next(env._eid)
    assert second == first + 1
    env.timeout(2.5)
    ((when, priority, number, event),) = env._queue
    assert (when, priority) == (2.5, NORMAL)
    assert number > second
    assert isinstance(event, simpy.Event)
    env._now = 1.0
    assert env.now == 1.0
    env.step()
    assert env._now == 2.5


def test_a_reply_takes_the_way_there_the_work_and_the_way_back() -> None:
    kernel = Kernel()
    caller = Caller(kernel, works(3.0), Home("far")).go()
    kernel.run(100.0)
    assert caller.heard == [(5.0, OK)]
    assert kernel.now == 100.0


def test_a_run_stops_before_the_events_of_its_last_instant() -> None:
    kernel, seen = Kernel(), []
    for when in (1.0, 2.0, 3.0):
        kernel.at(when, lambda when=when: seen.append(when))  # type: ignore[misc]
    kernel.run(2.0)
    assert (seen, kernel.now) == ([1.0], 2.0)
    kernel.run(3.5)
    assert seen == [1.0, 2.0, 3.0]
    assert kernel.steps == 3


def test_events_of_one_instant_keep_their_order_and_late_ones_come_last() -> None:
    kernel, seen = Kernel(), []
    kernel.at(1.0, lambda: seen.append("late"), LATE)
    kernel.at(1.0, lambda: seen.append("first"))
    kernel.at(1.0, lambda: seen.append("second"))
    kernel.run(2.0)
    assert seen == ["first", "second", "late"]


@pytest.mark.parametrize(("timeout", "expected"), [(5.0, (5.0, OK)), (4.999, (4.999, TIMED_OUT))])
def test_a_reply_exactly_at_the_deadline_is_in_time(timeout: float, expected: tuple[float, str]) -> None:
    kernel = Kernel()
    caller = Caller(kernel, works(3.0), Home("far"), timeout).go()
    kernel.run(10.0)
    assert caller.heard == [expected]


def test_a_time_out_leaves_the_work_running_and_its_late_reply_finds_nobody() -> None:
    kernel, home, done = Kernel(), Home("far"), []

    def slow(flow: Flow, request: Any) -> Steps:
        yield 10.0
        done.append(kernel.now)
        return OK

    caller = Caller(kernel, slow, home, 2.0).go()
    kernel.run(5.0)
    assert caller.heard == [(2.0, TIMED_OUT)]
    assert len(home.flows) == 1
    kernel.run(20.0)
    assert done == [11.0]
    assert caller.heard == [(2.0, TIMED_OUT)]
    assert caller.home.unclaimed == [12.0]


def test_a_late_reply_does_not_wake_the_next_wait() -> None:
    kernel, home = Kernel(), Home("far")
    heard: list[tuple[float, str]] = []
    timeouts = Timeouts(kernel, 2.0)

    def strand(flow: Flow) -> Steps:
        for seconds in (5.0, 0.5):
            timeouts.watch(kernel.call(flow, works(seconds), None, 0.1, lambda: 0.1, home))
            heard.append((kernel.now, (yield None)))
            yield 3.5  # the late reply of the first call comes at 5.2
        timeouts.watch(kernel.call(flow, works(1.0, MISS), None, 0.1, lambda: 0.1, home))
        heard.append((kernel.now, (yield None)))

    kernel.start(strand)
    kernel.drain()
    kernel.run(30.0)
    assert [reply for _, reply in heard] == [TIMED_OUT, OK, MISS]


def test_a_refusal_in_zero_time_over_no_distance_is_heard_at_once() -> None:
    kernel, heard = Kernel(), []

    def strand(flow: Flow) -> Steps:
        for _ in range(1000):  # in one instant, and without recursion
            kernel.call(flow, refuses, None, 0.0, None, None)
            heard.append((kernel.now, (yield None)))

    kernel.start(strand)
    kernel.drain()
    kernel.run(1.0)
    assert heard == [(0.0, REFUSED)] * 1000


def test_ten_thousand_equal_time_outs_need_one_entry_in_the_event_queue() -> None:
    kernel, home = Kernel(), Home("far")
    timeouts, heard = Timeouts(kernel, 1.0), []

    def strand(flow: Flow) -> Steps:
        timeouts.watch(kernel.call(flow, works(1.0), None, inf, back, home))
        heard.append((yield None))

    for _ in range(10_000):
        kernel.start(strand)
    kernel.drain()
    assert len(kernel.env._queue) == 1
    kernel.run(2.0)
    assert heard == [TIMED_OUT] * 10_000


def test_a_call_without_a_caller_cannot_time_out() -> None:
    kernel = Kernel()
    call = kernel.call(None, works(1.0), None, 1.0, None, None)
    with pytest.raises(ValueError, match="without a caller"):
        Timeouts(kernel, 1.0).watch(call)


def test_a_lost_message_is_never_answered_and_never_arrives() -> None:
    kernel, home = Kernel(), Home("far")
    caller = Caller(kernel, works(1.0), home).go(there=inf)
    kernel.run(1000.0)
    assert (caller.heard, home.arrived) == ([], 0)


def test_a_bug_in_a_behaviour_stops_the_run() -> None:
    kernel = Kernel()

    def wrong(flow: Flow, request: Any) -> Steps:
        yield 1.0
        raise ZeroDivisionError("a bug")

    Caller(kernel, wrong, Home("far")).go()
    with pytest.raises(ZeroDivisionError, match="a bug"):
        kernel.run(10.0)


# -- crashes


class Far:
    """A component under a crash: one flow works, one is parked in a queue, one has called another home."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel, self.home, self.behind = kernel, Home("far"), Home("behind")
        self.pool = Pool(kernel, 1)
        self.home.on_crash.append(self.pool.die)
        self.home.on_up.append(self.pool.rise)
        self.done: list[tuple[str, float]] = []
        self.cleaned: list[str] = []

    def works(self, flow: Flow, request: Any) -> Steps:
        try:
            yield 100.0
        finally:
            self.cleaned.append("works")

    def parks(self, flow: Flow, request: Any) -> Steps:
        if not self.pool.take(flow):
            yield None
        try:
            yield 100.0
        finally:
            self.cleaned.append("parks")
            self.pool.release()

    def asks(self, flow: Flow, request: Any) -> Steps:
        self.kernel.call(flow, self.orphan, None, 1.0, back, self.behind)
        reply = yield None
        self.done.append((f"heard {reply}", self.kernel.now))

    def orphan(self, flow: Flow, request: Any) -> Steps:
        yield 5.0
        self.done.append(("orphan", self.kernel.now))
        return OK

    def all(self) -> list[Caller]:
        return [Caller(self.kernel, b, self.home).go() for b in (self.works, self.parks, self.parks, self.asks)]


@pytest.mark.parametrize(
    ("state", "heard"), [(PROCESS_DOWN, [(4.0, RESET)]), (MACHINE_DOWN, [])], ids=["process", "machine"]
)
def test_a_crash_kills_what_is_parked_asleep_and_calling(state: int, heard: list[tuple[float, str]]) -> None:
    kernel = Kernel()
    far = Far(kernel)
    callers = far.all()
    kernel.at(3.0, lambda: kernel.crash(far.home, state))
    kernel.run(50.0)
    assert [c.heard for c in callers] == [heard] * 4
    assert far.home.killed == 4
    assert not far.home.flows
    assert sorted(far.cleaned) == ["parks", "works"]  # the one that waited for a unit had not begun
    assert (far.pool.taken, far.pool.queued) == (0, 0)


def test_what_the_dead_had_asked_for_goes_on_and_its_reply_finds_nobody() -> None:
    kernel = Kernel()
    far = Far(kernel)
    Caller(kernel, far.asks, far.home).go()
    kernel.at(3.0, lambda: kernel.crash(far.home))
    kernel.run(50.0)
    assert far.done == [("orphan", 7.0)]
    assert far.home.unclaimed == [8.0]


@pytest.mark.parametrize(("state", "heard"), [(PROCESS_DOWN, [(22.0, RESET)]), (MACHINE_DOWN, [])])
def test_who_calls_the_dead_hears_a_reset_or_nothing(state: int, heard: list[tuple[float, str]]) -> None:
    kernel = Kernel()
    far = Far(kernel)
    kernel.crash(far.home, state)
    kernel.run(20.0)
    caller = Caller(kernel, far.works, far.home).go()
    kernel.run(50.0)
    assert caller.heard == heard
    assert far.home.arrived == 0
    assert far.home.bounced == len(heard)


def test_a_reply_already_on_its_way_survives_the_crash_of_its_sender() -> None:
    kernel, home = Kernel(), Home("far")
    caller = Caller(kernel, works(1.0), home).go()  # its reply leaves at 2 and arrives at 3
    kernel.at(2.5, lambda: kernel.crash(home, MACHINE_DOWN))
    kernel.run(10.0)
    assert caller.heard == [(3.0, OK)]
    assert home.killed == 0


def test_after_a_restart_it_is_empty_and_works_again() -> None:
    kernel = Kernel()
    far = Far(kernel)
    far.all()
    kernel.at(3.0, lambda: kernel.crash(far.home))
    kernel.at(10.0, lambda: kernel.revive(far.home))
    kernel.run(20.0)
    assert far.home.state == UP
    assert not far.pool.dead
    callers = [Caller(kernel, far.parks, far.home).go() for _ in range(2)]
    kernel.run(300.0)
    assert [c.heard for c in callers] == [[(122.0, None)], [(222.0, None)]]
    assert far.pool.taken == 0


def test_a_crash_during_a_crash_kills_nobody_twice() -> None:
    kernel = Kernel()
    far = Far(kernel)
    callers = far.all()
    kernel.at(3.0, lambda: kernel.crash(far.home))
    kernel.at(3.5, lambda: kernel.crash(far.home, MACHINE_DOWN))
    kernel.run(5.0)
    assert far.home.state == MACHINE_DOWN
    assert far.home.killed == 4
    late = Caller(kernel, far.works, far.home).go()
    kernel.run(50.0)
    assert [c.heard for c in callers] == [[(4.0, RESET)]] * 4  # these resets were under way already
    assert late.heard == []


def test_the_crash_of_a_caller_is_no_matter_to_whom_it_called() -> None:
    kernel, home = Kernel(), Home("far")
    caller = Caller(kernel, works(5.0), home).go()
    kernel.at(2.0, lambda: kernel.crash(caller.home))
    kernel.run(20.0)
    assert caller.heard == []
    assert (home.arrived, home.killed) == (1, 0)


def test_a_crash_of_a_leaf_takes_back_what_it_had_not_sent_yet() -> None:
    kernel, home = Kernel(), Home("leaf")
    heard: dict[float, list[tuple[float, str]]] = {}

    def strand(flow: Flow, seconds: float) -> Steps:
        heard[seconds] = []
        kernel.ask(flow, lambda request: (seconds, OK), None, 1.0, back, home)
        reply = yield None
        heard[seconds].append((kernel.now, reply))

    for seconds in (0.5, 4.0):
        kernel.start(strand, seconds)
    kernel.drain()
    kernel.at(2.0, lambda: kernel.crash(home))
    kernel.run(20.0)
    assert heard == {0.5: [(2.5, OK)], 4.0: [(3.0, RESET)]}
    assert home.killed == 1


def test_a_crash_may_find_strands_that_never_slept() -> None:
    kernel, home = Kernel(), Home("far")

    def parked(flow: Flow) -> Steps:
        yield None

    kernel.start(parked, home=home)
    kernel.drain()
    kernel.crash(home)
    assert not home.flows


def test_ten_thousand_waiters_die_at_once() -> None:
    kernel = Kernel()
    far = Far(kernel)
    callers = [Caller(kernel, far.parks, far.home).go() for _ in range(10_001)]
    kernel.at(11.0, lambda: kernel.crash(far.home))
    started = perf_counter()
    kernel.run(20.0)
    assert perf_counter() - started < 20.0  # far above what it takes: this is no benchmark, but no O(n²) either
    assert {tuple(c.heard) for c in callers} == {((12.0, RESET),)}
    busy, waiting = far.pool.integrals()
    assert (busy, waiting) == (10.0, 100_000.0)


# -- beside SimPy


def test_ordinary_simpy_processes_run_on_the_same_clock() -> None:
    kernel, seen = Kernel(), []
    gate = kernel.env.event()

    def process() -> Generator[simpy.Event, Any, None]:
        yield kernel.env.timeout(2.0)
        seen.append(("process", kernel.now))
        value = yield gate
        seen.append((value, kernel.now))

    def strand(flow: Flow) -> Steps:
        yield 2.0
        seen.append(("flow", kernel.now))
        yield 3.0
        gate.succeed("opened by a flow")

    kernel.env.process(process())
    kernel.start(strand)
    kernel.drain()
    kernel.run(10.0)
    assert sorted(seen[:2]) == [("flow", 2.0), ("process", 2.0)]
    assert seen[2] == ("opened by a flow", 5.0)


def test_a_simpy_process_can_wake_a_flow() -> None:
    kernel, seen, token = Kernel(), [], object()
    parked: list[Flow] = []

    def strand(flow: Flow) -> Steps:
        parked.append(flow)
        flow.awaits = token
        seen.append(((yield None), kernel.now))

    def process() -> Generator[simpy.Event, Any, None]:
        yield kernel.env.timeout(4.0)
        assert not kernel.wake(parked[0], object(), "wrong")
        assert kernel.wake(parked[0], token, "right")
        assert not kernel.wake(parked[0], token, "twice")

    kernel.start(strand)
    kernel.drain()
    kernel.env.process(process())
    kernel.run(10.0)
    assert seen == [("right", 4.0)]
