"""Web caches: what is asked, what travels, and what 304 saves."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.components.webcache import HEADERS
from scalegame.design.distributions import constant
from scalegame.design.model import Component
from scalegame.design.world import DataSet, Freshness, Operation, Program, Read, Size, Update, Work, Write
from scalegame.insight.tracing import Following
from scalegame.insight.waterfall import blame, story
from scalegame.simulation.freshness import Answer, Shelf, is_fresh, lifetime
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Asked, Fault, Limits, Profile
from tests.scenarios import (
    board,
    clients,
    database,
    latencies,
    once,
    outcomes,
    part,
    run,
    scenario,
    service,
    steady,
    workload,
)

BIG = 1e6
#: 10 ms one way, and a body of 1 MB takes 100 ms.
FAR = Profile(constant(0.010), 10e6)


def webcache(id: str = "edge", at: str = "here", **settings: object) -> Component:
    return part(id, "webcache", at, **{"work": constant(0.0), **settings})


def page(fresh: Freshness | None, *, reads: bool = False) -> Program:
    steps = (Work(constant(0.001)), *((Read("x"),) if reads else ()))
    return Program(
        "p",
        {
            "get": Operation("get", steps, answer=BIG, fresh=fresh),
            "put": Operation("put", (Write("x"),)),
        },
    )


def at(
    fresh: Freshness | None, *times: float, keys: int = 1, users: int = 1, until: float = 60.0, **settings: object
) -> Run:
    """One page, asked for at these times; the service is far away, the cache is near."""
    return run(
        scenario(
            board([clients(), webcache(**settings), service(at="far")], "users -> edge -> web"),
            workload(once(*times), users=users, keys="x"),
            page(fresh),
            until=until,
            data=[DataSet("x", keys, 0.0, 1000.0)],
            links={("here", "far"): FAR},
        )
    )


def counts(live: Run, id: str = "edge") -> dict[str, float]:
    return dict(live.result.components[id].counters)


#: Fresh for, if made at 0 by something last changed 100 s before the start; kept by a shared cache; by a browser.
@pytest.mark.parametrize(
    ("fresh", "seconds", "shared", "browser"),
    [
        (Freshness(max_age=5.0), 5.0, True, True),
        (Freshness(max_age=5.0, expires=50.0), 5.0, True, True),
        (Freshness(expires=20.0), 19.0, True, True),
        (Freshness(expires=0.5), 0.0, True, True),
        (Freshness(modified=100.0), 10.1, True, True),
        (Freshness(modified=100.0, max_age=3.0), 3.0, True, True),
        (Freshness(etag=True), 0.0, True, True),
        (Freshness(max_age=5.0, revalidate_always=True), 0.0, True, True),
        (Freshness(max_age=5.0, private=True), 5.0, False, True),
        (Freshness(max_age=5.0, store=False), 0.0, False, False),
        (None, 0.0, False, False),
    ],
    ids=[
        "max-age",
        "max-age before Expires",
        "Expires",
        "Expires past",
        "heuristic",
        "max-age before heuristic",
        "nothing said",
        "no-cache",
        "private",
        "no-store",
        "no headers",
    ],
)
@pytest.mark.parametrize("role", ["shared", "browser"])
def test_a_copy_is_used_for_as_long_as_its_headers_say(
    fresh: Freshness | None, seconds: float, shared: bool, browser: bool, role: str
) -> None:
    """Asked for at 1 s; a little before its time is up the copy answers, a little after it does not."""
    kept = browser if role == "browser" else shared
    before, after = 1.0 + seconds - 0.1, 1.0 + seconds + 0.1
    if kept and seconds:
        assert fresh is not None
        assert lifetime(fresh, Answer(1.0, None if fresh.modified is None else -fresh.modified)) == pytest.approx(
            seconds
        )
        found = counts(at(fresh, 1.0, before, role=role))
        assert (found["fresh_hits"], found["fetched"] + found["asked"]) == (1, 1)
    found = counts(at(fresh, 1.0, after, role=role))
    assert found["fresh_hits"] == 0
    assert found["fetched"] + found["asked"] + found["passed_on"] == 2
    assert found["passed_on"] == (0 if kept else 2)


def test_304_keeps_the_round_trip_and_the_work_and_saves_the_bytes() -> None:
    """Miss: 20 ms on the way, 1 ms of work, 100 ms of bytes. 304: the same but for the bytes of the body."""
    live = at(Freshness(max_age=1.0, etag=True), 1.0, 5.0, 5.5)
    there = 500.0 / 10e6
    whole, checked, near = latencies(live.recording)
    assert whole == pytest.approx(0.021 + there + BIG / 10e6, abs=1e-5)
    assert checked == pytest.approx(0.021 + there + HEADERS / 10e6, abs=1e-5)
    assert near == pytest.approx(2e-6, abs=1e-6)
    found = counts(live)
    assert found["bytes_in"] == BIG + HEADERS
    assert found["bytes_saved"] == (BIG - HEADERS) + BIG
    assert (found["not_modified"], found["asked"], found["fetched"]) == (1, 1, 1)
    assert live.result.components["web"].arrivals == 2


def test_without_a_validator_a_stale_copy_is_fetched_again_in_full() -> None:
    live = at(Freshness(max_age=1.0), 1.0, 5.0)
    assert latencies(live.recording)[0] == pytest.approx(latencies(live.recording)[1], abs=1e-9)
    assert counts(live)["bytes_in"] == 2 * BIG


def changing(fresh: Freshness, gets: tuple[float, ...], puts: tuple[float, ...], until: float = 60.0) -> Run:
    """A page made of one key, which somebody changes, past the cache."""
    links = {("here", "far"): FAR}
    return run(
        scenario(
            board(
                [
                    clients(),
                    clients("editor", "e", "far"),
                    webcache(),
                    service(at="far"),
                    database(at="far", work__read=constant(0.0), work__write=constant(0.0)),
                ],
                "users -> edge -> web -> db",
                "editor -> web",
            ),
            [
                workload(once(*gets), keys="x"),
                workload(once(*puts), "e", operations={"put": Asked(1.0)}, keys="x"),
            ],
            page(fresh, reads=True),
            until=until,
            data=[DataSet("x", 1, 0.0, 1000.0)],
            links=links,
        )
    )


def test_a_changed_page_is_asked_about_and_comes_in_full() -> None:
    """The question alone brings the news; the body follows over the same link: one round trip, and the bytes."""
    live = changing(Freshness(max_age=1.0, etag=True), (1.0, 5.0), (3.0,))
    first, second = (
        t for t, op in zip(latencies(live.recording), live.recording.requests.operation, strict=True) if op == 0
    )
    assert second == pytest.approx(first + HEADERS / 10e6, abs=1e-5)
    found = counts(live)
    assert (found["asked"], found["not_modified"]) == (1, 0)
    assert found["bytes_in"] == 2 * BIG
    assert live.result.total.stale_reads == 0


def test_a_copy_that_is_fresh_and_old_is_a_stale_read() -> None:
    live = changing(Freshness(max_age=10.0, etag=True), (1.0, 5.0), (3.0,))
    assert counts(live)["fresh_hits"] == 1
    assert live.result.total.stale_reads == 1


def test_the_heuristic_counts_from_the_last_change() -> None:
    """Changed at 3 s, fetched at 23 s: fresh for 2 s. Before it was changed 100 s before the start."""
    live = changing(Freshness(modified=100.0), (23.0, 24.9, 25.2), (3.0,))
    found = counts(live)
    assert (found["fetched"], found["fresh_hits"], found["asked"]) == (1, 1, 1)


def test_a_browser_keeps_for_one_user_and_a_proxy_for_all() -> None:
    times = tuple(1.0 + 0.5 * i for i in range(12))
    fresh = Freshness(max_age=1000.0)
    for role, fetched in (("shared", 1), ("browser", 3)):
        live = run(
            scenario(
                board([clients(), webcache(role=role), service(at="far")], "users -> edge -> web"),
                workload(once(*times), users=3, keys="x"),
                page(fresh),
                until=60.0,
                data=[DataSet("x", 1, 0.0, 1000.0)],
                links={("here", "far"): FAR},
            )
        )
        assert counts(live)["fetched"] == fetched


def chain(fresh: Freshness, *times: float) -> Run:
    """A browser, an edge near it, an origin far away."""
    return run(
        scenario(
            board(
                [clients(), webcache("browser", role="browser"), webcache("edge"), service(at="far")],
                "users -> browser -> edge -> web",
            ),
            workload(once(*times), users=1, keys="x"),
            page(fresh),
            until=60.0,
            data=[DataSet("x", 1, 0.0, 1000.0)],
            links={("here", "far"): FAR},
        )
    )


def test_age_travels_along_a_chain_of_caches() -> None:
    """Fresh for 10 s, asked for at 1 s and at 5 s: both copies are stale at 12 s, the browser's too."""
    live = chain(Freshness(max_age=10.0, etag=True), 1.0, 5.0, 12.0)
    browser, edge = counts(live, "browser"), counts(live, "edge")
    assert (browser["fetched"], browser["fresh_hits"], browser["asked"], browser["not_modified"]) == (1, 1, 1, 1)
    assert (edge["fetched"], edge["fresh_hits"], edge["asked"], edge["not_modified"]) == (1, 0, 1, 1)
    assert live.result.components["web"].arrivals == 2


