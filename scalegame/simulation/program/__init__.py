"""Programs at run time: each family of steps is compiled by a module of its own, one behaviour a replica.

A family lists what it compiles in `COMPILERS`, by type of step.
"""

from __future__ import annotations

from scalegame.simulation.part import Part, Replica
from scalegame.simulation.program import calls, data, fan, locks, sessions, work
from scalegame.simulation.program.here import Compiled, Here
from scalegame.simulation.program.joining import joined

FAMILIES = (work, data, calls, fan, locks, sessions)


def here(part: Part, replica: Replica, operation: str) -> Here:
    """Where the steps of an operation are compiled, for one replica of a card."""
    compilers = {step: compiler for family in FAMILIES for step, compiler in family.COMPILERS.items()}
    return Here(part, replica, operation, compilers, joined)


__all__ = ["Compiled", "Here", "here"]
