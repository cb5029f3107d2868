"""The application: pages and API, with everything that guards them around."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from itertools import groupby

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from scalegame.competition.server import api, host_api
from scalegame.competition.server.endpoints import Call, Endpoint, House, route
from scalegame.competition.server.headers import Guarded
from scalegame.competition.server.limits import Limited
from scalegame.competition.server.openapi import description
from scalegame.competition.server.pages import routes
from scalegame.competition.server.refusals import answer


def app(house: House, names: Collection[str] = (), play: str = "") -> Starlette:
    """Everything that the server answers.

    Args:
        house: What answers need; its judge begins and ends with the application.
        names: That this machine is called by.
        play: Address at which the game can be played in a browser; "" if it cannot.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        house.broker.begin()
        house.rules.changed.append(house.broker.publish)
        await asyncio.to_thread(house.judge.start)
        try:
            yield
        finally:
            house.rules.changed.remove(house.broker.publish)
            house.broker.end()
            await asyncio.to_thread(house.judge.stop)

    return Starlette(
        routes=[*_routes(house, table()), *routes(play)],
        middleware=[
            Middleware(Guarded, names=names, tls=house.tls),
            Middleware(Limited, counters=house.counters),
        ],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=lifespan,
    )


def table() -> list[Endpoint]:
    """Everything that can be asked."""
    endpoints = [*api.endpoints(), *host_api.endpoints()]
    told: dict[str, object] = {}

    async def described(call: Call) -> Response:
        return JSONResponse(told)

    endpoints.append(Endpoint("GET", "/openapi.json", "anybody", "This description", described))
    told.update(description(endpoints))
    return endpoints


def _routes(house: House, endpoints: Sequence[Endpoint]) -> list[BaseRoute]:
    in_order = sorted(endpoints, key=lambda endpoint: endpoint.path)
    grouped = [list(group) for _, group in groupby(in_order, key=lambda endpoint: endpoint.path)]
    return [route(house, group) for group in grouped]


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    titles = {404: ("Not there", "there is nothing here"), 405: ("Not so", "this cannot be done with it")}
    title, message = titles.get(error.status_code, ("Not done", "the server does not do this"))
    refusal = answer(error.status_code, title, message)
    for name, value in (error.headers or {}).items():
        refusal.headers[name] = value
    return refusal


async def _failed(request: Request, error: Exception) -> Response:
    return answer(500, "A mistake of ours", "the server failed at this; whoever runs it sees why")
