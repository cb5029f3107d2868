"""A competition on the tiny level, at moments of a clock that stands still unless it is told to go on."""

from __future__ import annotations

import uuid
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from scalegame.competition.model.settings import Settings, Slot
from scalegame.competition.referee.base import Who
from scalegame.competition.referee.contest import Contest
from scalegame.competition.referee.levelset import slots_of
from scalegame.competition.referee.referee import Referee
from scalegame.design.designfile import Design
from tests.competition.judging import HERE, WINNING

NOON = 1_800_000_000.0
PACK = """
format: 1
id: kiosks
title: Kiosks
author: Nobody
"""
LOSING = ("set kiosk replicas=1",)


def pack(where: Path) -> Path:
    """A pack with the tiny level and a copy of it."""
    where.mkdir(parents=True, exist_ok=True)
    text = (HERE.parent / "tui" / "tiny.yaml").read_text()
    (where / "pack.yaml").write_text(PACK)
    (where / "01-tiny.yaml").write_text(text)
    (where / "02-late.yaml").write_text(text.replace("id: tiny", "id: late", 1))
    return where


def settings(where: Path, **changed: Any) -> Settings:
    """An open contest of an hour that began at noon."""
    usual = Settings("Kiosk cup", "contest", slots_of(where)[:1], start=NOON, end=NOON + 3600, hidden_seeds=5)
    return replace(usual, **changed)


def contest(folder: Path, **changed: Any) -> Contest:
    """A contest in a file of its own."""
    where = pack(folder / "pack")
    return Contest.create(folder / "contest.sqlite3", where, settings(where, **changed), NOON - 60)


def late(folder: Path, opens: float) -> tuple[Slot, ...]:
    """Both levels, the second of which opens later."""
    first, second = slots_of(pack(folder / "pack"))
    return first, replace(second, opens=opens)


def instructor(it: Contest) -> Who:
    return it.authenticate(it.instructor)


def player(it: Contest, name: str = "Ann", team: str = "Blue", team_code: str = "", key: str = "") -> Who:
    """Somebody who has joined."""
    given = it.join(it.code, name, team, team_code, key or uuid.uuid4().hex, NOON)
    return it.authenticate(str(given["token"]))


def design(it: Contest, *do: str, slot: str = "kiosks:tiny") -> Design:
    level = it.levels.by_slot[slot]
    return Design(level.id, do or WINNING, level.digest)


def hand_in(it: Contest, who: Who, *do: str, at: float = NOON + 1, slot: str = "kiosks:tiny") -> dict[str, Any]:
    told, new = it.submit(who, str(uuid.uuid4()), design(it, *do, slot=slot), "", at)
    assert new
    return told


class AtOnce(Executor):
    """Does what it is given at once, in this process."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def judge_all(it: Contest, now: float = NOON + 2) -> None:
    """Judges what waits."""
    referee = Referee(it, AtOnce(), clock=lambda: now)
    referee._gather()
    while it.pending(hidden=False) or it.pending(hidden=True):
        referee._round()
