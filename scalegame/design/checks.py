"""What is missing before a run can start, one line each with its cure; and what is merely odd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scalegame.design.kinds import Kinds
from scalegame.design.language import chain
from scalegame.design.model import Board, Component
from scalegame.design.parameters.routing import unknown_names
from scalegame.design.parameters.scaling import most_machines, scales
from scalegame.design.projects import in_force
from scalegame.design.routes import Plan, plan, workload
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import free_id, legal_wires
from scalegame.design.wiring import called, meet
from scalegame.errors import ScalegameError


def problems(board: Board, rulebook: Rulebook) -> tuple[ScalegameError, ...]:
    """Everything that keeps a board from starting; empty if nothing does."""
    try:
        now, programs, _ = in_force(board, rulebook)
        lost: list[ScalegameError] = []
    except ScalegameError as error:
        now, programs, lost = board, rulebook.programs, [error]
    found = [
        *lost,
        *_silent(now, rulebook),
        *_unwired(now, rulebook),
        *(gap.error for gap in plan(now, rulebook.kinds, programs, rulebook.workloads).gaps if not gap.follows),
        *_unchosen(now, rulebook),
        *_contradictions(now, rulebook),
        *_unlinked(now, rulebook),
    ]
    return tuple(found)


def notes(board: Board, rulebook: Rulebook) -> tuple[str, ...]:
    """What is there and does nothing: parts that no request reaches, wires that no step uses."""
    try:
        now, programs, _ = in_force(board, rulebook)
    except ScalegameError:
        return ()
    routes = plan(now, rulebook.kinds, programs, rulebook.workloads)
    if routes.gaps:
        return ()
    idle, used = [], _used(now, rulebook.kinds, routes)
    for thing in now:
        kind = rulebook.kinds[thing.kind]
        if kind.roles and not any((source, thing.id) in used for source in now.sources(thing.id)):
            idle.append(thing.id)
    lines = [f"no request ever reaches {id}" for id in idle]
    lines += [
        f"nothing ever goes over the wire {wire}"
        for wire in now.wires
        if (wire.source, wire.target) not in used and wire.source not in idle and wire.target not in idle
    ]
    return tuple(lines)


def _used(board: Board, kinds: Kinds, routes: Plan) -> set[tuple[str, str]]:
    """The wires that something can go over."""
    used = {(route.caller, route.target) for route in routes.routes.values()}
    for id in routes.asked:
        if kinds[board.components[id].kind].forwards:
            used |= {(id, target) for target in board.targets(id)}
    return used


def _silent(board: Board, rulebook: Rulebook) -> Iterator[ScalegameError]:
    """Every workload has exactly one that sends it."""
    senders: dict[str, list[str]] = {name: [] for name in rulebook.workloads}
    for id in board.components:
        name = workload(board, rulebook.kinds, id)
        if name is not None:
            senders.setdefault(name, []).append(id)
    if rulebook.freedom is not None:
        yield from _quiet(board, senders)
    for name, ids in senders.items():
        if not ids and rulebook.freedom is None:
            yield _missing(f"nobody sends the workload {name} any more: undo, or start over")
        if len(ids) > 1:
            yield _missing(f"{' and '.join(ids)} both send the workload {name}: remove one of them")


def _quiet(board: Board, senders: Mapping[str, list[str]]) -> Iterator[ScalegameError]:
    """Where players decide who asks, somebody does."""
    asking = [name for name, ids in senders.items() if ids]
    if not asking:
        yield _missing(f"nobody asks for anything yet: write add {next(iter(senders))}")
    elif all(board.conditions.of(name).arrivals == "off" for name in asking):
        yield _missing(f"all traffic is off: write traffic {asking[0]} 100/s")


def _unwired(board: Board, rulebook: Rulebook) -> Iterator[ScalegameError]:
    """What must send has something to send to."""
    for thing in board:
        if rulebook.kinds[thing.kind].must_send and not board.targets(thing.id):
            could = legal_wires(board, thing.id, rulebook)
            cure = f"write wire {thing.id} -> {could[0]}" if could else "add something that answers it"
            behind = "nothing behind it" if rulebook.kinds[thing.kind].roles else "no wire to anything"
            yield _missing(f"{called(thing)} has {behind}: {cure}")


def _unchosen(board: Board, rulebook: Rulebook) -> Iterator[ScalegameError]:
    """Where there are several machines, every caller can choose among them."""
    kinds = rulebook.kinds
    for thing in board:
        # A kind that no chooser can stand before sees to its replicas itself.
        choosers = [k for k in kinds.values() if k.chooses and meet(k, kinds[thing.kind])]
        machines = most_machines(thing)
        if machines == 1 or not choosers:
            continue
        for source in board.sources(thing.id):
            if not kinds[board.components[source].kind].chooses:
                yield _missing(
                    f"{thing.id} {'can have' if machines > thing.replicas else 'has'} {machines} machines, "
                    f"but {source} can only talk to one: "
                    f"{_choose(board, source, thing, rulebook)}"
                )


def _choose(board: Board, source: str, thing: Component, rulebook: Rulebook) -> str:
    """How to put something between that chooses."""
    kinds = rulebook.kinds
    caller = kinds[board.components[source].kind]
    able = {n for n, k in kinds.items() if k.chooses and meet(caller, k) and meet(k, kinds[thing.kind])}
    for middle in board:
        ends = (*board.targets(middle.id), thing.id)
        if middle.kind in able and all(end == thing.id for end in ends):
            return f"write rewire {chain((source, middle.id, thing.id))}"
    for item in rulebook.palette.values():
        if item.kind in able and sum(t.item == item.name for t in board) < item.most:
            id = free_id(board, item.name)
            return f"write add {item.name}, then rewire {chain((source, id, thing.id))}"
    return f"write set {thing.id} {'scaling.by=none' if scales(thing) else 'replicas=1'}"


def _contradictions(board: Board, rulebook: Rulebook) -> Iterator[ScalegameError]:
    for thing in board:
        for message in rulebook.kinds[thing.kind].check(thing, rulebook.sizes):
            yield ScalegameError("Contradiction", f"{thing.id}: {message}")
        operations = {o for program in rulebook.programs.values() for o in program.operations}
        for message in unknown_names(thing, board.targets(thing.id), operations):
            yield ScalegameError("Contradiction", f"{thing.id}: {message}")


def _unlinked(board: Board, rulebook: Rulebook) -> Iterator[ScalegameError]:
    """Between the places of any two that are wired, and between those of one card, there is a network."""
    linked = rulebook.linked
    if linked is None:
        return
    apart = "and no network joins them"
    for thing in board:
        for there in _places(thing, rulebook):
            if not _joined(thing.at, there, linked):
                yield _missing(f"{thing.id} stands both at {thing.at} and {there}, {apart}: choose another place")
    for wire in board.wires:
        here, target = board.components[wire.source].at, board.components[wire.target]
        for there in _places(target, rulebook):
            if not _joined(here, there, linked):
                yield _missing(
                    f"{wire.source} is at {here} and {wire.target} at {there}, {apart}: write unwire {wire}"
                )


def _places(thing: Component, rulebook: Rulebook) -> tuple[str, ...]:
    """Every place where something of a card stands, its own first."""
    others = [
        str(thing.settings[parameter.name])
        for parameter in rulebook.kinds[thing.kind].parameters
        if parameter.names == "places" and thing.settings.get(parameter.name) is not None
    ]
    return tuple(dict.fromkeys((thing.at, *others)))


def _joined(here: str, there: str, linked: frozenset[tuple[str, str]]) -> bool:
    return here == there or {(here, there), (there, here)} <= linked


def _missing(message: str) -> ScalegameError:
    return ScalegameError("The board cannot start", message)
