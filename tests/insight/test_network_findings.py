"""What a diagnosis says of connections, bytes and web caches."""

from __future__ import annotations

from scalegame.design.distributions import constant
from scalegame.design.world import Freshness, Operation, Program, Read, Work
from scalegame.insight.diagnosis import diagnose
from scalegame.insight.findings import Finding
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Profile
from tests.scenarios import board, clients, database, part, program, run, scenario, service, steady, workload


def found(live: Run) -> dict[str, Finding]:
    return {f.title: f for f in diagnose(live.scenario, live.result, live.recording)}


def test_new_connections_are_told_with_their_share() -> None:
    """20 ms one way: 5 ms of work, a round trip for the call, and two for a connection with TLS 1.3."""
    cards = [
        clients(),
        service(size="many", connect__reuse="never", connect__tls=1),
        database(at="far", work__read=constant(0.005)),
    ]
    live = run(
        scenario(
            board(cards, "users -> web -> db"),
            workload(steady(20.0)),
            program(Read("x")),
            links={("here", "far"): Profile(constant(0.020))},
        )
    )
    (title,) = (title for title in found(live) if title.startswith("New connections eat"))
    assert 63.0 <= float(title.split()[3]) <= 64.0  # 80 of 125 ms; calls at the edge of the window less
    assert "80 ms each" in found(live)[title].sentence


def test_bytes_that_take_longer_than_the_work_are_told_and_others_are_not() -> None:
    def said(answer: float) -> dict[str, Finding]:
        pages = Program("p", {"get": Operation("get", (Work(constant(0.01)),), answer=answer)})
        live = run(
            scenario(
                board([clients(at="home"), service(size="many")], "users -> web"),
                workload(steady(20.0)),
                pages,
                links={("home", "here"): Profile(constant(0.001), 1e7)},
            )
        )
        return found(live)

    title = "The bytes take longer than the work"
    assert "take 200 ms: 94.3 %" in said(2e6)[title].sentence
    assert title not in said(1e4)


def test_a_web_cache_says_what_it_saved_or_that_it_may_keep_nothing() -> None:
    def said(fresh: Freshness | None) -> dict[str, Finding]:
        pages = Program("p", {"get": Operation("get", (Work(constant(0.01)),), answer=1e6, fresh=fresh)})
        live = run(
            scenario(
                board([clients(), part("edge", "webcache"), service(size="many")], "users -> edge -> web"),
                workload(steady(20.0)),
                pages,
            )
        )
        return found(live)

    assert "edge saves the way, or the bytes" in said(Freshness(max_age=100.0))
    assert "no reply says" in said(None)["edge may use few of its copies"].sentence
