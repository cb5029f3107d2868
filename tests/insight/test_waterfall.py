"""A request as a waterfall: its parts follow each other, and add up to what it took."""

from __future__ import annotations

from itertools import pairwise

import pytest

from scalegame.components import kinds
from scalegame.design.distributions import constant
from scalegame.design.edits import apply_all
from scalegame.design.world import Read, Work
from scalegame.insight.tracing import Following, telling
from scalegame.insight.trail import QUEUED, SERVED
from scalegame.insight.waterfall import DOWNSTREAM, RESTING, SILENT, TRAVEL, blame, story
from scalegame.levels.packs import find
from scalegame.simulation.scenario import Fault, Profile, Retries
from tests.scenarios import (
    board,
    clients,
    database,
    once,
    program,
    run,
    same,
    scenario,
    service,
    steady,
    tiers,
    workload,
)

MS = 0.001


def followed(what, indices, seed=1):
    following = Following(what, kinds(), seed, indices)
    following.advance()
    end = float(following.run.recording.times[-1])
    return following, [story(*following.of(index), end) for index in indices]


def test_a_linear_path_in_milliseconds() -> None:
    """Two requests at once, a web server with one thread and one core, 1 ms each way."""
    what = scenario(
        board([clients(), service(threads=1), database(work__read=constant(0.005))], "users -> web -> db"),
        workload(once(1.0, 1.0001)),
        program(Work(constant(0.010)), Read("x")),
        until=3.0,
        hop=1 * MS,
    )
    _, (first, second) = followed(what, [0, 1])
    assert [(row.replica, row.does, row.depth) for row in first.rows] == [
        ("users", "attempt 1", 0),
        ("web-1", "get", 1),
        ("db-1", "read", 2),
    ]
    client, web, db = second.rows
    assert client.seconds(TRAVEL) == pytest.approx(2 * MS)
    assert client.seconds(DOWNSTREAM) == pytest.approx(web.end - web.start)
    # The first holds the thread for 10 ms of work, a way of 1 ms, 5 ms of reading and 1 ms back.
    assert web.seconds(QUEUED) == pytest.approx(17 * MS - 0.1 * MS)
    assert web.seconds(SERVED) == pytest.approx(10 * MS)
    assert web.seconds(TRAVEL) == pytest.approx(2 * MS)
    assert web.seconds(DOWNSTREAM) == pytest.approx(5 * MS)
    assert db.seconds(SERVED) == pytest.approx(5 * MS)
    worst = blame(second)[0]
    assert worst.text == "waiting for a thread at web-1"
    assert worst.seconds == pytest.approx(16.9 * MS)
    assert sum(part.share for part in blame(second)) == pytest.approx(1.0)


def test_waiting_for_a_core_is_told_from_working_on_it() -> None:
    what = scenario(
        board([clients(), service()], "users -> web"),
        workload(once(1.0, 1.001)),
        program(Work(constant(0.010))),
        until=3.0,
    )
    _, (_, second) = followed(what, [0, 1])
    web = second.rows[1]
    assert [(part.sort, part.what) for part in web.parts] == [(QUEUED, "cores"), (SERVED, "")]
    assert web.seconds(QUEUED) == pytest.approx(9 * MS)
    assert web.seconds(SERVED) == pytest.approx(10 * MS)


