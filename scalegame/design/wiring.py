"""Which wires mean something: refused when they are made, with the reason and what would make sense."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scalegame.design.kinds import Kind, Role
from scalegame.design.language import chain
from scalegame.design.model import Board, Component, Wire
from scalegame.design.rulebook import Rulebook
from scalegame.errors import ScalegameError, nearest, quoted

#: What each role is called in messages.
ROLES = {
    Role.OPERATIONS: "requests",
    Role.DATA: "reads and writes",
    Role.COPIES: "copies",
}


def component(board: Board, id: str) -> Component:
    """The component of that id.

    Raises:
        ScalegameError: There is none; the message names the nearest.
    """
    found = board.components.get(id)
    if found is None:
        raise ScalegameError(
            "Unknown component",
            f"nothing on the board is called {quoted(id)}{nearest(id, board.components)}",
        )
    return found


def wire(board: Board, path: tuple[str, ...], rulebook: Rulebook) -> Board:
    """The board with each of the chain wired to the next.

    Raises:
        ScalegameError: One of the wires makes no sense, or all are there already.
    """
    for id in path:
        component(board, id)
    wired = board
    for source, target in pairwise(path):
        if Wire(source, target) not in wired.wires:
            refuse(wired, source, target, rulebook)
            wired = wired.with_wire(source, target)
    if wired is board:
        raise _refused(f"{chain(path)} is wired already")
    return wired


def unwire(board: Board, path: tuple[str, ...]) -> Board:
    """The board without the wires of the chain.

    Raises:
        ScalegameError: One of the wires is not there.
    """
    for source, target in pairwise(path):
        for id in (source, target):
            component(board, id)
        if Wire(source, target) not in board.wires:
            raise _refused(f"{source} is not wired to {target}{_wired_to(board, source)}")
        board = board.without_wire(source, target)
    return board


def rewire(board: Board, path: tuple[str, ...], rulebook: Rulebook) -> Board:
    """The board with the first one's wire to the last, or else its only wire, replaced by the chain.

    Raises:
        ScalegameError: There is no such wire, or a new one makes no sense.
    """
    for id in path:
        component(board, id)
    first, last = path[0], path[-1]
    targets = board.targets(first)
    if not targets:
        raise _refused(f"{first} has no wire to replace: write wire {chain(path)}")
    if last not in targets and len(targets) > 1:
        raise _refused(
            f"{first} is wired to {', '.join(targets)}: say which goes with unwire {first} -> {targets[0]}, "
            f"then wire {chain(path)}"
        )
    old = last if last in targets else targets[0]
    changed = board.without_wire(first, old)
    for source, target in pairwise(path):
        if Wire(source, target) not in changed.wires:
            refuse(changed, source, target, rulebook)
            changed = changed.with_wire(source, target)
    if set(changed.wires) == set(board.wires):
        raise _refused(f"{chain(path)} is wired already")
    return changed


def refuse(board: Board, source: str, target: str, rulebook: Rulebook) -> None:
    """Does nothing if a new wire makes sense.

    Raises:
        ScalegameError: It makes none; the message says why, and what would.
    """
    if source == target:
        raise _refused(f"{source} cannot be wired to itself")
    caller, provider = component(board, source), component(board, target)
    kinds = rulebook.kinds
    if not meet(kinds[caller.kind], kinds[provider.kind]):
        raise _refused(_mismatch(board, caller, provider, rulebook))
    back = path(board, target, source)
    if back:
        raise _refused(f"{source} -> {target} would close a circle: {chain((source, *back))}")
    most = kinds[caller.kind].most_targets
    targets = board.targets(source)
    if most is not None and len(targets) >= most:
        between = meet(kinds[provider.kind], kinds[board.components[targets[0]].kind])
        change = (source, target, targets[0]) if between else (source, target)
        number = "one thing" if most == 1 else f"{most} things"
        raise _refused(
            f"{source} can be wired to {number} only, and is to {', '.join(targets)}: write rewire {chain(change)}"
        )
    if len(board.wires) >= rulebook.most_wires:
        raise _refused(f"this board takes {rulebook.most_wires} wires at most")


def meet(caller: Kind, provider: Kind) -> bool:
    """Tell whether the one sends something that the other answers."""
    return bool(caller.sends & provider.roles)


def path(board: Board, start: str, end: str) -> tuple[str, ...]:
    """A shortest way along the wires, both ends included; empty if there is none."""
    came: dict[str, str] = {start: start}
    line = [start]
    for here in line:
        if here == end:
            way = [end]
            while way[-1] != start:
                way.append(came[way[-1]])
            return tuple(reversed(way))
        for target in board.targets(here):
            if target not in came:
                came[target] = here
                line.append(target)
    return ()


def called(thing: Component) -> str:
    """A component in messages: its id, and its kind where the id does not say it."""
    return thing.id if thing.id == thing.kind else f"{thing.id} ({thing.kind})"


def _mismatch(board: Board, caller: Component, provider: Component, rulebook: Rulebook) -> str:
    kinds = rulebook.kinds
    asking, answering = kinds[caller.kind], kinds[provider.kind]
    if meet(answering, asking):
        cure = f"wire it the other way round: wire {provider.id} -> {caller.id}"
    else:
        cure = next(_cures(board, caller, provider, rulebook), "")
    if not asking.sends:
        why = f"{called(caller)} cannot send requests on"
    elif not answering.roles:
        why = f"nothing can be sent to {called(provider)}, it only asks"
    else:
        takes = " and ".join(ROLES[role] for role in sorted(answering.roles))
        why = f"{called(caller)} cannot use {called(provider)}, which takes {takes}"
    return f"{why}: {cure}" if cure else why


def _cures(board: Board, caller: Component, provider: Component, rulebook: Rulebook) -> Iterator[str]:
    """What would make sense instead, the best first."""
    kinds = rulebook.kinds
    asking, answering = kinds[caller.kind], kinds[provider.kind]
    for middle in board:
        kind = kinds[middle.kind]
        if meet(asking, kind) and meet(kind, answering) and middle.id not in (caller.id, provider.id):
            yield f"something belongs between: wire {chain((caller.id, middle.id, provider.id))}"
    for middle in board:
        kind = kinds[middle.kind]
        if not asking.sends and meet(kind, asking) and meet(kind, answering):
            yield f"wire {middle.id} to both of them"
    for name, kind in kinds.items():
        if meet(asking, kind) and meet(kind, answering):
            yield f"a {name} belongs between"
    users = [name for name, kind in kinds.items() if meet(kind, asking)]
    if users:
        yield f"wires go to it, from a {' or a '.join(users)}"


def _wired_to(board: Board, source: str) -> str:
    targets = board.targets(source)
    return f": it is wired to {', '.join(targets)}" if targets else ": it has no wires"


def _refused(message: str) -> ScalegameError:
    return ScalegameError("This wire makes no sense", message)
