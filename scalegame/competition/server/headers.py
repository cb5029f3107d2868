"""What every answer says to the browser that gets it, and whom the server listens to at all."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scalegame.competition.server.refusals import answer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a page may load: what comes from here, and nothing that stands in the page itself."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR = "max-age=31536000"


class Guarded:
    """Adds the headers, and refuses pages of others.

    A name of somebody else's may come to mean this machine, whatever it meant when his page was loaded. So only
    names that we were told are answered to, and addresses, which nobody can give another meaning.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = (), tls: bool = False) -> None:
        """Wraps an application.

        Args:
            app: It.
            names: That this machine is called by, besides its own name for itself.
            tls: Everything is encrypted.
        """
        self._app = app
        self._names = frozenset(name.casefold().rstrip(".") for name in names)
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("Cache-Control", "no-store")
                if self._tls:
                    headers["Strict-Transport-Security"] = _YEAR
            await send(message)

        headers = Headers(scope=scope)
        scheme = "https" if self._tls else "http"
        hosts = headers.getlist("host")
        asked = _place(f"{scheme}://{hosts[0]}") if len(hosts) == 1 else None
        if asked is None or not (asked[0] in self._names or _is_own(asked[0])):
            message = "the server does not answer to this name; scalegame host --name NAME makes it known"
            await answer(421, "Other name", message)(scope, receive, sent)
            return
        origin = headers.get("origin")
        if origin is not None and _place(origin) != asked:
            message = "this page does not come from here, so it may not ask"
            await answer(403, "Other page", message)(scope, receive, sent)
            return
        await self._app(scope, receive, sent)


def _place(address: str) -> tuple[str, int] | None:
    """Host and port of an address; None if it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    if not parts.hostname or usual is None or parts.username is not None or parts.path:
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
