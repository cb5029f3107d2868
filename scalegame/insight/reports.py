"""What came of a design: as JSON that others rely on, and as a table for people.

The JSON object has exactly these keys (times in seconds, rates per second, money in dollars, ratios from 0
to 1; null where there was nothing to measure):

    level         id of the level
    design        the edits that make the design, a list of lines
    seeds         seeds of the runs
    won           every objective held on every seed, and every run went its way to the end
    stars         names of the stars earned: "cost", "latency", "parts"
    effort_hours  hours of work that the design takes
    versions      engine, python, numpy, platform, and level: the level's digest
    objectives    [{text, value: the worst seed's, target, held: on every seed}]
    runs          one object a seed:
        seed, won
        throughput, goodput, availability, cost_per_hour
        failures      {reason: how many requests}
        latency       {mean, p50, p90, p95, p99, p999, max} of the successes
        workloads     {name: {requests, successes, degraded, attempts, throughput, goodput, availability,
                      failures, latency, failed_latency, completion, unfinished, reads, stale_reads,
                      own_stale_reads, duplicates, lost}}; all times as in latency
        components    {id: {kind, utilisation, arrivals, completions, throughput, queue: {mean, max},
                      wait: {mean, p99}, service: {mean}, refused: {reason: calls}, and the kind's own
                      counters}}
        diagnosis     what was found, the most telling first: [{…}], as `scalegame.insight` describes it
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from enum import Enum

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scalegame.levels.model import Level
from scalegame.simulation.result import ComponentResult, RunResult, Slice, Times
from scalegame.units import Dimension, show
from scalegame.verdict.judge import holds
from scalegame.verdict.model import Verdict

_TIMES = ("mean", "p50", "p90", "p95", "p99", "p999", "max")


def run_json(
    level: Level, design: Sequence[str], verdict: Verdict, diagnoses: Sequence[Sequence[object]]
) -> dict[str, object]:
    """Return everything about the runs of a design as plain data, see above.

    Args:
        level: The level.
        design: Lines of edits.
        verdict: With its runs.
        diagnoses: The findings on each run, as dataclasses.
    """
    return {
        "level": level.id,
        "design": list(design),
        "seeds": [run.seed for run in verdict.runs],
        "won": verdict.won,
        "stars": list(verdict.stars),
        "effort_hours": verdict.effort,
        "versions": {**(verdict.runs[0].versions if verdict.runs else {}), "level": level.digest},
        "objectives": [
            {
                "text": held.objective.text,
                "value": _number(held.value),
                "target": held.objective.target,
                "held": held.held,
            }
            for held in verdict.objectives
        ],
        "runs": [
            _run(run, _won(verdict, i), findings)
            for i, (run, findings) in enumerate(zip(verdict.runs, diagnoses, strict=True))
        ],
    }


def _won(verdict: Verdict, index: int) -> bool:
    held = all(holds(h.objective, h.values[index]) for h in verdict.objectives)
    return held and not verdict.runs[index].ended


def _run(run: RunResult, won: bool, findings: Sequence[object]) -> dict[str, object]:
    total = run.total
    return {
        "seed": run.seed,
        "won": won,
        "throughput": _number(total.throughput),
        "goodput": _number(total.goodput),
        "availability": _number(total.availability),
        "cost_per_hour": _number(run.cost),
        "failures": dict(total.failures),
        "latency": _times(total.latency),
        "workloads": {name: _slice(part) for name, part in run.workloads.items()},
        "components": {id: _component(part) for id, part in run.components.items()},
        "diagnosis": [_plain(finding) for finding in findings],
    }


def _slice(part: Slice) -> dict[str, object]:
    return {
        "requests": part.requests,
        "successes": part.successes,
        "degraded": part.degraded,
        "attempts": part.attempts,
        "throughput": _number(part.throughput),
        "goodput": _number(part.goodput),
        "availability": _number(part.availability),
        "failures": dict(part.failures),
        "latency": _times(part.latency),
        "failed_latency": _times(part.failed_latency),
        "completion": _times(part.completion),
        "unfinished": part.unfinished,
        "reads": part.reads,
        "stale_reads": part.stale_reads,
        "own_stale_reads": part.own_stale_reads,
        "duplicates": part.duplicates,
        "lost": part.lost,
    }


def _component(part: ComponentResult) -> dict[str, object]:
    return {
        # First, so that no counter can take the place of what is documented.
        **{name: _number(value) for name, value in part.counters.items()},
        "kind": part.kind,
        "refused": dict(part.refused),
        "utilisation": _number(part.utilisation),
        "arrivals": part.arrivals,
        "completions": part.completions,
        "throughput": _number(part.throughput),
        "queue": {"mean": _number(part.queue_mean), "max": part.queue_max},
        "wait": {"mean": _number(part.wait_mean), "p99": _number(part.wait_p99)},
        "service": {"mean": _number(part.service_mean)},
    }


def _times(times: Times) -> dict[str, float | int | None]:
    return {name: _number(getattr(times, name)) for name in _TIMES}


def _number(value: float) -> float | int | None:
    """Return a number that JSON can hold: null for what is not finite."""
    return value if math.isfinite(value) else None


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, float):
        return _number(value)
    return value if isinstance(value, str | int | bool | None) else str(value)


def run_table(level: Level, verdict: Verdict, findings: Sequence[str]) -> RenderableType:
    """Return the outcome for people.

    Args:
        level: The level.
        verdict: With its runs.
        findings: On the run that went worst, as sentences.
    """
    head = Text.assemble(
        (f"{level.title}  ", "bold"),
        ("won" if verdict.won else "lost", "bold green" if verdict.won else "bold red"),
        f"   {show(verdict.cost, Dimension.PRICE)}   {show(verdict.effort, Dimension.EFFORT)} of work   "
        f"{verdict.parts} parts",
        f"   stars: {', '.join(verdict.stars)}" if verdict.stars else "",
    )
    worst = verdict.runs[verdict.worst]
    parts: list[RenderableType] = [head, _objectives(verdict), _components(worst)]
    parts.append(Text("While it was measured; what was under way at the end is asked, and not done yet.", "dim"))
    parts += [Text(f"seed {run.seed}: {run.ended}", "red") for run in verdict.runs if run.ended]
    failures = ", ".join(f"{reason} {count:,}" for reason, count in worst.total.failures.items() if count)
    if failures:
        parts.append(Text(f"failures: {failures}"))
    parts += [Text(f"· {finding}") for finding in findings]
    return Group(*parts)


def _objectives(verdict: Verdict) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("objective")
    table.add_column("value", justify="right")
    for number, _ in enumerate(verdict.runs, 1):
        table.add_column(f"run {number}", justify="right")
    for held in verdict.objectives:
        dimension = held.objective.dimension
        table.add_row(
            Text("✓", "green") if held.held else Text("✗", "red"),
            held.objective.text,
            show(held.value, dimension),
            *(show(value, dimension) for value in held.values),
        )
    return table


def _components(run: RunResult) -> Table:
    table = Table(box=None, pad_edge=False, title=f"seed {run.seed}", title_justify="left", title_style="dim")
    table.add_column("component")
    for name in ("busy", "asked", "done", "waiting", "wait p99"):
        table.add_column(name, justify="right")
    for id, part in run.components.items():
        # Who only asks is not asked; what has no pool cannot be busy.
        if part.arrivals or part.pools:
            table.add_row(
                id,
                show(part.utilisation, Dimension.RATIO) if part.pools else "–",
                f"{part.arrivals:,}",
                f"{part.completions:,}",
                f"{part.queue_mean:,.1f}",
                show(part.wait_p99, Dimension.TIME),
            )
    return table
