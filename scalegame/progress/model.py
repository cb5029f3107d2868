"""What is remembered of a player (pure data)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedBoard:
    """A board in progress, as lines in the language of edits.

    Attributes:
        level: Id of its level.
        digest: The level's digest when it was saved.
        lines: What turns the board as found into this one.
        selected: What was selected on the canvas: an id, a wire `a -> b`, or "".
        base: Lines that make the oldest board which undo can reach.
        done: What was done since then, one line a step.
        undone: What was undone, the next redo last.
    """

    level: str
    digest: str
    lines: tuple[str, ...]
    selected: str = ""
    base: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedBoard:
    """A board that the player has put away under a name.

    Attributes:
        level: Id of its level.
        name: Chosen by the player; unique on its level.
        digest: The level's digest when it was saved.
        lines: What turns the board as found into this one.
        cost: Dollars per hour.
        parts: Components, replicas counted.
        at: Wall time, seconds since 1970; 0: now.
    """

    level: str
    name: str
    digest: str
    lines: tuple[str, ...]
    cost: float
    parts: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """An objective and what an attempt measured, one value a seed (None: nothing to measure)."""

    text: str
    target: float
    values: tuple[float | None, ...]
    value: float | None
    held: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a design on all play seeds, and what came of it.

    Attributes:
        level: Id of its level.
        digest: The level's digest.
        lines: The design.
        won: All objectives held on all seeds.
        stars: Earned by this design.
        objectives: In the level's order.
        cost: Dollars per hour.
        effort: Hours.
        parts: Components, replicas counted.
        availability: Of the worst seed, 0 to 1, or None.
        headline: One sentence: why it was lost, or "".
        badges: Collected with it.
        at: Wall time, seconds since 1970.
        live: What was done while it ran, in the order of the log: `at 12 s: scale web 4`.
    """

    level: str
    digest: str
    lines: tuple[str, ...]
    won: bool
    stars: tuple[str, ...]
    objectives: tuple[Measured, ...]
    cost: float
    effort: float
    parts: int
    availability: float | None
    headline: str = ""
    badges: tuple[str, ...] = ()
    at: float = 0.0
    live: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a player stands on one level.

    Attributes:
        won: At least once.
        stars: Collected over all winning designs.
        losses: How often it was lost.
        skipped: Passed over.
    """

    won: bool = False
    stars: frozenset[str] = frozenset()
    losses: int = 0
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Prediction:
    """Which box a player thought would fill first."""

    component: str
    came_true: bool | None = None
