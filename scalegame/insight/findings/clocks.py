"""Writes that were acknowledged and dropped, because the clock of who sent them was behind another."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.insight.findings import Finding, Ranked
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """A finding for each database that dropped writes as older than what it had."""
    clocks = scenario.clocks
    for id, card in result.components.items():
        dropped, writes = int(card.counters.get("dropped_as_older", 0)), int(card.counters.get("writes", 0))
        if not dropped:
            continue
        sentence = (
            f"{id} took {dropped:,} of {writes:,} writes for older than what it had, said yes, and dropped them: "
            "the clocks of those who sent them were behind."
        )
        evidence = [("dropped", f"{dropped:,} of {writes:,}")]
        if clocks is not None:
            evidence.append(("drift a day", show(clocks.drift, Dimension.TIME)))
            evidence.append(("left by a synchronisation", f"± {show(clocks.sync_error, Dimension.TIME)}"))
        weight = 0.3 + 0.5 * dropped / max(writes, 1)
        yield Ranked("lost", weight, Finding(id, "Whose clock says so", sentence, tuple(evidence)))
