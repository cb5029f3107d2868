"""Who asks: a token in a header, or in a cookie that no script can read and no other page can use."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import Response

from scalegame.competition.server.refusals import Rejected

COOKIE = "scalegame"
"""Name of the cookie that holds a token."""

OWN_HEADER = "x-scalegame"
"""Has to be there where a cookie says who asks, and something is changed: no page of others can send it."""

LONGEST_TOKEN = 200
_SAFE = ("GET", "HEAD")
_KINDS = ("p.", "i.", "v.")


def token_of(headers: Headers) -> str:
    """The token of a request; "" if there is none that could be one."""
    found = _bearer(headers)
    return _cookie(headers) if found is None else found


def checked_token(method: str, headers: Headers) -> str:
    """The token of a request that may be acted upon.

    Raises:
        Rejected: There is none; or there is a cookie alone, and the request may be another page's.
    """
    token = token_of(headers)
    if not token:
        message = "this needs a token: join with scalegame join, or open the link that the server has printed"
        raise Rejected(401, "Who asks?", message)
    if _bearer(headers) is None and method not in _SAFE and headers.get(OWN_HEADER) != "1":
        raise Rejected(403, "Not from here", "with a cookie the header X-Scalegame: 1 is needed, too")
    return token


def keep(response: Response, token: str, tls: bool) -> None:
    """Has the browser keep a token until it is closed."""
    response.set_cookie(COOKIE, token, path="/", secure=tls, httponly=True, samesite="strict")


def forget(response: Response, tls: bool) -> None:
    """Has the browser forget it."""
    response.delete_cookie(COOKIE, path="/", secure=tls, httponly=True, samesite="strict")


def _bearer(headers: Headers) -> str | None:
    given = headers.getlist("authorization")
    if not given:
        return None
    kind, _, token = given[0].partition(" ")
    return _plain(token.strip()) if kind.casefold() == "bearer" and len(given) == 1 else ""


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")[:4096]).get(COOKIE)
    except CookieError:
        return ""
    return _plain(found.value) if found is not None else ""


def _plain(token: str) -> str:
    is_one = token.startswith(_KINDS) and len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable()
    return token if is_one else ""
