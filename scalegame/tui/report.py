"""The result of a run in words (pure functions)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from textual.content import Content

from scalegame.insight.prediction import Prediction
from scalegame.tui.outcome import Outcome, offered_stars
from scalegame.tui.words import clock, flow, hours, line, mark, plural, price, reflowed, stars, tidy, value
from scalegame.units import Dimension, show
from scalegame.verdict.model import Verdict

#: Findings shown at once; the first is the one that matters.
_MOST_FINDINGS = 3


def report(outcome: Outcome, width: int) -> Content:
    """The whole result screen, below its headline."""
    return Content("\n").join(_lines(outcome, width))


def headline(outcome: Outcome) -> Content:
    """Won or lost, in one line."""
    if outcome.verdict.won:
        earned = stars(outcome.verdict.stars, offered_stars(outcome.level))
        return line(("✓ Won", "bold $success"), "  every goal held on every seed  ", (earned, "$warning"))
    missed = sum(not held.held for held in outcome.verdict.objectives)
    said = f"  {missed} of {plural(len(outcome.verdict.objectives), 'goal')} missed"
    return line(("✗ Lost", "bold $error"), said)


def _lines(outcome: Outcome, width: int) -> Iterator[Content]:
    verdict = outcome.verdict
    stop = None if verdict.won else outcome.computation.stop(verdict.worst)
    if stop is not None:
        yield line((f"At {clock(stop.time)}: ", "bold"), stop.sentence)
        yield line("")
    elif outcome.attempt.headline:
        yield line(outcome.attempt.headline)
        yield line("")
    yield from _objectives(verdict)
    yield line(
        ("cost ", "$quiet"),
        price(verdict.cost),
        ("   work ", "$quiet"),
        hours(verdict.effort),
        ("   parts ", "$quiet"),
        str(verdict.parts),
    )
    if verdict.won:
        yield from _pars(outcome)
    if outcome.guess:
        yield line("")
        yield line(("Your guess  ", "bold"), outcome.guess)
    if verdict.won and outcome.level.debrief.strip():
        # First of all why it worked: in a small window the rest is below the fold.
        yield line("")
        yield line(("Why it worked", "bold"))
        yield line(reflowed(outcome.level.debrief))
        yield from _since(outcome)
        yield from _why(outcome, width)
    else:
        yield from _why(outcome, width)
        yield from _since(outcome)
    for badge in outcome.badges:
        yield line("")
        yield line(("◆ ", "$warning"), (badge.title, "bold $warning"), f"  {badge.sentence}")


def _objectives(verdict: Verdict) -> Iterator[Content]:
    """A row each: mark, goal, the value that decides, and the value on every seed."""
    texts = [tidy(held.objective.text) for held in verdict.objectives]
    wide = max([len(text) for text in texts] + [4]) + 2
    seeds = len(verdict.runs)
    heads = "".join(f"{f'seed {i + 1}':>11}" for i in range(seeds))
    yield line((f"  {'goal':<{wide}}{'worst':>10} ", "$quiet"), (heads, "$quiet"))
    for text, held in zip(texts, verdict.objectives, strict=True):
        sign, colour = mark(held.held)
        each = "".join(f"{value(v, held.objective):>11}" for v in held.values)
        yield line(
            (f"{sign} ", colour),
            f"{text:<{wide}}",
            (f"{value(held.value, held.objective):>10} ", f"bold {colour}"),
            (each, "$quiet"),
        )


def _pars(outcome: Outcome) -> Iterator[Content]:
    """Stars and what each would have taken."""
    level, verdict = outcome.level, outcome.verdict
    pars = {
        "cost": (f"cost ≤ {price(level.stars.cost or 0)}", price(verdict.cost)),
        "latency": (
            f"latency ≤ {show(level.stars.latency or 0, Dimension.TIME)}",
            show(verdict.latency, Dimension.TIME) if verdict.latency == verdict.latency else "–",
        ),
        "parts": (f"parts ≤ {level.stars.parts}", str(verdict.parts)),
    }
    pieces = []
    for name in offered_stars(level):
        par, reached = pars[name]
        got = name in verdict.stars
        pieces.append(line(("★ " if got else "☆ ", "$warning"), (f"{par} ({reached})", "$quiet")))
    if pieces:
        yield Content("   ").join(pieces)


def _why(outcome: Outcome, width: int) -> Iterator[Content]:
    """The bottleneck with its evidence, and theory beside truth."""
    if outcome.findings:
        yield line("")
        yield line(("What happened", "bold"))
    for number, finding in enumerate(outcome.findings[:_MOST_FINDINGS]):
        yield line(("▸ ", "$primary"), (finding.title, "bold" if number == 0 else ""))
        yield Content("\n".join(f"  {row}" for row in textwrap.wrap(finding.sentence, width - 2)))
        if finding.evidence and number == 0:
            # What the sentence says already is not said twice.
            told = [
                line((f"{label} ", "$quiet"), figure)
                for label, figure in finding.evidence
                if figure not in finding.sentence
            ]
            yield flow(told, width, indent=2)
    if outcome.theory is None:
        return
    id, said = outcome.theory
    yield line("")
    if isinstance(said, Prediction):
        rate, service = show(said.rate, Dimension.RATE), show(said.service, Dimension.TIME)
        yield line(
            ("Theory  ", "bold"),
            f"M/M/{said.servers} for {id} at {rate} × {service}: mean wait ",
            (show(said.wait, Dimension.TIME), "bold"),
            ", measured ",
            (show(said.measured, Dimension.TIME), "bold"),
            f"; p99 {show(said.wait_p99, Dimension.TIME)}, measured {show(said.measured_p99, Dimension.TIME)}.",
        )
    else:
        yield line(("Theory  ", "bold $quiet"), (f"no prediction for {id}: {said.reason}.", "$quiet"))


def _since(outcome: Outcome) -> Iterator[Content]:
    """What was changed since the attempt before, and what that moved."""
    if not outcome.moved:
        return
    yield line("")
    changed = ", ".join(outcome.changes) or "nothing; only your patience"
    yield line(("Since the last try  ", "bold"), changed)
    signs = {"better": ("▲", "$success"), "worse": ("▼", "$error"), "same": ("=", "$quiet")}
    for moved in outcome.moved:
        sign, colour = signs[moved.direction]
        crossed = {"won": "   now held", "lost": "   lost again"}.get(moved.crossed, "")
        yield line((f"  {sign} ", colour), tidy(moved.text), (crossed, colour))
