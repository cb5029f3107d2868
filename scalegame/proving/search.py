"""Designs that nobody wrote, a bounded number of them: is there a cheap win that the author did not see?

From the board as found (or `base_of`), every single change over the values that a player may choose (of a number
its least, its greatest and two between; every size and every word; every project; every item, wired in where it
can be), then in turn pairs of them and items with one of their settings. Each is run once, on the first seed that
is played; what loses there is dropped, and only what may be a find is run again and again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, islice, zip_longest
from typing import TypeVar

from scalegame.design import checks, edits, price
from scalegame.design.difference import difference
from scalegame.design.kinds import Parameter, Type
from scalegame.design.model import Board, Component, Setting
from scalegame.design.parameters.scaling import scales
from scalegame.design.rulebook import Adjustment
from scalegame.design.rules import adjustments, legal_wires
from scalegame.errors import ScalegameError
from scalegame.levels.model import Level
from scalegame.proving.changes import used
from scalegame.proving.generate import Candidate, base_of, candidate, declared_boards, greatest
from scalegame.proving.model import AttemptProof, Sample, Searched, Trial
from scalegame.proving.plan import Plan, idea
from scalegame.proving.running import Ask, Runner, Task
from scalegame.proving.sequential import has_won
from scalegame.proving.trials import answered, trial_task
from scalegame.verdict.judge import holds

#: Designs that are tried, unless told otherwise.
DESIGNS = 60
#: Pairs that are looked at for every design that is tried: most of them cannot start or cost too much.
_PAIRS = 50
#: Finds that are told besides those accepted; a level with more has one thing to mend first.
MOST_FINDS = 5
#: Single changes that are looked at: a board of sixty cards could offer thousands.
_MOST_SINGLES = 300

Lines = tuple[edits.Edit, ...]
T = TypeVar("T")


def designs(level: Level, plans: Sequence[Plan], most: int) -> tuple[Candidate, ...]:
    """Designs to try: single changes first, then the others in an order that depends on nothing but themselves.

    Left out is what cannot start, what was declared, and what misses an objective by its price or effort alone.

    Args:
        level: To search.
        plans: The declared attempts.
        most: How many designs.
    """
    known = declared_boards(plans)
    base = base_of(level, plans)
    seen = {what for what, live in known if not live} | {idea(base)}
    found: list[Candidate] = []
    singles = list(islice(_singles(level, base), _MOST_SINGLES))
    pairs = sorted(((*one, *two) for one, two in combinations(singles, 2)), key=_order)
    set_up = sorted(islice(_set_up(level, base), _MOST_SINGLES), key=_order)
    for lines_of_it in chain(singles, in_turn(pairs[: _PAIRS * most], set_up)):
        if len(found) >= most:
            break
        board = _after(level, base, lines_of_it)
        if board is None or (what := idea(board)) in seen:
            continue
        seen.add(what)
        if checks.problems(board, level.rulebook) or _too_dear(level, board):
            continue
        lines = difference(level.found, board, level.rulebook)
        made = candidate(level, f"search: {', '.join(lines)}", board, (), {}, {})
        if not made.why_not:
            found.append(made)
    return tuple(found)


def _order(lines: Lines) -> bytes:
    """What is tried of a level does not depend on its name."""
    return hashlib.blake2b("\n".join(map(edits.write, lines)).encode(), digest_size=8).digest()


def in_turn(*several: Iterable[T]) -> Iterator[T]:
    """The first of each, the second of each, and so on, until all have ended."""
    nothing = object()
    for row in zip_longest(*several, fillvalue=nothing):
        yield from (each for each in row if each is not nothing)  # type: ignore[misc]


def _after(level: Level, base: Board, lines: Sequence[edits.Edit]) -> Board | None:
    try:
        return edits.apply_all(base, lines, level.rulebook)
    except ScalegameError:
        # The second has nothing to do with the first any more.
        return None


def _too_dear(level: Level, board: Board) -> bool:
    """Whether a design is lost before it runs."""
    moving = level.live is not None or any(scales(card) for card in board)
    values = {"effort": price.effort(level.found, board, level.rulebook)}
    if not moving:
        values["cost"] = price.cost(board, level.rulebook)
    return any(o.metric in values and not holds(o, values[o.metric]) for o in level.objectives)


def _singles(level: Level, base: Board) -> Iterator[Lines]:
    """Every single change; of many the first of each sort."""
    projects = ((edits.Buy(project),) for project in level.rulebook.projects if project not in base.projects)
    added = (lines for _, lines in _added(level, base))
    yield from in_turn(_settings(level, base), projects, added)


def _settings(level: Level, base: Board) -> Iterator[Lines]:
    """Every other value of what may be set on the board."""
    for card in base:
        yield from _settings_of(level, card)


def _settings_of(level: Level, card: Component) -> Iterator[Lines]:
    """Every other value of what may be set of a card."""
    for name, adjustment in adjustments(card, level.rulebook).items():
        parameter = level.rulebook.kinds[card.kind].parameter(name)
        for value in _values(level, parameter, adjustment):
            if value != card.settings.get(name):
                yield (edits.Set(card.id, ((name, parameter.write(value)),)),)


def _set_up(level: Level, base: Board) -> Iterator[Lines]:
    """Every item wired in, with another value of one of its settings."""
    for new, lines in _added(level, base):
        for (setting,) in _settings_of(level, new):
            yield (*lines, setting)


def _values(level: Level, parameter: Parameter, adjustment: Adjustment) -> tuple[Setting, ...]:
    """What to try of a parameter."""
    if adjustment.values:
        return adjustment.values
    if parameter.type is not Type.NUMBER:
        return ()
    high = greatest(level, parameter, adjustment)
    low = adjustment.low if adjustment.low is not None and adjustment.low > -1e300 else parameter.low
    if not isinstance(high, int | float) or high <= low:
        return ()
    # Two between, by equal ratios where the range is wide: 5, 17, 58, 200 threads.
    wide = low > 0 and high / low > 8
    between = [low * (high / low) ** (i / 3) if wide else low + (high - low) * i / 3 for i in (1, 2)]
    numbers = [low, *between, high]
    return tuple(dict.fromkeys(round(n) if parameter.whole else float(f"{n:.3g}") for n in numbers))


def _added(level: Level, base: Board) -> Iterator[tuple[Component, Lines]]:
    """Every item of the palette, as it comes: put into a wire, or behind a card that could ask it."""
    for item in level.rulebook.palette.values():
        if not item.most:
            continue
        for place in item.places:
            add = edits.Add(item.name, at=place)
            board = _after(level, base, [add])
            if board is None:
                continue
            new = next(card for card in board if card.id not in base.components)
            for wire in base.wires:
                yield new, (add, edits.Rewired((wire.source, new.id, wire.target)))
            for card in base:
                if new.id in legal_wires(board, card.id, level.rulebook):
                    yield new, (add, edits.Wired((card.id, new.id)), *_onwards(level, base, board, card, new))


def _onwards(level: Level, base: Board, board: Board, card: Component, new: Component) -> Iterator[edits.Edit]:
    """A second card of a kind goes on to where the first goes."""
    for target in base.targets(card.id):
        if base.components[target].kind == new.kind:
            for next_one in base.targets(target):
                if next_one in legal_wires(board, new.id, level.rulebook):
                    yield edits.Wired((new.id, next_one))


def search_task(
    level: Level, made: Candidate, first: int, seeds: tuple[int, ...], cheapest: tuple[float, float]
) -> Task[tuple[bool, Trial | None]]:
    """Tries a design.

    Args:
        level: That it is of.
        made: The design.
        first: The seed of the first look.
        seeds: Of the proof, for what may be a find.
        cheapest: Cost and effort of the declared winners, the least of each.

    Returns:
        Whether it wins on the first seed, and what became of it if it may be a find.
    """
    (look,) = yield Ask(made.do, made.live, made.board, (first,))
    if not has_won(level, look):
        return False, None
    if not _may_be_find(level, made, look, cheapest):
        return True, None
    trial = yield from trial_task(level, made, seeds)
    return trial.won > 0, trial if trial.won else None


def _may_be_find(level: Level, made: Candidate, look: Sample, cheapest: tuple[float, float]) -> bool:
    """Without anything that the level is about, or for less than any declared winner."""
    if level.mechanism and not used(level, made.board, level.mechanism):
        return True
    cost, effort = cheapest
    mine = price.effort(level.found, made.board, level.rulebook)
    less = look.cost < cost * (1 - 1e-9) or mine < effort
    return less and look.cost <= cost * (1 + 1e-9) and mine <= effort


def search_for(
    runner: Runner,
    level: Level,
    plans: Sequence[Plan],
    attempts: Sequence[AttemptProof],
    seeds: tuple[int, ...],
    most: int,
) -> Searched:
    """Searches a level whose declared attempts are proved.

    Args:
        runner: Makes the runs.
        level: To search.
        plans: The declared attempts.
        attempts: What became of them.
        seeds: Of the proof.
        most: How many designs to try.
    """
    winners = [plan for plan in plans if plan.attempt.wins and plan.board is not None]
    spent = {a.name: a.cost for a in attempts}
    costs = [spent[plan.attempt.name] for plan in winners]
    efforts = [price.effort(level.found, plan.board, level.rulebook) for plan in winners if plan.board is not None]
    cheapest = min(costs, default=math.inf), min(efforts, default=math.inf)
    (first,) = level.seeds("play", 1)
    made = designs(level, plans, most)
    outcomes = runner.carry_out([search_task(level, design, first, seeds, cheapest) for design in made])
    return Searched(
        designs=len(made),
        won=sum(won for won, _ in outcomes),
        finds=told([answered(level, trial) for trial in least([t for _, t in outcomes if t is not None])]),
    )


def told(finds: Sequence[Trial]) -> tuple[Trial, ...]:
    """What the author is told: all that is accepted, and the first few others."""
    open_ones = [trial for trial in finds if not trial.accepted]
    return tuple(trial for trial in finds if trial.accepted or trial in open_ones[:MOST_FINDS])


def least(finds: Sequence[Trial]) -> tuple[Trial, ...]:
    """Those finds that are not another find with something added, the cheapest first."""
    parts = {trial.name: frozenset(_single(trial.do)) for trial in finds}
    kept = [t for t in finds if not any(parts[other.name] < parts[t.name] for other in finds)]
    return tuple(sorted(kept, key=lambda t: (t.cost, t.effort, len(t.do), t.name)))


def _single(do: Sequence[str]) -> Iterator[str]:
    """Edits, one setting each."""
    for line in do:
        edit = edits.parse(line)
        if isinstance(edit, edits.Set):
            yield from (edits.write(edits.Set(edit.id, (setting,))) for setting in edit.settings)
        else:
            yield line
