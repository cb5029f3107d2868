"""What trying again does: an outage that outlives its cause, and effects that take place twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scalegame.design.model import Component
from scalegame.design.world import Write, walk
from scalegame.insight.bottleneck import named
from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.kernel import ANSWERS
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Open, Scenario
from scalegame.units import Dimension, show

#: Seconds that a system has to recover once the cause is gone, before an outage is one of its own.
RECOVERS = 10.0
#: An outage: this share fails. It feeds itself: this many tries for each request.
FAILING, TRIES = 0.5, 1.5
#: A rate above this many times the last one was a rush.
RUSH = 1.2
#: Fewer requests say nothing.
ENOUGH = 50


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Both."""
    yield from _storm(scenario, result, recording)
    yield from _twice(scenario, result)


def _storm(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    cause = max(_causes(scenario), default=None)
    if cause is None:
        return
    over, began, what = cause
    log = recording.requests
    earlier = log.born < began
    if np.count_nonzero(earlier) >= ENOUGH and np.mean(~log.ended(ANSWERS)[earlier]) >= FAILING:
        return  # it went no better before
    after = log.born >= over + RECOVERS
    count = int(np.count_nonzero(after))
    if count < ENOUGH:
        return
    failed = int(np.count_nonzero(after & ~log.ended(ANSWERS)))
    tries = float(np.sum(log.attempts[after])) / count
    if failed < FAILING * count or tries < TRIES:
        return
    if np.count_nonzero(earlier) < ENOUGH and not _fits(tries, scenario, result):
        return  # it is too much all the time
    seconds = scenario.window.end - max(scenario.window.start, over + RECOVERS)
    asked, sent = count / seconds, tries * count / seconds
    sentence = (
        f"{what} was over at {show(over, Dimension.TIME)}, and {percent(failed / count)} of what came more than"
        f" {show(RECOVERS, Dimension.TIME)} later failed all the same. People asked {show(asked, Dimension.RATE)},"
        f" and because they tried again the system was asked {show(sent, Dimension.RATE)}: the failures feed"
        " themselves."
    )
    busy = max(result.components.items(), key=lambda pair: pair[1].utilisation)
    evidence = (
        ("tries a request", f"{tries:.1f}"),
        (f"{busy[0]} busy", percent(busy[1].utilisation)),
    )
    finding = Finding(busy[0], "The cause is gone, the outage stays", sentence, evidence)
    yield Ranked("failures", 0.95, finding)


def _fits(tries: float, scenario: Scenario, result: RunResult) -> bool:
    """Whether every card's cores could do what is asked of it, if nobody tried again."""
    seconds = scenario.window.end - scenario.window.start
    for id, card in result.components.items():
        cores = named(result, id, "cores")
        if cores is not None and card.arrivals / tries / seconds * card.service_mean > cores.size:
            return False
    return True


def _causes(scenario: Scenario) -> Iterator[tuple[float, float, str]]:
    """What made things hard for a time: when it was over, when it began, and what it was."""
    for fault in scenario.faults:
        if fault.duration is not None and fault.every is None:
            yield fault.at + fault.duration, fault.at, f"The fault ({fault})"
    for workload in scenario.workloads.values():
        if isinstance(workload.arrivals, Open):
            last = workload.arrivals.pieces[-1].high
            rushes = [p for p in workload.arrivals.pieces[:-1] if max(p.low, p.high) > RUSH * last > 0]
            if rushes:
                yield max(p.end for p in rushes), min(p.start for p in rushes), f"The rush of {workload.name}"


def _twice(scenario: Scenario, result: RunResult) -> Iterator[Ranked]:
    total = result.total
    if not total.duplicates:
        return
    adding = [card for card in scenario.board if _adds(card, scenario)]
    card = max(adding, key=lambda c: result.components[c.id].arrivals, default=None)
    share = total.duplicates / total.requests
    sentence = (
        f"{total.duplicates:,} of {total.requests:,} requests took effect more than once: they were sent again,"
    )
    sentence += " and whoever did the work did not know that it was done."
    evidence = [("tries a request", f"{total.attempts / total.requests:.2f}")]
    if card is not None:
        sentence += f" {_keys(card)}"
        evidence.append((f"keys of {card.id}", str(card.settings.get("key.kept"))))
    id = "" if card is None else card.id
    yield Ranked("duplicates", 0.55 + 0.4 * share, Finding(id, "Done twice", sentence, tuple(evidence)))


def _adds(card: Component, scenario: Scenario) -> bool:
    program = scenario.programs.get(str(card.settings.get("runs")))
    if program is None:
        return False
    steps = (step for operation in program.operations.values() for step in walk(operation.steps))
    return any(isinstance(step, Write) and step.adds for step in steps)


def _keys(card: Component) -> str:
    match card.settings.get("key.kept"):
        case "apart":
            return (
                f"{card.id} keeps its keys in the memory of each machine: another one does not know them, and one"
                " that was started anew has none."
            )
        case "with state":
            expiry = card.settings.get("key.expiry")
            lasts = show(expiry, Dimension.TIME) if isinstance(expiry, int | float) else "a time"
            return f"{card.id} forgets a key after {lasts}, and some came later."
    return f"{card.id} keeps no keys."
