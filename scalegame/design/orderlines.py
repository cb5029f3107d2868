"""Lines of a log of orders as text: `at 12.5 s: scale web 4`. What an order means, the simulation knows."""

from __future__ import annotations

import re

from scalegame.errors import ScalegameError, quoted
from scalegame.units import Dimension, parse

#: Orders in one log.
MOST_ORDERS = 100
#: An order is no longer than this, without its time.
LONGEST = 120

_LINE = re.compile(r"at (?P<at>[^:]{1,40}): *(?P<command>.+)")


def split(text: str) -> tuple[float, str]:
    """The time of an order, simulated seconds, and what is ordered.

    Raises:
        ScalegameError: It is no line of a log. What is ordered is not looked at.
    """
    match = _LINE.fullmatch(" ".join(text.split())) if len(text) <= LONGEST + 50 else None
    if match is None:
        raise ScalegameError(
            "Not an order", f'{quoted(text)} is not an order: write it like "at 12 s: scale web 4"'
        )
    return parse(match["at"], Dimension.TIME), match["command"]
