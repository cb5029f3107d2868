"""What asking several at once did to a run: the slowest decides, or some are not waited for."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.design.world import Fan, walk
from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario

#: Fewer branches than this have no tail worth a line.
MANY = 5
#: A tail is long from this many medians on.
TAIL = 2


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Cards whose program fans out, and how often that meets a slow answer."""
    for id, card in result.components.items():
        branches = int(card.counters.get("branches", 0))
        if not branches:
            continue
        program = scenario.programs.get(str(scenario.board.components[id].settings.get("runs")))
        fans = [] if program is None else [s for o in program.operations.values() for s in walk(o.steps)]
        widest = max((s for s in fans if isinstance(s, Fan)), key=lambda s: s.branches, default=None)
        if widest is None or widest.branches < MANY:
            continue
        hedges, partial = int(card.counters.get("hedges", 0)), int(card.counters.get("partial", 0))
        evidence = (
            ("calls at once", f"{widest.branches:,}"),
            ("sent once more", f"{hedges:,} of {branches:,}"),
            ("answers with gaps", f"{partial:,}"),
        )
        caught = percent(1 - 0.99**widest.branches)
        all_needed = widest.need is None or widest.need == widest.branches
        if all_needed and widest.hedge is None and widest.within is None:
            title = f"{id} is as slow as the slowest of {widest.branches}"
            sentence = (
                f"With {widest.branches} calls at once, {caught} of the answers would meet the slowest hundredth"
                " of those calls."
            )
            latency = result.total.latency
            yield Ranked(
                "waiting",
                0.75 if latency.p99 > TAIL * latency.p50 else 0.1,
                Finding(id, title, sentence, evidence),
            )
        elif hedges:
            sentence = f"It sent {percent(hedges / branches)} of its calls once more, and took the first answer."
            yield Ranked("waiting", 0.25, Finding(id, f"{id} asks twice where nobody answers", sentence, evidence))
        elif partial:
            sentence = f"{partial:,} answers were given without the slowest of {widest.branches} calls."
            yield Ranked("waiting", 0.25, Finding(id, f"{id} does not wait for all", sentence, evidence))
