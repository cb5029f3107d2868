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
FORMAT = 1
#: Rooms whose source decides what a run measures and what comes of it.
ENGINE = ("components", "design", "simulation", "verdict")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}(@[A-Za-z0-9][A-Za-z0-9_-]{0,39})?")


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
    """Hash of what the level's author declares: its attempts, what the level is about, and what may win."""
    declared = [(a.name, a.do, a.wins, a.loses, *filter(None, (a.live,))) for a in level.attempts]
    about = [list(level.mechanism), sorted(level.accepts.items())]
    text = json.dumps([declared, about], ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def certificate(proof: Proof, level: Level) -> dict[str, object]:
    """The proof of a level with the hashes that it is valid for."""
    head = {"format": FORMAT, "engine": engine_hash(), "declared": attempts_hash(level)}
    # By its own name: where its pack is, and what that is called, is not the level's.
    return {**head, **as_json(proof), "level": level.own}


def estimated_difficulty(level: Path, own: str) -> int | None:
    """What the certificate of a level says about how hard it is; None without one.

    Nothing is checked: the level may have changed since.

    Args:
        level: Its file.
        own: Its own id.
    """
    given = _read(certificates_of(level) / f"{own}.json") if _ID.fullmatch(own) else None
    found = given.get("difficulty") if given else None
    estimate = found.get("estimated") if isinstance(found, dict) else None
    return estimate if isinstance(estimate, int) and 1 <= estimate <= 5 else None


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
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{level.own}-", suffix=".tmp")
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
    if not _ID.fullmatch(level.own):
        raise ScalegameError("Not a file name", f"no certificate for {quoted(level.own)}: its id is no file name")
    if folder is None:
        if not level.source:
            raise ScalegameError("No file", f"no certificate for {level.own}: it was not read from a file")
        folder = certificates_of(Path(level.source))
    return folder / f"{level.own}.json"


def read_certificate(level: Level, folder: Path | None = None) -> Mapping[str, object] | None:
    """The level's certificate; None if there is none, one of another format, or nothing that can be read."""
    try:
        path = certificate_path(level, folder)
    except ScalegameError:
        return None
    return _read(path)


def certificates_of(level: Path) -> Path:
    """The folder with a level's certificate: beside the chapters' folders, or beside a small pack's levels."""
    home = level.parent
    return (home if (home / "pack.yaml").is_file() else home.parent) / "certificates"


def _read(path: Path) -> Mapping[str, object] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and data.get("format") == FORMAT else None


def is_current(level: Level, given: Mapping[str, object] | None) -> bool:
    """Whether a certificate is a full proof of this very level by this very engine."""
    return (
        given is not None
        and given.get("format") == FORMAT
        and given.get("level") == level.own
        and given.get("digest") == level.digest
        and given.get("engine") == engine_hash()
        and given.get("declared") == attempts_hash(level)
        and given.get("full") is True
        and given.get("proved") is True
    )
