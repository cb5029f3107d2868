"""The cache's own policies and modes: what each one costs the database, and what a crash costs everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.components.cache import FILLS, MODES
from scalegame.design.distributions import constant, exponential
from scalegame.design.model import Component
from scalegame.design.world import DataSet, Operation, Program, Read, Size, Write
from scalegame.insight import hit_ratios
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.tracing import Following, traces
from scalegame.simulation.arrivals import Table
from scalegame.simulation.eviction import POLICIES
from scalegame.simulation.randomness import Streams
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Closed, Fault, Open
from tests.scenarios import (
    board,
    cache,
    clients,
    database,
    latencies,
    once,
    outcomes,
    program,
    run,
    same,
    scenario,
    service,
    steady,
    workload,
)

READS = {"get": Asked(1.0)}
WRITES = {"put": Asked(1.0)}
RW = Program("p", {"get": Operation("get", (Read("x"),)), "put": Operation("put", (Write("x"),))})


def room(copies: int) -> Size:
    """A machine in which so many copies of 1 KB fit."""
    return Size("fits", 100, copies * 1000.0, 0.1)


def aside(
    copies: Component,
    rate: float = 100.0,
    *,
    arrivals: Open | Closed | None = None,
    keys: int = 100,
    zipf: float = 0.0,
    operations: dict[str, Asked] | None = None,
    db: dict[str, Any] | None = None,
    fits: int = 1_000_000,
    until: float = 20.0,
    start: float = 0.0,
    faults: Sequence[Fault] = (),
    hop: float = 1e-6,
    shift: tuple[float, int] = (0.0, 0),
    seed: int = 1,
    users: int = 1000,
    grace: float = 30.0,
    **more: Any,
) -> Run:
    """A service beside a cache and a database of the same data; or, in the other modes, the cache in between."""
    before = copies.settings["mode"] != "aside"
    wires = ("users -> web -> cache -> db",) if before else ("users -> web -> cache", "web -> db")
    return run(
        scenario(
            board([clients(), service(size="many"), copies, database(**(db or {}))], *wires),
            workload(arrivals or steady(rate), keys="x", operations=operations or READS, users=users, **more),
            RW,
            until=until,
            start=start,
            grace=grace,
            faults=faults,
            data=[DataSet("x", keys, zipf, 1000.0, *shift)],
            sizes=[room(fits)],
            hop=hop,
        ),
        seed,
    )


def fitting(**settings: Any) -> Component:
    return cache(size="fits", **settings)


def counters(live: Run, id: str = "cache") -> dict[str, float]:
    return dict(live.result.components[id].counters)


def db_reads(live: Run) -> float:
    return live.world.parts["db"].counts()["reads"]


def asked_keys(live: Run) -> list[int]:
    table = Table(live.scenario, live.scenario.workloads["w"], Streams(1))
    end = live.scenario.window.end
    return [k for k, t in zip(table.keys, table.times, strict=True) if t < end]


# -- the figures of the subject


def test_eighty_per_cent_hits_leave_a_fifth_of_the_reads() -> None:
    """Room for 400 of 2,000 keys, asked by zipf 1.1: 80.2 % by Che's approximation."""
    live = aside(fitting(), 1000.0, keys=2000, zipf=1.1, fits=400, until=45.0, start=5.0)
    found, reads = counters(live), live.result.total.requests
    assert hit_ratios.che(hit_ratios.zipf(2000, 1.1).tolist(), 400) == pytest.approx(0.802, abs=0.001)
    assert found["hit_ratio"] == pytest.approx(0.80, abs=0.01)
    assert live.result.components["db"].arrivals / reads == pytest.approx(1 - found["hit_ratio"], abs=0.005)
    assert live.result.components["db"].arrivals / reads == pytest.approx(0.20, abs=0.01)


def test_of_n_requests_within_a_time_to_live_one_goes_to_the_database() -> None:
    """One key every 0.1 s, good for 1.05 s: of eleven, ten are answered from the copy."""
    live = aside(fitting(ttl=1.05), arrivals=steady(10.0, "constant"), keys=1, until=22.0)
    found = counters(live)
    assert found["misses"] == 20
    assert found["hits"] == 200
    assert live.result.components["db"].arrivals == 20


