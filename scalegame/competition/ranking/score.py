"""One number for a team, where somebody wants one (pure functions). It decides no rank.

A level that is won is worth 1 point, and each weight adds itself times the share of the *other* teams that have
won the level and are no better there:

    score = Σ over the levels won of ( 1 + Σ over the axes of weight × share )

Another team is better on an axis (cost, latency, availability, parts) if one of its designs that win is, beyond
what chance can do (`ties`); so ties cost nothing. The share is 1 where nobody else has won. Of a team's own
designs that one counts which brings most: a team has to be good at everything with one design. For `speed` a team
is better if it handed in its first design that wins earlier, counted from the opening of the level; a weight of 0,
which is the default, means that time plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from scalegame.competition.model.judgement import Judgement
from scalegame.competition.model.settings import Weights
from scalegame.competition.ranking.ties import AXES, outcomes


def points(
    designs: Sequence[Judgement], owners: Sequence[str], weights: Weights, solved: Mapping[str, float]
) -> dict[str, float]:
    """Points of each team on one level.

    Args:
        designs: All designs that win, of all teams.
        owners: Whose each is.
        weights: Of the axes.
        solved: By team seconds from the opening of the level until its first winning design; whoever is missing
            was later than everybody else.

    Raises:
        ValueError: The judgements are not of the same level, seeds and engine.
    """
    teams = list(dict.fromkeys(owners))
    value = np.ones(len(designs))
    for axis in AXES:
        weight = getattr(weights, axis)
        if weight:
            signs = outcomes(designs, axis)
            shares = [_share(signs[:, i] > 0, owners, len(teams) - 1, own) for i, own in enumerate(owners)]
            value += weight * np.array(shares)
    best = {team: max(float(value[i]) for i, owner in enumerate(owners) if owner == team) for team in teams}
    times = {team: solved.get(team, float("inf")) for team in teams}
    return {team: best[team] + weights.speed * _no_sooner(times, team) for team in teams}


def _share(better: npt.NDArray[np.bool_], owners: Sequence[str], others: int, own: str) -> float:
    """Which share of the other teams has no design that is better."""
    ahead = {owner for owner, ahead in zip(owners, better.tolist(), strict=True) if ahead} - {own}
    return 1.0 - len(ahead) / others if others else 1.0


def _no_sooner(times: Mapping[str, float], own: str) -> float:
    others = len(times) - 1
    return 1.0 - sum(time < times[own] for time in times.values()) / others if others else 1.0
