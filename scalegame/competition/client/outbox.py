"""Designs on their way to the server: each is a file from the moment it is handed in until the server has it.

A design is sent under a number of its own, as often as it takes. The server knows the number, so that one which
was heard and not answered is not counted twice.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from scalegame.design.designfile import Design, from_data, to_data
from scalegame.errors import ScalegameError
from scalegame.files import rewrite

State = Literal["waiting", "sent", "refused"]

MOST = 5000
"""Designs that are kept for one competition."""

_LARGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Item:
    """A design that was handed in here.

    Attributes:
        uuid: Its number.
        made: When it was handed in, by the clock of this machine (Unix time).
        local: The same for people (ISO 8601).
        design: What was handed in.
        state: Whether it waits, the server has it, or the server does not want it.
        told: What the server said: why it refuses it, or why it has to wait.
        tries: How often it was sent.
        after: Not to be sent before (Unix time).
    """

    uuid: str
    made: float
    local: str
    design: Design
    state: State = "waiting"
    told: str = ""
    tries: int = 0
    after: float = 0.0


class Outbox:
    """The designs of one competition, in the order in which they were handed in."""

    def __init__(self, folder: Path) -> None:
        """Takes a folder, which need not be there yet."""
        self.folder = folder

    def add(self, design: Design, now: float) -> Item:
        """Keeps a design to be sent: when this returns it is on the disk.

        Raises:
            ScalegameError: It cannot be written.
        """
        local = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(now))
        item = Item(uuid.uuid4().hex, now, local, design)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"{self.folder} cannot be made: {(error.strerror or 'for some reason').lower()}"
            raise ScalegameError("Not kept", message) from None
        self.keep(item)
        return item

    def keep(self, item: Item) -> None:
        """Keeps what has become of one.

        Raises:
            ScalegameError: It cannot be written; what was known before is still known.
        """
        data = {**asdict(item), "design": to_data(item.design)}
        rewrite(self._path(item), json.dumps(data, ensure_ascii=False, indent=1) + "\n")

    def items(self) -> tuple[Item, ...]:
        """All of them, the first one first; a file that is not one of ours is left out."""
        try:
            paths = sorted(self.folder.glob("*.json"))[:MOST]
        except OSError:
            return ()
        return tuple(item for item in map(_read, paths) if item is not None)

    def waiting(self) -> tuple[Item, ...]:
        """Those that the server does not have yet."""
        return tuple(item for item in self.items() if item.state == "waiting")

    def _path(self, item: Item) -> Path:
        return self.folder / f"{int(item.made * 1000):015d}-{item.uuid}.json"


def _read(path: Path) -> Item | None:
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
        data = json.loads(path.read_text("utf-8"))
        item = Item(**{**data, "design": from_data(data["design"])})
        known = item.state in ("waiting", "sent", "refused")
        return item if known and path.name.endswith(f"-{uuid.UUID(item.uuid).hex}.json") else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, ScalegameError):
        return None


def put_off(item: Item, told: str, now: float, seconds: float) -> Item:
    """The same, to be sent again after a while."""
    return replace(item, told=told, tries=item.tries + 1, after=now + seconds)
