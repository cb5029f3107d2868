"""Faults at run time: what is struck, when it heals, and when it is struck again.

Source: crash, fail-stop, omission, timing and partition failures as in Cristian's taxonomy; a mean time between
failures as reliability engineering has it, with times in between that forget how long they have lasted. Left out:
machines that age, and failures that cause each other other than by load.
"""

from __future__ import annotations

from collections.abc import Callable

from scalegame.design.distributions import exponential
from scalegame.simulation import struck
from scalegame.simulation.broken import can_break
from scalegame.simulation.health import Health, called, fall, go_on, rise, stand, up
from scalegame.simulation.kernel import MACHINE_DOWN, PROCESS_DOWN, UP, Home
from scalegame.simulation.network import Link
from scalegame.simulation.part import Part, Replica
from scalegame.simulation.scenario import Fault
from scalegame.simulation.world import World

#: A fault with a mean time between two of them strikes so often, and then no more.
MOST_STRIKES = 1_000

Happen = Callable[[], None]
#: Of a card: what strikes replica `number`, for a cause, and what heals it: whether it had been struck.
Blow = Callable[[Part, int, Home, object], None]
Cure = Callable[[Part, int, Home, object], bool]


def schedule(world: World) -> None:
    """Puts every fault of the scenario on the calendar; one whose target is not there does nothing."""
    for fault in world.scenario.faults:
        known = world.network.places
        if fault.effect == "not found":
            _at(world, fault, *_lookups(world, fault))
        elif fault.target[0] in ("link", "way") or (fault.target[0], fault.effect) == ("place", "cut"):
            _at(world, fault, *_links(world, fault, sorted(struck.ways(fault, known))))
        else:
            hit = list(_hit(world, fault))
            if hit:
                _at(world, fault, *_cards(world, fault, hit))


def _hit(world: World, fault: Fault) -> list[tuple[Part, int, Home]]:
    """The replicas that a fault strikes, by card and number."""
    kind, *names = fault.target
    found = []
    ids = struck.cards(fault, world.scenario.board)
    for id in (card.id for card in world.scenario.board if card.id in ids):
        part = world.parts[id]
        for number, home in enumerate(part.homes(), start=1):
            match kind:
                case "replica" if number != int(names[1]):
                    continue
                case "place" if struck.place_of(part.component, number) != names[0] or not _answers(world, part):
                    continue
            if fault.effect == "fails" and not can_break(world.kinds[part.component.kind]):
                continue
            found.append((part, number, home))
    return found


def _answers(world: World, part: Part) -> bool:
    """It is a machine that others call; those who only ask stand nowhere that could burn."""
    return bool(world.kinds[part.component.kind].roles)


# -- links


def _links(world: World, fault: Fault, ways: list[struck.Way]) -> tuple[Happen, Happen]:
    """What a fault does to every direction of every link that it strikes."""
    hit: list[tuple[Link, Health]] = [(world.network.link(*way), world.health[way]) for way in ways]
    kind, *names = fault.target
    name = {"link": " <-> ", "way": " -> "}.get(kind, "").join(names)
    told = {
        "slow": f"is {fault.factor:g} times slower",
        "loses": f"loses {100 * fault.factor:g} % of its messages",
        "cut": "is cut off" if kind == "place" else "is cut",
    }[fault.effect]
    cause = object()  # equal faults may overlap too

    def change(link: Link, wrong: Health) -> None:
        link.factor, link.cut, link.loss = wrong.factor, wrong.cuts > 0, wrong.loss

    def strike() -> None:
        for link, wrong in hit:
            match fault.effect:
                case "slow":
                    wrong.factors[cause] = fault.factor
                case "loses":
                    wrong.losses[cause] = fault.factor
                case _:
                    wrong.cuts += 1
            change(link, wrong)
        if hit:
            world.tell("", f"{name} {told}", "fault")

    def heal() -> None:
        for link, wrong in hit:
            match fault.effect:
                case "slow":
                    del wrong.factors[cause]
                case "loses":
                    del wrong.losses[cause]
                case _:
                    wrong.cuts -= 1
            change(link, wrong)
        if hit and all(wrong.well for _, wrong in hit):
            world.tell("", f"{name} is well again", "recovery")

    return strike, heal


# -- cards


