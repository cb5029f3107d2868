"""The game in a browser: a web server that starts a game for each page, and passes keys and cells on."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shlex
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp_jinja2
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.app_service import AppService
from textual_serve.server import Server

from scalegame.errors import ScalegameError
from scalegame.tui.taking.keeping import CONFINED
from scalegame.units import whole

#: Size of letters, pixels: the usual one, the smallest and the largest that a page may ask for.
_LETTERS = (16, 6, 48)
#: Columns and rows of a game: the usual ones and the most. A page may ask for any, and every cell takes memory.
_COLUMNS, _ROWS = (80, 1, 500), (24, 1, 200)
#: Games at the same time, each of them a process.
MOST_GAMES = 20
#: Seconds that a game without its page has to end by itself.
_PATIENCE = 5.0
#: Bytes of a message from the page: what is pasted, mostly.
LARGEST_MESSAGE = 1_000_000
#: The game's terminal is the page, not the one that the server was started from.
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1", CONFINED: "1"}
#: What the page may load: what comes from here, and nothing else.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class GameServer(Server):
    """Serves the game, with a page that loads nothing from elsewhere, and to no page but that."""

    def __init__(self, command: Sequence[str], host: str, port: int, names: Collection[str] = ()) -> None:
        """Prepares to serve.

        Args:
            command: What starts the game.
            host: Name or address to listen at.
            port: Port to listen at.
            names: More names that this machine is called by.
        """
        page = Path(__file__).parent / "webpage"
        super().__init__(shell(command), host=host, port=port, title="scalegame", templates_path=page)
        self._names = (host, *names)
        self._games = 0

    def initialize_logging(self) -> None:
        """Leaves logging as it is: a player has no use for a line a request."""

    async def on_startup(self, app: web.Application) -> None:
        """Says where the game is."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        print(f"scalegame is at http://{shown}:{self.port} – Ctrl-C ends it.", flush=True)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(guard(self._names))
        return app

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, with addresses as the browser knows them, whatever name it found us by."""
        socket = f"{'wss' if request.secure else 'ws'}://{request.host}/ws"
        shown = {"title": self.title, "socket": socket, "font_size": _letters(request)}
        response = aiohttp_jinja2.render_template("app_index.html", request, shown)
        response.headers["Content-Security-Policy"] = _POLICY.format(socket=socket)
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A game for a page, for as long as the page is there."""
        if self._games >= MOST_GAMES:
            raise web.HTTPServiceUnavailable(text=f"{MOST_GAMES} games are being played here: leave one of them.")
        page = web.WebSocketResponse(heartbeat=15, max_msg_size=LARGEST_MESSAGE)
        self._games += 1
        try:
            await page.prepare(request)
            await self.play(request, page, self.command, {})
        finally:
            self._games -= 1
        return page

    async def play(
        self, request: web.Request, page: web.WebSocketResponse, command: str, environment: Mapping[str, str]
    ) -> None:
        """Starts a game for a page, and ends it when one of the two has ended.

        Args:
            request: Of the page.
            page: It, prepared.
            command: Starts the game.
            environment: What the game is told besides.
        """

        async def closed() -> None:
            await page.close()

        game = Game(
            command,
            environment,
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=closed,
            download_manager=self.download_manager,
        )
        await game.start(_within(request.query, "width", _COLUMNS), _within(request.query, "height", _ROWS))
        try:
            await self._process_messages(page, game)
        except (AssertionError, AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError):
            # No page of ours writes such a thing.
            await page.close(code=1003)
        finally:
            await game.stop()


