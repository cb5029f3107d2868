"""What players, and the board, ask for."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
import uuid as uuids
from datetime import datetime

from starlette.responses import JSONResponse, Response

from scalegame.competition.model import submission
from scalegame.competition.model.refusal import Refusal
from scalegame.competition.referee.joining import WRONG_TEAM_CODE
from scalegame.competition.server import auth, models
from scalegame.competition.server.endpoints import Call, Endpoint, client
from scalegame.competition.server.refusals import Rejected
from scalegame.competition.server.rules import Data

#: Seconds for which standings are shown as they were, unless it was said that they are new: a hall of pages asks
#: at the same moment.
_FRESH = 0.25
#: Seconds for which the same is true of how far behind the judge is.
_LAG_FRESH = 1.0


async def join(call: Call) -> Data:
    """Lets somebody take part."""
    asked = call.body(models.Join)
    # Who guesses at the code of a team bars that team, and not everybody behind the same address.
    team = f"{client(call)} {asked.team.casefold()}"
    _check_guesses(call, client(call), team)
    joins = call.house.counters.joins
    wait = joins.wait(client(call))
    if wait:
        raise Rejected(429, "Too many", "many have joined from where you are: wait a little", wait)
    try:
        joined = await call.do(
            call.rules.join, asked.code, asked.name, asked.team, asked.team_code, asked.key, call.now
        )
    except Refusal as error:
        if error.kind == "denied":
            call.house.counters.failures.take(team if error.title == WRONG_TEAM_CODE else client(call))
        raise
    joins.take(client(call))
    return joined


async def open_session(call: Call) -> Response:
    """Has a browser keep a token."""
    asked = call.body(models.Session)
    if bool(asked.token) == bool(asked.code):
        raise Rejected(422, "Not understood", "send a token, or the join code: one of the two")
    origin = call.request.headers.get("sec-fetch-site", "same-origin")
    if origin not in ("same-origin", "none"):
        raise Rejected(403, "Other page", "only a page of this server can open a session")
    if asked.code:
        _check_guesses(call, client(call))
    try:
        token = asked.token or await call.do(call.rules.enter, asked.code)
    except Refusal:
        call.house.counters.failures.take(client(call))
        raise
    # A token has 128 bits: nobody guesses one, and nobody who has one is kept out by those who guess at codes.
    who = await call.do(call.rules.authenticate, token)
    answer = JSONResponse({"role": who.role})
    auth.keep(answer, token, call.house.tls)
    return answer


def _check_guesses(call: Call, *keys: str) -> None:
    """Lets nobody try one code after another.

    Raises:
        Rejected: Too many were wrong.
    """
    wait = max(call.house.counters.failures.wait(key) for key in keys)
    if wait:
        raise Rejected(429, "Too many guesses", "several codes were wrong: wait, and look at the board", wait)


async def close_session(call: Call) -> Response:
    """Has a browser forget it."""
    answer = Response(status_code=204)
    auth.forget(answer, call.house.tls)
    return answer


async def contest(call: Call) -> Data:
    """How the competition stands."""
    found = await call.do(call.rules.contest, call.who, call.now)
    return {**found, "addresses": list(call.house.addresses)}


async def pack(call: Call) -> Response:
    """The levels, without the attempts that win."""
    text = await call.do(call.rules.pack, call.who, call.now)
    content = text.encode()
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = [tag.strip().removeprefix("W/") for tag in call.request.headers.get("if-none-match", "").split(",")]
    if etag in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


async def submit(call: Call) -> Response:
    """Takes a design; the same one again is the same submission."""
    given = call.request.headers.get("idempotency-key", "")
    try:
        # The canonical form: a submission has one name.
        uuid = str(uuids.UUID(given)) if re.fullmatch(r"[0-9A-Fa-f-]{32,36}", given) else ""
    except ValueError:
        uuid = ""
    if not uuid:
        raise Rejected(422, "No key", "the header Idempotency-Key is a UUID, the same when it is sent again")
    local = call.request.headers.get("scalegame-local-time", "")
    if local and not _is_moment(local):
        raise Rejected(422, "Not a time", "Scalegame-Local-Time is a time as in 2026-01-31T14:05:09+01:00")
    design = submission.read_data(call.body(models.Submission).model_dump())
    found, is_new = await call.do(call.rules.submit, call.who, uuid, design, local, call.now)
    return JSONResponse(found, 202 if is_new else 200)


def _is_moment(text: str) -> bool:
    try:
        return len(text) <= 40 and text.isascii() and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


async def mine(call: Call) -> object:
    """What one's team has handed in."""
    return list(await call.do(call.rules.mine, call.who, call.now))