def test_attempts_stand_below_each_other_with_the_pause_between() -> None:
    """A server that takes a second, a client that waits 100 ms and tries three times."""
    what = scenario(
        board([clients(), service()], "users -> web"),
        workload(once(1.0), timeout=0.1, retries=Retries(3, "fixed", 0.05)),
        program(Work(constant(1.0))),
        until=4.0,
        hop=1 * MS,
    )
    following, (told,) = followed(what, [0])
    log = following.run.recording.requests
    tries = [row for row in told.rows if row.depth == 0]
    assert [row.does for row in tries] == [f"attempt {i}: slow server" for i in (1, 2, 3)]
    assert [row.reply for row in tries] == ["timed out"] * 3
    assert [row.seconds(RESTING) for row in tries] == pytest.approx([0.05, 0.05, 0.0])
    # The server works on, for nobody; the second attempt waits for its core.
    assert told.rows[1].end - told.rows[1].start == pytest.approx(1.0)
    assert not told.rows[1].inside
    shares = {part.text: part.seconds for part in blame(told)}
    assert shares["waiting to try again"] == pytest.approx(0.1)
    assert shares["being served at web-1"] == pytest.approx(0.099)
    assert shares["waiting for a core at web-1"] == pytest.approx(2 * 0.099)
    assert sum(shares.values()) == pytest.approx(float(log.resolved[0] - log.born[0]))


def test_who_is_cut_off_waits_for_an_answer_that_never_comes() -> None:
    far = Profile(constant(0.01))
    what = scenario(
        board([clients(at="there"), service()], "users -> web"),
        workload(once(1.0), timeout=0.5),
        program(Work(constant(0.010))),
        until=2.0,
        links={("there", "here"): far},
        faults=[Fault(0.5, 1.0, ("link", "there", "here"), "cut")],
    )
    _, (told,) = followed(what, [0])
    assert [row.depth for row in told.rows] == [0]
    assert told.rows[0].seconds(SILENT) == pytest.approx(0.5)
    assert blame(told)[0].text == "waiting for an answer that never came"


@pytest.mark.parametrize("rate", [150.0, 600.0])
def test_the_parts_add_up_to_the_latency_of_every_request(rate: float) -> None:
    what = tiers(rate, until=8.0, faults=[Fault(4.0, 3.0, ("replica", "web", "1"), "crash")])
    log = run(what, 3).recording.requests
    indices = list(range(0, len(log.born), 3))
    following, told = followed(what, indices, seed=3)
    assert same(run(what, 3).recording, following.run.recording)
    retried = 0
    for index, one in zip(indices, told, strict=True):
        latency = float(log.resolved[index] - log.born[index])
        assert sum(part.seconds for part in one.spent) == pytest.approx(latency, abs=1e-9)
        assert all(a.end == pytest.approx(b.start, abs=1e-9) for a, b in pairwise(one.spent))
        assert one.born == log.born[index]
        retried += len([row for row in one.rows if row.depth == 0]) > 1
    assert retried > 5


@pytest.mark.parametrize("id", ["scan-and-go", "vanishing-comment"])
def test_they_add_up_through_queues_batches_and_replicas(id: str) -> None:
    level = find(id, kinds())
    for attempt in [a for a in level.attempts if a.wins][:1]:
        what = level.scenario(apply_all(level.found, attempt.do, level.rulebook))
        seed = level.seeds("play", 1)[0]
        log = run(what, seed).recording.requests
        indices = sorted({*telling(log), *range(0, len(log.born), 97)})
        following, told = followed(what, indices, seed)
        assert same(run(what, seed).result, following.run.result)
        for index, one in zip(indices, told, strict=True):
            latency = float(log.resolved[index] - log.born[index])
            assert sum(part.seconds for part in one.spent) == pytest.approx(latency, abs=1e-9)
            assert one.rows
            assert all(row.start <= row.end for row in one.rows)


def test_only_who_is_asked_for_is_noted() -> None:
    following, _ = followed(tiers(until=5.0), [3, 40])
    assert len(following.tracer.hops) == 2
    assert len(following.tracer.tries) == 2


def test_steady_streams_are_followed_as_well_as_single_requests() -> None:
    what = scenario(
        board([clients(), service()], "users -> web"),
        workload(steady(50.0)),
        program(Work(constant(0.010))),
        until=4.0,
    )
    log = run(what).recording.requests
    _, told = followed(what, range(len(log.born)))
    for index, one in enumerate(told):
        assert one.ended - one.born == pytest.approx(float(log.resolved[index] - log.born[index]))
        assert one.rows[1].seconds(SERVED) == pytest.approx(0.010)
