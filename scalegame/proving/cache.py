"""Runs that were made before, kept by what decides them: so a proof goes on where it was interrupted.

The key of a run is a hash of everything that decides it (the scenario, what is measured, the seed, the engine's
source, Python, numpy, platform). A threshold or a price tag that no run looks at may change: the run is the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path

from platformdirs import user_cache_dir

from scalegame.levels.model import Level
from scalegame.proving.certificate import engine_hash
from scalegame.proving.model import Sample
from scalegame.simulation.measure import versions
from scalegame.simulation.scenario import Scenario

#: Runs that are kept; about 1 KB each.
MOST_RUNS = 200_000
#: Seconds to wait for another proof that is writing.
PATIENCE = 5.0
#: Changes when what a row means does: older rows are then never found.
_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs
    (key BLOB PRIMARY KEY, sample TEXT NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_number ON runs (number);
"""


def default_path() -> Path:
    """The file of the cache: in the folder `cache` of `SCALEGAME_HOME` if that is set, else where caches are."""
    home = os.environ.get("SCALEGAME_HOME")
    folder = Path(home) / "cache" if home else Path(user_cache_dir("scalegame", appauthor=False))
    return folder / "runs.sqlite3"


def content_of(level: Level, scenario: Scenario) -> bytes:
    """What decides a design's runs and what is measured of them, besides the seed; targets are not in it."""
    measured = [(o.scope, o.metric, o.statistic, o.dimension) for o in level.objectives]
    text = json.dumps([_FORMAT, engine_hash(), _plain(versions()), _plain(scenario), _plain(measured)])
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _plain(value: object) -> object:
    """Plain data in one order, with the names of types: what is not the same is not written the same."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return [repr(value)]
        case Enum():
            return [type(value).__name__, value.name]
        case Mapping():
            return {"": [[_plain(key), _plain(item)] for key, item in value.items()]}
        case tuple() | list():
            return [0, *map(_plain, value)]
        case frozenset() | set():
            return [1, *sorted(map(_plain, value), key=repr)]
    if is_dataclass(value):
        return {type(value).__name__: [_plain(getattr(value, field.name)) for field in fields(value)]}
    raise TypeError(f"no part of a run: {value!r}")


class Cache:
    """The runs that are known. Nothing here raises for the state of a disk: without it, runs are made anew.

    Attributes:
        path: The file; None: nothing is kept.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._db: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._open(path)
        except (OSError, sqlite3.Error):
            # What is in a cache can be made again: one that cannot be read begins anew.
            with suppress(OSError, sqlite3.Error):
                for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                    name.unlink(missing_ok=True)
                self._db = self._open(path)

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.executescript(_SCHEMA)
            db.execute("SELECT key, sample, number FROM runs LIMIT 1").fetchall()
        except sqlite3.Error:
            db.close()
            raise
        return db

    def get(self, content: bytes, seed: int) -> Sample | None:
        """The run of this content and seed, if it was made before."""
        if self._db is None:
            return None
        try:
            row = self._db.execute("SELECT sample FROM runs WHERE key = ?", (_key(content, seed),)).fetchone()
            return None if row is None else _read(row[0], seed)
        except (sqlite3.Error, ValueError, TypeError, KeyError):
            return None

    def put(self, content: bytes, sample: Sample) -> None:
        """Keeps a run."""
        if self._db is None:
            return
        with suppress(sqlite3.Error):
            self._db.execute(
                "INSERT OR REPLACE INTO runs SELECT ?, ?, COALESCE(MAX(number), 0) + 1 FROM runs",
                (_key(content, sample.seed), _written(sample)),
            )

    def close(self) -> None:
        """Lets the oldest go where there are too many, and closes the file."""
        if self._db is None:
            return
        with suppress(sqlite3.Error):
            self._db.execute(
                "DELETE FROM runs WHERE number <= (SELECT number FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (MOST_RUNS,),
            )
        self._db.close()
        self._db = None


def _key(content: bytes, seed: int) -> bytes:
    return hashlib.blake2b(content + str(seed).encode(), digest_size=16).digest()


def _written(sample: Sample) -> str:
    # NaN is written, as Python's JSON does it: nobody else reads this.
    return json.dumps([sample.values, sample.counts, sample.cost, sample.ended, dict(sample.versions)])


def _read(text: str, seed: int) -> Sample:
    values, counts, cost, ended, known = json.loads(text)
    return Sample(
        seed=seed,
        values=tuple(float(value) for value in values),
        counts=tuple(None if pair is None else (int(pair[0]), int(pair[1])) for pair in counts),
        cost=float(cost),
        ended=str(ended),
        versions={str(key): str(value) for key, value in known.items()},
    )


def with_effort(level: Level, sample: Sample, effort: float) -> Sample:
    """The run with the hours of its design: they are not the run's, so they are never taken from a cache."""
    pairs = zip(level.objectives, sample.values, strict=True)
    return replace(sample, values=tuple(effort if o.metric == "effort" else value for o, value in pairs))
