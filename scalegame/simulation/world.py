"""Everything that the parts of one run share while it is built and runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from scalegame.design import routes
from scalegame.design.kinds import Kinds, Role
from scalegame.design.model import Board, Component
from scalegame.design.world import Session, walk
from scalegame.simulation import connections, scaling
from scalegame.simulation.baskets import Book
from scalegame.simulation.calling import given_up
from scalegame.simulation.clocks import Watches
from scalegame.simulation.commands import Throttle, most, read
from scalegame.simulation.consistency import Versions, touched
from scalegame.simulation.fleet import Fleet
from scalegame.simulation.gate import Gate, standing
from scalegame.simulation.health import Health
from scalegame.simulation.kernel import Kernel
from scalegame.simulation.network import Wires
from scalegame.simulation.part import Backend, Part, Verb
from scalegame.simulation.randomness import Draw, Streams
from scalegame.simulation.recording import Event
from scalegame.simulation.request import Fate, Ledger, Request
from scalegame.simulation.scenario import Scenario
from scalegame.simulation.struck import cards, with_effect


class World:
    """A run under construction, and then in progress.

    Attributes:
        parts: By component id.
        book: What users have been shown of what is kept for them, for measuring.
        versions: Checks reads against what was acknowledged.
        tracked: Data sets that somebody writes: their versions matter.
        events: What an operator would be told.
        late: When good replies reached clients who had stopped waiting, by workload.
        stricken: Ids of components that a fault will crash or slow down, or that may be given orders.
        health: What is wrong with what, by replica's home or by link.
        orders: The log, with what each line means.
        fleets: Of the components whose number of replicas changes, by orders or by itself, by id.
        gates: Of the components that are throttled, by id.
        clocks: Of the machines; None: all are right.
        unfound: Why nobody can look a component's address up now, by id; empty: it is found.
    """

    def __init__(self, scenario: Scenario, kinds: Kinds, seed: int) -> None:
        self.scenario, self.kinds = scenario, kinds
        self.kernel = Kernel()
        self.streams = Streams(seed)
        self.network = Wires(scenario.network, self.streams, scenario.faults)
        self.ledger = Ledger(self.kernel, scenario.window.start, scenario.window.end)
        self.events: list[Event] = []
        faults, board = scenario.faults, scenario.board
        self._slow = with_effect(faults, "slow", board)
        # What answers on arrival keeps its plain cores, and stalls.
        copies = {card.id for card in board if Role.COPIES in kinds[card.kind].roles}
        self._pauses = with_effect(faults, "pause", board) - copies
        self._breaks = with_effect(faults, "fails", board)
        self._given_up = given_up(board)
        self._lost = with_effect(faults, "not found", board)
        self.unfound: defaultdict[str, set[object]] = defaultdict(set)
        self.stricken = {id for fault in faults for id in cards(fault, board)}
        self.health: defaultdict[object, Health] = defaultdict(Health)
        self.clocks = None if scenario.clocks is None else Watches(self.kernel, self.streams, scenario.clocks)
        commands = [read(order.command, scenario.board, kinds) for order in scenario.orders]
        self.orders = tuple(zip(scenario.orders, commands, strict=True))
        self.stricken |= {*scenario.live, *(command.component for command in commands)}
        self.gates = {c.component: Gate(self.kernel) for c in commands if isinstance(c, Throttle)}
        self.gates.update(standing(self.kernel, scenario.board))
        self.fleets = self._fleets(most(commands, board))
        self.stricken |= set(self.fleets)
        self.late: dict[str, list[float]] = {name: [] for name in scenario.workloads}
        self.tracked = self._tracked()
        self.versions = Versions(self.tracked)
        self.book = Book(self.forget)
        self.parts: dict[str, Part] = {c.id: kinds[c.kind].behaviour(c, self) for c in board}
        for id in board.components:
            if self.may_be_lost(id):
                connections.listed(self.parts[id])
        for id in callees_first(board):
            self.parts[id].wire()

    def _fleets(self, ordered: Mapping[str, int]) -> dict[str, Fleet]:
        """The cards whose machines come and go: by orders, of which there are so many each, or by themselves."""
        board, found, scaled = self.scenario.board, {}, scaling.most(self.scenario.board)
        for id in (*ordered, *(id for id in scaled if id not in ordered)):
            count = max(ordered.get(id, 0), scaled.get(id, 0))
            warm_up = board.components[id].settings["scaling.warm_up"] if id in scaled else self.scenario.start
            assert isinstance(warm_up, int | float)
            found[id] = Fleet(self, board.components[id], count, warm_up)
        return found

    def _tracked(self) -> frozenset[str]:
        written: set[str] = set()
        for name in self.scenario.programs:
            for _, writes in touched(self.scenario.programs, name).values():
                written |= writes
            for operation in self.scenario.programs[name].operations.values():
                written |= {s.data for s in walk(operation.steps) if isinstance(s, Session) and s.writes}
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

    def may_pause(self, id: str) -> bool:
        """A fault may make this component stand still."""
        return id in self._pauses

    def may_leave(self, id: str) -> bool:
        """Calls of this component may be cancelled by whoever made them."""
        return id in self._given_up

    def may_break(self, id: str) -> bool:
        """A fault may make this component refuse all that it is asked."""
        return id in self._breaks

    def may_be_lost(self, id: str) -> bool:
        """A fault may keep everybody from looking up the address of this component."""
        return id in self._lost

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

    def applied(self, request: Request, effect: str) -> None:
        """Something that a request adds has taken effect, for the first time or again.

        Args:
            request: Any attempt of it.
            effect: Which of its effects: the data set that it was written to, say.
        """
        fate = self._fate(request)
        fate.applied[effect] = fate.applied.get(effect, 0) + 1

    def forget(self, request: Request) -> None:
        """Something that a request did, and that was or will be acknowledged, is gone."""
        self._fate(request).lost += 1

    def _fate(self, request: Request) -> Fate:
        origin = request.origin
        if origin.fate is None:
            origin.fate = Fate()
            self.ledger.keep(origin)
        return origin.fate

    def tell(self, component: str, text: str, kind: str, left: int | None = None) -> None:
        """Notes an event for the recording; `left`: how many of the card are up, if one fell just now."""
        self.events.append(Event(self.kernel.now, component, text, kind, left))


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
