"""What strangers on the same network try: each of it is answered, and none of it does anything."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path

import pytest
from starlette.types import Message

from scalegame.competition.server.app import app, table
from scalegame.competition.server.buckets import Rate
from scalegame.competition.server.limits import LARGEST_BODY, Allowed, Counters
from tests.competition.serving import KEY, Client, house, title

XSS = "<img src=x onerror=alert(1)>"


def addresses(role: str) -> list[tuple[str, str]]:
    """Everything that only somebody with this role may ask."""
    return [(one.method, f"/api/1{one.path}".replace("{id}", "1")) for one in table() if one.role == role]


@pytest.mark.parametrize(
    ("method", "path"), [each for role in ("anybody", "player", "instructor") for each in addresses(role)]
)
async def test_nothing_is_answered_without_a_token(tmp_path: Path, method: str, path: str) -> None:
    nobody = Client(house(tmp_path))
    code = nobody.contest.code
    forged = [
        "",
        "p.1",
        "p.1.",
        f"p.1.{KEY}",
        "p.1.é",
        f"i.{KEY}",
        "i.",
        f"v.{KEY}",
        f"v.{code}",
        "x",
        f"p.999999.{KEY}",
        f"p.-1.{KEY}",
        f"p.1 OR 1=1.{KEY}",
        f"p.{'9' * 100}.{KEY}",
    ]
    for token in forged:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await nobody.ask(method, path, headers=headers)
        assert answer.status_code == 401, token
        assert title(answer)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), addresses("instructor"))
async def test_the_instructors_things_are_not_for_players(tmp_path: Path, method: str, path: str) -> None:
    nobody = Client(house(tmp_path))
    ann = await nobody.player()
    viewer = nobody.other(nobody.contest.enter(nobody.contest.code))
    assert [(await one.ask(method, path, {})).status_code for one in (ann, viewer)] == [403, 403]


@pytest.mark.parametrize(("method", "path"), addresses("player"))
async def test_what_players_do_viewers_cannot(tmp_path: Path, method: str, path: str) -> None:
    nobody = Client(house(tmp_path))
    viewer = nobody.other(nobody.contest.enter(nobody.contest.code))
    assert (await viewer.ask(method, path, {})).status_code == 403


async def test_what_others_handed_in_is_not_there(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann, bob = await nobody.player(), await nobody.player("Bob", "Red")
    id = (await ann.submit()).json()["id"]
    others, none = await bob.ask("GET", f"submissions/{id}"), await bob.ask("GET", "submissions/999")
    assert (others.status_code, others.content) == (404, none.content)
    viewer = nobody.other(nobody.contest.enter(nobody.contest.code))
    assert (await viewer.ask("GET", f"submissions/{id}")).status_code == 403
    assert (await bob.ask("GET", "submissions")).json() == []


async def test_a_replayed_submission_of_somebody_else_is_ones_own(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann, bob = await nobody.player(), await nobody.player("Bob", "Red")
    name = str(uuid.uuid4())
    first, second = await ann.submit(uuid_=name), await bob.submit(uuid_=name)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] != second.json()["id"]
    assert [one["player"] for one in (await bob.ask("GET", "submissions")).json()] == ["Bob"]


async def test_a_new_link_for_the_instructor_makes_the_old_one_worthless(tmp_path: Path) -> None:
    host = Client(house(tmp_path)).instructor()
    assert (await host.ask("GET", "host/overview")).status_code == 200
    new = host.contest.new_instructor(0.0)
    assert (await host.ask("GET", "host/overview")).status_code == 401
    assert (await host.other(new).ask("GET", "host/overview")).status_code == 200


async def test_codes_cannot_be_tried_one_after_another(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    seen = []
    for i in range(15):
        seen.append(await nobody.ask("POST", "session", {"code": f"AAAA{i:02}"}))
    assert [answer.status_code for answer in seen] == [403] * 10 + [429] * 5
    assert int(seen[-1].headers["retry-after"]) >= 1
    # Nor by joining, and not even with the right one, until there is room again.
    body = {"code": nobody.contest.code, "name": "Ann", "team": "Blue", "key": KEY}
    assert (await nobody.ask("POST", "join", body)).status_code == 429


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 30_000, 400),
        (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, 400),
        (b"1" * 50_000, 400),
        (b'{"code": NaN}', 400),
        (b'{"code": "\\ud800"}', 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"code": 1e999, "name": [], "key": {}}', 422),
        (b'{"code":"a","name":"a","key":"' + b"a" * 32 + b'","more":1}', 422),
        (b" " * (LARGEST_BODY + 1), 413),
    ],
)
async def test_what_is_no_request_is_told_so(tmp_path: Path, content: bytes, status: int) -> None:
    nobody = Client(house(tmp_path))
    for path in ("join", "session"):
        if path == "session" and content == b"{}":
            continue  # is one, of nobody
        answer = await nobody.ask("POST", path, content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, path) == (status, path)
        assert title(answer)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x/json"]
)
async def test_forms_of_other_pages_are_not_read(tmp_path: Path, kind: str) -> None:
    ann = await Client(house(tmp_path)).player()
    body = json.dumps({"format": 0}).encode()
    answer = await ann.ask("POST", "submissions", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 415


async def test_another_page_can_neither_read_nor_write(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    host = nobody.instructor()
    cookie = {"Cookie": f"scalegame={host.token}"}
    browser = nobody.other()
    action = {"action": "end"}
    assert (await browser.ask("POST", "host/control", action, headers=cookie)).status_code == 403
    for origin in ("http://evil.test", "null", "http://contest.test:81", "https://contest.test"):
        own = {**cookie, "X-Scalegame": "1", "Origin": origin}
        answer = await browser.ask("POST", "host/control", action, headers=own)
        assert (answer.status_code, title(answer)) == (403, "Other page")
    asked = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
    answer = await browser.ask("OPTIONS", "host/control", headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert (await host.ask("GET", "contest")).json()["phase"] == "open"
    own = {**cookie, "X-Scalegame": "1", "Origin": "http://contest.test"}
    assert (await browser.ask("POST", "host/control", action, headers=own)).status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.test", "contest.test.evil.test", "user@contest.test", "", "contest.test/x"]
)
async def test_a_name_that_was_made_to_lead_here_is_not_answered_to(tmp_path: Path, name: str) -> None:
    nobody = Client(house(tmp_path))
    answer = await nobody.ask("GET", "/", headers={"Host": name})
    assert (answer.status_code, title(answer)) == (421, "Other name")
    for known in ("contest.test", "CONTEST.test:8800", "127.0.0.1:1", "[::1]:1", "localhost", "192.168.0.7"):
        assert (await nobody.ask("GET", "/", headers={"Host": known})).status_code == 200


@pytest.mark.parametrize(
    "id",
    ["../1", "..%2f..%2fetc%2fpasswd", "%2e%2e", "1%00", "1;ls", "a" * 65, "%F0%9F%92%A9", "-1", "1e9", "1'--"],
)
async def test_no_path_comes_from_an_address(tmp_path: Path, id: str) -> None:
    nobody = Client(house(tmp_path))
    ann, host = await nobody.player(), nobody.instructor()
    await ann.submit()
    seen = [
        await ann.ask("GET", f"submissions/{id}"),
        await ann.ask("PUT", f"poll/{id}/vote", {"choice": "0"}),
        await host.ask("GET", f"host/submissions/{id}"),
        await host.ask("GET", f"host/submissions/{id}/run"),
        await host.ask("POST", f"host/teams/{id}", {"action": "reinstate"}),
        await host.ask("POST", f"host/polls/{id}", {"action": "show"}),
        await ann.ask("GET", f"/static/{id}/{id}"),
        await ann.ask("GET", f"/static/{id}"),
    ]
    assert {answer.status_code for answer in seen} <= {404, 405}
    assert not [answer for answer in seen if "root:" in answer.text]


@pytest.mark.parametrize("text", [XSS, "';--", "{{7*7}}", "${7*7}", "Ünïcödé 😀", "=1+1"])
async def test_names_come_back_as_they_were_written(tmp_path: Path, text: str) -> None:
    nobody = Client(house(tmp_path))
    ann, host = await nobody.player(text, text), nobody.instructor()
    await ann.submit()
    assert (await host.ask("POST", "host/announcements", {"text": text})).status_code == 201
    overview = await host.ask("GET", "host/overview")
    assert overview.json()["teams"][0]["name"] == text
    assert overview.headers["content-type"] == "application/json"
    assert overview.headers["x-content-type-options"] == "nosniff"
    assert (await ann.ask("GET", "announcements")).json()[0]["text"] == text
    assert XSS not in (await host.ask("GET", "host/debrief.html")).text


@pytest.mark.parametrize("text", ["\x1b[2J", "a\x00", "a\u202eb", "\x9b31m", "\u200f"])
async def test_no_control_character_reaches_a_terminal(tmp_path: Path, text: str) -> None:
    nobody = Client(house(tmp_path))
    ann, host = await nobody.player(), nobody.instructor()
    body = {"code": nobody.contest.code, "name": text, "team": "Blue", "key": KEY}
    seen = [
        await nobody.ask("POST", "join", body),
        await nobody.ask("POST", "join", {**body, "name": "Ann", "team": text}),
        await host.ask("POST", "host/announcements", {"text": text}),
        await host.ask("POST", "host/polls", {"question": text, "choices": ["a", "b"]}),
        await host.ask("POST", "host/polls", {"question": "a", "choices": ["a", text]}),
        await host.ask("POST", "host/control", {"action": "pause", "reason": text}),
        await ann.submit(f"set kiosk replicas={text}"),
        await ann.submit(level=text),
    ]
    assert [answer.status_code for answer in seen] == [422] * len(seen)
    assert not [answer for answer in seen if text in answer.json()["error"]["message"]]


async def test_floods_are_asked_to_wait(tmp_path: Path) -> None:
    it = house(tmp_path)
    it.counters = Counters(Allowed(token=Rate(0.001, 5.0), address=Rate(0.001, 40.0)))
    nobody = Client(it)
    ann, bob = await nobody.player(), await nobody.player("Bob", "Red")
    seen = [(await ann.ask("GET", "poll")).status_code for _ in range(8)]
    assert seen == [200] * 5 + [429] * 3
    # Who floods does not take the turn of others, as long as the address has some left.
    assert (await bob.ask("GET", "poll")).status_code == 200
    last = [await nobody.ask("GET", "/") for _ in range(40)][-1]
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 0


async def test_who_guesses_at_codes_bars_only_the_team_and_nobody_with_a_token(
    tmp_path: Path,
) -> None:
    it = house(tmp_path)
    it.counters = Counters(Allowed(failures=Rate(0.001, 3.0)))
    nobody = Client(it)
    await nobody.player()
    host = nobody.instructor()
    body = {"code": it.rules.code, "name": "Eve", "team": "Blue", "team_code": "WRONG"}
    guesses = [await nobody.ask("POST", "join", {**body, "key": f"{number:032x}"}) for number in range(5)]
    assert [answer.status_code for answer in guesses] == [403] * 3 + [429] * 2
    # Another team can be joined from the same address, and a session opened by who has a token.
    assert (await nobody.player("Bob", "Red")).token
    for number in range(4):
        await nobody.ask("POST", "join", {**body, "code": "WRONG", "key": f"{number:032x}", "team": f"T{number}"})
    assert (await nobody.ask("POST", "session", {"code": it.rules.code})).status_code == 429
    assert (await nobody.ask("POST", "session", {"token": host.token})).status_code == 200


async def test_one_address_cannot_take_all_the_room(tmp_path: Path) -> None:
    it = house(tmp_path)
    it.counters = Counters(Allowed(joins=Rate(0.001, 3.0)))
    nobody = Client(it)
    for number in range(3):
        await nobody.player(f"P{number}", f"T{number}")
    body = {"code": it.rules.code, "name": "Eve", "team": "T9", "key": "f" * 32}
    answer = await nobody.ask("POST", "join", body)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_an_answer_that_goes_on_for_ever_can_be_had_only_so_often(tmp_path: Path) -> None:
    it = house(tmp_path)
    it.counters = Counters(Allowed(at_once=2))
    ann = await Client(it).player()
    served = app(it, ("contest.test",))
    statuses: list[int] = []
    over = asyncio.Event()

    async def listen() -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        asked: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            if asked:
                return asked.pop()
            await over.wait()
            return {"type": "http.disconnect"}

        headers = [(b"host", b"contest.test"), (b"authorization", f"Bearer {ann.token}".encode())]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/1/events",
            "raw_path": b"/api/1/events",
            "query_string": b"",
            "headers": headers,
            "client": ("10.0.0.1", 1),
            "server": ("contest.test", 80),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        }
        await served(scope, receive, send)

    tasks = [asyncio.create_task(listen()) for _ in range(4)]
    while len(statuses) < 4:
        await asyncio.sleep(0.01)
    over.set()
    await asyncio.gather(*tasks)
    assert sorted(statuses) == [200, 200, 429, 429]
    assert not it.counters.at_once


async def test_every_answer_says_what_a_browser_may_do(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann = await nobody.player()
    for answer in (
        await nobody.ask("GET", "/board"),
        await ann.ask("GET", "contest"),
        await nobody.ask("GET", "/no"),
    ):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in answer.headers
    assert (await ann.ask("GET", "contest")).headers["cache-control"] == "no-store"


async def test_with_tls_the_cookie_stays_encrypted(tmp_path: Path) -> None:
    it = house(tmp_path)
    it.tls = True
    nobody = Client(it)
    answer = await nobody.ask("POST", "session", {"code": nobody.contest.code})
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


async def test_nothing_that_is_hidden_is_told_to_players(tmp_path: Path) -> None:
    nobody = Client(house(tmp_path))
    ann = await nobody.player()
    id = (await ann.submit()).json()["id"]
    secret = nobody.contest.store.fact("secret")
    paths = (
        "contest",
        "pack",
        "submissions",
        f"submissions/{id}",
        "standings",
        "poll",
        "announcements",
        "openapi.json",
    )
    for path in paths:
        answer = await ann.ask("GET", path)
        assert answer.status_code == 200
        assert secret not in answer.text


async def test_what_goes_wrong_inside_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = Client(house(tmp_path))
    ann = await nobody.player()

    def broken(*_: object) -> None:
        raise RuntimeError(f"at {tmp_path}")

    monkeypatch.setattr(nobody.contest, "poll", broken)
    answer = await ann.ask("GET", "poll")
    assert (answer.status_code, title(answer)) == (500, "A mistake of ours")
    assert str(tmp_path) not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
