"""Cores on which calls park: who is next, how they share, and what a pause, a crash or a leaver does to them."""

from collections.abc import Callable, Generator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.design.parameters.node import Order
from scalegame.design.world import Write
from scalegame.simulation.disciplines import LEAST, PERIOD, Parking, QueuedCores, SharedCores, make
from scalegame.simulation.kernel import Flow, Home, Kernel
from scalegame.simulation.pool import Cores
from tests.scenarios import board, clients, database, outcomes, program, run, scenario, service, steady, workload

Steps = Generator[float | None, Any, Any]


def worker(
    cores: Parking, ends: dict[str, float], name: str, seconds: float, rank: float = 0.0, parts: int = 1
) -> Any:
    """A strand that joins with some work, and notes when it is done."""

    def strand(flow: Flow) -> Steps:
        cores.join(flow, seconds, rank, parts)
        yield None
        ends[name] = cores._kernel.now

    return strand


def ends_of(
    build: Callable[[Kernel], Parking], arriving: list[tuple[str, float, float, float]], *acts: tuple[float, str]
) -> dict[str, float]:
    """When each of (name, joins at, work, rank) is done; `acts` are done to the cores at their times."""
    kernel, ends = Kernel(), dict[str, float]()
    cores = build(kernel)
    for name, when, seconds, rank in arriving:
        kernel.at(when, lambda n=name, s=seconds, r=rank: kernel.start(worker(cores, ends, n, s, r)))  # type: ignore[misc]
    for when, act in acts:
        kernel.at(when, getattr(cores, act))
    kernel.run(1e6)
    return ends


def queued(order: Order, size: int = 1) -> Callable[[Kernel], Parking]:
    return lambda kernel: QueuedCores(kernel, size, order)


def shared(size: int = 1, cost: float = 0.0) -> Callable[[Kernel], Parking]:
    return lambda kernel: SharedCores(kernel, size, cost)


FOUR = [("a", 0.0, 2.0, 0.0), ("b", 0.5, 1.0, 1.0), ("c", 1.0, 1.0, 0.0), ("d", 1.5, 1.0, 1.0)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("first come", {"a": 2.0, "b": 3.0, "c": 4.0, "d": 5.0}),
        ("last come", {"a": 2.0, "d": 3.0, "c": 4.0, "b": 5.0}),
        ("priority", {"a": 2.0, "b": 3.0, "d": 4.0, "c": 5.0}),
    ],
)
def test_who_is_next(order: Order, expected: dict[str, float]) -> None:
    """Nobody is interrupted; among the equally urgent the first comes first."""
    assert ends_of(queued(order), FOUR) == expected


def test_who_shares_gets_a_share() -> None:
    """Two of 2 s from 0 s and 1 s on: 1 s alone, then half each, then alone again."""
    assert ends_of(shared(), [("a", 0.0, 2.0, 0.0), ("b", 1.0, 2.0, 0.0)]) == {"a": 3.0, "b": 4.0}


def test_nobody_gets_more_than_one_core() -> None:
    """Four cores: three at once take as long as one; eight at once take twice as long."""
    assert set(ends_of(shared(4), [(str(i), 0.0, 1.0, 0.0) for i in range(3)]).values()) == {1.0}
    assert set(ends_of(shared(4), [(str(i), 0.0, 1.0, 0.0) for i in range(8)]).values()) == {2.0}


@pytest.mark.parametrize(
    ("size", "pieces", "cost"), [(1, 2, 0.0003), (1, 8, 0.0003), (1, 64, 0.0003), (4, 64, 0.001), (4, 4, 0.001)]
)
def test_a_switch_costs_a_share_of_every_slice(size: int, pieces: int, cost: float) -> None:
    """A core gives each of n that it has to run 6 ms / n, but at least 0.75 ms, and then pays for a switch."""
    ends = ends_of(shared(size, cost), [(str(i), 0.0, 1.0, 0.0) for i in range(pieces)])
    each = pieces / size
    lasts = max(LEAST, PERIOD / each)
    expected = 1.0 if pieces <= size else each * (lasts + cost) / lasts
    assert list(ends.values()) == pytest.approx([expected] * pieces, rel=1e-9)


def test_a_pause_moves_everything_by_its_length() -> None:
    for build in (queued("first come"), shared()):
        plain = ends_of(build, FOUR)
        late = ends_of(build, FOUR, (1.75, "pause"), (4.75, "resume"))
        assert late == {name: pytest.approx(end + 3.0) for name, end in plain.items()}


def test_two_pauses_end_with_the_later() -> None:
    acts = ((1.0, "pause"), (1.5, "pause"), (2.0, "resume"), (3.0, "resume"), (3.5, "resume"))
    for build in (queued("first come"), shared()):
        assert ends_of(build, [("a", 0.0, 2.0, 0.0)], *acts) == {"a": pytest.approx(4.0)}


def test_what_comes_during_a_pause_waits() -> None:
    acts = ((1.0, "pause"), (5.0, "resume"))
    assert ends_of(queued("first come", 2), [("a", 2.0, 1.0, 0.0)], *acts) == {"a": 6.0}
    assert ends_of(shared(2), [("a", 2.0, 1.0, 0.0)], *acts) == {"a": 6.0}


