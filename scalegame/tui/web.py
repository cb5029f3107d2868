"""The game in a browser: a web server that starts a game for each page, and passes keys and cells on."""

from __future__ import annotations

import ipaddress
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server

from scalegame.errors import ScalegameError

#: Size of letters, pixels: the usual one, the smallest and the largest that a page may ask for.
_LETTERS = (16, 6, 48)
#: What the page may load: what comes from here, and nothing else.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class GameServer(Server):
    """Serves the game, with a page that loads nothing from elsewhere, and to no page but that."""

    def __init__(self, command: Sequence[str], host: str, port: int) -> None:
        """Prepares to serve.

        Args:
            command: What starts the game.
            host: Name or address to listen at.
            port: Port to listen at.
        """
        line = subprocess.list2cmdline(command) if sys.platform == "win32" else _shell(command)
        page = Path(__file__).parent / "webpage"
        super().__init__(line, host=host, port=port, title="scalegame", templates_path=page)

    def initialize_logging(self) -> None:
        """Leaves logging as it is: a player has no use for a line a request."""

    async def on_startup(self, app: web.Application) -> None:
        """Says where the game is."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        print(f"scalegame is at http://{shown}:{self.port} – Ctrl-C ends it.", flush=True)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(guard(self.host))
        return app

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, with addresses as the browser knows them, whatever name it found us by."""
        socket = f"{'wss' if request.secure else 'ws'}://{request.host}/ws"
        shown = {"title": self.title, "socket": socket, "font_size": _letters(request)}
        response = aiohttp_jinja2.render_template("app_index.html", request, shown)
        response.headers["Content-Security-Policy"] = _POLICY.format(socket=socket)
        return response


def _shell(command: Sequence[str]) -> str:
    # The shell makes way for the game, so that what ends the one ends the other.
    return f"exec {shlex.join(command)}"


def _letters(request: web.Request) -> int:
    usual, least, most = _LETTERS
    asked = request.query.get("fontsize", "")
    return min(max(int(asked), least), most) if asked.isascii() and asked.isdigit() and len(asked) < 5 else usual


def guard(host: str) -> Middleware:
    """What refuses the pages of others: what a browser shows may try any address, on its own machine too.

    Args:
        host: Where the server listens.
    """
    private = _is_loopback(host)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        # A name of somebody else's that has come to mean this machine.
        if private and not _is_loopback(request.url.host or ""):
            raise web.HTTPForbidden(text=f"The game is at {host}, and does not answer to {request.host}.")
        origin = request.headers.get("Origin")
        if request.path == "/ws" and origin is not None and origin.partition("://")[2] != request.host:
            raise web.HTTPForbidden(text="This page does not come from here.")
        return await handler(request)

    return guarded


def _is_loopback(host: str) -> bool:
    if host.casefold() in ("localhost", "localhost."):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(level: str | None, host: str, port: int) -> None:
    """Serves the game until it is interrupted.

    Everybody who opens the page gets a game of his own, a process of its own; all of them play with the saves of
    the one who has started the server. It is meant for one player on one machine: nobody is asked who he is.

    Args:
        level: Id or path of a level to open; None: go on where one left off.
        host: Name or address to listen at.
        port: Port to listen at.

    Raises:
        ScalegameError: There is no such level, or nothing can be served there.
    """
    if level is not None:
        from scalegame.tui.shipped import from_file

        from_file(level)
    # The game's terminal is the page, not the one that the server was started from.
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", PYTHONUTF8="1")
    command = [sys.executable, "-m", "scalegame", "play", *(["--", level] if level is not None else [])]
    try:
        GameServer(command, host, port).serve()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ScalegameError("Not served", f"cannot listen at {host}, port {port}: {reason}") from None
