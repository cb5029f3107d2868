"""The four pages and what they load: made once, the same for everybody.

There is nothing in a page that belongs to anybody: what it shows it asks the API for, in the name of whoever
opened it. So pages need no token, and nothing that a player wrote ever passes through a template.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_HERE = Path(__file__).parent
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HTML = "text/html; charset=utf-8"
#: A page is asked for again each time, and mostly answered by "as before". What it loads has the hash of all of it
#: in its address: that never changes, and the next version has another address.
_ASKED_AGAIN = "no-cache"
_FOR_GOOD = "public, max-age=31536000, immutable"
_PAGES = {"/": "home.html", "/board": "board.html", "/team": "team.html", "/host": "host.html"}


class Asset(NamedTuple):
    """Something that is served as it is."""

    content: bytes
    type: str
    etag: str
    caching: str

    def answer(self, request: Request) -> Response:
        """The answer to a request, empty where the browser has it already."""
        headers = {"ETag": self.etag, "Cache-Control": self.caching}
        if _has(request.headers.get("if-none-match", ""), self.etag):
            return Response(status_code=304, headers=headers)
        return Response(self.content, headers=headers | {"Content-Type": self.type})


def static(names: Iterable[str]) -> dict[str, bytes]:
    """Files that the pages load, for other pages that look like them."""
    return {name: (_HERE / "static" / name).read_bytes() for name in names}


def routes(play: str = "") -> list[Route]:
    """The pages, and everything that they load.

    Args:
        play: Address at which the game can be played in a browser; "" if it cannot.

    Returns:
        Routes for a starlette application, from its root.
    """
    files = {
        path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir()) if path.suffix in _TYPES
    }
    version = _digest(*(part for name, content in files.items() for part in (name.encode(), content)))
    # Names are looked up among what was found here: no path is ever made from what somebody asks for.
    static = {name: _asset(content, _TYPES[Path(name).suffix], _FOR_GOOD) for name, content in files.items()}
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages = {
        path: _asset(
            templates.get_template(name).render(static=f"/static/{version}", play=play).encode(),
            _HTML,
            _ASKED_AGAIN,
        )
        for path, name in _PAGES.items()
    }

    async def page(request: Request) -> Response:
        return pages[request.url.path].answer(request)

    async def asset(request: Request) -> Response:
        found = static.get(request.path_params["name"])
        if found is None or request.path_params["version"] != version:
            return Response("There is nothing here.\n", 404, {"Cache-Control": "no-store"}, "text/plain")
        return found.answer(request)

    async def icon(request: Request) -> Response:
        return static["icon.svg"]._replace(caching=_ASKED_AGAIN).answer(request)

    return [
        *(Route(path, page, methods=["GET"]) for path in pages),
        Route("/static/{version:str}/{name:str}", asset, methods=["GET"]),
        Route("/favicon.ico", icon, methods=["GET"]),
    ]


def _asset(content: bytes, kind: str, caching: str) -> Asset:
    return Asset(content, kind, f'"{_digest(content)}"', caching)


def _digest(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _has(header: str, etag: str) -> bool:
    """Whether a browser's If-None-Match names a version (compared weakly, as the standard has it for GET)."""
    named = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return etag in named or "*" in named
