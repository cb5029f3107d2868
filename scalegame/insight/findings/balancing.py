"""Calls that went where they should not: to who fails them, to one more than to others, to who has forgotten."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np

from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import ComponentResult, RunResult
from scalegame.simulation.scenario import Scenario

#: A machine that fails so many of its calls, and gets so many of all, is a sinkhole.
FAILS, LEAST_SHARE = 0.2, 0.02
#: So many times the mean is uneven, where each was given this many calls on average.
UNEVEN, ENOUGH = 1.5, 100
#: What else loses something that was acknowledged: then `lost` does not say what sessions lost.
_LOSES = ("behind_lost", "lost_updates", "dropped_as_older")
_GIVEN, _FAILED = re.compile(r"to (?P<name>\S+-\d+)"), "failed at "


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Findings about each balancer that looks at replies, and about who keeps sessions in memory."""
    for card in scenario.board:
        if card.kind == "balancer":
            yield from _members(card.id, scenario, result.components[card.id], recording)
    if result.total.lost:
        yield from _baskets(scenario, result, recording)


def _members(id: str, scenario: Scenario, card: ComponentResult, recording: Recording) -> Iterator[Ranked]:
    counts = card.counters
    given = {m["name"]: counts[key] for key in counts if (m := _GIVEN.fullmatch(key))}
    total = sum(given.values())
    if len(given) < 2 or total < ENOUGH:
        return
    failed = {name: counts.get(_FAILED + name, 0.0) for name in given}
    worst = max(given, key=lambda name: failed[name])
    others = [name for name in given if name != worst]
    elsewhere = sum(failed[n] for n in others) / max(1.0, sum(given[n] for n in others))
    if failed[worst] >= FAILS * given[worst] and failed[worst] >= LEAST_SHARE * total and elsewhere < FAILS / 4:
        text = (
            f"{worst} failed {failed[worst]:,.0f} of the {given[worst]:,.0f} calls that {id} gave it, and the"
            f" others {percent(elsewhere)} of theirs. It got {percent(given[worst] / total)} of all: who says no"
            " at once is never busy."
        )
        up = recording.components[worst.rpartition("-")[0]].up
        if scenario.board.components[id].settings.get("health_check.asks") != "work" and up.min() == up.max():
            text += f" When {id} looks whether it is there, it is there."
        yield Ranked("failures", 0.9, Finding(id, "One machine fails what it is given", text))
        return
    mean, most = total / len(given), max(given, key=lambda name: given[name])
    settings = scenario.board.components[id].settings
    tied = settings["affinity"] == "user" or settings["policy"] == "hash"
    if tied and mean >= ENOUGH and given[most] > UNEVEN * mean:
        text = (
            f"{most} was given {given[most] / mean:.1f} times as many calls as the mean of its like:"
            f" {given[most]:,.0f} of {total:,.0f}. Whoever always sends a user or a key to the same"
            " machine cannot share them out."
        )
        yield Ranked("waiting", 0.5, Finding(id, "Uneven", text))


def _baskets(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """What sessions lost, where nothing else on the board loses anything."""
    if any(card.counters.get(name) for card in result.components.values() for name in _LOSES):
        return
    found = {
        id: card.counters["sessions_gone"]
        for id, card in result.components.items()
        if "sessions_gone" in card.counters
    }
    if not found:
        return
    total, ids = result.total, list(found)
    why = _why(ids[0], found[ids[0]], scenario, result, recording)
    if len(found) > 1:
        down = ", ".join(f"{gone:,.0f} with machines of {id}" for id, gone in found.items())
        why = f"{' and '.join(ids)} keep baskets in the memory of their machines, and of these went down {down}"
    text = (
        f"{total.lost:,} requests, {percent(total.lost / max(1, total.requests))} of all, found less in a"
        f" basket than its owner had been shown: {why}."
    )
    yield Ranked("lost", 0.9, Finding(ids[0] if len(ids) == 1 else "", "Baskets are gone", text))


def _why(id: str, gone: float, scenario: Scenario, result: RunResult, recording: Recording) -> str:
    """Why baskets of the only card that keeps any are not found again."""
    machines, total = scenario.board.components[id].replicas, result.total
    apart = f"each of the {machines} machines of {id} knows only what it was told itself"
    down = f"{gone:,.0f} baskets went down with machines of {id}"
    before, likely = _apart(id, recording)
    if not gone:
        return apart
    if 2 * likely >= total.lost:
        return f"{apart}. {before:,} of the {total.lost:,} came before any machine was down. Besides, {down}"
    return down


def _apart(id: str, recording: Recording) -> tuple[int, float]:
    """Losses before any machine of a card was down, and how many there were in all had it gone on like that."""
    log, up = recording.requests, recording.components[id].up
    fallen = np.flatnonzero(up < up.max())
    whole = log.born < (recording.times[max(fallen[0] - 1, 0)] if len(fallen) else math.inf)
    if not whole.any():
        return 0, 0.0
    lost = int(np.count_nonzero(whole & (log.lost > 0)))
    return lost, lost / int(np.count_nonzero(whole)) * len(log.born)
