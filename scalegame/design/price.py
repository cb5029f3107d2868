"""What a design costs: money per hour, hours of work, and how many parts it has."""

from __future__ import annotations

import math

from scalegame.design.model import Board, Component
from scalegame.design.projects import bought, in_force
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import adjustments, as_it_came
from scalegame.errors import ScalegameError


def cost(board: Board, rulebook: Rulebook) -> float:
    """Dollars per hour of everything on the board and of what the projects bought add.

    Charges per use are not in it: only a run knows them.
    """
    try:
        now, _, _ = in_force(board, rulebook)
    except ScalegameError:
        # A board that cannot start has a price all the same: the one on its cards.
        now = board
    return math.fsum(card(thing, rulebook) for thing in now) + math.fsum(
        project.price for project in bought(board, rulebook)
    )


def card(thing: Component, rulebook: Rulebook) -> float:
    """Dollars per hour of one card, all its replicas."""
    return rulebook.kinds[thing.kind].price(thing, rulebook.sizes)


def effort(found: Board, board: Board, rulebook: Rulebook) -> float:
    """Hours of work from one board to the other.

    Counted are the projects bought, everything added, and every parameter that is not as it was found, or
    as it comes from the palette, where the level gives these hours. Wires, and what is removed, are free.

    Args:
        found: The board as found.
        board: What the player made of it.
        rulebook: Of the level.
    """
    hours = [project.effort for project in bought(board, rulebook) if project.id not in found.projects]
    for thing in board:
        before = found.components.get(thing.id)
        kept = before is not None and (before.item, before.kind) == (thing.item, thing.kind)
        came = before.settings if kept and before is not None else as_it_came(thing, rulebook)
        if not kept and thing.item is not None:
            hours.append(rulebook.palette[thing.item].effort)
        hours += [
            adjustment.effort
            for name, adjustment in adjustments(thing, rulebook).items()
            if thing.settings.get(name) != came.get(name)
        ]
    return math.fsum(hours)


def parts(board: Board, rulebook: Rulebook) -> int:
    """How many machines there are to look after, of all that answers; who only asks is not one."""
    kinds = rulebook.kinds
    return sum(kinds[thing.kind].machines(thing) for thing in board if kinds[thing.kind].roles)
