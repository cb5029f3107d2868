"""The pages as they are served: types, caching, and no path but those that there are."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

import scalegame.competition.server.pages as room
from scalegame.competition.server.pages import routes

STATIC = Path(room.__file__).parent / "static"
PAGES = ("/", "/board", "/team", "/host")


def client(play: str = "") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=routes(play))), base_url="http://here")


async def status(path: str) -> int:
    """What a path is answered with, as it stands: a client would tidy it up before it asks."""
    answered: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    await Starlette(routes=routes())(scope, receive, send)
    return answered[0]


def loaded(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/static/[^"]+)"', page)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_only_what_is_here(path: str) -> None:
    async with client() as here:
        page = await here.get(path)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"
        assert "//" not in page.text.replace("<!doctype html>", "")
        # Nothing for which the policy would have to make an exception.
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", page.text)
        assert len(loaded(page.text)) >= 4
        for address in loaded(page.text):
            assert (await here.get(address)).status_code == 200, address


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
async def test_a_file_has_its_type_and_stays_as_it_is(name: str) -> None:
    types = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
    async with client() as here:
        folder = loaded((await here.get("/")).text)[0].rpartition("/")[0]
        got = await here.get(f"{folder}/{name}")
        assert got.content == (STATIC / name).read_bytes()
        assert got.headers["content-type"] == types[Path(name).suffix]
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
        etag = got.headers["etag"]
        for same in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = await here.get(f"{folder}/{name}", headers={"If-None-Match": same})
            assert (again.status_code, again.content) == (304, b"")
        assert (await here.get(f"{folder}/{name}", headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_a_script_makes_no_markup_and_imports_what_is_there(name: str) -> None:
    text = (STATIC / name).read_text("utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", text
    )
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    for module in re.findall(r'from "([^"]+)"', text):
        assert (STATIC / module).is_file(), module


@pytest.mark.parametrize(
    "path",
    [
        "/static/0/base.css",
        "/static/{version}/../pages.py",
        "/static/{version}/..%2fpages.py",
        "/static/{version}/%2e%2e%2f%2e%2e%2fpages.py",
        "/static/{version}//etc/passwd",
        "/static/{version}/C:%5cWindows%5cwin.ini",
        "/static/{version}/base.css%00",
        "/static/{version}/",
        "/static/",
        "/board/../host.html",
        "/templates/base.html",
    ],
)
async def test_there_is_no_other_file(path: str) -> None:
    async with client() as here:
        version = loaded((await here.get("/")).text)[0].split("/")[2]
    assert await status(f"/static/{version}/base.css") == 200
    assert await status(unquote(path.format(version=version))) == 404


async def test_only_reading() -> None:
    async with client() as here:
        for path in PAGES:
            assert (await here.post(path)).status_code == 405


async def test_the_way_to_play_is_offered_where_there_is_one_and_is_text() -> None:
    async with client() as here:
        assert "Play in the browser" not in (await here.get("/")).text
    async with client('http://there:1/?a=1&"><script>') as here:
        text = (await here.get("/")).text
        assert "Play in the browser" in text
        assert "http://there:1/?a=1&amp;&#34;&gt;&lt;script&gt;" in text
