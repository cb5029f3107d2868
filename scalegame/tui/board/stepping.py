"""Which values come next when a parameter is changed step by step (pure functions)."""

from __future__ import annotations

from scalegame.design.kinds import Parameter, Type
from scalegame.design.model import Setting
from scalegame.design.rulebook import Adjustment

#: Rungs of a wide range, each power of ten.
_RUNGS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
#: A range of whole numbers up to this long is walked one by one.
_SHORT = 24


def steps(parameter: Parameter, adjustment: Adjustment, current: Setting) -> tuple[Setting, ...]:
    """The values that the arrows go through, in order; the current one is among them.

    Empty where there is nothing to step through (a distribution without a list of values).
    """
    if adjustment.values:
        values = list(adjustment.values)
        return tuple(values if current in values else [*values, current])
    if parameter.type is Type.CHOICE:
        return parameter.choices
    if parameter.type is not Type.NUMBER or not isinstance(current, int | float):
        return ()
    low = parameter.low if adjustment.low is None else max(adjustment.low, parameter.low)
    high = parameter.high if adjustment.high is None else min(adjustment.high, parameter.high)
    return _ladder(low, high, float(current), parameter.whole)


def _ladder(low: float, high: float, current: float, whole: bool) -> tuple[Setting, ...]:
    if whole and high - low <= _SHORT:
        rungs = {float(v) for v in range(int(low), int(high) + 1)}
    else:
        rungs = {low, high}
        power = 1e-9
        while power <= high:
            rungs |= {rung * power for rung in _RUNGS if low <= rung * power <= high}
            power *= 10
        # The digits of 1.5e-9 × 10⁹ are not all its own.
        rungs = {float(round(rung) if whole else f"{rung:.6g}") for rung in rungs}
    rungs.add(current)
    ordered = sorted(rungs)
    return tuple(int(v) for v in ordered) if whole else tuple(ordered)


def beside(values: tuple[Setting, ...], current: Setting, step: int) -> Setting:
    """The value `step` places further; stays within the list."""
    if not values:
        return current
    at = values.index(current) if current in values else 0
    return values[min(max(at + step, 0), len(values) - 1)]
