"""The process that serves guests, beside the one of the competition's server.

That one starts it, tells it on its standard input what it needs, and reads on its standard output where it is. It
ends when its standard input is closed: so none is left behind, whatever happens to who started it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from aiohttp import web

from scalegame.competition.server.protocol import HEADER_TIME
from scalegame.competition.server.run import addresses, listening, many_files
from scalegame.errors import ScalegameError
from scalegame.tui.guests.door import Door
from scalegame.tui.guests.server import GuestServer
from scalegame.tui.guests.setting import Setting
from scalegame.tui.web import TERMINAL

#: Ports after the competition's own that are tried.
_PORTS = 20
#: Seconds that pages have to be closed when the server ends, and that somebody waits for it to begin or to end.
_LAST_ANSWERS, _PATIENCE = 12.0, 30.0
#: How much a guest's game gives way to the judge, which runs on the same machine.
_NICE = 5


@contextmanager
def guests(setting: Setting) -> Iterator[str]:
    """Meanwhile guests are served, by a process of its own.

    Args:
        setting: What it needs to know.

    Yields:
        The address at which they join.

    Raises:
        ScalegameError: They cannot be served.
    """
    command = [sys.executable, "-m", "scalegame.tui.guests.process"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    watchdog = threading.Timer(_PATIENCE, process.kill)
    try:
        watchdog.start()
        with suppress(OSError):
            process.stdin.write(setting.line())
            process.stdin.flush()
        told = process.stdout.readline()
        watchdog.cancel()
        try:
            answer = json.loads(told)
        except ValueError:
            answer = {"error": "their server does not start"}
        if "error" in answer:
            raise ScalegameError("No guests", f"guests cannot be served: {answer['error']}")
        yield str(answer["address"])
    finally:
        watchdog.cancel()
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _listening(setting: Setting) -> socket.socket:
    """A socket at one of the next ports.

    Raises:
        ScalegameError: None of them is free.
    """
    for number in range(setting.port + 1, min(setting.port + 1 + _PORTS, 65536)):
        with suppress(ScalegameError):
            return listening(setting.host, number)
    return listening(setting.host, 0)


async def _serve(setting: Setting, made: socket.socket, proof: ssl.SSLContext | None) -> None:
    """Serves until whoever started us closes our standard input."""
    door = Door()
    app = await GuestServer(setting, made, door)._make_app()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST_ANSWERS)
    await runner.setup()
    assert runner.server is not None
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    heard = await loop.create_server(
        door.to(runner.server), sock=made, ssl=proof, ssl_handshake_timeout=None if proof is None else HEADER_TIME
    )

    def listen() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=listen, daemon=True).start()
    _tell({"address": addresses(made, setting.names, setting.tls is not None)[0]})
    await ended.wait()
    heard.close()
    await runner.cleanup()


def _proof(setting: Setting) -> ssl.SSLContext | None:
    if setting.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*setting.tls)
    return context


def _tell(what: Mapping[str, str]) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    """Serves guests as standard input says, and tells on standard output where, or why not."""
    # Ctrl-C is meant for the server of the competition, which tells us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    setting = Setting.read(sys.stdin.buffer.readline())
    os.environ.update(TERMINAL)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        proof = _proof(setting)
        made = _listening(setting)
    except OSError as error:
        _tell({"error": (error.strerror or str(error)).lower()})
    except ScalegameError as error:
        _tell({"error": error.message})
    else:
        # A line for each request that makes no sense would push address and code off the instructor's screen.
        logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
        many_files()
        logging.getLogger("textual-serve").setLevel(logging.CRITICAL)
        asyncio.run(_serve(setting, made, proof))


if __name__ == "__main__":
    main()
