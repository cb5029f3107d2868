"""What the server of guests is told."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """What it needs to know; one line of JSON between the two processes.

    Attributes:
        server: Address of the competition's server, as seen from this machine.
        ca: Certificate to trust there; None: those that the system trusts.
        board: Address of the board, for people.
        code: Join code of the competition.
        title: Of the competition.
        groups: Who hands in together: individuals, pairs or teams.
        folder: For what guests play.
        most: Games at the same time.
        host: Address of this machine to listen at.
        port: Of the competition; one of the next is taken.
        names: That this machine is called by.
        tls: Certificate and key, to encrypt everything; None: it is not.
    """

    server: str
    ca: str | None
    board: str
    code: str
    title: str
    groups: str
    folder: str
    most: int
    host: str
    port: int
    names: tuple[str, ...] = ()
    tls: tuple[str, str] | None = None

    def line(self) -> bytes:
        """As it is told."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Setting:
        """What was told."""
        told = json.loads(line)
        told["names"] = tuple(told["names"])
        told["tls"] = None if told["tls"] is None else (told["tls"][0], told["tls"][1])
        return cls(**told)
