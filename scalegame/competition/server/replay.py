"""A run of what was handed in, once more, with the charts of it: on the seeds that everybody has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scalegame.competition.judging import seeds
from scalegame.competition.model.submission import Entry
from scalegame.components import kinds
from scalegame.design import price
from scalegame.errors import ScalegameError
from scalegame.insight import series
from scalegame.insight.diagnosis import diagnose
from scalegame.levels.model import Level
from scalegame.proving.worker import scenario_of
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension
from scalegame.verdict.judge import verdict_of
from scalegame.verdict.model import Objective, Stars

PATIENCE = 90.0
"""Seconds of wall time that all of it may take, what it waits for others included."""

_BUCKETS = 120
_UNITS: Mapping[Dimension, str] = {
    Dimension.TIME: "s",
    Dimension.RATE: "/s",
    Dimension.RATIO: "ratio",
    Dimension.PRICE: "$/h",
}


class Wanted(NamedTuple):
    """What is run, without a file: another process does it.

    Attributes:
        scenario: With the orders of whoever designed it.
        objectives, stars: Of the level.
        parts, effort: Of the design.
        seeds: To run.
        begins: When the window begins, seconds.
    """

    scenario: Scenario
    objectives: tuple[Objective, ...]
    stars: Stars
    parts: int
    effort: float
    seeds: tuple[int, ...]
    begins: float


def wanted(level: Level, entry: Entry) -> Wanted:
    """What has to be run of a submission.

    Raises:
        ScalegameError: The design does not fit the level.
    """
    under = level.under(entry.board)
    return Wanted(
        scenario_of(under, entry.board, entry.design.live),
        under.objectives,
        under.stars,
        price.parts(entry.board, level.rulebook),
        price.effort(level.found, entry.board, level.rulebook),
        tuple(seeds.play(level)),
        under.window.start,
    )


def replay(what: Wanted) -> dict[str, object]:
    """Runs it; top level, so that a process that was spawned finds it.

    Returns:
        As JSON has it: the verdict on all the seeds, findings and charts of the worst.

    Raises:
        ScalegameError: It takes too long.
    """
    runs = []
    for seed in what.seeds:
        run = Run(what.scenario, kinds(), seed)
        if not run.advance(PATIENCE / len(what.seeds)):
            raise ScalegameError("Too long", "this run takes too long to be shown here: scalegame run makes it")
        runs.append(run)
    verdict = verdict_of(
        what.objectives, what.stars, [run.result for run in runs], parts=what.parts, effort=what.effort
    )
    worst = runs[verdict.worst]
    span = series.Span(0.0, float(worst.recording.times[-1]), _BUCKETS)
    return {
        "seed": str(what.seeds[verdict.worst]),
        "verdict": {
            "won": verdict.won,
            "stars": list(verdict.stars),
            "objectives": [
                {"text": held.objective.text, "value": _number(held.value), "held": held.held}
                for held in verdict.objectives
            ],
            "cost": _number(worst.result.cost),
            "latency": _number(worst.result.total.latency.p99),
            "availability": _number(worst.result.total.availability),
            "parts": what.parts,
        },
        "diagnosis": [
            {"title": found.title, "sentence": found.sentence}
            for found in diagnose(what.scenario, worst.result, worst.recording, verdict)
        ],
        "series": [_chart(chart, span) for chart in series.whole(worst.recording, span, what.begins)],
    }


def _chart(chart: series.Chart, span: series.Span) -> dict[str, object]:
    return {
        "id": chart.id,
        "title": chart.title,
        "unit": _UNITS.get(chart.dimension, "count"),
        "begins": chart.begins,
        "times": [float(f"{edge:.6g}") for edge in span.edges[1:]],
        "lines": [{"name": line.name, "values": _numbers(line.values)} for line in chart.lines],
    }


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(float(value)) for value in values]


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
