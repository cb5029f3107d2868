"""Buckets, guards and news, each for itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.types import Message

from scalegame.competition.server.auth import checked_token, token_of
from scalegame.competition.server.buckets import Buckets, Rate
from scalegame.competition.server.events import Broker, Listener
from scalegame.competition.server.host_api import table
from scalegame.competition.server.refusals import Rejected


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_as_much_as_flows_in() -> None:
    clock = Clock()
    buckets = Buckets(Rate(2.0, 3.0), clock=clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.take("b") == 0
    clock.now = 0.5
    assert buckets.take("a") == 0
    assert buckets.wait("a") == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans()), max_size=60))
def test_never_more_than_burst_and_rate_allow(steps: list[tuple[float, bool]]) -> None:
    clock = Clock()
    buckets = Buckets(Rate(1.5, 4.0), clock=clock)
    taken = 0
    for pause, takes in steps:
        clock.now += pause
        if takes:
            taken += buckets.take("a") == 0
    assert taken <= 4 + 1.5 * clock.now + 1e-6


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    buckets = Buckets(Rate(1.0, 2.0), most=10)
    for i in range(1000):
        buckets.take(str(i))
    assert len(buckets) == 10


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic p.1.abc"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer x.1.abc"},
        {"Authorization": "Bearer p." + "a" * 300},
        {"Authorization": "Bearer p.1.\x7f"},
        {"Cookie": "other=p.1.abc"},
        {"Cookie": "scalegame="},
    ],
)
def test_what_is_no_token_is_none(headers: dict[str, str]) -> None:
    with pytest.raises(Rejected) as caught:
        checked_token("GET", Headers(headers))
    assert caught.value.status == 401


def test_a_header_is_stronger_than_a_cookie() -> None:
    cookie = {"Cookie": "scalegame=p.1.old"}
    assert token_of(Headers(cookie)) == "p.1.old"
    assert token_of(Headers({**cookie, "Authorization": "Bearer p.2.new"})) == "p.2.new"
    # A header that is wrong does not fall back to what the browser adds by itself.
    assert token_of(Headers({**cookie, "Authorization": "Bearer nonsense"})) == ""


def test_with_a_cookie_alone_nothing_is_changed() -> None:
    cookie = {"Cookie": "scalegame=p.1.abc"}
    assert checked_token("GET", Headers(cookie)) == "p.1.abc"
    with pytest.raises(Rejected) as caught:
        checked_token("POST", Headers(cookie))
    assert caught.value.status == 403
    assert checked_token("POST", Headers({**cookie, "X-Scalegame": "1"})) == "p.1.abc"
    assert checked_token("POST", Headers({"Authorization": "Bearer p.1.abc"})) == "p.1.abc"


@dataclass
class Who:
    role: str
    player: int = 0
    team: int = 0


async def heard(broker: Broker, who: Who, news: list[tuple[str, str | None]]) -> list[str]:
    """What somebody is sent while things happen."""
    texts: list[bytes] = []
    there, gone = asyncio.Event(), asyncio.Event()

    async def send(message: Message) -> None:
        texts.append(message.get("body", b""))
        there.set()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    stream = broker.listen(who)  # type: ignore[arg-type]
    task = asyncio.create_task(stream({"type": "http"}, receive, send))
    await there.wait()
    while not len(broker):
        await asyncio.sleep(0)
    for kind, team in news:
        broker.publish(kind, team)
    while not broker.round:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    gone.set()
    await task
    return [line for text in texts for line in text.decode().splitlines() if line.startswith("event")]


async def test_news_of_one_team_are_for_that_team_and_the_instructor() -> None:
    broker = Broker(gather=0.0)
    broker.begin()
    news = [("judged", "2"), ("standings", None)]
    assert await heard(broker, Who("player", 1, 1), news) == ["event: standings"]
    assert await heard(broker, Who("player", 2, 2), news) == ["event: judged", "event: standings"]
    assert await heard(broker, Who("instructor"), news) == ["event: judged", "event: standings"]
    assert await heard(broker, Who("viewer"), news) == ["event: standings"]
    assert len(broker) == 0


async def test_however_much_happens_a_listener_is_told_once() -> None:
    broker = Broker(gather=0.0)
    broker.begin()
    assert await heard(broker, Who("viewer"), [("standings", None)] * 10_000) == ["event: standings"]


async def test_however_often_standings_change_they_are_told_once_in_a_while() -> None:
    broker = Broker(gather=0.05)
    broker.begin()
    for _ in range(1000):
        broker.publish("standings")
    while not broker.round:
        await asyncio.sleep(0.01)
    assert broker.round == 1
    broker.publish("standings")
    while broker.round == 1:
        await asyncio.sleep(0.01)
    assert broker.round == 2


async def test_there_is_an_end_to_listeners() -> None:
    broker = Broker(most=0)
    with pytest.raises(Rejected) as caught:
        broker.listen(Who("viewer"))  # type: ignore[arg-type]
    assert (caught.value.status, caught.value.after) == (503, 30.0)


async def test_one_player_does_not_have_all_places_and_an_instructor_always_has_one() -> None:
    broker = Broker(most=6)
    broker.begin()
    ann, bob = Who("player", 1, 1), Who("player", 2, 2)

    def listening(who: Who) -> Listener:
        stream = broker.listen(who)  # type: ignore[arg-type]
        broker.add(stream._listener)
        return stream._listener

    of_bob = listening(bob)
    of_ann = [listening(ann) for _ in range(10)]
    assert len(broker) == 5
    assert [listener.over for listener in of_ann] == [True] * 6 + [False] * 4
    assert not of_bob.over
    listening(Who("viewer"))
    with pytest.raises(Rejected):
        listening(Who("viewer"))
    assert not listening(Who("instructor")).over


def test_nothing_in_a_table_is_a_formula() -> None:
    text = table([{"id": "1", "team_name": "=HYPERLINK(1)", "player": "@me", "level": "\t+1"}])
    assert text.splitlines()[1] == "1,'=HYPERLINK(1),'@me,'\t+1,,,,,,,"
