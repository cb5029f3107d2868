"""Everything that the parts of one run share while it is built and runs."""

from __future__ import annotations

from collections import defaultdict

from scalegame.design import routes
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board, Component
from scalegame.simulation.commands import Throttle, most, read
from scalegame.simulation.consistency import Versions, touched
from scalegame.simulation.fleet import Fleet
from scalegame.simulation.gate import Gate
from scalegame.simulation.health import Health
from scalegame.simulation.kernel import Kernel
from scalegame.simulation.network import Wires
from scalegame.simulation.part import Backend, Part, Verb
from scalegame.simulation.randomness import Draw, Streams
from scalegame.simulation.recording import Event
from scalegame.simulation.request import Ledger
from scalegame.simulation.scenario import Scenario


class World:
    """A run under construction, and then in progress.

    Attributes:
        parts: By component id.
        versions: Checks reads against what was acknowledged.
        tracked: Data sets that somebody writes: their versions matter.
        events: What an operator would be told.
        late: When good replies reached clients who had stopped waiting, by workload.
        stricken: Ids of components that a fault will crash or slow down, or that may be given orders.
        health: What is wrong with what, by replica's home or by link.
        orders: The log, with what each line means.
        fleets: Of the components whose number of replicas changes, by id.
        gates: Of the components that are throttled, by id.
    """

    def __init__(self, scenario: Scenario, kinds: Kinds, seed: int) -> None:
        self.scenario, self.kinds = scenario, kinds
        self.kernel = Kernel()
        self.streams = Streams(seed)
        self.network = Wires(scenario.network, self.streams, scenario.faults)
        self.ledger = Ledger(self.kernel, scenario.window.start, scenario.window.end)
        self.events: list[Event] = []
        self._slow = {f.target[1] for f in scenario.faults if f.effect == "slow" and f.target[0] != "link"}
        self.stricken = {f.target[1] for f in scenario.faults if f.target[0] != "link"}
        self.health: defaultdict[object, Health] = defaultdict(Health)
        commands = [read(order.command, scenario.board, kinds) for order in scenario.orders]
        self.orders = tuple(zip(scenario.orders, commands, strict=True))
        self.stricken |= {*scenario.live, *(command.component for command in commands)}
        self.gates = {c.component: Gate(self.kernel) for c in commands if isinstance(c, Throttle)}
        self.fleets = {
            id: Fleet(self, scenario.board.components[id], count)
            for id, count in most(commands, scenario.board).items()
        }
        self.late: dict[str, list[float]] = {name: [] for name in scenario.workloads}
        self.tracked = self._tracked()
        self.versions = Versions(self.tracked)
        board = scenario.board
        self.parts: dict[str, Part] = {c.id: kinds[c.kind].behaviour(c, self) for c in board}
        for id in callees_first(board):
            self.parts[id].wire()

    def _tracked(self) -> frozenset[str]:
        written: set[str] = set()
        for name in self.scenario.programs:
            for _, writes in touched(self.scenario.programs, name).values():
                written |= writes
        return frozenset(written)

    def targets(self, source: str) -> list[Part]:
        """The parts that a component is wired to."""
        return [self.parts[t] for t in self.scenario.board.targets(source)]

    def provider(self, source: str, want: str, later: bool = False) -> Part:
        """The one wired neighbour that provides what is wanted.

        Args:
            source: Id of who wants it.
            want: "program:booking" or "data:passes".
            later: As a message: only what stores messages will do.

        Raises:
            ScalegameError: None or several do (boards like that are refused before a run).
        """
        board = self.scenario.board
        return self.parts[routes.resolve(board, self.kinds, source, want, later).target]

    def copies(self, source: str, data: str) -> Part | None:
        """The wired cache that holds copies of a data set, if there is one.

        Raises:
            ScalegameError: There are several.
        """
        want = f"copies:{data}"
        if not any(want in self.offers(t) for t in self.scenario.board.targets(source)):
            return None
        return self.provider(source, want)

    def offers(self, id: str) -> frozenset[str]:
        """What a component provides; what forwards provides what all its targets do."""
        return routes.offers(self.scenario.board, self.kinds, id)

    def reply_of(self, id: str, operation: str) -> str:
        """When what keeps messages answers for an operation behind it: "accepted" or "done"."""
        for offer in self.offers(id):
            sort, _, name = offer.partition(":")
            if sort == "program" and operation in self.scenario.programs[name].operations:
                return self.scenario.programs[name].operations[operation].reply
        return "done"

    def instances(self, component: Component) -> int:
        """How many replicas of a component to build: all that there can ever be at once."""
        fleet = self.fleets.get(component.id)
        return component.replicas if fleet is None else fleet.most

    def may_slow_down(self, id: str) -> bool:
        """A fault may slow this component down."""
        return id in self._slow

    def counter(self, caller: Part, target: str) -> dict[str, int] | None:
        """Where `caller` counts its calls to `target`; None: the target's arrivals say it already."""
        caller.sent.setdefault(target, 0)
        caller.failed.setdefault(target, 0)
        return caller.sent if len(self.scenario.board.sources(target)) > 1 else None

    def both_ways(self, caller: Part, backend: Backend, verb: Verb, replica: int = 0) -> tuple[Draw, Draw]:
        """Delays from caller to backend and back, each in a stream of its own."""
        a, b = caller.at, backend.place or backend.part.at
        names = (caller.id, replica, backend.home.name, verb.name, verb.data)
        there = self.network.delay((a, b), verb.there, *names, "there")
        back = self.network.delay((b, a), verb.back, *names, "back")
        return there, back

    def tell(self, component: str, text: str, kind: str) -> None:
        """Notes an event for the recording."""
        self.events.append(Event(self.kernel.now, component, text, kind))


def callees_first(board: Board) -> list[str]:
    """Component ids in an order in which everything comes after what it is wired to.

    Raises:
        ValueError: The wires make a circle (edits refuse one).
    """
    order: list[str] = []
    state: dict[str, int] = {}
    for root in board.components:
        stack = [root]
        while stack:
            id = stack[-1]
            if state.get(id) is None:
                state[id] = 1
                ahead = [t for t in board.targets(id) if state.get(t) != 2]
                if any(state.get(t) == 1 for t in ahead):
                    raise ValueError(f"the wires from {id} make a circle")
                stack.extend(ahead)
            else:
                stack.pop()
                if state[id] == 1:
                    state[id] = 2
                    order.append(id)
    return order
