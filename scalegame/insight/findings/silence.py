"""Calls that wait for an answer that does not come, since nobody told them for how long to wait."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show

#: A card is in the hands of the silent if they hold this share of its threads.
HELD = 0.5


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Cards without a time-out most of whose threads wait at the end for nobody."""
    at = recording.at(scenario.window.end)
    for card in scenario.board:
        threads = next((p for p in result.components[card.id].pools if p.name == "threads"), None)
        targets = [t for t in scenario.board.targets(card.id) if t in recording.components]
        if threads is None or not targets or card.settings.get("timeout") is not None:
            continue
        if not all(result.components[t].pools for t in targets):
            continue  # whom those have handed a call on to is not seen from here
        track = recording.components[card.id]
        inside = track.in_flight[at] - track.queue[at]
        # Whoever is asked and has not answered yet is no silence; nor is work of its own.
        below = sum(float(recording.components[t].in_flight[at]) for t in targets)
        own = sum(p.utilisation * p.size for p in result.components[card.id].pools if p.name == "cores")
        silent = inside - below - own
        losses = [(_loss(card.at, scenario.board.components[t].at, scenario), t) for t in targets]
        lossy, target = max(losses)
        if silent < HELD * threads.size or silent < 1 or not lossy:
            continue
        where = scenario.board.components[target].at
        sentence = (
            f"At {show(recording.times[at], Dimension.TIME)} calls hold {inside:,.0f} of the {threads.size:,.0f}"
            f" threads of {card.id}, and {below:,.0f} are at {' or '.join(targets)}: the others wait for an answer"
            f" that does not come. {percent(lossy)} of the messages between {card.at} and {where} get lost, and"
            f" {card.id} has no time-out."
        )
        evidence = (
            ("threads in use", percent(threads.utilisation)),
            (f"{target} busy", percent(result.components[target].utilisation)),
        )
        title = f"{card.id} waits for answers that do not come"
        yield Ranked("waiting", 1.03, Finding(card.id, title, sentence, evidence))


def _loss(here: str, there: str, scenario: Scenario) -> float:
    """Share of the messages of a link that never arrive."""
    return max(scenario.network.profile(here, there).loss, scenario.network.profile(there, here).loss)
