"""What a level allows: the rules that players, solutions and decoys all obey (pure data)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scalegame.design.conditions import Freedom
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board, Setting
from scalegame.design.world import DataSet, Program, Project, Size


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Which values a player may give a parameter.

    Attributes:
        low: Least number, in base units; None where `values` says it all.
        high: Largest number.
        values: The values to choose from, in order; empty for a range of numbers.
        effort: Hours that a change away from the board as found costs.
    """

    low: float | None = None
    high: float | None = None
    values: tuple[Setting, ...] = ()
    effort: float = 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """Something in the palette that a player can add.

    Attributes:
        name: On the palette and the typed line (`add cache`).
        kind: Of the component that it makes.
        most: How many of it may be on the board at once.
        places: Where it may stand, the default first.
        settings: All its parameters as it comes.
        adjust: What of it may be changed, by parameter name.
        effort: Hours that adding one costs.
    """

    name: str
    kind: str
    most: int
    places: tuple[str, ...]
    settings: Mapping[str, Setting]
    adjust: Mapping[str, Adjustment] = field(default_factory=dict)
    effort: float = 0.0


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that edits and checks need to know of a level.

    Attributes:
        kinds: The registry of kinds of component.
        found: The board as the player finds it.
        sizes: Machines for sale.
        places: Names of places.
        data: Data sets.
        programs: Software, before any project.
        workloads: The operations that each workload asks for, by its name.
        palette: What can be added.
        adjust: What may be changed on components found on the board: id, then parameter name.
        fixed: Ids of components that can be neither removed nor changed (their wires can).
        kept: Ids of components that cannot be removed, since the level's faults name them.
        projects: What can be bought.
        linked: Ordered pairs of places between which messages can go; within a place they always can.
            None: between any two.
        most_components: Bound on the size of a board.
        most_wires: The same for wires.
        freedom: How players change traffic, faults and goals; None: the level decides them.
    """

    kinds: Kinds
    found: Board
    sizes: Mapping[str, Size]
    places: tuple[str, ...]
    data: Mapping[str, DataSet]
    programs: Mapping[str, Program]
    workloads: Mapping[str, tuple[str, ...]]
    palette: Mapping[str, Item] = field(default_factory=dict)
    adjust: Mapping[str, Mapping[str, Adjustment]] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    projects: Mapping[str, Project] = field(default_factory=dict)
    linked: frozenset[tuple[str, str]] | None = None
    most_components: int = 60
    most_wires: int = 200
    freedom: Freedom | None = None

    @property
    def names(self) -> Mapping[str, Mapping[str, object]]:
        """What exists, by the keys that `Parameter.names` uses."""
        return {
            "sizes": self.sizes,
            "places": dict.fromkeys(self.places),
            "data": self.data,
            "programs": self.programs,
            "workloads": self.workloads,
        }
