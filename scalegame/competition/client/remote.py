"""Talks to the server of a competition: what it answers is bounded, what goes wrong is told in words."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scalegame.errors import ScalegameError, quoted
from scalegame.levels.packfile import LARGEST as LARGEST_PACK
from scalegame.units import whole

PATIENCE = 10.0
"""Seconds that an answer may take."""

_LARGEST = LARGEST_PACK + 64 * 1024
_API = "/api/1"
#: Seconds after which a server may ask us to come again: a month.
_LONGEST_PAUSE = 31 * 24 * 3600


class Unreachable(ScalegameError):
    """The server did not answer: nobody knows whether it heard. It can be asked again."""


class Refused(ScalegameError):
    """The server says no.

    Attributes:
        status: Of HTTP.
        after: Seconds after which it may be asked again; 0.0: it did not say.
    """

    def __init__(self, title: str, message: str, status: int, after: float = 0.0) -> None:
        """Keep what is given."""
        super().__init__(title, message)
        self.status = status
        self.after = after
        self.args = (title, message, status, after)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is.

    Attributes:
        secure: TLS.
        host, port: Of it.
        ca: A file with the certificate that is to be trusted; None: those that the system trusts.
    """

    secure: bool
    host: str
    port: int
    ca: str | None = None

    @property
    def url(self) -> str:
        """As people write it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{shown}:{self.port}"


def address(url: str, ca: Path | None = None) -> Address:
    """Reads an address as it stands on the board; what follows the port does not matter.

    Raises:
        ScalegameError: It is none.
    """
    text = url.strip()
    if len(text) > 300 or not text.isprintable():
        raise ScalegameError("No address", f"{quoted(text)} is no address: write http://HOST:PORT")
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError:
        raise ScalegameError("No address", f"{quoted(text)} is no address: write http://HOST:PORT") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ScalegameError("No address", f"{quoted(text)} is no address: write http://HOST:PORT")
    secure = parts.scheme == "https"
    return Address(secure, parts.hostname, port or (443 if secure else 80), None if ca is None else str(ca))


class Remote:
    """A server, asked one question at a time. It blocks: a screen asks in a thread."""

    def __init__(self, where: Address, token: str = "", patience: float = PATIENCE) -> None:
        """Keep what is given; nothing is sent yet."""
        self.where = where
        self._token = token
        self._patience = patience

    def get(self, path: str) -> object:
        """Asks for something.

        Raises:
            Unreachable, Refused: As `call`.
        """
        return self.call("GET", path)

    def text(self, path: str) -> str:
        """Asks for something that is no JSON."""
        return self._exchange("GET", path, None, {}).decode("utf-8", "replace")

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> object:
        """Asks, or has something done.

        Args:
            method: Of HTTP.
            path: After `/api/1`.
            body: Sent as JSON.
            headers: Besides the usual ones.

        Returns:
            What JSON the answer holds.

        Raises:
            Unreachable: There was no answer, or none that makes sense.
            Refused: It was no.
        """
        content = self._exchange(method, path, body, headers or {})
        try:
            return json.loads(content) if content else None
        except (ValueError, RecursionError):
            raise self._strange() from None

    def _exchange(
        self, method: str, path: str, body: Mapping[str, object] | None, headers: Mapping[str, str]
    ) -> bytes:
        sent = {"Accept": "application/json", "Connection": "close", **headers}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False).encode()
            sent["Content-Type"] = "application/json"
        connection = self._connection()
        try:
            connection.request(method, _API + path, content, sent)
            with connection.getresponse() as response:
                answer = response.read(_LARGEST + 1)
                status, after = response.status, response.getheader("Retry-After", "")
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable("Not reached", f"{self.where.url} does not answer{_why(error)}") from None
        finally:
            connection.close()
        if len(answer) > _LARGEST:
            raise self._strange()
        if status >= 400:
            raise self._refused(status, after, answer)
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        where = self.where
        if not where.secure:
            return http.client.HTTPConnection(where.host, where.port, timeout=self._patience)
        try:
            context = ssl.create_default_context(cafile=where.ca)
        except (OSError, ssl.SSLError):
            message = f"{where.ca} is no file with a certificate: ask for the server's, a .pem file"
            raise ScalegameError("No certificate", message) from None
        return http.client.HTTPSConnection(where.host, where.port, timeout=self._patience, context=context)

    def _refused(self, status: int, after: str, content: bytes) -> ScalegameError:
        title, message = "Refused", f"{self.where.url} answers with status {status}"
        try:
            told = json.loads(content)["error"]
            title, message = str(told["title"])[:80], str(told["message"])[:500]
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        if status >= 500:
            return Unreachable(title, message)
        return Refused(title, message, status, float(whole(after, _LONGEST_PAUSE) or 0))

    def _strange(self) -> Unreachable:
        return Unreachable(
            "Not understood", f"what {self.where.url} answers is not from scalegame: is it the address?"
        )


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ": its certificate is not one that this machine trusts (--ca FILE names the one to trust)"
    if isinstance(error, TimeoutError):
        return " in time"
    if isinstance(error, socket.gaierror):
        return ": nobody here knows that name"
    if isinstance(error, ConnectionRefusedError):
        return ": nobody listens there"
    return ""
