"""The result of a run in words (pure functions)."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator
from functools import partial

from textual.content import Content

from scalegame.insight.prediction import Prediction
from scalegame.tui.setup.keymap import Keymap, KeyOf
from scalegame.tui.table.model import RESULT
from scalegame.tui.telling.figures import longest
from scalegame.tui.telling.words import clock, flow, hours, line, mark, plural, price, reflowed, stars, tidy, value
from scalegame.tui.watch.operations import told
from scalegame.tui.watch.outcome import Outcome, offered_stars
from scalegame.units import Dimension, show
from scalegame.verdict.model import Verdict

#: Findings shown at once; the first is the one that matters.
_MOST_FINDINGS = 3
#: The keys as the game comes.
_KEY: KeyOf = partial(Keymap().shown, RESULT)


def report(
    outcome: Outcome, width: int, fresh: Collection[str] = (), standing: str = "", key: KeyOf = _KEY
) -> Content:
    """The whole result screen, below its headline: first why, and what next; then the figures.

    Args:
        outcome: What came of the run.
        width: Cells of a line.
        fresh: Titles of the badges that the collection did not have before.
        standing: Where the design stands among the player's others, or "".
        key: Names the keys of the actions there.
    """
    return Content("\n").join(_lines(outcome, width, fresh, standing, key))


def headline(outcome: Outcome) -> Content:
    """Won or lost, in one line."""
    badges = "".join(f"   ◆ {badge.title}" for badge in outcome.badges[:1])
    if outcome.verdict.won:
        earned = stars(outcome.verdict.stars, offered_stars(outcome.level))
        # Outside of the campaign there is nothing to win.
        won = "✓ Won" if outcome.level.chapter else "✓ Held"
        return line((won, "bold $success"), "  every goal held on every seed  ", (earned, "$warning"))
    missed = sum(not held.held for held in outcome.verdict.objectives)
    said = f"  {missed} of {plural(len(outcome.verdict.objectives), 'goal')} missed"
    lost = "✗ Lost" if outcome.level.chapter else "✗ Not held"
    return line((lost, "bold $error"), said, (badges, "$warning"))


def _lines(outcome: Outcome, width: int, fresh: Collection[str], standing: str, key: KeyOf) -> Iterator[Content]:
    verdict = outcome.verdict
    stop = None if verdict.won else outcome.computation.stop(verdict.worst)
    if stop is not None:
        yield line((f"At {clock(stop.time)}: ", "bold"), stop.sentence)
    elif outcome.attempt.headline:
        yield line(outcome.attempt.headline)
    if not verdict.won:
        yield from _cause(outcome, width, key)
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
    if outcome.computation.orders:
        yield line(("You did  ", "bold"), told(outcome.computation.orders))
    if standing:
        yield line(("Your designs  ", "bold"), standing)
    if outcome.guess:
        yield line("")
        yield line(("Your guess  ", "bold"), outcome.guess)
    for badge in outcome.badges:
        yield line("")
        new = " (new)" if badge.title in fresh else ""
        yield line(("◆ ", "$warning"), (badge.title, "bold $warning"), (new, "$success"), f"  {badge.sentence}")
    if verdict.won and outcome.level.debrief.strip():
        yield line("")
        yield line(("Why it worked", "bold"))
        yield line(reflowed(outcome.level.debrief))
    yield from _since(outcome)
    yield from _evidence(outcome, width)
    yield from _theory(outcome)


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


def _cause(outcome: Outcome, width: int, key: KeyOf) -> Iterator[Content]:
    """Why it was lost, and what can be done now."""
    for finding in outcome.findings[:1]:
        yield line(("▸ ", "$primary"), (finding.title, "bold"))
        yield from _wrapped(finding.sentence, width)
    found = [f.component for f in outcome.findings if f.component in outcome.computation.board.components]
    # Of what is fixed nothing can be changed: the next one that explains the run is the place to go on.
    named = next((id for id in found if id not in outcome.level.rulebook.fixed), found[0] if found else "")
    look = f"{key('board')}: back to the board{f', there ? tells about {named}' if named else ''}"
    yield line(("Next  ", "bold $primary"), f"{look}   {key('hint')}: a hint")


def _evidence(outcome: Outcome, width: int) -> Iterator[Content]:
    """What else explains the run: figures behind the first finding, and the findings after it."""
    first = 0 if outcome.verdict.won else 1
    if not outcome.findings:
        return
    yield line("")
    yield line(("What happened", "bold"))
    for number, finding in enumerate(outcome.findings[:_MOST_FINDINGS]):
        if number >= first:
            yield line(("▸ ", "$primary"), (finding.title, "bold" if number == 0 else ""))
            yield from _wrapped(finding.sentence, width)
        if finding.evidence and number == 0:
            # What the sentence says already is not said twice.
            told = [
                line((f"{label} ", "$quiet"), figure)
                for label, figure in finding.evidence
                if figure not in finding.sentence
            ]
            if any(label.startswith("queue for ") for label, _ in finding.evidence):
                computation = outcome.computation
                waited = longest(finding.component, outcome.level, computation.recording(outcome.verdict.worst))
                told.insert(0, line(("queue in all ", "$quiet"), f"at most {waited:,}"))
            if first:
                told.insert(0, line((f"{finding.component or 'in all'}:", "$quiet")))
            yield flow(told, width, indent=2)


def _wrapped(text: str, width: int) -> Iterator[Content]:
    yield Content("\n".join(f"  {row}" for row in textwrap.wrap(text, max(width - 2, 20))))


def _theory(outcome: Outcome) -> Iterator[Content]:
    """Theory beside truth; where it says nothing, only if there is something to learn from that."""
    if outcome.theory is None:
        return
    id, said = outcome.theory
    if isinstance(said, Prediction):
        rate, service = show(said.rate, Dimension.RATE), show(said.service, Dimension.TIME)
        yield line("")
        yield line(
            ("Theory  ", "bold"),
            f"M/M/{said.servers} for {id} at {rate} × {service}: mean wait ",
            (show(said.wait, Dimension.TIME), "bold"),
            ", measured ",
            (show(said.measured, Dimension.TIME), "bold"),
            f"; p99 {show(said.wait_p99, Dimension.TIME)}, measured {show(said.measured_p99, Dimension.TIME)}.",
        )
    elif said.teaches:
        yield line("")
        yield line(("Theory  ", "bold $quiet"), (f"no prediction for {id}: {said.reason}.", "$quiet"))


def _since(outcome: Outcome) -> Iterator[Content]:
    """What was changed since the attempt before, and what that moved."""
    if not outcome.moved:
        return
    yield line("")
    changed = ", ".join(outcome.changes)
    if not changed and all(moved.direction == "same" for moved in outcome.moved):
        yield line(("Since the last try  ", "bold"), "nothing was changed, and the same design runs the same.")
        return
    yield line(("Since the last try  ", "bold"), changed or "what was changed is not known any more")
    colours = {"better": "$success", "worse": "$error", "same": "$quiet"}
    for moved in outcome.moved:
        colour = colours[moved.direction]
        crossed = {"won": "   now held", "lost": "   lost again"}.get(moved.crossed, "")
        yield line((f"  {moved.direction:<6}  ", colour), tidy(moved.text), (crossed, colour))