def test_a_copy_from_another_cache_is_as_old_as_it_was_there() -> None:
    """The edge is filled by one user at 1 s; another's browser takes it at 8 s, and may use it until 11 s only."""
    live = run(
        scenario(
            board(
                [
                    clients(),
                    clients("others", "v"),
                    webcache("browser", role="browser"),
                    webcache("edge"),
                    service(at="far"),
                ],
                "users -> browser -> edge -> web",
                "others -> edge",
            ),
            [
                workload(once(8.0, 10.5, 11.5), users=1, keys="x"),
                workload(once(1.0), "v", users=1, keys="x"),
            ],
            page(Freshness(max_age=10.0, etag=True)),
            until=60.0,
            data=[DataSet("x", 1, 0.0, 1000.0)],
            links={("here", "far"): FAR},
        )
    )
    browser = counts(live, "browser")
    assert (browser["fetched"], browser["fresh_hits"], browser["asked"]) == (1, 1, 1)


def test_no_more_is_kept_than_there_is_room_for() -> None:
    live = run(
        scenario(
            board([clients(), webcache(room=3.5 * BIG), service(at="far")], "users -> edge -> web"),
            workload(steady(20.0), keys="x"),
            page(Freshness(max_age=1000.0)),
            until=30.0,
            data=[DataSet("x", 10, 0.0, 1000.0)],
            links={("here", "far"): FAR},
        )
    )
    found = counts(live)
    assert found["held"] == 3 * BIG
    assert 200 < found["evicted"] <= found["fetched"] - 3  # two who miss the same page at once fetch it twice
    assert 0.2 < found["fresh_ratio"] < 0.4  # 3 of 10 keys, all asked for alike