def test_a_crash_wakes_nobody_and_leaves_the_cores_free() -> None:
    for build in (queued("last come"), shared()):
        ends = ends_of(build, [("a", 0.0, 3.0, 0.0), ("b", 0.0, 3.0, 0.0), ("c", 4.0, 1.0, 0.0)], (2.0, "die"))
        assert ends == {"c": 5.0}


def test_parts_are_done_by_all_cores_and_end_with_the_last() -> None:
    """Six parts of a second on four cores: two rounds in a queue, one and a half shared."""
    for build, expected in ((queued("first come", 4), 2.0), (shared(4), 1.5)):
        kernel, ends = Kernel(), dict[str, float]()
        kernel.start(worker(build(kernel), ends, "a", 1.0, parts=6))
        kernel.drain()
        kernel.run(10.0)
        assert ends == {"a": pytest.approx(expected)}


def test_figures_of_the_shared() -> None:
    """Two of 2 s on one core, from 0 s: busy 4 s, and each loses 2 s to the other."""
    kernel, ends = Kernel(), dict[str, float]()
    cores = SharedCores(kernel, 1)
    for name in "ab":
        kernel.start(worker(cores, ends, name, 2.0))
    kernel.drain()
    assert (cores.taken, cores.queued, cores.peak) == (1, 1, 1)
    kernel.run(1.0)
    assert cores.integrals() == (1.0, 1.0)
    kernel.run(10.0)
    assert cores.integrals() == (4.0, 4.0)
    assert (cores.grants, cores.granted_at, cores.waited) == (2, [4.0, 4.0], [2.0, 2.0])


def test_the_plainest_cores_that_will_do() -> None:
    kernel = Kernel()
    assert type(make(kernel, 2)) is Cores
    assert type(make(kernel, 2, pausable=True)) is QueuedCores
    assert type(make(kernel, 2, "shared")) is SharedCores
    assert [type(make(kernel, 1, order)) for order in ("last come", "priority")] == [QueuedCores, QueuedCores]


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[str, float, float]]:
    """(act, gap before it, work or rank), on a fine grid."""
    act = st.sampled_from(["join", "join", "join", "join", "leave", "pause", "resume", "crash"])
    grid = st.integers(0, 5000)
    return [(draw(act), draw(grid) / 3571, draw(grid) / 2903) for _ in range(draw(st.integers(1, 40)))]


@settings(max_examples=150, deadline=None)
@given(stories(), st.sampled_from(["first come", "last come", "priority", "shared"]), st.integers(1, 3))
def test_whatever_happens_work_is_neither_lost_nor_made_up(
    story: list[tuple[str, float, float]], order: Order, size: int
) -> None:
    """Core-seconds are those of the work that was done, nobody is woken twice, and nobody who has died."""
    kernel, home = Kernel(), Home("h")
    cores = make(kernel, size, order, pausable=True)
    assert isinstance(cores, Parking)
    home.on_crash.append(cores.die)
    home.on_up.append(cores.rise)
    flows: list[Flow] = []
    woken: list[int] = []
    wanted: list[float] = []
    paused = gone = 0

    def strand(flow: Flow, number: int, seconds: float) -> Steps:
        flows.append(flow)
        cores.join(flow, seconds, number % 3)
        yield None
        woken.append(number)

    crashed, now = 0, 0.0
    for act, gap, amount in story:
        now += gap
        kernel.run(now)
        busy, waiting = cores.integrals()
        assert 0 <= cores.taken <= size
        assert min(busy, waiting) >= 0
        assert busy <= sum(wanted) + 1e-9
        match act:
            case "join":
                kernel.start(strand, len(wanted), amount, home=home)
                kernel.drain()
                wanted.append(amount)
            case "leave" if flows:
                waiting_before = cores.queued
                cores.leave(flows[int(amount * 1000) % len(flows)])
                gone += waiting_before - cores.queued
            case "pause":
                paused += 1
                cores.pause()
                assert cores.taken == 0
            case "resume":
                paused = max(0, paused - 1)
                cores.resume()
            case "crash":
                crashed += 1
                kernel.crash(home)
                assert cores.taken == cores.queued == 0
                kernel.revive(home)
    for _ in range(paused):
        cores.resume()
    kernel.run(now + 1000.0)
    assert (cores.taken, cores.queued) == (0, 0)
    assert len(woken) == len(set(woken))
    busy, _ = cores.integrals()
    if not crashed and not gone:
        assert busy == pytest.approx(sum(wanted), abs=1e-6)
    assert busy >= sum(wanted[i] for i in woken) - 1e-6


@pytest.mark.parametrize("order", ["priority", "last come", "shared"])
def test_read_replicas_apply_writes_on_cores_of_any_order(order: str) -> None:
    store = database(read_replicas=1, cores__order=order)
    cards = board([clients(), service(), store], "users -> web -> db")
    live = run(scenario(cards, workload(steady(50.0)), [program(Write("x"))], until=5.0))
    assert live.world.parts["db"].counts()["writes"] > 100
    assert set(outcomes(live.recording)) == {"ok"}
