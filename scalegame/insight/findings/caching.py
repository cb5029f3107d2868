"""What went wrong with a cache: a stampede on one key, or writes that were answered and then lost."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import ComponentResult, RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Stampedes, and what a write-behind cache has lost."""
    for id, card in result.components.items():
        if card.kind != "cache":
            continue
        if card.counters.get("rush_misses"):
            yield _rush(id, card)
        if card.counters.get("behind_lost"):
            yield _lost(id, card)


def _rush(id: str, card: ComponentResult) -> Ranked:
    """Many misses of one key at once; the worst of the window."""
    found = card.counters
    misses, since, key = found["rush_misses"], found["rush_since"], found["rush_key"]
    when = show(round(since, 1), Dimension.TIME)
    sentence = (
        f"From {when} on {misses:,.0f} asks missed key {key:.0f} in {id} before the first of them had brought it"
        f" back, and each fetched it from the database for himself."
    )
    evidence = tuple((name, f"{found[name]:,.0f}") for name in ("misses", "expired", "deleted", "held_back"))
    all_misses = max(found["misses"], 1.0)
    title = f"A stampede at {when}: {misses:,.0f} misses of one key"
    weight = min(0.9, 0.4 + misses / all_misses)
    return Ranked("waiting", weight, Finding(id, title, sentence, evidence))


def _lost(id: str, card: ComponentResult) -> Ranked:
    """Writes that had been answered and that the database never took."""
    found = card.counters
    lost, written = found["behind_lost"], found["behind_written"]
    sentence = (
        f"{id} had answered {lost:,.0f} writes that it had not handed on when it crashed:"
        f" {percent(lost / (lost + written))} of what it answered is gone, and nobody was told."
    )
    evidence = (
        ("handed on", f"{written:,.0f}"),
        ("batches", f"{found['behind_batches']:,.0f}"),
        ("waiting at the end", f"{found['behind_waiting']:,.0f}"),
    )
    return Ranked("lost", 0.8, Finding(id, "Acknowledged, then lost", sentence, evidence))