def _cards(world: World, fault: Fault, hit: list[tuple[Part, int, Home]]) -> tuple[Happen, Happen]:
    """What a fault does to every replica that it strikes."""
    blow, cure = _EFFECTS[fault.effect](world, fault)
    cause = object()  # equal faults may overlap too

    def strike() -> None:
        for part, number, home in hit:
            if home.there:
                blow(part, number, home, cause)

    def heal() -> None:
        for part, number, home in hit:
            # What was not there, or has been restarted since, has nothing to recover from.
            if cure(part, number, home, cause) and world.health[home].well:
                world.tell(part.id, f"{called(part, number)} is back", "recovery")

    return strike, heal


def _down(world: World, fault: Fault) -> tuple[Blow, Cure]:
    state = PROCESS_DOWN if fault.effect == "crash" else MACHINE_DOWN
    verb = "crashed" if fault.effect == "crash" else "fell silent"

    def blow(part: Part, number: int, home: Home, cause: object) -> None:
        name = called(part, number)
        fell, lost = home.state == UP, fall(world, home, cause, state)
        world.tell(part.id, f"{name} {verb}, {lost} calls lost", "fault", up(part) if fell else None)

    def cure(part: Part, number: int, home: Home, cause: object) -> bool:
        return rise(world, home, cause)

    return blow, cure


def _slow(world: World, fault: Fault) -> tuple[Blow, Cure]:
    def blow(part: Part, number: int, home: Home, cause: object) -> None:
        world.health[home].factors[cause] = fault.factor
        _pace(part, home, world.health[home].factor)
        world.tell(part.id, f"{called(part, number)} is {fault.factor:g} times slower", "fault")

    def cure(part: Part, number: int, home: Home, cause: object) -> bool:
        healed = world.health[home].factors.pop(cause, None) is not None
        _pace(part, home, world.health[home].factor)
        return healed

    return blow, cure


def _still(world: World, fault: Fault) -> tuple[Blow, Cure]:
    def blow(part: Part, number: int, home: Home, cause: object) -> None:
        lasts = fault.duration or 0.0
        for replica in _replicas(part, home):
            stand(world.health[home], replica, cause, world.kernel.now + lasts)
        world.tell(part.id, f"{called(part, number)} stands still", "fault")

    def cure(part: Part, number: int, home: Home, cause: object) -> bool:
        return [go_on(world.health[home], replica, cause) for replica in _replicas(part, home)].count(True) > 0

    return blow, cure


def _broken(world: World, fault: Fault) -> tuple[Blow, Cure]:
    def blow(part: Part, number: int, home: Home, cause: object) -> None:
        world.health[home].broken.add(cause)
        world.tell(part.id, f"{called(part, number)} refuses everything", "fault")

    def cure(part: Part, number: int, home: Home, cause: object) -> bool:
        healed = cause in world.health[home].broken
        world.health[home].broken.discard(cause)
        return healed

    return blow, cure


_EFFECTS: dict[str, Callable[[World, Fault], tuple[Blow, Cure]]] = {
    "crash": _down,
    "dies": _down,
    "slow": _slow,
    "pause": _still,
    "fails": _broken,
}


def _replicas(part: Part, home: Home) -> list[Replica]:
    return [replica for replica in part.replicas if replica.home is home]


def _pace(part: Part, home: Home, factor: float) -> None:
    for replica in _replicas(part, home):
        replica.pace = factor


# -- names


def _lookups(world: World, fault: Fault) -> tuple[Happen, Happen]:
    """Nobody can look up where a card is; who has an open connection goes on."""
    id, cause = fault.target[1], object()
    causes = world.unfound[id]

    def strike() -> None:
        causes.add(cause)
        world.tell(id, f"{id} is not found any more", "fault")

    def heal() -> None:
        causes.discard(cause)
        if not causes:
            world.tell(id, f"{id} is found again", "recovery")

    return strike, heal


# -- when


def _at(world: World, fault: Fault, strike: Happen, heal: Happen) -> None:
    if fault.every is not None and fault.duration is not None:
        _again(world, fault, fault.every, fault.duration, strike, heal)
        return
    world.kernel.at(fault.at, strike)
    if fault.duration is not None:
        world.kernel.at(fault.at + fault.duration, heal)


def _again(world: World, fault: Fault, every: float, lasts: float, strike: Happen, heal: Happen) -> None:
    """Strikes after an exponential time, and again after another one from each healing on."""
    kernel, left = world.kernel, MOST_STRIKES
    lives = world.streams.draws(exponential(every), *fault.target, fault.effect, "between failures")

    def begin() -> None:
        nonlocal left
        left -= 1
        strike()
        kernel.at(kernel.now + lasts, end)

    def end() -> None:
        heal()
        if left:
            kernel.at(kernel.now + lives(), begin)

    kernel.at(fault.at + lives(), begin)
