"""Lets guests join on a page, and gives each of them a game of his own."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import NamedTuple

import aiohttp_jinja2
from aiohttp import web
from aiohttp.typedefs import Handler
from jinja2 import FileSystemLoader

from scalegame.competition.client import memberships, sync
from scalegame.competition.client.memberships import Membership
from scalegame.competition.client.remote import Refused, address
from scalegame.competition.referee.names import same_code
from scalegame.competition.server.buckets import Buckets, Rate
from scalegame.competition.server.pages import pages
from scalegame.errors import ScalegameError
from scalegame.progress.files import HOME_VARIABLE, home_at
from scalegame.tui.guests.door import Door
from scalegame.tui.guests.setting import Setting
from scalegame.tui.web import LARGEST_MESSAGE, GameServer, guard, shell

#: Names of the files that its pages load, with their types: those of the competition's own pages.
_LOOK = {
    "base.css": "text/css",
    "paper.css": "text/css",
    "theme.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_COOKIE = "scalegame_guest"
#: Seconds for which a browser knows who it is.
_KNOWN = 60 * 24 * 3600
_KEY = re.compile(r"[0-9a-f]{32}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With less a browser would not say that the form is ours.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LARGEST_FORM = 8 * 1024
_LONGEST = 200
#: Join codes that were wrong, from one address; and everything that is asked for.
_FAILURES, _OFTEN = Rate(0.2, 10.0), Rate(20.0, 200.0)
#: Guests who joined from one address.
_JOINS = Rate(0.1, 40.0)


class Guest(NamedTuple):
    """Somebody who has joined.

    Attributes:
        home: The folder with what he plays.
        membership: Who he is in the competition.
        pack: The folder of its levels; it may not be there yet.
    """

    home: Path
    membership: Membership
    pack: Path


class _Playing(NamedTuple):
    """The page of somebody who plays, and what is set when his game has ended."""

    page: web.WebSocketResponse
    ended: asyncio.Event

    async def end(self) -> None:
        """Closes the page, and waits until the game has ended."""
        await self.page.close(code=1001)
        await self.ended.wait()


class GuestServer(GameServer):
    """Lets guests join, and gives each of them a game of his own."""

    def __init__(self, setting: Setting, made: socket.socket, door: Door) -> None:
        """Prepares to serve.

        Args:
            setting: See there.
            made: Listens.
            door: Is told which connections are those of games.
        """
        host, port = made.getsockname()[:2]
        super().__init__([sys.executable], host, port, setting.names)
        self._setting = setting
        self._where = address(setting.server, None if setting.ca is None else Path(setting.ca))
        self._door = door
        self._failures, self._often, self._joins = Buckets(_FAILURES), Buckets(_OFTEN), Buckets(_JOINS)
        self._joining: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._playing: dict[Path, _Playing] = {}

    async def on_startup(self, app: web.Application) -> None:
        """Nobody is told here."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Closes the pages; the games save and end."""
        playing = list(self._playing.values())
        await asyncio.gather(*(one.end() for one in playing), return_exceptions=True)

    async def _make_app(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_FORM, middlewares=[self._limited, guard(self._names)])
        aiohttp_jinja2.setup(app, loader=FileSystemLoader(self.templates_path))
        look = pages.static(_LOOK)
        app.add_routes(
            [
                web.get("/", self.handle_index),
                web.post("/join", self.handle_join),
                web.post("/leave", self.handle_leave),
                web.get("/game", self.handle_game),
                web.get("/ws", self.handle_websocket),
                web.get("/download/{key}", self.handle_download),
                web.static("/static", self.statics_path),
                *(web.get(f"/look/{name}", _giving(look[name], type)) for name, type in _LOOK.items()),
            ]
        )
        app.on_shutdown.append(self.on_shutdown)
        return app

    @web.middleware
    async def _limited(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        wait = self._often.take(request.remote or "")
        if wait:
            after = {"Retry-After": str(ceil(wait))}
            raise web.HTTPTooManyRequests(text="Too often: wait a little.\n", headers=after)
        return await handler(request)

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """Who the guest is, and the way into the game; or the form to join with."""
        guest = self._guest(request)
        if guest is None:
            return self._form(request, secrets.token_hex(16), {}, "")
        return self._lobby(request, guest, await asyncio.to_thread(_fetched, guest))

    async def handle_join(self, request: web.Request) -> web.StreamResponse:
        """Lets a guest in: with the same key again he is the same."""
        if (request.content_length or _LARGEST_FORM + 1) > _LARGEST_FORM:
            raise web.HTTPRequestEntityTooLarge(_LARGEST_FORM, request.content_length or 0)
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType(text="This takes the form of its own page.\n")
        try:
            sent = await request.post()
        except (LookupError, ValueError, OSError) as error:
            # Bytes that are no text, an alphabet that there is not, a body that breaks off.
            raise web.HTTPBadRequest(text="This is no form of ours.\n") from error
        given = {
            name: str(sent[name])[:_LONGEST] if isinstance(sent.get(name), str) else ""
            for name in ("key", "code", "name", "team", "team_code")
        }
        key = given.pop("key")
        if _KEY.fullmatch(key) is None:
            key = secrets.token_hex(16)
        wait = self._failures.wait(request.remote or "")
        if wait:
            problem = "Several codes were wrong: wait a minute, and look at the board."
            return self._form(request, key, given, problem, 429)
        if not same_code(given["code"], self._setting.code):
            self._failures.take(request.remote or "")
            return self._form(request, key, given, "This is not the join code: it stands on the board.", 403)
        if self._joins.wait(request.remote or ""):
            problem = "Many have joined from where you are: wait a minute."
            return self._form(request, key, given, problem, 429)
        async with self._joining[key]:
            home = self._folder(key)
            if _known(home) is None:
                try:
                    await asyncio.to_thread(self._join, home, given)
                    self._joins.take(request.remote or "")
                except Refused as error:
                    if error.status == 403:
                        self._failures.take(request.remote or "")
                    return self._form(request, key, given, _sentence(error.message), error.status)
                except ScalegameError as error:
                    return self._form(request, key, given, _sentence(error.message), 503)
        self._joining.pop(key, None)
        answer = web.HTTPSeeOther("/")
        answer.set_cookie(
            _COOKIE,
            key,
            path="/",
            max_age=_KNOWN,
            httponly=True,
            samesite="Strict",
            secure=self._setting.tls is not None,
        )
        return answer

    async def handle_leave(self, request: web.Request) -> web.StreamResponse:
        """Has the browser forget who it is; what was handed in stays."""
        answer = web.HTTPSeeOther("/")
        answer.del_cookie(_COOKIE, path="/")
        return answer

    async def handle_game(self, request: web.Request) -> web.StreamResponse:
        """The page with the game."""
        guest = self._guest(request)
        if guest is None or not guest.pack.is_dir():
            raise web.HTTPSeeOther("/")
        if guest.home not in self._playing and len(self._playing) >= self._setting.most:
            return self._lobby(request, guest, f"{self._full()}: wait until one of them leaves.", 503)
        return await super().handle_index(request)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """The game of a guest, for as long as his page is there. A second page of his takes it over."""
        guest = self._guest(request)
        if guest is None or not guest.pack.is_dir():
            raise web.HTTPForbidden(text="Join first.\n")
        before = self._playing.get(guest.home)
        if before is None and len(self._playing) >= self._setting.most:
            raise web.HTTPServiceUnavailable(text=f"{self._full()}.\n")
        page, ended = web.WebSocketResponse(heartbeat=15, max_msg_size=LARGEST_MESSAGE), asyncio.Event()
        if not page.can_prepare(request):
            raise web.HTTPBadRequest(text="This is for the page with the game.\n")
        self._playing[guest.home] = mine = _Playing(page, ended)
        try:
            await page.prepare(request)
            self._door.keep(request.transport)
            if before is not None:
                await before.end()
            command = [sys.executable, "-m", "scalegame", "play", "--", str(guest.pack)]
            await self.play(request, page, shell(command), {HOME_VARIABLE: str(guest.home)})
        finally:
            # Whatever happened here: as long as the game before runs, there is no place for another.
            if before is not None:
                await before.end()
            ended.set()
            if self._playing.get(guest.home) is mine:
                del self._playing[guest.home]
        return page

    def _full(self) -> str:
        return f"{self._setting.most} guests are playing already"

    def _folder(self, key: str) -> Path:
        return Path(self._setting.folder) / hashlib.sha256(key.encode()).hexdigest()[:32]

    def _guest(self, request: web.Request) -> Guest | None:
        """Who asks; None: nobody whom we know."""
        key = request.cookies.get(_COOKIE, "")
        return None if _KEY.fullmatch(key) is None else _known(self._folder(key))

    def _join(self, home: Path, given: Mapping[str, str]) -> None:
        name = given["name"]
        team = given["team"].strip() or name
        with home_at(home):
            sync.join(self._where, self._setting.code, name, team, given["team_code"], time.time())

    def _form(
        self, request: web.Request, key: str, given: Mapping[str, str], problem: str, status: int = 200
    ) -> web.StreamResponse:
        empty = {"code": "", "name": "", "team": "", "team_code": ""}
        return self._page(
            request, {"state": "out", "key": key, "given": {**empty, **given}, "problem": problem}, status
        )

    def _lobby(self, request: web.Request, guest: Guest, problem: str, status: int = 200) -> web.StreamResponse:
        return self._page(
            request, {"state": "in", "guest": guest, "open": guest.pack.is_dir(), "problem": problem}, status
        )

    def _page(self, request: web.Request, shown: Mapping[str, object], status: int = 200) -> web.StreamResponse:
        told = {"setting": self._setting, **shown}
        answer = aiohttp_jinja2.render_template("guests.html", request, told, status=status)
        answer.headers.update(_HEADERS)
        return answer


def _known(home: Path) -> Guest | None:
    """The guest whose folder this is; None: nobody joined with it."""
    if not home.is_dir():
        return None
    with home_at(home):
        found = memberships.joined()
        return Guest(home, found[0], found[0].pack) if found else None


def _fetched(guest: Guest) -> str:
    """Fetches the levels that are open now; says what kept us from it."""
    try:
        with home_at(guest.home):
            sync.fetch(guest.membership)
    except ScalegameError as error:
        return _sentence(error.message)
    return ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def _giving(content: bytes, type: str) -> Handler:
    async def given(_: web.Request) -> web.StreamResponse:
        headers = {"Cache-Control": "no-cache"}
        return web.Response(body=content, content_type=type, charset="utf-8", headers=headers)

    return given