async def one(call: Call) -> Data:
    """One of these."""
    return await call.do(call.rules.submission, call.who, call.id, call.now)


class Standings:
    """The standings, reckoned once for all who ask at the same moment."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._known: dict[bool, tuple[int, float, bytes]] = {}
        self._lag: tuple[float, Data] = (0.0, {})
        self._lock = asyncio.Lock()

    async def answer(self, call: Call) -> Response:
        """What the public sees; the instructor's other view only if he asks for it."""
        live = call.request.query_params.get("view") == "live"
        if live and call.who.role != "instructor":
            raise Rejected(403, "Not for you", "this view is the instructor's")
        async with self._lock:
            number, at, content = self._known.get(live, (-1, 0.0, b""))
            now = time.monotonic()
            if number != call.house.broker.round or now - at >= _FRESH:
                # What is committed from here on belongs to the next round.
                number = call.house.broker.round
                found = dict(await call.do(call.rules.standings, call.who, call.now, live))
                found["lag"] = await self._lag_now(call)
                content = json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
                self._known[live] = number, now, content
        return Response(content, media_type="application/json")

    async def _lag_now(self, call: Call) -> Data:
        at, lag = self._lag
        if not lag or time.monotonic() - at >= _LAG_FRESH:
            lag = await call.do(call.house.judge.lag)
            self._lag = time.monotonic(), lag
        return {name: lag[name] for name in ("waiting", "oldest", "p95")}


async def announcements(call: Call) -> object:
    """What the instructor has said."""
    return list(await call.do(call.rules.announcements, call.who, call.whole("after")))


async def poll(call: Call) -> object:
    """The question that is asked just now."""
    return await call.do(call.rules.poll, call.who)


async def vote(call: Call) -> object:
    """Votes, or changes one's vote."""
    return await call.do(call.rules.vote, call.who, call.id, call.body(models.Vote).choice, call.now)


async def events(call: Call) -> object:
    """Hears what is new."""
    return call.house.broker.listen(call.who)


def endpoints() -> list[Endpoint]:
    """All of them."""
    local = ("Idempotency-Key", "Scalegame-Local-Time")
    return [
        Endpoint("POST", "/join", "nobody", "Take part", join, models.Join, models.Joined, 201),
        Endpoint("POST", "/session", "nobody", "Open a session", open_session, models.Session, models.Known),
        Endpoint("DELETE", "/session", "nobody", "Close it", close_session, answered=None, status=204),
        Endpoint("GET", "/contest", "anybody", "How it stands", contest, answered=models.Contest),
        Endpoint("GET", "/pack", "anybody", "The levels as a .scalepack, without solutions", pack),
        Endpoint(
            "POST",
            "/submissions",
            "player",
            "Hand in a design",
            submit,
            models.Submission,
            models.Received,
            202,
            headers=local,
        ),
        Endpoint("GET", "/submissions", "player", "What the team handed in", mine, answered=list[models.Received]),
        Endpoint("GET", "/submissions/{id}", "anybody", "One of these", one, answered=models.Received),
        Endpoint(
            "GET",
            "/standings",
            "anybody",
            "Who has won what",
            Standings().answer,
            answered=models.Standings,
            query=("view",),
        ),
        Endpoint(
            "GET",
            "/announcements",
            "anybody",
            "What was announced",
            announcements,
            answered=list[models.Answer],
            query=("after",),
        ),
        Endpoint(
            "GET", "/poll", "anybody", "The question of the moment, or null", poll, answered=models.Answer | None
        ),
        Endpoint("PUT", "/poll/{id}/vote", "player", "Vote", vote, models.Vote),
        Endpoint("GET", "/events", "anybody", "Hear what is new", events, answered=None, kind="text/event-stream"),
    ]
