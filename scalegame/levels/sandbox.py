"""The sandbox: a level with an empty board, everything in its palette, and a world that players set."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from importlib import resources

from scalegame.design.conditions import Conditions
from scalegame.design.distributions import constant
from scalegame.design.kinds import Kind, Kinds, Parameter, Type, _Required, spread
from scalegame.design.model import Board, Setting
from scalegame.design.rulebook import Adjustment, Item, Rulebook
from scalegame.design.surroundings import Measure
from scalegame.levels.digest import digest_of
from scalegame.levels.freedom import OpenWorld, traffic_of
from scalegame.levels.live import Live, Permit
from scalegame.levels.load import loads
from scalegame.levels.model import Level
from scalegame.simulation.commands import VERBS
from scalegame.simulation.patterns import write_pattern
from scalegame.simulation.scenario import Open, Scenario, Workload
from scalegame.units import Dimension, write

#: Cards of one sort that the palette gives out; the board itself has its bound.
_MOST = 60
#: Levels under different conditions that are kept ready.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Sandbox(Level):
    """A level whose traffic, faults, goals and window are what its board says.

    Attributes:
        world: What the sentences on the board mean.
        ready: Levels made of boards lately, by what they depend on.
    """

    world: OpenWorld | None = None
    ready: dict[object, Level] = field(default_factory=dict, compare=False, repr=False)

    def under(self, board: Board) -> Level:
        """The level with the traffic, faults, goals and window of a board."""
        assert self.world is not None
        sent = frozenset(str(card.settings.get("sends")) for card in board)
        key = (board.conditions, frozenset(board.components), sent)
        if key not in self.ready:
            if len(self.ready) >= _KEPT:
                self.ready.clear()
            world, conditions = self.world, board.conditions
            self.ready[key] = replace(
                self,
                # Who is not on the board does not ask, and has no place in what is measured.
                workloads=world.sent(board),
                faults=tuple(world.fault(text, board) for text in conditions.faults),
                objectives=tuple(world.objective(text) for text in conditions.goals),
                window=world.window(conditions),
            )
        return self.ready[key]

    def scenario(self, board: Board) -> Scenario:
        """The run that a board asks for, under the conditions on it."""
        return Level.scenario(self.under(board), board)


def sandbox(kinds: Kinds) -> Sandbox:
    """The sandbox.

    Args:
        kinds: The registry of kinds of component: each of them is in the palette.
    """
    text = resources.files("scalegame.levels").joinpath("sandbox.yaml").read_text(encoding="utf-8")
    base = loads(text, "sandbox.yaml", kinds)
    world = OpenWorld(base.workloads, base.rulebook.programs, base.network.places, base.window.grace, kinds)
    conditions = Conditions(
        traffic=tuple(world.tidy_traffic(traffic_of(w, _arrivals(w))) for w in base.workloads.values()),
        goals=tuple(sorted(objective.text for objective in base.objectives)),
        measure=Measure(write(base.window.start, Dimension.TIME), write(base.window.end, Dimension.TIME)),
    )
    rulebook = replace(
        base.rulebook,
        found=Board(conditions=conditions),
        palette=_palette(base.rulebook),
        adjust={},
        fixed=frozenset(),
        freedom=world,
    )
    parts = {f.name: getattr(base, f.name) for f in fields(base)}
    parts |= {"chapter": 0, "position": 0, "source": "", "rulebook": rulebook}
    # Whatever can be done to a run may be done here.
    parts["live"] = Live(tuple(Permit(verb) for verb in VERBS))
    level = Sandbox(**parts, world=world)
    made = digest_of(level)
    assert isinstance(made, Sandbox)
    return made


def _arrivals(workload: Workload) -> str:
    """The arrivals of a workload as players write them."""
    arrivals = workload.arrivals
    if isinstance(arrivals, Open):
        return ("constant " if arrivals.process == "constant" else "") + write_pattern(arrivals.pieces)
    think = spread("think", "").write(arrivals.think)
    return f"{arrivals.clients} clients, think {think}, pause {write(arrivals.pause, Dimension.TIME)}"


def _palette(rulebook: Rulebook) -> dict[str, Item]:
    """Everything: who asks, the items of the file, and each kind that none of these is of."""
    asking = rulebook.found
    items = {
        card.id: Item(card.id, card.kind, 1, (card.at, *_others(card.at, rulebook)), card.settings, {})
        for card in asking
    }
    for item in rulebook.palette.values():
        adjust = _everything(rulebook.kinds[item.kind], rulebook)
        items[item.name] = replace(item, most=_MOST, adjust=adjust)
    there = {item.kind for item in items.values()}
    for kind in rulebook.kinds.values():
        settings = None if kind.name in there else _settings(kind, rulebook)
        if settings is not None:
            places = next(item.places for item in rulebook.palette.values())
            name = kind.name
            items[name] = Item(name, kind.name, _MOST, places, settings, _everything(kind, rulebook))
    return items


def _others(place: str, rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(other for other in rulebook.places if other != place)


def _settings(kind: Kind, rulebook: Rulebook) -> dict[str, Setting] | None:
    """A kind as it comes, something sensible where it has no default; None where there is nothing to choose."""
    settings: dict[str, Setting] = {}
    for parameter in kind.parameters:
        value = _first(parameter, rulebook) if isinstance(parameter.default, _Required) else parameter.default
        if value is None and not parameter.optional:
            return None
        settings[parameter.name] = value
    return settings


def _first(parameter: Parameter, rulebook: Rulebook) -> Setting:
    match parameter.type:
        case Type.NAME:
            return next(iter(rulebook.names.get(parameter.names, ())), None)
        case Type.CHOICE:
            return parameter.choices[0]
        case Type.NUMBER:
            value = min(max(1.0, parameter.low), parameter.high)
            return int(value) if parameter.whole else value
        case Type.TEXT:
            return None
        case Type.DISTRIBUTION:
            return constant(0.001, parameter.dimension)


def _everything(kind: Kind, rulebook: Rulebook) -> dict[str, Adjustment]:
    """Every parameter of a kind, as far as it goes."""
    found = {}
    for parameter in kind.parameters:
        match parameter.type:
            case Type.NUMBER:
                # From minus infinity: "none" is in the range, where there is such a value.
                low = -math.inf if parameter.optional else parameter.low
                found[parameter.name] = Adjustment(low=low, high=parameter.high)
            case Type.CHOICE:
                found[parameter.name] = Adjustment(values=parameter.choices)
            case Type.NAME:
                names: tuple[Setting, ...] = tuple(rulebook.names.get(parameter.names, ()))
                found[parameter.name] = Adjustment(values=(*names, None) if parameter.optional else names)
            case Type.DISTRIBUTION | Type.TEXT:
                found[parameter.name] = Adjustment()
    return found
