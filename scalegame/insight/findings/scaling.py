"""Machines that came and went by themselves: too late, or to and fro."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from scalegame.design.parameters.scaling import scales
from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.kernel import ANSWERS
from scalegame.simulation.recording import Event, Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show

#: So many changes of direction in the window are too many.
TURNS = 3
#: Failures on less than this share of the requests are not worth a finding.
WORTH_TELLING = 0.001
#: Back and forth within less than this share of the window is no answer to the load.
_QUICK = 0.25
_CHANGE = re.compile(r"(?P<id>\S+) scales from (?P<before>\d+) to (?P<after>\d+): (?P<why>.+)")


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Findings about each card that scales."""
    for card in scenario.board:
        if scales(card):
            own = [event for event in recording.events if event.component == card.id]
            steps = [(event, match) for event in own if (match := _CHANGE.fullmatch(event.text))]
            yield from _late(card.id, steps, scenario, recording)
            yield from _flapping(card.id, steps, scenario)


def _late(
    id: str, steps: list[tuple[Event, re.Match[str]]], scenario: Scenario, recording: Recording
) -> Iterator[Ranked]:
    """Requests failed that were born between an order for more machines and their being in service."""
    warm_up = scenario.board.components[id].settings["scaling.warm_up"]
    assert isinstance(warm_up, int | float)
    log = recording.requests
    failed = ~log.ended(ANSWERS)
    while_starting = np.zeros(len(log.born), dtype=bool)
    first: re.Match[str] | None = None
    for event, match in steps:
        if int(match["after"]) > int(match["before"]):
            during = (log.born >= event.time) & (log.born < event.time + warm_up)
            if first is None and bool((failed & during).any()):
                first, when = match, event.time
            while_starting |= during
    count = int((failed & while_starting).sum())
    if first is None or count < WORTH_TELLING * len(log.born):
        return
    share = count / max(1, int(failed.sum()))
    text = (
        f"{count:,} requests failed, {percent(share)} of all that did, while machines of {id} were starting: more"
        f" were ordered at {show(when, Dimension.TIME)} ({first['why']}), and took"
        f" {show(warm_up, Dimension.TIME)} to be of use. Order before the load is there, or have some to spare."
    )
    yield Ranked("failures", min(1.0, 0.6 + count / len(log.born)), Finding(id, "Capacity came late", text))


def _flapping(id: str, steps: list[tuple[Event, re.Match[str]]], scenario: Scenario) -> Iterator[Ranked]:
    """It changes direction again and again, each time soon after the last."""
    window = scenario.window
    turned = [(event.time, int(match["after"]) > int(match["before"])) for event, match in steps]
    inside = [(time, out) for time, out in turned if window.start <= time < window.end]
    quick = (window.end - window.start) * _QUICK
    turns = sum(out != before and when - then <= quick for (then, before), (when, out) in pairwise(inside))
    if turns < TURNS:
        return
    text = (
        f"{id} changed its mind {turns} times: machines that had just come were sent away, and ordered again. Move"
        " its two marks apart, take smaller steps, or let it cool down for longer."
    )
    yield Ranked("cost", 0.4, Finding(id, "It flaps", text))
