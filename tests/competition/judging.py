"""Designs to be judged, on the tiny level and on one that lets whoever runs it be exhausted; and tasks."""

from __future__ import annotations

import os
import signal
import time
from functools import cache
from pathlib import Path

from scalegame.competition.model.submission import Entry, check
from scalegame.components import kinds
from scalegame.design.designfile import Design
from scalegame.levels.load import load
from scalegame.levels.model import Level

HERE = Path(__file__).parent
WINNING = ("add balancer", "rewire people -> balancer -> kiosk", "set kiosk replicas=3")


@cache
def tiny() -> Level:
    return load(HERE.parent / "tui" / "tiny.yaml", kinds())


@cache
def bomb() -> Level:
    return load(HERE / "bomb.yaml", kinds())


def entry(level: Level, *do: str, live: tuple[str, ...] = ()) -> Entry:
    return check(Design(level.id, do, level.digest, live=live), level)


def exploding(timeout: str) -> Entry:
    """Four tiers that give each call up after `timeout`, and try it twenty times at once."""
    lines = (f"set {tier} timeout={timeout} retry.attempts=20 retry.policy=immediate" for tier in "abcd")
    return entry(bomb(), *lines)


def die() -> None:
    """What happens to a process when the machine has no memory left."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(marker: str) -> str:
    """Dies where nobody has died before."""
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return "lived"
    die()
    return "never"


def square(number: int) -> int:
    return number * number


def hog(size: int) -> int:
    return len(bytearray(size))


def wait_for_ever(marker: str) -> None:
    """Writes down who waits."""
    Path(marker).write_text(str(os.getpid()))
    while True:
        time.sleep(1)