def test_the_more_is_written_the_less_a_cache_is_good_for() -> None:
    """With w writes to each read of a key a copy is found by 1/(1 + w) of the reads."""
    ratios = []
    for writes in (0.1, 1.0, 4.0):
        mix = {"get": Asked(1.0), "put": Asked(writes)}
        ratios.append(counters(aside(fitting(), 500.0, keys=20, operations=mix, start=2.0))["hit_ratio"])
    assert ratios == pytest.approx([1 / 1.1, 1 / 2, 1 / 5], abs=0.02)


# -- eviction


@pytest.mark.parametrize("policy", ["lru", "lfu", "fifo"])
def test_the_hits_of_each_policy_are_those_of_a_plain_store(policy: str) -> None:
    """No latency to speak of, so that the keys come in the order of the arrivals."""
    live = aside(fitting(evicts=policy), 200.0, keys=300, zipf=0.9, fits=40, db={"work__read": constant(0.0)})
    store: dict[int, tuple[int, int, int]] = {}
    worst: Callable[[int], tuple[int, ...]] = {
        "lru": lambda k: (store[k][1],),
        "fifo": lambda k: (store[k][0],),
        "lfu": lambda k: (store[k][2], store[k][1]),
    }[policy]
    hits = 0
    for time, key in enumerate(asked_keys(live)):
        if key in store:
            hits += 1
            came, _, count = store[key]
            store[key] = (came, time, count + 1)
            continue
        if len(store) == 40:
            del store[min(store, key=worst)]
        store[key] = (time, time, 1)
    assert counters(live)["hits"] == pytest.approx(hits, abs=2)
    assert counters(live)["held"] == 40
    assert counters(live)["bytes_held"] == counters(live)["bytes_room"] == 40_000


def test_a_cache_that_evicts_nothing_keeps_what_it_has() -> None:
    live = aside(fitting(evicts="none"), 200.0, keys=100, fits=10)
    first = list(dict.fromkeys(asked_keys(live)))[:10]
    asked = asked_keys(live)
    found = counters(live)
    assert set(live.world.parts["cache"].nodes[0].store) == set(first)  # type: ignore[attr-defined]
    assert found["hits"] == pytest.approx(sum(k in first for k in asked) - 10, abs=2)
    assert found["evicted"] == 0
    assert found["turned_away"] > 1000


def test_when_favourites_change_counting_is_worse_than_forgetting() -> None:
    """Popularity moves on every 10 s: LFU keeps the favourites of the past; where it stays, LFU wins."""
    ratio = {
        (policy, moves): counters(
            aside(
                fitting(evicts=policy),
                400.0,
                keys=500,
                zipf=1.0,
                fits=50,
                until=60.0,
                start=10.0,
                shift=(10.0, 100) if moves else (0.0, 0),
            )
        )["hit_ratio"]
        for policy in ("lru", "lfu")
        for moves in (False, True)
    }
    assert ratio["lfu", False] > ratio["lru", False] + 0.03
    assert ratio["lru", True] > ratio["lfu", True] + 0.03


def test_random_eviction_redraws_nothing_else() -> None:
    lru, chance = (aside(fitting(evicts=p), 200.0, keys=300, zipf=0.9, fits=40) for p in ("lru", "random"))
    assert (lru.recording.requests.born == chance.recording.requests.born).all()
    assert counters(chance)["hit_ratio"] < counters(lru)["hit_ratio"]


# -- expiry, stampedes and their cures


def stampede(copies: Component, **more: Any) -> Run:
    """One key, 200 asks a second, a database that takes half a second, a time to live of 2 s."""
    more = {"keys": 1, "until": 12.0, "db": {"work__read": constant(0.5)}, **more}
    return aside(copies, arrivals=steady(200.0, "constant"), **more)


def test_when_a_copy_expires_everybody_who_misses_it_asks_the_database() -> None:
    """From an expiry to the first fill half a second passes: 101 asks, each of which fetches for itself."""
    live = stampede(fitting(ttl=2.0))
    found = counters(live)
    # The first copy comes at 0.5 s; the last of the fills, from asks up to then, at 1.0 s renews it until 3.0 s.
    # So it goes on: 0.5 s of misses every 3 s.
    assert found["misses"] == 4 * 101
    assert live.result.components["db"].arrivals == 404
    assert found["rush_misses"] == 101
    assert found["rush_key"] == 0


