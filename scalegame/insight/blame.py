"""Why requests failed: what turned them away, and the faults and orders during which they did."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from scalegame.insight.acts import acts
from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.kernel import ANSWERS, REFUSED
from scalegame.simulation.recording import Bools, Floats, Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Fault, Scenario
from scalegame.units import Dimension, show

#: From this share of repeated attempts on they are worth a finding.
REPEATS = 0.1
#: What is told when a fault strikes, by its effect.
_TOLD = {
    "crash": "crashed",
    "dies": "fell silent",
    "slow": "slower",
    "cut": "is cut",
    "pause": "stands still",
    "fails": "refuses everything",
    "loses": "loses",
    "not found": "is not found",
}
#: From this share on, failures are laid at a fault's door.
BLAMED = 0.3


def failures(scenario: Scenario, result: RunResult) -> Iterator[Ranked]:
    """How many failed and of what, and who turned them away."""
    total = result.total
    failed = total.requests - total.successes
    if failed <= 0:
        return
    reasons = sorted(((n, reason) for reason, n in total.failures.items() if n), reverse=True)
    listed = ", ".join(f"{n:,} {reason}" for n, reason in reasons)
    turned = sorted(
        ((n, id, why) for id, card in result.components.items() for why, n in card.refused.items() if n),
        reverse=True,
    )
    where = tuple((f"turned away by {id}", f"{n:,} ({why})") for n, id, why in turned)
    patience = {w.timeout for w in scenario.workloads.values() if w.timeout is not None}
    if total.failures.get("timed out") and len(patience) == 1:
        where += (("patience", show(patience.pop(), Dimension.TIME)),)
    share = failed / total.requests
    finding = Finding(
        turned[0][1] if turned and reasons and reasons[0][1] == "refused" else "",
        f"{failed:,} of {total.requests:,} failed",
        f"{percent(share)} of the requests failed: {listed}.",
        (*((reason, f"{n:,}") for n, reason in reasons), *where),
    )
    yield Ranked("failures", 0.3 + 0.4 * share, finding)


def faults(scenario: Scenario, recording: Recording) -> Iterator[Ranked]:
    """Faults during or soon after which a good part of the failures were born."""
    log = recording.requests
    failed = ~log.ended(ANSWERS) | np.isnan(log.resolved)
    count = int(np.count_nonzero(failed))
    if not count:
        return
    patience = max((w.timeout or 0.0 for w in scenario.workloads.values()), default=0.0)
    for fault in scenario.faults:
        struck = _struck(fault, recording)
        # Born up to a time-out before, they were under way when it struck.
        within = _within(log.born, struck, fault.duration, patience)
        if not _worse(failed, within):
            continue
        during = failed & within
        share = int(np.count_nonzero(during)) / count
        if share < BLAMED:
            continue
        alone = _alone(fault, recording)
        sentence = f"{percent(share)} of the failed requests came while it lasted"
        sentence += f", and no machine of {_card(fault)} was up." if alone else "."
        weight = 0.3 + 0.55 * share * min(1.0, 20 * count / len(failed))
        meanwhile = ("failures meanwhile", f"{int(np.count_nonzero(during)):,} of {count:,}")
        evidence = (meanwhile, *_times(fault, struck))
        yield Ranked("failures", weight, Finding(_card(fault), str(fault).capitalize(), sentence, evidence))


def stops(scenario: Scenario, recording: Recording) -> Iterator[Ranked]:
    """Pauses during which a good part of the slowest answers were under way: nobody fails, and everybody waits."""
    log = recording.requests
    good = log.ended(ANSWERS) & ~np.isnan(log.resolved)
    if not good.any():
        return
    taken = log.resolved - log.born
    slow = good & (taken >= np.quantile(taken[good], 0.99, method="inverted_cdf"))
    count = int(np.count_nonzero(slow))
    for fault in scenario.faults:
        if fault.effect != "pause" or fault.duration is None:
            continue
        struck = _struck(fault, recording)
        under_way = np.zeros(len(slow), dtype=bool)
        for time in struck:
            under_way |= (log.born < time + fault.duration) & (log.resolved > time)
        share = int(np.count_nonzero(slow & under_way)) / count
        if share < BLAMED:
            continue
        lasts = show(fault.duration, Dimension.TIME)
        sentence = (
            f"{percent(share)} of the slowest hundredth were under way while it stood still for {lasts}: "
            "nothing was refused, so nobody was sent elsewhere."
        )
        evidence = (("slow meanwhile", f"{int(np.count_nonzero(slow & under_way)):,} of {count:,}"),)
        finding = Finding(_card(fault), str(fault).capitalize(), sentence, (*evidence, *_times(fault, struck)))
        yield Ranked("waiting", 0.3 + 0.55 * share, finding)


def _card(fault: Fault) -> str:
    """Id of the one card that it strikes; "": a link, or all that stands at a place."""
    return fault.target[1] if fault.target[0] in ("component", "replica") else ""


def _struck(fault: Fault, recording: Recording) -> list[float]:
    """When it struck."""
    if fault.every is None:
        return [fault.at]
    kind, name, *more = fault.target
    names = {f"{name}-{more[0]}", name} if kind == "replica" else set()
    times = {
        event.time
        for event in recording.events
        if event.kind == "fault"
        and event.component == _card(fault)
        and _TOLD[fault.effect] in event.text
        and (event.text.split()[0].rstrip(",") in names or kind != "replica")
        and (event.component or event.text.startswith(name))
    }
    return sorted(times)


def _within(born: Floats, struck: list[float], lasts: float | None, before: float) -> Bools:
    """What was born while it lasted, or up to so many seconds before it struck."""
    found = np.zeros(len(born), dtype=bool)
    for time in struck:
        end = math.inf if lasts is None else time + lasts
        found |= (born >= time - before) & (born < end)
    return found


def _worse(failed: Bools, within: Bools) -> bool:
    """Whether more of what lies within failed than of the rest, if there is any."""
    if not within.any():
        return False
    return bool(within.all() or failed[within].mean() > failed[~within].mean())


def _times(fault: Fault, struck: list[float]) -> tuple[tuple[str, str], ...]:
    return () if fault.every is None else (("struck", f"{len(struck):,} times"),)


def orders(scenario: Scenario, recording: Recording) -> Iterator[Ranked]:
    """What somebody did during the run, as far as a good part of the failures were born while it lasted."""
    log = recording.requests
    failed = ~log.ended(ANSWERS) | np.isnan(log.resolved)
    count = int(np.count_nonzero(failed))
    patience = max((w.timeout or 0.0 for w in scenario.workloads.values()), default=0.0)
    for act in acts(scenario, recording.events) if count else ():
        within, bad = (log.born >= act.start) & (log.born < act.end), failed
        if act.verb == "throttle":
            bad = failed & log.ended({REFUSED})  # it does nothing but refuse
        elif act.verb != "scale":
            # Born up to a time-out before, they were under way when it struck.
            within = (log.born >= act.start - patience) & (log.born < act.end)
        if not _worse(bad, within):
            continue
        during = bad & within
        share = int(np.count_nonzero(during)) / count
        if share < BLAMED:
            continue
        what = "were refused" if act.verb == "throttle" else "came"
        sentence = f"{percent(share)} of the failed requests {what} while it lasted"
        sentence += f", and no machine of {act.component} was up." if act.alone else "."
        weight = 0.3 + 0.55 * share * min(1.0, 20 * count / len(failed))
        evidence = (("failures meanwhile", f"{int(np.count_nonzero(during)):,} of {count:,}"),)
        yield Ranked("failures", weight, Finding(act.component, act.told, sentence, evidence))


def _alone(fault: Fault, recording: Recording) -> bool:
    """Whether the fault took down the last of its card."""
    struck = frozenset(_struck(fault, recording))
    left = [
        event.left
        for event in recording.events
        if event.kind == "fault" and event.component == _card(fault) and event.time in struck
    ]
    return 0 in left[-1:] if fault.every is None else 0 in left


def repeated(result: RunResult) -> str:
    """How much of what people send they had sent before, as a sentence; "" where it is little."""
    attempts, requests = result.total.attempts, result.total.requests
    share = _repeats(result)
    if share < REPEATS:
        return ""
    return (
        f"{percent(share)} of what people send are repeats of what they had asked before: {attempts:,} tries for"
        f" {requests:,} requests."
    )


def repeats(result: RunResult) -> Iterator[Ranked]:
    """The same as a finding of its own."""
    if sentence := repeated(result):
        evidence = (("tries", f"{result.total.attempts:,}"), ("requests", f"{result.total.requests:,}"))
        finding = Finding("", "Retries feed the fire", sentence, evidence)
        yield Ranked("failures", 0.3 + 0.4 * _repeats(result), finding)


def _repeats(result: RunResult) -> float:
    """Share of the attempts that were not the first, 0 to 1."""
    attempts, requests = result.total.attempts, result.total.requests
    return (attempts - requests) / attempts if attempts else 0.0
