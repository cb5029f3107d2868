"""When enough runs have been seen.

What nobody declared is looked at after 1, 5, 8, 12 and 20 runs. A quantity is sure when its mean is a one-sided
normal tolerance factor of standard deviations from its target: then 99 % of all runs are on that side, with a
confidence of 99.9 % (Natrella, Experimental Statistics, 1963, 2-1.4.2; NIST/SEMATECH e-Handbook 7.2.6.3; here the
exact factor, by the noncentral t distribution). For counts luck may decide at most one run in a thousand. At the
last look the rule of declared attempts holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from scalegame.levels.model import Attempt, Level
from scalegame.proving.margins import LUCK, margin
from scalegame.proving.model import Margin, Sample
from scalegame.proving.statistics import clopper_pearson, tolerance_factor
from scalegame.verdict.judge import holds

#: Runs after which is looked whether more are needed.
LOOKS = (1, 5, 8, 12, 20)
#: Share of the runs, and confidence, of what is called sure before the last look.
SHARE, CONFIDENCE = 0.99, 0.999
#: How often luck may decide a count then.
SURE_LUCK = 0.001
#: A declaration is given up after so many runs, not before.
REFUTED_FROM = 8


def refuted(level: Level, attempt: Attempt, samples: Sequence[Sample]) -> bool:
    """Whether more runs could not save a declaration: luck contradicts it too often, beyond doubt."""
    if len(samples) < REFUTED_FROM:
        return False
    if attempt.wins:
        against = sum(not has_won(level, s) for s in samples)
    elif attempt.loses is not None:
        against = sum(holds(level.objectives[attempt.loses], s.values[attempt.loses]) for s in samples)
    else:
        against = sum(has_won(level, s) for s in samples)
    return clopper_pearson(against, len(samples), CONFIDENCE)[0] > LUCK


def sure(margins: Sequence[Margin], wins: bool) -> bool:
    """Whether margins, judged for this side, leave no doubt: one that is missed for good, or all that are met."""
    found = [_sure(m, wins) for m in margins]
    return all(found) if wins else any(found)


def _sure(m: Margin, wins: bool) -> bool:
    if m.runs < LOOKS[1] or m.held != (m.runs if wins else 0):
        return False
    if m.luck is not None:
        return m.luck <= SURE_LUCK
    room = m.sigmas if wins else -m.sigmas
    # Nothing to measure on any run is missed, and never met.
    return room >= tolerance_factor(m.runs, SHARE, CONFIDENCE) if room == room else not wins


def margins_of(level: Level, samples: Sequence[Sample], wins: bool) -> tuple[Margin, ...]:
    """One an objective."""
    return tuple(margin(o, i, samples, wins) for i, o in enumerate(level.objectives))


def has_won(level: Level, run: Sample) -> bool:
    """Whether a run met every objective and went its way to the end."""
    return not run.ended and all(map(holds, level.objectives, run.values))
