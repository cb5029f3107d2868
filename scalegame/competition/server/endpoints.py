"""One table of everything that can be asked: it makes the routes, and the description of them."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NamedTuple, NoReturn, ParamSpec, TypeVar, cast

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scalegame.competition.referee.base import Who
from scalegame.competition.server import auth
from scalegame.competition.server.events import Broker
from scalegame.competition.server.limits import Counters, address_of
from scalegame.competition.server.models import Answer
from scalegame.competition.server.refusals import Rejected, answer_to
from scalegame.competition.server.refusals import answer as refusal
from scalegame.competition.server.rules import Judge, Rules
from scalegame.errors import ScalegameError, printable
from scalegame.units import whole

ROOT = "/api/1"

P = ParamSpec("P")
T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_THREADS = 16
_log = logging.getLogger(__name__)


@dataclass
class House:
    """Everything that answers need.

    Attributes:
        rules: Of the competition.
        judge: Who is running.
        executor: Where an instructor's replays are run.
        broker: Of news.
        counters: Of requests.
        tls: Everything is encrypted.
        addresses: At which the server can be reached, for the instructor's page.
        clock: Unix time.
        threads: In which the rules are asked: they wait for a disk.
    """

    rules: Rules
    judge: Judge
    executor: Executor
    broker: Broker = field(default_factory=Broker)
    counters: Counters = field(default_factory=Counters)
    tls: bool = False
    addresses: Sequence[str] = ()
    clock: Callable[[], float] = time.time
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_MOST_THREADS))


class Call:
    """A request that is being answered.

    Attributes:
        house: What answers need.
        request: As it came.
        token: Of whoever asks; "" if the endpoint needs none.
        now: Unix time.
    """

    def __init__(
        self, house: House, request: Request, token: str, who: Who | None, body: BaseModel | None
    ) -> None:
        """Keep what is given."""
        self.house = house
        self.request = request
        self.token = token
        self.now = house.clock()
        self._who = who
        self._body = body

    @property
    def rules(self) -> Rules:
        """Of the competition."""
        return self.house.rules

    @property
    def who(self) -> Who:
        """Who asks; only where a token is needed."""
        assert self._who is not None
        return self._who

    @property
    def id(self) -> str:
        """The id in the address."""
        found: str = self.request.path_params["id"]
        if _ID.fullmatch(found) is None:
            raise Rejected(404, "Not there", "there is nothing of this id")
        return found

    def body(self, shape: type[Model]) -> Model:
        """What was sent."""
        assert isinstance(self._body, shape)
        return self._body

    def whole(self, name: str) -> int:
        """A whole number behind the question mark of the address; 0 if it is not there.

        Raises:
            Rejected: It is none.
        """
        text = self.request.query_params.get(name, "0")
        number = whole(text)
        if number is None:
            raise Rejected(422, "Not a number", f"{name} is a whole number, as in {name}=12")
        return number

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does in a thread what may have to wait."""
        return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=self.house.threads)


Handler = Callable[[Call], Awaitable[object]]
"""What answers: a `Response`, or data."""


class Endpoint(NamedTuple):
    """Something that can be asked.

    Attributes:
        method: Of HTTP.
        path: Behind `ROOT`.
        role: Who may: "nobody" needs no token.
        summary: One line for people.
        handler: Answers.
        asked: What is sent; None: nothing.
        answered: What is answered; None: no JSON, or nothing.
        status: When it is done.
        kind: Media type of the answer.
        query: Names of what may stand behind the question mark.
        headers: Names of headers that matter.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    role: Literal["nobody", "anybody", "player", "instructor"]
    summary: str
    handler: Handler
    asked: type[BaseModel] | None = None
    answered: Any = Answer
    status: int = 200
    kind: str = "application/json"
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


def route(house: House, endpoints: Sequence[Endpoint]) -> Route:
    """The route of those endpoints that share a path."""
    by_method = {endpoint.method: endpoint for endpoint in endpoints}

    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        try:
            return await _answered(house, by_method[method], request)  # type: ignore[index]
        except ScalegameError as error:
            return answer_to(error)
        except Exception:
            # Whoever asked learns nothing of how we are made; whoever runs the server sees it all.
            _log.exception("%s %s failed", request.method, endpoints[0].path)
            return refusal(500, "A mistake of ours", "the server failed at this; whoever runs it sees why")

    return Route(ROOT + endpoints[0].path, answer, methods=list(by_method))


async def _answered(house: House, endpoint: Endpoint, request: Request) -> Response:
    token, who = "", None
    if endpoint.role != "nobody":
        token = auth.checked_token(request.method, request.headers)
        who = await to_thread.run_sync(house.rules.authenticate, token, limiter=house.threads)
        if endpoint.role not in ("anybody", who.role):
            message = f"this is for {'the instructor' if endpoint.role == 'instructor' else 'players'} only"
            raise Rejected(403, "Not for you", message)
    body = None if endpoint.asked is None else await _body(request, endpoint.asked)
    found = await endpoint.handler(Call(house, request, token, who, body))
    if found is None or isinstance(found, Mapping | list | tuple):
        return JSONResponse(found, endpoint.status)
    return cast(Response, found)


async def _body(request: Request, shape: type[BaseModel]) -> BaseModel:
    """What was sent, in its shape.

    Raises:
        Rejected: It has another.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/json":
        raise Rejected(415, "Not JSON", "send JSON, and say so: Content-Type: application/json")
    data = _json(await request.body())
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        told = [
            f"{printable('.'.join(str(part)[:40] for part in detail['loc'])) or 'this'}: {detail['msg']}"
            for detail in error.errors(include_url=False, include_input=False, include_context=False)[:5]
        ]
        raise Rejected(422, "Not understood", "; ".join(told)) from None


def _json(content: bytes) -> object:
    try:
        data = json.loads(content.decode("utf-8"), parse_constant=_no_number)
        # Half a character, written as an escape, could be neither stored nor sent.
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise Rejected(400, "Too deep", "what was sent is nested far too deep") from None
    except ValueError:
        raise Rejected(400, "Not JSON", "what was sent is no JSON in UTF-8") from None
    return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def client(call: Call) -> str:
    """The address of whoever asks."""
    return address_of(call.request.scope)
