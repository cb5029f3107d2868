"""What locks, or their absence, did to a run: circles of waiting, crowds before a lock, changes overwritten."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.design.world import Lock, walk
from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import ComponentResult, PoolResult, RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show

#: How an event begins that tells of a circle, and how a pool is called that is a lock.
CIRCLE, LOCK = "deadlock: ", "lock "
#: A lock with fewer than this in front of it on average, or held for less of the time, is nothing to speak of.
CROWD, BUSY = 1.0, 0.5


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Deadlocks, contended locks and lost updates."""
    yield from _circles(result, recording)
    for id, card in result.components.items():
        for pool in card.pools:
            if pool.name.startswith(LOCK) and pool.queue_mean >= CROWD and pool.utilisation >= BUSY:
                yield _crowd(id, card, pool, scenario)
        lost, written = card.counters.get("lost_updates", 0.0), card.counters.get("updates", 0.0)
        if lost > 0:
            yield _overwritten(id, int(lost), int(written))


def _circles(result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Who holds what and waits for what; the first circle of each card."""
    told = set()
    for event in recording.events:
        if not event.text.startswith(CIRCLE) or event.component in told:
            continue
        told.add(event.component)
        card = result.components.get(event.component)
        circle = event.text.removeprefix(CIRCLE)
        sentence = f"From {show(event.time, Dimension.TIME)} on at {event.component}, {circle}: neither can go on."
        cores = None if card is None else next((p for p in card.pools if p.name == "cores"), None)
        count = 0 if card is None else int(card.counters.get("deadlocks", 0))
        evidence = [("circles of waiting", f"{count:,}")]
        if cores is not None:
            evidence.append(("cores in use", percent(cores.utilisation)))
        title = "Everything waits for everything"
        yield Ranked("failures", 1.05, Finding(event.component, title, sentence, tuple(evidence)))


def _crowd(id: str, card: ComponentResult, pool: PoolResult, scenario: Scenario) -> Ranked:
    name = pool.name.removeprefix(LOCK)
    passes = pool.grants / card.completions if card.completions else 0.0
    rate = card.throughput * passes
    held = pool.utilisation * pool.size / rate if rate else 0.0
    cores = next((p for p in card.pools if p.name == "cores"), None)
    inside = "one is" if pool.size == 1 else f"at most {pool.size:,.0f} are"
    sentence = (
        f"At {id} {pool.queue_mean:,.1f} calls wait for the lock {name} on average; {inside} inside, for "
        f"{show(held, Dimension.TIME)} each: {show(rate, Dimension.RATE)} come through."
    )
    if cores is not None:
        sentence += f" Those who wait hold threads; the cores are {percent(cores.utilisation)} busy"
        worked = cores.grants / card.completions if card.completions else 0.0
        if worked >= 5 and _wakes_all(id, name, scenario):
            sentence += (
                ": whenever it is free all of them look, and a call gets a core"
                f" {worked:,.0f} times before it is done."
            )
        else:
            sentence += f": a call gets one {worked:,.0f} times." if worked >= 5 else "."
    evidence = (
        ("lock held", percent(pool.utilisation)),
        ("queue for it", f"mean {pool.queue_mean:,.1f}, at most {pool.queue_max:,}"),
        ("wait for it", f"mean {show(pool.wait_mean, Dimension.TIME)}, p99 {show(pool.wait_p99, Dimension.TIME)}"),
    )
    return Ranked("waiting", 1.01, Finding(id, f"They stand before the lock {name}", sentence, evidence))


def _wakes_all(id: str, name: str, scenario: Scenario) -> bool:
    program = scenario.programs.get(str(scenario.board.components[id].settings.get("runs")))
    steps = () if program is None else (s for o in program.operations.values() for s in walk(o.steps))
    return any(isinstance(step, Lock) and step.name == name and step.wakes == "all" for step in steps)


def _overwritten(id: str, lost: int, written: int) -> Ranked:
    sentence = (
        f"{lost:,} of {written:,} changes at {id} were overwritten by somebody who had read the value before: "
        "each was answered, and none of them is there."
    )
    evidence = (("written", f"{written:,}"), ("overwritten", f"{lost:,}"))
    return Ranked(
        "lost", 0.4 + 0.5 * lost / max(written, 1), Finding(id, "Two wrote, one counts", sentence, evidence)
    )
