"""What went wrong with a cache: a stampede on one key, or writes that were answered and then lost."""

from __future__ import annotations

import math
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
            yield _rush(id, card, scenario, result)
        if card.counters.get("behind_lost"):
            yield _lost(id, card)


def hit_ratio(id: str, result: RunResult) -> float:
    """Share of what a cache is asked that it knows, 0 to 1; NaN of what is no cache, or was not asked."""
    counted = result.components[id].counters
    hits, misses = counted.get("hits", 0.0), counted.get("misses", 0.0)
    return hits / (hits + misses) if hits + misses > 0 else math.nan


def before(database: str, scenario: Scenario, result: RunResult) -> list[str]:
    """Caches of the same data, which were asked before a database was."""
    cards = scenario.board.components
    holds = cards[database].settings.get("holds")
    if cards[database].kind != "database" or holds is None:
        return []
    return [
        card.id
        for card in scenario.board
        if card.kind == "cache" and card.settings.get("holds") == holds and hit_ratio(card.id, result) >= 0
    ]


def _behind(id: str, scenario: Scenario, result: RunResult) -> str | None:
    """The database that is asked what a cache does not know: the busiest of those that hold the same."""
    found = [card.id for card in scenario.board if id in before(card.id, scenario, result)]
    return max(found, key=lambda database: result.components[database].utilisation, default=None)


def _rush(id: str, card: ComponentResult, scenario: Scenario, result: RunResult) -> Ranked:
    """Many misses of one key at once; the worst of the window.

    It comes before all else where these misses alone keep the database busy for longer than people wait.
    """
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
    database = _behind(id, scenario, result)
    patience = min((w.timeout for w in scenario.workloads.values() if w.timeout is not None), default=math.inf)
    if database is not None:
        behind = result.components[database]
        cores = sum(pool.size for pool in behind.pools if pool.name == "cores")
        busy = misses * behind.service_mean / cores if cores else 0.0
        if busy >= patience:
            sentence += (
                f" That alone is {show(busy, Dimension.TIME)} of work for {database}, and nobody waits longer than"
                f" {show(patience, Dimension.TIME)}."
            )
            weight = 1.02
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
