"""From what was measured to what came of it: objectives held or not, stars, and the run worth watching."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scalegame.design import price
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.simulation.result import RunResult, Slice
from scalegame.units import Dimension
from scalegame.verdict.model import Held, Objective, Stars, Verdict

#: A value this close to its target (relative) counts as equal to it: 0.1 + 0.2 dollars are 0.3 dollars.
CLOSE = 1e-9

_NAN = float("nan")


def measure(objective: Objective, result: RunResult, cost: float, effort: float) -> float:
    """What one run says about one objective.

    Args:
        objective: What is asked.
        result: What was measured.
        cost: Dollars per hour, of the run.
        effort: Hours, of the design.

    Returns:
        The value in the base unit of the objective's dimension. NaN where there is nothing to measure: no
        success to take a latency of, no read to be stale, a workload or operation that never asked.
    """
    if objective.metric == "cost":
        return cost
    if objective.metric == "effort":
        return effort
    part = slice_of(objective, result)
    if part is None:
        return _NAN
    match objective.metric:
        case "latency":
            return _float(getattr(part.latency, objective.statistic))
        case "completion":
            return _float(getattr(part.completion, objective.statistic))
        case "availability":
            return part.availability
        case "goodput":
            return part.goodput
        case "throughput":
            return part.throughput
        case "unfinished":
            return _count_or_ratio(part.unfinished, part.requests, objective)
        case "stale_reads":
            return _count_or_ratio(part.stale_reads, part.reads, objective)
        case "own_stale_reads":
            return _count_or_ratio(part.own_stale_reads, part.reads, objective)
        case "duplicates":
            return _count_or_ratio(part.duplicates, part.requests, objective)
        case "lost":
            return _count_or_ratio(part.lost, part.requests, objective)
    raise ValueError(f"no such metric: {objective.metric}")


def slice_of(objective: Objective, result: RunResult) -> Slice | None:
    """The requests that an objective speaks of; None if the run has none of that name.

    A workload goes before an operation of the same name.
    """
    if not objective.scope:
        return result.total
    return result.workloads.get(objective.scope) or result.operations.get(objective.scope)


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else _NAN


def _count_or_ratio(count: int, of: int, objective: Objective) -> float:
    """A count; or its share, where the objective's target is a ratio."""
    if objective.dimension is not Dimension.RATIO:
        return float(count)
    return count / of if of else _NAN


def holds(objective: Objective, value: float) -> bool:
    """Whether a value satisfies an objective. NaN never does."""
    if math.isnan(value):
        return False
    target = objective.target
    if math.isclose(value, target, rel_tol=CLOSE):
        value = target
    match objective.relation:
        case "<":
            return value < target
        case "<=":
            return value <= target
        case ">":
            return value > target
        case ">=":
            return value >= target
        case "==":
            return value == target


def miss(objective: Objective, value: float) -> float:
    """How far a value is on the wrong side of its target, relative to the target.

    Returns:
        0 at the target, positive beyond it, negative where there is room left; infinity for NaN. Where the
        target is 0 the value itself is the measure.
    """
    if math.isnan(value):
        return math.inf
    scale = abs(objective.target) or 1.0
    over = (value - objective.target) / scale
    match objective.relation:
        case "<" | "<=":
            return over
        case ">" | ">=":
            return -over
        case "==":
            return abs(over)


def worst_of(objective: Objective, values: Sequence[float]) -> float:
    """The value that decides: the one furthest on the wrong side; NaN if there is one."""
    return max(values, key=lambda value: miss(objective, value))


def judge(
    objectives: Sequence[Objective], stars: Stars, runs: Sequence[RunResult], board: Board, rulebook: Rulebook
) -> Verdict:
    """What came of a design on a level.

    Args:
        objectives: The level's.
        stars: The level's pars.
        runs: One for each play seed, at least one.
        board: The design.
        rulebook: Of the level: what was found, and what changes cost.

    Returns:
        The verdict; an objective's value is its worst seed's.
    """
    effort = price.effort(rulebook.found, board, rulebook)
    return verdict_of(objectives, stars, runs, parts=price.parts(board, rulebook), effort=effort)


def verdict_of(
    objectives: Sequence[Objective], stars: Stars, runs: Sequence[RunResult], *, parts: int, effort: float
) -> Verdict:
    """`judge` for a design whose parts and effort (hours) are known.

    Raises:
        ValueError: There is no run to judge.
    """
    if not runs:
        raise ValueError("a verdict needs at least one run")
    held = []
    for objective in objectives:
        values = tuple(measure(objective, run, run.cost, effort) for run in runs)
        value = worst_of(objective, values)
        held.append(Held(objective, values, value, all(holds(objective, v) for v in values)))
    won = all(h.held for h in held) and not any(run.ended for run in runs)
    cost = max((run.cost for run in runs), key=lambda c: math.inf if math.isnan(c) else c)
    latency = next((h.value for h in held if h.objective.metric == "latency"), _NAN)
    earned = (("cost", cost, stars.cost), ("latency", latency, stars.latency), ("parts", parts, stars.parts))
    return Verdict(
        objectives=tuple(held),
        won=won,
        stars=tuple(name for name, value, par in earned if won and par is not None and _at_par(value, par)),
        cost=cost,
        latency=latency,
        parts=parts,
        effort=effort,
        worst=_worst_run(held, runs),
        runs=tuple(runs),
    )


def _at_par(value: float, par: float) -> bool:
    return value <= par or math.isclose(value, par, rel_tol=CLOSE)


def _worst_run(held: Sequence[Held], runs: Sequence[RunResult]) -> int:
    """The run that misses most, then the one that misses by most; the first of equals.

    A run that a limit ended counts as missing one more. Misses are compared from the largest down, so that
    an objective which is the same on every seed (effort) does not hide the others.
    """

    def badness(index: int) -> tuple[int, list[float]]:
        values = [(h.objective, h.values[index]) for h in held]
        missed = sum(not holds(o, v) for o, v in values) + bool(runs[index].ended)
        return missed, sorted((miss(o, v) for o, v in values), reverse=True)

    return max(range(len(runs)), key=badness)