class Game(AppService):
    """The process of a game, which ends when nobody looks at it any more."""

    def __init__(self, command: str, environment: Mapping[str, str], **passed: Any) -> None:
        """Prepares it.

        Args:
            command: Starts it.
            environment: What it is told besides what we were told ourselves.
            passed: On to textual-serve.
        """
        super().__init__(command, **passed)
        self._besides = environment

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {**super()._build_environment(width, height), **self._besides}

    async def set_terminal_size(self, width: int, height: int) -> None:
        """Passes the size on, if a terminal can have it."""
        await super().set_terminal_size(_clamped(int(width), _COLUMNS), _clamped(int(height), _ROWS))

    async def stop(self) -> None:
        """Ends the game: asks it to, and sees to it if it does not."""
        process = self._process
        try:
            async with asyncio.timeout(_PATIENCE):
                await super().stop()
        except (TimeoutError, OSError, RuntimeError):
            pass
        finally:
            if process is not None and process.returncode is None:
                await self._kill(process)

    async def _kill(self, process: asyncio.subprocess.Process) -> None:
        # What it has to show nobody reads any more, and a pipe that is full would keep it from hearing anything.
        rest = asyncio.create_task(_drained(process))
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _PATIENCE)
        rest.cancel()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _drained(process: asyncio.subprocess.Process) -> None:
    """Reads what a process writes, and forgets it."""
    # A reader that was given up in the middle of something may still count as waiting.
    with suppress(RuntimeError, OSError):
        while process.stdout is not None and await process.stdout.read(65536):
            pass


def shell(command: Sequence[str]) -> str:
    """A command as the system's shell takes it."""
    if sys.platform == "win32":
        return subprocess.list2cmdline(command)
    # The shell makes way for the game, so that what ends the one ends the other.
    return f"exec {shlex.join(command)}"


def _letters(request: web.Request) -> int:
    return _within(request.query, "fontsize", _LETTERS)


def _within(query: Mapping[str, str], name: str, limits: tuple[int, int, int]) -> int:
    number = whole(query.get(name, ""))
    return limits[0] if number is None else _clamped(number, limits)


def _clamped(number: int, limits: tuple[int, int, int]) -> int:
    return min(max(number, limits[1]), limits[2])


def guard(names: Collection[str]) -> Middleware:
    """What refuses the pages of others: what a browser shows may try any address, on its own machine too.

    A name of somebody else's may come to mean this machine, whatever it meant when his page was loaded. So only
    the names that we were told are answered to, and addresses, which nobody can give another meaning.

    Args:
        names: That the server answers to, besides the usual ones of the machine itself.
    """
    known = frozenset(name.casefold().rstrip(".") for name in names)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = _host_and_port(f"{request.scheme}://{request.host}")
        if asked is None or not (asked[0] in known or _is_own(asked[0])):
            raise web.HTTPForbidden(
                text="The game does not answer to this name; scalegame web --name NAME makes it known.\n"
            )
        origin = request.headers.get("Origin")
        # A browser leaves a usual port out; which is the usual one, its own scheme says, before any proxy.
        scheme = (origin or "").partition(":")[0]
        if origin is not None and _host_and_port(origin) != (_host_and_port(f"{scheme}://{request.host}") or ()):
            raise web.HTTPForbidden(text="This page does not come from here.\n")
        return await handler(request)

    return guarded


def _host_and_port(address: str) -> tuple[str, int] | None:
    """Where an address leads, spelled in one way; None if it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    if not parts.hostname or usual is None or parts.username is not None:
        return None
    return parts.hostname.casefold().rstrip("."), port or usual


def _is_own(host: str) -> bool:
    """A name that is the machine itself, or an address, which no name server has a say in."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def serve(level: str | None, host: str, port: int, names: Collection[str] = ()) -> None:
    """Serves the game until it is interrupted.

    Everybody who opens the page gets a game of his own, a process of its own; all of them play with the saves of
    the one who has started the server. It is meant for one player on one machine: nobody is asked who he is.

    Args:
        level: Id or path of a level to open, or the folder of a pack; None: go on where one left off.
        host: Name or address to listen at.
        port: Port to listen at.
        names: More names that this machine is called by.

    Raises:
        ScalegameError: There is no such level, or nothing can be served there.
    """
    if level is not None:
        from scalegame.tui.shipped import from_file, from_folder, pack_folder

        where = pack_folder(level)
        if where is not None:
            from_folder(where)
        else:
            from_file(level)
    os.environ.update(TERMINAL)
    command = [sys.executable, "-m", "scalegame", "play", *(["--", level] if level is not None else [])]
    try:
        GameServer(command, host, port, names).serve()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ScalegameError("Not served", f"cannot listen at {host}, port {port}: {reason}") from None
