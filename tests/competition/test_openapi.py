"""The description of the API: true, and nothing that it allows makes the server stumble."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, SchemathesisConfig

from scalegame.competition.server.app import table
from scalegame.competition.server.buckets import Rate
from scalegame.competition.server.limits import Allowed, Counters
from scalegame.competition.server.openapi import description
from tests.competition.serving import Client, house

_PLENTY = Rate(1e6, 1e6)
#: What goes on for ever is tried elsewhere.
_TRIED = [one for one in table() if one.path != "/events"]


def test_everything_that_can_be_asked_is_described() -> None:
    told = description(table())
    listed = {(path, method.upper()) for path, methods in told["paths"].items() for method in methods}
    assert listed == {(f"/api/1{one.path}", one.method) for one in table()}
    for path, methods in told["paths"].items():
        for operation in methods.values():
            assert operation["security"] or path in ("/api/1/join", "/api/1/session")


async def test_the_description_is_served_to_whoever_has_a_token(tmp_path: Path) -> None:
    ann = await Client(house(tmp_path)).player()
    told = (await ann.ask("GET", "openapi.json")).json()
    assert told["openapi"] == "3.1.0"
    # The endpoint that answers it is made last, so it is not in its own table.
    assert set(told["paths"]) | {"/api/1/openapi.json"} == set(description(table())["paths"])


class People:
    """A player who has handed something in, the instructor, and nobody; asked in one loop."""

    def __init__(self, folder: Path) -> None:
        it = house(folder)
        it.counters = Counters(Allowed(_PLENTY, _PLENTY, _PLENTY, _PLENTY, 1000))
        self.runner = asyncio.Runner()
        self.runner.run(self._come(Client(it)))

    async def _come(self, nobody: Client) -> None:
        ann, host = await nobody.player(), nobody.instructor()
        await ann.submit()
        await host.ask("POST", "host/polls", {"question": "Does it hold?", "choices": ["yes", "no"]})
        self.all = [ann, host, nobody]

    def ask(self, who: Client, case: Any) -> httpx.Response:
        given = case.as_transport_kwargs(base_url="http://contest.test")
        headers = {str(name): str(value) for name, value in given.pop("headers", {}).items()}
        for name in list(headers):
            if name.lower() in ("authorization", "cookie"):
                del headers[name]
        if who.token:
            headers["Authorization"] = f"Bearer {who.token}"
        given.pop("cookies", None)
        if "data" in given:
            given["content"] = given.pop("data")
        return self.runner.run(who.send(headers, **given))


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    found = People(tmp_path_factory.mktemp("contest"))
    yield found
    found.runner.close()


_CONFIG = SchemathesisConfig()
_CONFIG.projects.default.generation = GenerationConfig(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
_SCHEMA = schemathesis.openapi.from_dict(description(table()), config=_CONFIG)


@pytest.mark.parametrize("number", range(len(_TRIED)), ids=[f"{one.method} {one.path}" for one in _TRIED])
def test_no_request_makes_the_server_stumble(people: People, number: int) -> None:
    endpoint = _TRIED[number]
    operation = _SCHEMA[f"/api/1{endpoint.path}"][endpoint.method]
    allowed = set(operation.definition.raw["responses"])
    cases = operation.as_strategy(GenerationMode.POSITIVE) | operation.as_strategy(GenerationMode.NEGATIVE)

    @seed(6)
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def tried(case: Any) -> None:
        for who in people.all:
            answer = people.ask(who, case)
            assert answer.status_code < 500, answer.text
            assert str(answer.status_code) in allowed, answer.text
            if answer.status_code >= 400:
                assert set(answer.json()["error"]) == {"title", "message"}

    tried()
