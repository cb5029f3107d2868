"""Runs the server: where it listens, at which addresses it is found, and how it ends."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import uvicorn

from scalegame.competition.server.app import app
from scalegame.competition.server.endpoints import House
from scalegame.competition.server.protocol import HEADER_TIME, PatientProtocol
from scalegame.errors import ScalegameError

PORTS = range(8800, 8820)
"""Of which the first free one is taken, unless somebody says which."""

MOST_CONNECTIONS = 1500
"""Beyond it everybody hears that the server is full."""

#: Files, each connection one, that we ask the system to allow us.
_FILES = 4096
_LARGEST_HEADERS = 16 * 1024
_KEEP_ALIVE = 15
_LAST_ANSWERS = 5


class Tls(NamedTuple):
    """What the server proves its name with (PEM files)."""

    certificate: Path
    key: Path


def listening(host: str, port: int | None) -> socket.socket:
    """A socket that listens, so that nobody takes its port any more.

    Args:
        host: Address of this machine; `0.0.0.0` or `::` are all of them.
        port: Where; None: the first of `PORTS` that is free, else any. 0: any.

    Raises:
        ScalegameError: Nothing can listen there.
    """
    last: OSError | None = None
    for number in (*PORTS, 0) if port is None else (port,):
        try:
            return _bound(host, number)
        except OSError as error:
            last = error
    reason = ((last.strerror if last else None) or str(last)).lower()
    where = host if port is None else f"{host}, port {port}"
    raise ScalegameError("Not served", f"cannot listen at {where}: {reason}; choose another with --port") from None


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(256)
    except OSError:
        made.close()
        raise
    made.set_inheritable(False)
    return made


def addresses(made: socket.socket, names: Collection[str], tls: bool) -> list[str]:
    """Where others find the server, the best address first.

    Args:
        made: That listens.
        names: That this machine is called by.
        tls: Everything is encrypted.
    """
    host, port = made.getsockname()[:2]
    hosts = [*names]
    if ipaddress.ip_address(host.partition("%")[0]).is_unspecified:
        own = _own_address()
        hosts += [*([own] if own else []), "127.0.0.1"]
    else:
        hosts.append(host)
    scheme = "https" if tls else "http"
    shown = [f"[{each}]" if ":" in each else each for each in dict.fromkeys(hosts)]
    return [f"{scheme}://{each}:{port}" for each in shown]


def _own_address() -> str:
    """The address under which this machine is known on its network; "" if there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only looks which of its addresses would be used.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        found = str(probe.getsockname()[0])
    return "" if ipaddress.ip_address(found).is_loopback else found


def many_files() -> None:
    """Has the system allow as many open connections as we do ourselves: usually it allows a thousand files."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Server(uvicorn.Server):
    """Says when it is there, and sends those away who would listen for ever when it ends."""

    def __init__(self, config: uvicorn.Config, house: House, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._house = house
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer."""
        loop = asyncio.get_running_loop()
        if self.config.is_ssl:
            # Else who connects and does not shake hands has a minute, and nobody has counted him yet.
            loop.create_server = partial(loop.create_server, ssl_handshake_timeout=HEADER_TIME)  # type: ignore
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing more, gives its last answers."""
        self._house.broker.end()
        await super().shutdown(sockets)


def configuration(house: House, names: Collection[str], play: str = "", tls: Tls | None = None) -> uvicorn.Config:
    """How uvicorn serves it.

    Raises:
        ScalegameError: Certificate or key cannot be used.
    """
    # An error is worth a line; that somebody came, or sent nonsense, is not.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app(house, names, play),
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=_LARGEST_HEADERS,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_ANSWERS,
        ssl_certfile=None if tls is None else str(tls.certificate),
        ssl_keyfile=None if tls is None else str(tls.key),
    )
    try:
        config.load()
    except OSError as error:
        # What ssl raises is an OSError, too.
        reason = (error.strerror or str(error)).lower()
        message = f"certificate and key cannot be used: {reason}; both are files in PEM form, --tls CERT KEY"
        raise ScalegameError("Not served", message) from None
    return config


def serve(
    house: House,
    made: socket.socket,
    names: Sequence[str] = (),
    play: str = "",
    tls: Tls | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serves until it is interrupted.

    Args:
        house: What answers need.
        made: That listens; it is closed at the end.
        names: That this machine is called by.
        play: Address at which the game can be played in a browser; "" if it cannot.
        tls: To encrypt everything; None: it is not.
        ready: Called once, when everything can be answered.

    Raises:
        ScalegameError: It cannot be started.
    """
    config = configuration(house, names, play, tls)
    many_files()
    with made:
        _Server(config, house, ready).run([made])