def test_one_for_all_fetches_once_and_the_others_wait_for_him() -> None:
    live = stampede(fitting(ttl=2.0, fills="one at a time"))
    found = counters(live)
    # Fetched from 0 to 0.5 s, good until 2.5 s, fetched until 3.0 s, and so on.
    assert live.result.components["db"].arrivals == 5
    assert found["held_back"] == pytest.approx(5 * 99, abs=5)
    assert "rush_misses" not in found
    times = np.array(latencies(live.recording))
    assert times.max() == pytest.approx(0.5, abs=0.006), "who waits waits for the rest of the fetching"
    assert set(outcomes(live.recording)) == {"ok"}


def test_who_was_sent_and_does_not_come_back_is_replaced_after_a_second() -> None:
    """The database is dead when the first asks it, and hears nothing: the next is sent when the lease is over."""
    silent = Fault(0.5, 1.0, ("component", "db"), "dies")
    live = aside(fitting(fills="one at a time"), arrivals=once(1.0, 1.1, 1.2), keys=1, faults=[silent], until=5.0)
    assert outcomes(live.recording) == ["unfinished", "ok", "ok"]
    assert latencies(live.recording)[1:] == pytest.approx([0.901, 0.801], abs=1e-4)
    assert counters(live)["held_back"] == 2


def test_early_fills_keep_the_stampede_away() -> None:
    plain = stampede(fitting(ttl=2.0), until=60.0)
    early = stampede(fitting(ttl=2.0, fills="early"), until=60.0, start=1.5)
    found = counters(early)
    assert found["renewed"] > 10
    assert found["expired"] <= 1
    assert live_share(early) < live_share(plain) / 3
    assert set(outcomes(early.recording)) == {"ok"}


def live_share(live: Run) -> float:
    """Share of the requests that waited for the database."""
    return float((np.array(latencies(live.recording)) > 0.1).mean())


def test_copies_that_were_made_together_need_not_die_together() -> None:
    """400 copies from the start, good for 10 s; with a jitter of a half their expiries spread over 5 s."""

    def peak(jitter: float) -> float:
        live = aside(fitting(ttl=10.0, jitter=jitter, full_at_start=0.0004), 400.0, keys=400, until=60.0)
        assert counters(live)["room"] == 1_000_000
        log = live.recording.requests
        slow = log.born[(np.array(latencies(live.recording)) > 0.0009)]
        inside = slow[slow >= 5.0]
        return float(np.histogram(inside, bins=110, range=(5.0, 60.0))[0].max() / (len(inside) / 110))

    assert peak(0.0) > 6.0
    assert peak(0.5) < peak(0.0) / 2


def test_a_cache_that_is_full_at_the_start_has_what_is_asked_for_most() -> None:
    live = aside(fitting(full_at_start=1.0), 200.0, keys=300, zipf=0.9, fits=40, until=0.5)
    early = [k for k in asked_keys(live)[:20] if k < 20]
    assert counters(live)["hits"] >= len(early) > 5
    cold = aside(fitting(), 200.0, keys=300, zipf=0.9, fits=40, until=0.5)
    assert counters(live)["hits"] > 1.2 * counters(cold)["hits"]


# -- popularity that moves on


