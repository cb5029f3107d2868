"""What was joined: a folder for each competition, with its token, its levels, and what is on its way to it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from scalegame.competition.client.remote import Address, Remote
from scalegame.errors import ScalegameError
from scalegame.files import rewrite
from scalegame.levels import packfile, packs
from scalegame.levels.packinstall import unpack
from scalegame.progress.files import default_path

_FILE = "membership.json"
_PACK = "pack"
MOST = 100
"""Competitions that are looked at."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A competition that was joined.

    Attributes:
        id: Of the competition.
        title, mode: As the server says.
        secure, host, port, ca: Where the server is; see `Address`.
        token: Who we are there.
        player, team: Names.
        team_code: With which others enter the team.
        joined: Unix time.
    """

    id: str
    title: str
    mode: str
    secure: bool
    host: str
    port: int
    ca: str | None
    token: str
    player: str
    team: str
    team_code: str
    joined: float

    @property
    def address(self) -> Address:
        """Where the server is."""
        return Address(self.secure, self.host, self.port, self.ca)

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return home() / self.id

    @property
    def pack(self) -> Path:
        """The folder of its levels; it may not be there yet."""
        return self.folder / _PACK

    def remote(self) -> Remote:
        """Its server, which knows us."""
        return Remote(self.address, self.token)


def home() -> Path:
    """Where competitions are kept: beside the saves."""
    return default_path().parent / "contests"


def keep(membership: Membership) -> None:
    """Keeps a membership; nobody else on this machine may read it.

    Raises:
        ScalegameError: It cannot be written.
    """
    try:
        membership.folder.mkdir(parents=True, exist_ok=True)
        membership.folder.chmod(0o700)
        path = membership.folder / _FILE
        if not path.exists():
            path.touch(0o600)
    except OSError as error:
        message = f"{membership.folder} cannot be written: {(error.strerror or 'for some reason').lower()}"
        raise ScalegameError("Not kept", message) from None
    rewrite(path, json.dumps(asdict(membership), indent=1) + "\n")


def joined() -> tuple[Membership, ...]:
    """Competitions that were joined, the latest first; what cannot be read is left out."""
    found = []
    try:
        folders = sorted(home().iterdir())[:MOST]
    except OSError:
        return ()
    for folder in folders:
        try:
            found.append(_read(folder))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            continue
    return tuple(sorted(found, key=lambda one: -one.joined))


def of_level(level: str, digest: str) -> Membership | None:
    """The latest competition that has this very level; None: none has."""
    own = level.rpartition(":")[2]
    for membership in joined():
        for id, known in level_digests(membership).items():
            if known == digest and id.rpartition(":")[2] == own:
                return membership
    return None


def level_digests(membership: Membership) -> Mapping[str, str]:
    """Hashes of the levels of a competition by their ids, as they were told when its levels came."""
    try:
        data = json.loads((membership.folder / "levels.json").read_text("utf-8"))
        return {str(id): str(digest) for id, digest in data.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def keep_levels(membership: Membership, text: str, digests: Mapping[str, str]) -> None:
    """Keeps the levels of a competition, whole or not at all.

    Args:
        membership: Of it.
        text: Of the `.scalepack`, as the server gave it: it is checked as anything from strangers.
        digests: Hashes of its levels by their ids.

    Raises:
        ScalegameError: It is no pack, or it cannot be written; what was there is still there.
    """
    packed = packfile.loads(text, f"the levels of {membership.title}")
    try:
        temporary = Path(tempfile.mkdtemp(prefix=".pack-", dir=membership.folder))
        try:
            unpack(packed, temporary)
            # Read as lists read them: what is wrong with one is told when it is opened.
            packs.index(temporary)
            before = membership.folder / ".before"
            shutil.rmtree(before, ignore_errors=True)
            if membership.pack.exists():
                membership.pack.rename(before)
            temporary.rename(membership.pack)
            shutil.rmtree(before, ignore_errors=True)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        message = (
            f"the levels cannot be kept in {membership.folder}: {(error.strerror or 'for some reason').lower()}"
        )
        raise ScalegameError("Not kept", message) from None
    rewrite(membership.folder / "levels.json", json.dumps(dict(digests), indent=1) + "\n")


def _read(folder: Path) -> Membership:
    path = folder / _FILE
    if path.is_symlink() or path.stat().st_size > 64 * 1024:
        raise ValueError("not ours")
    data = json.loads(path.read_text("utf-8"))
    found = Membership(**data)
    if found.id != folder.name or os.sep in found.id:
        raise ValueError("not ours")
    return found
