"""What can be set on everything that calls others: how it comes by connections."""

from __future__ import annotations

from scalegame.design.kinds import Parameter, about, choice, number, whole
from scalegame.design.model import Component
from scalegame.units import Dimension

#: How a caller comes by a connection.
REUSES = ("always", "pool", "never")

_ALL = (
    choice(
        "connect.reuse", "Whether connections are there already, kept in a pool, or made for each call.", REUSES
    ),
    whole("connect.pool", "Connections that each machine has to each card at most, in a pool.", 10, 1, 10_000),
    number(
        "connect.idle",
        "How long one that nobody uses is kept in the pool; none: for ever.",
        60.0,
        Dimension.TIME,
        1e-3,
        86_400.0,
        optional=True,
    ),
    number(
        "connect.wait",
        "How long a call waits for one from the pool before it is refused; none: for ever.",
        1.0,
        Dimension.TIME,
        1e-6,
        86_400.0,
        optional=True,
    ),
    whole("connect.tls", "Round trips that encryption adds to a new one.", 0, 0, 2),
    number(
        "connect.lookup",
        "How long it takes to look up the address before a new one; none: it is known.",
        None,
        Dimension.TIME,
        1e-6,
        60.0,
        optional=True,
    ),
)

CONNECT: tuple[Parameter, ...] = about("connections", *_ALL)


def check(component: Component) -> tuple[str, ...]:
    """Contradictions: where connections are always open, nothing is paid for opening one."""
    settings = component.settings
    if settings["connect.reuse"] != "always":
        return ()
    said = {"connect.tls": settings["connect.tls"] != 0, "connect.lookup": settings["connect.lookup"] is not None}
    return tuple(
        f"{name} is paid for opening a connection, and here all are open always: set connect.reuse=pool or never"
        for name, given in said.items()
        if given
    )