def test_what_is_larger_than_the_shelf_is_fetched_every_time() -> None:
    found = counts(at(Freshness(max_age=100.0), 1.0, 2.0, room=1.0))
    assert (found["fetched"], found["held"]) == (2, 0)


def test_a_crash_empties_it_and_a_failure_behind_it_is_passed_on() -> None:
    def struck(target: tuple[str, ...], effect: str) -> Run:
        return run(
            scenario(
                board([clients(), webcache(), service(at="far")], "users -> edge -> web"),
                workload(once(1.0, 5.0, 9.0), keys="x"),
                page(Freshness(max_age=6.0)),
                until=60.0,
                data=[DataSet("x", 1, 0.0, 1000.0)],
                links={("here", "far"): FAR},
                faults=[Fault(4.0, 0.5 if target[1] == "edge" else None, target, effect)],  # type: ignore[arg-type]
            )
        )

    assert counts(struck(("component", "edge"), "crash"))["fetched"] == 2
    live = struck(("component", "web"), "crash")
    assert outcomes(live.recording) == ["ok", "ok", "reset"]  # the copy of 1 s answers at 5 s, and not at 9 s


def test_a_cache_with_a_machine_has_cores_that_are_waited_for() -> None:
    live = run(
        scenario(
            board([clients(), webcache(size="one", work=constant(0.05)), service()], "users -> edge -> web"),
            workload(once(1.0, 1.001, 1.002), keys="x"),
            page(Freshness(max_age=100.0)),
            data=[DataSet("x", 1, 0.0, 1000.0)],
            sizes=[Size("one", 1, 1e12, 0.1)],
        )
    )
    assert latencies(live.recording)[2] == pytest.approx(3 * 0.05 - 0.002, abs=1e-4)
    assert live.result.components["edge"].utilisation > 0


