"""Certificates: what was proved, of which level, by which engine – kept beside the levels."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from scalegame.errors import ScalegameError, quoted
from scalegame.levels.model import Level
from scalegame.proving.model import Proof
from scalegame.proving.report import as_json

#: Of certificates.
FORMAT = 0
#: Rooms whose source decides what a run measures and what comes of it.
ENGINE = ("components", "design", "simulation", "verdict")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


@cache
def engine_hash() -> str:
    """Hash of the source files that decide a run or a verdict (blake2b, 16 bytes, hexadecimal)."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=16)
    for room in ENGINE:
        for path in sorted((root / room).rglob("*.py"), key=lambda p: p.relative_to(root).as_posix()):
            name = path.relative_to(root).as_posix().encode()
            # A checkout may have changed the line ends, which changes nothing else.
            text = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(len(name).to_bytes(4, "big") + name + len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()


def attempts_hash(level: Level) -> str:
    """Hash of what the level's author declares: its attempts, and whether they win or lose by what."""
    declared = [(a.name, a.do, a.wins, a.loses, *filter(None, (a.live,))) for a in level.attempts]
    text = json.dumps(declared, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def certificate(proof: Proof, level: Level) -> dict[str, object]:
    """The proof of a level with the hashes that it is valid for."""
    return {"format": FORMAT, "engine": engine_hash(), "declared": attempts_hash(level), **as_json(proof)}


def write_certificate(level: Level, given: Mapping[str, object], folder: Path | None = None) -> Path:
    """Writes a certificate, whole or not at all.

    Args:
        level: The level that was proved.
        given: Its certificate.
        folder: Where; None: `certificates` beside the folders of the chapters.

    Returns:
        The file, `<id>.json`.

    Raises:
        ScalegameError: The level's id is no file name, the level has no file, or it cannot be written.
    """
    path = certificate_path(level, folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{level.id}-", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(given, file, indent=1, ensure_ascii=False, allow_nan=False)
                file.write("\n")
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise ScalegameError("Certificate not written", f"cannot write {path}: {reason}") from error
    return path


def certificate_path(level: Level, folder: Path | None = None) -> Path:
    """Where a level's certificate is kept.

    Raises:
        ScalegameError: The level's id is no file name, or the level has no file to be beside.
    """
    if not _ID.fullmatch(level.id):
        raise ScalegameError("Not a file name", f"no certificate for {quoted(level.id)}: its id is no file name")
    if folder is None:
        if not level.source:
            raise ScalegameError("No file", f"no certificate for {level.id}: it was not read from a file")
        folder = Path(level.source).parent.parent / "certificates"
    return folder / f"{level.id}.json"


def read_certificate(level: Level, folder: Path | None = None) -> Mapping[str, object] | None:
    """The level's certificate; None if there is none, or nothing that can be read."""
    try:
        data = json.loads(certificate_path(level, folder).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, ScalegameError):
        return None
    return data if isinstance(data, dict) else None


def is_current(level: Level, given: Mapping[str, object] | None) -> bool:
    """Whether a certificate is a full proof of this very level by this very engine."""
    return (
        given is not None
        and given.get("format") == FORMAT
        and given.get("level") == level.id
        and given.get("digest") == level.digest
        and given.get("engine") == engine_hash()
        and given.get("declared") == attempts_hash(level)
        and given.get("full") is True
        and given.get("proved") is True
    )
