"""What was judged before, kept beside the grades: so grading goes on where it was interrupted."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from scalegame.competition.model import judgement
from scalegame.competition.model.judgement import Judgement
from scalegame.errors import ScalegameError
from scalegame.proving.certificate import engine_hash

_TABLE = """
CREATE TABLE IF NOT EXISTS judgements
    (digest TEXT, key TEXT, engine TEXT, seeds TEXT, content TEXT NOT NULL,
     PRIMARY KEY (digest, key, engine, seeds)) WITHOUT ROWID
"""


class Records:
    """Judgements by level, design, engine and set of seeds."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it.

        Raises:
            ScalegameError: It cannot be used.
        """
        self._path = path
        try:
            self._db = sqlite3.connect(path)
            self._db.execute(_TABLE)
            self._db.commit()
        except sqlite3.Error as error:
            raise ScalegameError(
                "Not opened", f"{path} cannot be used: {error}; delete it to begin anew"
            ) from None

    def find(self, digest: str, key: str, seeds: str) -> Judgement | None:
        """What was judged with the engine that is here; None: nothing was, or it cannot be read any more."""
        row = self._db.execute(
            "SELECT content FROM judgements WHERE digest = ? AND key = ? AND engine = ? AND seeds = ?",
            (digest, key, engine_hash(), seeds),
        ).fetchone()
        if row is None:
            return None
        try:
            return judgement.from_data(json.loads(row[0]))
        except (ValueError, ScalegameError):
            return None

    def keep(self, key: str, found: Judgement) -> None:
        """Keeps a judgement.

        Raises:
            ScalegameError: It cannot be written.
        """
        text = json.dumps(judgement.to_data(found), ensure_ascii=False, allow_nan=False)
        try:
            with self._db:
                self._db.execute(
                    "INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?)",
                    (found.digest, key, engine_hash(), found.seeds, text),
                )
        except sqlite3.Error as error:
            raise ScalegameError("Not kept", f"{self._path} cannot be written: {error}") from None

    def others(self) -> int:
        """How many judgements another engine made: they do not count here."""
        (count,) = self._db.execute(
            "SELECT COUNT(*) FROM judgements WHERE engine != ?", (engine_hash(),)
        ).fetchone()
        return int(count)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
