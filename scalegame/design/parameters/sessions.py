"""What can be set on what a service keeps of its users between requests."""

from __future__ import annotations

from scalegame.design.distributions import constant
from scalegame.design.kinds import Parameter, choice, number, spread
from scalegame.units import Dimension

SESSIONS: tuple[Parameter, ...] = (
    choice(
        "sessions.kept",
        "Where it keeps what it knows of a user: in its own memory, in a store, or signed at the client.",
        ("memory", "store", "client"),
    ),
    number("sessions.bytes", "How large that is for each user.", 4000.0, Dimension.SIZE, 1.0, 1e9),
    spread("sessions.work", "At the client: what checking or making a signature takes of a core.", constant(0.0)),
)
