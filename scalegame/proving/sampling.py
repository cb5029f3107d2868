"""Which levels a quick re-proof looks at: what changed, and a sample of the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from scalegame.levels.model import Level
from scalegame.proving.certificate import engine_hash, is_current, read_certificate

#: Levels with a current certificate that are proved all the same.
SAMPLE = 2


def sample(levels: Iterable[Level], most: int = SAMPLE) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    """Levels without a current certificate, and some of the others.

    The others are chosen by a hash of the engine's source, so that every change of the engine tests other levels,
    and the same sources always the same ones.

    Returns:
        Those to be proved in full, and those whose declared attempts are proved, losers on few seeds.
    """
    stale: list[Level] = []
    current: list[Level] = []
    for level in levels:
        (current if is_current(level, read_certificate(level)) else stale).append(level)
    return tuple(stale), tuple(sorted(current, key=_order)[:most])


def _order(level: Level) -> bytes:
    return hashlib.blake2b(f"{engine_hash()}/{level.own}".encode(), digest_size=8).digest()