def test_favourites_move_on_at_their_time_and_by_their_distance() -> None:
    still = aside(fitting(), 300.0, keys=100, zipf=1.0, until=30.0)
    moving = aside(fitting(), 300.0, keys=100, zipf=1.0, until=30.0, shift=(10.0, 7))
    tables = [Table(r.scenario, r.scenario.workloads["w"], Streams(1)) for r in (still, moving)]
    assert tables[0].times == tables[1].times
    times = np.array(tables[0].times)
    moved = (np.array(tables[1].keys) - np.array(tables[0].keys)) % 100
    assert (moved == (7 * (times // 10.0)) % 100).all()
    assert set(moved[times < 30.0]) == {0, 7, 14}


def test_a_crowd_that_waits_has_moving_favourites_too() -> None:
    """One key is asked for by all; from 5 s on it is another one, which has to be fetched."""
    live = aside(
        fitting(), arrivals=Closed(10, constant(0.1)), keys=100, zipf=5.0, until=9.0, shift=(5.0, 50), users=10
    )
    store = live.world.parts["cache"].nodes[0].store  # type: ignore[attr-defined]
    assert {0, 50} <= set(store)


# -- before the database


def modes(mode: str, **more: Any) -> Run:
    more = {"db": {"work__read": constant(0.01), "work__write": constant(0.02)}, **more}
    return aside(cache(size="fits", mode=mode, **more.pop("copies", {})), **more)


def test_behind_a_read_through_cache_the_database_sees_only_misses() -> None:
    live = modes("read through", keys=40, until=10.0)
    assert counters(live)["misses"] == db_reads(live)
    assert 40 <= db_reads(live) <= 45, "some keys are asked for twice before the first copy is there"
    times = latencies(live.recording)
    assert min(times) == pytest.approx(4e-6, abs=1e-9)
    assert max(times) == pytest.approx(0.010006, abs=1e-6)


@pytest.mark.parametrize(
    ("mode", "writing", "reading"),
    [("read through", 0.02, 0.01), ("write through", 0.02, 0.0), ("write behind", 0.0, 0.0)],
)
def test_how_long_a_write_takes_and_the_read_after_it(mode: str, writing: float, reading: float) -> None:
    """A write that goes past deletes the copy; one that goes through leaves it; one that is kept is at once."""
    both = {"put": Asked(1.0), "get": Asked(0.0)}
    live = aside(
        cache(size="fits", mode=mode),
        arrivals=once(1.0),
        keys=1,
        operations=both,
        db={"work__read": constant(0.01), "work__write": constant(0.02)},
        until=5.0,
    )
    assert latencies(live.recording) == pytest.approx([writing], abs=1e-4)
    after = run(
        scenario(
            board(
                [clients("a", "first"), clients("b", "then"), service(size="many"),
                 cache(size="fits", mode=mode), database(work__read=constant(0.01), work__write=constant(0.02))],
                "a -> web -> cache -> db", "b -> web",
            ),
            [workload(once(1.0), "first", keys="x", operations={"put": Asked(1.0)}),
             workload(once(2.5), "then", keys="x")],
            RW,
            data=[DataSet("x", 1, 0.0, 1000.0)],
            sizes=[room(10)],
            until=5.0,
        )
    )  # fmt: skip
    assert latencies(after.recording)[1] == pytest.approx(reading, abs=1e-4)
    assert after.result.total.stale_reads == 0
    assert after.world.parts["db"].counts()["writes"] == 1


def test_write_behind_is_the_fastest_of_the_three() -> None:
    mix = {"get": Asked(1.0), "put": Asked(1.0)}
    means = [
        modes(mode, operations=mix, keys=50, until=10.0).result.total.latency.mean
        for mode in ("read through", "write through", "write behind")
    ]
    assert means[0] > means[1] > 5 * means[2]


def test_what_is_written_behind_arrives_in_batches_and_in_order() -> None:
    live = modes("write behind", operations=WRITES, rate=100.0, keys=20, until=9.5)
    found, db = counters(live), live.world.parts["db"]
    born = live.recording.requests.born
    assert found["behind_batches"] == pytest.approx(9, abs=1), "one a second"
    assert db.counts()["writes"] == pytest.approx(len(born[born < 9.0]), abs=110)
    keys = [key for key, _ in db.log]  # type: ignore[attr-defined]
    assert keys == asked_keys(live)[: len(keys)]
    assert live.result.total.stale_reads == live.result.total.lost == 0


def test_a_crash_loses_exactly_what_was_not_handed_on() -> None:
    """Writes every 10 ms, handed on every second from 0.005 s: the crash at 3.5 s loses those since 3.03 s."""
    crash = Fault(3.5, 0.5, ("component", "cache"), "crash")
    live = modes(
        "write behind", arrivals=steady(100.0, "constant"), operations=WRITES, keys=1000, until=8.0, faults=[crash]
    )
    live.world.kernel.run(live.world.kernel.now + 5.0)
    db = live.world.parts["db"]
    log, found = live.recording.requests, counters(live)
    lost = live.result.total.lost
    assert lost == found["behind_lost"] > 30
    told = zip(asked_keys(live), outcomes(live.recording), log.lost, strict=True)
    kept = [key for key, outcome, gone in told if outcome == "ok" and not gone]
    assert [key for key, _ in db.log][: len(kept)] == kept  # type: ignore[attr-defined]
    gone = log.born[log.lost > 0]
    assert gone.max() < 3.5
    assert gone.min() > 2.9
    assert len(gone) == pytest.approx((3.5 - gone.min()) * 100, abs=1.5), "all of them, without a gap"


def test_a_batch_that_was_on_its_way_is_not_lost_in_a_crash() -> None:
    """The batch leaves at 2.0 s and takes 0.5 s at the database; the cache crashes in between."""
    crash = Fault(2.2, 0.5, ("component", "cache"), "crash")
    live = modes(
        "write behind", arrivals=once(1.0, 2.1), operations=WRITES, keys=1000, until=8.0, faults=[crash],
        db={"work__write": constant(0.5)},
    )  # fmt: skip
    assert outcomes(live.recording) == ["ok", "ok"]
    assert live.world.parts["db"].counts()["writes"] == 1
    assert list(live.recording.requests.lost) == [0, 1]


def test_writes_are_refused_when_too_many_wait_for_a_database_that_is_away() -> None:
    away = Fault(0.5, 4.0, ("component", "db"), "crash")
    live = modes(
        "write behind", arrivals=steady(10.0, "constant"), operations=WRITES, until=10.0, faults=[away],
        copies={"behind__most": 20, "behind__every": 0.5},
    )  # fmt: skip
    said = outcomes(live.recording)
    assert set(said) == {"ok", "refused"}
    assert 15 <= said.count("refused") <= 30, "20 are kept, from 0.5 s on; the others up to 4.5 s are not"
    assert live.result.components["cache"].refused["too many unwritten"] == said.count("refused")
    assert live.result.total.lost == 0
    live.world.kernel.run(live.world.kernel.now + 2.0)
    writes, waiting = live.world.parts["db"].counts()["writes"], counters(live)["behind_waiting"]
    (behind,) = live.world.parts["cache"].behind  # type: ignore[attr-defined]
    assert waiting <= 5
    assert writes + len(behind.line) == len(live.world.ledger.born) - said.count("refused")


def test_what_is_not_yet_written_is_read_even_if_its_copy_had_to_go() -> None:
    mix = {"get": Asked(1.0), "put": Asked(1.0)}
    live = modes("write behind", operations=mix, keys=200, fits=5, rate=200.0, until=10.0)
    total = live.result.total
    assert total.reads > 500
    assert (total.stale_reads, total.own_stale_reads) == (0, 0)


def test_a_cache_before_its_database_is_the_only_way() -> None:
    """Aside, a dead cache makes reads slow; in between, it makes them fail."""
    crash = Fault(5.0, 2.0, ("component", "cache"), "crash")
    live = modes("read through", until=10.0, faults=[crash], start=1.0)
    assert live.result.total.availability == pytest.approx(7 / 9, abs=0.05)


def test_one_for_all_works_before_a_database_too() -> None:
    live = aside(
        cache(size="fits", mode="read through", ttl=2.0, fills="one at a time"),
        arrivals=steady(200.0, "constant"), keys=1, until=12.0, db={"work__read": constant(0.5)},
    )  # fmt: skip
    assert db_reads(live) == 5
    assert set(outcomes(live.recording)) == {"ok"}


def test_two_tiers_a_near_one_before_a_far_one() -> None:
    """What the near one does not keep the far one does; the database sees each key once."""
    near = cache("near", size="fits", mode="read through")
    far = cache("far", size="room", mode="read through")
    live = run(
        scenario(
            board([clients(), service(size="many"), near, far, database()], "users -> web -> near -> far -> db"),
            workload(steady(200.0), keys="x"),
            program(Read("x")),
            data=[DataSet("x", 100, 0.0, 1000.0)],
            sizes=[room(10)],
        )
    )
    assert counters(live, "near")["hit_ratio"] == pytest.approx(0.1, abs=0.03)
    assert counters(live, "far")["hit_ratio"] > 0.9
    assert 100 <= db_reads(live) <= 101
    assert live.result.components["far"].arrivals == counters(live, "near")["misses"]


def test_batches_go_through_to_the_database_as_batches() -> None:
    batching = Program("p", {"put": Operation("put", (Write("x", 10, 0.5),))})
    live = run(
        scenario(
            board([clients(), service(size="many"), cache(mode="write through"), database()],
                  "users -> web -> cache -> db"),
            workload(steady(100.0), keys="x", operations=WRITES),
            batching,
        )
    )  # fmt: skip
    db = live.result.components["db"]
    assert db.counters["writes"] == pytest.approx(10 * db.arrivals, rel=0.05)
    assert live.result.total.availability == 1.0


# -- several machines


def nodes(count: int, **more: Any) -> Run:
    more = {"keys": 2000, "rate": 500.0, "until": 30.0, "start": 5.0, **more}
    rate = more.pop("rate")
    return aside(fitting(nodes=count, full_at_start=1.0, **more.pop("copies", {})), rate, **more)


def test_nodes_divide_the_keys_and_add_up_their_memory() -> None:
    live = nodes(4, fits=600)
    held = [len(node.store) for node in live.world.parts["cache"].nodes]  # type: ignore[attr-defined]
    assert sum(held) == counters(live)["held"] == pytest.approx(2000, abs=20)
    assert counters(live)["room"] == 2400
    assert min(held) > 300, "500 on average, by a ring with 100 places each"
    assert counters(live)["hit_ratio"] > 0.99


def test_the_loss_of_a_node_is_the_loss_of_its_keys() -> None:
    """One of four dies for good: as many reads miss as it had keys, and the others go on."""
    crash = Fault(10.0, None, ("replica", "cache", "2"), "crash")
    live = nodes(4, fits=1000, faults=[crash], start=12.0)
    lost = [live.world.parts["cache"].shard(key) for key in range(2000)].count(1) / 2000  # type: ignore[attr-defined]
    assert 0.15 < lost < 0.35
    assert live.result.total.availability == 1.0
    share = live.result.components["db"].arrivals / live.result.total.requests
    assert share == pytest.approx(lost, abs=0.01)


def test_nodes_cost_as_many_machines() -> None:
    kind = kinds()["cache"]
    sizes = {"fits": room(10)}
    one, five = fitting(price=0.5), fitting(price=0.5, nodes=5)
    assert kind.price(five, sizes) == pytest.approx(5 * kind.price(one, sizes)) == pytest.approx(3.0)
    assert kind.machines(five) == 5
    assert nodes(5, until=6.0).result.cost > 0


def test_batches_are_made_for_each_node() -> None:
    batching = Program("p", {"put": Operation("put", (Write("x", 10, 0.2),))})
    live = run(
        scenario(
            board([clients(), service(size="many"), cache(mode="write behind", nodes=3), database()],
                  "users -> web -> cache -> db"),
            workload(steady(200.0), keys="x", operations=WRITES),
            batching,
        )
    )  # fmt: skip
    part = live.world.parts["cache"]
    for i, node in enumerate(part.nodes):  # type: ignore[attr-defined]
        assert {part.shard(key) for key in node.store} == {i}  # type: ignore[attr-defined]
    assert live.result.total.availability == 1.0


# -- bad input


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"nodes": 21}, "must be between 1 and 20"),
        ({"nodes": 0}, "must be between 1 and 20"),
        ({"jitter": "120 %"}, "between 0 % and 100 %"),
        ({"full_at_start": "101 %"}, "between 0 % and 100 %"),
        ({"early": 0}, "must be between"),
        ({"behind.every": "0 s"}, "must be between"),
        ({"behind.most": 0}, "must be between"),
        ({"evicts": "lur"}, "lru"),
        ({"mode": "write trough"}, "write through"),
        ({"fills": "once"}, "one at a time"),
    ],
)
def test_what_cannot_be_set_says_what_can(given: dict[str, object], says: str) -> None:
    from scalegame.errors import ScalegameError

    names = {"data": {"x": None}, "sizes": {"fits": None}}
    with pytest.raises(ScalegameError, match=says):
        kinds()["cache"].settings({"holds": "x", "size": "fits", **given}, names)


