"""The seeds that a competition is judged on: nobody can work them out who does not know its secret."""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import lru_cache

from scalegame.errors import ScalegameError
from scalegame.levels.model import PLAY_SEEDS, Level, seeds_of

PLAY = "play"
"""Name of the set of the seeds that everybody plays on."""

#: Of the seeds that are known to everybody, this many of each purpose are never hidden ones.
_KNOWN = 1000
_SECRET = re.compile(r"[0-9a-f]{32}")


def secret() -> str:
    """Draws a new secret: 128 bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def checked(text: str) -> str:
    """A secret that somebody wrote down, in the form that `secret` gives it.

    Raises:
        ScalegameError: It is none. What was written is not repeated in the message: it may be one in part.
    """
    given = text.strip().lower()
    if _SECRET.fullmatch(given) is None:
        message = "a secret has 32 digits from 0 to 9 and a to f, and without one a new one is drawn"
        raise ScalegameError("Not a secret", f"{message} (this one has {len(given)} characters)")
    return given


def hidden(secret: str, level_own: str, count: int) -> tuple[int, ...]:
    """The seeds of a level that follow from a secret.

    Args:
        secret: 32 hexadecimal digits.
        level_own: Own id of the level (`Level.own`): levels do not share seeds.
        count: How many.

    Returns:
        Different whole numbers below 2**63, none of which is a play or proof seed of the level; the first ones
        do not depend on `count`.

    Raises:
        ScalegameError: The secret is none.
    """
    key, known = bytes.fromhex(checked(secret)), _known(level_own)
    found: dict[int, None] = {}
    number = 0
    while len(found) < count:
        digest = hashlib.blake2b(f"{level_own}/hidden/{number}".encode(), digest_size=8, key=key).digest()
        seed = int.from_bytes(digest, "big") >> 1
        if seed not in known:
            found[seed] = None
        number += 1
    return tuple(found)


def play(level: Level) -> tuple[int, ...]:
    """The seeds of a level that the game itself plays on; their set is called `PLAY`."""
    return level.seeds("play", PLAY_SEEDS)


def fingerprint(secret: str, count: int) -> str:
    """Name of the set of so many seeds that follow from a secret, for all levels: `1f0c…e2-20`.

    Two sets of one name are the same. The name says nothing about the seeds.

    Raises:
        ScalegameError: The secret is none.
    """
    key = bytes.fromhex(checked(secret))
    name = hashlib.blake2b(b"name of the set", digest_size=6, key=key, person=b"scalegame").hexdigest()
    return f"{name}-{count}"


@lru_cache(maxsize=64)
def _known(level_own: str) -> frozenset[int]:
    return frozenset(seed for purpose in ("play", "proof") for seed in seeds_of(level_own, purpose, _KNOWN))
