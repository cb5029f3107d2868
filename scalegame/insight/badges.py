"""Badges for memorable failures: a few rules over a verdict, and the one before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scalegame.simulation.result import RunResult
from scalegame.units import Dimension, show
from scalegame.verdict.judge import holds, miss
from scalegame.verdict.model import Held, Stars, Verdict


@dataclass(frozen=True, slots=True)
class Badge:
    """Something to collect.

    Attributes:
        id: For the collection; stable.
        title: What one tells others.
        sentence: What it was given for, with its figures.
    """

    id: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Known:
    """A badge that exists, whether or not anybody has it.

    Attributes:
        id: Of the badge.
        title: Of the badge; stable, as collections go by it.
        earned_by: What it is given for, for those who have it.
        riddle: The same for those who have not: enough to wonder.
    """

    id: str
    title: str
    earned_by: str
    riddle: str


#: Every badge, in the order of the collection.
KNOWN = (
    Known(
        "made-it-worse",
        "You made it worse",
        "A change after which ten people in a hundred fewer were served.",
        "Not every change is an improvement. This is for the others.",
    ),
    Known(
        "money-cant-buy-it",
        "Money can't buy it",
        "Lost with twice the money that was needed.",
        "For those who ask the budget for help. Twice.",
    ),
    Known(
        "nobody-served",
        "Great latency, nobody served",
        "Every answer was in time, and fewer than half got one.",
        "The quickest office in town. There is a reason.",
    ),
    Known(
        "silence",
        "The sound of silence",
        "Everybody asked, nobody was answered.",
        "Thousands of questions. Listen.",
    ),
    Known(
        "echo",
        "Is there an echo?",
        "Everybody asked three times or more, on average.",
        "What is said here is said again, and again.",
    ),
    Known(
        "black-hole",
        "Everything goes in",
        "More than half of what was asked or accepted was never done.",
        "It takes whatever it is given. Ask for something back.",
    ),
    Known(
        "amnesia",
        "Who wrote that?",
        "One read in ten did not find what its reader knew was there.",
        "I put it here a moment ago. I am quite sure.",
    ),
    Known(
        "so-close",
        "So close",
        "A single goal missed, by less than two in a hundred.",
        "A win, had anybody looked away at the right moment.",
    ),
    Known(
        "bargain",
        "The accountant is pleased",
        "Far below the budget, and nothing works.",
        "One department will congratulate you. Only one.",
    ),
)
_TITLES = {known.id: known.title for known in KNOWN}


def _badge(id: str, sentence: str) -> Badge:
    return Badge(id, _TITLES[id], sentence)


def badges(verdict: Verdict, before: float | None = None, stars: Stars | None = None) -> tuple[Badge, ...]:
    """The badges that an attempt earns; a win earns none.

    Args:
        verdict: Of the attempt.
        before: Availability of the attempt before on the same level, 0 to 1; None: there is none.
        stars: Pars of the level, for what is dear.
    """
    if verdict.won:
        return ()
    given = [_worse(verdict, before), _dear(verdict, stars)]
    given += [rule(verdict, verdict.runs[verdict.worst]) for rule in _RULES if verdict.runs]
    return tuple(badge for badge in given if badge is not None)


def _availability(verdict: Verdict) -> float:
    return min((run.total.availability for run in verdict.runs), default=float("nan"))


def _ratio(value: float) -> str:
    return show(value, Dimension.RATIO)


def _performance(verdict: Verdict) -> tuple[Held, ...]:
    return tuple(h for h in verdict.objectives if h.objective.metric not in ("cost", "effort"))


def _worse(verdict: Verdict, before: float | None) -> Badge | None:
    after = _availability(verdict)
    if before is None or not before - after >= 0.1:
        return None
    return _badge("made-it-worse", f"{_ratio(before)} → {_ratio(after)} of the people were served.")


def _dear(verdict: Verdict, stars: Stars | None) -> Badge | None:
    """Twice the budget, or par where there is none, and still lost on something that money should buy."""
    limits = [h.objective.target for h in verdict.objectives if h.objective.metric == "cost"]
    limit = limits[0] if limits else stars.cost if stars else None
    if not limit or verdict.cost < 2 * limit or all(h.held for h in _performance(verdict)):
        return None
    spent = show(verdict.cost, Dimension.PRICE)
    return _badge("money-cant-buy-it", f"{spent} spent, and it still broke.")


def _nobody_served(verdict: Verdict, run: RunResult) -> Badge | None:
    """Every latency objective held, because hardly anybody was let in."""
    times = [h for h in verdict.objectives if h.objective.metric == "latency"]
    if not times or not all(h.held for h in times) or not run.total.availability < 0.5:
        return None
    p99 = show(run.total.latency.p99, Dimension.TIME)
    served = f"p99 {p99} for the {_ratio(run.total.availability)} who got in."
    return _badge("nobody-served", served)


def _silence(verdict: Verdict, run: RunResult) -> Badge | None:
    if run.total.requests == 0 or run.total.successes:
        return None
    return _badge("silence", f"{run.total.requests:,} asked. None was answered.")


def _echo(verdict: Verdict, run: RunResult) -> Badge | None:
    if not run.total.requests or run.total.attempts < 3 * run.total.requests:
        return None
    each = run.total.attempts / run.total.requests
    return _badge("echo", f"Everybody asked {each:.1f} times.")


def _black_hole(verdict: Verdict, run: RunResult) -> Badge | None:
    """More than half was accepted, or asked, and never done."""
    if not run.total.requests or run.total.unfinished * 2 <= run.total.requests:
        return None
    share = _ratio(run.total.unfinished / run.total.requests)
    return _badge("black-hole", f"{share} of it has not come out yet.")


def _amnesia(verdict: Verdict, run: RunResult) -> Badge | None:
    if not run.total.reads or run.total.own_stale_reads * 10 < run.total.reads:
        return None
    count = f"{run.total.own_stale_reads:,}"
    return _badge("amnesia", f"{count} times somebody could not find what they knew was there.")


def _so_close(verdict: Verdict, run: RunResult) -> Badge | None:
    """One objective missed, by less than two per cent."""
    missed = [h for h in verdict.objectives if not h.held]
    if len(missed) != 1 or not 0 <= miss(missed[0].objective, missed[0].value) < 0.02:
        return None
    value = show(missed[0].value, missed[0].objective.dimension)
    return _badge("so-close", f"{missed[0].objective.text} was asked, and it was {value}.")


def _bargain(verdict: Verdict, run: RunResult) -> Badge | None:
    """The budget kept, nothing else, and most people sent home."""
    money = [h for h in verdict.objectives if h.objective.metric == "cost"]
    rest = _performance(verdict)
    if any(verdict.cost > 0.7 * h.objective.target for h in money):
        return None
    if not money or not all(h.held for h in money) or not run.total.availability < 0.5:
        return None
    if not rest or any(holds(h.objective, value) for h in rest for value in h.values):
        return None
    return _badge("bargain", f"{show(verdict.cost, Dimension.PRICE)}, and nothing works.")


_RULES: tuple[Callable[[Verdict, RunResult], Badge | None], ...] = (
    _nobody_served,
    _silence,
    _echo,
    _black_hole,
    _amnesia,
    _so_close,
    _bargain,
)