def test_cures_for_expiry_need_copies_that_expire() -> None:
    check = kinds()["cache"].check
    assert "ttl" in check(fitting(fills="early"), {})[0]
    assert check(fitting(jitter=0.5), {})
    assert not check(fitting(fills="early", jitter=0.5, ttl=5.0), {})


@pytest.mark.parametrize("mode", ["aside", "read through", "write through", "write behind"])
@pytest.mark.parametrize("fills", ["each", "one at a time", "early"])
def test_room_for_one_copy_is_sane(mode: str, fills: str) -> None:
    """A value that is larger than the memory: one copy fits all the same, everything is answered."""
    copies = fitting(mode=mode, fills=fills, ttl=0.01, jitter=1.0, nodes=2, behind__most=1, behind__every=0.001)
    mix = {"get": Asked(3.0), "put": Asked(1.0)}
    live = aside(copies, 200.0, keys=30, fits=0, operations=mix, until=5.0, db={"work__read": exponential(0.001)})
    assert counters(live)["room"] == 2
    assert live.result.ended is None or live.result.ended == ""
    assert set(outcomes(live.recording)) <= ({"ok", "refused"} if mode == "write behind" else {"ok"})
    if mode != "aside":
        assert live.result.total.stale_reads == 0


@given(
    mode=st.sampled_from(MODES),
    fills=st.sampled_from(FILLS),
    evicts=st.sampled_from(POLICIES),
    ttl=st.sampled_from([None, 0.001, 0.5, 1e7]),
    jitter=st.sampled_from([0.0, 1.0]),
    early=st.sampled_from([0.01, 100.0]),
    count=st.sampled_from([1, 20]),
    full=st.sampled_from([0.0, 1.0]),
    every=st.sampled_from([0.001, 3600.0]),
    most=st.sampled_from([1, 1_000_000]),
    fits=st.sampled_from([0, 3, 1000]),
    struck=st.sampled_from(["cache", "db"]),
    effect=st.sampled_from(["crash", "dies"]),
    heals=st.sampled_from([0.3, None]),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_set_and_strikes_it_a_run_ends_sanely(
    mode: str, fills: str, evicts: str, ttl: float | None, jitter: float, early: float, count: int, full: float,
    every: float, most: int, fits: int, struck: str, effect: Any, heals: float | None,
) -> None:  # fmt: skip
    """Every setting at its limits, with whoever answers down for a while or for ever."""
    copies = fitting(
        mode=mode, fills=fills, evicts=evicts, ttl=ttl, jitter=jitter, early=early, nodes=count,
        full_at_start=full, behind__every=every, behind__most=most, work=constant(0.0005),
    )  # fmt: skip
    live = aside(
        copies, 60.0, keys=40, zipf=1.0, fits=fits, operations={"get": Asked(3.0), "put": Asked(1.0)}, until=3.0,
        faults=[Fault(1.0, heals, ("component", struck), effect)], timeout=0.5, grace=2.0, shift=(0.7, 11),
    )  # fmt: skip
    total, found = live.result.total, counters(live)
    assert live.world.kernel.now <= 3.0 + 2.0 + 1e-9
    assert total.requests == total.successes + sum(total.failures.values())
    assert all(value >= 0 for name, value in found.items() if name != "hit_ratio")
    assert found["held"] <= found["room"]
    assert min((t for t in latencies(live.recording) if t == t), default=0.0) >= 0.0
    lost = found.get("behind_lost", 0.0)
    assert (lost > 0) <= (mode == "write behind" and struck == "cache")


def test_a_cache_before_a_database_that_never_comes_back_ends_at_grace() -> None:
    silent = Fault(1.0, None, ("component", "db"), "dies")
    for mode in ("read through", "write through", "write behind"):
        mix = {"get": Asked(1.0), "put": Asked(1.0)}
        live = modes(mode, operations=mix, until=5.0, faults=[silent])
        assert live.world.kernel.now <= 5.0 + 30.0 + 1.0
        assert live.result.total.availability < 1.0


def test_the_same_run_twice_is_the_same() -> None:
    given_ = {"evicts": "random", "ttl": 0.5, "jitter": 0.5, "fills": "early", "nodes": 3}
    first, second = (aside(fitting(**given_), 300.0, keys=200, fits=20) for _ in range(2))
    assert counters(first) == counters(second)
    assert latencies(first.recording) == latencies(second.recording)
    assert same(first.result, second.result)


# -- what a diagnosis says


def titles(live: Run) -> list[str]:
    return [f.title for f in diagnose(live.scenario, live.result, live.recording)]


def test_a_diagnosis_names_the_stampede_and_its_time() -> None:
    live = stampede(fitting(ttl=2.0), start=1.5)
    (found,) = (f for f in diagnose(live.scenario, live.result, live.recording) if "stampede" in f.title)
    assert found.title == "A stampede at 3 s: 101 misses of one key"
    assert found.component == "cache"
    assert not any("stampede" in t for t in titles(stampede(fitting(ttl=2.0, fills="one at a time"))))


def test_a_stampede_that_takes_longer_than_people_wait_comes_first() -> None:
    """Each rush is 101 or so reads of half a second for two cores; where there are many it is soon over."""

    def first(cores: str) -> tuple[str, str]:
        live = stampede(fitting(ttl=2.0), timeout=2.0, db={"size": cores, "work__read": constant(0.5)})
        found = diagnose(live.scenario, live.result, live.recording)
        (told,) = (f for f in found if "stampede" in f.title)
        return ("first" if told is found[0] else "later"), told.sentence

    place, sentence = first("two")
    assert place == "first"
    assert "That alone is " in sentence
    assert sentence.endswith("of work for db, and nobody waits longer than 2 s.")
    assert "That alone is" not in first("many")[1]


def test_a_diagnosis_names_what_was_acknowledged_and_lost() -> None:
    crash = Fault(3.5, 0.5, ("component", "cache"), "crash")
    live = modes("write behind", operations=WRITES, until=8.0, faults=[crash])
    assert "Acknowledged, then lost" in titles(live)
    assert "Acknowledged, then lost" not in titles(modes("write through", operations=WRITES, faults=[crash]))


def test_a_cache_that_stands_still_answers_later_and_loses_nothing() -> None:
    still = Fault(5.0, 1.0, ("component", "cache"), "pause")
    live = aside(fitting(), 50.0, keys=20, faults=[still], until=10.0)
    assert set(outcomes(live.recording)) == {"ok"}
    times, born = np.array(latencies(live.recording)), live.recording.requests.born
    assert times[(born > 5.0) & (born < 5.1)].min() > 0.85
    assert times[born > 6.5].max() < 0.01


@pytest.mark.parametrize(
    "given_",
    [
        {"fills": "one at a time", "ttl": 0.3},
        {"mode": "write behind", "behind__every": 0.2},
        {"mode": "read through", "nodes": 3, "fills": "early", "ttl": 0.3},
    ],
)
def test_a_run_that_is_traced_is_the_same_run(given_: dict[str, Any]) -> None:
    mix = {"get": Asked(3.0), "put": Asked(1.0)}
    live = aside(fitting(**given_), 60.0, keys=10, operations=mix, until=3.0, db={"work__read": constant(0.05)})
    following = Following(live.scenario, kinds(), 1)
    assert following.advance()
    assert same(live.result, following.run.result)
    assert same(live.recording, following.run.recording)
    found = list(traces(live.scenario, kinds(), 1, live.recording.requests))
    assert [told["why"] for told in found][:3] == ["median", "p99", "slowest"]
    hops = found[2]["hops"]
    assert isinstance(hops, list)
    assert {hop["component"] for hop in hops} >= {"web", "cache"}


def test_a_page_of_several_keys_does_not_make_its_copies_look_old() -> None:
    """Every copy that it fills has the version that was read: who reads it later is not told old news."""
    operations = {
        "page": Operation("page", (Read("x", times=5),)),
        "get": Operation("get", (Read("x"),)),
        "put": Operation("put", (Write("x"),)),
    }
    cards = board([clients(), service(), cache(), database()], "users -> web -> cache", "web -> db")
    load = workload(steady(50.0), operations={"get": Asked(3.0), "put": Asked(1.0), "page": Asked(3.0)}, keys="x")
    data = [DataSet("x", 20, 0.0, 10.0)]
    found = run(scenario(cards, load, [Program("p", operations)], until=30.0, data=data)).result.total
    assert found.reads > 500
    assert found.stale_reads == 0
