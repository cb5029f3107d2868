"""A competition: its rules as calls, each with the moment at which it is made. Nothing here knows of a network."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path

from scalegame import ENGINE
from scalegame.competition.judging import seeds
from scalegame.competition.model.settings import Settings
from scalegame.competition.referee import keeping, names
from scalegame.competition.referee.base import as_json
from scalegame.competition.referee.joining import Joining
from scalegame.competition.referee.judging import Judging
from scalegame.competition.referee.levelset import Levels
from scalegame.competition.referee.polling import Polling
from scalegame.competition.referee.recording import Recording
from scalegame.competition.store.store import Store
from scalegame.errors import ScalegameError


class Contest(Joining, Polling, Judging, Recording):
    """All of it. May be used by several threads.

    What it raises is a `Refusal` where a rule says no, and another `ScalegameError` where what somebody sent is
    wrong; whatever returns is on the disk.

    Attributes:
        instructor: The instructor's token, right after the competition was made; later "": only its hash is kept.
    """

    def __init__(self, store: Store, levels: Levels, instructor: str = "") -> None:
        """Takes an open file and its levels."""
        super().__init__(store, levels)
        self._worked_out = {}
        self._working = threading.Lock()
        self.instructor = instructor

    @classmethod
    def create(cls, path: Path, pack: Path, settings: Settings, now: float) -> Contest:
        """Makes a competition.

        Args:
            path: Its file, which is not there yet.
            pack: The folder of its levels.
            settings: How it is held.
            now: Unix time.

        Raises:
            ScalegameError: The file is there, or something is wrong with the pack or its levels.
        """
        levels = Levels(pack, settings.slots)
        store = Store(path, new=True)
        key = names.key()
        facts = {
            "id": uuid.uuid4().hex,
            "code": names.code(6),
            "instructor": names.hashed(key),
            "secret": seeds.secret(),
            "engine": ENGINE,
            "settings": keeping.dumps(settings),
            "levels": as_json({slot: level.digest for slot, level in levels.by_slot.items()}),
        }
        with store.writing():
            for name, value in facts.items():
                store.keep_fact(name, value)
            store.log(now, "server", "made", settings.title)
        return cls(store, levels, f"i.{key}")

    @classmethod
    def open(cls, path: Path, pack: Path) -> Contest:
        """Goes on with a competition.

        Raises:
            ScalegameError: There is no such file, or the pack does not have its levels as they were at the start.
        """
        store = Store(path)
        if not store.fact("settings"):
            store.close()
            message = f"{path} was never finished: delete it, and start anew"
            raise ScalegameError("No competition", message)
        try:
            levels = Levels(pack, keeping.loads(store.fact("settings")).slots)
            _check_same(levels, json.loads(store.fact("levels")))
        except BaseException:
            store.close()
            raise
        return cls(store, levels)

    def check(self) -> list[str]:
        """What is wrong with the file; empty if nothing is."""
        return self.store.problems()

    def close(self) -> None:
        """Closes the file."""
        self.store.close()


def _check_same(levels: Levels, digests: Mapping[str, str]) -> None:
    for slot, level in levels.by_slot.items():
        if digests.get(slot) != level.digest:
            message = (
                f"{slot} has changed since this competition began, and what was won on it would not count any "
                "more: put the level back as it was, or hold another competition with another --db"
            )
            raise ScalegameError("Another level", message)
