"""A server around a competition on the tiny level, asked without a network."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from scalegame.competition.referee.contest import Contest
from scalegame.competition.server.app import app
from scalegame.competition.server.endpoints import House
from tests.competition.contests import NOON, AtOnce, contest, design

KEY = "0123456789abcdef" * 2


class Bench:
    """A judge who judges when somebody says so; `contests.judge_all` does it."""

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def lag(self) -> dict[str, object]:
        return {"waiting": 0, "running": 0, "failed": 0, "oldest": 0.0, "p95": None}


def house(folder: Path, **changed: Any) -> House:
    return House(contest(folder, **changed), Bench(), AtOnce(), clock=lambda: NOON + 60)


class Client:
    """Somebody who asks, with his token.

    Attributes:
        house: What answers need.
        token: His.
    """

    def __init__(
        self, house: House, token: str = "", *, application: Starlette | None = None, **headers: str
    ) -> None:
        self.house = house
        self.token = token
        self._app = application or app(house, ("contest.test",))
        self._headers = headers

    @property
    def contest(self) -> Contest:
        assert isinstance(self.house.rules, Contest)
        return self.house.rules

    def other(self, token: str = "", **headers: str) -> Client:
        """Somebody else who asks the same server."""
        return Client(self.house, token, application=self._app, **headers)

    def instructor(self) -> Client:
        return self.other(self.contest.instructor)

    async def player(self, name: str = "Ann", team: str = "Blue", key: str = "") -> Client:
        """Somebody who has joined."""
        body = {"code": self.contest.code, "name": name, "team": team, "key": key or uuid.uuid4().hex}
        answer = await self.ask("POST", "join", body)
        assert answer.status_code == 201, answer.text
        return self.other(answer.json()["token"])

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        given = {**self._headers, **(headers or {})}
        if self.token:
            given.setdefault("Authorization", f"Bearer {self.token}")
        # As a server does it: what fails inside is logged, and answered with 500.
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=("10.0.0.1", 5000))
        raw = {name.encode(): value.encode() for name, value in given.items()}
        where = path if path.startswith("/") else f"/api/1/{path}"
        async with httpx.AsyncClient(transport=transport, base_url="http://contest.test") as client:
            if content is not None:
                return await client.request(method, where, content=content, headers=raw)
            return await client.request(method, where, headers=raw, json=body)

    async def send(self, headers: Mapping[str, str], method: str, url: str, **more: Any) -> httpx.Response:
        """A request as it is, whatever its headers have in them."""
        raw = {
            name.encode("latin-1", "replace"): value.encode("utf-8", "replace") for name, value in headers.items()
        }
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, url, headers=raw, **more)

    async def submit(self, *do: str, uuid_: str = "", **more: object) -> httpx.Response:
        made = design(self.contest, *do)
        body = {
            "format": 0,
            "level": made.level,
            "digest": made.digest,
            "engine": "",
            "do": list(made.do),
            "live": [],
            **more,
        }
        return await self.ask("POST", "submissions", body, headers={"Idempotency-Key": uuid_ or str(uuid.uuid4())})


def title(answer: httpx.Response) -> str:
    """Of the error; there is nothing else in it."""
    data = answer.json()
    assert set(data) == {"error"}
    assert set(data["error"]) == {"title", "message"}
    return str(data["error"]["title"])
