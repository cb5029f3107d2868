"""Who provides what to whom: each step of each program finds the one wired neighbour that handles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scalegame.design.kinds import Kinds, Role
from scalegame.design.model import Board
from scalegame.design.wiring import path
from scalegame.design.world import CallProgram, Program, Read, SendTo, Session, Step, Write, called, walk
from scalegame.errors import ScalegameError, nearest, quoted


@dataclass(frozen=True, slots=True)
class Route:
    """Where a caller turns for something.

    Attributes:
        caller: Id of the component that wants it.
        want: "program:booking", "data:passes" or "copies:passes".
        target: Id of the wired neighbour to send to.
        providers: Ids of those that may answer in the end: the target, or what stands behind it.
    """

    caller: str
    want: str
    target: str
    providers: tuple[str, ...]

    @property
    def name(self) -> str:
        """The program or data set."""
        return self.want.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something wanted that nobody, or more than one, provides.

    Attributes:
        caller: Id of the component that wants it.
        error: In one line, with the choices.
        follows: It only follows from a wire that is missing elsewhere, which is worth saying first.
    """

    caller: str
    error: ScalegameError
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All routes of a board under its workloads.

    Attributes:
        routes: By caller and by what it does: "ask browse", "data passes", "copies passes", "call pay",
            "send pay".
        asked: For each component the operations that can reach it, as (program, operation).
        gaps: What has no route. A board with gaps cannot start.
    """

    routes: Mapping[tuple[str, str], Route]
    asked: Mapping[str, frozenset[tuple[str, str]]]
    gaps: tuple[Gap, ...] = ()

    def ask(self, client: str, operation: str) -> Route:
        """Where a client sends an operation of its workload; `.name` is the program.

        Raises:
            ScalegameError: It has no route.
        """
        return self._route(client, f"ask {operation}")

    def step(self, component: str, step: Step) -> Route | None:
        """Where a component turns for a step of its program; None for what it does itself.

        A `Fan` turns to several: ask for a `CallProgram` of each.

        Raises:
            ScalegameError: It has no route.
        """
        match step:
            case Read(data) | Write(data):
                return self._route(component, f"data {data}")
            case Session(data):
                return self.routes.get((component, f"data {data}"))
            case CallProgram(program):
                return self._route(component, f"call {program}")
            case SendTo(program):
                return self._route(component, f"send {program}")
        return None

    def copies(self, component: str, data: str) -> Route | None:
        """The cache that a component uses beside the database, if it is wired to one."""
        return self.routes.get((component, f"copies {data}"))

    def _route(self, caller: str, key: str) -> Route:
        try:
            return self.routes[caller, key]
        except KeyError:
            raise ScalegameError("Not connected", f"{caller} cannot {key}: nothing it is wired to does") from None


def workload(board: Board, kinds: Kinds, id: str) -> str | None:
    """The workload that a component sends; None if it sends none of its own."""
    thing = board.components[id]
    for parameter in kinds[thing.kind].parameters:
        if parameter.names == "workloads" and isinstance(name := thing.settings.get(parameter.name), str):
            return name
    return None


def ends(board: Board, kinds: Kinds, id: str) -> tuple[str, ...]:
    """Who answers in the end when a component is asked: itself, or what stands behind it if it forwards.

    Empty if somewhere on the way there is nothing behind.
    """
    found: list[str] = []
    seen = [id]
    for here in seen:
        if not kinds[board.components[here].kind].forwards:
            found.append(here)
            continue
        targets = board.targets(here)
        if not targets:
            return ()
        seen += [target for target in targets if target not in seen]
    return tuple(found)


def offers(board: Board, kinds: Kinds, id: str) -> frozenset[str]:
    """What callers may want of a component; of one that forwards: what everything behind it offers."""
    things = [board.components[end] for end in ends(board, kinds, id)]
    return frozenset.intersection(*(kinds[t.kind].offers(t) for t in things)) if things else frozenset()


def stores(board: Board, kinds: Kinds, id: str) -> bool:
    """Whether what is sent to a component is kept for later, by it or by everything behind it."""
    seen = [id]
    for here in seen:
        kind = kinds[board.components[here].kind]
        if kind.stores:
            continue
        targets = board.targets(here)
        if not kind.forwards or not targets:
            return False
        seen += [target for target in targets if target not in seen]
    return True


def resolve(board: Board, kinds: Kinds, caller: str, want: str, later: bool = False) -> Route:
    """The one wire through which a caller gets something.

    Args:
        board: Wires without circles.
        kinds: The registry.
        caller: Id of a component.
        want: "program:booking", "data:passes" or "copies:passes".
        later: It is a message that need not be answered: only what stores messages will do. Otherwise a
            direct way goes before one through a store.

    Raises:
        ScalegameError: None or several of the wires lead to it; the message names the choices.
    """
    known = [t for t in board.targets(caller) if want in offers(board, kinds, t)]
    stored = [t for t in known if stores(board, kinds, t)]
    choices = stored if later else [t for t in known if t not in stored] or stored
    if len(choices) == 1:
        return Route(caller, want, choices[0], ends(board, kinds, choices[0]))
    if choices:
        raise _gap(
            f"{_wants(caller, want)} and is wired to {len(choices)} that provide it, {', '.join(choices)}: "
            f"write unwire {caller} -> {choices[-1]}"
        )
    if known:
        raise _gap(f"{caller} sends messages to {_named(want)}, but {known[0]} keeps none: put a queue before it")
    raise _gap(f"{_wants(caller, want)}, but {_lacks(board, kinds, caller, want, later)}")


def _wants(caller: str, want: str) -> str:
    verb = {"program": "needs the program", "data": "reads or writes", "copies": "looks for copies of"}
    sort, _, name = want.partition(":")
    return f"{caller} {verb[sort]} {name}"


def _named(want: str) -> str:
    return want.partition(":")[2]


def _lacks(board: Board, kinds: Kinds, caller: str, want: str, later: bool) -> str:
    """Why nothing that a caller is wired to provides something, and what would."""
    for target in board.targets(caller):
        behind = ends(board, kinds, target)
        if behind != (target,) and any(want in offers(board, kinds, id) for id in behind):
            others = [id for id in behind if want not in offers(board, kinds, id)]
            return f"behind {target} there is also {', '.join(others)}, which does not provide it"
    kind = kinds[board.components[caller].kind]
    able = [
        thing.id
        for thing in board
        if thing.id != caller
        and want in offers(board, kinds, thing.id)
        and kind.sends & kinds[thing.kind].roles
        and not path(board, thing.id, caller)
        and stores(board, kinds, thing.id) == later
    ]
    nothing = {
        "program": "nothing that it is wired to runs it",
        "data": "is wired to nothing that holds it",
        "copies": "is wired to nothing that keeps them",
    }[want.partition(":")[0]]
    if not able:
        return nothing
    full = kind.most_targets is not None and len(board.targets(caller)) >= kind.most_targets
    return f"{nothing}: write {'rewire' if full else 'wire'} {caller} -> {able[0]}"


def plan(
    board: Board, kinds: Kinds, programs: Mapping[str, Program], wanted: Mapping[str, tuple[str, ...]]
) -> Plan:
    """Finds the way of everything that the workloads can set going.

    Args:
        board: With its projects in force; wires without circles.
        kinds: The registry.
        programs: In force.
        wanted: The operations of each workload by its name.
    """
    planner = _Planner(board, kinds, programs)
    for id in board.components:
        name = workload(board, kinds, id)
        for operation in wanted.get(name, ()) if name is not None else ():
            planner.ask(id, operation)
    asked = {id: frozenset(found) for id, found in planner.asked.items()}
    return Plan(planner.routes, asked, tuple(planner.gaps.values()))


@dataclass(slots=True)
class _Planner:
    """Follows requests from the clients on, each operation at each component once."""

    board: Board
    kinds: Kinds
    programs: Mapping[str, Program]
    routes: dict[tuple[str, str], Route] = field(default_factory=dict)
    asked: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)

    def ask(self, client: str, operation: str) -> None:
        """A client asks for an operation; the program is the one that has it."""
        here = set[str]()
        for target in self.board.targets(client):
            here |= offers(self.board, self.kinds, target)
        names = sorted(want.partition(":")[2] for want in here if want.startswith("program:"))
        able = [n for n in names if n in self.programs and operation in self.programs[n].operations]
        key = f"ask {operation}"
        if len(able) == 1:
            if self._resolved(client, key, f"program:{able[0]}"):
                self._reach(self.routes[client, key].target, able[0], operation)
            return
        if able:
            message = f"{client} asks for {operation}, which {' and '.join(able)} have: wire it to one of them"
        elif names:
            known = [o for n in names if n in self.programs for o in self.programs[n].operations]
            message = (
                f"{client} asks for {operation}, but what it is wired to runs {', '.join(names)}, "
                f"which has only {', '.join(known)}"
            )
        else:
            message = f"{client} asks for {operation}, but {self._mixed(client)}"
        self._gap(client, key, _gap(message))

    def _mixed(self, client: str) -> str:
        for target in self.board.targets(client):
            behind = self.board.targets(target)
            if self.kinds[self.board.components[target].kind].forwards and len(behind) > 1:
                return f"what is behind {target} does not run the same program: {', '.join(behind)}"
        return "nothing that it is wired to runs a program"

    def _reach(self, id: str, program: str, operation: str) -> None:
        """An operation reaches a component."""
        seen = self.asked.setdefault(id, set())
        if (program, operation) in seen:
            return
        seen.add((program, operation))
        thing = self.board.components[id]
        self._wanting(id)
        if f"program:{program}" not in self.kinds[thing.kind].offers(thing):
            for target in self.board.targets(id):
                self._reach(target, program, operation)
            return
        for step in walk(self.programs[program].operations[operation].steps):
            self._step(id, step)

    def _wanting_of(self, caller: str, key: str) -> None:
        """The same of whoever a caller turns to, if there is one."""
        route = self.routes.get((caller, key))
        if route is not None:
            self._wanting(route.target)

    def _wanting(self, id: str) -> None:
        """What a card that something reaches wants by itself."""
        thing = self.board.components[id]
        for want in sorted(self.kinds[thing.kind].wants(thing)):
            sort, _, name = want.partition(":")
            key = f"{'call' if sort == 'program' else sort} {name}"
            if (id, key) not in self.routes and self._resolved(id, key, want):
                self._wanting(self.routes[id, key].target)

    def _step(self, id: str, step: Step) -> None:
        match step:
            case Read(data) | Write(data):
                self._resolved(id, f"data {data}", f"data:{data}")
                self._wanting_of(id, f"data {data}")
                self._copies(id, data)
            case Session(data) if self.board.components[id].settings.get("sessions.kept") == "store":
                self._resolved(id, f"data {data}", f"data:{data}")
                self._wanting_of(id, f"data {data}")
        for program, operation, later in dict.fromkeys(called(step)):
            self._on(id, "send" if later else "call", program, operation)

    def _on(self, id: str, verb: str, program: str, operation: str) -> None:
        key = f"{verb} {program}"
        if not self._resolved(id, key, f"program:{program}", later=verb == "send"):
            return
        known = self.programs[program].operations if program in self.programs else {}
        if operation not in known:
            error = _gap(
                f"{id} wants {quoted(operation)} of {program}, which has no such operation"
                f"{nearest(operation, known)}"
            )
            self._gap(id, f"{key}.{operation}", error)
            return
        self._reach(self.routes[id, key].target, program, operation)

    def _copies(self, id: str, data: str) -> None:
        want = f"copies:{data}"
        if any(want in offers(self.board, self.kinds, target) for target in self.board.targets(id)):
            self._resolved(id, f"copies {data}", want)

    def _resolved(self, caller: str, key: str, want: str, later: bool = False) -> bool:
        if (caller, key) in self.routes:
            return True
        try:
            self.routes[caller, key] = resolve(self.board, self.kinds, caller, want, later)
        except ScalegameError as error:
            self._gap(caller, key, error)
            return False
        return True

    def _gap(self, caller: str, key: str, error: ScalegameError) -> None:
        kind, targets = self.kinds[self.board.components[caller].kind], self.board.targets(caller)
        # Data comes over wires of its own: that nothing is behind a balancer does not explain their lack.
        asks = not key.startswith(("data ", "copies ")) and Role.OPERATIONS in kind.sends
        follows = (not targets and kind.must_send) or (
            asks and any(not ends(self.board, self.kinds, target) for target in targets)
        )
        self.gaps.setdefault((caller, key), Gap(caller, error, follows))


def _gap(message: str) -> ScalegameError:
    return ScalegameError("Not connected", message)
