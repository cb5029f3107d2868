"""How much a run may ask for: checked before anything is simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scalegame.design.world import Operation, Program, Update, Wait, Work, walk
from scalegame.levels.source import Source
from scalegame.simulation.arrivals import expected_count
from scalegame.simulation.scenario import Open, Window, Workload

MOST_REQUESTS = 50_000
"""Logical requests of one run that may be expected to arrive by themselves, the grace period included."""

MOST_TURNS = 500_000
"""The same for clients who wait for their replies, were the system as fast as its work alone; a crowd is
held back by what it waits for, so this bound is wider, and the run's own limits do the rest."""

_LEAST_CYCLE = 0.001


def check_load(
    workloads: Mapping[str, Workload], programs: Mapping[str, Program], window: Window, source: Source
) -> None:
    """Report workloads that ask for more than a run may take."""
    for name, message in excesses(workloads, programs, window):
        source.problem("Too many requests", message, "workloads", name, "arrivals")


def excesses(
    workloads: Mapping[str, Workload], programs: Mapping[str, Program], window: Window
) -> Iterator[tuple[str, str]]:
    """Yield workloads that ask for more than a run may take, each with what is wrong."""
    arriving = {name: _arriving(w, window) for name, w in workloads.items() if isinstance(w.arrivals, Open)}
    total = sum(arriving.values())
    if total > MOST_REQUESTS:
        name = max(arriving, key=arriving.__getitem__)
        message = (
            f"the arrivals ask for {_count(total)} requests in {window.end + window.grace:g} s (with grace): "
            f"at most {MOST_REQUESTS:,} requests a run – lower the rate, or shorten run or grace"
        )
        yield name, message
    for name, workload in workloads.items():
        turns = _turns(workload, programs, window)
        if turns > MOST_TURNS:
            message = (
                f"these clients could ask up to {_count(turns)} times in {window.end + window.grace:g} s: "
                f"at most {MOST_TURNS:,} – have fewer of them, or let them think longer"
            )
            yield name, message


def _count(number: float) -> str:
    return f"{number:,.0f}" if number < 1e9 else f"{number:.1e}"


def _arriving(workload: Workload, window: Window) -> float:
    assert isinstance(workload.arrivals, Open)
    return expected_count(workload.arrivals.pieces, window.end + window.grace) * asked_for_each(workload)


def asked_for_each(workload: Workload) -> float:
    """Return how many requests one arrival makes: itself and what follows it."""
    total = sum(asked.weight for asked in workload.operations.values())
    length = 0.0
    for asked in workload.operations.values():
        steps, then = 1, asked.then
        while then is not None:
            steps, then = steps + 1, workload.operations[then.operation].then
        length += asked.weight / total * steps
    return length


def _turns(workload: Workload, programs: Mapping[str, Program], window: Window) -> float:
    arrivals = workload.arrivals
    if isinstance(arrivals, Open):
        return 0.0
    total = sum(asked.weight for asked in workload.operations.values())
    work = sum(
        asked.weight / total * min(_work(p.operations[op]) for p in programs.values() if op in p.operations)
        for op, asked in workload.operations.items()
    )
    cycle = max(arrivals.think.mean + work, _LEAST_CYCLE)
    return arrivals.clients * (window.end + window.grace) / cycle


def _work(operation: Operation) -> float:
    return sum(step.time.mean for step in walk(operation.steps) if isinstance(step, Work | Wait | Update))
