"""The world around a board, where a level leaves it to the player: traffic, faults, goals, when to measure.

Conditions stand on the board as the sentences that players write, so that everything that knows boards
(undo, history, saving, differences, share codes) knows them too. What the sentences mean is known further
up: the level lends its `Freedom`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from scalegame.design.language import LONGEST_LINE, write
from scalegame.design.surroundings import Goal, Measure, Mend, Strike, Traffic, Ungoal, WorldEdit
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.units import whole

if TYPE_CHECKING:
    # A board has conditions, so its module imports this one.
    from scalegame.design.model import Board

#: Faults of one board, at most.
MOST_FAULTS = 100
#: Goals of one board, at most.
MOST_GOALS = 20


@dataclass(frozen=True, slots=True)
class Conditions:
    """What surrounds a board; empty where the level decides it.

    Attributes:
        traffic: Every workload once, in the level's order, with nothing left open.
        faults: Sentences, by time.
        goals: Sentences, one for each thing measured.
        measure: From when to when, as written; or None.
    """

    traffic: tuple[Traffic, ...] = ()
    faults: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    measure: Measure | None = None

    def of(self, workload: str) -> Traffic:
        """The traffic of a workload.

        Raises:
            ScalegameError: There is no such workload.
        """
        known = {traffic.workload: traffic for traffic in self.traffic}
        if workload not in known:
            hint = nearest(workload, known)
            raise ScalegameError("Unknown name", f"nobody who asks is called {quoted(workload)}{hint}")
        return known[workload]


class Freedom(Protocol):
    """What a level that leaves its world to players knows of the sentences."""

    def tidy_traffic(self, traffic: Traffic) -> Traffic:
        """The same in the one way it is written.

        Raises:
            ScalegameError: It means nothing.
        """

    def tidy_fault(self, text: str, board: Board) -> tuple[float, str]:
        """When a fault strikes (seconds), and its sentence in the one way it is written.

        Raises:
            ScalegameError: It means nothing on this board.
        """

    def tidy_goal(self, text: str) -> str:
        """A goal in the one way it is written: what it measures, a space, the rest.

        Raises:
            ScalegameError: It means nothing.
        """

    def tidy_window(self, measure: Measure) -> Measure:
        """The same in the one way it is written.

        Raises:
            ScalegameError: It means nothing.
        """

    def check(self, board: Board) -> None:
        """Refuses what asks too much of a run, or contradicts itself.

        Raises:
            ScalegameError: The message says what to write instead.
        """


def completed(board: Board, edit: WorldEdit, freedom: Freedom | None) -> WorldEdit:
    """The same edit with nothing left open, so that it can be replayed wherever it leads to the same.

    Raises:
        ScalegameError: The level decides about its world itself, or the edit names nothing.
    """
    if freedom is None:
        raise ScalegameError(
            "Not here", "this level decides its traffic, faults and goals itself; in the sandbox they are yours"
        )
    now = board.conditions
    match edit:
        case Traffic():
            card = board.components.get(edit.workload)
            # Whoever was given another name is known by that, too.
            sends = None if card is None else card.settings.get("sends")
            was = now.of(sends if isinstance(sends, str) else edit.workload)
            return freedom.tidy_traffic(
                Traffic(
                    was.workload,
                    was.arrivals if edit.arrivals is None else edit.arrivals,
                    was.timeout if edit.timeout is None else edit.timeout,
                    was.retries if edit.retries is None else edit.retries,
                )
            )
        case Strike(fault):
            return Strike(freedom.tidy_fault(fault, board)[1])
        case Mend("all"):
            return edit
        case Mend(fault):
            return Mend(_which("fault", fault, now.faults))
        case Goal(goal):
            return Goal(freedom.tidy_goal(goal))
        case Ungoal(goal):
            meant = next((text for text in now.goals if _measures(text) == goal), None)
            return Ungoal(meant or _which("goal", goal, now.goals))
        case Measure():
            return freedom.tidy_window(edit)


def changed(board: Board, edit: WorldEdit, freedom: Freedom) -> Board:
    """The board under other conditions.

    Args:
        board: As it is.
        edit: As `completed` returned it.
        freedom: The level's.

    Raises:
        ScalegameError: It cannot be; the message says why.
    """
    now = board.conditions
    match edit:
        case Traffic():
            now = replace(now, traffic=tuple(edit if t.workload == edit.workload else t for t in now.traffic))
        case Strike(fault):
            if fault in now.faults:
                raise ScalegameError("Twice", f"that fault is planned already: {fault}")
            if len(now.faults) >= MOST_FAULTS:
                raise ScalegameError("Too many faults", f"a run has at most {MOST_FAULTS} faults: mend one first")
            now = replace(now, faults=(*now.faults, fault))
        case Mend(fault):
            now = replace(now, faults=() if fault == "all" else tuple(f for f in now.faults if f != fault))
        case Goal(goal):
            rest = tuple(text for text in now.goals if _measures(text) != _measures(goal))
            if len(rest) >= MOST_GOALS:
                raise ScalegameError("Too many goals", f"a board has at most {MOST_GOALS} goals: ungoal one first")
            now = replace(now, goals=(*rest, goal))
        case Ungoal(goal):
            if len(now.goals) == 1:
                raise ScalegameError("No goal left", "a run needs something to be judged by: add a goal first")
            now = replace(now, goals=tuple(text for text in now.goals if text != goal))
        case Measure():
            now = replace(now, measure=edit)
    after = replace(board, conditions=now)
    freedom.check(after)
    return in_order(after, freedom)


def in_order(board: Board, freedom: Freedom | None) -> Board:
    """The board with its conditions in their one order, and without faults of what is not on it any more."""
    if freedom is None or not (board.conditions.faults or board.conditions.goals):
        return board
    now = board.conditions
    faults = []
    for fault in now.faults:
        try:
            faults.append(freedom.tidy_fault(fault, board))
        except ScalegameError:
            continue  # Its component was removed, and takes its faults along, as it takes its wires.
    settled = replace(now, faults=tuple(text for _, text in sorted(faults)), goals=tuple(sorted(now.goals)))
    return board if settled == now else replace(board, conditions=settled)


def mending_edits(before: Conditions, after: Conditions) -> Iterator[WorldEdit]:
    """The faults that are mended, before their cards go: those would take them along."""
    yield from (Mend(fault) for fault in before.faults if fault not in after.faults)


def first_edits(before: Conditions, after: Conditions, cautious: bool) -> Iterator[WorldEdit]:
    """What can be changed before the cards are: traffic and window.

    Args:
        before: As it is.
        after: As it shall be.
        cautious: Switch traffic off before it changes, so that no step between asks too much of a run.
    """
    others = [traffic for traffic in after.traffic if traffic not in before.traffic]
    if cautious:
        yield from (Traffic(traffic.workload, "off") for traffic in others)
    if after.measure is not None and after.measure != before.measure:
        yield after.measure
    for traffic in others:
        if len(write(traffic)) <= LONGEST_LINE:
            yield traffic
            continue
        yield replace(traffic, timeout=None, retries=None)
        yield replace(traffic, arrivals=None)


def last_edits(before: Conditions, after: Conditions) -> Iterator[WorldEdit]:
    """What is changed once every card is there: faults and goals."""
    yield from (Strike(fault) for fault in after.faults if fault not in before.faults)
    fresh = [goal for goal in after.goals if goal not in before.goals]
    asked = {_measures(goal) for goal in after.goals}
    # What is measured still is replaced by its new goal.
    gone = [goal for goal in before.goals if _measures(goal) not in asked]
    # There is always a goal, and never one too many: the last old one goes after the first new one.
    last = gone.pop() if len(gone) == len(before.goals) > 0 else None
    yield from (Ungoal(goal) for goal in gone)
    for goal in fresh:
        yield Goal(goal)
        if last is not None:
            yield Ungoal(last)
            last = None


def told(before: Conditions, after: Conditions) -> Iterator[str]:
    """What differs, for people."""
    was = {traffic.workload: traffic for traffic in before.traffic}
    for traffic in after.traffic:
        old = was.get(traffic.workload, Traffic(traffic.workload))
        for name, then, now in (
            ("traffic", old.arrivals, traffic.arrivals),
            ("timeout", old.timeout, traffic.timeout),
            ("retries", old.retries, traffic.retries),
        ):
            if then != now:
                yield f"{traffic.workload} {name} {then or '–'} → {now}"
    if before.measure != after.measure and after.measure is not None:
        yield f"measured from {after.measure.start} to {after.measure.end}"
    yield from (f"– fault {fault}" for fault in before.faults if fault not in after.faults)
    yield from (f"+ fault {fault}" for fault in after.faults if fault not in before.faults)
    yield from (f"– goal {goal}" for goal in before.goals if goal not in after.goals)
    yield from (f"+ goal {goal}" for goal in after.goals if goal not in before.goals)


def _measures(goal: str) -> str:
    return goal.partition(" ")[0]


def _which(what: str, text: str, known: tuple[str, ...]) -> str:
    """The sentence that is meant: by its number from 1, or by itself."""
    if not known:
        raise ScalegameError(f"No {what}", f"there is no {what} on this board")
    if number := whole(text, len(known)):
        return known[number - 1]
    if text in known:
        return text
    numbered = ", ".join(f"{number} {sentence}" for number, sentence in enumerate(known, 1))
    raise ScalegameError(f"Unknown {what}", f"no {what} is {quoted(text)}: write its number – {numbered}"[:400])