@settings(deadline=None)
@example(1.0916392141935132, [(0, 1.0), (1, 1.0916392141935132)])
@given(
    st.floats(1.0, 50.0),
    st.lists(st.tuples(st.integers(0, 9), st.floats(0.5, 20.0)), max_size=60),
)
def test_a_shelf_never_holds_more_than_its_room(room: float, puts: list[tuple[int, float]]) -> None:
    shelf = Shelf(room)
    for key, size in puts:
        shelf.put(("get", key), Answer(0.0), size)
        assert -1e-9 <= shelf.held <= room + 1e-9
        assert (shelf.find(("get", key)) is not None) == (size <= room)
    assert len(shelf) <= 10


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 1e6), st.none() | st.floats(-1e6, 1e6), st.booleans())
def test_a_copy_that_was_fresh_becomes_stale_once_and_for_ever(
    date: float, later: float, modified: float | None, always: bool
) -> None:
    fresh = Freshness(modified=1.0, revalidate_always=always)
    answer = Answer(date, modified)
    assert lifetime(fresh, answer) >= 0
    assert not is_fresh(fresh, answer, inf)
    if not is_fresh(fresh, answer, date + later):
        assert not is_fresh(fresh, answer, date + later + 1.0)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["shared", "browser"]),
    st.sampled_from([1.0, BIG, 1e15]),
    st.sampled_from([None, "one"]),
    st.booleans(),
    st.none() | st.sampled_from([0.0, 1e-3, 1e9]),
    st.none() | st.sampled_from([0.0, 3.0]),
    st.none() | st.sampled_from([0.0, 1e9]),
    st.booleans(),
    st.sampled_from(["crash", "dies", "cut", "not found", None]),
)
def test_any_headers_and_settings_run_to_the_end(
    role: str,
    room: float,
    size: str | None,
    always: bool,
    max_age: float | None,
    expires: float | None,
    modified: float | None,
    etag: bool,
    effect: Any,
) -> None:
    fresh = Freshness(revalidate_always=always, max_age=max_age, expires=expires, modified=modified, etag=etag)
    target = ("link", "here", "far") if effect == "cut" else ("component", "web")
    faults = () if effect is None else (Fault(2.0, 1.0, target, effect),)
    live = run(
        scenario(
            board(
                [clients(), webcache(role=role, room=room, size=size), service(at="far")], "users -> edge -> web"
            ),
            workload(steady(30.0), users=3, keys="x", timeout=1.0),
            page(fresh),
            until=5.0,
            grace=5.0,
            data=[DataSet("x", 2, 0.0, 1000.0)],
            links={("here", "far"): FAR},
            faults=faults,
            limits=Limits(steps=20_000),
        )
    )
    found = counts(live)
    assert all(t >= 0 for t in latencies(live.recording) if t == t)
    assert found["not_modified"] <= found["asked"]
    assert min(found[name] for name in ("bytes_in", "bytes_saved", "held", "evicted")) >= 0


def test_a_browser_has_no_machine_of_its_own() -> None:
    kind = kinds()["webcache"]
    assert kind.check(webcache(role="browser", size="one"), {})[0].startswith(
        "edge stands for its users' browsers"
    )
    assert kind.check(webcache(role="browser"), {}) == kind.check(webcache(size="one"), {}) == ()


def test_being_followed_changes_nothing_and_tells_where_the_bytes_were_waited_for() -> None:
    live = changing(Freshness(max_age=1.0, etag=True), (1.0, 5.0), (3.0,))
    following = Following(live.scenario, kinds(), 1)
    following.advance()
    assert following.run.result.steps == live.result.steps
    (_, second), _ = (
        tuple(i for i, op in enumerate(live.recording.requests.operation) if op == which) for which in (0, 1)
    )
    spent = {b.text: b.seconds for b in blame(story(*following.of(second), 60.0))}
    assert spent["waiting for the body at edge-1"] == pytest.approx(BIG / 10e6)


def test_what_counts_something_is_never_answered_from_a_copy() -> None:
    counts = Program(
        "p", {"get": Operation("get", (Update("n", constant(0.001)),), fresh=Freshness(max_age=100.0))}
    )
    cards = board([clients(), part("copies", "webcache"), service()], "users -> copies -> web")
    live = run(scenario(cards, workload(steady(10.0)), [counts], until=10.0))
    assert live.world.parts["copies"].counts()["fresh_hits"] == 0
