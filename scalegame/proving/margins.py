"""Whether luck could decide an objective: the rule of the proof, from the values of many runs.

For a quantity that varies continuously (latencies, goodput, cost) the mean over the runs has to be at least
three standard deviations on its side of the target. For a count (failures of a cohort, stale reads,
unfinished work) the Clopper-Pearson interval of the pooled share is taken – with counts and trials divided by
their design effect, because what fails together is not independent – and even at the end of it that lies
towards the target, a run may cross with a probability of at most one in a hundred. Where every run shows a
count of nought and nought is what is asked, no number of runs proves more: it is clear.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scalegame.proving.model import Margin, Sample
from scalegame.proving.statistics import clopper_pearson, design_effect, mean_and_deviation, more_than
from scalegame.simulation.result import RunResult
from scalegame.units import Dimension
from scalegame.verdict.judge import holds, miss, slice_of, worst_of
from scalegame.verdict.model import Objective

#: Standard deviations between mean and target.
SIGMAS = 3.0
#: How often luck may decide.
LUCK = 0.01
#: With fewer runs than this a standard deviation says too little, and only the runs themselves are judged.
LEAST_RUNS = 5


def against(objective: Objective, result: RunResult) -> tuple[int, int] | None:
    """What counts against an objective, and of how many; None for an objective that does not count."""
    part = slice_of(objective, result)
    if part is None:
        return None
    match objective.metric:
        case "availability":
            return part.requests - part.successes, part.requests
        case "unfinished":
            return part.unfinished, part.requests
        case "stale_reads":
            return part.stale_reads, part.reads
        case "own_stale_reads":
            return part.own_stale_reads, part.reads
        case "duplicates":
            return part.duplicates, part.requests
        case "lost":
            return part.lost, part.requests
    return None


def margin(objective: Objective, index: int, samples: Sequence[Sample], wins: bool) -> Margin:
    """How far luck is from deciding.

    Args:
        objective: What is asked.
        index: Its place in the samples.
        samples: One a run, at least one.
        wins: Which side the attempt is declared to be on.
    """
    values = [sample.values[index] for sample in samples]
    held = sum(holds(objective, value) for value in values)
    known = [value for value in values if not math.isnan(value)]
    mean, deviation = mean_and_deviation(known) if known else (math.nan, math.nan)
    sigmas = _sigmas(objective, mean, deviation)
    luck = _luck(objective, [sample.counts[index] for sample in samples], wins)
    on_its_side = held == len(values) if wins else held == 0
    if len(samples) < LEAST_RUNS:
        clear = on_its_side
    elif luck is not None:
        clear = on_its_side and luck <= LUCK
    elif not known:
        # Nothing to measure never holds: that is sure to be missed.
        clear = not wins
    else:
        clear = on_its_side and (sigmas >= SIGMAS if wins else -sigmas >= SIGMAS)
    return Margin(objective, held, len(values), mean, deviation, worst_of(objective, values), sigmas, luck, clear)


def _sigmas(objective: Objective, mean: float, deviation: float) -> float:
    """Room between mean and target in standard deviations, negative on the wrong side."""
    if math.isnan(mean):
        return math.nan
    good = holds(objective, mean)
    # What differs by rounding only does not vary.
    if deviation <= 1e-12 * max(abs(mean), 1e-300):
        return math.inf if good else -math.inf
    if objective.relation == "==":
        return -abs(mean - objective.target) / deviation
    room = (objective.target - mean) / deviation
    return room if objective.relation in ("<", "<=") else -room


def _luck(objective: Objective, counts: Sequence[tuple[int, int] | None], wins: bool) -> float | None:
    """An upper bound of the probability that a run crosses to the other side; None if nothing is counted."""
    pairs = [pair for pair in counts if pair is not None]
    if len(pairs) < len(counts) or not any(trials for _, trials in pairs):
        return None
    seen, trials = [k for k, _ in pairs], [n for _, n in pairs]
    each = sum(trials) / len(trials)
    allowed = _allowed(objective, each)
    if allowed is None:
        return None
    if wins and allowed < 1 and sum(seen) == 0:
        return 0.0
    effect = design_effect(seen, trials)
    low, high = clopper_pearson(sum(seen) / effect, sum(trials) / effect)
    crossing = more_than(allowed / effect, each / effect, high if wins else low)
    return crossing if wins else 1.0 - crossing


def _allowed(objective: Objective, trials: float) -> float | None:
    """The largest count against an objective with which it still holds; below 0 if none will do."""
    if objective.metric == "availability":
        if objective.relation not in (">", ">="):
            return None
        exactly, strict = (1.0 - objective.target) * trials, objective.relation == ">"
    elif objective.relation == ">" or objective.relation == ">=":
        return None
    else:
        ratio = objective.dimension is Dimension.RATIO
        exactly, strict = objective.target * (trials if ratio else 1.0), objective.relation == "<"
        if objective.relation == "==" and objective.target > 0:
            return None
    whole = math.floor(exactly + 1e-9)
    return float(whole - 1 if strict and abs(exactly - whole) < 1e-9 else whole)


def least_room(margins: Sequence[Margin]) -> int:
    """Index of the objective that decides a winner: the one closest to being missed.

    By runs missed, then by standard deviations of room, then – where nothing varies – by relative room.
    """

    def tightness(i: int) -> tuple[int, float, float]:
        sigmas = margins[i].sigmas
        return -margins[i].held, math.inf if math.isnan(sigmas) else -sigmas, _tightness(margins[i])

    return max(range(len(margins)), key=tightness)


def surest_miss(margins: Sequence[Margin]) -> int:
    """Index of the objective that decides a loser: the one missed on most runs, then by most."""
    return min(range(len(margins)), key=lambda i: (margins[i].held, -_tightness(margins[i])))


def _tightness(margin: Margin) -> float:
    return miss(margin.objective, margin.mean)
